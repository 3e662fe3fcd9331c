/*
 * A redacted capture tells the same story, and nothing that is shown,
 * printed or written has an address or a byte of payload of the original.
 */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture_write.h"
#include "capture/redact.h"
#include "tests/capture_files.h"
#include "tests/view_session.h"
#include "view/format.h"
#include "view/print.h"
#include "view/seen.h"

enum { LINK_ETHERNET = 1, LINK_RAW = 101, FRAME_MAX = 1 << 18, TCP = 6 };

static char *
key_file(const char *text)
{
	return file_of((const uint8_t *)text, strlen(text));
}

static struct session *
opened(const char *name, const char *key, bool ports)
{
	const char *const files[] = { name };
	const struct session_options options = { .files = files, .file_count = 1,
		.redact = { .on = key != NULL, .ports = ports, .key_file = key } };
	struct error error = { .text = "" };
	struct session *s = session_open(&options, &error);

	if (s != NULL)
		session_load(s, NULL);
	return s;
}

static char *
printed(struct session *s, const struct print_options *options, size_t *size)
{
	struct error error = { .text = "" };
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	cr_assert_not_null(out);
	print_session(s, options, out, &error);
	fclose(out);
	return text;
}

/* ---- whole captures */

/* A flow's addresses as text stand in no output, and as bytes in no savefile. */
static void
assert_no_address(struct session *plain, const char *text, size_t size, enum print_format format,
    const char *name)
{
	for (uint32_t id = 1; id <= flow_table_count(session_flows(plain)); id++) {
		const struct flow *flow = flow_table_get(session_flows(plain), id);
		char address[FORMAT_ADDRESS_MAX];

		for (enum side side = CLIENT; side < SIDES; side++) {
			format_address(address, sizeof address, flow->address[side], flow->family);
			cr_expect_null(memmem(text, size, address, strlen(address)), "%s: %s as %s",
			    name, address, print_format_names[format]);
			cr_expect(format < PRINT_PCAP || memmem(text, size, flow->address[side],
			    flow->family == SEGMENT_IPV4 ? 4 : 16) == NULL, "%s: the bytes of %s", name,
			    address);
		}
	}
}

/* Bytes that can't be there by chance: many and different. */
static bool
is_telling(const uint8_t *p, size_t size)
{
	unsigned kinds = 0;
	bool seen[256] = { false };

	for (size_t i = 0; i < size; i++) {
		kinds += !seen[p[i]];
		seen[p[i]] = true;
	}
	return kinds >= 5;
}

/* Nor the payload of any segment; returns how many were looked for. */
static unsigned
assert_no_payload(struct session *plain, const char *text, size_t size, const char *name)
{
	static uint8_t buffer[FRAME_MAX];
	const struct frame_store *frames = session_frames(plain);
	unsigned looked = 0;

	for (uint32_t row = 0; row < frame_store_count(frames); row++) {
		const struct frame *f = frame_store_get(frames, row);
		const uint8_t *header;
		struct raw_frame raw;
		size_t header_size, there;

		if (f->length == 0 || f->notes & (NOTE_ICMP_ERROR | NOTE_FRAGMENT)
		    || !session_bytes(plain, f->locator, f->number, buffer, sizeof buffer, &raw))
			continue;
		header = decode_tcp_header(&raw, &header_size);
		if (header == NULL)
			continue;
		header += header_size;
		there = (size_t)(raw.bytes + raw.captured - header);
		there = there < f->length ? there : f->length;
		there = there < 24 ? there : 24;
		if (!is_telling(header, there))
			continue;
		cr_expect_null(memmem(text, size, header, there), "%s: the payload of frame %u", name,
		    f->number);
		looked++;
	}
	return looked;
}

static unsigned
assert_nothing_left(struct session *plain, struct session *redacted, const char *name)
{
	unsigned looked = 0;

	for (enum print_what what = PRINT_LIST; what < PRINT_NONE; what++)
		for (enum print_format format = PRINT_TEXT; format < PRINT_FORMATS; format++) {
			const struct print_options options = { .what = what, .format = format };
			size_t size = 0;
			char *text;

			if (!print_check(&options, NULL))
				continue;
			text = printed(redacted, &options, &size);
			assert_no_address(plain, text, size, format, name);
			looked += assert_no_payload(plain, text, size, name);
			free(text);
		}
	return looked;
}

/* Where a second sighting was seen is told by link layers, which are gone: what stands before that stays. */
static void
cut_place(char *explanation)
{
	static const char *const places[] = { "Here it was seen on ", "Seen 2 times", "Seen 3 times" };

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		char *place = strstr(explanation, places[i]);

		if (place != NULL)
			*place = '\0';
		if (place != NULL && place > explanation && place[-1] == ' ')
			place[-1] = '\0';
	}
}

/* Everything but addresses is the same, as machines read it. */
static void
assert_same_story(struct session *plain, struct session *redacted, const char *name)
{
	const struct frame_store *a = session_frames(plain), *b = session_frames(redacted);
	struct narrator *n = narrator_new(plain), *m = narrator_new(redacted);

	cr_assert_eq(session_digest(plain), session_digest(redacted), "%s", name);
	cr_assert_eq(frame_store_count(a), frame_store_count(b), "%s", name);
	for (uint32_t id = 1; id <= flow_table_count(session_flows(plain)); id++) {
		const struct flow *flow = flow_table_get(session_flows(plain), id),
		    *other = flow_table_get(session_flows(redacted), id);

		for (uint32_t nth = 0; nth < flow->rows; nth++) {
			char one[EXPLANATION_TEXT_MAX], two[EXPLANATION_TEXT_MAX];

			narrator_explain(n, flow, nth, true, one, sizeof one);
			narrator_explain(m, other, nth, true, two, sizeof two);
			/* whose keys and addresses don't stay, but what it is */
			if (strstr(one, "RFC 8684") != NULL) {
				cr_expect_not_null(strstr(two, "RFC 8684"), "%s: %s", name, two);
				cr_expect_eq(strstr(one, "know like this") != NULL,
				    strstr(two, "know like this") != NULL, "%s: %s", name, two);
				cr_expect(strcmp(one, two) == 0
				    || strstr(two, "(removed)") != NULL, "%s: %s", name, two);
				continue;
			}
			cut_place(one);
			cr_expect_null(strstr(two, "VLAN"), "%s: %s", name, two);
			cr_expect_null(strstr(two, "nterface "), "%s: %s", name, two);
			cut_place(two);
			cr_expect_str_eq(one, two, "%s, connection %u", name, id);
		}
	}
	narrator_free(n);
	narrator_free(m);
}

/* One's complement sum, which is 0xffff where the checksum in it is right. */
static uint32_t
sum_of(uint32_t sum, const uint8_t *p, size_t size)
{
	for (size_t i = 0; i + 1 < size; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Each frame ends with its TCP header, and its checksums are right. */
static void
assert_bare_frames(struct session *s, const char *name)
{
	static uint8_t buffer[FRAME_MAX];
	const struct frame_store *frames = session_frames(s);

	for (uint32_t row = 0; row < frame_store_count(frames); row++) {
		const struct frame *f = frame_store_get(frames, row);
		struct raw_frame raw;
		const uint8_t *p = buffer;
		uint32_t ip, sum;

		if (!session_bytes(s, f->locator, f->number, buffer, sizeof buffer, &raw))
			continue;
		cr_assert_eq(raw.link_type, LINK_RAW, "%s", name);
		ip = p[0] >> 4 == 4 ? 20 : 40;
		if (ip == 20)
			cr_expect_eq(sum_of(0, p, 20), 0xffff, "%s frame %u", name, f->number);
		if (f->notes & NOTE_ICMP_ERROR)
			continue;
		cr_expect_leq(raw.captured, ip + (uint32_t)(p[ip + 12] >> 4) * 4, "%s frame %u",
		    name, f->number);
		cr_expect_eq(raw.length, ip + (uint32_t)(p[ip + 12] >> 4) * 4 + f->length,
		    "%s frame %u", name, f->number);
		sum = sum_of(TCP + (raw.length - ip), ip == 20 ? p + 12 : p + 8, ip == 20 ? 8 : 32);
		cr_expect_eq(sum_of(sum, p + ip, raw.captured - ip), 0xffff, "%s frame %u", name,
		    f->number);
	}
}

/* What was written, read again, is the same ladder: each end's states, notes and numbers of each frame. */
static void
assert_read_again(struct session *s, const char *name)
{
	const struct print_options options = { .what = PRINT_FRAMES, .format = PRINT_PCAPNG };
	const struct frame_store *a = session_frames(s), *b;
	size_t size = 0;
	char *bytes = printed(s, &options, &size),
	    *copy = file_of((const uint8_t *)bytes, size);
	struct session *again = opened(copy, NULL, false);

	cr_assert(again != NULL || frame_store_count(a) == 0, "%s", name);
	if (again != NULL) {
		b = session_frames(again);
		cr_assert_eq(frame_store_count(a), frame_store_count(b), "%s", name);
		for (uint32_t row = 0; row < frame_store_count(a); row++) {
			const struct frame *f = frame_store_get(a, row), *g = frame_store_get(b, row);

			cr_expect_eq(f->flow, g->flow, "%s row %u", name, row);
			cr_expect_eq(f->time, g->time, "%s row %u", name, row);
			cr_expect_eq(f->seq, g->seq, "%s row %u", name, row);
			cr_expect_eq(f->ack, g->ack, "%s row %u", name, row);
			cr_expect_eq(f->length, g->length, "%s row %u", name, row);
			cr_expect_eq(f->flags, g->flags, "%s row %u", name, row);
			/* pieces are put together and written as one */
			cr_expect_eq((f->notes ^ g->notes) & ~(uint32_t)NOTE_FRAGMENT, 0, "%s row %u",
			    name, row);
			cr_expect_arr_eq(f->state, g->state, sizeof f->state, "%s row %u", name, row);
		}
	}
	session_close(again);
	unlink(copy);
	free(copy);
	free(bytes);
}

Test(redact, every_capture_tells_the_same_without_addresses)
{
	const char *data = getenv("TESTDATA");
	char pattern[4096], *key = key_file("a key for tests\n");
	unsigned seen = 0, looked = 0;
	glob_t found;

	snprintf(pattern, sizeof pattern, "%s/captures/*.pcap*", data != NULL ? data : "testdata");
	cr_assert_eq(glob(pattern, 0, NULL, &found), 0);
	snprintf(pattern, sizeof pattern, "%s/*.pcap", data != NULL ? data : "testdata");
	cr_assert_eq(glob(pattern, GLOB_APPEND, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *name = found.gl_pathv[i];
		struct session *plain = opened(name, NULL, false), *redacted;

		if (plain == NULL)	/* no savefile at all: damaged-file-header */
			continue;
		redacted = opened(name, key, false);
		cr_assert_not_null(redacted);
		assert_same_story(plain, redacted, name);
		looked += assert_nothing_left(plain, redacted, name);
		assert_read_again(redacted, name);
		assert_bare_frames(redacted, name);
		session_close(redacted);
		session_close(plain);
		seen++;
	}
	globfree(&found);
	unlink(key);
	free(key);
	cr_assert_gt(seen, 200);
	cr_assert_gt(looked, 10000);
}

Test(redact, where_a_packet_was_seen_is_not_told_but_when)
{
	const char *data = getenv("TESTDATA");
	char path[4096], *key = key_file("a key for tests\n"), plain_text[512], text[512];
	struct session *plain, *redacted;
	static uint8_t buffer[FRAME_MAX];

	snprintf(path, sizeof path, "%s/captures/duplicate-interfaces.pcapng", data != NULL ? data : "testdata");
	plain = opened(path, NULL, false);
	redacted = opened(path, key, false);
	seen_write(plain, flow_table_get(session_flows(plain), 1), 0, buffer, sizeof buffer, plain_text, sizeof plain_text);
	cr_expect_eq(strncmp(plain_text, "Seen 2 times: on interface 0, and ", 34), 0, "%s", plain_text);
	seen_write(redacted, flow_table_get(session_flows(redacted), 1), 0, buffer, sizeof buffer, text, sizeof text);
	cr_expect_eq(strncmp(text, "Seen 2 times, again ", 20), 0, "%s", text);
	cr_expect_null(strstr(text, " on "), "%s", text);
	/* the second sighting has nothing but a place to tell */
	seen_write(redacted, flow_table_get(session_flows(redacted), 1), 1, buffer, sizeof buffer, text, sizeof text);
	cr_expect_str_eq(text, "");
	session_close(redacted);
	session_close(plain);
	unlink(key);
	free(key);
}

Test(redact, a_file_name_does_not_tell_either)
{
	const char *data = getenv("TESTDATA");
	const struct print_options options = { .what = PRINT_LADDER, .format = PRINT_HTML };
	struct session_status status;
	char name[4096], *key = key_file("another key"), *text;
	struct session *s;
	size_t size;

	snprintf(name, sizeof name, "%s/demo.pcap", data != NULL ? data : "testdata");
	s = opened(name, key, true);
	cr_assert_not_null(s);
	session_status(s, &status);
	cr_expect_str_eq(status.source, "redacted capture");
	text = printed(s, &options, &size);
	cr_expect_null(strstr(text, "demo"));
	cr_expect_null(strstr(text, ":46103"), "a port of the client");
	cr_expect_not_null(strstr(text, ":443"), "a port that everybody knows");
	free(text);
	session_close(s);
	unlink(key);
	free(key);
}

/* ---- replacements */

static struct redact *
redact_by(const char *text, bool ports)
{
	char *key = key_file(text);
	const struct redact_options options = { .on = true, .ports = ports, .key_file = key };
	struct error error = { .text = "" };
	struct redact *r = redact_new(&options, &error);

	cr_assert_not_null(r, "%s", error.text);
	unlink(key);
	free(key);
	return r;
}

static uint32_t
replaced(struct redact *r, uint32_t address)
{
	uint8_t bytes[16] = { (uint8_t)(address >> 24), (uint8_t)(address >> 16),
		(uint8_t)(address >> 8), (uint8_t)address };

	redact_address(r, bytes, SEGMENT_IPV4);
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static unsigned
common(uint32_t a, uint32_t b)
{
	return a == b ? 32 : (unsigned)__builtin_clz(a ^ b);
}

Test(redact, prefixes_are_kept_and_nothing_else)
{
	struct redact *r = redact_by("the first key", false), *same = redact_copy(r),
	    *other = redact_by("the second key", false);
	unsigned unlike = 0;

	for (uint32_t i = 0; i < 2000; i++) {
		uint32_t a = 0xc0000200 + i * 2654435761U % 0x3fffffU, b = a ^ 1U << i % 24;
		uint32_t ra = replaced(r, a), rb = replaced(r, b);

		cr_expect_eq(common(ra, rb), common(a, b), "%08x and %08x", a, b);
		cr_expect_eq(ra, replaced(same, a));
		cr_expect_eq(ra >> 29, a >> 29, "a host's address is a host's");
		unlike += replaced(other, a) != ra;
	}
	cr_expect_gt(unlike, 1990);
	cr_expect_eq(replaced(r, 0x0a08220d) >> 24, 10);
	cr_expect_eq(replaced(r, 0x7f000001) >> 24, 127);
	cr_expect_neq(replaced(r, 0x7f000001), 0x7f000001);
	redact_free(r);
	redact_free(same);
	redact_free(other);
}

Test(redact, ports_change_within_their_class)
{
	struct redact *r = redact_by("the first key", true);
	static bool taken[65536];
	unsigned changed = 0;

	for (unsigned port = 0; port < 65536; port++) {
		struct segment s = { .family = SEGMENT_IPV4, .source_port = (uint16_t)port };

		redact_segment(r, &s);
		cr_expect(!taken[s.source_port], "%u twice", s.source_port);
		taken[s.source_port] = true;
		cr_expect(port > 1023 || s.source_port == port, "%u", port);
		cr_expect_eq(port > 1023, s.source_port > 1023);
		changed += s.source_port != port;
	}
	cr_expect_gt(changed, 64000);
	redact_free(r);
}

Test(redact, a_key_that_is_none_is_refused)
{
	const struct redact_options nowhere = { .on = true, .key_file = "/nowhere/key" };
	char *empty = key_file("\n");
	const struct redact_options weak = { .on = true, .key_file = empty };
	struct error error = { .text = "" };

	cr_expect_null(redact_new(&nowhere, &error));
	cr_expect_not_null(strstr(error.text, "/nowhere/key"), "%s", error.text);
	cr_expect_null(redact_new(&weak, &error));
	cr_expect_not_null(strstr(error.text, "0 bytes"), "%s", error.text);
	unlink(empty);
	free(empty);
}

/* ---- options */

/* A segment with these options, redacted; where they stand in `buffer` then. */
static const uint8_t *
redacted_options(const uint8_t *options, size_t size, uint8_t *buffer)
{
	struct redact *r = redact_by("the first key", false);
	struct raw_frame raw = { .bytes = buffer, .link_type = LINK_RAW };
	uint8_t *tcp = buffer + 20;

	memset(buffer, 0, 100);
	buffer[0] = 0x45;
	buffer[3] = (uint8_t)(40 + size + 6);
	buffer[9] = TCP;
	tcp[12] = (uint8_t)((20 + size) / 4 << 4);
	tcp[13] = TCP_SYN;
	memcpy(tcp + 20, options, size);
	memcpy(tcp + 20 + size, "secret", 6);
	raw.captured = raw.length = (uint32_t)(40 + size + 6);
	cr_assert(redact_frame(r, &raw, buffer));
	cr_expect_eq(raw.captured, 40 + size);
	cr_expect_eq(raw.length, 40 + size + 6);
	redact_free(r);
	return buffer + 40;
}

Test(redact, options_that_tell_more_than_tcp_needs_are_emptied)
{
	/* MSS, an address of MPTCP's, a Fast Open cookie, a signature, something unknown */
	static const uint8_t before[] = { 2, 4, 5, 0xb4, 30, 8, 0x34, 1, 10, 8, 34, 13, 34, 6, 1, 2, 3, 4,
		1, 1, 77, 6, 's', 'e', 'c', 'r', 0, 'x', 'y', 'z' , 0, 0 };
	static const uint8_t after[] = { 2, 4, 5, 0xb4, 30, 8, 0x34, 1, 0, 0, 0, 0, 34, 6, 0, 0, 0, 0,
		1, 1, 77, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	/* contradicts itself, and goes on doing so */
	static const uint8_t bad[] = { 1, 2, 40, 'a', 'b', 'c', 'd', 'e' };
	static const uint8_t bad_after[] = { 1, 2, 40, 0, 0, 0, 0, 0 };
	uint8_t buffer[128];

	cr_expect_arr_eq(redacted_options(before, sizeof before, buffer), after, sizeof after);
	cr_expect_arr_eq(redacted_options(bad, sizeof bad, buffer), bad_after, sizeof bad_after);
}

/* What hides in an option that is longer than its RFC has it, MPTCP's (RFC 8684) among them. */
Test(redact, options_of_a_wrong_length_are_emptied)
{
	static const struct {
		uint8_t kind, subtype, kept;	/* of its content */
	} cases[] = { { 2, 5, 0 }, { 3, 7, 0 }, { 4, 1, 0 }, { 5, 1, 0 }, { 8, 1, 0 }, { 28, 1, 0 },
		{ 30, 0x50, 1 }, { 30, 0x60, 1 }, { 30, 0x80, 1 } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint8_t option[24] = { cases[i].kind, 23, cases[i].subtype }, buffer[128];
		const uint8_t *after;

		memset(option + 3, 's', 19);
		after = redacted_options(option, sizeof option, buffer);
		cr_expect_arr_eq(after, option, 2u + cases[i].kept, "kind %u", option[0]);
		for (unsigned n = 2u + cases[i].kept; n < sizeof option; n++)
			cr_expect_eq(after[n], 0, "kind %u: byte %u is %u", option[0], n, after[n]);
	}
}

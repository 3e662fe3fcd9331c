/*
 * What leaves the program as a file: savefiles (every byte written is the
 * byte captured), drawings (well-formed XML, by a checker of our own),
 * Mermaid diagrams (only lines that its grammar knows), and files that are
 * written whole or not at all.
 */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/whole_file.h"
#include "capture/capture_write.h"
#include "tests/capture_files.h"
#include "tests/view_session.h"
#include "view/print.h"

enum { LINK_ETHERNET = 1, LINK_RAW = 101, ETHERNET_HEADER = 14, FRAMES = 6, SNAPSHOT = 262144 };

static struct session *
opened(const char *name)
{
	const char *const files[] = { name };
	const struct session_options options = { .files = files, .file_count = 1 };
	struct error error = { "" };
	struct session *s = session_open(&options, &error);

	if (s != NULL)
		session_load(s, NULL);
	return s;
}

/* ---- savefiles */

/* What capture_write() makes of these connections; the name of a file to be unlinked and freed. */
static char *
written(struct session *s, const uint32_t *flows, size_t count, enum capture_write_format format,
    struct capture_write_count *done)
{
	struct error error = { "" };
	char *bytes = NULL, *name;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);

	cr_assert_not_null(out);
	cr_assert(capture_write(s, flows, count, frame_store_count(session_frames(s)), format, out, done, &error),
	    "%s", error.text);
	fclose(out);
	name = file_of((const uint8_t *)bytes, size);
	free(bytes);
	return name;
}

static void
assert_same_file(const char *name, const struct bytes *expected)
{
	FILE *in = fopen(name, "rb");
	uint8_t *bytes = malloc(expected->size + 1);

	cr_assert_not_null(in);
	cr_assert_eq(fread(bytes, 1, expected->size + 1, in), expected->size, "another size");
	cr_assert_arr_eq(bytes, expected->at, expected->size);
	fclose(in);
	free(bytes);
}

/* Two connections by turns; times to the nanosecond, the last frame cut short. only: a connection's port, or 0. */
static void
two_connections(struct bytes *file, unsigned only)
{
	pcap_begin(file, MAGIC_NANO, 4, SNAPSHOT, LINK_ETHERNET);
	for (unsigned i = 0; i < FRAMES; i++) {
		uint8_t frame[TCP_FRAME_MAX];
		unsigned port = 2000 + i % 2;
		uint32_t length = tcp_frame(frame, port, 1000 + 10 * i, 10 + i);
		struct packet p = { 1000 + i, 123456789 + i, frame, i + 1 == FRAMES ? 60 : length, length };

		if (only == 0 || only == port)
			pcap_packet(file, MAGIC_NANO, &p);
	}
}

Test(savefile, every_byte_is_the_byte_captured)
{
	struct bytes all = { 0 }, first = { 0 };
	const uint32_t both[] = { 2, 1 };
	struct capture_write_count done;
	struct session *s;
	char *name, *copy;

	two_connections(&all, 0);
	two_connections(&first, 2000);
	name = file_of(all.at, all.size);
	s = opened(name);
	cr_assert_not_null(s);
	cr_assert_eq(flow_table_count(session_flows(s)), 2);
	copy = written(s, both, 2, CAPTURE_WRITE_PCAP, &done);
	assert_same_file(copy, &all);	/* in capture order, whatever the order asked for */
	cr_expect_eq(done.frames, FRAMES);
	cr_expect_eq(done.gone, 0);
	unlink(copy);
	free(copy);
	copy = written(s, &both[1], 1, CAPTURE_WRITE_PCAP, &done);
	assert_same_file(copy, &first);
	cr_expect_eq(done.frames, FRAMES / 2);
	unlink(copy);
	free(copy);
	session_close(s);
	unlink(name);
	free(name);
	bytes_free(&all);
	bytes_free(&first);
}

/* Rows of the one are rows of the other, byte for byte. */
static void
assert_same_frames(struct session *a, struct session *b, const char *name)
{
	static uint8_t one[1 << 18], other[1 << 18];
	const struct frame_store *as = session_frames(a), *bs = session_frames(b);

	cr_assert_eq(frame_store_count(as), frame_store_count(bs), "%s", name);
	for (uint32_t row = 0; row < frame_store_count(as); row++) {
		const struct frame *f = frame_store_get(as, row), *g = frame_store_get(bs, row);
		struct raw_frame x, y;

		cr_assert(session_bytes(a, f->locator, f->number, one, sizeof one, &x));
		cr_assert(session_bytes(b, g->locator, g->number, other, sizeof other, &y));
		cr_assert_eq(x.captured, y.captured, "%s row %u", name, row);
		cr_assert_eq(x.length, y.length, "%s row %u", name, row);
		cr_assert_eq(x.time, y.time, "%s row %u", name, row);
		cr_assert_eq(x.link_type, y.link_type, "%s row %u", name, row);
		cr_assert_arr_eq(x.bytes, y.bytes, x.captured, "%s row %u", name, row);
		cr_assert_eq(f->notes, g->notes, "%s row %u is told otherwise", name, row);
		cr_assert_arr_eq(f->state, g->state, sizeof f->state, "%s row %u", name, row);
	}
}

Test(savefile, captures_of_all_kinds_are_read_again)
{
	static const char *const names[] = { "demo.pcap", "memcached.pcap", "captures/cooked-2.pcap",
	    "captures/icmp-unreachable.pcap", "captures/pcap-nanoseconds-big-endian.pcap", "captures/pcapng-nanoseconds.pcapng",
	    "captures/raw-ip.pcap", "captures/snaplen-short.pcap", "captures/vlan.pcap", "captures/vxlan.pcap",
	    "captures/year-2060.pcap", "captures/bsd-null.pcap" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (enum capture_write_format format = CAPTURE_WRITE_PCAP; format <= CAPTURE_WRITE_PCAPNG; format++) {
			struct view_session v;
			struct capture_write_count done;
			struct session *again;
			uint32_t flows[64], count;
			char *copy;

			view_session_open(&v, names[i]);
			count = flow_table_count(session_flows(v.session));
			cr_assert(count > 0 && count <= 64);
			for (uint32_t n = 0; n < count; n++)
				flows[n] = n + 1;
			copy = written(v.session, flows, count, format, &done);
			cr_expect_eq(done.gone, 0);
			again = opened(copy);
			cr_assert_not_null(again);
			assert_same_frames(v.session, again, names[i]);
			session_close(again);
			unlink(copy);
			free(copy);
			view_session_close(&v);
		}
}

/* One connection, seen on an Ethernet and then as bare IP packets. */
static char *
two_link_types(void)
{
	struct bytes file = { 0 };
	char *name;

	pcapng_section(&file);
	pcapng_interface(&file, LINK_ETHERNET, 0, 9, 0);
	pcapng_interface(&file, LINK_RAW, 0, 9, 0);
	for (unsigned i = 0; i < 4; i++) {
		uint8_t frame[TCP_FRAME_MAX];
		uint32_t length = tcp_frame(frame, 2000, 1000 + 10 * i, 10), skip = i % 2 * ETHERNET_HEADER;
		struct packet p = { 0, 0, frame + skip, length - skip, length - skip };

		pcapng_enhanced(&file, i % 2, 5000000001 + i, &p);
	}
	name = file_of(file.at, file.size);
	bytes_free(&file);
	return name;
}

Test(savefile, several_link_types_need_pcapng)
{
	char *name = two_link_types(), *copy, *text = NULL;
	struct session *s = opened(name), *again;
	struct capture_write_count done;
	struct error error = { "" };
	const uint32_t flow = 1;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	cr_assert_not_null(s);
	cr_assert_eq(flow_table_count(session_flows(s)), 1);
	cr_expect(!capture_write(s, &flow, 1, 4, CAPTURE_WRITE_PCAP, out, &done, &error));
	cr_expect_not_null(strstr(error.text, ".pcapng"), "%s", error.text);
	fclose(out);
	free(text);
	copy = written(s, &flow, 1, CAPTURE_WRITE_PCAPNG, &done);
	cr_expect_eq(done.frames, 4);
	again = opened(copy);
	cr_assert_not_null(again);
	assert_same_frames(s, again, "two link types");
	session_close(again);
	session_close(s);
	unlink(copy);
	unlink(name);
	free(copy);
	free(name);
}

Test(savefile, what_is_missing_is_counted)
{
	struct view_session v;
	struct capture_write_count done;
	struct error error = { "" };
	const uint32_t flow = 1;
	char *copy, *text = NULL;
	size_t size = 0;
	FILE *out;

	view_session_open(&v, "captures/fragments.pcap");
	copy = written(v.session, &flow, 1, CAPTURE_WRITE_PCAP, &done);
	cr_expect_gt(done.fragments, 0);
	cr_expect_lt(done.fragments, done.frames);
	unlink(copy);
	free(copy);
	out = open_memstream(&text, &size);
	cr_expect(!capture_write(v.session, &flow, 1, 0, CAPTURE_WRITE_PCAP, out, &done, &error));
	cr_expect_not_null(strstr(error.text, "nothing to write"), "%s", error.text);
	fclose(out);
	cr_expect_eq(size, 0);
	free(text);
	view_session_close(&v);
}

Test(savefile, only_what_has_happened)
{
	struct view_session v;
	struct capture_write_count done;
	struct error error = { "" };
	const uint32_t flow = 1;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	view_session_open(&v, "captures/handshake.pcap");
	cr_expect(capture_write(v.session, &flow, 1, 2, CAPTURE_WRITE_PCAP, out, &done, &error));
	cr_expect_eq(done.frames, 2, "as of the second frame");
	fclose(out);
	free(text);
	view_session_close(&v);
}

/* ---- drawings */

static char *
printed(struct session *s, const struct print_options *options)
{
	struct error error = { "" };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	cr_assert_not_null(out);
	cr_expect(print_session(s, options, out, &error), "%s", error.text);
	fclose(out);
	return text;
}

static size_t
name_length(const char *at)
{
	return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-");
}

/* An entity that XML itself has, or a character's number; its length, or 0. */
static size_t
entity_length(const char *at)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" };
	size_t digits;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strncmp(at, known[i], strlen(known[i])) == 0)
			return strlen(known[i]);
	digits = strncmp(at, "&#", 2) == 0 ? strspn(at + 2, "0123456789") : 0;
	return digits > 0 && at[2 + digits] == ';' ? digits + 3 : 0;
}

/* Attributes up to the tag's end: NAME="VALUE" each. Returns the end, or NULL. */
static const char *
after_attributes(const char *at)
{
	for (;;) {
		size_t blank = strspn(at, " \n"), name;

		at += blank;
		if (*at == '>' || *at == '/' || *at == '?')
			return at;
		name = name_length(at);
		if (blank == 0 || name == 0 || strncmp(at + name, "=\"", 2) != 0)
			return NULL;
		for (at += name + 2; *at != '"'; at++)
			if (*at == '\0' || *at == '<' || (*at == '&' && entity_length(at) == 0))
				return NULL;
		at++;
	}
}

/* Where the text stops being well-formed XML (of the kind without comments or DTD); NULL: nowhere. */
static const char *
malformed(const char *text)
{
	enum { DEPTH_MAX = 32 };
	const char *open[DEPTH_MAX], *at = text;
	size_t depth = 0, roots = 0;

	if (strncmp(at, "<?xml ", 6) != 0 || (at = after_attributes(at + 5)) == NULL || strncmp(at, "?>", 2) != 0)
		return text;
	for (at += 2; *at != '\0'; at++) {
		const char *start = at;
		size_t name;

		if (*at == '&' && entity_length(at) == 0)
			return at;
		if ((unsigned char)*at < ' ' && *at != '\n')
			return at;
		if (*at != '<') {
			if (depth == 0 && *at != '\n')
				return at;
			continue;
		}
		if (at[1] == '/') {
			name = name_length(at + 2);
			if (depth == 0 || name_length(open[depth - 1]) != name || strncmp(open[depth - 1], at + 2, name) != 0 ||
			    at[2 + name] != '>')
				return at;
			depth--;
			at += 2 + name;
			continue;
		}
		name = name_length(at + 1);
		if (name == 0 || depth == DEPTH_MAX || (depth == 0 && roots++ > 0))
			return start;
		open[depth++] = at + 1;
		at = after_attributes(at + 1 + name);
		if (at == NULL)
			return start;
		if (*at == '/') {
			depth--;
			at++;
		}
		if (*at != '>')
			return start;
	}
	return depth == 0 && roots == 1 ? NULL : at;
}

Test(svg, the_checker_finds_faults)
{
	static const char *const bad[] = { "", "<?xml version=\"1.0\"?><a>", "<?xml version=\"1.0\"?><a></b>",
	    "<?xml version=\"1.0\"?><a b=c/>", "<?xml version=\"1.0\"?><a>&nbsp;</a>", "<?xml version=\"1.0\"?><a/><a/>",
	    "<?xml version=\"1.0\"?><a b=\"<\"/>", "<?xml version=\"1.0\"?><a>\001</a>", "<?xml version=\"1.0\"?><a>x & y</a>" };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_expect_not_null(malformed(bad[i]), "%s", bad[i]);
	cr_expect_null(malformed("<?xml version=\"1.0\"?>\n<a b=\"&lt;\">&amp;<c/>&#10;</a>\n"));
}

/* ---- Mermaid */

/* What may stand after the colon: nothing that ends the line's meaning, and whole entities. */
static bool
is_harmless(const char *text)
{
	for (; *text != '\0'; text++) {
		size_t digits;

		if (strncmp(text, "<br/>", 5) == 0) {
			text += 4;
			continue;
		}
		if (*text == '#') {
			digits = strspn(text + 1, "0123456789");
			if (digits == 0 || text[1 + digits] != ';')
				return false;
			text += digits + 1;
		} else if (strchr(";<>%{}`$\"&|*\\", *text) != NULL) {
			return false;
		}
	}
	return true;
}

static bool
is_participant(const char *name, size_t length)
{
	return length > 0 && (name[0] == 'C' || name[0] == 'S') && strspn(name + 1, "0123456789") >= length - 1;
}

/* "C->>S: text" and its kinds */
static bool
is_message(const char *line)
{
	static const char *const arrows[] = { "-->>", "->>", "-x", "--)" };

	for (size_t i = 0; i < sizeof arrows / sizeof arrows[0]; i++) {
		const char *arrow = strstr(line, arrows[i]), *to, *colon;

		if (arrow == NULL || !is_participant(line, (size_t)(arrow - line)))
			continue;
		to = arrow + strlen(arrows[i]);
		colon = strchr(to, ':');
		return colon != NULL && is_participant(to, (size_t)(colon - to)) && is_harmless(colon + 1);
	}
	return false;
}

static bool
is_note(const char *line)
{
	static const char *const places[] = { "Note left of ", "Note right of ", "Note over " };

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		size_t length = strlen(places[i]), name;

		if (strncmp(line, places[i], length) != 0)
			continue;
		name = strcspn(line + length, ",:");
		if (!is_participant(line + length, name))
			return false;
		line += length + name;
		if (*line == ',') {
			name = strcspn(line + 1, ":");
			if (!is_participant(line + 1, name))
				return false;
			line += 1 + name;
		}
		return *line == ':' && is_harmless(line + 1);
	}
	return false;
}

static void
assert_mermaid(char *text, const char *name)
{
	unsigned n = 0;

	for (char *rest, *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest), n++) {
		if (n == 0) {
			cr_assert_str_eq(line, "sequenceDiagram", "%s", name);
			continue;
		}
		cr_assert(strncmp(line, "    ", 4) == 0, "%s: %s", name, line);
		line += 4;
		if (strncmp(line, "title ", 6) == 0)
			cr_assert(n == 1 && is_harmless(line + 6), "%s: %s", name, line);
		else if (strncmp(line, "participant ", 12) == 0)
			cr_assert(is_participant(line + 12, strcspn(line + 12, " ")) && is_harmless(strstr(line, " as ")),
			    "%s: %s", name, line);
		else
			cr_assert(is_message(line) || is_note(line), "%s: %s", name, line);
	}
	cr_assert_gt(n, 3, "%s", name);
}

/* ---- both */

Test(ladders, every_capture_is_drawn)
{
	const char *data = getenv("TESTDATA");
	char pattern[4096];
	unsigned drawn = 0;
	glob_t found;

	snprintf(pattern, sizeof pattern, "%s/captures/*.pcap*", data != NULL ? data : "testdata");
	cr_assert_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct print_options options = { .what = PRINT_LADDER, .format = PRINT_SVG };
		struct session *s = opened(found.gl_pathv[i]);
		const char *fault;
		uint32_t flows;
		char *text;

		if (s == NULL)
			continue;
		text = printed(s, &options);
		fault = malformed(text);
		cr_expect_null(fault, "%s: %.60s", found.gl_pathv[i], fault);
		cr_expect_not_null(strstr(text, "<title id=\"title\">"));
		cr_expect_not_null(strstr(text, "prefers-color-scheme:dark"));
		free(text);
		flows = flow_table_count(session_flows(s));
		if (flows > 0 && flows <= 50) {
			options.format = PRINT_MERMAID;
			text = printed(s, &options);
			assert_mermaid(text, found.gl_pathv[i]);
			free(text);
			drawn++;
		}
		session_close(s);
	}
	globfree(&found);
	cr_assert_gt(drawn, 50);
}

Test(ladders, kinds_differ_in_form)
{
	static const uint32_t first[] = { 1 };
	struct print_options options = { .what = PRINT_LADDER, .format = PRINT_SVG, .flows = first, .flow_count = 1 };
	struct view_session v;
	char *text;

	view_session_open(&v, "captures/lost-fin.pcap");
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, "<g class=\"k resent\">"), "sent again is dashed");
	cr_expect_not_null(strstr(text, "RETX of #4"), "and says so");
	cr_expect_not_null(strstr(text, "<path class=\"tie\""), "and is tied to its first sending");
	cr_expect_not_null(strstr(text, ">FIN-WAIT-1</text>"));
	cr_expect_not_null(strstr(text, ">CLOSED?</text>"));
	free(text);
	options.format = PRINT_MERMAID;
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, "\n    C-->>S: #35;5  0.230000  RETX of #35;4 FIN ACK"));
	cr_expect_not_null(strstr(text, "\n    Note left of C: FIN-WAIT-1\n    Note right of S: CLOSE-WAIT\n"));
	free(text);
	view_session_close(&v);
	view_session_open(&v, "captures/icmp-unreachable.pcap");
	options.format = PRINT_SVG;
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, " icmp\">"), "an ICMP error is dotted");
	free(text);
	view_session_close(&v);
}

Test(ladders, a_folded_run_is_one_row)
{
	static const uint32_t first[] = { 1 };
	struct print_options options = { .what = PRINT_LADDER, .format = PRINT_SVG, .flows = first, .flow_count = 1 };
	struct view_session v;
	char *text;

	view_session_open(&v, "memcached.pcap");
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, ">8 segments: 26 bytes up, 39 down in 125.1 s</text>"));
	cr_expect_null(strstr(text, "Frame 10. "), "what is folded isn't drawn");
	free(text);
	options.format = PRINT_MERMAID;
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, "Note over C,S: 8 segments: 26 bytes up"));
	free(text);
	view_session_close(&v);
}

Test(ladders, as_of_a_frame)
{
	static const uint32_t first[] = { 1 };
	struct print_options options = { .what = PRINT_LADDER, .format = PRINT_MERMAID, .flows = first, .flow_count = 1,
	    .as_of = true, .rows = 2 };
	struct view_session v;
	char *text;

	view_session_open(&v, "captures/close-four.pcap");
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, "#35;2  "));
	cr_expect_null(strstr(text, "#35;3  "), "the third frame hasn't happened");
	free(text);
	view_session_close(&v);
}

/* A file's name is text from outside, too. */
Test(ladders, a_hostile_name_does_no_harm)
{
	struct print_options options = { .what = PRINT_LADDER, .format = PRINT_SVG };
	char name[] = "/tmp/]]><&\"'%%{init}%%;#$`end\n\033[1m.XXXXXX", *text;
	struct bytes file = { 0 };
	int descriptor = mkstemp(name);
	struct session *s;

	cr_assert_geq(descriptor, 0);
	two_connections(&file, 2000);
	cr_assert_eq(write(descriptor, file.at, file.size), (ssize_t)file.size);
	close(descriptor);
	s = opened(name);
	cr_assert_not_null(s);
	text = printed(s, &options);
	cr_expect_null(malformed(text));
	cr_expect_not_null(strstr(text, "]]&gt;&lt;&amp;&quot;'"));
	free(text);
	options.format = PRINT_MERMAID;
	text = printed(s, &options);
	assert_mermaid(text, "hostile");
	free(text);
	session_close(s);
	unlink(name);
	bytes_free(&file);
}

Test(ladders, what_cannot_be_drawn_is_refused)
{
	struct print_options options = { .what = PRINT_LIST, .format = PRINT_SVG };
	struct view_session v;
	struct error error = { "" };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	cr_expect(!print_check(&options, &error));
	cr_expect_not_null(strstr(error.text, "--print=ladder"), "%s", error.text);
	view_session_open(&v, "captures/syn-flood.pcap");
	options = (struct print_options){ .what = PRINT_LADDER, .format = PRINT_MERMAID };
	cr_expect(!print_session(v.session, &options, out, &error), "more than fifty connections");
	cr_expect_not_null(strstr(error.text, "--flow"), "%s", error.text);
	options.filter = "port:9999 host:1.2.3.4";
	cr_expect(!print_session(v.session, &options, out, &error));
	cr_expect_not_null(strstr(error.text, "no connection"), "%s", error.text);
	fclose(out);
	free(text);
	view_session_close(&v);
}

/* ---- whole files */

static unsigned
entries(const char *folder)
{
	char pattern[256];
	glob_t found;
	unsigned n;

	snprintf(pattern, sizeof pattern, "%s/*", folder);
	n = glob(pattern, 0, NULL, &found) == 0 ? (unsigned)found.gl_pathc : 0;
	globfree(&found);
	return n;
}

Test(whole_file, written_whole_or_not_at_all)
{
	char folder[] = "/tmp/whole.XXXXXX", name[64], text[16] = "";
	struct whole_file f;
	struct error error = { "" };
	struct stat about;
	FILE *in;

	cr_assert_not_null(mkdtemp(folder));
	snprintf(name, sizeof name, "%s/x", folder);
	cr_expect_eq(whole_file_look(name, &error), WHOLE_FILE_DONE);
	cr_assert(whole_file_begin(&f, name, &error));
	fputs("first", f.stream);
	cr_expect_neq(access(name, F_OK), 0, "not before it is whole");
	cr_expect_eq(whole_file_finish(&f, false, &error), WHOLE_FILE_DONE);
	cr_assert_eq(stat(name, &about), 0);
	cr_expect_eq(about.st_mode & 0777, 0600);
	cr_expect_eq(whole_file_look(name, &error), WHOLE_FILE_EXISTS);
	cr_assert(whole_file_begin(&f, name, &error));
	fputs("second", f.stream);
	cr_expect_eq(whole_file_finish(&f, false, &error), WHOLE_FILE_EXISTS, "nobody asked for it");
	cr_assert(whole_file_begin(&f, name, &error));
	fputs("third", f.stream);
	whole_file_abandon(&f);
	in = fopen(name, "r");
	cr_assert_not_null(in);
	cr_expect_eq(fread(text, 1, sizeof text, in), 5);
	cr_expect_str_eq(text, "first");
	fclose(in);
	cr_expect_eq(entries(folder), 1, "nothing is left behind");
	cr_assert(whole_file_begin(&f, name, &error));
	fputs("4", f.stream);
	cr_expect_eq(whole_file_finish(&f, true, &error), WHOLE_FILE_DONE);
	cr_assert_eq(stat(name, &about), 0);
	cr_expect_eq(about.st_size, 1);
	cr_expect_eq(whole_file_look(folder, &error), WHOLE_FILE_FAILED);
	cr_expect_eq(whole_file_look("/dev/null", &error), WHOLE_FILE_FAILED);
	unlink(name);
	snprintf(name, sizeof name, "%s/none/x", folder);
	cr_expect(!whole_file_begin(&f, name, &error));
	cr_expect_not_null(strstr(error.text, "No such file"), "%s", error.text);
	rmdir(folder);
}

Test(whole_file, a_full_disk_is_told)
{
	struct whole_file f;
	struct error error = { "" };
	char name[] = "/tmp/whole-full.XXXXXX";
	int descriptor = mkstemp(name);

	cr_assert_geq(descriptor, 0);
	close(descriptor);
	unlink(name);
	cr_assert(whole_file_begin(&f, name, &error));
	/* What a full disk does to a stream, without filling one. */
	f.stream = freopen("/dev/full", "w", f.stream);
	cr_assert_not_null(f.stream);
	fputs("too much", f.stream);
	cr_expect_eq(whole_file_finish(&f, false, &error), WHOLE_FILE_FAILED);
	cr_expect_not_null(strstr(error.text, "No space left"), "%s", error.text);
	cr_expect_neq(access(name, F_OK), 0);
}

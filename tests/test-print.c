/*
 * Output without a screen (src/view/print*.c, output.c, trace_text.c): what
 * other programs read, exactly; what is refused; what happens when writing
 * fails.  Whole outputs are goldens (tests/goldens).
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/view_session.h"
#include "view/output.h"
#include "view/print.h"
#include "view/special_nets.h"
#include "view/print_frames.h"
#include "view/trace_text.h"

/* What print_session() writes; to be freed. */
static char *
printed(struct view_session *v, const struct print_options *options)
{
	struct error error = { .text = "" };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	cr_assert_not_null(out);
	cr_expect(print_session(v->session, options, out, &error), "%s", error.text);
	fclose(out);
	return text;
}

static unsigned
count_of(const char *text, char c)
{
	unsigned n = 0;

	for (; *text != '\0'; text++)
		n += *text == c;
	return n;
}

Test(print, columns_of_the_interface)
{
	struct view_session v;
	struct print_options options = { .what = PRINT_LIST, .format = PRINT_TSV };
	char *text;

	view_session_open(&v, "captures/handshake.pcap");
	text = printed(&v, &options);
	*strchr(text, '\n') = '\0';
	cr_expect_str_eq(text,
	    "flow\tclient\tclient_port\tserver\tserver_port\torigin\tfirst_frame\tlast_frame\tstart\t"
	    "duration\tclient_state\tserver_state\toutcome\tconn_state\tcompleteness\tclosed_by\tclose_shape\t"
	    "client_frames\tserver_frames\tclient_bytes\tserver_bytes\tclient_stream\tserver_stream\tclient_rtx\t"
	    "server_rtx\thandshake_rtt\tsummary");
	free(text);
	options.what = PRINT_FRAMES;
	text = printed(&v, &options);
	*strchr(text, '\n') = '\0';
	cr_expect_str_eq(text,
	    "frame\tflow\ttime\tfrom\tsrc\tsrc_port\tdst\tdst_port\tflags\tseq\tack\tlen\twindow\t"
	    "client_state\tserver_state\tnotes\texplanation");
	free(text);
	view_session_close(&v);
}

Test(print, every_row_has_every_cell)
{
	struct view_session v;
	struct print_options options = { .format = PRINT_TSV };
	char *text;

	view_session_open(&v, "demo.pcap");
	for (options.what = PRINT_LIST; options.what <= PRINT_FRAMES; options.what++) {
		unsigned tabs = options.what == PRINT_LIST ? 26 : 16, lines = 0;

		text = printed(&v, &options);
		for (char *at = text, *end; (end = strchr(at, '\n')) != NULL;
		    at = end + 1, lines++) {
			*end = '\0';
			cr_expect_eq(count_of(at, '\t'), tabs, "%s", at);
			cr_expect_null(strstr(at, "\t\t"), "no cell is empty: %s", at);
		}
		cr_expect_eq(lines, 1 + (options.what == PRINT_LIST
		    ? flow_table_count(session_flows(v.session))
		    : frame_store_count(session_frames(v.session))));
		free(text);
	}
	view_session_close(&v);
}

Test(print, chosen_connections_filters_and_order)
{
	struct view_session v;
	static const uint32_t second[] = { 2 };
	struct print_options options = { .what = PRINT_FRAMES, .format = PRINT_TSV, .flows = second,
	    .flow_count = 1 };
	char *text;

	view_session_open(&v, "captures/port-reuse.pcap");
	text = printed(&v, &options);
	cr_expect_eq(count_of(text, '\n'), 4);
	cr_expect_not_null(strstr(text, "\n5\t2\t"));
	free(text);
	options.flows = NULL;
	options.filter = "flag:rst";
	text = printed(&v, &options);
	cr_expect_eq(count_of(text, '\n'), 2, "frames are matched one by one");
	cr_expect_not_null(strstr(text, "\n4\t1\t"));
	free(text);
	options = (struct print_options){ .what = PRINT_LIST, .format = PRINT_TSV,
	    .sort = column_find("frames") };
	text = printed(&v, &options);
	cr_expect_not_null(strstr(text, "summary\n1\t"), "the most frames first");
	free(text);
	options.filter = "established";
	text = printed(&v, &options);
	cr_expect_eq(count_of(text, '\n'), 2);
	cr_expect_not_null(strstr(text, "summary\n2\t"));
	free(text);
	view_session_close(&v);
}

Test(print, stories_told_again_say_the_same)
{
	struct print_options options = { .what = PRINT_FRAMES, .format = PRINT_TSV };
	struct view_session v;
	struct frame_walk *all, *few;
	const struct frame_cells *a, *b;
	unsigned frames = 0;

	view_session_open(&v, "demo.pcap");
	all = frame_walk_new(v.session, &options, NULL, false);
	few = frame_walk_new(v.session, &options, NULL, false);
	frame_walk_keep(few, 1);
	while ((a = frame_walk_next(all)) != NULL) {
		b = frame_walk_next(few);
		cr_assert_not_null(b);
		cr_assert_eq(a->frame->number, b->frame->number);
		cr_expect_str_eq(a->explanation, b->explanation, "frame %u", a->frame->number);
		frames++;
	}
	cr_expect_null(frame_walk_next(few));
	cr_expect_eq(frames, 178);
	frame_walk_free(all);
	frame_walk_free(few);
	view_session_close(&v);
}

Test(print, absolute_numbers)
{
	struct view_session v;
	struct print_options options = { .what = PRINT_FRAMES, .format = PRINT_TSV,
	    .absolute = true };
	char *text;

	view_session_open(&v, "memcached.pcap");
	text = printed(&v, &options);
	cr_expect_not_null(strstr(text, "\tS\t3049437196\t-\t0\t14480\t"));
	cr_expect_not_null(strstr(text, "\tS.\t3663074357\t3049437197\t"));
	free(text);
	view_session_close(&v);
}

Test(print, json_is_typed)
{
	struct view_session v;
	struct print_options options = { .what = PRINT_FRAMES, .format = PRINT_JSONL };
	char *text;

	view_session_open(&v, "memcached.pcap");
	text = printed(&v, &options);
	cr_expect_eq(strstr(text,
	    "{\"schema\":1,\"frame\":1,\"flow\":1,\"time\":1371050074.336031000,\"from\":\"client\","),
	    text);
	cr_expect_not_null(strstr(text, "\"ack\":null,\"len\":0,"));
	cr_expect_not_null(strstr(text, "\"notes\":[],"));
	cr_expect_not_null(strstr(text, "\"notes\":[\"lost_segment\",\"ack_lost_segment\"],"));
	cr_expect_eq(count_of(text, '\n'), 20, "no header line");
	free(text);
	view_session_close(&v);
}

Test(print, no_unsafe_character_whatever_the_packet)
{
	struct view_session v;
	struct print_options options;

	view_session_open(&v, "captures/hostile-text.pcap");
	for (enum print_what what = PRINT_LIST; what < PRINT_NONE; what++) {
		for (enum print_format format = PRINT_TEXT; format < PRINT_PCAP; format++) {
			char *text;

			options = (struct print_options){ .what = what, .format = format };
			if (!print_check(&options, NULL))
				continue;
			text = printed(&v, &options);
			for (const char *c = text; *c != '\0'; c++)
				cr_assert((unsigned char)*c >= 0x20 || *c == '\n'
				    || (*c == '\t' && (format == PRINT_TSV || format == PRINT_ZEEK))
				    || (*c == '\r' && format == PRINT_CSV), "%s", text);
			cr_expect_null(strstr(text, "\xe2\x80\xae"));
			free(text);
		}
	}
	view_session_close(&v);
}

Test(print, what_makes_no_sense_is_refused)
{
	struct view_session v;
	static const uint32_t ninth[] = { 9 };
	struct print_options options = { .what = PRINT_LADDER, .format = PRINT_TSV };
	struct error error;

	view_session_open(&v, "captures/handshake.pcap");
	cr_expect(!print_session(v.session, &options, stdout, &error));
	cr_expect_not_null(strstr(error.text, "--format=text"), "%s", error.text);
	options = (struct print_options){ .what = PRINT_FRAMES, .flows = ninth, .flow_count = 1 };
	cr_expect(!print_session(v.session, &options, stdout, &error));
	cr_expect_not_null(strstr(error.text, "no connection 9"), "%s", error.text);
	options = (struct print_options){ .what = PRINT_LIST, .filter = "port:" };
	cr_expect(!print_session(v.session, &options, stdout, &error));
	cr_expect_not_null(strstr(error.text, "character 6"), "%s", error.text);
	view_session_close(&v);
}

Test(print, a_full_disk_is_told)
{
	struct view_session v;
	struct print_options options = { .what = PRINT_FRAMES, .format = PRINT_TSV };
	struct error error = { .text = "" };
	FILE *full = fopen("/dev/full", "w");

	if (full == NULL)
		cr_skip_test("there is no /dev/full");
	view_session_open(&v, "memcached.pcap");
	cr_expect(!print_session(v.session, &options, full, &error));
	cr_expect_not_null(strstr(error.text, "No space left"), "%s", error.text);
	fclose(full);
	view_session_close(&v);
}

/* ---- records and numbers */

static char *
recorded(enum record_format format, const char *text)
{
	static const char *const names[] = { "a", "b", "c" };
	char *written = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&written, &size);
	struct record_writer w = { .out = output_new(file), .format = format, .names = names,
	    .count = 3 };

	record_header(&w);
	record_begin(&w);
	record_text(&w, text);
	record_number(&w, UINT64_MAX);
	record_none(&w);
	record_end(&w);
	cr_assert(output_finish(w.out, NULL));
	fclose(file);
	return written;
}

Test(record, escapes)
{
	static const struct {
		enum record_format format;
		const char *text, *expected;
	} cases[] = {
		{ RECORD_TSV, "x y", "a\tb\tc\nx y\t18446744073709551615\t-\n" },
		{ RECORD_TSV, "x\ty\nz\033", "a\tb\tc\nx y z \t18446744073709551615\t-\n" },
		{ RECORD_TSV, "", "a\tb\tc\n-\t18446744073709551615\t-\n" },
		{ RECORD_CSV, "x y", "a,b,c\r\nx y,18446744073709551615,-\r\n" },
		{ RECORD_CSV, "say \"x\", y",
		"a,b,c\r\n\"say \"\"x\"\", y\",18446744073709551615,-\r\n" },
		{ RECORD_JSONL, "q\"\\\n\x7f\xc2\xb5",
		"{\"schema\":1,\"a\":\"q\\\"\\\\  \xc2\xb5\",\"b\":18446744073709551615,\"c\":null}\n" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *text = recorded(cases[i].format, cases[i].text);

		cr_expect_str_eq(text, cases[i].expected);
		free(text);
	}
}

Test(output, longer_than_its_buffer)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	struct output *o = output_new(file);
	char word[1000];

	memset(word, 'x', sizeof word);
	for (int i = 0; i < 200; i++) {
		output_bytes(o, word, sizeof word - (size_t)i);
		output_seconds(o, UINT64_C(5000000007));
		output_char(o, '\n');
	}
	cr_assert(output_finish(o, NULL));
	fclose(file);
	cr_expect_eq(size, 200 * 1000 - 199 * 200 / 2 + 200 * 12);
	cr_expect_eq(count_of(text, '\n'), 200);
	cr_expect_str_eq(text + size - 12, "5.000000007\n");
	free(text);
}

/* ---- options as tcpdump writes them */

Test(trace_text, options)
{
	static const struct {
		uint8_t bytes[40];
		size_t size;
		const char *text;
	} cases[] = {
		{ { 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7 }, 20,
		    "mss 1460,sackOK,TS val 1 ecr 2,nop,wscale 7" },
		{ { 1, 1, 5, 18, 0, 0, 4, 0, 0, 0, 8, 0, 0, 0, 0x10, 0, 0, 0, 0x20, 0 }, 20,
		    "nop,nop,sack 2 {24:1048}{3096:7192}" },
		{ { 4, 2, 0, 0 }, 4, "sackOK,eol" },
		{ { 254, 4, 0xf9, 0x89 }, 4, "exp-tfo cookiereq" },
		{ { 2, 3, 5, 1 }, 4, "mss [bad opt],nop" },
		{ { 1, 1, 8, 10 }, 4, "nop,nop,[bad opt]" },
		{ { 1, 1, 1, 2 }, 4, "nop,nop,nop,[bad opt]" },
		{ { 99, 0, 0, 0 }, 4, "[bad opt]" },
		{ { 99, 4, 1, 2 }, 4, "unknown-99 0x0102" },
		{ { 28, 4, 0x80, 5 }, 4, "uto 0x8005" },
	};
	char text[512];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		trace_text_options(text, sizeof text, cases[i].bytes, cases[i].size, 1000);
		cr_expect_str_eq(text, cases[i].text);
	}
}

/* Any bytes: never past the end, always terminated. */
Test(trace_text, any_options)
{
	uint8_t bytes[40];
	char text[512], small[20];
	uint32_t state = 1;

	for (int round = 0; round < 200000; round++) {
		size_t size = state % 41;

		for (size_t i = 0; i < sizeof bytes; i++) {
			state = state * 1664525 + 1013904223;
			bytes[i] = (uint8_t)(state >> 24);
			if (state & 0x800000)
				bytes[i] &= 0x1f;
		}
		trace_text_options(text, sizeof text, bytes, size, 0);
		cr_assert_lt(strlen(text), sizeof text);
		trace_text_options(small, sizeof small, bytes, size, 0);
		cr_assert_lt(strlen(small), sizeof small);
	}
}

/* ---- Zeek's log */

/* Field `n` (from 0) of connection `id`, as zeek-cut finds it: by the line that names the fields. */
static char *
zeek_field(const char *log, unsigned id, const char *name)
{
	char *copy = strdup(log), *rest, *found = NULL;
	unsigned wanted = 0, line = 0;

	for (char *l = strtok_r(copy, "\n", &rest); l != NULL; l = strtok_r(NULL, "\n", &rest)) {
		bool fields = strncmp(l, "#fields\t", 8) == 0;
		unsigned n = 0;

		if ((l[0] == '#' && !fields) || (!fields && ++line != id))
			continue;
		for (char *more, *f = strtok_r(fields ? l + 8 : l, "\t", &more); f != NULL;
		     f = strtok_r(NULL, "\t", &more), n++) {
			if (fields && strcmp(f, name) == 0)
				wanted = n;
			else if (!fields && n == wanted)
				found = strdup(f);
		}
	}
	free(copy);
	cr_assert_not_null(found, "%s of %u", name, id);
	return found;
}

Test(zeek, a_log_says_what_zeek_would)
{
	static const struct {
		unsigned id;
		const char *field, *value;
	} said[] = {
		{ 1, "history", "ShADadFf" }, { 1, "orig_bytes", "70" }, { 1, "conn_state", "SF" },
		{ 1, "missed_bytes", "0" }, { 1, "ts", "1715679000.000000" },
		{ 3, "id.resp_h", "10.8.34.27" }, { 3, "id.resp_p", "11211" },
		{ 4, "history", "Sr" }, { 5, "history", "S" }, { 5, "orig_pkts", "4" },
		{ 8, "history", "ShADadtFf" }, { 9, "history", "ShADadW" },
		{ 14, "id.orig_h", "2001:db8:10::1a" }, { 16, "duration", "-" },
		{ 16, "orig_bytes", "-" }, { 17, "tunnel_parents", "-" }, { 2, "proto", "tcp" }
	};
	static const char *const hole[][2] = { { "missed_bytes", "1000" },
		{ "resp_bytes", "2000" }, { "history", "ShADdg" } };
	struct print_options options = { .what = PRINT_LIST, .format = PRINT_ZEEK };
	struct view_session v;
	char *log;

	view_session_open(&v, "demo.pcap");
	log = printed(&v, &options);
	cr_expect_eq(strstr(log, "#separator \\x09\n#set_separator\t,\n"), log);
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		char *value = zeek_field(log, said[i].id, said[i].field);

		cr_expect_str_eq(value, said[i].value, "%s of %u: %s", said[i].field, said[i].id,
		    value);
		free(value);
	}
	free(log);
	view_session_close(&v);
	/* A segment of 1000 bytes is missing from this capture: only its acknowledgment is there. */
	view_session_open(&v, "captures/capture-hole.pcap");
	log = printed(&v, &options);
	for (size_t i = 0; i < sizeof hole / sizeof hole[0]; i++) {
		char *value = zeek_field(log, 1, hole[i][0]);

		cr_expect_str_eq(value, hole[i][1], "%s: %s", hole[i][0], value);
		free(value);
	}
	free(log);
	view_session_close(&v);
}

Test(zeek, what_the_internet_does_not_route_is_local)
{
	static const struct {
		const char *address;
		bool special;
	} known[] = {
		{ "10.255.255.255", true }, { "11.0.0.0", false }, { "100.64.0.1", true }, { "100.128.0.0", false },
		{ "127.0.0.1", true }, { "169.254.1.1", true }, { "172.31.255.255", true }, { "172.32.0.0", false },
		{ "192.0.2.1", true }, { "192.0.1.0", false }, { "192.168.1.1", true }, { "198.19.255.255", true },
		{ "198.20.0.0", false }, { "224.0.0.1", false }, { "240.0.0.1", true }, { "8.8.8.8", false },
		{ "::1", true }, { "::2", false }, { "fe80::1", true }, { "fec0::1", false }, { "fd00::1", true },
		{ "2001:db8::1", true }, { "2001:1ff::1", true }, { "2001:200::1", false }, { "2606:4700::1", false },
		{ "2002:0a01:203::1", true }, { "2002:0808:808::1", false }, { "100::1", true }, { "100:0:0:1::1", false },
		{ "64:ff9b:1::1", true }, { "64:ff9b::1", false }
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		bool v6 = strchr(known[i].address, ':') != NULL;
		uint8_t address[16] = { 0 };

		cr_assert_eq(inet_pton(v6 ? AF_INET6 : AF_INET, known[i].address, address), 1);
		cr_expect_eq(special_nets_have(address, v6 ? SEGMENT_IPV6 : SEGMENT_IPV4), known[i].special, "%s",
		    known[i].address);
	}
}

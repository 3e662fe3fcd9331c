/*
 * The filter language (src/view/filter*.c): what matches, what is refused
 * and where, and what the coarse keys write.  testdata/captures/port-reuse
 * holds two connections from 192.0.2.10:49152 to 198.51.100.20:80: the first
 * reset by the client right after the handshake, the second open.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/view_session.h"
#include "view/filter.h"
#include "view/flow_list.h"

/* Which connections match, as "1,2". */
static const char *
matching(struct view_session *v, const char *text)
{
	static char out[64];
	struct filter_error error;
	struct filter *f = filter_compile(text, &error);
	size_t used = 0;

	cr_assert_not_null(f, "%s: %zu: %s", text, error.at, error.text);
	out[0] = '\0';
	for (uint32_t id = 1; id <= flow_table_count(session_flows(v->session)); id++) {
		struct flow_row row;

		flow_row_init(&row, v->narrator, v->replay, view_session_flow(v, id));
		if (filter_match_flow(f, &row))
			used += (size_t)snprintf(out + used, sizeof out - used, "%s%u",
			    used > 0 ? "," : "", id);
	}
	filter_free(f);
	return out;
}

static void
check(const char *capture, const char *const (*cases)[2], size_t count)
{
	struct view_session v;

	view_session_open(&v, capture);
	for (size_t i = 0; i < count; i++)
		cr_expect_str_eq(matching(&v, cases[i][0]), cases[i][1], "%s: %s", cases[i][0],
		    matching(&v, cases[i][0]));
	view_session_close(&v);
}

Test(filter, fields_of_connections)
{
	static const char *const cases[][2] = {
		{ "", "1,2" }, { "  ", "1,2" },
		{ "port:80", "1,2" }, { "port:443,80", "1,2" }, { "port:79-81", "1,2" },
		{ "port:http", "1,2" }, { "port!=80", "" }, { "port:443", "" },
		{ "client.port:80", "" }, { "server_port:80", "1,2" }, { "cport>49151", "1,2" },
		{ "host:192.0.2.10", "1,2" }, { "host:192.0.2.0/24", "1,2" },
		{ "host:192.0.2.", "1,2" }, { "host:192.0.3.0/24", "" },
		{ "host:0.0.0.0/0", "1,2" }, { "host:::/0", "" }, { "server:192.0.2.10", "" },
		{ "client:192.0.2.1-192.0.2.99", "1,2" }, { "server:198.51.100.20,10.", "1,2" },
		{ "state:established", "2" }, { "state:closed", "1" },
		{ "client.state:closed", "1" }, { "STATE:Estab", "2" }, { "!state:closed", "2" },
		{ "client_state:established", "2" }, { "outcome:reset-by-client", "1" },
		{ "outcome:open", "2" }, { "outcome:open,reset_by_client", "1,2" },
		{ "conn_state:RSTO", "1" }, { "closed_by:client", "1" },
		{ "closed.by:nobody", "2" }, { "origin:handshake", "1,2" },
		{ "origin:midstream", "" }, { "ip:4", "1,2" }, { "ip:6", "" }, { "flow:1", "1" },
		{ "flow>1", "2" }, { "flow:>1", "2" }, { "flow<=1", "1" }, { "flow:1-2", "1,2" },
		{ "flow!=1", "2" }, { "frames:3", "2" }, { "frames>=3", "1,2" },
		{ "bytes:0", "1,2" }, { "rtx>0", "" }, { "duration>10.15ms", "1" },
		{ "duration<1s", "1,2" }, { "duration>0.0101", "1" }, { "rtt:10ms-11ms", "1,2" },
		{ "service:ttp", "1,2" }, { "summary:handshake", "1,2" },
		{ "summary:\"right after\"", "1" },
	};

	check("captures/port-reuse.pcap", cases, sizeof cases / sizeof cases[0]);
}

Test(filter, fields_of_frames_mean_any_of_them)
{
	static const char *const cases[][2] = {
		{ "flag:rst", "1" }, { "!flag:rst", "2" }, { "flag:syn", "1,2" },
		{ "flag:rst,fin", "1" }, { "note:reused_ports", "2" }, { "note:reused-ports", "2" },
		{ "note!=reused_ports", "1" }, { "frame:5", "2" }, { "frame:1-4", "1" },
		{ "frame:4-5", "1,2" }, { "len>0", "" }, { "from:server", "1,2" },
		{ "window:65160", "1,2" },
	};

	check("captures/port-reuse.pcap", cases, sizeof cases / sizeof cases[0]);
}

Test(filter, words_and_logic)
{
	static const char *const cases[][2] = {
		{ "closed", "1" }, { "!closed", "2" }, { "established", "2" }, { "failed", "1" },
		{ "connecting", "" }, { "trouble", "2" }, { "reused", "2" }, { "midstream", "" },
		{ "closed or established", "1,2" }, { "closed established", "" },
		{ "closed and flow:1", "1" }, { "!(closed or established)", "" },
		{ "not closed", "2" }, { "!!closed", "1" }, { "flow:1 | flow:2", "1,2" },
		{ "flow:1 || flow:2 && closed", "1" }, { "(flow:1||flow:2)&&!closed", "2" },
		{ "http", "1,2" }, { "HTTP", "1,2" }, { "192.0.2.10", "1,2" },
		{ "192.0.2.10:49152", "1,2" }, { "80", "1,2" }, { "8", "" }, { "443", "" },
		{ "/^192\\.0/", "1,2" }, { "/:4[0-8]/", "" }, { "/20:80/ closed", "1" },
	};

	check("captures/port-reuse.pcap", cases, sizeof cases / sizeof cases[0]);
}

Test(filter, ipv6)
{
	static const char *const cases[][2] = {
		{ "ip:6", "1" }, { "host:2001:db8::/32", "1" }, { "2001:db8::/32", "1" },
		{ "host:fe80::/10", "" }, { "host:0.0.0.0/0", "" }, { "/2001:db8/", "1" },
	};

	check("captures/ipv6.pcap", cases, sizeof cases / sizeof cases[0]);
}

Test(filter, errors_say_where)
{
	static const struct {
		const char *text;
		size_t at, length;
		const char *says;
	} cases[] = {
		{ "prot:443", 0, 4, "no field \"prot\"" },
		{ "port:443 stat:open", 9, 4, "state" },
		{ "port:", 5, 0, "missing" },
		{ "port:443,", 9, 0, "missing" },
		{ "port:70000", 5, 5, "65535" },
		{ "port:90-80", 5, 5, "range" },
		{ "port:443 state:opne", 15, 4, "ESTABLISHED" },
		{ "host:10.0.0.0/33", 5, 11, "address" },
		{ "host:example", 5, 7, "address" },
		{ "rtx>many", 4, 4, "number" },
		{ "rtt>5parsecs", 4, 8, "200ms" },
		{ "state>closed", 5, 1, "compared" },
		{ "(closed", 0, 1, "closed" },
		{ "closed)", 6, 1, "never opened" },
		{ "closed or", 9, 0, "missing" },
		{ "()", 1, 1, "before" },
		{ "/abc", 0, 4, "closed by a /" },
		{ "/a(/", 0, 4, "regular expression" },
		{ "summary:\"x", 8, 2, "quotation" },
		{ ":443", 0, 1, "name is missing" },
		{ "!", 1, 0, "missing" },
	};
	struct filter_error error;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cr_assert_null(filter_compile(cases[i].text, &error), "%s", cases[i].text);
		cr_expect_eq(error.at, cases[i].at, "%s: %zu", cases[i].text, error.at);
		cr_expect_eq(error.length, cases[i].length, "%s: %zu", cases[i].text, error.length);
		cr_expect_not_null(strstr(error.text, cases[i].says), "%s: %s", cases[i].text,
		    error.text);
	}
}

Test(filter, errors_are_safe_text)
{
	struct filter_error error;

	cr_assert_null(filter_compile("port:\033[31m", &error));
	cr_expect_null(strchr(error.text, '\033'), "%s", error.text);
	cr_assert_null(filter_compile("port:\xe2\x80\xae", &error));
	cr_expect_null(strstr(error.text, "\xe2\x80\xae"));
}

Test(filter, deep_nesting_is_refused)
{
	char text[FILTER_TEXT_MAX * 4];
	struct filter_error error;

	memset(text, '(', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	cr_expect_null(filter_compile(text, &error));
	memset(text, '!', sizeof text - 1);
	cr_expect_null(filter_compile(text, &error));
}

/* Any beginning of a filter, as it is typed, either compiles or says where it is wrong. */
Test(filter, as_it_is_typed)
{
	const char *text =
	    "port:443,8000-8099 (state:syn-sent or !host:10.0.0.0/8) /a.b/ flag:rst rtx>3 summary:\"a b\"";
	char part[128];
	struct filter_error error;

	for (size_t n = 0; n <= strlen(text); n++) {
		struct filter *f;

		memcpy(part, text, n);
		part[n] = '\0';
		f = filter_compile(part, &error);
		if (f == NULL) {
			cr_expect_leq(error.at + error.length, n, "%s", part);
			cr_expect_neq(error.text[0], '\0', "%s", part);
		}
		filter_free(f);
	}
}

Test(filter, only_stories_and_frames_are_costly)
{
	static const char *const cheap[] = { "", "port:443", "state:closed host:10.", "!closed",
	    "rtx>3", "http" };
	static const char *const costly[] = { "outcome:open", "flag:rst", "port:80 or failed" };
	struct filter *f;

	for (size_t i = 0; i < sizeof cheap / sizeof cheap[0]; i++) {
		f = filter_compile(cheap[i], NULL);
		cr_expect(!filter_is_costly(f), "%s", cheap[i]);
		filter_free(f);
	}
	for (size_t i = 0; i < sizeof costly / sizeof costly[0]; i++) {
		f = filter_compile(costly[i], NULL);
		cr_expect(filter_is_costly(f), "%s", costly[i]);
		filter_free(f);
	}
}

Test(filter, frames_are_matched_one_by_one)
{
	struct view_session v;
	struct filter *f = filter_compile("flag:syn from:server", NULL);
	const struct frame_store *frames;
	unsigned matches = 0;

	view_session_open(&v, "captures/port-reuse.pcap");
	frames = session_frames(v.session);
	for (uint32_t row = 0; row < frame_store_count(frames); row++) {
		const struct frame *frame = frame_store_get(frames, row);
		struct flow_row flow;

		flow_row_init(&flow, v.narrator, v.replay, view_session_flow(&v, frame->flow));
		if (filter_match_frame(f, &flow, frame)) {
			cr_expect(frame->number == 2 || frame->number == 6, "%u", frame->number);
			matches++;
		}
	}
	cr_expect_eq(matches, 2);
	filter_free(f);
	view_session_close(&v);
}

Test(filter_text, the_port_key)
{
	char out[FILTER_TEXT_MAX], ports[FILTER_TEXT_MAX];

	filter_set_port("", "443", out);
	cr_expect_str_eq(out, "port:443");
	filter_set_port("host:10. port:443 !closed", "80,8000-8099", out);
	cr_expect_str_eq(out, "port:80,8000-8099 host:10. !closed");
	filter_port_of(out, ports);
	cr_expect_str_eq(ports, "80,8000-8099");
	filter_set_port(out, "", out);
	cr_expect_str_eq(out, "host:10. !closed");
	filter_port_of(out, ports);
	cr_expect_str_eq(ports, "");
	filter_set_port("host:10. or host:11.", "80", out);
	cr_expect_str_eq(out, "port:80 (host:10. or host:11.)");
	filter_set_port("/a b/ port:1", "2", out);
	cr_expect_str_eq(out, "port:2 /a b/");
}

Test(filter_text, the_state_key_goes_round)
{
	static const char *const names[] = { "connecting", "established", "closing", "closed",
	    "failed", "all" };
	char text[FILTER_TEXT_MAX] = "port:443";

	cr_expect_str_eq(filter_state_name(text), "all");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		filter_cycle_state(text, text);
		cr_expect_str_eq(filter_state_name(text), names[i]);
		cr_expect_not_null(strstr(text, "port:443"));
	}
	cr_expect_str_eq(text, "port:443");
	cr_expect_str_eq(filter_state_name("state:time-wait"), "");
}

Test(filter_text, hiding_closed_ones)
{
	char out[FILTER_TEXT_MAX];

	filter_toggle_closed("port:443", out);
	cr_expect_str_eq(out, "!closed port:443");
	filter_toggle_closed(out, out);
	cr_expect_str_eq(out, "port:443");
}

Test(filter, help_names_every_field)
{
	const char *name, *help;
	char text[80];
	size_t n;

	for (n = 0; filter_field_help(n, &name, &help); n++) {
		struct filter *f;

		cr_expect_gt(strlen(help), 4);
		f = filter_compile(name, NULL);		/* a class, or at least a word */
		cr_expect_not_null(f);
		filter_free(f);
		snprintf(text, sizeof text, "%s:", name);
		cr_expect_null(filter_compile(text, NULL));
	}
	cr_expect_gt(n, 30);
}

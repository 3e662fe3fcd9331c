/*
 * Listening sockets as rows: who is in trouble, and what that does.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/loopback.h"
#include "view/listeners.h"

static uint32_t
row_with(const struct listeners *l, const char *text)
{
	struct line line;

	for (uint32_t row = 0; row < listeners_count(l); row++) {
		listeners_render(l, row, 100, &line);
		if (strstr(line.text, text) != NULL)
			return row;
	}
	cr_assert_fail("no row has %s", text);
	return 0;
}

static void
expect_row(const struct listeners *l, const char *about, const char *text)
{
	struct line line;

	listeners_render(l, row_with(l, about), 140, &line);
	cr_expect_not_null(strstr(line.text, text), "%s: %s", about, line.text);
	cr_expect_leq(line.columns, 140);
}

/* Two listeners: 80 at rest, 443 with a full queue, whose process has a name that must not reach a terminal. */
static struct host_snapshot *
two_listeners(void)
{
	static const uint8_t peer[4] = { 10, 0, 0, 1 };
	struct host_snapshot *s = host_snapshot_new();
	struct host_socket *k;

	add_socket(s, TCP_LISTEN, 80, NULL, 0);
	s->sockets[0].send_queue = 128;
	add_socket(s, TCP_LISTEN, 443, NULL, 0);
	k = &s->sockets[1];
	k->send_queue = 2;
	k->receive_queue = 3;
	k->marks = HOST_HELD;
	k->pid = 4711;
	k->descriptor = 6;
	memcpy(k->command, "evil\x1b]0;x\x07\xe2\x80\xae", 13);
	add_socket(s, TCP_SYN_RECEIVED, 443, peer, 1000);
	s->counters.known[HOST_LISTEN_OVERFLOWS] = true;
	s->counters.value[HOST_LISTEN_OVERFLOWS] = 1234;
	s->settings.known[HOST_SOMAXCONN] = s->settings.known[HOST_PORT_RANGE] = true;
	s->settings.value[HOST_SOMAXCONN] = 128;
	s->settings.value[HOST_PORT_RANGE] = 32768;
	s->settings.last_port = 60999;
	host_snapshot_finish(s, NULL);
	return s;
}

Test(listeners, a_full_one_comes_first_and_says_what_that_does)
{
	struct host_snapshot *s = two_listeners();
	struct listeners *l = listeners_new();
	char text[LISTENERS_TEXT_MAX];
	struct line narrow;

	listeners_update(l, s, true, false);
	cr_expect_eq(row_with(l, ":443"), 1, "what is in trouble comes first");
	cr_expect_eq(row_with(l, ":80 http"), 2);
	expect_row(l, ":443", "3     2 full");
	expect_row(l, ":443", "evil\\x1b]0;x\\x07\\u{202e}[4711]");
	listeners_render(l, 1, 60, &narrow);
	line_cut(&narrow, 58, "");
	cr_expect_not_null(strstr(narrow.text, "evil\\x1b"), "a narrow screen has whose it is, too: %s", narrow.text);
	listeners_explain(l, 1, text, sizeof text);
	cr_expect_not_null(strstr(text, "with descriptor 6"), "%s", text);
	cr_expect_not_null(strstr(text, "new SYNs are dropped"), "%s", text);
	cr_expect_not_null(strstr(text, "1 handshake has been answered and waits"), "%s", text);
	cr_expect_null(strpbrk(text, "\x1b\x07\n"));
	listeners_explain(l, 2, text, sizeof text);
	cr_expect_not_null(strstr(text, "the limit is 128, which is somaxconn's"), "%s", text);
	cr_expect_null(strstr(text, "full"), "%s", text);
	cr_expect_eq(listeners_socket(l, 1)->local_port, 443);
	cr_expect_null(listeners_socket(l, 0));
	cr_expect_eq(listeners_row_of(l, (uint64_t)80 << 16, 0), 2);
	cr_expect_eq(listeners_row_of(l, 99, 7), 7);
	listeners_free(l);
	host_snapshot_free(s);
}

Test(listeners, counters_are_since_the_start_and_settings_tell_their_use)
{
	static const uint8_t peer[4] = { 10, 0, 0, 1 };
	struct host_snapshot *before = two_listeners(), *s = host_snapshot_new();
	struct listeners *l = listeners_new();
	char text[LISTENERS_TEXT_MAX];

	s->counters = before->counters;
	s->counters.value[HOST_LISTEN_OVERFLOWS] += 5;
	s->settings = before->settings;
	s->settings.last_port = s->settings.value[HOST_PORT_RANGE] + 9;
	for (uint16_t n = 0; n < 9; n++)
		add_socket(s, TCP_ESTABLISHED, (uint16_t)(32768 + n), peer, 80);
	host_snapshot_finish(s, before);
	listeners_update(l, s, true, true);
	expect_row(l, "accept queue overflows", " 5  1,239 in all");
	expect_row(l, "ip_local_port_range", "32768-32777  9 taken of 10; at most 9 (90 %) to 10.0.0.1:80");
	listeners_explain(l, row_with(l, "ip_local_port_range"), text, sizeof text);
	cr_expect_not_null(strstr(text, "connect() fails"), "%s", text);
	expect_row(l, "ESTABLISHED", " 9");
	expect_row(l, "Nobody listens", "here");
	/* a cursor goes from what has something to say to the next */
	cr_expect(!listeners_stops(l, row_with(l, "accept queue overflows") - 1));
	cr_expect(!listeners_stops(l, row_with(l, "accept queue overflows") - 2));
	cr_expect(listeners_stops(l, 0) && listeners_stops(l, listeners_count(l) - 1));
	for (uint32_t row = 0; row < listeners_count(l); row++) {
		listeners_explain(l, row, text, sizeof text);
		cr_expect_eq(listeners_stops(l, row), text[0] != '\0' || row == row_with(l, "Nobody listens"), "row %u", row);
	}
	listeners_free(l);
	host_snapshot_free(before);
	host_snapshot_free(s);
}

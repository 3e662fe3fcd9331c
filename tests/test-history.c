/*
 * What only many connections together tell: pile-ups, ports that run out,
 * what happened in each second, hours in a bounded space.  The captures are
 * made here, of raw IP packets.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packet/segment.h"
#include "tests/capture_files.h"
#include "tests/view_session.h"
#include "view/history.h"
#include "view/history_table.h"
#include "view/pileup.h"
#include "view/stats.h"

enum { RAW_IP = 101, HEADERS = 40, BEGIN = 1700000000 };
#define SECOND UINT64_C(1000000000)

/* ---- captures */

struct tape {
	struct bytes bytes;
	uint64_t time;			/* ns since it began */
};

static void
tape_begin(struct tape *t)
{
	*t = (struct tape){ .time = 0 };
	pcap_begin(&t->bytes, MAGIC_NANO, 4, 65535, RAW_IP);
}

/* From 10.0.0.FROM and its port to 10.0.0.TO and its port. */
static void
put(struct tape *t, const unsigned from[2], const unsigned to[2], uint32_t seq, uint32_t ack, unsigned flags)
{
	uint8_t p[HEADERS] = { 0x45, 0, 0, HEADERS, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, (uint8_t)from[0],
		10, 0, 0, (uint8_t)to[0], (uint8_t)(from[1] >> 8), (uint8_t)from[1], (uint8_t)(to[1] >> 8),
		(uint8_t)to[1], (uint8_t)(seq >> 24), (uint8_t)(seq >> 16), (uint8_t)(seq >> 8), (uint8_t)seq,
		(uint8_t)(ack >> 24), (uint8_t)(ack >> 16), (uint8_t)(ack >> 8), (uint8_t)ack, 0x50, (uint8_t)flags,
		0xff, 0xff };
	struct packet packet = { BEGIN + (uint32_t)(t->time / SECOND), (uint32_t)(t->time % SECOND), p, HEADERS,
		HEADERS };

	pcap_packet(&t->bytes, MAGIC_NANO, &packet);
	t->time += 10000;
}

static const unsigned server[2] = { 9, 80 };

static void
open_connection(struct tape *t, const unsigned client[2])
{
	put(t, client, server, 1000, 0, TCP_SYN);
	put(t, server, client, 5000, 1001, TCP_SYN | TCP_ACK);
	put(t, client, server, 1001, 5001, TCP_ACK);
}

/* One end sends its FIN, the other acknowledges it. */
/* A FIN, and the ACK of it. */
static void
shut(struct tape *t, const unsigned from[2], const unsigned to[2], uint32_t seq, uint32_t ack)
{
	put(t, from, to, seq, ack, TCP_FIN | TCP_ACK);
	put(t, to, from, ack, seq + 1, TCP_ACK);
}

static void
close_half(struct tape *t, const unsigned client[2], bool by_client)
{
	if (by_client)
		shut(t, client, server, 1001, 5001);
	else
		shut(t, server, client, 5001, 1001);
}

static void
close_rest(struct tape *t, const unsigned client[2], bool by_client)
{
	if (by_client)
		shut(t, server, client, 5001, 1002);
	else
		shut(t, client, server, 1001, 5002);
}

static void
load(struct tape *t, struct view_session *v)
{
	char *name = file_of(t->bytes.at, t->bytes.size);
	const char *files[1] = { name };
	struct session_options options = { .files = files, .file_count = 1 };
	struct error error;

	v->session = session_open(&options, &error);
	cr_assert_not_null(v->session, "%s", error.text);
	session_load(v->session, NULL);
	v->replay = replay_new(v->session);
	v->narrator = narrator_new(v->session);
	unlink(name);
	free(name);
	bytes_free(&t->bytes);
}

/* The sentences of what stands out, one after another. */
static const char *
sentences(struct view_session *v)
{
	static char text[STATS_PILEUPS * PILEUP_TEXT_MAX];
	struct stats s;

	text[0] = '\0';
	stats_gather(&s, v->session, v->replay, v->narrator, NULL);
	for (size_t i = 0; i < s.pileup_count; i++)
		pileup_write(&s.pileups[i], replay_now(v->replay), text + strlen(text), PILEUP_TEXT_MAX);
	return text;
}

static void
expect_told(struct view_session *v, const char *words)
{
	const char *told = sentences(v);

	cr_expect(strstr(told, words) != NULL, "wanted: %s\ntold: %s", words, told);
}

/* ---- pile-ups */

/* So many clients have closed, and a minute later one more comes. */
static void
leave_open(struct view_session *v, unsigned count, bool by_client)
{
	struct tape t;

	tape_begin(&t);
	for (unsigned i = 0; i <= count; i++) {
		const unsigned client[] = { by_client ? 20 + i : 20, 40000 + i };

		if (i == count)
			t.time += 60 * SECOND;
		open_connection(&t, client);
		if (i < count)
			close_half(&t, client, by_client);
	}
	load(&t, v);
}

Test(history, a_server_that_never_closes_is_named)
{
	struct view_session v;

	leave_open(&v, 25, true);
	expect_told(&v, "CLOSE-WAIT piles up: 10.0.0.9:80 hasn't closed 25 connections that its clients have "
	    "closed; #1 has been silent longest, for 60");
	view_session_close(&v);
}

Test(history, a_client_that_never_closes_is_named)
{
	struct view_session v;

	leave_open(&v, 25, false);
	expect_told(&v, "CLOSE-WAIT piles up: 10.0.0.20 hasn't closed 25 connections that the server 10.0.0.9:80 "
	    "has closed;");
	view_session_close(&v);
}

Test(history, a_few_that_arent_closed_are_no_pile)
{
	struct view_session v;

	leave_open(&v, PILEUP_CLOSE_WAIT_LEAST - 1, true);
	cr_expect_str_eq(sentences(&v), "");
	view_session_close(&v);
}

/* As of the moment when all have just closed, nothing is late yet. */
Test(history, whoever_has_just_been_closed_may_take_a_while)
{
	struct view_session v;

	leave_open(&v, 25, true);
	replay_to(v.replay, 25 * 5);
	cr_expect_str_eq(sentences(&v), "");
	view_session_close(&v);
}

static void
close_many(struct view_session *v, unsigned count, bool by_client)
{
	struct tape t;

	tape_begin(&t);
	for (unsigned i = 0; i < count; i++) {
		const unsigned client[] = { 20, 10000 + i };

		open_connection(&t, client);
		close_half(&t, client, by_client);
		close_rest(&t, client, by_client);
	}
	load(&t, v);
}

Test(history, time_wait_piles_up_where_one_closes_first)
{
	struct view_session v;

	close_many(&v, 1200, true);
	expect_told(&v, "TIME-WAIT piles up: 10.0.0.20 has 1,200 connections to 10.0.0.9:80 in it, since it "
	    "closes first; each keeps one of its ports taken for 60 s.");
	view_session_close(&v);
	close_many(&v, 1200, false);
	expect_told(&v, "TIME-WAIT piles up: 10.0.0.9:80 has 1,200 connections in it, since it closes first.");
	view_session_close(&v);
	close_many(&v, PILEUP_TIME_WAIT_LEAST - 1, true);
	cr_expect_str_eq(sentences(&v), "");
	view_session_close(&v);
}

static void
open_many(struct view_session *v, unsigned count)
{
	struct tape t;

	tape_begin(&t);
	for (unsigned i = 0; i < count; i++) {
		const unsigned client[] = { 20, 32768 + i };

		open_connection(&t, client);
	}
	load(&t, v);
}

Test(history, ports_that_run_out_are_told)
{
	struct view_session v;

	open_many(&v, 24000);
	expect_told(&v, "Ports run out: 10.0.0.20 has 24,000 connections to 10.0.0.9:80 at once, which is "
	    "85 % of the 28,232 ports");
	view_session_close(&v);
	open_many(&v, 20000);
	cr_expect_str_eq(sentences(&v), "");
	view_session_close(&v);
}

/* Very many single connections of others must not hide who has very many. */
Test(history, a_crowd_hides_no_pile)
{
	struct view_session v;
	struct tape t;

	tape_begin(&t);
	for (unsigned i = 0; i < 60000; i++) {
		const unsigned stranger[] = { 1 + i % 8, 1024 + i % 60000 }, other[] = { 100 + i % 100, 1 + i / 100 };

		/* each towards a server of its own */
		put(&t, stranger, other, 1000, 0, TCP_SYN);
		put(&t, other, stranger, 5000, 1001, TCP_SYN | TCP_ACK);
		if (i % 30 == 0) {
			const unsigned client[] = { 20, 10000 + i / 30 };

			open_connection(&t, client);
			close_half(&t, client, true);
			close_rest(&t, client, true);
		}
	}
	load(&t, &v);
	expect_told(&v, "TIME-WAIT piles up: 10.0.0.20 has ");
	view_session_close(&v);
}

/* ---- over time */

static struct history *
walked(struct view_session *v)
{
	struct history *h = history_new(v->session, v->replay);

	while (history_update(h, 1000))
		;
	return h;
}

Test(history, what_happened_is_counted_by_the_second)
{
	struct view_session v;
	struct history *h;
	struct tape t;

	/* 30 connections in one second, of which 10 are closed and 5 reset in the next, and one SYN sent twice */
	tape_begin(&t);
	for (unsigned i = 0; i < 30; i++)
		open_connection(&t, (const unsigned[]){ 20, 10000 + i });
	t.time = SECOND;
	for (unsigned i = 0; i < 10; i++) {
		close_half(&t, (const unsigned[]){ 20, 10000 + i }, true);
		close_rest(&t, (const unsigned[]){ 20, 10000 + i }, true);
	}
	for (unsigned i = 10; i < 15; i++)
		put(&t, (const unsigned[]){ 20, 10000 + i }, server, 1001, 5001, TCP_RST | TCP_ACK);
	put(&t, (const unsigned[]){ 20, 20000 }, server, 1000, 0, TCP_SYN);
	t.time = 2 * SECOND;
	put(&t, (const unsigned[]){ 20, 20000 }, server, 1000, 0, TCP_SYN);
	load(&t, &v);
	h = walked(&v);
	cr_expect_eq(history_total(h, HISTORY_BEGUN), 31);
	cr_expect_eq(history_total(h, HISTORY_OPENED), 30);
	cr_expect_eq(history_total(h, HISTORY_CLOSED), 10);
	cr_expect_eq(history_total(h, HISTORY_RESET), 5);
	cr_expect_eq(history_total(h, HISTORY_RESENT), 1);
	cr_expect_eq(history_peak_second(h, HISTORY_OPENED), 30);
	cr_expect_eq(history_peak_second(h, HISTORY_CLOSED), 10);
	cr_expect_eq(history_last_second(h, HISTORY_CLOSED), 10, "the second before this one");
	cr_expect_eq(history_last_second(h, HISTORY_OPENED), 0);
	cr_expect_eq(history_now(h, CLIENT, TCP_ESTABLISHED), 15);
	cr_expect_eq(history_now(h, SERVER, TCP_ESTABLISHED), 15);
	cr_expect_eq(history_peak(h, CLIENT, TCP_ESTABLISHED), 30);
	history_free(h);
	view_session_close(&v);
}

Test(history, time_wait_lapses_after_a_minute)
{
	struct view_session v;
	struct history *h;
	struct tape t;

	tape_begin(&t);
	for (unsigned i = 0; i < 50; i++) {
		open_connection(&t, (const unsigned[]){ 20, 10000 + i });
		close_half(&t, (const unsigned[]){ 20, 10000 + i }, true);
		close_rest(&t, (const unsigned[]){ 20, 10000 + i }, true);
	}
	t.time = 59 * SECOND;
	put(&t, (const unsigned[]){ 21, 1 }, server, 1, 0, TCP_SYN);
	t.time = 90 * SECOND;
	put(&t, (const unsigned[]){ 21, 2 }, server, 1, 0, TCP_SYN);
	load(&t, &v);
	replay_to(v.replay, 50 * 7 + 1);
	h = walked(&v);
	cr_expect_eq(history_now(h, CLIENT, TCP_TIME_WAIT), 50, "59 s later they are still there");
	replay_end(v.replay);
	while (history_update(h, 1000))
		;
	cr_expect_eq(history_now(h, CLIENT, TCP_TIME_WAIT), 0);
	cr_expect_eq(history_now(h, CLIENT, TCP_CLOSED), 50);
	cr_expect_eq(history_peak(h, CLIENT, TCP_TIME_WAIT), 50);
	cr_expect_eq(history_now(h, HISTORY_BOTH, TCP_TIME_WAIT), 0);
	/* back again, and all is as it was */
	replay_to(v.replay, 50 * 7);
	while (history_update(h, 1000))
		;
	cr_expect_eq(history_now(h, CLIENT, TCP_TIME_WAIT), 50);
	history_free(h);
	view_session_close(&v);
}

/* A connection a minute for ten hours: what was at the beginning stays to be seen. */
Test(history, hours_are_kept)
{
	struct stats nothing = { .flows = 0 };
	struct history_table table;
	struct view_session v;
	struct history *h;
	struct line line;
	struct tape t;

	tape_begin(&t);
	for (unsigned i = 0; i < 200; i++)
		open_connection(&t, (const unsigned[]){ 20, 10000 + i });
	for (unsigned i = 0; i < 200; i++)
		put(&t, (const unsigned[]){ 20, 10000 + i }, server, 1001, 5001, TCP_RST | TCP_ACK);
	for (unsigned minute = 1; minute <= 600; minute++) {
		t.time = minute * 60 * SECOND;
		open_connection(&t, (const unsigned[]){ 21, minute });
		put(&t, (const unsigned[]){ 21, minute }, server, 1001, 5001, TCP_RST | TCP_ACK);
	}
	load(&t, &v);
	h = walked(&v);
	table = (struct history_table){ .history = h, .stats = &nothing, .width = 80 };
	cr_expect_eq(history_span(h) / SECOND, 36000);
	line_clear(&line);
	history_table_state(&table, TCP_ESTABLISHED, &line);
	cr_expect(strstr(line.text, "  █▁▁▁") != NULL, "%s", line.text);
	cr_expect(strstr(line.text, "▁       400") != NULL, "%s", line.text);
	line_clear(&line);
	history_table_states(&table, &line);
	cr_expect(strstr(line.text, "over 10 h") != NULL, "%s", line.text);
	line_clear(&line);
	history_table_event(&table, HISTORY_RESET, &line);
	cr_expect(strstr(line.text, "reset                    800") != NULL, "%s", line.text);
	history_free(h);
	view_session_close(&v);
}

/* From a pipe, as live, strangers mustn't take memory as they like; who talks most is found all the same. */
Test(history, addresses_without_number_take_a_fixed_room)
{
	const char *files[1] = { "-" };
	struct session_options options = { .files = files, .file_count = 1 };
	struct view_session v;
	struct error error;
	struct stats s;
	struct tape t;
	int ends[2];
	pid_t writer;
	ssize_t n;

	tape_begin(&t);
	for (unsigned i = 0; i < 200000; i++) {
		uint8_t p[HEADERS] = { 0x45, 0, 0, HEADERS, 0, 0, 0x40, 0, 64, 6, 0, 0, 20, (uint8_t)(i >> 16),
			(uint8_t)(i >> 8), (uint8_t)i, 10, 0, 0, 9, 4, 0, 0, 80, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, TCP_SYN, 1, 1 };
		struct packet packet = { BEGIN, 1000 * i, p, HEADERS, HEADERS };

		pcap_packet(&t.bytes, MAGIC_NANO, &packet);
		if (i % 1000 == 0)
			put(&t, (const unsigned[]){ 20, 10000 + i / 1000 }, server, 1, 0, TCP_SYN);
	}
	cr_assert_eq(pipe(ends), 0);
	writer = fork();
	if (writer == 0) {
		close(ends[0]);
		for (size_t done = 0; done < t.bytes.size; done += (size_t)n)
			if ((n = write(ends[1], t.bytes.at + done, t.bytes.size - done)) <= 0)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	v.session = session_open(&options, &error);
	cr_assert_not_null(v.session, "%s", error.text);
	session_load(v.session, NULL);
	v.replay = replay_new(v.session);
	v.narrator = narrator_new(v.session);
	stats_gather(&s, v.session, v.replay, v.narrator, NULL);
	cr_expect(s.more_addresses, "more than %u", s.addresses);
	cr_expect_eq(s.flows, 200200);
	cr_expect_eq(s.talkers[0].address[3], 9, "the server");
	cr_expect(s.talkers[1].address[3] == 20 && s.talkers[1].flows > 100, "who came again and again");
	view_session_close(&v);
	waitpid(writer, NULL, 0);
	close(ends[0]);
	bytes_free(&t.bytes);
}

/*
 * The list's order and cursor, ladders, a packet's lines (src/view): text in,
 * text out, on captures of testdata.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/view_session.h"
#include "view/flow_list.h"
#include "view/ladder.h"
#include "view/merged.h"
#include "view/packet_text.h"
#include "view/sort.h"

/* ---- sort */

Test(sort, stable_and_right)
{
	enum { COUNT = 200000 };
	uint64_t *keys = memory_new_array(COUNT, sizeof *keys), state = 1;
	uint32_t *ids = memory_new_array(COUNT, sizeof *ids);

	for (size_t size = 1; size <= COUNT; size = size * 7 + 1) {
		for (uint32_t i = 0; i < size; i++) {
			state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
			keys[i] = state >> 60 << 60 | state >> 40 % 64;
			keys[i] = i % 3 ? keys[i] : keys[i] & 0xff;
			ids[i] = i;
		}
		sort_by_key(keys, ids, size);
		for (size_t i = 1; i < size; i++) {
			cr_assert_leq(keys[i - 1], keys[i]);
			cr_assert(keys[i - 1] < keys[i] || ids[i - 1] < ids[i],
			    "ties keep their order");
		}
	}
	free(keys);
	free(ids);
}

/* ---- the list */

static struct flow_list *
list_of(struct view_session *v, const char *capture)
{
	struct flow_list *l;

	view_session_open(v, capture);
	l = flow_list_new(v->session, v->replay, v->narrator);
	flow_list_update(l);
	return l;
}

/* Every row against the one before it, by the column's own key. */
static void
expect_ordered(struct flow_list *l, const struct column *c, bool descending)
{
	for (uint32_t i = 1; i < flow_list_count(l); i++) {
		struct flow_row a, b;
		int order = 0;

		flow_list_row(l, i - 1, &a);
		flow_list_row(l, i, &b);
		for (unsigned part = c->key_parts; part-- > 0 && order == 0;) {
			uint64_t x = c->key(c, &a, part), y = c->key(c, &b, part);

			order = x < y ? -1 : x > y;
		}
		if (descending)
			order = -order;
		cr_assert(order < 0 || (order == 0 && a.flow->id < b.flow->id), "%s, row %u",
		    c->name, i);
	}
}

Test(flow_list, every_column_sorts_with_ties_by_number)
{
	struct view_session v;
	struct flow_list *l = list_of(&v, "demo.pcap");

	cr_assert_gt(flow_list_count(l), 5);
	for (size_t i = 0; i < column_count; i++) {
		if (columns[i].key == NULL)
			continue;
		for (int descending = 0; descending < 2; descending++) {
			flow_list_set_sort(l, &columns[i], descending);
			flow_list_update(l);
			expect_ordered(l, &columns[i], descending);
		}
	}
	flow_list_free(l);
	view_session_close(&v);
}

Test(flow_list, the_cursor_holds_on_to_its_connection)
{
	struct view_session v;
	struct flow_list *l = list_of(&v, "demo.pcap");
	uint32_t total = flow_list_total(l);

	cr_expect_eq(flow_list_cursor(l), 1);
	cr_assert(flow_list_select(l, 3));
	flow_list_set_sort(l, column_find("flow"), true);
	flow_list_update(l);
	cr_expect_eq(flow_list_cursor(l), 3);
	cr_expect_eq(flow_list_cursor_row(l), total - 3);
	/* Gone out of sight: the one in its place; back in sight: it stays there. */
	cr_assert(flow_list_set_filter(l, "!flow:3", NULL));
	flow_list_update(l);
	cr_expect_eq(flow_list_count(l), total - 1);
	cr_expect_eq(flow_list_cursor(l), 2);
	cr_assert(flow_list_set_filter(l, "flow:3000", NULL));
	flow_list_update(l);
	cr_expect_eq(flow_list_count(l), 0);
	cr_expect_eq(flow_list_cursor(l), 0);
	cr_assert(flow_list_set_filter(l, "", NULL));
	flow_list_update(l);
	cr_expect_neq(flow_list_cursor(l), 0);
	flow_list_move_to(l, UINT32_MAX);
	cr_expect_eq(flow_list_cursor(l), 1);
	flow_list_move(l, -INT64_C(5000000000));
	cr_expect_eq(flow_list_cursor(l), total);
	flow_list_free(l);
	view_session_close(&v);
}

Test(flow_list, a_wrong_filter_changes_nothing)
{
	struct view_session v;
	struct filter_error error;
	struct flow_list *l = list_of(&v, "demo.pcap");

	cr_assert(flow_list_set_filter(l, "flow:1-4", NULL));
	cr_assert(!flow_list_set_filter(l, "flow:", &error));
	flow_list_update(l);
	cr_expect_eq(flow_list_count(l), 4);
	cr_expect_str_eq(flow_list_filter(l), "flow:1-4");
	flow_list_free(l);
	view_session_close(&v);
}

/*
 * Stepping through the capture, one frame at a time and in leaps, forwards
 * and back: what is updated step by step equals what is made anew.
 */
static void
expect_same_as_anew(struct view_session *v, struct flow_list *l, const char *filter,
    const struct column *sort, bool descending)
{
	struct flow_list *anew = flow_list_new(v->session, v->replay, v->narrator);

	flow_list_set_filter(anew, filter, NULL);
	flow_list_set_sort(anew, sort, descending);
	flow_list_update(anew);
	flow_list_update(l);
	cr_assert_eq(flow_list_count(l), flow_list_count(anew), "%s at %u", sort->name,
	    replay_rows(v->replay));
	cr_assert_eq(flow_list_total(l), flow_list_total(anew));
	for (uint32_t i = 0; i < flow_list_count(l); i++)
		cr_assert_eq(flow_list_get(l, i), flow_list_get(anew, i), "%s at %u", sort->name,
		    replay_rows(v->replay));
	flow_list_free(anew);
}

Test(flow_list, steps_equal_leaps)
{
	static const char *const filters[] = { "", "!closed", "bytes>0" };
	static const char *const sorts[] = { "flow", "last", "client", "bytes", "client_frames" };
	struct view_session v;
	struct flow_list *l = list_of(&v, "demo.pcap");
	uint32_t rows = frame_store_count(session_frames(v.session));

	for (size_t f = 0; f < sizeof filters / sizeof filters[0]; f++) {
		for (size_t s = 0; s < sizeof sorts / sizeof sorts[0]; s++) {
			const struct column *sort = column_find(sorts[s]);
			uint32_t at = 0;

			flow_list_set_filter(l, filters[f], NULL);
			flow_list_set_sort(l, sort, s % 2);
			for (unsigned step = 0; step < 60; step++) {
				replay_to(v.replay, at);
				expect_same_as_anew(&v, l, filters[f], sort, s % 2);
				at = (at + (step % 10 == 9 ? rows / 3 : step % 10 == 5 ? rows - 2
				    : 1)) % (rows + 1);
			}
			replay_end(v.replay);
			expect_same_as_anew(&v, l, filters[f], sort, s % 2);
		}
	}
	flow_list_free(l);
	view_session_close(&v);
}

/* Asked a few at a time, in the order of their numbers, the list ends up as if asked at once. */
Test(flow_list, what_takes_long_goes_on_where_it_stopped)
{
	static const char *const filters[] = { "", "outcome:closed", "summary:the" };
	struct view_session v;
	struct flow_list *l = list_of(&v, "demo.pcap");
	const struct column *sort = column_find("summary");
	uint32_t rows = frame_store_count(session_frames(v.session));

	if (sort->key == NULL)
		sort = column_find("outcome");
	for (size_t f = 0; f < sizeof filters / sizeof filters[0]; f++) {
		unsigned turns = 0, progress = 0;

		if (!flow_list_set_filter(l, filters[f], NULL))
			continue;
		flow_list_set_sort(l, sort, f % 2 == 0);
		cr_expect(flow_list_refresh(l, 1));
		cr_expect(flow_list_is_working(l));
		replay_to(v.replay, rows - 3);	/* changes what was asked, and what wasn't yet */
		flow_list_refresh(l, 1);
		replay_end(v.replay);
		flow_list_refresh(l, 1);
		for (; flow_list_work(l, 1) && turns < 10000; turns++) {
			cr_expect_geq(flow_list_progress(l), progress);
			progress = flow_list_progress(l);
		}
		cr_expect_gt(turns, 3);
		cr_expect_eq(flow_list_progress(l), 100);
		expect_same_as_anew(&v, l, filters[f], sort, f % 2 == 0);
	}
	flow_list_free(l);
	view_session_close(&v);
}

Test(flow_list, before_the_first_frame_there_is_nothing)
{
	struct view_session v;
	struct flow_list *l = list_of(&v, "demo.pcap");

	replay_to(v.replay, 0);
	cr_expect(flow_list_update(l));
	cr_expect_eq(flow_list_count(l), 0);
	cr_expect_eq(flow_list_total(l), 0);
	replay_to(v.replay, 1);
	flow_list_update(l);
	cr_expect_eq(flow_list_count(l), 1);
	cr_expect_eq(flow_list_cursor(l), 1);
	flow_list_free(l);
	view_session_close(&v);
}

Test(flow_list, frozen_rows_keep_their_places)
{
	struct view_session v;
	struct flow_list *l = list_of(&v, "demo.pcap");
	uint32_t first, total = flow_list_total(l);

	flow_list_set_sort(l, column_find("last"), true);
	replay_to(v.replay, frame_store_count(session_frames(v.session)) / 2);
	flow_list_update(l);
	first = flow_list_get(l, 0);
	flow_list_set_frozen(l, true);
	replay_end(v.replay);
	flow_list_update(l);
	cr_expect_eq(flow_list_get(l, 0), first);
	cr_expect_eq(flow_list_count(l), total);
	flow_list_set_frozen(l, false);
	flow_list_update(l);
	expect_ordered(l, column_find("last"), true);
	flow_list_free(l);
	view_session_close(&v);
}

Test(flow_list, tags_and_search)
{
	struct view_session v;
	struct flow_list *l = list_of(&v, "demo.pcap");
	struct filter *what = filter_compile("flow:2,4", NULL);
	uint32_t ids[8];

	flow_list_tag(l, 4, true);
	flow_list_tag(l, 2, true);
	flow_list_tag(l, 2, true);
	cr_expect(flow_list_tagged(l, 2));
	cr_assert_eq(flow_list_tags(l, ids, 8), 2);
	cr_expect_eq(ids[0], 2);
	cr_expect_eq(ids[1], 4);
	flow_list_tag(l, 2, false);
	cr_expect_eq(flow_list_tags(l, ids, 8), 1);
	cr_expect_eq(flow_list_search(l, what, 0, 1), 1);
	cr_expect_eq(flow_list_search(l, what, 1, 1), 3);
	cr_expect_eq(flow_list_search(l, what, 3, 1), 1, "round the end");
	cr_expect_eq(flow_list_search(l, what, 1, -1), 3);
	filter_free(what);
	what = filter_compile("flow:3000", NULL);
	cr_expect_eq(flow_list_search(l, what, 0, 1), -1);
	filter_free(what);
	flow_list_free(l);
	view_session_close(&v);
}

/* ---- columns */

Test(column, layout_drops_the_least_important_first)
{
	struct column_place places[COLUMN_PLACES_MAX];

	for (unsigned width = 20; width <= 250; width++) {
		size_t count = column_layout(width, places);
		const struct column_place *last = &places[count - 1];

		cr_assert_gt(count, 0);
		cr_expect_leq(last->start + last->width, width > 24 ? width : 24, "%u", width);
		for (size_t i = 1; i < count; i++)
			cr_expect_eq(places[i].start, places[i - 1].start + places[i - 1].width
			    + 1);
		cr_expect_str_eq(places[0].column->name, "flow");
	}
	cr_expect_geq(column_layout(80, places), 8, "80 columns show counters too");
	cr_expect_eq(column_layout(200, places), 12);
}

Test(column, names_and_headings_are_found)
{
	cr_expect_str_eq(column_find("RTX")->name, "rtx");
	cr_expect_str_eq(column_find("down")->name, "server_bytes");
	cr_expect_str_eq(column_find("handshake_rtt")->heading, "RTT");
	cr_expect_null(column_find("nothing"));
}

/* ---- ladders */

static struct ladder *
ladder_of(struct view_session *v, const char *capture, uint32_t flow, unsigned width)
{
	struct ladder_options options = { .width = width, .fold = true, .services = true };
	struct ladder *l;

	view_session_open(v, capture);
	l = ladder_new(v->session, v->replay, view_session_flow(v, flow));
	ladder_set_options(l, &options);
	ladder_update(l);
	return l;
}

static void
expect_row(struct ladder *l, uint32_t row, const char *expected)
{
	struct line line;

	cr_assert_lt(row, ladder_count(l));
	ladder_render(l, row, &line);
	while (line.length > 0 && line.text[line.length - 1] == ' ')
		line.text[--line.length] = '\0';
	cr_expect_str_eq(line.text, expected, "%s\n%s", line.text, expected);
}

Test(ladder, a_session_of_nineteen_frames)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "memcached.pcap", 1, 100);

	cr_assert_eq(ladder_count(l), 12);
	expect_row(l, 0,
	    "     1    0.000000                SYN-SENT ┃──SYN seq 0 win 14480 mss 1460 wscale 7─▶┃ SYN-RECEIVED");
	expect_row(l, 1,
	    "     2    0.000026    +26 µs   ESTABLISHED ┃◀─SYN ACK seq 0 ack 1 mss 1460───────────┃");
	expect_row(l, 2,
	    "     3    0.000128   +102 µs               ┃──ACK 1 win 14592───────────────────────▶┃ ESTABLISHED");
	expect_row(l, 8,
	    "     9  853.289855   +61.6 s               ┃ … 8 segments: 26 up, 39 down, 125.1 s … ┃");
	expect_row(l, 9,
	    "    17  978.419503   +277 µs    CLOSE-WAIT ┃◀─FIN ACK seq 199 ack 199 win 14592──────┃ FIN-WAIT-1");
	expect_row(l, 11,
	    "    19  978.419834    +22 µs       CLOSED? ┃◀─ACK 200 win 14592──────────────────────┃");
	ladder_free(l);
	view_session_close(&v);
}

Test(ladder, hindsight_marks_what_was_refuted)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "captures/lost-ack.pcap", 1, 100);

	/* The ACK was lost: the server's SYN-ACK comes again, so it had not been ESTABLISHED. */
	expect_row(l, 2,
	    "     3  0.010100   +100 µs               ┃──ACK 1 win 64256─────────────────────────▶┃ ESTABLISHED✗");
	expect_row(l, 3,
	    "     4  1.040000   +1.03 s               ┃◀─RETX of #2 SYN ACK seq 0 ack 1 mss 1460──┃ SYN-RECEIVED");
	expect_row(l, 4,
	    "     5  1.040100   +100 µs               ┃──ACK 1 win 64256─────────────────────────▶┃ ESTABLISHED");
	/* As of frame 3 nobody knew. */
	replay_to(v.replay, 3);
	cr_assert(ladder_update(l));
	cr_assert_eq(ladder_count(l), 3);
	expect_row(l, 2,
	    "     3  0.010100   +100 µs               ┃──ACK 1 win 64256─────────────────────────▶┃ ESTABLISHED?");
	ladder_free(l);
	view_session_close(&v);
}

Test(ladder, every_width_keeps_rails_and_arrowheads)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "memcached.pcap", 1, 100);
	struct ladder_options options = *ladder_options_of(l);
	struct line line;
	unsigned client, server;

	for (options.width = 40; options.width <= 240; options.width++) {
		ladder_set_options(l, &options);
		ladder_rails(l, &client, &server);
		cr_expect_lt(client + 6, server);
		for (uint32_t row = 0; row < ladder_count(l); row++) {
			ladder_render(l, row, &line);
			cr_expect_leq(line.columns, options.width);
			cr_expect_eq(line_style_at(&line, client), STYLE_RAIL, "%u: %s",
			    options.width, line.text);
			cr_expect_eq(line_style_at(&line, server), STYLE_RAIL, "%u: %s",
			    options.width, line.text);
			if (ladder_row(l, row).kind == LADDER_SEGMENT)
				cr_expect(strstr(line.text, "◀") != NULL
				    || strstr(line.text, "▶") != NULL);
		}
		for (unsigned n = 0; n < LADDER_HEADINGS; n++) {
			ladder_heading(l, v.narrator, n, &line);
			cr_expect_leq(line.columns, options.width);
		}
		ladder_heading(l, v.narrator, 1, &line);
		cr_expect_not_null(strstr(line.text, ":46103"), "%s", line.text);
		cr_expect_not_null(strstr(line.text, ":11211"), "%s", line.text);
	}
	ladder_free(l);
	view_session_close(&v);
}

Test(ladder, ascii_is_ascii)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "captures/icmp-unreachable.pcap", 1, 160);
	struct ladder_options options = *ladder_options_of(l);
	struct line line;

	options.ascii = true;
	ladder_set_options(l, &options);
	for (uint32_t row = 0; row < ladder_count(l) + LADDER_HEADINGS; row++) {
		if (row < LADDER_HEADINGS)
			ladder_heading(l, v.narrator, row, &line);
		else
			ladder_render(l, row - LADDER_HEADINGS, &line);
		for (size_t i = 0; i < line.length; i++)
			cr_expect((unsigned char)line.text[i] < 0x80, "%s", line.text);
	}
	ladder_free(l);
	view_session_close(&v);
}

Test(ladder, runs_open_and_close)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "memcached.pcap", 1, 100);
	struct ladder_options options = *ladder_options_of(l);

	cr_expect_eq(ladder_row(l, 8).kind, LADDER_FOLDED);
	cr_expect_eq(ladder_row(l, 8).frames, 8);
	cr_expect_eq(ladder_row_of(l, 12), 8, "a frame inside the run is on its row");
	cr_expect_eq(ladder_row_of_number(l, 17), 9);
	ladder_toggle_run(l, 8);
	cr_assert_eq(ladder_count(l), 19);
	for (uint32_t row = 0; row < 19; row++) {
		cr_expect_eq(ladder_row(l, row).nth, row);
		cr_expect_eq(ladder_row_of(l, row), row);
		cr_expect_eq(ladder_frame(l, row)->number, row + 1);
	}
	ladder_toggle_run(l, 12);
	cr_expect_eq(ladder_count(l), 12);
	options.fold = false;
	ladder_set_options(l, &options);
	ladder_update(l);
	cr_expect_eq(ladder_count(l), 19);
	ladder_free(l);
	view_session_close(&v);
}

/* Growing frame by frame, and shrinking, gives the rows that opening at that moment gives. */
Test(ladder, grows_and_shrinks_as_if_opened_there)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "captures/fast-retransmission.pcap", 1, 100);
	uint32_t rows = frame_store_count(session_frames(v.session));

	for (uint32_t step = 0; step <= 4 * rows; step++) {
		struct ladder *fresh;
		uint32_t at = step <= rows ? step : step * 5 % (rows + 1);

		replay_to(v.replay, at);
		fresh = ladder_new(v.session, v.replay, view_session_flow(&v, 1));
		ladder_update(fresh);
		ladder_update(l);
		cr_assert_eq(ladder_count(l), ladder_count(fresh), "%u", at);
		for (uint32_t row = 0; row < ladder_count(l); row++) {
			struct ladder_row a = ladder_row(l, row), b = ladder_row(fresh, row);

			cr_assert(a.kind == b.kind && a.nth == b.nth && a.frames == b.frames,
			    "%u, row %u", at, row);
			cr_assert_eq(ladder_anomaly(l, row, 1), ladder_anomaly(fresh, row, 1));
		}
		ladder_free(fresh);
	}
	ladder_free(l);
	view_session_close(&v);
}

Test(columns, round_trip_is_that_of_the_ack_that_arrived)
{
	static const char *const captures[] = { "captures/lost-ack.pcap", "demo.pcap" };
	const struct column *rtt = column_find("handshake_rtt");

	for (size_t i = 0; i < 2; i++) {
		struct view_session v;

		view_session_open(&v, captures[i]);
		for (uint32_t id = 1; id <= flow_table_count(session_flows(v.session)); id++) {
			struct flow_row row;

			flow_row_init(&row, v.narrator, v.replay, view_session_flow(&v, id));
			cr_expect_eq(rtt->key(rtt, &row, 0), flow_row_outcome(&row)->handshake_rtt,
			    "%s, connection %u: sorted by what is shown", captures[i], id);
		}
		view_session_close(&v);
	}
}

Test(ladder, what_is_cut_is_marked)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "demo.pcap", 16, 100);
	struct ladder_options options = *ladder_options_of(l);
	struct line line;

	options.width = 70;
	ladder_set_options(l, &options);
	ladder_render(l, 1, &line);
	cr_expect_not_null(strstr(line.text, "ICMP com"), "%s", line.text);
	cr_expect_not_null(strstr(line.text, "…"), "%s", line.text);
	ladder_free(l);
	view_session_close(&v);
}

Test(columns, numbers_are_never_cut)
{
	struct column_place places[COLUMN_PLACES_MAX];

	for (unsigned width = 58; width < 200; width += 7) {
		size_t count = column_layout(width, places);

		column_fit_numbers(places, count, width, 12345678, 4000000000U);
		cr_expect_str_eq(places[0].column->name, "flow");
		cr_expect_geq(places[0].width, 8, "at %u", width);
		cr_expect_leq(places[count - 1].start + places[count - 1].width, width);
		for (size_t i = 1; i < count; i++)
			cr_expect_gt(places[i].start, places[i - 1].start + places[i - 1].width - 1);
	}
}

Test(ladder, what_opens_a_closed_window_never_folds)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "demo.pcap", 9, 100);
	struct line line;

	cr_expect_eq(ladder_frame(l, ladder_row_of_number(l, 97))->number, 97);
	cr_expect_eq(ladder_row(l, ladder_row_of_number(l, 97)).kind, LADDER_SEGMENT);
	ladder_render(l, ladder_row_of_number(l, 88), &line);
	cr_expect_not_null(strstr(line.text, "ZEROWIN PROBED"), "%s", line.text);
	ladder_free(l);
	view_session_close(&v);
}

Test(ladder, a_keep_alive_is_told_from_its_answer)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "demo.pcap", 12, 100);
	struct line line;

	ladder_render(l, ladder_row_of_number(l, 172), &line);
	cr_expect_not_null(strstr(line.text, "KEEPALIVE seq 21 ack 22"), "%s", line.text);
	ladder_render(l, ladder_row_of_number(l, 173), &line);
	cr_expect_not_null(strstr(line.text, "ALIVE ACK 22"), "%s", line.text);
	ladder_free(l);
	view_session_close(&v);
}

Test(ladder, anomalies_are_jumped_to)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "captures/fast-retransmission.pcap", 1, 100);
	unsigned found = 0;
	int64_t row = 0, last = 0;

	while ((row = ladder_anomaly(l, (uint32_t)row, 1)) >= 0) {
		cr_assert_gt(row, last);
		cr_expect_eq(ladder_row(l, (uint32_t)row).kind, LADDER_SEGMENT,
		    "anomalies never fold");
		cr_expect_neq(ladder_frame(l, (uint32_t)row)->notes, 0);
		last = row;
		found++;
	}
	cr_expect_eq(found, 5, "a gap, three duplicate ACKs, the fast retransmission");
	cr_expect_lt(ladder_anomaly(l, (uint32_t)last, -1), last);
	ladder_free(l);
	view_session_close(&v);
}

Test(ladder, modes_of_time)
{
	static const char *const expected[LADDER_TIMES] = { "1.040000", "10:00:01.040000",
	    "+1.03 s", "-0.000100" };
	struct view_session v;
	struct ladder *l = ladder_of(&v, "captures/lost-ack.pcap", 1, 100);
	struct ladder_options options = *ladder_options_of(l);
	struct line line;

	setenv("TZ", "UTC", 1);
	options.mark = 5;
	for (options.time = 0; options.time < LADDER_TIMES; options.time++) {
		ladder_set_options(l, &options);
		ladder_render(l, 3, &line);
		cr_expect_not_null(strstr(line.text, expected[options.time]), "%s", line.text);
	}
	options.absolute = true;
	ladder_set_options(l, &options);
	ladder_render(l, 0, &line);
	cr_expect_null(strstr(line.text, "seq 0 "), "%s", line.text);
	ladder_free(l);
	view_session_close(&v);
}

/* ---- several connections as one ladder */

Test(merged, lifelines_and_common_order)
{
	static const uint32_t flows[] = { 3, 2, 1, 2 };
	struct view_session v;
	struct ladder_options options = { .width = 100, .services = true };
	struct merged *m;
	struct line line;
	uint32_t expected = 0;

	view_session_open(&v, "demo.pcap");
	m = merged_new(v.session, v.replay, flows, 4);
	merged_set_options(m, &options);
	for (uint32_t rows = 0; rows <= 200; rows += 9) {
		replay_to(v.replay, rows * 7 % 180);
		merged_update(m);
	}
	replay_end(v.replay);
	cr_assert(merged_update(m));
	for (uint32_t id = 1; id <= 3; id++)
		expected += view_session_flow(&v, id)->rows;
	cr_assert_eq(merged_count(m), expected, "a connection named twice is there once");
	for (uint32_t row = 0; row < merged_count(m); row++) {
		const struct frame *frame = merged_frame(m, row);

		cr_expect_eq(merged_flow(m, row)->id, frame->flow);
		cr_expect(row == 0 || merged_frame(m, row - 1)->number < frame->number);
		cr_expect_eq(merged_row_of_number(m, frame->number), row);
		merged_render(m, row, &line);
		cr_expect_leq(line.columns, 100, "%s", line.text);
		cr_expect(strstr(line.text, "◀") != NULL || strstr(line.text, "▶") != NULL);
	}
	merged_heading(m, 1, &line);
	cr_expect_not_null(strstr(line.text, "192.0.2.10"), "%s", line.text);
	cr_expect_not_null(strstr(line.text, "10.8.34.13"),
	    "one lifeline for the client of two connections");
	cr_expect_null(strstr(strstr(line.text, "10.8.34.13") + 1, "10.8.34.13"));
	merged_free(m);
	view_session_close(&v);
}

/* Only plain segments fold away; a run opens and closes by itself, and all at once. */
Test(merged, runs_fold)
{
	static const uint32_t flows[] = { 1, 4, 5 };
	struct view_session v;
	struct ladder_options options = { .width = 100, .services = true, .fold = true };
	struct merged *m;
	struct line line;
	uint32_t folded = 0, segments = 0, at = 0;

	view_session_open(&v, "demo.pcap");
	m = merged_new(v.session, v.replay, flows, 3);
	merged_set_options(m, &options);
	for (uint32_t rows = 0; rows <= 180; rows++) {
		replay_to(v.replay, rows * 11 % 180);
		merged_update(m);
	}
	replay_end(v.replay);
	merged_update(m);
	for (uint32_t row = 0; row < merged_count(m); row++) {
		cr_expect_eq(merged_segment_of(m, row), segments);
		for (uint32_t i = 0; i < merged_folded(m, row); i++)
			cr_expect_eq(merged_row_of_segment(m, segments + i), row);
		segments += merged_folded(m, row);
		merged_render(m, row, &line);
		cr_expect_leq(line.columns, 100);
		if (merged_folded(m, row) == 1)
			continue;
		folded++;
		at = row;
		cr_expect_not_null(strstr(line.text, "segments"), "%s", line.text);
		cr_expect(!(merged_frame(m, row)->flags & (TCP_SYN | TCP_FIN | TCP_RST)));
	}
	cr_expect_eq(segments, merged_segments(m));
	cr_assert_eq(folded, 1);
	segments = merged_folded(m, at);
	merged_toggle_run(m, at);
	cr_expect_eq(merged_count(m), merged_segments(m));
	cr_expect_eq(merged_folded(m, at), 1);
	merged_toggle_run(m, at + 1);
	cr_expect_eq(merged_folded(m, at), segments);
	options.fold = false;
	merged_set_options(m, &options);
	cr_assert(merged_update(m));
	cr_expect_eq(merged_count(m), merged_segments(m));
	merged_free(m);
	view_session_close(&v);
}

/* ---- packets */

Test(packet_text, tree_and_dump_belong_together)
{
	struct view_session v;
	struct packet_text *p;
	struct line line;
	bool options = false;
	int offset, size;

	view_session_open(&v, "memcached.pcap");
	p = packet_text_new(v.session, view_session_flow(&v, 1),
	    frame_store_get(session_frames(v.session), 0));
	cr_assert_gt(packet_text_count(p), 10);
	for (size_t row = 0; row < packet_text_count(p); row++) {
		packet_text_bytes_of(p, row, &offset, &size);
		packet_text_render(p, row, 80, false, &line);
		cr_expect_leq(line.columns, 80);
		cr_expect_gt(line.length, 0);
		cr_expect(offset >= -1 && offset + size <= 74, "%s: %d+%d", line.text, offset,
		    size);
		options = options || strstr(line.text, "1460") != NULL;
	}
	cr_expect(options, "the MSS is told");
	cr_expect_eq(packet_text_level(p, 0), 0);
	cr_expect_eq(packet_text_dump_count(p, 80), 5);
	cr_expect_eq(packet_text_dump_count(p, 60), 10);
	packet_text_dump(p, 0, 80, 12, 2, &line);
	cr_expect_eq(line_style_at(&line, 7 + 12 * 3 + 1), STYLE_MARKED, "%s", line.text);
	cr_expect_eq(line_style_at(&line, 7 + 11 * 3 + 1), STYLE_NORMAL);
	packet_text_bytes_of(p, packet_text_row_of(p, 12), &offset, &size);
	cr_expect(offset <= 12 && offset + size > 12);
	packet_text_free(p);
	view_session_close(&v);
}

/*
 * Ladders of one connection and of several (src/view): rows as text, folds,
 * widths, times, on captures of testdata.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/view_session.h"
#include "view/ladder.h"
#include "view/merged.h"

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

/* Where room is short, what would fit is worth more than what the error is called. */
Test(ladder, an_MTU_stays_where_room_is_short)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "captures/icmp-too-big.pcap", 1, 140);
	struct ladder_options options = *ladder_options_of(l);
	struct line line;

	ladder_render(l, ladder_row_of_number(l, 5), &line);
	cr_expect_not_null(strstr(line.text, "ICMP fragmentation needed mtu 1400"), "%s", line.text);
	options.width = 80;
	ladder_set_options(l, &options);
	ladder_render(l, ladder_row_of_number(l, 5), &line);
	cr_expect_not_null(strstr(line.text, "ICMP mtu 1400"), "%s", line.text);
	ladder_free(l);
	view_session_close(&v);
}

/* A capture that goes on for days has more frames than numbers. */
Test(ladder, a_frame_is_found_where_numbers_begin_again)
{
	struct view_session v;
	struct ladder *l = ladder_of(&v, "memcached.pcap", 1, 100);

	ladder_toggle_run(l, 8);
	for (uint32_t row = 0; row < ladder_count(l); row++) {
		struct frame *frame = (struct frame *)(uintptr_t)ladder_frame(l, row);

		frame->number = row < 6 ? UINT32_MAX - 5 + row : row - 5;
	}
	for (uint32_t row = 0; row < ladder_count(l); row++)
		cr_expect_eq(ladder_row_of_number(l, row < 6 ? UINT32_MAX - 5 + row : row - 5), row);
	ladder_free(l);
	view_session_close(&v);
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

/*
 * What a session holds: records and each connection's rows, whatever their
 * number; the same from a file loaded at once and in small steps; and the
 * world as of a frame, forwards, backwards and by jumps.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/frame_store.h"
#include "capture/replay.h"
#include "capture/session.h"

static const char *
testdata(const char *name)
{
	static char path[1024];
	const char *folder = getenv("TESTDATA");

	snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "testdata", name);
	return path;
}

static struct session *
open_capture(const char *name)
{
	const char *files[1] = { testdata(name) };
	struct session_options options = { .files = files, .file_count = 1 };
	struct error error;
	struct session *s = session_open(&options, &error);

	cr_assert_not_null(s, "%s", error.text);
	return s;
}

Test(frame_store, finds_frames_where_their_numbers_begin_again)
{
	static const uint32_t numbers[] = { 0xfffffff0, 0xfffffffe, 0xffffffff, 0, 1, 7 };
	struct frame_store *store = frame_store_new();

	for (size_t i = 0; i < 6; i++) {
		struct frame *record = frame_store_add(store);

		memset(record, 0, sizeof *record);
		record->number = numbers[i];
	}
	for (uint32_t i = 0; i < 6; i++)
		cr_expect_eq(frame_store_find(store, numbers[i]), i);
	cr_expect_eq(frame_store_find(store, 0xfffffff1), 1);
	cr_expect_eq(frame_store_find(store, 5), 5);
	cr_expect_eq(frame_store_find(store, 8), 6);
	cr_expect_eq(frame_store_find(store, 0xffffff00), 0);
	frame_store_free(store);
}

Test(frame_store, finds_the_nth_row_of_short_and_very_long_connections)
{
	struct frame_store *store = frame_store_new();
	struct flow flows[3];

	memset(flows, 0, sizeof flows);
	/* Row r belongs to flow r % 3, but the third is dropped after 10 rows: three lengths, interleaved. */
	for (uint32_t row = 0; row < 300000; row++) {
		struct frame *record = frame_store_add(store);
		uint32_t which = row % 3 == 2 && row >= 30 ? 0 : row % 3;

		memset(record, 0, sizeof *record);
		record->number = 2 * row + 1;	/* every other frame isn't TCP */
		record->flow = which + 1;
		frame_store_link(store, &flows[which], row);
	}
	cr_assert_eq(frame_store_count(store), 300000);
	cr_assert_eq(flows[2].rows, 10);
	for (uint32_t which = 0; which < 3; which++)
		for (uint32_t n = 0; n < flows[which].rows; n++) {
			uint32_t row = frame_store_nth(store, &flows[which], n);

			cr_assert_eq(frame_store_get(store, row)->flow, which + 1);
			cr_assert(n == 0 || row > frame_store_nth(store, &flows[which], n - 1));
			cr_assert_eq(frame_store_rows_before(store, &flows[which], row), n);
		}
	cr_expect_eq(flows[0].rows + flows[1].rows + flows[2].rows, 300000);
	cr_expect_eq(frame_store_find(store, 1), 0);
	cr_expect_eq(frame_store_find(store, 100), 50);
	cr_expect_eq(frame_store_find(store, 600000), 300000);
	cr_expect_leq(frame_store_memory(store), 300000 * 64);
	frame_store_free(store);
}

Test(session, holds_the_same_however_it_was_loaded)
{
	struct session *whole = open_capture("demo.pcap"), *steps = open_capture("demo.pcap");
	struct session_status status;

	session_load(whole, NULL);
	do {
		session_pump(steps, 1);
		session_status(steps, &status);
	} while (!status.at_end);
	cr_expect_gt(frame_store_count(session_frames(whole)), 50);
	cr_expect_eq(session_digest(whole), session_digest(steps));
	session_close(whole);
	session_close(steps);
}

Test(session, the_digest_sees_a_difference)
{
	struct session *a = open_capture("demo.pcap"), *b = open_capture("memcached.pcap");

	session_load(a, NULL);
	session_load(b, NULL);
	cr_expect_neq(session_digest(a), session_digest(b));
	session_close(a);
	session_close(b);
}

static bool
same_moment(const struct moment *a, const struct moment *b)
{
	return a->rows == b->rows && a->frames[CLIENT] == b->frames[CLIENT] && a->frames[SERVER] == b->frames[SERVER]
	    && a->bytes[CLIENT] == b->bytes[CLIENT] && a->bytes[SERVER] == b->bytes[SERVER]
	    && a->resent[CLIENT] == b->resent[CLIENT] && a->resent[SERVER] == b->resent[SERVER]
	    && a->state[CLIENT] == b->state[CLIENT] && a->state[SERVER] == b->state[SERVER]
	    && a->last_time == b->last_time;
}

Test(replay, backwards_and_jumps_show_what_forwards_showed)
{
	struct session *s = open_capture("demo.pcap");
	struct replay *r = replay_new(s), *jumps = replay_new(s);
	uint32_t rows, flows;
	struct moment *seen;

	session_load(s, NULL);
	rows = frame_store_count(session_frames(s));
	flows = flow_table_count(session_flows(s));
	seen = calloc((size_t)(rows + 1) * flows, sizeof *seen);
	for (uint32_t row = 0; row <= rows; row++) {
		replay_to(r, row);
		cr_assert_eq(replay_rows(r), row);
		for (uint32_t id = 1; id <= flows; id++)
			replay_moment(r, flow_table_get(session_flows(s), id), &seen[row * flows + id - 1]);
	}
	for (uint32_t step = 0; step < 2 * rows; step++) {
		uint32_t back = step < rows ? rows - step : 0, jump = step * 7919 % (rows + 1);

		replay_to(r, back);
		replay_to(jumps, jump);
		for (uint32_t id = 1; id <= flows; id++) {
			const struct flow *flow = flow_table_get(session_flows(s), id);
			struct moment m;

			replay_moment(r, flow, &m);
			cr_assert(same_moment(&m, &seen[back * flows + id - 1]), "row %u flow %u", back, id);
			replay_moment(jumps, flow, &m);
			cr_assert(same_moment(&m, &seen[jump * flows + id - 1]), "row %u flow %u", jump, id);
		}
	}
	free(seen);
	replay_free(r);
	replay_free(jumps);
	session_close(s);
}

Test(replay, before_the_first_frame_no_connection_has_begun)
{
	struct session *s = open_capture("demo.pcap");
	struct replay *r = replay_new(s);
	struct moment m;

	session_load(s, NULL);
	cr_expect(replay_at_end(r));
	replay_to(r, 0);
	cr_expect_not(replay_at_end(r));
	for (uint32_t id = 1; id <= flow_table_count(session_flows(s)); id++) {
		replay_moment(r, flow_table_get(session_flows(s), id), &m);
		cr_expect_eq(m.rows, 0);
	}
	replay_end(r);
	replay_moment(r, flow_table_get(session_flows(s), 1), &m);
	cr_expect_eq(m.rows, flow_table_get(session_flows(s), 1)->rows);
	replay_free(r);
	session_close(s);
}

/* A packet seen again at another point is no retransmission, and every such row has its first sighting. */
Test(sightings, are_justified_by_an_earlier_frame)
{
	struct session *s = open_capture("captures/duplicate-capture.pcap");
	const struct frame_store *frames = session_frames(s);
	uint32_t found = 0;

	session_load(s, NULL);
	for (uint32_t row = 0; row < frame_store_count(frames); row++) {
		const struct frame *f = frame_store_get(frames, row);
		bool justified = false;

		if (!(f->notes & NOTE_DUPLICATE_CAPTURE))
			continue;
		found++;
		cr_expect_not(f->notes & NOTES_RESENT);
		for (uint32_t before = 0; before < row; before++) {
			const struct frame *e = frame_store_get(frames, before);

			justified |= e->flow == f->flow && e->seq == f->seq && e->ack == f->ack && e->flags == f->flags
			    && e->length == f->length && f->time - e->time <= 50000000;
		}
		cr_expect(justified, "frame %u", f->number);
	}
	cr_expect_gt(found, 0);
	session_close(s);
}

/* A row that fragments or an ICMP error explain has them in the capture: none is noted so without. */
Test(notes, fragments_and_icmp_errors_are_counted_against_the_capture)
{
	static const char *const names[] = { "demo.pcap", "captures/fragments.pcap", "captures/fragments-6.pcap",
		"captures/icmp-unreachable.pcap", "captures/icmp6-unreachable.pcap", "captures/icmp-soft.pcap",
		"captures/close-four.pcap", "captures/duplicate-capture.pcap" };
	uint64_t fragments = 0, errors = 0;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct session *s = open_capture(names[i]);
		const struct frame_store *frames = session_frames(s);
		struct session_status status;
		uint64_t whole = 0, quotes = 0;

		session_load(s, NULL);
		session_status(s, &status);
		for (uint32_t row = 0; row < frame_store_count(frames); row++) {
			whole += !!(frame_store_get(frames, row)->notes & NOTE_FRAGMENT);
			quotes += !!(frame_store_get(frames, row)->notes & NOTE_ICMP_ERROR);
		}
		cr_expect_eq(quotes, status.counts[DECODE_QUOTE], "%s", names[i]);
		cr_expect_leq(whole, status.counts[DECODE_FRAGMENT], "%s", names[i]);
		fragments += whole;
		errors += quotes;
		session_close(s);
	}
	cr_expect_gt(fragments, 0);
	cr_expect_gt(errors, 0);
}

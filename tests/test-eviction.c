/*
 * What is left when memory is short is as right as before: verdicts, states
 * and counters of those that stay, orders and cursors of whoever looks at
 * them.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/replay.h"
#include "capture/session.h"
#include "tests/scratch.h"
#include "tests/traffic.h"
#include "view/flood.h"
#include "view/flow_list.h"
#include "view/frame_list.h"
#include "view/history.h"
#include "view/ladder.h"
#include "view/narrator.h"

struct world {
	struct session *session;
	struct replay *replay;
	struct narrator *narrator;
	struct flow_list *list;
	char path[4096];
};

static void
after(void *context, const struct eviction_moves *moves)
{
	struct world *w = context;

	replay_moved(w->replay, moves);
	narrator_moved(w->narrator);
	flow_list_moved(w->list, moves);
}

static FILE *
begin_capture(struct world *w)
{
	FILE *out = fdopen(scratch_file(w->path, sizeof w->path), "wb");

	cr_assert_not_null(out);
	return out;
}

static void
open_capture(struct world *w)
{
	const char *files[1] = { w->path };
	struct session_options options = { .files = files, .file_count = 1 };
	struct error error;

	w->session = session_open(&options, &error);
	cr_assert_not_null(w->session, "%s", error.text);
	session_load(w->session, NULL);
	w->replay = replay_new(w->session);
	w->narrator = narrator_new(w->session);
	w->list = flow_list_new(w->session, w->replay, w->narrator);
	session_watch(w->session, &(struct session_watcher){ .after = after, .context = w });
}

static void
open_world(struct world *w, uint64_t frames, uint64_t flows)
{
	FILE *out = begin_capture(w);

	traffic_capture(out, false, frames, flows);
	fclose(out);
	open_capture(w);
}

static void
close_world(struct world *w)
{
	flow_list_free(w->list);
	narrator_free(w->narrator);
	replay_free(w->replay);
	session_close(w->session);
}

static const struct flow *
flow_of(const struct world *w, uint32_t id)
{
	return flow_table_get(session_flows(w->session), id);
}

/* What people see of a connection, as text. */
static void
describe(const struct world *w, const struct flow *flow, char *out, size_t size)
{
	const struct outcome *o = narrator_outcome_at(w->narrator, w->replay, flow);
	struct moment m;
	const struct flow_past *past = flow_table_past(session_flows(w->session), flow);
	char line[TIMING_TEXT_MAX], verdict[VERDICT_TEXT_MAX], said[160];
	size_t used;

	snprintf(verdict, sizeof verdict, "%s", o->verdict);
	if (past != NULL) {
		char *more = strstr(verdict, " Its first ");

		snprintf(said, sizeof said, " frames (%u to %u) were given up for lack of memory; what is said of it still "
		    "counts them.", past->first_frame, past->last_frame);
		cr_assert_not_null(more, "%s", verdict);
		cr_assert_not_null(strstr(more, said), "%s", verdict);
		*more = '\0';
	}

	replay_moment(w->replay, flow, &m);
	used = (size_t)snprintf(out, size, "%u: %d %d %" PRIu32 " %" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu32 " %s", flow->number,
	    m.state[CLIENT], m.state[SERVER], m.frames[CLIENT], m.frames[SERVER], m.bytes[CLIENT], m.bytes[SERVER],
	    m.resent[CLIENT], verdict);
	for (unsigned n = 0; n < TIMING_LINES && used < size; n++) {
		timing_line(narrator_timing_at(w->narrator, w->replay, flow), n, line, sizeof line);
		/* those by timestamps need the bytes of frames that are gone */
		if (strstr(line, "Round trips") == NULL)
			used += (size_t)snprintf(out + used, size - used, "\n%s", line);
	}
}

enum { TEXT = 8192 };

/* All connections as text, by number. */
static char **
describe_all(const struct world *w, uint32_t *count)
{
	char **all;

	*count = flow_table_numbered(session_flows(w->session));
	all = calloc(*count + 1, sizeof *all);
	for (uint32_t id = 1; id <= flow_table_count(session_flows(w->session)); id++) {
		all[flow_of(w, id)->number] = malloc(TEXT);
		describe(w, flow_of(w, id), all[flow_of(w, id)->number], TEXT);
	}
	return all;
}

static void
free_all(char **all, uint32_t count)
{
	for (uint32_t i = 0; i <= count; i++)
		free(all[i]);
	free(all);
}

/* Rows and lists of rows belong together. */
static void
check_rows(const struct world *w)
{
	const struct frame_store *frames = session_frames(w->session);
	uint32_t rows = 0, before = 0;

	for (uint32_t id = 1; id <= flow_table_count(session_flows(w->session)); id++) {
		const struct flow *flow = flow_of(w, id);

		cr_assert_eq(flow->id, id);
		cr_assert_gt(flow->number, before, "numbers ascend with ids");
		before = flow->number;
		cr_assert_eq(flow_table_find(session_flows(w->session), flow->number), id);
		for (uint32_t n = 0; n < flow->rows; n++) {
			uint32_t row = frame_store_nth(frames, flow, n);

			cr_assert_eq(frame_store_get(frames, row)->flow, id);
			cr_assert(n == 0 || row > frame_store_nth(frames, flow, n - 1));
		}
		rows += flow->rows;
	}
	cr_assert_eq(rows, frame_store_count(frames));
	for (uint32_t row = 1; row < rows; row++)
		cr_assert_lt(frame_store_get(frames, row - 1)->number, frame_store_get(frames, row)->number);
}

static void
check_given_up(uint64_t frames, uint64_t flows, unsigned times, uint64_t bytes)
{
	struct world w;
	uint32_t count, left;
	char **before, text[TEXT];
	struct session_status status;

	open_world(&w, frames, flows);
	before = describe_all(&w, &count);
	for (unsigned i = 0; i < times; i++) {
		session_give_up(w.session, bytes);
		check_rows(&w);
	}
	left = flow_table_count(session_flows(w.session));
	for (uint32_t id = 1; id <= left; id++) {
		describe(&w, flow_of(&w, id), text, sizeof text);
		cr_assert_str_eq(text, before[flow_of(&w, id)->number]);
	}
	session_status(w.session, &status);
	cr_expect_eq(left + eviction_flows(&status.given_up), flows);
	cr_expect_eq(frame_store_count(session_frames(w.session)) + status.given_up.rows, frames);
	cr_expect_eq(status.given_up.times, times);
	free_all(before, count);
	close_world(&w);
}

Test(eviction, leaves_short_connections_whole_and_as_they_were)
{
	check_given_up(20000, 2000, 3, 300000);
}

Test(eviction, leaves_long_connections_with_all_that_is_said_of_them)
{
	check_given_up(60000, 20, 4, 400000);
	check_given_up(100000, 5, 3, 700000);
}

Test(eviction, can_take_everything_and_go_on)
{
	struct world w;

	open_world(&w, 5000, 500);
	session_give_up(w.session, UINT64_C(1) << 40);
	cr_expect_eq(flow_table_count(session_flows(w.session)), 0);
	cr_expect_eq(frame_store_count(session_frames(w.session)), 0);
	flow_list_update(w.list);
	cr_expect_eq(flow_list_count(w.list), 0);
	session_give_up(w.session, 1000);
	close_world(&w);
}

Test(eviction, a_flood_tells_of_all_its_handshakes_also_those_that_went)
{
	enum { SYNS = 5000 };
	const struct flood *flood;
	const struct outcome *o;
	struct traffic t;
	struct world w;
	FILE *out = begin_capture(&w);
	uint32_t left, first;

	traffic_begin(&t, out, false);
	for (uint32_t n = 0; n < SYNS; n++) {
		struct traffic_connection c;

		traffic_connect(&c, 64 * n);	/* of one server */
		traffic_segment(&t, &c, 0, TRAFFIC_SYN, 0);
	}
	fclose(out);
	open_capture(&w);
	cr_assert_eq(floods_count(narrator_floods(w.narrator)), 1);
	first = floods_get(narrator_floods(w.narrator), 0)->first_frame;
	session_give_up(w.session, 500000);
	left = flow_table_count(session_flows(w.session));
	cr_assert(left > FLOOD_LEAST && left < SYNS);
	flood = floods_get(narrator_floods(w.narrator), 0);
	cr_expect_eq(flood->attempts, SYNS);
	cr_expect_eq(flood->first_frame, first);
	cr_expect(!flood->part);
	o = narrator_outcome(w.narrator, flow_of(&w, left), 1, flow_of(&w, left)->last_time, true);
	cr_expect_not_null(strstr(o->verdict, "One of 5,000 handshakes with port "), "%s", o->verdict);
	close_world(&w);
}

Test(eviction, finished_connections_go_first_and_of_these_the_oldest)
{
	enum { FLOWS = 2000 };
	static uint64_t last[FLOWS + 1];
	static bool left[FLOWS + 1];
	struct world w;
	uint64_t newest_gone = 0, oldest_left = UINT64_MAX;
	struct session_status status;

	open_world(&w, 10 * FLOWS, FLOWS);
	for (uint32_t id = 1; id <= FLOWS; id++)
		last[id] = flow_of(&w, id)->last_time;
	session_give_up(w.session, 300000);
	session_status(w.session, &status);
	cr_expect_gt(status.given_up.finished, 0);
	cr_expect_lt(status.given_up.finished, FLOWS);
	cr_expect_eq(status.given_up.others + status.given_up.unanswered + status.given_up.uncompleted, 0);
	for (uint32_t id = 1; id <= flow_table_count(session_flows(w.session)); id++)
		left[flow_of(&w, id)->number] = true;
	for (uint32_t number = 1; number <= FLOWS; number++) {
		if (left[number] && last[number] < oldest_left)
			oldest_left = last[number];
		if (!left[number] && last[number] > newest_gone)
			newest_gone = last[number];
	}
	cr_expect_lt(newest_gone, oldest_left, "who was heard longest ago goes first");
	close_world(&w);
}

/* The bytes are kept as a sum, since they are asked for after each batch. */
Test(eviction, what_is_kept_of_frames_given_up_is_counted_as_memory)
{
	struct world w;
	size_t pasts = 0, more, before;

	open_world(&w, 100000, 5);
	session_give_up(w.session, 700000);
	for (uint32_t id = 1; id <= flow_table_count(session_flows(w.session)); id++) {
		const struct flow_past *past = flow_table_past(session_flows(w.session), flow_of(&w, id));

		pasts += past != NULL ? flow_past_memory(past) : 0;
	}
	cr_assert_gt(pasts, 0);
	before = session_memory_flows(w.session);
	session_give_up(w.session, UINT64_C(1) << 40);
	more = before - session_memory_flows(w.session);
	cr_expect_eq(more, pasts + 5 * sizeof(struct flow));
	close_world(&w);
}

/* ---- who looks on */

Test(eviction, a_list_keeps_order_cursor_and_marks)
{
	static const char *const sorts[] = { "flow", "client_bytes", "start", "server" };

	for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
		struct world w;
		struct flow_list *fresh;
		uint32_t cursor, tagged, ids[4];

		open_world(&w, 20000, 2000);
		flow_list_set_sort(w.list, column_find(sorts[i]), i % 2 == 1);
		flow_list_update(w.list);
		cursor = flow_table_count(session_flows(w.session));
		flow_list_select(w.list, cursor);
		flow_list_tag(w.list, cursor, true);
		flow_list_tag(w.list, 1, true);		/* goes */
		tagged = flow_of(&w, cursor)->number;
		session_give_up(w.session, 300000);
		flow_list_update(w.list);
		fresh = flow_list_new(w.session, w.replay, w.narrator);
		flow_list_set_sort(fresh, column_find(sorts[i]), i % 2 == 1);
		flow_list_update(fresh);
		cr_assert_eq(flow_list_count(w.list), flow_list_count(fresh), "%s", sorts[i]);
		cr_assert_lt(flow_list_count(w.list), 2000);
		for (uint32_t row = 0; row < flow_list_count(fresh); row++)
			cr_assert_eq(flow_list_get(w.list, row), flow_list_get(fresh, row), "%s, row %u", sorts[i], row);
		cr_expect_eq(flow_of(&w, flow_list_cursor(w.list))->number, tagged);
		cr_expect_eq(flow_list_get(w.list, flow_list_cursor_row(w.list)), flow_list_cursor(w.list));
		cr_expect_eq(flow_list_tags(w.list, ids, 4), 1);
		cr_expect_eq(flow_of(&w, ids[0])->number, tagged);
		flow_list_free(fresh);
		close_world(&w);
	}
}

Test(eviction, a_cursor_whose_connection_goes_stands_where_that_one_was)
{
	struct world w;

	open_world(&w, 20000, 2000);
	flow_list_update(w.list);
	flow_list_move_to(w.list, 0);
	session_give_up(w.session, 300000);
	flow_list_update(w.list);
	cr_expect_eq(flow_list_cursor_row(w.list), 0);
	cr_expect_eq(flow_list_cursor(w.list), flow_list_get(w.list, 0));
	close_world(&w);
}

Test(eviction, the_replay_point_stays)
{
	struct world w;
	uint32_t rows, newest, count;
	char **before;

	open_world(&w, 20000, 2000);
	count = frame_store_count(session_frames(w.session));
	replay_to(w.replay, count - 3000);
	newest = frame_store_get(session_frames(w.session), count - 3001)->number;
	before = describe_all(&w, &count);
	session_give_up(w.session, 300000);
	rows = replay_rows(w.replay);
	cr_assert_gt(rows, 0);
	cr_assert_leq(frame_store_get(session_frames(w.session), rows - 1)->number, newest);
	cr_assert_gt(frame_store_get(session_frames(w.session), rows)->number, newest);
	for (uint32_t id = 1; id <= flow_table_count(session_flows(w.session)); id++) {
		char text[TEXT];

		describe(&w, flow_of(&w, id), text, sizeof text);
		cr_assert_str_eq(text, before[flow_of(&w, id)->number]);
	}
	/* and it can be moved from there */
	replay_to(w.replay, rows - 10);
	replay_to(w.replay, rows + 10);
	cr_expect_eq(replay_rows(w.replay), rows + 10);
	free_all(before, count);
	close_world(&w);
}

/* The list has those of which something has happened where time stands, and no others. */
static void
check_listed(struct world *w)
{
	uint32_t begun = 0;

	flow_list_update(w->list);
	for (uint32_t id = 1; id <= flow_table_count(session_flows(w->session)); id++) {
		struct moment m;

		replay_moment(w->replay, flow_of(w, id), &m);
		begun += m.rows > 0;
	}
	cr_expect_eq(flow_list_count(w->list), begun, "%u are listed, %u have begun", flow_list_count(w->list), begun);
}

Test(eviction, a_list_of_an_earlier_moment_loses_those_whose_frames_before_it_are_gone)
{
	/* some of the frames before that moment, and all of them */
	static const uint64_t bytes[] = { 400000, 1000000, 2000000 };
	struct world w;

	for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
		open_world(&w, 100000, 5);
		replay_to(w.replay, 30000);
		check_listed(&w);
		cr_expect_eq(flow_list_count(w.list), 5);
		session_give_up(w.session, bytes[i]);
		check_listed(&w);
		close_world(&w);
	}
}

Test(eviction, a_connection_is_listed_at_an_earlier_moment_however_long_ago_it_began)
{
	struct world w;
	uint32_t count;

	open_world(&w, 100000, 5);
	session_give_up(w.session, 1000000);
	count = flow_table_count(session_flows(w.session));
	/* as if thousands of millions of frames had come since */
	for (uint32_t id = 1; id <= count; id++)
		flow_table_get(session_flows(w.session), id)->first_frame -= 0x90000000u;
	replay_to(w.replay, frame_store_count(session_frames(w.session)) - 10);
	check_listed(&w);
	cr_expect_gt(flow_list_count(w.list), 0);
	close_world(&w);
}

/* Before the first frame that is left; the ladder is at the end again then. */
static void
expect_title_at_start(struct world *w, struct ladder *l, const char *words)
{
	struct line line;

	replay_to(w->replay, 0);
	ladder_update(l);
	cr_expect_eq(ladder_count(l), 0);
	ladder_heading(l, w->narrator, 0, &line);
	cr_expect_not_null(strstr(line.text, words), "%s", line.text);
	replay_end(w->replay);
	ladder_update(l);
	cr_expect_gt(ladder_count(l), 0);
	ladder_heading(l, w->narrator, 0, &line);
	cr_expect_null(strstr(line.text, words), "%s", line.text);
}

Test(eviction, a_ladder_shows_the_rows_that_are_left)
{
	const struct flow *flow;
	struct world w;
	struct ladder *l;
	uint32_t all, number;

	open_world(&w, 100000, 5);
	l = ladder_new(w.session, w.replay, flow_of(&w, 3));
	ladder_set_options(l, &(struct ladder_options){ .width = 80 });
	ladder_update(l);
	all = ladder_count(l);
	number = ladder_frame(l, all - 1)->number;
	expect_title_at_start(&w, l, "not begun yet");
	flow_table_get(session_flows(w.session), 3)->marks |= FLOW_EXISTED;
	expect_title_at_start(&w, l, "existed before the capture");
	cr_expect_not_null(strstr(narrator_outcome(w.narrator, flow_of(&w, 3), 0, 0, false)->verdict, "not a segment"));
	session_give_up(w.session, 2000000);
	flow = flow_of(&w, flow_table_find(session_flows(w.session), 3));
	ladder_moved(l, flow);
	expect_title_at_start(&w, l, "frames given up");
	cr_expect_null(strstr(narrator_outcome(w.narrator, flow, 0, 0, false)->verdict, "not a segment"));
	cr_expect_lt(ladder_count(l), all);
	cr_expect_eq(ladder_frame(l, ladder_count(l) - 1)->number, number);
	for (uint32_t row = 0; row < ladder_count(l); row++) {
		struct line line;

		ladder_render(l, row, &line);
	}
	ladder_free(l);
	close_world(&w);
}

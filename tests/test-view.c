/*
 * The list's order, cursor and columns, a packet's lines (src/view): text in,
 * text out, on captures of testdata.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/view_session.h"
#include "view/flow_list.h"
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

Test(column, round_trip_is_that_of_the_ack_that_arrived)
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

Test(column, numbers_are_never_cut)
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

/*
 * Order, filter and cursor over connections: what is asked for, and where
 * somebody looks.  flow_list_update.c brings it about.
 */
#include "view/flow_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "view/flow_list_internal.h"

struct flow_list *
flow_list_new(struct session *session, const struct replay *replay, struct narrator *narrator)
{
	struct flow_list *l = memory_new(sizeof *l);

	l->session = session;
	l->replay = replay;
	l->narrator = narrator;
	l->filter_text = memory_copy_text("");
	l->sort = column_find("flow");
	l->stale = true;
	return l;
}

void
flow_list_free(struct flow_list *l)
{
	if (l == NULL)
		return;
	filter_free(l->filter);
	free(l->filter_text);
	flow_order_fini(&l->order);
	free(l->pending);
	free(l->batch_ids);
	free(l->batch_keys);
	free(l->marks);
	free(l->moving);
	free(l);
}

/* The last of connections 1 to `upto` that is still there, by its new id. */
static uint32_t
last_kept(const struct eviction_moves *moves, uint32_t upto)
{
	uint32_t id = upto < moves->flows ? upto : moves->flows;

	while (id > 0 && moves->ids[id] == 0)
		id--;
	return id > 0 ? moves->ids[id] : 0;
}

static void
move_order(struct flow_list *l, const struct eviction_moves *moves)
{
	uint32_t kept = 0, cursor_row = 0;

	for (uint32_t row = 0; row < l->order.count; row++) {
		uint32_t id = moves->ids[l->order.ids[row]];

		if (row == l->cursor_row)
			cursor_row = kept;
		if (id == 0)
			continue;
		l->order.ids[kept] = id;
		l->order.keys[kept++] = l->order.keys[row];
	}
	l->cursor_row = l->cursor_row < l->order.count || kept == 0 ? cursor_row : kept - 1;
	l->order.count = kept;
}

static void
move_marks(struct flow_list *l, const struct eviction_moves *moves)
{
	uint32_t upto = moves->flows + 1 < l->mark_capacity ? moves->flows : (uint32_t)l->mark_capacity - 1;
	uint32_t last = last_kept(moves, upto);

	l->tags = 0;
	for (uint32_t id = 1; id <= upto; id++) {
		if (moves->ids[id] == 0)
			continue;
		l->marks[moves->ids[id]] = l->marks[id];
		l->tags += (l->marks[id] & MARK_TAGGED) != 0;
	}
	memset(l->marks + last + 1, 0, l->mark_capacity - last - 1);
}

/* What is said of those that lost frames is another thing now; and where time stands, they may have none any more. */
static void
ask_cut(struct flow_list *l)
{
	for (uint32_t id = 1; id <= l->asked; id++)
		if (flow_table_get(session_flows(l->session), id)->marks & FLOW_PAST)
			flow_list_ask_again(l, id);
}

void
flow_list_moved(struct flow_list *l, const struct eviction_moves *moves)
{
	uint32_t kept = 0;

	if (l->mark_capacity == 0)
		return;
	move_order(l, moves);
	move_marks(l, moves);
	for (uint32_t i = 0; i < l->pending_count; i++) {
		uint32_t id = moves->ids[l->pending[i]];

		if (id != 0)
			l->pending[kept++] = id;
	}
	l->pending_count = kept;
	l->asked = last_kept(moves, l->asked);
	l->total = last_kept(moves, l->total);
	ask_cut(l);
	if (l->renewing > 0)
		l->renewing = last_kept(moves, l->renewing - 1) + 1;
	l->rows = frame_moves_row(moves->rows, l->rows);
	l->flows = 0;
	l->cursor = l->cursor > 0 && l->cursor <= moves->flows ? moves->ids[l->cursor] : 0;
	if (l->cursor == 0 && l->order.count > 0)
		flow_list_move_to(l, l->cursor_row);
}

bool
flow_list_set_filter(struct flow_list *l, const char *text, struct filter_error *error)
{
	struct filter *filter = filter_compile(text, error);

	if (filter == NULL)
		return false;
	filter_free(l->filter);
	l->filter = filter;
	if (text != l->filter_text) {
		free(l->filter_text);
		l->filter_text = memory_copy_text(text);
	}
	l->stale = true;
	return true;
}

const char *
flow_list_filter(const struct flow_list *l)
{
	return l->filter_text;
}

void
flow_list_set_sort(struct flow_list *l, const struct column *column, bool descending)
{
	if (column->key == NULL)
		return;
	l->sort = column;
	l->descending = descending;
	l->stale = true;
}

const struct column *
flow_list_sort(const struct flow_list *l, bool *descending)
{
	if (descending != NULL)
		*descending = l->descending;
	return l->sort;
}

void
flow_list_sort_next(struct flow_list *l, int step, const struct column_place *places, size_t count)
{
	size_t at = 0;

	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		if (places[i].column == l->sort)
			at = i;
	}
	for (size_t tries = 0; tries < count; tries++) {
		at = (at + (step > 0 ? 1 : count - 1)) % count;
		if (places[at].column->key != NULL) {
			flow_list_set_sort(l, places[at].column, places[at].column->descending);
			return;
		}
	}
}

void
flow_list_set_frozen(struct flow_list *l, bool frozen)
{
	if (l->frozen && !frozen)
		l->stale = true;
	l->frozen = frozen;
}

bool
flow_list_frozen(const struct flow_list *l)
{
	return l->frozen;
}

uint32_t
flow_list_count(const struct flow_list *l)
{
	return l->order.count;
}

uint32_t
flow_list_total(const struct flow_list *l)
{
	return l->total;
}

uint32_t
flow_list_get(const struct flow_list *l, uint32_t row)
{
	return l->order.ids[row];
}

const struct flow *
flow_list_flow(const struct flow_list *l, uint32_t row)
{
	return flow_table_get(session_flows(l->session), l->order.ids[row]);
}

void
flow_list_row(const struct flow_list *l, uint32_t row, struct flow_row *out)
{
	flow_list_fill(l, l->order.ids[row], out);
}

uint32_t
flow_list_cursor(const struct flow_list *l)
{
	return l->cursor;
}

uint32_t
flow_list_cursor_row(const struct flow_list *l)
{
	return l->cursor_row;
}

void
flow_list_move_to(struct flow_list *l, uint32_t row)
{
	if (l->order.count == 0)
		return;
	l->cursor_row = row < l->order.count ? row : l->order.count - 1;
	l->cursor = l->order.ids[l->cursor_row];
}

void
flow_list_move(struct flow_list *l, int64_t rows)
{
	int64_t row = (int64_t)l->cursor_row + rows;

	flow_list_move_to(l, row < 0 ? 0 : row > UINT32_MAX ? UINT32_MAX : (uint32_t)row);
}

bool
flow_list_select(struct flow_list *l, uint32_t flow_id)
{
	int64_t row = flow_list_find(l, flow_id);

	if (row < 0)
		return false;
	flow_list_move_to(l, (uint32_t)row);
	return true;
}

void
flow_list_tag(struct flow_list *l, uint32_t flow_id, bool tagged)
{
	flow_list_reserve(l, flow_table_count(session_flows(l->session)));
	if (flow_id == 0 || flow_id >= l->mark_capacity || flow_list_tagged(l, flow_id) == tagged)
		return;
	l->marks[flow_id] ^= MARK_TAGGED;
	if (tagged)
		l->tags++;
	else
		l->tags--;
}

bool
flow_list_tagged(const struct flow_list *l, uint32_t flow_id)
{
	return flow_id < l->mark_capacity && l->marks[flow_id] & MARK_TAGGED;
}

size_t
flow_list_tags(const struct flow_list *l, uint32_t *ids, size_t max)
{
	size_t found = 0;

	for (uint32_t id = 1; id < l->mark_capacity && found < l->tags && found < max; id++) {
		if (l->marks[id] & MARK_TAGGED)
			ids[found++] = id;
	}
	return l->tags;
}

int64_t
flow_list_search(const struct flow_list *l, const struct filter *what, uint32_t row, int step)
{
	struct flow_row candidate;

	for (uint32_t n = 1; n <= l->order.count; n++) {
		uint32_t at = (uint32_t)(((uint64_t)row
		    + (step > 0 ? n : (uint64_t)l->order.count - n)) % l->order.count);

		flow_list_fill(l, l->order.ids[at], &candidate);
		if (filter_match_flow(what, &candidate))
			return at;
	}
	return -1;
}

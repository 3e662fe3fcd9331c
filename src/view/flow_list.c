/*
 * Order, filter and cursor over connections.  Knows that what changed
 * between two moments stands in the frames between them: those connections
 * are taken out, asked again and put back in their places; when they are
 * many, all is made anew.
 */
#include "view/flow_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "view/sort.h"

/* how much model time may pass before states that lapse are looked at again */
enum { RENEW_NS = 1000000000 };

struct flow_list {
	struct session *session;
	const struct replay *replay;
	struct narrator *narrator;
	struct filter *filter;
	char *filter_text;
	const struct column *sort;
	bool descending, frozen;
	bool stale;		/* everything must be asked anew */
	uint32_t *ids;		/* in order */
	uint64_t *keys;		/* of sort columns with one part; ~key when descending */
	size_t capacity;
	uint32_t count, total;
	uint32_t rows;		/* of the replay point at the last update */
	uint64_t renewed;	/* the model's time when all was asked */
	uint8_t *marks;		/* by flow id */
	size_t mark_capacity;
	uint32_t cursor, cursor_row;
	uint32_t tags;
};

enum { MARK_CHANGED = 1, MARK_TAGGED = 2 };

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
	free(l->ids);
	free(l->keys);
	free(l->marks);
	free(l);
}

static void
flow_list_reserve(struct flow_list *l, size_t flows)
{
	if (flows + 1 > l->capacity) {
		l->capacity = flows + flows / 2 + 64;
		l->ids = memory_resize(l->ids, l->capacity, sizeof *l->ids);
		l->keys = memory_resize(l->keys, l->capacity, sizeof *l->keys);
	}
	if (flows + 1 > l->mark_capacity) {
		size_t old = l->mark_capacity;

		l->mark_capacity = l->capacity;
		l->marks = memory_resize(l->marks, l->mark_capacity, sizeof *l->marks);
		memset(l->marks + old, 0, l->mark_capacity - old);
	}
}

static void
row_fill(const struct flow_list *l, uint32_t id, struct flow_row *row)
{
	flow_row_init(row, l->narrator, l->replay, flow_table_get(session_flows(l->session), id));
}

/* One part of a connection's sort key, the larger the later. */
static uint64_t
row_key(const struct flow_list *l, struct flow_row *row, unsigned part)
{
	uint64_t key = l->sort->key(l->sort, row, part);

	return l->descending ? ~key : key;
}

/* Connections that have begun: they are numbered in the order of their first frames. */
static uint32_t
flows_begun(const struct flow_list *l)
{
	const struct flow_table *flows = session_flows(l->session);
	const struct frame_store *frames = session_frames(l->session);
	uint32_t low = 0, high = flow_table_count(flows), rows = replay_rows(l->replay);

	if (replay_at_end(l->replay))
		return high;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (frame_store_nth(frames, flow_table_get(flows, middle + 1), 0) < rows)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Asks every connection and sorts. */
static void
flow_list_rebuild(struct flow_list *l)
{
	struct flow_row row;

	l->count = 0;
	for (uint32_t id = 1; id <= l->total; id++) {
		row_fill(l, id, &row);
		if (row.moment.rows == 0 || !filter_match_flow(l->filter, &row))
			continue;
		l->keys[l->count] = row_key(l, &row, 0);
		l->ids[l->count++] = id;
	}
	sort_by_key(l->keys, l->ids, l->count);
	for (unsigned part = 1; part < l->sort->key_parts; part++) {
		for (uint32_t i = 0; i < l->count; i++) {
			row_fill(l, l->ids[i], &row);
			l->keys[i] = row_key(l, &row, part);
		}
		sort_by_key(l->keys, l->ids, l->count);
	}
	l->renewed = replay_now(l->replay);
	l->stale = false;
}

/*
 * Whether the connection at `row` of the order comes before another, whose one-part key is
 * given.
 */
static bool
row_is_before(const struct flow_list *l, uint32_t at, uint64_t key, struct flow_row *other)
{
	struct flow_row row;

	if (l->sort->key_parts == 1)
		return l->keys[at] != key ? l->keys[at] < key : l->ids[at] < other->flow->id;
	row_fill(l, l->ids[at], &row);
	for (unsigned part = l->sort->key_parts; part-- > 0;) {
		uint64_t here = row_key(l, &row, part), there = row_key(l, other, part);

		if (here != there)
			return here < there;
	}
	return l->ids[at] < other->flow->id;
}

static void
flow_list_insert(struct flow_list *l, struct flow_row *row)
{
	uint64_t key = row_key(l, row, 0);
	uint32_t low = 0, high = l->count;

	if (l->frozen)
		low = high;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (row_is_before(l, middle, key, row))
			low = middle + 1;
		else
			high = middle;
	}
	memmove(l->ids + low + 1, l->ids + low, (l->count - low) * sizeof *l->ids);
	memmove(l->keys + low + 1, l->keys + low, (l->count - low) * sizeof *l->keys);
	l->ids[low] = row->flow->id;
	l->keys[low] = key;
	l->count++;
}

/*
 * Takes the changed ones out (frozen: only those that are no more) and puts each back where
 * it belongs now.
 */
static void
flow_list_replace(struct flow_list *l, const uint32_t *changed, uint32_t changes)
{
	uint32_t kept = 0;
	struct flow_row row;

	for (uint32_t i = 0; i < l->count; i++) {
		uint32_t id = l->ids[i];

		if (l->marks[id] & MARK_CHANGED) {
			row_fill(l, id, &row);
			if (!l->frozen || row.moment.rows == 0)
				continue;
			l->marks[id] &= (uint8_t)~MARK_CHANGED;		/* stays where it is */
		}
		l->ids[kept] = id;
		l->keys[kept++] = l->keys[i];
	}
	l->count = kept;
	for (uint32_t i = 0; i < changes; i++) {
		if (!(l->marks[changed[i]] & MARK_CHANGED))
			continue;
		l->marks[changed[i]] &= (uint8_t)~MARK_CHANGED;
		row_fill(l, changed[i], &row);
		if (row.moment.rows > 0 && filter_match_flow(l->filter, &row))
			flow_list_insert(l, &row);
	}
}

/*
 * The connections with frames between two points, each once. Returns how many; UINT32_MAX:
 * more than max.
 */
static uint32_t
flow_list_changed(struct flow_list *l, uint32_t from, uint32_t to, uint32_t *changed, uint32_t max)
{
	const struct frame_store *frames = session_frames(l->session);
	uint32_t changes = 0;

	for (uint32_t row = from; row < to; row++) {
		uint32_t id = frame_store_get(frames, row)->flow;

		if (id == 0 || id >= l->mark_capacity || l->marks[id] & MARK_CHANGED)
			continue;
		if (changes == max) {
			changes = UINT32_MAX;
			break;
		}
		l->marks[id] |= MARK_CHANGED;
		changed[changes++] = id;
	}
	if (changes == UINT32_MAX) {
		for (uint32_t i = 0; i < max; i++)
			l->marks[changed[i]] &= (uint8_t)~MARK_CHANGED;
	}
	return changes;
}

/* The cursor keeps its connection; when that is gone, the one in its place. */
static void
flow_list_settle(struct flow_list *l)
{
	if (l->cursor_row < l->count && l->ids[l->cursor_row] == l->cursor)
		return;
	for (uint32_t i = 0; i < l->count && l->cursor != 0; i++) {
		if (l->ids[i] == l->cursor) {
			l->cursor_row = i;
			return;
		}
	}
	if (l->cursor_row >= l->count)
		l->cursor_row = l->count > 0 ? l->count - 1 : 0;
	l->cursor = l->count > 0 ? l->ids[l->cursor_row] : 0;
}

bool
flow_list_update(struct flow_list *l)
{
	uint32_t rows = replay_rows(l->replay), old = l->rows, max, changes = 0;
	uint64_t now = replay_now(l->replay);
	uint32_t *changed;
	bool lapsing = !filter_is_empty(l->filter) || strstr(l->sort->name, "state") != NULL
	    || l->sort->costly || l->sort->host;

	if (lapsing && !l->frozen && (now > l->renewed + RENEW_NS || now + RENEW_NS < l->renewed))
		l->stale = true;
	if (!l->stale && rows == old)
		return false;
	l->total = flows_begun(l);
	flow_list_reserve(l, flow_table_count(session_flows(l->session)));
	l->rows = rows;
	if (!l->stale) {
		/*
		 * An insertion moves what is behind it: past some hundreds sorting anew is
		 * cheaper.
		 */
		max = l->frozen ? flow_table_count(session_flows(l->session)) : 64
		    + l->total / 1024;
		changed = memory_new_array((size_t)max + 1, sizeof *changed);
		changes = flow_list_changed(l, old < rows ? old : rows, old < rows ? rows : old,
		    changed, max);
		if (changes != UINT32_MAX)
			flow_list_replace(l, changed, changes);
		free(changed);
	}
	if (l->stale || changes == UINT32_MAX)
		flow_list_rebuild(l);
	flow_list_settle(l);
	return true;
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
	return l->count;
}

uint32_t
flow_list_total(const struct flow_list *l)
{
	return l->total;
}

uint32_t
flow_list_get(const struct flow_list *l, uint32_t row)
{
	return l->ids[row];
}

const struct flow *
flow_list_flow(const struct flow_list *l, uint32_t row)
{
	return flow_table_get(session_flows(l->session), l->ids[row]);
}

void
flow_list_row(const struct flow_list *l, uint32_t row, struct flow_row *out)
{
	row_fill(l, l->ids[row], out);
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
	if (l->count == 0)
		return;
	l->cursor_row = row < l->count ? row : l->count - 1;
	l->cursor = l->ids[l->cursor_row];
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
	for (uint32_t i = 0; i < l->count; i++) {
		if (l->ids[i] == flow_id) {
			flow_list_move_to(l, i);
			return true;
		}
	}
	return false;
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

	for (uint32_t n = 1; n <= l->count; n++) {
		uint32_t at = (uint32_t)(((uint64_t)row
		    + (step > 0 ? n : (uint64_t)l->count - n)) % l->count);

		row_fill(l, l->ids[at], &candidate);
		if (filter_match_flow(what, &candidate))
			return at;
	}
	return -1;
}

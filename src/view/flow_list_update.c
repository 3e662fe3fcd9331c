/*
 * Which connections are listed, and where: what changed
 * between two moments stands in the frames between them; those connections
 * are taken out, asked again and put back in their places.  Asking takes
 * time where there are many or where it needs whole stories; so it stops
 * when its time is up, and goes on from there: until then the list is that
 * of the connections that have been asked.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "view/flow_list_internal.h"
#include "view/sort.h"

#define RENEW_NS UINT64_C(1000000000)
enum {
	BATCH = 32768,			/* connections asked before they are put into the list */
	ASKED_PER_LOOK = 128,		/* connections asked between looks at the clock */
	RENEW_COSTLY = 10000,		/* how many make the time until they are asked again a second longer */
	RENEW_CHEAP = 100000
};

void
flow_list_reserve(struct flow_list *l, size_t flows)
{
	size_t old = l->mark_capacity;

	flow_order_reserve(&l->order, flows + 1);
	if (flows + 1 <= old)
		return;
	l->mark_capacity = flows + flows / 2 + 64;
	l->marks = memory_resize(l->marks, l->mark_capacity, sizeof *l->marks);
	memset(l->marks + old, 0, l->mark_capacity - old);
	free(l->moving);		/* between two updates nobody moves */
	l->moving = memory_new_array(l->mark_capacity / 64 + 1, sizeof *l->moving);
}

void
flow_list_fill(const struct flow_list *l, uint32_t id, struct flow_row *row)
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

/* Whether connections that share this key differ in the other parts, perhaps. */
static bool
key_has_more(const struct flow_list *l, uint64_t key)
{
	if (l->sort->key_parts == 1)
		return false;
	return l->sort->more == 0 || ((l->descending ? ~key : key) & l->sort->more) != 0;
}

static bool
row_is_before(const void *list, uint32_t a, uint32_t b)
{
	const struct flow_list *l = list;
	struct flow_row first, second;

	if (l->sort->key_parts == 1)
		return a < b;
	flow_list_fill(l, a, &first);
	flow_list_fill(l, b, &second);
	for (unsigned part = l->sort->key_parts; part-- > 0;) {
		uint64_t here = row_key(l, &first, part), there = row_key(l, &second, part);

		if (here != there)
			return here < there;
		if (part + 1U == l->sort->key_parts && !key_has_more(l, here))
			break;
	}
	return a < b;
}

/* Sorts who is in order of their numbers. */
static void
flow_list_sort_batch(const struct flow_list *l, uint64_t *keys, uint32_t *ids, uint32_t count)
{
	uint64_t *part_keys = NULL;
	uint32_t end;

	sort_by_key(keys, ids, count);
	for (uint32_t at = 0; l->sort->key_parts > 1 && at < count; at = end) {
		for (end = at + 1; end < count && keys[end] == keys[at];)
			end++;
		if (end - at == 1 || !key_has_more(l, keys[at]))
			continue;
		if (part_keys == NULL)
			part_keys = memory_new_array(count, sizeof *part_keys);
		for (unsigned part = 0; part + 1 < l->sort->key_parts; part++) {
			for (uint32_t i = at; i < end; i++) {
				struct flow_row row;

				flow_list_fill(l, ids[i], &row);
				part_keys[i - at] = row_key(l, &row, part);
			}
			sort_by_key(part_keys, ids + at, end - at);
		}
	}
	free(part_keys);
}

/*
 * All connections that have begun have ids up to this one: those whose frames are all held are numbered in the order
 * of their first frames, and of the others, which may be anywhere among them, nothing is known here.
 */
static uint32_t
flows_begun(const struct flow_list *l)
{
	const struct flow_table *flows = session_flows(l->session);
	const struct frame_store *frames = session_frames(l->session);
	uint32_t low = 0, high = flow_table_count(flows), rows = replay_rows(l->replay), first, newest;

	if (replay_at_end(l->replay))
		return high;
	if (rows == 0)
		return 0;
	/* Numbers begin again after 2^32 frames: what counts is how far they are from the first one held. */
	first = frame_store_get(frames, 0)->number;
	newest = frame_store_get(frames, rows - 1)->number - first;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct flow *flow = flow_table_get(flows, middle + 1);

		if (flow->marks & (FLOW_EXISTED | FLOW_EARLY | FLOW_PAST) || flow->first_frame - first <= newest)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- who must be asked */

void
flow_list_ask_again(struct flow_list *l, uint32_t id)
{
	if (id == 0 || id > l->asked || l->marks[id] & MARK_PENDING)
		return;
	if (l->pending_count == l->pending_room) {
		l->pending_room = l->pending_room > 0 ? l->pending_room * 2 : 256;
		l->pending = memory_resize(l->pending, l->pending_room, sizeof *l->pending);
	}
	l->marks[id] |= MARK_PENDING;
	l->pending[l->pending_count++] = id;
}

/* All, from the first. */
static void
flow_list_restart(struct flow_list *l)
{
	for (size_t id = 0; id < l->mark_capacity; id++)
		l->marks[id] &= MARK_TAGGED;
	l->order.count = l->asked = l->pending_count = l->renewing = 0;
	l->renewed = replay_now(l->replay);
	l->stale = false;
}

/* The connections with frames between two points; false: so many that all may as well be asked. */
static bool
flow_list_changed(struct flow_list *l, uint32_t from, uint32_t to)
{
	const struct frame_store *frames = session_frames(l->session);

	if (to - from > l->asked && to - from > 65536)
		return false;
	for (uint32_t row = from; row < to; row++) {
		flow_list_ask_again(l, frame_store_get(frames, row)->flow);
		if (l->pending_count > 1024 && l->pending_count > l->asked / 2)
			return false;
	}
	return true;
}

void
flow_list_ask_existing(struct flow_list *l)
{
	const struct flow_table *flows = session_flows(l->session);
	uint32_t upto = flow_table_existed(flows);

	for (uint32_t id = 1; id <= upto && id <= l->asked; id++)
		if (flow_is_unseen(flow_table_get(flows, id)))
			flow_list_ask_again(l, id);
}

static bool
flow_list_is_costly(const struct flow_list *l)
{
	return l->sort->costly || filter_is_costly(l->filter);
}

/* What changes by itself, because time passes, is asked again from time to time. */
static void
flow_list_renew(struct flow_list *l)
{
	uint64_t now = replay_now(l->replay), apart = now > l->renewed ? now - l->renewed : l->renewed - now;
	bool lapsing = !filter_is_empty(l->filter) || strstr(l->sort->name, "state") != NULL || l->sort->costly
	    || l->sort->host;

	if (lapsing && !l->frozen && l->renewing == 0
	    && apart / RENEW_NS > l->total / (flow_list_is_costly(l) ? RENEW_COSTLY : RENEW_CHEAP)) {
		l->renewing = 1;
		l->renewed = now;
	}
}

/* ---- asking */

static uint64_t
clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

struct asking {
	uint64_t deadline;		/* 0: none */
	uint32_t count;			/* asked since the last look at the clock */
	bool costly;
	uint32_t *ids;			/* who is to be listed */
	uint64_t *keys;
	uint32_t found;
	const uint32_t *asked;		/* of the pending ones, who was asked */
	uint32_t asked_count;
	uint32_t moved;			/* who stands in the list and shall be taken out: flow_list.moving */
};

static bool
time_is_up(struct asking *a)
{
	if (a->deadline == 0 || (++a->count < ASKED_PER_LOOK && !a->costly))
		return false;
	a->count = 0;
	return clock_now() >= a->deadline;
}

/* Whether it is to be listed, and with which key. */
static bool
ask(struct flow_list *l, uint32_t id, uint64_t *key)
{
	struct flow_row row;

	flow_list_fill(l, id, &row);
	if (!flow_row_is_there(&row) || !filter_match_flow(l->filter, &row))
		return false;
	*key = row_key(l, &row, 0U + l->sort->key_parts - 1U);
	return true;
}

/* Who stands in the list and stays where it is, because rows are frozen or nothing can move it. */
static bool
stays(const struct flow_list *l, uint32_t id)
{
	struct flow_row row;

	if (!(l->marks[id] & MARK_LISTED) || !(l->frozen || (l->sort->fixed && filter_is_empty(l->filter))))
		return false;
	flow_list_fill(l, id, &row);
	return flow_row_is_there(&row);
}

static void
fetch_flow(const struct flow_list *l, uint32_t id)
{
	const char *flow = (const char *)flow_table_get(session_flows(l->session), id);

	for (size_t i = 0; i < sizeof(struct flow); i += 64)
		__builtin_prefetch(flow + i);
}

/* Some of those that must be asked again; the rest of them stay pending when time is up. */
static bool
ask_pending(struct flow_list *l, struct asking *a)
{
	uint32_t n = l->pending_count < BATCH ? l->pending_count : BATCH, left = l->pending_count - n;
	uint32_t *ids = l->pending + left, place = BATCH;
	bool up = false;

	/* from the highest down, so that those not reached are left at the front */
	for (uint32_t i = 0; i < n; i++)
		l->batch_keys[i] = ids[i];
	sort_by_key(l->batch_keys, ids, n);
	for (uint32_t i = n; i-- > 0 && !up; up = time_is_up(a)) {
		uint32_t id = ids[i];
		uint64_t key;

		if (i >= 8)
			fetch_flow(l, ids[i - 8]);
		l->pending_count--;
		l->marks[id] &= (uint8_t)~MARK_PENDING;
		if (stays(l, id))
			continue;
		if (l->marks[id] & MARK_LISTED) {
			l->moving[id / 64] |= UINT64_C(1) << id % 64;
			l->marks[id] &= (uint8_t)~MARK_LISTED;
			a->moved++;
		}
		if (!ask(l, id, &key))
			continue;
		a->ids[--place] = id;
		a->keys[place] = key;
	}
	a->asked = l->pending + l->pending_count;
	a->asked_count = left + n - l->pending_count;
	a->found = BATCH - place;
	memmove(a->ids, a->ids + place, a->found * sizeof *a->ids);
	memmove(a->keys, a->keys + place, a->found * sizeof *a->keys);
	return up;
}

/* Those that were never asked, at most max. */
static bool
ask_new(struct flow_list *l, struct asking *a, uint32_t max)
{
	bool up = false;

	for (uint32_t n = 0; n < max && l->asked < l->total && !up; n++, up = time_is_up(a)) {
		uint32_t id = ++l->asked;

		/* listed already: it was pending when the replay point came back to where it has begun */
		a->ids[a->found] = id;
		if (!(l->marks[id] & MARK_LISTED))
			a->found += ask(l, id, &a->keys[a->found]);
	}
	return up;
}

/* Takes out who has moved, and puts in who was found. */
static void
put_in(struct flow_list *l, struct asking *a)
{
	bool exchanged = a->moved > 0 && l->sort->key_parts == 1 && !l->frozen;

	flow_list_sort_batch(l, a->keys, a->ids, a->found);
	if (exchanged)
		flow_order_exchange(&l->order, l->moving, a->keys, a->ids, a->found);
	else if (a->moved > 0)
		flow_order_drop(&l->order, l->moving);
	for (uint32_t i = 0; a->moved > 0 && i < a->asked_count; i++)
		l->moving[a->asked[i] / 64] = 0;
	for (uint32_t i = 0; i < a->found; i++)
		l->marks[a->ids[i]] |= MARK_LISTED;
	if (a->ids == l->order.ids)
		l->order.count = a->found;
	else if (!exchanged)
		flow_order_merge(&l->order, a->keys, a->ids, a->found, l->frozen, row_is_before, l);
}

/* true: there is more to ask. */
static bool
flow_list_ask(struct flow_list *l, uint64_t budget_ns)
{
	struct asking a = { .deadline = budget_ns > 0 ? clock_now() + budget_ns : 0, .costly = flow_list_is_costly(l) };
	bool up = false;

	if (l->batch_ids == NULL) {
		l->batch_ids = memory_new_array(BATCH, sizeof *l->batch_ids);
		l->batch_keys = memory_new_array(BATCH, sizeof *l->batch_keys);
	}
	while (!up && (l->pending_count > 0 || l->asked < l->total)) {
		bool direct = l->order.count == 0 && l->pending_count == 0;

		/* Into an empty list they go without a detour. */
		a.ids = direct ? l->order.ids : l->batch_ids;
		a.keys = direct ? l->order.keys : l->batch_keys;
		a.found = a.moved = 0;
		if (l->pending_count > 0)
			up = ask_pending(l, &a);
		else
			up = ask_new(l, &a, direct ? UINT32_MAX : BATCH);
		put_in(l, &a);
	}
	return l->pending_count > 0 || l->asked < l->total;
}

/* ---- the cursor keeps its connection; when that is gone, the one in its place */

int64_t
flow_list_find(const struct flow_list *l, uint32_t id)
{
	struct flow_row row;
	uint32_t at;

	if (id == 0 || id >= l->mark_capacity || !(l->marks[id] & MARK_LISTED))
		return -1;
	if (!l->frozen) {
		flow_list_fill(l, id, &row);
		at = flow_order_place(&l->order, row_key(l, &row, 0U + l->sort->key_parts - 1U), id, row_is_before, l);
		if (at < l->order.count && l->order.ids[at] == id)
			return at;
	}
	/* Its key may be another one now than when it was asked. */
	for (at = 0; at < l->order.count; at++)
		if (l->order.ids[at] == id)
			return at;
	return -1;
}

static void
flow_list_settle(struct flow_list *l)
{
	int64_t row;

	if (l->cursor_row < l->order.count && l->order.ids[l->cursor_row] == l->cursor)
		return;
	row = flow_list_find(l, l->cursor);
	if (row >= 0) {
		l->cursor_row = (uint32_t)row;
		return;
	}
	if (l->cursor_row >= l->order.count)
		l->cursor_row = l->order.count > 0 ? l->order.count - 1 : 0;
	if (l->cursor == 0 || !flow_list_is_working(l))
		l->cursor = l->order.count > 0 ? l->order.ids[l->cursor_row] : 0;
}

bool
flow_list_refresh(struct flow_list *l, uint64_t budget_ns)
{
	uint32_t rows = replay_rows(l->replay), old = l->rows, flows = flow_table_count(session_flows(l->session));
	bool restarted = l->stale;

	flow_list_renew(l);
	if (!l->stale && rows == old && flows == l->flows && !(flow_list_is_working(l) && (budget_ns == 0 || l->renewing > 0)))
		return false;
	flow_list_reserve(l, flows);
	l->total = flows_begun(l);
	l->rows = rows;
	l->flows = flows;
	if (l->stale)
		flow_list_restart(l);
	else if (!flow_list_changed(l, old < rows ? old : rows, old < rows ? rows : old)) {
		flow_list_restart(l);
		/* The whole list was there before: half of it would be a surprise. */
		if (!flow_list_is_costly(l))
			budget_ns = 0;
	}
	if (l->asked > l->total && !l->frozen)
		l->asked = l->total;
	flow_list_ask(l, budget_ns);
	/* What a few need only because time has passed, a small list has at once. */
	if (!restarted && (budget_ns == 0 || l->total <= BATCH))
		flow_list_work(l, budget_ns);
	flow_list_settle(l);
	return true;
}

bool
flow_list_update(struct flow_list *l)
{
	return flow_list_refresh(l, 0);
}

bool
flow_list_is_working(const struct flow_list *l)
{
	return l->pending_count > 0 || l->asked < l->total || l->renewing > 0;
}

unsigned
flow_list_progress(const struct flow_list *l)
{
	return l->asked >= l->total ? 100 : (unsigned)((uint64_t)l->asked * 100 / l->total);
}

bool
flow_list_work(struct flow_list *l, uint64_t budget_ns)
{
	uint64_t deadline = budget_ns > 0 ? clock_now() + budget_ns : 0, left = budget_ns;

	if (l->stale || !flow_list_is_working(l))
		return false;
	do {
		if (l->pending_count == 0 && l->renewing > 0) {
			for (uint32_t n = 0; n < BATCH && l->renewing <= l->asked; n++)
				flow_list_ask_again(l, l->renewing++);
			if (l->renewing > l->asked)
				l->renewing = 0;
		}
		flow_list_ask(l, left);
		if (deadline > 0) {
			uint64_t now = clock_now();

			left = now < deadline ? deadline - now : 0;
		}
	} while (flow_list_is_working(l) && (deadline == 0 || left > 0));
	flow_list_settle(l);
	return true;
}

/*
 * Two arrays beside each other.  What is taken out and put in costs one pass
 * over what moves, however many they are.
 */
#include "view/flow_order.h"

#include <string.h>

#include "base/memory.h"

static void
unmap(uint32_t *ids, uint64_t *keys, size_t room)
{
	memory_unmap(ids, room * sizeof *ids);
	memory_unmap(keys, room * sizeof *keys);
}

void
flow_order_fini(struct flow_order *o)
{
	unmap(o->ids, o->keys, o->room);
	unmap(o->spare_ids, o->spare_keys, o->room);
}

void
flow_order_reserve(struct flow_order *o, size_t connections)
{
	struct flow_order larger = { .room = connections + connections / 2 + 64, .count = o->count };

	if (connections <= o->room)
		return;
	/* In large pages: they are gone through from end to end. */
	larger.ids = memory_map(larger.room * sizeof *larger.ids);
	larger.keys = memory_map(larger.room * sizeof *larger.keys);
	if (o->count > 0) {
		memcpy(larger.ids, o->ids, o->count * sizeof *o->ids);
		memcpy(larger.keys, o->keys, o->count * sizeof *o->keys);
	}
	flow_order_fini(o);
	*o = larger;
}

/* A bit a connection, since a million of them then stay in the cache. */
static inline bool
is_set(const uint64_t *set, uint32_t id)
{
	return (set[id / 64] >> id % 64 & 1) != 0;
}

void
flow_order_drop(struct flow_order *o, const uint64_t *set)
{
	uint32_t kept = 0, count = o->count;

	while (kept < count && !is_set(set, o->ids[kept]))
		kept++;
	for (uint32_t i = kept; i < count; i++) {
		uint32_t id = o->ids[i];

		o->ids[kept] = id;
		o->keys[kept] = o->keys[i];
		kept += !is_set(set, id);
	}
	o->count = kept;
}

/* How many of the first `end` rows come before it; looks near the end first, since who comes next isn't far. */
static uint32_t
place_below(const struct flow_order *o, uint32_t end, uint64_t key, uint32_t id, flow_order_before *before,
    const void *context)
{
	uint32_t low = 0, high = end;

	for (uint32_t step = 1; low < high; step *= 2) {
		uint32_t at = step <= high ? high - step : 0;

		if (o->keys[at] != key ? o->keys[at] < key : before(context, o->ids[at], id)) {
			low = at + 1;
			break;
		}
		high = at;
	}
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (o->keys[middle] != key ? o->keys[middle] < key : before(context, o->ids[middle], id))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t
flow_order_place(const struct flow_order *o, uint64_t key, uint32_t id, flow_order_before *before, const void *context)
{
	return place_below(o, o->count, key, id, before, context);
}

void
flow_order_merge(struct flow_order *o, const uint64_t *keys, const uint32_t *ids, uint32_t n, bool append,
    flow_order_before *before, const void *context)
{
	uint32_t end = o->count;	/* rows below it stand where they stood */

	for (uint32_t i = n; i-- > 0;) {
		uint32_t at = append ? end : place_below(o, end, keys[i], ids[i], before, context);

		memmove(o->ids + at + i + 1, o->ids + at, (end - at) * sizeof *o->ids);
		memmove(o->keys + at + i + 1, o->keys + at, (end - at) * sizeof *o->keys);
		o->ids[at + i] = ids[i];
		o->keys[at + i] = keys[i];
		end = at;
	}
	o->count += n;
}

/* Rows from `from` to `to`, but those whose bit is set, to the spare ones at `at`; where they end. */
static uint32_t
keep(struct flow_order *o, const uint64_t *set, uint32_t from, uint32_t to, uint32_t at)
{
	/* Few are set: whole runs between them are copied. */
	for (uint32_t i = from; i < to; i++) {
		uint32_t begin = i;

		while (i < to && !is_set(set, o->ids[i]))
			i++;
		memcpy(o->spare_ids + at, o->ids + begin, (i - begin) * sizeof *o->ids);
		memcpy(o->spare_keys + at, o->keys + begin, (i - begin) * sizeof *o->keys);
		at += i - begin;
	}
	return at;
}

static bool
is_lower(const void *context, uint32_t a, uint32_t b)
{
	(void)context;
	return a < b;
}

void
flow_order_exchange(struct flow_order *o, const uint64_t *set, const uint64_t *keys, const uint32_t *ids, uint32_t n)
{
	uint32_t end = 0, from = 0, *old_ids = o->ids;
	uint64_t *old_keys = o->keys;

	if (o->spare_ids == NULL) {
		o->spare_ids = memory_map(o->room * sizeof *o->spare_ids);
		o->spare_keys = memory_map(o->room * sizeof *o->spare_keys);
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t to = from;

		/* Those before it: mostly far from the last one, or none. */
		if (from < o->count && (o->keys[from] != keys[i] ? o->keys[from] < keys[i] : o->ids[from] < ids[i]))
			to = flow_order_place(o, keys[i], ids[i], is_lower, NULL);
		end = keep(o, set, from, to, end);
		o->spare_ids[end] = ids[i];
		o->spare_keys[end++] = keys[i];
		from = to;
	}
	o->count = keep(o, set, from, o->count, end);
	o->ids = o->spare_ids;
	o->keys = o->spare_keys;
	o->spare_ids = old_ids;
	o->spare_keys = old_keys;
}

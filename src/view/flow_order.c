/*
 * Two arrays beside each other.  What is taken out and put in costs one pass
 * over what moves, however many they are.
 */
#include "view/flow_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void
flow_order_fini(struct flow_order *o)
{
	free(o->ids);
	free(o->keys);
}

void
flow_order_reserve(struct flow_order *o, size_t connections)
{
	if (connections <= o->room)
		return;
	o->room = connections + connections / 2 + 64;
	o->ids = memory_resize(o->ids, o->room, sizeof *o->ids);
	o->keys = memory_resize(o->keys, o->room, sizeof *o->keys);
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

/*
 * Flows that go, those that move up into their places, and what stays of
 * frames and SYNs that had to go.  Knows how the table is laid out, and not
 * how it is used; what goes is decided elsewhere (capture/eviction.h).
 */
#include <string.h>

#include "base/memory.h"
#include "tcp/flow_table_internal.h"

/* ---- pasts */

/* Where the past of this flow is, or would be. */
static size_t
past_place(const struct flow_table *t, uint32_t id)
{
	size_t low = 0, high = t->past_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->pasts[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct flow_past *
flow_table_past(const struct flow_table *t, const struct flow *flow)
{
	return flow->marks & FLOW_PAST ? t->pasts[past_place(t, flow->id)].past : NULL;
}

struct story *
flow_table_story(const struct flow_table *t, const struct flow *flow)
{
	const struct flow_past *past = flow_table_past(t, flow);

	return past != NULL ? story_copy(past->story) : story_new(flow);
}

struct timing *
flow_table_timing(const struct flow_table *t, const struct flow *flow)
{
	const struct flow_past *past = flow_table_past(t, flow);

	return past != NULL ? timing_copy(past->timing) : timing_new(flow);
}

void
flow_table_forget_frame(struct flow_table *t, struct flow *flow, const struct frame *frame)
{
	size_t at = past_place(t, flow->id);

	if (!(flow->marks & FLOW_PAST)) {
		if (t->past_count == t->past_room) {
			t->past_room = t->past_room > 0 ? 2 * t->past_room : 16;
			t->pasts = memory_resize(t->pasts, t->past_room, sizeof *t->pasts);
		}
		memmove(t->pasts + at + 1, t->pasts + at, (t->past_count++ - at) * sizeof *t->pasts);
		t->pasts[at] = (struct past_of){ flow->id, flow_past_new(flow) };
		flow->marks |= FLOW_PAST;
	} else
		t->past_bytes -= flow_past_memory(t->pasts[at].past);
	flow_past_add(t->pasts[at].past, frame);
	t->past_bytes += flow_past_memory(t->pasts[at].past);
}

/* ---- giving up */

void
flow_table_count_gone(struct flow_table *t, const struct flow *flow)
{
	if (t->attempts == NULL)
		t->attempts = attempts_new();
	attempts_add(t->attempts, flow);
}

const struct attempts *
flow_table_gone(const struct flow_table *t)
{
	return t->attempts;
}

void
flow_table_limit_embryos(struct flow_table *t, uint32_t most)
{
	t->embryos_most = most;
}

size_t
flow_table_embryo_memory(const struct flow_table *t)
{
	return t->embryos != NULL ? embryos_memory(t->embryos) : 0;
}

void
flow_table_keep_embryo(struct flow_table *t, const struct flow *flow, const struct frame *syn, uint64_t hash)
{
	if (t->embryos == NULL)
		t->embryos = embryos_new(t->embryos_most != 0 ? t->embryos_most : EMBRYOS_KEPT);
	embryos_add(t->embryos, flow, syn, hash);
}

/* Slots of the tuples that are left, in a table of the size that they need. */
static void
renew_slots(struct flow_table *t, const uint32_t *ids)
{
	unsigned bits = TABLE_FIRST_BITS;
	uint32_t used = 0;
	struct slot *slots;
	size_t mask;

	for (size_t i = 0; i < (size_t)1 << t->bits; i++)
		used += t->slots[i].id != 0 && ids[t->slots[i].id] != 0;
	while ((uint64_t)used * 3 > ((uint64_t)1 << bits) * 3 / 2)
		bits++;
	mask = ((size_t)1 << bits) - 1;
	slots = memory_map(sizeof *slots << bits);
	for (size_t i = 0; i < (size_t)1 << t->bits; i++) {
		struct slot slot = t->slots[i];
		size_t at = slot.tag >> (32 - bits);

		if (slot.id == 0 || ids[slot.id] == 0)
			continue;
		while (slots[at].id != 0)
			at = (at + 1) & mask;
		slots[at] = (struct slot){ slot.tag, ids[slot.id] };
	}
	memory_unmap(t->slots, sizeof *t->slots << t->bits);
	t->slots = slots;
	t->bits = bits;
	t->used = used;
}

static void
move_pasts(struct flow_table *t, const uint32_t *ids)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->past_count; i++) {
		struct past_of past = t->pasts[i];
		uint32_t id = ids[past.id];

		if (id == 0) {
			t->past_bytes -= flow_past_memory(past.past);
			flow_past_free(past.past);
			continue;
		}
		flow_past_move(past.past, flow_table_get(t, id));
		t->pasts[kept++] = (struct past_of){ id, past.past };
	}
	t->past_count = kept;
}

void
flow_table_give_up(struct flow_table *t, uint32_t *ids)
{
	uint32_t count = 0, existed = 0;

	for (uint32_t id = 1; id <= t->count; id++) {
		struct flow *flow = flow_table_get(t, id);

		if (ids[id] == 0) {
			flow_fini(flow);
			continue;
		}
		ids[id] = ++count;
		if (id <= t->existed)
			existed = count;
		flow->id = count;
		flow->previous = flow->previous != 0 ? ids[flow->previous] : 0;
		if (count != id)
			*flow_table_get(t, count) = *flow;
	}
	/* those are behind it, and had no new ids yet; whoever had a newer one that went, went with it */
	for (uint32_t id = 1; id <= count; id++) {
		struct flow *flow = flow_table_get(t, id);

		flow->next = flow->next != 0 ? ids[flow->next] : 0;
	}
	renew_slots(t, ids);
	t->count = count;
	t->existed = existed;
	move_pasts(t, ids);
	blocks_cut(&t->chunks, (uint64_t)count * sizeof(struct flow));
}

/*
 * The table of flows: linear probing over 8-byte slots (hash tag and id of
 * the newest flow of a tuple), and chunks of flows that don't move.  Older
 * connections of a tuple hang on the newest by `previous`.
 *
 * The tuple is hashed with SipHash-1-3 (Aumasson and Bernstein, 2012) under
 * a secret of this run.
 */
#include "tcp/flow_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sip.h"
#include "packet/seqnum.h"
#include "tcp/flow_table_internal.h"

enum { SIP_WORD_ROUNDS = 1, SIP_END_ROUNDS = 3 };

static inline uint64_t
word_at(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof word);
	return word;
}

/* The same for both directions: the end that compares lower goes first. */
uint64_t
flow_hash(const struct flow_secret *secret, const struct segment *segment)
{
	struct sip s = sip_begin(secret->key);
	/*
	 * One by one: the decoder has just stored them so, and a load that spans two
	 * stores would have to wait until the other core has let go of the line.
	 */
	uint32_t port_a = *(const volatile uint16_t *)&segment->source_port;
	uint32_t port_b = *(const volatile uint16_t *)&segment->target_port;

	if (segment->family == SEGMENT_IPV4) {
		uint32_t a, b;

		memcpy(&a, segment->source, sizeof a);
		memcpy(&b, segment->target, sizeof b);
		if (a > b || (a == b && port_a > port_b)) {
			uint32_t swap = a;

			a = b;
			b = swap;
			swap = port_a;
			port_a = port_b;
			port_b = swap;
		}
		sip_word(&s, (uint64_t)a << 32 | b, SIP_WORD_ROUNDS);
		sip_word(&s, (uint64_t)SEGMENT_IPV4 << 32 | port_a << 16 | port_b, SIP_WORD_ROUNDS);
	} else {
		uint64_t a0 = word_at(segment->source), a1 = word_at(segment->source + 8);
		uint64_t b0 = word_at(segment->target), b1 = word_at(segment->target + 8);
		bool swap = a0 != b0 ? a0 > b0 : a1 != b1 ? a1 > b1 : port_a > port_b;

		sip_word(&s, swap ? b0 : a0, SIP_WORD_ROUNDS);
		sip_word(&s, swap ? b1 : a1, SIP_WORD_ROUNDS);
		sip_word(&s, swap ? a0 : b0, SIP_WORD_ROUNDS);
		sip_word(&s, swap ? a1 : b1, SIP_WORD_ROUNDS);
		sip_word(&s, (uint64_t)SEGMENT_IPV6 << 32 | (swap ? port_b << 16 | port_a : port_a << 16 | port_b), SIP_WORD_ROUNDS);
	}
	return sip_end(&s, SIP_END_ROUNDS);
}

struct flow_table *
flow_table_new(void)
{
	struct flow_table *t = memory_new(sizeof *t);

	t->bits = TABLE_FIRST_BITS;
	t->slots = memory_map(sizeof *t->slots << t->bits);
	blocks_init(&t->chunks, TABLE_CHUNK * sizeof(struct flow));
	return t;
}

void
flow_table_free(struct flow_table *t)
{
	if (t == NULL)
		return;
	for (uint32_t id = 1; id <= t->count; id++)
		flow_fini(flow_table_get(t, id));
	for (size_t i = 0; i < t->past_count; i++)
		flow_past_free(t->pasts[i].past);
	free(t->pasts);
	embryos_free(t->embryos);
	attempts_free(t->attempts);
	blocks_fini(&t->chunks);
	memory_unmap(t->slots, sizeof *t->slots << t->bits);
	free(t);
}

uint32_t
flow_table_count(const struct flow_table *t)
{
	return t->count;
}

struct flow *
flow_table_get(const struct flow_table *t, uint32_t id)
{
	return (struct flow *)t->chunks.block[(id - 1) >> TABLE_CHUNK_BITS] + ((id - 1) & (TABLE_CHUNK - 1));
}

size_t
flow_table_memory(const struct flow_table *t)
{
	return (sizeof *t->slots << t->bits) + t->count * sizeof(struct flow) + t->chunks.room * sizeof(void *)
	    + t->past_room * sizeof *t->pasts + t->past_bytes + flow_table_embryo_memory(t);
}

uint32_t
flow_table_existed(const struct flow_table *t)
{
	return t->existed;
}

uint32_t
flow_table_numbered(const struct flow_table *t)
{
	return t->numbered;
}

uint32_t
flow_table_find(const struct flow_table *t, uint32_t number)
{
	uint32_t low = 1, high = t->count + 1;
	/* Numbers begin again after 2^32 connections. */
	uint32_t first = t->count > 0 ? flow_table_get(t, 1)->number : 0;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (flow_table_get(t, middle)->number - first < number - first)
			low = middle + 1;
		else
			high = middle;
	}
	return low <= t->count && flow_table_get(t, low)->number == number ? low : 0;
}

static void
flow_table_grow(struct flow_table *t)
{
	unsigned bits = t->bits + 1;
	size_t mask = ((size_t)1 << bits) - 1;
	struct slot *slots = memory_map(sizeof *slots << bits);

	for (size_t i = 0; i < (size_t)1 << t->bits; i++) {
		size_t at;

		if (t->slots[i].id == 0)
			continue;
		at = t->slots[i].tag >> (32 - bits);
		while (slots[at].id != 0)
			at = (at + 1) & mask;
		slots[at] = t->slots[i];
	}
	memory_unmap(t->slots, sizeof *t->slots << t->bits);
	t->slots = slots;
	t->bits = bits;
}

static bool
same_tuple(const struct flow *flow, const struct segment *segment)
{
	const uint8_t *a = segment->source, *b = segment->target;

	if (flow->family != segment->family)
		return false;
	if (flow->port[CLIENT] == segment->source_port && flow->port[SERVER] == segment->target_port
	    && segment_same_address(flow->address[CLIENT], a) && segment_same_address(flow->address[SERVER], b))
		return true;
	return flow->port[CLIENT] == segment->target_port && flow->port[SERVER] == segment->source_port
	    && segment_same_address(flow->address[CLIENT], b) && segment_same_address(flow->address[SERVER], a);
}

/* The slot of the segment's tuple: taken, or the free one where it would go. */
static struct slot *
flow_table_slot(const struct flow_table *t, const struct segment *segment)
{
	uint32_t tag = (uint32_t)(segment->hash >> 32);
	size_t mask = ((size_t)1 << t->bits) - 1;
	size_t at = tag >> (32 - t->bits);

	while (t->slots[at].id != 0) {
		if (t->slots[at].tag == tag && same_tuple(flow_table_get(t, t->slots[at].id), segment))
			break;
		at = (at + 1) & mask;
	}
	return &t->slots[at];
}

void
flow_table_prefetch(const struct flow_table *t, uint64_t hash)
{
	__builtin_prefetch(&t->slots[(uint32_t)(hash >> 32) >> (32 - t->bits)]);
}

uint32_t
flow_table_foresee(const struct flow_table *t, uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);
	size_t mask = ((size_t)1 << t->bits) - 1;
	size_t at = tag >> (32 - t->bits);
	const char *flow;

	while (t->slots[at].tag != tag && t->slots[at].id != 0)
		at = (at + 1) & mask;
	if (t->slots[at].id == 0)
		return 0;
	flow = (const char *)flow_table_get(t, t->slots[at].id);
	for (size_t line = 0; line < sizeof(struct flow); line += 64)
		__builtin_prefetch(flow + line, 1);
	return t->slots[at].id;
}

struct memory_pages
flow_table_ahead(struct flow_table *t)
{
	return blocks_ahead(&t->chunks, (uint64_t)t->count * sizeof(struct flow));
}

/* ---- beginning */

static struct flow *
flow_table_begin(struct flow_table *t, const struct segment *segment, struct slot *slot)
{
	uint32_t chunk = t->count >> TABLE_CHUNK_BITS;
	uint32_t previous = slot->id;
	const struct segment *first = segment;
	struct segment syn;
	struct frame record;
	struct flow *flow;

	if (t->count == UINT32_MAX - 1)
		die("more than four thousand million connections");
	if (chunk == t->chunks.count)
		blocks_add(&t->chunks);
	slot->tag = (uint32_t)(segment->hash >> 32);
	slot->id = ++t->count;
	flow = flow_table_get(t, t->count);
	/* It may belong to a SYN that had to be given up: then the connection begins with that one. */
	if (t->embryos != NULL && embryos_take(t->embryos, segment, previous == 0, &syn))
		first = &syn;
	flow_init(flow, first, t->count);
	if (first == &syn && t->attempts != NULL)
		attempts_take_back(t->attempts, flow);
	flow->number = ++t->numbered != 0 ? t->numbered : ++t->numbered;	/* 0 is nobody */
	if (previous == 0) {
		t->used++;
		if ((uint64_t)t->used * 3 > ((uint64_t)1 << t->bits) * 2)
			flow_table_grow(t);
	} else {
		flow->previous = previous;
		flow->reused = flow_table_get(t, previous)->number;
		flow_table_get(t, previous)->next = flow->id;
		flow->marks |= FLOW_REUSED;
		flow_supersede(flow_table_get(t, previous), first);
	}
	if (first == &syn) {
		flow_apply(flow, &syn, CLIENT, false, &record);
		flow_table_forget_frame(t, flow, &record);
	}
	return flow;
}

/*
 * How many connections of a tuple are asked whether a segment is theirs: whoever sends a new SYN
 * with every packet mustn't make each of them cost as much as all before it.
 */
enum { TABLE_LOOK_BACK = 32 };

static uint32_t
distance(uint32_t a, uint32_t b)
{
	int32_t d = seqnum_difference(a, b);

	return d < 0 ? 0U - (uint32_t)d : (uint32_t)d;
}

/*
 * While the SYN of a newer connection is unanswered, the older one's
 * segments still arrive: whose numbers are nearer?
 */
static struct flow *
nearer_flow(struct flow *newest, struct flow *old, const struct segment *segment)
{
	enum side by_new = flow_sender(newest, segment), by_old = flow_sender(old, segment);
	const struct endpoint *opener = &newest->end[side_other(by_new)];

	if (newest->end[by_new].marks & ENDPOINT_SYN_SEEN) {
		/* From the end that sent the new SYN: its numbers tell. */
		const struct endpoint *mine = &newest->end[by_new];

		return distance(segment->seq, mine->next) <= distance(segment->seq, old->end[by_old].next)
		    ? newest : old;
	}
	if (segment->flags & TCP_ACK)
		return distance(segment->ack, opener->next) <= distance(segment->ack, old->end[side_other(by_old)].next)
		    ? newest : old;
	return distance(segment->seq, old->end[by_old].next) <= 1U << 30 && (old->end[by_old].marks & ENDPOINT_SEEN)
	    ? old : newest;
}

/* Whether a SYN-ACK answers this connection's SYN, and no other SYN-ACK did before. */
static bool
is_answered_by(const struct flow *flow, const struct segment *segment)
{
	enum side side = flow_sender(flow, segment);
	const struct endpoint *sender = &flow->end[side], *opener = &flow->end[side_other(side)];

	return segment->flags & TCP_ACK && opener->marks & ENDPOINT_SYN_SEEN && segment->ack == opener->isn + 1
	    && (!(sender->marks & ENDPOINT_SYN_SEEN) || sender->isn == segment->seq);
}

/* The connection a segment belongs to while the newest one's SYN is unanswered: that, or one before it. */
static struct flow *
among_unanswered(struct flow_table *t, struct flow *newest, const struct segment *segment)
{
	struct flow *flow = newest, *best = newest;

	if ((segment->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		return newest;	/* it answers nothing */
	if (segment->flags & TCP_SYN && is_answered_by(newest, segment))
		return newest;
	for (unsigned i = 0; i < TABLE_LOOK_BACK && flow->previous != 0 && flow_is_unanswered(flow); i++) {
		flow = flow_table_get(t, flow->previous);
		if (!(segment->flags & TCP_SYN))
			best = nearer_flow(best, flow, segment);
		else if (is_answered_by(flow, segment))
			return flow;
	}
	return best;
}

struct flow *
flow_table_place(struct flow_table *t, const struct segment *segment, uint32_t foreseen)
{
	struct slot *slot;
	struct flow *newest, *flow;

	/* Most segments go where their tuple's only connection is. */
	if (foreseen != 0 && !(segment->flags & TCP_SYN)) {
		flow = flow_table_get(t, foreseen);
		if (flow->previous == 0 && !(flow->marks & FLOW_SUPERSEDED) && same_tuple(flow, segment))
			return flow;
	}
	slot = flow_table_slot(t, segment);

	if (slot->id == 0)
		return flow_table_begin(t, segment, slot);
	newest = flow_table_get(t, slot->id);
	if (newest->previous == 0 && !(segment->flags & TCP_SYN))
		return newest;
	if (flow_is_unseen(newest)) {
		/* It began while we did, and its SYN was on the way to us; or it has gone, and nobody will miss it. */
		uint32_t number = newest->number, previous = newest->previous;

		flow_init(newest, segment, slot->id);
		newest->number = number;
		newest->previous = previous;
		newest->marks |= FLOW_EARLY;
		return newest;
	}
	flow = among_unanswered(t, newest, segment);
	if (flow == newest && segment->flags & TCP_SYN && flow_begins_anew(flow, segment))
		return flow_table_begin(t, segment, slot);
	return flow;
}

bool
flow_table_adopt(struct flow_table *t, const struct segment *tuple, bool proved)
{
	struct slot *slot = flow_table_slot(t, tuple);
	struct flow *flow;

	if (slot->id != 0)
		return false;
	flow = flow_table_begin(t, tuple, slot);
	flow->marks |= FLOW_EXISTED;
	flow->first_frame = 0;
	t->existed = flow->id;
	if (!proved)
		return true;
	memcpy(flow->address[CLIENT], tuple->source, sizeof tuple->source);
	memcpy(flow->address[SERVER], tuple->target, sizeof tuple->target);
	flow->port[CLIENT] = tuple->source_port;
	flow->port[SERVER] = tuple->target_port;
	flow->marks |= FLOW_ORIENTED;
	return true;
}

struct flow *
flow_table_quoted(struct flow_table *t, const struct segment *quote)
{
	struct slot *slot = flow_table_slot(t, quote);
	struct flow *flow, *newest;
	unsigned looked = 0;

	if (slot->id == 0)
		return t->embryos != NULL && embryos_has(t->embryos, quote) ? flow_table_begin(t, quote, slot) : NULL;
	newest = flow_table_get(t, slot->id);
	for (flow = newest; flow != NULL && looked < TABLE_LOOK_BACK; looked++,
	    flow = flow->previous ? flow_table_get(t, flow->previous) : NULL) {
		const struct endpoint *end = &flow->end[flow_sender(flow, quote)];

		/* What is quoted was sent: it lies behind what that end has sent so far. */
		if ((end->marks & ENDPOINT_SEEN) && distance(quote->seq, end->next) <= 1U << 24)
			return flow;
	}
	return newest;
}

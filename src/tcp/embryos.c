/*
 * A ring of records in the order in which they came, and a table of chains
 * through it: each record names the one before it in its chain.  Nothing is
 * ever taken out of a chain: it ends where it comes to a record that the
 * ring has overwritten since, because those before it are older still.
 */
#include "tcp/embryos.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "packet/seqnum.h"

enum { LOOK_BACK = 64 };

struct embryo {
	uint8_t address[SIDES][16];	/* [CLIENT]: who sent the SYN */
	uint64_t time;
	uint32_t number;		/* of its frame */
	uint32_t isn;
	uint16_t port[SIDES];
	uint16_t window, flags, length, mss;
	uint8_t scale;
	uint8_t family;			/* 0: taken */
	uint16_t traits;		/* enum segment_trait */
};
_Static_assert(sizeof(struct embryo) + 2 * sizeof(uint32_t) == EMBRYOS_BYTES, "a cache line and its chain");

struct embryos {
	struct embryo *ring;
	uint32_t *before;		/* by place in the ring: what stands next in its chain */
	uint32_t *chain;		/* the newest of each; as many as there are places */
	uint32_t places;		/* a power of two */
	/* All of these count records since the beginning, modulo 2^32; a record's place is its count modulo the ring's size. */
	uint32_t count;
	uint32_t used;			/* places used so far */
};

struct embryos *
embryos_new(uint32_t most)
{
	struct embryos *e = memory_new(sizeof *e);

	e->places = most;
	e->ring = memory_map(most * sizeof *e->ring);
	e->before = memory_map(most * sizeof *e->before);
	e->chain = memory_map(most * sizeof *e->chain);
	/* so that the zeros in the table mean records overwritten long ago */
	e->count = 2 * most;
	return e;
}

void
embryos_free(struct embryos *e)
{
	if (e == NULL)
		return;
	memory_unmap(e->ring, e->places * sizeof *e->ring);
	memory_unmap(e->before, e->places * sizeof *e->before);
	memory_unmap(e->chain, e->places * sizeof *e->chain);
	free(e);
}

static uint32_t *
chain_of(const struct embryos *e, uint64_t hash)
{
	return &e->chain[(uint32_t)(hash >> 32) % e->places];
}

static bool
is_held(const struct embryos *e, uint32_t record)
{
	return e->count - record - 1 < e->places;
}

void
embryos_add(struct embryos *e, const struct flow *flow, const struct frame *syn, uint64_t hash)
{
	static const struct {
		uint16_t mark, trait;
	} options[] = {
		{ ENDPOINT_SACK, SEGMENT_SACK_PERMITTED }, { ENDPOINT_TIMESTAMP, SEGMENT_TIMESTAMP },
		{ ENDPOINT_MSS, SEGMENT_MSS }, { ENDPOINT_FAST_OPEN, SEGMENT_FAST_OPEN }
	};
	const struct endpoint *opener = &flow->end[CLIENT];
	uint32_t place = e->count % e->places, *chain = chain_of(e, hash);
	struct embryo *embryo = &e->ring[place];

	*embryo = (struct embryo){
		.time = syn->time, .number = syn->number, .isn = syn->seq, .window = syn->window, .flags = syn->flags,
		.length = syn->length < UINT16_MAX ? (uint16_t)syn->length : UINT16_MAX,
		.mss = opener->mss, .scale = opener->scale, .family = flow->family
	};
	memcpy(embryo->address, flow->address, sizeof embryo->address);
	memcpy(embryo->port, flow->port, sizeof embryo->port);
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (opener->marks & options[i].mark)
			embryo->traits |= options[i].trait;
	e->before[place] = *chain;
	*chain = e->count++;
	if (e->used < e->places)
		e->used++;
}

/* How a segment is about a SYN; a connection that is held takes it in either case (flow_begins_anew()). */
enum about {
	ABOUT_NOTHING,		/* of another tuple, or it begins a connection itself */
	ABOUT_TUPLE,		/* but its numbers don't fit: it may tell of an older connection, or be forged */
	ABOUT_SYN
};

static enum about
about(const struct embryo *embryo, const struct segment *segment)
{
	enum side from = segment->source_port == embryo->port[CLIENT]
	    && segment_same_address(segment->source, embryo->address[CLIENT]) ? CLIENT : SERVER;
	enum side to = side_other(from);
	bool fits;

	if (embryo->family != segment->family || segment->source_port != embryo->port[from]
	    || segment->target_port != embryo->port[to]
	    || !segment_same_address(segment->source, embryo->address[from])
	    || !segment_same_address(segment->target, embryo->address[to]))
		return ABOUT_NOTHING;
	if (from == CLIENT) {	/* the SYN again, or what follows it */
		fits = seqnum_within(segment->seq, embryo->isn, embryo->length + 2U);
		if ((segment->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) == TCP_SYN)
			return segment->seq == embryo->isn ? ABOUT_SYN : ABOUT_NOTHING;
	} else
		fits = segment->flags & TCP_ACK
		    ? seqnum_within(segment->ack, embryo->isn, embryo->length + 2U)
		    : (segment->flags & (TCP_SYN | TCP_RST)) != 0;	/* a simultaneous open; a reset of its own accord */
	return fits ? ABOUT_SYN : ABOUT_TUPLE;
}

static struct embryo *
find(const struct embryos *e, const struct segment *segment, bool alone)
{
	uint32_t record = *chain_of(e, segment->hash);
	struct embryo *newest = NULL;

	for (unsigned looked = 0; looked < LOOK_BACK && is_held(e, record); looked++) {
		uint32_t place = record % e->places, before = e->before[place];
		struct embryo *embryo = &e->ring[place];
		enum about is = embryo->family != 0 ? about(embryo, segment) : ABOUT_NOTHING;

		if (is == ABOUT_SYN)
			return embryo;
		if (is == ABOUT_TUPLE && alone && newest == NULL)
			newest = embryo;
		/* The next one must be older, or the ring has come round. */
		if (e->count - before <= e->count - record)
			break;
		record = before;
	}
	return newest;
}

bool
embryos_has(const struct embryos *e, const struct segment *segment)
{
	return find(e, segment, true) != NULL;
}

bool
embryos_take(struct embryos *e, const struct segment *segment, bool alone, struct segment *syn)
{
	struct embryo *embryo = find(e, segment, alone);

	if (embryo == NULL)
		return false;
	*syn = (struct segment){
		.time = embryo->time, .hash = segment->hash, .source_port = embryo->port[CLIENT],
		.target_port = embryo->port[SERVER], .frame = embryo->number, .seq = embryo->isn,
		.length = embryo->length, .window = embryo->window, .flags = embryo->flags, .mss = embryo->mss,
		.family = embryo->family, .scale = embryo->scale, .traits = embryo->traits
	};
	memcpy(syn->source, embryo->address[CLIENT], sizeof syn->source);
	memcpy(syn->target, embryo->address[SERVER], sizeof syn->target);
	embryo->family = 0;
	return true;
}

size_t
embryos_memory(const struct embryos *e)
{
	return e->used * (sizeof *e->ring + sizeof *e->before) + e->places * sizeof *e->chain;
}

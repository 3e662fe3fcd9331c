/*
 * A table of packets that are being put together: see the header.  Where
 * fragments overlap, what came first stays.  A packet that isn't complete
 * after a minute of capture time is given up, and the oldest one when the
 * table is full.
 */
#include "packet/fragments.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	PACKETS = 256,
	PROBES = 16,		/* places where a packet may stand */
	KEPT = 2048,		/* bytes of a packet's beginning */
	RANGES = 48,		/* separate stretches that have been seen */
	PACKET_MAX = 65535
};

static const uint64_t GIVE_UP_AFTER = 60ull * 1000000000u;

enum slot_state {
	SLOT_FREE,
	SLOT_WAITING,
	SLOT_LENT		/* complete; in use by the frame that completed it */
};

struct range {
	uint32_t begin, end;
};

struct packet {
	enum slot_state state;
	uint64_t time;		/* of its newest fragment */
	uint32_t frame;
	uint32_t sighting, id;
	uint8_t source[16], target[16];
	uint8_t family, protocol;
	uint8_t first_protocol;
	bool cut;
	uint32_t total;		/* 0: the last fragment hasn't been seen */
	uint32_t ranges;
	struct range range[RANGES];	/* in order, neither overlapping nor touching */
	uint32_t captured;	/* bytes from the beginning that are really there */
	uint8_t kept[KEPT];
};

struct fragments {
	struct packet packets[PACKETS];
};

struct fragments *
fragments_new(void)
{
	return memory_new(sizeof(struct fragments));
}

void
fragments_free(struct fragments *f)
{
	free(f);
}

static size_t
address_size(const struct fragment *x)
{
	return x->family == SEGMENT_IPV4 ? 4 : 16;
}

static bool
same_packet(const struct packet *p, const struct fragment *x)
{
	/* The protocol tells IPv4 packets with one id apart, not IPv6's (RFC 8200, 4.5). */
	return p->state == SLOT_WAITING && p->id == x->id && p->sighting == x->sighting &&
	    p->family == x->family &&
	    (x->family == SEGMENT_IPV6 || p->protocol == x->protocol) &&
	    memcmp(p->source, x->source, address_size(x)) == 0 &&
	    memcmp(p->target, x->target, address_size(x)) == 0;
}

static uint32_t
slot_of(const struct fragment *x)
{
	uint32_t h = x->id * 0x9e3779b1u ^ x->sighting;

	for (size_t i = 0; i < address_size(x); i++)
		h = (h ^ x->source[i] ^ (uint32_t)x->target[i] << 8) * 0x85ebca6bu;
	return h >> 16;
}

static bool
is_stale(const struct packet *p, uint64_t now)
{
	return now > p->time && now - p->time > GIVE_UP_AFTER;
}

static void
begin_packet(struct packet *p, const struct fragment *x)
{
	p->state = SLOT_WAITING;
	p->sighting = x->sighting;
	p->id = x->id;
	p->family = x->family;
	p->protocol = x->protocol;
	p->first_protocol = x->protocol;
	memcpy(p->source, x->source, address_size(x));
	memcpy(p->target, x->target, address_size(x));
	p->cut = false;
	p->total = 0;
	p->ranges = 0;
	p->captured = KEPT;
}

/* The packet's place, or the best one for it: free, else given up, else the oldest. */
static struct packet *
find_packet(struct fragments *f, const struct fragment *x)
{
	uint32_t first = slot_of(x);
	struct packet *best = NULL;

	for (uint32_t i = 0; i < PROBES; i++) {
		struct packet *p = &f->packets[(first + i) % PACKETS];

		if (p->state == SLOT_LENT && p->frame != x->frame)
			p->state = SLOT_FREE;
		if (p->state == SLOT_WAITING && is_stale(p, x->time))
			p->state = SLOT_FREE;
		if (same_packet(p, x))
			return p;
		if (p->state == SLOT_LENT)
			continue;
		if (best == NULL || (best->state == SLOT_WAITING &&
		    (p->state == SLOT_FREE || p->time < best->time)))
			best = p;
	}
	if (best != NULL)
		begin_packet(best, x);
	return best;
}

/* Keeps bytes [begin, end) of the packet, which nobody has brought before. */
static void
keep(struct packet *p, const struct fragment *x, uint32_t begin, uint32_t end)
{
	uint32_t have = x->offset + x->data.have;	/* end of what was captured */
	uint32_t stop;

	if (begin >= KEPT)
		return;
	stop = end < KEPT ? end : KEPT;
	if (have < stop) {
		/* What comes after a hole can't be read in order, so it isn't wanted. */
		uint32_t hole = have > begin ? have : begin;

		if (hole < p->captured)
			p->captured = hole;
		stop = hole;
	}
	if (stop > begin)
		memcpy(p->kept + begin, x->data.at + (begin - x->offset), stop - begin);
}

/* Adds [begin, end) to what has been seen, keeping the bytes that are new; false: too scattered. */
static bool
add_range(struct packet *p, const struct fragment *x, uint32_t begin, uint32_t end)
{
	uint32_t i = 0, joined, from = begin;

	while (i < p->ranges && p->range[i].end < begin)
		i++;
	/* From here on ranges overlap or touch the new one, until one begins behind its end. */
	for (joined = i; joined < p->ranges && p->range[joined].begin <= end; joined++) {
		if (from < p->range[joined].begin)
			keep(p, x, from, p->range[joined].begin);
		if (from < p->range[joined].end)
			from = p->range[joined].end;
	}
	if (from < end)
		keep(p, x, from, end);
	if (joined == i) {
		if (p->ranges == RANGES)
			return false;
		memmove(&p->range[i + 1], &p->range[i], (p->ranges - i) * sizeof p->range[0]);
		p->ranges++;
		p->range[i] = (struct range){ begin, end };
		return true;
	}
	if (p->range[i].begin > begin)
		p->range[i].begin = begin;
	if (p->range[joined - 1].end > end)
		end = p->range[joined - 1].end;
	p->range[i].end = end;
	memmove(&p->range[i + 1], &p->range[joined], (p->ranges - joined) * sizeof p->range[0]);
	p->ranges -= joined - i - 1;
	return true;
}

static bool
is_complete(const struct packet *p)
{
	return p->total != 0 && p->ranges > 0 && p->range[0].begin == 0 &&
	    p->range[0].end >= p->total;
}

enum fragments_result
fragments_add(struct fragments *f, const struct fragment *x, struct whole_packet *whole)
{
	uint32_t end;
	struct packet *p;

	/* All but the last are multiples of eight bytes. */
	if (x->data.length == 0 || x->data.length > PACKET_MAX ||
	    (x->more && x->data.length % 8 != 0))
		return FRAGMENTS_BAD;
	end = x->offset + x->data.length;
	if (end > PACKET_MAX)
		return FRAGMENTS_BAD;
	p = find_packet(f, x);
	if (p == NULL)
		return FRAGMENTS_WAITING;
	p->time = x->time;
	p->frame = x->frame;
	if (x->offset == 0 && (p->ranges == 0 || p->range[0].begin != 0))
		p->first_protocol = x->protocol;
	if (!x->more && p->total == 0)
		p->total = end;
	if (x->cut)
		p->cut = true;
	if (!add_range(p, x, x->offset, end)) {
		p->state = SLOT_FREE;
		return FRAGMENTS_BAD;
	}
	if (!is_complete(p))
		return FRAGMENTS_WAITING;
	p->state = SLOT_LENT;
	whole->protocol = p->first_protocol;
	whole->cut = p->cut;
	whole->data.at = p->kept;
	whole->data.length = p->total;
	whole->data.have = p->total < p->captured ? p->total : p->captured;
	return FRAGMENTS_COMPLETE;
}

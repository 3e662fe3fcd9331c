/*
 * A ring that runs along with the rows.  Most segments bring their sender's
 * numbers forward, so they can't have been seen before, and cost one store;
 * for the others the connection's last rows are looked through.
 */
#include "capture/sightings.h"

#include <stdlib.h>

#include "base/memory.h"
#include "packet/seqnum.h"

enum {
	SIGHTINGS_KEPT = 1 << 15,	/* rows; 50 ms at 650,000 segments a second */
	SIGHTINGS_LOOKED_AT = 32	/* rows of one connection */
};
#define SIGHTINGS_NANOSECONDS	50000000ULL

/* Apart, since the place is looked at only where the rest is the same. */
struct sightings {
	uint32_t packet[SIGHTINGS_KEPT];	/* IP id and checksum */
	uint32_t place[SIGHTINGS_KEPT];		/* hash of interface, VLANs, tunnel and TTL */
};

struct sightings *
sightings_new(void)
{
	return memory_new(sizeof(struct sightings));
}

void
sightings_free(struct sightings *s)
{
	free(s);
}

static uint32_t
packet_of(const struct segment *segment)
{
	return (uint32_t)segment->ip_id << 16 | segment->checksum;
}

static uint32_t
place_of(const struct segment *segment)
{
	return (segment->sighting ^ (uint32_t)segment->ttl << 24) * 0x9e3779b1U + segment->ttl;
}

void
sightings_add(struct sightings *s, uint32_t row, const struct segment *segment)
{
	s->packet[row % SIGHTINGS_KEPT] = packet_of(segment);
	s->place[row % SIGHTINGS_KEPT] = place_of(segment);
}

void
sightings_moved(struct sightings *s, uint32_t rows, const struct frame_moves *moves)
{
	struct sightings *old = memory_new(sizeof *old);

	*old = *s;
	for (uint32_t row = rows > SIGHTINGS_KEPT ? rows - SIGHTINGS_KEPT : 0; row < rows; row++) {
		uint32_t to = frame_moves_row(moves, row);

		if (!frame_moves_kept(moves, row))
			continue;
		s->packet[to % SIGHTINGS_KEPT] = old->packet[row % SIGHTINGS_KEPT];
		s->place[to % SIGHTINGS_KEPT] = old->place[row % SIGHTINGS_KEPT];
	}
	free(old);
}

/* Whether the segment brings its sender's numbers forward: then nobody saw it before. */
static bool
is_news(const struct endpoint *sender, const struct segment *segment)
{
	uint32_t taken = segment->length + !!(segment->flags & TCP_SYN) + !!(segment->flags & TCP_FIN);

	if (!(sender->marks & ENDPOINT_SEEN))
		return true;
	if (taken > 0 && seqnum_after(segment->seq + taken, sender->next))
		return true;
	return segment->flags & TCP_ACK && (!(sender->marks & ENDPOINT_ACK_SEEN)
	    || seqnum_after(segment->ack, sender->acked));
}

static uint64_t
apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

bool
sightings_repeat(const struct sightings *s, const struct frame_store *frames, const struct flow *flow,
    const struct segment *segment, enum side side, uint32_t row)
{
	uint32_t packet = packet_of(segment), looked = 0;

	if (is_news(&flow->end[side], segment))
		return false;
	for (uint32_t n = flow->rows; n > 0 && looked < SIGHTINGS_LOOKED_AT; n--, looked++) {
		uint32_t earlier = frame_store_nth(frames, flow, n - 1);
		const struct frame *frame;

		if (row - earlier >= SIGHTINGS_KEPT)
			return false;
		/* Nearly all differ here already: their records needn't be fetched. */
		if (s->packet[earlier % SIGHTINGS_KEPT] != packet)
			continue;
		frame = frame_store_get(frames, earlier);
		if (apart(segment->time, frame->time) > SIGHTINGS_NANOSECONDS)
			return false;
		if (frame->seq == segment->seq && frame->ack == segment->ack && frame->flags == segment->flags
		    && frame->length == segment->length && frame->window == segment->window
		    && frame_from(frame) == side && !(frame->notes & NOTE_ICMP_ERROR)
		    && (segment->ip_id != 0 || s->place[earlier % SIGHTINGS_KEPT] != place_of(segment)))
			return true;
	}
	return false;
}

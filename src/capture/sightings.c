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
	SIGHTINGS_KEPT = 1 << 16,	/* rows; 50 ms at more than a million segments a second */
	SIGHTINGS_LOOKED_AT = 32	/* rows of one connection */
};
#define SIGHTINGS_NANOSECONDS	50000000ULL

struct sighting {
	uint32_t place;			/* hash of interface, VLANs, tunnel and TTL */
	uint16_t ip_id, checksum;
};

struct sightings {
	struct sighting kept[SIGHTINGS_KEPT];
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
place_of(const struct segment *segment)
{
	return (segment->sighting ^ (uint32_t)segment->ttl << 24) * 0x9e3779b1U + segment->ttl;
}

void
sightings_add(struct sightings *s, uint32_t row, const struct segment *segment)
{
	s->kept[row % SIGHTINGS_KEPT] = (struct sighting) {
		.place = place_of(segment), .ip_id = segment->ip_id, .checksum = segment->checksum
	};
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

bool
sightings_repeat(const struct sightings *s, const struct frame_store *frames, const struct flow *flow,
    const struct segment *segment, enum side side, uint32_t row)
{
	const struct sighting *then;
	uint32_t looked = 0;

	if (is_news(&flow->end[side], segment))
		return false;
	for (uint32_t n = flow->rows; n > 0 && looked < SIGHTINGS_LOOKED_AT; n--, looked++) {
		uint32_t earlier = frame_store_nth(frames, flow, n - 1);
		const struct frame *frame = frame_store_get(frames, earlier);
		uint64_t apart = segment->time > frame->time ? segment->time - frame->time
		    : frame->time - segment->time;

		if (row - earlier >= SIGHTINGS_KEPT || apart > SIGHTINGS_NANOSECONDS)
			return false;
		if (frame->seq != segment->seq || frame->ack != segment->ack || frame->flags != segment->flags
		    || frame->length != segment->length || frame->window != segment->window
		    || frame_from(frame) != side || frame->notes & NOTE_ICMP_ERROR)
			continue;
		then = &s->kept[earlier % SIGHTINGS_KEPT];
		if (then->ip_id == segment->ip_id && then->checksum == segment->checksum
		    && (segment->ip_id != 0 || then->place != place_of(segment)))
			return true;
	}
	return false;
}

/*
 * One packet seen at several points (Linux `any`, bridges, mirror ports,
 * several VLANs): the later sightings are no retransmissions.  Keeps, for
 * the last rows of the frame store, what tells one packet from another and
 * isn't in a frame record: IP id, checksum and the place.
 */
#ifndef TCPLADDER_CAPTURE_SIGHTINGS_H
#define TCPLADDER_CAPTURE_SIGHTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/frame_store.h"
#include "packet/segment.h"
#include "tcp/flow.h"

struct sightings;
struct sightings *sightings_new(void);
void sightings_free(struct sightings *s);

/* Remembers the segment that stands on this row. */
void sightings_add(struct sightings *s, uint32_t row, const struct segment *segment);

/* Rows have moved. */
void sightings_moved(struct sightings *s, uint32_t rows, const struct frame_moves *moves);

/*
 * Whether this very packet was seen within the last 50 ms: same addresses,
 * ports, seq, ack, flags, length, IP id and TCP checksum; where the IP id is
 * 0 or absent, the TTL or the place must differ too.  `side` sent it;
 * `row` is the one that it will get.
 */
bool sightings_repeat(const struct sightings *s, const struct frame_store *frames, const struct flow *flow,
    const struct segment *segment, enum side side, uint32_t row);

#endif

/*
 * One packet seen at several points (Linux `any`, bridges, mirror ports,
 * several VLANs): the later sightings are no retransmissions.  A bounded
 * memory of the packets of the last 50 ms, over all flows.
 */
#ifndef TCPLADDER_TCP_SIGHTINGS_H
#define TCPLADDER_TCP_SIGHTINGS_H

#include <stdbool.h>

#include "packet/segment.h"

struct sightings;
struct sightings *sightings_new(void);
void sightings_free(struct sightings *s);

/*
 * Whether this very packet was seen within the last 50 ms: same addresses,
 * ports, seq, ack, flags, length, IP id and TCP checksum; where the IP id is
 * 0 or absent, the TTL or the place must differ too.  Remembers it.
 */
bool sightings_repeat(struct sightings *s, const struct segment *segment);

/* Fetches ahead what sightings_repeat() will touch. */
void sightings_prefetch(const struct sightings *s, const struct segment *segment);

#endif

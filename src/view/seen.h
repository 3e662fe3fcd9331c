/*
 * One packet seen at several points of the network (capture/sightings.h):
 * which of a connection's rows are the same packet, and where each was seen,
 * out of the frames' bytes and the capture's names of interfaces.
 */
#ifndef TCPLADDER_VIEW_SEEN_H
#define TCPLADDER_VIEW_SEEN_H

#include "capture/session.h"

/* How often the flow's nth frame is seen again in its first `rows` rows; 0 too where that is one of those. */
uint32_t seen_again(const struct session *session, const struct flow *flow, uint32_t nth, uint32_t rows);

/*
 * "Seen 2 times: on eth0 (in), and 27 µs later on eth1 (out)." for a frame that is seen again, "Here it was
 * seen on eth1 (out)." for one of those, and "" for all others; in a redacted capture "Seen 2 times, again 27 µs
 * later." and "".  buffer: for a frame's bytes.
 */
void seen_write(struct session *session, const struct flow *flow, uint32_t nth, uint8_t *buffer,
    size_t buffer_size, char *text, size_t size);

#endif

/*
 * One connection's frames as a savefile of their own: classic pcap with
 * nanoseconds, which every tool reads.
 */
#ifndef TCPLADDER_CAPTURE_EXPORT_H
#define TCPLADDER_CAPTURE_EXPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "capture/session.h"

/*
 * Writes the frames of the flow whose bytes are still there; *written gets
 * how many.  false: writing failed, or the frames are of different link
 * types, which this format can't hold (those of the first one's are
 * written).  A segment that came in fragments has only its last one.
 */
bool export_flow(struct session *session, const struct flow *flow, FILE *out, uint32_t *written,
    struct error *error);

#endif

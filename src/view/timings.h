/*
 * Keeps the last few timings told (tcp/timing.h), and reads timestamps again
 * from the frames' bytes for them.  Asking again, or for what came since,
 * costs little; so do jumps within one long connection.
 */
#ifndef TCPLADDER_VIEW_TIMINGS_H
#define TCPLADDER_VIEW_TIMINGS_H

#include "capture/session.h"
#include "tcp/timing.h"

struct timings;
struct timings *timings_new(struct session *session);	/* borrows session */
void timings_free(struct timings *t);
void timings_moved(struct timings *t);	/* connections were given up: what is kept is forgotten */

/* The flow's timing after its first `rows` rows. Valid until the next call. */
const struct timing *timings_of(struct timings *t, const struct flow *flow, uint32_t rows);

#endif

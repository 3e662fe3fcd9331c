/*
 * What is kept of a connection whose first frames had to be given up: its
 * story and its timing as they stood then, and its counters, so that all
 * that is said of it later is what would have been said with those frames
 * still there.  Only the rows of a ladder are gone.
 */
#ifndef TCPLADDER_TCP_FLOW_PAST_H
#define TCPLADDER_TCP_FLOW_PAST_H

#include <stddef.h>
#include <stdint.h>

#include "tcp/flow.h"
#include "tcp/frame.h"
#include "tcp/story.h"
#include "tcp/timing.h"

struct flow_past {
	struct story *story;
	struct timing *timing;
	uint32_t rows;			/* how many were given up */
	uint32_t frames[SIDES], resent[SIDES];
	uint64_t bytes[SIDES];
	uint64_t first_time, last_time;
	uint32_t first_frame, last_frame;	/* numbers */
};

struct flow_past *flow_past_new(const struct flow *flow);	/* borrows flow */
void flow_past_free(struct flow_past *p);			/* NULL is fine */

/* The next of the flow's frames in order. */
void flow_past_add(struct flow_past *p, const struct frame *frame);

/* The flow lies elsewhere now. */
void flow_past_move(struct flow_past *p, const struct flow *flow);

size_t flow_past_memory(const struct flow_past *p);	/* bytes held */

#endif

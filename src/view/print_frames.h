/*
 * Walks a session's frames in capture order for output: which are wanted,
 * who sent what to whom, and each flow's story told as far as that frame.
 */
#ifndef TCPLADDER_VIEW_PRINT_FRAMES_H
#define TCPLADDER_VIEW_PRINT_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/session.h"
#include "tcp/story.h"
#include "view/filter.h"
#include "view/print.h"

/* One frame, ready to be written. */
struct frame_cells {
	const struct frame *frame;
	const struct flow *flow;	/* NULL: an ICMP quote of no known connection */
	enum side from;
	const uint8_t *source, *target;
	uint16_t source_port, target_port;
	/* SEGMENT_IPV4...; 0: not known, since the bytes are gone */
	uint8_t family;
	bool icmp;
	uint32_t seq, ack;		/* relative unless asked otherwise */
	/* as tcpdump counts: from the first segment with ACK, a SYN's whole */
	uint32_t trace_seq, trace_ack;
	uint32_t trace_base;		/* what trace_ack and SACK blocks are counted from */
	uint32_t window;		/* scaled where that is known */
	const struct segment *segment;	/* decoded again, or NULL */
	const uint8_t *options;		/* the TCP options as they stand, or NULL */
	size_t options_size;
	const char *explanation;
};

struct frame_walk;
/*
 * with_segments: every frame's bytes are looked at again (for options), else only where the
 * explanation needs it.
 */
struct frame_walk *frame_walk_new(struct session *session, const struct print_options *options,
    const struct filter *filter, bool with_segments);
void frame_walk_free(struct frame_walk *w);

/*
 * Keeps the stories of at most so many connections at once (65,536 unless told otherwise): of
 * more that are open at the same time, some are told again from their beginning.
 */
void frame_walk_keep(struct frame_walk *w, uint32_t stories);

/* The next frame that is wanted, or NULL after the last one. Valid until the next call. */
const struct frame_cells *frame_walk_next(struct frame_walk *w);

#endif

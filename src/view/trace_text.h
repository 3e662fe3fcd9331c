/*
 * A segment as tcpdump 4.99 writes it, so that whoever reads the one reads
 * the other: time, endpoints, flags, numbers, window, options, length.
 */
#ifndef TCPLADDER_VIEW_TRACE_TEXT_H
#define TCPLADDER_VIEW_TRACE_TEXT_H

#include <stdbool.h>

#include "view/output.h"
#include "view/print_frames.h"

/* The clock of the second written last: local time is dear. Begins zeroed. */
struct trace_clock {
	uint64_t second;
	char text[16];		/* "15:14:34." */
};

/* Without a newline. */
void trace_text_write(struct output *out, struct trace_clock *clock,
    const struct frame_cells *cells, bool services);

/*
 * "mss 1460,sackOK,nop,wscale 7": the options as they stand, those that contradict themselves
 * marked. base: taken off SACK blocks.
 */
size_t trace_text_options(char *text, size_t size, const uint8_t *options, size_t length,
    uint32_t base);

#endif

/*
 * Several connections as one ladder: a lifeline for each address (for each
 * endpoint, where a connection goes from an address to itself), all frames
 * in capture order.  The way to look at a client that opens four connections
 * for one page.
 */
#ifndef TCPLADDER_VIEW_MERGED_H
#define TCPLADDER_VIEW_MERGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/replay.h"
#include "capture/session.h"
#include "view/ladder.h"
#include "view/line.h"

struct merged;

/* Borrows session and replay; the flows' ids are copied. */
struct merged *merged_new(struct session *session, const struct replay *replay,
    const uint32_t *flows, size_t count);
void merged_free(struct merged *m);
/* The ids of its connections, the first `max`; how many that are. */
size_t merged_flows(const struct merged *m, uint32_t *ids, size_t max);

/* A line is wider than `width` when there are too many lifelines for it. */
void merged_set_options(struct merged *m, const struct ladder_options *options);

/* Follows new frames and the replay point; call before looking. true: something changed. */
bool merged_update(struct merged *m);

enum { MERGED_HEADINGS = 2 };	/* title, lifelines */
void merged_heading(struct merged *m, unsigned n, struct line *line);

uint32_t merged_count(const struct merged *m);
void merged_render(struct merged *m, uint32_t row, struct line *line);

/* Of a folded row: the first segment's. */
const struct frame *merged_frame(const struct merged *m, uint32_t row);
const struct flow *merged_flow(const struct merged *m, uint32_t row);
uint32_t merged_nth(const struct merged *m, uint32_t row);	/* index among its flow's frames */
/* the first not before it; the last when none */
uint32_t merged_row_of_number(const struct merged *m, uint32_t number);

uint32_t merged_folded(const struct merged *m, uint32_t row);	/* how many segments it stands for; 1: it isn't folded */

/* Opens or closes the run that the row belongs to. */
void merged_toggle_run(struct merged *m, uint32_t row);

/* All segments, those that are folded away too, for who looks for one. */
uint32_t merged_segments(const struct merged *m);
const struct frame *merged_segment(const struct merged *m, uint32_t segment, const struct flow **flow);
uint32_t merged_segment_of(const struct merged *m, uint32_t row);
uint32_t merged_row_of_segment(const struct merged *m, uint32_t segment);

/* The next (step 1) or previous (-1) row with an anomaly, from `row` exclusive; -1: none. */
int64_t merged_anomaly(const struct merged *m, uint32_t row, int step);

#endif

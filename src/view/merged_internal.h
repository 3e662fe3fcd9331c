/*
 * A ladder of several as its rooms see it; for merged*.c only.
 */
#ifndef TCPLADDER_VIEW_MERGED_INTERNAL_H
#define TCPLADDER_VIEW_MERGED_INTERNAL_H

#include "view/ladder_internal.h"
#include "view/merged.h"
#include "view/merged_fold.h"

enum { MERGED_MARGIN = 2 };	/* for the cursor's mark */

struct merged_lifeline {
	uint8_t address[16];
	uint8_t family;
	uint16_t port;		/* 0: the whole address */
	unsigned column;
};

struct merged_entry {
	uint32_t row, nth;	/* in the frame store, and among its flow's frames */
	uint32_t flow;		/* index of the ladder */
};

struct merged {
	struct session *session;
	const struct replay *replay;
	struct ladder **ladders;
	uint32_t *taken;	/* of each flow's frames, how many are in entries */
	size_t flows;
	struct merged_lifeline *lifelines;
	size_t lifeline_count;
	bool by_port;
	struct ladder_options options;
	struct merged_entry *entries;
	uint32_t count, capacity;
	struct merged_fold fold;	/* its rows */
	bool stale;			/* the rows must be made anew */
	uint64_t start;
	uint64_t end;
	unsigned number_width, time_width, flow_width, states_column;
};

/* Of a ladder's index. */
const struct flow *merged_flow_of(const struct merged *m, size_t index);

/* The lifeline of an end; added when it has none yet. */
size_t merged_lifeline_of(struct merged *m, const struct flow *flow, enum side side);

/* The first segment that isn't before this frame; the last one when none. */
uint32_t merged_segment_of_number(const struct merged *m, uint32_t number);

#endif

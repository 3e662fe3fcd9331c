/*
 * What is given up when memory is bounded, and in which order: the oldest
 * records of very long connections, finished connections, SYNs that nobody
 * answered (of which the last million are remembered: tcp/embryos.h),
 * handshakes that nobody completed, and at last whoever was silent longest.
 * Packet bytes, which go before all of these, live in a ring of their own
 * (byte_source.h).  Knows no clock and no screens.
 */
#ifndef TCPLADDER_CAPTURE_EVICTION_H
#define TCPLADDER_CAPTURE_EVICTION_H

#include <stddef.h>
#include <stdint.h>

#include "capture/frame_store.h"
#include "tcp/flow_table.h"

/* What a flow and a row cost, with what views keep of them. */
enum { EVICTION_FLOW_BYTES = sizeof(struct flow) + 64, EVICTION_ROW_BYTES = sizeof(struct frame) + 8 };

/* What was given up, since the beginning. */
struct eviction_counts {
	uint64_t times;			/* how often room had to be made */
	uint64_t rows;			/* frame records, all of them */
	uint64_t long_rows;		/* of those, of connections that are still there */
	uint64_t finished, unanswered, uncompleted, others;	/* connections */
};

uint64_t eviction_flows(const struct eviction_counts *counts);	/* all connections among them */

/* Where things went. */
struct eviction_moves {
	uint32_t *ids;			/* by old id, from 1: the new one, or 0 */
	uint32_t flows;			/* how many there were */
	struct frame_moves *rows;
};
void eviction_moves_fini(struct eviction_moves *m);

/*
 * Gives up about `bytes` bytes.  now: what the model takes for now; secret: that of the segments' hashes.
 * *moves is to be given to eviction_moves_fini().  Ids, rows and pointers to flows from before are void.
 */
void eviction_run(struct flow_table *flows, struct frame_store *frames, const struct flow_secret *secret, uint64_t now,
    uint64_t bytes, struct eviction_counts *counts, struct eviction_moves *moves);

#endif

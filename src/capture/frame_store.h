/*
 * A fixed-size record for every TCP frame in capture order, and each flow's
 * list of rows.  Rows are 0, 1, ... in capture order; a row isn't a frame
 * number, since frames without TCP have no row.  Chunks don't move.
 */
#ifndef TCPLADDER_CAPTURE_FRAME_STORE_H
#define TCPLADDER_CAPTURE_FRAME_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "tcp/flow.h"
#include "tcp/frame.h"

struct frame_store;
struct frame_store *frame_store_new(void);
void frame_store_free(struct frame_store *s);

/* A new record at the end, to be filled at once; its row is frame_store_count() before the call. */
struct frame *frame_store_add(struct frame_store *s);

/* Appends the row to the flow's list (flow may be NULL). */
void frame_store_link(struct frame_store *s, struct flow *flow, uint32_t row);

/* Pages for the records to come, told once: somebody else may touch them. */
struct memory_pages frame_store_ahead(struct frame_store *s);

uint32_t frame_store_count(const struct frame_store *s);
const struct frame *frame_store_get(const struct frame_store *s, uint32_t row);

/* The n-th row (from 0, below flow->rows) of a flow; constant time. */
uint32_t frame_store_nth(const struct frame_store *s, const struct flow *flow, uint32_t n);

/* The number of the flow's last segment; 0: there is none. */
uint32_t frame_store_last_number(const struct frame_store *s, const struct flow *flow);

/* How many of the flow's rows are below `row`: binary search. */
uint32_t frame_store_rows_before(const struct frame_store *s, const struct flow *flow, uint32_t row);

/* The first row whose frame number is at least `number`; count when none. */
uint32_t frame_store_find(const struct frame_store *s, uint32_t number);

/* ---- giving up */

/* Where rows went: row r of before is row frame_moves_row(moves, r) now, or, if it went, that of the next one. */
struct frame_moves;
struct frame_moves *frame_moves_new(uint32_t rows);
void frame_moves_free(struct frame_moves *m);
uint32_t frame_moves_row(const struct frame_moves *m, uint32_t row);
bool frame_moves_kept(const struct frame_moves *m, uint32_t row);

/*
 * Gives up the rows of each flow (by its old id; 0: of none) below first[id]; UINT32_MAX: all. ids[] has the new
 * ids, and `flows` the flows as they are now: their lists of rows are made anew.  Says in *moves where rows went.
 */
struct flow_table;
void frame_store_give_up(struct frame_store *s, const struct flow_table *flows, const uint32_t *first,
    const uint32_t *ids, struct frame_moves *moves);

/* The time of the first row that there ever was; 0: there was none. */
uint64_t frame_store_first_time(const struct frame_store *s);

size_t frame_store_memory(const struct frame_store *s);	/* bytes held */

#endif

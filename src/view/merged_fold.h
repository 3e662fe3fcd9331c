/*
 * Rows of a ladder of several: segments one by one, and runs of plain ones
 * as one row each, which may be opened.  Knows indexes, and no segment.
 */
#ifndef TCPLADDER_VIEW_MERGED_FOLD_H
#define TCPLADDER_VIEW_MERGED_FOLD_H

#include <stdbool.h>
#include <stdint.h>

struct folded_row {
	uint32_t first, segments;
	uint32_t run;		/* 1 + the first segment of the run it belongs to; 0: none */
};

struct merged_fold {
	struct folded_row *rows;
	uint32_t count, capacity;
	uint32_t *opened;	/* runs whose state is the other one, by hand */
	uint32_t opened_count;
	bool fold;
};

void merged_fold_fini(struct merged_fold *f);

/* Makes the rows anew from segment `from` on, or from where its run begins. `plain`: whether one may fold away. */
void merged_fold_update(struct merged_fold *f, uint32_t from, uint32_t segments,
    bool (*plain)(const void *context, uint32_t segment), const void *context);

uint32_t merged_fold_row_of(const struct merged_fold *f, uint32_t segment);

/* Opens or closes the run of this row; an update from its first segment must follow. false: it is in none. */
bool merged_fold_toggle(struct merged_fold *f, uint32_t row);

#endif

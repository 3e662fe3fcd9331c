/*
 * Goes over segments once; when some are added, only from the last run on.
 */
#include "view/merged_fold.h"

#include <stdlib.h>

#include "base/memory.h"

enum { RUN_MIN = 3 };		/* a shorter run isn't worth folding */

void
merged_fold_fini(struct merged_fold *f)
{
	free(f->rows);
	free(f->opened);
}

static bool
is_opened(const struct merged_fold *f, uint32_t run)
{
	for (uint32_t i = 0; i < f->opened_count; i++) {
		if (f->opened[i] == run)
			return true;
	}
	return false;
}

static void
row_add(struct merged_fold *f, uint32_t first, uint32_t segments, uint32_t run)
{
	if (f->count == f->capacity) {
		f->capacity = f->capacity > 0 ? f->capacity * 2 : 256;
		f->rows = memory_resize(f->rows, f->capacity, sizeof *f->rows);
	}
	f->rows[f->count++] = (struct folded_row){ first, segments, run };
}

/* Segments [first, end) are a run of plain ones. */
static void
run_add(struct merged_fold *f, uint32_t first, uint32_t end)
{
	if (end - first >= RUN_MIN && f->fold != is_opened(f, first + 1)) {
		row_add(f, first, end - first, first + 1);
		return;
	}
	for (uint32_t i = first; i < end; i++)
		row_add(f, i, 1, first + 1);
}

void
merged_fold_update(struct merged_fold *f, uint32_t from, uint32_t segments,
    bool (*plain)(const void *context, uint32_t segment), const void *context)
{
	uint32_t run;

	while (f->count > 0 && f->rows[f->count - 1].first + f->rows[f->count - 1].segments > from) {
		if (f->rows[--f->count].first < from)
			from = f->rows[f->count].first;
	}
	/* The last run may go on. */
	if (f->count > 0 && f->rows[f->count - 1].run != 0) {
		uint32_t last = f->rows[f->count - 1].run;

		while (f->count > 0 && f->rows[f->count - 1].run == last)
			from = f->rows[--f->count].first;
	}
	run = from;
	for (uint32_t i = from; i < segments; i++) {
		if (plain(context, i))
			continue;
		run_add(f, run, i);
		row_add(f, i, 1, 0);
		run = i + 1;
	}
	run_add(f, run, segments);
}

uint32_t
merged_fold_row_of(const struct merged_fold *f, uint32_t segment)
{
	uint32_t low = 0, high = f->count;

	/* The last row that doesn't begin after it. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (f->rows[middle].first <= segment)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? low - 1 : 0;
}

bool
merged_fold_toggle(struct merged_fold *f, uint32_t row)
{
	uint32_t run = f->rows[row].run;

	if (run == 0)
		return false;
	for (uint32_t i = 0; i < f->opened_count; i++) {
		if (f->opened[i] == run) {
			f->opened[i] = f->opened[--f->opened_count];
			return true;
		}
	}
	f->opened = memory_resize(f->opened, f->opened_count + 1, sizeof *f->opened);
	f->opened[f->opened_count++] = run;
	return true;
}

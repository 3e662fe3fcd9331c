/*
 * A radix sort from the least significant digit: stable, and digits that are
 * the same in all keys cost nothing but the counting.
 */
#include "view/sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { DIGIT_BITS = 11, DIGITS = 6, DIGIT_VALUES = 1 << DIGIT_BITS, SMALL = 48 };

static void
sort_small(uint64_t *keys, uint32_t *ids, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		uint64_t key = keys[i];
		uint32_t id = ids[i];
		size_t at = i;

		for (; at > 0 && keys[at - 1] > key; at--) {
			keys[at] = keys[at - 1];
			ids[at] = ids[at - 1];
		}
		keys[at] = key;
		ids[at] = id;
	}
}

void
sort_by_key(uint64_t *keys, uint32_t *ids, size_t count)
{
	size_t (*counts)[DIGIT_VALUES];
	uint64_t *from = keys, *to, *spare_keys;
	uint32_t *ids_from = ids, *ids_to, *spare_ids;

	if (count <= SMALL) {
		sort_small(keys, ids, count);
		return;
	}
	counts = memory_new_array(DIGITS, sizeof *counts);
	to = spare_keys = memory_new_array(count, sizeof *to);
	ids_to = spare_ids = memory_new_array(count, sizeof *ids_to);
	for (size_t i = 0; i < count; i++) {
		for (unsigned d = 0; d < DIGITS; d++)
			counts[d][keys[i] >> d * DIGIT_BITS & (DIGIT_VALUES - 1)]++;
	}
	for (unsigned d = 0; d < DIGITS; d++) {
		unsigned shift = d * DIGIT_BITS;
		size_t sum = 0;
		void *swap;

		if (counts[d][from[0] >> shift & (DIGIT_VALUES - 1)] == count)
			continue;
		for (size_t v = 0; v < DIGIT_VALUES; v++) {
			size_t here = counts[d][v];

			counts[d][v] = sum;
			sum += here;
		}
		for (size_t i = 0; i < count; i++) {
			size_t at = counts[d][from[i] >> shift & (DIGIT_VALUES - 1)]++;

			to[at] = from[i];
			ids_to[at] = ids_from[i];
		}
		swap = from, from = to, to = swap;
		swap = ids_from, ids_from = ids_to, ids_to = swap;
	}
	if (from != keys) {
		memcpy(keys, from, count * sizeof *keys);
		memcpy(ids, ids_from, count * sizeof *ids);
	}
	free(counts);
	free(spare_keys);
	free(spare_ids);
}

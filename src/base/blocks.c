/*
 * A directory of mapped blocks.
 */
#include "base/blocks.h"

#include <stdlib.h>

void
blocks_init(struct blocks *b, size_t size)
{
	*b = (struct blocks){ .size = size };
}

void
blocks_fini(struct blocks *b)
{
	for (uint32_t i = 0; i < b->count; i++)
		memory_unmap(b->block[i], b->size);
	free(b->block);
	*b = (struct blocks){ 0 };
}

void
blocks_add(struct blocks *b)
{
	if (b->count == b->room) {
		b->room = b->room ? 2 * b->room : 64;
		b->block = memory_resize(b->block, b->room, sizeof *b->block);
	}
	b->block[b->count] = memory_map(b->size);
	/* Most captures are small. */
	if (b->count++ == 0)
		memory_in_small_pages(b->block[0], b->size < MEMORY_LARGE_PAGE ? b->size : MEMORY_LARGE_PAGE);
}

void
blocks_cut(struct blocks *b, uint64_t used)
{
	for (uint32_t i = (uint32_t)(used / b->size); i < b->count; i++) {
		size_t from = (uint64_t)i * b->size < used ? (size_t)(used % b->size) : 0;

		memory_forget((char *)b->block[i] + from, b->size - from);
	}
	b->pages = (uint32_t)((used + MEMORY_LARGE_PAGE / 2) / MEMORY_LARGE_PAGE);
}

struct memory_pages
blocks_ahead(struct blocks *b, uint64_t used)
{
	uint32_t pages = (uint32_t)(b->size / MEMORY_LARGE_PAGE);
	uint32_t needed = (uint32_t)((used + MEMORY_LARGE_PAGE / 2) / MEMORY_LARGE_PAGE);

	if (needed <= b->pages)
		return (struct memory_pages){ 0 };
	b->pages = needed;
	if (needed / pages == b->count)
		blocks_add(b);
	return (struct memory_pages) {
		.at = (char *)b->block[needed / pages] + (size_t)(needed % pages) * MEMORY_LARGE_PAGE,
		.size = MEMORY_LARGE_PAGE
	};
}

/*
 * Memory that grows by blocks of one size, which don't move: for what is
 * kept of every frame and every connection.  Tells in time which pages will
 * be needed next, so that another thread can have the system provide them.
 */
#ifndef TCPLADDER_BASE_BLOCKS_H
#define TCPLADDER_BASE_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

struct blocks {
	void **block;		/* each of `size` bytes, zeroed when it was added */
	uint32_t count, room;
	uint32_t pages;		/* large ones that were told ahead: all up to this one */
	size_t size;
};

/* size: bytes of a block; for blocks_ahead(), whole large pages. */
void blocks_init(struct blocks *b, size_t size);
void blocks_fini(struct blocks *b);

void blocks_add(struct blocks *b);

/*
 * Gives back what lies beyond this many bytes, counted over all blocks: it costs nothing until it is used again,
 * and is zero then.  The blocks stay where they are, since somebody may still touch their pages.
 */
void blocks_cut(struct blocks *b, uint64_t used);

/*
 * The large page behind the one in use, once the latter is half full; each
 * is told once.  used: bytes in use, counted over all blocks.
 */
struct memory_pages blocks_ahead(struct blocks *b, uint64_t used);

#endif

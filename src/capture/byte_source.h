/*
 * A frame's bytes again, when somebody looks at it: from the savefile with
 * pread (so that it works while the file still loads), or from a bounded
 * ring that a live or piped capture fills.  Compressed files are read again
 * from the unpacked temporary file.
 */
#ifndef TCPLADDER_CAPTURE_BYTE_SOURCE_H
#define TCPLADDER_CAPTURE_BYTE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/decode.h"

struct byte_source;

/*
 * A locator is the source's index in the session (top 8 bits) and an offset
 * or ring position (56 bits).
 */
static inline unsigned
locator_source(uint64_t locator)
{
	return (unsigned)(locator >> 56);
}

static inline uint64_t
locator_offset(uint64_t locator)
{
	return locator & 0x00ffffffffffffffULL;
}

/* The offset of a frame that can't be read again. */
#define LOCATOR_NOWHERE UINT64_C(0x00ffffffffffffff)

/*
 * Reads the frame at the locator into buffer (at least 262144 bytes; longer
 * frames are cut) and fills *frame (bytes points into buffer; number is not
 * set).  false: the bytes are gone (overwritten in the ring, file changed).
 * Main thread only.
 */
bool byte_source_read(struct byte_source *source, uint64_t locator, uint8_t *buffer, size_t size,
    struct raw_frame *frame);

/*
 * For capture_*.c: from a savefile whose (unpacked) bytes begin at `base` of
 * the descriptor; both it and the walker are borrowed for the source's life.
 */
struct savefile_walk;
struct byte_source *byte_source_of_file(int descriptor, uint64_t base, struct savefile_walk *walk);

/* A ring of so many bytes; the memory is taken as it fills. */
struct byte_source *byte_source_of_ring(size_t bytes);
void byte_source_free(struct byte_source *source);

/* Reader thread: keeps a copy in the ring, returns its locator (without the source's index). */
uint64_t byte_source_keep(struct byte_source *source, const struct raw_frame *frame);

#endif

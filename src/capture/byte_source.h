/*
 * A frame's bytes again, when somebody looks at it: from the savefile with
 * pread (a descriptor of our own, so it works while the file still loads),
 * or from a bounded ring that a live or piped capture fills.  Compressed
 * files are read again from the unpacked temporary file.
 */
#ifndef TCPLADDER_CAPTURE_BYTE_SOURCE_H
#define TCPLADDER_CAPTURE_BYTE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/decode.h"

struct byte_source;

/* A locator is the source's index in the session (top 8 bits) and an offset or ring number (56 bits). */
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

/*
 * Reads the frame at the locator into buffer (at least 262144 bytes; longer
 * frames are cut) and fills *frame (bytes points into buffer; number is not
 * set).  false: the bytes are gone (overwritten in the ring, file changed).
 * Main thread only.
 */
bool byte_source_read(struct byte_source *source, uint64_t locator, uint8_t *buffer, size_t size,
    struct raw_frame *frame);

#endif

/*
 * Unpacks gzip and zstd as the bytes come: several members or frames in a
 * row are one stream.  Knows bytes in and bytes out, no descriptors.
 * Sources: RFC 1952, RFC 8878.
 */
#ifndef TCPLADDER_CAPTURE_UNPACK_H
#define TCPLADDER_CAPTURE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum unpack_kind {
	UNPACK_NONE,		/* not compressed in a way that we know */
	UNPACK_GZIP, UNPACK_ZSTD,
	/* known by name only, so that a person is told what to do */
	UNPACK_BZIP2, UNPACK_XZ, UNPACK_LZ4
};

enum { UNPACK_MAGIC = 6 };	/* bytes that tell the kind */

enum unpack_kind unpack_recognise(const uint8_t *bytes, size_t count);

/* "gzip"; and the program that unpacks it to standard output, "gzip -dc". */
const char *unpack_name(enum unpack_kind kind);
const char *unpack_command(enum unpack_kind kind);

struct unpack;
struct unpack *unpack_new(enum unpack_kind kind);	/* NULL: this build can't */
void unpack_free(struct unpack *u);

/*
 * Unpacks from in (its *in_count bytes; set to how many were used) to out
 * (*out_count; set to how many were written).  false: damaged.
 */
bool unpack_run(struct unpack *u, const uint8_t *in, size_t *in_count, uint8_t *out,
    size_t *out_count);

/* Whether the input so far ends where a member ended. */
bool unpack_complete(const struct unpack *u);

#endif

/*
 * gzip and zstd behind one function.  Each is optional at build time.  Junk
 * after a gzip member (padding of tapes and disks) ends the stream, as
 * gzip(1) has it; a second member goes on.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "capture/unpack.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

struct unpack {
	enum unpack_kind kind;
	bool complete;
	bool junk;		/* what follows the last member isn't ours */
#ifdef HAVE_ZLIB
	z_stream zlib;
#endif
#ifdef HAVE_ZSTD
	ZSTD_DStream *zstd;
#endif
};

static const struct {
	const char *name, *command;
	uint8_t magic[UNPACK_MAGIC];
	size_t size;
} kinds[] = {
	[UNPACK_NONE] = { "none", "cat", { 0 }, 0 },
	[UNPACK_GZIP] = { "gzip", "gzip -dc", { 0x1f, 0x8b, 0x08 }, 3 },
	[UNPACK_ZSTD] = { "zstd", "zstd -dc", { 0x28, 0xb5, 0x2f, 0xfd }, 4 },
	[UNPACK_BZIP2] = { "bzip2", "bzip2 -dc", { 'B', 'Z', 'h' }, 3 },
	[UNPACK_XZ] = { "xz", "xz -dc", { 0xfd, '7', 'z', 'X', 'Z', 0x00 }, 6 },
	[UNPACK_LZ4] = { "lz4", "lz4 -dc", { 0x04, 0x22, 0x4d, 0x18 }, 4 }
};

enum unpack_kind
unpack_recognise(const uint8_t *bytes, size_t count)
{
	for (size_t i = UNPACK_GZIP; i < sizeof kinds / sizeof kinds[0]; i++)
		if (count >= kinds[i].size && memcmp(bytes, kinds[i].magic, kinds[i].size) == 0)
			return (enum unpack_kind)i;
	/* zstd's skippable frames may come first: 0x184D2A50 to 0x184D2A5F. */
	if (count >= 4 && (bytes[0] & 0xf0) == 0x50 && bytes[1] == 0x2a && bytes[2] == 0x4d &&
	    bytes[3] == 0x18)
		return UNPACK_ZSTD;
	return UNPACK_NONE;
}

const char *
unpack_name(enum unpack_kind kind)
{
	return kinds[kind].name;
}

const char *
unpack_command(enum unpack_kind kind)
{
	return kinds[kind].command;
}

struct unpack *
unpack_new(enum unpack_kind kind)
{
	struct unpack *u = memory_new(sizeof *u);

	u->kind = kind;
#ifdef HAVE_ZLIB
	if (kind == UNPACK_GZIP) {
		if (inflateInit2(&u->zlib, 15 + 16) != Z_OK)
			die("out of memory (zlib)");
		return u;
	}
#endif
#ifdef HAVE_ZSTD
	if (kind == UNPACK_ZSTD) {
		u->zstd = ZSTD_createDStream();
		if (u->zstd == NULL)
			die("out of memory (zstd)");
		return u;
	}
#endif
	free(u);
	return NULL;
}

void
unpack_free(struct unpack *u)
{
	if (u == NULL)
		return;
#ifdef HAVE_ZLIB
	if (u->kind == UNPACK_GZIP)
		(void)inflateEnd(&u->zlib);
#endif
#ifdef HAVE_ZSTD
	if (u->kind == UNPACK_ZSTD)
		(void)ZSTD_freeDStream(u->zstd);
#endif
	free(u);
}

#ifdef HAVE_ZLIB
static bool
run_gzip(struct unpack *u, uint8_t *in, size_t *in_count, uint8_t *out, size_t *out_count)
{
	int result;

	u->zlib.next_in = in;
	u->zlib.avail_in = (uInt)*in_count;
	u->zlib.next_out = out;
	u->zlib.avail_out = (uInt)*out_count;
	if (u->complete && *in_count > 0) {
		/* A member that follows; its second magic byte is checked by zlib. */
		if (in[0] != 0x1f) {
			u->junk = true;
			*out_count = 0;
			return true;
		}
		(void)inflateReset(&u->zlib);
		u->complete = false;
	}
	result = inflate(&u->zlib, Z_NO_FLUSH);
	*in_count -= u->zlib.avail_in;
	*out_count -= u->zlib.avail_out;
	if (result == Z_STREAM_END)
		u->complete = true;
	return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
}
#endif

#ifdef HAVE_ZSTD
static bool
run_zstd(struct unpack *u, const uint8_t *in, size_t *in_count, uint8_t *out, size_t *out_count)
{
	ZSTD_inBuffer input = { in, *in_count, 0 };
	ZSTD_outBuffer output = { out, *out_count, 0 };
	size_t result = ZSTD_decompressStream(u->zstd, &output, &input);

	*in_count = input.pos;
	*out_count = output.pos;
	if (ZSTD_isError(result))
		return false;
	if (input.pos > 0 || output.pos > 0)
		u->complete = result == 0;
	return true;
}
#endif

bool
unpack_run(struct unpack *u, const uint8_t *in, size_t *in_count, uint8_t *out, size_t *out_count)
{
	if (u->junk) {
		*out_count = 0;
		return true;
	}
#ifdef HAVE_ZLIB
	if (u->kind == UNPACK_GZIP) {
		/* Without ZLIB_CONST its input isn't const, though never written. */
		union { const uint8_t *borrowed; uint8_t *given; } bytes = { .borrowed = in };

		return run_gzip(u, bytes.given, in_count, out, out_count);
	}
#endif
#ifdef HAVE_ZSTD
	if (u->kind == UNPACK_ZSTD)
		return run_zstd(u, in, in_count, out, out_count);
#endif
	(void)in;
	(void)out;
	(void)in_count;
	*out_count = 0;
	return false;
}

bool
unpack_complete(const struct unpack *u)
{
	return u->complete;
}

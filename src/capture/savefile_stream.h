/*
 * A savefile's or pipe's bytes on their way to libpcap: opens, waits so that
 * it can be stopped, unpacks what is compressed, keeps an unpacked copy of a
 * compressed file for looking again, counts progress, and shows every byte
 * to the walker.  A file is read when libpcap asks; a pipe is filled ahead,
 * so that libpcap is asked only for frames that have arrived completely and
 * never waits.  Knows no libpcap and no frames.
 */
#ifndef TCPLADDER_CAPTURE_SAVEFILE_STREAM_H
#define TCPLADDER_CAPTURE_SAVEFILE_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "capture/savefile_walk.h"

struct savefile_stream;

/* "-" is standard input. The error names the file. */
struct savefile_stream *savefile_stream_open(const char *name, struct error *error);
void savefile_stream_free(struct savefile_stream *s);

/* What a message calls that file: its name made safe in out, or "standard input". */
const char *savefile_stream_label(const char *name, char *out, size_t size);

/*
 * What libpcap is to read from; closing it leaves the stream alone. NULL: out
 * of descriptors or memory.
 */
FILE *savefile_stream_file(struct savefile_stream *s);

struct savefile_walk *savefile_stream_walk(struct savefile_stream *s);
bool savefile_stream_is_pipe(const struct savefile_stream *s);

/*
 * For looking again at what passed (files): where the unpacked bytes stand,
 * and at which offset they begin.
 */
int savefile_stream_descriptor(const struct savefile_stream *s, uint64_t *base);

enum stream_fill {
	STREAM_MORE,		/* something came */
	STREAM_NOTHING,		/* nothing within the time */
	STREAM_FULL,		/* the next frame is larger than what is held ahead */
	STREAM_END		/* the end, an error, or stopped */
};

/*
 * Pipes: takes what has come; waits up to `milliseconds` (-1: until something
 * comes or it is stopped).
 */
enum stream_fill savefile_stream_fill(struct savefile_stream *s, int milliseconds);

void savefile_stream_stop(struct savefile_stream *s);	/* any thread */
/* any thread */
void savefile_stream_progress(const struct savefile_stream *s, uint64_t *done, uint64_t *total);

/* What went wrong with reading or unpacking, or NULL. */
const char *savefile_stream_error(const struct savefile_stream *s);

/*
 * Why this is no savefile, judging by its first bytes ("is empty"...); NULL
 * when they say nothing.
 */
const char *savefile_stream_strange(const struct savefile_stream *s);

#endif

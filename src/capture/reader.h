/*
 * The reader thread: takes frames from one or several captures merged by
 * time, decodes them and hands batches of segments to the main thread
 * through a bounded queue.  Knows no connections.  A file backpressures the
 * reader; a live capture counts what it had to drop (ours).
 */
#ifndef TCPLADDER_CAPTURE_READER_H
#define TCPLADDER_CAPTURE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "capture/capture.h"
#include "packet/decode.h"
#include "packet/segment.h"
#include "tcp/flow_table.h"

enum { BATCH_SEGMENTS = 1024, BATCH_TROUBLES = 64 };

struct trouble {		/* a frame that could not be decoded */
	uint64_t time, locator;
	uint32_t frame;
	enum decode_result reason;
};

struct batch {
	uint32_t segments, troubles;		/* how many of each */
	uint32_t last_frame;	/* number of the last frame read so far, TCP or not */
	uint64_t last_time;			/* its time */
	uint64_t counts[DECODE_RESULTS];	/* frames read in this batch by result */
	struct segment segment[BATCH_SEGMENTS];
	struct trouble trouble[BATCH_TROUBLES];	/* a full one ends the batch early */
	struct memory_pages ahead[2];	/* set by whoever releases it: what the reader shall touch first */
};

struct reader_options {
	struct capture **captures;	/* borrowed; order gives the locator's source index */
	size_t capture_count;			/* at most 255 */
	uint64_t frame_limit;			/* -c; 0: none */
	struct flow_secret secret;		/* for segment.hash */
	const struct redact *redact;	/* is copied; NULL: nothing is redacted */
};

struct reader;
/* starts the thread */
struct reader *reader_new(const struct reader_options *options, struct error *error);
void reader_free(struct reader *r);		/* stops and joins it */
void reader_stop(struct reader *r);		/* asks it to stop; what was read still arrives */

/* readable (poll) when a batch waits or the end was reached */
int reader_descriptor(const struct reader *r);

/*
 * The next batch, or NULL when none waits now. Give it back with
 * reader_release() before the next call.
 */
struct batch *reader_take(struct reader *r);
void reader_release(struct reader *r, struct batch *b);

struct reader_status {
	bool finished;			/* nothing more will come: all batches were taken */
	bool stopped;	/* by reader_stop() or the frame limit, rather than at the end */
	uint64_t bytes_done, bytes_total;	/* summed; total 0: not known */
	uint64_t dropped_kernel, dropped_interface, dropped_ours;
	uint32_t absent;		/* interfaces that are gone, and waited for */
	uint64_t unsaved;		/* frames that -w should have saved */
	int save_trouble;		/* errno: why, the last time; 0: all are saved */
	const char *broken;	/* "x.pcap: broken after frame 17: ...", safe text; NULL: none */
	uint32_t broken_frame;		/* that file's own frame: the last good one */
};
void reader_status(struct reader *r, struct reader_status *status);

#endif

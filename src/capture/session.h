/*
 * One open capture: composes sources, reader, flow table and frame store,
 * and is what view models look at.  Main thread only.
 */
#ifndef TCPLADDER_CAPTURE_SESSION_H
#define TCPLADDER_CAPTURE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "capture/capture.h"
#include "capture/eviction.h"
#include "capture/frame_store.h"
#include "capture/reader.h"
#include "capture/redact.h"
#include "tcp/flow_table.h"

struct session_options {
	const char *const *files;	/* -r, "-" is standard input */
	size_t file_count;		/* 0: live */
	const char *const *interfaces;	/* -i */
	size_t interface_count;		/* 0: the default one */
	struct capture_options capture;
	uint64_t frame_limit;		/* -c */
	uint64_t memory;		/* bytes that the program may take; 0: no limit, but for: */
	uint64_t memory_unless_file;	/* the same where there is no file to be read again; 0: no limit */
	struct redact_options redact;	/* nothing that is read stays as it was */
	/* When all captures are open, and before anything is read or a thread is started; NULL: nothing to do then. */
	bool (*opened)(void *context, struct error *error);
	void *opened_context;
};

/* The least that options.memory may be; with SESSION_MEMORY_GOOD and more all is held that eviction.h promises. */
#define SESSION_MEMORY_LEAST	(UINT64_C(48) << 20)
#define SESSION_MEMORY_GOOD	(UINT64_C(128) << 20)

struct session;
struct session *session_open(const struct session_options *options, struct error *error);
void session_close(struct session *s);

int session_descriptor(const struct session *s);	/* poll: readable when session_pump() has work */

/*
 * Applies waiting batches until none waits or about `budget_ns` has passed.
 * Returns how many frames were applied.
 */
uint64_t session_pump(struct session *s, uint64_t budget_ns);

/* Blocks until everything was read and applied (for output without a screen) or *interrupted becomes nonzero. */
void session_load(struct session *s, const volatile int *interrupted);

/*
 * A connection of this host that exists though nothing of it was captured yet: see flow_table_adopt().  false: it is
 * there, or this capture wouldn't see it.
 */
bool session_adopt(struct session *s, const struct segment *tuple, bool proved);

/*
 * Who is told when memory is short and something is given up: before, while all is still there, and
 * after, with where things went.  Each may be NULL.
 */
struct session_watcher {
	void (*before)(void *context);
	void (*after)(void *context, const struct eviction_moves *moves);
	void (*foreseen)(void *context);	/* a file, unbounded: what is left of it won't fit; said once */
	void *context;
};
void session_watch(struct session *s, const struct session_watcher *watcher);

/* Gives up about so many bytes now, as lack of memory would. */
void session_give_up(struct session *s, uint64_t bytes);

/* Live: another capture filter from about now on, "" for none. false: *error says what is wrong with it. */
bool session_refilter(struct session *s, const char *text, struct error *error);
void session_stop(struct session *s);		/* stop reading; what was read stays */

struct session_status {
	struct reader_status reader;
	enum capture_kind kind;		/* of the first source */
	/* "x.pcap", "2 files", "standard input", "eth0": safe text; "redacted capture" */
	const char *source;
	const char *filter;		/* capture filter, safe text, or NULL */
	uint64_t frames;		/* all frames read so far, TCP or not */
	uint64_t counts[DECODE_RESULTS];
	uint64_t first_time, last_time;	/* of TCP frames */
	struct eviction_counts given_up;	/* because of options.memory */
	uint64_t now;			/* what the model takes for now: newest frame's time in a file */
	bool at_end;			/* nothing more will come */
	bool redacted;			/* nothing is as it was captured, and link layers aren't there */
};
void session_status(struct session *s, struct session_status *status);

/* What the model takes for now, in ns: the newest frame's time in a file, the wall clock live.  Cheap. */
uint64_t session_now(const struct session *s);

const struct flow_table *session_flows(const struct session *s);
const struct frame_store *session_frames(const struct session *s);

/* Troubles in order, capped; the total is in the status' counts. */
size_t session_troubles(const struct session *s);
const struct trouble *session_trouble(const struct session *s, size_t n);

/* A frame's bytes again, redacted where the session is. buffer: see byte_source.h. */
bool session_bytes(struct session *s, uint64_t locator, uint32_t number, uint8_t *buffer, size_t size,
    struct raw_frame *frame);

/* A hash over everything that is held (flows, frames, states, notes), for the test that --print=none loads all. */
uint64_t session_digest(const struct session *s);
size_t session_memory_flows(const struct session *s);	/* bytes */
size_t session_memory_frames(const struct session *s);

#endif

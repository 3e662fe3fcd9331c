/*
 * The reader thread and its queue.  The thread owns the merge, the table of
 * fragments and the batch it fills; all else that both sides touch is under
 * one mutex, taken once for a batch.  It waits for an empty batch as long as
 * it takes: a file then waits on the disk, and of a live capture the kernel
 * keeps (and counts) what its buffer holds.  Only when a live capture waits
 * for longer than STALL does it read on without handing frames over, and
 * counts them as dropped by us, so that what is saved with -w is complete.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "capture/reader.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/language.h"
#include "base/memory.h"
#include "base/text.h"
#include "capture/merge.h"
#include "capture/redact.h"
#include "capture/savefile_stream.h"
#include "capture/wake.h"

enum {
	BATCHES = 48,		/* what comes while the main thread makes room (eviction.h) */
	FILE_BATCHES = 6,
	CLAIM_AHEAD = 8,	/* segments */
	BATCH_FRAMES = 8192,	/* so many frames are a batch, however few are TCP */
	STALL = 1		/* seconds */
};

struct reader {
	struct capture **captures;
	size_t count;
	uint64_t limit;
	struct flow_secret secret;
	bool live;
	pthread_t thread;

	/* The thread's own. */
	struct merge *merge;
	struct fragments *fragments;
	struct redact *redact;		/* NULL: segments go on as they were */
	struct batch *current;
	uint32_t number;		/* of the last frame */
	uint64_t passed;		/* frames that the filter let through */
	uint32_t unseen;		/* frames since the last hand-over */
	bool stalled;

	pthread_mutex_t lock;
	pthread_cond_t room;		/* a batch was released, or abandoned was set */
	struct wake wake;		/* readable while a batch waits, and after the end */
	struct batch *batches[BATCHES];	/* all of them, to be freed */
	struct batch *idle[BATCHES];
	struct batch *queue[BATCHES];	/* a ring */
	unsigned idle_count, queue_first, queue_count;
	bool finished, stopped, abandoned;
	uint32_t broken_count, broken_frame;
	char broken[512];

	_Atomic uint64_t dropped;
	char broken_shown[600];		/* the main thread's copy */
};

/* ---- the thread's side */

static struct batch *
acquire(struct reader *r)
{
	struct batch *b = NULL;
	struct timespec until;

	pthread_mutex_lock(&r->lock);
	if (r->live) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += STALL;
	}
	while (r->idle_count == 0 && !r->abandoned && !r->stalled)
		if (!r->live)
			pthread_cond_wait(&r->room, &r->lock);
		else if (pthread_cond_timedwait(&r->room, &r->lock, &until) == ETIMEDOUT)
			r->stalled = true;
	if (r->idle_count > 0) {
		b = r->idle[--r->idle_count];
		r->stalled = false;
	}
	pthread_mutex_unlock(&r->lock);
	if (b != NULL) {
		for (int i = 0; i < 2; i++)
			memory_touch(b->ahead[i]);
		memset(b->ahead, 0, sizeof b->ahead);
		b->segments = b->troubles = 0;
		memset(b->counts, 0, sizeof b->counts);
	}
	return b;
}

static void
hand_over(struct reader *r)
{
	if (r->current == NULL || r->unseen == 0)
		return;
	pthread_mutex_lock(&r->lock);
	r->queue[(r->queue_first + r->queue_count) % BATCHES] = r->current;
	if (r->queue_count++ == 0)
		wake_set(&r->wake);
	pthread_mutex_unlock(&r->lock);
	r->current = NULL;
	r->unseen = 0;
}

/*
 * Asks for the lines of a segment to be written soon, which the other core has read: otherwise every
 * store behind those into the segment waits until that core has let go of them.
 */
static inline void
claim(struct segment *segment)
{
	char *lines = (char *)segment;

	for (size_t line = 0; line < sizeof *segment; line += 64) {
#ifdef __x86_64__
		/* Compilers write plain prefetches for processors that may lack this one; there it does nothing. */
		__asm__("prefetchw %0" : : "m"(lines[line]));
#else
		__builtin_prefetch(lines + line, 1);
#endif
	}
}

static void
take_frame(struct reader *r, struct raw_frame *frame, uint64_t locator, bool passed)
{
	struct batch *b = r->current;
	enum decode_result result;

	frame->number = ++r->number;
	if (b == NULL) {
		b = r->current = acquire(r);
		if (b == NULL) {
			if (passed)
				atomic_fetch_add_explicit(&r->dropped, 1, memory_order_relaxed);
			return;
		}
	}
	b->last_frame = r->number;
	b->last_time = frame->time;
	r->unseen++;
	if (passed) {
		struct segment *segment = &b->segment[b->segments];

		if (b->segments + CLAIM_AHEAD < BATCH_SEGMENTS)
			claim(segment + CLAIM_AHEAD);
		result = decode_frame(frame, r->fragments, segment);
		b->counts[result]++;
		if (result == DECODE_SEGMENT || result == DECODE_QUOTE) {
			if (__builtin_expect(r->redact != NULL, 0))
				redact_segment(r->redact, segment);
			segment->locator = locator;
			segment->hash = flow_hash(&r->secret, segment);
			b->segments++;
		} else if (decode_is_trouble(result))
			b->trouble[b->troubles++] = (struct trouble){
				.time = frame->time, .locator = locator,
				.frame = r->number, .reason = result
			};
	}
	if (b->segments == BATCH_SEGMENTS || b->troubles == BATCH_TROUBLES ||
	    r->unseen == BATCH_FRAMES)
		hand_over(r);
}

/* What a source is called in a message. */
static const char *
source_name(const struct reader *r, size_t source, char *safe, size_t size)
{
	const char *name = capture_name(r->captures[source]);

	if (capture_kind(r->captures[source]) == CAPTURE_LIVE)
		return text_safe_string(safe, size, name);
	return savefile_stream_label(name, safe, size);
}

static void
note_broken(struct reader *r, size_t source)
{
	char safe[160];
	const char *name = source_name(r, source, safe, sizeof safe);
	const char *why = capture_error(r->captures[source]);
	uint32_t frame = merge_frames(r->merge, source);

	pthread_mutex_lock(&r->lock);
	if (r->broken_count++ == 0) {
		r->broken_frame = frame;
		if (frame == 0)
			snprintf(r->broken, sizeof r->broken, why[0] == ' ' ? "%s%s" : "%s: %s", name, why);
		else
			snprintf(r->broken, sizeof r->broken, _("%s: broken after frame %u: %s"), name,
			    (unsigned)frame, why[0] == ' ' ? why + 1 : why);
	}
	pthread_mutex_unlock(&r->lock);
}

static void *
run(void *argument)
{
	struct reader *r = argument;
	bool limited = false, ended = false;

	while (!ended && !limited) {
		struct raw_frame frame;
		uint64_t locator;
		size_t source;

		switch (merge_next(r->merge, &frame, &locator, &source)) {
		case CAPTURE_FRAME:
			take_frame(r, &frame, locator, true);
			limited = ++r->passed == r->limit;
			break;
		case CAPTURE_FILTERED:
			take_frame(r, &frame, locator, false);
			break;
		case CAPTURE_WAIT:
			hand_over(r);
			break;
		case CAPTURE_BROKEN:
			note_broken(r, source);
			break;
		case CAPTURE_END:
			ended = true;
			break;
		}
	}
	hand_over(r);
	pthread_mutex_lock(&r->lock);
	r->finished = true;
	r->stopped = r->stopped || limited;
	wake_set(&r->wake);
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* ---- the main thread's side */

static void
dispose(struct reader *r)
{
	for (int i = 0; i < BATCHES; i++)
		free(r->batches[i]);
	merge_free(r->merge);
	fragments_free(r->fragments);
	redact_free(r->redact);
	wake_fini(&r->wake);
	pthread_cond_destroy(&r->room);
	pthread_mutex_destroy(&r->lock);
	free(r->captures);
	free(r);
}

/* The thread shall never be the one that a signal interrupts. */
static int
start(struct reader *r)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	error = pthread_create(&r->thread, NULL, run, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

struct reader *
reader_new(const struct reader_options *options, struct error *error)
{
	struct reader *r = memory_new(sizeof *r);
	int failed;

	r->count = options->capture_count;
	r->captures = memory_new_array(r->count, sizeof *r->captures);
	for (size_t i = 0; i < r->count; i++) {
		r->captures[i] = options->captures[i];
		r->live = r->live || capture_kind(r->captures[i]) == CAPTURE_LIVE;
	}
	r->limit = options->frame_limit;
	r->secret = options->secret;
	r->redact = redact_copy(options->redact);
	r->merge = merge_new(r->captures, r->count);
	r->fragments = fragments_new();
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->room, NULL);
	/* What waits for the disk needs no reserve; fewer stay within the caches. */
	for (int i = 0; i < (r->live ? BATCHES : FILE_BATCHES); i++)
		r->batches[i] = r->idle[r->idle_count++] = memory_new(sizeof *r->batches[i]);
	failed = wake_init(&r->wake) ? start(r) : errno;
	if (failed != 0) {
		error_set(error, "the reader can't be started: %s", strerror(failed));
		dispose(r);
		return NULL;
	}
	return r;
}

void
reader_stop(struct reader *r)
{
	pthread_mutex_lock(&r->lock);
	if (!r->finished)
		r->stopped = true;
	pthread_mutex_unlock(&r->lock);
	for (size_t i = 0; i < r->count; i++)
		capture_stop(r->captures[i]);
}

void
reader_free(struct reader *r)
{
	if (r == NULL)
		return;
	reader_stop(r);
	pthread_mutex_lock(&r->lock);
	r->abandoned = true;
	pthread_cond_broadcast(&r->room);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	dispose(r);
}

int
reader_descriptor(const struct reader *r)
{
	return r->wake.read_end;
}

struct batch *
reader_take(struct reader *r)
{
	struct batch *b = NULL;

	pthread_mutex_lock(&r->lock);
	if (r->queue_count > 0) {
		b = r->queue[r->queue_first];
		r->queue_first = (r->queue_first + 1) % BATCHES;
		if (--r->queue_count == 0 && !r->finished)
			wake_clear(&r->wake);
	}
	pthread_mutex_unlock(&r->lock);
	return b;
}

void
reader_release(struct reader *r, struct batch *b)
{
	if (b == NULL)
		return;
	pthread_mutex_lock(&r->lock);
	r->idle[r->idle_count++] = b;
	pthread_cond_signal(&r->room);
	pthread_mutex_unlock(&r->lock);
}

void
reader_status(struct reader *r, struct reader_status *status)
{
	*status = (struct reader_status){ 0 };
	pthread_mutex_lock(&r->lock);
	status->finished = r->finished && r->queue_count == 0;
	status->stopped = r->stopped;
	if (r->broken_count > 0) {
		if (r->broken_count == 1)
			snprintf(r->broken_shown, sizeof r->broken_shown, "%s", r->broken);
		else
			snprintf(r->broken_shown, sizeof r->broken_shown, _("%s (and %u more)"),
			    r->broken, (unsigned)r->broken_count - 1);
		status->broken = r->broken_shown;
		status->broken_frame = r->broken_frame;
	}
	pthread_mutex_unlock(&r->lock);
	status->dropped_ours = atomic_load_explicit(&r->dropped, memory_order_relaxed);
	for (size_t i = 0; i < r->count; i++) {
		struct capture_progress progress;
		struct capture_drops drops;

		capture_progress(r->captures[i], &progress);
		capture_drops(r->captures[i], &drops);
		status->bytes_done += progress.bytes_done;
		status->bytes_total += progress.bytes_total;
		status->dropped_kernel += drops.kernel;
		status->dropped_interface += drops.interface;
		status->absent += drops.absent;
		status->unsaved += drops.unsaved;
		if (drops.save_trouble != 0)
			status->save_trouble = drops.save_trouble;
	}
}

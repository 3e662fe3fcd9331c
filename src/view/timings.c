/*
 * Knows where a frame's timestamps are to be had and nothing of what they
 * measure.  Of one long connection it keeps now and then how its timing
 * stood, so that who moves about in it needn't wait for all of it.
 */
#include "view/timings.h"

#include <stdlib.h>

#include "base/memory.h"
#include "packet/decode.h"

/* One for where the cursor is, one for the whole connection, and one to come back to. */
enum { TIMINGS_KEPT = 3, TIMINGS_BYTES = 1 << 18, MILESTONE_ROWS = 1 << 16 };

struct timed {
	const struct flow *flow;
	struct timing *timing;
	uint32_t rows;		/* how many of the flow's frames were added */
	uint64_t used;		/* when last asked for, to find the oldest */
};

/* Of a connection, its timing after each MILESTONE_ROWS rows. */
struct milestones {
	const struct flow *flow;
	struct timing **timings;	/* the first is that after MILESTONE_ROWS rows */
	uint32_t count;
};

struct timings {
	struct session *session;
	struct timed timed[TIMINGS_KEPT];
	struct milestones milestones;
	uint64_t uses;
	uint8_t *bytes;		/* of a frame; NULL until needed */
};

struct timings *
timings_new(struct session *session)
{
	struct timings *t = memory_new(sizeof *t);

	t->session = session;
	return t;
}

static void
milestones_clear(struct milestones *m)
{
	while (m->count > 0)
		timing_free(m->timings[--m->count]);
	free(m->timings);
	*m = (struct milestones){ .flow = NULL };
}

static void
milestones_add(struct milestones *m, const struct timed *one)
{
	if (m->flow != one->flow) {
		milestones_clear(m);
		m->flow = one->flow;
	}
	if (one->rows / MILESTONE_ROWS != m->count + 1)
		return;
	m->timings = memory_resize(m->timings, m->count + 1, sizeof(struct timing *));
	m->timings[m->count++] = timing_copy(one->timing);
}

/* Brings it to the last milestone up to `rows`, where that helps. */
static void
milestones_advance(const struct milestones *m, struct timed *one, uint32_t rows)
{
	uint32_t n = rows / MILESTONE_ROWS < m->count ? rows / MILESTONE_ROWS : m->count;

	if (m->flow != one->flow || n == 0 || n * MILESTONE_ROWS <= one->rows)
		return;
	timing_free(one->timing);
	one->timing = timing_copy(m->timings[n - 1]);
	one->rows = n * MILESTONE_ROWS;
}

void
timings_moved(struct timings *t)
{
	for (size_t i = 0; i < TIMINGS_KEPT; i++) {
		timing_free(t->timed[i].timing);
		t->timed[i] = (struct timed){ .flow = NULL };
	}
	milestones_clear(&t->milestones);
}

void
timings_free(struct timings *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < TIMINGS_KEPT; i++)
		timing_free(t->timed[i].timing);
	milestones_clear(&t->milestones);
	free(t->bytes);
	free(t);
}

static bool
read_stamp(struct timings *t, const struct frame *frame, struct timing_stamp *stamp)
{
	struct segment segment;
	struct raw_frame raw;

	if (t->bytes == NULL)
		t->bytes = memory_new(TIMINGS_BYTES);
	if (!session_bytes(t->session, frame->locator, frame->number, t->bytes, TIMINGS_BYTES,
	    &raw) || decode_frame(&raw, NULL, &segment) != DECODE_SEGMENT
	    || !(segment.traits & SEGMENT_TIMESTAMP))
		return false;
	*stamp = (struct timing_stamp){ segment.tsval, segment.tsecr };
	return true;
}

/* One told no further than wanted; else the one that was asked for longest ago, begun anew. */
static struct timed *
timed_for(struct timings *t, const struct flow *flow, uint32_t rows)
{
	struct timed *found = NULL;

	for (size_t i = 0; i < TIMINGS_KEPT; i++) {
		struct timed *one = &t->timed[i];

		if (one->timing != NULL && one->flow == flow && one->rows <= rows
		    && (found == NULL || one->rows > found->rows))
			found = one;
	}
	if (found != NULL)
		return found;
	found = &t->timed[0];
	for (size_t i = 1; i < TIMINGS_KEPT; i++)
		if (t->timed[i].used < found->used)
			found = &t->timed[i];
	timing_free(found->timing);
	*found = (struct timed){ .flow = flow, .timing = flow_table_timing(session_flows(t->session), flow) };
	return found;
}

const struct timing *
timings_of(struct timings *t, const struct flow *flow, uint32_t rows)
{
	const struct frame_store *frames = session_frames(t->session);
	struct timed *one = timed_for(t, flow, rows);

	milestones_advance(&t->milestones, one, rows);
	while (one->rows < rows) {
		const struct frame *frame =
		    frame_store_get(frames, frame_store_nth(frames, flow, one->rows));
		struct timing_stamp stamp;
		bool there = timing_wants_stamp(one->timing, frame)
		    && read_stamp(t, frame, &stamp);

		timing_add(one->timing, frame, there ? &stamp : NULL);
		if (++one->rows % MILESTONE_ROWS == 0)
			milestones_add(&t->milestones, one);
	}
	one->used = ++t->uses;
	return one->timing;
}

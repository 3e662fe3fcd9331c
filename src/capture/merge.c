/*
 * Merging by time: a heap of the captures whose next frame is known.  That
 * frame stays in its capture until it is handed out, and the capture is
 * asked again only after that.
 */
#include "capture/merge.h"

#include <stdlib.h>

#include "base/memory.h"

enum { SHARED_PATIENCE = 20 };	/* milliseconds for each of several that wait */

enum lane_state { LANE_ASK, LANE_READY, LANE_DONE };

struct lane {
	struct capture *capture;
	enum lane_state state;
	enum capture_next answer;
	struct raw_frame frame;
	uint64_t locator;
	uint32_t frames;
};

struct merge {
	struct lane *lanes;
	size_t count;
	size_t *heap;		/* indices of lanes that are ready, earliest first */
	size_t ready;
	size_t unready;		/* lanes in LANE_ASK */
};

struct merge *
merge_new(struct capture *const *captures, size_t count)
{
	struct merge *m = memory_new(sizeof *m);

	m->lanes = memory_new_array(count, sizeof *m->lanes);
	m->heap = memory_new_array(count, sizeof *m->heap);
	m->count = m->unready = count;
	for (size_t i = 0; i < count; i++)
		m->lanes[i].capture = captures[i];
	return m;
}

void
merge_free(struct merge *m)
{
	if (m == NULL)
		return;
	free(m->lanes);
	free(m->heap);
	free(m);
}

static bool
earlier(const struct merge *m, size_t a, size_t b)
{
	if (m->lanes[a].frame.time != m->lanes[b].frame.time)
		return m->lanes[a].frame.time < m->lanes[b].frame.time;
	return a < b;	/* the order in which they were named */
}

static void
push(struct merge *m, size_t lane)
{
	size_t at = m->ready++;

	while (at > 0 && earlier(m, lane, m->heap[(at - 1) / 2])) {
		m->heap[at] = m->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	m->heap[at] = lane;
}

static size_t
pop(struct merge *m)
{
	size_t top = m->heap[0], last = m->heap[--m->ready], at = 0;

	for (;;) {
		size_t child = at * 2 + 1;

		if (child >= m->ready)
			break;
		if (child + 1 < m->ready && earlier(m, m->heap[child + 1], m->heap[child]))
			child++;
		if (!earlier(m, m->heap[child], last))
			break;
		m->heap[at] = m->heap[child];
		at = child;
	}
	m->heap[at] = last;
	return top;
}

/* How long one that waits may hold us up. */
static int
patience(const struct merge *m)
{
	if (m->ready > 0)
		return 0;
	return m->unready > 1 ? SHARED_PATIENCE : -1;
}

/* Asks every lane whose next frame isn't known. false: lane *broken has broken. */
static bool
ask(struct merge *m, size_t *broken)
{
	for (size_t i = 0; i < m->count && m->unready > 0; i++) {
		struct lane *lane = &m->lanes[i];

		if (lane->state != LANE_ASK)
			continue;
		capture_patience(lane->capture, patience(m));
		lane->answer = capture_next(lane->capture, &lane->frame, &lane->locator);
		if (lane->answer == CAPTURE_WAIT)
			continue;
		m->unready--;
		if (lane->answer == CAPTURE_FRAME || lane->answer == CAPTURE_FILTERED) {
			lane->state = LANE_READY;
			push(m, i);
			continue;
		}
		lane->state = LANE_DONE;
		if (lane->answer == CAPTURE_BROKEN) {
			*broken = i;
			return false;
		}
	}
	return true;
}

enum capture_next
merge_next(struct merge *m, struct raw_frame *frame, uint64_t *locator, size_t *source)
{
	struct lane *lane;

	*source = 0;
	if (m->count == 1) {
		enum capture_next answer = capture_next(m->lanes[0].capture, frame, locator);

		m->lanes[0].frames += answer == CAPTURE_FRAME || answer == CAPTURE_FILTERED;
		return answer;
	}
	if (m->unready > 0 && !ask(m, source))
		return CAPTURE_BROKEN;
	if (m->ready == 0)
		return m->unready > 0 ? CAPTURE_WAIT : CAPTURE_END;
	*source = pop(m);
	lane = &m->lanes[*source];
	*frame = lane->frame;
	*locator = lane->locator | (uint64_t)*source << 56;
	lane->frames++;
	lane->state = LANE_ASK;
	m->unready++;
	return lane->answer;
}

uint32_t
merge_frames(const struct merge *m, size_t source)
{
	return m->lanes[source].frames;
}

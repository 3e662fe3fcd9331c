/*
 * States over time.  What each flow's ends were in is remembered by flow, so
 * that a frame changes two counts; a bucket holds the largest counts within
 * it, so that a short peak isn't lost.
 * A replay point that moves back begins the walk anew.
 */
#include "view/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { BUCKETS = 256 };
#define FIRST_WIDTH 1000000ULL	/* ns */

struct history {
	struct session *session;
	const struct replay *replay;
	/* by flow id: states of its ends as of the walk; TCP_STATES: not begun */
	uint8_t (*ends)[SIDES];
	uint32_t ends_size;
	uint32_t walked;		/* rows */
	bool begun;
	uint64_t start, last, width;	/* ns: first frame, latest frame, one bucket */
	uint32_t now[TCP_STATES], peak[TCP_STATES];
	uint32_t high[TCP_STATES];	/* within the bucket that isn't full yet */
	uint32_t bucket[BUCKETS][TCP_STATES];
	unsigned filled;		/* buckets that time has reached */
};

struct history *
history_new(struct session *session, const struct replay *replay)
{
	struct history *h = memory_new(sizeof *h);

	h->session = session;
	h->replay = replay;
	h->width = FIRST_WIDTH;
	return h;
}

void
history_free(struct history *h)
{
	if (h == NULL)
		return;
	free(h->ends);
	free(h);
}

static void
start_anew(struct history *h)
{
	struct session *session = h->session;
	const struct replay *replay = h->replay;

	free(h->ends);
	memset(h, 0, sizeof *h);
	h->session = session;
	h->replay = replay;
	h->width = FIRST_WIDTH;
}

static void
grow_ends(struct history *h, uint32_t flow)
{
	uint32_t size = h->ends_size == 0 ? 1024 : h->ends_size;

	while (size <= flow)
		size = size > UINT32_MAX / 2 ? UINT32_MAX : size * 2;
	if (size == h->ends_size)
		return;
	h->ends = memory_resize(h->ends, size, sizeof *h->ends);
	memset(h->ends + h->ends_size, TCP_STATES, (size - h->ends_size) * sizeof *h->ends);
	h->ends_size = size;
}

static void
widen(struct history *h)
{
	for (unsigned i = 0; i < BUCKETS / 2; i++)
		for (int state = 0; state < TCP_STATES; state++) {
			uint32_t a = h->bucket[i * 2][state], b = h->bucket[i * 2 + 1][state];

			h->bucket[i][state] = a > b ? a : b;
		}
	h->filled /= 2;
	h->width *= 2;
}

static void
fill_bucket(struct history *h)
{
	memcpy(h->bucket[h->filled++], h->high, sizeof h->high);
	memcpy(h->high, h->now, sizeof h->high);
}

/* Time has come to this: the buckets before it are full. */
static void
reach(struct history *h, uint64_t time)
{
	uint64_t at = time > h->start ? time - h->start : 0;

	if (time > h->last)
		h->last = time;
	while (at / h->width >= BUCKETS) {
		/* what lies between stays as it is */
		while (h->filled < BUCKETS)
			fill_bucket(h);
		widen(h);
	}
	while (h->filled < at / h->width)
		fill_bucket(h);
}

static void
walk(struct history *h, const struct frame *f)
{
	if (!h->begun) {
		h->start = h->last = f->time;
		h->begun = true;
	}
	reach(h, f->time);
	if (f->flow == 0 || (f->notes & NOTE_ICMP_ERROR))
		return;
	grow_ends(h, f->flow);
	for (enum side side = CLIENT; side < SIDES; side++) {
		uint8_t before = h->ends[f->flow][side],
		    after = (uint8_t)shown_state_of(f->state[side]);

		if (before < TCP_STATES)
			h->now[before]--;
		h->now[after]++;
		h->ends[f->flow][side] = after;
		if (h->now[after] > h->high[after])
			h->high[after] = h->now[after];
		if (h->now[after] > h->peak[after])
			h->peak[after] = h->now[after];
	}
}

bool
history_update(struct history *h, uint32_t steps)
{
	uint32_t rows = replay_rows(h->replay);

	if (rows < h->walked)
		start_anew(h);
	for (; steps > 0 && h->walked < rows; steps--) {
		walk(h, frame_store_get(session_frames(h->session), h->walked));
		h->walked++;
	}
	return h->walked < rows;
}

void
history_moved(struct history *h, const struct eviction_moves *moves)
{
	uint32_t count = 0;

	for (uint32_t id = 1; id <= moves->flows && id < h->ends_size; id++) {
		if (moves->ids[id] != 0) {
			count = moves->ids[id];
			memcpy(h->ends[count], h->ends[id], sizeof h->ends[id]);
			continue;
		}
		for (enum side side = CLIENT; side < SIDES; side++)
			if (h->ends[id][side] < TCP_STATES)
				h->now[h->ends[id][side]]--;
	}
	if (count + 1 < h->ends_size)
		memset(h->ends + count + 1, TCP_STATES, (h->ends_size - count - 1) * sizeof *h->ends);
	h->walked = frame_moves_row(moves->rows, h->walked);
}

uint32_t
history_now(const struct history *h, enum tcp_state state)
{
	return h->now[state];
}

uint32_t
history_peak(const struct history *h, enum tcp_state state)
{
	return h->peak[state];
}

uint64_t
history_span(const struct history *h)
{
	return h->last - h->start;
}

/*
 * The largest count within these buckets, so that a short peak isn't lost; the newest bucket
 * is now.
 */
static uint32_t
largest(const struct history *h, enum tcp_state state, unsigned from, unsigned to)
{
	uint32_t most = 0;

	for (unsigned i = from; i < to; i++) {
		uint32_t n = i < h->filled ? h->bucket[i][state] : h->high[state];

		if (n > most)
			most = n;
	}
	return most;
}

void
history_draw(const struct history *h, enum tcp_state state, unsigned width, bool ascii,
    enum style style, struct line *line)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const signs[] = { " ", ".", ".", ":", ":", "+", "+", "#", "#" };
	unsigned used = h->filled + 1;

	for (unsigned column = 0; column < width; column++) {
		unsigned from = column * used / width, to = (column + 1) * used / width;
		uint32_t n = largest(h, state, from, to > from ? to : from + 1);
		uint64_t height = h->peak[state] == 0 ? 0
		    : ((uint64_t)n * 8 + h->peak[state] - 1) / h->peak[state];

		line_add(line, style, (ascii ? signs : blocks)[height > 8 ? 8 : height]);
	}
}

/*
 * What each flow's ends were in is remembered by flow, so that a frame
 * changes two counts; a bucket holds the largest counts within it, so that a
 * short peak isn't lost, and the sums of what happened.  Those in TIME-WAIT
 * wait in a queue until it lapses.  A replay point that moves back begins
 * the walk anew.
 */
#include "view/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"

enum { BUCKETS = 256, WAITS_FIRST = 1024 };
#define FIRST_WIDTH	1000000ULL	/* ns */
#define SECOND		1000000000ULL
#define TIME_WAIT_LASTS	(60 * SECOND)	/* flow_state_lapsed() */

const char *const history_event_names[HISTORY_EVENTS] = {
	[HISTORY_BEGUN] = N_("begun (SYN)"), [HISTORY_OPENED] = N_("opened"), [HISTORY_CLOSED] = N_("closed"),
	[HISTORY_RESET] = N_("reset"), [HISTORY_RESENT] = N_("sent again")
};

enum { BEGUN = 1, SYN_SEEN = 2, OPENED = 4, ENDED = 8, ANSWERED = 16 };

struct ends {
	uint8_t state[SIDES];
	uint8_t marks;
	uint32_t wait;			/* its newest place in the queue of those in TIME-WAIT */
};

/* In TIME-WAIT as of its last frame. */
struct wait {
	uint64_t time;			/* ns: when that lapses */
	uint32_t flow, wait;
};

struct bucket {
	uint32_t most[HISTORY_SIDES][TCP_STATES];
	uint64_t events[HISTORY_EVENTS];
};

struct history {
	struct session *session;
	const struct replay *replay;
	struct ends *ends;		/* by flow id */
	uint32_t ends_size;
	struct wait *waits;		/* a ring */
	uint32_t waits_size, waits_first, waits_count, waits_ever;
	uint32_t walked;		/* rows */
	bool begun;
	uint64_t start, last, width;	/* ns: first frame, latest moment, one bucket */
	uint32_t now[HISTORY_SIDES][TCP_STATES], peak[HISTORY_SIDES][TCP_STATES];
	uint64_t total[HISTORY_EVENTS];
	uint64_t second;		/* since the start */
	uint32_t in_second[HISTORY_EVENTS], last_second[HISTORY_EVENTS], peak_second[HISTORY_EVENTS];
	struct bucket bucket[BUCKETS];
	struct bucket filling;		/* the one that isn't full yet */
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
	free(h->waits);
	free(h);
}

static void
start_anew(struct history *h)
{
	struct session *session = h->session;
	const struct replay *replay = h->replay;

	free(h->ends);
	free(h->waits);
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
	memset(h->ends + h->ends_size, 0, (size - h->ends_size) * sizeof *h->ends);
	h->ends_size = size;
}

/* ---- time */

static void
widen(struct history *h)
{
	for (unsigned i = 0; i < BUCKETS / 2; i++) {
		struct bucket *to = &h->bucket[i];
		const struct bucket *a = &h->bucket[i * 2], *b = a + 1;
		struct bucket both = *a;

		for (int side = 0; side < HISTORY_SIDES; side++)
			for (int state = 0; state < TCP_STATES; state++)
				if (b->most[side][state] > both.most[side][state])
					both.most[side][state] = b->most[side][state];
		for (int event = 0; event < HISTORY_EVENTS; event++)
			both.events[event] += b->events[event];
		*to = both;
	}
	h->filled /= 2;
	h->width *= 2;
}

static void
fill_bucket(struct history *h)
{
	h->bucket[h->filled++] = h->filling;
	memcpy(h->filling.most, h->now, sizeof h->now);
	memset(h->filling.events, 0, sizeof h->filling.events);
}

static void
reach_second(struct history *h, uint64_t second)
{
	if (second <= h->second)
		return;
	for (int event = 0; event < HISTORY_EVENTS; event++) {
		h->last_second[event] = second == h->second + 1 ? h->in_second[event] : 0;
		h->in_second[event] = 0;
	}
	h->second = second;
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
	reach_second(h, at / SECOND);
}

/* ---- states and events */

static void
count_state(struct history *h, int side, enum tcp_state state)
{
	uint32_t now = ++h->now[side][state];

	if (now > h->filling.most[side][state])
		h->filling.most[side][state] = now;
	if (now > h->peak[side][state])
		h->peak[side][state] = now;
}

static void
leave_state(struct history *h, enum side side, enum tcp_state state)
{
	h->now[side][state]--;
	h->now[HISTORY_BOTH][state]--;
}

static void
enter_state(struct history *h, enum side side, enum tcp_state state)
{
	count_state(h, (int)side, state);
	count_state(h, HISTORY_BOTH, state);
}

static void
count_event(struct history *h, enum history_event event)
{
	h->total[event]++;
	h->filling.events[event]++;
	if (++h->in_second[event] > h->peak_second[event])
		h->peak_second[event] = h->in_second[event];
}

/* What it is for the connection; the ends' states are still those before it. */
static void
count_events(struct history *h, struct ends *e, const struct frame *f)
{
	bool closes = false;

	if (f->notes & NOTES_RESENT)
		count_event(h, HISTORY_RESENT);
	if (!(e->marks & BEGUN) && f->flags & TCP_SYN) {
		e->marks |= SYN_SEEN;
		if (!(f->flags & TCP_ACK))
			count_event(h, HISTORY_BEGUN);
	}
	if (e->marks & SYN_SEEN && !(e->marks & (OPENED | ENDED)) && frame_from(f) == CLIENT
	    && (f->flags & (TCP_SYN | TCP_RST | TCP_ACK)) == TCP_ACK) {
		e->marks |= OPENED;
		count_event(h, HISTORY_OPENED);
	}
	if (e->marks & ENDED)
		return;
	for (enum side side = CLIENT; side < SIDES; side++) {
		enum tcp_state after = shown_state_of(f->state[side]);

		closes = closes || after == TCP_TIME_WAIT || (after == TCP_CLOSED && e->marks & BEGUN);
	}
	if (!closes)
		return;
	e->marks |= ENDED;
	count_event(h, f->flags & TCP_RST ? HISTORY_RESET : HISTORY_CLOSED);
}

static void
await_lapse(struct history *h, uint32_t flow, uint64_t time)
{
	if (h->waits_count == h->waits_size) {
		uint32_t size = h->waits_size == 0 ? WAITS_FIRST : h->waits_size * 2;
		struct wait *waits = memory_new_array(size, sizeof *waits);

		for (uint32_t i = 0; i < h->waits_count; i++)
			waits[i] = h->waits[(h->waits_first + i) & (h->waits_size - 1)];
		free(h->waits);
		h->waits = waits;
		h->waits_size = size;
		h->waits_first = 0;
	}
	h->ends[flow].wait = ++h->waits_ever;
	h->waits[(h->waits_first + h->waits_count++) & (h->waits_size - 1)] =
	    (struct wait){ time + TIME_WAIT_LASTS, flow, h->waits_ever };
}

/* Whoever of that connection waits in TIME-WAIT has waited long enough. */
static void
end_waiting(struct history *h, uint32_t flow)
{
	struct ends *e = &h->ends[flow];

	for (enum side side = CLIENT; side < SIDES; side++) {
		if (e->state[side] != TCP_TIME_WAIT)
			continue;
		leave_state(h, side, TCP_TIME_WAIT);
		enter_state(h, side, TCP_CLOSED);
		e->state[side] = TCP_CLOSED;
	}
}

/* The first one in the queue has waited long enough, unless something came after all. */
static void
lapse(struct history *h)
{
	const struct wait *w = &h->waits[h->waits_first];
	const struct ends *e = &h->ends[w->flow];

	h->waits_first = (h->waits_first + 1) & (h->waits_size - 1);
	h->waits_count--;
	if (w->flow != 0 && e->wait == w->wait)
		end_waiting(h, w->flow);
}

/* The same for those that lapse until then. */
static void
live_until(struct history *h, uint64_t time)
{
	while (h->waits_count > 0 && h->waits[h->waits_first].time < time) {
		reach(h, h->waits[h->waits_first].time);
		lapse(h);
	}
	reach(h, time);
}

static void
walk(struct history *h, const struct frame *f)
{
	struct ends *e;
	bool waits = false;

	if (!h->begun) {
		h->start = h->last = f->time;
		h->begun = true;
	}
	live_until(h, f->time);
	if (f->flow == 0 || (f->notes & (NOTE_ICMP_ERROR | NOTE_DUPLICATE_CAPTURE)))
		return;
	grow_ends(h, f->flow);
	e = &h->ends[f->flow];
	if (frame_from(f) == SERVER && !(e->marks & ANSWERED)) {
		uint32_t older = flow_table_get(session_flows(h->session), f->flow)->previous;

		/* the older connection of its tuple has ended then (RFC 6191) */
		e->marks |= ANSWERED;
		if (older != 0 && older < h->ends_size && h->ends[older].marks & BEGUN)
			end_waiting(h, older);
	}
	count_events(h, e, f);
	for (enum side side = CLIENT; side < SIDES; side++) {
		enum tcp_state after = shown_state_of(f->state[side]);

		if (e->marks & BEGUN)
			leave_state(h, side, (enum tcp_state)e->state[side]);
		enter_state(h, side, after);
		e->state[side] = (uint8_t)after;
		waits = waits || after == TCP_TIME_WAIT;
	}
	e->marks |= BEGUN;
	if (waits)
		await_lapse(h, f->flow, f->time);
}

bool
history_update(struct history *h, uint32_t steps)
{
	uint32_t rows = h->replay != NULL ? replay_rows(h->replay)
	    : frame_store_count(session_frames(h->session));

	if (rows < h->walked)
		start_anew(h);
	for (; steps > 0 && h->walked < rows; steps--) {
		walk(h, frame_store_get(session_frames(h->session), h->walked));
		h->walked++;
	}
	if (h->walked < rows)
		return true;
	if (h->begun)
		live_until(h, h->replay != NULL ? replay_now(h->replay) : session_now(h->session));
	return false;
}

void
history_moved(struct history *h, const struct eviction_moves *moves)
{
	uint32_t count = 0;

	for (uint32_t id = 1; id <= moves->flows && id < h->ends_size; id++) {
		if (moves->ids[id] != 0) {
			count = moves->ids[id];
			h->ends[count] = h->ends[id];
			continue;
		}
		for (enum side side = CLIENT; side < SIDES; side++)
			if (h->ends[id].marks & BEGUN)
				leave_state(h, side, (enum tcp_state)h->ends[id].state[side]);
	}
	if (count + 1 < h->ends_size)
		memset(h->ends + count + 1, 0, (h->ends_size - count - 1) * sizeof *h->ends);
	for (uint32_t i = 0; i < h->waits_count; i++) {
		struct wait *w = &h->waits[(h->waits_first + i) & (h->waits_size - 1)];

		w->flow = w->flow <= moves->flows ? moves->ids[w->flow] : 0;
	}
	h->walked = frame_moves_row(moves->rows, h->walked);
}

/* ---- what is asked */

uint64_t
history_span(const struct history *h)
{
	return h->last - h->start;
}

uint32_t
history_now(const struct history *h, int side, enum tcp_state state)
{
	return h->now[side][state];
}

uint32_t
history_peak(const struct history *h, int side, enum tcp_state state)
{
	return h->peak[side][state];
}

uint64_t
history_total(const struct history *h, enum history_event event)
{
	return h->total[event];
}

uint32_t
history_last_second(const struct history *h, enum history_event event)
{
	return h->last_second[event];
}

uint32_t
history_peak_second(const struct history *h, enum history_event event)
{
	return h->peak_second[event];
}

/* The nth bucket; the newest is now. */
static const struct bucket *
bucket_of(const struct history *h, unsigned n)
{
	return n < h->filled ? &h->bucket[n] : &h->filling;
}

/* Which buckets stand in a column. */
static unsigned
first_of(const struct history *h, unsigned column, unsigned width)
{
	return column * (h->filled + 1) / width;
}

static unsigned
end_of(const struct history *h, unsigned column, unsigned width)
{
	unsigned first = first_of(h, column, width), end = first_of(h, column + 1, width);

	return end > first ? end : first + 1;
}

static void
draw_height(uint64_t part, uint64_t whole, bool ascii, enum style style, struct line *line)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const signs[] = { " ", ".", ".", ":", ":", "+", "+", "#", "#" };
	uint64_t height = whole == 0 ? 0 : (part * 8 + whole - 1) / whole;

	line_add(line, style, (ascii ? signs : blocks)[height > 8 ? 8 : height]);
}

void
history_draw(const struct history *h, int side, enum tcp_state state, unsigned width, bool ascii,
    enum style style, struct line *line)
{
	for (unsigned column = 0; column < width; column++) {
		uint32_t most = 0;

		for (unsigned i = first_of(h, column, width); i < end_of(h, column, width); i++)
			if (bucket_of(h, i)->most[side][state] > most)
				most = bucket_of(h, i)->most[side][state];
		draw_height(most, h->peak[side][state], ascii, style, line);
	}
}

/* On average, so that a column of two buckets isn't higher than one of one. */
static uint64_t
events_in(const struct history *h, enum history_event event, unsigned column, unsigned width)
{
	unsigned first = first_of(h, column, width), end = end_of(h, column, width);
	uint64_t sum = 0;

	for (unsigned i = first; i < end; i++)
		sum += bucket_of(h, i)->events[event] * 256;
	return sum / (end - first);
}

void
history_draw_events(const struct history *h, enum history_event event, unsigned width, bool ascii,
    enum style style, struct line *line)
{
	uint64_t most = 0;

	for (unsigned column = 0; column < width; column++)
		if (events_in(h, event, column, width) > most)
			most = events_in(h, event, column, width);
	for (unsigned column = 0; column < width; column++)
		draw_height(events_in(h, event, column, width), most, ascii, style, line);
}

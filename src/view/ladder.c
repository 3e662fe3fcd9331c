/*
 * Which rows a ladder has: frames of one flow, runs of plain ones folded,
 * anomalies and what hindsight knows.  Goes once over the flow's frames when
 * it opens and then only over new ones; renders nothing (ladder_render.c).
 */
#include "view/ladder.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "view/ladder_internal.h"

enum { RUN_MIN = 3 /* a shorter run isn't worth folding */, OPENS_LOOK_BACK = 2000 };

const char *const ladder_time_names[LADDER_TIMES] = {
	[LADDER_TIME_START] = N_("since start"),
	[LADDER_TIME_CLOCK] = N_("clock"),
	[LADDER_TIME_DELTA] = N_("delta"),
	[LADDER_TIME_MARK] = N_("since mark"),
};

struct ladder *
ladder_new(struct session *session, const struct replay *replay, const struct flow *flow)
{
	struct ladder *l = memory_new(sizeof *l);

	l->session = session;
	l->replay = replay;
	l->flow = flow;
	l->stale = true;
	l->options = (struct ladder_options){ .width = 80, .fold = true, .services = true };
	return l;
}

void
ladder_free(struct ladder *l)
{
	if (l == NULL)
		return;
	free(l->items);
	free(l->anomalies.at);
	free(l->decisive[CLIENT].at);
	free(l->decisive[SERVER].at);
	free(l->opened.at);
	for (size_t i = 0; i < LADDER_BESIDES; i++)
		free(l->beside[i].text);
	narrator_free(l->narrator);
	free(l->bytes);
	free(l);
}

void
ladder_moved(struct ladder *l, const struct flow *flow)
{
	l->flow = flow;
	l->count = l->frames = 0;
	l->anomalies.count = l->decisive[CLIENT].count = l->decisive[SERVER].count = l->opened.count = 0;
	memset(l->sums, 0, sizeof l->sums);
	for (size_t i = 0; i < LADDER_BESIDES; i++) {
		free(l->beside[i].text);
		l->beside[i].text = NULL;
	}
	narrator_free(l->narrator);
	l->narrator = NULL;
	l->stale = true;
}

const struct frame *
ladder_nth(const struct ladder *l, uint32_t nth)
{
	const struct frame_store *frames = session_frames(l->session);

	return frame_store_get(frames, frame_store_nth(frames, l->flow, nth));
}

void
ladder_set_options(struct ladder *l, const struct ladder_options *options)
{
	if (options->ascii != l->options.ascii) {
		for (size_t i = 0; i < LADDER_BESIDES; i++) {
			free(l->beside[i].text);
			l->beside[i].text = NULL;
		}
	}
	if (options->fold != l->options.fold) {
		l->stale = true;
		l->opened.count = 0;
	}
	l->options = *options;
	ladder_place(l);
}

const struct ladder_options *
ladder_options_of(const struct ladder *l)
{
	return &l->options;
}

static void
list_add(struct ladder_list *list, uint32_t value)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity > 0 ? list->capacity * 2 : 64;
		list->at = memory_resize(list->at, list->capacity, sizeof *list->at);
	}
	list->at[list->count++] = value;
}

/* How many are below `value`; the list is sorted. */
static uint32_t
list_below(const struct ladder_list *list, uint32_t value)
{
	uint32_t low = 0, high = list->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (list->at[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
list_has(const struct ladder_list *list, uint32_t value)
{
	uint32_t at = list_below(list, value);

	return at < list->count && list->at[at] == value;
}

bool
ladder_is_anomaly(const struct frame *frame)
{
	if (frame->flags & TCP_RST && !(frame->notes & NOTE_ICMP_ERROR))
		return true;
	for (int i = 0; frame->notes >> i != 0 && i < NOTES; i++) {
		if (frame->notes >> i & 1 && note_names[i].anomaly)
			return true;
	}
	return false;
}

/* Whether a window update opens a window that was closed: the turning point of that story. */
static bool
opens_window(const struct ladder *l, uint32_t nth)
{
	const struct frame *frame = ladder_nth(l, nth);
	uint32_t end = nth > OPENS_LOOK_BACK ? nth - OPENS_LOOK_BACK : 0;

	if (!(frame->notes & NOTE_WINDOW_UPDATE) || frame->notes & NOTE_ICMP_ERROR)
		return false;
	for (uint32_t i = nth; i > end; i--) {
		const struct frame *other = ladder_nth(l, i - 1);

		if (frame_from(other) == frame_from(frame)
		    && !(other->notes & (NOTE_ICMP_ERROR | NOTE_DUPLICATE_CAPTURE)))
			return other->notes & NOTE_ZERO_WINDOW
			    || (other->notes & NOTE_ZERO_WINDOW_PROBE_ACK && other->window == 0);
	}
	return false;
}

/* Whether a frame may fold away: it changes no state and there is nothing about it to be seen. */
static bool
frame_is_plain(const struct frame *frame, const struct frame *before)
{
	if (before == NULL || frame->flags & (TCP_SYN | TCP_FIN | TCP_RST)
	    || frame->traits & FRAME_REFUTES)
		return false;
	for (enum side side = CLIENT; side < SIDES; side++) {
		if (shown_state_of(frame->state[side]) != shown_state_of(before->state[side]))
			return false;
	}
	return frame->notes == 0 || !ladder_is_anomaly(frame);
}

bool
ladder_is_plain(const struct ladder *l, uint32_t nth)
{
	return frame_is_plain(ladder_nth(l, nth), nth > 0 ? ladder_nth(l, nth - 1) : NULL) && !opens_window(l, nth);
}

bool
ladder_is_hidden(const struct ladder *l, uint32_t nth)
{
	return l->options.fold && nth > 0 && (ladder_nth(l, nth)->notes & NOTE_DUPLICATE_CAPTURE) != 0;
}

static void
item_add(struct ladder *l, uint32_t nth, uint32_t frames, uint32_t run)
{
	if (l->count == l->capacity) {
		l->capacity = l->capacity > 0 ? l->capacity * 2 : 64;
		l->items = memory_resize(l->items, l->capacity, sizeof *l->items);
	}
	l->items[l->count++] = (struct ladder_item){ nth, frames, run };
}

/* Frames [first, end) are a run of plain ones; those before `placed` have their rows. */
static void
run_add(struct ladder *l, uint32_t first, uint32_t placed, uint32_t end)
{
	uint32_t run = first + 1, shown = 0;

	for (uint32_t nth = first; nth < end && shown < RUN_MIN; nth++)
		shown += !ladder_is_hidden(l, nth);
	if (shown >= RUN_MIN && l->options.fold != list_has(&l->opened, run)) {
		item_add(l, first, end - first, run);
		return;
	}
	for (uint32_t nth = placed; nth < end; nth++)
		if (!ladder_is_hidden(l, nth))
			item_add(l, nth, 1, run);
}

/*
 * Appends the rows of frames [from, l->frames).  Those in [run, from) are plain; those before
 * `placed` have their rows.
 */
static void
ladder_extend(struct ladder *l, uint32_t from, uint32_t run, uint32_t placed)
{
	const struct frame *before = from > 0 ? ladder_nth(l, from - 1) : NULL;

	for (uint32_t nth = from; nth < l->frames; nth++) {
		const struct frame *frame = ladder_nth(l, nth);

		if (frame->traits & (FRAME_CONFIRMS | FRAME_REFUTES)
		    && !(frame->notes & NOTE_ICMP_ERROR))
			list_add(&l->decisive[frame_from(frame)], nth);
		if (ladder_is_hidden(l, nth)) {
			/* in a run it stays, but none begins with it */
			if (nth == run)
				run = placed = nth + 1;
		} else if (!frame_is_plain(frame, before) || opens_window(l, nth)) {
			if (nth > run)
				run_add(l, run, placed, nth);
			item_add(l, nth, 1, 0);
			if (ladder_is_anomaly(frame))
				list_add(&l->anomalies, nth);
			run = placed = nth + 1;
		}
		before = frame;
	}
	if (l->frames > run)
		run_add(l, run, placed, l->frames);
}

/*
 * The last run may grow or shrink: its row goes, or its rows where they may become one.
 * Says where the run begins and which of its frames is the first without a row.
 */
static void
reopen_last_run(struct ladder *l, uint32_t from, uint32_t *run, uint32_t *placed)
{
	const struct ladder_item *last = l->count > 0 ? &l->items[l->count - 1] : NULL;

	*run = *placed = from;
	if (last == NULL || last->run == 0)
		return;
	*run = last->run - 1;
	if (last->frames == 1 && l->options.fold == list_has(&l->opened, last->run))
		return;
	while (l->count > 0 && l->items[l->count - 1].run == *run + 1)
		l->count--;
	*placed = *run;
}

bool
ladder_update(struct ladder *l)
{
	struct moment moment;
	uint32_t from, run, placed;

	replay_moment(l->replay, l->flow, &moment);
	if (!l->stale && moment.rows == l->frames)
		return false;
	if (l->stale)
		l->count = l->frames = 0;
	from = l->frames < moment.rows ? l->frames : moment.rows;
	while (l->count > 0 && l->items[l->count - 1].nth >= from)
		l->count--;
	reopen_last_run(l, from, &run, &placed);
	l->anomalies.count = list_below(&l->anomalies, from);
	for (enum side side = CLIENT; side < SIDES; side++)
		l->decisive[side].count = list_below(&l->decisive[side], from);
	l->frames = moment.rows;
	l->stale = false;
	ladder_extend(l, from, run, placed);
	ladder_place(l);
	return true;
}

bool
ladder_state_changes(const struct ladder *l, uint32_t nth, enum side side)
{
	const struct frame *frame = ladder_nth(l, nth);

	if (nth == 0)
		return true;
	return shown_state_of(frame->state[side]) != shown_state_of(ladder_nth(l,
	    nth - 1)->state[side]);
}

enum hindsight
ladder_hindsight(const struct ladder *l, uint32_t nth, enum side side)
{
	enum tcp_state state = shown_state_of(ladder_nth(l, nth)->state[side]);
	const struct ladder_list *decisive = &l->decisive[side];

	for (uint32_t i = list_below(decisive, nth + 1); i < decisive->count; i++) {
		uint32_t at = decisive->at[i];

		if (!(ladder_nth(l, at)->traits & FRAME_REFUTES))
			return HINDSIGHT_PROVED;
		/*
		 * What it refutes is what was assumed last: this state, unless another one
		 * came between.
		 */
		if (shown_state_of(ladder_nth(l, at - 1)->state[side]) == state)
			return HINDSIGHT_REFUTED;
	}
	return HINDSIGHT_NONE;
}

enum ladder_absence
ladder_absence(const struct ladder *l)
{
	if (l->flow->marks & FLOW_PAST)
		return LADDER_GIVEN_UP;
	return l->flow->marks & FLOW_EXISTED ? LADDER_EXISTED : LADDER_NOT_BEGUN;
}

uint32_t
ladder_count(const struct ladder *l)
{
	return l->count;
}

struct ladder_row
ladder_row(const struct ladder *l, uint32_t row)
{
	const struct ladder_item *item = &l->items[row];

	return (struct ladder_row){ item->frames > 1 ? LADDER_FOLDED : LADDER_SEGMENT, item->nth,
	    item->frames };
}

const struct frame *
ladder_frame(const struct ladder *l, uint32_t row)
{
	return ladder_nth(l, l->items[row].nth);
}

uint32_t
ladder_row_of(const struct ladder *l, uint32_t nth)
{
	uint32_t low = 0, high = l->count;

	/* The last row that doesn't begin after it. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (l->items[middle].nth <= nth)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? low - 1 : 0;
}

uint32_t
ladder_row_of_number(const struct ladder *l, uint32_t number)
{
	uint32_t low = 0, high = l->frames;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (frame_is_after(number, ladder_nth(l, middle)->number))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == l->frames)
		return l->count > 0 ? l->count - 1 : 0;
	return ladder_row_of(l, low);
}

void
ladder_toggle_run(struct ladder *l, uint32_t row)
{
	uint32_t run = l->items[row].run, at;

	if (run == 0)
		return;
	at = list_below(&l->opened, run);
	if (at < l->opened.count && l->opened.at[at] == run) {
		memmove(l->opened.at + at, l->opened.at + at + 1,
		    (l->opened.count - at - 1) * sizeof *l->opened.at);
		l->opened.count--;
	} else {
		list_add(&l->opened, run);
		memmove(l->opened.at + at + 1, l->opened.at + at,
		    (l->opened.count - at - 1) * sizeof *l->opened.at);
		l->opened.at[at] = run;
	}
	l->stale = true;
	ladder_update(l);
}

int64_t
ladder_anomaly(const struct ladder *l, uint32_t row, int step)
{
	uint32_t nth, at;

	if (l->anomalies.count == 0 || row >= l->count)
		return -1;
	nth = l->items[row].nth;
	if (step > 0) {
		at = list_below(&l->anomalies, nth + 1);
		return at < l->anomalies.count ? (int64_t)ladder_row_of(l, l->anomalies.at[at])
		    : -1;
	}
	at = list_below(&l->anomalies, nth);
	return at > 0 ? (int64_t)ladder_row_of(l, l->anomalies.at[at - 1]) : -1;
}

void
ladder_rails(const struct ladder *l, unsigned *client, unsigned *server)
{
	*client = l->places.client_rail;
	*server = l->places.server_rail;
}

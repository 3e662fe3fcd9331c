/*
 * Several connections as one ladder.  Keeps a ladder for each, which knows
 * labels, styles and hindsight; adds the common order and the lifelines.
 */
#include "view/merged.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "view/format.h"
#include "view/ladder_internal.h"
#include "view/merged_fold.h"
#include "view/sort.h"

enum { MARGIN = 2, SPACING_MIN = 12, STATES_WIDTH = 26, STATES_FROM = 90 };

struct lifeline {
	uint8_t address[16];
	uint8_t family;
	uint16_t port;		/* 0: the whole address */
	unsigned column;
};

struct entry {
	uint32_t row, nth;	/* in the frame store, and among its flow's frames */
	uint32_t flow;		/* index of the ladder */
};

struct merged {
	struct session *session;
	const struct replay *replay;
	struct ladder **ladders;
	uint32_t *taken;	/* of each flow's frames, how many are in entries */
	size_t flows;
	struct lifeline *lifelines;
	size_t lifeline_count;
	bool by_port;
	struct ladder_options options;
	struct entry *entries;
	uint32_t count, capacity;
	struct merged_fold fold;	/* its rows */
	bool stale;			/* the rows must be made anew */
	uint64_t start;
	uint64_t end;
	unsigned number_width, time_width, flow_width, states_column;
};

static const struct flow *
flow_of(const struct merged *m, size_t index)
{
	return m->ladders[index]->flow;
}

/* The lifeline of an end; added when it has none yet. */
static size_t
lifeline_of(struct merged *m, const struct flow *flow, enum side side)
{
	uint16_t port = m->by_port ? flow->port[side] : 0;
	size_t i = 0;

	while (i < m->lifeline_count && (m->lifelines[i].family != flow->family
	    || m->lifelines[i].port != port
	    || memcmp(m->lifelines[i].address, flow->address[side], 16) != 0))
		i++;
	if (i == m->lifeline_count) {
		struct lifeline *l = &m->lifelines[m->lifeline_count++];

		memcpy(l->address, flow->address[side], sizeof l->address);
		l->family = flow->family;
		l->port = port;
	}
	return i;
}

static bool
merged_has(const struct merged *m, const struct flow *flow)
{
	for (size_t i = 0; i < m->flows; i++) {
		if (flow_of(m, i) == flow)
			return true;
	}
	return false;
}

struct merged *
merged_new(struct session *session, const struct replay *replay, const uint32_t *flows,
    size_t count)
{
	struct merged *m = memory_new(sizeof *m);

	m->session = session;
	m->replay = replay;
	m->ladders = memory_new_array(count, sizeof(struct ladder *));
	m->taken = memory_new_array(count, sizeof *m->taken);
	m->lifelines = memory_new_array(2 * count, sizeof *m->lifelines);
	m->start = UINT64_MAX;
	m->number_width = 4;
	for (size_t i = 0; i < count; i++) {
		const struct flow *flow = flow_table_get(session_flows(session), flows[i]);
		unsigned digits = (unsigned)snprintf(NULL, 0, "#%u", flow->number);

		if (merged_has(m, flow))
			continue;
		m->ladders[m->flows++] = ladder_new(session, replay, flow);
		m->by_port = m->by_port
		    || memcmp(flow->address[CLIENT], flow->address[SERVER], 16) == 0;
		if (flow->first_time < m->start)
			m->start = flow->first_time;
		if (flow->last_time > m->end)
			m->end = flow->last_time;
		if (digits > m->flow_width)
			m->flow_width = digits;
		digits = (unsigned)snprintf(NULL, 0, "%u",
		    frame_store_last_number(session_frames(session), flow));
		if (digits > m->number_width)
			m->number_width = digits;
	}
	for (enum side side = CLIENT; side < SIDES; side++) {
		for (size_t i = 0; i < m->flows; i++)
			lifeline_of(m, flow_of(m, i), side);
	}
	merged_set_options(m, &(struct ladder_options){ .width = 80, .services = true });
	return m;
}

size_t
merged_flows(const struct merged *m, uint32_t *ids, size_t max)
{
	size_t count = m->flows < max ? m->flows : max;

	for (size_t i = 0; i < count; i++)
		ids[i] = flow_of(m, i)->id;
	return count;
}

void
merged_free(struct merged *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->flows; i++)
		ladder_free(m->ladders[i]);
	free(m->ladders);
	free(m->taken);
	free(m->lifelines);
	free(m->entries);
	merged_fold_fini(&m->fold);
	free(m);
}

static unsigned
rails_start(const struct merged *m)
{
	return MARGIN + m->number_width + 2 + m->time_width + 2 + m->flow_width + 2;
}

void
merged_set_options(struct merged *m, const struct ladder_options *options)
{
	unsigned start, states, gaps, spacing;
	struct ladder_options own = *options;
	char longest[FORMAT_TIME_MAX];

	if (options->fold != m->fold.fold) {
		m->fold.fold = options->fold;
		m->fold.opened_count = m->count = 0;
		memset(m->taken, 0, m->flows * sizeof *m->taken);
		m->stale = true;
	}
	m->options = *options;
	m->time_width = options->time == LADDER_TIME_CLOCK ? 15
	    : (unsigned)format_signed_seconds(longest, sizeof longest,
	    (int64_t)(m->end > m->start ? m->end - m->start : 0), 6);
	if (m->time_width < text_columns(_(ladder_time_names[options->time])))
		m->time_width = text_columns(_(ladder_time_names[options->time]));
	start = rails_start(m);
	own.fold = false;
	for (size_t i = 0; i < m->flows; i++)
		ladder_set_options(m->ladders[i], &own);
	gaps = m->lifeline_count > 1 ? (unsigned)m->lifeline_count - 1 : 1;
	states = options->width >= STATES_FROM ? STATES_WIDTH : 0;
	spacing = options->width > start + states + 1 ? (options->width - start - states - 1) / gaps
	    : 0;
	if (spacing < SPACING_MIN)
		spacing = SPACING_MIN;
	for (size_t i = 0; i < m->lifeline_count; i++)
		m->lifelines[i].column = start + (unsigned)i * spacing;
	m->states_column = states > 0 ? start + gaps * spacing + 2 : 0;
}

/* Entries from `from` on in capture order. */
static void
sort_entries(struct merged *m, uint32_t from)
{
	uint32_t count = m->count - from;
	uint64_t *keys = memory_new_array((size_t)count + 1, sizeof *keys);
	uint32_t *ids = memory_new_array((size_t)count + 1, sizeof *ids);
	struct entry *sorted = memory_new_array((size_t)count + 1, sizeof *sorted);

	for (uint32_t i = 0; i < count; i++) {
		keys[i] = m->entries[from + i].row;
		ids[i] = from + i;
	}
	sort_by_key(keys, ids, count);
	for (uint32_t i = 0; i < count; i++)
		sorted[i] = m->entries[ids[i]];
	if (count > 0)
		memcpy(m->entries + from, sorted, count * sizeof *sorted);
	free(keys);
	free(ids);
	free(sorted);
}

static bool
entry_is_plain(const void *merged, uint32_t segment)
{
	const struct merged *m = merged;
	const struct entry *e = &m->entries[segment];

	return ladder_is_plain(m->ladders[e->flow], e->nth);
}

bool
merged_update(struct merged *m)
{
	const struct frame_store *frames = session_frames(m->session);
	uint32_t rows = replay_rows(m->replay), before = m->count, kept;
	bool changed = false;

	while (m->count > 0 && m->entries[m->count - 1].row >= rows)
		m->count--;
	changed = m->count != before;
	kept = m->count;
	for (size_t i = 0; i < m->flows; i++) {
		const struct flow *flow = flow_of(m, i);
		struct moment moment;

		replay_moment(m->replay, flow, &moment);
		ladder_update(m->ladders[i]);
		for (uint32_t nth = m->taken[i] < moment.rows ? m->taken[i] : moment.rows;
		    nth < moment.rows; nth++) {
			if (m->fold.fold && nth > 0 && ladder_nth(m->ladders[i], nth)->notes & NOTE_DUPLICATE_CAPTURE)
				continue;
			if (m->count == m->capacity) {
				m->capacity = m->capacity > 0 ? m->capacity * 2 : 256;
				m->entries = memory_resize(m->entries, m->capacity,
				    sizeof *m->entries);
			}
			m->entries[m->count++] = (struct entry){ frame_store_nth(frames, flow, nth),
			    nth, (uint32_t)i };
		}
		m->taken[i] = moment.rows;
	}
	if (m->count > kept)
		sort_entries(m, kept);
	changed = changed || m->count > kept || m->stale;
	if (changed)
		merged_fold_update(&m->fold, m->stale ? 0 : kept, m->count, entry_is_plain, m);
	m->stale = false;
	return changed;
}

uint32_t
merged_count(const struct merged *m)
{
	return m->fold.count;
}

static const struct entry *
entry_of(const struct merged *m, uint32_t row)
{
	return &m->entries[m->fold.rows[row].first];
}

const struct frame *
merged_frame(const struct merged *m, uint32_t row)
{
	return frame_store_get(session_frames(m->session), entry_of(m, row)->row);
}

const struct flow *
merged_flow(const struct merged *m, uint32_t row)
{
	return flow_of(m, entry_of(m, row)->flow);
}

uint32_t
merged_nth(const struct merged *m, uint32_t row)
{
	return entry_of(m, row)->nth;
}

uint32_t
merged_folded(const struct merged *m, uint32_t row)
{
	return m->fold.rows[row].segments;
}

void
merged_toggle_run(struct merged *m, uint32_t row)
{
	uint32_t first = m->fold.rows[row].first;

	if (merged_fold_toggle(&m->fold, row))
		merged_fold_update(&m->fold, first, m->count, entry_is_plain, m);
}

uint32_t
merged_segments(const struct merged *m)
{
	return m->count;
}

const struct frame *
merged_segment(const struct merged *m, uint32_t segment, const struct flow **flow)
{
	if (flow != NULL)
		*flow = flow_of(m, m->entries[segment].flow);
	return frame_store_get(session_frames(m->session), m->entries[segment].row);
}

uint32_t
merged_segment_of(const struct merged *m, uint32_t row)
{
	return m->fold.rows[row].first;
}

uint32_t
merged_row_of_segment(const struct merged *m, uint32_t segment)
{
	return merged_fold_row_of(&m->fold, segment);
}

/* The first segment that isn't before this frame; the last one when none. */
static uint32_t
segment_of_number(const struct merged *m, uint32_t number)
{
	uint32_t low = 0, high = m->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (frame_is_after(number, merged_segment(m, middle, NULL)->number))
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->count ? low : m->count > 0 ? m->count - 1 : 0;
}

uint32_t
merged_row_of_number(const struct merged *m, uint32_t number)
{
	return merged_row_of_segment(m, segment_of_number(m, number));
}

int64_t
merged_anomaly(const struct merged *m, uint32_t row, int step)
{
	for (int64_t at = (int64_t)row + step; at >= 0 && at < m->fold.count; at += step) {
		if (ladder_is_anomaly(merged_frame(m, (uint32_t)at)))
			return at;
	}
	return -1;
}

/* ---- lines */

static const char *
rail_of(const struct merged *m)
{
	return m->options.ascii ? "|" : "┃";
}

static void
heading_title(struct merged *m, struct line *line)
{
	struct session_status status;
	char frames[FORMAT_NUMBER_MAX];

	session_status(m->session, &status);
	format_count(frames, sizeof frames, m->count);
	line_pad(line, 1);
	if (!m->options.no_source)
		line_printf(line, STYLE_TITLE, "%.200s  ", status.source);
	line_add(line, STYLE_TITLE, m->flows == 1 ? _("connection") : _("connections"));
	for (size_t i = 0; i < m->flows && line->columns + 16 < m->options.width; i++)
		line_printf(line, STYLE_TITLE, "%s %u", i > 0 ? "," : "", flow_of(m, i)->number);
	line_printf(line, STYLE_TITLE, _("  %s segments"), frames);
}

static void
heading_lifelines(struct merged *m, struct line *line)
{
	char text[FORMAT_ENDPOINT_MAX];

	line_add_right(line, STYLE_HEADING, "#", MARGIN + m->number_width);
	line_add_right(line, STYLE_HEADING, _(ladder_time_names[m->options.time]),
	    MARGIN + m->number_width + 2 + m->time_width);
	for (size_t i = 0; i < m->lifeline_count; i++) {
		const struct lifeline *l = &m->lifelines[i];
		unsigned start, takes, room = i + 1 < m->lifeline_count
		    ? m->lifelines[i + 1].column - l->column - 1 : 48;

		if (l->port != 0)
			format_endpoint(text, sizeof text, l->address, l->family, l->port, false);
		else
			format_address(text, sizeof text, l->address, l->family);
		format_shorten(text, room, m->options.ascii ? ".." : "…");
		takes = text_columns(text);
		start = l->column - takes / 2;
		/* the last one stands at the edge */
		if (start + takes > m->options.width && l->column < m->options.width && takes < m->options.width)
			start = m->options.width - takes;
		if (start < line->columns + 1) {
			start = line->columns + 1;
			if (start + takes > m->options.width && l->column < m->options.width)
				format_shorten(text, m->options.width - start, m->options.ascii ? ".." : "…");
		}
		line_pad(line, start);
		line_add(line, STYLE_STRONG, text);
	}
}

void
merged_heading(struct merged *m, unsigned n, struct line *line)
{
	line_clear(line);
	if (n == 0)
		heading_title(m, line);
	else
		heading_lifelines(m, line);
}

static void
render_time(struct merged *m, uint32_t row, const struct frame *frame, struct line *line)
{
	uint32_t segment = m->fold.rows[row].first;
	uint64_t before = segment > 0 ? merged_segment(m, segment - 1, NULL)->time : frame->time, from = m->start;
	char text[FORMAT_TIME_MAX] = "";

	switch (m->options.time) {
	case LADDER_TIME_CLOCK:
		format_clock(text, sizeof text, frame->time);
		break;
	case LADDER_TIME_DELTA:
		format_delta(text, sizeof text, (int64_t)(frame->time - before));
		break;
	case LADDER_TIME_MARK:
		if (m->options.mark != 0)
			from = merged_segment(m, segment_of_number(m, m->options.mark), NULL)->time;
		format_signed_seconds(text, sizeof text, (int64_t)(frame->time - from), 6);
		break;
	case LADDER_TIME_START:
	case LADDER_TIMES:
		format_signed_seconds(text, sizeof text, (int64_t)(frame->time - from), 6);
		break;
	}
	if (m->options.ascii)
		format_make_ascii(text);
	line_add_right(line, STYLE_NORMAL, text, MARGIN + m->number_width + 2 + m->time_width);
}

/* Dashes up to a column; where they cross a lifeline it is seen. */
static void
dashes_to(const struct merged *m, struct line *line, enum style style, unsigned column)
{
	while (line->columns < column) {
		bool crosses = false;

		for (size_t i = 0; i < m->lifeline_count; i++)
			crosses = crosses || m->lifelines[i].column == line->columns;
		if (crosses)
			line_add(line, style, m->options.ascii ? "+" : "╂");
		else
			line_add(line, style, m->options.ascii ? "-" : "─");
	}
}

static enum style
connection_style(const struct entry *e)
{
	enum { IN_TURN = STYLE_FIFTH - STYLE_FIRST + 1 };

	return (enum style)(STYLE_FIRST + (int)(e->flow % IN_TURN));
}

static void
render_arrow(struct merged *m, const struct entry *e, const struct frame *frame, struct line *line)
{
	struct ladder *l = m->ladders[e->flow];
	bool icmp = (frame->notes & NOTE_ICMP_ERROR) != 0;
	enum side sender = frame_from(frame);
	size_t from = lifeline_of(m, l->flow, icmp ? side_other(sender) : sender);
	size_t to = lifeline_of(m, l->flow, icmp ? sender : side_other(sender));
	size_t low = from < to ? from : to, high = from < to ? to : from;
	unsigned start = m->lifelines[low].column, end = m->lifelines[high].column;
	bool by_connection = m->options.colour == LADDER_COLOUR_CONNECTION;
	enum style style = by_connection ? connection_style(e) : ladder_style(l, frame);
	char label[200];

	for (size_t i = 0; i < m->lifeline_count; i++) {
		line_pad(line, m->lifelines[i].column);
		line_add(line, STYLE_RAIL, rail_of(m));
		if (i != low || low == high)
			continue;
		if (to < from)
			line_add(line, style, m->options.ascii ? "<" : "◀");
		dashes_to(m, line, style, start + 3);
		ladder_label(l, e->nth, end > start + 6 ? end - start - 6 : 0, label, sizeof label);
		if (m->options.ascii)
			format_make_ascii(label);
		line_add(line, style, label);
		dashes_to(m, line, style, to > from ? end - 1 : end);
		if (to > from)
			line_add(line, style, m->options.ascii ? ">" : "▶");
		line_add(line, STYLE_RAIL, rail_of(m));
		i = high;
	}
}

/* What becomes of both ends, client first, where there is room. */
static void
render_states(struct merged *m, const struct entry *e, struct line *line)
{
	char client[FORMAT_STATE_MAX], server[FORMAT_STATE_MAX];
	struct ladder *l = m->ladders[e->flow];
	const struct frame *frame = ladder_nth(l, e->nth);
	shown_state state[SIDES];

	if (!ladder_state_changes(l, e->nth, CLIENT) && !ladder_state_changes(l, e->nth, SERVER))
		return;
	for (enum side side = CLIENT; side < SIDES; side++) {
		state[side] = frame->state[side];
		if (state[side] & STATE_PROVISIONAL
		    && ladder_hindsight(l, e->nth, side) == HINDSIGHT_PROVED)
			state[side] &= (shown_state)~STATE_PROVISIONAL;
	}
	format_short_state(client, sizeof client, state[CLIENT]);
	format_short_state(server, sizeof server, state[SERVER]);
	line_pad(line, m->states_column);
	line_add(line, (state[CLIENT] | state[SERVER]) & STATE_PROVISIONAL ? STYLE_PROVISIONAL
	    : STYLE_STATE, client);
	line_add(line, STYLE_DIM, "/");
	line_add(line, (state[CLIENT] | state[SERVER]) & STATE_PROVISIONAL ? STYLE_PROVISIONAL
	    : STYLE_STATE, server);
}

/* "… 13 segments: 58 bytes in 432 ms …" between the first lifeline and the last. */
static void
render_folded(struct merged *m, const struct folded_row *folded, struct line *line)
{
	const struct lifeline *first = &m->lifelines[0], *last = &m->lifelines[m->lifeline_count - 1];
	const struct entry *e = &m->entries[folded->first];
	unsigned area = last->column > first->column ? last->column - first->column - 1 : 0, takes;
	const char *more = m->options.ascii ? ".." : "…";
	char segments[FORMAT_NUMBER_MAX], bytes[FORMAT_NUMBER_MAX], took[FORMAT_TIME_MAX], text[160];
	uint64_t sum = 0, begin = merged_segment(m, folded->first, NULL)->time,
	    end = merged_segment(m, folded->first + folded->segments - 1, NULL)->time;
	bool one = true;

	for (uint32_t i = 0; i < folded->segments; i++) {
		sum += merged_segment(m, folded->first + i, NULL)->length;
		one = one && m->entries[folded->first + i].flow == e->flow;
	}
	format_count(segments, sizeof segments, folded->segments);
	format_count(bytes, sizeof bytes, sum);
	format_duration(took, sizeof took, end > begin ? end - begin : 0);
	snprintf(text, sizeof text, _("%s %s segments: %s bytes in %s %s"), more, segments, bytes, took, more);
	if (text_columns(text) > area)
		snprintf(text, sizeof text, _("%s %s segments %s"), more, segments, more);
	if (text_columns(text) > area)
		snprintf(text, sizeof text, "%s", segments);
	if (m->options.ascii)
		format_make_ascii(text);
	line_pad(line, MARGIN + m->number_width + 2 + m->time_width + 2);
	if (one)
		line_printf(line, connection_style(e), "#%" PRIu32, flow_of(m, e->flow)->number);
	takes = text_columns(text);
	line_pad(line, first->column);
	line_add(line, STYLE_RAIL, rail_of(m));
	for (size_t i = 1; i < m->lifeline_count; i++) {
		unsigned from = first->column + 1 + (area > takes ? (area - takes) / 2 : 0);

		if (line->columns <= from && m->lifelines[i].column >= from) {
			line_pad(line, from);
			line_add(line, STYLE_FOLD, text);
		}
		if (line->columns > m->lifelines[i].column)
			continue;
		line_pad(line, m->lifelines[i].column);
		line_add(line, STYLE_RAIL, rail_of(m));
	}
}

void
merged_render(struct merged *m, uint32_t row, struct line *line)
{
	const struct folded_row *folded = &m->fold.rows[row];
	const struct entry *e = &m->entries[folded->first];
	const struct frame *frame = merged_frame(m, row);
	char text[FORMAT_NUMBER_MAX];

	line_clear(line);
	snprintf(text, sizeof text, "%" PRIu32, frame->number);
	line_add_right(line, STYLE_DIM, text, MARGIN + m->number_width);
	render_time(m, row, frame, line);
	if (folded->segments > 1) {
		render_folded(m, folded, line);
		return;
	}
	snprintf(text, sizeof text, "#%" PRIu32, flow_of(m, e->flow)->number);
	line_pad(line, MARGIN + m->number_width + 2 + m->time_width + 2);
	line_add(line, connection_style(e), text);
	render_arrow(m, e, frame, line);
	if (m->states_column > 0)
		render_states(m, e, line);
}

/*
 * The lines of a ladder of several: its headings, and of a row the time, the
 * connection, the arrow between two lifelines across others, the states.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/language.h"
#include "view/format.h"
#include "view/merged_internal.h"

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
		line_printf(line, STYLE_TITLE, "%s %u", i > 0 ? "," : "", merged_flow_of(m, i)->number);
	line_printf(line, STYLE_TITLE, _("  %s segments"), frames);
}

static void
heading_lifelines(struct merged *m, struct line *line)
{
	char text[FORMAT_ENDPOINT_MAX];

	line_add_right(line, STYLE_HEADING, "#", MERGED_MARGIN + m->number_width);
	line_add_right(line, STYLE_HEADING, _(ladder_time_names[m->options.time]),
	    MERGED_MARGIN + m->number_width + 2 + m->time_width);
	for (size_t i = 0; i < m->lifeline_count; i++) {
		const struct merged_lifeline *l = &m->lifelines[i];
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
			from = merged_segment(m, merged_segment_of_number(m, m->options.mark), NULL)->time;
		format_signed_seconds(text, sizeof text, (int64_t)(frame->time - from), 6);
		break;
	case LADDER_TIME_START:
	case LADDER_TIMES:
		format_signed_seconds(text, sizeof text, (int64_t)(frame->time - from), 6);
		break;
	}
	if (m->options.ascii)
		format_make_ascii(text);
	line_add_right(line, STYLE_NORMAL, text, MERGED_MARGIN + m->number_width + 2 + m->time_width);
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
connection_style(const struct merged_entry *e)
{
	enum { IN_TURN = STYLE_FIFTH - STYLE_FIRST + 1 };

	return (enum style)(STYLE_FIRST + (int)(e->flow % IN_TURN));
}

static void
render_arrow(struct merged *m, const struct merged_entry *e, const struct frame *frame, struct line *line)
{
	struct ladder *l = m->ladders[e->flow];
	bool icmp = (frame->notes & NOTE_ICMP_ERROR) != 0;
	enum side sender = frame_from(frame);
	size_t from = merged_lifeline_of(m, l->flow, icmp ? side_other(sender) : sender);
	size_t to = merged_lifeline_of(m, l->flow, icmp ? sender : side_other(sender));
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
render_states(struct merged *m, const struct merged_entry *e, struct line *line)
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
	const struct merged_lifeline *first = &m->lifelines[0], *last = &m->lifelines[m->lifeline_count - 1];
	const struct merged_entry *e = &m->entries[folded->first];
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
	line_pad(line, MERGED_MARGIN + m->number_width + 2 + m->time_width + 2);
	if (one)
		line_printf(line, connection_style(e), "#%" PRIu32, merged_flow_of(m, e->flow)->number);
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
	const struct merged_entry *e = &m->entries[folded->first];
	const struct frame *frame = merged_frame(m, row);
	char text[FORMAT_NUMBER_MAX];

	line_clear(line);
	snprintf(text, sizeof text, "%" PRIu32, frame->number);
	line_add_right(line, STYLE_DIM, text, MERGED_MARGIN + m->number_width);
	render_time(m, row, frame, line);
	if (folded->segments > 1) {
		render_folded(m, folded, line);
		return;
	}
	snprintf(text, sizeof text, "#%" PRIu32, merged_flow_of(m, e->flow)->number);
	line_pad(line, MERGED_MARGIN + m->number_width + 2 + m->time_width + 2);
	line_add(line, connection_style(e), text);
	render_arrow(m, e, frame, line);
	if (m->states_column > 0)
		render_states(m, e, line);
}

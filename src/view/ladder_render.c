/*
 * A ladder's lines: where the rails stand at a given width, headings, arrows
 * with their labels, states on both sides.  Knows UTF-8 and ASCII lines and
 * that a narrow terminal loses the delta first, then labels' details, never
 * an endpoint or an arrowhead.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "view/format.h"
#include "view/ladder_internal.h"

enum {
	MARGIN = 2,		/* for the cursor's mark */
	DELTA_WIDTH = 8,
	AREA_WISH = 26,		/* between the rails, before the delta is given room */
	AREA_MIN = 14,
	STATE_SHORT = 11, STATE_FULL = 13, STATE_WIDE = 24, WIDE = 124,
	BESIDE = 150		/* from this width on the explanation stands beside the ladder */
};

struct glyphs {
	const char *rail, *line, *right, *left, *dotted, *more, *wrong, *dot;
};
static const struct glyphs glyphs_unicode = { "┃", "─", "▶", "◀", "╌", "…", "✗", "·" };
static const struct glyphs glyphs_ascii = { "|", "-", ">", "<", ".", "..", "!", "-" };

static const struct glyphs *
glyphs_of(const struct ladder *l)
{
	return l->options.ascii ? &glyphs_ascii : &glyphs_unicode;
}

static unsigned
digits_of(uint64_t n)
{
	unsigned digits = 1;

	for (; n >= 10; n /= 10)
		digits++;
	return digits;
}

/* What the time column has to hold. */
static unsigned
time_width_of(const struct ladder *l)
{
	uint64_t longest = l->flow->last_time > l->flow->first_time
	    ? l->flow->last_time - l->flow->first_time : 0;

	switch (l->options.time) {
	case LADDER_TIME_CLOCK:
		return 15;
	case LADDER_TIME_DELTA:
		return DELTA_WIDTH;
	case LADDER_TIME_START:
		break;
	case LADDER_TIME_MARK:
		return digits_of(longest / 1000000000) + 8;
	case LADDER_TIMES:
		break;
	}
	return digits_of(longest / 1000000000) + 7;
}

void
ladder_place(struct ladder *l)
{
	struct ladder_places *p = &l->places;
	unsigned width = l->options.width, left, need;

	memset(p, 0, sizeof *p);
	if (width >= BESIDE)
		width = 104 + (width - BESIDE) / 4;
	p->width = width;
	p->number_width = digits_of(frame_store_last_number(session_frames(l->session), l->flow));
	if (p->number_width < 4)
		p->number_width = 4;
	p->time_width = time_width_of(l);
	p->state_width = width >= WIDE ? STATE_WIDE : width >= 90 ? STATE_FULL : STATE_SHORT;
	p->short_states = width < 90;
	p->number_end = MARGIN + p->number_width;
	/* Two rails with a blank outside of each, and both states. */
	left = p->number_end + 2 * p->state_width + 4;
	need = left + 2 + p->time_width;
	if (need + AREA_MIN > width) {
		p->time_width = 0;
		need = left;
	}
	p->time_end = p->number_end + (p->time_width > 0 ? 2 + p->time_width : 0);
	if (p->time_width > 0 && l->options.time != LADDER_TIME_DELTA
	    && need + 2 + DELTA_WIDTH + AREA_WISH <= width)
		p->delta_width = DELTA_WIDTH;
	p->delta_end = p->time_end + (p->delta_width > 0 ? 2 + p->delta_width : 0);
	p->client_rail = p->delta_end + 1 + p->state_width + 1;
	p->server_rail = width > p->client_rail + p->state_width + 8 ? width - p->state_width - 2
	    : p->client_rail + 7;
}

/* ---- headings */

static const char *const closer_words[CLOSERS] = {
	[CLOSED_BY_NOBODY] = N_("closed"),
	[CLOSED_BY_CLIENT] = N_("closed by the client"),
	[CLOSED_BY_SERVER] = N_("closed by the server"),
	[CLOSED_BY_BOTH] = N_("closed by both")
};

static const char *const outcome_words[OUTCOMES] = {
	[OUTCOME_OPEN] = N_("open"),
	[OUTCOME_CLOSED] = N_("closed"),
	[OUTCOME_HALF_CLOSED] = N_("half closed"),
	[OUTCOME_REFUSED] = N_("refused"),
	[OUTCOME_NO_ANSWER] = N_("no answer"),
	[OUTCOME_RESET_BY_CLIENT] = N_("reset by client"),
	[OUTCOME_RESET_BY_SERVER] = N_("reset by server"),
	[OUTCOME_ABORTED_HANDSHAKE] = N_("aborted handshake"),
	[OUTCOME_MIDSTREAM_OPEN] = N_("midstream open"),
	[OUTCOME_MIDSTREAM_CLOSED] = N_("midstream closed"),
	[OUTCOME_ICMP_REJECTED] = N_("icmp rejected"),
	[OUTCOME_SCAN] = N_("scan")
};

/* What it is while there isn't a frame of it. */
static const char *
words_without_frames(const struct ladder *l)
{
	switch (ladder_absence(l)) {
	case LADDER_GIVEN_UP:
		return _("frames given up");
	case LADDER_EXISTED:
		return _("existed before the capture");
	case LADDER_NOT_BEGUN:
		break;
	}
	return _("not begun yet");
}

/* "closed by the server · 978.4 s · three segments" */
static void
write_outcome(struct narrator *narrator, const struct ladder *l, char *out, size_t size)
{
	const struct outcome *o = narrator_outcome_at(narrator, l->replay, l->flow);
	const char *dot = l->options.ascii ? "-" : "·";
	const char *words = "", *shape = "";
	char duration[FORMAT_TIME_MAX + 8] = "";
	char lasted[FORMAT_TIME_MAX];
	struct moment moment;

	replay_moment(l->replay, l->flow, &moment);
	if (moment.rows == 0) {
		snprintf(out, size, "%s", words_without_frames(l));
		return;
	}
	if (moment.last_time > l->flow->first_time) {
		format_duration(lasted, sizeof lasted, moment.last_time - l->flow->first_time);
		snprintf(duration, sizeof duration, " %s %s", dot, lasted);
	}
	if (o->outcome == OUTCOME_CLOSED || o->outcome == OUTCOME_MIDSTREAM_CLOSED) {
		words = closer_words[o->closed_by];
		if (o->close_shape == CLOSE_FOUR_SEGMENT)
			shape = _("four segments");
		else if (o->close_shape == CLOSE_THREE_SEGMENT)
			shape = _("three segments");
	} else {
		words = outcome_words[o->outcome];
	}
	snprintf(out, size, "%s%s", _(words), duration);
	if (shape[0] != '\0')
		snprintf(out + strlen(out), size - strlen(out), " %s %s", dot, shape);
	if (l->options.ascii)
		format_make_ascii(out);
}

static void
heading_title(struct ladder *l, struct narrator *narrator, struct line *line)
{
	struct session_status status;
	char source[256], which[80], words[160], id[FORMAT_NUMBER_MAX], total[FORMAT_NUMBER_MAX];
	unsigned width = l->options.width, takes;

	session_status(l->session, &status);
	write_outcome(narrator, l, words, sizeof words);
	format_count(id, sizeof id, l->flow->number);
	format_count(total, sizeof total, flow_table_numbered(session_flows(l->session)));
	snprintf(which, sizeof which, _("connection %s of %s"), id, total);
	takes = 2 + text_columns(which) + 3 + text_columns(words);
	snprintf(source, sizeof source, "%.240s", status.source);
	if (takes + 8 < width && !l->options.no_source)
		format_shorten(source, width - takes - 2, glyphs_of(l)->more);
	else
		source[0] = '\0';
	line_pad(line, 1);
	line_add(line, STYLE_TITLE, source);
	if (source[0] != '\0')
		line_add(line, STYLE_TITLE, "  ");
	line_add(line, STYLE_TITLE, which);
	if (line->columns + 2 + text_columns(words) <= width)
		line_add_right(line, STYLE_TITLE, words, width);
}

/* Both ends, each near its rail; where it is narrow the words go before any part of an endpoint. */
static void
heading_endpoints(struct ladder *l, struct line *line)
{
	unsigned width = l->places.width, half = width / 2 > 2 ? width / 2 - 2 : 1;
	const char *more = glyphs_of(l)->more;
	char text[FORMAT_ENDPOINT_MAX], client[FORMAT_ENDPOINT_MAX + 16],
	    server[FORMAT_ENDPOINT_MAX + 16];
	unsigned takes, end, start;

	format_endpoint_in(text, sizeof text, l->flow, CLIENT, l->options.services, half, more);
	snprintf(client, sizeof client, text_columns(text) + 8 <= half ? _("%s  client") : "%s", text);
	format_endpoint_in(text, sizeof text, l->flow, SERVER, l->options.services, half, more);
	snprintf(server, sizeof server, text_columns(text) + 8 <= half ? _("server  %s") : "%s", text);
	takes = text_columns(client);
	end = l->places.client_rail + 1 > takes + 1 ? l->places.client_rail + 1 : takes + 1;
	line_add_right(line, STYLE_CLIENT, client, end);
	takes = text_columns(server);
	start = l->places.server_rail + takes <= width ? l->places.server_rail : width > takes
	    ? width - takes : 0;
	if (start < line->columns + 2)
		start = line->columns + 2;
	line_pad(line, start);
	line_add(line, STYLE_SERVER, server);
}

static void
heading_columns(struct ladder *l, struct line *line)
{
	const struct ladder_places *p = &l->places;
	const char *time = l->options.time == LADDER_TIME_START ? _("time")
	    : _(ladder_time_names[l->options.time]);

	line_add_right(line, STYLE_HEADING, "#", p->number_end);
	if (p->time_width > 0)
		line_add_right(line, STYLE_HEADING, text_columns(time) <= p->time_width ? time
		    : _("mark"), p->time_end);
	if (p->delta_width > 0)
		line_add_right(line, STYLE_HEADING, _("delta"), p->delta_end);
	line_pad(line, p->client_rail);
	line_add(line, STYLE_RAIL, glyphs_of(l)->rail);
	line_pad(line, p->server_rail);
	line_add(line, STYLE_RAIL, glyphs_of(l)->rail);
}

void
ladder_heading(struct ladder *l, struct narrator *narrator, unsigned n, struct line *line)
{
	line_clear(line);
	if (n == 0)
		heading_title(l, narrator, line);
	else if (n == 1)
		heading_endpoints(l, line);
	else
		heading_columns(l, line);
	line_cut(line, l->options.width, glyphs_of(l)->more);
}

/* ---- rows */

static int64_t
since(uint64_t from, uint64_t to)
{
	return (int64_t)(to - from);
}

/* What the time column says of a frame; `before` is the time of the one before it. */
static void
time_text(struct ladder *l, const struct frame *frame, uint64_t before, char *text, size_t size)
{
	uint64_t mark = l->flow->first_time;

	switch (l->options.time) {
	case LADDER_TIME_CLOCK:
		format_clock(text, size, frame->time);
		break;
	case LADDER_TIME_DELTA:
		format_delta(text, size, since(before, frame->time));
		break;
	case LADDER_TIME_MARK:
		if (l->options.mark != 0 && l->frames > 0)
			mark = ladder_frame(l, ladder_row_of_number(l, l->options.mark))->time;
		format_signed_seconds(text, size, since(mark, frame->time), 6);
		break;
	case LADDER_TIME_START:
	case LADDER_TIMES:
		format_signed_seconds(text, size, since(mark, frame->time), 6);
		break;
	}
	if (l->options.ascii)
		format_make_ascii(text);
}

/* Of the frame whose row is the one before. */
static uint64_t
time_before(const struct ladder *l, uint32_t nth)
{
	uint32_t before = nth > 0 ? nth - 1 : 0;

	while (before > 0 && ladder_is_hidden(l, before))
		before--;
	return ladder_nth(l, before)->time;
}

static void
render_times(struct ladder *l, uint32_t nth, const struct frame *frame, struct line *line)
{
	const struct ladder_places *p = &l->places;
	uint64_t before = time_before(l, nth);
	char text[FORMAT_TIME_MAX] = "";

	snprintf(text, sizeof text, "%" PRIu32, frame->number);
	line_add_right(line, STYLE_DIM, text, p->number_end);
	if (p->time_width > 0) {
		time_text(l, frame, before, text, sizeof text);
		line_add_right(line, STYLE_NORMAL, text, p->time_end);
	}
	if (p->delta_width > 0 && nth > 0) {
		format_delta(text, sizeof text, since(before, frame->time));
		if (l->options.ascii)
			format_make_ascii(text);
		line_add_right(line, STYLE_DIM, text, p->delta_end);
	}
}

/* A state where it changes: hindsight takes the `?` away, leaves it, or says that it was wrong. */
static enum style
state_text(const struct ladder *l, uint32_t nth, enum side side, char *out, size_t size)
{
	const struct frame *frame = ladder_nth(l, nth);
	shown_state state = frame->state[side];
	enum style style = STYLE_STATE;
	char before[FORMAT_STATE_MAX];
	const char *sign = "";
	size_t n;

	out[0] = '\0';
	if (!ladder_state_changes(l, nth, side))
		return style;
	if (state & STATE_PROVISIONAL) {
		switch (ladder_hindsight(l, nth, side)) {
		case HINDSIGHT_NONE:
			style = STYLE_PROVISIONAL;
			break;
		case HINDSIGHT_PROVED:
			state &= (shown_state)~STATE_PROVISIONAL;
			break;
		case HINDSIGHT_REFUTED:
			style = STYLE_REFUTED;
			state &= (shown_state)~STATE_PROVISIONAL;
			sign = glyphs_of(l)->wrong;
			break;
		}
	}
	n = l->places.short_states ? format_short_state(out, size, state) : format_state(out, size,
	    state);
	snprintf(out + n, size - n, "%s", sign);
	/* Where this frame refutes what had been assumed, both are told. */
	if (nth > 0 && frame->traits & FRAME_REFUTES && frame_from(frame) == side) {
		shown_state was = ladder_nth(l,
		    nth - 1)->state[side] & (shown_state)~STATE_PROVISIONAL;

		format_short_state(before, sizeof before, was);
		if (text_columns(out) + text_columns(before) + 6 <= l->places.state_width) {
			n = strlen(out);
			snprintf(out + n, size - n, _(" (not %s)"), before);
		}
	}
	return style;
}

/* An ICMP error goes back to who had sent the segment that it quotes. */
static bool
goes_right(const struct frame *frame)
{
	return (frame_from(frame) == CLIENT) != ((frame->notes & NOTE_ICMP_ERROR) != 0);
}

static void
render_arrow(struct ladder *l, uint32_t nth, const struct frame *frame, struct line *line)
{
	const struct glyphs *g = glyphs_of(l);
	const struct ladder_places *p = &l->places;
	unsigned area = p->server_rail - p->client_rail - 1;
	bool icmp = (frame->notes & NOTE_ICMP_ERROR) != 0;
	bool rightward = goes_right(frame);
	const char *dash = icmp ? g->dotted : g->line;
	enum style style = ladder_style(l, frame);
	char label[200];

	line_pad(line, p->client_rail);
	line_add(line, STYLE_RAIL, g->rail);
	if (!rightward)
		line_add(line, style, g->left);
	line_repeat(line, style, dash, rightward ? 2 : 1);
	ladder_label(l, nth, area > 4 ? area - 4 : 0, label, sizeof label);
	if (l->options.ascii)
		format_make_ascii(label);
	line_add(line, style, label);
	while (line->columns + (rightward ? 1U : 0U) < p->server_rail)
		line_add(line, style, dash);
	if (rightward)
		line_add(line, style, g->right);
	line_add(line, STYLE_RAIL, g->rail);
}

static void
render_segment(struct ladder *l, uint32_t nth, struct line *line)
{
	const struct frame *frame = ladder_nth(l, nth);
	const struct ladder_places *p = &l->places;
	char state[FORMAT_STATE_MAX * 2];
	enum style style;

	render_times(l, nth, frame, line);
	style = state_text(l, nth, CLIENT, state, sizeof state);
	state[text_bytes_in(state, p->state_width)] = '\0';
	line_add_right(line, style, state, p->client_rail - 1);
	render_arrow(l, nth, frame, line);
	style = state_text(l, nth, SERVER, state, sizeof state);
	state[text_bytes_in(state, p->state_width)] = '\0';
	if (state[0] != '\0') {
		line_pad(line, p->server_rail + 2);
		line_add(line, style, state);
	}
}

static const struct ladder_sum *
folded_sum(struct ladder *l, const struct ladder_item *item)
{
	struct ladder_sum *sum = &l->sums[item->nth % LADDER_SUMS];

	if (sum->nth != item->nth || sum->frames > item->frames)
		*sum = (struct ladder_sum){ .nth = item->nth };
	for (; sum->frames < item->frames; sum->frames++) {
		const struct frame *frame = ladder_nth(l, item->nth + sum->frames);

		if (ladder_is_hidden(l, item->nth + sum->frames))
			continue;
		sum->segments++;
		sum->bytes[frame_from(frame)] += frame->length;
	}
	return sum;
}

uint32_t
ladder_segments(struct ladder *l, uint32_t row)
{
	return folded_sum(l, &l->items[row])->segments;
}

/* "13 segments: 58 bytes up, 68 down in 432.7 s", or less of it. */
static void
folded_text(struct ladder *l, const struct ladder_item *item, unsigned columns, char *out,
    size_t size)
{
	const struct ladder_sum *sum = folded_sum(l, item);
	uint64_t first = ladder_nth(l, item->nth)->time,
	    last = ladder_nth(l, item->nth + item->frames - 1)->time;
	char took[FORMAT_TIME_MAX], up[FORMAT_NUMBER_MAX], down[FORMAT_NUMBER_MAX],
	    frames[FORMAT_NUMBER_MAX];

	format_duration(took, sizeof took, last > first ? last - first : 0);
	format_count(frames, sizeof frames, sum->segments);
	format_count(up, sizeof up, sum->bytes[CLIENT]);
	format_count(down, sizeof down, sum->bytes[SERVER]);
	snprintf(out, size, _("%s segments: %s bytes up, %s down in %s"), frames, up, down, took);
	if (text_columns(out) > columns)
		snprintf(out, size, _("%s segments: %s up, %s down, %s"), frames, up, down, took);
	if (text_columns(out) > columns) {
		format_bytes(up, sizeof up, sum->bytes[CLIENT]);
		format_bytes(down, sizeof down, sum->bytes[SERVER]);
		snprintf(out, size, _("%s segments %s up %s down"), frames, up, down);
	}
	if (text_columns(out) > columns)
		snprintf(out, size, _("%s segments"), frames);
	if (text_columns(out) > columns)
		snprintf(out, size, "%s", frames);
	if (l->options.ascii)
		format_make_ascii(out);
}

static void
render_folded(struct ladder *l, const struct ladder_item *item, struct line *line)
{
	const struct glyphs *g = glyphs_of(l);
	const struct ladder_places *p = &l->places;
	unsigned area = p->server_rail - p->client_rail - 1, takes;
	char text[192];

	render_times(l, item->nth, ladder_nth(l, item->nth), line);
	line_pad(line, p->client_rail);
	line_add(line, STYLE_RAIL, g->rail);
	folded_text(l, item, area > 6 ? area - 6 : 0, text, sizeof text);
	takes = text_columns(text) + 2 * text_columns(g->more) + 2;
	if (takes > area)
		takes = area;
	line_pad(line, p->client_rail + 1 + (area - takes) / 2);
	line_add(line, STYLE_FOLD, g->more);
	line_add(line, STYLE_FOLD, " ");
	line_add(line, STYLE_FOLD, text);
	line_add(line, STYLE_FOLD, " ");
	line_add(line, STYLE_FOLD, g->more);
	line_pad(line, p->server_rail);
	line_add(line, STYLE_RAIL, g->rail);
}

/* The sentence beside a row, where the terminal is wide enough. */
static void
render_beside(struct ladder *l, uint32_t nth, struct line *line)
{
	struct ladder_beside *b = &l->beside[nth % LADDER_BESIDES];
	unsigned start = l->places.width + 2;

	if (l->narrator == NULL)
		l->narrator = narrator_new(l->session);
	if (b->text == NULL || b->nth != nth) {
		char text[EXPLANATION_TEXT_MAX];

		narrator_explain(l->narrator, l->flow, nth, false, text, sizeof text);
		free(b->text);
		b->text = memory_copy_text(text);
		b->nth = nth;
		if (l->options.ascii)
			format_make_ascii(b->text);
	}
	line_pad(line, start);
	line_add(line, STYLE_DIM, b->text);
}

void
ladder_render(struct ladder *l, uint32_t row, struct line *line)
{
	const struct ladder_item *item = &l->items[row];

	line_clear(line);
	if (item->frames > 1)
		render_folded(l, item, line);
	else
		render_segment(l, item->nth, line);
	if (l->options.width > l->places.width && item->frames == 1)
		render_beside(l, item->nth, line);
	line_cut(line, l->options.width, glyphs_of(l)->more);
}

void
ladder_cells(struct ladder *l, uint32_t row, unsigned columns, struct ladder_cells *c)
{
	uint64_t before;

	memset(c, 0, sizeof *c);
	c->row = ladder_row(l, row);
	c->frame = ladder_nth(l, c->row.nth);
	c->last = ladder_nth(l, c->row.nth + c->row.frames - 1);
	before = time_before(l, c->row.nth);
	time_text(l, c->frame, before, c->time, sizeof c->time);
	if (c->row.nth > 0 && l->options.time != LADDER_TIME_DELTA)
		format_delta(c->delta, sizeof c->delta, since(before, c->frame->time));
	if (c->row.kind == LADDER_FOLDED) {
		c->style = STYLE_FOLD;
		folded_text(l, &l->items[row], columns, c->label, sizeof c->label);
	} else {
		c->style = ladder_style(l, c->frame);
		c->rightward = goes_right(c->frame);
		c->resends = ladder_resends(l, c->row.nth);
		ladder_label(l, c->row.nth, columns, c->label, sizeof c->label);
		for (enum side side = CLIENT; side < SIDES; side++)
			c->state_style[side] = state_text(l, c->row.nth, side, c->state[side],
			    sizeof c->state[side]);
	}
	if (l->options.ascii) {
		format_make_ascii(c->delta);
		format_make_ascii(c->label);
	}
}

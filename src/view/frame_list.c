/*
 * Frames as a list.  The order of columns is that of importance; what
 * doesn't fit on the right is cut there, and the screen can scroll to it.
 */
#include "view/frame_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "tcp/icmp_text.h"
#include "view/format.h"

enum { SCAN_ROWS = 5000, NUMBER_WIDTH = 6, TIME_WIDTH = 11, CLOCK_WIDTH = 15,
    ENDPOINT_MIN = 17, ENDPOINT_MAX = 30, SAYS_MIN = 16 };

struct frame_list {
	struct session *session;
	const struct replay *replay;
	struct narrator *narrator;
	char text[FILTER_TEXT_MAX];
	struct filter *filter;		/* NULL: everything */
	uint32_t *found;		/* rows that match, ascending */
	uint32_t found_count, found_size;
	uint32_t scanned;		/* rows looked at */
};

struct frame_list *
frame_list_new(struct session *session, const struct replay *replay, struct narrator *narrator)
{
	struct frame_list *l = memory_new(sizeof *l);

	l->session = session;
	l->replay = replay;
	l->narrator = narrator;
	return l;
}

void
frame_list_free(struct frame_list *l)
{
	if (l == NULL)
		return;
	filter_free(l->filter);
	free(l->found);
	free(l);
}

void
frame_list_set_filter(struct frame_list *l, const char *text)
{
	if (strcmp(text, l->text) == 0)
		return;
	snprintf(l->text, sizeof l->text, "%s", text);
	filter_free(l->filter);
	l->filter = filter_compile(text, NULL);
	if (l->filter != NULL && filter_is_empty(l->filter)) {
		filter_free(l->filter);
		l->filter = NULL;
	}
	l->found_count = l->scanned = 0;
}

static void
add_found(struct frame_list *l, uint32_t row)
{
	if (l->found_count == l->found_size) {
		l->found_size = l->found_size == 0 ? 1024 : l->found_size * 2;
		l->found = memory_resize(l->found, l->found_size, sizeof *l->found);
	}
	l->found[l->found_count++] = row;
}

void
frame_list_moved(struct frame_list *l, const struct eviction_moves *moves)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < l->found_count; i++)
		if (frame_moves_kept(moves->rows, l->found[i]))
			l->found[kept++] = frame_moves_row(moves->rows, l->found[i]);
	l->found_count = kept;
	l->scanned = frame_moves_row(moves->rows, l->scanned);
}

static const struct flow *
flow_of(const struct frame_list *l, const struct frame *f)
{
	return f->flow == 0 ? NULL : flow_table_get(session_flows(l->session), f->flow);
}

bool
frame_list_update(struct frame_list *l)
{
	const struct frame_store *frames = session_frames(l->session);
	uint32_t total = frame_store_count(frames);

	if (l->filter == NULL)
		return false;
	for (uint32_t n = 0; n < SCAN_ROWS && l->scanned < total; n++, l->scanned++) {
		const struct frame *f = frame_store_get(frames, l->scanned);
		const struct flow *flow = flow_of(l, f);
		struct flow_row about;

		if (flow == NULL)
			continue;
		flow_row_init(&about, l->narrator, l->replay, flow);
		if (filter_match_frame(l->filter, &about, f))
			add_found(l, l->scanned);
	}
	return l->scanned < total;
}

/* How many of the found are below that row. */
static uint32_t
found_before(const struct frame_list *l, uint32_t row)
{
	uint32_t low = 0, high = l->found_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (l->found[middle] < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t
frame_list_count(const struct frame_list *l)
{
	uint32_t rows = replay_rows(l->replay);

	return l->filter == NULL ? rows : found_before(l, rows);
}

uint32_t
frame_list_get(const struct frame_list *l, uint32_t n)
{
	return l->filter == NULL ? n : l->found[n];
}

uint32_t
frame_list_find(const struct frame_list *l, uint32_t row)
{
	uint32_t n = l->filter == NULL ? row : found_before(l, row), count = frame_list_count(l);

	return n < count ? n : count;
}

/* ---- lines */

struct places {
	unsigned number_end, time_end, source, target, says, endpoint;	/* target: 0: no room, left out */
};

static unsigned
digits_of(uint64_t n)
{
	unsigned digits = 1;

	for (; n >= 10; n /= 10)
		digits++;
	return digits;
}

/* Numbers and times have room for the largest: one that is cut would be another one. */
static struct places
places_of(const struct frame_list *l, const struct frame_list_options *o)
{
	const struct frame_store *frames = session_frames(l->session);
	uint32_t count = frame_store_count(frames);
	struct places p = { .number_end = NUMBER_WIDTH };
	unsigned rest, time = o->clock ? CLOCK_WIDTH : TIME_WIDTH;

	if (count > 0) {
		const struct frame *last = frame_store_get(frames, count - 1);
		uint64_t first = frame_store_first_time(frames);
		unsigned digits = digits_of(last->number), seconds = 7
		    + digits_of(last->time > first ? (last->time - first) / 1000000000 : 0);

		p.number_end = digits > p.number_end ? digits : p.number_end;
		time = !o->clock && seconds > time ? seconds : time;
	}
	p.time_end = p.number_end + 1 + time;
	rest = o->width > p.time_end ? (o->width - p.time_end) / 4 : 0;
	rest += rest / 8;
	p.endpoint = rest < ENDPOINT_MIN ? ENDPOINT_MIN : rest > ENDPOINT_MAX ? ENDPOINT_MAX : rest;
	p.source = p.time_end + 1;
	p.target = p.source + p.endpoint + 3;
	p.says = p.target + p.endpoint + 1;
	if (p.says + SAYS_MIN > o->width) {
		p.says = p.target - 2;
		p.target = 0;
	}
	return p;
}

void
frame_list_heading(const struct frame_list *l, const struct frame_list_options *o, struct line *line)
{
	struct places p = places_of(l, o);

	line_clear(line);
	line_add_right(line, STYLE_HEADING, "#", p.number_end);
	line_add_right(line, STYLE_HEADING, o->clock ? _("clock") : _("time"), p.time_end);
	line_pad(line, p.source);
	line_add(line, STYLE_HEADING, _("From"));
	if (p.target > 0) {
		line_pad(line, p.target);
		line_add(line, STYLE_HEADING, _("To"));
	}
	line_pad(line, p.says);
	line_add(line, STYLE_HEADING, _("Segment, and the states after it"));
}

static enum style
style_of(const struct frame *f)
{
	if (f->flags & TCP_RST)
		return STYLE_RESET;
	if (f->notes & NOTES_RESENT)
		return STYLE_RESENT;
	for (int i = 0; i < NOTES; i++)
		if ((f->notes & (uint32_t)note_names[i].note) && note_names[i].anomaly)
			return STYLE_TROUBLE;
	if (f->flags & TCP_SYN)
		return STYLE_OPENING;
	if (f->flags & TCP_FIN)
		return STYLE_CLOSING;
	return f->length > 0 ? STYLE_OPEN : STYLE_ACK;
}

static void
add_labels(const struct frame *f, struct line *line)
{
	const char *last = "";

	for (int i = 0; i < NOTES; i++) {
		const struct note_name *n = &note_names[i];

		if (!(f->notes & (uint32_t)n->note) || n->label[0] == '\0' || strcmp(n->label, last) == 0)
			continue;
		last = n->label;
		line_add(line, STYLE_NORMAL, " ");
		if (n->note == NOTE_DUPLICATE_ACK && f->duplicate_ack > 0)
			line_printf(line, STYLE_TROUBLE, "DUP#%u", f->duplicate_ack);
		else
			line_add(line, n->anomaly ? style_of(f) : STYLE_NOTE, n->label);
	}
}

/* "  ESTAB ESTAB?" */
static unsigned
states_columns(const struct frame *f)
{
	char client[FORMAT_STATE_MAX], server[FORMAT_STATE_MAX];

	format_short_state(client, sizeof client, f->state[CLIENT]);
	format_short_state(server, sizeof server, f->state[SERVER]);
	return 2 + text_columns(client) + 1 + text_columns(server);
}

static void
add_numbers(const struct frame *f, const struct flow *flow, const struct frame_list_options *o, struct line *line)
{
	enum side from = frame_from(f);
	uint32_t seq = o->absolute ? f->seq : flow_relative(flow, from, f->seq);
	uint32_t ack = o->absolute ? f->ack : flow_relative(flow, side_other(from), f->ack);
	char flags[FORMAT_FLAGS_MAX], window[FORMAT_WINDOW_MAX];

	format_flags(flags, sizeof flags, f->flags);
	line_printf(line, style_of(f), "[%s]", flags);
	add_labels(f, line);
	if (f->length > 0)
		line_printf(line, STYLE_NORMAL, _(" %u bytes"), f->length);
	if (frame_sequence_length(f) > 0)
		line_printf(line, STYLE_NORMAL, " seq %" PRIu32, seq);
	if (f->flags & TCP_ACK)
		line_printf(line, STYLE_NORMAL, " ack %" PRIu32, ack);
	format_window(window, sizeof window, flow, f);
	/* what nobody can tell in bytes doesn't push the states out */
	if (flow_window_is_known(flow, f) || line->columns + 5 + text_columns(window) + states_columns(f) <= o->width)
		line_printf(line, STYLE_NORMAL, " win %s", window);
}

static void
add_states(const struct frame *f, struct line *line)
{
	char client[FORMAT_STATE_MAX], server[FORMAT_STATE_MAX];

	format_short_state(client, sizeof client, f->state[CLIENT]);
	format_short_state(server, sizeof server, f->state[SERVER]);
	line_printf(line, STYLE_DIM, "  %s %s", client, server);
}

void
frame_list_render(const struct frame_list *l, uint32_t n, const struct frame_list_options *o, struct line *line)
{
	const struct frame_store *frames = session_frames(l->session);
	const struct frame *f = frame_store_get(frames, frame_list_get(l, n));
	uint64_t first = frame_store_first_time(frames);
	const struct flow *flow = flow_of(l, f);
	struct places p = places_of(l, o);
	const char *more = o->ascii ? ".." : "…";
	char text[FORMAT_ENDPOINT_MAX];

	line_clear(line);
	snprintf(text, sizeof text, "%" PRIu32, f->number);
	line_add_right(line, STYLE_DIM, text, p.number_end);
	if (o->clock)
		format_clock(text, sizeof text, f->time);
	else
		format_signed_seconds(text, sizeof text, (int64_t)(f->time - first), 6);
	line_add_right(line, STYLE_NORMAL, text, p.time_end);
	line_pad(line, p.source);
	if (flow == NULL) {
		line_printf(line, STYLE_NOTE, _("ICMP: %s, about a connection that isn't in this capture"),
		    icmp_text(f->duplicate_ack, f->window));
		return;
	}
	format_endpoint_in(text, sizeof text, flow, frame_from(f), o->services, p.endpoint, more);
	line_add(line, frame_from(f) == CLIENT ? STYLE_CLIENT : STYLE_SERVER, text);
	if (p.target > 0) {
		line_pad(line, p.target - 2);
		line_add(line, STYLE_DIM, o->ascii ? ">" : "→");
		line_pad(line, p.target);
		format_endpoint_in(text, sizeof text, flow, side_other(frame_from(f)), o->services, p.endpoint, more);
		line_add(line, frame_from(f) == CLIENT ? STYLE_SERVER : STYLE_CLIENT, text);
	}
	line_pad(line, p.says);
	if (f->notes & NOTE_ICMP_ERROR) {
		line_printf(line, STYLE_TROUBLE, "ICMP: %s", icmp_text(f->duplicate_ack, f->window));
		if (frame_icmp_mtu(f) > 0)
			line_printf(line, STYLE_NORMAL, " mtu %u", frame_icmp_mtu(f));
		return;
	}
	add_numbers(f, flow, o, line);
	add_states(f, line);
}

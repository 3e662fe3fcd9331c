/*
 * A ladder as text for Mermaid: a message a segment, a note where a state
 * changes.  Sent again is a dashed arrow, a reset ends in a cross, an ICMP
 * error has an open head.  Knows Mermaid's grammar only as far as it is
 * needed to never leave it, and that it draws no text of more than 50,000
 * characters (maxTextSize): what is more is left out in the middle of a
 * ladder, and that is said there.
 */
#include "view/export_mermaid.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "view/format.h"

enum {
	LABEL_COLUMNS = 58, NOTE_COLUMNS = 70, STATES_WIDE = 140, NAME_MAX = 16,
	SIZE_MAX_DRAWN = 49500,		/* something may be put around it */
	GAP_SIZE = 200			/* what is said of rows that are left out */
};

struct participant {
	const struct flow *flow;	/* of which it is this end */
	enum side side;
	char name[NAME_MAX];
};

struct diagram {
	struct output *out;	/* where things wait until their size is known */
	struct output *to;
	size_t room;		/* how many characters may follow */
	struct session *session;
	const struct replay *replay;
	struct narrator *narrator;
	struct ladder_options how;
	const volatile int *interrupted;
	struct participant participant[SIDES * EXPORT_MERMAID_MAX];
	size_t participants;
	bool alone;		/* one connection: notes stand outside of it */
};

static bool
is_harmless(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
	    || c & 0x80 || strchr(" .,:()+-/_[]=?'!@", c) != NULL;
}

/* Safe text (base/text.h): what isn't harmless becomes an entity as Mermaid writes them. */
static void
put_bytes(const struct diagram *d, const char *text, size_t length)
{
	for (size_t i = 0; i < length && text[i] != '\0'; i++) {
		if (is_harmless(text[i]))
			output_char(d->out, text[i]);
		else
			output_printf(d->out, "#%u;", (unsigned)(unsigned char)text[i]);
	}
}

static void
put_text(const struct diagram *d, const char *text)
{
	put_bytes(d, text, strlen(text));
}

static const struct participant *
participant_of(struct diagram *d, const struct flow *flow, enum side side)
{
	struct participant *p;

	for (size_t i = 0; i < d->participants; i++) {
		const struct participant *other = &d->participant[i];

		if (d->alone ? other->side == side : other->flow->family == flow->family
		    && other->flow->port[other->side] == flow->port[side]
		    && memcmp(other->flow->address[other->side], flow->address[side], 16) == 0)
			return other;
	}
	p = &d->participant[d->participants++];
	p->flow = flow;
	p->side = side;
	if (d->alone)
		snprintf(p->name, sizeof p->name, "%c", side == CLIENT ? 'C' : 'S');
	else
		snprintf(p->name, sizeof p->name, "%c%zu", side == CLIENT ? 'C' : 'S',
		    d->participants);
	return p;
}

static void
put_participants(struct diagram *d, const uint32_t *flows, size_t count)
{
	const struct flow_table *table = session_flows(d->session);
	char text[FORMAT_ENDPOINT_MAX];

	/* Clients left, servers right, as in a ladder. */
	for (enum side side = CLIENT; side < SIDES; side++)
		for (size_t i = 0; i < count; i++)
			participant_of(d, flow_table_get(table, flows[i]), side);
	for (size_t i = 0; i < d->participants; i++) {
		const struct participant *p = &d->participant[i];

		format_flow_endpoint(text, sizeof text, p->flow, p->side, d->how.services);
		output_printf(d->out, "    participant %s as %s<br/>", p->name,
		    p->side == CLIENT ? _("client") : _("server"));
		put_text(d, text);
		output_char(d->out, '\n');
	}
}

/* Text that is broken to lines. */
static void
put_paragraph(const struct diagram *d, const char *text)
{
	size_t length;

	for (const char *next, *at = text; at != NULL; at = next) {
		next = format_wrap(at, NOTE_COLUMNS, &length);
		put_bytes(d, at, length);
		if (next != NULL)
			output_text(d->out, "<br/>");
	}
}

static void
put_states(const struct diagram *d, const struct participant *const ends[SIDES],
    const struct ladder_cells *c)
{
	static const char *const beside[SIDES] = { "left of", "right of" };

	for (enum side side = CLIENT; side < SIDES; side++) {
		if (c->state[side][0] == '\0')
			continue;
		output_printf(d->out, "    Note %s %s: ", d->alone ? beside[side] : "over",
		    ends[side]->name);
		put_text(d, c->state[side]);
		output_char(d->out, '\n');
	}
}

static void
put_note_over(const struct diagram *d, const struct participant *const ends[SIDES])
{
	output_printf(d->out, "    Note over %s,%s: ", ends[CLIENT]->name, ends[SERVER]->name);
}

static const char *
arrow_of(const struct frame *frame)
{
	if (frame->notes & NOTE_ICMP_ERROR)
		return "--)";
	if (frame->flags & TCP_RST)
		return "-x";
	return frame->notes & NOTES_RESENT ? "-->>" : "->>";
}

static void
put_row(const struct diagram *d, const struct participant *const ends[SIDES],
    const struct ladder_cells *c)
{
	const struct participant *from = ends[c->rightward ? CLIENT : SERVER],
	    *to = ends[c->rightward ? SERVER : CLIENT];
	char number[FORMAT_NUMBER_MAX];

	if (c->row.kind == LADDER_FOLDED) {
		put_note_over(d, ends);
		put_text(d, c->label);
		output_char(d->out, '\n');
		return;
	}
	output_printf(d->out, "    %s%s%s: ", from->name, arrow_of(c->frame), to->name);
	snprintf(number, sizeof number, "#%" PRIu32 "  ", c->frame->number);
	put_text(d, number);
	put_text(d, c->time);
	output_text(d->out, "  ");
	put_text(d, c->label);
	output_char(d->out, '\n');
	put_states(d, ends, c);
}

/* "connection 1 of 2, closed by the server · 978.4 s", from the ladder's heading. */
static void
connection_title(const struct diagram *d, struct ladder *l, char *out, size_t size)
{
	struct line line;
	char *gap, *which;

	ladder_heading(l, d->narrator, 0, &line);
	which = line.text + strspn(line.text, " ");
	gap = strstr(which, "  ");
	snprintf(out, size, "%.*s%s%s", gap != NULL ? (int)(gap - which) : -1, which,
	    gap != NULL ? ", " : "", gap != NULL ? gap + strspn(gap, " ") : "");
}

/* ---- what there is room for */

/* Of what waits, in JavaScript's characters, which are what Mermaid counts. */
static size_t
size_waiting(const struct diagram *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->out->used; i++) {
		unsigned char c = (unsigned char)d->out->buffer[i];

		n += (c & 0xc0) == 0x80 ? 0U : c >= 0xf0 ? 2U : 1U;
	}
	return n;
}

static void
forget_waiting(const struct diagram *d)
{
	d->out->used = 0;
}

/* Writes what waits. */
static void
put_waiting(struct diagram *d)
{
	size_t size = size_waiting(d);

	output_bytes(d->to, d->out->buffer, d->out->used);
	d->room -= size < d->room ? size : d->room;
	forget_waiting(d);
}

static size_t
row_size(const struct diagram *d, const struct participant *const ends[SIDES], struct ladder *l,
    uint32_t row)
{
	struct ladder_cells c;
	size_t size;

	ladder_cells(l, row, LABEL_COLUMNS, &c);
	put_row(d, ends, &c);
	size = size_waiting(d);
	forget_waiting(d);
	return size;
}

/* As many rows as there is room for: those before *from, and from *to on. All, where these meet. */
static void
choose_rows(const struct diagram *d, const struct participant *const ends[SIDES], struct ladder *l,
    size_t room, uint32_t *from, uint32_t *to)
{
	size_t left = room > GAP_SIZE ? room - GAP_SIZE : 0, half = left / 2, size;
	uint32_t count = ladder_count(l);

	for (*from = 0; *from < count; ++*from, left -= size) {
		size = row_size(d, ends, l, *from);
		if (left < size || (*from > 0 && left < half + size))
			break;
	}
	for (*to = count; *to > *from; --*to, left -= size) {
		size = row_size(d, ends, l, *to - 1);
		if (left < size)
			break;
	}
}

static void
put_gap(const struct diagram *d, const struct participant *const ends[SIDES], struct ladder *l,
    uint32_t from, uint32_t to)
{
	char text[VERDICT_TEXT_MAX], rows[FORMAT_NUMBER_MAX];

	format_count(rows, sizeof rows, to - from);
	snprintf(text, sizeof text, P_("%s row, of frame %u, is left out: Mermaid draws no more than 50,000 characters",
	    "%s rows, from frame %u on, are left out: Mermaid draws no more than 50,000 characters",
	    to - from), rows, ladder_frame(l, from)->number);
	put_note_over(d, ends);
	put_paragraph(d, text);
	output_char(d->out, '\n');
}

static void
put_rows(struct diagram *d, const struct participant *const ends[SIDES], struct ladder *l,
    size_t room)
{
	uint32_t from, to, count = ladder_count(l);

	choose_rows(d, ends, l, room, &from, &to);
	for (uint32_t row = 0; row < count && !output_failed(d->to); row++) {
		struct ladder_cells c;

		if (d->interrupted != NULL && *d->interrupted)
			break;
		if (row == from && from < to) {
			put_gap(d, ends, l, from, to);
			row = to - 1;
		} else {
			ladder_cells(l, row, LABEL_COLUMNS, &c);
			put_row(d, ends, &c);
		}
		put_waiting(d);
	}
}

/* What waits is the verdict; its size. */
static size_t
begin_verdict(const struct diagram *d, const struct participant *const ends[SIDES],
    const struct flow *flow)
{
	char text[VERDICT_TEXT_MAX];

	snprintf(text, sizeof text, "%s",
	    narrator_outcome_at(d->narrator, d->replay, flow)->verdict);
	if (text[0] == '\0')
		return 0;
	if (d->how.ascii)
		format_make_ascii(text);
	put_note_over(d, ends);
	put_paragraph(d, text);
	output_char(d->out, '\n');
	return size_waiting(d);
}

/* Takes `room` characters, or less. */
static void
put_connection(struct diagram *d, struct ladder *l, const struct flow *flow, size_t room)
{
	const struct participant *const ends[SIDES] = { participant_of(d, flow, CLIENT),
	    participant_of(d, flow, SERVER) };
	size_t rest = d->room > room ? d->room - room : 0, verdict;
	char text[VERDICT_TEXT_MAX];

	if (!d->alone) {
		connection_title(d, l, text, sizeof text);
		put_note_over(d, ends);
		put_text(d, text);
		output_char(d->out, '\n');
		put_waiting(d);
	}
	room = d->room > rest ? d->room - rest : 0;
	verdict = begin_verdict(d, ends, flow);
	forget_waiting(d);
	if (verdict + GAP_SIZE > room)
		verdict = 0;
	put_rows(d, ends, l, room - verdict);
	if (verdict > 0) {
		begin_verdict(d, ends, flow);
		put_waiting(d);
	}
}

static struct ladder *
open_ladder(const struct diagram *d, const struct flow *flow)
{
	struct ladder *l = ladder_new(d->session, d->replay, flow);

	ladder_set_options(l, &d->how);
	ladder_update(l);
	return l;
}

static void
put_title(const struct diagram *d, const uint32_t *flows, size_t count)
{
	struct session_status status;
	char text[256];

	session_status(d->session, &status);
	output_text(d->out, "sequenceDiagram\n    title ");
	put_text(d, status.source);
	if (d->alone) {
		const struct flow_table *table = session_flows(d->session);
		struct ladder *l = open_ladder(d, flow_table_get(table, flows[0]));

		connection_title(d, l, text, sizeof text);
		output_text(d->out, ", ");
		put_text(d, text);
		ladder_free(l);
	} else {
		output_printf(d->out, _(", %zu connections"), count);
	}
	output_char(d->out, '\n');
}

void
export_mermaid(struct output *out, struct session *session, const struct replay *replay,
    struct narrator *narrator, const struct ladder_options *how, const uint32_t *flows,
    size_t count, const volatile int *interrupted)
{
	struct diagram d = { .out = output_new(NULL), .to = out, .room = SIZE_MAX_DRAWN,
	    .session = session, .replay = replay, .narrator = narrator, .how = *how,
	    .interrupted = interrupted, .alone = count == 1 };

	d.how.width = STATES_WIDE;
	d.how.no_source = true;
	put_title(&d, flows, count);
	put_waiting(&d);
	put_participants(&d, flows, count);
	put_waiting(&d);
	for (size_t i = 0; i < count; i++) {
		const struct flow *flow = flow_table_get(session_flows(session), flows[i]);
		struct ladder *l = open_ladder(&d, flow);

		put_connection(&d, l, flow, d.room / (count - i));
		ladder_free(l);
	}
	free(d.out);
}

/*
 * The drawing of a ladder.  All rows are of one height, so that its size is
 * known before the first row and nothing has to be kept.  Lifelines carry
 * the colour of the state; kinds of segments differ in form as well as in
 * colour: sent again is dashed and tied to its first sending, an ICMP error
 * is dotted, a reset ends in a cross.
 */
#include "view/drawing.h"

#include <inttypes.h>
#include <string.h>

#include "base/language.h"
#include "view/format.h"

enum {
	MARGIN = 28,
	NUMBER_END = 62, TIME_END = 152, DELTA_END = 224,
	CLIENT_RAIL = 430, SERVER_RAIL = 890, RAIL_WIDTH = 8,
	TOP = 132,		/* from a connection's title to the beginning of its lifelines */
	BARE_TOP = 68,		/* the same without a title */
	FIRST_ROW = 36, ROW = 32, TAIL = 20,
	BOX_HEIGHT = 30, PILL_HEIGHT = 20, PILL_GAP = 14,
	VERDICT_GAP = 34, VERDICT_LINE = 20, VERDICT_COLUMNS = 140, BOTTOM = 24,
	LABEL_COLUMNS = 58, ENDPOINT_COLUMNS = 46, TIE_ROWS = 60,
	STATES_WIDE = 140	/* a ladder's width where states have room for what was refuted */
};

/* What a letter of the monospaced font takes, in hundredths: 12 px, 0.602 em. */
enum { LETTER = 725 };

const char drawing_style_sheet[] =
	"svg{color-scheme:light dark;font-size:12px;"
	"font-family:ui-monospace,\"DejaVu Sans Mono\",Menlo,Consolas,monospace}\n"
	".paper{fill:#ffffff}text{fill:#1f2328;white-space:pre}.soft{fill:#59636e}\n"
	".title,.words{font-family:\"Segoe UI\",\"Helvetica Neue\",\"DejaVu Sans\",Arial,"
	"sans-serif}\n"
	".title{font-size:19px;font-weight:600}.words{font-size:14px}\n"
	".end{text-anchor:end}.mid{text-anchor:middle}.role{font-weight:600}\n"
	".box{fill:#f6f8fa;stroke:#d1d9e0}.pill{fill:#eef1f4}.pill.opening{fill:#ddf4ff}"
	".pill.open{fill:#cfe8ff}.pill.closing{fill:#fbefff}\n"
	".refuted{text-decoration:line-through}.provisional{font-style:italic}\n"
	".bar{fill:#d1d9e0}.bar.opening{fill:#80ccff}.bar.open{fill:#0969da}"
	".bar.closing{fill:#a475f9}\n"
	".k{color:#1f2328}.k text,.k .h{fill:currentColor}"
	".k .a{stroke:currentColor;stroke-width:1.6;fill:none}"
	".k .w{stroke:currentColor;stroke-width:2.4;fill:none}\n"
	".k.opening,.k.client{color:#0550ae}.k.ack,.k.note,.k.dim{color:#59636e}"
	".k.closing{color:#6639ba}.k.reset{color:#bc4c00}"
	".k.resent,.k.trouble,.k.server{color:#953800}\n"
	".k.reset text,.k.resent text,.k.trouble text{font-weight:600}\n"
	".resent .a{stroke-dasharray:7 4}.icmp .a{stroke-dasharray:2 4}"
	".tie{stroke:#953800;fill:none;stroke-dasharray:2 3}\n"
	".fold{fill:#f6f8fa;stroke:#d1d9e0;stroke-dasharray:3 3}\n"
	"@media (prefers-color-scheme:dark){.paper{fill:#0d1117}text{fill:#e6edf3}"
	".soft{fill:#9198a1}.box,.fold{fill:#161b22;stroke:#3d444d}"
	".pill{fill:#262c36}.pill.opening{fill:#0c2d6b}"
	".pill.open{fill:#10396b}.pill.closing{fill:#3c1e70}"
	".bar{fill:#3d444d}.bar.opening{fill:#79c0ff}.bar.open{fill:#1f6feb}"
	".bar.closing{fill:#8957e5}"
	".k{color:#e6edf3}.k.opening,.k.client{color:#79c0ff}.k.ack,.k.note,.k.dim{color:#9198a1}"
	".k.closing{color:#d2a8ff}.k.reset{color:#ff9b5e}"
	".k.resent,.k.trouble,.k.server{color:#f0b072}"
	".tie{stroke:#f0b072}}\n";

/* ---- text */

void
drawing_text(struct output *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			output_text(out, "&amp;");
			break;
		case '<':
			output_text(out, "&lt;");
			break;
		case '>':
			output_text(out, "&gt;");
			break;
		case '"':
			output_text(out, "&quot;");
			break;
		default:
			output_char(out, (unsigned char)*text < ' ' || *text == 0x7f ? ' '
			    : *text);
		}
	}
}

static void
text_at(const struct drawing *d, unsigned x, unsigned y, const char *class, const char *text)
{
	if (text[0] == '\0')
		return;
	output_printf(d->out, "<text x=\"%u\" y=\"%u\"", x, y);
	if (class != NULL)
		output_printf(d->out, " class=\"%s\"", class);
	output_char(d->out, '>');
	drawing_text(d->out, text);
	output_text(d->out, "</text>\n");
}

void
drawing_heading(const struct drawing *d, struct ladder *l, struct line *line, const char **which,
    const char **words)
{
	char *gap;

	ladder_heading(l, d->narrator, 0, line);
	*which = line->text + strspn(line->text, " ");
	gap = strstr(line->text + (*which - line->text), "  ");
	*words = "";
	if (gap != NULL) {
		*words = gap + strspn(gap, " ");
		*gap = '\0';
	}
}

/* ---- lifelines and states */

static const char *
state_class(shown_state state)
{
	switch (shown_state_of(state)) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECEIVED:
		return " opening";
	case TCP_ESTABLISHED:
		return " open";
	case TCP_FIN_WAIT_1:
	case TCP_FIN_WAIT_2:
	case TCP_CLOSE_WAIT:
	case TCP_CLOSING:
	case TCP_LAST_ACK:
	case TCP_TIME_WAIT:
		return " closing";
	case TCP_UNKNOWN:
	case TCP_CLOSED:
	case TCP_LISTEN:
	case TCP_STATES:
		break;
	}
	return "";
}

static unsigned
rail_of(enum side side)
{
	return side == CLIENT ? CLIENT_RAIL : SERVER_RAIL;
}

static void
put_bar(const struct drawing *d, enum side side, const char *class, unsigned from, unsigned to)
{
	output_printf(d->out,
	    "<rect class=\"bar%s\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%u\"/>\n", class,
	    rail_of(side) - RAIL_WIDTH / 2, from, RAIL_WIDTH, to - from);
}

/* Where the lifelines begin. */
static unsigned
lead_of(const struct drawing *d)
{
	return d->top + (d->bare ? BARE_TOP : TOP);
}

static unsigned
row_y(const struct drawing *d, uint32_t row)
{
	return lead_of(d) + FIRST_ROW + row * ROW;
}

/* Both lifelines, a piece for each run of states that look alike. */
static void
put_bars(const struct drawing *d, struct ladder *l)
{
	uint32_t count = ladder_count(l);

	for (enum side side = CLIENT; side < SIDES; side++) {
		unsigned from = lead_of(d);
		const char *class = "";

		for (uint32_t row = 0; row < count; row++) {
			const char *next = state_class(ladder_frame(l, row)->state[side]);

			if (strcmp(next, class) != 0) {
				put_bar(d, side, class, from, row_y(d, row));
				from = row_y(d, row);
				class = next;
			}
		}
		put_bar(d, side, class, from, row_y(d, count > 0 ? count - 1 : 0) + TAIL);
	}
}

static void
put_state(const struct drawing *d, enum side side, unsigned y, const struct ladder_cells *c)
{
	unsigned width = (text_columns(c->state[side]) * LETTER + 50) / 100 + 14;
	unsigned x = side == CLIENT ? CLIENT_RAIL - PILL_GAP - width : SERVER_RAIL + PILL_GAP;
	const char *how = c->state_style[side] == STYLE_REFUTED ? "mid refuted"
	    : c->state_style[side] == STYLE_PROVISIONAL ? "mid provisional" : "mid";

	if (c->state[side][0] == '\0')
		return;
	output_printf(d->out,
	    "<rect class=\"pill%s\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" rx=\"10\"/>\n",
	    state_class(c->frame->state[side]), x, y - PILL_HEIGHT / 2, width, PILL_HEIGHT);
	text_at(d, x + width / 2, y + 4, how, c->state[side]);
}

/* ---- rows */

/* From the sender's lifeline, where it was sent first, to where it is sent again. */
static void
put_tie(const struct drawing *d, struct ladder *l, uint32_t row, const struct ladder_cells *c)
{
	uint32_t first = c->resends != 0 ? ladder_row_of_number(l, c->resends) : row;
	unsigned x, out, y = row_y(d, row), from;

	if (first >= row || row - first > TIE_ROWS || ladder_row(l, first).kind == LADDER_FOLDED)
		return;
	x = c->rightward ? CLIENT_RAIL - RAIL_WIDTH / 2 : SERVER_RAIL + RAIL_WIDTH / 2;
	out = c->rightward ? x - 8 : x + 8;
	from = row_y(d, first);
	output_printf(d->out, "<path class=\"tie\" d=\"M%u %uQ%u %u %u %uV%uQ%u %u %u %u\"/>\n", x,
	    from, out, from, out, from + 8, y - 8, out, y, x, y);
}

static void
put_arrow(const struct drawing *d, unsigned y, const struct ladder_cells *c)
{
	unsigned left = CLIENT_RAIL + RAIL_WIDTH / 2 + 2, right = SERVER_RAIL - RAIL_WIDTH / 2 - 2;
	bool reset = c->frame->flags & TCP_RST && !(c->frame->notes & NOTE_ICMP_ERROR);
	unsigned tip = c->rightward ? right : left, tail = c->rightward ? left : right;
	int back = c->rightward ? -1 : 1;

	if (reset) {
		unsigned cross = (unsigned)((int)tip + back * 7);

		output_printf(d->out, "<path class=\"a\" d=\"M%u %uH%u\"/>\n", tail, y, cross);
		output_printf(d->out, "<path class=\"w\" d=\"M%u %ul12 12m0 -12l-12 12\"/>\n",
		    cross - 6, y - 6);
		return;
	}
	output_printf(d->out, "<path class=\"a\" d=\"M%u %uH%d\"/>\n", tail, y,
	    (int)tip + back * 8);
	output_printf(d->out, "<path class=\"h\" d=\"M%u %ul%d -5v10z\"/>\n", tip, y, back * 11);
}

static void
put_segment(const struct drawing *d, struct ladder *l, uint32_t row, const struct ladder_cells *c)
{
	char text[EXPLANATION_TEXT_MAX];
	unsigned y = row_y(d, row);

	narrator_explain(d->narrator, d->flow, c->row.nth, false, text, sizeof text);
	if (d->how.ascii)
		format_make_ascii(text);
	output_printf(d->out, "<g class=\"k %s%s\"><title>", style_names[c->style],
	    c->frame->notes & NOTE_ICMP_ERROR ? " icmp" : "");
	output_printf(d->out, _("Frame %u. "), c->frame->number);
	drawing_text(d->out, text);
	output_text(d->out, "</title>\n");
	put_arrow(d, y, c);
	text_at(d, (CLIENT_RAIL + SERVER_RAIL) / 2, y - 6, "mid", c->label);
	output_text(d->out, "</g>\n");
	put_tie(d, l, row, c);
	put_state(d, CLIENT, y, c);
	put_state(d, SERVER, y, c);
}

static void
put_fold(const struct drawing *d, unsigned y, const struct ladder_cells *c)
{
	output_printf(d->out,
	    "<rect class=\"fold\" x=\"%d\" y=\"%u\" width=\"%d\" height=\"22\" rx=\"11\"/>\n",
	    CLIENT_RAIL + 28, y - 11, SERVER_RAIL - CLIENT_RAIL - 56);
	text_at(d, (CLIENT_RAIL + SERVER_RAIL) / 2, y + 4, "mid soft", c->label);
}

static void
put_rows(const struct drawing *d, struct ladder *l)
{
	for (uint32_t row = 0; row < ladder_count(l) && !output_failed(d->out); row++) {
		unsigned y = row_y(d, row);
		struct ladder_cells c;
		char number[FORMAT_NUMBER_MAX];

		if (d->interrupted != NULL && *d->interrupted)
			break;
		ladder_cells(l, row, LABEL_COLUMNS, &c);
		snprintf(number, sizeof number, "%" PRIu32, c.frame->number);
		text_at(d, NUMBER_END, y + 4, "end soft", number);
		text_at(d, TIME_END, y + 4, "end", c.time);
		text_at(d, DELTA_END, y + 4, "end soft", c.delta);
		if (c.row.kind == LADDER_FOLDED)
			put_fold(d, y, &c);
		else
			put_segment(d, l, row, &c);
	}
}

/* ---- a connection */

/* Lines of the verdict; drawn when y isn't 0. */
static unsigned
put_verdict(const struct drawing *d, unsigned y)
{
	char verdict[VERDICT_TEXT_MAX], text[VERDICT_TEXT_MAX];
	unsigned lines = 0;
	size_t length;

	snprintf(verdict, sizeof verdict, "%s",
	    narrator_outcome_at(d->narrator, d->replay, d->flow)->verdict);
	if (d->how.ascii)
		format_make_ascii(verdict);
	for (const char *next, *at = verdict; at != NULL && verdict[0] != '\0'; at = next) {
		next = format_wrap(at, VERDICT_COLUMNS, &length);
		snprintf(text, sizeof text, "%.*s", (int)length, at);
		if (y != 0)
			text_at(d, MARGIN, y + lines * VERDICT_LINE, "words", text);
		lines++;
	}
	return lines;
}

static void
put_endpoint(const struct drawing *d, enum side side)
{
	char text[FORMAT_ENDPOINT_MAX];
	unsigned width, x = rail_of(side), y = lead_of(d) - BOX_HEIGHT;

	format_endpoint_in(text, sizeof text, d->flow, side, d->how.services, ENDPOINT_COLUMNS,
	    d->how.ascii ? ".." : "…");
	width = text_columns(text) * LETTER / 100 + 28;
	text_at(d, x, y - 8, "mid soft role", side == CLIENT ? _("client") : _("server"));
	output_printf(d->out,
	    "<rect class=\"box\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" rx=\"6\"/>\n",
	    x - width / 2, y, width, BOX_HEIGHT);
	text_at(d, x, y + 19, "mid", text);
}

unsigned
drawing_height(const struct drawing *d, const struct ladder *l)
{
	unsigned lines = d->bare ? 0 : put_verdict(d, 0);

	return lead_of(d) - d->top + FIRST_ROW
	    + (ladder_count(l) > 0 ? ladder_count(l) - 1 : 0) * ROW + TAIL
	    + (lines > 0 ? VERDICT_GAP + (lines - 1) * VERDICT_LINE : 0) + BOTTOM;
}

static void
put_title(const struct drawing *d, struct ladder *l)
{
	const char *which, *words;
	struct session_status status;
	struct line line;
	char title[512];

	session_status(d->session, &status);
	drawing_heading(d, l, &line, &which, &words);
	snprintf(title, sizeof title, "%.250s %s %s", status.source, d->how.ascii ? "-" : "·",
	    which);
	format_shorten(title, 90, d->how.ascii ? ".." : "…");
	text_at(d, MARGIN, d->top + 36, "title", title);
	text_at(d, MARGIN, d->top + 60, "words soft", words);
}

void
drawing_put(const struct drawing *d, struct ladder *l)
{
	uint32_t count = ladder_count(l);

	output_text(d->out, "<g>\n");
	if (!d->bare)
		put_title(d, l);
	text_at(d, NUMBER_END, lead_of(d) - 11, "end soft", "#");
	text_at(d, TIME_END, lead_of(d) - 11, "end soft",
	    d->how.time == LADDER_TIME_START ? _("time") : _(ladder_time_names[d->how.time]));
	if (d->how.time != LADDER_TIME_DELTA)
		text_at(d, DELTA_END, lead_of(d) - 11, "end soft", _("delta"));
	put_bars(d, l);
	put_endpoint(d, CLIENT);
	put_endpoint(d, SERVER);
	put_rows(d, l);
	if (!d->bare)
		put_verdict(d, row_y(d, count > 0 ? count - 1 : 0) + TAIL + VERDICT_GAP);
	output_text(d->out, "</g>\n");
}

struct ladder *
drawing_open(struct drawing *d, const struct flow *flow)
{
	struct ladder *l = ladder_new(d->session, d->replay, flow);

	d->flow = flow;
	d->how.width = STATES_WIDE;
	d->how.no_source = true;
	ladder_set_options(l, &d->how);
	ladder_update(l);
	return l;
}

/*
 * Places columns on a line of some width, and renders headings and rows.
 * Knows which columns are shown unless asked otherwise and that the least
 * important go first when it is narrow; knows no TCP.
 */
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "view/column.h"
#include "view/kernel_view.h"

/* The list's columns from left to right, where there is room for all. */
static const char *const usual[] = {
	"flow", "client", "server", "state", "client_bytes", "server_bytes", "rtx", "handshake_rtt",
	"duration", "frames", "outcome", "last",
};

/* from here on a column is shown only when those before have what they wish */
enum { PRIORITY_EXTRA = 6 };
enum { TEXT_MIN = 9 };	/* a column of text gives no more of its width to numbers */

static unsigned
column_wish(const struct column *c)
{
	return c->wish > c->minimum ? c->wish : c->minimum;
}

/* The sum of widths with one blank between, of columns up to that priority. */
static unsigned
layout_total(const struct column *const *chosen, size_t count, unsigned priority)
{
	unsigned total = 0;

	for (size_t i = 0; i < count; i++) {
		if (chosen[i]->priority <= priority)
			total += 1 + (priority >= PRIORITY_EXTRA ? column_wish(chosen[i])
			    : chosen[i]->minimum);
	}
	return total > 0 ? total - 1 : 0;
}

/* Whether a has less of what it could have than b. */
static bool
has_less(const struct column_place *a, const struct column_place *b)
{
	return a->width * b->column->maximum < b->width * a->column->maximum;
}

/* Gives what is left over, one column at a time, to who has least of what it could have. */
static void
layout_grow(struct column_place *places, size_t count, unsigned left)
{
	for (bool wishes = true;; wishes = false) {
		for (; left > 0; left--) {
			struct column_place *poorest = NULL;

			for (size_t i = 0; i < count; i++) {
				struct column_place *p = &places[i];
				unsigned limit = wishes ? column_wish(p->column)
				    : p->column->maximum;

				if (p->width < limit && (poorest == NULL || has_less(p, poorest)))
					poorest = p;
			}
			if (poorest == NULL)
				break;
			poorest->width++;
		}
		if (left == 0 || !wishes)
			return;
	}
}

static size_t
layout_place(const struct column *const *chosen, size_t count, unsigned width,
    struct column_place places[COLUMN_PLACES_MAX])
{
	unsigned used = 0, start = 0;

	for (size_t i = 0; i < count; i++) {
		places[i] = (struct column_place){ chosen[i], 0, chosen[i]->minimum };
		used += chosen[i]->minimum + (i > 0 ? 1U : 0U);
	}
	if (used < width)
		layout_grow(places, count, width - used);
	for (size_t i = 0; i < count; i++) {
		places[i].start = start;
		start += places[i].width + 1;
	}
	return count;
}

size_t
column_layout(unsigned width, struct column_place places[COLUMN_PLACES_MAX])
{
	const struct column *all[sizeof usual / sizeof usual[0]],
	    *chosen[sizeof usual / sizeof usual[0]];
	size_t total = 0, count = 0;
	unsigned priority = 1;

	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		all[total++] = column_find(usual[i]);
	for (unsigned next = 2; next <= UINT8_MAX && layout_total(all, total, next) <= width;
	    next++)
		priority = next;
	for (size_t i = 0; i < total; i++) {
		if (all[i]->priority <= priority)
			chosen[count++] = all[i];
	}
	/* Too narrow even for the most important: the last of them go. */
	while (count > 1 && layout_total(chosen, count, 1) > width)
		count--;
	return layout_place(chosen, count, width, places);
}

size_t
column_layout_of(const struct column *const *chosen, size_t count, unsigned width,
    struct column_place places[COLUMN_PLACES_MAX])
{
	unsigned used = 0;
	size_t fit = 0;

	for (; fit < count && fit < COLUMN_PLACES_MAX; fit++) {
		used += chosen[fit]->minimum + (fit > 0 ? 1U : 0U);
		if (used > width && fit > 0)
			break;
	}
	return layout_place(chosen, fit, width, places);
}

static unsigned
digits_of(uint64_t n)
{
	unsigned digits = 1;

	for (; n >= 10; n /= 10)
		digits++;
	return digits;
}

/* What the column's largest number takes; 0: it has no plain number, or one with a limit. */
static unsigned
column_digits(const struct column *c, uint64_t flows, uint64_t frames)
{
	if (c->type != COLUMN_INTEGER || c->cell != NULL || c->minimum == c->maximum)
		return 0;
	return digits_of(strcmp(c->name, "flow") == 0 ? flows : frames);
}

void
column_fit_numbers(struct column_place *places, size_t count, unsigned width, uint64_t flows,
    uint64_t frames)
{
	unsigned used = 0, start = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned digits = column_digits(places[i].column, flows, frames);

		if (digits > places[i].width)
			places[i].width = digits;
		used += places[i].width + (i > 0 ? 1U : 0U);
	}
	for (; used > width; used--) {
		struct column_place *widest = NULL;

		for (size_t i = 0; i < count; i++) {
			if (places[i].column->type == COLUMN_TEXT && places[i].width > TEXT_MIN
			    && (widest == NULL || places[i].width > widest->width))
				widest = &places[i];
		}
		if (widest == NULL)
			break;
		widest->width--;
	}
	for (size_t i = 0; i < count; i++) {
		places[i].start = start;
		start += places[i].width + 1;
	}
}

/* Text in its place, padded to the width, or visibly cut: half a number would be another one. */
static void
place_text(struct line *line, const struct column_place *p, enum style style, const char *text,
    bool ascii)
{
	const char *more = ascii ? ">" : "…";
	bool whole = text_columns(text) <= p->width;
	size_t bytes = text_bytes_in(text, whole || p->width == 0 ? p->width : p->width - 1);
	char cut[COLUMN_VALUE_MAX];
	unsigned takes;

	if (bytes > sizeof cut - 8)
		bytes = sizeof cut - 8;
	memcpy(cut, text, bytes);
	cut[bytes] = '\0';
	if (!whole && p->width > 0)
		strcpy(cut + bytes, more);
	takes = text_columns(cut);
	line_pad(line, p->start + (p->column->right && takes < p->width ? p->width - takes : 0));
	line_add(line, style, cut);
}

void
column_headings(const struct column_place *places, size_t count, const struct column *sorted,
    bool descending, bool ascii, struct line *line)
{
	line_clear(line);
	for (size_t i = 0; i < count; i++) {
		const struct column *c = places[i].column;
		const char *mark = ascii ? (descending ? "v" : "^") : (descending ? "▾" : "▴");
		char text[80];

		snprintf(text, sizeof text - 8, "%s", _(c->heading));
		if (c == sorted && text_columns(text) < places[i].width)
			strcat(text, mark);
		place_text(line, &places[i], c == sorted ? STYLE_STRONG : STYLE_HEADING, text, ascii);
	}
}

enum style
column_style(const struct column *column, struct flow_row *row)
{
	enum tcp_state client = shown_state_of(row->moment.state[CLIENT]);
	enum tcp_state server = shown_state_of(row->moment.state[SERVER]);

	if (column->host)
		return column->side == KERNEL_STATE && (kernel_view_disagrees(row, CLIENT)
		    || kernel_view_disagrees(row, SERVER)) ? STYLE_TROUBLE : STYLE_NORMAL;
	if (strcmp(column->name, "rtx") == 0)
		return row->moment.resent[CLIENT] + row->moment.resent[SERVER] > 0 ? STYLE_RESENT
		    : STYLE_DIM;
	if (strstr(column->name, "state") == NULL)
		return column->name[0] == 'f' || strcmp(column->name, "last") == 0 ? STYLE_DIM
		    : STYLE_NORMAL;
	if (client == TCP_SYN_SENT || client == TCP_SYN_RECEIVED || server == TCP_SYN_SENT
	    || server == TCP_SYN_RECEIVED)
		return STYLE_OPENING;
	if (client == TCP_CLOSED && server == TCP_CLOSED && row->flow->completeness & COMPLETE_RST)
		return STYLE_RESET;
	if ((client == TCP_CLOSED || client == TCP_TIME_WAIT)
	    && (server == TCP_CLOSED || server == TCP_TIME_WAIT))
		return STYLE_CLOSED;
	if (client == TCP_ESTABLISHED && server == TCP_ESTABLISHED)
		return STYLE_OPEN;
	if (client == TCP_UNKNOWN || server == TCP_UNKNOWN)
		return STYLE_PROVISIONAL;
	return STYLE_CLOSING;
}

void
column_render(const struct column_place *places, size_t count, struct flow_row *row,
    struct line *line)
{
	char text[COLUMN_VALUE_MAX];

	line_clear(line);
	for (size_t i = 0; i < count; i++) {
		const struct column *c = places[i].column;

		if (c->cell != NULL)
			c->cell(c, row, places[i].width, text, sizeof text);
		else
			c->value(c, row, text, sizeof text);
		place_text(line, &places[i], column_style(c, row), text, row->ascii);
	}
}

/*
 * The frames that couldn't be decoded, each with the reason: those that the
 * session remembers, in the order of the capture.  Enter shows one's bytes,
 * and how far the decoder came.  Knows nothing of connections.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/language.h"
#include "base/memory.h"
#include "tui/app.h"
#include "tui/list_widget.h"
#include "view/format.h"

enum { ABOVE = 2, NUMBER_MIN = 6, TIME = 15, BETWEEN = 2 };

struct undecoded {
	struct screen screen;
	struct list_widget rows;
};

static uint64_t
count_all(const struct app *app)
{
	uint64_t n = 0;

	for (int i = 0; i < DECODE_RESULTS; i++)
		if (decode_is_trouble((enum decode_result)i))
			n += app->status.counts[i];
	return n;
}

/* Where the column of numbers ends: as wide as the last one, which is the largest. */
static unsigned
number_end(const struct undecoded *u, const struct app *app)
{
	char last[FORMAT_NUMBER_MAX];
	size_t width = 0;

	if (u->rows.count > 0)
		width = format_count(last, sizeof last, session_trouble(app->session, u->rows.count - 1)->frame);
	return BETWEEN + (width > NUMBER_MIN ? (unsigned)width : NUMBER_MIN);
}

static void
draw_headings(const struct undecoded *u, struct app *app, struct area area, unsigned end)
{
	char all[FORMAT_NUMBER_MAX], held[FORMAT_NUMBER_MAX];
	uint64_t count = count_all(app);
	struct line line;

	format_count(all, sizeof all, count);
	format_count(held, sizeof held, u->rows.count);
	line_clear(&line);
	line_printf(&line, STYLE_TITLE, " %s", _("Frames that couldn't be decoded"));
	line_printf(&line, STYLE_NORMAL, "  %s", all);
	if (u->rows.count < count)
		line_printf(&line, STYLE_DIM, _("   the first %s are listed"), held);
	picture_put_line(&app->picture, area.line, 0, area.columns, &line, 0);
	line_clear(&line);
	line_add_right(&line, STYLE_HEADING, "#", end);
	line_add_right(&line, STYLE_HEADING, _("time"), end + BETWEEN + TIME);
	line_repeat(&line, STYLE_NORMAL, " ", BETWEEN);
	line_add(&line, STYLE_HEADING, _("why"));
	picture_put_line(&app->picture, area.line + 1, 0, area.columns, &line, 0);
}

static void
draw_row(struct app *app, int y, unsigned end, unsigned width, const struct trouble *t)
{
	char number[FORMAT_NUMBER_MAX], when[FORMAT_TIME_MAX];
	struct line line;

	format_count(number, sizeof number, t->frame);
	format_clock(when, sizeof when, t->time);
	line_clear(&line);
	line_add_right(&line, STYLE_NORMAL, number, end);
	line_add_right(&line, STYLE_DIM, when, end + BETWEEN + TIME);
	line_repeat(&line, STYLE_NORMAL, " ", BETWEEN);
	line_add(&line, STYLE_TROUBLE, _(decode_result_text(t->reason)));
	line_cut(&line, width, "…");
	picture_put_line(&app->picture, y, 0, width, &line, 0);
}

static void
undecoded_draw(struct screen *base, struct app *app, struct area area)
{
	struct undecoded *u = (struct undecoded *)base;
	unsigned height = area.lines - ABOVE, end;

	list_widget_fit(&u->rows, (uint32_t)session_troubles(app->session), height);
	end = number_end(u, app);
	draw_headings(u, app, area, end);
	mouse_rows_at(app, &u->rows, area.line + ABOVE);
	for (unsigned i = 0; i < height && u->rows.top + i < u->rows.count; i++) {
		int y = area.line + ABOVE + (int)i;

		draw_row(app, y, end, area.columns, session_trouble(app->session, u->rows.top + i));
		if (u->rows.top + i == u->rows.cursor) {
			picture_put(&app->picture, y, 0, 1, STYLE_STRONG, "▸");
			picture_emphasize(&app->picture, y, 0, area.columns, PICTURE_SELECTED);
		}
	}
}

static bool
undecoded_act(struct screen *base, struct app *app, enum action_id id, uint32_t times)
{
	struct undecoded *u = (struct undecoded *)base;

	if (id != ACTION_ENTER)
		return list_widget_act(&u->rows, id, times);
	app_push(app, screen_packet_new_undecoded(app, session_trouble(app->session, u->rows.cursor)));
	return true;
}

static void
undecoded_free(struct screen *base)
{
	free(base);
}

static const struct screen_class undecoded_class = {
	.bit = ON_UNDECODED, .name = N_("Undecoded"), .draw = undecoded_draw, .act = undecoded_act, .free = undecoded_free
};

struct screen *
screen_undecoded_new(struct app *app)
{
	struct undecoded *u = memory_new(sizeof *u);

	u->screen.class = &undecoded_class;
	u->rows.height = 1;
	u->rows.count = (uint32_t)session_troubles(app->session);
	return &u->screen;
}

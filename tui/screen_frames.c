/*
 * Every TCP frame in capture order, and below it the explanation of the one
 * under the cursor.  The filter is the list's; the rows are the view
 * model's (view/frame_list.h).
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/language.h"
#include "base/memory.h"
#include "tui/app.h"
#include "tui/finding.h"
#include "tui/list_widget.h"
#include "tui/stepping.h"
#include "view/format.h"
#include "view/frame_list.h"

enum { ABOVE = 2, MARGIN = 2, SHIFT = 8, SHIFT_MAX = 400 };

struct frames_screen {
	struct screen screen;
	struct frame_list *list;
	struct list_widget rows;
	bool follow;
	uint32_t kept;			/* the row under the cursor, while things are given up */
	uint32_t origin;		/* the row in the frame store where a search began */
	unsigned shift;
	bool working;			/* not all frames have been looked at */
};

static const struct frame *
frame_at(const struct frames_screen *s, const struct app *app, uint32_t n)
{
	return frame_store_get(session_frames(app->session), frame_list_get(s->list, n));
}

static const struct flow *
flow_at(const struct frames_screen *s, const struct app *app, uint32_t n)
{
	uint32_t id = frame_at(s, app, n)->flow;

	return id == 0 ? NULL : flow_table_get(session_flows(app->session), id);
}

/* Which of its connection's frames this one is. */
static uint32_t
nth_of(const struct frames_screen *s, const struct app *app, const struct flow *flow, uint32_t n)
{
	return frame_store_rows_before(session_frames(app->session), flow, frame_list_get(s->list, n));
}

/* ---- drawing */

static void
draw_summary(struct frames_screen *s, struct app *app, struct area area, bool more)
{
	char shown[FORMAT_NUMBER_MAX], total[FORMAT_NUMBER_MAX];
	const char *filter = flow_list_filter(app->list);
	struct line line;

	format_count(shown, sizeof shown, frame_list_count(s->list));
	format_count(total, sizeof total, replay_rows(app->replay));
	line_clear(&line);
	if (filter[0] != '\0')
		line_printf(&line, STYLE_NORMAL, P_("%s of %s frame", "%s of %s frames", replay_rows(app->replay)),
		    shown, total);
	else
		line_printf(&line, STYLE_NORMAL, P_("%s frame", "%s frames", replay_rows(app->replay)), total);
	if (filter[0] != '\0') {
		line_add(&line, STYLE_DIM, _("   filter "));
		line_add(&line, STYLE_STRONG, filter);
	}
	if (more)
		line_add(&line, STYLE_STRONG, _("   searching"));
	picture_put_line(&app->picture, area.line, 1, area.columns - 2, &line, 0);
}

static void
draw_rows(struct frames_screen *s, struct app *app, struct area area)
{
	struct frame_list_options o = {
		.width = area.columns, .clock = app->settings.ladder.time == LADDER_TIME_CLOCK,
		.absolute = app->settings.ladder.absolute, .services = app->settings.services,
		.ascii = app->picture.ascii
	};
	struct line line;

	frame_list_heading(s->list, &o, &line);
	picture_put_line(&app->picture, area.line, MARGIN, area.columns - MARGIN, &line, s->shift);
	for (unsigned i = 0; i < s->rows.height && s->rows.top + i < s->rows.count; i++) {
		int y = area.line + 1 + (int)i;

		frame_list_render(s->list, s->rows.top + i, &o, &line);
		picture_put_line(&app->picture, y, MARGIN, area.columns - MARGIN, &line, s->shift);
		if (s->rows.top + i == s->rows.cursor) {
			picture_put(&app->picture, y, 0, 1, STYLE_STRONG, "▸");
			picture_emphasize(&app->picture, y, 0, area.columns, PICTURE_SELECTED);
		}
	}
	if (s->rows.count == 0)
		picture_put(&app->picture, area.line + 2, MARGIN, area.columns - MARGIN, STYLE_DIM,
		    flow_list_filter(app->list)[0] != '\0' ? _("No frame matches the filter. Esc clears it.") :
		    _("No TCP frame has been seen yet."));
}

static void
draw_pane(struct frames_screen *s, struct app *app, struct area area)
{
	const struct flow *flow;
	char text[EXPLANATION_TEXT_MAX], head[64];

	picture_rule(&app->picture, area.line, 0, area.columns);
	if (s->rows.count == 0)
		return;
	flow = flow_at(s, app, s->rows.cursor);
	if (flow == NULL)
		return;
	snprintf(head, sizeof head, _("Frame %u, #%u"), frame_at(s, app, s->rows.cursor)->number, flow->number);
	narrator_explain(app->narrator, flow, nth_of(s, app, flow, s->rows.cursor), area.lines > 4, text, sizeof text);
	area.column = MARGIN + 2 +
	    (int)picture_put(&app->picture, area.line + 1, MARGIN, area.columns, STYLE_STRONG, head);
	area.line++;
	area.lines--;
	area.columns -= (unsigned)area.column + 1;
	app_paragraph(app, area, STYLE_NORMAL, text);
}

static void
frames_draw(struct screen *base, struct app *app, struct area area)
{
	struct frames_screen *s = (struct frames_screen *)base;
	unsigned pane = app_pane_lines(app, area.lines), height = area.lines - ABOVE - (pane > 0 ? pane + 1 : 0);
	uint32_t at = s->rows.count > 0 && s->rows.cursor < frame_list_count(s->list) ?
	    frame_list_get(s->list, s->rows.cursor) : 0;
	bool more;

	frame_list_set_filter(s->list, flow_list_filter(app->list));
	more = s->working;
	if (s->follow && frame_list_count(s->list) > 0)
		at = frame_list_get(s->list, frame_list_count(s->list) - 1);
	list_widget_follow(&s->rows, frame_list_find(s->list, at));
	list_widget_fit(&s->rows, frame_list_count(s->list), height);
	mouse_rows_at(app, &s->rows, area.line + ABOVE);
	draw_summary(s, app, area, more);
	draw_rows(s, app, (struct area){ area.line + 1, 0, height + 1, area.columns });
	if (pane > 0)
		draw_pane(s, app, (struct area){ area.line + ABOVE + (int)height, 0, pane + 1, area.columns });
}

static bool
frames_work(struct screen *base, struct app *app)
{
	struct frames_screen *s = (struct frames_screen *)base;
	bool was = s->working;
	uint32_t count = frame_list_count(s->list);

	frame_list_set_filter(s->list, flow_list_filter(app->list));
	s->working = frame_list_update(s->list);
	if (was != s->working || frame_list_count(s->list) != count)
		app->dirty = true;
	return s->working;
}

/* ---- keys */

static void
open_ladder(struct frames_screen *s, struct app *app)
{
	const struct flow *flow = s->rows.count > 0 ? flow_at(s, app, s->rows.cursor) : NULL;

	if (flow == NULL)
		return;
	flow_list_select(app->list, flow->id);
	app_push(app, screen_ladder_new_at(app, flow, nth_of(s, app, flow, s->rows.cursor)));
}

static bool
frames_act(struct screen *base, struct app *app, enum action_id id, uint32_t times)
{
	struct frames_screen *s = (struct frames_screen *)base;

	list_widget_fit(&s->rows, frame_list_count(s->list), s->rows.height);
	if (list_widget_act(&s->rows, id, times))
		s->follow = false;
	else if (id == ACTION_ENTER)
		open_ladder(s, app);
	else if (id == ACTION_LEFT)
		s->shift = s->shift > SHIFT * times ? s->shift - SHIFT * times : 0;
	else if (id == ACTION_RIGHT)
		s->shift = s->shift + SHIFT * times < SHIFT_MAX ? s->shift + SHIFT * times : SHIFT_MAX;
	else if (id == ACTION_FOLLOW) {
		s->follow = !s->follow;
		app_say(app, s->follow ? N_("Following the newest frame.") : N_("No longer following."));
	} else if (id == ACTION_TIME) {
		bool clock = app->settings.ladder.time == LADDER_TIME_CLOCK;

		app->settings.ladder.time = clock ? LADDER_TIME_START : LADDER_TIME_CLOCK;
	} else if (id == ACTION_RELATIVE)
		app->settings.ladder.absolute = !app->settings.ladder.absolute;
	else
		return finding_act(app, id, times);
	return true;
}

static bool
frames_peel(struct screen *base, struct app *app)
{
	(void)base;
	if (flow_list_filter(app->list)[0] == '\0')
		return false;
	flow_list_set_filter(app->list, "", NULL);
	return true;
}

static void
frames_stepped(struct screen *base, struct app *app, const struct frame *frame)
{
	struct frames_screen *s = (struct frames_screen *)base;

	(void)app;
	list_widget_fit(&s->rows, frame_list_count(s->list), s->rows.height);
	if (frame != NULL && s->rows.count > 0)
		s->rows.cursor = s->rows.count - 1;
}

static bool
frames_find(struct screen *base, struct app *app, const struct filter *f, enum find_mode mode)
{
	struct frames_screen *s = (struct frames_screen *)base;
	uint32_t count = frame_list_count(s->list), n = s->rows.cursor;
	int step = mode == FIND_PREVIOUS ? -1 : 1;

	if (count == 0)
		return false;
	if (mode == FIND_BEGIN)
		s->origin = frame_list_get(s->list, n);
	if (mode == FIND_CANCEL)
		n = s->rows.cursor = frame_list_find(s->list, s->origin);
	for (uint32_t i = 0; f != NULL && i < count; i++) {
		const struct flow *flow;
		struct flow_row about;

		if (i > 0 || mode != FIND_TYPED)
			n = (uint32_t)(((int64_t)n + step + count) % count);
		flow = flow_at(s, app, n);
		if (flow == NULL)
			continue;
		flow_row_init(&about, app->narrator, app->replay, flow);
		if (filter_match_frame(f, &about, frame_at(s, app, n))) {
			s->rows.cursor = n;
			list_widget_fit(&s->rows, count, s->rows.height);
			return true;
		}
	}
	return false;
}

static bool
frames_moved(struct screen *base, struct app *app, const struct eviction_moves *moves)
{
	struct frames_screen *s = (struct frames_screen *)base;
	uint32_t count = frame_list_count(s->list);

	if (moves == NULL) {
		s->kept = s->rows.cursor < count ? frame_list_get(s->list, s->rows.cursor) : 0;
		return true;
	}
	frame_list_moved(s->list, moves);
	(void)app;
	list_widget_follow(&s->rows, frame_list_find(s->list, frame_moves_row(moves->rows, s->kept)));
	s->origin = frame_moves_row(moves->rows, s->origin);
	return true;
}

static const struct flow *
frames_flow(struct screen *base, struct app *app)
{
	struct frames_screen *s = (struct frames_screen *)base;

	/* since the last picture, there may be fewer: another filter, an earlier frame */
	list_widget_fit(&s->rows, frame_list_count(s->list), s->rows.height);
	return s->rows.count > 0 ? flow_at(s, app, s->rows.cursor) : NULL;
}

static void
frames_free(struct screen *base)
{
	struct frames_screen *s = (struct frames_screen *)base;

	frame_list_free(s->list);
	free(s);
}

static const struct screen_class frames_class = {
	.bit = ON_FRAMES, .name = N_("Frames"), .draw = frames_draw, .act = frames_act, .peel = frames_peel, .work = frames_work,
	.stepped = frames_stepped, .find = frames_find, .moved = frames_moved, .flow = frames_flow, .free = frames_free
};

struct screen *
screen_frames_new(struct app *app)
{
	struct frames_screen *s = memory_new(sizeof *s);

	s->screen.class = &frames_class;
	s->rows.height = 1;
	s->list = frame_list_new(app->session, app->replay, app->narrator);
	if (!replay_at_end(app->replay))
		frames_stepped(&s->screen, app, stepping_frame(app));
	return &s->screen;
}

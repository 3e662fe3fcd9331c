/*
 * The ladder of one connection, and the explanation of the segment under
 * the cursor: below, or beside it where there is room.  Rows and rails are
 * the view model's (view/ladder.h); here is what keys do to them.
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
#include "view/kernel_view.h"

enum { MARGIN = 2, BESIDE_FROM = 150, BESIDE_WIDTH = 54, TITLE_FROM_LINES = 12, KERNEL_FROM_LINES = 14, PANE_MAX = 12 };

struct ladder_screen {
	struct screen screen;
	struct ladder *ladder;
	const struct flow *flow;
	struct list_widget rows;
	bool follow;
	uint32_t mark;			/* frame number; 0: none */
	uint32_t origin;		/* nth frame: where a search began */
	/* While things are given up: the frame under the cursor, the flow's id, and how many frames it had. */
	uint32_t kept, kept_id, kept_rows;
};

static void
apply_settings(struct ladder_screen *l, struct app *app, unsigned width)
{
	struct ladder_options o = app->settings.ladder;

	o.width = width;
	o.mark = l->mark;
	o.services = app->settings.services;
	o.no_source = true;	/* the header says it */
	ladder_set_options(l->ladder, &o);
}

static uint32_t
cursor_nth(const struct ladder_screen *l)
{
	return ladder_count(l->ladder) == 0 ? 0 : ladder_row(l->ladder, l->rows.cursor).nth;
}

static void
set_cursor_nth(struct ladder_screen *l, uint32_t nth)
{
	l->rows.cursor = ladder_row_of(l->ladder, nth);
}

/* ---- drawing */

/* How long things took in the whole connection, where there is room for it. */
static void
draw_timing(struct ladder_screen *l, struct app *app, struct area area)
{
	const struct timing *timing = narrator_timing_at(app->narrator, app->replay, l->flow);

	for (unsigned n = 0; n < TIMING_LINES && area.lines > 0; n++) {
		char text[TIMING_TEXT_MAX];
		unsigned used;

		timing_line(timing, n, text, sizeof text);
		if (text[0] == '\0')
			continue;
		used = app_paragraph(app, area, STYLE_DIM, text);
		area.line += (int)used;
		area.lines -= used;
	}
}

static void
draw_explanation(struct ladder_screen *l, struct app *app, struct area area, bool beside)
{
	struct ladder_row row = ladder_row(l->ladder, l->rows.cursor);
	const struct frame *f = ladder_frame(l->ladder, l->rows.cursor);
	char text[EXPLANATION_TEXT_MAX], head[64];
	unsigned used;

	if (row.kind == LADDER_FOLDED) {
		snprintf(head, sizeof head, _("From frame %u"), f->number);
		snprintf(text, sizeof text, _("%u segments of plain data and acknowledgments, folded. "
		    "Enter opens these, a opens or folds all."), ladder_segments(l->ladder, l->rows.cursor));
	} else {
		snprintf(head, sizeof head, _("Frame %u"), f->number);
		narrator_explain(app->narrator, l->flow, row.nth, area.lines > 2, text, sizeof text);
	}
	used = picture_put(&app->picture, area.line, area.column, area.columns, STYLE_STRONG, head);
	if (beside) {
		area.line += 2;
		area.lines -= area.lines > 2 ? 2 : area.lines;
	} else {
		area.column += (int)used + 2;
		area.columns -= used + 2;
	}
	used = app_paragraph(app, area, STYLE_NORMAL, text);
	if (used + 2 >= area.lines)
		return;
	area.line += (int)used + 1;
	area.lines -= used + 1;
	if (beside) {
		picture_rule(&app->picture, area.line, area.column, area.columns);
		area.line++;
		area.lines--;
		used = app_paragraph(app, area, STYLE_DIM,
		    narrator_outcome_at(app->narrator, app->replay, l->flow)->verdict);
		area.line += (int)used;
		area.lines -= used;
	}
	draw_timing(l, app, area);
}

static const char *
text_without_rows(const struct ladder_screen *l)
{
	if (flow_is_unseen(l->flow))
		return _("Not a segment of it has been captured yet; what is known of it is the kernel's word.");
	switch (ladder_absence(l->ladder)) {
	case LADDER_EXISTED:
		return _("As of this frame, not a segment of it had been captured. . steps on, G goes to the end.");
	case LADDER_GIVEN_UP:
		return _("What came of it up to this frame was given up for lack of memory. . steps on, G goes to the end.");
	case LADDER_NOT_BEGUN:
		break;
	}
	return _("As of this frame, the connection hasn't begun. . steps on, G goes to the end.");
}

static void
draw_rows(struct ladder_screen *l, struct app *app, int line, unsigned height, unsigned width)
{
	struct line text;

	for (unsigned i = 0; i < height && l->rows.top + i < l->rows.count; i++) {
		int y = line + (int)i;

		ladder_render(l->ladder, l->rows.top + i, &text);
		picture_put_line(&app->picture, y, 0, width, &text, 0);
		if (l->rows.top + i == l->rows.cursor) {
			picture_put(&app->picture, y, 0, 1, STYLE_STRONG, "▸");
			picture_emphasize(&app->picture, y, 0, width, PICTURE_SELECTED);
		}
	}
	if (l->rows.count == 0)
		app_paragraph(app, (struct area){ line + 1, MARGIN, height > 2 ? height - 1 : 1, width - MARGIN - 1 }, STYLE_DIM,
		    text_without_rows(l));
}

/* What the kernel says of each end, above the heading's endpoints. */
static unsigned
draw_kernel(struct ladder_screen *l, struct app *app, struct area area)
{
	unsigned used = 0, most = area.lines / 5;
	struct flow_row row;

	if (app->host == NULL || area.lines < KERNEL_FROM_LINES)
		return 0;
	flow_row_init(&row, app->narrator, app->replay, l->flow);
	for (enum side side = CLIENT; side < SIDES && used < most; side++) {
		char text[KERNEL_TEXT_MAX];

		if (kernel_view_text(&row, side, text, sizeof text) == 0)
			continue;
		if (app->picture.ascii)
			format_make_ascii(text);
		/* where both have something to say, each has its line */
		used += app_paragraph(app, (struct area){ area.line + (int)used, area.column + MARGIN,
		    side == CLIENT && most > 1 ? most / 2 : most - used, area.columns - MARGIN - 1 },
		    kernel_view_disagrees(&row, side) ? STYLE_TROUBLE : STYLE_DIM, text);
	}
	return used;
}

static int
draw_heading(struct ladder_screen *l, struct app *app, struct area area, unsigned width)
{
	int line = area.line;

	for (unsigned n = area.lines < TITLE_FROM_LINES ? 1 : 0; n < LADDER_HEADINGS; n++) {
		struct line text;

		if (n == 1)
			line += (int)draw_kernel(l, app, (struct area){ line, area.column, area.lines, width });
		ladder_heading(l->ladder, app->narrator, n, &text);
		picture_put_line(&app->picture, line++, 0, width, &text, 0);
	}
	return line;
}

static void
ladder_draw(struct screen *s, struct app *app, struct area area)
{
	struct ladder_screen *l = (struct ladder_screen *)s;
	bool beside = app->settings.detail && area.columns >= BESIDE_FROM;
	unsigned width = area.columns - (beside ? BESIDE_WIDTH + 3 : 0);
	unsigned pane = beside ? 0 : app_pane_lines(app, area.lines), height;
	int line;

	apply_settings(l, app, width);
	ladder_update(l->ladder);
	line = draw_heading(l, app, area, width);
	height = area.lines - (unsigned)(line - area.line) - (pane > 0 ? pane + 1 : 0);
	/* Rows that the ladder leaves empty are the explanation's. */
	if (pane > 0 && pane < PANE_MAX && ladder_count(l->ladder) > 0 && height > ladder_count(l->ladder)) {
		unsigned more = height - ladder_count(l->ladder);

		more = more < PANE_MAX - pane ? more : PANE_MAX - pane;
		pane += more;
		height -= more;
	}
	if (l->follow && ladder_count(l->ladder) > 0)
		l->rows.cursor = ladder_count(l->ladder) - 1;
	list_widget_fit(&l->rows, ladder_count(l->ladder), height);
	mouse_rows_at(app, &l->rows, line);
	draw_rows(l, app, line, height, width);
	if (pane > 0)
		picture_rule(&app->picture, line + (int)height, 0, area.columns);
	for (unsigned i = 0; beside && i < area.lines; i++)
		picture_put(&app->picture, area.line + (int)i, (int)width + 1, 1, STYLE_RAIL, "│");
	if (l->rows.count == 0 || (pane == 0 && !beside))
		return;
	if (beside)
		draw_explanation(l, app, (struct area){ area.line, (int)(area.columns - BESIDE_WIDTH),
		    area.lines, BESIDE_WIDTH - 1 }, true);
	else
		draw_explanation(l, app, (struct area){ line + (int)height + 1, MARGIN, pane,
		    area.columns - MARGIN - 1 }, false);
}

/* ---- keys */

static void
open_row(struct ladder_screen *l, struct app *app)
{
	struct ladder_row row;

	if (ladder_count(l->ladder) == 0)
		return;
	row = ladder_row(l->ladder, l->rows.cursor);
	if (row.kind == LADDER_FOLDED)
		ladder_toggle_run(l->ladder, l->rows.cursor);
	else
		app_push(app, screen_packet_new(app, l->flow, row.nth));
}

static void
show_flow(struct ladder_screen *l, struct app *app, const struct flow *flow)
{
	unsigned height = l->rows.height;

	ladder_free(l->ladder);
	l->ladder = ladder_new(app->session, app->replay, flow);
	l->flow = flow;
	l->mark = 0;
	l->rows = (struct list_widget){ .height = height };
}

static void
other_connection(struct ladder_screen *l, struct app *app, int64_t rows)
{
	uint32_t before;

	flow_list_update(app->list);
	before = flow_list_cursor(app->list);
	flow_list_move(app->list, rows);
	if (flow_list_cursor(app->list) == before)
		app_say(app, rows > 0 ? N_("This is the last connection of the list.") :
		    N_("This is the first connection of the list."));
	else
		show_flow(l, app, flow_list_flow(app->list, flow_list_cursor_row(app->list)));
}

static void
next_anomaly(struct ladder_screen *l, struct app *app, int step, uint32_t times)
{
	for (; times > 0; times--) {
		int64_t row = ladder_count(l->ladder) == 0 ? -1 : ladder_anomaly(l->ladder, l->rows.cursor, step);

		if (row < 0) {
			app_say(app, step > 0 ? N_("No anomaly below this segment.") :
			    N_("No anomaly above this segment."));
			return;
		}
		l->rows.cursor = (uint32_t)row;
		list_widget_fit(&l->rows, ladder_count(l->ladder), l->rows.height);
	}
}

static void
change_fold(struct ladder_screen *l, struct app *app)
{
	uint32_t nth = cursor_nth(l);

	app->settings.ladder.fold = !app->settings.ladder.fold;
	apply_settings(l, app, ladder_options_of(l->ladder)->width);
	ladder_update(l->ladder);
	if (ladder_count(l->ladder) > 0)
		list_widget_follow(&l->rows, ladder_row_of(l->ladder, nth));
	app_say(app, app->settings.ladder.fold ? N_("Runs of plain data and ACKs are folded.") :
	    N_("Every segment is shown."));
}

static void
change_time(struct ladder_screen *l, struct app *app)
{
	enum ladder_time *t = &app->settings.ladder.time;

	*t = (enum ladder_time)((*t + 1) % LADDER_TIMES);
	if (*t == LADDER_TIME_MARK && l->mark == 0)
		*t = (enum ladder_time)((*t + 1) % LADDER_TIMES);
	app_say(app, "Times: %s.", _(ladder_time_names[*t]));
}

static bool
marking_act(struct ladder_screen *l, struct app *app, enum action_id id)
{
	if (id != ACTION_MARK && id != ACTION_GO_TO_MARK && id != ACTION_CLEAR_MARKS)
		return false;
	if (ladder_count(l->ladder) == 0)
		return true;
	if (id == ACTION_MARK) {
		l->mark = ladder_frame(l->ladder, l->rows.cursor)->number;
		app->settings.ladder.time = LADDER_TIME_MARK;
		app_say(app, "Times count from frame %u; t shows others, M takes the mark away.", l->mark);
	} else if (l->mark == 0) {
		app_say(app, "No segment is marked; m does.");
	} else if (id == ACTION_GO_TO_MARK) {
		l->rows.cursor = ladder_row_of_number(l->ladder, l->mark);
	} else {
		l->mark = 0;
		if (app->settings.ladder.time == LADDER_TIME_MARK)
			app->settings.ladder.time = LADDER_TIME_START;
	}
	return true;
}

static bool
looking_act(struct ladder_screen *l, struct app *app, enum action_id id)
{
	struct ladder_options *o = &app->settings.ladder;

	if (id == ACTION_FOLD)
		change_fold(l, app);
	else if (id == ACTION_TIME)
		change_time(l, app);
	else if (id == ACTION_RELATIVE) {
		o->absolute = !o->absolute;
		app_say(app, o->absolute ? N_("Sequence numbers as on the wire.") :
		    N_("Sequence numbers relative to the first."));
	} else if (id == ACTION_COLOUR) {
		o->colour = o->colour == LADDER_COLOUR_DIRECTION ? LADDER_COLOUR_KIND : LADDER_COLOUR_DIRECTION;
		app_say(app, o->colour == LADDER_COLOUR_KIND ? N_("Colours tell kinds of segments.") :
		    N_("Colours tell directions."));
	} else
		return false;
	return true;
}

static bool
ladder_act(struct screen *s, struct app *app, enum action_id id, uint32_t times)
{
	struct ladder_screen *l = (struct ladder_screen *)s;

	ladder_update(l->ladder);
	list_widget_fit(&l->rows, ladder_count(l->ladder), l->rows.height);
	if (list_widget_act(&l->rows, id, times))
		l->follow = false;
	else if (id == ACTION_ENTER)
		open_row(l, app);
	else if (id == ACTION_NEXT_CONNECTION || id == ACTION_PREVIOUS_CONNECTION)
		other_connection(l, app, id == ACTION_NEXT_CONNECTION ? (int64_t)times : -(int64_t)times);
	else if (id == ACTION_NEXT_ANOMALY || id == ACTION_PREVIOUS_ANOMALY)
		next_anomaly(l, app, id == ACTION_NEXT_ANOMALY ? 1 : -1, times);
	else if (id == ACTION_FOLLOW) {
		l->follow = !l->follow;
		app_say(app, l->follow ? N_("Following the newest segment.") : N_("No longer following."));
	} else if (!looking_act(l, app, id) && !marking_act(l, app, id))
		return finding_act(app, id, times);
	return true;
}

static void
ladder_stepped(struct screen *s, struct app *app, const struct frame *frame)
{
	struct ladder_screen *l = (struct ladder_screen *)s;

	(void)app;
	ladder_update(l->ladder);
	if (frame != NULL && ladder_count(l->ladder) > 0)
		l->rows.cursor = frame->flow == l->flow->id ? ladder_row_of_number(l->ladder, frame->number) :
		    ladder_count(l->ladder) - 1;
}

/* In a ladder a search goes over segments, not over what their rows look like. */
static bool
ladder_find(struct screen *s, struct app *app, const struct filter *f, enum find_mode mode)
{
	struct ladder_screen *l = (struct ladder_screen *)s;
	const struct frame_store *frames = session_frames(app->session);
	struct flow_row about;
	uint32_t count, nth;
	int step = mode == FIND_PREVIOUS ? -1 : 1;

	if (mode == FIND_BEGIN)
		l->origin = cursor_nth(l);
	if (mode == FIND_CANCEL && ladder_count(l->ladder) > 0)
		set_cursor_nth(l, l->origin);
	if (f == NULL || ladder_count(l->ladder) == 0)
		return false;
	flow_row_init(&about, app->narrator, app->replay, l->flow);
	count = about.moment.rows;
	nth = cursor_nth(l);
	for (uint32_t i = 0; i < count; i++) {
		if (i > 0 || mode != FIND_TYPED)
			nth = (uint32_t)(((int64_t)nth + step + count) % count);
		if (filter_match_frame(f, &about, frame_store_get(frames, frame_store_nth(frames, l->flow, nth)))) {
			set_cursor_nth(l, nth);
			return true;
		}
	}
	return false;
}

static bool
ladder_screen_moved(struct screen *s, struct app *app, const struct eviction_moves *moves)
{
	struct ladder_screen *l = (struct ladder_screen *)s;
	uint32_t id, gone;

	if (moves == NULL) {
		l->kept = l->rows.cursor < ladder_count(l->ladder) ? ladder_frame(l->ladder, l->rows.cursor)->number : 0;
		l->kept_id = l->flow->id;
		l->kept_rows = l->flow->rows;
		return true;
	}
	id = moves->ids[l->kept_id];
	if (id == 0)
		return false;
	l->flow = flow_table_get(session_flows(app->session), id);
	ladder_moved(l->ladder, l->flow);
	ladder_update(l->ladder);
	l->rows.cursor = ladder_row_of_number(l->ladder, l->kept);
	gone = l->kept_rows - l->flow->rows;
	l->origin = l->origin > gone ? l->origin - gone : 0;
	return true;
}

static const struct flow *
ladder_screen_flow(struct screen *s, struct app *app)
{
	(void)app;
	return ((struct ladder_screen *)s)->flow;
}

static void
ladder_screen_free(struct screen *s)
{
	struct ladder_screen *l = (struct ladder_screen *)s;

	ladder_free(l->ladder);
	free(l);
}

static const struct screen_class ladder_class = {
	.bit = ON_LADDER, .name = N_("Ladder"), .draw = ladder_draw, .act = ladder_act,
	.stepped = ladder_stepped, .find = ladder_find, .moved = ladder_screen_moved, .flow = ladder_screen_flow, .free = ladder_screen_free
};

struct screen *
screen_ladder_new(struct app *app, const struct flow *flow)
{
	struct ladder_screen *l = memory_new(sizeof *l);
	const struct frame *at = stepping_frame(app);

	l->screen.class = &ladder_class;
	l->rows.height = 1;
	l->ladder = ladder_new(app->session, app->replay, flow);
	l->flow = flow;
	apply_settings(l, app, app->picture.columns);
	ladder_stepped(&l->screen, app, at);
	return &l->screen;
}

struct screen *
screen_ladder_new_at(struct app *app, const struct flow *flow, uint32_t nth)
{
	struct screen *s = screen_ladder_new(app, flow);
	struct ladder_screen *l = (struct ladder_screen *)s;

	ladder_update(l->ladder);
	if (ladder_count(l->ladder) > 0)
		set_cursor_nth(l, nth);
	return s;
}

/*
 * Several connections as one ladder, a lifeline for each address: what was
 * tagged in the list.  Rows and lifelines are the view model's
 * (view/merged.h); below, the explanation of the segment under the cursor.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/language.h"
#include "base/memory.h"
#include "tui/app.h"
#include "tui/finding.h"
#include "tui/list_widget.h"
#include "tui/stepping.h"
#include "view/merged.h"

enum { SHIFT = 8, SHIFT_MAX = 800, MARGIN = 2, TAGS_MAX = 64 };

struct merged_screen {
	struct screen screen;
	struct merged *merged;
	struct list_widget rows;
	bool follow;
	uint32_t mark;			/* frame number; 0: none */
	uint32_t origin;		/* frame number: where a search began */
	unsigned shift;
	/* While things are given up: the frame under the cursor, and the connections. */
	uint32_t kept_frame, kept_ids[TAGS_MAX];
	size_t kept_count;
};

static void
apply_settings(struct merged_screen *m, struct app *app, unsigned width)
{
	struct ladder_options o = app->settings.ladder;

	o.width = width;
	o.mark = m->mark;
	o.services = app->settings.services;
	o.no_source = true;
	merged_set_options(m->merged, &o);
}

/* ---- drawing */

static void
draw_pane(struct merged_screen *m, struct app *app, struct area area)
{
	char text[EXPLANATION_TEXT_MAX], head[64];
	const struct flow *flow;
	uint32_t row = m->rows.cursor;

	picture_rule(&app->picture, area.line, 0, area.columns);
	if (m->rows.count == 0)
		return;
	flow = merged_flow(m->merged, row);
	if (merged_folded(m->merged, row) > 1) {
		snprintf(head, sizeof head, _("From frame %u"), merged_frame(m->merged, row)->number);
		snprintf(text, sizeof text, _("%u segments of plain data and acknowledgments, folded. "
		    "Enter opens these, a opens or folds all."), merged_folded(m->merged, row));
	} else {
		snprintf(head, sizeof head, _("Frame %u, #%u"), merged_frame(m->merged, row)->number, flow->number);
		narrator_explain(app->narrator, flow, merged_nth(m->merged, row), area.lines > 4, text, sizeof text);
	}
	area.line++;
	area.lines--;
	area.column = MARGIN + 2 + (int)picture_put(&app->picture, area.line, MARGIN, area.columns, STYLE_STRONG, head);
	area.columns -= (unsigned)area.column + 1;
	app_paragraph(app, area, STYLE_NORMAL, text);
}

static void
draw_rows(struct merged_screen *m, struct app *app, int line, unsigned width)
{
	struct line text;

	for (unsigned i = 0; i < m->rows.height && m->rows.top + i < m->rows.count; i++) {
		int y = line + (int)i;

		merged_render(m->merged, m->rows.top + i, &text);
		picture_put_line(&app->picture, y, 0, width, &text, m->shift);
		if (m->rows.top + i == m->rows.cursor) {
			picture_put(&app->picture, y, 0, 1, STYLE_STRONG, "▸");
			picture_emphasize(&app->picture, y, 0, width, PICTURE_SELECTED);
		}
	}
}

static void
merged_draw(struct screen *s, struct app *app, struct area area)
{
	struct merged_screen *m = (struct merged_screen *)s;
	unsigned pane = app_pane_lines(app, area.lines);
	unsigned height = area.lines - MERGED_HEADINGS - (pane > 0 ? pane + 1 : 0);

	apply_settings(m, app, area.columns);
	merged_update(m->merged);
	for (unsigned n = 0; n < MERGED_HEADINGS; n++) {
		struct line text;

		merged_heading(m->merged, n, &text);
		picture_put_line(&app->picture, area.line + (int)n, 0, area.columns, &text, n == 0 ? 0 : m->shift);
	}
	if (m->follow && merged_count(m->merged) > 0)
		m->rows.cursor = merged_count(m->merged) - 1;
	list_widget_fit(&m->rows, merged_count(m->merged), height);
	mouse_rows_at(app, &m->rows, area.line + MERGED_HEADINGS);
	draw_rows(m, app, area.line + MERGED_HEADINGS, area.columns);
	if (pane > 0)
		draw_pane(m, app, (struct area){ area.line + (int)(area.lines - pane) - 1, 0, pane + 1, area.columns });
}

/* ---- keys */

static void
next_anomaly(struct merged_screen *m, struct app *app, int step, uint32_t times)
{
	for (; times > 0; times--) {
		int64_t row = m->rows.count == 0 ? -1 : merged_anomaly(m->merged, m->rows.cursor, step);

		if (row < 0) {
			app_say(app, step > 0 ? N_("No anomaly below this segment.") :
			    N_("No anomaly above this segment."));
			return;
		}
		m->rows.cursor = (uint32_t)row;
		list_widget_fit(&m->rows, m->rows.count, m->rows.height);
	}
}

static void
open_row(struct merged_screen *m, struct app *app)
{
	if (m->rows.count == 0)
		return;
	if (merged_folded(m->merged, m->rows.cursor) > 1)
		merged_toggle_run(m->merged, m->rows.cursor);
	else
		app_push(app, screen_packet_new(app, merged_flow(m->merged, m->rows.cursor),
		    merged_nth(m->merged, m->rows.cursor)));
}

static void
change_fold(struct merged_screen *m, struct app *app)
{
	uint32_t segment = m->rows.count > 0 ? merged_segment_of(m->merged, m->rows.cursor) : 0;

	app->settings.ladder.fold = !app->settings.ladder.fold;
	apply_settings(m, app, app->picture.columns);
	merged_update(m->merged);
	if (merged_count(m->merged) > 0)
		list_widget_follow(&m->rows, merged_row_of_segment(m->merged, segment));
	app_say(app, app->settings.ladder.fold ? N_("Runs of plain data and ACKs are folded.") :
	    N_("Every segment is shown."));
}

static bool
marking_act(struct merged_screen *m, struct app *app, enum action_id id)
{
	if (id == ACTION_MARK && m->rows.count > 0) {
		m->mark = merged_frame(m->merged, m->rows.cursor)->number;
		app->settings.ladder.time = LADDER_TIME_MARK;
		app_say(app, "Times count from frame %u; t shows others, M takes the mark away.", m->mark);
	} else if (id == ACTION_GO_TO_MARK && m->rows.count > 0 && m->mark != 0) {
		m->rows.cursor = merged_row_of_number(m->merged, m->mark);
	} else if (id == ACTION_CLEAR_MARKS) {
		m->mark = 0;
		if (app->settings.ladder.time == LADDER_TIME_MARK)
			app->settings.ladder.time = LADDER_TIME_START;
	} else {
		return id == ACTION_MARK || id == ACTION_GO_TO_MARK;
	}
	return true;
}

static bool
looking_act(struct merged_screen *m, struct app *app, enum action_id id, uint32_t times)
{
	struct ladder_options *o = &app->settings.ladder;

	if (id == ACTION_LEFT)
		m->shift = m->shift > SHIFT * times ? m->shift - SHIFT * times : 0;
	else if (id == ACTION_RIGHT)
		m->shift = m->shift + SHIFT * times < SHIFT_MAX ? m->shift + SHIFT * times : SHIFT_MAX;
	else if (id == ACTION_RELATIVE)
		o->absolute = !o->absolute;
	else if (id == ACTION_COLOUR) {
		static const char *const told[LADDER_COLOURS] = {
			N_("Colours tell kinds of segments."), N_("Colours tell directions."),
			N_("Colours tell connections.")
		};

		o->colour = (enum ladder_colour)((o->colour + 1) % LADDER_COLOURS);
		app_say(app, "%s", _(told[o->colour]));
	} else if (id == ACTION_TIME) {
		o->time = (enum ladder_time)((o->time + 1) % LADDER_TIMES);
		if (o->time == LADDER_TIME_MARK && m->mark == 0)
			o->time = (enum ladder_time)((o->time + 1) % LADDER_TIMES);
		app_say(app, "Times: %s.", _(ladder_time_names[o->time]));
	} else
		return false;
	return true;
}

static bool
merged_act(struct screen *s, struct app *app, enum action_id id, uint32_t times)
{
	struct merged_screen *m = (struct merged_screen *)s;

	merged_update(m->merged);
	list_widget_fit(&m->rows, merged_count(m->merged), m->rows.height);
	if (list_widget_act(&m->rows, id, times))
		m->follow = false;
	else if (id == ACTION_ENTER)
		open_row(m, app);
	else if (id == ACTION_FOLD)
		change_fold(m, app);
	else if (id == ACTION_NEXT_ANOMALY || id == ACTION_PREVIOUS_ANOMALY)
		next_anomaly(m, app, id == ACTION_NEXT_ANOMALY ? 1 : -1, times);
	else if (id == ACTION_FOLLOW) {
		m->follow = !m->follow;
		app_say(app, m->follow ? N_("Following the newest segment.") : N_("No longer following."));
	} else if (!looking_act(m, app, id, times) && !marking_act(m, app, id))
		return finding_act(app, id, times);
	return true;
}

static void
merged_stepped(struct screen *s, struct app *app, const struct frame *frame)
{
	struct merged_screen *m = (struct merged_screen *)s;

	(void)app;
	merged_update(m->merged);
	if (frame != NULL && merged_count(m->merged) > 0)
		m->rows.cursor = merged_count(m->merged) - 1;
}

static bool
merged_find(struct screen *s, struct app *app, const struct filter *f, enum find_mode mode)
{
	struct merged_screen *m = (struct merged_screen *)s;
	uint32_t count = merged_segments(m->merged), segment;
	int step = mode == FIND_PREVIOUS ? -1 : 1;

	if (count == 0 || m->rows.cursor >= merged_count(m->merged))
		return false;
	if (mode == FIND_BEGIN)
		m->origin = merged_frame(m->merged, m->rows.cursor)->number;
	if (mode == FIND_CANCEL)
		m->rows.cursor = merged_row_of_number(m->merged, m->origin);
	segment = merged_segment_of(m->merged, m->rows.cursor);
	for (uint32_t i = 0; f != NULL && i < count; i++) {
		const struct frame *frame;
		const struct flow *flow;
		struct flow_row about;

		if (i > 0 || mode != FIND_TYPED)
			segment = (uint32_t)(((int64_t)segment + step + count) % count);
		frame = merged_segment(m->merged, segment, &flow);
		flow_row_init(&about, app->narrator, app->replay, flow);
		if (filter_match_frame(f, &about, frame)) {
			m->rows.cursor = merged_row_of_segment(m->merged, segment);
			return true;
		}
	}
	return false;
}

/* Those of its connections that are still there. */
static bool
merged_screen_moved(struct screen *s, struct app *app, const struct eviction_moves *moves)
{
	struct merged_screen *m = (struct merged_screen *)s;
	uint32_t kept[TAGS_MAX];
	size_t count = 0;

	if (moves == NULL) {
		m->kept_frame = m->rows.cursor < merged_count(m->merged)
		    ? merged_frame(m->merged, m->rows.cursor)->number : 0;
		m->kept_count = merged_flows(m->merged, m->kept_ids, TAGS_MAX);
		return true;
	}
	for (size_t i = 0; i < m->kept_count; i++)
		if (moves->ids[m->kept_ids[i]] != 0)
			kept[count++] = moves->ids[m->kept_ids[i]];
	merged_free(m->merged);
	m->merged = merged_new(app->session, app->replay, kept, count);
	apply_settings(m, app, app->picture.columns);
	merged_update(m->merged);
	m->rows.cursor = merged_count(m->merged) > 0 ? merged_row_of_number(m->merged, m->kept_frame) : 0;
	return count > 0;
}

static const struct flow *
merged_screen_flow(struct screen *s, struct app *app)
{
	struct merged_screen *m = (struct merged_screen *)s;

	(void)app;
	return m->rows.count > 0 ? merged_flow(m->merged, m->rows.cursor) : NULL;
}

static void
merged_screen_free(struct screen *s)
{
	struct merged_screen *m = (struct merged_screen *)s;

	merged_free(m->merged);
	free(m);
}

static const struct screen_class merged_class = {
	.bit = ON_MERGED, .name = N_("Ladder of several"), .draw = merged_draw, .act = merged_act,
	.stepped = merged_stepped, .find = merged_find, .moved = merged_screen_moved, .flow = merged_screen_flow, .free = merged_screen_free
};

struct screen *
screen_merged_new(struct app *app)
{
	struct merged_screen *m = memory_new(sizeof *m);
	uint32_t ids[TAGS_MAX];
	size_t count = flow_list_tags(app->list, ids, TAGS_MAX);

	m->screen.class = &merged_class;
	m->rows.height = 1;
	m->merged = merged_new(app->session, app->replay, ids, count < TAGS_MAX ? count : TAGS_MAX);
	apply_settings(m, app, app->picture.columns);
	merged_stepped(&m->screen, app, stepping_frame(app));
	return &m->screen;
}

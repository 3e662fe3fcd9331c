/*
 * The first screen: the list of connections, and below it the story of the
 * one under the cursor.  The cursor holds on to a connection, wherever its
 * row goes; order and contents are the view model's (view/flow_list.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "tcp/words.h"
#include "tui/app.h"
#include "tui/finding.h"
#include "tui/list_widget.h"
#include "view/format.h"
#include "view/kernel_view.h"

enum { REFRESH_NS = 50000000 /* before the first picture of a new order */, MARGIN = 2, ABOVE = 2 /* summary and headings */, FOLLOW_TRIES = 1000, MARKS_MAX = 64 };

struct connections {
	struct screen screen;
	struct list_widget rows;
	struct column_place place[COLUMN_PLACES_MAX];
	size_t places;
	bool follow;
	uint32_t origin;		/* flow id: where a search began */
};

/* ---- drawing */

static void
draw_summary(struct app *app, struct area area)
{
	char shown[FORMAT_NUMBER_MAX], total[FORMAT_NUMBER_MAX];
	const char *filter = flow_list_filter(app->list);
	bool descending;
	const struct column *sort = flow_list_sort(app->list, &descending);
	struct line left, right;

	format_count(shown, sizeof shown, flow_list_count(app->list));
	format_count(total, sizeof total, flow_list_total(app->list));
	line_clear(&left);
	line_clear(&right);
	if (filter[0] != '\0')
		line_printf(&left, STYLE_NORMAL, P_("%s of %s connection", "%s of %s connections",
		    flow_list_total(app->list)), shown, total);
	else
		line_printf(&left, STYLE_NORMAL, P_("%s connection", "%s connections", flow_list_total(app->list)),
		    total);
	if (app->status.given_up.times > 0) {
		format_count(total, sizeof total, eviction_flows(&app->status.given_up));
		line_printf(&left, STYLE_DIM, _(" held, %s given up"), total);
	}
	if (filter[0] != '\0') {
		line_add(&left, STYLE_DIM, _("   filter "));
		line_add(&left, STYLE_STRONG, filter);
	}
	if (flow_list_progress(app->list) < 100)
		line_printf(&left, STYLE_STRONG, "   %u %%", flow_list_progress(app->list));
	if (flow_list_frozen(app->list))
		line_add(&right, STYLE_STRONG, _("order frozen   "));
	if (sort != NULL) {
		line_add(&right, STYLE_DIM, _("sort "));
		line_printf(&right, STYLE_NORMAL, "%s %s", sort->heading != NULL ? _(sort->heading) : sort->name,
		    descending ? "▾" : "▴");
	}
	if (left.columns + right.columns + 5 > area.columns)
		line_clear(&right);
	line_cut(&left, area.columns - right.columns - 4, "…");
	picture_put_line(&app->picture, area.line, 1, area.columns - 1, &left, 0);
	picture_put_line(&app->picture, area.line, (int)(area.columns - right.columns) - 1, right.columns, &right, 0);
}

static void
draw_row(struct connections *c, struct app *app, uint32_t row, int line, unsigned width)
{
	struct flow_row about;
	struct line text;

	flow_list_row(app->list, row, &about);
	about.services = app->settings.services;
	about.ascii = app->picture.ascii;
	column_render(c->place, c->places, &about, &text);
	picture_put_line(&app->picture, line, MARGIN, width, &text, 0);
	if (flow_list_tagged(app->list, about.flow->id))
		picture_put(&app->picture, line, 1, 1, STYLE_STRONG, "●");
	if (row == c->rows.cursor) {
		picture_put(&app->picture, line, 0, 1, STYLE_STRONG, "▸");
		picture_emphasize(&app->picture, line, 0, app->picture.columns, PICTURE_SELECTED);
	}
}

/* Why there is nothing to be seen, and what to do about it. */
static void
draw_nothing(struct app *app, struct area area)
{
	const struct session_status *s = &app->status;
	char text[400];
	unsigned long long other = s->counts[DECODE_OTHER_NETWORK] + s->counts[DECODE_OTHER_TRANSPORT];

	if (flow_list_total(app->list) > 0)
		snprintf(text, sizeof text, "%s", _("No connection matches the filter. Esc clears it."));
	else if (!replay_at_end(app->replay))
		snprintf(text, sizeof text, "%s", _("Before the first frame nothing has happened yet. "
		    ". steps to the next frame, Space plays, G goes to the end."));
	else if (s->kind == CAPTURE_LIVE && app->options->session.redact.on && !s->at_end)
		snprintf(text, sizeof text, "%s", _("Waiting for TCP."));
	else if (!s->at_end)
		snprintf(text, sizeof text, s->kind == CAPTURE_LIVE ? _("Waiting for TCP on %s.") : _("Reading %s."),
		    s->source != NULL ? s->source : "");
	else if (s->frames == 0)
		snprintf(text, sizeof text, "%s", _("There is not a single frame in this capture."));
	else
		snprintf(text, sizeof text, P_("No TCP here: %llu frame in all, %llu of them of other protocols.",
		    "No TCP here: %llu frames in all, %llu of them of other protocols.", s->frames),
		    (unsigned long long)s->frames, other);
	area.line += 1;
	area.column += MARGIN;
	area.columns -= 2 * MARGIN;
	app_paragraph(app, area, STYLE_DIM, text);
}

static unsigned
pane_lines(const struct app *app, unsigned lines)
{
	if (!app->settings.detail)
		return 0;
	if (app->settings.zoom)
		return lines / 2;
	return lines < 12 ? 1 : lines < 17 ? 2 : lines < 26 ? 3 : lines < 44 ? 4 : 6;
}

static void
draw_pane(struct connections *c, struct app *app, struct area area)
{
	const struct flow *flow;
	char number[FORMAT_NUMBER_MAX], process[KERNEL_TEXT_MAX], text[VERDICT_TEXT_MAX + sizeof process];
	const struct outcome *o;
	struct flow_row row;

	picture_rule(&app->picture, area.line, 0, area.columns);
	if (c->rows.count == 0)
		return;
	flow = flow_list_flow(app->list, c->rows.cursor);
	flow_list_row(app->list, c->rows.cursor, &row);
	o = narrator_outcome_at(app->narrator, app->replay, flow);
	snprintf(number, sizeof number, "#%u", flow->number);
	area.column = 3 + (int)picture_put(&app->picture, area.line + 1, MARGIN, area.columns, STYLE_STRONG, number);
	area.line++;
	area.lines--;
	area.columns -= (unsigned)area.column + 1;
	kernel_view_processes(&row, process, sizeof process);
	snprintf(text, sizeof text, "%s", o->verdict);
	if (process[0] != '\0')
		words_join(text, sizeof text, process);
	app_paragraph(app, area, STYLE_NORMAL, text);
}

static void
follow_newest(struct app *app)
{
	uint32_t id = flow_table_count(session_flows(app->session));

	for (int i = 0; i < FOLLOW_TRIES && id > 0; i++, id--)
		if (flow_list_select(app->list, id))
			return;
}

/* Those chosen, without what only the kernel of a live host could tell of a file. */
static void
place_columns(struct connections *c, const struct app *app, unsigned width)
{
	const struct column *chosen[COLUMN_PLACES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < app->settings.column_count; i++)
		if (app->host != NULL || !app->settings.columns[i]->host)
			chosen[count++] = app->settings.columns[i];
	c->places = count == 0 ? column_layout(width, c->place) : column_layout_of(chosen, count, width, c->place);
}

static void
connections_draw(struct screen *s, struct app *app, struct area area)
{
	struct connections *c = (struct connections *)s;
	unsigned pane = pane_lines(app, area.lines);
	unsigned height = area.lines - ABOVE - (pane > 0 ? pane + 1 : 0);
	bool descending;
	const struct column *sort = flow_list_sort(app->list, &descending);
	struct line headings;

	flow_list_refresh(app->list, REFRESH_NS);
	if (c->follow)
		follow_newest(app);
	place_columns(c, app, area.columns - MARGIN - 1);
	column_fit_numbers(c->place, c->places, area.columns - MARGIN - 1,
	    flow_table_numbered(session_flows(app->session)), app->status.frames);
	draw_summary(app, area);
	column_headings(c->place, c->places, sort, descending, app->picture.ascii, &headings);
	picture_put_line(&app->picture, area.line + 1, MARGIN, area.columns - MARGIN, &headings, 0);
	list_widget_follow(&c->rows, flow_list_cursor_row(app->list));
	list_widget_fit(&c->rows, flow_list_count(app->list), height);
	mouse_rows_at(app, &c->rows, area.line + ABOVE);
	app->mouse.headings = area.line + 1;
	for (unsigned i = 0; i < height && c->rows.top + i < c->rows.count; i++)
		draw_row(c, app, c->rows.top + i, area.line + ABOVE + (int)i, area.columns - MARGIN);
	if (c->rows.count == 0)
		draw_nothing(app, (struct area){ area.line + ABOVE, 0, height > 1 ? height - 1 : 1, area.columns });
	if (pane > 0)
		draw_pane(c, app, (struct area){ area.line + ABOVE + (int)height, 0, pane + 1, area.columns });
}

/* ---- keys */

static const struct flow *
connections_flow(struct screen *s, struct app *app)
{
	(void)s;
	flow_list_refresh(app->list, REFRESH_NS);
	return flow_list_count(app->list) == 0 ? NULL : flow_list_flow(app->list, flow_list_cursor_row(app->list));
}

static void
open_ladder(struct connections *c, struct app *app)
{
	const struct flow *flow = connections_flow(&c->screen, app);

	if (flow_list_tags(app->list, NULL, 0) > 1)
		app_push(app, screen_merged_new(app));
	else if (flow != NULL)
		app_push(app, screen_ladder_new(app, flow));
}

static void
move(struct connections *c, struct app *app, enum action_id id, uint32_t times)
{
	flow_list_refresh(app->list, REFRESH_NS);
	list_widget_follow(&c->rows, flow_list_cursor_row(app->list));
	list_widget_fit(&c->rows, flow_list_count(app->list), c->rows.height);
	list_widget_act(&c->rows, id, times);
	flow_list_move_to(app->list, c->rows.cursor);
	c->follow = false;
}

static void
reverse_sort(struct app *app)
{
	bool descending;
	const struct column *sort = flow_list_sort(app->list, &descending);

	flow_list_set_sort(app->list, sort, !descending);
}

static bool
sort_act(struct connections *c, struct app *app, enum action_id id)
{
	if (id == ACTION_SORT || id == ACTION_SORT_RIGHT)
		flow_list_sort_next(app->list, 1, c->place, c->places);
	else if (id == ACTION_SORT_LEFT)
		flow_list_sort_next(app->list, -1, c->place, c->places);
	else if (id == ACTION_SORT_MENU || id == ACTION_COLUMNS)
		app_push(app, screen_menu_new(app, id == ACTION_SORT_MENU ? MENU_SORT : MENU_COLUMNS));
	else if (id == ACTION_REVERSE)
		reverse_sort(app);
	else if (id == ACTION_FREEZE)
		flow_list_set_frozen(app->list, !flow_list_frozen(app->list));
	else
		return false;
	return true;
}

static void
go_to_next_mark(struct app *app)
{
	uint32_t count = flow_list_count(app->list), row = flow_list_cursor_row(app->list);

	for (uint32_t i = 1; i <= count; i++) {
		uint32_t next = (row + i) % count;

		if (flow_list_tagged(app->list, flow_list_get(app->list, next))) {
			flow_list_move_to(app->list, next);
			return;
		}
	}
	app_say(app, "No connection of the list is marked; m does.");
}

static bool
marking_act(struct app *app, enum action_id id)
{
	uint32_t ids[MARKS_MAX], flow;
	size_t count;

	if (id != ACTION_MARK && id != ACTION_GO_TO_MARK && id != ACTION_CLEAR_MARKS)
		return false;
	flow_list_refresh(app->list, REFRESH_NS);
	if (id == ACTION_GO_TO_MARK) {
		go_to_next_mark(app);
		return true;
	}
	flow = flow_list_cursor(app->list);
	if (id == ACTION_MARK && flow != 0)
		flow_list_tag(app->list, flow, !flow_list_tagged(app->list, flow));
	count = flow_list_tags(app->list, ids, MARKS_MAX);
	if (id == ACTION_CLEAR_MARKS) {
		while (count > 0) {
			for (size_t i = 0; i < count && i < MARKS_MAX; i++)
				flow_list_tag(app->list, ids[i], false);
			count = flow_list_tags(app->list, ids, MARKS_MAX);
		}
		app_say(app, "No connection is marked.");
	} else {
		app_say(app, count > 1 ? N_("%zu connections are marked; Enter opens them as one ladder.") :
		    N_("%zu connection is marked; with another one, Enter opens both as one ladder."), count);
	}
	return true;
}

static bool
connections_act(struct screen *s, struct app *app, enum action_id id, uint32_t times)
{
	struct connections *c = (struct connections *)s;

	if (id <= ACTION_LAST)
		move(c, app, id, times);
	else if (id == ACTION_ENTER)
		open_ladder(c, app);
	else if (id == ACTION_FOLLOW) {
		c->follow = !c->follow;
		app_say(app, c->follow ? N_("Following the newest connection.") : N_("No longer following."));
	} else if (!finding_act(app, id, times) && !marking_act(app, id))
		return sort_act(c, app, id);
	return true;
}

static bool
connections_find(struct screen *s, struct app *app, const struct filter *f, enum find_mode mode)
{
	struct connections *c = (struct connections *)s;
	uint32_t count = flow_list_count(app->list), row = flow_list_cursor_row(app->list);
	int step = mode == FIND_PREVIOUS ? -1 : 1;
	int64_t found;

	if (mode == FIND_BEGIN)
		c->origin = flow_list_cursor(app->list);
	if (mode == FIND_CANCEL)
		flow_list_select(app->list, c->origin);
	if (f == NULL || count == 0)
		return false;
	if (mode != FIND_TYPED)
		row = (uint32_t)(((int64_t)row + step + count) % count);
	found = flow_list_search(app->list, f, row, step);
	if (found >= 0)
		flow_list_move_to(app->list, (uint32_t)found);
	return found >= 0;
}

static bool
connections_peel(struct screen *s, struct app *app)
{
	(void)s;
	if (flow_list_filter(app->list)[0] == '\0')
		return false;
	flow_list_set_filter(app->list, "", NULL);
	return true;
}

static void
connections_heading(struct screen *s, struct app *app, unsigned column)
{
	struct connections *c = (struct connections *)s;
	bool descending;
	const struct column *sort = flow_list_sort(app->list, &descending);

	for (size_t i = 0; i < c->places; i++) {
		const struct column_place *p = &c->place[i];

		if (column < p->start + MARGIN || column > p->start + p->width + MARGIN || p->column->key == NULL)
			continue;
		if (p->column == sort)
			reverse_sort(app);
		else
			flow_list_set_sort(app->list, p->column, p->column->descending);
		return;
	}
}

static bool
connections_moved(struct screen *s, struct app *app, const struct eviction_moves *moves)
{
	struct connections *c = (struct connections *)s;

	(void)app;
	if (moves != NULL)
		c->origin = c->origin <= moves->flows ? moves->ids[c->origin] : 0;
	return true;
}

static void
connections_free(struct screen *s)
{
	free(s);
}

static const struct screen_class connections_class = {
	.bit = ON_LIST, .name = N_("Connections"), .draw = connections_draw, .act = connections_act,
	.peel = connections_peel, .find = connections_find, .flow = connections_flow,
	.heading = connections_heading, .moved = connections_moved, .free = connections_free
};

struct screen *
screen_connections_new(struct app *app)
{
	struct connections *c = memory_new(sizeof *c);

	(void)app;
	c->screen.class = &connections_class;
	c->rows.height = 1;
	return &c->screen;
}

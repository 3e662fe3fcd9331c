/*
 * This host's listeners and their queues, what the kernel counted since the
 * start, and how it is set; below, what the row under the cursor means.
 * Rows and words are the view model's (view/listeners.h).
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/language.h"
#include "base/memory.h"
#include "tui/app.h"
#include "tui/list_widget.h"
#include "view/listeners.h"

enum { MARGIN = 2 };

struct listeners_screen {
	struct screen screen;
	struct listeners *listeners;
	const struct host_snapshot *seen;	/* what the rows are of */
	struct list_widget rows;
	uint64_t cookie;			/* of the listener under the cursor; 0: none is */
};

/* A new picture may have other rows: the cursor stays with its listener. */
static bool
update(struct listeners_screen *s, struct app *app)
{
	const struct host_snapshot *now = app->host != NULL ? host_snapshot(app->host) : NULL;

	if (now == NULL)
		return false;
	listeners_update(s->listeners, now, app->settings.services, app->picture.ascii);
	if (now != s->seen && s->cookie != 0)
		list_widget_follow(&s->rows, listeners_row_of(s->listeners, s->cookie, s->rows.cursor));
	s->seen = now;
	return true;
}

static void
remember_cursor(struct listeners_screen *s)
{
	const struct host_socket *k = listeners_socket(s->listeners, s->rows.cursor);

	s->cookie = k != NULL ? k->cookie : 0;
}

/* From a row that has nothing to say on to the next one that has, in this direction. */
static void
settle(struct listeners_screen *s, int step)
{
	while (s->rows.cursor + 1 < s->rows.count && s->rows.cursor > 0 && !listeners_stops(s->listeners, s->rows.cursor))
		s->rows.cursor = (uint32_t)((int64_t)s->rows.cursor + step);
	list_widget_fit(&s->rows, s->rows.count, s->rows.height);
}

static void
draw_pane(struct listeners_screen *s, struct app *app, struct area area)
{
	char text[LISTENERS_TEXT_MAX];

	picture_rule(&app->picture, area.line, 0, area.columns);
	listeners_explain(s->listeners, s->rows.cursor, text, sizeof text);
	app_paragraph(app, (struct area){ area.line + 1, MARGIN, area.lines - 1, area.columns - MARGIN - 1 },
	    STYLE_NORMAL, text);
}

static void
listeners_draw(struct screen *base, struct app *app, struct area area)
{
	struct listeners_screen *s = (struct listeners_screen *)base;
	unsigned pane = app_pane_lines(app, area.lines), height = area.lines - (pane > 0 ? pane + 1 : 0);

	if (!update(s, app)) {
		app_paragraph(app, (struct area){ area.line + 1, MARGIN, area.lines - 1, area.columns - MARGIN - 1 },
		    STYLE_DIM, app->host != NULL ? _("Asking the kernel.") : app->host_error.text);
		return;
	}
	list_widget_fit(&s->rows, listeners_count(s->listeners), height);
	settle(s, 1);
	remember_cursor(s);
	mouse_rows_at(app, &s->rows, area.line);
	for (unsigned i = 0; i < height && s->rows.top + i < s->rows.count; i++) {
		struct line line;

		listeners_render(s->listeners, s->rows.top + i, area.columns, &line);
		picture_put_line(&app->picture, area.line + (int)i, 0, area.columns, &line, 0);
		if (s->rows.top + i == s->rows.cursor) {
			picture_put(&app->picture, area.line + (int)i, 0, 1, STYLE_STRONG, "▸");
			picture_emphasize(&app->picture, area.line + (int)i, 0, area.columns, PICTURE_SELECTED);
		}
	}
	if (pane > 0)
		draw_pane(s, app, (struct area){ area.line + (int)height, 0, pane + 1, area.columns });
}

/* The list, with connections to that listener's port alone. Takes this screen away. */
static void
show_connections(const struct listeners_screen *s, struct app *app)
{
	const struct host_socket *k = listeners_socket(s->listeners, s->rows.cursor);
	char port[16], filter[FILTER_TEXT_MAX];

	if (k == NULL) {
		app_say(app, "Enter on a listener shows the connections to it.");
		return;
	}
	snprintf(port, sizeof port, "%u", k->local_port);
	filter_set_port(flow_list_filter(app->list), port, filter);
	flow_list_set_filter(app->list, filter, NULL);
	while (app->depth > 1)
		app_pop(app);
}

static bool
listeners_act(struct screen *base, struct app *app, enum action_id id, uint32_t times)
{
	struct listeners_screen *s = (struct listeners_screen *)base;
	uint32_t before;

	if (!update(s, app))
		return false;
	list_widget_fit(&s->rows, listeners_count(s->listeners), s->rows.height);
	if (id == ACTION_ENTER) {
		show_connections(s, app);
		return true;
	}
	before = s->rows.cursor;
	if (!list_widget_act(&s->rows, id, times))
		return false;
	settle(s, s->rows.cursor < before ? -1 : 1);
	remember_cursor(s);
	return true;
}

static void
listeners_screen_free(struct screen *base)
{
	struct listeners_screen *s = (struct listeners_screen *)base;

	listeners_free(s->listeners);
	free(s);
}

static const struct screen_class listeners_class = {
	.bit = ON_LISTENERS, .name = N_("Listeners"), .draw = listeners_draw, .act = listeners_act,
	.free = listeners_screen_free
};

struct screen *
screen_listeners_new(struct app *app)
{
	struct listeners_screen *s = memory_new(sizeof *s);

	(void)app;
	s->screen.class = &listeners_class;
	s->listeners = listeners_new();
	s->rows.height = 1;
	s->rows.cursor = 1;	/* below the headings */
	s->rows.count = 2;
	return &s->screen;
}

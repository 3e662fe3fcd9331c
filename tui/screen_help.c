/*
 * Help: the table of keys, group by group, and nothing that isn't in it.
 * Keys that mean something on the screen underneath stand out.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "tui/app.h"
#include "tui/list_widget.h"

enum { KEYS_WIDTH = 18, LINES_MAX = 256 };

struct help_row {
	const char *title;		/* of a group; else */
	const struct action *action;
};

struct help {
	struct screen screen;
	unsigned under;			/* the bit of the screen underneath */
	struct list_widget rows;
	struct help_row row[LINES_MAX];
	unsigned count;
};

static void
add_row(struct help *h, const char *title, const struct action *action)
{
	if (h->count < LINES_MAX)
		h->row[h->count++] = (struct help_row){ .title = title, .action = action };
}

static void
build(struct help *h)
{
	for (size_t g = 0; g < action_group_count; g++) {
		if (g > 0)
			add_row(h, "", NULL);
		add_row(h, action_groups[g].title, NULL);
		for (size_t i = 0; i < action_groups[g].count; i++)
			if (action_groups[g].actions[i].help != NULL)
				add_row(h, NULL, &action_groups[g].actions[i]);
	}
}

static void
draw_row(const struct help *h, struct app *app, const struct help_row *row, int line, unsigned width)
{
	char keys[96];
	bool here;

	if (row->action == NULL) {
		picture_put(&app->picture, line, 1, width, STYLE_TITLE, row->title);
		return;
	}
	here = (row->action->screens & h->under) != 0;
	picture_put(&app->picture, line, 3, KEYS_WIDTH - 1, here ? STYLE_CLIENT : STYLE_DIM,
	    action_keys(app_keys(app), row->action, keys, sizeof keys));
	picture_put(&app->picture, line, 3 + KEYS_WIDTH, width - 3 - KEYS_WIDTH, here ? STYLE_NORMAL : STYLE_DIM,
	    row->action->help);
}

static void
help_draw(struct screen *s, struct app *app, struct area area)
{
	struct help *h = (struct help *)s;
	char about[120];

	snprintf(about, sizeof about, "(what does nothing on the screen %s is grey)",
	    app->stack[app->depth - 2]->class->name);
	picture_put(&app->picture, area.line, 1, 5, STYLE_TITLE, "Keys");
	picture_put(&app->picture, area.line, 7, area.columns - 8, STYLE_DIM, about);
	picture_rule(&app->picture, area.line + 1, 0, area.columns);
	list_widget_fit(&h->rows, h->count, area.lines - 2);
	/* There is nothing to choose: the keys scroll. */
	for (unsigned i = 0; i < h->rows.height && h->rows.top + i < h->count; i++)
		draw_row(h, app, &h->row[h->rows.top + i], area.line + 2 + (int)i, area.columns - 1);
	if (h->count > h->rows.top + h->rows.height)
		picture_put(&app->picture, area.line + 1, (int)area.columns - 9, 8, STYLE_DIM, " ↓ more ");
}

static bool
help_act(struct screen *s, struct app *app, enum action_id id, uint32_t times)
{
	struct help *h = (struct help *)s;

	(void)app;
	if (id == ACTION_UP)
		h->rows.cursor = h->rows.top;
	else if (id == ACTION_DOWN)
		h->rows.cursor = h->rows.top + h->rows.height - 1;
	return list_widget_act(&h->rows, id, times);
}

static void
help_free(struct screen *s)
{
	free(s);
}

static const struct screen_class help_class = {
	.bit = ON_HELP, .name = "Help", .draw = help_draw, .act = help_act, .free = help_free
};

struct screen *
screen_help_new(struct app *app)
{
	struct help *h = memory_new(sizeof *h);

	h->screen.class = &help_class;
	h->under = app_screen(app)->class->bit;
	build(h);
	return &h->screen;
}

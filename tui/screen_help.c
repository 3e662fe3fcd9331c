/*
 * Help: the table of keys, group by group, and nothing that isn't in it;
 * behind it what the program has forbidden itself.  Keys that mean something on the screen underneath stand out.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/language.h"
#include "base/memory.h"
#include "tui/app.h"
#include "tui/guard.h"
#include "tui/list_widget.h"
#include "view/format.h"

enum { KEYS_WIDTH = 18, LINES_MAX = 1024, TEXT_MIN = 8 };

struct help_row {
	const char *title;		/* of a group; else, unless it is plain text, */
	const struct action *action;
	const char *text;		/* one line of its help, and how many bytes */
	size_t length;
	bool first;			/* the keys stand before it */
};

struct help {
	struct screen screen;
	unsigned under;			/* the bit of the screen underneath */
	struct list_widget rows;
	struct help_row row[LINES_MAX];
	unsigned count, width;		/* rows are broken to this width */
	char guard[256];		/* "" while nothing was given up */
};

static void
add_row(struct help *h, struct help_row row)
{
	if (h->count < LINES_MAX)
		h->row[h->count++] = row;
}

/* A key's help, as many lines as it takes. */
static void
add_action_rows(struct help *h, const struct action *action)
{
	struct help_row row = { .action = action, .text = _(action->help), .first = true };

	for (const char *next; row.text != NULL; row.text = next, row.first = false) {
		next = format_wrap(row.text, h->width, &row.length);
		add_row(h, row);
	}
}

static void
build(struct help *h, unsigned width)
{
	h->width = width;
	h->count = 0;
	for (size_t g = 0; g < action_group_count; g++) {
		if (g > 0)
			add_row(h, (struct help_row){ .title = "" });
		add_row(h, (struct help_row){ .title = _(action_groups[g].title) });
		for (size_t i = 0; i < action_groups[g].count; i++)
			if (action_groups[g].actions[i].help != NULL)
				add_action_rows(h, &action_groups[g].actions[i]);
	}
	if (h->guard[0] == '\0')
		return;
	add_row(h, (struct help_row){ .title = "" });
	add_row(h, (struct help_row){ .title = _("Given up, and what is refused") });
	for (const char *text = h->guard, *next; text != NULL; text = next) {
		struct help_row row = { .text = text };

		next = format_wrap(text, h->width, &row.length);
		add_row(h, row);
	}
}

/* Where it does something, under whichever name: q is Back here and Quit there. */
static unsigned
screens_of(const struct action *action)
{
	unsigned screens = 0;

	for (size_t g = 0; g < action_group_count; g++)
		for (size_t i = 0; i < action_groups[g].count; i++)
			if (action_groups[g].actions[i].id == action->id)
				screens |= action_groups[g].actions[i].screens;
	return screens;
}

static void
draw_row(const struct help *h, struct app *app, const struct help_row *row, int line, unsigned width)
{
	char keys[96];
	struct line text;
	bool here;

	if (row->title != NULL) {
		picture_put(&app->picture, line, 1, width, STYLE_TITLE, row->title);
		return;
	}
	here = row->action == NULL || (screens_of(row->action) & h->under) != 0;
	if (row->first)
		picture_put(&app->picture, line, 3, KEYS_WIDTH - 1, here ? STYLE_CLIENT : STYLE_DIM,
		    action_keys(app_keys(app), row->action, keys, sizeof keys));
	line_clear(&text);
	line_add_bytes(&text, here ? STYLE_NORMAL : STYLE_DIM, row->text, row->length);
	picture_put_line(&app->picture, line, 3 + KEYS_WIDTH, width - 3 - KEYS_WIDTH, &text, 0);
}

static void
help_draw(struct screen *s, struct app *app, struct area area)
{
	struct help *h = (struct help *)s;
	char about[200];
	unsigned column, width = area.columns > 4 + KEYS_WIDTH + TEXT_MIN ? area.columns - 4 - KEYS_WIDTH : TEXT_MIN;

	if (width != h->width)
		build(h, width);
	snprintf(about, sizeof about, _("(what does nothing on the screen %s is grey)"),
	    _(app->stack[app->depth - 2]->class->name));
	if (area.columns < text_columns(about) + 8)
		snprintf(about, sizeof about, "%s", _("(grey: does nothing there)"));
	column = 3 + picture_put(&app->picture, area.line, 1, area.columns / 2, STYLE_TITLE, _("Keys"));
	picture_put(&app->picture, area.line, (int)column, area.columns - column - 1, STYLE_DIM, about);
	picture_rule(&app->picture, area.line + 1, 0, area.columns);
	list_widget_fit(&h->rows, h->count, area.lines - 2);
	/* There is nothing to choose: the keys scroll. */
	for (unsigned i = 0; i < h->rows.height && h->rows.top + i < h->count; i++)
		draw_row(h, app, &h->row[h->rows.top + i], area.line + 2 + (int)i, area.columns - 1);
	if (h->count > h->rows.top + h->rows.height)
		picture_put(&app->picture, area.line + 1, (int)area.columns - 9, 8, STYLE_DIM, _(" ↓ more "));
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
	.bit = ON_HELP, .name = N_("Help"), .draw = help_draw, .act = help_act, .free = help_free
};

struct screen *
screen_help_new(struct app *app)
{
	struct help *h = memory_new(sizeof *h);

	h->screen.class = &help_class;
	h->under = app_screen(app)->class->bit;
	guard_text(app->options->guard, h->guard, sizeof h->guard);
	h->width = 0;			/* rows come when it is known how wide */
	return &h->screen;
}

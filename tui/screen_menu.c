/*
 * A menu over the list: the column to sort by, or which columns there are.
 * Both come from the table of columns.  What lies underneath stays in sight.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "tui/app.h"
#include "tui/list_widget.h"

enum { ITEMS_MAX = 64, BOX_COLUMNS = 64, NAME_COLUMNS = 16 };

struct menu {
	struct screen screen;
	enum menu_kind kind;
	const struct column *item[ITEMS_MAX];
	uint32_t count;
	struct column_place usual[COLUMN_PLACES_MAX];	/* what a very wide screen shows until somebody chooses */
	size_t usual_count;
	struct list_widget rows;
};

/* ---- which columns are shown */

static bool
is_chosen(const struct menu *m, const struct app *app, const struct column *column)
{
	for (size_t i = 0; i < app->settings.column_count; i++)
		if (app->settings.columns[i] == column)
			return true;
	for (size_t i = 0; app->settings.column_count == 0 && i < m->usual_count; i++)
		if (m->usual[i].column == column)
			return true;
	return false;
}

static void
toggle_column(const struct menu *m, struct app *app, const struct column *column)
{
	const struct column *chosen[COLUMN_PLACES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < column_count && n < COLUMN_PLACES_MAX; i++)
		if (is_chosen(m, app, &columns[i]) != (&columns[i] == column))
			chosen[n++] = &columns[i];
	if (n == 0) {
		app_say(app, "One column at least must stay.");
		return;
	}
	for (size_t i = 0; i < n; i++)
		app->settings.columns[i] = chosen[i];
	app->settings.column_count = n;
}

/* ---- drawing */

static void
draw_item(const struct menu *m, struct app *app, uint32_t n, int line, int at, unsigned width)
{
	const struct column *c = m->item[n];
	bool descending, on = m->kind == MENU_SORT ? flow_list_sort(app->list, &descending) == c : is_chosen(m, app, c);

	picture_put(&app->picture, line, at + 1, 1, STYLE_STRONG, on ? m->kind == MENU_SORT ? "▸" : "●" : " ");
	picture_put(&app->picture, line, at + 3, NAME_COLUMNS, on ? STYLE_STRONG : STYLE_NORMAL, c->heading);
	if (width > NAME_COLUMNS + 6)
		picture_put(&app->picture, line, at + 4 + NAME_COLUMNS, width - NAME_COLUMNS - 6, STYLE_DIM, c->help);
	if (n == m->rows.cursor)
		picture_emphasize(&app->picture, line, at, width, PICTURE_SELECTED);
}

static void
menu_draw(struct screen *s, struct app *app, struct area area)
{
	struct menu *m = (struct menu *)s;
	struct screen *under = app->stack[app->depth - 2];
	unsigned width = area.columns > BOX_COLUMNS + 4 ? BOX_COLUMNS : area.columns - 4;
	unsigned lines = m->count + 2 < area.lines ? m->count + 2 : area.lines;
	int line = area.line + (int)(area.lines - lines) / 2, column = (int)(area.columns - width) / 2;

	under->class->draw(under, app, area);
	picture_box(&app->picture, line, column, width, lines,
	    m->kind == MENU_SORT ? "Sort by" : "Columns");
	list_widget_fit(&m->rows, m->count, lines - 2);
	for (unsigned i = 0; i < lines - 2 && m->rows.top + i < m->count; i++)
		draw_item(m, app, m->rows.top + i, line + 1 + (int)i, column + 1, width - 2);
}

static bool
menu_act(struct screen *s, struct app *app, enum action_id id, uint32_t times)
{
	struct menu *m = (struct menu *)s;
	const struct column *c = m->item[m->rows.cursor];

	if (id != ACTION_ENTER)
		return list_widget_act(&m->rows, id, times);
	if (m->kind == MENU_COLUMNS) {
		toggle_column(m, app, c);
		return true;
	}
	flow_list_set_sort(app->list, c, c->descending);
	app_pop(app);
	return true;
}

static void
menu_free(struct screen *s)
{
	free(s);
}

static const struct screen_class menu_class = {
	.bit = ON_MENU, .name = "Menu", .draw = menu_draw, .act = menu_act, .free = menu_free
};

struct screen *
screen_menu_new(struct app *app, enum menu_kind kind)
{
	struct menu *m = memory_new(sizeof *m);
	bool descending;
	const struct column *sort = flow_list_sort(app->list, &descending);

	m->screen.class = &menu_class;
	m->kind = kind;
	m->rows.height = 1;
	for (size_t i = 0; i < column_count && m->count < ITEMS_MAX; i++) {
		if (columns[i].heading == NULL || (kind == MENU_SORT && columns[i].key == NULL))
			continue;
		if (kind == MENU_SORT && &columns[i] == sort)
			m->rows.cursor = m->count;
		m->item[m->count++] = &columns[i];
	}
	m->usual_count = column_layout(LINE_TEXT_MAX / 8, m->usual);
	return &m->screen;
}

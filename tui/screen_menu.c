/*
 * The two menus over the list: which columns are shown, in which order, and
 * which one the list is sorted by.  What is chosen shows at once in the list
 * underneath; Esc takes it back.  Where columns stand on a line, and what
 * they mean, is the column table's (view/column.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "tui/app.h"
#include "tui/list_widget.h"

enum { MARK_WIDTH = 4, HEADING_WIDTH = 13, HELP_WIDTH = 42, ANY_WIDTH = 1000, LIST_MARGINS = 3 };
enum {
	ABOVE = 4,	/* the list's headings and its first rows stay in sight */
	EDGES = 2, BESIDE = 4 /* the edges, and a blank at each side */
};

struct column_choice {
	const struct column *column[COLUMN_PLACES_MAX];
	size_t count;			/* 0: as many of the usual ones as the width allows */
};

struct menu {
	struct screen screen;
	struct list_widget rows;
	const struct column *row[COLUMN_PLACES_MAX];
	bool chosen[COLUMN_PLACES_MAX];
	uint32_t count;
	struct column_choice before;
};

/* ---- rows: those shown now in their order, then the rest in the table's */

static bool
has_row(const struct menu *m, const struct column *column)
{
	for (uint32_t i = 0; i < m->count; i++)
		if (m->row[i] == column)
			return true;
	return false;
}

static void
add_row(struct menu *m, const struct column *column, bool chosen)
{
	if (m->count == COLUMN_PLACES_MAX || column->heading == NULL || has_row(m, column))
		return;
	m->row[m->count] = column;
	m->chosen[m->count++] = chosen;
}

/* What is shown on so wide a screen when nothing is chosen. */
static struct column_choice
usual_choice(unsigned width)
{
	struct column_place places[COLUMN_PLACES_MAX];
	struct column_choice usual = { .count = column_layout(width, places) };

	for (size_t i = 0; i < usual.count; i++)
		usual.column[i] = places[i].column;
	return usual;
}

static bool
is_in(const struct column_choice *choice, const struct column *column)
{
	for (size_t i = 0; i < choice->count; i++)
		if (choice->column[i] == column)
			return true;
	return false;
}

static struct column_choice
choice_of(const struct app *app)
{
	struct column_choice choice = { .count = app->settings.column_count };

	memcpy(choice.column, app->settings.columns, sizeof choice.column);
	return choice;
}

static void
set_choice(struct app *app, const struct column_choice *choice)
{
	memcpy(app->settings.columns, choice->column, sizeof choice->column);
	app->settings.column_count = choice->count;
}

static struct menu *
new_menu(const struct app *app, const struct screen_class *class)
{
	struct menu *m = memory_new(sizeof *m);
	struct column_choice shown = choice_of(app), rows = shown;

	m->screen.class = class;
	m->before = shown;
	if (shown.count == 0) {
		shown = usual_choice(app->picture.columns - LIST_MARGINS);
		rows = usual_choice(ANY_WIDTH);
	}
	for (size_t i = 0; i < rows.count; i++)
		if (app->host != NULL || !rows.column[i]->host)
			add_row(m, rows.column[i], is_in(&shown, rows.column[i]));
	for (size_t i = 0; i < column_count; i++)
		if (app->host != NULL || !columns[i].host)
			add_row(m, &columns[i], false);
	return m;
}

/* ---- drawing: the list stays in sight around the box */

static struct area
open_box(struct app *app, struct area area, const char *title, unsigned width, unsigned rows)
{
	struct screen *under = app->stack[app->depth - 2];
	unsigned across = width + BESIDE, lines = rows + EDGES;
	struct area inside;

	under->class->draw(under, app, area);
	app->picture.cursor_line = -1;
	if (across > area.columns)
		across = area.columns;
	if (lines > area.lines - ABOVE)
		lines = area.lines - ABOVE;
	inside.column = area.column + (int)(area.columns - across) / 2;
	inside.line = area.line + ABOVE + (int)(area.lines - ABOVE - lines) / 3;
	picture_box(&app->picture, inside.line, inside.column, across, lines, title);
	inside.column += BESIDE / 2;
	inside.line += 1;
	inside.columns = across - BESIDE;
	inside.lines = lines - EDGES;
	return inside;
}

static void
select_line(struct app *app, struct area inside, unsigned line)
{
	picture_emphasize(&app->picture, inside.line + (int)line, inside.column - 1, inside.columns + 2,
	    PICTURE_SELECTED);
}

static void
draw_more(struct app *app, struct area inside, bool above, bool below)
{
	const char *words = above && below ? _(" ↑ more ↓ ") : above ? _(" ↑ more ") :
	    below ? _(" ↓ more ") : "";
	unsigned width = text_columns(words);

	picture_put(&app->picture, inside.line + (int)inside.lines, inside.column + (int)(inside.columns - width),
	    width, STYLE_DIM, words);
}

static void
draw_row(struct app *app, const struct menu *m, struct area inside, unsigned line, const char *mark)
{
	const struct column *column = m->row[m->rows.top + line];
	int y = inside.line + (int)line;
	struct line text;

	line_clear(&text);
	line_add(&text, STYLE_STRONG, mark);
	line_pad(&text, MARK_WIDTH);
	line_add(&text, STYLE_NORMAL, _(column->heading));
	line_pad(&text, MARK_WIDTH + HEADING_WIDTH);
	line_add(&text, STYLE_DIM, _(column->help));
	picture_put_line(&app->picture, y, inside.column, inside.columns, &text, 0);
	if (m->rows.top + line == m->rows.cursor)
		select_line(app, inside, line);
}

static struct area
draw_box(struct app *app, struct menu *m, struct area area, const char *title)
{
	struct area inside = open_box(app, area, title, MARK_WIDTH + HEADING_WIDTH + HELP_WIDTH, m->count);

	list_widget_fit(&m->rows, m->count, inside.lines);
	mouse_rows_at(app, &m->rows, inside.line);
	app->mouse.column = inside.column;
	app->mouse.width = inside.columns;
	draw_more(app, inside, m->rows.top > 0, m->rows.top + m->rows.height < m->count);
	return inside;
}

static void
menu_free(struct screen *s)
{
	free(s);
}

/* ---- which columns are shown */

static void
take_choice(const struct menu *m, unsigned width, struct column_choice *out)
{
	struct column_choice usual = usual_choice(width);

	out->count = 0;
	for (uint32_t i = 0; i < m->count; i++)
		if (m->chosen[i])
			out->column[out->count++] = m->row[i];
	/* what a file has nothing for stays chosen for the next live capture */
	for (size_t i = 0; i < m->before.count && out->count < COLUMN_PLACES_MAX; i++)
		if (!has_row(m, m->before.column[i]))
			out->column[out->count++] = m->before.column[i];
	/* what is shown anyway is no choice: it goes on adapting to the width */
	if (usual.count == out->count &&
	    memcmp(usual.column, out->column, usual.count * sizeof usual.column[0]) == 0)
		out->count = 0;
}

static void
columns_draw(struct screen *s, struct app *app, struct area area)
{
	struct menu *m = (struct menu *)s;
	struct column_choice choice = choice_of(app);
	struct column_place places[COLUMN_PLACES_MAX];
	size_t fit = column_layout_of(choice.column, choice.count, area.columns - LIST_MARGINS, places);
	char title[120];
	struct area inside;

	snprintf(title, sizeof title, "%s", _("Columns, from left to right"));
	if (choice.count > 0 && fit < choice.count)
		snprintf(title, sizeof title, _("Columns: the last %zu of %zu don't fit"), choice.count - fit,
		    choice.count);
	inside = draw_box(app, m, area, title);
	app->mouse.open = ACTION_CHOOSE;
	for (unsigned i = 0; i < inside.lines && m->rows.top + i < m->count; i++)
		draw_row(app, m, inside, i, m->chosen[m->rows.top + i] ? "[x]" : "[ ]");
}

static void
move_column(struct menu *m, int step)
{
	uint32_t from = m->rows.cursor, to = from + (uint32_t)step;
	const struct column *column = m->row[from];
	bool chosen = m->chosen[from];

	if (to >= m->count)
		return;
	m->row[from] = m->row[to];
	m->chosen[from] = m->chosen[to];
	m->row[to] = column;
	m->chosen[to] = chosen;
	list_widget_act(&m->rows, step > 0 ? ACTION_DOWN : ACTION_UP, 1);
}

static bool
columns_act(struct screen *s, struct app *app, enum action_id id, uint32_t times)
{
	struct menu *m = (struct menu *)s;
	struct column_choice choice;

	if (list_widget_act(&m->rows, id, times))
		return true;
	if (id == ACTION_ENTER) {
		app_pop(app);
		return true;
	}
	if (id == ACTION_CHOOSE)
		m->chosen[m->rows.cursor] = !m->chosen[m->rows.cursor];
	else if (id == ACTION_LEFT || id == ACTION_RIGHT)
		move_column(m, id == ACTION_LEFT ? -1 : 1);
	else
		return false;
	take_choice(m, app->picture.columns - LIST_MARGINS, &choice);
	set_choice(app, &choice);
	return true;
}

static bool
columns_peel(struct screen *s, struct app *app)
{
	set_choice(app, &((struct menu *)s)->before);
	app_pop(app);
	return true;
}

static const struct screen_class columns_class = {
	.bit = ON_COLUMNS, .name = N_("Columns"), .draw = columns_draw, .act = columns_act, .peel = columns_peel,
	.free = menu_free
};

/* ---- which one the list is sorted by */

static void
sorting_draw(struct screen *s, struct app *app, struct area area)
{
	struct menu *m = (struct menu *)s;
	struct area inside = draw_box(app, m, area, _("Sort by"));
	bool descending;
	const struct column *sort = flow_list_sort(app->list, &descending);

	for (unsigned i = 0; i < inside.lines && m->rows.top + i < m->count; i++)
		draw_row(app, m, inside, i, m->row[m->rows.top + i] != sort ? "" : descending ? " ▾" : " ▴");
}

static bool
sorting_act(struct screen *s, struct app *app, enum action_id id, uint32_t times)
{
	struct menu *m = (struct menu *)s;
	const struct column *column = m->row[m->rows.cursor], *sort;
	bool descending;

	if (list_widget_act(&m->rows, id, times))
		return true;
	if (id != ACTION_ENTER)
		return false;
	sort = flow_list_sort(app->list, &descending);
	flow_list_set_sort(app->list, column, column == sort ? !descending : column->descending);
	app_pop(app);
	return true;
}

static const struct screen_class sorting_class = {
	.bit = ON_MENU, .name = N_("Sort"), .draw = sorting_draw, .act = sorting_act, .free = menu_free
};

static struct screen *
new_sorting(struct app *app)
{
	struct menu *m = new_menu(app, &sorting_class);
	bool descending;
	const struct column *sort = flow_list_sort(app->list, &descending);
	uint32_t kept = 0;

	for (uint32_t i = 0; i < m->count; i++) {
		if (m->row[i]->key == NULL)
			continue;
		if (m->row[i] == sort)
			m->rows.cursor = kept;
		m->row[kept++] = m->row[i];
	}
	m->count = m->rows.count = kept;
	return &m->screen;
}

struct screen *
screen_menu_new(struct app *app, enum menu_kind kind)
{
	return kind == MENU_SORT ? new_sorting(app) : &new_menu(app, &columns_class)->screen;
}

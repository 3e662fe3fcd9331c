/*
 * The list of interfaces.  Keys are those of the menu of columns: Space
 * marks, Enter takes what is marked, else the row.
 */
#include "tui/picker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"

enum { ABOVE = 3, BELOW = 1, MARK_WIDTH = 6, NAME_MAX_WIDTH = 20 };

void
picker_init(struct picker *p, const struct capture_device *devices, size_t count)
{
	*p = (struct picker){ .devices = devices, .count = count, .rows = { .count = (uint32_t)count, .height = 1 } };
	p->marked = memory_new_array(count, sizeof *p->marked);
	while (p->rows.cursor + 1 < count && !devices[p->rows.cursor].usual)
		p->rows.cursor++;
	if (count > 0 && !devices[p->rows.cursor].usual)
		p->rows.cursor = 0;
}

void
picker_fini(struct picker *p)
{
	free(p->marked);
	p->marked = NULL;
}

enum picker_answer
picker_key(struct picker *p, const struct action_map *keys, int key)
{
	const struct action *a = action_find_mapped(keys, key, ON_COLUMNS);

	if (a == NULL || list_widget_act(&p->rows, a->id, 1))
		return PICKER_ASKS;
	if (a->id == ACTION_CHOOSE)
		p->marked[p->rows.cursor] = !p->marked[p->rows.cursor];
	if (a->id == ACTION_BACK || a->id == ACTION_ESCAPE || a->id == ACTION_INTERRUPT)
		return PICKER_QUIT;
	return a->id == ACTION_ENTER ? PICKER_CHOSE : PICKER_ASKS;
}

size_t
picker_names(const struct picker *p, const char **names, size_t max)
{
	size_t chosen = 0;

	for (size_t i = 0; i < p->count && chosen < max; i++) {
		if (p->marked[i])
			names[chosen++] = p->devices[i].name;
	}
	if (chosen == 0 && p->count > 0 && max > 0)
		names[chosen++] = p->devices[p->rows.cursor].name;
	return chosen;
}

static unsigned
name_width(const struct picker *p)
{
	unsigned width = 0;

	for (size_t i = 0; i < p->count; i++) {
		unsigned takes = text_columns(p->devices[i].label);

		if (takes > width)
			width = takes;
	}
	return width < NAME_MAX_WIDTH ? width : NAME_MAX_WIDTH;
}

void
picker_draw(struct picker *p, struct picture *picture)
{
	unsigned height = picture->lines > ABOVE + BELOW ? picture->lines - ABOVE - BELOW : 1;
	int about = (int)(MARK_WIDTH + name_width(p) + 2);

	picture_clear(picture);
	picture_put(picture, 0, 1, picture->columns - 1, STYLE_TITLE, _("Several interfaces are up. Which one?"));
	picture_put(picture, 1, 1, picture->columns - 1, STYLE_DIM, _("-i names one, or several, without asking."));
	list_widget_fit(&p->rows, (uint32_t)p->count, height);
	for (unsigned i = 0; i < height && p->rows.top + i < p->count; i++) {
		const struct capture_device *d = &p->devices[p->rows.top + i];
		int line = ABOVE + (int)i;

		picture_put(picture, line, 2, MARK_WIDTH, STYLE_STRONG, p->marked[p->rows.top + i] ? "[x]" : "[ ]");
		picture_put(picture, line, MARK_WIDTH, name_width(p), STYLE_NORMAL, d->label);
		if ((int)picture->columns > about)
			picture_put(picture, line, about, picture->columns - (unsigned)about, STYLE_DIM, d->about);
		if (p->rows.top + i == p->rows.cursor) {
			picture_put(picture, line, 0, 1, STYLE_STRONG, "▸");
			picture_emphasize(picture, line, 0, picture->columns, PICTURE_SELECTED);
		}
	}
	picture_put(picture, (int)picture->lines - 1, 1, picture->columns - 1, STYLE_HEADING,
	    _("Enter Capture  Space Mark several  q Quit"));
}

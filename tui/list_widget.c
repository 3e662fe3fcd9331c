/*
 * Moving in a list.  A page is a page: what was the last line isn't seen
 * again, and the cursor keeps its line on the screen.
 */
#include "tui/list_widget.h"

static uint32_t
last_of(const struct list_widget *w)
{
	return w->count == 0 ? 0 : w->count - 1;
}

void
list_widget_fit(struct list_widget *w, uint32_t count, uint32_t height)
{
	w->count = count;
	w->height = height == 0 ? 1 : height;
	if (w->cursor > last_of(w))
		w->cursor = last_of(w);
	if (w->top > w->cursor)
		w->top = w->cursor;
	if (w->cursor - w->top >= w->height)
		w->top = w->cursor - w->height + 1;
	if (w->count <= w->height)
		w->top = 0;
	else if (w->top > w->count - w->height)
		w->top = w->count - w->height;
}

void
list_widget_follow(struct list_widget *w, uint32_t row)
{
	uint32_t line = w->cursor >= w->top ? w->cursor - w->top : 0;

	w->cursor = row;
	w->top = row > line ? row - line : 0;
}

static void
move_by(struct list_widget *w, int64_t rows, bool scroll)
{
	int64_t to = (int64_t)w->cursor + rows;
	int64_t top = (int64_t)w->top + rows;

	if (to < 0)
		to = 0;
	if (to > (int64_t)last_of(w))
		to = last_of(w);
	if (scroll)
		w->top = top < 0 ? 0 : top > UINT32_MAX ? UINT32_MAX : (uint32_t)top;
	w->cursor = (uint32_t)to;
	if (w->top > w->cursor)
		w->top = w->cursor;
	list_widget_fit(w, w->count, w->height);
}

bool
list_widget_act(struct list_widget *w, enum action_id id, uint32_t times)
{
	int64_t page = w->height, half = w->height > 1 ? w->height / 2 : 1;
	static const struct {
		enum action_id id;
		int sign;
		enum { ROW, HALF, PAGE } unit;
	} moves[] = {
		{ ACTION_UP, -1, ROW }, { ACTION_DOWN, 1, ROW }, { ACTION_HALF_UP, -1, HALF },
		{ ACTION_HALF_DOWN, 1, HALF }, { ACTION_PAGE_UP, -1, PAGE }, { ACTION_PAGE_DOWN, 1, PAGE }
	};

	for (unsigned i = 0; i < sizeof moves / sizeof moves[0]; i++) {
		if (moves[i].id == id) {
			int64_t unit = moves[i].unit == ROW ? 1 : moves[i].unit == HALF ? half : page;

			move_by(w, moves[i].sign * unit * (int64_t)times, moves[i].unit != ROW);
			return true;
		}
	}
	if (id != ACTION_FIRST && id != ACTION_LAST)
		return false;
	w->cursor = id == ACTION_FIRST ? 0 : last_of(w);
	list_widget_fit(w, w->count, w->height);
	return true;
}

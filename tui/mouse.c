/*
 * From a place on the screen to a row, and from there to actions.
 */
#include "tui/mouse.h"

#include "tui/app.h"
#include "tui/keys.h"

enum { WHEEL_ROWS = 3 };

void
mouse_rows_at(struct app *app, const struct list_widget *rows, int line)
{
	app->mouse = (struct mouse_rows){
		.rows = rows, .line = line, .width = app->picture.columns, .open = ACTION_ENTER, .headings = -1
	};
}

static void
act(struct app *app, enum action_id id, uint32_t times)
{
	struct screen *s = app_screen(app);

	s->class->act(s, app, id, times);
}

static void
click(struct app *app, int line, int column)
{
	struct mouse_rows *m = &app->mouse;
	struct screen *s = app_screen(app);
	uint32_t row;

	if (m->rows == NULL || column < m->column || column >= m->column + (int)m->width)
		return;
	if (line == m->headings && s->class->heading != NULL) {
		s->class->heading(s, app, (unsigned)column);
		return;
	}
	if (line < m->line || (uint32_t)(line - m->line) >= m->rows->height)
		return;
	row = m->rows->top + (uint32_t)(line - m->line);
	if (row >= m->rows->count)
		return;
	if (row == m->rows->cursor)
		act(app, m->open, 1);
	else if (row > m->rows->cursor)
		act(app, ACTION_DOWN, row - m->rows->cursor);
	else
		act(app, ACTION_UP, m->rows->cursor - row);
}

bool
mouse_key(struct app *app, int key)
{
	struct keys_mouse mouse;

	if (!keys_mouse(key, &mouse))
		return false;
	switch (mouse.what) {
	case KEYS_MOUSE_CLICK:
		click(app, (int)mouse.line, (int)mouse.column);
		break;
	case KEYS_MOUSE_WHEEL_UP:
		act(app, ACTION_UP, WHEEL_ROWS);
		break;
	case KEYS_MOUSE_WHEEL_DOWN:
		act(app, ACTION_DOWN, WHEEL_ROWS);
		break;
	}
	return true;
}

/*
 * What a mouse does, where the user wants one: the wheel moves in the rows,
 * a click selects a row, one on the selected row opens it, and one on the
 * headings is the screen's own.  All of it goes through the actions that
 * keys call.
 */
#ifndef TCPLADDER_TUI_MOUSE_H
#define TCPLADDER_TUI_MOUSE_H

#include <stdbool.h>

#include "tui/action.h"
#include "tui/list_widget.h"

struct app;

/* Where the rows are on the picture that was drawn last; rows NULL: there are none. */
struct mouse_rows {
	const struct list_widget *rows;
	int line, column;		/* the first of them */
	unsigned width;
	enum action_id open;		/* what a click on the selected row does */
	int headings;			/* their line; -1: nothing to click on */
};

/* For screens, while they draw. */
void mouse_rows_at(struct app *app, const struct list_widget *rows, int line);

/* false: this key isn't a mouse's. */
bool mouse_key(struct app *app, int key);

#endif

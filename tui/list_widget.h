/*
 * The list under all screens: how many rows there are, where the cursor is,
 * which part is visible, and how keys move it.  Knows nothing of what the
 * rows are.
 */
#ifndef TCPLADDER_TUI_LIST_WIDGET_H
#define TCPLADDER_TUI_LIST_WIDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/action.h"

struct list_widget {
	uint32_t count, cursor;		/* rows, and the one under the cursor (0 when there is none) */
	uint32_t top, height;		/* the first visible row, and how many there is room for */
};

/* After count or height changed: keeps the cursor in sight and the last page full. */
void list_widget_fit(struct list_widget *w, uint32_t count, uint32_t height);

/* The cursor's row has moved by itself: it stays on its line of the screen where it can. */
void list_widget_follow(struct list_widget *w, uint32_t row);

/* Moves the cursor as this action says, `times` over; false: it isn't about moving. */
bool list_widget_act(struct list_widget *w, enum action_id id, uint32_t times);

#endif

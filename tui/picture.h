/*
 * A picture of the screen: cells with a character, a style and what is laid
 * over them.  Screens draw here; the terminal shows it, a script saves it.
 * Knows no terminal and no curses; everything is cut to the picture's size.
 */
#ifndef TCPLADDER_TUI_PICTURE_H
#define TCPLADDER_TUI_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "view/line.h"

enum picture_emphasis {
	PICTURE_PLAIN,
	PICTURE_SELECTED,	/* the row or field under the cursor */
	PICTURE_BOX		/* a box that lies over the screen */
};

enum { PICTURE_COMBINING = 3 };

struct picture_cell {
	uint32_t text[PICTURE_COMBINING + 1];	/* a character and what combines with it; text[0] 0: right half of a wide one */
	uint16_t style;		/* enum style */
	uint16_t emphasis;	/* enum picture_emphasis */
};
_Static_assert(sizeof(struct picture_cell) == 4 * (PICTURE_COMBINING + 1) + 4, "cells are compared as bytes");

struct look_palette;

struct picture {
	unsigned columns, lines;
	bool ascii;		/* what isn't ASCII is replaced when drawn */
	int cursor_line, cursor_column;	/* the terminal's cursor; line -1: hidden */
	const struct look_palette *palette;	/* how styles look, for who shows it (look.h); NULL: as usual */
	struct picture_cell *cells;
};

void picture_init(struct picture *p, unsigned columns, unsigned lines, bool ascii);
void picture_fini(struct picture *p);
void picture_resize(struct picture *p, unsigned columns, unsigned lines);	/* and clears it */
void picture_clear(struct picture *p);

struct picture_cell *picture_at(const struct picture *p, unsigned line, unsigned column);

/* UTF-8 text in at most `width` columns at (line, column).  Returns the columns written. */
unsigned picture_put(struct picture *p, int line, int column, unsigned width, enum style style, const char *text);

/*
 * A line with its styles, beginning at its own column `from`, in at most `width` columns; a mark
 * stands where it goes on to the right.
 */
void picture_put_line(struct picture *p, int line, int column, unsigned width, const struct line *what,
    unsigned from);

/* A horizontal rule, and an empty box with a frame. */
void picture_rule(struct picture *p, int line, int column, unsigned width);
void picture_box(struct picture *p, int line, int column, unsigned width, unsigned lines, const char *title);

void picture_emphasize(struct picture *p, int line, int column, unsigned width, enum picture_emphasis how);
void picture_cursor(struct picture *p, int line, int column);

#endif

/*
 * How styles look: colours and attributes for terminals of 256, 16 and 8
 * colours and of none.  Safe for colour-blind eyes (blue, orange, grey; never
 * red against green) and readable on light and dark: the background stays
 * the terminal's own but where something is selected.
 */
#ifndef TCPLADDER_TUI_LOOK_H
#define TCPLADDER_TUI_LOOK_H

#include "tui/picture.h"

enum look_attribute { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8 };
enum look_depth { LOOK_MONO, LOOK_8, LOOK_16, LOOK_256, LOOK_DEPTHS };

struct look {
	short foreground, background;	/* colour numbers; -1: the terminal's own */
	unsigned attributes;		/* enum look_attribute */
};

/* What a user wants otherwise. */
struct look_palette {
	bool given[STYLES];
	struct look look[STYLES];
};

/* A palette may be NULL; what a terminal of that depth hasn't got stays as it is. */
struct look look_in(const struct look_palette *palette, enum style style, enum picture_emphasis emphasis,
    enum look_depth depth);
struct look look_of(enum style style, enum picture_emphasis emphasis, enum look_depth depth);

unsigned look_attribute_named(const char *name);	/* "bold"; 0: none */
int look_color_named(const char *name);		/* "red", "bright-red", "0" to "255", "default" (-1); -2: none */

#endif

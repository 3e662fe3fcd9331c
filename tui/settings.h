/*
 * What a settings file can say: one row of a table is one name, with how its
 * value is read and how it is written.  Knows names and values, neither
 * files (settings_file.h) nor the running program.
 */
#ifndef TCPLADDER_TUI_SETTINGS_H
#define TCPLADDER_TUI_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "tui/action.h"
#include "tui/look.h"
#include "tui/options.h"
#include "view/column.h"
#include "view/ladder.h"

struct settings {
	const struct column *columns[COLUMN_PLACES_MAX];
	size_t column_count;		/* 0: as many of the usual ones as the width allows */
	const struct column *sort;
	bool descending;
	enum ladder_time time;
	enum ladder_colour colour;
	bool relative;			/* sequence numbers */
	bool fold, detail, zoom;
	bool services;			/* names beside port numbers */
	bool ascii;			/* even where the locale has more */
	bool mouse;
	enum options_color color;
	struct action_map keys;
	struct look_palette palette;
};

void settings_init(struct settings *s);	/* what holds when nothing is said */

/* Takes one setting; false: *error says what is wrong, and *s is as it was. */
bool settings_set(struct settings *s, const char *name, const char *value, struct error *error);

/*
 * The n-th setting that can change while the program runs: its name, and its value as a file
 * has it.  false: after the last one.
 */
enum { SETTINGS_VALUE_MAX = 512 };
bool settings_value(const struct settings *s, size_t n, const char **name, char value[SETTINGS_VALUE_MAX]);

#endif

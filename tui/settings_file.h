/*
 * The settings file: where it is, its lines, and writing back what changed,
 * with the user's comments, order and unknown lines kept.  A file is written
 * whole or not at all.  Knows no setting by name (settings.h) and no screen.
 */
#ifndef TCPLADDER_TUI_SETTINGS_FILE_H
#define TCPLADDER_TUI_SETTINGS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "tui/settings.h"

struct settings_file {
	struct settings settings;
	char *path;			/* NULL: there is no place for one, or none is wanted */
	char *text;			/* the file as last read or written; NULL: there was none */
	size_t length;
	unsigned problems;		/* wrong lines */
	char problem[ERROR_TEXT_MAX];	/* the first of them */
};

/* No file: settings as they are when nothing is said. */
void settings_file_init(struct settings_file *f);
void settings_file_fini(struct settings_file *f);

/*
 * Reads this file (NULL: the user's own, which needn't be there).  A wrong line is told, by
 * name and number, and changes nothing else.  false: the file can't be read.
 */
bool settings_file_read(struct settings_file *f, const char *path, void (*tell)(const char *line),
    struct error *error);

enum settings_saved { SETTINGS_SAVED, SETTINGS_SAME, SETTINGS_CHANGED_ON_DISK, SETTINGS_FAILED };

/*
 * Writes the settings in which `now` differs from `before`; `anyway`: even when the file isn't as it
 * was read, into what is there now.  SETTINGS_FAILED: *error says why, and the file is as it was.
 */
enum settings_saved settings_file_save(struct settings_file *f, const struct settings *before,
    const struct settings *now, bool anyway, struct error *error);

#endif

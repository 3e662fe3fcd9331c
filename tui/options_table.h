/*
 * The table of options, for options.c alone: --help, getopt's arguments and
 * what is refused derive from it.
 */
#ifndef TCPLADDER_TUI_OPTIONS_TABLE_H
#define TCPLADDER_TUI_OPTIONS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "tui/options.h"

/* Where an option makes sense; options_read() refuses it elsewhere. */
enum scope {
	ANYWHERE   = 0,
	LIVE       = 0x01,	/* only when capturing */
	SCREEN     = 0x02,	/* only without --print */
	PRINTING   = 0x04,	/* only with --print */
	SIZED      = 0x08,	/* with --script, or where text is laid out: --print=ladder */
	PER_FLOW   = 0x10,	/* with --print=frames or ladder */
	LISTING    = 0x20	/* with -D, too */
};

/* What was read so far. */
struct parse {
	struct options *o;
	struct error error;
	size_t file_size;	/* places in o->files */
	bool help, version;
};

struct option_row {
	char letter;		/* 0: none */
	const char *name;	/* NULL: none */
	const char *argument;	/* NULL: takes none */
	unsigned scope;		/* enum scope */
	bool (*take)(struct parse *p, const char *value);
	const char *help;	/* NULL: works, but isn't worth a line */
};

enum { OPTION_ROWS = 34 };
extern const struct option_row option_rows[];

/* "-r" or "--print" */
const char *options_label(const struct option_row *row, char *buffer, size_t size);

#endif

/*
 * The command line, as the manual page has it, and nothing that acts on it:
 * options_read() fills a struct, prints --help or --version, or says in one
 * line what is wrong.  One table row is one option; help derives from it.
 */
#ifndef TCPLADDER_TUI_OPTIONS_H
#define TCPLADDER_TUI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/session.h"
#include "view/column.h"
#include "host/privileges.h"
#include "view/print.h"

enum { OPTIONS_INTERFACES_MAX = 32 };
enum options_color { OPTIONS_COLOR_AUTO, OPTIONS_COLOR_ALWAYS, OPTIONS_COLOR_NEVER };

struct settings_file;

struct options {
	struct session_options session;	/* points into what options_fini() frees, and into argv */
	bool list_interfaces;		/* -D */
	bool numeric;			/* -n */
	bool absolute;			/* -S */
	bool step;			/* --step */
	const char *filter;		/* --filter, or NULL; compiles */
	const struct column *sort;	/* --sort, or NULL */
	bool printing;			/* --print was given: what and format count */
	enum print_what what;
	enum print_format format;
	uint32_t *flows;		/* --flow, in the order given; owned */
	size_t flow_count;
	bool ascii;
	enum options_color color;
	bool color_given;
	const char *config;		/* --config, or NULL */
	struct settings_file *settings;	/* what it says; whoever runs the screen gives it */
	const char *script;		/* --script, or NULL */
	enum sandbox_mode sandbox;	/* --sandbox */
	const char *user;		/* -Z, or NULL */
	struct guard *guard;		/* what became of both; main() gives it */
	int columns, lines;		/* --size; 0: not given */

	const char **files;		/* owned: session.files points here */
	const char *interfaces[OPTIONS_INTERFACES_MAX];	/* session.interfaces points here */
	char *capture_filter;		/* owned: the arguments joined */
};

/* What --print is to print, but for `interrupted`; borrows from *o. */
struct print_options options_for_print(const struct options *o);

enum options_result {
	OPTIONS_GO,		/* do what is in the struct */
	OPTIONS_DONE,		/* --help or --version was printed */
	OPTIONS_WRONG		/* one line was printed on standard error */
};

enum options_result options_read(struct options *o, int argc, char **argv);
void options_fini(struct options *o);

#endif

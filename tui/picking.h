/*
 * Before there is a capture: which interfaces, where several are up and the
 * command line names none.  Drives the picker (picker.h) on the terminal.
 */
#ifndef TCPLADDER_TUI_PICKING_H
#define TCPLADDER_TUI_PICKING_H

#include "tui/options.h"
#include "tui/picker.h"
#include "tui/term.h"

struct picking {
	struct capture_device *devices;
	size_t count;
	const char *names[OPTIONS_INTERFACES_MAX];	/* those chosen; they point into devices */
	size_t chosen;
	int ended_by;				/* a signal that ends the program, or 0 */
};

/*
 * Whether there is something to be asked: then the devices are there.  false with an error: one
 * may not capture at all, and shouldn't be asked first.
 */
bool picking_is_needed(struct picking *p, const struct options *options, struct error *error);
void picking_fini(struct picking *p);

/* Asks; false: the user, or a signal, gave up. */
bool picking_run(struct picking *p, struct term *term, const struct options *options, bool ascii);

#endif

/*
 * Which interfaces shall be captured on, where several are up and none was
 * named: a list to choose from.  Knows pictures and keys, neither a terminal
 * nor libpcap; loop.c drives it.
 */
#ifndef TCPLADDER_TUI_PICKER_H
#define TCPLADDER_TUI_PICKER_H

#include "capture/capture.h"
#include "tui/list_widget.h"
#include "tui/picture.h"

enum picker_answer { PICKER_ASKS, PICKER_CHOSE, PICKER_QUIT };

struct picker {
	const struct capture_device *devices;
	size_t count;
	bool *marked;			/* owned; where none is, the one under the cursor counts */
	struct list_widget rows;
};

/* Borrows devices; the cursor is on the first one that would be captured on without asking. */
void picker_init(struct picker *p, const struct capture_device *devices, size_t count);
void picker_fini(struct picker *p);

enum picker_answer picker_key(struct picker *p, const struct action_map *keys, int key);
void picker_draw(struct picker *p, struct picture *picture);

/* The names that were chosen, at most max; returns how many. */
size_t picker_names(const struct picker *p, const char **names, size_t max);

#endif

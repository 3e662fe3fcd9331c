/*
 * Choosing what the list shows and finding in it: the filter prompt, the
 * keys that write into the same filter, and the search.
 */
#ifndef TCPLADDER_TUI_FINDING_H
#define TCPLADDER_TUI_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/app.h"

/* false: this action is about something else. */
bool finding_act(struct app *app, enum action_id id, uint32_t times);

#endif

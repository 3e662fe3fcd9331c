/*
 * Drives the program from a real terminal: keys, resizes, signals, the
 * capture and the clock in one poll.
 */
#ifndef TCPLADDER_TUI_LOOP_H
#define TCPLADDER_TUI_LOOP_H

#include "base/error.h"
#include "tui/options.h"

struct session;

/*
 * Until the user quits.  false, with *error set: it couldn't begin.
 * *damage (ERROR_TEXT_MAX bytes) gets the line to print at the end, see
 * app_damage().
 */
bool loop_run(const struct options *options, char *damage, struct error *error);

#endif

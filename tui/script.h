/*
 * Drives the program from a file of keys, on a screen that nobody sees and
 * a clock that only the script moves: for tests and for the pictures of the
 * documentation.
 */
#ifndef TCPLADDER_TUI_SCRIPT_H
#define TCPLADDER_TUI_SCRIPT_H

#include "base/error.h"
#include "tui/options.h"

/*
 * Words between blanks; # begins a comment.  A character, or a key's name
 * (keys.h); text:some_words typed as they are, _ for a blank; size:80x24;
 * wait:0.5 seconds; no-wait: don't wait for the end of loading; save-screen
 * NAME (.txt, .ansi, .svg).
 */
bool script_run(const struct options *options, char *damage, struct error *error);

#endif

/*
 * W: keeps what was changed at run time in the settings file.  Asks before
 * it writes into a file that somebody else has changed meanwhile.
 */
#ifndef TCPLADDER_TUI_SAVING_H
#define TCPLADDER_TUI_SAVING_H

#include "tui/app.h"

/* How things are shown at this moment, as settings. */
void saving_settings(const struct app *app, struct settings *out);

void saving_save(struct app *app);

#endif

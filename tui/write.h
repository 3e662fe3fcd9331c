/*
 * Writing what is looked at into a file: connections as savefiles, a ladder
 * as text, drawing or diagram, the list as a table, the screen as a drawing.
 */
#ifndef TCPLADDER_TUI_WRITE_H
#define TCPLADDER_TUI_WRITE_H

#include "tui/app.h"

void write_open(struct app *app);	/* a menu over the screen */

#endif

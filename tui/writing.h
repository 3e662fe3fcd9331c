/*
 * Writing what is looked at into a file: this connection as pcap, its ladder
 * as text, the list as a table, the screen as a drawing.
 */
#ifndef TCPLADDER_TUI_WRITING_H
#define TCPLADDER_TUI_WRITING_H

#include "tui/app.h"

void writing_ask(struct app *app);	/* opens the prompt */

#endif

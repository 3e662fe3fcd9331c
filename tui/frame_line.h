/*
 * The lines around every screen: the header, which says what is looked at
 * and how it stands, and the footer, which says what keys do.
 */
#ifndef TCPLADDER_TUI_FRAME_LINE_H
#define TCPLADDER_TUI_FRAME_LINE_H

#include "tui/app.h"

void frame_line_header(struct app *app, int line);
void frame_line_footer(struct app *app, int line);

#endif

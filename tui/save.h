/*
 * A picture as a file: plain text (.txt), text with the styles as SGR
 * sequences of 256 colours (.ansi), or a drawing (.svg).
 */
#ifndef TCPLADDER_TUI_SAVE_H
#define TCPLADDER_TUI_SAVE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "tui/picture.h"

/* The name's ending says which. */
bool save_picture(const struct picture *p, const char *name, struct error *error);

/* Into a stream; ending: as above. false: there is no such kind. */
bool save_picture_as(const struct picture *p, const char *ending, FILE *out);

#endif

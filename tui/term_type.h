/*
 * Whether the terminal's type (TERM) is known and can place the cursor;
 * otherwise *error says what to do.
 */
#ifndef TCPLADDER_TUI_TERM_TYPE_H
#define TCPLADDER_TUI_TERM_TYPE_H

#include <stdbool.h>

#include "base/error.h"

bool term_type_check(int descriptor, struct error *error);

#endif

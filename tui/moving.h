/*
 * What happens on the screens when memory is short and the session gives
 * something up (capture/eviction.h): cursors keep their connections and
 * frames, a screen whose connection is gone closes and says so.
 */
#ifndef TCPLADDER_TUI_MOVING_H
#define TCPLADDER_TUI_MOVING_H

#include "tui/app.h"

/* From now on the app is told. */
void moving_watch(struct app *app);

#endif

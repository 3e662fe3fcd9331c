/*
 * The replay point, and how keys and time move it: stepping, pausing,
 * playing, going to a frame or a time.
 */
#ifndef TCPLADDER_TUI_STEPPING_H
#define TCPLADDER_TUI_STEPPING_H

#include <stdbool.h>

#include "tui/app.h"

enum { STEPPING_NORMAL_SPEED = 3 };	/* app->play_speed: each more is twice as fast */

/* false: this action isn't about the replay point. */
bool stepping_act(struct app *app, enum action_id id, uint32_t times);

/* The point is set so that this row has just happened. */
void stepping_to_row(struct app *app, uint32_t row);
void stepping_to_number(struct app *app, uint64_t frame_number);	/* 42G */
void stepping_to_start(struct app *app);	/* --step: before the first frame */
void stepping_end(struct app *app);

/* The frame that happened last; NULL: none has, or there is no point. */
const struct frame *stepping_frame(const struct app *app);

const char *stepping_speed(const struct app *app);	/* " ×4"; "" for 1 */

void stepping_tick(struct app *app);		/* playing goes on */
int stepping_wait(const struct app *app);	/* ms until then; -1: not playing */

#endif

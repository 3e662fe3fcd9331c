/*
 * How many connection ends were in each state over time: what a pile-up of
 * TIME-WAIT or CLOSE-WAIT looks like.  Walks the frames once, bit by bit, in
 * a fixed number of buckets whose width doubles when time goes on.
 */
#ifndef TCPLADDER_VIEW_HISTORY_H
#define TCPLADDER_VIEW_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/replay.h"
#include "capture/session.h"
#include "tcp/frame.h"
#include "view/line.h"

struct history;
/* borrows both */
struct history *history_new(struct session *session, const struct replay *replay);
void history_free(struct history *h);

/* Walks on to the replay point, at most `steps` frames. false: it is there. */
bool history_update(struct history *h, uint32_t steps);

/* Things were given up: connections that went are in no state any more; what was counted of the past stays. */
void history_moved(struct history *h, const struct eviction_moves *moves);

/* Both ends taken together. */
uint32_t history_now(const struct history *h, enum tcp_state state);
uint32_t history_peak(const struct history *h, enum tcp_state state);
/* ns from the first to the last frame walked */
uint64_t history_span(const struct history *h);

/*
 * Appends `width` columns, each as high as the state's count at that time, the peak being the
 * highest.
 */
void history_draw(const struct history *h, enum tcp_state state, unsigned width, bool ascii,
    enum style style, struct line *line);

#endif

/*
 * A capture over time: how many connection ends were in each state, what a
 * pile-up of TIME-WAIT or CLOSE-WAIT looks like, and how many connections
 * began, opened, closed or were reset and how much was sent again in each
 * second.  Walks the frames once, bit by bit, in a fixed number of buckets
 * whose width doubles when time goes on: hours and days take the same space.
 */
#ifndef TCPLADDER_VIEW_HISTORY_H
#define TCPLADDER_VIEW_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/replay.h"
#include "capture/session.h"
#include "tcp/frame.h"
#include "view/line.h"

enum { HISTORY_BOTH = SIDES, HISTORY_SIDES };	/* in place of a side: both ends taken together */

enum history_event {
	HISTORY_BEGUN,		/* connections of which the first SYN was sent */
	HISTORY_OPENED,		/* handshakes that were completed */
	HISTORY_CLOSED,		/* connections that ended with FINs */
	HISTORY_RESET,		/* and with a RST */
	HISTORY_RESENT,		/* segments that were sent again */
	HISTORY_EVENTS
};
extern const char *const history_event_names[HISTORY_EVENTS];	/* to be translated */

struct history;
/* Borrows both.  replay NULL: always up to the newest frame. */
struct history *history_new(struct session *session, const struct replay *replay);
void history_free(struct history *h);

/* Walks on to the replay point, at most `steps` frames. false: it is there. */
bool history_update(struct history *h, uint32_t steps);

/* Things were given up: connections that went are in no state any more; what was counted of the past stays. */
void history_moved(struct history *h, const struct eviction_moves *moves);

/* ns from the first to the last frame walked, live until now */
uint64_t history_span(const struct history *h);

/* How many ends; side: CLIENT, SERVER or HISTORY_BOTH.  TIME-WAIT lapses as everywhere. */
uint32_t history_now(const struct history *h, int side, enum tcp_state state);
uint32_t history_peak(const struct history *h, int side, enum tcp_state state);

uint64_t history_total(const struct history *h, enum history_event event);
/* In the last whole second, and in the one that had most. */
uint32_t history_last_second(const struct history *h, enum history_event event);
uint32_t history_peak_second(const struct history *h, enum history_event event);

/*
 * Appends `width` columns, each as high as the state's count at that time, or as many of that event as
 * there were, the highest being the peak.
 */
void history_draw(const struct history *h, int side, enum tcp_state state, unsigned width, bool ascii,
    enum style style, struct line *line);
void history_draw_events(const struct history *h, enum history_event event, unsigned width, bool ascii,
    enum style style, struct line *line);

#endif

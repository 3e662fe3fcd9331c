/*
 * The world as of a frame: while a replay point is set, states and counters
 * of every connection are those of that moment.  Works by applying or
 * undoing frame records on a small array, so that a step backwards costs
 * what a step forwards does.  At the end (no replay point) it costs nothing.
 */
#ifndef TCPLADDER_CAPTURE_REPLAY_H
#define TCPLADDER_CAPTURE_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/session.h"

struct replay;
struct replay *replay_new(struct session *session);	/* at the end; borrows session */
void replay_free(struct replay *r);

/* Sets the point so that the first `rows` rows have happened (0: nothing has; cut to what there is). */
void replay_to(struct replay *r, uint32_t rows);
void replay_end(struct replay *r);		/* back to the end, following what comes */
bool replay_at_end(const struct replay *r);
uint32_t replay_rows(const struct replay *r);	/* rows that have happened; at the end: all */
uint64_t replay_now(const struct replay *r);	/* the moment's time; at the end: the session's now */

/* Things were given up: the point stays where it is, behind the same frame or the newest before it that is held. */
void replay_moved(struct replay *r, const struct eviction_moves *moves);

/* One connection as of that moment. */
struct moment {
	uint32_t rows;			/* of the flow's rows that have happened; 0: hasn't begun */
	uint32_t frames[SIDES];
	uint32_t resent[SIDES];
	uint64_t bytes[SIDES];
	shown_state state[SIDES];	/* TIME-WAIT lapsed as of that moment's time */
	uint64_t last_time;
};
void replay_moment(const struct replay *r, const struct flow *flow, struct moment *out);

#endif

/*
 * What an attentive reader knows of one connection after its first n frames:
 * a pure fold over frame records, from which the outcome, the verdict and
 * the explanation of the next frame follow.  Nobody keeps stories: they are
 * told again when somebody looks, and so they are right as of any frame.
 *
 *	struct story *s = story_new(flow);
 *	for each frame of the flow in order, up to the replay point:
 *		explain_frame(s, frame, segment, false, text, sizeof text);	// optional, before adding it
 *		story_add(s, frame);
 *	outcome_of(s, now, at_end, &outcome);
 *	story_free(s);
 */
#ifndef TCPLADDER_TCP_STORY_H
#define TCPLADDER_TCP_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcp/flow.h"
#include "tcp/frame.h"

/*
 * The room tcp/story.c fills this in; the members are for outcome.c,
 * explain.c and the timing view.
 */
struct story;
struct story *story_new(const struct flow *flow);	/* borrows flow */
struct story *story_copy(const struct story *s);	/* told as far, and going on by itself */
void story_free(struct story *s);
void story_move(struct story *s, const struct flow *flow);	/* the flow lies elsewhere now */
size_t story_memory(const struct story *s);			/* bytes held */
void story_add(struct story *s, const struct frame *frame);

/*
 * That an ACK of the older connection of these ports answered the SYN (RFC 9293, 3.10.7.4; RFC 5961, 4): none of its
 * own frames.  frame: 0 for none; it is to be told before each outcome.  time_wait: whoever sent it was
 * in that state.
 */
void story_answered_by_old(struct story *s, uint32_t frame, bool time_wait);

enum outcome_kind {
	OUTCOME_OPEN, OUTCOME_CLOSED, OUTCOME_HALF_CLOSED, OUTCOME_REFUSED, OUTCOME_NO_ANSWER,
	OUTCOME_RESET_BY_CLIENT, OUTCOME_RESET_BY_SERVER, OUTCOME_ABORTED_HANDSHAKE,
	OUTCOME_MIDSTREAM_OPEN, OUTCOME_MIDSTREAM_CLOSED, OUTCOME_ICMP_REJECTED, OUTCOME_SCAN,
	OUTCOMES
};
enum closer { CLOSED_BY_NOBODY, CLOSED_BY_CLIENT, CLOSED_BY_SERVER, CLOSED_BY_BOTH, CLOSERS };
enum close_shape {
	CLOSE_NONE, CLOSE_FOUR_SEGMENT, CLOSE_THREE_SEGMENT, CLOSE_SIMULTANEOUS, CLOSE_HALF,
	CLOSE_RESET, CLOSE_RESET_UNREAD_DATA, CLOSE_SHAPES
};
/* Zeek's conn_state by Zeek's definition. */
enum conn_state {
	CONN_S0, CONN_S1, CONN_SF, CONN_REJ, CONN_S2, CONN_S3, CONN_RSTO, CONN_RSTR, CONN_RSTOS0, CONN_RSTRH,
	CONN_SH, CONN_SHR, CONN_OTH, CONN_STATES
};

enum { VERDICT_TEXT_MAX = 800, EXPLANATION_TEXT_MAX = 2048 };

struct outcome {
	enum outcome_kind outcome;
	enum closer closed_by;
	enum close_shape close_shape;
	enum conn_state conn_state;
	uint64_t handshake_rtt;			/* ns from the SYN that was answered to the ACK; OUTCOME_NO_RTT when not seen */
	char verdict[VERDICT_TEXT_MAX];		/* one or two plain sentences that cite frames; UTF-8, one line */
};
#define OUTCOME_NO_RTT UINT64_MAX

/* As INTERFACE names them: "reset-by-client", "four-segment", "RSTO". */
extern const char *const outcome_names[OUTCOMES];
extern const char *const closer_names[CLOSERS];
extern const char *const close_shape_names[CLOSE_SHAPES];
extern const char *const conn_state_names[CONN_STATES];

/*
 * The outcome after the frames added so far.  now: the newest frame's time in
 * a file (or the replay point's), the wall clock live; at_end: nothing more
 * will come (end of file), so that waiting is over.
 */
void outcome_of(const struct story *s, uint64_t now, bool at_end, struct outcome *out);

/*
 * What a frame does in the connection and why, in plain words, given the
 * frames before it.  `segment`, when not NULL, is the same frame decoded
 * again: then its options are told too.  One line of UTF-8; several
 * sentences when `long_form`, else one or two.  Call before story_add(frame).
 */
void explain_frame(const struct story *s, const struct frame *frame, const struct segment *segment,
    bool long_form, char *text, size_t size);

#endif

/*
 * How long things took in one connection, by the clock of the capture: round
 * trips from the point of capture to either end and back, the first flight
 * of each end, how long the server thought, and the time in each state.  A
 * fold over frame records, like a story (tcp/story.h), and told again when
 * somebody looks.  Knows no files: who has a frame's bytes passes its
 * timestamps in.
 *
 * A round trip is measured where it can't be mistaken: by the first
 * acknowledgment of data that was sent once (Karn's rule, RFC 6298 section
 * 3), or by the first echo of a timestamp on a segment that acknowledges new
 * data (RFC 7323 section 4.1).  Whatever the receiver waited before it
 * acknowledged is part of it.
 */
#ifndef TCPLADDER_TCP_TIMING_H
#define TCPLADDER_TCP_TIMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcp/flow.h"
#include "tcp/frame.h"

struct timing;
struct timing *timing_new(const struct flow *flow);	/* borrows flow */
struct timing *timing_copy(const struct timing *t);	/* told as far, and going on by itself */
void timing_free(struct timing *t);
void timing_move(struct timing *t, const struct flow *flow);	/* the flow lies elsewhere now */
size_t timing_memory(const struct timing *t);			/* bytes held */

/* The timestamps option of a frame. */
struct timing_stamp {
	uint32_t value, echo;
};

enum { TIMING_STAMPED = 4096 };	/* frames of a connection whose timestamps are looked at */

/* Whether the next frame's timestamps are worth looking for. */
bool timing_wants_stamp(const struct timing *t, const struct frame *frame);

/* stamp: NULL where the frame has none or nobody looked. */
void timing_add(struct timing *t, const struct frame *frame, const struct timing_stamp *stamp);

enum timing_means { TIMING_BY_ACK, TIMING_BY_STAMP, TIMING_MEANS };

/* Times in ns; smoothed: as RFC 6298 section 2 has it, the newest weighing one eighth. */
struct timing_sum {
	uint64_t least, most, total, smoothed;
	uint32_t count;
	uint32_t most_frame;	/* the one that ended the longest */
};

/* Round trips from the capture to that end and back. */
const struct timing_sum *timing_round_trips(const struct timing *t, enum side side,
    enum timing_means means);

/* What the last frame added measured. */
struct timing_sample {
	uint64_t time;
	uint32_t frame;		/* the one that it answers; 0: nothing was measured */
	bool opening;		/* that one was a SYN */
};
const struct timing_sample *timing_sample(const struct timing *t, enum timing_means means);
/* Whether it acknowledged something that had been sent twice: Karn's doubt. */
bool timing_is_doubtful(const struct timing *t);

/*
 * What an end sent before it can have heard of any acknowledgment of it:
 * until half of the least round trip to it after the first one.
 */
struct timing_flight {
	uint32_t bytes, segments;
	uint32_t mss;		/* payload of a full segment; 0: not known */
};
/* false: its handshake or part of the flight wasn't captured, or nothing was acknowledged yet. */
bool timing_first_flight(const struct timing *t, enum side side, struct timing_flight *flight);

/*
 * From the last segment of a request to the first of the server's answer, where the two took
 * turns: the request began when all of the server's data had been acknowledged, the answer
 * acknowledges all of the request, and nothing of either was sent twice or missed.
 */
const struct timing_sum *timing_answers(const struct timing *t);
bool timing_first_answer(const struct timing *t, uint64_t *time);	/* false: not measured */

/*
 * The longest time in which neither end sent anything, between two frames; none ends with a
 * frame before which something was missed.
 */
struct timing_silence {
	uint64_t time;
	uint32_t before, after;
};
const struct timing_silence *timing_silence(const struct timing *t);

/* Time in a state that was proved, or assumed and then confirmed. */
uint64_t timing_in_state(const struct timing *t, enum side side, enum tcp_state state);

/*
 * All of that in sentences: a line of UTF-8 for each of TIMING_LINES subjects, "" where there is
 * nothing to be told.
 */
enum { TIMING_LINES = 8, TIMING_TEXT_MAX = 512 };
void timing_line(const struct timing *t, unsigned n, char *text, size_t size);

/* What the last frame added measured, in a sentence; "" when nothing, or a handshake's. */
void timing_write_sample(const struct timing *t, char *text, size_t size);

#endif

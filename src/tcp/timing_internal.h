/*
 * What timing.c measures and timing_text.c tells: one connection's clockwork.
 * Of bounded size, whatever the connection's length.
 */
#ifndef TCPLADDER_TCP_TIMING_INTERNAL_H
#define TCPLADDER_TCP_TIMING_INTERNAL_H

#include "tcp/timing.h"

enum { TIMING_QUEUE = 4096 };

/* A stretch that waits for its acknowledgment, or (in `end`) a timestamp for its echo. */
struct timing_sent {
	uint64_t time;
	uint32_t seq, end, frame;
	bool spoiled;		/* sent twice: what answers it can't be told */
	bool missed;		/* not captured; what came after it was */
	bool measured;		/* by an acknowledgment of a part of it */
	bool opening;		/* a SYN */
};

struct timing_queue {
	struct timing_sent *at;
	uint32_t head, count, room;	/* room: a power of two */
};

struct timing_end {
	struct timing_sum trips[TIMING_MEANS];	/* from the capture to this end and back */
	struct timing_queue sent, stamps;
	uint64_t in_state[TCP_STATES], assumed[TCP_STATES];
	uint64_t flight_time;		/* of the first acknowledgment of its first flight */
	uint32_t next;			/* highest number sent, plus one */
	uint32_t acked;			/* highest number that it has acknowledged */
	uint32_t stamp;			/* its newest timestamp */
	uint32_t flight_seq, flight_end, flight_segments;
	bool seen, acking, stamped;	/* next, acked, stamp are valid */
	bool opened;			/* its SYN was captured */
	bool doubts;			/* it repeats its ACK: something is missing there */
	bool flight_stamped, flight_acked, flight_over;
	bool flight_lost;		/* can't be told: not all of it was captured */
};

struct timing {
	const struct flow *flow;
	struct timing_end end[SIDES];
	struct timing_sample sample[TIMING_MEANS];
	enum side sample_side;		/* who sent the last frame */
	struct timing_sum answers;
	uint64_t last_time, asked_time, first_answer;
	struct timing_silence silence;
	uint32_t last_frame;
	uint32_t stamped;		/* frames with timestamps so far */
	uint32_t turns;
	shown_state state[SIDES];
	bool cut;			/* more of them than are looked at */
	bool asking, turn_clean, first_known;
	bool twice;			/* the last frame acknowledged what had been sent twice */
};

#endif

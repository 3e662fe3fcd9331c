/*
 * One connection: its two endpoints and what every segment changes.
 * flow_apply() is the only way in.  Knows RFC 9293's state machine
 * (tcp_state.h) and the analysis (analysis.h), no files, no screen, and no
 * clock but the packets' own.
 */
#ifndef TCPLADDER_TCP_FLOW_H
#define TCPLADDER_TCP_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "packet/segment.h"
#include "tcp/frame.h"

enum endpoint_mark {
	ENDPOINT_ISN        = 0x0001,	/* isn is its SYN's (or SYN-ACK's) number, else the first number seen */
	ENDPOINT_SEEN       = 0x0002,	/* has sent something */
	ENDPOINT_SCALE      = 0x0004,	/* its SYN had the window scale option: scale is valid */
	ENDPOINT_SYN_SEEN   = 0x0008,	/* its SYN or SYN-ACK was captured */
	ENDPOINT_FIN_SENT   = 0x0010,	/* fin is the number of its FIN */
	ENDPOINT_FIN_RECEIVED = 0x0020,	/* the peer's FIN counts as received: proved with the next, else assumed */
	ENDPOINT_FIN_PROVED = 0x0040,	/* it has acknowledged the peer's FIN */
	ENDPOINT_FIN_ACKED  = 0x0080,	/* its own FIN was acknowledged by a captured segment */
	ENDPOINT_NEW_DATA   = 0x0100,	/* midstream: has sent new data since it was picked up */
	ENDPOINT_SACK       = 0x0200,	/* its SYN offered SACK */
	ENDPOINT_TIMESTAMP  = 0x0400,	/* its segments carry timestamps */
	ENDPOINT_MSS        = 0x0800,	/* mss is its SYN's option */
	ENDPOINT_ACK_SEEN   = 0x1000,	/* last_ack is valid */
	ENDPOINT_RESET      = 0x2000,	/* it sent a RST that counts */
	ENDPOINT_FAST_OPEN  = 0x4000,	/* its SYN carried data or a Fast Open option */
	ENDPOINT_CHALLENGED = 0x8000,	/* was sent a SYN or RST that it must answer with a challenge ACK (RFC 5961) */
	ENDPOINT_SPOKE      = 0x10000	/* has sent a segment without SYN or RST */
};

/* One end's TCP as its segments tell.  All numbers absolute, windows scaled where the scale is known. */
struct endpoint {
	uint32_t isn;		/* relative number n is isn + n; see ENDPOINT_ISN and flow_relative_* */
	uint32_t next;		/* highest number sent, plus one (SND.NXT as far as seen) */
	uint32_t contiguous;	/* up to here nothing that this end sent is missing from the capture */
	uint32_t acked;		/* highest number that this end has acknowledged of its peer's */
	uint32_t last_ack;	/* acknowledgment number of its last segment */
	uint32_t window;	/* its last window, scaled */
	uint32_t fin;		/* number of its FIN */
	uint32_t marks;		/* enum endpoint_mark */
	uint64_t next_time;	/* when `next` was last advanced */
	uint64_t ack_time;	/* when its last segment was seen */
	uint64_t bytes;		/* payload, whatever was sent twice counted twice */
	uint64_t stream;	/* payload, each number once; holes not counted */
	uint32_t frames;
	uint32_t resent;	/* frames noted as retransmission of any kind */
	uint16_t mss;		/* 0: none offered */
	uint16_t possible;	/* bit 1 << enum tcp_state: the set of states it may be in; one bit when known */
	uint16_t before_fin;	/* that set when the peer's FIN found it, for when it turns out that it hadn't arrived */
	uint16_t before_reset;	/* that set when a RST ended it, for the same reason */
	uint16_t last_notes;	/* low 16 notes of its last segment */
	uint8_t duplicate_acks;
	uint8_t scale;		/* shift of its window scale option */
	shown_state state;
	uint8_t before_ack;	/* enum tcp_state in which the ACK of its FIN found it */
};

enum flow_mark {
	FLOW_HANDSHAKE   = 0x01,	/* a SYN or SYN-ACK (without FIN or RST) was seen: origin is `handshake` */
	FLOW_ORIENTED    = 0x02,	/* who is the client was proved by one of them; else a guess */
	FLOW_REUSED      = 0x04,	/* its 4-tuple had a connection before */
	FLOW_SUPERSEDED  = 0x08,	/* a later flow uses its 4-tuple */
	FLOW_SIMULTANEOUS_OPEN = 0x10,
	FLOW_ICMP        = 0x20,	/* an ICMP error about it was seen */
	FLOW_RESTARTED_BY_CLIENT = 0x40,	/* that end has sent the SYN of a newer connection of this tuple */
	FLOW_RESTARTED_BY_SERVER = 0x80,
	FLOW_TROUBLE     = 0x100,	/* has a frame with an anomaly */
	FLOW_EXISTED     = 0x400,	/* before the capture began: the kernel has it; perhaps nothing of it was seen yet */
	FLOW_PAST        = 0x200,	/* its first frames were given up: tcp/flow_past.h */
	FLOW_EARLY       = 0x800	/* had its id before its first frame came: that isn't in the order of first frames */
};

/* Wireshark's completeness bits. */
enum { COMPLETE_SYN = 1, COMPLETE_SYN_ACK = 2, COMPLETE_ACK = 4, COMPLETE_DATA = 8, COMPLETE_FIN = 16, COMPLETE_RST = 32 };

struct flow {
	/* network order; IPv4 in the first 4 bytes; a multiple of 8 in all, on 32-bit machines, too */
	_Alignas(8) uint8_t address[SIDES][16];
	uint16_t port[SIDES];
	uint8_t family;			/* SEGMENT_IPV4, SEGMENT_IPV6 */
	uint8_t completeness;
	uint16_t marks;			/* enum flow_mark */
	uint32_t id;			/* its place in the table: another one after others were given up */
	uint32_t number;		/* what people call it: from 1, in order of first frame; stays */
	uint32_t previous;		/* id of the older connection of the same 4-tuple, or 0: none that is held */
	uint32_t reused;		/* that one's number, held or not; or 0 */
	uint64_t first_time, last_time;	/* of its earliest and latest frame; time may run backwards */
	uint32_t next;			/* id of the newer connection of the same 4-tuple, or 0: none */
	uint32_t first_frame;		/* its number; 0: none was captured yet (flow_is_unseen()) */
	uint32_t rows;			/* frames kept, ICMP errors and all */
	uint32_t rows_handle;		/* capture/frame_store.h: its list of rows */
	uint64_t syn_time;		/* of the SYN that was answered, else of the newest */
	uint64_t first_rtt;		/* 1 + ns from the SYN to the ACK that completed the handshake; 0: not seen */
	struct endpoint end[SIDES];
	struct flow_extra *extra;	/* what only troubled connections need; NULL for most */
};
_Static_assert(sizeof(struct flow) <= 288, "the budget for a flow is 320 bytes with its slot in the table");

/* Begins a connection with its first segment, which must be applied next; its number is its id, to begin with. */
void flow_init(struct flow *flow, const struct segment *segment, uint32_t id);
void flow_fini(struct flow *flow);

/* Whether the segment (a SYN or SYN-ACK) begins a new connection rather than belonging to this one (INTERFACE, Identity). */
bool flow_begins_anew(const struct flow *flow, const struct segment *segment);

/* Whether nothing of it was captured yet: then it has no frames, and no state is known. */
static inline bool
flow_is_unseen(const struct flow *flow)
{
	return flow->marks & FLOW_EXISTED && flow->first_frame == 0;
}

/* Whether only one end has been heard so far, with a SYN. */
bool flow_is_unanswered(const struct flow *flow);

/* Tells the older connection of a tuple that `segment` has begun a newer one. */
void flow_supersede(struct flow *flow, const struct segment *segment);

/* Which end sent this segment.  Where both ends have the same address and port, the sequence numbers decide. */
enum side flow_sender(const struct flow *flow, const struct segment *segment);

/*
 * Applies a segment that `sender` (flow_sender's answer) sent: states,
 * analysis, counters.  Fills all of *record.
 * duplicate: the very same packet was seen before at another point
 * (capture/sightings.h); it changes nothing but the counters.
 */
void flow_apply(struct flow *flow, const struct segment *segment, enum side sender, bool duplicate,
    struct frame *record);

/* Attaches an ICMP error that quotes one of its segments; changes no state and no counter. */
void flow_apply_icmp(struct flow *flow, const struct segment *quote, struct frame *record);

/* Wireshark's number: COMPLETE_ bits; like there, a lone segment other than a SYN completes nothing. */
uint8_t flow_completeness(const struct flow *flow);

/* The state as of `now` (ns): TIME-WAIT lapses to CLOSED? after 60 s. */
shown_state flow_state_at(const struct flow *flow, enum side side, uint64_t now);

/* The same of any state whose connection was last heard at last_time. */
shown_state flow_state_lapsed(shown_state state, uint64_t last_time, uint64_t now);

/* A number relative to that end's base. With `side` the end whose numbers these are: the sender for seq, its peer for ack. */
uint32_t flow_relative(const struct flow *flow, enum side side, uint32_t absolute);

/* The window that a frame advertises in bytes: scaled when SYN and SYN-ACK were both seen before it, both with the option. */
uint32_t flow_window(const struct flow *flow, const struct frame *frame);

/* Whether these are bytes: not if it may have been scaled, and by how much wasn't seen by then. */
bool flow_window_is_known(const struct flow *flow, const struct frame *frame);

static inline enum tcp_state
flow_state(const struct flow *flow, enum side side)
{
	return shown_state_of(flow->end[side].state);
}

#endif

/*
 * What is kept of every TCP frame: a fixed-size record with both ends'
 * states after it.  Records are written once, when the frame is applied, and
 * never changed afterwards: they tell what followed from frames 1 to N.
 */
#ifndef TCPLADDER_TCP_FRAME_H
#define TCPLADDER_TCP_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "packet/segment.h"

enum side { CLIENT, SERVER, SIDES };

static inline enum side
side_other(enum side s)
{
	return s == CLIENT ? SERVER : CLIENT;
}

/* RFC 9293 section 3.3.2; UNKNOWN where the wire can't tell. */
enum tcp_state {
	TCP_UNKNOWN, TCP_CLOSED, TCP_LISTEN, TCP_SYN_SENT, TCP_SYN_RECEIVED, TCP_ESTABLISHED,
	TCP_FIN_WAIT_1, TCP_FIN_WAIT_2, TCP_CLOSE_WAIT, TCP_CLOSING, TCP_LAST_ACK, TCP_TIME_WAIT,
	TCP_STATES
};

/*
 * A state as shown: an enum tcp_state, with STATE_PROVISIONAL when it is
 * inferred rather than proved.  TCP_UNKNOWN never has the mark.
 */
typedef uint8_t shown_state;
enum { STATE_PROVISIONAL = 0x80 };

static inline enum tcp_state
shown_state_of(shown_state s)
{
	return (enum tcp_state)(s & 0x7f);
}

/* "SYN-SENT"; short: "SYN-SENT", "ESTAB", "FIN-WAIT-1"... at most 10 characters, as ss(8) has them. */
const char *tcp_state_name(enum tcp_state s);
const char *tcp_state_short_name(enum tcp_state s);

/* What a segment is. Names in frame_notes[], the order of INTERFACE. */
enum note {
	NOTE_RETRANSMISSION        = 1 << 0,
	NOTE_FAST_RETRANSMISSION   = 1 << 1,
	NOTE_SPURIOUS_RETRANSMISSION = 1 << 2,
	NOTE_OUT_OF_ORDER          = 1 << 3,
	NOTE_LOST_SEGMENT          = 1 << 4,	/* a gap before this one: segments not captured, or lost before the tap */
	NOTE_ACK_LOST_SEGMENT      = 1 << 5,	/* acknowledges data that was never captured */
	NOTE_DUPLICATE_ACK         = 1 << 6,
	NOTE_KEEP_ALIVE            = 1 << 7,
	NOTE_KEEP_ALIVE_ACK        = 1 << 8,
	NOTE_ZERO_WINDOW           = 1 << 9,
	NOTE_ZERO_WINDOW_PROBE     = 1 << 10,
	NOTE_ZERO_WINDOW_PROBE_ACK = 1 << 11,
	NOTE_WINDOW_UPDATE         = 1 << 12,
	NOTE_WINDOW_FULL           = 1 << 13,
	NOTE_REUSED_PORTS          = 1 << 14,
	NOTE_DUPLICATE_CAPTURE     = 1 << 15,
	NOTE_CHALLENGE_ACK         = 1 << 16,
	NOTE_FAST_OPEN             = 1 << 17,
	NOTE_ICMP_ERROR            = 1 << 18,
	NOTE_FRAGMENT              = 1 << 19
};
enum { NOTES = 20, NOTES_RESENT = NOTE_RETRANSMISSION | NOTE_FAST_RETRANSMISSION | NOTE_SPURIOUS_RETRANSMISSION };

struct note_name {
	enum note note;
	const char *name;	/* of INTERFACE: "fast_retransmission" */
	const char *label;	/* of the ladder: "FAST RETX"; "" when it has none */
	const char *words;	/* "fast retransmission" */
	bool anomaly;		/* stops ] and [, never folds away */
};
extern const struct note_name note_names[NOTES];

/* Bits beside the flags: what this frame proved about its sender, and more. */
enum frame_trait {
	FRAME_FROM_SERVER  = 0x01,
	FRAME_CONFIRMS     = 0x02,	/* agrees with what had been assumed of its sender: no ? needed in hindsight */
	FRAME_REFUTES      = 0x04,	/* its sender had not been in the state shown before: that segment had not arrived */
	FRAME_WINDOW_SCALED = 0x10,	/* window << the flow's shift is what counts */
	FRAME_TIMESTAMP    = 0x20,
	FRAME_NEW_DATA     = 0x40,	/* carries payload that its sender had not sent before, as far as seen */
	FRAME_PROVES_NEEDLESS = 0x80	/* proves that its peer's segment arrived twice: D-SACK or echoed timestamp */
};

struct frame {
	uint64_t time;		/* nanoseconds since the epoch */
	uint64_t locator;	/* capture/byte_source.h */
	uint32_t number;	/* in the capture, all frames counted from 1 */
	uint32_t flow;		/* flow id (from 1); 0: an ICMP quote of no known connection */
	uint32_t seq;		/* absolute, like ack */
	uint32_t ack;		/* 0 without the ACK flag; for NOTE_ICMP_ERROR: frame_icmp_mtu() and frame_icmp_size() */
	uint32_t length;	/* payload bytes */
	uint32_t notes;		/* enum note */
	uint16_t window;	/* as sent; for NOTE_ICMP_ERROR: type << 8 | code */
	uint16_t flags : 9;	/* enum tcp_flag */
	uint16_t header : 6;	/* as in struct segment */
	uint16_t cut : 1;	/* its payload is longer than what was captured */
	uint8_t traits;		/* enum frame_trait */
	shown_state state[SIDES];	/* both ends' after this frame was sent and, if it arrives, received */
	uint8_t duplicate_ack;	/* with NOTE_DUPLICATE_ACK: its number, 1.. (255: or more); with NOTE_ICMP_ERROR: 4 or 6 */
};
_Static_assert(sizeof(struct frame) == 48, "the budget for a frame is 64 bytes with its id and table space");

/* Whether frame a came after frame b: numbers begin again after 2^32.  0 is no frame, and comes before all. */
static inline bool
frame_is_after(uint32_t a, uint32_t b)
{
	return a != 0 && (b == 0 || (int32_t)(a - b) > 0);
}

static inline enum side
frame_from(const struct frame *f)
{
	return f->traits & FRAME_FROM_SERVER ? SERVER : CLIENT;
}

/* What an ICMP error tells, both in bytes: the largest packet that fits; how long the quoted one was.  0: it doesn't tell. */
static inline uint16_t
frame_icmp_mtu(const struct frame *f)
{
	return (uint16_t)f->ack;
}

static inline uint16_t
frame_icmp_size(const struct frame *f)
{
	return (uint16_t)(f->ack >> 16);
}

/* What of a quoting segment's circumstances goes into its record's `ack`. */
static inline uint32_t
frame_icmp_told(const struct segment *quote)
{
	return (uint32_t)quote->quoted_size << 16 | quote->mss;
}

/* The sequence space a frame takes: payload, and one each for SYN and FIN (RFC 9293, 3.4). */
static inline uint32_t
frame_sequence_length(const struct frame *f)
{
	return f->length + !!(f->flags & TCP_SYN) + !!(f->flags & TCP_FIN);
}

/*
 * Whether a frame's number tells of what its sender had sent before and nobody captured, given what it was to send
 * next, if that is known; a RST has no note for it.
 */
static inline bool
frame_skips(const struct frame *f, bool known, uint32_t next)
{
	return f->notes & NOTE_LOST_SEGMENT || (f->flags & TCP_RST && known && f->seq - next - 1 < 1U << 24);
}

#endif

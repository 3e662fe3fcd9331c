/*
 * What a story remembers: for story.c, which fills it in, and for those who
 * read it (conn_state.c, outcome.c, verdict.c, explain.c).  Everything here
 * follows from the frames added so far and from the flow's immutable facts
 * (addresses, ports, initial numbers); never from what later frames made of
 * the flow.  Of bounded size, whatever the connection's length.
 */
#ifndef TCPLADDER_TCP_STORY_INTERNAL_H
#define TCPLADDER_TCP_STORY_INTERNAL_H

#include "packet/seqnum.h"
#include "tcp/icmp_text.h"
#include "tcp/story.h"

enum { STORY_TRIES = 8, STORY_RECENT = 64 };

/* ---- Zeek's view of an end, for conn_state */

enum zeek_state {
	ZEEK_INACTIVE, ZEEK_SYN_SENT, ZEEK_SYN_ACK_SENT, ZEEK_PARTIAL, ZEEK_ESTABLISHED,
	ZEEK_CLOSED, ZEEK_RESET
};

struct zeek_end {
	uint8_t state, before;		/* enum zeek_state */
	bool fin, closed;		/* sent a FIN; ended by FIN or RST */
	uint32_t start, last, acked;	/* its SYN's number, highest sent, highest acknowledged */
};

struct zeek_view {
	struct zeek_end end[SIDES];
	uint64_t over;			/* after this time begins another one to Zeek; 0: unknown */
	bool begins_with_syn;		/* the first event in its history is the originator's SYN */
	bool barred;			/* it has done more than SYN and data: no RSTOS0 */
	bool plain_reset;		/* it sent a RST before that */
	bool any;			/* has a history at all */
};

void zeek_add(struct zeek_view *zeek, const struct frame *f);
enum conn_state zeek_conn_state(const struct zeek_view *zeek);

/* ---- one end */

/* One of its latest segments that take sequence space, to find what is repeated or acknowledged. */
struct story_recent {
	uint64_t time;
	uint32_t seq, end, frame, length;
};

/* What it has sent since the other end was last heard. */
struct story_wait {
	uint64_t first_time, last_time;
	uint64_t idle;			/* how long both ends had been silent before the first */
	uint64_t resent_time;		/* of the first that was sent again */
	uint32_t first_frame, last_frame;
	uint32_t frames, resent, keep_alives, probes, data, fins;
	uint32_t resent_frame;
};

/* Sendings of the same segment: SYN, SYN-ACK, FIN. */
struct story_tries {
	uint64_t time[STORY_TRIES];	/* the first ones */
	uint64_t last_time;
	uint32_t first_frame, last_frame;
	uint32_t count;
	uint32_t seq;
	uint32_t longest;		/* payload: Fast Open */
};

struct story_end {
	struct story_tries syn, syn_ack, fin;
	struct story_wait wait;
	uint64_t last_time, data_time;
	uint64_t state_since;		/* when it came into its state */
	uint64_t zero_since, zero_total, zero_longest;	/* its own receive window */
	uint64_t bytes;			/* payload by its numbers: once each, gaps too */
	uint32_t next;			/* highest number sent, plus one */
	uint32_t acked;			/* highest number that it has acknowledged */
	uint32_t acked_frame;		/* in which it first did, and whether that was its FIN */
	uint32_t frames, data_frames;
	uint32_t last_frame, data_frame;
	uint32_t fin_end;		/* the number after its FIN */
	uint32_t fin_acked_frame;	/* in which the peer acknowledged it; 0: none */
	uint32_t first_fin_ack;		/* acknowledgment number on its first FIN */
	uint32_t proved_frame;		/* its first frame that showed it ESTABLISHED or beyond */
	uint32_t assumed_frame;		/* the peer's frame that put it where it is assumed to be */
	uint32_t resent, fast, spurious, out_of_order, duplicate_acks, gaps, unseen_acked;
	uint32_t keep_alives, zero_windows, zero_frame, zero_last_frame, probes;
	uint32_t resets;		/* RSTs sent, whether they count or not */
	uint32_t reset_frame;		/* the last that counts, or 0 */
	uint32_t bytes_after_peer_fin;
	/* the lowest unacknowledged segment, when it had to be sent again */
	uint32_t stuck_seq, stuck_length, stuck_count, stuck_frame;
	uint32_t stuck_size;		/* with its headers; as much of them as the record tells */
	/* the longest that was sent in vain before shorter ones passed; hole_passed: how long they were, or 0 */
	uint32_t hole_length, hole_frame, hole_count, hole_passed;
	uint32_t flight_longest;	/* longest segment not acknowledged yet */
	uint32_t passed_longest;	/* longest that was */
	shown_state state;		/* after the last frame */
	bool seen;			/* next is valid */
	bool acking;			/* acked is valid */
	bool acked_by_fin;
	bool fin_acked_by_fin;
	bool zero;			/* its window is closed now */
	uint8_t ecn_offers;		/* bit 1 << code for each code of AE, CWR and ECE on its SYNs */
	uint8_t ecn_answer;		/* that code on its latest SYN-ACK */
	uint16_t window;		/* as last sent */
	struct story_recent *recent;	/* a ring that grows to STORY_RECENT */
	uint32_t room, recalled;	/* its size, a power of two; how many were ever put there */
};

/* What a RST that counts looked like. */
struct story_reset {
	uint64_t time;
	uint64_t idle;			/* since the frame before it */
	uint32_t frame;			/* 0: none */
	uint32_t before;		/* the frame before it */
	uint32_t answered;		/* the peer's frame; 0: sent of its own accord */
	uint32_t both_frame;		/* the peer's own reset right after it, and how long after; or 0 */
	uint64_t both_time;
	uint32_t peer_unacked;		/* payload of the peer that it leaves unacknowledged */
	uint32_t own_unacked;
	uint32_t tries, answers;	/* SYNs of the opener before it, and SYN-ACKs of its peer */
	uint32_t data_frame;		/* the peer's last payload */
	enum side by;
	shown_state from, hit;		/* states of sender and receiver before it */
	struct story_wait wait;		/* the peer's, at that moment */
	struct story_wait own_wait;
	bool unread;			/* data had come that its application hadn't answered */
	bool with_ack;
	bool after_hole;		/* segments are missing before it: `idle` is no silence */
	bool before_data;		/* no payload had passed */
};

struct story_icmp {
	uint64_t time;
	uint32_t frame, count;
	uint16_t type_code;		/* type << 8 | code of the first */
	uint8_t family;			/* 4 or 6 */
	bool to_syn;			/* the first came while a SYN was unanswered */
	bool too_big;			/* one of them said that a packet was too big */
	enum side too_big_from;		/* whose */
	uint16_t mtu;			/* the smallest that one of them told; 0: none did */
	uint32_t too_big_frame;		/* the one that told it, else the first */
};

struct story {
	const struct flow *flow;
	struct zeek_view zeek;
	struct story_end end[SIDES];
	struct story_reset reset;	/* the first that counts */
	struct story_icmp icmp;
	uint64_t first_time, last_time;	/* of TCP frames, ICMP and second sightings not counted */
	uint64_t longest_idle;
	uint64_t answered_syn_time;	/* of the SYN that the latest SYN-ACK answers */
	uint64_t handshake_rtt;		/* OUTCOME_NO_RTT until known */
	uint32_t first_frame, last_frame, frames;
	uint32_t idle_before, idle_after;	/* frames around the longest idle time */
	/* what was sent by then and not captured so far: then it wasn't idle for sure */
	uint32_t idle_hole, idle_hole_end;
	enum side idle_side;
	bool idle_doubtful;
	uint32_t answered_syn_frame, handshake_frame;	/* handshake_rtt lies between them */
	uint32_t established_frame;	/* the first that proved the connection; 0: none */
	uint64_t established_time;
	uint32_t cleared_frame;		/* the opener's reset of what was left of an older one */
	uint32_t old_ack_frame;		/* story_answered_by_old() */
	bool old_time_wait;
	uint32_t strange_frame;		/* the first SYN-ACK that doesn't acknowledge the SYN */
	uint32_t odd_frame;		/* the first with flags that no TCP sends together */
	uint32_t resets_ignored;
	uint32_t ignored_frame;		/* the latest RST that changed nothing */
	bool ignored_skips;		/* it lies beyond all that was captured of its sender, and nothing came after it */
	uint32_t duplicates;		/* second sightings */
	uint32_t challenges, challenge_frame;
	uint32_t refuted, refuted_frame;
	enum side ignored_from;
	enum side first_from, last_from, opener;	/* opener: who sent the first SYN */
	bool handshake;			/* a SYN or SYN-ACK was seen */
	bool syn_ack_bad;		/* the SYN-ACK acknowledged something else than the SYN */
	bool fast_open;
	bool ended;			/* both FINs, or a RST, seen */
};

/* The numbers that both outcome and verdict go by; `end` is the one that closed first. */
static inline bool
story_simultaneous_open(const struct story *s)
{
	return s->end[CLIENT].syn.count > 0 && s->end[SERVER].syn.count > 0;
}

/* The peer's payload that a reset by `own` leaves unacknowledged, itself and all before it. */
uint32_t story_unacknowledged(const struct story_end *own, const struct story_end *peer,
    const struct frame *reset);

/* Whether the reset that counts had refused the SYN before a SYN-ACK answered it. */
static inline bool
story_answer_is_late(const struct story *s)
{
	const struct story_end *peer = &s->end[side_other(s->opener)];

	return s->reset.frame != 0 && s->reset.by != s->opener && peer->syn_ack.count > 0 && s->reset.answers == 0;
}

void story_add_reset(struct story *s, const struct frame *f, enum side from, bool after_hole);
bool story_leaves_unread(const struct story *s, const struct frame *f, enum side from);
bool story_clears_old(const struct story *s, const struct frame *f, enum side from);
bool story_fits_syn(const struct story_tries *syn, uint32_t ack);

/* Whether all of one end's segments are missing from the capture: then its silence is none. */
static inline bool
story_is_one_sided(const struct story *s)
{
	return s->end[CLIENT].frames == 0 || s->end[SERVER].frames == 0;
}

/* Whether an acknowledgment covers more than this end's FIN, which nothing came after. */
static inline bool
story_is_beyond_fin(const struct story_end *end, uint32_t ack)
{
	return end->fin.count > 0 && end->next == end->fin_end && seqnum_after(ack, end->fin_end);
}

/* AE, CWR and ECE as one number (RFC 9768, section 3.1.1). */
static inline uint8_t
story_ecn_code(const struct frame *f)
{
	return (uint8_t)(!!(f->flags & TCP_AE) << 2 | !!(f->flags & TCP_CWR) << 1
	    | !!(f->flags & TCP_ECE));
}

/* The i-th latest of its segments that take sequence space, from 1; NULL when not remembered. */
static inline const struct story_recent *
story_recent_nth(const struct story_end *end, uint32_t i)
{
	if (i > end->recalled || i > end->room)
		return NULL;
	return &end->recent[(end->recalled - i) & (end->room - 1)];
}

/* Its latest segment that ends at or before `number`, or holds `seq`; NULL when too long ago. */
const struct story_recent *story_recent_upto(const struct story_end *end, uint32_t number);
const struct story_recent *story_recent_at(const struct story_end *end, uint32_t seq);

/* Errors that end an attempt to connect (RFC 1122, 4.2.3.9), or tell of a smaller MTU. */

/* What outcome.c decided, in words. */
void verdict_write(const struct story *s, uint64_t now, bool at_end, struct outcome *out);

/* Appends what was wrong on the way to a verdict. */
struct words;
void trouble_write(const struct story *s, uint64_t now, const struct outcome *out, struct words *w);

#endif

/*
 * Tells a connection's story: a fold over its frame records.  Knows what an
 * attentive reader would note down at each frame (who asked, who answered,
 * what waits, what is stuck), not what it amounts to: that is outcome.c's,
 * and not the words.  Allocates once, and never looks at what later frames
 * made of the flow.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "packet/seqnum.h"
#include "tcp/story_internal.h"

struct story *
story_new(const struct flow *flow)
{
	struct story *s = memory_new(sizeof *s);

	s->flow = flow;
	s->handshake_rtt = OUTCOME_NO_RTT;
	return s;
}

struct story *
story_copy(const struct story *s)
{
	struct story *copy = memory_new(sizeof *copy);

	*copy = *s;
	for (enum side side = CLIENT; side < SIDES; side++) {
		const struct story_end *end = &s->end[side];

		if (end->recent == NULL)
			continue;
		copy->end[side].recent = memory_new_array(end->room, sizeof *end->recent);
		memcpy(copy->end[side].recent, end->recent, end->room * sizeof *end->recent);
	}
	return copy;
}

void
story_free(struct story *s)
{
	if (s == NULL)
		return;
	free(s->end[CLIENT].recent);
	free(s->end[SERVER].recent);
	free(s);
}

void
story_move(struct story *s, const struct flow *flow)
{
	s->flow = flow;
}

size_t
story_memory(const struct story *s)
{
	return sizeof *s + ((size_t)s->end[CLIENT].room + s->end[SERVER].room) * sizeof(struct story_recent);
}

void
story_answered_by_old(struct story *s, uint32_t frame, bool time_wait)
{
	s->old_ack_frame = frame;
	s->old_time_wait = time_wait;
}

const struct story_recent *
story_recent_upto(const struct story_end *end, uint32_t number)
{
	const struct story_recent *best = NULL, *r;

	for (uint32_t i = 1; (r = story_recent_nth(end, i)) != NULL; i++) {
		if (best != NULL && best->end == number)
			break;
		if (seqnum_at_most(r->end, number)
		    && (best == NULL || seqnum_after(r->end, best->end)))
			best = r;
	}
	return best;
}

const struct story_recent *
story_recent_at(const struct story_end *end, uint32_t seq)
{
	const struct story_recent *r;

	for (uint32_t i = 1; (r = story_recent_nth(end, i)) != NULL; i++)
		if (seqnum_within(seq, r->seq, r->end - r->seq))
			break;
	return r;
}

static void
tries_add(struct story_tries *t, const struct frame *f)
{
	if (t->count == 0) {
		t->first_frame = f->number;
		t->seq = f->seq;
	}
	if (t->count < STORY_TRIES)
		t->time[t->count] = f->time;
	if (f->length > t->longest)
		t->longest = f->length;
	t->last_time = f->time;
	t->last_frame = f->number;
	t->count++;
}

static uint64_t
time_since(uint64_t later, uint64_t earlier)
{
	return later > earlier ? later - earlier : 0;
}

/* Beyond SYN-RECEIVED, as a sender's own segment proves. */
static bool
state_is_established(shown_state state)
{
	enum tcp_state s = shown_state_of(state);

	return s >= TCP_ESTABLISHED && s < TCP_STATES;
}

static void
story_add_icmp(struct story *s, const struct frame *f)
{
	struct story_icmp *icmp = &s->icmp;
	uint16_t mtu = frame_icmp_mtu(f);

	if (icmp->count++ == 0) {
		icmp->time = f->time;
		icmp->frame = f->number;
		icmp->type_code = f->window;
		icmp->family = f->duplicate_ack;
		icmp->to_syn = s->end[frame_from(f)].syn.count > 0 && s->established_frame == 0
		    && s->end[side_other(frame_from(f))].frames == 0;
	}
	if (!icmp_is_too_big(f->duplicate_ack, f->window))
		return;
	if (!icmp->too_big || (mtu != 0 && (icmp->mtu == 0 || mtu < icmp->mtu))) {
		icmp->too_big_from = frame_from(f);
		icmp->too_big_frame = f->number;
		icmp->mtu = mtu;
	}
	icmp->too_big = true;
}

/* Whether an acknowledgment answers that SYN, with the data of a Fast Open or without. */
bool
story_fits_syn(const struct story_tries *syn, uint32_t ack)
{
	return seqnum_within(ack, syn->seq + 1, syn->longest + 1);
}

static void
story_add_syn(struct story *s, const struct frame *f, enum side from)
{
	struct story_end *own = &s->end[from], *peer = &s->end[side_other(from)];

	if (f->flags & (TCP_FIN | TCP_RST))
		return;
	/* An old copy is no further try. */
	if (own->proved_frame != 0 && own->syn.count + own->syn_ack.count > 0
	    && state_is_established(f->state[from]))
		return;
	if (!s->handshake) {
		s->handshake = true;
		s->opener = f->flags & TCP_ACK ? side_other(from) : from;
	}
	if (!(f->flags & TCP_ACK)) {
		tries_add(&own->syn, f);
		own->ecn_offers |= (uint8_t)(1 << story_ecn_code(f));
		/* Captures of two directions may have the answer first. */
		if (s->answered_syn_frame == 0 && peer->syn_ack.count > 0
		    && peer->acked == f->seq + 1) {
			s->answered_syn_frame = f->number;
			s->answered_syn_time = f->time;
		}
		return;
	}
	if (s->reset.by == from && s->established_frame == 0 && peer->syn.count > s->reset.tries)
		s->reset = (struct story_reset){ 0 };	/* it had refused, and accepts now */
	if (s->syn_ack_bad && own->syn_ack.count > 0 && own->syn_ack.seq != f->seq && story_fits_syn(&peer->syn, f->ack)) {
		/* Those before weren't answers. */
		own->syn_ack = (struct story_tries){ 0 };
		own->seen = own->acking = false;
		own->bytes = 0;
	}
	tries_add(&own->syn_ack, f);
	own->ecn_answer = story_ecn_code(f);
	/*
	 * A SYN that was sent again before this answer: Karn's doubt, and the last one
	 * is the best guess.
	 */
	if (peer->syn.count > 0 && from == side_other(s->opener)) {
		s->answered_syn_frame = peer->syn.last_frame;
		s->answered_syn_time = peer->syn.last_time;
		s->syn_ack_bad = !story_fits_syn(&peer->syn, f->ack);
		if (s->syn_ack_bad && s->strange_frame == 0)
			s->strange_frame = f->number;
	}
	if (f->traits & FRAME_REFUTES)
		s->handshake_rtt =
		    OUTCOME_NO_RTT; /* the ACK that seemed to complete it hadn't arrived */
}

static void
story_add_handshake_ack(struct story *s, const struct frame *f, enum side from)
{
	const struct story_tries *answer = &s->end[side_other(from)].syn_ack;

	if (s->handshake_rtt != OUTCOME_NO_RTT || from != s->opener || answer->count == 0
	    || s->answered_syn_frame == 0 || seqnum_before(f->ack, answer->seq + 1))
		return;
	s->handshake_rtt = time_since(f->time, s->answered_syn_time);
	s->handshake_frame = f->number;
}

static const uint32_t believable = 1 << 28;

static void
story_acknowledge_fin(struct story_end *own, uint32_t frame, bool by_fin)
{
	own->fin_acked_frame = frame;
	own->fin_acked_by_fin = by_fin;
}

static void
story_add_fin(struct story *s, const struct frame *f, enum side from)
{
	struct story_end *own = &s->end[from], *peer = &s->end[side_other(from)];

	if (own->fin.count == 0) {
		own->fin_end = f->seq + f->length + 1;
		own->first_fin_ack = f->ack;
		/* Its ACK was captured before it, or what was is a FIN sent again. */
		if (peer->acking && seqnum_within(peer->acked, own->fin_end, believable))
			story_acknowledge_fin(own, peer->acked_frame, peer->acked_by_fin);
	}
	tries_add(&own->fin, f);
	own->wait.fins++;
	s->ended |= peer->fin.count > 0;
}

/* A segment that had to be sent again and again while the peer acknowledges all before it. */
static void
story_add_stuck(struct story_end *own, const struct story_end *peer, const struct frame *f)
{
	if (!peer->acking || f->seq != peer->acked)
		return;
	if (own->stuck_count == 0 || own->stuck_seq != f->seq) {
		const struct story_recent *first = story_recent_at(own, f->seq);

		own->stuck_seq = f->seq;
		own->stuck_count = 0;
		own->stuck_frame = first != NULL ? first->frame : f->number;
	}
	if (own->stuck_count > 0 && f->length < own->stuck_length && own->hole_passed == 0) {
		own->hole_length = own->stuck_length;
		own->hole_frame = own->stuck_frame;
		own->hole_count = own->stuck_count + 1;
	}
	own->stuck_length = f->length;
	own->stuck_size = f->length + f->header * 4u;
	own->stuck_count++;
}

static void
story_remember(struct story_end *own, const struct frame *f, uint32_t end)
{
	/* While it grows nothing has been overwritten, so that places stay what they are. */
	if (own->recalled == own->room && own->room < STORY_RECENT) {
		own->room = own->room == 0 ? 4 : own->room * 2;
		own->recent = memory_resize(own->recent, own->room, sizeof *own->recent);
	}
	own->recent[own->recalled++ & (own->room - 1)] = (struct story_recent){
		.time = f->time, .seq = f->seq, .end = end, .frame = f->number, .length = f->length
	};
}

static void
story_add_sequence(struct story *s, const struct frame *f, enum side from)
{
	struct story_end *own = &s->end[from];
	uint32_t end = f->seq + frame_sequence_length(f);

	if (f->length > 0) {
		own->data_frames++;
		own->data_frame = f->number;
		own->data_time = f->time;
		own->wait.data++;
		if (f->length > own->flight_longest)
			own->flight_longest = f->length;
		if (f->notes & NOTES_RESENT)
			story_add_stuck(own, &s->end[side_other(from)], f);
		if (s->end[side_other(from)].fin.count > 0)
			own->bytes_after_peer_fin += f->length;
	}
	if (!own->seen || (f->flags & TCP_SYN && own->frames == 0)) {
		own->seen = true;
		own->next = f->seq;
	}
	if (seqnum_after(end, own->next)) {
		uint32_t step = end - own->next - !!(f->flags & TCP_SYN) - !!(f->flags & TCP_FIN);

		/* What a gap skips was sent, too; but a number out of nowhere proves nothing. */
		own->bytes += step <= f->length || step < believable ? step : f->length;
		own->next = end;
	}
	story_remember(own, f, end);
}

static void
story_add_ack(struct story *s, const struct frame *f, enum side from)
{
	struct story_end *own = &s->end[from], *peer = &s->end[side_other(from)];
	uint32_t step = f->ack - own->acked;

	if (story_is_beyond_fin(peer, f->ack))
		return;
	if (!own->acking)
		own->acking = true;
	else if (!seqnum_after(f->ack, own->acked))
		return;
	else if (peer->flight_longest > 0) {
		uint32_t passed = seqnum_at_least(f->ack, peer->next) || step > peer->flight_longest
		    ? peer->flight_longest : step;

		if (passed > peer->passed_longest)
			peer->passed_longest = passed;
		if (seqnum_at_least(f->ack, peer->next))
			peer->flight_longest = 0;
	}
	own->acked = f->ack;
	own->acked_frame = f->number;
	own->acked_by_fin = f->flags & TCP_FIN;
	if (peer->stuck_count > 0 && peer->hole_frame == peer->stuck_frame && peer->hole_passed == 0
	    && f->ack == peer->stuck_seq + peer->stuck_length)
		peer->hole_passed = peer->stuck_length;
	peer->stuck_count = 0;
	if (peer->fin.count > 0 && peer->fin_acked_frame == 0
	    && seqnum_at_least(f->ack, peer->fin_end))
		story_acknowledge_fin(peer, f->number, f->flags & TCP_FIN);
}

static void
story_add_window(struct story_end *own, const struct frame *f)
{
	own->window = f->window;
	if (f->notes & NOTE_ZERO_WINDOW) {
		own->zero_windows++;
		own->zero_last_frame = f->number;
		if (!own->zero) {
			own->zero = true;
			own->zero_since = f->time;
			if (own->zero_total == 0)
				own->zero_frame = f->number;
		}
	} else if (own->zero && (f->window > 0 || f->flags & (TCP_RST | TCP_SYN))) {
		uint64_t closed = time_since(f->time, own->zero_since);

		own->zero = false;
		own->zero_total += closed > 0 ? closed : 1;
		if (closed > own->zero_longest)
			own->zero_longest = closed;
	}
}

static void
story_add_notes(struct story *s, const struct frame *f, struct story_end *own)
{
	uint32_t n = f->notes;

	/* Handshakes and bare FINs that are sent again are counted on their own. */
	if (n & NOTES_RESENT && f->length > 0) {
		own->resent++;
		own->fast += !!(n & NOTE_FAST_RETRANSMISSION);
		own->spurious += !!(n & NOTE_SPURIOUS_RETRANSMISSION);
		if (own->wait.resent++ == 0) {
			own->wait.resent_time = f->time;
			own->wait.resent_frame = f->number;
		}
	}
	own->out_of_order += !!(n & NOTE_OUT_OF_ORDER);
	own->duplicate_acks += !!(n & NOTE_DUPLICATE_ACK);
	own->gaps += !!(n & NOTE_LOST_SEGMENT);
	/* A SYN-ACK that acknowledges too much tells of another connection, not of a hole. */
	own->unseen_acked += n & NOTE_ACK_LOST_SEGMENT && !(f->flags & TCP_SYN);
	if (n & NOTE_KEEP_ALIVE) {
		own->keep_alives++;
		own->wait.keep_alives++;
	}
	if (n & NOTE_ZERO_WINDOW_PROBE) {
		own->probes++;
		own->wait.probes++;
	}
	if (n & NOTE_CHALLENGE_ACK) {
		s->challenges++;
		s->challenge_frame = f->number;
	}
	s->fast_open |= !!(n & NOTE_FAST_OPEN);
}

static void
story_add_states(struct story *s, const struct frame *f, enum side from)
{
	enum side other = side_other(from);

	if (f->traits & FRAME_REFUTES) {
		s->refuted++;
		s->refuted_frame = s->end[from].assumed_frame;
	}
	if (f->traits & (FRAME_REFUTES | FRAME_CONFIRMS))
		s->end[from].assumed_frame = 0;
	if (f->state[other] != s->end[other].state)
		s->end[other].assumed_frame = f->number;
	for (int side = CLIENT; side < SIDES; side++)
		if (shown_state_of(f->state[side]) != shown_state_of(s->end[side].state))
			s->end[side].state_since = f->time;
	/* An ACK that answers a SYN without a SYN of its own comes from an older connection. */
	if (!(f->flags & TCP_RST) && state_is_established(f->state[from])
	    && (from == s->opener || !s->handshake || s->end[from].syn_ack.count > 0
		|| (s->end[from].syn.count > 0 && f->flags & TCP_ACK)
		|| s->established_frame != 0 || f->length > 0)) {
		if (s->end[from].proved_frame == 0)
			s->end[from].proved_frame = f->number;
		/* It lives: what had ended was an attempt before. */
		if (s->established_frame == 0 && s->reset.frame != 0)
			s->reset = (struct story_reset){ 0 };
		if (s->established_frame == 0) {
			s->established_frame = f->number;
			s->established_time = f->time;
		}
	}
	if (from == s->ignored_from && !(f->flags & TCP_RST))
		s->ignored_skips = false;
	s->end[CLIENT].state = f->state[CLIENT];
	s->end[SERVER].state = f->state[SERVER];
}

/* Flags that no TCP sends together. */
static bool
frame_is_odd(const struct frame *f)
{
	unsigned control = f->flags & (TCP_SYN | TCP_FIN | TCP_RST);

	return (control & (control - 1)) != 0
	    || (control != TCP_SYN && control != TCP_RST && !(f->flags & TCP_ACK));
}

/*
 * Who waits for whom: what it sent since the other end was last heard, from the
 * first that asks for an answer.
 */
static void
story_add_wait(struct story *s, const struct frame *f, enum side from, bool hole)
{
	struct story_wait *w = &s->end[from].wait;

	s->end[side_other(from)].wait.frames = 0;
	if (w->frames == 0 || w->data + w->fins + w->keep_alives + w->probes == 0) {
		*w = (struct story_wait){
			.first_time = f->time, .first_frame = f->number,
			.idle = s->frames > 0 && !hole ? time_since(f->time, s->last_time) : 0
		};
	}
	w->frames++;
	w->last_time = f->time;
	w->last_frame = f->number;
}

/*
 * The time in which nothing was captured before this frame, and whether something was sent by then that wasn't
 * (returned, too); that may still come, later than what was sent after it.
 */
static bool
story_add_silence(struct story *s, const struct frame *f, enum side from)
{
	const struct story_end *own = &s->end[from], *peer = &s->end[side_other(from)];
	bool skips = frame_skips(f, own->seen, own->next), unseen = f->notes & NOTE_ACK_LOST_SEGMENT && !(f->flags & TCP_SYN);

	/* A RST has no note for that either. */
	unseen |= f->flags & TCP_RST && f->flags & TCP_ACK && peer->seen && f->ack - peer->next - 1 < believable;

	if (s->idle_doubtful && from == s->idle_side && seqnum_at_most(f->seq, s->idle_hole)
	    && seqnum_after(f->seq + f->length, s->idle_hole)) {
		s->idle_hole = f->seq + f->length;
		s->idle_doubtful = seqnum_before(s->idle_hole, s->idle_hole_end);
	}
	if (s->frames == 0 || time_since(f->time, s->last_time) <= s->longest_idle)
		return skips || unseen;
	s->longest_idle = f->time - s->last_time;
	s->idle_before = s->last_frame;
	s->idle_after = f->number;
	s->idle_doubtful = skips || unseen;
	s->idle_side = unseen ? side_other(from) : from;
	s->idle_hole = unseen ? peer->next : own->next;
	s->idle_hole_end = unseen ? f->ack : f->seq;
	return skips || unseen;
}

static void
story_add_moment(struct story *s, const struct frame *f, enum side from)
{
	struct story_end *own = &s->end[from];

	if (s->frames == 0) {
		s->first_time = f->time;
		s->first_frame = f->number;
		s->first_from = from;
	}
	s->frames++;
	s->last_time = f->time;
	s->last_frame = f->number;
	s->last_from = from;
	own->frames++;
	own->last_time = f->time;
	own->last_frame = f->number;
}

void
story_add(struct story *s, const struct frame *f)
{
	enum side from = frame_from(f);
	bool hole;

	if (f->notes & NOTE_ICMP_ERROR) {
		story_add_icmp(s, f);
		return;
	}
	zeek_add(&s->zeek, f);
	if (s->odd_frame == 0 && frame_is_odd(f))
		s->odd_frame = f->number;
	if (f->notes & NOTE_DUPLICATE_CAPTURE) {
		s->duplicates++;
		return;
	}
	hole = story_add_silence(s, f, from);
	if (f->flags & TCP_RST)
		story_add_reset(s, f, from, hole);
	story_add_wait(s, f, from, hole);
	if (f->flags & TCP_SYN)
		story_add_syn(s, f, from);
	/* Without ACK it is dropped (RFC 9293, 3.10.7.4, fifth). */
	if (f->flags & TCP_FIN && f->flags & TCP_ACK && !(f->flags & (TCP_SYN | TCP_RST)))
		story_add_fin(s, f, from);
	if (f->notes != 0)
		story_add_notes(s, f, &s->end[from]);
	if (!(f->flags & TCP_RST)) {
		if (f->flags & TCP_ACK && !(f->flags & TCP_SYN)
		    && s->handshake_rtt == OUTCOME_NO_RTT)
			story_add_handshake_ack(s, f, from);
		if (frame_sequence_length(f) > 0)
			story_add_sequence(s, f, from);
		else if (!s->end[from].seen) {
			s->end[from].seen = true;
			s->end[from].next = f->seq;
		}
		if (f->flags & TCP_ACK)
			story_add_ack(s, f, from);
	}
	if (!(f->flags & TCP_SYN))
		story_add_window(&s->end[from], f);
	story_add_states(s, f, from);
	story_add_moment(s, f, from);
}

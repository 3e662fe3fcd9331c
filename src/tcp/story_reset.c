/*
 * What a story keeps of resets: which one counts, what it answers, and what it
 * leaves behind.  Knows a story before the frame and the frame; who fills the
 * rest of a story is story.c's.
 */
#include "packet/seqnum.h"
#include "tcp/story_internal.h"

static uint64_t
time_since(uint64_t now, uint64_t then)
{
	return now > then ? now - then : 0;
}

uint32_t
story_unacknowledged(
    const struct story_end *own, const struct story_end *peer, const struct frame *reset)
{
	uint32_t acked = own->acked,
	    next = peer->next - (peer->fin.count > 0); /* a FIN is no payload */

	if (!own->acking || !peer->seen)
		return 0;
	if (reset->flags & TCP_ACK && seqnum_after(reset->ack, acked)
	    && seqnum_at_most(reset->ack, peer->next))
		acked = reset->ack;
	return seqnum_after(next, acked) ? next - acked : 0;
}

/*
 * Whoever has asked and is answered by what is left of an older connection
 * clears that, and goes on asking.
 */
bool
story_clears_old(const struct story *s, const struct frame *f, enum side from)
{
	const struct story_end *own = &s->end[from], *peer = &s->end[side_other(from)];

	return s->handshake && from == s->opener && s->established_frame == 0 && own->syn.count > 0
	    && peer->frames > 0 && (peer->syn_ack.count + peer->syn.count == 0 || s->syn_ack_bad)
	    && !(f->flags & TCP_ACK) && f->seq == peer->acked;
}

/*
 * Whoever has asked and heard nothing takes its SYN back with a reset of the
 * same or the next number.
 */
static bool
story_takes_back(const struct story *s, const struct frame *f, enum side from)
{
	const struct story_end *own = &s->end[from];

	return own->syn.count > 0 && s->end[side_other(from)].frames == 0
	    && s->established_frame == 0 && f->seq - own->syn.seq <= 1;
}

/*
 * A server owes an answer to what it was sent, so data without one may have
 * been left unread for long; what a client was sent last is the answer
 * itself, so only a reset soon after it tells of unread data.  (With ACK, a
 * reset is sent of its sender's own accord.)
 */
bool
story_leaves_unread(const struct story *s, const struct frame *f, enum side from)
{
	const uint64_t soon = 2000000000ull, long_after = 60000000000ull;
	const struct story_end *own = &s->end[from], *peer = &s->end[side_other(from)];

	return f->flags & TCP_ACK && own->fin.count == 0 && frame_is_after(peer->data_frame, own->data_frame)
	    && own->acking
	    && time_since(f->time, peer->data_time) < (from == s->opener ? soon : long_after);
}

/* Data that wasn't captured, but acknowledged. */
static bool
has_acknowledged_data(const struct story *s, enum side side)
{
	const struct story_end *end = &s->end[side];

	return s->handshake && end->acking
	    && seqnum_within(end->acked, s->flow->end[side_other(side)].isn + 2, 1u << 28)
	    && s->end[side_other(side)].fin.count == 0;
}

void
story_add_reset(struct story *s, const struct frame *f, enum side from, bool after_hole)
{
	struct story_end *own = &s->end[from], *peer = &s->end[side_other(from)];
	struct story_reset *r = &s->reset;
	const struct story_recent *last = story_recent_nth(peer, 1);

	own->resets++;
	if (story_clears_old(s, f, from)) {
		s->cleared_frame = f->number;
		return;
	}
	if (shown_state_of(f->state[from]) != TCP_CLOSED
	    && shown_state_of(f->state[side_other(from)]) != TCP_CLOSED
	    && !story_takes_back(s, f, from)) {
		s->resets_ignored++;
		s->ignored_frame = f->number;
		s->ignored_from = from;
		s->ignored_skips = frame_skips(f, own->seen, own->next);
		return;
	}
	own->reset_frame = f->number;
	/* No TCP answers a reset with one, but a segment that came after it. */
	if (r->frame != 0 && r->both_frame == 0 && from != r->by && f->flags & TCP_ACK
	    && peer->last_frame == r->frame && time_since(f->time, r->time) < 10000000ull
	    && s->established_frame != 0) {
		r->both_frame = f->number;
		r->both_time = time_since(f->time, r->time);
	}
	if (r->frame != 0)
		return;
	*r = (struct story_reset){ .time = f->time,
		.idle = s->frames > 0 ? time_since(f->time, s->last_time) : 0,
		.frame = f->number,
		.before = s->last_frame,
		.by = from,
		.from = own->state,
		.hit = peer->state,
		.tries = s->end[s->opener].syn.count,
		.answers = s->end[side_other(s->opener)].syn_ack.count,
		.wait = peer->wait,
		.own_wait = own->wait,
		.with_ack = f->flags & TCP_ACK,
		.after_hole = after_hole || (peer->frames == 0 && s->established_frame != 0),
		.data_frame = peer->data_frame,
		.before_data = own->data_frames == 0 && peer->data_frames == 0
		    && !has_acknowledged_data(s, from) && !has_acknowledged_data(s, side_other(from)) };
	/* Without ACK it takes its number from the segment that it answers (RFC 9293, 3.10.7.1). */
	if (peer->last_frame == s->last_frame && peer->frames > 0
	    && (!r->with_ack ? f->seq == peer->acked
	    : last != NULL && last->frame == peer->last_frame && f->seq == 0))
		r->answered = peer->last_frame;
	r->peer_unacked = story_unacknowledged(own, peer, f);
	if (peer->acking && own->seen && seqnum_after(own->next, peer->acked))
		r->own_unacked = own->next - peer->acked;
	r->own_unacked -= r->own_unacked > 0 && own->fin.count > 0 && own->fin_acked_frame == 0;
	r->unread = story_leaves_unread(s, f, from);
}

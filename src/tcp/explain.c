/*
 * What one segment does in its connection, in plain words: the short form,
 * fast enough for every row of a listing.  Knows the story before the frame
 * and the frame; what long_form adds is explain_detail.c's.
 */
#include "packet/seqnum.h"
#include "tcp/explain_internal.h"

static const uint64_t long_silence = 10000000000ull;

static uint64_t
elapsed(uint64_t later, uint64_t earlier)
{
	return later > earlier ? later - earlier : 0;
}

/* ---- opening */

/* Whether a wait is twice the one before, roughly: the back-off of RFC 6298 section 5.5. */
static bool
is_doubled(uint64_t wait, uint64_t before)
{
	return before > 0 && wait > before * 3 / 2 && wait < before * 5 / 2;
}

static bool
is_back_off(const struct explain *e, const struct story_tries *t)
{
	return t->count >= 2 && t->count <= STORY_TRIES
	    && is_doubled(elapsed(e->f->time, t->last_time),
		elapsed(t->last_time, t->time[t->count - 2]));
}

static void
explain_syn_again(const struct explain *e)
{
	const struct story_tries *t = &e->own->syn;

	SAY(e->w, is_back_off(e, t) ? WORDS_SYN_BACK_OFF : WORDS_SYN_AGAIN_FRAME, SIDE(e->from),
	    COUNT(t->count + 1u), TIME(elapsed(e->f->time, t->last_time)), PLAIN(t->last_frame));
}

static void
explain_syn(const struct explain *e)
{
	const struct story_tries *again = &e->own->syn;

	if (again->count > 0 && again->seq == e->f->seq
	    && shown_state_of(e->f->state[e->from]) != TCP_SYN_SENT && e->own->proved_frame != 0)
		SAY(e->w, WORDS_SYN_COPY, SIDE(e->from), PLAIN(again->first_frame));
	else if (again->count > 0 && again->seq == e->f->seq)
		explain_syn_again(e);
	else if (e->peer->syn_ack.count > 0 && e->peer->acking
	    && seqnum_within(e->peer->acked, e->f->seq + 1, 1u << 28))
		SAY(e->w, WORDS_SYN_LATE, SIDE(e->from), PLAIN(e->peer->syn_ack.first_frame));
	else if (e->peer->syn.count > 0)
		SAY(e->w, WORDS_SYN_CROSSED, SIDE(e->from), PLAIN(e->peer->syn.first_frame));
	else if (e->f->notes & NOTE_REUSED_PORTS && e->s->flow->reused != 0)
		SAY(e->w, WORDS_SYN_REUSED, SIDE(e->from), PLAIN(e->s->flow->reused));
	else
		SAY(e->w, WORDS_SYN, SIDE(e->from));
	if (e->f->length > 0)
		SAY(e->w, e->segment == NULL || e->segment->traits & SEGMENT_FAST_OPEN ? WORDS_SYN_DATA
		    : WORDS_SYN_DATA_BARE, BYTES(e->f->length));
	else if (e->f->notes & NOTE_FAST_OPEN)
		SAY(e->w, WORDS_SYN_FAST_OPEN);
}

static void
explain_syn_ack(const struct explain *e)
{
	const struct story_tries *again = &e->own->syn_ack, *syn = &e->peer->syn;

	if (again->count > 0 && again->seq == e->f->seq
	    && shown_state_of(e->f->state[e->from]) != TCP_SYN_RECEIVED)
		SAY(e->w, WORDS_SYN_ACK_COPY, SIDE(e->from), PLAIN(again->first_frame));
	else if (again->count > 0 && again->seq == e->f->seq && syn->count > 1
	    && frame_is_after(syn->last_frame, again->last_frame) && e->peer->last_frame == syn->last_frame)
		SAY(e->w, WORDS_SYN_ACK_AGAIN_ANSWER, SIDE(e->from), COUNT(again->count + 1u),
		    PLAIN(syn->last_frame));
	else if (again->count > 0 && again->seq == e->f->seq) {
		SAY(e->w, WORDS_SYN_ACK_AGAIN_FRAME, SIDE(e->from), COUNT(again->count + 1u),
		    TIME(elapsed(e->f->time, again->last_time)));
		if (is_back_off(e, again))
			SAY(e->w, WORDS_BACK_OFF);
	} else if (syn->count == 0)
		SAY(e->w, WORDS_SYN_ACK_FIRST, SIDE(e->from));
	else if (!story_fits_syn(syn, e->f->ack))
		SAY(e->w, WORDS_SYN_ACK_STRANGE, SIDE(e->from),
		    PLAIN((uint32_t)(e->f->ack - e->s->flow->end[e->to].isn)));
	else if (e->own->syn.count > 0)
		SAY(e->w, WORDS_SYN_ACK_BOTH, SIDE(e->from));
	else
		SAY(e->w, WORDS_SYN_ACK, SIDE(e->from), TIME(elapsed(e->f->time, syn->last_time)),
		    PLAIN(syn->last_frame));
}

static bool
explain_completes_handshake(const struct explain *e)
{
	return e->own->proved_frame == 0 && e->peer->syn_ack.count > 0 && e->own->syn_ack.count == 0
	    && seqnum_within(e->f->ack, e->peer->syn_ack.seq + 1, 1u << 24);
}

static void
explain_handshake_ack(const struct explain *e)
{
	if (e->s->answered_syn_frame != 0)
		SAY(e->w, WORDS_HANDSHAKE_DONE, SIDE(e->from), SIDE(e->to),
		    TIME(elapsed(e->f->time, e->s->answered_syn_time)));
	else
		SAY(e->w, WORDS_HANDSHAKE_DONE_UNTIMED, SIDE(e->from), SIDE(e->to));
	if (e->f->length > 0)
		SAY(e->w,
		    e->own->syn.longest > 0 && e->f->seq == e->own->syn.seq + 1 ? WORDS_HANDSHAKE_DATA_AGAIN
		    : WORDS_HANDSHAKE_DATA,
		    BYTES(e->f->length));
	else
		SAY(e->w, WORDS_HANDSHAKE_BOTH);
}

/* ---- closing */

static void
explain_fin(const struct explain *e)
{
	const struct story_tries *again = &e->own->fin;

	if (again->count > 0) {
		SAY(e->w, WORDS_FIN_AGAIN_FRAME, SIDE(e->from), COUNT(again->count + 1u),
		    TIME(elapsed(e->f->time, again->last_time)));
		if (e->f->length > 0)
			SAY(e->w, WORDS_FIN_AGAIN_DATA, BYTES(e->f->length));
		if (is_back_off(e, again))
			SAY(e->w, WORDS_BACK_OFF);
		return;
	}
	if (e->peer->fin.count == 0) {
		SAY(e->w, e->f->length > 0 ? WORDS_FIN_DATA : WORDS_FIN, SIDE(e->from),
		    BYTES(e->f->length));
		SAY(e->w, WORDS_FIN_MAY_SEND, SIDE(e->to));
		return;
	}
	if (e->f->length > 0)
		SAY(e->w, WORDS_DATA, SIDE(e->from), BYTES(e->f->length));
	if (seqnum_before(e->f->ack, e->peer->fin_end))
		SAY(e->w, WORDS_FIN_CROSSED, SIDE(e->from), SIDE(e->to),
		    PLAIN(e->peer->fin.last_frame));
	else if (e->peer->fin_acked_frame == 0)
		SAY(e->w, WORDS_FIN_SECOND, SIDE(e->from), SIDE(e->to));
	else
		SAY(e->w, WORDS_FIN_SECOND_LATER, SIDE(e->from), SIDE(e->to),
		    TIME(elapsed(e->f->time, e->peer->fin.time[0])),
		    PLAIN(e->peer->fin.first_frame));
}

static bool
explain_acks_fin(const struct explain *e)
{
	return e->peer->fin.count > 0 && e->peer->fin_acked_frame == 0 && !story_is_beyond_fin(e->peer, e->f->ack)
	    && seqnum_at_least(e->f->ack, e->peer->fin_end);
}

static void
explain_fin_ack(const struct explain *e)
{
	enum tcp_state state = shown_state_of(e->f->state[e->from]);

	SAY(e->w, state == TCP_CLOSING ? WORDS_FIN_ACK_CLOSING
	    : e->own->fin.count > 0 ? WORDS_FIN_ACK_LAST : WORDS_FIN_ACK,
	    SIDE(e->from), SIDE(e->to), PLAIN(e->peer->fin.last_frame));
}

/* ---- resets */

static void
explain_reset_of_attempt(const struct explain *e)
{
	if (e->from != e->s->opener && e->own->syn_ack.count == 0)
		SAY(e->w, WORDS_RST_REFUSE, SIDE(e->from));
	else if (e->from == e->s->opener && e->s->reset.frame != 0 && e->s->last_from != e->from)
		SAY(e->w, WORDS_RST_NO_CONNECTION, SIDE(e->from), PLAIN(e->s->last_frame));
	else if (e->from == e->s->opener && e->peer->syn_ack.count > 0)
		SAY(e->w, WORDS_RST_SCAN, SIDE(e->from));
	else
		SAY(e->w, WORDS_RST_GIVE_UP, SIDE(e->from));
}

static void
explain_reset(const struct explain *e)
{
	const struct frame *f = e->f;
	const struct story_end *own = e->own, *peer = e->peer;
	bool counts = shown_state_of(f->state[e->from]) == TCP_CLOSED
	    || shown_state_of(f->state[e->to]) == TCP_CLOSED
	    || (own->syn.count > 0 && peer->frames == 0);

	if (e->s->reset.frame != 0
	    && (e->s->established_frame != 0 || e->s->reset.by == e->s->opener)) {
		SAY(e->w, WORDS_RST_AGAIN, SIDE(e->from));
		return;
	}
	if (story_clears_old(e->s, f, e->from)
	    || (shown_state_of(f->state[e->from]) == TCP_SYN_SENT && e->s->established_frame != 0
	    && shown_state_of(f->state[e->to]) == TCP_CLOSED && peer->frames > 0)) {
		SAY(e->w, WORDS_RST_CLEARS, SIDE(e->from), SIDE(e->to), PLAIN(peer->last_frame));
		return;
	}
	if (!counts) {
		SAY(e->w, frame_skips(f, own->seen, own->next) ? WORDS_RST_SKIPS : WORDS_RST_IGNORED, SIDE(e->from),
		    BYTES(f->seq - own->next), SIDE(e->to));
		return;
	}
	if (e->s->handshake && e->s->established_frame == 0) {
		explain_reset_of_attempt(e);
		return;
	}
	if (own->wait.frames > 0 && own->last_frame == e->s->last_frame
	    && (own->wait.keep_alives >= 2 || own->wait.probes >= 2 || own->wait.resent >= 3
	    || own->wait.fins >= 3))
		SAY(e->w, WORDS_RST_GIVES_UP, SIDE(e->from), SIDE(e->to),
		    PLAIN(own->wait.first_frame));
	else if (own->fin.count > 0 && peer->fin.count > 0
	    && own->fin_acked_frame != 0 && peer->fin_acked_frame != 0)
		SAY(e->w, WORDS_RST_AFTER_CLOSE, SIDE(e->from));
	else if (own->fin.count > 0 && (frame_is_after(peer->data_frame, own->fin.first_frame)
	    || f->flags & TCP_ACK || peer->last_frame != e->s->last_frame
	    || f->seq != peer->acked))
		SAY(e->w,
		    frame_is_after(peer->data_frame, own->fin.first_frame) ? WORDS_RST_AFTER_FIN
		    : WORDS_RST_AFTER_FIN_ONLY,
		    SIDE(e->from), PLAIN(own->fin.first_frame), SIDE(e->to));
	else if (!(f->flags & TCP_ACK) && peer->last_frame == e->s->last_frame && peer->acking
	    && f->seq == peer->acked)
		SAY(e->w, WORDS_RST_NO_CONNECTION, SIDE(e->from), PLAIN(peer->last_frame));
	else if (e->s->frames == 0)
		SAY(e->w, WORDS_RST_FIRST, SIDE(e->from));
	else if (story_leaves_unread(e->s, f, e->from))
		SAY(e->w, WORDS_RST_UNREAD, SIDE(e->from), TIME(elapsed(f->time, peer->data_time)),
		    SIDE(e->to), PLAIN(peer->data_frame));
	else
		SAY(e->w, WORDS_RST_ABORT, SIDE(e->from), TIME(elapsed(f->time, e->s->last_time)),
		    PLAIN(e->s->last_frame));
	if (story_unacknowledged(own, peer, f) > 0)
		SAY(e->w, WORDS_RST_LOSES, BYTES(story_unacknowledged(own, peer, f)));
}

/* ---- data and acknowledgments */

/* What stands in a note that says more than the flags do. */
static bool
explain_noted(const struct explain *e)
{
	const struct frame *f = e->f;
	uint32_t n = f->notes;

	if (n & NOTE_CHALLENGE_ACK)
		SAY(e->w, WORDS_CHALLENGE_ACK, SIDE(e->from));
	else if (n & NOTE_ZERO_WINDOW_PROBE)
		SAY(e->w, WORDS_ZERO_WINDOW_PROBE, SIDE(e->from), SIDE(e->to));
	else if (n & NOTE_ZERO_WINDOW_PROBE_ACK)
		SAY(e->w, WORDS_ZERO_WINDOW_PROBE_ACK, SIDE(e->from));
	else if (n & NOTE_KEEP_ALIVE)
		SAY(e->w, n & NOTE_ACK_LOST_SEGMENT || e->peer->frames == 0 ? WORDS_KEEP_ALIVE_BARE
		    : WORDS_KEEP_ALIVE, SIDE(e->from), SIDE(e->to),
		    TIME(elapsed(f->time, e->s->last_time)));
	else if (n & NOTE_KEEP_ALIVE_ACK)
		SAY(e->w, WORDS_KEEP_ALIVE_ACK, SIDE(e->from));
	else if (n & NOTE_DUPLICATE_ACK)
		SAY(e->w, WORDS_DUPLICATE_ACK, SIDE(e->from), COUNT(f->duplicate_ack));
	else if (n & NOTE_ZERO_WINDOW && f->length == 0)
		SAY(e->w, WORDS_ZERO_WINDOW, SIDE(e->from), SIDE(e->to));
	else if (n & NOTE_WINDOW_UPDATE && f->length == 0 && e->own->zero)
		SAY(e->w, WORDS_WINDOW_OPENED, SIDE(e->from), explain_window(e),
		    TIME(elapsed(f->time, e->own->zero_since)));
	else if (n & NOTE_WINDOW_UPDATE && f->length == 0)
		SAY(e->w, f->window < e->own->window ? WORDS_WINDOW_LOWERED : WORDS_WINDOW_UPDATE,
		    SIDE(e->from), explain_window(e));
	else
		return false;
	return true;
}

/* Whether the same data was sent twice before, and this wait is twice that one. */
static bool
is_data_back_off(const struct explain *e, const struct story_recent *last)
{
	const struct story_recent *r;

	for (uint32_t i = 1; (r = story_recent_nth(e->own, i)) != NULL; i++)
		if (r != last && r->time < last->time
		    && seqnum_within(e->f->seq, r->seq, r->end - r->seq))
			return is_doubled(elapsed(e->f->time, last->time),
			    elapsed(last->time, r->time));
	return false;
}

static void
explain_resent(const struct explain *e)
{
	const struct frame *f = e->f;
	const struct story_recent *before = story_recent_at(e->own, f->seq);
	bool fast = f->notes & NOTE_FAST_RETRANSMISSION;

	if (f->notes & NOTE_SPURIOUS_RETRANSMISSION)
		SAY(e->w, WORDS_SPURIOUS_RETRANSMISSION, SIDE(e->from), BYTES(f->length),
		    SIDE(e->to));
	else if (before != NULL && e->s->icmp.too_big && frame_is_after(e->s->icmp.too_big_frame, before->frame)
	    && f->length < before->length
	    && (e->s->icmp.mtu == 0 || f->length + f->header * 4u <= e->s->icmp.mtu))
		SAY(e->w, WORDS_RETRANSMISSION_SMALLER, SIDE(e->from), BYTES(f->length),
		    PLAIN(before->frame), PLAIN(e->s->icmp.too_big_frame));
	else if (before != NULL && !fast && seqnum_after(f->seq + f->length, before->end))
		SAY(e->w, WORDS_RETRANSMISSION_FROM, SIDE(e->from), BYTES(f->length),
		    PLAIN(before->frame), TIME(elapsed(f->time, before->time)));
	else if (before != NULL)
		SAY(e->w, fast ? WORDS_FAST_RETRANSMISSION : WORDS_RETRANSMISSION, SIDE(e->from),
		    BYTES(f->length), PLAIN(before->frame), TIME(elapsed(f->time, before->time)));
	else
		SAY(e->w, fast ? WORDS_FAST_RETRANSMISSION_LOST : WORDS_RETRANSMISSION_LOST,
		    SIDE(e->from), BYTES(f->length));
	if (f->notes & NOTE_RETRANSMISSION && before != NULL && is_data_back_off(e, before))
		SAY(e->w, WORDS_BACK_OFF);
}

static void
explain_data(const struct explain *e)
{
	const struct frame *f = e->f;
	bool acks =
	    e->own->acking && seqnum_after(f->ack, e->own->acked) && e->peer->data_frame != 0
	    && seqnum_at_most(f->ack, e->peer->next);

	if (e->own->fin.count > 0 && seqnum_within(f->seq, e->own->fin_end, 1u << 28))
		SAY(e->w, WORDS_DATA_AFTER_FIN, SIDE(e->from), BYTES(f->length),
		    PLAIN(e->own->fin.first_frame));
	else if (f->notes & NOTES_RESENT)
		explain_resent(e);
	else if (f->notes & NOTE_OUT_OF_ORDER)
		SAY(e->w, WORDS_OUT_OF_ORDER, SIDE(e->from), BYTES(f->length));
	else if (e->own->data_frames == 0 && e->peer->data_frames == 0 && e->s->handshake
	    && !(f->notes & (NOTE_LOST_SEGMENT | NOTE_ACK_LOST_SEGMENT)))
		SAY(e->w, WORDS_DATA_FIRST, SIDE(e->from), BYTES(f->length));
	else if (frame_is_after(e->peer->data_frame, e->own->data_frame) && seqnum_at_most(f->ack, e->peer->next))
		SAY(e->w, WORDS_DATA_REPLY, SIDE(e->from), BYTES(f->length),
		    TIME(elapsed(f->time, e->peer->data_time)), SIDE(e->to),
		    PLAIN(e->peer->data_frame));
	else if (acks)
		SAY(e->w, WORDS_DATA_ACK, SIDE(e->from), BYTES(f->length), SIDE(e->to),
		    PLAIN(e->peer->data_frame));
	else
		SAY(e->w, WORDS_DATA, SIDE(e->from), BYTES(f->length));
	if (f->notes & NOTE_ZERO_WINDOW)
		SAY(e->w, WORDS_ZERO_WINDOW, SIDE(e->from), SIDE(e->to));
	if (!frame_is_after(e->peer->data_frame, e->own->data_frame) && e->s->frames > 0
	    && !(f->notes & (NOTE_LOST_SEGMENT | NOTE_ACK_LOST_SEGMENT)) && e->peer->frames > 0
	    && elapsed(f->time, e->s->last_time) >= long_silence)
		SAY(e->w, WORDS_SILENCE, TIME(elapsed(f->time, e->s->last_time)));
}

static void
explain_ack(const struct explain *e)
{
	const struct frame *f = e->f;
	const struct story_recent *upto = story_recent_upto(e->peer, f->ack);

	if (e->peer->frames == 0 && e->own->syn.count > 0 && e->own->frames == e->own->syn.count)
		SAY(e->w, WORDS_HANDSHAKE_UNSEEN, SIDE(e->from));
	else if (e->peer->frames == 0)
		SAY(e->w, WORDS_ACK_UNSEEN, SIDE(e->from), SIDE(e->to));
	else if (e->own->acking && !seqnum_after(f->ack, e->own->acked)) {
		bool asked = frame_is_after(e->peer->last_frame, e->own->last_frame)
		    && (e->peer->last_frame == e->peer->syn_ack.last_frame
			|| e->peer->last_frame == e->peer->fin.last_frame
			|| e->peer->last_frame == e->peer->data_frame);

		SAY(e->w, asked ? WORDS_ACK_REPEATED : WORDS_ACK_NOTHING, SIDE(e->from),
		    PLAIN(e->peer->last_frame));
	}
	else if (upto != NULL && upto->end == f->ack && upto->length > 0 && e->own->acking)
		SAY(e->w, WORDS_ACK, SIDE(e->from), SIDE(e->to), BYTES(f->ack - e->own->acked),
		    PLAIN(upto->frame), TIME(elapsed(f->time, upto->time)));
	else if (e->own->acking && e->peer->data_frame != 0)
		SAY(e->w, WORDS_ACK_MORE, SIDE(e->from), SIDE(e->to),
		    BYTES(f->ack - e->own->acked));
	else
		SAY(e->w, WORDS_ACK_BARE, SIDE(e->from), SIDE(e->to));
	if (e->own->zero && f->window != 0)
		SAY(e->w, WORDS_WINDOW_OPENED, SIDE(e->from), explain_window(e),
		    TIME(elapsed(f->time, e->own->zero_since)));
}

/* ---- all of them */

static void
explain_ordinary(const struct explain *e)
{
	const struct frame *f = e->f;

	if (!(f->flags & TCP_ACK)) {
		SAY(e->w, f->flags == 0 ? WORDS_FLAGS_NONE : WORDS_FLAGS_ODD);
		return;
	}
	if (f->notes & NOTE_LOST_SEGMENT && f->length == 0 && !(f->flags & TCP_FIN))
		SAY(e->w, WORDS_GAP);
	if (f->flags & TCP_FIN)
		explain_fin(e);
	else if (explain_completes_handshake(e))
		explain_handshake_ack(e);
	else if (explain_noted(e))
		;
	else if (f->length > 0)
		explain_data(e);
	else if (e->s->handshake && e->s->established_frame == 0 && e->peer->syn.count > 0
	    && e->own->syn_ack.count + e->own->syn.count == 0 && e->from != e->s->opener)
		SAY(e->w, WORDS_ACK_OLD, SIDE(e->from));
	else if (story_is_beyond_fin(e->peer, f->ack))
		SAY(e->w, WORDS_ACK_BEYOND_FIN, SIDE(e->from), SIDE(e->to), PLAIN(e->peer->fin.last_frame));
	else if (explain_acks_fin(e))
		explain_fin_ack(e);
	else
		explain_ack(e);
	if (f->notes & NOTE_LOST_SEGMENT && (f->length > 0 || f->flags & TCP_FIN))
		SAY(e->w, WORDS_GAP);
	if (f->notes & NOTE_ACK_LOST_SEGMENT)
		SAY(e->w, WORDS_UNSEEN);
	if (f->notes & NOTE_WINDOW_FULL)
		SAY(e->w, WORDS_WINDOW_FULL, SIDE(e->to), SIDE(e->from));
	if (f->notes & NOTE_FRAGMENT)
		SAY(e->w, WORDS_FRAGMENT);
}

static void
explain_icmp(const struct explain *e)
{
	const struct frame *f = e->f;
	bool hard = icmp_is_hard(f->duplicate_ack, f->window) && e->s->established_frame == 0
	    && e->own->syn.count > 0 && e->peer->frames == 0;

	SAY(e->w,
	    icmp_is_too_big(f->duplicate_ack, f->window)
	    ? frame_icmp_mtu(f) == 0 ? WORDS_ICMP_MTU
	    : frame_icmp_size(f) > frame_icmp_mtu(f) ? WORDS_ICMP_MTU_SIZE : WORDS_ICMP_MTU_TOLD
	    : hard ? WORDS_ICMP_HARD
	    : WORDS_ICMP_SOFT,
	    SIDE(e->from), TEXT(icmp_text(f->duplicate_ack, f->window)), SIDE(e->to),
	    BYTES(frame_icmp_mtu(f)), BYTES(frame_icmp_size(f)));
}

static void
explain_seen_again(const struct explain *e)
{
	const struct story_recent *before = story_recent_at(e->own, e->f->seq);
	bool found = before != NULL && before->seq == e->f->seq && before->length == e->f->length
	    && frame_sequence_length(e->f) > 0;

	if (!found && e->own->last_frame == e->s->last_frame && frame_sequence_length(e->f) == 0
	    && e->own->frames > 0)
		SAY(e->w, WORDS_DUPLICATE_CAPTURE, PLAIN(e->own->last_frame));
	else if (found)
		SAY(e->w, WORDS_DUPLICATE_CAPTURE, PLAIN(before->frame));
	else
		SAY(e->w, WORDS_DUPLICATE_CAPTURE_LOST);
}

void
explain_frame(const struct story *s, const struct frame *frame, const struct segment *segment,
    bool long_form, char *text, size_t size)
{
	enum side from = frame_from(frame), to = side_other(from);
	struct words w;
	const struct explain e = {
		.s = s, .f = frame, .segment = segment, .w = &w, .from = from, .to = to,
		.own = &s->end[from], .peer = &s->end[to]
	};
	unsigned control = frame->flags & (TCP_SYN | TCP_FIN | TCP_RST);

	words_begin(&w, text, size);
	if (frame->notes & NOTE_ICMP_ERROR) {
		explain_icmp(&e);
		return;
	}
	if (frame->notes & NOTE_DUPLICATE_CAPTURE) {
		explain_seen_again(&e);
		return;
	}
	if (control & TCP_SYN && control != TCP_SYN)
		SAY(&w, WORDS_SYN_ODD, TEXT(control & TCP_FIN ? "FIN" : "RST"));
	else if (control & TCP_FIN && control != TCP_FIN)
		SAY(&w, WORDS_FIN_ODD, TEXT("RST"));
	else if (control == TCP_RST)
		explain_reset(&e);
	else if (control == TCP_SYN && frame->flags & TCP_ACK)
		explain_syn_ack(&e);
	else if (control == TCP_SYN)
		explain_syn(&e);
	else
		explain_ordinary(&e);
	/* Who refuses a SYN has got it. */
	if (frame->traits & FRAME_REFUTES && !(control == TCP_RST && s->established_frame == 0)) {
		if (control == TCP_FIN && e.own->fin.count > 0 && e.own->fin_acked_frame != 0)
			SAY(&w, WORDS_REFUTES, PLAIN(e.own->fin_acked_frame));
		else if (e.own->assumed_frame != 0)
			SAY(&w, WORDS_REFUTES, PLAIN(e.own->assumed_frame));
		else if (e.own->reset_frame != 0)
			SAY(&w, WORDS_REFUTES_RESET, PLAIN(e.own->reset_frame));
		else
			SAY(&w, WORDS_REFUTES_SOME, SIDE(from));
	}
	if (frame->traits & FRAME_PROVES_NEEDLESS)
		SAY(&w, WORDS_PROVES_NEEDLESS, SIDE(to));
	if (long_form)
		explain_detail(&e);
}

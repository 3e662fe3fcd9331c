/*
 * The verdict: one or two sentences on a whole connection, as a colleague
 * would say them across the desk, with the frames that show it.  First how
 * it opened and ended, then what was wrong with it.  Says only what the wire
 * can tell; where several explanations fit, in order of likelihood.
 */
#include <string.h>

#include "base/language.h"
#include "packet/seqnum.h"
#include "tcp/service.h"
#include "tcp/story_internal.h"
#include "tcp/words.h"

/* `absurd`: capture clocks that jump so far tell nothing. */
static const uint64_t second = 1000000000ull, long_idle = 60000000000ull,
    absurd = 7776000000000000ull;

struct verdict {
	const struct story *s;
	struct words *w;
	const struct outcome *out;
	uint64_t now;
	bool at_end;
};

static uint64_t
elapsed(uint64_t later, uint64_t earlier)
{
	return later > earlier ? later - earlier : 0;
}

/* "1 s, 2 s, 4 s": the waits between tries, from which a back-off is seen. */
static const char *
verdict_waits(const struct story_tries *t, char *out, size_t size)
{
	uint32_t known = t->count < STORY_TRIES ? t->count : STORY_TRIES;
	const char *between = _(", ");
	size_t used = 0;

	out[0] = '\0';
	for (uint32_t i = 1; i < known; i++) {
		char one[32];

		words_duration(one, sizeof one, elapsed(t->time[i], t->time[i - 1]));
		if (used + strlen(one) + 2 * strlen(between) + 4 >= size)
			break;
		used += (size_t)(stpcpy(stpcpy(out + used, i > 1 ? between : ""), one) - (out + used));
	}
	if (t->count > known)
		stpcpy(stpcpy(out + used, between), "…");
	return out;
}

/* ---- how it ended */

static void
verdict_life(const struct verdict *v)
{
	const struct story *s = v->s;
	const struct story_end *c = &s->end[CLIENT], *r = &s->end[SERVER];
	uint64_t life = elapsed(s->last_time, s->first_time);
	bool whole = s->handshake;

	if (s->frames == 1)
		SAY(v->w, WORDS_MIDSTREAM_SINGLE);
	else if (c->data_frames + r->data_frames == 0)
		SAY(v->w, whole ? WORDS_LIFE_EMPTY : WORDS_LIFE_SEEN_EMPTY, TIME(life));
	else if (life == 0 || life > absurd)
		SAY(v->w, WORDS_LIFE_TIMELESS, TIME(life), BYTES(c->bytes), BYTES(r->bytes));
	else if (s->handshake_rtt != OUTCOME_NO_RTT && s->handshake)
		SAY(v->w, WORDS_LIFE_RTT, TIME(life), BYTES(c->bytes), BYTES(r->bytes),
		    TIME(s->handshake_rtt));
	else
		SAY(v->w, whole ? WORDS_LIFE : WORDS_LIFE_SEEN, TIME(life), BYTES(c->bytes), BYTES(r->bytes));
}

static void
verdict_fins(const struct verdict *v)
{
	const struct story *s = v->s;
	enum side first = v->out->closed_by == CLOSED_BY_SERVER ? SERVER : CLIENT,
	    second_side = side_other(first);
	const struct story_end *a = &s->end[first], *b = &s->end[second_side];

	if (v->out->close_shape == CLOSE_SIMULTANEOUS) {
		bool in_order = frame_is_after(b->fin.first_frame, a->fin.first_frame);

		SAY(v->w, WORDS_CLOSED_TOGETHER, PLAIN((in_order ? a : b)->fin.first_frame),
		    PLAIN((in_order ? b : a)->fin.first_frame));
	} else if (v->out->close_shape == CLOSE_THREE_SEGMENT && b->fin_acked_frame == 0
	    && frame_is_after(s->reset.frame, b->fin.first_frame) && s->reset.by == first) {
		SAY(v->w, WORDS_CLOSED_THREE_RESET, SIDE(first), PLAIN(a->fin.first_frame),
		    SIDE(second_side), PLAIN(b->fin.first_frame), PLAIN(s->reset.frame));
		return;
	} else if (v->out->close_shape == CLOSE_THREE_SEGMENT)
		SAY(v->w, b->fin_acked_frame ? WORDS_CLOSED_THREE : WORDS_CLOSED_THREE_OPEN,
		    SIDE(first), PLAIN(a->fin.first_frame), SIDE(second_side),
		    PLAIN(b->fin.first_frame), PLAIN(b->fin_acked_frame));
	else if (a->fin_acked_frame != 0 && b->fin_acked_frame == 0
	    && frame_is_after(s->reset.frame, b->fin.first_frame) && s->reset.by == first) {
		SAY(v->w, WORDS_CLOSED_FOUR_RESET, SIDE(first), PLAIN(a->fin.first_frame),
		    PLAIN(a->fin_acked_frame), SIDE(second_side), PLAIN(b->fin.first_frame),
		    PLAIN(s->reset.frame));
		return;
	} else
		SAY(v->w, b->fin_acked_frame ? WORDS_CLOSED_FOUR : WORDS_CLOSED_FOUR_OPEN,
		    SIDE(first), PLAIN(a->fin.first_frame), PLAIN(a->fin_acked_frame),
		    SIDE(second_side), PLAIN(b->fin.first_frame), PLAIN(b->fin_acked_frame));
	if (s->reset.frame != 0)
		SAY(v->w, WORDS_RESET_AFTER_CLOSE, SIDE(s->reset.by), PLAIN(s->reset.frame));
}

static void
verdict_closed(const struct verdict *v)
{
	verdict_fins(v);
	verdict_life(v);
}

static void
verdict_half_closed(const struct verdict *v)
{
	const struct story *s = v->s;
	enum side closer = v->out->closed_by == CLOSED_BY_SERVER ? SERVER : CLIENT,
	    other = side_other(closer);
	const struct story_end *own = &s->end[closer], *peer = &s->end[other];
	uint64_t waited = elapsed(v->now, own->fin.time[0]);
	char waits[160];

	if (peer->frames == 0) {
		SAY(v->w, WORDS_HALF_ONE_SIDED, SIDE(closer), PLAIN(own->fin.first_frame),
		    SIDE(other));
		return;
	}
	SAY(v->w, own->fin_acked_frame != 0 ? WORDS_HALF_ACKED : WORDS_HALF, SIDE(closer),
	    PLAIN(own->fin.first_frame), PLAIN(own->fin_acked_frame));
	if (own->fin_acked_frame == 0 && own->fin.count > 1)
		SAY(v->w, WORDS_FIN_AGAIN, TIMES(own->fin.count),
		    TIME(elapsed(own->fin.last_time, own->fin.time[0])),
		    TEXT(verdict_waits(&own->fin, waits, sizeof waits)));
	else if (peer->bytes_after_peer_fin > 0)
		SAY(v->w, WORDS_HALF_DATA, SIDE(other), BYTES(peer->bytes_after_peer_fin));
	else if ((v->at_end && waited < second) || waited > absurd)
		SAY(v->w, WORDS_HALF_END, SIDE(other));
	else {
		SAY(v->w, WORDS_HALF_WAITS, SIDE(other), TIME(waited));
		if (own->fin_acked_frame != 0 && waited >= second)
			SAY(v->w, WORDS_HALF_WHY);
	}
}

static void
verdict_refused(const struct verdict *v)
{
	const struct story *s = v->s;
	const struct story_tries *syn = &s->end[s->opener].syn;

	SAY(v->w,
	    s->end[s->reset.by].resets > 1 && syn->count > s->reset.tries ? WORDS_REFUSED_EACH
	    : s->reset.tries > 1 ? WORDS_REFUSED_AGAIN
	    : WORDS_REFUSED,
	    SIDE(s->opener), PLAIN(syn->first_frame), PLAIN(s->reset.frame),
	    TIME(elapsed(s->reset.time, syn->time[0])), TIMES(syn->count));
	if (story_answer_is_late(s))
		SAY(v->w, WORDS_REFUSED_ANSWERED, PLAIN(s->end[s->reset.by].syn_ack.first_frame),
		    SIDE(s->opener), SIDE(s->reset.by));
	else
		SAY(v->w, WORDS_REFUSED_WHY, PLAIN(s->flow->port[side_other(s->opener)]));
}

static void
verdict_answered_by_old(const struct verdict *v)
{
	const struct story *s = v->s;
	const struct story_tries *syn = &s->end[s->opener].syn;

	SAY(v->w, s->old_time_wait ? WORDS_ANSWERED_BY_TIME_WAIT : WORDS_ANSWERED_BY_OLD, PLAIN(syn->first_frame),
	    TIMES(syn->count), PLAIN(s->flow->reused), PLAIN(s->old_ack_frame), SIDE(side_other(s->opener)));
}

static void
verdict_no_answer(const struct verdict *v)
{
	const struct story *s = v->s;
	const struct story_end *own = &s->end[s->opener];
	char waits[160];

	if (s->old_ack_frame != 0)
		verdict_answered_by_old(v);
	else if (s->end[side_other(s->opener)].frames > 0)
		SAY(v->w, WORDS_NO_ANSWER_BUT, PLAIN(own->syn.first_frame), TIMES(own->syn.count),
		    SIDE(side_other(s->opener)), PLAIN(s->end[side_other(s->opener)].last_frame));
	else if (own->syn.count > 1) {
		SAY(v->w, WORDS_NO_ANSWER, TIMES(own->syn.count),
		    TIME(elapsed(own->syn.last_time, own->syn.time[0])),
		    TEXT(verdict_waits(&own->syn, waits, sizeof waits)),
		    PLAIN(own->syn.first_frame), PLAIN(own->syn.last_frame));
		SAY(v->w, WORDS_NO_ANSWER_WHY);
	} else {
		SAY(v->w,
		    elapsed(v->now, own->syn.last_time) > 0 ? WORDS_NO_ANSWER_ONCE
		    : WORDS_NO_ANSWER_LAST,
		    PLAIN(own->syn.first_frame), TIME(elapsed(v->now, own->syn.last_time)));
		if (elapsed(v->now, own->syn.last_time) == 0)
			;
		else if (elapsed(v->now, own->syn.last_time) >= second)
			SAY(v->w, WORDS_NO_ANSWER_WHY);
		else
			SAY(v->w, WORDS_NO_ANSWER_EARLY);
	}
	if (s->icmp.count > 0)
		SAY(v->w, WORDS_ICMP_HINT, PLAIN(s->icmp.frame),
		    TEXT(icmp_text(s->icmp.family, s->icmp.type_code)));
}

static void
verdict_icmp_rejected(const struct verdict *v)
{
	const struct story *s = v->s;

	SAY(v->w, WORDS_ICMP_REJECTED, SIDE(s->opener), PLAIN(s->end[s->opener].syn.first_frame),
	    TEXT(icmp_text(s->icmp.family, s->icmp.type_code)), PLAIN(s->icmp.frame));
	SAY(v->w, WORDS_ICMP_REJECTED_WHY);
}

static void
verdict_scan(const struct verdict *v)
{
	const struct story *s = v->s;
	const struct story_end *own = &s->end[s->opener], *peer = &s->end[side_other(s->opener)];

	SAY(v->w, WORDS_SCAN, PLAIN(own->syn.first_frame), PLAIN(peer->syn_ack.first_frame),
	    SIDE(s->opener), PLAIN(s->reset.frame));
	SAY(v->w,
	    elapsed(peer->syn_ack.time[0], own->syn.last_time) >= second ? WORDS_SCAN_LATE
	    : WORDS_SCAN_WHY,
	    PLAIN(s->flow->port[side_other(s->opener)]),
	    TIME(elapsed(peer->syn_ack.time[0], own->syn.last_time)));
}

static void
verdict_aborted(const struct verdict *v)
{
	const struct story *s = v->s;
	const struct story_end *own = &s->end[s->opener], *peer = &s->end[side_other(s->opener)];
	char waits[160];

	if (s->syn_ack_bad && s->cleared_frame != 0)
		SAY(v->w, WORDS_SYN_ACK_WRONG, PLAIN(peer->syn_ack.first_frame), SIDE(s->opener),
		    PLAIN(s->cleared_frame));
	else if (s->reset.frame == 0) {
		SAY(v->w, peer->syn_ack.count > 1 ? WORDS_SYN_ACK_UNANSWERED : WORDS_SYN_ACK_ALONE,
		    PLAIN(peer->syn_ack.first_frame), TIMES(peer->syn_ack.count),
		    TEXT(verdict_waits(&peer->syn_ack, waits, sizeof waits)), SIDE(s->opener),
		    TIME(elapsed(v->now, peer->syn_ack.last_time)));
		SAY(v->w, WORDS_SYN_ACK_UNANSWERED_WHY, SIDE(s->opener));
	} else if (s->syn_ack_bad)
		SAY(v->w, WORDS_SYN_ACK_WRONG, PLAIN(peer->syn_ack.first_frame), SIDE(s->opener),
		    PLAIN(s->reset.frame));
	else if (story_simultaneous_open(s))
		SAY(v->w, WORDS_ABORTED_TOGETHER, PLAIN(own->syn.first_frame), PLAIN(peer->syn.first_frame),
		    SIDE(s->reset.by), PLAIN(s->reset.frame));
	else if (s->reset.by == s->opener)
		SAY(v->w,
		    s->reset.answers > 0 ? WORDS_ABORTED_AFTER_ANSWER : WORDS_ABORTED_BY_OPENER,
		    SIDE(s->opener), PLAIN(own->syn.first_frame), PLAIN(s->reset.frame),
		    TIME(elapsed(
			s->reset.time, own->syn.count > 0 ? own->syn.time[0] : s->first_time)),
		    PLAIN(peer->syn_ack.first_frame));
	else
		SAY(v->w, WORDS_ABORTED_BY_PEER, SIDE(s->reset.by),
		    PLAIN(peer->syn_ack.first_frame), PLAIN(s->reset.frame), SIDE(s->opener));
}

/* ---- resets of what had been a connection */

/* What the application at the receiver of the RST gets to see (Linux and BSD alike). */
static void
verdict_errno(const struct verdict *v)
{
	const struct story_reset *r = &v->s->reset;

	/* Who had closed before isn't there to see it. */
	if (v->s->end[side_other(r->by)].fin.count > 0)
		return;
	SAY(v->w,
	    shown_state_of(r->hit) == TCP_CLOSE_WAIT ? WORDS_BROKEN_PIPE : WORDS_CONNECTION_RESET,
	    SIDE(side_other(r->by)));
}

static bool
reset_is_after_idle(const struct story_reset *r)
{
	return r->answered != 0 && r->wait.frames > 0 && r->wait.idle >= long_idle;
}

static void
verdict_reset_plain(const struct verdict *v)
{
	const struct story *s = v->s;
	const struct story_reset *r = &s->reset;

	if (r->idle >= long_idle && !r->after_hole)
		SAY(v->w, WORDS_RESET_IDLE, SIDE(r->by), PLAIN(r->frame), TIME(r->idle),
		    PLAIN(r->before));
	else if (r->answered != 0)
		SAY(v->w, WORDS_RESET_ANSWER, SIDE(r->by), PLAIN(r->answered), PLAIN(r->frame),
		    TIME(r->idle), SIDE(side_other(r->by)));
	else {
		SAY(v->w, WORDS_RESET_PLAIN, SIDE(r->by), PLAIN(r->frame), TIME(r->idle),
		    PLAIN(r->before));
		SAY(v->w, WORDS_RESET_PLAIN_WHY, SIDE(r->by));
	}
}

/* Whoever sent and heard nothing for long ends it with a reset at last. */
static bool
verdict_gave_up(const struct verdict *v)
{
	const struct story_reset *r = &v->s->reset;
	const struct story_wait *w = &r->own_wait;

	if (w->frames == 0 || w->last_frame != r->before)
		return false;
	if (w->keep_alives >= 2 && w->keep_alives == w->frames)
		SAY(v->w, WORDS_RESET_KEEP_ALIVES, SIDE(r->by), PLAIN(r->frame),
		    COUNT(w->keep_alives), PLAIN(w->first_frame), PLAIN(w->last_frame),
		    SIDE(side_other(r->by)));
	else if (w->resent >= 3 && w->data > 0)
		SAY(v->w, WORDS_RESET_UNANSWERED, SIDE(r->by), PLAIN(r->frame),
		    PLAIN(w->first_frame), TIMES(w->resent),
		    TIME(elapsed(w->last_time, w->first_time)), SIDE(side_other(r->by)));
	else if (w->probes >= 2 && w->probes == w->frames)
		SAY(v->w, WORDS_RESET_PROBES, SIDE(r->by), PLAIN(r->frame), COUNT(w->probes),
		    PLAIN(w->first_frame), PLAIN(w->last_frame), SIDE(side_other(r->by)));
	else if (w->fins >= 3)
		SAY(v->w, WORDS_RESET_FIN_UNANSWERED, SIDE(r->by), PLAIN(r->frame),
		    PLAIN(v->s->end[r->by].fin.first_frame), TIMES(w->fins),
		    TIME(elapsed(w->last_time, v->s->end[r->by].fin.time[0])),
		    SIDE(side_other(r->by)));
	else
		return false;
	return true;
}

/* What was lost with it, and what the applications get to see. */
static void
verdict_reset_loss(const struct verdict *v, bool gave_up)
{
	const struct story_reset *r = &v->s->reset;
	enum side hit = side_other(r->by);

	if (r->both_frame != 0)
		SAY(v->w, WORDS_RESET_BOTH, SIDE(r->by), TIME(r->both_time), PLAIN(r->both_frame));
	if (r->peer_unacked > 0)
		SAY(v->w, WORDS_RESET_LOST, SIDE(hit), BYTES(r->peer_unacked),
		    PLAIN(r->data_frame));
	else if (r->own_unacked > 0)
		SAY(v->w, WORDS_RESET_LOST_OWN, SIDE(r->by), BYTES(r->own_unacked));
	if (!gave_up)
		verdict_errno(v);
	else if (v->s->end[r->by].fin.count == 0)
		SAY(v->w, WORDS_TIMED_OUT, SIDE(r->by), SIDE(hit));
}

static void
verdict_reset(const struct verdict *v)
{
	const struct story *s = v->s;
	const struct story_reset *r = &s->reset;
	const struct story_end *own = &s->end[r->by];
	enum side hit = side_other(r->by);
	bool gave_up;

	if (r->before == 0) {
		SAY(v->w, WORDS_RESET_LONE, SIDE(r->by), PLAIN(r->frame));
		return;
	}
	gave_up = verdict_gave_up(v);
	if (gave_up)
		;
	else if (own->fin.count > 0 && frame_is_after(r->frame, own->fin.first_frame)) {
		SAY(v->w,
		    frame_is_after(r->data_frame, own->fin.first_frame) ? WORDS_RESET_ORPHAN
		    : frame_is_after(r->answered, own->fin_acked_frame) && own->fin_acked_frame != 0 ? WORDS_RESET_ORPHAN_LATE
		    : WORDS_RESET_AFTER_FIN,
		    SIDE(r->by), PLAIN(own->fin.first_frame), SIDE(hit),
		    PLAIN(frame_is_after(r->data_frame, own->fin.first_frame) ? r->data_frame : r->answered),
		    PLAIN(r->frame));
	} else if (r->by != s->opener && own->proved_frame == 0 && !r->before_data && s->handshake
	    && elapsed(r->time, s->established_time) < 10 * second) {
		SAY(v->w, WORDS_RESET_UNACCEPTED, SIDE(r->by), PLAIN(r->frame),
		    TIME(elapsed(r->time, s->established_time)), PLAIN(s->established_frame));
		SAY(v->w, WORDS_RESET_EARLY_LISTENER, SIDE(r->by));
	} else if (r->before_data && s->handshake && s->established_frame != 0
	    && s->end[hit].fin.count == 0) {
		bool soon = elapsed(r->time, s->established_time) < 10 * second;

		SAY(v->w, soon ? WORDS_RESET_EARLY : WORDS_RESET_BEFORE_DATA, SIDE(r->by),
		    PLAIN(r->frame), TIME(elapsed(r->time, s->established_time)),
		    PLAIN(s->established_frame));
		if (soon)
			SAY(v->w,
			    r->by == s->opener ? WORDS_RESET_EARLY_OPENER
			    : WORDS_RESET_EARLY_LISTENER,
			    SIDE(r->by));
	} else if (r->unread) {
		SAY(v->w, WORDS_RESET_UNREAD, SIDE(r->by), PLAIN(r->frame),
		    TIME(elapsed(r->time, s->end[hit].data_time)), PLAIN(r->data_frame), SIDE(hit));
		SAY(v->w, WORDS_RESET_UNREAD_WHY, SIDE(r->by));
	} else if (s->end[hit].fin.count > 0) {
		SAY(v->w, WORDS_RESET_NO_FIN, SIDE(r->by), SIDE(hit),
		    PLAIN(s->end[hit].fin.first_frame), PLAIN(r->frame),
		    TIME(elapsed(r->time, s->end[hit].fin.time[0])));
	} else if (r->answered != 0 && r->answered == s->challenge_frame) {
		SAY(v->w, WORDS_RESET_HALF_OPEN, SIDE(r->by), SIDE(hit), PLAIN(r->answered),
		    PLAIN(r->frame));
	} else if (reset_is_after_idle(r)) {
		SAY(v->w, WORDS_RESET_FORGOTTEN, TIME(r->wait.idle), SIDE(hit),
		    PLAIN(r->wait.first_frame), SIDE(r->by), PLAIN(r->frame));
		SAY(v->w, WORDS_RESET_FORGOTTEN_WHY, SIDE(r->by));
	} else
		verdict_reset_plain(v);
	verdict_reset_loss(v, gave_up);
}

/* ---- still open */

static void
verdict_open(const struct verdict *v)
{
	const struct story *s = v->s;
	const struct story_end *own = &s->end[s->opener], *peer = &s->end[side_other(s->opener)];

	bool ends = v->at_end
	    && (elapsed(v->now, s->last_time) < second || elapsed(v->now, s->last_time) > absurd);

	if (s->established_frame == 0 && peer->syn_ack.count > 0 && ends)
		SAY(v->w, WORDS_HANDSHAKE_CUT, PLAIN(peer->syn_ack.last_frame));
	else if (s->established_frame == 0 && peer->syn_ack.count > 0)
		SAY(v->w,
		    v->now > peer->syn_ack.last_time ? WORDS_WAITS_FOR_ACK : WORDS_WAITS_FOR_ACK_NOW,
		    PLAIN(peer->syn_ack.last_frame),
		    TIME(elapsed(v->now, peer->syn_ack.last_time)), SIDE(s->opener));
	else if (s->established_frame == 0 && own->syn.count > 0 && s->old_ack_frame != 0)
		verdict_answered_by_old(v);
	else if (s->established_frame == 0 && own->syn.count > 0)
		SAY(v->w,
		    v->now > own->syn.time[0] ? WORDS_WAITS_FOR_SYN_ACK : WORDS_WAITS_FOR_SYN_ACK_NOW,
		    PLAIN(own->syn.first_frame),
		    TIMES(own->syn.count), TIME(elapsed(v->now, own->syn.time[0])));
	else {
		if (s->handshake_rtt != OUTCOME_NO_RTT)
			SAY(v->w, WORDS_OPEN_RTT, TIME(s->handshake_rtt),
			    PLAIN(s->answered_syn_frame), PLAIN(s->handshake_frame));
		else
			SAY(v->w, WORDS_OPEN);
		if (own->data_frames + peer->data_frames == 0 && ends)
			SAY(v->w, WORDS_OPEN_EMPTY_END);
		else if (own->data_frames + peer->data_frames == 0)
			SAY(v->w, v->now > s->last_time ? WORDS_OPEN_EMPTY : WORDS_OPEN_EMPTY_NOW,
			    TIME(elapsed(v->now, s->last_time)),
			    PLAIN(s->last_frame));
		else
			SAY(v->w, ends ? WORDS_OPEN_DATA_END
			    : v->now > s->last_time ? WORDS_OPEN_DATA : WORDS_OPEN_DATA_NOW,
			    BYTES(s->end[CLIENT].bytes), BYTES(s->end[SERVER].bytes),
			    TIME(elapsed(s->last_time, s->first_time)), PLAIN(s->last_frame),
			    TIME(elapsed(v->now, s->last_time)));
	}
}

/* ---- picked up in midstream */

static void
verdict_midstream_begins(const struct verdict *v)
{
	const struct flow *flow = v->s->flow;
	const char *service = service_name(flow->port[SERVER]);

	if (flow->marks & FLOW_EXISTED && flow->marks & FLOW_ORIENTED)
		SAY(v->w, WORDS_MIDSTREAM_EXISTED, PLAIN(v->s->first_frame), PLAIN(flow->port[SERVER]));
	else if (service != NULL)
		SAY(v->w, WORDS_MIDSTREAM_PORT, PLAIN(v->s->first_frame),
		    PLAIN(v->s->flow->port[SERVER]), TEXT(service));
	else
		SAY(v->w, WORDS_MIDSTREAM_FIRST, PLAIN(v->s->first_frame));
}

static void
verdict_midstream_open(const struct verdict *v)
{
	const struct story *s = v->s;

	if (s->frames == 0)
		return;
	verdict_midstream_begins(v);
	if (v->out->close_shape == CLOSE_HALF)
		verdict_half_closed(v);
	else
		verdict_life(v);
}

static void
verdict_midstream_closed(const struct verdict *v)
{
	verdict_midstream_begins(v);
	if (v->out->close_shape == CLOSE_RESET || v->out->close_shape == CLOSE_RESET_UNREAD_DATA)
		verdict_reset(v);
	else
		verdict_fins(v);
}

static void (*const verdict_ends[OUTCOMES])(const struct verdict *) = {
	[OUTCOME_OPEN]              = verdict_open,
	[OUTCOME_CLOSED]            = verdict_closed,
	[OUTCOME_HALF_CLOSED]       = verdict_half_closed,
	[OUTCOME_REFUSED]           = verdict_refused,
	[OUTCOME_NO_ANSWER]         = verdict_no_answer,
	[OUTCOME_RESET_BY_CLIENT]   = verdict_reset,
	[OUTCOME_RESET_BY_SERVER]   = verdict_reset,
	[OUTCOME_ABORTED_HANDSHAKE] = verdict_aborted,
	[OUTCOME_MIDSTREAM_OPEN]    = verdict_midstream_open,
	[OUTCOME_MIDSTREAM_CLOSED]  = verdict_midstream_closed,
	[OUTCOME_ICMP_REJECTED]     = verdict_icmp_rejected,
	[OUTCOME_SCAN]              = verdict_scan
};

void
verdict_write(const struct story *s, uint64_t now, bool at_end, struct outcome *out)
{
	struct words w;
	struct verdict v = { .s = s, .w = &w, .out = out, .now = now, .at_end = at_end };

	words_begin(&w, out->verdict, sizeof out->verdict);
	verdict_ends[out->outcome](&v);
	trouble_write(s, now, out, &w);
}

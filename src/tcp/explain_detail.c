/*
 * The long form of an explanation: both ends' transitions with their rule,
 * why seq and ack are what they are, and what the options offer.  For one
 * segment that somebody looks at; need not be fast.
 */
#include <stdio.h>
#include <string.h>

#include "packet/seqnum.h"
#include "tcp/explain_internal.h"
#include "tcp/tcp_state.h"

struct words_value
explain_window(const struct explain *e)
{
	unsigned shift = e->f->traits & FRAME_WINDOW_SCALED ? e->s->flow->end[e->from].scale : 0;
	uint32_t window = (uint32_t)e->f->window << (shift < 15 ? shift : 14);

	if (flow_window_is_known(e->s->flow, e->f))
		return (struct words_value)BYTES(window);
	return (struct words_value)UNSCALED(window);
}

static uint32_t
relative(const struct explain *e, enum side side, uint32_t number)
{
	return number - e->s->flow->end[side].isn;
}

/* ---- states */

static const uint64_t worth_telling = 1000000000ull;

/*
 * Which row of the table took an end from one state to the other; the sender may
 * have learnt late of what it received.
 */
static const struct tcp_transition *
transition_of(enum tcp_state before, enum tcp_state after, bool sender)
{
	for (int event = sender ? 0 : EVENT_RECEIVE_SYN; event < TCP_EVENTS; event++) {
		const struct tcp_transition *t =
		    tcp_state_transition(before, (enum tcp_event)event);

		if (t != NULL && t->to == after)
			return t;
	}
	/* A FIN that acknowledges one does two steps at once. */
	if (!sender && before == TCP_FIN_WAIT_1 && after == TCP_TIME_WAIT)
		return tcp_state_transition(TCP_FIN_WAIT_2, EVENT_RECEIVE_FIN);
	return NULL;
}

static void
detail_state(const struct explain *e, enum side side)
{
	enum tcp_state before = shown_state_of(e->s->end[side].state),
	    after = shown_state_of(e->f->state[side]);
	bool sender = side == e->from, provisional = e->f->state[side] & STATE_PROVISIONAL;
	const struct tcp_transition *t;
	char rule[96], spent[64] = "";
	struct words w, after_time;

	if (e->s->frames == 0 && e->f->flags & TCP_SYN && !(e->f->flags & TCP_ACK))
		before = sender ? TCP_CLOSED : TCP_LISTEN;
	/* Who resets out of SYN-SENT is in that state with a newer connection. */
	if (before == after || after == TCP_UNKNOWN || before == TCP_UNKNOWN
	    || (sender && after == TCP_SYN_SENT && e->f->flags & TCP_RST))
		return;
	if (sender && e->f->flags & TCP_RST && before == TCP_SYN_RECEIVED && e->own->syn_ack.count == 0
	    && e->f->traits & FRAME_REFUTES) {
		SAY(e->w, WORDS_STATE_NEVER, SIDE(side), TEXT(tcp_state_name(after)),
		    TEXT(tcp_state_name(before)));
		return;
	}
	words_begin(&w, rule, sizeof rule);
	t = transition_of(before, after, sender);
	if (t != NULL && t->section[0] >= '0' && t->section[0] <= '9')
		SAY(&w, WORDS_RULE_RFC, TEXT(t->section));
	if (e->s->end[side].state_since != 0
	    && e->f->time - e->s->end[side].state_since >= worth_telling
	    && e->f->time > e->s->end[side].state_since) {
		words_begin(&after_time, spent, sizeof spent);
		SAY(&after_time, WORDS_STATE_AFTER, TIME(e->f->time - e->s->end[side].state_since));
	}
	SAY(e->w, t != NULL ? WORDS_STATE : WORDS_STATE_BARE, SIDE(side),
	    TEXT(tcp_state_name(before)), TEXT(tcp_state_name(after)),
	    TEXT(!sender && provisional ? words_text(WORDS_STATE_IF) : ""),
	    TEXT(rule[0] != '\0' || t == NULL ? rule : t->section), TEXT(spent));
}

/* How long each side of the point of capture took. */
static void
detail_handshake(const struct explain *e)
{
	uint64_t answered = e->peer->syn_ack.last_time;

	if (e->s->answered_syn_frame != 0 && answered > e->s->answered_syn_time
	    && e->f->time > answered)
		SAY(e->w, WORDS_RTT_SIDES, TIME(answered - e->s->answered_syn_time), SIDE(e->to),
		    TIME(e->f->time - answered), SIDE(e->from));
	SAY(e->w, WORDS_RULE, TEXT("3.10.7.3"));
}

static void
detail_states(const struct explain *e)
{
	/*
	 * The ACK is the answer to a SYN-ACK in SYN-SENT; its sender's state had been
	 * assumed already.
	 */
	if (e->own->proved_frame == 0 && e->own->syn.count > 0 && e->peer->syn_ack.count > 0
	    && shown_state_of(e->f->state[e->from]) == TCP_ESTABLISHED)
		detail_handshake(e);
	detail_state(e, e->from);
	detail_state(e, e->to);
	if (e->f->traits & FRAME_CONFIRMS && !(e->f->traits & FRAME_REFUTES)
	    && e->own->assumed_frame != 0)
		SAY(e->w, WORDS_CONFIRMS, PLAIN(e->own->assumed_frame));
}

/* ---- numbers */

static void
detail_seq(const struct explain *e)
{
	const struct frame *f = e->f;
	uint32_t seq = relative(e, e->from, f->seq);
	const struct story_recent *last = story_recent_upto(e->own, f->seq),
	    *same = story_recent_at(e->own, f->seq);

	if (f->flags & TCP_SYN)
		SAY(e->w, WORDS_SEQ_SYN, PLAIN(f->seq));
	else if (f->flags & TCP_RST)
		return;
	else if (f->notes & NOTE_KEEP_ALIVE && e->own->seen && f->seq == e->own->next - 1)
		SAY(e->w, WORDS_SEQ_KEEP_ALIVE, PLAIN(seq));
	else if (same != NULL && f->notes & NOTES_RESENT)
		SAY(e->w, WORDS_SEQ_REPEATS, PLAIN(seq), PLAIN(same->frame));
	else if (seq == 1 && e->own->syn.count + e->own->syn_ack.count > 0)
		SAY(e->w, WORDS_SEQ_AFTER_SYN, PLAIN(seq), PLAIN(e->s->flow->end[e->from].isn));
	else if (e->own->frames == 0)
		SAY(e->w, WORDS_SEQ_GUESS, PLAIN(seq));
	else if (last != NULL && last->end == f->seq)
		SAY(e->w, WORDS_SEQ_NEXT, PLAIN(seq), PLAIN(last->frame));
}

static void
detail_ack(const struct explain *e)
{
	const struct frame *f = e->f;
	uint32_t ack = relative(e, e->to, f->ack);
	const struct story_recent *upto = story_recent_upto(e->peer, f->ack);

	if (!(f->flags & TCP_ACK) || f->flags & TCP_RST)
		return;
	if (e->own->acking && f->ack == e->own->acked && !(f->flags & TCP_SYN)
	    && e->own->proved_frame != 0)
		SAY(e->w, WORDS_ACK_AGAIN, PLAIN(ack));
	else if (ack == 1 && e->peer->syn.count + e->peer->syn_ack.count > 0)
		SAY(e->w, WORDS_ACK_SYN, PLAIN(ack), SIDE(e->to),
		    PLAIN(e->s->flow->end[e->to].isn));
	else if (e->peer->fin.count > 0 && f->ack == e->peer->fin_end)
		SAY(e->w,
		    e->peer->syn.count + e->peer->syn_ack.count > 0 ? WORDS_ACK_FIN
		    : WORDS_ACK_FIN_BARE,
		    PLAIN(ack), SIDE(e->to), BYTES(ack - 2)); /* SYN and FIN take a number each */
	else if (upto != NULL && upto->end == f->ack)
		SAY(e->w, WORDS_ACK_UPTO, PLAIN(ack), PLAIN(upto->frame));
	else
		SAY(e->w, WORDS_ACK_OTHER, PLAIN(ack), SIDE(e->to));
}

/* ---- options and flags */

static void
detail_sack(const struct explain *e)
{
	const struct segment *g = e->segment;

	for (unsigned i = 0; i < g->sack_count && i < SEGMENT_SACK_MAX; i++) {
		char range[32];
		bool twice = i == 0 && seqnum_at_most(g->sack[i].right, g->ack);

		snprintf(range, sizeof range, "%u:%u", relative(e, e->to, g->sack[i].left),
		    relative(e, e->to, g->sack[i].right));
		SAY(e->w, twice ? WORDS_OPTION_DSACK : WORDS_OPTION_SACK, TEXT(range));
	}
}

static void
detail_mss(const struct explain *e)
{
	uint32_t headers = e->segment->family == SEGMENT_IPV6 ? 60 : 40, mss = e->segment->mss;
	bool common = mss + headers == 1500 || mss + headers == 9000 || mss + headers == 1492
	    || mss + headers == 65535 || mss + headers == 65536 || mss + headers == 1280;

	SAY(e->w, common ? WORDS_OPTION_MSS_WHY : WORDS_OPTION_MSS, PLAIN(mss), BYTES(mss),
	    PLAIN(mss + headers));
}

static void
detail_options(const struct explain *e)
{
	const struct segment *g = e->segment;
	bool syn = e->f->flags & TCP_SYN;

	if (syn && g->traits & SEGMENT_MSS)
		detail_mss(e);
	if (syn && g->scale != SEGMENT_NO_SCALE)
		SAY(e->w, WORDS_OPTION_SCALE, PLAIN(g->scale),
		    BYTES(1ull << (g->scale < 15 ? g->scale : 14)));
	if (syn && g->traits & SEGMENT_SACK_PERMITTED)
		SAY(e->w, WORDS_OPTION_SACK_PERMITTED);
	if (g->traits & SEGMENT_TIMESTAMP)
		SAY(e->w,
		    syn && !(e->f->flags & TCP_ACK) ? WORDS_OPTION_TIMESTAMP_SYN
		    : WORDS_OPTION_TIMESTAMP,
		    PLAIN(g->tsval), PLAIN(g->tsecr));
	detail_sack(e);
	if (g->traits & SEGMENT_FAST_OPEN)
		SAY(e->w, WORDS_OPTION_FAST_OPEN);
	if (g->traits & SEGMENT_AUTH)
		SAY(e->w, WORDS_OPTION_AUTH);
	if (g->traits & SEGMENT_OPTIONS_BAD)
		SAY(e->w, WORDS_OPTION_BAD);
}

static void
detail_flags(const struct explain *e)
{
	unsigned flags = e->f->flags;

	explain_ecn(e);
	if (flags & TCP_URG)
		SAY(e->w, WORDS_URGENT);
	if (flags & TCP_RST || e->f->window == 0)
		return;
	SAY(e->w, flow_window_is_known(e->s->flow, e->f) ? WORDS_WINDOW : WORDS_WINDOW_UNSCALED, explain_window(e));
}

void
explain_detail(const struct explain *e)
{
	detail_states(e);
	detail_seq(e);
	detail_ack(e);
	if (e->segment != NULL)
		detail_options(e);
	detail_flags(e);
}

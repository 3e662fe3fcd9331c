/*
 * How a passive observer walks through RFC 9293's state machine: what a
 * segment proves of its sender, and what may be assumed of its receiver.
 * Knows nothing of retransmission, windows or files.  Sections in the code
 * are RFC 9293's; also RFC 5961 (which RSTs count) and RFC 7413 (data before
 * the handshake is complete).
 */
#include "tcp/tcp_observer.h"

#include <stddef.h>

#include "packet/seqnum.h"
#include "tcp/analysis.h"
#include "tcp/tcp_state.h"

#define SET(state)	TCP_STATE_SET(state)

static void
end_set(struct endpoint *end, uint16_t possible, bool provisional)
{
	end->possible = possible;
	end->state = tcp_state_shown(possible, provisional);
}

bool
tcp_observer_is_garbage(uint16_t flags)
{
	if (flags & TCP_SYN)
		return flags & (TCP_FIN | TCP_RST);
	return (flags & (TCP_ACK | TCP_RST)) == 0 || (flags & (TCP_FIN | TCP_RST)) == (TCP_FIN | TCP_RST);
}

/*
 * Whether a RST counts for its receiver (RFC 9293, 3.10.7; RFC 5961, 3.2):
 * in SYN-SENT it must acknowledge the SYN, else its number must be exactly
 * the next one expected.
 */
static bool
reset_counts(const struct endpoint *sender, const struct endpoint *receiver, const struct segment *segment)
{
	if (receiver->possible == SET(TCP_SYN_SENT))
		return segment->flags & TCP_ACK && segment->ack == receiver->next;
	if (!(sender->marks & ENDPOINT_SEEN) && !(receiver->marks & ENDPOINT_ACK_SEEN))
		return true;
	return ((sender->marks & ENDPOINT_SEEN) && (segment->seq == sender->next || segment->seq == sender->contiguous))
	    || ((receiver->marks & ENDPOINT_ACK_SEEN) && segment->seq == receiver->acked);
}

/* A RST that doesn't count but lies in the window, or is near enough, asks for a challenge ACK. */
static bool
reset_is_near(const struct endpoint *receiver, const struct segment *segment)
{
	uint32_t window = receiver->window > 0 ? receiver->window : 1;

	return (receiver->marks & ENDPOINT_ACK_SEEN) && seqnum_within(segment->seq, receiver->acked, window);
}

/* Returns whether what had been assumed of the sender was refuted. */
static bool
sent_syn(struct flow *flow, enum side side)
{
	struct endpoint *sender = &flow->end[side], *receiver = &flow->end[side_other(side)];
	uint16_t before = sender->possible;

	if (sender->marks & ENDPOINT_SPOKE)
		return false;			/* an old copy, or captured late: it has gone on since */
	if (sender->marks & ENDPOINT_SYN_SEEN) {
		if (sender->marks & ENDPOINT_ACK_SEEN && before != SET(TCP_CLOSED))
			return false;		/* it has answered one since */
		end_set(sender, SET(TCP_SYN_SENT), false);
	} else if (receiver->marks & ENDPOINT_SYN_SEEN && receiver->marks & ENDPOINT_ACK_SEEN) {
		end_set(sender, SET(TCP_SYN_SENT), false);
		return false;			/* captured after the SYN-ACK that answers it */
	} else {
		if (receiver->marks & ENDPOINT_SYN_SEEN)
			flow->marks |= FLOW_SIMULTANEOUS_OPEN;
		end_set(sender, SET(TCP_SYN_SENT), false);
	}
	sender->before_reset = 0;	/* what an earlier attempt came to is over */
	return before != sender->possible && before != SET(TCP_UNKNOWN);
}

static bool
sent_syn_ack(struct endpoint *sender, const struct segment *segment)
{
	uint16_t before = sender->possible;
	/* An ACK of nothing but the peer's SYN is what strays are answered with in SYN-RECEIVED, too. */
	bool gone_on = sender->marks & ENDPOINT_SPOKE
	    && (sender->next != sender->isn + 1 || sender->acked != segment->ack);

	if (gone_on)
		return false;		/* an old copy, or captured late */
	end_set(sender, SET(TCP_SYN_RECEIVED), false);
	sender->before_reset = 0;
	sender->marks &= ~(uint32_t)ENDPOINT_FIN_RECEIVED;
	return before != sender->possible && before != SET(TCP_UNKNOWN) && before != SET(TCP_SYN_SENT);
}

/* The first segment without SYN of an end that the handshake had not got further yet. */
static void
sent_during_handshake(struct flow *flow, const struct segment *segment, enum side side)
{
	struct endpoint *sender = &flow->end[side];
	const struct endpoint *receiver = &flow->end[side_other(side)];
	bool provisional = sender->state & STATE_PROVISIONAL;
	bool assumed = provisional && !(sender->marks & ENDPOINT_SYN_SEEN);

	if (sender->possible == SET(TCP_SYN_RECEIVED) && assumed && receiver->marks & ENDPOINT_SYN_SEEN
	    && !(seqnum_after(segment->ack, receiver->isn) && seqnum_at_most(segment->ack, receiver->next))) {
		/* It doesn't know the SYN: it speaks from an older connection (RFC 9293, figure 9). */
		sender->possible = TCP_STATE_SYNCHRONIZED;
		return;
	}
	/* Numbers from before its SYN or its peer's: late, of an older connection, or the answer to a stray. */
	if (sender->possible == SET(TCP_SYN_RECEIVED) && !assumed && receiver->marks & ENDPOINT_SYN_SEEN
	    && (seqnum_before(segment->seq, sender->isn) || !seqnum_after(segment->ack, receiver->isn)))
		return;
	/* RFC 7413: with Fast Open a server sends data before it has the ACK. */
	if (sender->possible == SET(TCP_SYN_RECEIVED) && !provisional && receiver->marks & ENDPOINT_FAST_OPEN)
		return;
	if (segment->length == 0 && !(segment->flags & TCP_FIN) && receiver->marks & ENDPOINT_ISN
	    && segment->ack == receiver->isn + 1 && segment->seq == sender->isn + 1) {
		/* Strays are answered with an ACK in SYN-RECEIVED, too: it proves nothing before somebody has its SYN. */
		if (!(receiver->marks & ENDPOINT_ACK_SEEN)
		    && (sender->possible == SET(TCP_SYN_RECEIVED) || receiver->marks & ENDPOINT_SYN_SEEN)) {
			sender->possible = SET(TCP_SYN_RECEIVED);
			return;
		}
		if (sender->possible == SET(TCP_SYN_RECEIVED) && !provisional
		    && !(flow->marks & FLOW_SIMULTANEOUS_OPEN))
			return;
	}
	sender->possible = tcp_state_set_after(sender->possible, EVENT_SEND_DATA_OR_ACK);
}

/* It acknowledges less than its sender had before: sent earlier, or long under way. */
static bool
is_stale(const struct endpoint *sender, const struct endpoint *receiver, const struct segment *segment)
{
	return sender->marks & ENDPOINT_ACK_SEEN && seqnum_before(segment->ack, sender->acked)
	    && !(receiver->marks & ENDPOINT_SEEN && seqnum_after(sender->acked, receiver->next));
}

/* What the acknowledgment number proves about the peer's FIN. Returns whether its receipt was refuted. */
static bool
sent_about_fin(struct endpoint *sender, const struct endpoint *receiver, const struct segment *segment, bool stale)
{
	const uint16_t open_to_fin = SET(TCP_SYN_RECEIVED) | SET(TCP_ESTABLISHED) | SET(TCP_FIN_WAIT_1)
	    | SET(TCP_FIN_WAIT_2);

	if (!(receiver->marks & ENDPOINT_FIN_SENT) || analysis_acks_beyond_fin(receiver, segment->ack))
		return false;
	if (seqnum_after(segment->ack, receiver->fin)) {
		if (!(sender->marks & ENDPOINT_FIN_RECEIVED) || !(sender->possible & ~open_to_fin)) {
			sender->before_fin = sender->possible;
			sender->possible = tcp_state_set_after(sender->possible, EVENT_RECEIVE_FIN);
		}
		sender->marks |= ENDPOINT_FIN_RECEIVED | ENDPOINT_FIN_PROVED;
		return false;
	}
	if ((stale && (!(segment->flags & TCP_FIN) || sender->marks & ENDPOINT_FIN_SENT)) || !(sender->marks & ENDPOINT_FIN_RECEIVED)
	    || sender->marks & ENDPOINT_FIN_PROVED)
		return false;
	/* It had not arrived. An ACK of this end's own FIN that came by itself may have. */
	if (sender->before_fin == SET(TCP_FIN_WAIT_1) && sender->before_ack == TCP_CLOSING
	    && sender->marks & ENDPOINT_FIN_ACKED)
		sender->possible = SET(TCP_FIN_WAIT_2);
	else
		sender->possible = sender->before_fin;
	if (sender->possible == SET(TCP_FIN_WAIT_1))
		sender->marks &= ~(uint32_t)ENDPOINT_FIN_ACKED;
	sender->marks &= ~(uint32_t)ENDPOINT_FIN_RECEIVED;
	return true;
}

/* Its FIN, lost or late the first time, was sent before the peer's came that it has acknowledged since. */
static bool
is_fin_before_peers(const struct endpoint *sender, const struct endpoint *receiver, const struct segment *segment)
{
	return segment->flags & TCP_FIN && sender->marks & ENDPOINT_FIN_SENT && sender->marks & ENDPOINT_FIN_PROVED
	    && segment->seq + segment->length == sender->fin && seqnum_at_most(segment->ack, receiver->fin);
}

/* Its own FIN: the first time, or again. Returns whether the receipt of the peer's ACK was refuted. */
static bool
sent_fin(struct endpoint *sender, const struct endpoint *receiver, const struct segment *segment, bool stale)
{
	uint16_t before = sender->possible;

	if (!(sender->marks & ENDPOINT_FIN_SENT) && sender->marks & ENDPOINT_FIN_PROVED
	    && seqnum_at_most(segment->ack, receiver->fin)) {
		/* The ACK of the peer's FIN has overtaken it: it was sent before that came. */
		sender->possible = tcp_state_set_after(tcp_state_set_after(sender->before_fin, EVENT_SEND_FIN), EVENT_RECEIVE_FIN);
		sender->fin = segment->seq + segment->length;
		sender->marks |= ENDPOINT_FIN_SENT;
		return true;
	}
	if (!(sender->marks & ENDPOINT_FIN_SENT)) {
		uint32_t fin = segment->seq + segment->length;

		/* What stands there was no FIN: an old or a forged segment (3.10.7.4, first check). */
		if (sender->marks & ENDPOINT_SEEN && seqnum_before(fin, sender->contiguous)
		    && seqnum_before(fin, sender->next))
			return false;
		/* Picked up midstream: right behind what was seen it is the first, else it may be one sent again. */
		if (!tcp_state_set_is_single(before))
			sender->possible = tcp_state_set_narrowed(before, SET(TCP_ESTABLISHED) | SET(TCP_CLOSE_WAIT)
			    | (sender->marks & ENDPOINT_SPOKE && segment->seq == sender->next ? 0U
			    : SET(TCP_FIN_WAIT_1) | SET(TCP_CLOSING) | SET(TCP_LAST_ACK)));
		sender->possible = tcp_state_set_after(sender->possible, EVENT_SEND_FIN);
		sender->fin = fin;
		sender->marks |= ENDPOINT_FIN_SENT;
		return false;
	}
	if (segment->seq + segment->length != sender->fin)
		return false;
	if (sender->possible == SET(TCP_LAST_ACK) && is_fin_before_peers(sender, receiver, segment)) {
		sender->possible = SET(TCP_CLOSING);
		return true;
	}
	if (stale)
		return false;
	sender->possible = tcp_state_set_after(before, EVENT_FIN_AGAIN);
	sender->marks &= ~(uint32_t)ENDPOINT_FIN_ACKED;
	return sender->possible != before && tcp_state_set_is_single(before);
}

/*
 * Data sent again that the ACK of this end's FIN covers: nobody does that who has that ACK.
 * Returns whether its receipt was refuted.
 */
static bool
sent_before_ack_of_fin(struct endpoint *sender, const struct segment *segment, uint32_t notes)
{
	uint16_t before = sender->possible;

	if (!(sender->marks & ENDPOINT_FIN_ACKED) || segment->length == 0 || !(notes & NOTES_RESENT)
	    || seqnum_after(segment->seq + segment->length, sender->fin))
		return false;
	sender->possible = tcp_state_set_after(before, EVENT_FIN_AGAIN);
	if (sender->possible == before)
		return false;
	sender->marks &= ~(uint32_t)ENDPOINT_FIN_ACKED;
	return true;
}

/* An ACK of something new, after the FIN was sent again: the ACK of the FIN that had passed has come by now. */
static void
sent_after_ack_of_fin(struct endpoint *sender, const struct endpoint *receiver, const struct segment *segment)
{
	if (sender->marks & ENDPOINT_FIN_ACKED || !(sender->marks & ENDPOINT_FIN_SENT) || segment->length > 0)
		return;
	if (receiver->marks & ENDPOINT_ACK_SEEN && seqnum_after(receiver->acked, sender->fin)
	    && seqnum_after(segment->ack, sender->acked)) {
		sender->possible = tcp_state_set_after(sender->possible, EVENT_RECEIVE_ACK_OF_FIN);
		sender->marks |= ENDPOINT_FIN_ACKED;
	}
}

static void
sent_reset(struct flow *flow, const struct segment *segment, enum side side, struct frame *record)
{
	struct endpoint *sender = &flow->end[side], *receiver = &flow->end[side_other(side)];
	uint16_t before = sender->possible;
	bool refuted = false;

	if (flow->marks & (side == CLIENT ? FLOW_RESTARTED_BY_CLIENT : FLOW_RESTARTED_BY_SERVER)) {
		/*
		 * It answers what it doesn't know any more, from the SYN-SENT of its new connection: without ACK, that is
		 * (3.10.7.3). With ACK the RST was sent before there was a new one, or after it ended (3.10.7.1).
		 */
		if (reset_counts(sender, receiver, segment))
			end_set(sender, SET(TCP_CLOSED), false);
		record->state[side] = segment->flags & TCP_ACK ? TCP_CLOSED : TCP_SYN_SENT;
		return;
	}
	/* It answers an ACK that it could not accept, and stays what it is (RFC 9293, 3.10.7.3 and 3.10.7.4, fifth). */
	if ((before == SET(TCP_SYN_SENT) || sender->state == TCP_SYN_RECEIVED) && receiver->marks & ENDPOINT_ACK_SEEN
	    && segment->seq == receiver->last_ack && segment->seq != sender->next)
		return;
	if (reset_counts(sender, receiver, segment)) {
		if (segment->flags & TCP_ACK && tcp_state_set_is_single(before)) {
			refuted = sent_about_fin(sender, receiver, segment, is_stale(sender, receiver, segment));
			sent_after_ack_of_fin(sender, receiver, segment);
			before = sender->possible;
		}
		if (refuted || (sender->state & STATE_PROVISIONAL && receiver->possible == SET(TCP_SYN_SENT)))
			record->traits |= FRAME_REFUTES;	/* it never was in SYN-RECEIVED */
		else if (sender->state & STATE_PROVISIONAL)
			record->traits |= FRAME_CONFIRMS;
		if (before != SET(TCP_CLOSED))
			sender->before_reset = before;
		end_set(sender, SET(TCP_CLOSED), false);
		sender->marks |= ENDPOINT_RESET;
		record->state[side] = sender->state;
		return;
	}
	/* Who had no connection any more says so again. */
	if ((before == SET(TCP_CLOSED) || before == SET(TCP_LISTEN)) && sender->marks & ENDPOINT_SEEN
	    && segment->seq == sender->next)
		return;
	/* Perhaps forged, perhaps late: its sender's state isn't known from it. */
	end_set(sender, before, true);
	record->state[side] = TCP_UNKNOWN;
	if (receiver->possible != SET(TCP_SYN_SENT) && reset_is_near(receiver, segment))
		receiver->marks |= ENDPOINT_CHALLENGED;
}

/* New data as far as that can be told of a connection picked up midstream. */
static bool
is_new_data(const struct endpoint *sender, const struct endpoint *receiver, const struct segment *segment,
    uint32_t notes)
{
	if (segment->length == 0 || notes & (NOTES_RESENT | NOTE_OUT_OF_ORDER | NOTE_KEEP_ALIVE
	    | NOTE_ZERO_WINDOW_PROBE | NOTE_DUPLICATE_CAPTURE))
		return false;
	if (sender->marks & ENDPOINT_FIN_SENT)
		return false;
	return (sender->marks & ENDPOINT_SEEN && segment->seq == sender->next)
	    || (receiver->marks & ENDPOINT_ACK_SEEN && seqnum_at_least(segment->seq, receiver->acked));
}

/* Whose peer was never seen may have received anything: a one-sided capture. */
static uint16_t
set_widened(uint16_t set)
{
	uint16_t wider = set | tcp_state_set_after(set, EVENT_RECEIVE_FIN) | tcp_state_set_after(set, EVENT_RECEIVE_ACK_OF_FIN);

	return wider | tcp_state_set_after(wider, EVENT_RECEIVE_FIN);
}

static void
sent_ordinary(struct flow *flow, const struct segment *segment, enum side side, struct frame *record)
{
	struct endpoint *sender = &flow->end[side], *receiver = &flow->end[side_other(side)];
	bool stale = is_stale(sender, receiver, segment);
	bool provisional = sender->state & STATE_PROVISIONAL;
	bool refuted = false;

	if (sender->possible == SET(TCP_UNKNOWN))
		sender->possible = TCP_STATE_SYNCHRONIZED;
	sender->possible &= (uint16_t)~SET(TCP_UNKNOWN);
	if (sender->possible & (SET(TCP_CLOSED) | SET(TCP_LISTEN)) && tcp_state_set_is_single(sender->possible) && stale
	    && !(segment->flags & TCP_FIN && (!(sender->marks & ENDPOINT_FIN_SENT) || sender->before_reset == 0))) {
		if (sender->before_reset == SET(TCP_LAST_ACK) && is_fin_before_peers(sender, receiver, segment))
			sender->before_reset = SET(TCP_CLOSING);
		record->state[side] = sender->state;	/* late: it tells what was, before that */
		return;
	}
	if (sender->possible == SET(TCP_CLOSED) || sender->possible == SET(TCP_LISTEN)) {
		/* It lives: the RST wasn't real or hadn't arrived, or the last ACK hadn't. */
		refuted = true;
		if (sender->before_reset != 0)
			sender->possible = sender->before_reset & (uint16_t)~SET(TCP_UNKNOWN);
		else if (sender->marks & ENDPOINT_FIN_SENT) {
			sender->possible = tcp_state_set_after(sender->possible, EVENT_FIN_AGAIN);
			sender->marks &= ~(uint32_t)ENDPOINT_FIN_ACKED;
		}
		if (sender->possible == 0)
			sender->possible = TCP_STATE_SYNCHRONIZED;
		sender->before_reset = 0;
	}
	if (sender->possible & (SET(TCP_SYN_SENT) | SET(TCP_SYN_RECEIVED)) && tcp_state_set_is_single(sender->possible))
		sent_during_handshake(flow, segment, side);
	if (sent_about_fin(sender, receiver, segment, stale)) {
		refuted = true;
		if (sender->possible == SET(TCP_SYN_RECEIVED) || sender->possible == SET(TCP_SYN_SENT))
			sent_during_handshake(flow, segment, side);
	}
	if (!(receiver->marks & ENDPOINT_SEEN) && sender->possible != SET(TCP_SYN_RECEIVED)
	    && !(segment->flags & TCP_FIN && !(sender->marks & ENDPOINT_FIN_SENT)))
		sender->possible = set_widened(sender->possible);
	if (is_new_data(sender, receiver, segment, record->notes))
		record->traits |= FRAME_NEW_DATA;
	if (!tcp_state_set_is_single(sender->possible) && record->traits & FRAME_NEW_DATA)
		sender->possible = tcp_state_set_narrowed(sender->possible, SET(TCP_ESTABLISHED) | SET(TCP_CLOSE_WAIT));
	if (segment->flags & TCP_FIN) {
		refuted |= sent_fin(sender, receiver, segment, stale);
	} else if (tcp_state_set_is_single(sender->possible) && !stale) {
		refuted |= sent_before_ack_of_fin(sender, segment, record->notes);
		sent_after_ack_of_fin(sender, receiver, segment);
	}
	end_set(sender, sender->possible, stale && provisional);
	if (refuted)
		record->traits |= FRAME_REFUTES;
	else if (provisional && !stale)
		record->traits |= FRAME_CONFIRMS;
	record->state[side] = sender->state;
	if (sender->marks & ENDPOINT_CHALLENGED) {
		sender->marks &= ~(uint32_t)ENDPOINT_CHALLENGED;
		if (segment->length == 0 && !(segment->flags & TCP_FIN)
		    && sender->marks & ENDPOINT_ACK_SEEN && segment->ack == sender->acked)
			record->notes |= NOTE_CHALLENGE_ACK;
	}
	sender->marks |= ENDPOINT_SPOKE;
}

void
tcp_observer_sent(struct flow *flow, const struct segment *segment, enum side side, struct frame *record)
{
	struct endpoint *sender = &flow->end[side];
	bool provisional = sender->state & STATE_PROVISIONAL;
	bool refuted;

	record->state[side] = sender->state;
	if (tcp_observer_is_garbage(segment->flags))
		return;
	if (segment->flags & TCP_RST) {
		sent_reset(flow, segment, side, record);
		return;
	}
	if (!(segment->flags & TCP_SYN)) {
		sent_ordinary(flow, segment, side, record);
		return;
	}
	refuted = segment->flags & TCP_ACK ? sent_syn_ack(sender, segment)
	    : sent_syn(flow, side);
	if (refuted)
		record->traits |= FRAME_REFUTES;
	else if (provisional && !(sender->state & STATE_PROVISIONAL))
		record->traits |= FRAME_CONFIRMS;
	record->state[side] = sender->state;
}

static void
received_syn(struct endpoint *receiver)
{
	const uint16_t open_to = SET(TCP_UNKNOWN) | SET(TCP_CLOSED) | SET(TCP_LISTEN) | SET(TCP_SYN_SENT);

	if (receiver->possible & open_to) {
		end_set(receiver, SET(TCP_SYN_RECEIVED), true);
		receiver->before_reset = 0;
	}
}

static void
received_syn_ack(struct endpoint *receiver, const struct segment *segment)
{
	bool fits = !(receiver->marks & ENDPOINT_SYN_SEEN)
	    || (seqnum_after(segment->ack, receiver->isn) && seqnum_at_most(segment->ack, receiver->next));
	const uint16_t waiting = SET(TCP_UNKNOWN) | SET(TCP_SYN_SENT) | SET(TCP_SYN_RECEIVED);

	if (fits && receiver->possible & waiting && tcp_state_set_is_single(receiver->possible))
		end_set(receiver, SET(TCP_ESTABLISHED), true);
}

static void
received_reset(struct flow *flow, const struct segment *segment, enum side side)
{
	struct endpoint *sender = &flow->end[side], *receiver = &flow->end[side_other(side)];
	uint16_t after;

	if (receiver->possible == SET(TCP_CLOSED) || receiver->possible == SET(TCP_LISTEN)
	    || !reset_counts(sender, receiver, segment))
		return;
	after = tcp_state_set_after(receiver->possible & SET(TCP_UNKNOWN) ? SET(TCP_UNKNOWN) : receiver->possible,
	    EVENT_RECEIVE_RST);
	/* Who opened actively has no LISTEN to fall back to. */
	if (after & SET(TCP_LISTEN) && (flow->marks & FLOW_SIMULTANEOUS_OPEN || !tcp_state_set_is_single(after)))
		after = SET(TCP_CLOSED);
	receiver->before_reset = receiver->possible;
	end_set(receiver, after, true);
}

/* Whose peer sends new data hasn't received its FIN: knowledge about the past, not an assumption. */
static void
narrow_by_peer(struct endpoint *receiver)
{
	uint16_t set = receiver->possible & SET(TCP_UNKNOWN) ? TCP_STATE_SYNCHRONIZED : receiver->possible;

	end_set(receiver, tcp_state_set_narrowed(set, SET(TCP_ESTABLISHED) | SET(TCP_FIN_WAIT_1) | SET(TCP_FIN_WAIT_2)), false);
}

static void
received_ordinary(struct flow *flow, const struct segment *segment, enum side side, const struct frame *record)
{
	const struct endpoint *sender = &flow->end[side];
	struct endpoint *receiver = &flow->end[side_other(side)];
	uint16_t found, after;

	if (record->traits & FRAME_NEW_DATA && (!tcp_state_set_is_single(receiver->possible)
	    || receiver->possible & SET(TCP_UNKNOWN)))
		narrow_by_peer(receiver);
	found = after = receiver->possible;
	if (found == SET(TCP_CLOSED) || found == SET(TCP_LISTEN))
		return;
	if (after == SET(TCP_SYN_RECEIVED) && seqnum_after(segment->ack, receiver->isn)
	    && (!(receiver->marks & ENDPOINT_SYN_SEEN) || seqnum_at_most(segment->ack, receiver->next)))
		after = tcp_state_set_after(after, EVENT_RECEIVE_ACK_OF_SYN);
	if (receiver->marks & ENDPOINT_FIN_SENT && !(receiver->marks & ENDPOINT_FIN_ACKED)
	    && seqnum_after(segment->ack, receiver->fin) && !analysis_acks_beyond_fin(receiver, segment->ack)) {
		receiver->before_ack = (uint8_t)shown_state_of(receiver->state);
		receiver->marks |= ENDPOINT_FIN_ACKED;
		after = tcp_state_set_after(after, EVENT_RECEIVE_ACK_OF_FIN);
	}
	if (sender->marks & ENDPOINT_FIN_SENT && !(receiver->marks & ENDPOINT_FIN_RECEIVED)
	    && (segment->flags & TCP_FIN || segment->length > 0 || seqnum_after(segment->seq, sender->fin))
	    && seqnum_after(sender->contiguous, sender->fin)) {
		receiver->before_fin = found;
		receiver->marks |= ENDPOINT_FIN_RECEIVED;
		if (after & SET(TCP_UNKNOWN))
			after = TCP_STATE_SYNCHRONIZED & (uint16_t)~SET(TCP_SYN_RECEIVED);
		after = tcp_state_set_after(after, EVENT_RECEIVE_FIN);
	}
	if (after != found)
		end_set(receiver, after, true);
}

void
tcp_observer_received(struct flow *flow, const struct segment *segment, enum side side, struct frame *record)
{
	struct endpoint *receiver = &flow->end[side_other(side)];

	if (!tcp_observer_is_garbage(segment->flags)) {
		if (segment->flags & TCP_RST)
			received_reset(flow, segment, side);
		else if (!(segment->flags & TCP_SYN))
			received_ordinary(flow, segment, side, record);
		else if (segment->flags & TCP_ACK)
			received_syn_ack(receiver, segment);
		else
			received_syn(receiver);
	}
	record->state[side_other(side)] = receiver->state;
}

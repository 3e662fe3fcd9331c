/*
 * One connection: puts state machine and analysis together and keeps the
 * counters.  Decides who is the client and what the relative numbers count
 * from.  Knows no other connection and no clock but the packets' own.
 */
#include "tcp/flow.h"

#include <stddef.h>
#include <string.h>

#include "packet/seqnum.h"
#include "tcp/analysis.h"
#include "tcp/service.h"
#include "tcp/tcp_observer.h"
#include "tcp/tcp_state.h"

#define TIME_WAIT_NANOSECONDS	60000000000ULL	/* Linux's; the RFC says two to four minutes */

static bool
is_clean_syn(uint16_t flags)
{
	return flags & TCP_SYN && !(flags & (TCP_FIN | TCP_RST));
}

/* Whether the first segment's sender is the client. */
static bool
sender_is_client(const struct segment *segment)
{
	bool source_serves, target_serves;

	if (is_clean_syn(segment->flags))
		return !(segment->flags & TCP_ACK);
	source_serves = service_name(segment->source_port) != NULL;
	target_serves = service_name(segment->target_port) != NULL;
	return !source_serves || target_serves;
}

void
flow_init(struct flow *flow, const struct segment *segment, uint32_t id)
{
	enum side sender = sender_is_client(segment) ? CLIENT : SERVER;

	memset(flow, 0, sizeof *flow);
	flow->id = flow->number = id;
	flow->family = segment->family;
	memcpy(flow->address[sender], segment->source, sizeof segment->source);
	memcpy(flow->address[side_other(sender)], segment->target, sizeof segment->target);
	flow->port[sender] = segment->source_port;
	flow->port[side_other(sender)] = segment->target_port;
	flow->first_time = flow->last_time = segment->time;
	flow->first_frame = segment->frame;
	flow->end[CLIENT].possible = flow->end[SERVER].possible = 1 << TCP_UNKNOWN;
	flow->end[CLIENT].scale = flow->end[SERVER].scale = SEGMENT_NO_SCALE;
	if (is_clean_syn(segment->flags))
		flow->marks = FLOW_HANDSHAKE | FLOW_ORIENTED;
}

void
flow_fini(struct flow *flow)
{
	analysis_fini(flow);
}

enum side
flow_sender(const struct flow *flow, const struct segment *segment)
{
	bool client = segment->source_port == flow->port[CLIENT]
	    && segment_same_address(segment->source, flow->address[CLIENT]);
	bool server = segment->source_port == flow->port[SERVER]
	    && segment_same_address(segment->source, flow->address[SERVER]);

	if (client && server && segment->flags & TCP_ACK && flow->end[CLIENT].marks & ENDPOINT_ISN) {
		/* A connection to itself: who acknowledges the client's numbers is the server. */
		return segment->ack - flow->end[CLIENT].isn - 1 < 1U << 30
		    && segment->seq - flow->end[CLIENT].isn > 1U << 30 ? SERVER : CLIENT;
	}
	return client ? CLIENT : SERVER;
}

bool
flow_is_unanswered(const struct flow *flow)
{
	const uint32_t client = flow->end[CLIENT].marks, server = flow->end[SERVER].marks;

	return (client & ENDPOINT_SYN_SEEN && !(server & ENDPOINT_SEEN))
	    || (server & ENDPOINT_SYN_SEEN && !(client & ENDPOINT_SEEN));
}

/* Whether an acknowledgment covers this end's SYN and nothing that it hasn't sent (RFC 9293, 3.10.7.3). */
static bool
covers_syn(const struct endpoint *opener, uint32_t ack)
{
	return opener->marks & ENDPOINT_SYN_SEEN && seqnum_after(ack, opener->isn) && seqnum_at_most(ack, opener->next);
}

/*
 * Whether a SYN-ACK answers the SYN of an end that has sent nothing else, and is the first that does: a reset before it,
 * accepted or not, doesn't make another connection of it, nor does what an older connection said.
 */
static bool
is_first_answer(const struct flow *flow, const struct segment *segment, enum side side)
{
	const struct endpoint *sender = &flow->end[side], *opener = &flow->end[side_other(side)];

	return segment->flags & TCP_ACK && !(opener->marks & ENDPOINT_SPOKE) && covers_syn(opener, segment->ack)
	    && (!(sender->marks & ENDPOINT_SYN_SEEN)
	    || (opener->possible == 1 << TCP_SYN_SENT && !covers_syn(opener, sender->acked)));
}

bool
flow_begins_anew(const struct flow *flow, const struct segment *segment)
{
	enum side side = flow_sender(flow, segment);
	const struct endpoint *sender = &flow->end[side], *receiver = &flow->end[side_other(side)];

	if (!is_clean_syn(segment->flags))
		return false;
	if (sender->marks & ENDPOINT_ISN && segment->seq == sender->isn)
		/* Its own number again. A midstream guess must not turn the ends round afterwards. */
		return !(flow->marks & FLOW_ORIENTED) && (segment->flags & TCP_ACK ? SERVER : CLIENT) != side;
	/* Who has asked itself answers the other's SYN, however oddly (a split handshake). */
	if (segment->flags & TCP_ACK && side == CLIENT && sender->marks & ENDPOINT_SYN_SEEN
	    && !(sender->marks & ENDPOINT_SPOKE))
		return false;
	if (is_first_answer(flow, segment, side))
		return false;
	if (sender->marks & (ENDPOINT_SYN_SEEN | ENDPOINT_SPOKE))
		return true;
	/* First words of this end: the answer to a SYN, or a simultaneous open. */
	return !(flow->marks & FLOW_HANDSHAKE) || receiver->marks & ENDPOINT_SPOKE
	    || receiver->possible == 1 << TCP_CLOSED;
}

void
flow_supersede(struct flow *flow, const struct segment *segment)
{
	enum side sender = flow_sender(flow, segment);
	struct endpoint *receiver = &flow->end[side_other(sender)], *opener = &flow->end[sender];

	flow->marks |= FLOW_SUPERSEDED;
	if (segment->flags & TCP_ACK)
		return;
	flow->marks |= sender == CLIENT ? FLOW_RESTARTED_BY_CLIENT : FLOW_RESTARTED_BY_SERVER;
	receiver->marks |= ENDPOINT_CHALLENGED;
	/* Unless the SYN was forged, this end has forgotten the connection. */
	if (opener->state != TCP_UNKNOWN)
		opener->state |= STATE_PROVISIONAL;
}

uint32_t
flow_relative(const struct flow *flow, enum side side, uint32_t absolute)
{
	return absolute - flow->end[side].isn;
}

uint32_t
flow_window(const struct flow *flow, const struct frame *frame)
{
	if (frame->traits & FRAME_WINDOW_SCALED)
		return (uint32_t)frame->window << flow->end[frame_from(frame)].scale;
	return frame->window;
}

bool
flow_window_is_known(const struct flow *flow, const struct frame *frame)
{
	bool both = true;

	if (frame->flags & TCP_SYN || frame->window == 0 || frame->traits & FRAME_WINDOW_SCALED)
		return true;
	for (enum side side = CLIENT; side < SIDES; side++) {
		bool seen = flow->end[side].marks & ENDPOINT_SYN_SEEN;

		/* a single SYN without the option, and nobody scales */
		if (seen && !(flow->end[side].marks & ENDPOINT_SCALE))
			return true;
		both = both && seen;
	}
	return both && flow->end[frame_from(frame)].scale == 0;
}

shown_state
flow_state_lapsed(shown_state state, uint64_t last_time, uint64_t now)
{
	if (shown_state_of(state) == TCP_TIME_WAIT && now > last_time && now - last_time >= TIME_WAIT_NANOSECONDS)
		return TCP_CLOSED | STATE_PROVISIONAL;
	return state;
}

shown_state
flow_state_at(const struct flow *flow, enum side side, uint64_t now)
{
	return flow_state_lapsed(flow->end[side].state, flow->last_time, now);
}

/* What relative numbers count from, and what the options of a SYN settle. */
static void
learn_bases(struct flow *flow, const struct segment *segment, enum side side)
{
	struct endpoint *sender = &flow->end[side], *receiver = &flow->end[side_other(side)];

	if (is_clean_syn(segment->flags)) {
		if (sender->marks & ENDPOINT_SYN_SEEN && sender->isn != segment->seq && is_first_answer(flow, segment, side)) {
			/* What didn't answer the SYN was somebody else's, and so was what became of it. */
			sender->marks &= ~(uint32_t)(ENDPOINT_SYN_SEEN | ENDPOINT_SCALE | ENDPOINT_SACK | ENDPOINT_MSS);
			sender->possible = 1 << TCP_SYN_RECEIVED;
			sender->state = TCP_SYN_RECEIVED | STATE_PROVISIONAL;
		}
		if (!(sender->marks & ENDPOINT_SYN_SEEN)) {
			if (!(sender->marks & ENDPOINT_ISN) || sender->isn != segment->seq)
				sender->marks &= ~(uint32_t)(ENDPOINT_SEEN | ENDPOINT_SPOKE | ENDPOINT_ACK_SEEN);
			sender->isn = segment->seq;
			sender->scale = segment->scale;
			sender->mss = segment->mss;
			sender->marks |= ENDPOINT_ISN | (segment->scale != SEGMENT_NO_SCALE ? ENDPOINT_SCALE : 0)
			    | (segment->traits & SEGMENT_SACK_PERMITTED ? ENDPOINT_SACK : 0)
			    | (segment->traits & SEGMENT_MSS ? ENDPOINT_MSS : 0)
			    | (segment->traits & SEGMENT_FAST_OPEN || segment->length > 0 ? ENDPOINT_FAST_OPEN : 0);
			if (sender->scale > 14 && sender->scale != SEGMENT_NO_SCALE)
				sender->scale = 14;	/* RFC 7323, 2.3 */
		}
		flow->marks |= FLOW_HANDSHAKE;
	} else if (!(sender->marks & ENDPOINT_ISN)) {
		sender->isn = segment->seq - 1;
		sender->marks |= ENDPOINT_ISN;
	}
	if (segment->flags & TCP_ACK && !(receiver->marks & (ENDPOINT_ISN | ENDPOINT_SEEN))
	    && !(segment->flags & TCP_RST)) {
		receiver->isn = segment->ack - 1;
		receiver->marks |= ENDPOINT_ISN;
	}
}

/* As Wireshark counts: a SYN counts as nothing else, an ACK only without payload. */
static void
count_completeness(struct flow *flow, const struct segment *segment)
{
	const uint16_t flags = segment->flags;
	uint8_t seen = 0;

	if (flags & TCP_SYN) {
		seen = flags & TCP_ACK ? COMPLETE_SYN_ACK
		    : segment->length > 0 ? COMPLETE_SYN | COMPLETE_DATA : COMPLETE_SYN;
	} else {
		if (flags & TCP_FIN)
			seen |= COMPLETE_FIN;
		if (flags & TCP_RST)
			seen |= COMPLETE_RST;
		if (segment->length > 0)
			seen |= COMPLETE_DATA;
		else if (flags & TCP_ACK)
			seen |= COMPLETE_ACK;
	}
	flow->completeness |= seen;
}

uint8_t
flow_completeness(const struct flow *flow)
{
	if (flow->end[CLIENT].frames + flow->end[SERVER].frames == 1 && !(flow->completeness & COMPLETE_SYN))
		return 0;
	return flow->completeness;
}

/*
 * The round trip of the handshake, from the SYN that was answered to the ACK
 * that completes it.  Of a SYN that was sent again before the answer, the
 * last one counts (Karn's doubt).
 */
static void
time_handshake(struct flow *flow, const struct segment *segment, enum side side)
{
	const struct endpoint *client = &flow->end[CLIENT], *server = &flow->end[SERVER];

	if (is_clean_syn(segment->flags)) {
		if (!(segment->flags & TCP_ACK)) {
			if (flow->syn_time == 0 || !(flow->completeness & COMPLETE_SYN_ACK))
				flow->syn_time = segment->time;
		} else if (side == SERVER && client->marks & ENDPOINT_SYN_SEEN && !(client->marks & ENDPOINT_SPOKE))
			flow->syn_time = client->ack_time;	/* so far it has sent nothing but its SYN */
	} else if (flow->first_rtt == 0 && flow->syn_time != 0 && side == CLIENT
	    && (segment->flags & (TCP_ACK | TCP_RST)) == TCP_ACK && flow->completeness & COMPLETE_SYN_ACK
	    && client->marks & server->marks & ENDPOINT_SYN_SEEN
	    && seqnum_at_least(segment->ack, server->isn + 1))
		flow->first_rtt = 1 + (segment->time > flow->syn_time ? segment->time - flow->syn_time : 0);
}

static void
fill_record(const struct flow *flow, const struct segment *segment, enum side side, struct frame *record)
{
	record->time = segment->time;
	record->locator = segment->locator;
	record->number = segment->frame;
	record->flow = flow->id;
	record->seq = segment->seq;
	record->ack = segment->ack;
	record->length = segment->length;
	record->notes = segment->traits & SEGMENT_FRAGMENT ? NOTE_FRAGMENT : 0;
	record->window = segment->window;
	record->flags = segment->flags & TCP_FLAGS_ALL;
	record->header = segment->header;
	record->cut = (segment->traits & SEGMENT_CUT) != 0;
	record->traits = (uint8_t)((side == SERVER ? FRAME_FROM_SERVER : 0)
	    | (segment->traits & SEGMENT_TIMESTAMP ? FRAME_TIMESTAMP : 0));
	record->duplicate_ack = 0;
}

static void
count_segment(struct flow *flow, const struct segment *segment, struct endpoint *sender)
{
	sender->frames++;
	sender->bytes += segment->length;
	/* known from the kernel until now: when that was listed is no time of its frames */
	if (flow->first_frame == 0) {
		flow->first_frame = segment->frame;
		flow->first_time = flow->last_time = segment->time;
	}
	if (segment->time > flow->last_time)
		flow->last_time = segment->time;
	else if (segment->time < flow->first_time)
		flow->first_time = segment->time;
}

/* The everyday segment: both ends known to be ESTABLISHED, nothing but data and ACKs. */
static bool
is_everyday(const struct flow *flow, uint16_t flags)
{
	return (flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)) == TCP_ACK
	    && flow->end[CLIENT].state == TCP_ESTABLISHED && flow->end[SERVER].state == TCP_ESTABLISHED
	    && !((flow->end[CLIENT].marks | flow->end[SERVER].marks) & (ENDPOINT_FIN_SENT | ENDPOINT_CHALLENGED));
}

void
flow_apply(struct flow *flow, const struct segment *segment, enum side side, bool duplicate, struct frame *record)
{
	struct endpoint *sender = &flow->end[side];

	fill_record(flow, segment, side, record);
	if (analysis_window(flow, segment, side) != segment->window)
		record->traits |= FRAME_WINDOW_SCALED;
	if (duplicate && sender->marks & ENDPOINT_SEEN) {
		record->notes |= NOTE_DUPLICATE_CAPTURE;
		record->state[CLIENT] = flow->end[CLIENT].state;
		record->state[SERVER] = flow->end[SERVER].state;
		count_segment(flow, segment, sender);
		return;
	}
	time_handshake(flow, segment, side);
	learn_bases(flow, segment, side);
	record->notes |= analysis_notes(flow, segment, side, &record->duplicate_ack);
	if ((segment->sack_count > 0 || flow->extra != NULL) && analysis_proves_needless(flow, segment, side))
		record->traits |= FRAME_PROVES_NEEDLESS;
	if (flow->reused != 0 && flow->end[CLIENT].frames + flow->end[SERVER].frames == 0)
		record->notes |= NOTE_REUSED_PORTS;
	if (segment->traits & SEGMENT_FAST_OPEN
	    || ((segment->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && segment->length > 0))
		record->notes |= NOTE_FAST_OPEN;
	if (is_everyday(flow, segment->flags)) {
		if (segment->length > 0 && !(record->notes & (NOTES_RESENT | NOTE_OUT_OF_ORDER | NOTE_KEEP_ALIVE)))
			record->traits |= FRAME_NEW_DATA;
		record->state[CLIENT] = record->state[SERVER] = TCP_ESTABLISHED;
		sender->marks |= ENDPOINT_SPOKE;
		analysis_update(flow, segment, side, record->notes);
	} else {
		tcp_observer_sent(flow, segment, side, record);
		/* The answer sent again: the ACK that seemed to complete the handshake hadn't arrived. */
		if (record->traits & FRAME_REFUTES && is_clean_syn(segment->flags) && segment->flags & TCP_ACK)
			flow->first_rtt = 0;
		analysis_update(flow, segment, side, record->notes);
		if (is_clean_syn(segment->flags))
			sender->marks |= ENDPOINT_SYN_SEEN;
		tcp_observer_received(flow, segment, side, record);
	}
	if (record->notes != 0)
		flow->marks |= FLOW_TROUBLE;
	count_completeness(flow, segment);
	count_segment(flow, segment, sender);
}

void
flow_apply_icmp(struct flow *flow, const struct segment *quote, struct frame *record)
{
	fill_record(flow, quote, flow_sender(flow, quote), record);
	if (flow->first_frame == 0) {	/* now there is something of it that was captured */
		flow->first_frame = quote->frame;
		flow->first_time = flow->last_time = quote->time;
	}
	record->notes = NOTE_ICMP_ERROR;
	record->ack = frame_icmp_told(quote);
	record->duplicate_ack = quote->family;
	record->state[CLIENT] = flow->end[CLIENT].state;
	record->state[SERVER] = flow->end[SERVER].state;
	flow->marks |= FLOW_ICMP;
	flow->marks |= FLOW_TROUBLE;
}

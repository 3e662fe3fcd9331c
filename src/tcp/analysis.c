/*
 * The notes on a segment.  The names and the order of questions are those
 * that Wireshark's users know; where a segment can be told better, it is: an
 * empty segment below a closed window is a probe of it (Linux probes so) and
 * no keep-alive, the first ACK of a connection updates no window, and an ACK
 * is a duplicate only while something is outstanding (RFC 5681, section 2).
 */
#include "tcp/analysis.h"

#include <stdlib.h>

#include "base/memory.h"
#include "packet/seqnum.h"
#include "tcp/ranges.h"

/* Times in ns. */
#define FAST_RETRANSMISSION_WITHIN	20000000ULL	/* after the last duplicate ACK */
#define OUT_OF_ORDER_WITHIN		3000000ULL	/* when the round trip isn't known */

/* The last segment that an end sent again and that hasn't been acknowledged since (RFC 3522). */
struct again {
	uint32_t seq, tsval;
	bool pending;
};

struct flow_extra {
	struct ranges *shown[SIDES];
	struct sack_block sack[SIDES][SEGMENT_SACK_MAX];	/* of the end's last ACK */
	uint8_t sack_count[SIDES];
	struct again again[SIDES];
};

static struct flow_extra *
extra_of(struct flow *flow)
{
	if (flow->extra == NULL)
		flow->extra = memory_new(sizeof *flow->extra);
	return flow->extra;
}

uint32_t
analysis_window(const struct flow *flow, const struct segment *segment, enum side sender)
{
	const uint32_t both = flow->end[CLIENT].marks & flow->end[SERVER].marks;

	if (segment->flags & TCP_SYN || !(both & ENDPOINT_SYN_SEEN) || !(both & ENDPOINT_SCALE))
		return segment->window;
	return (uint32_t)segment->window << flow->end[sender].scale;
}

static uint64_t
since(uint64_t now, uint64_t then)
{
	return now > then ? now - then : 0;
}

/* Whether a byte of it is still outstanding: what is sent then is no keep-alive (RFC 9293, 3.8.4, MUST-26). */
static bool
is_outstanding(const struct endpoint *receiver, const struct segment *segment)
{
	return segment->length > 0 && receiver->marks & ENDPOINT_ACK_SEEN && seqnum_at_most(receiver->acked, segment->seq);
}

/* Segments without payload that repeat the sender's numbers, and those that probe or announce windows. */
static uint32_t
notes_on_windows(const struct flow *flow, const struct segment *segment, enum side side, uint8_t *duplicate_ack)
{
	const struct endpoint *sender = &flow->end[side], *receiver = &flow->end[side_other(side)];
	const uint32_t both = sender->marks & receiver->marks;
	uint32_t window = analysis_window(flow, segment, side);
	bool handshake = !(sender->marks & ENDPOINT_SPOKE);	/* nothing but a SYN, or a RST */
	uint32_t notes = 0;
	bool still, same_window;

	if (segment->length <= 1 && sender->marks & ENDPOINT_SEEN && receiver->marks & (ENDPOINT_SPOKE | ENDPOINT_SYN_SEEN)
	    && receiver->window == 0
	    && (segment->seq == sender->next - 1 || (segment->length == 1 && segment->seq == sender->next)))
		notes |= NOTE_ZERO_WINDOW_PROBE;
	else if (segment->length <= 1 && sender->marks & ENDPOINT_SPOKE && segment->seq == sender->next - 1
	    && !is_outstanding(receiver, segment))
		notes |= NOTE_KEEP_ALIVE;
	if (segment->window == 0)
		notes |= NOTE_ZERO_WINDOW;
	if (segment->length > 0 && !(notes & NOTE_ZERO_WINDOW_PROBE)
	    && receiver->marks & ENDPOINT_SPOKE && receiver->window > 0
	    && (both & ENDPOINT_SYN_SEEN)
	    && segment->seq + segment->length == receiver->last_ack + receiver->window)
		notes |= NOTE_WINDOW_FULL;
	still = segment->length == 0 && sender->marks & ENDPOINT_ACK_SEEN && segment->seq == sender->next
	    && segment->ack == sender->last_ack && (!handshake || segment->sack_count > 0);
	if (!still)
		return notes;
	same_window = window == sender->window || handshake;	/* a SYN-ACK's isn't scaled */
	if (receiver->last_notes & NOTE_KEEP_ALIVE && same_window && window > 0)
		return notes | NOTE_KEEP_ALIVE_ACK;
	if (receiver->last_notes & NOTE_ZERO_WINDOW_PROBE && same_window && window == 0)
		return notes | NOTE_ZERO_WINDOW_PROBE_ACK;
	if (!same_window && window > 0)
		return notes | NOTE_WINDOW_UPDATE;
	if (window > 0 && (seqnum_after(receiver->next, segment->ack) || segment->sack_count > 0)) {
		*duplicate_ack = sender->duplicate_acks < UINT8_MAX ? (uint8_t)(sender->duplicate_acks + 1) : UINT8_MAX;
		return notes | NOTE_DUPLICATE_ACK;
	}
	return notes;
}

/* Whether the receiver has said, by its ACK, that it has all of this already. */
static bool
is_acknowledged(const struct endpoint *receiver, uint32_t end)
{
	return receiver->marks & ENDPOINT_ACK_SEEN && seqnum_at_most(end, receiver->acked);
}

/* Whether the receiver's last ACK said that it has all of this, or (above) something behind it (RFC 2018). */
static bool
is_sacked(const struct flow *flow, enum side receiver, uint32_t seq, uint32_t end, bool above)
{
	const struct flow_extra *extra = flow->extra;

	if (extra == NULL)
		return false;
	for (unsigned i = 0; i < extra->sack_count[receiver]; i++) {
		const struct sack_block *block = &extra->sack[receiver][i];

		if (above ? seqnum_at_least(block->left, end)
		    : seqnum_at_most(block->left, seq) && seqnum_at_least(block->right, end))
			return true;
	}
	return false;
}

/* A segment that takes sequence numbers but doesn't advance them. */
static uint32_t
notes_on_resent(const struct flow *flow, const struct segment *segment, enum side side)
{
	const struct endpoint *sender = &flow->end[side], *receiver = &flow->end[side_other(side)];
	uint32_t end = segment->seq + segment->length + !!(segment->flags & TCP_SYN) + !!(segment->flags & TCP_FIN);
	uint64_t round_trip = flow->first_rtt > 1 ? flow->first_rtt : OUT_OF_ORDER_WITHIN;

	if (!(sender->marks & ENDPOINT_SEEN) || seqnum_at_least(segment->seq, sender->next))
		return 0;
	/* One byte below what was sent, then new ones: what a probe has begun. */
	if (segment->length > 1 && segment->seq == sender->next - 1)
		return 0;
	if (segment->length > 0 && seqnum_at_most(end, sender->next)
	    && (is_acknowledged(receiver, segment->seq + segment->length)
	    || is_sacked(flow, side_other(side), segment->seq, segment->seq + segment->length, false)))
		return NOTE_SPURIOUS_RETRANSMISSION;
	if (receiver->duplicate_acks >= 2 && receiver->last_ack == segment->seq
	    && since(segment->time, receiver->ack_time) < FAST_RETRANSMISSION_WITHIN)
		return NOTE_FAST_RETRANSMISSION;
	/* What was captured already and then answered by an ICMP error is sent again at once, not overtaken. */
	if (!(segment->flags & TCP_SYN) && since(segment->time, sender->next_time) < round_trip
	    && end != sender->next && !(flow->marks & FLOW_ICMP && seqnum_at_most(end, sender->contiguous)))
		return NOTE_OUT_OF_ORDER;
	/* The receiver has just named what lies behind the hole: no time-out was waited for (RFC 6675). */
	if (segment->length > 0 && is_sacked(flow, side_other(side), segment->seq, end, true)
	    && since(segment->time, receiver->ack_time) < FAST_RETRANSMISSION_WITHIN)
		return NOTE_FAST_RETRANSMISSION;
	return NOTE_RETRANSMISSION;
}

bool
analysis_proves_needless(const struct flow *flow, const struct segment *segment, enum side side)
{
	const struct sack_block *sack = segment->sack;
	const struct again *again = flow->extra != NULL ? &flow->extra->again[side_other(side)] : NULL;

	if (!(segment->flags & TCP_ACK) || segment->flags & (TCP_SYN | TCP_RST))
		return false;
	/* RFC 2883: the first block lies below the ACK or within the second. */
	if (segment->sack_count > 0 && (seqnum_at_most(sack[0].right, segment->ack)
	    || (segment->sack_count > 1 && seqnum_at_least(sack[0].left, sack[1].left)
	    && seqnum_at_most(sack[0].right, sack[1].right))))
		return true;
	/* RFC 3522: the ACK of what was sent again echoes an older timestamp, that of what was sent first. */
	return again != NULL && again->pending && segment->traits & SEGMENT_TIMESTAMP
	    && seqnum_after(segment->ack, again->seq) && seqnum_before(segment->tsecr, again->tsval);
}

/* What the next segments are held against: the receiver's blocks, and what was sent again. */
static void
remember_trouble(struct flow *flow, const struct segment *segment, enum side side, uint32_t notes)
{
	struct flow_extra *extra;

	if (segment->sack_count == 0 && !(notes & NOTES_RESENT) && flow->extra == NULL)
		return;
	extra = extra_of(flow);
	if (segment->flags & TCP_ACK) {
		struct again *peers = &extra->again[side_other(side)];

		for (unsigned i = 0; i < segment->sack_count; i++)
			extra->sack[side][i] = segment->sack[i];
		extra->sack_count[side] = segment->sack_count;
		if (peers->pending && seqnum_after(segment->ack, peers->seq))
			peers->pending = false;
	}
	if (notes & (NOTE_RETRANSMISSION | NOTE_FAST_RETRANSMISSION) && segment->length > 0
	    && segment->traits & SEGMENT_TIMESTAMP && !extra->again[side].pending)
		extra->again[side] = (struct again){ .seq = segment->seq, .tsval = segment->tsval, .pending = true };
}

uint32_t
analysis_notes(const struct flow *flow, const struct segment *segment, enum side side, uint8_t *duplicate_ack)
{
	const struct endpoint *sender = &flow->end[side], *receiver = &flow->end[side_other(side)];
	uint32_t notes = 0;

	*duplicate_ack = 0;
	if (!(segment->flags & (TCP_SYN | TCP_FIN | TCP_RST)))
		notes |= notes_on_windows(flow, segment, side, duplicate_ack);
	if (sender->marks & ENDPOINT_SEEN && seqnum_after(segment->seq, sender->next)
	    && !(segment->flags & (TCP_SYN | TCP_RST)))
		notes |= NOTE_LOST_SEGMENT;
	if (segment->flags & TCP_ACK && !(segment->flags & TCP_RST) && receiver->marks & ENDPOINT_SEEN
	    && seqnum_after(segment->ack, receiver->contiguous) && !analysis_acks_beyond_fin(receiver, segment->ack))
		notes |= NOTE_ACK_LOST_SEGMENT;
	if ((segment->length > 0 || segment->flags & (TCP_SYN | TCP_FIN)) && !(segment->flags & TCP_RST)
	    && !(notes & (NOTE_KEEP_ALIVE | NOTE_ZERO_WINDOW_PROBE)))
		notes |= notes_on_resent(flow, segment, side);
	return notes;
}

/* What lies behind `contiguous` without a gap was captured, too. */
static void
extend_contiguous(struct endpoint *end, const struct ranges *shown)
{
	for (uint32_t i = 0; i < shown->count; i++)
		if (seqnum_at_most(shown->range[i].left, end->contiguous)
		    && seqnum_after(shown->range[i].right, end->contiguous))
			end->contiguous = shown->range[i].right;
}

/* Counts what of the payload is new, and moves `contiguous` on, once there was a gap or an overlap. */
static void
update_ranges(struct flow *flow, const struct segment *segment, enum side side)
{
	struct endpoint *sender = &flow->end[side];
	uint32_t data = segment->seq + !!(segment->flags & TCP_SYN);
	uint32_t end = data + segment->length + !!(segment->flags & TCP_FIN);
	struct ranges *shown;

	shown = extra_of(flow)->shown[side];
	if (shown == NULL) {
		uint32_t first = sender->isn + 1;

		shown = flow->extra->shown[side] = memory_new(sizeof *shown);
		/* An empty segment may have moved `next` on over what is missing. */
		if (seqnum_before(sender->contiguous, sender->next))
			ranges_add(shown, first, sender->contiguous);
		else if (seqnum_after(sender->next, first))
			ranges_add(shown, first, sender->next);
	}
	sender->stream += ranges_add(shown, data, data + segment->length);
	ranges_add(shown, data, end);
	extend_contiguous(sender, shown);
}

static void
update_numbers(struct flow *flow, const struct segment *segment, enum side side, uint32_t notes)
{
	struct endpoint *sender = &flow->end[side];
	uint32_t taken = segment->length + !!(segment->flags & TCP_SYN) + !!(segment->flags & TCP_FIN);
	uint32_t end = segment->seq + taken;
	bool first = !(sender->marks & ENDPOINT_SEEN);

	if (first) {
		sender->next = sender->contiguous = end;
		sender->next_time = segment->time;
		sender->stream += segment->length;
		return;
	}
	if (taken == 0 && segment->seq == sender->next)
		return;
	if (segment->flags & TCP_RST) {
		if (segment->length > 0)
			update_ranges(flow, segment, side);
		return;
	}
	if (segment->seq == sender->next && (flow->extra == NULL || flow->extra->shown[side] == NULL)
	    && !(notes & NOTE_ZERO_WINDOW_PROBE)) {
		sender->next = sender->contiguous = end;
		sender->next_time = segment->time;
		sender->stream += segment->length;
		return;
	}
	if (taken > 0)
		update_ranges(flow, segment, side);
	if (seqnum_after(end, sender->next) && !(notes & NOTE_ZERO_WINDOW_PROBE)) {
		sender->next = end;
		sender->next_time = segment->time;
	}
}

void
analysis_update(struct flow *flow, const struct segment *segment, enum side side, uint32_t notes)
{
	struct endpoint *sender = &flow->end[side], *receiver = &flow->end[side_other(side)];

	update_numbers(flow, segment, side, notes);
	/* What a RST acknowledges that doesn't count may be anything. */
	if (segment->flags & TCP_ACK && (!(segment->flags & TCP_RST) || sender->marks & ENDPOINT_RESET)) {
		if (notes & NOTE_DUPLICATE_ACK) {
			if (sender->duplicate_acks < UINT8_MAX)
				sender->duplicate_acks++;
		} else if (segment->ack != sender->last_ack) {
			sender->duplicate_acks = 0;
		}
		/* A higher one that acknowledged what the peer hasn't sent by now was never valid. */
		if (!(sender->marks & ENDPOINT_ACK_SEEN) || seqnum_after(segment->ack, sender->acked)
		    || (receiver->marks & ENDPOINT_SEEN && seqnum_after(sender->acked, receiver->next)))
			sender->acked = segment->ack;
		sender->last_ack = segment->ack;
		sender->marks |= ENDPOINT_ACK_SEEN;
		/* The byte of a window probe that was taken: what follows it leaves no gap. */
		if (receiver->last_notes & NOTE_ZERO_WINDOW_PROBE && seqnum_after(segment->ack, receiver->next)
		    && seqnum_at_most(segment->ack, receiver->contiguous))
			receiver->next = segment->ack;
		/* What was acknowledged is there, whether captured or not; but a SYN-ACK may be another connection's. */
		if (notes & NOTE_ACK_LOST_SEGMENT && !(segment->flags & TCP_SYN)) {
			receiver->contiguous = segment->ack;
			if (flow->extra != NULL && flow->extra->shown[side_other(side)] != NULL)
				extend_contiguous(receiver, flow->extra->shown[side_other(side)]);
		}
	}
	sender->ack_time = segment->time;
	if (!(segment->flags & TCP_RST))
		sender->window = analysis_window(flow, segment, side);
	sender->last_notes = (uint16_t)notes;
	if (segment->traits & SEGMENT_TIMESTAMP)
		sender->marks |= ENDPOINT_TIMESTAMP;
	if (notes & NOTES_RESENT)
		sender->resent++;
	remember_trouble(flow, segment, side, notes);
	sender->marks |= ENDPOINT_SEEN;
}

void
analysis_fini(struct flow *flow)
{
	if (flow->extra == NULL)
		return;
	free(flow->extra->shown[CLIENT]);
	free(flow->extra->shown[SERVER]);
	free(flow->extra);
	flow->extra = NULL;
}

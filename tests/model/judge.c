/*
 * Compares, and knows what can't be known.  An observer sees numbers, flags
 * and their order at one place.  He doesn't see which of the segments that
 * passed him arrived, what was lost before it came to him, nor what an
 * application has called.  Two endpoints with different states may so leave
 * the same trace; each row of the table below is one kind of such a pair,
 * with the condition on the trace under which it exists.
 */
#include "judge.h"

#include <stdio.h>
#include <string.h>

#include "packet/segment.h"
#include "tcp/flow.h"
#include "tcp/flow_table.h"

/* Whether a lies behind b, modulo 2^32: the judge's own, like the rest of the model. */
static bool
is_past(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

static const int told[MODEL_STATES] = {
	[MODEL_CLOSED] = TCP_CLOSED, [MODEL_LISTEN] = TCP_LISTEN, [MODEL_SYN_SENT] = TCP_SYN_SENT,
	[MODEL_SYN_RECEIVED] = TCP_SYN_RECEIVED, [MODEL_ESTABLISHED] = TCP_ESTABLISHED,
	[MODEL_FIN_WAIT_1] = TCP_FIN_WAIT_1, [MODEL_FIN_WAIT_2] = TCP_FIN_WAIT_2,
	[MODEL_CLOSE_WAIT] = TCP_CLOSE_WAIT, [MODEL_CLOSING] = TCP_CLOSING, [MODEL_LAST_ACK] = TCP_LAST_ACK,
	[MODEL_TIME_WAIT] = TCP_TIME_WAIT
};

/* The trace up to a segment, as the conditions ask about it. */

static const struct sighting *
last_of(const struct judge *j)
{
	return &j->seen[j->count - 1];
}

static uint32_t
taken_by(const struct model_segment *segment)
{
	return segment->length + !!(segment->flags & MODEL_SYN) + !!(segment->flags & MODEL_FIN);
}

/* Finds the FIN of an end that fits the connection of the last segment. Returns false when none has passed. */
static bool
fin_of(const struct judge *j, unsigned from, uint32_t near, uint32_t *number)
{
	for (unsigned i = j->count; i-- > 0;) {
		const struct sighting *s = &j->seen[i];

		if (s->from == from && s->segment.flags & MODEL_FIN
		    && s->segment.seq + s->segment.length - near + 30000 < 60000) {
			*number = s->segment.seq + s->segment.length;
			return true;
		}
	}
	return false;
}

static bool
own_fin(const struct judge *j, uint32_t *number)
{
	return fin_of(j, last_of(j)->from, last_of(j)->segment.seq, number);
}

static bool
peer_fin(const struct judge *j, uint32_t *number)
{
	return fin_of(j, 1 - last_of(j)->from, last_of(j)->segment.ack, number);
}

/* Whether the peer has said, within sight, that it has everything before `number`. */
static bool
is_acknowledged(const struct judge *j, uint32_t number)
{
	for (unsigned i = 0; i < j->count; i++) {
		const struct sighting *s = &j->seen[i];

		if (s->from != last_of(j)->from && s->segment.flags & MODEL_ACK && s->segment.ack == number)
			return true;
	}
	return false;
}

/* Whether a segment has to do with the connection of the last one, by its numbers; exchanges are short. */
static bool
is_of_same_connection(const struct judge *j, const struct sighting *s)
{
	uint32_t near = s->from == last_of(j)->from ? last_of(j)->segment.seq : last_of(j)->segment.ack;

	return s->segment.seq - near + 60000 < 120000;
}

/*
 * Whether the last segment's sender can't but have received the ACK of
 * `number`: it acknowledges something of its peer's that never passed the
 * tap without that ACK.
 */
static bool
has_surely_received(const struct judge *j, uint32_t number, const struct model_segment *by)
{
	bool with = false;

	for (unsigned i = 0; i < j->count; i++) {
		const struct sighting *s = &j->seen[i];
		uint32_t end = s->segment.seq + taken_by(&s->segment);

		if (s->from == last_of(j)->from || !is_of_same_connection(j, s) || taken_by(&s->segment) == 0
		    || end != by->ack)
			continue;
		if (!(s->segment.flags & MODEL_ACK) || is_past(number, s->segment.ack))
			return false;
		with = true;
	}
	return with;
}

/* An empty segment that takes no numbers: all of its sender's past may stand behind it. */
static bool
is_bare_ack(const struct model_segment *segment)
{
	return segment->flags == MODEL_ACK && segment->length == 0;
}

/*
 * The state as far as the wire has heard of it: an application's CLOSE whose
 * FIN still waits behind data, for a window or an ACK, is a secret.
 */
static enum model_state
heard_of(const struct model_segment *segment)
{
	if (!segment->fin_waits)
		return segment->state;
	if (segment->state == MODEL_FIN_WAIT_1)
		return MODEL_ESTABLISHED;
	return segment->state == MODEL_CLOSING || segment->state == MODEL_LAST_ACK ? MODEL_CLOSE_WAIT : segment->state;
}

/* Its FIN was sent, but was lost or overtaken before it came to the tap: what follows looks like data sent again, or a gap. */
static bool
fin_not_seen(const struct judge *j)
{
	uint32_t number;

	return !own_fin(j, &number);
}

/*
 * The first of its FINs that passed already acknowledges the peer's.  There
 * may have been an earlier one, lost before the tap, or CLOSE was called
 * before the peer's FIN came and the FIN had to wait.
 */
static bool
order_of_fins_not_seen(const struct judge *j)
{
	uint32_t mine, theirs;

	if (!own_fin(j, &mine) || !peer_fin(j, &theirs))
		return false;
	for (unsigned i = 0; i < j->count; i++) {
		const struct model_segment *s = &j->seen[i].segment;

		if (j->seen[i].from == last_of(j)->from && s->flags & MODEL_FIN && s->seq + s->length == mine
		    && !is_past(s->ack, theirs))
			return false;
	}
	return true;
}

/* Its SYN-ACK was lost before the tap, so an ACK is the first that is seen of its connection. */
static bool
syn_not_seen(const struct judge *j)
{
	const struct model_segment *last = &last_of(j)->segment;

	for (unsigned i = 0; i < j->count; i++)
		if (j->seen[i].from == last_of(j)->from && j->seen[i].segment.flags & MODEL_SYN
		    && j->seen[i].segment.seq + 1 == last->seq)
			return false;
	return is_bare_ack(last);
}

/* The ACK of its FIN passed the tap. An empty segment doesn't tell whether it had arrived, unless it proves it. */
static bool
ack_of_fin_under_way(const struct judge *j)
{
	const struct model_segment *last = &last_of(j)->segment;
	uint32_t number;

	if (!is_bare_ack(last) || !own_fin(j, &number) || !is_acknowledged(j, number + 1))
		return false;
	for (unsigned i = 0; i < j->count; i++)
		if (j->seen[i].from == last_of(j)->from && j->seen[i].segment.flags & MODEL_ACK
		    && is_of_same_connection(j, &j->seen[i])
		    && has_surely_received(j, number + 1, &j->seen[i].segment))
			return false;
	return true;
}

static bool
ack_and_order_not_seen(const struct judge *j)
{
	return ack_of_fin_under_way(j) && order_of_fins_not_seen(j);
}

/* The ACK of its SYN passed the tap. An empty segment that acknowledges nothing but the peer's SYN may be older. */
static bool
ack_of_syn_under_way(const struct judge *j)
{
	const struct model_segment *last = &last_of(j)->segment;

	if (!is_bare_ack(last) || !is_acknowledged(j, last->seq))
		return false;
	for (unsigned i = 0; i < j->count; i++)
		if (j->seen[i].from != last_of(j)->from && j->seen[i].segment.flags & MODEL_SYN
		    && j->seen[i].segment.seq + 1 == last->ack)
			return true;
	return false;
}

/*
 * A RST whose number isn't the one that follows what its sender was seen to
 * send, or without ACK to an end in SYN-SENT: its receiver wouldn't believe it
 * either (RFC 5961, 3; RFC 9293, 3.10.7.3), it may come from anybody.
 */
static bool
reset_may_be_forged(const struct judge *j)
{
	const struct sighting *last = last_of(j);
	uint32_t next = 0;
	bool any = false;

	for (unsigned i = 0; i + 1 < j->count; i++) {
		const struct model_segment *s = &j->seen[i].segment;

		if (j->seen[i].from != last->from || j->seen[i].flow != last->flow || s->flags & MODEL_RST)
			continue;
		if (!any || is_past(s->seq + taken_by(s), next))
			next = s->seq + taken_by(s);
		any = true;
	}
	return last->segment.flags & MODEL_RST && (!any || last->segment.seq != next
	    || (last->shown[1 - last->from] == TCP_SYN_SENT && !(last->segment.flags & MODEL_ACK)));
}

/* Without a connection, and in SYN-SENT, an ACK that fits nothing is answered with the same RST. */
static bool
is_answer_to_stray(const struct judge *j)
{
	return last_of(j)->segment.flags == MODEL_RST;
}

/*
 * The newest of its sender's segments that passed, when that isn't the last
 * one: then this is late, or a copy.  Not a RST, nor one of a connection begun
 * since, if asked so.
 */
static const struct sighting *
overtaken_by(const struct judge *j, bool or_by_reset, bool of_same_connection)
{
	const struct sighting *newest = NULL;

	for (unsigned i = 0; i + 1 < j->count; i++)
		if (j->seen[i].from == last_of(j)->from && j->seen[i].segment.serial >= last_of(j)->segment.serial
		    && (newest == NULL || j->seen[i].segment.serial > newest->segment.serial)
		    && (or_by_reset || !(j->seen[i].segment.flags & MODEL_RST))
		    && (!of_same_connection || j->seen[i].flow == last_of(j)->flow))
			newest = &j->seen[i];
	return newest;
}

enum { ANYTHING = -1 };

static const struct allowance {
	enum model_state is;
	int shown;
	bool (*holds)(const struct judge *j);
	const char *why;
} allowances[] = {
	{ MODEL_FIN_WAIT_1, TCP_ESTABLISHED, fin_not_seen, "its FIN hasn't come to the tap" },
	{ MODEL_CLOSING, TCP_CLOSE_WAIT, fin_not_seen, "its FIN hasn't come to the tap" },
	{ MODEL_LAST_ACK, TCP_CLOSE_WAIT, fin_not_seen, "its FIN hasn't come to the tap" },
	{ MODEL_CLOSING, TCP_LAST_ACK, order_of_fins_not_seen, "which end closed first" },
	{ MODEL_TIME_WAIT, TCP_LAST_ACK, ack_and_order_not_seen, "which end closed first" },
	{ MODEL_FIN_WAIT_1, TCP_FIN_WAIT_2, ack_of_fin_under_way, "whether the ACK of its FIN has arrived" },
	{ MODEL_FIN_WAIT_2, TCP_FIN_WAIT_1, ack_of_fin_under_way, "whether the ACK of its FIN has arrived" },
	{ MODEL_CLOSING, TCP_TIME_WAIT, ack_of_fin_under_way, "whether the ACK of its FIN has arrived" },
	{ MODEL_TIME_WAIT, TCP_CLOSING, ack_of_fin_under_way, "whether the ACK of its FIN has arrived" },
	{ MODEL_SYN_RECEIVED, TCP_ESTABLISHED, ack_of_syn_under_way, "whether the ACK of its SYN has arrived" },
	{ MODEL_SYN_RECEIVED, ANYTHING, syn_not_seen, "its SYN hasn't come to the tap" },
	{ MODEL_ESTABLISHED, TCP_SYN_RECEIVED, ack_of_syn_under_way, "whether the ACK of its SYN has arrived" },
	{ MODEL_CLOSED, TCP_UNKNOWN, reset_may_be_forged, "whether a RST is forged" },
	{ MODEL_LISTEN, TCP_UNKNOWN, reset_may_be_forged, "whether a RST is forged" },
	{ MODEL_SYN_SENT, TCP_UNKNOWN, reset_may_be_forged, "whether a RST is forged" },
	{ MODEL_SYN_RECEIVED, TCP_UNKNOWN, reset_may_be_forged, "whether a RST is forged" },
	{ MODEL_CLOSED, TCP_SYN_SENT, is_answer_to_stray, "whether who began anew has given up since" },
	{ MODEL_LISTEN, TCP_SYN_SENT, is_answer_to_stray, "whether who began anew has given up since" },
	{ MODEL_SYN_SENT, TCP_CLOSED, is_answer_to_stray, "whether who knows nothing of it has begun anew" },
	{ MODEL_SYN_RECEIVED, TCP_CLOSED, is_answer_to_stray, "whether who knows nothing of it has begun anew" },
};
enum { ALLOWANCES = sizeof allowances / sizeof allowances[0], LATE = ALLOWANCES };
_Static_assert((int)LATE < (int)JUDGE_ALLOWANCES, "a counter for each");

const char *
judge_allowance(unsigned i)
{
	return i < ALLOWANCES ? allowances[i].why : i == LATE ? "late at the tap" : NULL;
}

static bool
is_same(enum model_state is, int shown)
{
	return told[is] == shown || (is == MODEL_LISTEN && shown == TCP_CLOSED)
	    || (is == MODEL_CLOSED && shown == TCP_LISTEN);
}

/* The row that allows an end in this state to be shown as the last sighting is, or -1. */
static int
find_row(const struct judge *j, enum model_state is)
{
	int shown = last_of(j)->shown[last_of(j)->from];

	for (unsigned i = 0; i < ALLOWANCES; i++)
		if (allowances[i].is == is && (allowances[i].shown == shown || allowances[i].shown == ANYTHING)
		    && allowances[i].holds(j))
			return (int)i;
	return -1;
}

/*
 * A late segment tells what was, not what is.  What is shown may be right
 * for then, or for the newest segment that passed, or stay as it was.  If a
 * RST had passed before it, that may count as forged.  And a copy of data or
 * FIN can't be told from a retransmission, which would say that the FIN
 * isn't acknowledged.
 */
static bool
is_right_for_late(const struct judge *j)
{
	const struct sighting *last = last_of(j);
	int shown = last->shown[last->from];
	uint32_t fin;

	if (overtaken_by(j, true, false) == NULL)
		return false;
	if (is_same(heard_of(&last->segment), shown))
		return true;
	if ((last->segment.length > 0 || last->segment.flags & MODEL_FIN) && own_fin(j, &fin)
	    && (shown == TCP_FIN_WAIT_1 || shown == TCP_CLOSING || shown == TCP_LAST_ACK))
		return true;
	for (unsigned which = 0; which < 4; which++) {
		const struct sighting *newest = overtaken_by(j, which & 1, which & 2);

		if (newest != NULL && (is_same(heard_of(&newest->segment), shown)
		    || find_row(j, heard_of(&newest->segment)) >= 0))
			return true;
	}
	for (unsigned i = j->count - 1; i-- > 0;)
		if (j->seen[i].flow == last->flow && j->seen[i].shown[last->from] != TCP_UNKNOWN)
			return j->seen[i].shown[last->from] == shown;
	return false;
}

static void
fill_segment(struct segment *out, const struct sighting *s, uint32_t exchange, uint32_t number)
{
	const uint8_t high = (uint8_t)(exchange >> 8), low = (uint8_t)exchange;
	const uint8_t address[2][4] = { { 10, high, low, 1 }, { 10, high, low, 2 } };
	static const uint16_t port[2] = { 40000, 5000 };
	static const struct flow_secret secret = { { 1, 2 } };

	memset(out, 0, sizeof *out);
	out->time = s->time * 1000;
	memcpy(out->source, address[s->from], 4);
	memcpy(out->target, address[1 - s->from], 4);
	out->source_port = port[s->from];
	out->target_port = port[1 - s->from];
	out->family = SEGMENT_IPV4;
	out->frame = number;
	out->seq = s->segment.seq;
	out->ack = s->segment.ack;
	out->length = s->segment.length;
	out->window = s->segment.window;
	out->flags = s->segment.flags;	/* both are the header's */
	out->scale = SEGMENT_NO_SCALE;
	out->ttl = 64;
	out->ip_id = (uint16_t)number;
	out->hash = flow_hash(&secret, out);
}

void
judge_begin(struct judge *j)
{
	/* A table is dear, so many exchanges share one, each with addresses of its own. */
	if (++j->exchange % 1024 == 0)
		judge_fini(j);
	if (j->flows == NULL)
		j->flows = flow_table_new();
	j->count = 0;
	j->differs = false;
}

void
judge_fini(struct judge *j)
{
	flow_table_free(j->flows);
	j->flows = NULL;
}

void
judge_watch(struct judge *j, uint64_t now, unsigned from, const struct model_segment *segment)
{
	struct sighting *s = &j->seen[j->count];
	struct segment wire;
	struct frame record;
	struct flow *flow;
	enum side side;
	int row;

	if (j->differs || j->count == JUDGE_ROOM)
		return;
	*s = (struct sighting){ .time = now, .from = from, .segment = *segment };
	j->count++;
	fill_segment(&wire, s, j->exchange, j->count);
	flow = flow_table_place(j->flows, &wire, 0);
	side = flow_sender(flow, &wire);
	flow_apply(flow, &wire, side, false, &record);
	s->flow = record.flow;
	s->shown[from] = (int)shown_state_of(record.state[side]);
	s->shown[1 - from] = (int)shown_state_of(record.state[side_other(side)]);
	s->provisional = record.state[side] & STATE_PROVISIONAL;
	j->compared++;
	if (is_same(heard_of(segment), s->shown[from]) && !s->provisional)
		return;
	row = s->provisional && !syn_not_seen(j) ? -1 : find_row(j, heard_of(segment));
	if (row < 0 && is_right_for_late(j))
		row = LATE;
	if (row >= 0)
		j->allowed[row]++;
	else
		j->differs = true;
}

static void
print_flags(FILE *out, unsigned flags)
{
	static const char letters[] = "FSRP.";

	for (unsigned i = 0; i < 5; i++)
		if (flags & 1U << i)
			putc(letters[i], out);
}

void
judge_print(const struct judge *j, FILE *out)
{
	uint32_t base[2] = { 0, 0 };
	bool based[2] = { false, false };

	for (unsigned i = 0; i < j->count; i++) {
		const struct sighting *s = &j->seen[i];
		const struct model_segment *g = &s->segment;

		if (!based[s->from]) {
			base[s->from] = g->seq;
			based[s->from] = true;
		}
		fprintf(out, "%3u %9.6f %s ", i + 1, (double)s->time / 1e6, s->from == 0 ? "A>B" : "B>A");
		print_flags(out, g->flags);
		fprintf(out, " seq=%u", g->seq - base[s->from]);
		if (g->flags & MODEL_ACK)
			fprintf(out, " ack=%u", g->ack - base[1 - s->from]);
		fprintf(out, " len=%u win=%u  #%u flow %u: is %s%s, shown %s%s (other %s)\n", g->length, g->window,
		    g->serial, s->flow, model_state_name(g->state), g->fin_waits ? " (FIN waits)" : "",
		    tcp_state_name((enum tcp_state)s->shown[s->from]), s->provisional ? "?" : "",
		    tcp_state_name((enum tcp_state)s->shown[1 - s->from]));
	}
}

/* Writes what follows of a raw IPv4 packet: headers only, the payload is cut off. */
static void
put_packet(FILE *out, const struct sighting *s, uint32_t number)
{
	static const uint8_t ports[2][2] = { { 40000 >> 8, 40000 & 0xff }, { 5000 >> 8, 5000 & 0xff } };
	const struct model_segment *g = &s->segment;
	const uint32_t record[4] = {
		(uint32_t)(s->time / 1000000), (uint32_t)(s->time % 1000000), 40, 40 + g->length
	};
	const uint32_t total = 40 + g->length;
	uint8_t packet[40] = {
		0x45, 0, (uint8_t)(total >> 8), (uint8_t)total, (uint8_t)(number >> 8), (uint8_t)number, 0, 0, 64, 6,
		0, 0, 192, 0, 2, (uint8_t)(1 + s->from), 192, 0, 2, (uint8_t)(2 - s->from)
	};

	memcpy(packet + 20, ports[s->from], 2);
	memcpy(packet + 22, ports[1 - s->from], 2);
	for (unsigned i = 0; i < 4; i++) {
		packet[24 + i] = (uint8_t)(g->seq >> (24 - 8 * i));
		packet[28 + i] = (uint8_t)(g->ack >> (24 - 8 * i));
	}
	packet[32] = 0x50;
	packet[33] = (uint8_t)g->flags;
	packet[34] = (uint8_t)(g->window >> 8);
	packet[35] = (uint8_t)g->window;
	fwrite(record, sizeof record, 1, out);
	fwrite(packet, sizeof packet, 1, out);
}

bool
judge_save(const struct judge *j, const char *path)
{
	static const uint32_t head[] = { 0xa1b2c3d4, 4U << 16 | 2, 0, 0, 65535, 101 };
	FILE *out = fopen(path, "wb");

	if (out == NULL)
		return false;
	fwrite(head, sizeof head, 1, out);
	for (unsigned i = 0; i < j->count; i++)
		put_packet(out, &j->seen[i], i + 1);
	return fclose(out) == 0;
}

/*
 * Zeek's account of a connection, told frame by frame (docs.zeek.org,
 * base/protocols/conn/main.zeek, tells what the letters mean and what a
 * duration leaves out).  States are conn_state.c's; here are the letters, the
 * 64-bit sizes and the holes.  Takes nothing of our own analysis but flags,
 * numbers and lengths.
 */
#include "tcp/conn_log.h"

#include <ctype.h>
#include <string.h>

#include "packet/seqnum.h"

void
conn_log_init(struct conn_log *log)
{
	memset(log, 0, sizeof *log);
}

/* ---- letters */

static void
tell(struct conn_log *log, enum side side, char letter)
{
	if (log->length + 1 < sizeof log->history)
		log->history[log->length++] = side == CLIENT ? letter
		    : (char)tolower((unsigned char)letter);
}

/* The first, the tenth, the hundredth: so often these letters come. */
static void
tell_counted(struct conn_log *log, enum side side, char letter, uint32_t *count)
{
	uint32_t n = ++*count;

	while (n % 10 == 0)
		n /= 10;
	if (n == 1)
		tell(log, side, letter);
}

static void
tell_once(struct conn_log *log, enum side side, char letter, enum conn_log_told what)
{
	if (!(log->end[side].told & what))
		tell(log, side, letter);
	log->end[side].told |= what;
}

static void
tell_control(struct conn_log *log, enum side side, char letter, enum conn_log_told what,
    uint32_t *last, uint32_t number)
{
	if (!(log->end[side].told & what) || *last != number)
		tell(log, side, letter);
	log->end[side].told |= what;
	*last = number;
}

static void
tell_flags(struct conn_log *log, const struct frame *f)
{
	enum side side = frame_from(f);
	struct conn_log_end *own = &log->end[side];
	bool syn = f->flags & TCP_SYN, fin = f->flags & TCP_FIN, rst = f->flags & TCP_RST;

	if (syn + fin + rst > 1)
		tell_once(log, side, fin && rst ? 'I' : 'Q', TOLD_ODD);
	else if (syn)
		tell_control(log, side, f->flags & TCP_ACK ? 'H' : 'S', TOLD_SYN, &own->last_syn,
		    f->seq);
	else if (fin)
		tell_control(log, side, 'F', TOLD_FIN, &own->last_fin, f->seq + f->length);
	else if (rst)
		tell_control(log, side, 'R', TOLD_RST, &own->last_rst, f->seq);
	else if (f->length > 0)
		tell_once(log, side, 'D', TOLD_DATA);
	else if (f->flags & TCP_ACK)
		tell_once(log, side, 'A', TOLD_ACK);
}

/* ---- numbers */

/* After zeek_add() moved a 32-bit number of an end, its 64-bit distance from the start. */
static uint64_t
follow(uint64_t distance, uint32_t before, uint32_t now, const struct zeek_end *end, bool anew)
{
	return anew ? now - end->start : distance + (uint32_t)(now - before);
}

/* `number` as one of 64 bits, near a known one; 0 for those before the beginning. */
static uint64_t
relative(uint64_t near, uint32_t number, uint32_t near_32)
{
	int64_t ahead = seqnum_difference(number, near_32);

	return ahead < 0 && near < (uint64_t)-ahead ? 0 : near + (uint64_t)ahead;
}

static void
take_numbers(struct conn_log *log, const struct zeek_view *before)
{
	for (enum side side = CLIENT; side < SIDES; side++) {
		const struct zeek_end *was = &before->end[side], *is = &log->zeek.end[side];
		struct conn_log_end *own = &log->end[side];
		bool anew = was->state == ZEEK_INACTIVE || was->start != is->start;

		/* A SYN sets both back; behind a FIN alone the number may be anywhere. */
		own->sent = follow(own->sent, was->last, is->last, is,
		    anew || seqnum_before(is->last, was->last));
		own->acked = follow(own->acked, was->acked, is->acked, is,
		    anew || seqnum_before(is->acked, was->acked));
		if (anew) {
			own->delivered = own->trimmed = 1;
			own->waiting_count = 0;
		}
	}
}

/* Payload that was sent before, or lies before what was. */
static bool
is_resent(const struct zeek_end *own, const struct frame *f)
{
	bool syn = f->flags & TCP_SYN, fin = f->flags & TCP_FIN, rst = f->flags & TCP_RST;
	uint32_t after = f->seq + (rst ? 0 : f->length) + syn + fin;

	if (f->length == 0 || syn || own->state == ZEEK_INACTIVE || own->state == ZEEK_RESET)
		return false;
	return seqnum_at_most(after, own->last) && !(fin && own->last == own->start + 1);
}

/* ---- holes */

static bool
is_clean(const struct zeek_end *end)
{
	return end->state == ZEEK_ESTABLISHED
	    || (end->state == ZEEK_CLOSED && end->before == ZEEK_ESTABLISHED);
}

/* Takes out `count` ranges from `at` on and, unless it is empty, puts one in their place. */
static void
replace(struct conn_log_end *own, uint32_t at, uint32_t count, struct conn_log_range range)
{
	struct conn_log_range *waiting = own->waiting;
	uint32_t more = range.left < range.right;

	memmove(&waiting[at + more], &waiting[at + count],
	    (own->waiting_count - at - count) * sizeof waiting[0]);
	if (more)
		waiting[at] = range;
	own->waiting_count += more - count;
}

static void
wait_for_hole(struct conn_log_end *own, struct conn_log_range range)
{
	struct conn_log_range *waiting = own->waiting;
	uint32_t at = 0, touched;

	if (own->waiting_count == CONN_LOG_WAITING_MAX)	/* the oldest hole is given up silently */
		replace(own, 0, 2, (struct conn_log_range){ waiting[0].left, waiting[1].right });
	while (at < own->waiting_count && waiting[at].right < range.left)
		at++;
	for (touched = 0; at + touched < own->waiting_count
	    && waiting[at + touched].left <= range.right; touched++) {
		if (waiting[at + touched].left < range.left)
			range.left = waiting[at + touched].left;
		if (waiting[at + touched].right > range.right)
			range.right = waiting[at + touched].right;
	}
	replace(own, at, touched, range);
}

static void
deliver_waiting(struct conn_log_end *own)
{
	while (own->waiting_count > 0 && own->waiting[0].left <= own->delivered) {
		if (own->waiting[0].right > own->delivered)
			own->delivered = own->waiting[0].right;
		replace(own, 0, 1, (struct conn_log_range){ 0, 0 });
	}
}

static void
add_gap(struct conn_log *log, enum side side, uint64_t up_to)
{
	struct conn_log_end *own = &log->end[side];

	/* Where the handshake wasn't seen, numbers mislead. */
	if (is_clean(&log->zeek.end[CLIENT]) && is_clean(&log->zeek.end[SERVER])) {
		tell_counted(log, side, 'G', &own->gaps);
		log->missed += up_to - own->delivered;
	}
	own->delivered = up_to;
	deliver_waiting(own);
}

/* What is acknowledged and hasn't been seen by then never will. */
static void
take_acknowledgment(struct conn_log *log, enum side side, uint32_t number)
{
	struct conn_log_end *own = &log->end[side];
	uint64_t ack = relative(own->acked, number, log->zeek.end[side].acked);

	if (log->zeek.end[side].fin && ack > own->fin)
		ack = own->fin;
	if (ack <= own->trimmed)
		return;
	while (own->waiting_count > 0 && own->waiting[0].left < ack)
		add_gap(log, side, own->waiting[0].left);
	if (ack > own->delivered)
		add_gap(log, side, ack);
	own->trimmed = ack;
}

static void
take_payload(struct conn_log *log, enum side side, const struct frame *f)
{
	struct conn_log_end *own = &log->end[side];
	uint32_t first = f->seq + !!(f->flags & TCP_SYN);
	struct conn_log_range range = {
		.left = relative(own->sent, first, log->zeek.end[side].last)
	};

	if (range.left == 0)
		return;
	range.right = range.left + f->length;
	if (range.right <= own->trimmed)
		return;
	if (range.left < own->trimmed)
		range.left = own->trimmed;
	wait_for_hole(own, range);
	deliver_waiting(own);
}

/* An end that has closed isn't done while something that it sent is missing. */
static void
close_ends(struct conn_log *log)
{
	for (enum side side = CLIENT; side < SIDES; side++) {
		const struct zeek_end *end = &log->zeek.end[side];
		struct conn_log_end *own = &log->end[side];

		if (end->state == ZEEK_RESET || (end->state == ZEEK_CLOSED
		    && log->end[side_other(side)].waiting_count == 0))
			own->closed |= own->sent <= own->delivered + 1;
	}
}

/* ---- all of it */

bool
conn_log_add(struct conn_log *log, const struct frame *f)
{
	enum side side = frame_from(f);
	struct conn_log_end *own = &log->end[side];
	struct zeek_view before = log->zeek;
	bool first = log->end[CLIENT].frames + log->end[SERVER].frames == 0;

	if (log->zeek.over != 0 && f->time > log->zeek.over)
		return false;
	if (first) {
		log->first_time = f->time;
		if (side == SERVER && !((f->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN))
			tell(log, CLIENT, '^');
	}
	tell_flags(log, f);
	if (f->window == 0 && !(f->flags & TCP_RST) && before.end[side].state != ZEEK_RESET
	    && before.end[side_other(side)].state != ZEEK_CLOSED)
		tell_counted(log, side, 'W', &own->zero);
	if (!log->end[CLIENT].closed || !log->end[SERVER].closed)
		log->last_time = f->time;
	if (is_resent(&before.end[side], f))
		tell_counted(log, side, 'T', &own->resent);

	zeek_add(&log->zeek, f);
	own->frames++;
	own->ip_bytes += f->header * 4u + f->length;
	take_numbers(log, &before);
	if (f->flags & TCP_FIN)
		own->fin = relative(own->sent, f->seq, log->zeek.end[side].last)
		    + !!(f->flags & TCP_SYN) + f->length;
	if (f->flags & TCP_ACK)
		take_acknowledgment(log, side_other(side), f->ack);
	if (f->length > 0 && !f->cut && !(f->flags & TCP_RST))
		take_payload(log, side, f);
	close_ends(log);
	return true;
}

enum conn_state
conn_log_state(const struct conn_log *log)
{
	return zeek_conn_state(&log->zeek);
}

uint64_t
conn_log_bytes(const struct conn_log *log, enum side side)
{
	const struct zeek_end *end = &log->zeek.end[side], *peer = &log->zeek.end[side_other(side)];
	const struct conn_log_end *own = &log->end[side];
	uint64_t bytes = own->sent > own->acked ? own->sent : own->acked;

	/* A half-open connection that was found and given up: its numbers are another one's. */
	if (end->before == ZEEK_SYN_SENT && end->state == ZEEK_RESET
	    && peer->state == ZEEK_INACTIVE && own->acked > 1)
		return 0;
	bytes -= bytes > 0;			/* the SYN's own number */
	bytes -= bytes > 0 && end->fin;		/* and the FIN's */
	return bytes;
}

/*
 * Zeek's conn_state, by Zeek's definition: its own small state machine for
 * each end and the table that sums both up as a code.  It differs from
 * RFC 9293 on purpose (a FIN alone closes an end, a lone ACK is a "partial"
 * connection), so it is kept apart from tcp_state.c and takes nothing from
 * it but the flags and numbers of the frames.
 */
#include "packet/seqnum.h"
#include "tcp/story_internal.h"

enum { ZEEK_JUMP = 1 << 20 };	/* a SYN or RST further away than this isn't believed */

static const uint64_t zeek_close_delay = 5000000000ull;	/* its tcp_close_delay */

static void
zeek_set(struct zeek_end *end, enum zeek_state state)
{
	if (end->state != state) {
		end->before = end->state;
		end->state = (uint8_t)state;
	}
}

static bool
zeek_is_idle(const struct zeek_end *end)
{
	return end->state == ZEEK_INACTIVE || end->state == ZEEK_PARTIAL;
}

/* Numbers first: they decide whether anything was said before a mutual reset. */
static void
zeek_count(struct zeek_end *own, struct zeek_end *peer, const struct frame *f)
{
	bool syn = f->flags & TCP_SYN, fin = f->flags & TCP_FIN, rst = f->flags & TCP_RST;
	uint32_t length = (rst ? 0 : f->length) + syn + fin;
	uint32_t after = f->seq + length;

	if (own->state == ZEEK_INACTIVE) {
		own->start = own->acked = f->seq - !syn;
		own->last = after;
	} else if (syn && own->state != ZEEK_CLOSED
	    && (own->state != ZEEK_RESET || own->before == ZEEK_INACTIVE)) {
		own->start = own->acked = f->seq;
		own->last = after;
	}
	own->fin |= fin;
	if (f->flags & TCP_ACK) {
		if (peer->state == ZEEK_INACTIVE)
			peer->start = peer->last = peer->acked = f->ack - 1;
		else if (!rst && seqnum_after(f->ack, peer->acked)
		    && !(f->ack == 0 && seqnum_difference(f->ack, peer->acked) > ZEEK_JUMP))
			peer->acked = f->ack;
	}
	if (fin && own->last == own->start + 1)
		own->last = after;	/* of all that lies between nothing was seen, be it more than 2 GiB */
	else if (seqnum_after(after, own->last) && own->state != ZEEK_RESET
	    && !((syn || rst) && seqnum_difference(after, own->last) > ZEEK_JUMP))
		own->last = after;
}

static void
zeek_first(struct zeek_end *own, struct zeek_end *peer, const struct frame *f)
{
	bool originator = frame_from(f) == CLIENT;

	if (f->flags & TCP_SYN) {
		if (originator)
			zeek_set(own, f->flags & TCP_ACK ? ZEEK_SYN_ACK_SENT : ZEEK_SYN_SENT);
		else {
			if (peer->state == ZEEK_SYN_SENT)
				zeek_set(peer, ZEEK_ESTABLISHED);
			zeek_set(own, ZEEK_ESTABLISHED);
		}
	}
	if (f->flags & TCP_FIN)
		zeek_set(own, ZEEK_CLOSED);
	if (f->flags & TCP_RST)
		zeek_set(own, ZEEK_RESET);
	if (own->state != ZEEK_INACTIVE)
		return;
	if (!originator && f->length == 0 && peer->state == ZEEK_SYN_SENT)
		return;		/* an ACK ahead of the SYN-ACK doesn't make it partial */
	if (f->flags & TCP_ACK && peer->state == ZEEK_ESTABLISHED)
		zeek_set(own, ZEEK_ESTABLISHED);
	else
		zeek_set(own, ZEEK_PARTIAL);
}

static void
zeek_later(struct zeek_end *own, struct zeek_end *peer, const struct frame *f)
{
	bool syn = f->flags & TCP_SYN, ack = f->flags & TCP_ACK, fin = f->flags & TCP_FIN,
	    rst = f->flags & TCP_RST;

	switch ((enum zeek_state)own->state) {
	case ZEEK_INACTIVE:
		zeek_first(own, peer, f);
		break;
	case ZEEK_SYN_SENT:
	case ZEEK_SYN_ACK_SENT:
		if (fin)
			zeek_set(own, ZEEK_CLOSED);
		if (rst)
			zeek_set(own, ZEEK_RESET);
		break;
	case ZEEK_PARTIAL:
	case ZEEK_ESTABLISHED:
		if (syn && !ack && own->state == ZEEK_PARTIAL && peer->state == ZEEK_INACTIVE)
			zeek_set(own, ZEEK_SYN_SENT);
		if (fin && !rst) {
			zeek_set(own, ZEEK_CLOSED);
			if (peer->state == ZEEK_RESET && peer->before == ZEEK_CLOSED)
				zeek_set(peer, ZEEK_CLOSED);
		}
		if (rst)
			zeek_set(own, ZEEK_RESET);
		break;
	case ZEEK_CLOSED:
		if (rst && peer->state != ZEEK_CLOSED)
			zeek_set(own, ZEEK_RESET);
		break;
	case ZEEK_RESET:
		break;
	}
}

/* Its history string matters in one place: a lone SYN and RST of the originator. */
static void
zeek_remember(struct zeek_view *zeek, const struct frame *f)
{
	unsigned control = f->flags & (TCP_SYN | TCP_FIN | TCP_RST);
	bool originator = frame_from(f) == CLIENT,
	    plain_syn = control == TCP_SYN && !(f->flags & TCP_ACK);

	if (control == 0 && f->length == 0 && !(f->flags & TCP_ACK))
		return;
	if (!zeek->any) {
		zeek->any = true;
		zeek->begins_with_syn = originator && plain_syn;
	}
	if (!originator || zeek->plain_reset)
		return;
	if (control == TCP_RST)
		zeek->plain_reset = !zeek->barred;
	else if (!plain_syn && (control != 0 || f->length == 0))
		zeek->barred = true;
}

/*
 * A connection that is complete is logged some seconds later, and what follows
 * counts as another one.
 */
static void
zeek_close(struct zeek_view *zeek, struct zeek_end *own, const struct zeek_end *peer, uint64_t time)
{
	if (own->closed || (own->state != ZEEK_CLOSED && own->state != ZEEK_RESET))
		return;
	own->closed = true;
	if (zeek->over == 0
	    && (own->state == ZEEK_RESET || peer->closed || peer->state == ZEEK_INACTIVE))
		zeek->over = time + zeek_close_delay;
}

void
zeek_add(struct zeek_view *zeek, const struct frame *f)
{
	enum side from = frame_from(f);
	struct zeek_end *own = &zeek->end[from], *peer = &zeek->end[side_other(from)];

	if (zeek->over != 0 && f->time > zeek->over)
		return;
	/* Most frames of a long connection change nothing but the numbers. */
	zeek_count(own, peer, f);
	zeek_remember(zeek, f);
	if (own->state != ZEEK_ESTABLISHED || f->flags & (TCP_SYN | TCP_FIN | TCP_RST))
		zeek_later(own, peer, f);
	if (f->flags & (TCP_FIN | TCP_RST))
		zeek_close(zeek, own, peer, f->time);
}

static bool
zeek_is_empty(const struct zeek_end *end)
{
	uint32_t last = seqnum_after(end->last, end->acked) ? end->last : end->acked;

	return last - end->start <= 1u + end->fin;
}

enum conn_state
zeek_conn_state(const struct zeek_view *zeek)
{
	const struct zeek_end *o = &zeek->end[CLIENT], *r = &zeek->end[SERVER];

	if (r->state == ZEEK_RESET) {
		if (o->state == ZEEK_SYN_SENT || o->state == ZEEK_SYN_ACK_SENT
		    || (o->state == ZEEK_RESET && zeek_is_empty(o) && zeek_is_empty(r)))
			return CONN_REJ;
		return zeek_is_idle(o) ? CONN_RSTRH : CONN_RSTR;
	}
	if (o->state == ZEEK_RESET) {
		if (!zeek_is_idle(r))
			return CONN_RSTO;
		return zeek->begins_with_syn && zeek->plain_reset ? CONN_RSTOS0 : CONN_OTH;
	}
	if (o->state == ZEEK_CLOSED && r->state == ZEEK_CLOSED)
		return CONN_SF;
	if (o->state == ZEEK_CLOSED)
		return zeek_is_idle(r) ? CONN_SH : CONN_S2;
	if (r->state == ZEEK_CLOSED)
		return zeek_is_idle(o) ? CONN_SHR : CONN_S3;
	if (o->state == ZEEK_SYN_SENT && r->state == ZEEK_INACTIVE)
		return CONN_S0;
	if (o->state == ZEEK_ESTABLISHED && r->state == ZEEK_ESTABLISHED)
		return CONN_S1;
	return CONN_OTH;
}

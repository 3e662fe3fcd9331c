/*
 * How a connection opened and ended: the codes of INTERFACE, from a story.
 * Knows what each value means, not how to say it (verdict.c) and not how the
 * facts were gathered (story.c).
 */
#include "packet/seqnum.h"
#include "tcp/story_internal.h"

const char *const outcome_names[OUTCOMES] = {
	[OUTCOME_OPEN]              = "open",
	[OUTCOME_CLOSED]            = "closed",
	[OUTCOME_HALF_CLOSED]       = "half-closed",
	[OUTCOME_REFUSED]           = "refused",
	[OUTCOME_NO_ANSWER]         = "no-answer",
	[OUTCOME_RESET_BY_CLIENT]   = "reset-by-client",
	[OUTCOME_RESET_BY_SERVER]   = "reset-by-server",
	[OUTCOME_ABORTED_HANDSHAKE] = "aborted-handshake",
	[OUTCOME_MIDSTREAM_OPEN]    = "midstream-open",
	[OUTCOME_MIDSTREAM_CLOSED]  = "midstream-closed",
	[OUTCOME_ICMP_REJECTED]     = "icmp-rejected",
	[OUTCOME_SCAN]              = "scan"
};

const char *const closer_names[CLOSERS] = {
	[CLOSED_BY_NOBODY] = "-",
	[CLOSED_BY_CLIENT] = "client",
	[CLOSED_BY_SERVER] = "server",
	[CLOSED_BY_BOTH]   = "both"
};

const char *const close_shape_names[CLOSE_SHAPES] = {
	[CLOSE_NONE]              = "none",
	[CLOSE_FOUR_SEGMENT]      = "four-segment",
	[CLOSE_THREE_SEGMENT]     = "three-segment",
	[CLOSE_SIMULTANEOUS]      = "simultaneous",
	[CLOSE_HALF]              = "half-close",
	[CLOSE_RESET]             = "reset",
	[CLOSE_RESET_UNREAD_DATA] = "reset-unread-data"
};

const char *const conn_state_names[CONN_STATES] = {
	[CONN_S0]     = "S0",
	[CONN_S1]     = "S1",
	[CONN_SF]     = "SF",
	[CONN_REJ]    = "REJ",
	[CONN_S2]     = "S2",
	[CONN_S3]     = "S3",
	[CONN_RSTO]   = "RSTO",
	[CONN_RSTR]   = "RSTR",
	[CONN_RSTOS0] = "RSTOS0",
	[CONN_RSTRH]  = "RSTRH",
	[CONN_SH]     = "SH",
	[CONN_SHR]    = "SHR",
	[CONN_OTH]    = "OTH"
};

/* Three seconds after the last of several tries, waiting has been long enough. */
static bool
patience_is_over(const struct story_tries *t, uint64_t now, bool at_end, bool one_is_enough)
{
	const uint64_t patience = 3000000000ull;

	if (at_end && (one_is_enough || t->count > 1))
		return true;
	return (at_end || t->count > 1) && now > t->last_time && now - t->last_time >= patience;
}

/* What became of an attempt that never was a connection. */
static enum outcome_kind
outcome_of_attempt(const struct story *s, uint64_t now, bool at_end)
{
	const struct story_end *own = &s->end[s->opener], *peer = &s->end[side_other(s->opener)];
	bool scanned = own->syn.count > 0 && s->reset.answers > 0 && !s->syn_ack_bad
	    && !story_simultaneous_open(s);

	if (s->reset.frame != 0) {
		if (s->reset.by == s->opener)
			return scanned ? OUTCOME_SCAN : OUTCOME_ABORTED_HANDSHAKE;
		return (peer->syn_ack.count == 0 || story_answer_is_late(s)) && own->syn.count > 0
		    && !story_simultaneous_open(s) ? OUTCOME_REFUSED
		    : OUTCOME_ABORTED_HANDSHAKE;
	}
	if (peer->frames == 0) {
		if (s->icmp.to_syn && icmp_is_hard(s->icmp.family, s->icmp.type_code))
			return OUTCOME_ICMP_REJECTED;
		return patience_is_over(&own->syn, now, at_end, true) ? OUTCOME_NO_ANSWER
		    : OUTCOME_OPEN;
	}
	if (s->syn_ack_bad && s->cleared_frame != 0 && patience_is_over(&own->syn, now, at_end, true))
		return OUTCOME_ABORTED_HANDSHAKE;
	if (peer->syn_ack.count > 0 && patience_is_over(&peer->syn_ack, now, at_end, false))
		return OUTCOME_ABORTED_HANDSHAKE;
	/* Something came back, but nothing that answers it: an old connection's ACK, say. */
	if (peer->syn_ack.count == 0 && peer->syn.count == 0
	    && patience_is_over(&own->syn, now, at_end, true))
		return OUTCOME_NO_ANSWER;
	return OUTCOME_OPEN;
}

static enum outcome_kind
outcome_decide(const struct story *s, uint64_t now, bool at_end)
{
	const struct story_end *c = &s->end[CLIENT], *v = &s->end[SERVER];
	bool both_closed = c->fin.count > 0 && v->fin.count > 0;

	if (!s->handshake) {
		if (s->reset.frame != 0 || both_closed)
			return OUTCOME_MIDSTREAM_CLOSED;
		return OUTCOME_MIDSTREAM_OPEN;
	}
	if (both_closed)
		return OUTCOME_CLOSED;
	if (s->established_frame == 0 && c->fin.count + v->fin.count == 0)
		return outcome_of_attempt(s, now, at_end);
	if (s->reset.frame != 0)
		return s->reset.by == CLIENT ? OUTCOME_RESET_BY_CLIENT : OUTCOME_RESET_BY_SERVER;
	return c->fin.count + v->fin.count > 0 ? OUTCOME_HALF_CLOSED : OUTCOME_OPEN;
}

/*
 * Neither FIN covers the other: both ends had closed before they heard of it
 * (RFC 9293, 3.6, case 3).
 */
static bool
fins_crossed(const struct story *s)
{
	const struct story_end *c = &s->end[CLIENT], *v = &s->end[SERVER];

	return seqnum_before(c->first_fin_ack, v->fin_end)
	    && seqnum_before(v->first_fin_ack, c->fin_end);
}

/* The end whose FIN didn't cover the other's: capture order may be wrong, numbers aren't. */
static enum side
first_closer(const struct story *s)
{
	const struct story_end *c = &s->end[CLIENT], *v = &s->end[SERVER];

	if (seqnum_at_least(v->first_fin_ack, c->fin_end))
		return CLIENT;
	if (seqnum_at_least(c->first_fin_ack, v->fin_end))
		return SERVER;
	return frame_is_after(v->fin.first_frame, c->fin.first_frame) ? CLIENT : SERVER;
}

static enum closer
closer_of(enum side side)
{
	return side == CLIENT ? CLOSED_BY_CLIENT : CLOSED_BY_SERVER;
}

static void
outcome_close(const struct story *s, struct outcome *out)
{
	const struct story_end *c = &s->end[CLIENT], *v = &s->end[SERVER];

	out->closed_by = CLOSED_BY_NOBODY;
	out->close_shape = CLOSE_NONE;
	if (c->fin.count > 0 && v->fin.count > 0) {
		enum side first = first_closer(s);

		if (fins_crossed(s)) {
			out->closed_by = CLOSED_BY_BOTH;
			out->close_shape = CLOSE_SIMULTANEOUS;
			return;
		}
		out->closed_by = closer_of(first);
		out->close_shape =
		    s->end[first].fin_acked_by_fin ? CLOSE_THREE_SEGMENT : CLOSE_FOUR_SEGMENT;
	} else if (s->reset.frame != 0) {
		if (out->outcome == OUTCOME_REFUSED)
			return;		/* what never was open isn't closed */
		out->closed_by = closer_of(s->reset.by);
		out->close_shape = s->reset.unread && s->established_frame != 0
		    ? CLOSE_RESET_UNREAD_DATA
		    : CLOSE_RESET;
	} else if (c->fin.count + v->fin.count > 0) {
		out->closed_by = closer_of(c->fin.count > 0 ? CLIENT : SERVER);
		out->close_shape = CLOSE_HALF;
	}
}

void
outcome_of(const struct story *s, uint64_t now, bool at_end, struct outcome *out)
{
	out->outcome = outcome_decide(s, now, at_end);
	out->conn_state = zeek_conn_state(&s->zeek);
	out->handshake_rtt = s->handshake_rtt;
	outcome_close(s, out);
	verdict_write(s, now, at_end, out);
}

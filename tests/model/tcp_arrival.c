/*
 * A segment arrives: RFC 9293, section 3.10.7, state by state, with the
 * challenge ACKs of RFC 5961 and the reuse of TIME-WAIT of RFC 6191.  Where
 * Linux goes its own way and the wire shows it, Linux is followed: data that
 * nobody will read is answered with a RST, a repeated SYN with the SYN-ACK
 * again, and what is acceptable is a little wider.
 */
#include "tcp_model.h"
#include "tcp_model_internal.h"

enum {
	ACK_DELAY = 40000,
	TIME_WAIT = 60000000
};

static bool
is_answerable(const struct model_segment *segment)
{
	return !(segment->flags & MODEL_RST);
}

/* 3.10.7.1: there is no connection. */
static void
refuse(struct model_tcp *t, const struct model_segment *segment)
{
	uint32_t taken = segment->length + !!(segment->flags & MODEL_SYN) + !!(segment->flags & MODEL_FIN);

	if (!is_answerable(segment))
		return;
	if (segment->flags & MODEL_ACK)
		model_emit(t, MODEL_RST, segment->ack, 0, 0);
	else
		model_emit(t, MODEL_RST | MODEL_ACK, 0, segment->seq + taken, 0);
}

static void
learn_irs(struct model_tcp *t, const struct model_segment *segment)
{
	t->irs = segment->seq;
	t->expected = t->read = segment->seq + 1;
	t->peer_window = segment->window;
	t->window_seq = segment->seq;
	t->window_ack = segment->ack;
}

static void
enter_time_wait(struct model_tcp *t)
{
	t->state = MODEL_TIME_WAIT;
	t->retransmit_at = t->probe_at = t->alive_at = 0;
	t->time_wait_at = t->now + TIME_WAIT;
}

/* 3.10.7.2 */
static void
receive_in_listen(struct model_tcp *t, const struct model_segment *segment, uint32_t iss)
{
	if (segment->flags & MODEL_RST)
		return;
	if (segment->flags & MODEL_ACK) {
		refuse(t, segment);
		return;
	}
	if (!(segment->flags & MODEL_SYN))
		return;
	model_delete(t);
	model_choose_iss(t, iss);
	learn_irs(t, segment);
	t->passive = true;
	t->state = MODEL_SYN_RECEIVED;
	model_emit(t, MODEL_SYN | MODEL_ACK, t->iss, t->expected, 0);
	model_arm(t);
}

/* What was called in SYN-RECEIVED or SYN-SENT is done now. */
static void
establish(struct model_tcp *t, uint32_t ack)
{
	t->una = ack;
	t->retries = 0;
	t->state = t->closing ? MODEL_FIN_WAIT_1 : MODEL_ESTABLISHED;
	model_arm(t);
}

/* 3.10.7.3 */
static void
receive_in_syn_sent(struct model_tcp *t, const struct model_segment *segment)
{
	bool acknowledged = segment->flags & MODEL_ACK && segment->ack == t->nxt;

	if (segment->flags & MODEL_ACK && !acknowledged) {
		if (is_answerable(segment))
			model_emit(t, MODEL_RST, segment->ack, 0, 0);
		return;
	}
	if (segment->flags & MODEL_RST) {
		if (acknowledged)
			model_delete(t);
		return;
	}
	if (!(segment->flags & MODEL_SYN))
		return;
	learn_irs(t, segment);
	if (!acknowledged) {
		t->state = MODEL_SYN_RECEIVED;
		t->retries = 0;
		model_emit(t, MODEL_SYN | MODEL_ACK, t->iss, t->expected, 0);
		model_arm(t);
		return;
	}
	establish(t, segment->ack);
	model_emit_ack(t);
	model_push(t);
}

/* The SYNs that a synchronized state has its own answer for. Returns whether this was one. */
static bool
receive_syn(struct model_tcp *t, const struct model_segment *segment, uint32_t iss)
{
	if (!(segment->flags & MODEL_SYN) || segment->flags & MODEL_RST)
		return false;
	if (t->state == MODEL_TIME_WAIT && t->listens && !(segment->flags & MODEL_ACK)
	    && model_before(t->expected, segment->seq)) {
		model_delete(t);
		receive_in_listen(t, segment, iss);
		return true;
	}
	if (t->state == MODEL_SYN_RECEIVED && segment->seq == t->irs) {
		if (segment->flags & MODEL_ACK && segment->ack == t->nxt && !t->passive) {
			establish(t, segment->ack);	/* figure 8: both had sent their SYNs */
			t->peer_window = segment->window;
			model_emit_ack(t);
			model_push(t);
		} else if (t->passive && !t->habits.answers_syn_with_ack) {
			model_emit(t, MODEL_SYN | MODEL_ACK, t->iss, t->expected, 0);
		} else {
			model_emit_ack(t);
		}
		return true;
	}
	return false;
}

/* As Linux has it: neither wholly old nor beyond the window. */
static bool
is_acceptable(const struct model_tcp *t, const struct model_segment *segment)
{
	uint32_t taken = segment->length + !!(segment->flags & MODEL_SYN) + !!(segment->flags & MODEL_FIN);
	uint32_t last = segment->seq + taken;

	if (taken > 0 ? !model_before(t->expected, last) : model_before(last, t->expected))
		return false;
	return !model_before(t->expected + model_window(t), segment->seq);
}

static void
receive_reset(struct model_tcp *t, const struct model_segment *segment)
{
	if (segment->seq != t->expected) {
		model_emit_ack(t);		/* RFC 5961, 3.2 */
		return;
	}
	model_delete(t);
}

/* Retransmits what the peer asks for by its third duplicate. */
static void
count_duplicate(struct model_tcp *t, const struct model_segment *segment)
{
	if (segment->length > 0 || segment->flags & MODEL_FIN || segment->window != t->peer_window || t->una == t->nxt)
		return;
	if (++t->duplicates == 3)
		model_emit_data(t, t->una, t->nxt);
}

/* 3.10.7.4, fifth: the ACK. Returns false when the segment ends there. */
static bool
receive_ack(struct model_tcp *t, const struct model_segment *segment)
{
	if (t->state == MODEL_SYN_RECEIVED) {
		if (segment->ack != t->nxt) {
			model_emit(t, MODEL_RST, segment->ack, 0, 0);
			return false;
		}
		establish(t, segment->ack);
		t->peer_window = segment->window;
	}
	if (model_before(t->nxt, segment->ack)) {
		model_emit_ack(t);
		return false;
	}
	if (model_before(t->una, segment->ack)) {
		t->una = segment->ack;
		t->retries = t->duplicates = 0;
		model_arm(t);
	} else if (segment->ack == t->una) {
		count_duplicate(t, segment);
	}
	if (!model_before(segment->ack, t->una) && (model_before(t->window_seq, segment->seq)
	    || (t->window_seq == segment->seq && !model_before(segment->ack, t->window_ack)))) {
		t->peer_window = segment->window;
		t->window_seq = segment->seq;
		t->window_ack = segment->ack;
		if (t->peer_window > 0)
			t->probe_at = 0;
	}
	if (model_fin_is_sent(t) && t->una == t->end + 1) {
		if (t->state == MODEL_FIN_WAIT_1)
			t->state = MODEL_FIN_WAIT_2;
		else if (t->state == MODEL_CLOSING)
			enter_time_wait(t);
		else if (t->state == MODEL_LAST_ACK) {
			model_delete(t);
			return false;
		}
	}
	return true;
}

static void
hold(struct model_tcp *t, uint32_t left, uint32_t right)
{
	bool moved = true;

	if (t->held_count < MODEL_HELD)
		t->held[t->held_count++] = (struct model_range){ left, right };
	while (moved) {
		moved = false;
		for (unsigned i = 0; i < t->held_count; i++)
			if (!model_before(t->expected, t->held[i].left)) {
				if (model_before(t->expected, t->held[i].right))
					t->expected = t->held[i].right;
				t->held[i] = t->held[--t->held_count];
				moved = true;
			}
	}
}

static void
receive_fin(struct model_tcp *t)
{
	t->expected++;
	t->peer_closed = true;
	t->held_count = 0;
	if (t->state == MODEL_ESTABLISHED)
		t->state = MODEL_CLOSE_WAIT;
	else if (t->state == MODEL_FIN_WAIT_1)
		t->state = MODEL_CLOSING;
	else if (t->state == MODEL_FIN_WAIT_2)
		enter_time_wait(t);
}

/* 3.10.7.4, seventh and eighth: the payload and the FIN. */
static void
receive_text(struct model_tcp *t, const struct model_segment *segment)
{
	uint32_t right = segment->seq + segment->length, edge = t->expected + model_window(t), was = t->expected;
	bool fin = segment->flags & MODEL_FIN;

	if (t->peer_closed || (segment->length == 0 && !fin))
		return;
	if (model_before(edge, right)) {
		right = edge;
		fin = false;
	}
	if (t->orphan && model_before(t->expected, right)) {
		model_reset(t, t->nxt);	/* nobody will ever read it */
		return;
	}
	if (model_before(segment->seq, right))
		hold(t, segment->seq, right);
	if (fin) {
		t->peer_fin_known = true;
		t->peer_fin = right;
	}
	if (t->habits.reads_at_once)
		t->read = t->expected;
	if (t->peer_fin_known && t->expected == t->peer_fin) {
		receive_fin(t);
		model_emit_ack(t);
	} else if (!t->habits.delays_acks || t->expected == was || t->held_count > 0 || ++t->unacknowledged >= 2) {
		model_emit_ack(t);
	} else if (t->ack_at == 0) {
		t->ack_at = t->now + ACK_DELAY;
	}
}

void
model_receive(struct model_tcp *t, const struct model_segment *segment, uint32_t iss)
{
	switch (t->state) {
	case MODEL_CLOSED:
		refuse(t, segment);
		return;
	case MODEL_LISTEN:
		receive_in_listen(t, segment, iss);
		return;
	case MODEL_SYN_SENT:
		receive_in_syn_sent(t, segment);
		return;
	case MODEL_SYN_RECEIVED: case MODEL_ESTABLISHED: case MODEL_FIN_WAIT_1: case MODEL_FIN_WAIT_2:
	case MODEL_CLOSE_WAIT: case MODEL_CLOSING: case MODEL_LAST_ACK: case MODEL_TIME_WAIT: case MODEL_STATES:
		break;
	}
	if (receive_syn(t, segment, iss))
		return;
	if (!is_acceptable(t, segment)) {
		if (t->state == MODEL_TIME_WAIT && segment->flags & MODEL_FIN)
			t->time_wait_at = t->now + TIME_WAIT;
		if (is_answerable(segment))
			model_emit_ack(t);
		return;
	}
	if (segment->flags & MODEL_RST) {
		receive_reset(t, segment);
		return;
	}
	if (segment->flags & MODEL_SYN) {
		model_emit_ack(t);		/* RFC 5961, 4.2 */
		return;
	}
	if (!(segment->flags & MODEL_ACK) || !receive_ack(t, segment))
		return;
	receive_text(t, segment);
	model_push(t);
}

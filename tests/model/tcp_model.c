/*
 * The user's calls (RFC 9293, 3.10.1 to 3.10.6), the timers (3.10.8) and
 * what an endpoint sends.  Where Linux goes its own way and the wire shows
 * it, Linux is followed: unread data makes a RST of a close (RFC 2525,
 * 2.17), a closed window is probed with an empty old segment.
 */
#include "tcp_model.h"
#include "tcp_model_internal.h"

#include <string.h>

enum {
	SYN_TIMEOUT = 1000000,
	KEEP_ALIVE_AFTER = 700000,
	RETRIES = 7
};

static uint32_t
smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

const char *
model_state_name(enum model_state state)
{
	static const char *const names[MODEL_STATES] = {
		"CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
		"CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"
	};

	return names[state];
}

void
model_init(struct model_tcp *t, const struct model_habits *habits,
    void (*emit)(void *context, const struct model_segment *segment), void *context)
{
	memset(t, 0, sizeof *t);
	t->habits = *habits;
	t->emit = emit;
	t->context = context;
}

bool
model_fin_is_sent(const struct model_tcp *t)
{
	return t->closing && model_before(t->end, t->nxt);
}

uint16_t
model_window(const struct model_tcp *t)
{
	uint32_t unread = t->expected - t->read - (t->peer_closed ? 1 : 0);

	return unread < t->habits.buffer ? (uint16_t)(t->habits.buffer - unread) : 0;
}

void
model_emit(struct model_tcp *t, uint16_t flags, uint32_t seq, uint32_t ack, uint32_t length)
{
	struct model_segment segment = {
		.seq = seq, .ack = flags & MODEL_ACK ? ack : 0, .length = length, .flags = flags,
		.window = flags & MODEL_RST ? 0 : model_window(t), .state = t->state, .serial = ++t->serial
	};

	if (flags & MODEL_SYN)
		segment.window = t->habits.buffer;
	segment.fin_waits = t->closing && !model_fin_is_sent(t) && !(flags & MODEL_FIN);
	if (!(flags & (MODEL_RST | MODEL_SYN))) {
		t->ack_at = 0;
		t->unacknowledged = 0;
		t->window_told_zero = segment.window == 0;
		t->alive_at = t->habits.keeps_alive ? t->now + KEEP_ALIVE_AFTER : 0;
	}
	t->emit(t->context, &segment);
}

void
model_emit_ack(struct model_tcp *t)
{
	model_emit(t, MODEL_ACK, t->nxt, t->expected, 0);
}

/* Forgets the connection. Who listens goes on listening. */
void
model_delete(struct model_tcp *t)
{
	t->state = t->listens ? MODEL_LISTEN : MODEL_CLOSED;
	t->passive = t->orphan = t->closing = t->peer_fin_known = t->peer_closed = t->window_told_zero = false;
	t->held_count = t->retries = t->duplicates = t->unacknowledged = 0;
	t->retransmit_at = t->ack_at = t->time_wait_at = t->probe_at = t->alive_at = 0;
	t->iss = t->una = t->nxt = t->end = t->irs = t->expected = t->read = 0;
	t->peer_window = t->window_seq = t->window_ack = 0;
}

void
model_reset(struct model_tcp *t, uint32_t seq)
{
	uint32_t expected = t->expected;

	model_delete(t);
	model_emit(t, MODEL_RST | MODEL_ACK, seq, expected, 0);
}

static uint64_t
timeout(const struct model_tcp *t)
{
	uint64_t first = t->state == MODEL_SYN_SENT || t->state == MODEL_SYN_RECEIVED ? SYN_TIMEOUT : t->habits.timeout;

	return t->now + (first << t->retries);
}

void
model_arm(struct model_tcp *t)
{
	t->retransmit_at = t->una != t->nxt ? timeout(t) : 0;
}

/* Sends what begins at seq, whether for the first time or again; at most up to `limit`. */
uint32_t
model_emit_data(struct model_tcp *t, uint32_t seq, uint32_t limit)
{
	uint32_t left = model_before(t->end, seq) ? 0 : t->end - seq;
	uint32_t length = smaller(smaller(left, t->habits.mss), limit - seq);
	bool again = model_before(seq, t->nxt);
	bool fin = t->closing && seq + length == t->end && model_before(t->end, limit)
	    && (length == 0 || t->habits.fin_with_data);
	uint16_t flags = (uint16_t)(MODEL_ACK | (fin ? MODEL_FIN : 0) | (length > 0 ? MODEL_PSH : 0));
	uint32_t after = seq + length + fin;

	if (length == 0 && !fin)
		return seq;
	if (!again || model_before(t->nxt, after))
		t->nxt = after;
	model_emit(t, flags, seq, t->expected, length);
	return after;
}

/* Sends what the windows allow. */
void
model_push(struct model_tcp *t)
{
	bool idle = t->una == t->nxt;
	uint32_t limit;

	switch (t->state) {
	case MODEL_ESTABLISHED: case MODEL_CLOSE_WAIT: case MODEL_FIN_WAIT_1: case MODEL_CLOSING: case MODEL_LAST_ACK:
		break;
	case MODEL_CLOSED: case MODEL_LISTEN: case MODEL_SYN_SENT: case MODEL_SYN_RECEIVED: case MODEL_FIN_WAIT_2:
	case MODEL_TIME_WAIT: case MODEL_STATES:
		return;
	}
	limit = t->una + smaller(t->peer_window, t->habits.flight * t->habits.mss);
	while (model_before(t->nxt, limit)) {
		uint32_t next = t->nxt;

		if (model_emit_data(t, next, limit) == next)
			break;
	}
	if (idle)
		model_arm(t);
	/* Something waits and nothing is under way that would bring news of the window. */
	if (t->una == t->nxt && model_before(t->nxt, t->end + t->closing) && t->state != MODEL_FIN_WAIT_2) {
		if (t->probe_at == 0)
			t->probe_at = timeout(t);
	} else {
		t->probe_at = 0;
	}
}

void
model_listen(struct model_tcp *t)
{
	t->listens = true;
	if (t->state == MODEL_CLOSED)
		t->state = MODEL_LISTEN;
}

void
model_choose_iss(struct model_tcp *t, uint32_t iss)
{
	t->iss = t->una = iss;
	t->nxt = t->end = iss + 1;
	t->highest_iss = iss;
}

void
model_connect(struct model_tcp *t, uint32_t iss)
{
	if (t->state != MODEL_CLOSED && t->state != MODEL_LISTEN)
		return;
	model_delete(t);
	model_choose_iss(t, iss);
	t->state = MODEL_SYN_SENT;
	model_emit(t, MODEL_SYN, t->iss, 0, 0);
	model_arm(t);
}

void
model_write(struct model_tcp *t, uint32_t bytes)
{
	if (t->closing || t->orphan)
		return;
	switch (t->state) {
	case MODEL_SYN_SENT: case MODEL_SYN_RECEIVED: case MODEL_ESTABLISHED: case MODEL_CLOSE_WAIT:
		t->end += bytes;
		model_push(t);
		break;
	case MODEL_CLOSED: case MODEL_LISTEN: case MODEL_FIN_WAIT_1: case MODEL_FIN_WAIT_2: case MODEL_CLOSING:
	case MODEL_LAST_ACK: case MODEL_TIME_WAIT: case MODEL_STATES:
		break;
	}
}

void
model_read(struct model_tcp *t)
{
	t->read = t->expected - (t->peer_closed ? 1 : 0);
	/* A window that opens again is told, or the peer would have to probe for it. */
	if (t->window_told_zero && model_window(t) > 0)
		model_emit_ack(t);
}

void
model_half_close(struct model_tcp *t)
{
	if (t->closing)
		return;
	switch (t->state) {
	case MODEL_SYN_SENT:
		model_delete(t);
		break;
	case MODEL_SYN_RECEIVED:
		/* A listener's application hasn't been told yet, so it can't close. */
		if (t->passive)
			break;
		t->closing = true;	/* goes out once ESTABLISHED is reached */
		break;
	case MODEL_ESTABLISHED:
		t->closing = true;
		t->state = MODEL_FIN_WAIT_1;
		model_push(t);
		break;
	case MODEL_CLOSE_WAIT:
		t->closing = true;
		t->state = MODEL_LAST_ACK;
		model_push(t);
		break;
	case MODEL_CLOSED: case MODEL_LISTEN: case MODEL_FIN_WAIT_1: case MODEL_FIN_WAIT_2: case MODEL_CLOSING:
	case MODEL_LAST_ACK: case MODEL_TIME_WAIT: case MODEL_STATES:
		break;
	}
}

static bool
is_synchronized(enum model_state state)
{
	return state >= MODEL_SYN_RECEIVED && state < MODEL_STATES;
}

void
model_close(struct model_tcp *t)
{
	if (t->orphan || (t->state == MODEL_SYN_RECEIVED && t->passive))
		return;
	if (is_synchronized(t->state) && t->state != MODEL_TIME_WAIT
	    && t->expected - (t->peer_closed ? 1 : 0) != t->read) {
		model_reset(t, t->nxt);
		return;
	}
	model_half_close(t);
	if (t->state > MODEL_SYN_SENT)
		t->orphan = true;
}

void
model_abort(struct model_tcp *t)
{
	if (is_synchronized(t->state) && !(t->state == MODEL_SYN_RECEIVED && t->passive)
	    && t->state < MODEL_CLOSING)
		model_reset(t, t->nxt);
	else if (t->state == MODEL_SYN_SENT || (t->state >= MODEL_CLOSING && t->state < MODEL_TIME_WAIT))
		model_delete(t);	/* 3.10.5: nothing left to tell the peer */
}

void
model_forget(struct model_tcp *t)
{
	model_delete(t);
}

uint64_t
model_deadline(const struct model_tcp *t)
{
	const uint64_t all[] = { t->retransmit_at, t->ack_at, t->time_wait_at, t->probe_at, t->alive_at };
	uint64_t first = UINT64_MAX;

	for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i] != 0 && all[i] < first)
			first = all[i];
	return first;
}

static void
retransmit(struct model_tcp *t)
{
	if (t->retries++ == RETRIES) {
		model_delete(t);		/* gives up, as Linux does, without a word */
		return;
	}
	if (t->state == MODEL_SYN_SENT)
		model_emit(t, MODEL_SYN, t->iss, 0, 0);
	else if (t->state == MODEL_SYN_RECEIVED)
		model_emit(t, MODEL_SYN | MODEL_ACK, t->iss, t->expected, 0);
	else
		model_emit_data(t, t->una, t->nxt);
	t->retransmit_at = timeout(t);
}

static bool
is_due(const struct model_tcp *t, uint64_t when)
{
	return when != 0 && when <= t->now;
}

void
model_tick(struct model_tcp *t)
{
	if (is_due(t, t->time_wait_at)) {
		model_delete(t);
		return;
	}
	if (is_due(t, t->ack_at))
		model_emit_ack(t);
	if (is_due(t, t->retransmit_at))
		retransmit(t);
	if (is_due(t, t->probe_at)) {
		model_emit(t, MODEL_ACK, t->una - 1, t->expected, 0);
		if (t->retries++ == RETRIES) {
			model_delete(t);
			return;
		}
		t->probe_at = timeout(t);
	}
	if (is_due(t, t->alive_at)) {
		bool quiet = t->una == t->nxt && (t->state == MODEL_ESTABLISHED || t->state == MODEL_CLOSE_WAIT
		    || t->state == MODEL_FIN_WAIT_2);

		t->alive_at = 0;
		if (quiet)
			model_emit(t, MODEL_ACK, t->nxt - 1, t->expected, 0);
	}
}

/*
 * Measures a connection as its frames go by.  For each end there is a queue
 * of what it has sent and the other end hasn't acknowledged, in order of its
 * numbers; an acknowledgment takes off what it covers.  Knows when a
 * measurement can be trusted; the words are timing_text.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "packet/seqnum.h"
#include "tcp/timing_internal.h"

/* A number further ahead than any window reaches proves nothing. */
static const uint32_t believable = 1 << 30;

struct timing *
timing_new(const struct flow *flow)
{
	struct timing *t = memory_new(sizeof *t);

	t->flow = flow;
	return t;
}

static void
queue_copy(struct timing_queue *to, const struct timing_queue *from)
{
	*to = *from;
	if (from->at == NULL)
		return;
	to->at = memory_new_array(from->room, sizeof *to->at);
	memcpy(to->at, from->at, from->room * sizeof *to->at);
}

struct timing *
timing_copy(const struct timing *t)
{
	struct timing *copy = memory_new(sizeof *copy);

	*copy = *t;
	for (int side = CLIENT; side < SIDES; side++) {
		queue_copy(&copy->end[side].sent, &t->end[side].sent);
		queue_copy(&copy->end[side].stamps, &t->end[side].stamps);
	}
	return copy;
}

void
timing_free(struct timing *t)
{
	if (t == NULL)
		return;
	for (int side = CLIENT; side < SIDES; side++) {
		free(t->end[side].sent.at);
		free(t->end[side].stamps.at);
	}
	free(t);
}

void
timing_move(struct timing *t, const struct flow *flow)
{
	t->flow = flow;
}

size_t
timing_memory(const struct timing *t)
{
	size_t rooms = 0;

	for (int side = CLIENT; side < SIDES; side++)
		rooms += (size_t)t->end[side].sent.room + t->end[side].stamps.room;
	return sizeof *t + rooms * sizeof(struct timing_sent);
}

static void
sum_add(struct timing_sum *sum, uint64_t time, uint32_t frame)
{
	if (sum->count == 0)
		sum->smoothed = time;
	else
		sum->smoothed = sum->smoothed - sum->smoothed / 8 + time / 8;
	if (sum->count == 0 || time < sum->least)
		sum->least = time;
	if (sum->count == 0 || time > sum->most) {
		sum->most = time;
		sum->most_frame = frame;
	}
	sum->total += time;
	sum->count++;
}

/* ---- a queue: a ring that grows to TIMING_QUEUE and then forgets its oldest */

static struct timing_sent *
queue_at(const struct timing_queue *q, uint32_t i)
{
	return &q->at[(q->head + i) & (q->room - 1)];
}

static void
queue_pop(struct timing_queue *q)
{
	q->head++;
	q->count--;
}

static void
queue_push(struct timing_queue *q, const struct timing_sent *sent)
{
	if (q->count == q->room && q->room < TIMING_QUEUE) {
		uint32_t room = q->room == 0 ? 8 : q->room * 2;
		struct timing_sent *at = memory_new_array(room, sizeof *at);

		for (uint32_t i = 0; i < q->count; i++)
			at[i] = *queue_at(q, i);
		free(q->at);
		q->at = at;
		q->room = room;
		q->head = 0;
	} else if (q->count == q->room) {
		queue_pop(q);
		queue_at(q, 0)->missed = true;	/* who knows what was forgotten */
	}
	*queue_at(q, q->count++) = *sent;
}

/* ---- what is sent */

/*
 * When something of it had been sent before, or 0.  Whatever acknowledges that will be in doubt;
 * what had only been overtaken on the way is there now.
 */
static uint64_t
sent_before(struct timing_end *own, const struct frame *f, uint32_t end)
{
	uint64_t before = 0;

	if (!seqnum_before(f->seq, own->next))
		return 0;
	for (uint32_t i = 0; i < own->sent.count; i++) {
		struct timing_sent *s = queue_at(&own->sent, i);

		if (!seqnum_before(f->seq, s->end) || !seqnum_after(end, s->seq))
			continue;
		if (s->missed && !(f->notes & NOTES_RESENT) && seqnum_at_most(f->seq, s->seq)
		    && seqnum_at_least(end, s->end)) {
			s->missed = false;
			s->time = f->time;
			s->frame = f->number;
			continue;
		}
		s->spoiled = true;
		if (!s->missed && s->time > before)
			before = s->time;
	}
	return before;
}

static void
flight_add(struct timing *t, const struct frame *f, enum side from)
{
	struct timing_end *own = &t->end[from];
	uint64_t least = own->trips[TIMING_BY_ACK].count > 0 ? own->trips[TIMING_BY_ACK].least : 0;

	if (f->flags & TCP_SYN) {
		own->opened = true;
		own->flight_lost |= f->length > 0;	/* Fast Open: not the window that is meant */
	}
	if (f->flags & TCP_SYN || f->length == 0 || own->flight_over)
		return;
	if (own->flight_acked && f->time - own->flight_time >= least / 2) {
		own->flight_over = true;
		return;
	}
	if (own->flight_segments == 0) {
		own->flight_seq = f->seq;
		own->flight_end = f->seq;
		own->flight_stamped = f->traits & FRAME_TIMESTAMP;
		own->flight_lost |= !own->opened || f->seq != own->next;
	}
	if (seqnum_before(f->seq, own->flight_end))
		return;
	own->flight_lost |= f->seq != own->flight_end;
	own->flight_segments++;
	own->flight_end = f->seq + f->length;
}

static void
stamp_add(struct timing_end *own, const struct frame *f, uint32_t value, uint64_t before)
{
	struct timing_queue *q = &own->stamps;
	struct timing_sent *last = q->count > 0 ? queue_at(q, q->count - 1) : NULL;

	if (last != NULL && last->end == value) {
		/* sent twice within a tick: which of them will be answered? */
		last->spoiled |= before >= last->time;
		return;
	}
	if (own->stamped && !seqnum_after(value, own->stamp))
		return;
	own->stamped = true;
	own->stamp = value;
	queue_push(q, &(struct timing_sent){ .time = f->time, .seq = value, .end = value,
	    .frame = f->number, .opening = f->flags & TCP_SYN });
}

static void
timing_add_sent(struct timing *t, const struct frame *f, enum side from,
    const struct timing_stamp *stamp)
{
	struct timing_end *own = &t->end[from];
	uint32_t end = f->seq + frame_sequence_length(f);
	uint64_t before;

	if (!own->seen) {
		own->seen = true;
		own->next = f->seq;
	}
	if (end == f->seq || f->notes & NOTE_KEEP_ALIVE)
		return;
	flight_add(t, f, from);
	before = sent_before(own, f, end);
	if (stamp != NULL)
		stamp_add(own, f, stamp->value, before);
	if (seqnum_after(f->seq, own->next) && f->seq - own->next < believable)
		queue_push(&own->sent, &(struct timing_sent){ .time = f->time, .seq = own->next,
		    .end = f->seq, .missed = true });
	if (seqnum_after(end, own->next)) {
		uint32_t seq = seqnum_after(own->next, f->seq) ? own->next : f->seq;

		queue_push(&own->sent, &(struct timing_sent){ .time = f->time, .seq = seq,
		    .end = end, .frame = f->number, .spoiled = (f->notes & NOTES_RESENT) != 0,
		    .opening = f->flags & TCP_SYN });
		own->next = end;
	}
}

/* ---- what is acknowledged */

static void
sample_take(struct timing *t, enum side from, enum timing_means means, const struct frame *f,
    const struct timing_sent *s)
{
	if (f->time < s->time)
		return;		/* clocks that run backwards measure nothing */
	t->sample[means] = (struct timing_sample){ f->time - s->time, s->frame, s->opening };
	sum_add(&t->end[from].trips[means], f->time - s->time, f->number);
}

/*
 * Takes off what the acknowledgment covers.  What was captured last of it is what the
 * acknowledgment answers, if none of it was sent twice or missed.
 */
static void
timing_measure(struct timing *t, const struct frame *f, enum side from)
{
	struct timing_end *own = &t->end[from];
	struct timing_queue *q = &t->end[side_other(from)].sent;
	struct timing_sent newest = { .time = 0 };
	bool found = false, clean = !own->doubts;

	while (q->count > 0 && seqnum_before(queue_at(q, 0)->seq, f->ack)) {
		struct timing_sent *s = queue_at(q, 0);
		bool whole = seqnum_at_most(s->end, f->ack);

		clean &= !s->spoiled && !s->missed;
		t->twice |= s->spoiled;
		if (!s->measured && (!found || s->time >= newest.time)) {
			newest = *s;
			found = true;
		}
		/* Some cards hand over more in one piece than goes out in one segment. */
		s->measured = true;
		if (!whole)
			break;
		queue_pop(q);
	}
	if (clean && found)
		sample_take(t, from, TIMING_BY_ACK, f, &newest);
}

static void
timing_match_stamp(struct timing *t, const struct frame *f, enum side from, uint32_t echo)
{
	struct timing_queue *q = &t->end[side_other(from)].stamps;

	while (q->count > 0 && seqnum_at_most(queue_at(q, 0)->end, echo)) {
		const struct timing_sent *s = queue_at(q, 0);

		if (s->end == echo && !s->spoiled)
			sample_take(t, from, TIMING_BY_STAMP, f, s);
		queue_pop(q);
	}
}

static void
timing_add_ack(struct timing *t, const struct frame *f, enum side from,
    const struct timing_stamp *stamp)
{
	struct timing_end *own = &t->end[from], *peer = &t->end[side_other(from)];

	if (!own->acking) {
		own->acking = true;
		own->acked = peer->sent.count > 0 ? queue_at(&peer->sent, 0)->seq : f->ack;
	}
	if (!seqnum_after(f->ack, own->acked) || f->ack - own->acked >= believable) {
		own->doubts |= f->notes & NOTE_DUPLICATE_ACK;
		return;
	}
	if (peer->flight_segments > 0 && !peer->flight_acked
	    && seqnum_after(f->ack, peer->flight_seq)) {
		peer->flight_acked = true;
		peer->flight_time = f->time;
		peer->flight_lost |= seqnum_after(f->ack, peer->next);
	}
	if (peer->seen && seqnum_after(f->ack, peer->next)) {
		/* It answers something that wasn't captured. */
		peer->sent.count = 0;
		peer->next = f->ack;
	} else
		timing_measure(t, f, from);
	if (stamp != NULL)
		timing_match_stamp(t, f, from, stamp->echo);
	own->acked = f->ack;
	own->doubts = false;
}

/* ---- requests and answers */

static void
timing_add_turn(struct timing *t, const struct frame *f, enum side from)
{
	const struct timing_end *peer = &t->end[side_other(from)];
	uint32_t doubts = f->notes & (NOTES_RESENT | NOTE_OUT_OF_ORDER | NOTE_LOST_SEGMENT);

	if (f->length == 0 || f->notes & (NOTE_KEEP_ALIVE | NOTE_ZERO_WINDOW_PROBE))
		return;
	if (from == CLIENT) {
		if (!t->asking && f->notes & NOTES_RESENT)
			return;		/* what was answered already */
		if (!t->asking) {
			t->asking = true;
			t->turns++;
			t->turn_clean = peer->seen && f->flags & TCP_ACK
			    && seqnum_at_least(f->ack, peer->next);
		}
		t->turn_clean &= doubts == 0;
		t->asked_time = f->time;
	} else if (t->asking) {
		t->asking = false;
		if (!t->turn_clean || doubts != 0 || f->time < t->asked_time
		    || !(f->flags & TCP_ACK) || seqnum_before(f->ack, peer->next))
			return;
		sum_add(&t->answers, f->time - t->asked_time, f->number);
		if (t->turns == 1 && t->end[CLIENT].opened) {
			t->first_known = true;
			t->first_answer = f->time - t->asked_time;
		}
	}
}

/* ---- all of them */

bool
timing_wants_stamp(const struct timing *t, const struct frame *f)
{
	return f->traits & FRAME_TIMESTAMP && t->stamped < TIMING_STAMPED
	    && !(f->notes & (NOTE_ICMP_ERROR | NOTE_DUPLICATE_CAPTURE)) && !(f->flags & TCP_RST);
}

/*
 * The time since the last frame: silence, and each end in its state.  What was assumed counts
 * when that end has sent something that agrees.
 */
static void
timing_add_time(struct timing *t, const struct frame *f, enum side from)
{
	uint64_t spent = t->last_time != 0 && f->time > t->last_time ? f->time - t->last_time : 0;

	/* a hole in the capture isn't silence */
	if (spent > t->silence.time
	    && !(f->notes & NOTE_ACK_LOST_SEGMENT) && !frame_skips(f, t->end[from].seen, t->end[from].next))
		t->silence = (struct timing_silence){ spent, t->last_frame, f->number };
	t->last_frame = f->number;
	for (int side = CLIENT; side < SIDES; side++) {
		struct timing_end *e = &t->end[side];
		shown_state state = t->state[side];

		*(state & STATE_PROVISIONAL ? &e->assumed[shown_state_of(state)]
		    : &e->in_state[shown_state_of(state)]) += spent;
	}
	for (int s = 0; s < TCP_STATES; s++) {
		if (!(f->traits & FRAME_REFUTES))
			t->end[from].in_state[s] += t->end[from].assumed[s];
		t->end[from].assumed[s] = 0;
	}
	if (f->time > t->last_time)
		t->last_time = f->time;
	t->state[CLIENT] = f->state[CLIENT];
	t->state[SERVER] = f->state[SERVER];
}

void
timing_add(struct timing *t, const struct frame *f, const struct timing_stamp *stamp)
{
	enum side from = frame_from(f);

	t->sample[TIMING_BY_ACK] = t->sample[TIMING_BY_STAMP] = (struct timing_sample){ 0 };
	t->sample_side = from;
	t->twice = false;
	if (f->notes & (NOTE_ICMP_ERROR | NOTE_DUPLICATE_CAPTURE))
		return;
	timing_add_time(t, f, from);
	if (f->flags & TCP_RST)
		return;
	if (f->traits & FRAME_TIMESTAMP) {
		t->stamped++;
		t->cut |= t->stamped > TIMING_STAMPED;
	}
	timing_add_turn(t, f, from);
	if (f->flags & TCP_ACK)
		timing_add_ack(t, f, from, stamp);
	timing_add_sent(t, f, from, stamp);
}

/* ---- what was found */

const struct timing_sum *
timing_round_trips(const struct timing *t, enum side side, enum timing_means means)
{
	return &t->end[side].trips[means];
}

const struct timing_sample *
timing_sample(const struct timing *t, enum timing_means means)
{
	return &t->sample[means];
}

bool
timing_is_doubtful(const struct timing *t)
{
	return t->twice;
}

/* What fits into a full segment: the smaller offer, less the option that each segment carries. */
static uint32_t
full_segment(const struct timing *t, enum side from)
{
	const struct endpoint *own = &t->flow->end[from], *peer = &t->flow->end[side_other(from)];
	uint32_t mss = peer->mss;

	if (!(peer->marks & ENDPOINT_MSS))
		return 0;
	if (own->marks & ENDPOINT_MSS && own->mss < mss)
		mss = own->mss;
	if (t->end[from].flight_stamped)
		mss = mss > 12 ? mss - 12 : 0;
	return mss;
}

bool
timing_first_flight(const struct timing *t, enum side side, struct timing_flight *flight)
{
	const struct timing_end *own = &t->end[side];

	if (!own->flight_acked || own->flight_lost)
		return false;
	*flight = (struct timing_flight){ .bytes = own->flight_end - own->flight_seq,
		.segments = own->flight_segments, .mss = full_segment(t, side) };
	return true;
}

const struct timing_sum *
timing_answers(const struct timing *t)
{
	return &t->answers;
}

bool
timing_first_answer(const struct timing *t, uint64_t *time)
{
	*time = t->first_answer;
	return t->first_known;
}

const struct timing_silence *
timing_silence(const struct timing *t)
{
	return &t->silence;
}

uint64_t
timing_in_state(const struct timing *t, enum side side, enum tcp_state state)
{
	return t->end[side].in_state[state];
}

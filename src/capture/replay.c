/*
 * The world as of a frame.  While a replay point is set there is a moment
 * for each connection, kept by applying or undoing the frame records between
 * the old point and the new one; going far back starts again from nothing,
 * and from the end of a capture that is complete it goes backwards: there a
 * connection's moment is its last, until one of its frames is undone.
 * What a record changes can be undone, because the connection's row before
 * it tells the states before it.
 */
#include "capture/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	FETCH_AHEAD = 16,	/* rows */
	BACKWARD_COST = 8	/* a step back looks at three places in memory, steps forward run through the rows */
};

struct replay {
	struct session *session;
	struct moment *moments;		/* by flow id - 1; NULL at the end */
	uint8_t *known;			/* the same: has a moment; NULL: all have */
	uint32_t room;
	uint32_t rows;
	bool at_end;
};

struct replay *
replay_new(struct session *session)
{
	struct replay *r = memory_new(sizeof *r);

	r->session = session;
	r->at_end = true;
	return r;
}

void
replay_free(struct replay *r)
{
	if (r == NULL)
		return;
	free(r->moments);
	free(r->known);
	free(r);
}

void
replay_end(struct replay *r)
{
	free(r->moments);
	free(r->known);
	r->moments = NULL;
	r->known = NULL;
	r->room = 0;
	r->rows = 0;
	r->at_end = true;
}

bool
replay_at_end(const struct replay *r)
{
	return r->at_end;
}

uint32_t
replay_rows(const struct replay *r)
{
	return r->at_end ? frame_store_count(session_frames(r->session)) : r->rows;
}

/* A connection after its last frame, before any state lapses. */
static void
last_moment(const struct replay *r, const struct flow *flow, struct moment *out)
{
	const struct frame_store *frames = session_frames(r->session);
	const struct frame *frame;

	if (flow->rows == 0) {
		memset(out, 0, sizeof *out);
		return;
	}
	frame = frame_store_get(frames, frame_store_nth(frames, flow, flow->rows - 1));
	*out = (struct moment) {
		.rows = flow->rows, .last_time = frame->time
	};
	for (int side = CLIENT; side <= SERVER; side++) {
		out->frames[side] = flow->end[side].frames;
		out->resent[side] = flow->end[side].resent;
		out->bytes[side] = flow->end[side].bytes;
		out->state[side] = frame->state[side];
	}
}

/* Before its first frame that is held: as what was given up left it. */
static void
begin_moment(const struct replay *r, uint32_t id, struct moment *m)
{
	const struct flow *flow = flow_table_get(session_flows(r->session), id);
	const struct flow_past *past = flow_table_past(session_flows(r->session), flow);

	if (past == NULL)
		return;
	for (int side = CLIENT; side < SIDES; side++) {
		m->frames[side] = past->frames[side];
		m->resent[side] = past->resent[side];
		m->bytes[side] = past->bytes[side];
	}
}

static struct moment *
moment_of(struct replay *r, uint32_t flow)
{
	struct moment *m = &r->moments[flow - 1];

	if (r->known != NULL && !r->known[flow - 1]) {
		r->known[flow - 1] = 1;
		last_moment(r, flow_table_get(session_flows(r->session), flow), m);
	}
	return m;
}

/* What a record adds to its connection, or, undone, takes away. */
static void
count(struct moment *m, const struct frame *frame, uint32_t one)
{
	enum side from = frame_from(frame);

	m->rows += one;
	if (frame->notes & NOTE_ICMP_ERROR)
		return;
	m->frames[from] += one;
	m->bytes[from] += one == 1 ? frame->length : 0 - (uint64_t)frame->length;
	if (frame->notes & NOTES_RESENT)
		m->resent[from] += one;
}

static inline void
fetch_moment(const struct replay *r, uint32_t row)
{
	uint32_t flow = frame_store_get(session_frames(r->session), row)->flow;

	if (flow != 0)
		__builtin_prefetch(&r->moments[flow - 1], 1);
}

static void
step_forward(struct replay *r)
{
	const struct frame *frame = frame_store_get(session_frames(r->session), r->rows);

	if (frame->flow != 0) {
		struct moment *m = moment_of(r, frame->flow);

		if (m->rows == 0)
			begin_moment(r, frame->flow, m);
		count(m, frame, 1);
		m->state[CLIENT] = frame->state[CLIENT];
		m->state[SERVER] = frame->state[SERVER];
		m->last_time = frame->time;
	}
	r->rows++;
}

static void
step_backward(struct replay *r)
{
	const struct frame_store *frames = session_frames(r->session);
	const struct frame *frame = frame_store_get(frames, --r->rows), *before;
	struct moment *m;

	if (frame->flow == 0)
		return;
	m = moment_of(r, frame->flow);
	count(m, frame, UINT32_MAX);
	if (m->rows == 0) {
		memset(m, 0, sizeof *m);
		return;
	}
	before = frame_store_get(frames,
	    frame_store_nth(frames, flow_table_get(session_flows(r->session), frame->flow), m->rows - 1));
	m->state[CLIENT] = before->state[CLIENT];
	m->state[SERVER] = before->state[SERVER];
	m->last_time = before->time;
}

/* Moments for all connections, those of which nothing has happened yet. */
static void
from_nothing(struct replay *r, uint32_t flows)
{
	free(r->moments);
	free(r->known);
	r->moments = memory_new_array(flows > 0 ? flows : 1, sizeof *r->moments);
	r->known = NULL;
	r->room = flows;
	r->rows = 0;
}

static void
from_the_end(struct replay *r, uint32_t flows, uint32_t all)
{
	from_nothing(r, flows);
	r->known = memory_new_array(flows > 0 ? flows : 1, sizeof *r->known);
	r->rows = all;
}

static bool
is_complete(const struct replay *r)
{
	struct session_status status;

	session_status(r->session, &status);
	return status.at_end;
}

void
replay_to(struct replay *r, uint32_t rows)
{
	uint32_t all = frame_store_count(session_frames(r->session));
	uint32_t flows = flow_table_count(session_flows(r->session));

	if (rows > all)
		rows = all;
	if (flows > r->room && !r->at_end) {
		r->moments = memory_resize(r->moments, flows, sizeof *r->moments);
		memset(r->moments + r->room, 0, (flows - r->room) * sizeof *r->moments);
		r->room = flows;
	}
	/* Whichever is nearest: where it stands, the beginning, or the end, where nothing changes any more. */
	if (r->at_end || (rows < r->rows && r->rows - rows > rows / BACKWARD_COST) || rows > r->rows) {
		uint32_t back = all - rows, forward = r->at_end || rows < r->rows ? rows : rows - r->rows;

		if (back < forward / BACKWARD_COST && is_complete(r))
			from_the_end(r, flows, all);
		else if (r->at_end || rows < r->rows)
			from_nothing(r, flows);
	}
	r->at_end = false;
	while (r->rows < rows) {
		if (r->rows + FETCH_AHEAD < rows)
			fetch_moment(r, r->rows + FETCH_AHEAD);
		step_forward(r);
	}
	while (r->rows > rows)
		step_backward(r);
}

void
replay_moved(struct replay *r, const struct eviction_moves *moves)
{
	uint32_t rows;

	if (r->at_end)
		return;
	rows = frame_moves_row(moves->rows, r->rows);
	from_nothing(r, flow_table_count(session_flows(r->session)));
	while (r->rows < rows)
		step_forward(r);
}

uint64_t
replay_now(const struct replay *r)
{
	if (!r->at_end)
		return r->rows == 0 ? 0 : frame_store_get(session_frames(r->session), r->rows - 1)->time;
	return session_now(r->session);
}

/* Whether a newer connection of its tuple was answered, at that moment: then what waited in TIME-WAIT has ended (RFC 6191). */
static bool
is_followed(const struct replay *r, const struct flow *flow)
{
	const struct flow *next;

	if (flow->next == 0)
		return false;
	next = flow_table_get(session_flows(r->session), flow->next);
	if (r->at_end || (r->known != NULL && next->id <= r->room && !r->known[next->id - 1]))
		return next->end[SERVER].frames > 0;
	return next->id <= r->room && r->moments[next->id - 1].frames[SERVER] > 0;
}

static void
end_waiting(const struct replay *r, const struct flow *flow, struct moment *m)
{
	for (int side = CLIENT; side < SIDES; side++)
		if (shown_state_of(m->state[side]) == TCP_TIME_WAIT && is_followed(r, flow))
			m->state[side] = TCP_CLOSED | STATE_PROVISIONAL;
}

void
replay_moment(const struct replay *r, const struct flow *flow, struct moment *out)
{
	uint64_t now = replay_now(r);

	if (r->at_end) {
		*out = (struct moment) {
			.rows = flow->rows, .last_time = flow->last_time
		};
		for (int side = CLIENT; side <= SERVER; side++) {
			out->frames[side] = flow->end[side].frames;
			out->resent[side] = flow->end[side].resent;
			out->bytes[side] = flow->end[side].bytes;
			out->state[side] = flow_state_at(flow, (enum side)side, now);
		}
		end_waiting(r, flow, out);
		return;
	}
	if (flow->id > r->room) {
		memset(out, 0, sizeof *out);
		return;
	}
	if (r->known != NULL && !r->known[flow->id - 1])
		last_moment(r, flow, out);
	else
		*out = r->moments[flow->id - 1];
	for (int side = CLIENT; side <= SERVER; side++)
		out->state[side] = flow_state_lapsed(out->state[side], out->last_time, now);
	end_waiting(r, flow, out);
}

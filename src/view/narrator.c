/*
 * Keeps the last few stories told, and of one long connection, every few
 * thousand frames, how its story stood there, so that who moves about in it
 * needn't hear it from the beginning.  Knows that a story is a fold over a
 * flow's frames (tcp/story.h) and nothing of what it says.
 */
#include "view/narrator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "packet/decode.h"
#include "tcp/explain_multipath.h"
#include "tcp/words.h"
#include "view/flood.h"
#include "view/format.h"
#include "view/seen.h"
#include "view/timings.h"

enum {
	NARRATOR_STORIES = 4, NARRATOR_BYTES = 1 << 18, NARRATOR_LOOKS_BACK = 32,
	TCP_HEADER_MAX = 60, MILESTONE_ROWS = 1 << 13
};

struct told {
	const struct flow *flow;
	struct story *story;
	uint32_t rows;		/* how many of the flow's frames were added */
	uint64_t used;		/* when last asked for, to find the oldest */
};

/* Of a connection, its story after each MILESTONE_ROWS rows. */
struct milestones {
	const struct flow *flow;
	struct story **stories;		/* the first is that after MILESTONE_ROWS rows */
	uint32_t count, room;
};

struct narrator {
	struct session *session;
	const struct host *host;
	struct told told[NARRATOR_STORIES];
	struct milestones milestones;
	uint64_t uses;
	struct outcome outcome;
	struct floods *floods;
	struct timings *timings;
	uint8_t *bytes;		/* for looking at a frame again; NULL until needed */
};

struct narrator *
narrator_new(struct session *session)
{
	struct narrator *n = memory_new(sizeof *n);

	n->session = session;
	n->floods = floods_new();
	n->timings = timings_new(session);
	return n;
}

static void
milestones_clear(struct milestones *m)
{
	while (m->count > 0)
		story_free(m->stories[--m->count]);
	free(m->stories);
	memset(m, 0, sizeof *m);
}

/* The story has come to a milestone. */
static void
milestones_add(struct milestones *m, const struct told *t)
{
	if (m->flow != t->flow) {
		milestones_clear(m);
		m->flow = t->flow;
	}
	if (t->rows / MILESTONE_ROWS != m->count + 1)
		return;
	if (m->count == m->room) {
		m->room = m->room > 0 ? m->room * 2 : 16;
		m->stories = memory_resize(m->stories, m->room, sizeof(struct story *));
	}
	m->stories[m->count++] = story_copy(t->story);
}

/* Brings the story of this connection to the last milestone up to `rows`, where that helps. */
static void
milestones_advance(const struct milestones *m, struct told *t, uint32_t rows)
{
	uint32_t n = rows / MILESTONE_ROWS;

	if (m->flow != t->flow)
		return;
	if (n > m->count)
		n = m->count;
	if (n == 0 || n * MILESTONE_ROWS <= t->rows)
		return;
	story_free(t->story);
	t->story = story_copy(m->stories[n - 1]);
	t->rows = n * MILESTONE_ROWS;
}

void
narrator_free(struct narrator *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < NARRATOR_STORIES; i++)
		story_free(n->told[i].story);
	milestones_clear(&n->milestones);
	floods_free(n->floods);
	timings_free(n->timings);
	free(n->bytes);
	free(n);
}

void
narrator_moved(struct narrator *n)
{
	for (size_t i = 0; i < NARRATOR_STORIES; i++) {
		story_free(n->told[i].story);
		n->told[i] = (struct told){ .flow = NULL };
	}
	milestones_clear(&n->milestones);
	floods_moved(n->floods);
	timings_moved(n->timings);
}

const struct frame_store *
narrator_frames(const struct narrator *n)
{
	return session_frames(n->session);
}

void
narrator_set_host(struct narrator *n, const struct host *host)
{
	n->host = host;
}

const struct host *
narrator_host(const struct narrator *n)
{
	return n->host;
}

/* The flow's story after its first `rows` rows. */
static struct told *
narrator_tell(struct narrator *n, const struct flow *flow, uint32_t rows)
{
	const struct frame_store *frames = session_frames(n->session);
	struct told *t = NULL;

	/* One told no further than wanted; else the one that was asked for longest ago. */
	for (size_t i = 0; i < NARRATOR_STORIES; i++) {
		struct told *one = &n->told[i];

		if (one->story != NULL && one->flow == flow && one->rows <= rows
		    && (t == NULL || one->rows > t->rows))
			t = one;
	}
	if (t == NULL) {
		t = &n->told[0];
		for (size_t i = 1; i < NARRATOR_STORIES; i++) {
			if (n->told[i].used < t->used)
				t = &n->told[i];
		}
		story_free(t->story);
		t->story = flow_table_story(session_flows(n->session), flow);
		t->flow = flow;
		t->rows = 0;
	}
	milestones_advance(&n->milestones, t, rows);
	while (t->rows < rows) {
		story_add(t->story, frame_store_get(frames,
		    frame_store_nth(frames, flow, t->rows)));
		if (++t->rows % MILESTONE_ROWS == 0)
			milestones_add(&n->milestones, t);
	}
	t->used = ++n->uses;
	return t;
}

/*
 * What the connection's own frames can't tell: that what its other end kept of the older connection of these ports
 * answered its SYN by `now`.
 */
static void
narrator_tell_old(struct narrator *n, const struct flow *flow, struct story *story, uint64_t now)
{
	const struct frame_store *frames = session_frames(n->session);
	const struct flow *old = flow->previous != 0 ? flow_table_get(session_flows(n->session), flow->previous) : NULL;
	uint32_t first, nth, end;

	story_answered_by_old(story, 0, false);
	if (old == NULL || flow->rows == 0 || !(flow->end[CLIENT].marks & ENDPOINT_SYN_SEEN))
		return;
	first = frame_store_rows_before(frames, old, frame_store_nth(frames, flow, 0));
	end = old->rows - first > NARRATOR_LOOKS_BACK ? first + NARRATOR_LOOKS_BACK : old->rows;
	for (nth = first; nth < end; nth++) {
		const struct frame *f = frame_store_get(frames, frame_store_nth(frames, old, nth));
		enum side from = frame_from(f);

		if (f->time > now)
			return;
		if (!(f->notes & NOTE_CHALLENGE_ACK) || old->port[from] != flow->port[SERVER]
		    || !segment_same_address(old->address[from], flow->address[SERVER]))
			continue;
		story_answered_by_old(story, f->number, shown_state_of(f->state[from]) == TCP_TIME_WAIT);
		return;
	}
}

/* What the connection's own frames can't tell: that it is one of many. */
static void
narrator_tell_flood(struct narrator *n, const struct flow *flow)
{
	const struct flood *flood = floods_of(n->floods, n->session, flow);
	struct words w;
	char more[VERDICT_TEXT_MAX], attempts[2 * FORMAT_NUMBER_MAX];

	if (flood == NULL)
		return;
	flood_write_attempts(flood, attempts, sizeof attempts);
	words_begin(&w, more, sizeof more);
	SAY(&w, flood->answered ? WORDS_FLOOD_ANSWERED : WORDS_FLOOD_UNANSWERED, TEXT(attempts),
	    PLAIN(flood->port), TIME(flood->last_time - flood->first_time), PLAIN(flood->first_frame));
	words_join(n->outcome.verdict, sizeof n->outcome.verdict, more);
}

/* That frames of it which nobody can look at any more are part of what was said. */
static void
narrator_tell_given_up(struct narrator *n, const struct flow *flow)
{
	const struct flow_past *past = flow_table_past(session_flows(n->session), flow);
	struct words w;
	char more[VERDICT_TEXT_MAX];

	if (past == NULL)
		return;
	words_begin(&w, more, sizeof more);
	SAY(&w, past->rows == 1 ? WORDS_GIVEN_UP_ONE : WORDS_GIVEN_UP, COUNT(past->rows), PLAIN(past->first_frame),
	    PLAIN(past->last_frame));
	words_join(n->outcome.verdict, sizeof n->outcome.verdict, more);
}

const struct outcome *
narrator_outcome(struct narrator *n, const struct flow *flow, uint32_t rows, uint64_t now,
    bool at_end)
{
	struct story *story;

	if (rows == 0 && flow->marks & FLOW_EXISTED && !(flow->marks & FLOW_PAST)) {
		struct words w;

		n->outcome = (struct outcome){
			.outcome = OUTCOME_MIDSTREAM_OPEN, .conn_state = CONN_OTH, .handshake_rtt = OUTCOME_NO_RTT
		};
		words_begin(&w, n->outcome.verdict, sizeof n->outcome.verdict);
		SAY(&w, WORDS_EXISTED);
		return &n->outcome;
	}
	story = narrator_tell(n, flow, rows)->story;
	narrator_tell_old(n, flow, story, now);
	outcome_of(story, now, at_end, &n->outcome);
	if (rows == flow->rows)
		narrator_tell_flood(n, flow);
	narrator_tell_given_up(n, flow);
	return &n->outcome;
}

const struct floods *
narrator_floods(struct narrator *n)
{
	floods_update(n->floods, n->session);
	return n->floods;
}

const struct outcome *
narrator_outcome_at(struct narrator *n, const struct replay *replay, const struct flow *flow)
{
	struct session_status status;
	struct moment moment;

	session_status(n->session, &status);
	replay_moment(replay, flow, &moment);
	return narrator_outcome(n, flow, moment.rows, replay_now(replay), replay_at_end(replay)
	    && status.at_end);
}

const struct timing *
narrator_timing_at(struct narrator *n, const struct replay *replay, const struct flow *flow)
{
	struct moment moment;

	replay_moment(replay, flow, &moment);
	return timings_of(n->timings, flow, moment.rows);
}

/* Which Multipath TCP option was on the SYN that a SYN-ACK answers. */
static int
narrator_asked(struct narrator *n, const struct flow *flow, uint32_t nth)
{
	const struct frame_store *frames = session_frames(n->session);
	const struct frame *answer = frame_store_get(frames, frame_store_nth(frames, flow, nth));
	int asked = MULTIPATH_NONE;

	if (!(answer->flags & TCP_SYN) || !(answer->flags & TCP_ACK))
		return MULTIPATH_NONE;
	for (uint32_t i = nth; i > 0 && nth - i < NARRATOR_LOOKS_BACK && asked == MULTIPATH_NONE;
	    i--) {
		const struct frame *f =
		    frame_store_get(frames, frame_store_nth(frames, flow, i - 1));
		const uint8_t *header;
		struct raw_frame raw;
		size_t size;

		if (!(f->flags & TCP_SYN) || f->flags & TCP_ACK || f->notes & NOTE_ICMP_ERROR
		    || frame_from(f) == frame_from(answer)
		    || !session_bytes(n->session, f->locator, f->number, n->bytes,
		    NARRATOR_BYTES, &raw))
			continue;
		header = decode_tcp_header(&raw, &size);
		if (header != NULL)
			asked = multipath_first(header, size);
	}
	return asked;
}

/* raw: the frame, in n->bytes. */
static void
narrator_multipath(struct narrator *n, const struct flow *flow, uint32_t nth,
    const struct raw_frame *raw, char *text, size_t size)
{
	const struct frame_store *frames = session_frames(n->session);
	const struct frame *frame = frame_store_get(frames, frame_store_nth(frames, flow, nth));
	uint8_t copy[TCP_HEADER_MAX];
	size_t length;
	const uint8_t *header = decode_tcp_header(raw, &length);

	text[0] = '\0';
	if (header == NULL || length > sizeof copy)
		return;
	memcpy(copy, header, length);	/* the buffer is for the SYN now */
	explain_multipath(frame, copy, length, narrator_asked(n, flow, nth), text, size);
}

void
narrator_explain(struct narrator *n, const struct flow *flow, uint32_t nth, bool long_form,
    char *text, size_t size)
{
	const struct frame_store *frames = session_frames(n->session);
	const struct frame *frame = frame_store_get(frames, frame_store_nth(frames, flow, nth));
	struct raw_frame raw;
	struct segment segment;
	const struct segment *details = NULL;
	char more[EXPLANATION_TEXT_MAX / 2];

	if (n->bytes == NULL)
		n->bytes = memory_new(NARRATOR_BYTES);
	if (session_bytes(n->session, frame->locator, frame->number, n->bytes, NARRATOR_BYTES,
	    &raw)) {
		enum decode_result result = decode_frame(&raw, NULL, &segment);

		if (result == DECODE_SEGMENT || result == DECODE_QUOTE)
			details = &segment;
	}
	explain_frame(narrator_tell(n, flow, nth)->story, frame, details, long_form, text, size);
	if (!long_form)
		return;
	if (details != NULL && !(frame->notes & (NOTE_ICMP_ERROR | NOTE_DUPLICATE_CAPTURE))) {
		narrator_multipath(n, flow, nth, &raw, more, sizeof more);
		words_join(text, size, more);
	}
	seen_write(n->session, flow, nth, n->bytes, NARRATOR_BYTES, more, sizeof more);
	words_join(text, size, more);
	timing_write_sample(timings_of(n->timings, flow, nth + 1), more, sizeof more);
	words_join(text, size, more);
}

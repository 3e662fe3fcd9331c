/*
 * Frames in capture order for output.  Knows that a flow's story must be
 * told frame by frame even when only some of them are printed, and that it
 * can be forgotten after the flow's last frame.  Of connections that stay
 * open only the stories told last are kept; others are told again.
 */
#include "view/print_frames.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "packet/decode.h"
#include "view/filter.h"

enum { FRAME_BYTES = 1 << 18, TCP_HEADER_BYTES = 20, STORIES_KEPT = 1 << 16 };

struct telling {
	struct story *story;	/* NULL: not begun, done, or to be told again */
	uint32_t rows;		/* of the flow's frames, how many have been met */
	uint32_t older, newer;	/* flows whose stories were told before and after this one; 0: none */
	uint32_t base[SIDES];	/* what tcpdump would count each direction's numbers from */
	bool based;
	bool wanted;
};

struct frame_walk {
	struct session *session;
	const struct print_options *asked;
	const struct filter *filter;
	struct replay *replay;
	struct narrator *narrator;
	struct telling *telling;	/* by flow id */
	uint32_t oldest, newest, kept, kept_most;	/* flows with a story */
	uint32_t flows, row;
	bool with_segments, with_explanations;
	struct frame_cells cells;
	struct segment segment;
	const uint8_t *options;
	size_t options_size;
	uint8_t *bytes;
	char explanation[EXPLANATION_TEXT_MAX];
};

struct frame_walk *
frame_walk_new(struct session *session, const struct print_options *options,
    const struct filter *filter, bool with_segments)
{
	struct frame_walk *w = memory_new(sizeof *w);

	w->session = session;
	w->asked = options;
	w->filter = filter != NULL && !filter_is_empty(filter) ? filter : NULL;
	w->with_segments = with_segments;
	w->kept_most = STORIES_KEPT;
	w->with_explanations = options->format != PRINT_TEXT;
	w->flows = flow_table_count(session_flows(session));
	w->telling = memory_new_array((size_t)w->flows + 1, sizeof *w->telling);
	for (uint32_t id = 0; id <= w->flows; id++)
		w->telling[id].wanted = options->flows == NULL;
	for (size_t i = 0; i < options->flow_count && options->flows != NULL; i++) {
		if (options->flows[i] <= w->flows)
			w->telling[options->flows[i]].wanted = true;
	}
	if (w->filter != NULL) {
		w->replay = replay_new(session);
		w->narrator = narrator_new(session);
	}
	w->bytes = memory_new(FRAME_BYTES);
	return w;
}

void
frame_walk_free(struct frame_walk *w)
{
	if (w == NULL)
		return;
	for (uint32_t id = 0; id <= w->flows; id++)
		story_free(w->telling[id].story);
	free(w->telling);
	narrator_free(w->narrator);
	replay_free(w->replay);
	free(w->bytes);
	free(w);
}

/* The frame's segment decoded again, or NULL. */
static const struct segment *
frame_walk_segment(struct frame_walk *w, const struct frame *frame)
{
	struct raw_frame raw;
	enum decode_result result;
	size_t size;

	w->options = NULL;
	if (!session_bytes(w->session, frame->locator, frame->number, w->bytes, FRAME_BYTES, &raw))
		return NULL;
	result = decode_frame(&raw, NULL, &w->segment);
	if (w->with_segments && result == DECODE_SEGMENT) {
		w->options = decode_tcp_header(&raw, &size);
		if (w->options != NULL) {
			w->options += TCP_HEADER_BYTES;
			w->options_size = size - TCP_HEADER_BYTES;
		}
	}
	return result == DECODE_SEGMENT || result == DECODE_QUOTE ? &w->segment : NULL;
}

void
frame_walk_keep(struct frame_walk *w, uint32_t stories)
{
	w->kept_most = stories > 0 ? stories : 1;
}

/* Takes the flow out of the line of those with a story. */
static void
kept_remove(struct frame_walk *w, uint32_t id)
{
	struct telling *t = &w->telling[id];

	if (t->older != 0)
		w->telling[t->older].newer = t->newer;
	else
		w->oldest = t->newer;
	if (t->newer != 0)
		w->telling[t->newer].older = t->older;
	else
		w->newest = t->older;
	t->older = t->newer = 0;
	w->kept--;
}

static void
kept_add(struct frame_walk *w, uint32_t id)
{
	struct telling *t = &w->telling[id];

	t->older = w->newest;
	if (w->newest != 0)
		w->telling[w->newest].newer = id;
	else
		w->oldest = id;
	w->newest = id;
	w->kept++;
}

static void
kept_forget(struct frame_walk *w, uint32_t id)
{
	kept_remove(w, id);
	story_free(w->telling[id].story);
	w->telling[id].story = NULL;
}

/* The flow's story up to the frames that have been met, as the newest of those that are kept. */
static struct story *
frame_walk_story(struct frame_walk *w, const struct flow *flow)
{
	const struct frame_store *frames = session_frames(w->session);
	struct telling *t = &w->telling[flow->id];

	if (t->story != NULL)
		kept_remove(w, flow->id);
	else {
		while (w->kept >= w->kept_most)
			kept_forget(w, w->oldest);
		t->story = flow_table_story(session_flows(w->session), flow);
		for (uint32_t n = 0; n < t->rows; n++)
			story_add(t->story, frame_store_get(frames, frame_store_nth(frames, flow, n)));
	}
	kept_add(w, flow->id);
	return t->story;
}

/* Tells the frame's story on; the text of what it does. */
static void
frame_walk_tell(struct frame_walk *w, const struct flow *flow, const struct frame *frame,
    const struct segment *segment)
{
	struct story *story = frame_walk_story(w, flow);

	explain_frame(story, frame, segment, false, w->explanation, sizeof w->explanation);
	story_add(story, frame);
	if (++w->telling[flow->id].rows == flow->rows)
		kept_forget(w, flow->id);
}

/*
 * tcpdump knows no ports reused: what it counted an older connection's numbers from goes on
 * to hold.
 */
static void
frame_walk_inherit(struct frame_walk *w, const struct flow *flow)
{
	const struct flow *old = flow_table_get(session_flows(w->session), flow->previous);
	const struct telling *from = &w->telling[old->id];
	struct telling *to = &w->telling[flow->id];
	bool swapped = old->port[CLIENT] != flow->port[CLIENT]
	    || memcmp(old->address[CLIENT], flow->address[CLIENT],
	    sizeof flow->address[CLIENT]) != 0;

	to->based = from->based;
	to->base[CLIENT] = from->base[swapped ? SERVER : CLIENT];
	to->base[SERVER] = from->base[swapped ? CLIENT : SERVER];
}

/*
 * tcpdump's relative numbers: a segment with ACK of a conversation that it
 * hasn't seen, and every SYN-ACK, is shown whole and becomes the base.
 */
static void
frame_walk_trace(struct frame_walk *w, const struct flow *flow, const struct frame *frame,
    struct frame_cells *c)
{
	struct telling *t = &w->telling[frame->flow];
	enum side from = frame_from(frame), to = side_other(from);

	c->trace_seq = frame->seq;
	c->trace_ack = frame->ack;
	c->trace_base = 0;
	if (flow == NULL || w->asked->absolute || !(frame->flags & TCP_ACK)
	    || frame->notes & NOTE_ICMP_ERROR)
		return;
	if (!t->based && flow->previous != 0)
		frame_walk_inherit(w, flow);
	if (!t->based || frame->flags & TCP_SYN) {
		t->base[from] = frame->seq;
		t->base[to] = frame->ack - 1;
		t->based = true;
		return;
	}
	c->trace_seq -= t->base[from];
	c->trace_ack -= t->base[to];
	c->trace_base = t->base[to];
}

static void
frame_walk_stranger(struct frame_walk *w, const struct frame *frame)
{
	snprintf(w->explanation, sizeof w->explanation,
	    _("An ICMP%s error (type %u, code %u) quotes a segment of a connection that isn't in this capture."),
	    frame->duplicate_ack == 6 ? "v6" : "", frame->window >> 8, frame->window & 0xffU);
}

static void
frame_walk_fill(struct frame_walk *w, const struct flow *flow, const struct frame *frame,
    const struct segment *segment)
{
	struct frame_cells *c = &w->cells;
	bool absolute = w->asked->absolute || flow == NULL, icmp = frame->notes & NOTE_ICMP_ERROR;
	uint32_t ack = !icmp ? frame->ack : segment != NULL ? segment->ack : 0;

	*c = (struct frame_cells){ .trace_seq = c->trace_seq, .trace_ack = c->trace_ack,
	    .trace_base = c->trace_base, .frame = frame, .flow = flow, .from = frame_from(frame),
	    .segment = segment,
	    .icmp = icmp, .seq = frame->seq, .ack = ack,
	    .window = frame->window, .explanation = w->explanation,
	    .options = w->options, .options_size = w->options_size };
	if (flow != NULL) {
		enum side to = side_other(c->from);

		c->source = flow->address[c->from];
		c->target = flow->address[to];
		c->source_port = flow->port[c->from];
		c->target_port = flow->port[to];
		c->family = flow->family;
		if (!absolute) {
			c->seq = flow_relative(flow, c->from, frame->seq);
			c->ack = flow_relative(flow, to, ack);
		}
		if (!c->icmp)
			c->window = flow_window(flow, frame);
	} else if (segment != NULL) {
		c->source = segment->source;
		c->target = segment->target;
		c->source_port = segment->source_port;
		c->target_port = segment->target_port;
		c->family = segment->family;
	}
}

const struct frame_cells *
frame_walk_next(struct frame_walk *w)
{
	const struct frame_store *frames = session_frames(w->session);
	const struct flow_table *flows = session_flows(w->session);
	uint32_t count = frame_store_count(frames);

	while (w->row < count) {
		const struct frame *frame = frame_store_get(frames, w->row++);
		const struct flow *flow = NULL;
		const struct segment *segment = NULL;

		w->options = NULL;
		if (frame->flow > w->flows || !w->telling[frame->flow].wanted)
			continue;
		if (frame->flow != 0)
			flow = flow_table_get(flows, frame->flow);
		/*
		 * A SYN's options and an ICMP error's circumstances are worth a look at the
		 * bytes.
		 */
		if (w->with_segments || flow == NULL || frame->flags & TCP_SYN
		    || frame->notes & NOTE_ICMP_ERROR)
			segment = frame_walk_segment(w, frame);
		if (flow == NULL)
			frame_walk_stranger(w, frame);
		else if (w->with_explanations)
			frame_walk_tell(w, flow, frame, segment);
		frame_walk_trace(w, flow, frame, &w->cells);
		if (w->filter != NULL) {
			struct flow_row row;

			if (flow == NULL)
				continue;
			flow_row_init(&row, w->narrator, w->replay, flow);
			if (!filter_match_frame(w->filter, &row, frame))
				continue;
		}
		frame_walk_fill(w, flow, frame, segment);
		return &w->cells;
	}
	return NULL;
}

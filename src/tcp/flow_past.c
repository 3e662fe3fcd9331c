/*
 * A fold over the frames that go, by those rooms that fold over frames
 * anyway.  Timestamps aren't looked at any more: round trips of that time
 * are measured by acknowledgments alone.
 */
#include "tcp/flow_past.h"

#include <stdlib.h>

#include "base/memory.h"

struct flow_past *
flow_past_new(const struct flow *flow)
{
	struct flow_past *p = memory_new(sizeof *p);

	p->story = story_new(flow);
	p->timing = timing_new(flow);
	return p;
}

void
flow_past_free(struct flow_past *p)
{
	if (p == NULL)
		return;
	story_free(p->story);
	timing_free(p->timing);
	free(p);
}

void
flow_past_add(struct flow_past *p, const struct frame *frame)
{
	enum side from = frame_from(frame);

	story_add(p->story, frame);
	timing_add(p->timing, frame, NULL);
	if (p->rows++ == 0) {
		p->first_time = frame->time;
		p->first_frame = frame->number;
	}
	p->last_time = frame->time;
	p->last_frame = frame->number;
	if (frame->notes & NOTE_ICMP_ERROR)
		return;
	p->frames[from]++;
	p->bytes[from] += frame->length;
	if (frame->notes & NOTES_RESENT)
		p->resent[from]++;
}

void
flow_past_move(struct flow_past *p, const struct flow *flow)
{
	story_move(p->story, flow);
	timing_move(p->timing, flow);
}

size_t
flow_past_memory(const struct flow_past *p)
{
	return sizeof *p + story_memory(p->story) + timing_memory(p->timing);
}

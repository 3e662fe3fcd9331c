/*
 * What is said of connections by a session that forgets, held against one
 * that doesn't.
 */
#include "tests/forgetting.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 16384 };

static void
describe(const struct world *w, const struct flow *flow, char *out, size_t size)
{
	char verdict[VERDICT_TEXT_MAX], line[TIMING_TEXT_MAX];
	struct moment m;
	size_t used;
	char *more;

	snprintf(verdict, sizeof verdict, "%s", narrator_outcome_at(w->narrator, w->replay, flow)->verdict);
	if (flow_table_past(flows_of(w), flow) != NULL) {
		more = strstr(verdict, " Its first ");
		MUST(more != NULL && strstr(more, "given up") != NULL, "%s", verdict);
		*more = '\0';
	}
	if ((more = strstr(verdict, " One of ")) != NULL)
		*more = '\0';	/* of a flood, others are counted */
	for (char *at = verdict; (at = strstr(at, "connection ")) != NULL;)
		for (at += 11; *at >= '0' && *at <= '9';)
			memmove(at, at + 1, strlen(at));
	replay_moment(w->replay, flow, &m);
	used = (size_t)snprintf(out, size, "%x %x %u %u %" PRIu64 " %" PRIu64 " %u %u %x %s", m.state[0],
	    m.state[1],
	    m.frames[0], m.frames[1], m.bytes[0], m.bytes[1], m.resent[0], m.resent[1],
	    flow->marks & ~(unsigned)FLOW_PAST, verdict);
	for (unsigned n = 0; n < TIMING_LINES && used < size; n++) {
		timing_line(narrator_timing_at(w->narrator, w->replay, flow), n, line, sizeof line);
		if (strstr(line, "Round trips") == NULL)
			used += (size_t)snprintf(out + used, size - used, "\n%s", line);
	}
}

unsigned long
check_against(const struct world *w, const struct world *whole)
{
	const struct flow_table *t = flows_of(w), *all = flows_of(whole);
	uint32_t top = 0, *by_first;
	unsigned long compared = 0;

	for (uint32_t id = 1; id <= flow_table_count(all); id++)
		if (flow_table_get(all, id)->first_frame > top)
			top = flow_table_get(all, id)->first_frame;
	by_first = calloc(top + 1, sizeof *by_first);
	for (uint32_t id = 1; id <= flow_table_count(all); id++)
		by_first[flow_table_get(all, id)->first_frame] = id;
	for (uint32_t id = 1; id <= flow_table_count(t); id++) {
		const struct flow *f = flow_table_get(t, id), *g = f, *o;
		static char a[TEXT], b[TEXT];
		bool same = true, embryo = false, differ = false;

		/* the newest of the chain, then all of it */
		while (g->next != 0)
			g = flow_table_get(t, g->next);
		o = g->first_frame <= top && by_first[g->first_frame] != 0 ? flow_table_get(all,
		    by_first[g->first_frame]) : NULL;
		if (o == NULL || o->next != 0)
			continue;
		for (;;) {
			same = g->first_frame == o->first_frame && same_tuple(g, o)
			    && (g->previous != 0) == (o->previous != 0)
			    && (g->reused != 0) == (o->reused != 0);
			embryo = embryo || (g->marks & FLOW_PAST && flow_table_past(t, g)->rows == 1);
			differ = differ || g->end[0].frames != o->end[0].frames
			    || g->end[1].frames != o->end[1].frames;
			if (!same || g->previous == 0)
				break;
			g = flow_table_get(t, g->previous);
			o = flow_table_get(all, o->previous);
		}
		if (!same)
			continue;
		o = flow_table_get(all, by_first[f->first_frame]);
		/* a SYN that had to go is found again by what answers it, not by what is beside it */
		if (embryo && (differ || f->previous != 0 || f->next != 0))
			continue;
		describe(w, f, a, sizeof a);
		describe(whole, o, b, sizeof b);
		compared++;
		MUST(strcmp(a, b) == 0, "#%u (whole: #%u) first %u:\n%s\n-- whole:\n%s\n", f->number,
		    o->number, f->first_frame, a, b);
	}
	free(by_first);
	return compared;
}

void
check_counts(const struct world *w, const struct world *whole)
{
	struct session_status a, b;

	session_status(w->session, &a);
	session_status(whole->session, &b);
	MUST(flow_table_count(flows_of(w))
	    + eviction_flows(&a.given_up) == flow_table_numbered(flows_of(w)), "flows");
	MUST(frame_store_count(session_frames(w->session))
	    + a.given_up.rows == frame_store_count(session_frames(whole->session)), "rows");
}

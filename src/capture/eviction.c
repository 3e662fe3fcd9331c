/*
 * First a plan: for each connection from which row on it stays, or that it
 * goes.  Within a class the ones heard longest ago go, found by a histogram
 * of those times, since sorting would take more memory just when there is
 * none.  Then it is carried out in one pass over connections and one over
 * records.
 */
#include "capture/eviction.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	/* The newest rows of a connection, which stay: at first, and when nobody else is left but living ones. */
	LONG_KEPT = 4096, LONG_KEPT_LEAST = 128,
	CUT_DEEP = 4,			/* then so many times what is needed goes, since each connection cut costs something */
	PAST_ROWS = 128,		/* what is kept instead of a connection's first rows takes as much as these */
	ROWS_PER_BUCKET = 1 << 14,
	STEP = 256,			/* rows of a connection that are counted together */
	TIMES = 1024			/* buckets of last times */
};

/* In the order in which they go. */
enum class { FINISHED, UNANSWERED, UNCOMPLETED, OTHERS, CLASSES };

struct plan {
	struct flow_table *flows;
	struct frame_store *frames;
	uint64_t now;
	uint32_t *first;		/* by id: its first row that stays; UINT32_MAX: it goes */
	uint8_t *class;			/* by id */
	uint64_t earliest, latest;	/* last times */
	uint64_t weight[CLASSES][TIMES];
	unsigned upto[CLASSES];		/* buckets below this go */
};

uint64_t
eviction_flows(const struct eviction_counts *counts)
{
	return counts->finished + counts->unanswered + counts->uncompleted + counts->others;
}

void
eviction_moves_fini(struct eviction_moves *m)
{
	free(m->ids);
	frame_moves_free(m->rows);
}

/* ---- long connections */

/* Cuts the oldest rows of connections that have more than twice as many; returns how many bytes that makes. */
static uint64_t
cut_long(struct plan *p, uint64_t bytes, uint32_t stay)
{
	uint32_t count = flow_table_count(p->flows), cut = 0;
	size_t buckets = frame_store_count(p->frames) / ROWS_PER_BUCKET + 1;
	uint64_t *in = memory_new_array(buckets, sizeof *in), sum = 0;
	bool any = false;

	for (uint32_t id = 1; id <= count; id++) {
		const struct flow *flow = flow_table_get(p->flows, id);

		if (flow->rows <= 2 * stay || p->first[id] == UINT32_MAX)
			continue;
		any = true;
		for (uint32_t n = 0; n + stay < flow->rows; n += STEP)
			in[frame_store_nth(p->frames, flow, n) / ROWS_PER_BUCKET] += STEP;
	}
	for (size_t i = 0; any && i < buckets && sum * EVICTION_ROW_BYTES < bytes; i++) {
		sum += in[i];
		cut = (uint32_t)(i + 1) * ROWS_PER_BUCKET;
	}
	free(in);
	sum = 0;
	for (uint32_t id = 1; any && id <= count; id++) {
		const struct flow *flow = flow_table_get(p->flows, id);
		uint32_t newest, before, gone;

		if (flow->rows <= 2 * stay || p->first[id] == UINT32_MAX)
			continue;
		newest = frame_store_nth(p->frames, flow, flow->rows - stay);
		newest = cut < newest ? cut : newest;
		if (newest <= p->first[id])
			continue;
		before = frame_store_rows_before(p->frames, flow, p->first[id]);
		gone = frame_store_rows_before(p->frames, flow, newest) - before;
		if (!(flow->marks & FLOW_PAST) && gone <= PAST_ROWS)
			continue;
		p->first[id] = newest;
		sum += gone;
	}
	return sum * EVICTION_ROW_BYTES;
}

/* ---- whole connections */

static bool
is_over(shown_state state)
{
	enum tcp_state s = shown_state_of(state);

	return s == TCP_CLOSED || s == TCP_TIME_WAIT;
}

static enum class
class_of(const struct plan *p, const struct flow *flow)
{
	shown_state client = flow_state_at(flow, CLIENT, p->now), server = flow_state_at(flow, SERVER, p->now);
	const uint32_t opener = flow->end[CLIENT].marks, peer = flow->end[SERVER].marks;

	if ((is_over(client) && (is_over(server) || shown_state_of(server) <= TCP_LISTEN))
	    || (is_over(server) && shown_state_of(client) <= TCP_LISTEN))
		return FINISHED;
	/* What stands behind it in its tuple would have to go with it. */
	if (!(opener & ENDPOINT_SYN_SEEN) || opener & ENDPOINT_SPOKE || flow->previous != 0)
		return OTHERS;
	if (!(peer & ENDPOINT_SEEN) && !(flow->marks & FLOW_ICMP))
		return UNANSWERED;
	return peer & ENDPOINT_SPOKE ? OTHERS : UNCOMPLETED;
}

static unsigned
bucket_of(const struct plan *p, uint64_t time)
{
	uint64_t span = p->latest - p->earliest, since = time - p->earliest;

	while (span >= UINT64_C(1) << 48) {
		span >>= 1;
		since >>= 1;
	}
	return (unsigned)(since * (TIMES - 1) / (span + 1));
}

static uint64_t
weight_of(const struct plan *p, const struct flow *flow)
{
	uint64_t rows = flow->rows;

	if (p->first[flow->id] == UINT32_MAX)
		return 0;
	if (p->first[flow->id] > 0)
		rows -= frame_store_rows_before(p->frames, flow, p->first[flow->id]);
	return EVICTION_FLOW_BYTES + rows * EVICTION_ROW_BYTES;
}

static void
weigh(struct plan *p)
{
	uint32_t count = flow_table_count(p->flows);

	memset(p->weight, 0, sizeof p->weight);
	p->earliest = UINT64_MAX;
	for (uint32_t id = 1; id <= count; id++) {
		const struct flow *flow = flow_table_get(p->flows, id);

		p->class[id] = (uint8_t)class_of(p, flow);
		if (flow->last_time < p->earliest)
			p->earliest = flow->last_time;
		if (flow->last_time > p->latest)
			p->latest = flow->last_time;
	}
	for (uint32_t id = 1; id <= count; id++) {
		const struct flow *flow = flow_table_get(p->flows, id);

		p->weight[p->class[id]][bucket_of(p, flow->last_time)] += weight_of(p, flow);
	}
}

/* Connections of these classes, one class after the other; returns how many bytes that makes. */
static uint64_t
choose(struct plan *p, uint64_t bytes, enum class from, enum class to)
{
	uint64_t sum = 0;

	memset(p->upto, 0, sizeof p->upto);
	weigh(p);
	for (enum class class = from; class <= to; class++)
		for (unsigned i = 0; i < TIMES && sum < bytes; i++) {
			sum += p->weight[class][i];
			p->upto[class] = i + 1;
		}
	for (uint32_t id = flow_table_count(p->flows); id > 0; id--) {
		const struct flow *flow = flow_table_get(p->flows, id);

		if (bucket_of(p, flow->last_time) < p->upto[p->class[id]])
			p->first[id] = UINT32_MAX;
		/* Whatever came later in its tuple goes: what is left must not take that one's place. */
		if (p->first[id] == UINT32_MAX && flow->previous != 0)
			p->first[flow->previous] = UINT32_MAX;
	}
	return sum;
}

/* What goes, and for how many bytes there is nothing left. */
static void
make_plan(struct plan *p, uint64_t bytes)
{
	uint64_t freed = cut_long(p, bytes, LONG_KEPT);

	if (freed < bytes)
		freed += choose(p, bytes - freed, FINISHED, UNCOMPLETED);
	if (freed < bytes)
		freed += cut_long(p, CUT_DEEP * (bytes - freed), LONG_KEPT_LEAST);
	if (freed < bytes)
		choose(p, bytes - freed, OTHERS, OTHERS);
	/* Errors about nobody's segments: the older half. */
	p->first[0] = frame_store_count(p->frames) / 2;
}

/* ---- carrying it out */

static uint64_t
hash_of(const struct flow *flow, const struct flow_secret *secret)
{
	struct segment segment = { .family = flow->family, .source_port = flow->port[CLIENT],
	    .target_port = flow->port[SERVER] };

	memcpy(segment.source, flow->address[CLIENT], sizeof segment.source);
	memcpy(segment.target, flow->address[SERVER], sizeof segment.target);
	return flow_hash(secret, &segment);
}

/* Of a connection of which only one end was heard, and that with a SYN, perhaps among other things: the newest SYN. */
static void
keep_embryo(const struct plan *p, const struct flow *flow, const struct flow_secret *secret)
{
	for (uint32_t n = flow->rows; n > 0; n--) {
		const struct frame *frame = frame_store_get(p->frames, frame_store_nth(p->frames, flow, n - 1));

		if ((frame->flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN)) != TCP_SYN)
			continue;
		flow_table_keep_embryo(p->flows, flow, frame, hash_of(flow, secret));
		return;
	}
}

static void
remember(const struct plan *p, const struct flow_secret *secret, struct eviction_counts *counts)
{
	uint32_t count = flow_table_count(p->flows);

	for (uint32_t id = 1; id <= count; id++) {
		struct flow *flow = flow_table_get(p->flows, id);
		uint32_t go;

		if (p->first[id] == UINT32_MAX) {
			enum class class = (enum class)p->class[id];

			++*(class == FINISHED ? &counts->finished : class == UNANSWERED ? &counts->unanswered
			    : class == UNCOMPLETED ? &counts->uncompleted : &counts->others);
			flow_table_count_gone(p->flows, flow);
			if (class == UNANSWERED)
				keep_embryo(p, flow, secret);
			continue;
		}
		go = p->first[id] > 0 ? frame_store_rows_before(p->frames, flow, p->first[id]) : 0;
		for (uint32_t n = 0; n < go; n++)
			flow_table_forget_frame(p->flows, flow,
			    frame_store_get(p->frames, frame_store_nth(p->frames, flow, n)));
		counts->long_rows += go;
	}
}

void
eviction_run(struct flow_table *flows, struct frame_store *frames, const struct flow_secret *secret, uint64_t now,
    uint64_t bytes, struct eviction_counts *counts, struct eviction_moves *moves)
{
	uint32_t count = flow_table_count(flows), rows = frame_store_count(frames);
	struct plan *p = memory_new(sizeof *p);

	p->flows = flows;
	p->frames = frames;
	p->now = now;
	p->first = memory_new_array((size_t)count + 1, sizeof *p->first);
	p->class = memory_new_array((size_t)count + 1, sizeof *p->class);
	make_plan(p, bytes);
	remember(p, secret, counts);
	moves->flows = count;
	moves->ids = memory_new_array((size_t)count + 1, sizeof *moves->ids);
	for (uint32_t id = 1; id <= count; id++)
		moves->ids[id] = p->first[id] != UINT32_MAX;
	moves->rows = frame_moves_new(rows);
	flow_table_give_up(flows, moves->ids);
	frame_store_give_up(frames, flows, p->first, moves->ids, moves->rows);
	counts->rows += rows - frame_store_count(frames);
	counts->times++;
	free(p->first);
	free(p->class);
	free(p);
}

/*
 * Finds SYN floods by two walks over the connections: the first counts
 * uncompleted handshakes for each server endpoint in a compact table, the
 * second looks at the times of those that have enough.  Knows flows and
 * nothing of screens.
 */
#include "view/flood.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "view/format.h"

struct target {
	uint8_t address[16];
	uint16_t port;
	uint8_t family;
	bool used;
	uint32_t attempts, completed;
	uint32_t suspect;		/* index in suspects plus 1, or 0 */
};

/* An endpoint with enough attempts, and when the newest of them began. */
struct suspect {
	struct flood flood;
	uint64_t recent[FLOOD_LEAST];	/* a ring */
	bool flooded;
};

struct floods {
	struct target *targets;
	size_t size;			/* a power of two; 0: none yet */
	size_t used;
	struct suspect *suspects;
	size_t suspect_count;
	const struct suspect **order;	/* those that are floods, largest first */
	size_t count;
	uint32_t looked_at;		/* connections when last looked */
	uint32_t looked_rows;		/* and rows */
};

struct floods *
floods_new(void)
{
	return memory_new(sizeof(struct floods));
}

static void
floods_clear(struct floods *f)
{
	free(f->targets);
	free(f->suspects);
	free(f->order);
	memset(f, 0, sizeof *f);
}

void
floods_free(struct floods *f)
{
	if (f == NULL)
		return;
	floods_clear(f);
	free(f);
}

size_t
floods_count(const struct floods *f)
{
	return f->count;
}

const struct flood *
floods_get(const struct floods *f, size_t n)
{
	return &f->order[n]->flood;
}

size_t
flood_write_attempts(const struct flood *flood, char *out, size_t size)
{
	char count[FORMAT_NUMBER_MAX];

	format_count(count, sizeof count, flood->attempts);
	snprintf(out, size, flood->part ? _("at least %s") : "%s", count);
	return strlen(out);
}

static size_t
place_of(const uint8_t *address, uint16_t port, size_t size)
{
	uint64_t words[2], h;

	memcpy(words, address, sizeof words);
	h = (words[0] ^ port) * 0x9e3779b97f4a7c15ULL;
	h = (h ^ h >> 32 ^ words[1]) * 0xff51afd7ed558ccdULL;
	return (size_t)(h >> 32) & (size - 1);
}

static struct target *
find_target(const struct floods *f, const struct flow *flow)
{
	const uint8_t *address = flow->address[SERVER];
	size_t at = place_of(address, flow->port[SERVER], f->size);

	while (f->targets[at].used && (f->targets[at].port != flow->port[SERVER]
	    || f->targets[at].family != flow->family || memcmp(f->targets[at].address, address, 16) != 0))
		at = (at + 1) & (f->size - 1);
	return &f->targets[at];
}

static void
grow_targets(struct floods *f)
{
	struct target *old = f->targets;
	size_t old_size = f->size;

	f->size = old_size > 0 ? 2 * old_size : 1024;
	f->targets = memory_new_array(f->size, sizeof *f->targets);
	for (size_t i = 0; i < old_size; i++) {
		size_t at;

		if (!old[i].used)
			continue;
		at = place_of(old[i].address, old[i].port, f->size);
		while (f->targets[at].used)
			at = (at + 1) & (f->size - 1);
		f->targets[at] = old[i];
	}
	free(old);
}

static void
count_targets(struct floods *f, const struct flow_table *flows, uint32_t count)
{
	for (uint32_t id = 1; id <= count; id++) {
		const struct flow *flow = flow_table_get(flows, id);
		struct target *t;

		if (2 * f->used >= f->size)
			grow_targets(f);
		t = find_target(f, flow);
		if (!t->used) {
			memcpy(t->address, flow->address[SERVER], sizeof t->address);
			t->port = flow->port[SERVER];
			t->family = flow->family;
			t->used = true;
			f->used++;
		}
		if (attempts_is_one(flow))
			t->attempts++;
		else if (flow->end[CLIENT].marks & ENDPOINT_SPOKE)
			t->completed++;
		if (t->attempts == FLOOD_LEAST && t->suspect == 0)
			t->suspect = (uint32_t)++f->suspect_count;
	}
}

static void
add_attempt(struct suspect *s, const struct flow *flow)
{
	struct flood *flood = &s->flood;
	uint64_t time = flow->first_time;

	if (flood->attempts == 0) {
		memcpy(flood->address, flow->address[SERVER], sizeof flood->address);
		flood->port = flow->port[SERVER];
		flood->family = flow->family;
		flood->first_time = time;
		flood->first_frame = flow->first_frame;
	}
	/* As many as the ring holds, within the window: its oldest began that long ago. */
	if (flood->attempts >= FLOOD_LEAST - 1) {
		uint64_t first = s->recent[(flood->attempts + 1) % FLOOD_LEAST];

		if (time >= first && time - first <= FLOOD_WINDOW)
			s->flooded = true;
	}
	s->recent[flood->attempts % FLOOD_LEAST] = time;
	flood->attempts++;
	flood->last_time = time;
	if (flow->end[SERVER].marks & ENDPOINT_SYN_SEEN)
		flood->answered = true;
}

/* Those that aren't held any more. */
static void
add_given_up(struct flood *flood, const struct attempts *gone)
{
	const struct attempts_of *of;

	if (gone == NULL)
		return;
	of = attempts_find(gone, flood->address, flood->family, flood->port);
	flood->part = of != NULL ? of->part : attempts_are_part(gone);
	if (of == NULL)
		return;
	if (of->attempts > 0 && of->first_time < flood->first_time) {
		flood->first_time = of->first_time;
		flood->first_frame = of->first_frame;
	}
	flood->attempts += of->attempts;
	flood->completed += of->completed;
}

static int
compare_size(const void *a, const void *b)
{
	const struct suspect *x = *(const struct suspect *const *)a, *y = *(const struct suspect *const *)b;

	return x->flood.attempts < y->flood.attempts ? 1 : x->flood.attempts > y->flood.attempts ? -1
	    : frame_is_after(y->flood.first_frame, x->flood.first_frame) ? -1 : 1;
}

static void
look_at_suspects(struct floods *f, const struct flow_table *flows, uint32_t count)
{
	f->suspects = memory_new_array(f->suspect_count, sizeof *f->suspects);
	f->order = memory_new_array(f->suspect_count, sizeof(const struct suspect *));
	for (uint32_t id = 1; id <= count; id++) {
		const struct flow *flow = flow_table_get(flows, id);
		const struct target *t = find_target(f, flow);

		if (t->suspect == 0)
			continue;
		if (attempts_is_one(flow))
			add_attempt(&f->suspects[t->suspect - 1], flow);
		f->suspects[t->suspect - 1].flood.completed = t->completed;
	}
	for (size_t i = 0; i < f->suspect_count; i++) {
		struct suspect *s = &f->suspects[i];

		add_given_up(&s->flood, flow_table_gone(flows));
		/* A busy server with some losses isn't flooded. */
		s->flooded = s->flooded && s->flood.attempts > s->flood.completed;
		if (s->flooded)
			f->order[f->count++] = s;
	}
	qsort(f->order, f->count, sizeof(const struct suspect *), compare_size);
}

/* Has so much come since that another look pays? */
static bool
has_grown(uint32_t now, uint32_t then)
{
	return now > then && (now < 4096 || now - then >= then / 16);
}

void
floods_moved(struct floods *f)
{
	floods_clear(f);
}

void
floods_update(struct floods *f, const struct session *session)
{
	const struct flow_table *flows = session_flows(session);
	uint32_t count = flow_table_count(flows), rows = frame_store_count(session_frames(session));

	if (!has_grown(count, f->looked_at) && !has_grown(rows, f->looked_rows))
		return;
	floods_clear(f);
	f->looked_at = count;
	f->looked_rows = rows;
	count_targets(f, flows, count);
	if (f->suspect_count > 0)
		look_at_suspects(f, flows, count);
}

const struct flood *
floods_of(struct floods *f, const struct session *session, const struct flow *flow)
{
	const struct target *t;

	if (!attempts_is_one(flow))
		return NULL;
	floods_update(f, session);
	if (f->count == 0 || flow->id > f->looked_at)
		return NULL;
	t = find_target(f, flow);
	if (!t->used || t->suspect == 0 || !f->suspects[t->suspect - 1].flooded)
		return NULL;
	return &f->suspects[t->suspect - 1].flood;
}

/*
 * Two parts in each direction, before the tap and behind it.  The part
 * between an end and a tap at that end is perfect and takes no time.
 */
#include "path.h"

static bool
is_perfect(const struct path *p, unsigned from, bool behind_tap)
{
	unsigned near = behind_tap ? 1 - from : from;	/* the end that this part touches */

	return (p->tap == TAP_AT_FIRST && near == 0) || (p->tap == TAP_AT_SECOND && near == 1);
}

static void
enqueue(struct path *p, uint64_t now, unsigned from, const struct model_segment *segment, bool behind_tap)
{
	uint64_t due = now + p->weather.delay, *newest = &p->newest[from][behind_tap];

	if (p->count == PATH_ROOM)
		return;		/* as lost as any other */
	if (p->weather.jitter > 0)
		due += random_below(p->random, p->weather.jitter);
	if (random_chance(p->random, p->weather.overtaken))
		due += random_below(p->random, 4 * p->weather.delay + 1);
	else if (due < *newest)
		due = *newest;	/* a queue keeps its order */
	else
		*newest = due;
	p->pending[p->count++] = (struct transit){ due, p->order++, *segment, from, behind_tap };
}

static void
carry(struct path *p, uint64_t now, unsigned from, const struct model_segment *segment, bool behind_tap);

static void
pass(struct path *p, uint64_t now, unsigned from, const struct model_segment *segment, bool behind_tap)
{
	if (behind_tap) {
		p->arrived(p->context, 1 - from, segment);
		return;
	}
	p->watched(p->context, now, from, segment);
	carry(p, now, from, segment, true);
}

static void
carry(struct path *p, uint64_t now, unsigned from, const struct model_segment *segment, bool behind_tap)
{
	if (is_perfect(p, from, behind_tap)) {
		pass(p, now, from, segment, behind_tap);
		return;
	}
	if (!random_chance(p->random, p->weather.lost))
		enqueue(p, now, from, segment, behind_tap);
	if (random_chance(p->random, p->weather.doubled))
		enqueue(p, now, from, segment, behind_tap);
}

void
path_send(struct path *p, uint64_t now, unsigned from, const struct model_segment *segment)
{
	carry(p, now, from, segment, false);
}

static unsigned
first_due(const struct path *p)
{
	unsigned first = 0;

	for (unsigned i = 1; i < p->count; i++)
		if (p->pending[i].due < p->pending[first].due || (p->pending[i].due == p->pending[first].due
		    && p->pending[i].order < p->pending[first].order))
			first = i;
	return first;
}

uint64_t
path_deadline(const struct path *p)
{
	return p->count > 0 ? p->pending[first_due(p)].due : UINT64_MAX;
}

void
path_step(struct path *p, uint64_t now)
{
	unsigned i = first_due(p);
	struct transit moved = p->pending[i];

	p->pending[i] = p->pending[--p->count];
	pass(p, now, moved.from, &moved.segment, moved.behind_tap);
}

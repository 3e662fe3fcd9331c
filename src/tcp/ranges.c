/*
 * Sorted ranges of sequence numbers.  All of them lie within 2^31 of each
 * other: what is older is forgotten from the left (a connection of more
 * than 2 GiB has come round by then).
 */
#include "tcp/ranges.h"

#include <string.h>

#include "packet/seqnum.h"

static void
ranges_insert(struct ranges *r, uint32_t at, uint32_t left, uint32_t right)
{
	if (r->count == RANGES_MAX) {
		/* A hole so old will not be filled any more. */
		r->range[0].right = r->range[1].right;
		memmove(&r->range[1], &r->range[2], (r->count - 2) * sizeof r->range[0]);
		r->count--;
		if (at > 1)
			at--;
	}
	memmove(&r->range[at + 1], &r->range[at], (r->count - at) * sizeof r->range[0]);
	r->range[at].left = left;
	r->range[at].right = right;
	r->count++;
}

static void
ranges_forget_old(struct ranges *r, uint32_t newest)
{
	uint32_t horizon = newest - (1U << 30);
	uint32_t gone = 0;

	while (gone + 1 < r->count && seqnum_before(r->range[gone].right, horizon))
		gone++;
	if (gone > 0) {
		r->count -= gone;
		memmove(&r->range[0], &r->range[gone], r->count * sizeof r->range[0]);
	}
	if (r->count > 0 && seqnum_before(r->range[0].left, horizon) && seqnum_after(r->range[0].right, horizon))
		r->range[0].left = horizon;
}

uint32_t
ranges_add(struct ranges *r, uint32_t left, uint32_t right)
{
	uint32_t fresh = right - left;
	uint32_t first = 0, last;

	if (left == right)
		return 0;
	ranges_forget_old(r, right);
	while (first < r->count && seqnum_before(r->range[first].right, left))
		first++;
	last = first;
	while (last < r->count && seqnum_at_most(r->range[last].left, right)) {
		struct range *known = &r->range[last];
		uint32_t from = seqnum_before(known->left, left) ? left : known->left;
		uint32_t to = seqnum_after(known->right, right) ? right : known->right;

		if (seqnum_after(to, from))
			fresh -= to - from;
		last++;
	}
	if (last == first) {
		ranges_insert(r, first, left, right);
		return fresh;
	}
	if (seqnum_before(left, r->range[first].left))
		r->range[first].left = left;
	if (seqnum_after(right, r->range[last - 1].right))
		r->range[first].right = right;
	else
		r->range[first].right = r->range[last - 1].right;
	memmove(&r->range[first + 1], &r->range[last], (r->count - last) * sizeof r->range[0]);
	r->count -= last - first - 1;
	return fresh;
}

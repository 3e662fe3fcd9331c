/*
 * Counts of given-up handshakes by server endpoint, in sets of a few places
 * that an endpoint's hash chooses.  The hash needs no secret: who fills a set
 * on purpose makes counts incomplete, which is told, and nothing slow.
 */
#include "tcp/attempts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { SETS = 256, PLACES = 4 };

struct attempts {
	struct attempts_of of[SETS * PLACES];	/* family 0: free */
	bool part;
};

struct attempts *
attempts_new(void)
{
	return memory_new(sizeof(struct attempts));
}

void
attempts_free(struct attempts *a)
{
	free(a);
}

bool
attempts_is_one(const struct flow *flow)
{
	const uint32_t client = flow->end[CLIENT].marks, server = flow->end[SERVER].marks;

	return client & ENDPOINT_SYN_SEEN && !(client & (ENDPOINT_SPOKE | ENDPOINT_RESET))
	    && !(server & (ENDPOINT_SPOKE | ENDPOINT_RESET));
}

/* Where the set of this endpoint begins. */
static size_t
set_of(const uint8_t address[16], uint16_t port)
{
	uint64_t words[2], h;

	memcpy(words, address, sizeof words);
	h = (words[0] ^ port) * 0x9e3779b97f4a7c15ULL;
	h = (h ^ h >> 32 ^ words[1]) * 0xff51afd7ed558ccdULL;
	return (size_t)(h >> 32) % SETS * PLACES;
}

/* SIZE_MAX: nowhere. */
static size_t
index_of(const struct attempts *a, const uint8_t address[16], uint8_t family, uint16_t port)
{
	size_t set = set_of(address, port);

	for (size_t i = set; i < set + PLACES; i++)
		if (a->of[i].family == family && a->of[i].port == port && memcmp(a->of[i].address, address, 16) == 0)
			return i;
	return SIZE_MAX;
}

const struct attempts_of *
attempts_find(const struct attempts *a, const uint8_t address[16], uint8_t family, uint16_t port)
{
	size_t at = index_of(a, address, family, port);

	return at != SIZE_MAX ? &a->of[at] : NULL;
}

static struct attempts_of *
place_of(struct attempts *a, const struct flow *flow)
{
	const uint8_t *address = flow->address[SERVER];
	size_t at = index_of(a, address, flow->family, flow->port[SERVER]), set = set_of(address, flow->port[SERVER]);
	struct attempts_of *fewest = &a->of[set];

	if (at != SIZE_MAX)
		return &a->of[at];
	for (struct attempts_of *one = fewest + 1; one < &a->of[set] + PLACES; one++)
		if (one->attempts < fewest->attempts
		    || (one->attempts == fewest->attempts && one->completed < fewest->completed))
			fewest = one;
	a->part = a->part || fewest->family != 0;
	*fewest = (struct attempts_of){ .port = flow->port[SERVER], .family = flow->family, .part = a->part };
	memcpy(fewest->address, address, sizeof fewest->address);
	return fewest;
}

void
attempts_add(struct attempts *a, const struct flow *flow)
{
	bool one = attempts_is_one(flow);
	struct attempts_of *of;

	if (!one && !(flow->end[CLIENT].marks & ENDPOINT_SPOKE))
		return;
	of = place_of(a, flow);
	if (!one) {
		of->completed++;
		return;
	}
	if (of->attempts++ == 0 || flow->first_time < of->first_time) {
		of->first_time = flow->first_time;
		of->first_frame = flow->first_frame;
	}
}

void
attempts_take_back(struct attempts *a, const struct flow *flow)
{
	size_t at = index_of(a, flow->address[SERVER], flow->family, flow->port[SERVER]);

	if (at != SIZE_MAX && a->of[at].attempts > 0)
		a->of[at].attempts--;
}

bool
attempts_are_part(const struct attempts *a)
{
	return a->part;
}

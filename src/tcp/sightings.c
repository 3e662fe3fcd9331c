/*
 * A set-associative memory of recent packets: 64 Ki entries, four to a
 * cache line, the oldest of a line gives way.  At a million packets a second
 * that covers the 50 ms within which a second sighting is believed.
 */
#include "tcp/sightings.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	SIGHTINGS_SETS = 1 << 14,
	SIGHTINGS_WAYS = 4,
	SIGHTINGS_PLACE_BITS = 24
};
#define SIGHTINGS_NANOSECONDS	50000000ULL

struct sighting {
	uint64_t signature;
	uint64_t time_and_place;	/* time in units of 1024 ns, then a hash of where it was seen */
};

struct sightings {
	struct sighting set[SIGHTINGS_SETS][SIGHTINGS_WAYS];
};

struct sightings *
sightings_new(void)
{
	return memory_new(sizeof(struct sightings));
}

void
sightings_free(struct sightings *s)
{
	free(s);
}

static uint64_t
mix(uint64_t h, uint64_t value)
{
	h = (h ^ value) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

/* Keyed by the flow's hash, so that nobody can make lines collide on purpose. */
static uint64_t
signature_of(const struct segment *segment)
{
	uint64_t address;
	uint64_t h = segment->hash;

	memcpy(&address, segment->source, sizeof address);
	h = mix(h, address ^ segment->source_port);
	h = mix(h, (uint64_t)segment->seq << 32 | segment->ack);
	h = mix(h, (uint64_t)segment->length << 32 | (uint32_t)segment->flags << 16 | segment->checksum);
	return mix(h, (uint64_t)segment->ip_id << 16 | segment->window) | 1;
}

static uint32_t
place_of(const struct segment *segment)
{
	return (uint32_t)(mix(segment->sighting, segment->ttl) >> (64 - SIGHTINGS_PLACE_BITS));
}

void
sightings_prefetch(const struct sightings *s, const struct segment *segment)
{
	__builtin_prefetch(s->set[signature_of(segment) >> 50], 1);
}

bool
sightings_repeat(struct sightings *s, const struct segment *segment)
{
	uint64_t signature = signature_of(segment);
	struct sighting *set = s->set[signature >> 50];
	uint64_t now = (segment->time >> 10) & (UINT64_MAX >> SIGHTINGS_PLACE_BITS);
	uint32_t place = place_of(segment);
	struct sighting *oldest = &set[0];
	bool repeat = false;

	for (int i = 0; i < SIGHTINGS_WAYS; i++) {
		uint64_t then = set[i].time_and_place >> SIGHTINGS_PLACE_BITS;
		uint32_t where = (uint32_t)set[i].time_and_place & ((1U << SIGHTINGS_PLACE_BITS) - 1);
		uint64_t apart = now > then ? now - then : then - now;

		if (set[i].signature == signature && apart <= SIGHTINGS_NANOSECONDS >> 10) {
			if (segment->ip_id == 0 && where == place)
				continue;
			repeat = true;
		}
		if (then < oldest->time_and_place >> SIGHTINGS_PLACE_BITS)
			oldest = &set[i];
	}
	oldest->signature = signature;
	oldest->time_and_place = now << SIGHTINGS_PLACE_BITS | place;
	return repeat;
}

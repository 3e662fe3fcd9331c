/* A generator of random numbers that gives the same ones everywhere: splitmix64 (Steele, Lea, Flood, 2014). */
#ifndef MODEL_RANDOM_H
#define MODEL_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct model_random {
	uint64_t state;
};

static inline uint64_t
random_next(struct model_random *r)
{
	uint64_t x = r->state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static inline uint32_t
random_below(struct model_random *r, uint32_t limit)
{
	return (uint32_t)((random_next(r) >> 32) * limit >> 32);
}

static inline bool
random_chance(struct model_random *r, uint32_t in_a_thousand)
{
	return random_below(r, 1000) < in_a_thousand;
}

#endif

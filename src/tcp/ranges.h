/*
 * Which sequence numbers one direction has shown, once there was a gap or an
 * overlap: a few sorted ranges.
 */
#ifndef TCPLADDER_TCP_RANGES_H
#define TCPLADDER_TCP_RANGES_H

#include <stdint.h>

enum { RANGES_MAX = 64 };

struct range {
	uint32_t left, right;	/* right is the first number not included */
};

struct ranges {
	uint32_t count;
	struct range range[RANGES_MAX];		/* ascending modulo 2^32, apart from each other */
};

/* Adds left..right and returns how many numbers of it are new.  When there are too many ranges, the oldest two are joined. */
uint32_t ranges_add(struct ranges *r, uint32_t left, uint32_t right);

#endif

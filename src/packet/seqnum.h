/*
 * Arithmetic on sequence numbers modulo 2^32 (RFC 9293, section 3.4).
 */
#ifndef TCPLADDER_PACKET_SEQNUM_H
#define TCPLADDER_PACKET_SEQNUM_H

#include <stdbool.h>
#include <stdint.h>

/* How far a is ahead of b, in -2^31 .. 2^31-1. */
static inline int32_t
seqnum_difference(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

static inline bool
seqnum_before(uint32_t a, uint32_t b)
{
	return seqnum_difference(a, b) < 0;
}

static inline bool
seqnum_after(uint32_t a, uint32_t b)
{
	return seqnum_difference(a, b) > 0;
}

static inline bool
seqnum_at_most(uint32_t a, uint32_t b)
{
	return seqnum_difference(a, b) <= 0;
}

static inline bool
seqnum_at_least(uint32_t a, uint32_t b)
{
	return seqnum_difference(a, b) >= 0;
}

/* Whether low <= a < low + size, around the wrap. */
static inline bool
seqnum_within(uint32_t a, uint32_t low, uint32_t size)
{
	return (uint32_t)(a - low) < size;
}

#endif

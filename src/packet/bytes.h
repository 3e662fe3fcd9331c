/*
 * What is left of a packet: a bounded reader over bytes in network order.
 * Two lengths travel together: how many bytes there are (captured), and how
 * many there were on the wire, as far as the headers around them agree.
 * Nothing is read before bytes_have() or a comparison with `have` has said
 * that it is there; nothing is cast to a struct.
 */
#ifndef TCPLADDER_PACKET_BYTES_H
#define TCPLADDER_PACKET_BYTES_H

#include <stdbool.h>
#include <stdint.h>

struct bytes {
	const uint8_t *at;
	uint32_t have;		/* bytes that may be read; never more than length */
	uint32_t length;	/* bytes that there were on the wire */
};

static inline uint16_t
bytes_16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
bytes_24(const uint8_t *p)
{
	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t
bytes_32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The same for the few headers that are written little-endian. */
static inline uint16_t
bytes_16_little(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t
bytes_32_little(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* Whether the next n bytes may be read. */
static inline bool
bytes_have(const struct bytes *b, uint32_t n)
{
	return b->have >= n;
}

/* Steps over n bytes, all of which must be there. */
static inline void
bytes_skip(struct bytes *b, uint32_t n)
{
	b->at += n;
	b->have -= n;
	b->length -= n;
}

/* What follows is at most n bytes long: whatever comes after them is padding or a trailer. */
static inline void
bytes_limit(struct bytes *b, uint32_t n)
{
	if (b->length > n)
		b->length = n;
	if (b->have > n)
		b->have = n;
}

#endif

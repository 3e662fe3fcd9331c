/*
 * Reassembly of IP fragments (RFC 791, 8200, 5722), the only state that the
 * decoder has.  Only the beginning of a packet is kept, because all that is
 * wanted of it is its headers; for the rest it is enough to know which bytes
 * have been seen.  The table is bounded, and old packets make room.
 */
#ifndef TCPLADDER_PACKET_FRAGMENTS_H
#define TCPLADDER_PACKET_FRAGMENTS_H

#include "packet/bytes.h"
#include "packet/decode.h"

struct fragment {
	uint64_t time;			/* of the capture, nanoseconds */
	uint32_t frame;
	uint32_t sighting;		/* each point of capture has its own */
	uint32_t id;
	const uint8_t *source, *target;
	uint8_t family;			/* SEGMENT_IPV4, SEGMENT_IPV6 */
	uint8_t protocol;		/* what follows the IP header */
	bool more;
	bool cut;			/* the capture has less of it than there was */
	uint32_t offset;		/* in bytes */
	struct bytes data;
};

enum fragments_result {
	FRAGMENTS_WAITING,
	FRAGMENTS_COMPLETE,
	FRAGMENTS_BAD		/* contradicts itself, as the ping of death does */
};

struct whole_packet {
	struct bytes data;	/* lent until the next frame, perhaps not all of it */
	uint8_t protocol;	/* of the first fragment */
	bool cut;		/* a fragment had been cut short by the capture */
};

/* Takes in one fragment; when it completes its packet, fills *whole. */
enum fragments_result fragments_add(struct fragments *f, const struct fragment *x,
    struct whole_packet *whole);

#endif

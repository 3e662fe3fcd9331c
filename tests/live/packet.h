/*
 * The few bytes of IPv4 and TCP that the wire needs: what a packet is, and a
 * forged one. It shares no code with the program under test.
 */
#ifndef LIVE_PACKET_H
#define LIVE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct live_packet {
	uint32_t source; /* host order, as all here */
	uint32_t destination;
	uint16_t source_port;
	uint16_t destination_port;
	uint32_t seq;
	uint32_t ack;
	uint8_t flags;
	uint32_t payload;
};

enum { LIVE_PACKET_FORGED_LENGTH = 40 };

/* False: it isn't a whole TCP segment in IPv4. */
bool live_packet_parse(const uint8_t *bytes, size_t length, struct live_packet *packet);

/* A bare segment without options or payload, with both checksums. */
void live_packet_forge(uint8_t bytes[LIVE_PACKET_FORGED_LENGTH], const struct live_packet *packet);

#endif

/*
 * The few bytes of IPv4 and TCP that the wire needs: what a packet is, and a
 * forged one. It shares no code with the program under test. RFC 791, RFC 9293 3.1.
 */
#include "packet.h"

#include <string.h>

#include "tests/network_order.h"

enum {
	IP_HEADER = 20,
	TCP_HEADER = 20,
	PROTOCOL_TCP = 6
};

static uint16_t
get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t
get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

bool
live_packet_parse(const uint8_t *bytes, size_t length, struct live_packet *packet)
{
	if (length < IP_HEADER || bytes[0] >> 4 != 4 || bytes[9] != PROTOCOL_TCP)
		return false;
	size_t ip = (size_t)(bytes[0] & 15) * 4;
	size_t total = get16(bytes + 2);
	if (ip < IP_HEADER || total > length || total < ip + TCP_HEADER)
		return false;
	const uint8_t *tcp = bytes + ip;
	size_t headers = ip + (size_t)(tcp[12] >> 4) * 4;
	if (headers < ip + TCP_HEADER || headers > total)
		return false;
	*packet = (struct live_packet){
		.source = get32(bytes + 12),
		.destination = get32(bytes + 16),
		.source_port = get16(tcp),
		.destination_port = get16(tcp + 2),
		.seq = get32(tcp + 4),
		.ack = get32(tcp + 8),
		.flags = tcp[13],
		.payload = (uint32_t)(total - headers),
	};
	return true;
}

static uint32_t
sum(const uint8_t *at, size_t length)
{
	uint32_t total = 0;
	for (size_t i = 0; i + 1 < length; i += 2)
		total += get16(at + i);
	return total;
}

static unsigned
fold(uint32_t total)
{
	while (total > 0xffff)
		total = (total & 0xffff) + (total >> 16);
	return ~total & 0xffff;
}

void
live_packet_forge(uint8_t bytes[LIVE_PACKET_FORGED_LENGTH], const struct live_packet *packet)
{
	uint8_t *tcp = bytes + IP_HEADER;
	memset(bytes, 0, LIVE_PACKET_FORGED_LENGTH);
	bytes[0] = 0x45;
	put16(bytes + 2, LIVE_PACKET_FORGED_LENGTH);
	put16(bytes + 4, packet->seq & 0xffff);
	bytes[8] = 64;
	bytes[9] = PROTOCOL_TCP;
	put32(bytes + 12, packet->source);
	put32(bytes + 16, packet->destination);
	put16(bytes + 10, fold(sum(bytes, IP_HEADER)));

	put16(tcp, packet->source_port);
	put16(tcp + 2, packet->destination_port);
	put32(tcp + 4, packet->seq);
	put32(tcp + 8, packet->ack);
	tcp[12] = TCP_HEADER / 4 << 4;
	tcp[13] = packet->flags;
	put16(tcp + 14, 64240);
	uint32_t pseudo = sum(bytes + 12, 8) + PROTOCOL_TCP + TCP_HEADER;
	put16(tcp + 16, fold(pseudo + sum(tcp, TCP_HEADER)));
}

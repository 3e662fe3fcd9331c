/*
 * Ethernet, IPv4 and TCP with timestamps.  Clients have addresses by their
 * numbers, of 64 servers; nothing is random but the order of frames.
 */
#include "tests/traffic.h"

#include <string.h>

enum { ACTIVE = 4000, HEADERS = 14 + 20 + 32 };

static uint32_t
random_below(struct traffic *t, uint32_t below)
{
	t->random = t->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)((t->random >> 33) * below >> 31);
}

static void
put_big(uint8_t *at, uint32_t value, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++)
		at[i] = (uint8_t)(value >> 8 * (octets - 1 - i));
}

void
traffic_begin(struct traffic *t, FILE *out, bool ng)
{
	static const uint32_t classic[] = { 0xa1b2c3d4, 4U << 16 | 2, 0, 0, 262144, 1 };
	static const uint32_t section[] = { 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28 };
	static const uint32_t interface[] = { 1, 20, 1, 262144, 20 };

	*t = (struct traffic){ .out = out, .ng = ng, .time = 1700000000000000ULL, .random = 1 };
	if (ng) {
		fwrite(section, sizeof section, 1, out);
		fwrite(interface, sizeof interface, 1, out);
	} else
		fwrite(classic, sizeof classic, 1, out);
}

static void
put_record(struct traffic *t, const uint8_t *frame, uint32_t length)
{
	static const uint8_t zero[4];
	uint32_t padded = (length + 3) / 4 * 4, total = 32 + padded;
	uint32_t classic[] = { (uint32_t)(t->time / 1000000), (uint32_t)(t->time % 1000000), length, length };
	uint32_t block[] = { 6, total, 0, (uint32_t)(t->time >> 32), (uint32_t)t->time, length, length };

	if (t->ng) {
		fwrite(block, sizeof block, 1, t->out);
		fwrite(frame, length, 1, t->out);
		fwrite(zero, padded - length, 1, t->out);
		fwrite(&total, sizeof total, 1, t->out);
	} else {
		fwrite(classic, sizeof classic, 1, t->out);
		fwrite(frame, length, 1, t->out);
	}
}

void
traffic_connect(struct traffic_connection *c, uint32_t number)
{
	*c = (struct traffic_connection){ .number = number, .seq = { number * 2654435761U, number * 40503U + 7 } };
}

void
traffic_segment(struct traffic *t, struct traffic_connection *c, unsigned from, uint8_t flags, uint32_t payload)
{
	uint8_t f[HEADERS + TRAFFIC_PAYLOAD_MAX] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45 };
	uint8_t *ip = f + 14, *tcp = ip + 20, *option = tcp + 20;
	uint32_t address[] = { 0x0a000000 + c->number / 50000 * 65536 + c->number % 60000, 0xc6336400 + c->number % 64 };
	uint16_t port[] = { (uint16_t)(10000 + c->number / 60000), (uint16_t)(80 + c->number % 4) };

	put_big(ip + 2, 52 + payload, 2);
	put_big(ip + 4, (uint32_t)t->time, 2);
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = 6;
	put_big(ip + 12, address[from], 4);
	put_big(ip + 16, address[!from], 4);
	put_big(tcp, port[from], 2);
	put_big(tcp + 2, port[!from], 2);
	put_big(tcp + 4, c->seq[from], 4);
	put_big(tcp + 8, flags & TRAFFIC_ACK ? c->seq[!from] : 0, 4);
	tcp[12] = 0x80;
	tcp[13] = flags;
	put_big(tcp + 14, 64240, 2);
	option[0] = option[1] = 1;
	option[2] = 8;
	option[3] = 10;
	put_big(option + 4, (uint32_t)(t->time / 1000), 4);
	put_big(option + 8, (uint32_t)(t->time / 1000) - 3, 4);
	memset(f + HEADERS, 'x', payload);
	put_record(t, f, HEADERS + payload);
	c->seq[from] += payload + (flags & (TRAFFIC_SYN | TRAFFIC_FIN) ? 1 : 0);
	c->step++;
	t->time += 1 + random_below(t, 5);
}

void
traffic_step(struct traffic *t, struct traffic_connection *c, uint64_t steps)
{
	uint64_t left = steps - c->step;
	enum { FIN = TRAFFIC_FIN, SYN = TRAFFIC_SYN, PSH = TRAFFIC_PSH, ACK = TRAFFIC_ACK };

	if (c->step == 0)
		traffic_segment(t, c, 0, SYN, 0);
	else if (c->step == 1)
		traffic_segment(t, c, 1, SYN | ACK, 0);
	else if (c->step == 2)
		traffic_segment(t, c, 0, ACK, 0);
	else if (left == 3)
		traffic_segment(t, c, 0, FIN | ACK, 0);
	else if (left == 2)
		traffic_segment(t, c, 1, FIN | ACK, 0);
	else if (left == 1)
		traffic_segment(t, c, 0, ACK, 0);
	else if (c->step % 4 == 3)
		traffic_segment(t, c, 0, PSH | ACK, 20);
	else if (c->step % 4 == 0)
		traffic_segment(t, c, 1, PSH | ACK, TRAFFIC_PAYLOAD_MAX);
	else
		traffic_segment(t, c, c->step % 4 == 1 ? 0 : 1, ACK, 0);
}

void
traffic_capture(FILE *out, bool ng, uint64_t frames, uint64_t flows)
{
	static struct traffic_connection active[ACTIVE];
	uint64_t steps = frames / flows;
	uint32_t count = 0, next = 0;
	struct traffic t;

	traffic_begin(&t, out, ng);
	while (count > 0 || next < flows) {
		uint32_t i;

		while (count < ACTIVE && next < flows)
			traffic_connect(&active[count++], next++);
		i = random_below(&t, count);
		traffic_step(&t, &active[i], steps);
		if (active[i].step == steps)
			active[i] = active[--count];
	}
}

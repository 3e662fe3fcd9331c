/*
 * Packets of connections that behave oddly, at random, as records of a
 * classic capture file, Ethernet, for tests that only care that two who look
 * at the same packets see the same.
 */
#ifndef TCPLADDER_TESTS_STRANGERS_H
#define TCPLADDER_TESTS_STRANGERS_H

#include <stddef.h>
#include <stdint.h>

enum { STRANGERS = 48, STRANGERS_PACKET = 1600 };

/* One connection, or what stands for it. */
struct stranger {
	uint8_t address[2][16];
	uint16_t port[2];
	int family;
	uint32_t next[2], isn[2];
	unsigned phase;
	uint8_t last[2][STRANGERS_PACKET];
	uint32_t last_size[2];
};

struct strangers {
	uint8_t *at;			/* records so far; the caller takes them and sets `used` and `frames` to 0 */
	size_t used, room;
	uint32_t frames;
	uint64_t time, random;		/* time: microseconds since the epoch */
	uint16_t ip_id;
	struct stranger stranger[STRANGERS];
};

void strangers_init(struct strangers *s, uint64_t seed);
uint32_t strangers_below(struct strangers *s, uint32_t n);	/* a random number */
void strangers_send(struct strangers *s, unsigned packets);	/* that many, or some more */

#endif

/*
 * Handshakes whose connections had to be given up, counted for each server
 * endpoint: who tells of a flood then knows how many there were in all.  A
 * table of a fixed size, where the endpoint with the fewest makes room for
 * another one.
 */
#ifndef TCPLADDER_TCP_ATTEMPTS_H
#define TCPLADDER_TCP_ATTEMPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "tcp/flow.h"

struct attempts;
struct attempts *attempts_new(void);
void attempts_free(struct attempts *a);

/* Whether a SYN was seen, and the end that sent it went no further, nor was refused. */
bool attempts_is_one(const struct flow *flow);

/* One that goes: an attempt, a handshake that was completed, or neither. */
void attempts_add(struct attempts *a, const struct flow *flow);
/* An attempt that was given up goes on after all. */
void attempts_take_back(struct attempts *a, const struct flow *flow);

struct attempts_of {
	uint8_t address[16];
	uint16_t port;
	uint8_t family;
	bool part;			/* there may have been more */
	uint64_t attempts, completed;
	uint64_t first_time;		/* of an attempt, ns */
	uint32_t first_frame;
};

/* Of that endpoint; NULL: none is known. */
const struct attempts_of *attempts_find(const struct attempts *a, const uint8_t address[16], uint8_t family, uint16_t port);

/* Whether endpoints have made room, so that one that isn't found may have been there. */
bool attempts_are_part(const struct attempts *a);

#endif

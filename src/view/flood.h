/*
 * SYN floods: what no single connection can tell.  Many handshakes with one
 * endpoint, begun within seconds of each other and never completed, while
 * hardly any other with it succeeds.
 */
#ifndef TCPLADDER_VIEW_FLOOD_H
#define TCPLADDER_VIEW_FLOOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/session.h"

struct flood {
	uint8_t address[16];
	uint16_t port;
	uint8_t family;
	bool answered;			/* some of them were sent a SYN-ACK */
	bool part;			/* some were given up for lack of memory, and not all of these are counted */
	uint64_t attempts;		/* handshakes that never completed; given up ones too */
	uint64_t completed;		/* those that did */
	uint64_t first_time, last_time;	/* of the attempts, ns */
	uint32_t first_frame;
};

enum { FLOOD_LEAST = 50 };		/* attempts within the window that are called a flood */
#define FLOOD_WINDOW	10000000000ULL	/* ns */

struct floods;
struct floods *floods_new(void);
void floods_free(struct floods *f);
void floods_moved(struct floods *f);	/* connections were given up: everything is looked at again */

/*
 * Looks again when there are more connections than last time, by enough that
 * it pays: costs a walk over all of them.
 */
void floods_update(struct floods *f, const struct session *session);

/* "12,841", "at least 12,841". */
size_t flood_write_attempts(const struct flood *flood, char *out, size_t size);

size_t floods_count(const struct floods *f);
const struct flood *floods_get(const struct floods *f, size_t n);	/* largest first */

/* The flood that this connection is part of, or NULL; looks again where that can matter. */
const struct flood *floods_of(struct floods *f, const struct session *session, const struct flow *flow);

#endif

/*
 * A small process that keeps the two rights that are needed later: to see
 * which process holds which socket, as far as who started us could, and to
 * make a packet socket in place of one that has been closed (opener.h).  It
 * answers these questions, which have no arguments, and no other; it ends
 * when the other end of its socket pair is gone.
 */
#ifndef TCPLADDER_HOST_HELPER_H
#define TCPLADDER_HOST_HELPER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "host/owners.h"

struct helper;

/* Before any thread is started. NULL: *error says why. */
struct helper *helper_start(struct error *error);
void helper_free(struct helper *h);		/* and waits for its end */

/*
 * Once, when privileges have just been given up and nothing has been read: packet sockets are asked for at
 * this listener (privileges.h; -1: at none), of which there may be as many as this process has now.  true: an
 * interface that comes back can be opened.
 */
bool helper_settle(struct helper *h, int listener);

/*
 * owners_walk() by the helper. Only one thread may ask.  false: it doesn't answer (any more);
 * what came until then was handed to `take`.
 */
bool helper_walk(struct helper *h, void (*take)(void *context, const struct socket_holder *holder), void *context,
    uint32_t *closed_doors);

#endif

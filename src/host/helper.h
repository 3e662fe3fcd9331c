/*
 * A small process that keeps the one right that is needed later: to see
 * which process holds which socket, as far as who started us could.  It
 * answers that question, which has no arguments, and no other, over a socket
 * pair; it ends when the other end of that is gone.
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
 * owners_walk() by the helper. Only one thread may ask.  false: it doesn't answer (any more);
 * what came until then was handed to `take`.
 */
bool helper_walk(struct helper *h, void (*take)(void *context, const struct socket_holder *holder), void *context,
    uint32_t *closed_doors);

#endif

/*
 * SYNs that nobody answered, when there was no more room for their
 * connections: the last million of them in 64 bytes each, so that a flood
 * can't hide a handshake whose answer comes late.  Remembers just enough to
 * begin the connection again as if its SYN came now.
 */
#ifndef TCPLADDER_TCP_EMBRYOS_H
#define TCPLADDER_TCP_EMBRYOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/segment.h"
#include "tcp/flow.h"
#include "tcp/frame.h"

enum { EMBRYOS_KEPT = 1 << 20, EMBRYOS_BYTES = 72 /* each, once all are there */ };

struct embryos;
struct embryos *embryos_new(uint32_t most);	/* how many are kept: a power of two, EMBRYOS_KEPT usually */
void embryos_free(struct embryos *e);

/*
 * Remembers a connection of which there is nothing but SYNs of the client; `syn` is the record of
 * the newest. hash: flow_hash() of its tuple.  The oldest one is forgotten for it.
 */
void embryos_add(struct embryos *e, const struct flow *flow, const struct frame *syn, uint64_t hash);

/*
 * Whether there is a SYN that this segment answers, or repeats, or follows: one whose numbers fit, else the newest of
 * its tuple, as with a connection that is held. segment->hash must be set.
 */
bool embryos_has(const struct embryos *e, const struct segment *segment);

/*
 * That SYN, which is forgotten here.  Of *syn all is set that flow_init() and flow_apply() look at.
 * alone: no connection of the tuple is held, which would take what doesn't fit.
 */
bool embryos_take(struct embryos *e, const struct segment *segment, bool alone, struct segment *syn);

size_t embryos_memory(const struct embryos *e);		/* bytes held */

#endif

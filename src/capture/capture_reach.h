/*
 * Whether a live capture would see a connection of this host that it has
 * seen nothing of yet: by the interface that its address belongs to, and by
 * the capture filter, which is tried on a segment made up.  For capture_*.c
 * only.
 */
#ifndef TCPLADDER_CAPTURE_CAPTURE_REACH_H
#define TCPLADDER_CAPTURE_CAPTURE_REACH_H

#include <stdbool.h>
#include <stddef.h>

#include "packet/segment.h"

struct capture_reach;

/* Looks at the interfaces' addresses now. filter: NULL: none. */
struct capture_reach *capture_reach_new(const char *const *interfaces, size_t count, const char *filter);
void capture_reach_free(struct capture_reach *r);	/* NULL is fine */

/* Of *tuple only family, addresses and ports count. false, too, where the filter asks what a segment alone hasn't. */
bool capture_reach_covers(struct capture_reach *r, const struct segment *tuple);

#endif

/*
 * Which process holds which socket: /proc/PID/fd, as far as one may look.
 * Linux alone.  Looking takes a while where there are many descriptors, so
 * that what was found is remembered until something new turns up.
 */
#ifndef TCPLADDER_HOST_OWNERS_H
#define TCPLADDER_HOST_OWNERS_H

#include <stdatomic.h>

#include "host/socket.h"

struct owners;
struct owners *owners_new(void);
void owners_free(struct owners *o);

/*
 * Writes the processes into the snapshot's sockets. Looks into /proc again when a socket is
 * new, or `anew` says so; gives up when *stop (may be NULL) is set.
 */
void owners_apply(struct owners *o, struct host_snapshot *s, bool anew, const atomic_bool *stop);

#endif

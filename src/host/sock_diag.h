/*
 * Asks the kernel for all TCP sockets of this network namespace, see
 * sock_diag(7).  Linux alone.
 */
#ifndef TCPLADDER_HOST_SOCK_DIAG_H
#define TCPLADDER_HOST_SOCK_DIAG_H

#include <stdatomic.h>

#include "base/error.h"
#include "host/socket.h"

/* A descriptor, -1 with *error set where the kernel doesn't have it. */
int sock_diag_open(struct error *error);

/* Adds all sockets, listeners first; false: the kernel didn't answer, or *stop was set. */
bool sock_diag_read(int fd, struct host_snapshot *s, const atomic_bool *stop);

#endif

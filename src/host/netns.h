/*
 * Another network namespace of this host: the whole process goes there, for
 * good, so that interfaces, sockets and what /proc says of the network are
 * that namespace's.  Processes stay those of all namespaces.
 */
#ifndef TCPLADDER_HOST_NETNS_H
#define TCPLADDER_HOST_NETNS_H

#include <stdbool.h>

#include "base/error.h"

/*
 * which: a name that ip-netns(8) gave, the number of a process that is there, or, with a slash in it,
 * the path of a file as those are.  Before any thread or process is started and before privileges are
 * given up.  false: *error says why, and what to do.
 */
bool netns_enter(const char *which, struct error *error);

#endif

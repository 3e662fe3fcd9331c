/*
 * Which process holds which socket: /proc/PID/fd, as far as one may look.
 * Linux alone.  Looking takes a while where there are many descriptors, so
 * that what was found is remembered until something new turns up.
 */
#ifndef TCPLADDER_HOST_OWNERS_H
#define TCPLADDER_HOST_OWNERS_H

#include <stdatomic.h>

#include "host/socket.h"

/* One descriptor of one process that is a socket. */
struct socket_holder {
	uint64_t inode;
	int32_t pid, descriptor;
	char command[HOST_COMMAND_MAX];		/* as the process calls itself: not safe */
};

/*
 * Looks through all processes and hands each such descriptor to `take`, those of a process
 * one after another.  Answers how many processes couldn't be looked into; gives up when *stop
 * (may be NULL) is set.
 */
uint32_t owners_walk(void (*take)(void *context, const struct socket_holder *holder), void *context,
    const atomic_bool *stop);

struct owners;
struct helper;

/* helper (host/helper.h): walks with more rights; borrowed; NULL: none does. */
struct owners *owners_new(struct helper *helper);
void owners_free(struct owners *o);

/*
 * Writes the processes into the snapshot's sockets. Looks into /proc again when a socket is
 * new, or `anew` says so; gives up when *stop (may be NULL) is set.
 */
void owners_apply(struct owners *o, struct host_snapshot *s, bool anew, const atomic_bool *stop);

#endif

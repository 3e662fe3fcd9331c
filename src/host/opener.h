/*
 * Packet sockets for a program that may not make any: seccomp hands its
 * system call to the helper, which makes the socket and puts it among the
 * program's descriptors.  There are never more of them than the program had
 * when it gave its rights up, so that it can't get at anything new: a socket
 * is made only in place of one that has been closed.  Linux alone (5.9).
 */
#ifndef TCPLADDER_HOST_OPENER_H
#define TCPLADDER_HOST_OPENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OPENER_SOCKETS_MAX = 64 };

struct opener_sockets {
	uint32_t count;
	uint64_t inode[OPENER_SOCKETS_MAX];
};

/* The packet sockets that this process has now. */
void opener_own_sockets(struct opener_sockets *own);

/* Whether this kernel can put a descriptor among those of who waits at the listener. */
bool opener_is_possible(int listener);

/* The helper's side. */
struct opener {
	int listener;			/* seccomp's; -1: none, and nothing is ever made */
	uint32_t most;			/* so many at once */
	struct opener_sockets made;	/* those that may still be there */
};

void opener_init(struct opener *o, int listener, const struct opener_sockets *own);

/* Answers the system call that waits at the listener. false: nobody will call any more. */
bool opener_answer(struct opener *o);

#endif

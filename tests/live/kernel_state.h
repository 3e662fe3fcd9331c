/*
 * What the kernel itself says of a TCP connection's state, through sock_diag:
 * for sockets with a descriptor and for those without one (a request in
 * SYN-RECEIVED, TIME-WAIT, a closed socket whose FIN is still out). It knows no
 * packets and nothing of tcpladder.
 */
#ifndef KERNEL_STATE_H
#define KERNEL_STATE_H

#include <netinet/in.h>
#include <stdint.h>

/* A sock_diag socket of the current network namespace, or -1 with errno. */
int kernel_state_open(void);

/*
 * The state (TCP_ESTABLISHED... of netinet/tcp.h) of the socket of the namespace
 * that fd was opened in, with these ends; TCP_LISTEN when only a listener would
 * take the segment, TCP_CLOSE when nobody would. -1: the kernel doesn't answer.
 */
int kernel_state_of(int fd, const struct sockaddr_in *local, const struct sockaddr_in *remote);

/* RFC 9293's name. "CLOSED" for anything unknown. */
const char *kernel_state_name(int state);

#endif

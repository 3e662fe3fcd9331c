/*
 * Sockets on the loopback, and what the kernel says of them.
 */
#ifndef TCPLADDER_TESTS_LOOPBACK_H
#define TCPLADDER_TESTS_LOOPBACK_H

#include "host/host.h"

enum { QUICK_TRIES = 500, TRY_MS = 20 };

/* A connection; both ends are ours. */
struct pair {
	int listener, client, server;
	uint16_t listen_port, client_port;
};

uint16_t port_of(int fd);
int listen_on_loopback(int backlog);
int connect_to(uint16_t port);
void pair_open(struct pair *p);
void pair_close(struct pair *p);	/* at once, without TIME-WAIT */

/* A look at the host; where that isn't possible the test ends here, as skipped. */
struct host_snapshot *look_or_skip(const struct host_snapshot *before);
/* The same, when the client has come to this state: the FIN's acknowledgment takes its time. */
struct host_snapshot *look_until(const struct pair *p, enum tcp_state state);

/* The address, and a socket between two of its ports; NULL: there is none. */
extern const uint8_t loopback[16];
const struct host_socket *find_here(const struct host_snapshot *s, uint16_t local, uint16_t remote);

/* One that the kernel doesn't know, from the loopback; remote: NULL for a listener. */
void add_socket(struct host_snapshot *s, enum tcp_state state, uint16_t local, const uint8_t remote[4], uint16_t port);

#endif

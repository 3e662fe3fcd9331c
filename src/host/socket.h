/*
 * What the kernel says of one TCP socket, and of all of them at one moment:
 * the rooms that ask it (sock_diag.c, owners.c) fill these, whoever looks
 * reads them.  Knows addresses and TCP states, no packets and no capture.
 * What a process calls itself is any bytes: host_process() makes it safe.
 */
#ifndef TCPLADDER_HOST_SOCKET_H
#define TCPLADDER_HOST_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/counters.h"
#include "tcp/flow_table.h"

enum host_mark {
	HOST_HELD     = 0x01,	/* a process holds it now: pid, descriptor, command are that one's */
	HOST_WAS_HELD = 0x02,	/* none does; pid and command are of the one that did */
	HOST_GONE     = 0x04,	/* the kernel had it at `seen`, and has it no more */
	HOST_V6_ONLY  = 0x08,	/* a listener for IPv6 alone */
	HOST_QUEUED   = 0x10	/* connected, but no process has accepted it yet */
};

enum host_timer { HOST_TIMER_NONE, HOST_TIMER_RETRANSMIT, HOST_TIMER_KEEP_ALIVE,
    HOST_TIMER_TIME_WAIT, HOST_TIMER_PROBE, HOST_TIMERS };
extern const char *const host_timer_names[HOST_TIMERS];		/* "keep-alive" */

enum { HOST_COMMAND_MAX = 16, HOST_NAME_MAX = 64, HOST_SOCKETS_MAX = 1 << 18,
    HOST_GONE_MAX = 1 << 14 };

struct host_socket {
	/* network order, IPv4 in the first 4 bytes; IPv4 in IPv6's clothes is IPv4 */
	uint8_t local[16], remote[16];
	uint16_t local_port, remote_port;
	uint8_t family;			/* SEGMENT_IPV4, SEGMENT_IPV6 */
	uint8_t state;			/* enum tcp_state */
	uint8_t timer;			/* enum host_timer */
	uint8_t timer_count;		/* how often it has run out in a row */
	uint8_t marks;			/* enum host_mark */
	uint16_t holders;		/* processes that hold it */
	uint16_t sharing;		/* a listener's: so many have its address and port (SO_REUSEPORT), itself counted */
	uint32_t uid;
	int32_t pid, descriptor;
	uint64_t inode, cookie;		/* inode 0: belongs to no process */
	uint64_t seen;			/* ns since the epoch: when the kernel said this */
	uint32_t receive_queue;		/* bytes; a listener's: connections that wait for accept() */
	uint32_t send_queue;		/* bytes; a listener's: the most that may wait */
	uint32_t half_open;		/* a listener's: SYNs whose handshake isn't done */
	uint32_t timer_ms;
	uint32_t rtt_us;		/* smoothed; 0: not measured */
	uint32_t cwnd;			/* segments */
	uint32_t resent;		/* segments sent again, in its whole life */
	uint32_t drops, drops_before;	/* now, and when it was first seen */
	char command[HOST_COMMAND_MAX];	/* as the process calls itself: not safe */
};

/* The ports of ip_local_port_range that are taken towards one destination. */
struct host_ports {
	uint32_t taken;			/* all of them, any destination; without TIME-WAIT that tcp_tw_reuse gives back */
	uint32_t most;			/* from one address of ours towards the destination that takes most */
	uint8_t remote[16];
	uint8_t family;
	uint16_t remote_port;
};

struct host_address {
	uint8_t address[16];
	uint8_t family;
};
enum { HOST_ADDRESSES_MAX = 1024 };

/* All sockets of this network namespace at one moment, listeners first, by port. */
struct host_snapshot {
	uint64_t time;			/* ns since the epoch */
	struct host_socket *sockets;
	uint32_t count, room, most;	/* most: so many are kept, gone ones apart */
	uint32_t listeners;
	uint32_t live;			/* listeners and those that the kernel has; after them the gone */
	uint32_t left_out;		/* beyond HOST_SOCKETS_MAX */
	uint32_t closed_doors;		/* processes that couldn't be looked into */
	uint32_t states[TCP_STATES];
	struct host_address *addresses;	/* this host's */
	size_t address_count;
	struct host_counters counters, counters_before;	/* now, and at the start */
	struct host_settings settings;
	struct host_ports ports;
	struct flow_secret secret;
	uint32_t *slots;		/* index + 1 by keyed hash of the 4-tuple */
	uint32_t slot_count;
};

struct host_snapshot *host_snapshot_new(void);
void host_snapshot_free(struct host_snapshot *s);

/* One more place, zeroed; NULL when there are too many (it is counted). */
struct host_socket *host_snapshot_add(struct host_snapshot *s);

/*
 * Orders and indexes what was added; takes over from `before` (may be NULL) what only time
 * tells: who held a socket that nobody holds now, and those that are gone.
 */
void host_snapshot_finish(struct host_snapshot *s, const struct host_snapshot *before);

/* The socket of this end of a connection: the one that is, else the one that was; NULL: none. */
const struct host_socket *host_snapshot_find(const struct host_snapshot *s, uint8_t family,
    const uint8_t local[16], uint16_t local_port, const uint8_t remote[16], uint16_t remote_port);

/* The listener that a SYN to that address and port would meet, or of several one that it may meet; NULL: none. */
const struct host_socket *host_snapshot_listener(const struct host_snapshot *s, uint8_t family,
    const uint8_t local[16], uint16_t local_port);

/* Whether it is one of this host's own addresses. */
bool host_snapshot_is_local(const struct host_snapshot *s, uint8_t family, const uint8_t address[16]);

/* What the process calls itself, safe for terminals; "" when it isn't known. */
const char *host_process(const struct host_socket *s, char out[HOST_NAME_MAX]);

/* The user's name from the local file of users (nothing is asked on a network), else the number; safe. */
const char *host_user(uint32_t uid, char out[HOST_NAME_MAX]);

#endif

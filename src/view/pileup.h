/*
 * What no single connection can tell: an end that leaves connections in
 * CLOSE-WAIT, one that has very many in TIME-WAIT, a client that runs out of
 * ports towards one server.  Counted over all connections in a table of a
 * fixed size, whose counts are never too high; with what the kernel knows of
 * its own sockets, where there is one.
 */
#ifndef TCPLADDER_VIEW_PILEUP_H
#define TCPLADDER_VIEW_PILEUP_H

#include <stddef.h>
#include <stdint.h>

#include "capture/replay.h"
#include "host/socket.h"
#include "tcp/flow.h"

enum pileup_kind {
	PILEUP_PORTS,			/* of the client's ports towards this server, as many are taken */
	PILEUP_CLOSE_WAIT,		/* this end doesn't close what its peers closed */
	PILEUP_HELD,			/* the kernel: this process doesn't */
	PILEUP_TIME_WAIT,		/* this end closes first, so often */
	PILEUPS
};
/* For machines: "port_exhaustion", "close_wait"... */
extern const char *const pileup_names[PILEUPS];

enum {
	PILEUP_CLOSE_WAIT_LEAST = 20,	/* connections, silent for PILEUP_SILENCE */
	PILEUP_TIME_WAIT_LEAST = 1000,
	PILEUP_PORTS_PERCENT = 80,
	PILEUP_PORTS_USUAL = 28232	/* how many Linux has for this, if nobody set it otherwise */
};
#define PILEUP_SILENCE	10000000000ULL	/* ns */

struct pileup {
	enum pileup_kind kind;
	enum side side;			/* what the address is in these connections */
	uint8_t address[16], peer[16];	/* the peer: of a client, the server */
	uint16_t port, peer_port;	/* port: a server's; 0: a client's, any */
	uint8_t family;
	bool local;			/* ports: as the kernel has them */
	uint32_t count;			/* connections */
	uint32_t ports;			/* how many there are */
	uint64_t oldest;		/* ns: when the one that is silent longest spoke last */
	uint32_t first;			/* the number of one of them */
	int32_t pid;			/* PILEUP_HELD */
	char process[HOST_NAME_MAX];	/* safe */
};

struct pileups;
struct pileups *pileups_new(void);
void pileups_free(struct pileups *p);

/* One more connection, as of that moment. */
void pileups_add(struct pileups *p, const struct flow *flow, const struct moment *moment, uint64_t now);

/*
 * The largest of each kind that are worth a word, at most `max`.  host: may be NULL; what the kernel knows
 * better is taken from it.
 */
size_t pileups_pick(const struct pileups *p, const struct host_snapshot *host, struct pileup *out, size_t max);

/* As a sentence. */
enum { PILEUP_TEXT_MAX = 512 };
void pileup_write(const struct pileup *p, uint64_t now, char *out, size_t size);

/* "10.0.0.2 -> 10.0.0.1:80", "10.0.0.1:80": for machines. */
void pileup_name(const struct pileup *p, char *out, size_t size);

#endif

/*
 * Looks at the host again and again, about once a second, from a thread of
 * its own: a host with very many sockets makes what is shown of it older,
 * never a key slower.  The thread spends a tenth of its time at most.
 */
#ifndef TCPLADDER_HOST_HOST_H
#define TCPLADDER_HOST_HOST_H

#include "base/error.h"
#include "host/socket.h"

struct host;

/*
 * NULL where the kernel can't be asked: *error says why. helper (host/helper.h): borrowed, or NULL.  memory: bytes that
 * the program may take, of which a quarter is for this; what is beyond that of very many sockets is left out; 0: no bound.
 */
struct helper;
struct host *host_new(struct helper *helper, uint64_t memory, struct error *error);
void host_free(struct host *h);

/* Takes the newest picture, if there is one; true: it is a new one. Never waits. */
bool host_update(struct host *h);

/* What was taken last, or NULL; valid until the next host_update(). */
const struct host_snapshot *host_snapshot(const struct host *h);

/* One picture now, by whoever calls: for tests. NULL: the kernel doesn't answer. */
struct host_snapshot *host_look(const struct host_snapshot *before);

#endif

/*
 * What the kernel of this host says of a connection, beside what the packets
 * say.  Matches an end of a connection to a socket by its 4-tuple: that is
 * exact.  Where no process holds the socket yet, its process is guessed to
 * be the listener's, and marked with a `?`.  Knows flows and sockets, no
 * screen; without a host (a file) it has nothing to say.
 */
#ifndef TCPLADDER_VIEW_KERNEL_VIEW_H
#define TCPLADDER_VIEW_KERNEL_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/host.h"
#include "view/column.h"

/* One end. Sockets are valid until the host is updated. */
struct kernel_end {
	const struct host_socket *socket;	/* of this connection, perhaps gone; NULL: not known */
	const struct host_socket *owner;	/* whose process it is; NULL: not known */
	bool guessed;				/* the owner is the listener that it must have come to */
	bool missing;				/* the address is this host's, and the kernel has no such socket now */
};

/* false: the kernel says nothing of that end. */
bool kernel_view_end(const struct flow_row *row, enum side side, struct kernel_end *end);

/* The kernel's state of that end; TCP_STATES: it has none though it should; TCP_UNKNOWN: it can't tell. */
enum tcp_state kernel_view_state(const struct flow_row *row, enum side side);

/* Whether packets and kernel disagree about an end, and have had the time to agree. */
bool kernel_view_disagrees(const struct flow_row *row, enum side side);

/* "Process of the client: curl[4711].", "Processes: client curl[4711], server nginx[812]?."; "" when none is known. */
size_t kernel_view_processes(const struct flow_row *row, char *out, size_t size);

enum { KERNEL_TEXT_MAX = 1024 };

/*
 * What the kernel says of that end, and where it and the packets disagree, in sentences; ""
 * when nothing, or as of an earlier frame.
 */
size_t kernel_view_text(const struct flow_row *row, enum side side, char *out, size_t size);

/*
 * ---- cells of columns and texts of filters.  Whose it is: "nginx" of both ends, "curl→nginx" of the
 * client and the server, "→nginx" of the server alone.  What there is of two ends on this host is apart by a
 * slash where it differs, with a dash for an end that has none.
 */

enum kernel_field { KERNEL_PROCESS, KERNEL_PID, KERNEL_USER, KERNEL_STATE, KERNEL_RECEIVE_QUEUE,
    KERNEL_SEND_QUEUE, KERNEL_RTT, KERNEL_CWND, KERNEL_RESENT, KERNEL_TIMER, KERNEL_FIELDS };

/* "" when not known. */
size_t kernel_view_field(const struct flow_row *row, enum kernel_field field, char *out, size_t size);

/*
 * For sorting: larger is later; UINT64_MAX: not known.  Names of processes that begin with the same
 * six letters are kept together by name, in no order: one key is enough to be quick.
 */
uint64_t kernel_view_key(const struct flow_row *row, enum kernel_field field);

#endif

/*
 * What Zeek's conn.log says of a connection, by Zeek's own rules: its history
 * letters, its bytes by sequence numbers, the bytes it missed, and how long it
 * takes a connection to have lasted.  They differ from ours on purpose: what
 * we call a second sighting is a retransmission there, and a segment that was
 * acknowledged before it was seen is missing.
 *
 *	conn_log_init(&log);
 *	while (more && conn_log_add(&log, frame))
 *		next;			what wasn't added begins another line
 *	conn_log_state(&log), log.history, conn_log_bytes(&log, CLIENT)...
 */
#ifndef TCPLADDER_TCP_CONN_LOG_H
#define TCPLADDER_TCP_CONN_LOG_H

#include "tcp/story_internal.h"

enum { CONN_LOG_HISTORY_MAX = 256, CONN_LOG_WAITING_MAX = 64 };

/* What comes but once; the letters of each end. */
enum conn_log_told {
	TOLD_SYN = 1, TOLD_FIN = 2, TOLD_RST = 4, TOLD_DATA = 8, TOLD_ACK = 16, TOLD_ODD = 32
};

struct conn_log_range {
	uint64_t left, right;		/* right is the first number not included */
};

/* Numbers of 64 bits count from its SYN, or from the one before its first. */
struct conn_log_end {
	uint64_t frames;
	uint64_t ip_bytes;		/* headers of IP and TCP, and payload */
	uint64_t sent, acked;		/* the highest, plus one; acknowledged */
	uint64_t delivered, trimmed;	/* up to here all is there, or given up; acknowledged */
	uint64_t fin;			/* its FIN's number, once there is one */
	uint32_t last_syn, last_fin, last_rst;	/* of the last one: the same once more isn't told again */
	uint32_t resent, zero, gaps;	/* how often so far */
	unsigned told;			/* enum conn_log_told */
	bool closed;
	uint32_t waiting_count;
	struct conn_log_range waiting[CONN_LOG_WAITING_MAX];	/* what lies behind a hole, ascending */
};

struct conn_log {
	struct zeek_view zeek;
	struct conn_log_end end[SIDES];
	uint64_t first_time, last_time;	/* last: of what counts for the duration */
	uint64_t missed;
	char history[CONN_LOG_HISTORY_MAX];
	size_t length;
};

void conn_log_init(struct conn_log *log);

/*
 * false: to Zeek this frame belongs to another connection, which begins with
 * it, since the one so far has been over for seconds.  ICMP errors aren't for this.
 */
bool conn_log_add(struct conn_log *log, const struct frame *frame);

enum conn_state conn_log_state(const struct conn_log *log);

/* Payload by sequence numbers, holes included. */
uint64_t conn_log_bytes(const struct conn_log *log, enum side side);

#endif

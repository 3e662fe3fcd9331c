/*
 * What a segment is beside its flags: retransmission, duplicate ACK, zero
 * window and the rest of the names that Wireshark's users know, with better
 * answers where the packets hold them.
 */
#ifndef TCPLADDER_TCP_ANALYSIS_H
#define TCPLADDER_TCP_ANALYSIS_H

#include <stdbool.h>

#include "packet/seqnum.h"
#include "tcp/flow.h"

/* The notes on a segment (enum note), given its flow before the segment.  duplicate_ack: its number when it is one. */
uint32_t analysis_notes(const struct flow *flow, const struct segment *segment, enum side sender,
    uint8_t *duplicate_ack);

/*
 * Whether the segment proves that its peer has sent something again without need, or that it was doubled on the way:
 * by a D-SACK (RFC 2883) or by the timestamp that it echoes (RFC 3522).  Given its flow before the segment.
 */
bool analysis_proves_needless(const struct flow *flow, const struct segment *segment, enum side sender);

/* Whether an acknowledgment covers more than a FIN, after which nothing can come: its receiver drops it (RFC 9293, 3.10.7.4). */
static inline bool
analysis_acks_beyond_fin(const struct endpoint *receiver, uint32_t ack)
{
	return receiver->marks & ENDPOINT_FIN_SENT && receiver->next == receiver->fin + 1
	    && seqnum_after(ack, receiver->next);
}

/* Brings the sender's numbers up to date with the segment and its notes. */
void analysis_update(struct flow *flow, const struct segment *segment, enum side sender, uint32_t notes);

/* The window in bytes that a segment advertises. */
uint32_t analysis_window(const struct flow *flow, const struct segment *segment, enum side sender);

/* Frees what analysis keeps for a connection in trouble. */
void analysis_fini(struct flow *flow);

#endif

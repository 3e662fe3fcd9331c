/*
 * A segment on the wire is applied to RFC 9293's state machine twice: as
 * *sent* by one end, which proves things about that end, then as *received*
 * by the other, which is an assumption until that end answers.
 */
#ifndef TCPLADDER_TCP_TCP_OBSERVER_H
#define TCPLADDER_TCP_TCP_OBSERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "tcp/flow.h"

/*
 * The two halves of a segment's way: sent by `sender`, which must come before
 * the endpoints' numbers are brought up to date with it (analysis_update),
 * and received by the other end, which must come after.  They change both
 * ends' states, and set the traits and states in *record; the record's notes
 * must have been set.
 */
void tcp_observer_sent(struct flow *flow, const struct segment *segment, enum side sender, struct frame *record);
void tcp_observer_received(struct flow *flow, const struct segment *segment, enum side sender, struct frame *record);

/* Whether a segment's flags make no sense together (SYN with FIN or RST, no ACK where there must be one). */
bool tcp_observer_is_garbage(uint16_t flags);

#endif

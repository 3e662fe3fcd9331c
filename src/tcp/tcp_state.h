/*
 * RFC 9293's state machine as a table.  An end's state is a set: one state
 * where the handshake was seen, several for a connection that was picked up
 * in its midst, shrunk by evidence.
 */
#ifndef TCPLADDER_TCP_TCP_STATE_H
#define TCPLADDER_TCP_TCP_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "tcp/flow.h"

/* What happens to one end.  The last group is not the RFC's: it is how an observer learns that he assumed too much. */
enum tcp_event {
	EVENT_SEND_SYN,
	EVENT_SEND_SYN_ACK,
	EVENT_SEND_DATA_OR_ACK,		/* first segment without SYN of an end that still is in the handshake */
	EVENT_SEND_FIN,
	EVENT_SEND_RST,
	EVENT_RECEIVE_SYN,
	EVENT_RECEIVE_SYN_ACK,
	EVENT_RECEIVE_ACK_OF_SYN,
	EVENT_RECEIVE_FIN,
	EVENT_RECEIVE_ACK_OF_FIN,
	EVENT_RECEIVE_RST,
	EVENT_SYN_AGAIN,		/* it sent its SYN again: no SYN-ACK had arrived */
	EVENT_SYN_ACK_AGAIN,		/* it sent its SYN-ACK again: no ACK had arrived */
	EVENT_FIN_AGAIN,		/* it sent its FIN again: no ACK of it had arrived */
	EVENT_TIME_PASSED,		/* two maximum segment lifetimes in TIME-WAIT */
	TCP_EVENTS
};

struct tcp_transition {
	enum tcp_state from;
	enum tcp_event event;
	enum tcp_state to;
	const char *section;		/* of RFC 9293, or where else it comes from */
};

/* The row for a state and an event, or NULL: then nothing changes. */
const struct tcp_transition *tcp_state_transition(enum tcp_state from, enum tcp_event event);

/* A set of states is a bit for each. */
#define TCP_STATE_SET(state)	((uint16_t)(1U << (state)))

enum { TCP_STATE_SYNCHRONIZED = 1 << TCP_SYN_RECEIVED | 1 << TCP_ESTABLISHED | 1 << TCP_FIN_WAIT_1
    | 1 << TCP_FIN_WAIT_2 | 1 << TCP_CLOSE_WAIT | 1 << TCP_CLOSING | 1 << TCP_LAST_ACK | 1 << TCP_TIME_WAIT };

/* Each state of the set goes where its row says, or stays. */
uint16_t tcp_state_set_after(uint16_t set, enum tcp_event event);

static inline bool
tcp_state_set_is_single(uint16_t set)
{
	return (set & (set - 1)) == 0;
}

/* Those of `set` that the evidence allows; contradictory evidence is no evidence. */
static inline uint16_t
tcp_state_set_narrowed(uint16_t set, uint16_t evidence)
{
	return set & evidence ? set & evidence : set;
}

/* What a set of possible states is shown as: certain when there is one, else the likeliest with a `?`. */
shown_state tcp_state_shown(uint16_t possible, bool provisional);

#endif

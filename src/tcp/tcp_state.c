/*
 * RFC 9293, figure 5 and section 3.10, as a table, and sets of its states.
 * Knows no segment: who walks through the table is tcp_observer.c.
 */
#include "tcp/tcp_state.h"

#include <stddef.h>

#define SET(state)	TCP_STATE_SET(state)
#define ROW(from, event, to, section)	[from][event] = { from, event, to, section }

static const struct tcp_transition transitions[TCP_STATES][TCP_EVENTS] = {
	/* opening */
	ROW(TCP_UNKNOWN, EVENT_SEND_SYN, TCP_SYN_SENT, "3.10.1"),
	ROW(TCP_CLOSED, EVENT_SEND_SYN, TCP_SYN_SENT, "3.10.1"),
	ROW(TCP_LISTEN, EVENT_SEND_SYN, TCP_SYN_SENT, "3.10.1"),
	ROW(TCP_UNKNOWN, EVENT_RECEIVE_SYN, TCP_SYN_RECEIVED, "3.10.7.2"),
	ROW(TCP_CLOSED, EVENT_RECEIVE_SYN, TCP_SYN_RECEIVED, "3.10.7.2"),
	ROW(TCP_LISTEN, EVENT_RECEIVE_SYN, TCP_SYN_RECEIVED, "3.10.7.2"),
	ROW(TCP_SYN_SENT, EVENT_RECEIVE_SYN, TCP_SYN_RECEIVED, "3.10.7.3"),
	ROW(TCP_UNKNOWN, EVENT_SEND_SYN_ACK, TCP_SYN_RECEIVED, "3.10.7.2"),
	ROW(TCP_CLOSED, EVENT_SEND_SYN_ACK, TCP_SYN_RECEIVED, "3.10.7.2"),
	ROW(TCP_LISTEN, EVENT_SEND_SYN_ACK, TCP_SYN_RECEIVED, "3.10.7.2"),
	ROW(TCP_SYN_SENT, EVENT_SEND_SYN_ACK, TCP_SYN_RECEIVED, "3.10.7.3"),
	ROW(TCP_UNKNOWN, EVENT_RECEIVE_SYN_ACK, TCP_ESTABLISHED, "3.10.7.3"),
	ROW(TCP_SYN_SENT, EVENT_RECEIVE_SYN_ACK, TCP_ESTABLISHED, "3.10.7.3"),
	ROW(TCP_SYN_RECEIVED, EVENT_RECEIVE_SYN_ACK, TCP_ESTABLISHED, "3.10.7.4"),
	ROW(TCP_SYN_RECEIVED, EVENT_RECEIVE_ACK_OF_SYN, TCP_ESTABLISHED, "3.10.7.4"),

	/* closing */
	ROW(TCP_SYN_RECEIVED, EVENT_SEND_FIN, TCP_FIN_WAIT_1, "3.10.4"),
	ROW(TCP_ESTABLISHED, EVENT_SEND_FIN, TCP_FIN_WAIT_1, "3.10.4"),
	ROW(TCP_CLOSE_WAIT, EVENT_SEND_FIN, TCP_LAST_ACK, "3.10.4"),
	ROW(TCP_SYN_RECEIVED, EVENT_RECEIVE_FIN, TCP_CLOSE_WAIT, "3.10.7.4"),
	ROW(TCP_ESTABLISHED, EVENT_RECEIVE_FIN, TCP_CLOSE_WAIT, "3.10.7.4"),
	ROW(TCP_FIN_WAIT_1, EVENT_RECEIVE_FIN, TCP_CLOSING, "3.10.7.4"),
	ROW(TCP_FIN_WAIT_2, EVENT_RECEIVE_FIN, TCP_TIME_WAIT, "3.10.7.4"),
	ROW(TCP_FIN_WAIT_1, EVENT_RECEIVE_ACK_OF_FIN, TCP_FIN_WAIT_2, "3.10.7.4"),
	ROW(TCP_CLOSING, EVENT_RECEIVE_ACK_OF_FIN, TCP_TIME_WAIT, "3.10.7.4"),
	ROW(TCP_LAST_ACK, EVENT_RECEIVE_ACK_OF_FIN, TCP_CLOSED, "3.10.7.4"),
	ROW(TCP_TIME_WAIT, EVENT_TIME_PASSED, TCP_CLOSED, "3.10.8"),

	/* reset: a passive opener falls back to LISTEN, everybody else is CLOSED */
	ROW(TCP_UNKNOWN, EVENT_SEND_RST, TCP_CLOSED, "3.10.7.1"),
	ROW(TCP_LISTEN, EVENT_SEND_RST, TCP_CLOSED, "3.10.7.1"),
	ROW(TCP_SYN_SENT, EVENT_SEND_RST, TCP_CLOSED, "3.10.5"),
	ROW(TCP_SYN_RECEIVED, EVENT_SEND_RST, TCP_CLOSED, "3.10.5"),
	ROW(TCP_ESTABLISHED, EVENT_SEND_RST, TCP_CLOSED, "3.10.5"),
	ROW(TCP_FIN_WAIT_1, EVENT_SEND_RST, TCP_CLOSED, "3.10.5"),
	ROW(TCP_FIN_WAIT_2, EVENT_SEND_RST, TCP_CLOSED, "3.10.5"),
	ROW(TCP_CLOSE_WAIT, EVENT_SEND_RST, TCP_CLOSED, "3.10.5"),
	ROW(TCP_CLOSING, EVENT_SEND_RST, TCP_CLOSED, "3.10.5"),
	ROW(TCP_LAST_ACK, EVENT_SEND_RST, TCP_CLOSED, "3.10.5"),
	ROW(TCP_TIME_WAIT, EVENT_SEND_RST, TCP_CLOSED, "3.10.5"),
	ROW(TCP_UNKNOWN, EVENT_RECEIVE_RST, TCP_CLOSED, "3.10.7.4"),
	ROW(TCP_SYN_SENT, EVENT_RECEIVE_RST, TCP_CLOSED, "3.10.7.3"),
	ROW(TCP_SYN_RECEIVED, EVENT_RECEIVE_RST, TCP_LISTEN, "3.10.7.4"),
	ROW(TCP_ESTABLISHED, EVENT_RECEIVE_RST, TCP_CLOSED, "3.10.7.4"),
	ROW(TCP_FIN_WAIT_1, EVENT_RECEIVE_RST, TCP_CLOSED, "3.10.7.4"),
	ROW(TCP_FIN_WAIT_2, EVENT_RECEIVE_RST, TCP_CLOSED, "3.10.7.4"),
	ROW(TCP_CLOSE_WAIT, EVENT_RECEIVE_RST, TCP_CLOSED, "3.10.7.4"),
	ROW(TCP_CLOSING, EVENT_RECEIVE_RST, TCP_CLOSED, "3.10.7.4"),
	ROW(TCP_LAST_ACK, EVENT_RECEIVE_RST, TCP_CLOSED, "3.10.7.4"),
	ROW(TCP_TIME_WAIT, EVENT_RECEIVE_RST, TCP_CLOSED, "3.10.7.4"),

	/* what an observer learns too late: not in the RFC */
	ROW(TCP_SYN_SENT, EVENT_SEND_DATA_OR_ACK, TCP_ESTABLISHED, "observer: the SYN-ACK had arrived"),
	ROW(TCP_SYN_RECEIVED, EVENT_SEND_DATA_OR_ACK, TCP_ESTABLISHED, "observer: the ACK had arrived"),
	ROW(TCP_ESTABLISHED, EVENT_SYN_AGAIN, TCP_SYN_SENT, "observer: the SYN-ACK had not arrived"),
	ROW(TCP_SYN_RECEIVED, EVENT_SYN_AGAIN, TCP_SYN_SENT, "observer: the peer's SYN had not arrived"),
	ROW(TCP_CLOSED, EVENT_SYN_AGAIN, TCP_SYN_SENT, "observer: it tries again"),
	ROW(TCP_ESTABLISHED, EVENT_SYN_ACK_AGAIN, TCP_SYN_RECEIVED, "observer: the ACK had not arrived"),
	ROW(TCP_CLOSE_WAIT, EVENT_SYN_ACK_AGAIN, TCP_SYN_RECEIVED, "observer: the ACK had not arrived"),
	ROW(TCP_FIN_WAIT_2, EVENT_FIN_AGAIN, TCP_FIN_WAIT_1, "observer: the ACK of its FIN had not arrived"),
	ROW(TCP_TIME_WAIT, EVENT_FIN_AGAIN, TCP_CLOSING, "observer: the ACK of its FIN had not arrived"),
	ROW(TCP_CLOSED, EVENT_FIN_AGAIN, TCP_LAST_ACK, "observer: the ACK of its FIN had not arrived"),
};

const struct tcp_transition *
tcp_state_transition(enum tcp_state from, enum tcp_event event)
{
	const struct tcp_transition *row = &transitions[from][event];

	return row->section != NULL ? row : NULL;
}

uint16_t
tcp_state_set_after(uint16_t set, enum tcp_event event)
{
	uint16_t after = 0;

	while (set != 0) {
		unsigned state = (unsigned)__builtin_ctz(set);
		const struct tcp_transition *row = &transitions[state][event];

		after |= SET(row->section != NULL ? (unsigned)row->to : state);
		set &= (uint16_t)(set - 1);
	}
	return after;
}

shown_state
tcp_state_shown(uint16_t possible, bool provisional)
{
	static const uint8_t likeliest[] = {
		TCP_ESTABLISHED, TCP_CLOSE_WAIT, TCP_FIN_WAIT_1, TCP_LAST_ACK, TCP_FIN_WAIT_2,
		TCP_TIME_WAIT, TCP_CLOSING, TCP_CLOSED, TCP_SYN_SENT, TCP_SYN_RECEIVED
	};

	if (possible == 0 || possible & SET(TCP_UNKNOWN))
		return TCP_UNKNOWN;
	if (tcp_state_set_is_single(possible))
		return (shown_state)(__builtin_ctz(possible) | (provisional ? STATE_PROVISIONAL : 0));
	for (size_t i = 0; i < sizeof likeliest; i++)
		if (possible & SET(likeliest[i]))
			return likeliest[i] | STATE_PROVISIONAL;
	return TCP_UNKNOWN;
}

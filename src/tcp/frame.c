/*
 * Names for what a frame record holds: states and notes.  Knows the words
 * of INTERFACE and of the ladder, nothing about how they come about.
 */
#include "tcp/frame.h"

#include "base/language.h"

static const char *const state_names[TCP_STATES] = {
	[TCP_UNKNOWN]      = "UNKNOWN",
	[TCP_CLOSED]       = "CLOSED",
	[TCP_LISTEN]       = "LISTEN",
	[TCP_SYN_SENT]     = "SYN-SENT",
	[TCP_SYN_RECEIVED] = "SYN-RECEIVED",
	[TCP_ESTABLISHED]  = "ESTABLISHED",
	[TCP_FIN_WAIT_1]   = "FIN-WAIT-1",
	[TCP_FIN_WAIT_2]   = "FIN-WAIT-2",
	[TCP_CLOSE_WAIT]   = "CLOSE-WAIT",
	[TCP_CLOSING]      = "CLOSING",
	[TCP_LAST_ACK]     = "LAST-ACK",
	[TCP_TIME_WAIT]    = "TIME-WAIT"
};

static const char *const state_short_names[TCP_STATES] = {
	[TCP_UNKNOWN]      = "UNKNOWN",
	[TCP_CLOSED]       = "CLOSED",
	[TCP_LISTEN]       = "LISTEN",
	[TCP_SYN_SENT]     = "SYN-SENT",
	[TCP_SYN_RECEIVED] = "SYN-RECV",
	[TCP_ESTABLISHED]  = "ESTAB",
	[TCP_FIN_WAIT_1]   = "FIN-WAIT-1",
	[TCP_FIN_WAIT_2]   = "FIN-WAIT-2",
	[TCP_CLOSE_WAIT]   = "CLOSE-WAIT",
	[TCP_CLOSING]      = "CLOSING",
	[TCP_LAST_ACK]     = "LAST-ACK",
	[TCP_TIME_WAIT]    = "TIME-WAIT"
};

const struct note_name note_names[NOTES] = { { NOTE_RETRANSMISSION, "retransmission", "RETX",
						 N_("retransmission"), true },
	{ NOTE_FAST_RETRANSMISSION, "fast_retransmission", "FAST RETX", N_("fast retransmission"),
	    true },
	{ NOTE_SPURIOUS_RETRANSMISSION, "spurious_retransmission", "SPURIOUS",
	    N_("spurious retransmission"), true },
	{ NOTE_OUT_OF_ORDER, "out_of_order", "OOO", N_("out of order"), true },
	{ NOTE_LOST_SEGMENT, "lost_segment", "GAP", N_("a segment before it is missing"), true },
	{ NOTE_ACK_LOST_SEGMENT, "ack_lost_segment", "GAP",
	    N_("acknowledges a segment that wasn't captured"), true },
	{ NOTE_DUPLICATE_ACK, "duplicate_ack", "DUP", N_("duplicate ACK"), true },
	{ NOTE_KEEP_ALIVE, "keep_alive", "KEEPALIVE", N_("keep-alive"), true },
	{ NOTE_KEEP_ALIVE_ACK, "keep_alive_ack", "ALIVE", N_("answer to a keep-alive"), false },
	{ NOTE_ZERO_WINDOW, "zero_window", "ZEROWIN", N_("zero window"), true },
	{ NOTE_ZERO_WINDOW_PROBE, "zero_window_probe", "PROBE", N_("zero-window probe"), true },
	{ NOTE_ZERO_WINDOW_PROBE_ACK, "zero_window_probe_ack", "PROBED",
	    N_("answer to a zero-window probe"), true },
	{ NOTE_WINDOW_UPDATE, "window_update", "WINDOW", N_("window update"), false },
	{ NOTE_WINDOW_FULL, "window_full", "FULL", N_("fills the receiver's window"), true },
	{ NOTE_REUSED_PORTS, "reused_ports", "REUSED", N_("the ports of an older connection"), true },
	{ NOTE_DUPLICATE_CAPTURE, "duplicate_capture", "SEEN AGAIN",
	    N_("the same packet seen at another point"), false },
	{ NOTE_CHALLENGE_ACK, "challenge_ack", "CHALLENGE", N_("challenge ACK"), true },
	{ NOTE_FAST_OPEN, "fast_open", "FAST OPEN", N_("TCP Fast Open"), false },
	{ NOTE_ICMP_ERROR, "icmp_error", "ICMP", N_("ICMP error"), true },
	{ NOTE_FRAGMENT, "fragment", "FRAGMENT", N_("came in IP fragments"), false } };

const char *
tcp_state_name(enum tcp_state s)
{
	return state_names[s < TCP_STATES ? s : TCP_UNKNOWN];
}

const char *
tcp_state_short_name(enum tcp_state s)
{
	return state_short_names[s < TCP_STATES ? s : TCP_UNKNOWN];
}

/*
 * Outcomes and verdicts: frame records written by hand, and what a person
 * who reads them would conclude.
 */
#include "tests/outcome_expect.h"
#include "tests/story_script.h"

#define HANDSHAKE SCRIPT_HANDSHAKE

/* ---- closed */

Test(outcome, four_segments)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "0.100 C P. seq=1 ack=1 len=11 : ESTABLISHED ESTABLISHED +confirms\n"
	    "0.110 S .  seq=1 ack=12 : ESTABLISHED ESTABLISHED +confirms\n"
	    "0.120 S P. seq=1 ack=12 len=2000 : ESTABLISHED ESTABLISHED\n"
	    "0.130 C .  seq=12 ack=2001 : ESTABLISHED ESTABLISHED\n"
	    "0.200 C F. seq=12 ack=2001 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "0.210 S .  seq=2001 ack=13 : FIN-WAIT-2? CLOSE-WAIT\n"
	    "0.220 S F. seq=2001 ack=13 : TIME-WAIT? LAST-ACK\n"
	    "0.230 C .  seq=13 ack=2002 : TIME-WAIT CLOSED?\n", 60, true);

	expect(&o, OUTCOME_CLOSED, CLOSED_BY_CLIENT, CLOSE_FOUR_SEGMENT, CONN_SF);
	cr_expect_eq(o.handshake_rtt, 20000000);
	expect_words(&o,
	    "four segments|FIN by the client (frame 8)|ACK (frame 9)|server (frame 10)|(frame 11)"
	    "|11 bytes up|2,000 bytes down|230 ms|handshake took 20 ms");
}

Test(outcome, four_segments_by_server_with_data_after)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "0.200 S F. seq=1 ack=1 : CLOSE-WAIT? FIN-WAIT-1\n"
	    "0.210 C .  seq=1 ack=2 : CLOSE-WAIT FIN-WAIT-2?\n"
	    "0.300 C P. seq=1 ack=2 len=5 : CLOSE-WAIT FIN-WAIT-2?\n"
	    "0.310 S .  seq=2 ack=6 : CLOSE-WAIT FIN-WAIT-2\n"
	    "0.320 C F. seq=6 ack=2 : LAST-ACK TIME-WAIT?\n", 1, true);

	expect(&o, OUTCOME_CLOSED, CLOSED_BY_SERVER, CLOSE_FOUR_SEGMENT, CONN_SF);
	expect_words(&o, "FIN by the server (frame 4)|wasn't captured|5 bytes up|0 bytes down");
}

Test(outcome, three_segments)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "978.0 C P. seq=1 ack=1 len=6 : ESTABLISHED ESTABLISHED\n"
	    "978.4 S F. seq=1 ack=7 : CLOSE-WAIT? FIN-WAIT-1\n"
	    "978.41 C F. seq=7 ack=2 : LAST-ACK TIME-WAIT?\n"
	    "978.42 S . seq=2 ack=8 : CLOSED? TIME-WAIT\n", 1, true);

	expect(&o, OUTCOME_CLOSED, CLOSED_BY_SERVER, CLOSE_THREE_SEGMENT, CONN_SF);
	expect_words(&o,
	    "three segments|FIN by the server (frame 5)|client (frame 6)|ACK (frame 7)|978.4 s");
}

Test(outcome, three_segments_by_client_without_the_last)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "1.0 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "1.1 S F. seq=1 ack=2 : TIME-WAIT? LAST-ACK\n", 1, true);

	expect(&o, OUTCOME_CLOSED, CLOSED_BY_CLIENT, CLOSE_THREE_SEGMENT, CONN_SF);
	expect_words(&o, "last ACK wasn't captured|no data");
}

Test(outcome, simultaneous_close)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "1.00 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "1.01 S F. seq=1 ack=1 : CLOSING? FIN-WAIT-1 +refutes\n"
	    "1.02 S .  seq=2 ack=2 : TIME-WAIT? CLOSING\n"
	    "1.02 C .  seq=2 ack=2 : CLOSING TIME-WAIT?\n", 1, true);

	expect(&o, OUTCOME_CLOSED, CLOSED_BY_BOTH, CLOSE_SIMULTANEOUS, CONN_SF);
	expect_words(&o, "both ends at the same time|frames 4 and 5");
}

Test(outcome, simultaneous_close_with_data_on_the_fins)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "1.00 S FP. seq=1 ack=1 len=10 : CLOSE-WAIT? FIN-WAIT-1\n"
	    "1.01 C FP. seq=1 ack=1 len=20 : FIN-WAIT-1 CLOSING? +refutes\n"
	    "1.02 C .  seq=22 ack=12 : CLOSING TIME-WAIT?\n"
	    "1.03 S .  seq=12 ack=22 : TIME-WAIT? CLOSING\n", 1, true);

	expect(&o, OUTCOME_CLOSED, CLOSED_BY_BOTH, CLOSE_SIMULTANEOUS, CONN_SF);
}

Test(outcome, capture_order_of_two_directions_does_not_matter)
{
	/* As on a loopback whose directions are captured apart: the client's last ACK stands before the FIN it answers. */
	struct outcome o = script_outcome(
	    "0.000257 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED\n"
	    "0.000149 C S  seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.000278 C .  seq=1 ack=1 : ESTABLISHED ESTABLISHED?\n"
	    "1.099483 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "1.099714 C .  seq=2 ack=2 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "1.099535 S .  seq=1 ack=2 : FIN-WAIT-2? CLOSE-WAIT\n"
	    "1.099681 S F. seq=1 ack=2 : TIME-WAIT? LAST-ACK\n", 1, true);

	expect(&o, OUTCOME_CLOSED, CLOSED_BY_CLIENT, CLOSE_FOUR_SEGMENT, CONN_SF);
	cr_expect_eq(o.handshake_rtt, 129000);
}

/* ---- half-closed */

Test(outcome, half_closed)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "1.00 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "1.01 S .  seq=1 ack=2 : FIN-WAIT-2? CLOSE-WAIT\n", 30, false);

	expect(&o, OUTCOME_HALF_CLOSED, CLOSED_BY_CLIENT, CLOSE_HALF, CONN_S2);
	expect_words(&o,
	    "Half-closed|frame 4|frame 5|The server hasn't closed for 30 s|CLOSE-WAIT|its application");
}

Test(outcome, half_closed_by_the_server_and_still_used)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "1.00 S F. seq=1 ack=1 : CLOSE-WAIT? FIN-WAIT-1\n"
	    "1.01 C .  seq=1 ack=2 : CLOSE-WAIT FIN-WAIT-2?\n"
	    "1.50 C P. seq=1 ack=2 len=700 : CLOSE-WAIT FIN-WAIT-2?\n", 1, true);

	expect(&o, OUTCOME_HALF_CLOSED, CLOSED_BY_SERVER, CLOSE_HALF, CONN_S3);
	expect_words(&o, "client still sends: 700 bytes");
}

Test(outcome, fin_never_answered)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "1.0 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "1.2 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT? +retransmission\n"
	    "1.6 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT? +retransmission\n", 60, true);

	expect(&o, OUTCOME_HALF_CLOSED, CLOSED_BY_CLIENT, CLOSE_HALF, CONN_S2);
	expect_words(&o, "FIN was sent 3 times over 600 ms (200 ms, 400 ms) without an answer");
}

/* ---- never opened */

Test(outcome, refused)
{
	struct outcome o = script_outcome(
	    "0.000000 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.000026 S R. seq=0 ack=1 win=0 : CLOSED CLOSED +refutes\n", 1, true);

	expect(&o, OUTCOME_REFUSED, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_REJ);
	cr_expect_eq(o.handshake_rtt, OUTCOME_NO_RTT);
	expect_words(&o, "Refused|SYN (frame 1)|reset (frame 2) after 26 µs|Nothing listens on port 80");
}

Test(outcome, refused_at_the_third_try)
{
	struct outcome o = script_outcome(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "1.0 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n"
	    "3.0 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n"
	    "3.1 S R. seq=0 ack=1 : CLOSED CLOSED +refutes\n", 1, true);

	expect(&o, OUTCOME_REFUSED, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_REJ);
	expect_words(&o, "Refused|sent 3 times from frame 1 on|frame 4|3.1 s");
}

static const char four_syns[] =
    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
    "1.01 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n"
    "3.03 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n"
    "7.07 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n";

Test(outcome, no_answer_with_back_off)
{
	struct outcome o = script_outcome(four_syns, 3, false);

	expect(&o, OUTCOME_NO_ANSWER, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S0);
	expect_words(&o,
	    "No answer: SYN sent 4 times over 7.1 s (1 s, 2 s, 4 s), nothing came back|frames 1 to 4"
	    "|Filtered, host down, or the listener's SYN backlog is full.");
}

Test(outcome, no_answer_is_not_said_too_early)
{
	struct outcome waiting = script_outcome(four_syns, 2.9, false);
	struct outcome single = script_outcome("0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n", 100, false);
	struct outcome end = script_outcome("0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n", 0.25, true);

	expect(&waiting, OUTCOME_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S0);
	expect_words(&waiting, "Connecting|frame 1|4 times|10 s");
	expect(&single, OUTCOME_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S0);
	expect(&end, OUTCOME_NO_ANSWER, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S0);
	expect_words(&end, "one SYN (frame 1)|250 ms|too short");
}

Test(outcome, icmp_rejected)
{
	struct outcome port = script_outcome(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 C S seq=0 icmp=3/3 : SYN-SENT SYN-RECEIVED?\n", 1, true);
	struct outcome filter = script_outcome(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 C S seq=0 icmp=3/13 : SYN-SENT SYN-RECEIVED?\n"
	    "1.0 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n", 1, true);

	expect(&port, OUTCOME_ICMP_REJECTED, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S0);
	expect_words(&port, "SYN (frame 1)|ICMP port unreachable (frame 2)");
	expect(&filter, OUTCOME_ICMP_REJECTED, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S0);
	expect_words(&filter, "communication administratively prohibited");
}

Test(outcome, icmp_time_exceeded_is_only_a_hint)
{
	struct outcome o = script_outcome(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 C S seq=0 icmp=11/0 : SYN-SENT SYN-RECEIVED?\n"
	    "1.0 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n", 4, true);

	expect(&o, OUTCOME_NO_ANSWER, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S0);
	expect_words(&o, "Frame 2 is an ICMP error about it: time to live exceeded");
}

Test(outcome, scan)
{
	struct outcome quick = script_outcome(
	    "0.0000 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.0001 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED +confirms\n"
	    "0.0002 C R seq=1 win=0 : CLOSED LISTEN? +refutes\n", 1, true);
	struct outcome late = script_outcome(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "5.0 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED +confirms\n"
	    "5.1 C R seq=1 win=0 : CLOSED LISTEN? +refutes\n", 1, true);

	expect(&quick, OUTCOME_SCAN, CLOSED_BY_CLIENT, CLOSE_RESET, CONN_RSTO);
	expect_words(&quick,
	    "SYN (frame 1)|answered (frame 2)|reset (frame 3)|Port 80 is open|half-open scan");
	expect(&late, OUTCOME_SCAN, CLOSED_BY_CLIENT, CLOSE_RESET, CONN_RSTO);
	expect_words(&late, "took 5 s|given up");
}

Test(outcome, handshake_aborted)
{
	struct outcome taken_back = script_outcome(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.5 C R. seq=1 : CLOSED CLOSED?\n", 1, true);
	struct outcome withdrawn = script_outcome(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED +confirms\n"
	    "0.2 S R. seq=1 ack=1 : CLOSED? CLOSED\n", 1, true);
	struct outcome forgotten = script_outcome(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED +confirms\n"
	    "1.1 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED +retransmission\n"
	    "3.1 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED +retransmission\n", 5, false);

	expect(&taken_back, OUTCOME_ABORTED_HANDSHAKE, CLOSED_BY_CLIENT, CLOSE_RESET, CONN_RSTOS0);
	expect_words(&taken_back, "SYN (frame 1)|reset (frame 2)|500 ms");
	expect(&withdrawn, OUTCOME_ABORTED_HANDSHAKE, CLOSED_BY_SERVER, CLOSE_RESET, CONN_RSTR);
	expect_words(&withdrawn, "frame 2|frame 3|before the client had completed");
	expect(&forgotten, OUTCOME_ABORTED_HANDSHAKE, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S1);
	expect_words(&forgotten, "SYN-ACK sent 3 times|1 s, 2 s|frame 2|SYN flood");
}

/* ---- open, and what can be wrong with it */

Test(outcome, open)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "0.5 C P. seq=1 ack=1 len=1234 : ESTABLISHED ESTABLISHED\n"
	    "0.6 S . seq=1 ack=1235 : ESTABLISHED ESTABLISHED\n", 5, false);

	expect(&o, OUTCOME_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S1);
	expect_words(&o, "Open|20 ms (frames 1 to 3)|1,234 bytes up|0 bytes down|frame 5|5 s ago");
}

Test(outcome, data_never_answered)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "0.1 C P. seq=1 ack=1 len=50 : ESTABLISHED ESTABLISHED\n"
	    "0.2 S P. seq=1 ack=51 len=50 : ESTABLISHED ESTABLISHED\n"
	    "900.2 C P. seq=51 ack=51 len=10 : ESTABLISHED ESTABLISHED\n"
	    "900.4 C P. seq=51 ack=51 len=10 : ESTABLISHED ESTABLISHED +retransmission\n"
	    "900.8 C P. seq=51 ack=51 len=10 : ESTABLISHED ESTABLISHED +retransmission\n", 20, true);

	expect(&o, OUTCOME_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S1);
	expect_words(&o, "After 900 s of silence|frame 6|again twice|the server is silent|NAT or firewall");
}

Test(outcome, keep_alives_unanswered)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "7200 C . seq=0 ack=1 : ESTABLISHED ESTABLISHED +keep_alive\n"
	    "7275 C . seq=0 ack=1 : ESTABLISHED ESTABLISHED +keep_alive\n"
	    "7350 C . seq=0 ack=1 : ESTABLISHED ESTABLISHED +keep_alive\n", 20, false);

	/* The last segment of the client's before them is part of what waits, so it doesn't count. */
	expect(&o, OUTCOME_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S1);
	expect_words(&o, "3 keep-alives of the client (frames 4 to 6)|weren't answered");
}

Test(outcome, mtu_black_hole)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "0.1 C P. seq=1 ack=1 len=300 : ESTABLISHED ESTABLISHED\n"
	    "0.2 S . seq=1 ack=301 : ESTABLISHED ESTABLISHED\n"
	    "0.3 C P. seq=301 ack=1 len=1448 : ESTABLISHED ESTABLISHED\n"
	    "0.5 C P. seq=301 ack=1 len=1448 : ESTABLISHED ESTABLISHED +retransmission\n"
	    "0.9 C P. seq=301 ack=1 len=1448 : ESTABLISHED ESTABLISHED +retransmission\n"
	    "1.7 C P. seq=301 ack=1 len=1448 : ESTABLISHED ESTABLISHED +retransmission\n", 5, true);

	expect(&o, OUTCOME_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S1);
	expect_words(&o, "MTU black hole|1,448 bytes|4 times|up to 300 bytes passed");
}

Test(outcome, zero_window)
{
	struct outcome still = script_outcome(HANDSHAKE
	    "0.1 C P. seq=1 ack=1 len=300 : ESTABLISHED ESTABLISHED\n"
	    "0.2 S . seq=1 ack=301 win=0 : ESTABLISHED ESTABLISHED +zero_window\n"
	    "0.4 C . seq=300 ack=1 : ESTABLISHED ESTABLISHED +zero_window_probe\n"
	    "0.5 S . seq=1 ack=301 win=0 : ESTABLISHED ESTABLISHED +zero_window +zero_window_probe_ack\n", 9.7, false);
	struct outcome over = script_outcome(HANDSHAKE
	    "0.1 S P. seq=1 ack=1 len=300 : ESTABLISHED ESTABLISHED\n"
	    "0.2 C . seq=1 ack=301 win=0 : ESTABLISHED ESTABLISHED +zero_window\n"
	    "2.2 C . seq=1 ack=301 win=900 : ESTABLISHED ESTABLISHED +window_update\n", 1, true);

	expect(&still, OUTCOME_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S1);
	expect_words(&still, "server's receive window has been zero for 10 s|frame 7|probed once");
	expect_words(&over, "client's receive window was zero for 2 s|frame 5");
}

Test(outcome, syn_ack_repeated_after_the_ack)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "1.01 S S. seq=0 ack=1 : ESTABLISHED SYN-RECEIVED +retransmission +refutes\n"
	    "1.02 C . seq=1 ack=1 : ESTABLISHED ESTABLISHED? +duplicate_ack\n"
	    "3.01 S S. seq=0 ack=1 : ESTABLISHED SYN-RECEIVED +retransmission +refutes\n"
	    "3.02 C . seq=1 ack=1 : ESTABLISHED ESTABLISHED? +duplicate_ack\n", 1, true);

	expect(&o, OUTCOME_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S1);
	expect_words(&o, "SYN-ACK 3 times (frames 2 to 6)|accept queue may be full, or the ACK was lost");
	cr_expect_eq(o.handshake_rtt, 3020000000, "the ACK that completes it is the one that arrived last");
}

Test(outcome, bytes_are_those_of_the_stream)
{
	/* Frame 5 fills the gap before frame 4; what lies before frame 6 wasn't captured, but was sent. */
	struct outcome o = script_outcome(HANDSHAKE
	    "0.1 C P. seq=1001 ack=1 len=1000 : ESTABLISHED ESTABLISHED +lost_segment\n"
	    "0.2 C P. seq=1 ack=1 len=1000 : ESTABLISHED ESTABLISHED +retransmission\n"
	    "0.3 C P. seq=3001 ack=1 len=1000 : ESTABLISHED ESTABLISHED +lost_segment\n"
	    "0.4 C F. seq=4001 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "0.5 S F. seq=1 ack=4002 : TIME-WAIT? LAST-ACK\n", 1, true);

	expect_words(&o, "4,000 bytes up and 0 bytes down");
}

Test(outcome, retransmissions_are_counted)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "0.1 C P. seq=1 ack=1 len=300 : ESTABLISHED ESTABLISHED\n"
	    "0.3 C P. seq=1 ack=1 len=300 : ESTABLISHED ESTABLISHED +retransmission\n"
	    "0.4 S . seq=1 ack=301 : ESTABLISHED ESTABLISHED\n", 1, true);

	expect_words(&o, "Retransmissions: 1 of 6 segments, all by the client");
}

Test(outcome, one_direction_only)
{
	struct outcome o = script_outcome(
	    "0.0 C S  seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 C .  seq=1 ack=1 : ESTABLISHED ESTABLISHED?\n"
	    "0.1 C P. seq=1 ack=1 len=100 : ESTABLISHED ESTABLISHED?\n"
	    "0.2 C F. seq=101 ack=500 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "0.3 C .  seq=102 ack=501 : TIME-WAIT? CLOSED?\n", 1, true);

	expect(&o, OUTCOME_HALF_CLOSED, CLOSED_BY_CLIENT, CLOSE_HALF, CONN_SH);
	expect_words(&o, "Only the client's segments were captured|assumed");
}

/* ---- midstream */

Test(outcome, midstream)
{
	struct outcome open = script_outcome(
	    "0.0 C P. seq=1 ack=1 len=10 : ESTABLISHED? ESTABLISHED?\n"
	    "0.1 S P. seq=1 ack=11 len=10 : ESTABLISHED? ESTABLISHED?\n", 1, true);
	struct outcome closed = script_outcome(
	    "0.0 C F. seq=1 ack=1 : FIN-WAIT-1? CLOSE-WAIT?\n"
	    "0.1 S F. seq=1 ack=2 : TIME-WAIT? LAST-ACK\n"
	    "0.2 C . seq=2 ack=2 : TIME-WAIT CLOSED?\n", 1, true);
	struct outcome reset = script_outcome(
	    "0.0 C P. seq=1 ack=1 len=10 : ESTABLISHED? ESTABLISHED?\n"
	    "0.1 S R. seq=1 ack=11 : CLOSED? CLOSED\n", 1, true);
	struct outcome half = script_outcome(
	    "0.0 S F. seq=1 ack=1 : CLOSE-WAIT? FIN-WAIT-1?\n"
	    "0.1 C . seq=1 ack=2 : CLOSE-WAIT FIN-WAIT-2?\n", 1, true);

	expect(&open, OUTCOME_MIDSTREAM_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_OTH);
	expect_words(&open, "midstream at frame 1|guessed from port 80 (http)");
	expect(&closed, OUTCOME_MIDSTREAM_CLOSED, CLOSED_BY_CLIENT, CLOSE_THREE_SEGMENT, CONN_SF);
	expect(&reset, OUTCOME_MIDSTREAM_CLOSED, CLOSED_BY_SERVER, CLOSE_RESET, CONN_RSTRH);
	expect(&half, OUTCOME_MIDSTREAM_OPEN, CLOSED_BY_SERVER, CLOSE_HALF, CONN_SHR);
	expect_words(&half, "Half-closed");
}

/* ---- Zeek's code where it differs from what one would think */

Test(conn_state, synack_first)
{
	struct outcome answered = script_outcome(
	    "0.0 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED\n"
	    "0.1 C P. seq=1 ack=1 len=5 : ESTABLISHED ESTABLISHED?\n", 1, true);
	struct outcome alone = script_outcome("0.0 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED\n", 1,
	    true);
	struct outcome fin = script_outcome(
	    "0.0 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED\n"
	    "0.1 S F. seq=1 ack=1 : CLOSE-WAIT? FIN-WAIT-1\n", 1, true);
	struct outcome reset = script_outcome(
	    "0.0 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED\n"
	    "0.1 S R. seq=1 ack=1 : CLOSED? CLOSED\n", 1, true);

	cr_expect_eq(answered.conn_state, CONN_S1);
	cr_expect_eq(alone.conn_state, CONN_OTH);
	cr_expect_eq(fin.conn_state, CONN_SHR);
	cr_expect_eq(reset.conn_state, CONN_RSTRH);
}

Test(conn_state, resets)
{
	struct outcome lone = script_outcome("0.0 C R seq=1 : CLOSED CLOSED?\n", 1, true);
	struct outcome partial = script_outcome(
	    "0.0 C P. seq=1 ack=1 len=10 : ESTABLISHED? ESTABLISHED?\n"
	    "0.1 S R seq=1 : CLOSED? CLOSED\n", 1, true);
	struct outcome late = script_outcome(HANDSHAKE
	    "0.1 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "0.2 S F. seq=1 ack=2 : TIME-WAIT? LAST-ACK\n"
	    "0.3 C R seq=2 : CLOSED CLOSED?\n", 1, true);
	struct outcome fin_then_reset = script_outcome(HANDSHAKE
	    "0.1 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "0.3 C R seq=2 : CLOSED CLOSED?\n", 1, true);

	cr_expect_eq(lone.conn_state, CONN_OTH);
	cr_expect_eq(partial.conn_state, CONN_RSTRH);
	cr_expect_eq(late.conn_state, CONN_SF);
	expect(&late, OUTCOME_CLOSED, CLOSED_BY_CLIENT, CLOSE_THREE_SEGMENT, CONN_SF);
	expect(&fin_then_reset, OUTCOME_RESET_BY_CLIENT, CLOSED_BY_CLIENT, CLOSE_RESET, CONN_RSTO);
}

Test(conn_state, what_comes_long_after_the_end_is_another_connection)
{
	struct outcome soon = script_outcome(HANDSHAKE
	    "0.1 C R seq=1 : CLOSED CLOSED?\n"
	    "5.0 S R seq=1 : CLOSED CLOSED\n", 1, true);
	struct outcome late = script_outcome(HANDSHAKE
	    "0.1 C R seq=1 : CLOSED CLOSED?\n"
	    "5.2 S R seq=1 : CLOSED CLOSED\n", 1, true);

	cr_expect_eq(soon.conn_state, CONN_REJ);
	cr_expect_eq(late.conn_state, CONN_RSTO);
}

Test(outcome, a_second_sighting_changes_nothing)
{
	struct outcome o = script_outcome(
	    "0.000 C S  seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.001 C S  seq=0 : SYN-SENT SYN-RECEIVED? +duplicate_capture\n"
	    "0.010 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED +confirms\n"
	    "0.020 C .  seq=1 ack=1 : ESTABLISHED ESTABLISHED? +confirms\n", 1, true);

	expect(&o, OUTCOME_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S1);
	cr_expect_eq(o.handshake_rtt, 20000000);
	cr_expect_null(strstr(o.verdict, "twice"), "%s", o.verdict);
}

Test(outcome, of_nothing)
{
	struct script script = script_read("0.0 C S seq=0 icmp=3/1 : UNKNOWN UNKNOWN\n");
	struct story *story = story_new(&script.flow);
	struct outcome out;

	outcome_of(story, 0, false, &out);
	cr_expect_eq(out.outcome, OUTCOME_MIDSTREAM_OPEN);
	story_add(story, &script.frames[0]);
	outcome_of(story, 0, true, &out);
	expect(&out, OUTCOME_MIDSTREAM_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_OTH);
	cr_expect_str_empty(out.verdict);
	story_free(story);
}

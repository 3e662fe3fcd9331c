/*
 * Outcomes of connections that were reset, by whom and why: frame records
 * written by hand, and what a person who reads them would conclude.
 */
#include "tests/outcome_expect.h"
#include "tests/story_script.h"

#define HANDSHAKE SCRIPT_HANDSHAKE

Test(outcome, reset_right_after_the_handshake)
{
	struct outcome server = script_outcome(HANDSHAKE
	    "0.0201 S R seq=1 win=0 : CLOSED? CLOSED\n", 1, true);
	struct outcome client = script_outcome(HANDSHAKE
	    "0.0201 C R. seq=1 ack=1 win=0 : CLOSED CLOSED?\n", 1, true);

	expect(&server, OUTCOME_RESET_BY_SERVER, CLOSED_BY_SERVER, CLOSE_RESET, CONN_RSTR);
	expect_words(&server,
	    "right after the handshake|frame 4|100 µs after frame 3|accept queue|ECONNRESET");
	expect(&client, OUTCOME_RESET_BY_CLIENT, CLOSED_BY_CLIENT, CLOSE_RESET, CONN_RSTO);
	expect_words(&client, "right after the handshake|health check");
}

Test(outcome, reset_with_unread_data)
{
	struct outcome server = script_outcome(HANDSHAKE
	    "0.1 C P. seq=1 ack=1 len=50 : ESTABLISHED ESTABLISHED\n"
	    "0.11 S . seq=1 ack=51 : ESTABLISHED ESTABLISHED\n"
	    "0.6 S R. seq=1 ack=51 : CLOSED? CLOSED\n", 1, true);
	struct outcome client = script_outcome(HANDSHAKE
	    "0.1 C P. seq=1 ack=1 len=50 : ESTABLISHED ESTABLISHED\n"
	    "0.11 S P. seq=1 ack=51 len=1000 : ESTABLISHED ESTABLISHED\n"
	    "0.12 S P. seq=1001 ack=51 len=1000 : ESTABLISHED ESTABLISHED\n"
	    "0.13 C R. seq=51 ack=1001 : CLOSED CLOSED?\n", 1, true);

	expect(&server, OUTCOME_RESET_BY_SERVER, CLOSED_BY_SERVER, CLOSE_RESET_UNREAD_DATA, CONN_RSTR);
	expect_words(&server,
	    "(frame 6), 500 ms after the client's data in frame 4|without having read|SO_LINGER");
	expect(&client, OUTCOME_RESET_BY_CLIENT, CLOSED_BY_CLIENT, CLOSE_RESET_UNREAD_DATA, CONN_RSTO);
	expect_words(&client, "the server's data in frame 6");
}

Test(outcome, reset_in_mid_stream)
{
	struct outcome plain = script_outcome(HANDSHAKE
	    "0.1 C P. seq=1 ack=1 len=50 : ESTABLISHED ESTABLISHED\n"
	    "0.2 S P. seq=1 ack=51 len=100 : ESTABLISHED ESTABLISHED\n"
	    "0.3 C . seq=51 ack=101 : ESTABLISHED ESTABLISHED\n"
	    "3.3 S R. seq=101 ack=51 : CLOSED? CLOSED\n", 1, true);
	struct outcome answer = script_outcome(HANDSHAKE
	    "0.1 S P. seq=1 ack=1 len=100 : ESTABLISHED ESTABLISHED\n"
	    "0.2 C . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n"
	    "1.0 C P. seq=1 ack=101 len=30 : ESTABLISHED ESTABLISHED\n"
	    "1.1 S R seq=101 win=0 : CLOSED? CLOSED\n", 1, true);

	expect(&plain, OUTCOME_RESET_BY_SERVER, CLOSED_BY_SERVER, CLOSE_RESET, CONN_RSTR);
	expect_words(&plain,
	    "in mid-stream (frame 7), 3 s after frame 6|application at the client|connection reset");
	expect(&answer, OUTCOME_RESET_BY_SERVER, CLOSED_BY_SERVER, CLOSE_RESET, CONN_RSTR);
	expect_words(&answer, "frame 6 was answered by a reset (frame 7)|30 bytes of the client's data");
}

Test(outcome, reset_after_own_fin_is_a_broken_pipe_for_the_peer)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "0.1 C P. seq=1 ack=1 len=50 : ESTABLISHED ESTABLISHED\n"
	    "0.2 C F. seq=51 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "0.3 S . seq=1 ack=52 : FIN-WAIT-2? CLOSE-WAIT\n"
	    "0.4 S P. seq=1 ack=52 len=500 : FIN-WAIT-2 CLOSE-WAIT\n"
	    "0.5 C R seq=52 : CLOSED CLOSED?\n", 1, true);

	expect(&o, OUTCOME_RESET_BY_CLIENT, CLOSED_BY_CLIENT, CLOSE_RESET, CONN_RSTO);
	expect_words(&o,
	    "FIN in frame 5|still sent (frame 7)|frame 8|500 bytes of the server's data|broken pipe|EPIPE");
}

Test(outcome, reset_before_the_listener_accepted)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "0.021 C P. seq=1 ack=1 len=50 : ESTABLISHED ESTABLISHED?\n"
	    "0.030 S R seq=1 : CLOSED? CLOSED\n", 1, true);

	expect(&o, OUTCOME_RESET_BY_SERVER, CLOSED_BY_SERVER, CLOSE_RESET, CONN_RSTR);
	expect_words(&o, "never showed that it had accepted|accept queue|50 bytes of the client's data");
}

Test(outcome, reset_after_giving_up)
{
	struct outcome keep_alives = script_outcome(HANDSHAKE
	    "7200 C . seq=0 ack=1 : ESTABLISHED ESTABLISHED +keep_alive\n"
	    "7275 C . seq=0 ack=1 : ESTABLISHED ESTABLISHED +keep_alive\n"
	    "7350 C R. seq=1 ack=1 : CLOSED CLOSED?\n", 1, true);
	struct outcome data = script_outcome(HANDSHAKE
	    "1 S P. seq=1 ack=1 len=9 : ESTABLISHED ESTABLISHED\n"
	    "2 S P. seq=1 ack=1 len=9 : ESTABLISHED ESTABLISHED +retransmission\n"
	    "4 S P. seq=1 ack=1 len=9 : ESTABLISHED ESTABLISHED +retransmission\n"
	    "8 S P. seq=1 ack=1 len=9 : ESTABLISHED ESTABLISHED +retransmission\n"
	    "9 S R. seq=10 ack=1 : CLOSED? CLOSED\n", 1, true);

	expect(&keep_alives, OUTCOME_RESET_BY_CLIENT, CLOSED_BY_CLIENT, CLOSE_RESET, CONN_RSTO);
	expect_words(&keep_alives,
	    "The client gave up with a reset (frame 6)|none of its 2 keep-alives (frames 4 to 5)");
	expect(&data, OUTCOME_RESET_BY_SERVER, CLOSED_BY_SERVER, CLOSE_RESET, CONN_RSTR);
	expect_words(&data, "The server gave up with a reset (frame 8)|(frame 4) again 3 times over 7 s");
}

Test(outcome, reset_instead_of_a_fin)
{
	struct outcome answer = script_outcome(HANDSHAKE
	    "0.1 C P. seq=1 ack=1 len=9 : ESTABLISHED ESTABLISHED\n"
	    "0.2 S P. seq=1 ack=10 len=9 : ESTABLISHED ESTABLISHED\n"
	    "0.3 C F. seq=10 ack=10 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "0.4 S R. seq=10 ack=11 : CLOSED? CLOSED\n", 1, true);
	struct outcome gone = script_outcome(HANDSHAKE
	    "0.3 S F. seq=1 ack=1 : CLOSE-WAIT? FIN-WAIT-1\n"
	    "0.4 C . seq=1 ack=2 : CLOSE-WAIT FIN-WAIT-2?\n"
	    "9.4 C F. seq=1 ack=2 : LAST-ACK TIME-WAIT?\n"
	    "9.5 S R seq=2 : CLOSED? CLOSED\n", 1, true);

	expect(&answer, OUTCOME_RESET_BY_SERVER, CLOSED_BY_SERVER, CLOSE_RESET, CONN_RSTR);
	expect_words(&answer,
	    "The server answered the client's FIN (frame 6) with a reset (frame 7, 100 ms later)");
	expect(&gone, OUTCOME_CLOSED, CLOSED_BY_SERVER, CLOSE_FOUR_SEGMENT, CONN_SF);
	expect_words(&gone, "FIN by the client (frame 6), answered by a reset (frame 7)");
}

static const char restart[] =
    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
    "0.1 S . seq=7000 ack=9000 : SYN-SENT ESTABLISHED +refutes\n"
    "0.2 C R seq=9000 : SYN-SENT CLOSED?\n"
    "1.0 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n"
    "1.1 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED\n"
    "1.2 C . seq=1 ack=1 : ESTABLISHED ESTABLISHED?\n";

Test(outcome, half_open_connection_discovered)
{
	struct outcome o = script_outcome(restart, 1, true);

	expect(&o, OUTCOME_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_RSTO);
	expect_words(&o, "an older connection|the client cleared with the reset in frame 3");
	cr_expect_eq(o.handshake_rtt, 200000000);
}

Test(outcome, reset_after_a_challenge_ack)
{
	struct outcome o = script_outcome(HANDSHAKE
	    "0.1 C P. seq=1 ack=1 len=9 : ESTABLISHED ESTABLISHED\n"
	    "0.2 S . seq=1 ack=10 : ESTABLISHED ESTABLISHED\n"
	    "90.0 S . seq=1 ack=10 : ESTABLISHED? ESTABLISHED +challenge_ack\n"
	    "90.1 C R seq=10 : SYN-SENT CLOSED?\n", 1, true);

	expect(&o, OUTCOME_RESET_BY_CLIENT, CLOSED_BY_CLIENT, CLOSE_RESET, CONN_RSTO);
	expect_words(&o, "Half-open|challenge ACK (frame 6)|reset (frame 7)");
}

Test(outcome, simultaneous_open)
{
	struct outcome o = script_outcome(
	    "0.00 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.01 S S seq=0 : SYN-RECEIVED? SYN-SENT +refutes\n"
	    "0.02 C S. seq=0 ack=1 : SYN-RECEIVED ESTABLISHED? +retransmission\n"
	    "0.03 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED +retransmission\n"
	    "0.04 C . seq=1 ack=1 : ESTABLISHED ESTABLISHED?\n", 1, true);

	expect(&o, OUTCOME_OPEN, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_S1);
	expect_words(&o, "SYNs crossed (frames 1 and 2)");
	cr_expect_null(strstr(o.verdict, "etransmission"), "%s", o.verdict);
}

Test(outcome, odd_flags_and_repeated_fins)
{
	struct outcome xmas = script_outcome("0.0 C FPU seq=1 : UNKNOWN UNKNOWN\n", 1, true);
	struct outcome again = script_outcome(HANDSHAKE
	    "0.1 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "0.3 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT? +retransmission\n"
	    "0.4 S F. seq=1 ack=2 : TIME-WAIT? LAST-ACK\n"
	    "0.5 C . seq=2 ack=2 : TIME-WAIT CLOSED?\n", 1, true);

	expect_words(&xmas, "Frame 1 has flags that no TCP sends");
	expect_words(&again, "send its FIN twice (frames 4 to 5)");
	cr_expect_null(strstr(again.verdict, "Retransmissions"), "%s", again.verdict);
}

Test(outcome, refused_again_and_again)
{
	struct outcome o = script_outcome(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 S R. seq=0 ack=1 : CLOSED CLOSED +refutes\n"
	    "0.6 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n"
	    "0.7 S R. seq=0 ack=1 : CLOSED CLOSED +refutes\n", 1, true);

	expect(&o, OUTCOME_REFUSED, CLOSED_BY_NOBODY, CLOSE_NONE, CONN_REJ);
	expect_words(&o,
	    "sent its SYN twice from frame 1 on"
	    "|each was answered by a reset (the first in frame 2 after 100 ms)");
}

Test(outcome, reset_after_long_silence)
{
	struct outcome answered = script_outcome(HANDSHAKE
	    "0.1 S P. seq=1 ack=1 len=9 : ESTABLISHED ESTABLISHED\n"
	    "0.2 C P. seq=1 ack=10 len=9 : ESTABLISHED ESTABLISHED\n"
	    "0.3 S . seq=10 ack=10 : ESTABLISHED ESTABLISHED\n"
	    "3600.3 S P. seq=10 ack=10 len=30 : ESTABLISHED ESTABLISHED\n"
	    "3600.4 C R seq=10 : CLOSED CLOSED?\n", 1, true);
	struct outcome own_accord = script_outcome(HANDSHAKE
	    "0.1 S P. seq=1 ack=1 len=9 : ESTABLISHED ESTABLISHED\n"
	    "0.2 C P. seq=1 ack=10 len=9 : ESTABLISHED ESTABLISHED\n"
	    "0.3 S . seq=10 ack=10 : ESTABLISHED ESTABLISHED\n"
	    "350.3 C R. seq=10 ack=10 : CLOSED CLOSED?\n", 1, true);

	expect(&answered, OUTCOME_RESET_BY_CLIENT, CLOSED_BY_CLIENT, CLOSE_RESET, CONN_RSTO);
	expect_words(&answered, "After 1 h of silence|frame 7|frame 8|NAT or firewall");
	expect(&own_accord, OUTCOME_RESET_BY_CLIENT, CLOSED_BY_CLIENT, CLOSE_RESET, CONN_RSTO);
	expect_words(&own_accord, "350 s|since frame 6|idle time-out");
}

/*
 * Explanations: for frame records written by hand, the words that an
 * experienced colleague would use, and none that the frames don't bear out.
 */
#include "story_script.h"
#include "tcp/explain_multipath.h"
#include "tcp/words.h"

#define HANDSHAKE SCRIPT_HANDSHAKE

/* Explains frame `number` of the script after those before it. */
static void
explain(const char *text, uint32_t number, const struct segment *segment, bool long_form, char *out,
    size_t size)
{
	struct script script = script_read(text);
	struct story *story = story_new(&script.flow);

	cr_assert_leq(number, script.count);
	for (uint32_t i = 0; i + 1 < number; i++)
		story_add(story, &script.frames[i]);
	explain_frame(story, &script.frames[number - 1], segment, long_form, out, size);
	story_free(story);
	for (const char *c = out; *c != '\0'; c++)
		cr_expect_geq((unsigned char)*c, 0x20, "control character in: %s", out);
	cr_expect_null(strpbrk(out, "{}"), "a value is missing in: %s", out);
	cr_expect_null(strstr(out, "frame 0"), "no frame has the number 0: %s", out);
}

static void
expect_in(const char *said, const char *words)
{
	char *copy = strdup(words), *rest = NULL;

	for (char *word = strtok_r(copy, "|", &rest); word != NULL; word = strtok_r(NULL, "|", &rest))
		cr_expect_not_null(strstr(said, word), "no \"%s\" in: %s", word, said);
	free(copy);
}

static void
expect_short(const char *text, uint32_t number, const char *words)
{
	char out[EXPLANATION_TEXT_MAX];

	explain(text, number, NULL, false, out, sizeof out);
	expect_in(out, words);
}

static void
expect_long(const char *text, uint32_t number, const char *words)
{
	char out[EXPLANATION_TEXT_MAX];

	explain(text, number, NULL, true, out, sizeof out);
	expect_in(out, words);
}

/* ---- opening */

Test(explain, handshake)
{
	expect_short(HANDSHAKE, 1, "The client asks for a connection|first step");
	expect_short(HANDSHAKE, 2, "The server agrees|second step, 10 ms after the SYN in frame 1");
	expect_short(HANDSHAKE, 3,
	    "The client acknowledges the server's SYN|third and last step|took 20 ms|may send data");
}

Test(explain, handshake_in_full)
{
	expect_long(HANDSHAKE, 1,
	    "seq 0 is its initial sequence number 1000|The client: CLOSED → SYN-SENT (RFC 9293 §3.10.1)"
	    "|The server: LISTEN → SYN-RECEIVED if this arrives (RFC 9293 §3.10.7.2)");
	expect_long(HANDSHAKE, 2,
	    "SYN-SENT → ESTABLISHED if this arrives (RFC 9293 §3.10.7.3)|It proves that frame 1 had arrived"
	    "|ack 1 = the client's initial sequence number 1000 + 1 (a SYN takes one number)");
	expect_long(HANDSHAKE, 3,
	    "Rule: RFC 9293 §3.10.7.3.|10 ms lie between the capture and the server"
	    "|ack 1 = the server's initial sequence number 4294967000 + 1"
	    "|seq 1 = its initial sequence number 1000 + 1"
	    "|SYN-RECEIVED → ESTABLISHED if this arrives (RFC 9293 §3.10.7.4)");
}

Test(explain, syn_again)
{
	static const char text[] =
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "1.0 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n"
	    "3.0 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n"
	    "3.1 S R. seq=0 ack=1 : CLOSED CLOSED +refutes\n";

	expect_short(text, 2, "sends its SYN again (try 2), 1 s after the one in frame 1");
	expect_short(text, 3, "(try 3), 2 s after the one in frame 2, twice the wait before|back-off");
	expect_short(text, 4, "The server refuses the connection|a firewall answers for it.");
	expect_long(text, 4, "The server: CLOSED, and never was in SYN-RECEIVED (RFC 9293 §3.10.7.1).");
}

Test(explain, fast_open_and_simultaneous_open)
{
	static const char both[] =
	    "0.00 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.01 S S seq=0 : SYN-RECEIVED? SYN-SENT +refutes\n"
	    "0.02 C S. seq=0 ack=1 : SYN-RECEIVED ESTABLISHED?\n"
	    "0.03 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED\n";

	expect_short("0.0 C S seq=0 len=100 : SYN-SENT SYN-RECEIVED? +fast_open\n", 1,
	    "carries 100 bytes already (TCP Fast Open)");
	expect_short("0.0 C S seq=0 : SYN-SENT SYN-RECEIVED? +fast_open\n", 1, "Fast Open option");
	expect_short(both, 2, "SYN of its own|frame 1|simultaneous open");
	expect_short(both, 3, "crossed its own: simultaneous open");
	expect_short(both, 4, "crossed its own: simultaneous open");
}

Test(explain, syn_ack_again_and_strange)
{
	expect_short(HANDSHAKE "1.01 S S. seq=0 ack=1 : ESTABLISHED SYN-RECEIVED +retransmission +refutes\n", 4,
	    "SYN-ACK again (try 2), 1 s after the last|accept queue|So frame 3 had not arrived");
	expect_short(
	    "0.0 C S seq=100 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 S S. seq=0 ack=1 : SYN-SENT SYN-RECEIVED?\n", 2, "isn't the SYN's number plus one");
	expect_short("0.0 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED\n", 1, "whose SYN wasn't captured");
}

Test(explain, half_open_connection)
{
	static const char text[] =
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 S . seq=7000 ack=9000 : SYN-SENT ESTABLISHED +refutes\n"
	    "0.2 C R seq=9000 : SYN-SENT CLOSED?\n";

	expect_short(text, 2,
	    "answers the SYN with an ACK of something else|older connection|So frame 1 had not arrived");
	expect_short(text, 3, "The client has no such connection|frame 2|its own attempt goes on");
}

Test(explain, broken_flags)
{
	expect_short("0.0 C FS seq=0 : UNKNOWN LISTEN?\n", 1,
	    "SYN together with FIN|nothing can be inferred");
	expect_short("0.0 C SR seq=0 : UNKNOWN LISTEN?\n", 1, "SYN together with RST");
	expect_short("0.0 C - seq=0 : UNKNOWN UNKNOWN\n", 1, "No flag is set");
	expect_short("0.0 C FPU seq=0 : UNKNOWN UNKNOWN\n", 1, "no TCP sends together");
	expect_short("0.0 C FR seq=0 : UNKNOWN UNKNOWN\n", 1, "FIN together with RST");
}

/* ---- data */

#define EXCHANGE HANDSHAKE \
	"0.100 C P. seq=1 ack=1 len=11 : ESTABLISHED ESTABLISHED +confirms\n" \
	"0.110 S .  seq=1 ack=12 : ESTABLISHED ESTABLISHED +confirms\n" \
	"0.120 S P. seq=1 ack=12 len=1460 : ESTABLISHED ESTABLISHED\n" \
	"0.121 S P. seq=1461 ack=12 len=540 : ESTABLISHED ESTABLISHED\n" \
	"0.131 C .  seq=12 ack=2001 : ESTABLISHED ESTABLISHED\n"

Test(explain, data_and_acks)
{
	expect_short(EXCHANGE, 4, "The client sends the first 11 bytes.");
	expect_short(EXCHANGE, 5,
	    "The server acknowledges the client's 11 bytes up to frame 4, 10 ms after it.");
	expect_short(EXCHANGE, 6,
	    "The server sends 1,460 bytes, 20 ms after the client's last data (frame 4).");
	expect_short(EXCHANGE, 7, "The server sends 540 bytes.");
	expect_short(EXCHANGE, 8,
	    "The client acknowledges the server's 2,000 bytes up to frame 7, 10 ms after it.");
	expect_long(EXCHANGE, 7,
	    "seq 1461 goes on where frame 6 ended|ack 12: still waiting for that number");
	expect_long(EXCHANGE, 8, "ack 2001: all up to the end of frame 7 has arrived");
	expect_long(EXCHANGE, 4, "seq 1 = its initial sequence number 1000 + 1");
}

Test(explain, retransmissions)
{
	static const char text[] = EXCHANGE
	    "0.2 C P. seq=12 ack=2001 len=100 : ESTABLISHED ESTABLISHED\n"
	    "0.4 C P. seq=12 ack=2001 len=100 : ESTABLISHED ESTABLISHED +retransmission\n"
	    "0.5 C P. seq=12 ack=2001 len=100 : ESTABLISHED ESTABLISHED +fast_retransmission\n"
	    "0.6 S P. seq=1 ack=12 len=1460 : ESTABLISHED ESTABLISHED +spurious_retransmission\n"
	    "0.7 S P. seq=1461 ack=12 len=100 : ESTABLISHED ESTABLISHED +out_of_order\n"
	    "0.8 S P. seq=9001 ack=12 len=100 : ESTABLISHED ESTABLISHED +lost_segment\n"
	    "0.9 C . seq=112 ack=2001 dup=2 : ESTABLISHED ESTABLISHED +duplicate_ack\n"
	    "1.0 C . seq=112 ack=9999 : ESTABLISHED ESTABLISHED +ack_lost_segment\n";

	expect_short(text, 10, "sends 100 bytes again that frame 9 had carried 200 ms before|no ACK");
	expect_long(text, 10, "seq 12 repeats frame 9");
	expect_short(text, 11, "without waiting for its timer|duplicate ACKs");
	expect_short(text, 12, "1,460 bytes again that the client had acknowledged already|needless");
	expect_short(text, 13, "out of order");
	expect_short(text, 14, "The server sends 100 bytes|missing: lost on the way, or not captured");
	expect_short(text, 15, "repeats its ACK (duplicate 2)");
	expect_short(text, 16, "the capture missed them");
}

Test(explain, back_off_of_data)
{
	static const char text[] = HANDSHAKE
	    "1.0 C P. seq=1 ack=1 len=10 : ESTABLISHED ESTABLISHED?\n"
	    "1.2 C P. seq=1 ack=1 len=10 : ESTABLISHED ESTABLISHED? +retransmission\n"
	    "1.6 C P. seq=1 ack=1 len=10 : ESTABLISHED ESTABLISHED? +retransmission\n"
	    "1.8 C P. seq=1 ack=1 len=10 : ESTABLISHED ESTABLISHED? +retransmission\n"
	    "9.0 C P. seq=1 ack=1 len=10 : ESTABLISHED ESTABLISHED? +retransmission\n";
	char out[EXPLANATION_TEXT_MAX];

	expect_short(text, 6, "had carried 400 ms before|That is twice the wait before: its timer backs off");
	for (uint32_t frame = 5; frame <= 8; frame += frame == 5 ? 2 : 1) {	/* the first wait, half, 36 times */
		explain(text, frame, NULL, false, out, sizeof out);
		cr_expect_null(strstr(out, "backs off"), "frame %u: %s", frame, out);
	}
}

Test(explain, what_is_repeated_is_found_for_a_while)
{
	struct script script = script_read(HANDSHAKE);
	struct story *story = story_new(&script.flow);
	struct frame data = { .traits = FRAME_FROM_SERVER, .flags = TCP_ACK,
	    .ack = SCRIPT_CLIENT_ISN + 1, .length = 100 };
	char out[EXPLANATION_TEXT_MAX];

	for (uint32_t i = 0; i < 3; i++)
		story_add(story, &script.frames[i]);
	for (uint32_t i = 0; i < 200; i++) {
		data.number = 100 + i;
		data.time = script.frames[2].time + i * 1000000u;
		data.seq = SCRIPT_SERVER_ISN + 1u + i * 100;
		data.state[CLIENT] = data.state[SERVER] = TCP_ESTABLISHED;
		story_add(story, &data);
		data.notes = NOTE_RETRANSMISSION;
		explain_frame(story, &data, NULL, false, out, sizeof out);
		data.notes = 0;
		cr_assert_str_eq(strstr(out, " had carried") != NULL ? "found" : out, "found");
	}
	data.notes = NOTE_RETRANSMISSION;
	data.seq = SCRIPT_SERVER_ISN + 1u + 150 * 100;
	explain_frame(story, &data, NULL, false, out, sizeof out);
	expect_in(out, "again that frame 250 had carried 49 ms before");
	data.seq = SCRIPT_SERVER_ISN + 1u;
	explain_frame(story, &data, NULL, false, out, sizeof out);
	cr_expect_str_eq(out, "The server sends 100 bytes again: no ACK had come in time.");
	story_free(story);
}

Test(explain, windows_and_keep_alives)
{
	static const char text[] = EXCHANGE
	    "0.2 C . seq=12 ack=2001 win=0 : ESTABLISHED ESTABLISHED +zero_window\n"
	    "0.4 S . seq=2000 ack=12 : ESTABLISHED ESTABLISHED +zero_window_probe\n"
	    "0.5 C . seq=12 ack=2001 win=0 : ESTABLISHED ESTABLISHED +zero_window +zero_window_probe_ack\n"
	    "2.2 C . seq=12 ack=2001 win=100 : ESTABLISHED ESTABLISHED +window_update +scaled\n"
	    "7200 C . seq=11 ack=2001 win=100 : ESTABLISHED ESTABLISHED +keep_alive\n"
	    "7200.1 S . seq=2001 ack=12 : ESTABLISHED ESTABLISHED +keep_alive_ack\n"
	    "7201 C . seq=12 ack=2001 win=200 : ESTABLISHED ESTABLISHED +window_update +scaled\n"
	    "7202 S P. seq=2001 ack=12 len=1000 : ESTABLISHED ESTABLISHED +window_full\n"
	    "7203 C . seq=12 ack=2001 : ESTABLISHED ESTABLISHED +challenge_ack\n";

	/* none of these has the handshake's scale but where it says so */
	expect_short(EXCHANGE "0.2 C . seq=12 ack=2001 win=502 : ESTABLISHED ESTABLISHED +window_update\n", 9,
	    "The client has less room: it lowers its window to 502 (unscaled).");
	expect_short(EXCHANGE "0.2 C . seq=12 ack=2001 win=0 : ESTABLISHED ESTABLISHED +zero_window\n"
	    "2.2 C . seq=12 ack=2001 win=1502 : ESTABLISHED ESTABLISHED +window_update\n", 10,
	    "its window opens to 1,502 (unscaled) after 2 s");
	expect_short(text, 9, "The client's receive buffer is full (window 0): the server must stop");
	expect_short(text, 10, "probes the client's closed window");
	expect_short(text, 11, "answers the probe: its window is still closed");
	expect_short(text, 12, "its window opens to 12,800 bytes after 2 s");
	expect_short(text, 13, "whether the server is still there, after 2 h of silence|keep-alive");
	expect_long(text, 13, "seq 11 is one below");
	expect_short(text, 14, "answers the keep-alive");
	expect_short(text, 15, "raises its window to 25,600 bytes");
	expect_short(text, 16, "fills the client's window: the server must wait");
	expect_short(text, 17, "challenge ACK");
}

/* ---- closing */

Test(explain, four_segments)
{
	static const char text[] = HANDSHAKE
	    "1.0 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "1.1 S .  seq=1 ack=2 : FIN-WAIT-2? CLOSE-WAIT +confirms\n"
	    "1.3 S F. seq=1 ack=2 : TIME-WAIT? LAST-ACK\n"
	    "1.4 C .  seq=2 ack=2 : TIME-WAIT CLOSED? +confirms\n";

	expect_short(text, 4,
	    "The client has nothing more to send and closes its side (FIN). The server may still send.");
	expect_short(text, 5, "acknowledges the client's FIN (frame 4); its own side stays open");
	expect_short(text, 6, "The server closes too, 300 ms after the client's FIN in frame 4");
	expect_short(text, 7, "the server's FIN (frame 6), the last segment of a normal close|TIME-WAIT");
	expect_long(text, 4,
	    "ESTABLISHED → FIN-WAIT-1 (RFC 9293 §3.10.4)"
	    "|ESTABLISHED → CLOSE-WAIT if this arrives (RFC 9293 §3.10.7.4)");
	expect_long(text, 5,
	    "FIN-WAIT-1 → FIN-WAIT-2 if this arrives|all of the client's 0 bytes and its FIN");
	expect_long(HANDSHAKE "5.0 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n", 4,
	    "ESTABLISHED → FIN-WAIT-1, after 5 s");
	expect_long(text, 7, "LAST-ACK → CLOSED if this arrives|It proves that frame 6 had arrived");
}

Test(explain, three_segments_crossed_and_repeated)
{
	static const char three[] = HANDSHAKE
	    "1.0 S FP. seq=1 ack=1 len=7 : CLOSE-WAIT? FIN-WAIT-1\n"
	    "1.1 C F. seq=1 ack=9 : LAST-ACK TIME-WAIT?\n"
	    "1.4 C F. seq=1 ack=9 : LAST-ACK TIME-WAIT? +retransmission +refutes\n";
	static const char crossed[] = HANDSHAKE
	    "1.00 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "1.01 S F. seq=1 ack=1 : CLOSING? FIN-WAIT-1 +refutes\n"
	    "1.02 S .  seq=2 ack=2 : TIME-WAIT? CLOSING\n";

	expect_short(three, 4, "sends its last 7 bytes and closes its side");
	expect_short(three, 5,
	    "The client closes too; with the ACK of the server's FIN in the same segment");
	expect_short(three, 6, "FIN again (try 2), 300 ms after the last");
	expect_short(crossed, 5,
	    "without having seen the client's FIN (frame 4)|simultaneous close|So frame 4 had not arrived");
	expect_short(crossed, 6, "the client's FIN (frame 4), which had crossed its own");
}

/* ---- resets and ICMP */

Test(explain, resets)
{
	expect_short(HANDSHAKE
	    "0.1 C P. seq=1 ack=1 len=50 : ESTABLISHED ESTABLISHED\n"
	    "0.2 S R seq=1 : CLOSED? CLOSED\n", 5,
	    "The server answers frame 4 with a reset|50 bytes on their way are lost");
	expect_short(EXCHANGE "5.1 S R. seq=2001 ack=12 : CLOSED? CLOSED\n", 9,
	    "The server aborts the connection, 5 s after frame 8");
	expect_short(EXCHANGE "0.221 C R. seq=12 ack=2001 : CLOSED CLOSED?\n", 9,
	    "100 ms after the server's data in frame 7|without reading");
	expect_short(EXCHANGE
	    "0.2 C F. seq=12 ack=2001 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "0.3 C R seq=13 : CLOSED CLOSED?\n", 10, "resets after its own FIN (frame 9)");
	expect_short(EXCHANGE "0.3 C R seq=7 : ESTABLISHED ESTABLISHED\n", 9,
	    "doesn't fit: nothing changes");
	expect_short(EXCHANGE "0.3 C R seq=999 : ESTABLISHED ESTABLISHED\n", 9,
	    "987 bytes beyond what was captured|the server only answers with a challenge ACK");
	expect_short(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED\n"
	    "0.2 C R seq=1 : CLOSED LISTEN?\n"
	    "0.3 C R seq=1 : CLOSED LISTEN?\n", 3, "drops the connection that it had asked for|scan");
	expect_short(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 C R seq=1 : CLOSED CLOSED?\n"
	    "0.3 C R seq=1 : CLOSED LISTEN?\n", 2, "gives the handshake up");
}

Test(explain, giving_up)
{
	expect_short(HANDSHAKE
	    "75 C . seq=0 ack=1 : ESTABLISHED ESTABLISHED +keep_alive\n"
	    "85 C . seq=0 ack=1 : ESTABLISHED ESTABLISHED +keep_alive\n"
	    "95 C R. seq=1 ack=1 : CLOSED CLOSED?\n", 6,
	    "The client gives up: the server has answered nothing since frame 4");
	expect_short(EXCHANGE
	    "90.131 C R. seq=12 ack=2001 : CLOSED CLOSED?\n", 9,
	    "The client aborts the connection, 90 s after frame 8");
}

Test(explain, acks_of_what_is_repeated_or_missing)
{
	static const char silent[] =
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 C . seq=1 ack=1 : ESTABLISHED? ESTABLISHED?\n"
	    "0.2 C . seq=1 ack=500 : ESTABLISHED? ESTABLISHED?\n";

	expect_short(HANDSHAKE
	    "1.01 S S. seq=0 ack=1 : ESTABLISHED SYN-RECEIVED +retransmission +refutes\n"
	    "1.02 C . seq=1 ack=1 : ESTABLISHED ESTABLISHED?\n", 5,
	    "answers frame 4 with the acknowledgment that it had sent before");
	expect_short(silent, 2, "acknowledges a SYN-ACK that wasn't captured: the last step");
	expect_short(silent, 3, "acknowledges what the server sent, which wasn't captured");
}

Test(explain, icmp)
{
	static const char syn[] = "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n";
	char text[512];

	snprintf(text, sizeof text, "%s0.1 C S seq=0 icmp=3/1 : SYN-SENT SYN-RECEIVED?\n", syn);
	expect_short(text, 2,
	    "the client's segment with ICMP host unreachable: on most systems the attempt to connect ends");
	snprintf(text, sizeof text, "%s0.1 C S seq=0 icmp=11/0 : SYN-SENT SYN-RECEIVED?\n", syn);
	expect_short(text, 2, "time to live exceeded|only a hint");
	expect_short(EXCHANGE "0.3 S . seq=1 icmp=3/4 : ESTABLISHED ESTABLISHED\n", 9,
	    "the server's segment|fragmentation needed|smaller");
	expect_short(EXCHANGE "0.3 S . seq=1 icmp=3/1 : ESTABLISHED ESTABLISHED\n", 9,
	    "host unreachable: only a hint");
}

Test(explain, a_packet_seen_again)
{
	expect_short(EXCHANGE "0.122 S P. seq=1461 ack=12 len=540 : ESTABLISHED ESTABLISHED +duplicate_capture\n", 9,
	    "The same packet as frame 7|not a retransmission");
	expect_short(HANDSHAKE "0.021 C . seq=1 ack=1 : ESTABLISHED ESTABLISHED? +duplicate_capture\n",
	    4, "as frame 3");
}

/* ---- options */

Test(explain, options_of_a_syn)
{
	struct segment segment = {
		.traits = SEGMENT_MSS | SEGMENT_SACK_PERMITTED | SEGMENT_TIMESTAMP, .mss = 1460, .scale = 7,
		.tsval = 910488745, .family = SEGMENT_IPV4
	};
	char out[EXPLANATION_TEXT_MAX];

	explain("0.0 C SEW seq=0 : SYN-SENT SYN-RECEIVED?\n", 1, &segment, true, out, sizeof out);
	expect_in(out,
	    "MSS 1460|an MTU of 1500 less the headers|Window scale 7: its windows count 128 bytes each"
	    "|SACK permitted|Timestamps offered: value 910488745|explicit congestion notification");
}

Test(explain, sack_blocks_are_relative_to_the_peer)
{
	struct segment segment = {
		.scale = SEGMENT_NO_SCALE, .sack_count = 2, .ack = SCRIPT_SERVER_ISN + 2001u,
		.sack = { { SCRIPT_SERVER_ISN + 1u, SCRIPT_SERVER_ISN + 1461u },
		    { SCRIPT_SERVER_ISN + 3001u, SCRIPT_SERVER_ISN + 4001u } }
	};
	char out[EXPLANATION_TEXT_MAX];

	explain(EXCHANGE "0.2 C . seq=12 ack=2001 dup=1 : ESTABLISHED ESTABLISHED +duplicate_ack\n", 9,
	    &segment, true,
	    out, sizeof out);
	expect_in(out, "D-SACK: 1:1461 had arrived twice|SACK: 3001:4001 has arrived beyond a gap");
}

/* ---- form */

Test(explain, never_overflows)
{
	char whole[EXPLANATION_TEXT_MAX], out[EXPLANATION_TEXT_MAX];

	explain(HANDSHAKE, 1, NULL, true, whole, sizeof whole);
	for (size_t size = 1; size < strlen(whole) + 2; size++) {
		memset(out, '#', sizeof out);
		explain(HANDSHAKE, 1, NULL, true, out, size);
		cr_assert_lt(strlen(out), size);
		cr_assert_eq(strncmp(out, whole, strlen(out)), 0);
		cr_assert_eq(out[size], '#');
		cr_assert(strlen(out) + 3 >= size || strlen(out) == strlen(whole),
		    "more was cut than a character");
		cr_assert_neq((unsigned char)out[strlen(out) > 0 ? strlen(out) - 1 : 0], 0xe2,
		    "cut inside a character");
	}
}

/* Frames that no TCP sends, in any order: still whole sentences with whole values, under the sanitizers. */
Test(explain, survives_anything)
{
	uint32_t random = 1;

	for (int run = 0; run < 400; run++) {
		struct flow flow = { .id = 1, .port = { 1, 2 }, .end[CLIENT].scale = 14,
		    .end[SERVER].scale = 255 };
		struct story *story = story_new(&flow);
		struct segment segment = { .sack_count = 3, .mss = 65535, .traits = 0xffff, .scale = 200 };
		struct outcome out;
		char text[EXPLANATION_TEXT_MAX];
		bool begun = false;

		for (uint32_t i = 1; i <= 40; i++) {
			uint32_t r[6];
			struct frame f = { .number = i, .flow = 1 };

			for (size_t n = 0; n < 6; n++)
				r[n] = random = random * 1664525u + 1013904223u;
			f.time = r[0] >> 8 & 1 ? (uint64_t)r[0] << (r[1] >> 27) : r[0];
			f.seq = r[1] >> (r[2] >> 28);
			f.ack = r[2] >> (r[3] >> 28);
			f.flags = (uint16_t)(r[3] >> 12 & 0x1ff & (r[4] >> 3));
			f.length = r[4] >> 16 & 1 ? r[5] >> 18 : 0;
			f.notes = r[5] & r[1] & r[3] & 0xfffff;
			f.traits = (uint8_t)(r[0] >> 16);
			f.window = (uint16_t)(r[2] >> 5);
			f.state[CLIENT] = (shown_state)(r[3] >> 8 & 0x7f) % TCP_STATES;
			f.state[SERVER] = (shown_state)(r[4] >> 8 & 0x7f) % TCP_STATES | STATE_PROVISIONAL;
			explain_frame(story, &f, &segment, i % 2, text, sizeof text);
			cr_assert_null(strpbrk(text, "{}"), "%s", text);
			cr_assert_gt(strlen(text), 10);
			story_add(story, &f);
			outcome_of(story, f.time + r[1], i % 3 == 0, &out);
			cr_assert_null(strpbrk(out.verdict, "{}"), "%s", out.verdict);
			begun |= !(f.notes & (NOTE_ICMP_ERROR | NOTE_DUPLICATE_CAPTURE));
			cr_assert(strlen(out.verdict) > 10 || !begun);
			cr_assert(out.outcome < OUTCOMES && out.closed_by < CLOSERS && out.close_shape < CLOSE_SHAPES
			    && out.conn_state < CONN_STATES);
			cr_assert_eq(out.close_shape == CLOSE_NONE, out.closed_by == CLOSED_BY_NOBODY);
		}
		story_free(story);
	}
}

/* The options of a header that ends anywhere, in memory that ends there, too. */
Test(explain, multipath_options_that_are_cut_or_wrong)
{
	struct frame f = { .number = 1, .flags = TCP_ACK };
	uint32_t random = 1;

	for (unsigned i = 0; i < 20000; i++) {
		uint8_t whole[60], *header;
		char text[768], little[40];
		size_t size = random % 61;

		for (size_t k = 0; k < sizeof whole; k++) {
			random = random * 1664525 + 1013904223;
			whole[k] = (uint8_t)(random >> 24);
		}
		whole[20] = 30;
		whole[21] = (uint8_t)(random >> 8) % 42;
		whole[22] = (uint8_t)(random >> 16);
		f.flags = random >> 10 & TCP_FLAGS_ALL;
		header = malloc(size + 1);
		memcpy(header + 1, whole, size);
		explain_multipath(&f, header + 1, size, (int)(random >> 20) % 3 - 1, text, sizeof text);
		cr_assert_null(strpbrk(text, "{}"), "%s", text);
		cr_assert(size >= 23 || strncmp(text, "The SYN", 7) == 0 || text[0] == '\0', "%s", text);
		explain_multipath(&f, header + 1, size, MULTIPATH_NONE, little, sizeof little);
		cr_assert_lt(strlen(little), sizeof little);
		free(header);
	}
}

Test(words, durations)
{
	static const struct { uint64_t ns; const char *text; } cases[] = {
		{ 0, "0 ns" }, { 999, "999 ns" }, { 1000, "1 µs" }, { 2540, "2.5 µs" }, { 128000,
		    "128 µs" },
		{ 999499, "999 µs" }, { 999500, "1 ms" }, { 14200000, "14.2 ms" }, { 128000000, "128 ms" },
		{ 999499999, "999 ms" }, { 999500000, "1 s" }, { 7074000000, "7.1 s" }, { 978419000000,
		    "978.4 s" },
		{ 1000000000000, "16 min 40 s" }, { 7200000000000, "2 h" }, { 7500000000000, "2 h 5 min" },
		{ 273600000000000, "3 d 4 h" }
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char out[48];

		words_duration(out, sizeof out, cases[i].ns);
		cr_expect_str_eq(out, cases[i].text);
	}
}

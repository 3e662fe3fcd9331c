/*
 * Round trips, first flights, answers and states: for frame records written
 * by hand, the times that RFC 6298 (Karn's rule), RFC 7323 and plain
 * subtraction give, and none where nobody can know.
 */
#include <inttypes.h>

#include <unistd.h>

#include "capture/session.h"
#include "story_script.h"
#include "tcp/timing.h"
#include "tests/capture_files.h"
#include "view/timings.h"

#define HANDSHAKE SCRIPT_HANDSHAKE
#define MS 1000000ull

static void
add(struct timing *t, const struct frame *f)
{
	struct timing_stamp stamp = { (uint32_t)(f->locator >> 32), (uint32_t)f->locator };

	timing_add(t, f, timing_wants_stamp(t, f) ? &stamp : NULL);
}

static struct timing *
measure_in(struct script *script, const char *text)
{
	struct timing *t;

	*script = script_read(text);
	t = timing_new(&script->flow);
	for (uint32_t i = 0; i < script->count; i++)
		add(t, &script->frames[i]);
	return t;
}

/* How many round trips to that end, from the shortest to the longest. */
static void
expect_trips(const char *text, enum side side, enum timing_means means, uint32_t count, uint64_t least,
    uint64_t most)
{
	struct script script;
	struct timing *t = measure_in(&script, text);
	const struct timing_sum *sum = timing_round_trips(t, side, means);

	cr_expect_eq(sum->count, count, "%u measured, expected %u", sum->count, count);
	cr_expect_eq(sum->least, least, "least %" PRIu64, sum->least);
	cr_expect_eq(sum->most, most, "most %" PRIu64, sum->most);
	timing_free(t);
}

static void
expect_line(const char *text, unsigned n, const char *words)
{
	struct script script;
	struct timing *t = measure_in(&script, text);
	char said[TIMING_TEXT_MAX];

	timing_line(t, n, said, sizeof said);
	cr_expect_str_eq(said, words);
	timing_free(t);
}

/* ---- round trips */

Test(timing, handshake_measures_both_halves)
{
	expect_trips(HANDSHAKE, SERVER, TIMING_BY_ACK, 1, 10 * MS, 10 * MS);
	expect_trips(HANDSHAKE, CLIENT, TIMING_BY_ACK, 1, 10 * MS, 10 * MS);
}

#define DATA \
	"1.000 C P. seq=1 ack=1 len=100 : ESTABLISHED ESTABLISHED?\n"

Test(timing, an_ack_of_new_data_measures)
{
	expect_trips(HANDSHAKE DATA
	    "1.030 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 2, 10 * MS, 30 * MS);
	/* the second time it says nothing new */
	expect_trips(HANDSHAKE DATA
	    "1.030 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n"
	    "3.000 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 2, 10 * MS, 30 * MS);
}

Test(timing, what_was_sent_twice_never_measures)
{
	expect_trips(HANDSHAKE DATA
	    "1.300 C P. seq=1 ack=1 len=100 : ESTABLISHED ESTABLISHED? +retransmission\n"
	    "1.330 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 1, 10 * MS, 10 * MS);
	/* nor does an ACK of that and of something sent once */
	expect_trips(HANDSHAKE DATA
	    "1.300 C P. seq=1 ack=1 len=100 : ESTABLISHED ESTABLISHED? +retransmission\n"
	    "1.310 C P. seq=101 ack=1 len=50 : ESTABLISHED ESTABLISHED?\n"
	    "1.330 S . seq=1 ack=151 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 1, 10 * MS, 10 * MS);
	/* a part that was sent again spoils the whole */
	expect_trips(HANDSHAKE DATA
	    "1.300 C P. seq=51 ack=1 len=50 : ESTABLISHED ESTABLISHED? +retransmission\n"
	    "1.330 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 1, 10 * MS, 10 * MS);
	/* the first sending hadn't been captured, but was there */
	expect_trips(HANDSHAKE
	    "1.300 C P. seq=1 ack=1 len=100 : ESTABLISHED ESTABLISHED? +retransmission\n"
	    "1.330 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 1, 10 * MS, 10 * MS);
	/* a SYN, too */
	expect_trips(
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "1.0 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n"
	    "1.1 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED\n",
	    SERVER, TIMING_BY_ACK, 0, 0, 0);
}

Test(timing, an_ack_of_several_answers_the_last)
{
	expect_trips(HANDSHAKE DATA
	    "1.005 C P. seq=101 ack=1 len=100 : ESTABLISHED ESTABLISHED?\n"
	    "1.025 S . seq=1 ack=201 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 2, 10 * MS, 20 * MS);
}

Test(timing, reordered_segments)
{
	/* the one that was overtaken lets the receiver acknowledge both */
	expect_trips(HANDSHAKE
	    "1.000 C P. seq=101 ack=1 len=100 : ESTABLISHED ESTABLISHED? +lost_segment\n"
	    "1.002 C P. seq=1 ack=1 len=100 : ESTABLISHED ESTABLISHED? +out_of_order\n"
	    "1.022 S . seq=1 ack=201 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 2, 10 * MS, 20 * MS);
	/* overtaken beyond the capture: duplicate ACKs tell that nobody knows what came last */
	expect_trips(HANDSHAKE DATA
	    "1.001 C P. seq=101 ack=1 len=100 : ESTABLISHED ESTABLISHED?\n"
	    "1.020 S . seq=1 ack=1 : ESTABLISHED ESTABLISHED +duplicate_ack dup=1\n"
	    "1.090 S . seq=1 ack=201 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 1, 10 * MS, 10 * MS);
	/* a hole that was never filled in this capture */
	expect_trips(HANDSHAKE
	    "1.000 C P. seq=101 ack=1 len=100 : ESTABLISHED ESTABLISHED? +lost_segment\n"
	    "1.022 S . seq=1 ack=201 : ESTABLISHED ESTABLISHED +ack_lost_segment\n",
	    SERVER, TIMING_BY_ACK, 1, 10 * MS, 10 * MS);
}

Test(timing, data_that_was_not_captured_measures_nothing)
{
	expect_trips(HANDSHAKE DATA
	    "1.030 S . seq=1 ack=501 : ESTABLISHED ESTABLISHED +ack_lost_segment\n"
	    "2.000 C P. seq=501 ack=1 len=100 : ESTABLISHED ESTABLISHED?\n"
	    "2.015 S . seq=1 ack=601 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 2, 10 * MS, 15 * MS);
}

Test(timing, a_large_piece_is_measured_once)
{
	expect_trips(HANDSHAKE
	    "1.000 C P. seq=1 ack=1 len=2896 : ESTABLISHED ESTABLISHED?\n"
	    "1.020 S . seq=1 ack=1449 : ESTABLISHED ESTABLISHED\n"
	    "1.090 S . seq=1 ack=2897 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 2, 10 * MS, 20 * MS);
}

Test(timing, keep_alives_measure_nothing)
{
	expect_trips(HANDSHAKE DATA
	    "1.010 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n"
	    "76.00 C . seq=100 ack=1 len=1 : ESTABLISHED ESTABLISHED +keep_alive\n"
	    "76.50 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED +keep_alive_ack\n",
	    SERVER, TIMING_BY_ACK, 2, 10 * MS, 10 * MS);
}

Test(timing, second_sightings_errors_and_backward_clocks)
{
	expect_trips(HANDSHAKE DATA
	    "1.001 C P. seq=1 ack=1 len=100 : ESTABLISHED ESTABLISHED? +duplicate_capture\n"
	    "1.002 C . seq=1 icmp=3/4 : ESTABLISHED ESTABLISHED?\n"
	    "1.030 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 2, 10 * MS, 30 * MS);
	expect_trips(HANDSHAKE DATA
	    "0.900 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_ACK, 1, 10 * MS, 10 * MS);
}

Test(timing, sequence_numbers_wrap)
{
	/* the server's initial number lies 296 below 2^32 */
	expect_trips(HANDSHAKE
	    "1.000 S P. seq=1 ack=1 len=1000 : ESTABLISHED ESTABLISHED\n"
	    "1.007 C . seq=1 ack=1001 : ESTABLISHED ESTABLISHED\n",
	    CLIENT, TIMING_BY_ACK, 2, 7 * MS, 10 * MS);
}

Test(timing, one_direction_has_no_round_trips)
{
	struct script script;
	struct timing *t = measure_in(&script,
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "0.1 C . seq=1 ack=1 : ESTABLISHED ESTABLISHED?\n"
	    "0.2 C P. seq=1 ack=1 len=10 : ESTABLISHED ESTABLISHED?\n"
	    "0.4 C P. seq=11 ack=500 len=10 : ESTABLISHED ESTABLISHED?\n");
	char text[TIMING_TEXT_MAX];

	for (unsigned n = 0; n < 5; n++) {
		timing_line(t, n, text, sizeof text);
		cr_expect_str_eq(text, "");
	}
	timing_free(t);
}

Test(timing, smoothed_as_rfc_6298_has_it)
{
	struct script script;
	struct timing *t = measure_in(&script, HANDSHAKE DATA
	    "1.018 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n");

	/* 7/8 of 10 ms and 1/8 of 18 ms */
	cr_expect_eq(timing_round_trips(t, SERVER, TIMING_BY_ACK)->smoothed, 11 * MS);
	cr_expect_eq(timing_round_trips(t, SERVER, TIMING_BY_ACK)->most_frame, 5);
	cr_expect_eq(timing_sample(t, TIMING_BY_ACK)->time, 18 * MS);
	cr_expect_eq(timing_sample(t, TIMING_BY_ACK)->frame, 4);
	timing_free(t);
}

/* ---- timestamps */

Test(timing, the_first_echo_of_a_timestamp_measures)
{
	static const char text[] =
	    "1.000 C P. seq=1 ack=1 len=10 ts=700/1 : ESTABLISHED ESTABLISHED\n"
	    "1.001 C P. seq=11 ack=1 len=10 ts=701/1 : ESTABLISHED ESTABLISHED\n"
	    "1.020 S . seq=1 ack=11 ts=2/700 : ESTABLISHED ESTABLISHED\n"
	    "1.025 S . seq=1 ack=21 ts=3/700 : ESTABLISHED ESTABLISHED\n";

	expect_trips(text, SERVER, TIMING_BY_STAMP, 1, 20 * MS, 20 * MS);
}

Test(timing, timestamps_wrap)
{
	expect_trips(
	    "1.000 C P. seq=1 ack=1 len=10 ts=4294967295/1 : ESTABLISHED ESTABLISHED\n"
	    "1.020 S . seq=1 ack=11 ts=2/4294967295 : ESTABLISHED ESTABLISHED\n"
	    "2.000 C P. seq=11 ack=1 len=10 ts=999/2 : ESTABLISHED ESTABLISHED\n"
	    "2.040 S . seq=1 ack=21 ts=3/999 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_STAMP, 2, 20 * MS, 40 * MS);
}

Test(timing, a_timestamp_echoed_after_silence_measures_nothing)
{
	/* the server's ACK in frame 2 needed no answer: what comes ten seconds later isn't one */
	expect_trips(
	    "1.000 C P. seq=1 ack=1 len=10 ts=700/1 : ESTABLISHED ESTABLISHED\n"
	    "1.020 S . seq=1 ack=11 ts=50/700 : ESTABLISHED ESTABLISHED\n"
	    "11.00 C P. seq=11 ack=1 len=10 ts=9000/50 : ESTABLISHED ESTABLISHED\n",
	    CLIENT, TIMING_BY_STAMP, 0, 0, 0);
}

Test(timing, a_timestamp_tells_which_sending_is_answered)
{
	static const char text[] = HANDSHAKE
	    "1.000 C P. seq=1 ack=1 len=100 ts=700/1 : ESTABLISHED ESTABLISHED?\n"
	    "1.300 C P. seq=1 ack=1 len=100 ts=1000/1 : ESTABLISHED ESTABLISHED? +retransmission\n"
	    "1.330 S . seq=1 ack=101 ts=5/1000 : ESTABLISHED ESTABLISHED\n";
	struct script script;
	struct timing *t = measure_in(&script, text);
	char said[256];

	timing_write_sample(t, said, sizeof said);
	cr_expect_str_eq(said,
	    "It measures no round trip: what it acknowledges was sent twice (Karn's rule, RFC 6298). "
	    "By the timestamp that it echoes, it answers frame 5: a round trip of 30 ms from the "
	    "capture to the server (RFC 7323).");
	timing_free(t);
	expect_trips(text, SERVER, TIMING_BY_STAMP, 1, 30 * MS, 30 * MS);
	/* unless both were sent within one tick of a coarse clock */
	expect_trips(HANDSHAKE
	    "1.000 C P. seq=1 ack=1 len=100 ts=7/1 : ESTABLISHED ESTABLISHED?\n"
	    "1.300 C P. seq=1 ack=1 len=100 ts=7/1 : ESTABLISHED ESTABLISHED? +retransmission\n"
	    "1.330 S . seq=1 ack=101 ts=5/7 : ESTABLISHED ESTABLISHED\n",
	    SERVER, TIMING_BY_STAMP, 0, 0, 0);
}

Test(timing, only_the_first_segments_are_asked_for_timestamps)
{
	struct flow flow = { .id = 1 };
	struct timing *t = timing_new(&flow);
	struct frame f = { .flags = TCP_ACK | TCP_PSH, .length = 10, .traits = FRAME_TIMESTAMP,
	    .number = 1, .state = { TCP_ESTABLISHED, TCP_ESTABLISHED } };
	char text[TIMING_TEXT_MAX];

	for (uint32_t i = 0; i < TIMING_STAMPED / 2 + 100; i++) {
		f.time += 10 * MS;
		f.seq = i * 10;
		f.ack = 1;
		f.traits = FRAME_TIMESTAMP;
		f.length = 10;
		cr_expect_eq(timing_wants_stamp(t, &f), i < TIMING_STAMPED / 2);
		f.locator = (uint64_t)(i + 1) << 32;
		add(t, &f);
		f.time += 10 * MS;
		f.locator = i + 1;
		f.seq = 1;
		f.ack = i * 10 + 10;
		f.length = 0;
		f.traits = FRAME_TIMESTAMP | FRAME_FROM_SERVER;
		add(t, &f);
	}
	cr_expect_eq(timing_round_trips(t, SERVER, TIMING_BY_STAMP)->count, TIMING_STAMPED / 2);
	cr_expect_eq(timing_round_trips(t, SERVER, TIMING_BY_ACK)->count, TIMING_STAMPED / 2 + 100);
	timing_line(t, 1, text, sizeof text);
	cr_expect_str_eq(text, "Round trips from the capture to the server: 10 ms (2,148 by ACKs). By "
	    "the timestamps that it echoed: 10 ms (2,048). Only the timestamps of the connection's "
	    "first 4,096 segments were looked at.");
	timing_free(t);
}

/* ---- the first flight */

static struct timing *
flight_of(struct script *script, const char *text)
{
	struct timing *t;

	*script = script_read(text);
	script->flow.end[CLIENT].mss = script->flow.end[SERVER].mss = 1000;
	script->flow.end[CLIENT].marks = script->flow.end[SERVER].marks = ENDPOINT_MSS;
	t = timing_new(&script->flow);
	for (uint32_t i = 0; i < script->count; i++)
		add(t, &script->frames[i]);
	return t;
}

static void
expect_flight(const char *text, uint32_t segments, uint32_t bytes)
{
	struct script script;
	struct timing *t = flight_of(&script, text);
	struct timing_flight flight = { 0 };

	cr_expect_eq(timing_first_flight(t, SERVER, &flight), segments > 0);
	cr_expect_eq(flight.segments, segments, "%u segments", flight.segments);
	cr_expect_eq(flight.bytes, bytes, "%u bytes", flight.bytes);
	timing_free(t);
}

#define FLIGHT \
	"1.000 S . seq=1 ack=1 len=1000 : ESTABLISHED ESTABLISHED\n" \
	"1.001 S . seq=1001 ack=1 len=1000 : ESTABLISHED ESTABLISHED\n" \
	"1.002 S . seq=2001 ack=1 len=500 : ESTABLISHED ESTABLISHED\n"
#define FLIGHT_ACKED FLIGHT \
	"1.012 C . seq=1 ack=1001 : ESTABLISHED ESTABLISHED\n"

Test(timing, first_flight)
{
	struct script script;
	struct timing *t = flight_of(&script, HANDSHAKE FLIGHT_ACKED);
	char text[TIMING_TEXT_MAX];

	timing_line(t, 3, text, sizeof text);
	cr_expect_str_eq(text, "The server's first flight, before an ACK of it could come back: "
	    "2,500 bytes in 3 segments, an initial window of 2.5 full segments (1,000 bytes each) or "
	    "more.");
	timing_free(t);
	expect_flight(HANDSHAKE FLIGHT, 0, 0);		/* nobody has acknowledged any of it yet */
	expect_flight(HANDSHAKE FLIGHT_ACKED, 3, 2500);
	/* what comes a round trip later is the second */
	expect_flight(HANDSHAKE FLIGHT_ACKED
	    "1.022 S . seq=2501 ack=1 len=1000 : ESTABLISHED ESTABLISHED\n", 3, 2500);
	/* 2 ms after the ACK passed here, the server, 5 ms away, can't have had it */
	expect_flight(HANDSHAKE FLIGHT_ACKED
	    "1.014 S . seq=2501 ack=1 len=1000 : ESTABLISHED ESTABLISHED\n", 4, 3500);
	/* sent again isn't sent more */
	expect_flight(HANDSHAKE FLIGHT
	    "1.010 S . seq=1 ack=1 len=1000 : ESTABLISHED ESTABLISHED +retransmission\n"
	    "1.020 C . seq=1 ack=2501 : ESTABLISHED ESTABLISHED\n", 3, 2500);
}

Test(timing, first_flight_that_was_not_seen_whole)
{
	expect_flight(FLIGHT_ACKED, 0, 0);		/* picked up in midstream */
	expect_flight(HANDSHAKE
	    "1.001 S . seq=1001 ack=1 len=1000 : ESTABLISHED ESTABLISHED +lost_segment\n"
	    "1.012 C . seq=1 ack=2001 : ESTABLISHED ESTABLISHED +ack_lost_segment\n", 0, 0);
	expect_flight(HANDSHAKE FLIGHT
	    "1.012 C . seq=1 ack=9001 : ESTABLISHED ESTABLISHED +ack_lost_segment\n", 0, 0);
}

/* ---- answers */

#define REQUEST \
	"1.000 C . seq=1 ack=1 len=1000 : ESTABLISHED ESTABLISHED?\n" \
	"1.002 C P. seq=1001 ack=1 len=200 : ESTABLISHED ESTABLISHED?\n"
#define ANSWER \
	"1.050 S P. seq=1 ack=1201 len=300 : ESTABLISHED ESTABLISHED\n"
#define SECOND \
	"2.000 C P. seq=1201 ack=301 len=100 : ESTABLISHED ESTABLISHED\n" \
	"2.010 S . seq=301 ack=1301 : ESTABLISHED ESTABLISHED\n" \
	"2.100 S P. seq=301 ack=1301 len=300 : ESTABLISHED ESTABLISHED\n"

static void
expect_answers(const char *text, uint32_t count, uint64_t total, uint64_t first)
{
	struct script script;
	struct timing *t = measure_in(&script, text);
	uint64_t time;

	cr_expect_eq(timing_answers(t)->count, count, "%u answers", timing_answers(t)->count);
	cr_expect_eq(timing_answers(t)->total, total);
	cr_expect_eq(timing_first_answer(t, &time), first > 0);
	cr_expect_eq(time, first);
	timing_free(t);
}

Test(timing, an_answer_counts_from_the_last_segment_of_the_request)
{
	expect_answers(HANDSHAKE REQUEST ANSWER, 1, 48 * MS, 48 * MS);
	expect_answers(HANDSHAKE REQUEST ANSWER SECOND, 2, 148 * MS, 48 * MS);
	expect_line(HANDSHAKE REQUEST ANSWER SECOND, 4,
	    "The server began to answer 2 requests after 74 ms on average, 48 ms to 100 ms (longest: "
	    "frame 9); its round trip from the capture is part of it. The first request was answered "
	    "after 48 ms.");
	expect_answers(REQUEST ANSWER SECOND, 1, 100 * MS, 0);	/* midstream: which is the first? */
}

Test(timing, what_is_no_answer)
{
	/* a greeting */
	expect_answers(HANDSHAKE
	    "1.000 S P. seq=1 ack=1 len=20 : ESTABLISHED ESTABLISHED\n", 0, 0, 0);
	/* sent before the request had arrived */
	expect_answers(HANDSHAKE REQUEST
	    "1.004 S P. seq=1 ack=1001 len=300 : ESTABLISHED ESTABLISHED\n", 0, 0, 0);
	/* while the answer to the one before is still on its way to the client */
	expect_answers(HANDSHAKE REQUEST ANSWER
	    "1.060 C P. seq=1201 ack=1 len=100 : ESTABLISHED ESTABLISHED\n"
	    "1.090 S P. seq=301 ack=1301 len=300 : ESTABLISHED ESTABLISHED\n", 1, 48 * MS, 48 * MS);
	/* the request was lost once: the time is the network's, too */
	expect_answers(HANDSHAKE REQUEST
	    "1.400 C P. seq=1001 ack=1 len=200 : ESTABLISHED ESTABLISHED? +retransmission\n"
	    "1.450 S P. seq=1 ack=1201 len=300 : ESTABLISHED ESTABLISHED\n", 0, 0, 0);
	/* or the answer was */
	expect_answers(HANDSHAKE REQUEST
	    "1.450 S P. seq=1 ack=1201 len=300 : ESTABLISHED ESTABLISHED +retransmission\n", 0, 0, 0);
}

/* ---- states */

Test(timing, the_longest_silence)
{
	expect_line(HANDSHAKE, 5, "");		/* none is worth telling */
	expect_line(HANDSHAKE DATA
	    "4.000 S . seq=1 ack=101 : ESTABLISHED ESTABLISHED\n"
	    "4.001 C . seq=1 icmp=3/1 : ESTABLISHED ESTABLISHED?\n"
	    "7.500 C P. seq=101 ack=1 len=10 : ESTABLISHED ESTABLISHED?\n"
	    "8.000 S . seq=1 ack=111 : ESTABLISHED ESTABLISHED\n", 5,
	    "The longest silence: 3.5 s, between frames 5 and 7.");
	expect_line(HANDSHAKE DATA
	    "3.000 C P. seq=101 ack=1 len=10 : ESTABLISHED ESTABLISHED?\n"
	    "9.000 C P. seq=901 ack=1 len=10 : ESTABLISHED ESTABLISHED? +lost_segment\n", 5,
	    "The longest silence: 2 s, between frames 4 and 5.");
}

Test(timing, time_in_each_state)
{
	static const char text[] = HANDSHAKE
	    "5.020 C F. seq=1 ack=1 : FIN-WAIT-1 CLOSE-WAIT?\n"
	    "5.030 S . seq=1 ack=2 : FIN-WAIT-2? CLOSE-WAIT\n"
	    "9.030 S F. seq=1 ack=2 : TIME-WAIT? LAST-ACK\n"
	    "9.040 C . seq=2 ack=2 : TIME-WAIT CLOSED?\n";

	expect_line(text, 6, "The client was in these states: SYN-SENT 10 ms, ESTABLISHED 5 s, FIN-WAIT-1 "
	    "10 ms, FIN-WAIT-2 4 s, TIME-WAIT 10 ms.");
	expect_line(text, 7, "The server was in these states: SYN-RECEIVED 20 ms, ESTABLISHED 5 s, "
	    "CLOSE-WAIT 4 s, LAST-ACK 10 ms.");
}

Test(timing, what_was_only_assumed_is_no_time_in_a_state)
{
	static const char text[] =
	    "0.0 C S seq=0 : SYN-SENT SYN-RECEIVED?\n"
	    "1.0 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n"
	    "3.0 C S seq=0 : SYN-SENT SYN-RECEIVED? +retransmission\n";

	expect_line(text, 6, "The client was in these states: SYN-SENT 3 s.");
	expect_line(text, 7, "");
	/* the SYN-ACK that came again refutes what the lost ACK had made of its sender */
	expect_line(HANDSHAKE
	    "1.010 S S. seq=0 ack=1 : ESTABLISHED SYN-RECEIVED +retransmission +refutes\n", 7,
	    "The server was in these states: SYN-RECEIVED 20 ms.");
}

/* ---- told again, from wherever it was left */

Test(timing, a_copy_goes_on_by_itself)
{
	struct script script;
	struct timing *first = measure_in(&script, HANDSHAKE DATA), *copy = timing_copy(first);
	struct frame ack = { .time = script.frames[3].time + 30 * MS, .number = 5,
	    .flags = TCP_ACK, .traits = FRAME_FROM_SERVER, .seq = SCRIPT_SERVER_ISN + 1,
	    .ack = SCRIPT_CLIENT_ISN + 101, .state = { TCP_ESTABLISHED, TCP_ESTABLISHED } };

	timing_free(first);
	timing_add(copy, &ack, NULL);
	cr_expect_eq(timing_sample(copy, TIMING_BY_ACK)->time, 30 * MS);
	cr_expect_eq(timing_round_trips(copy, SERVER, TIMING_BY_ACK)->count, 2);
	timing_free(copy);
}

Test(timing, steps_back_and_forth_tell_the_same)
{
	enum { SEGMENTS = 140000, AROUND = 1 << 16 };
	struct bytes capture = { .at = NULL };
	uint8_t bytes[TCP_FRAME_MAX];
	struct session_options options = { .file_count = 1 };
	struct session *session;
	struct timings *timings, *fresh;
	const struct flow *flow;
	struct error error;
	char *name;

	pcap_begin(&capture, MAGIC_MICRO, 4, 65535, 1);
	for (uint32_t i = 0; i < SEGMENTS; i++) {
		uint32_t size = tcp_frame(bytes, 50000, 1000 + i * 10, 10);

		pcap_packet(&capture, MAGIC_MICRO, &(struct packet){ .seconds = 1700000000 + i,
		    .bytes = bytes, .captured = size, .length = size });
	}
	name = file_of(capture.at, capture.size);
	options.files = (const char *const[]){ name };
	session = session_open(&options, &error);
	cr_assert_not_null(session, "%s", error.text);
	session_load(session, NULL);
	flow = flow_table_get(session_flows(session), 1);
	cr_assert_eq(flow->rows, SEGMENTS);
	timings = timings_new(session);
	for (uint32_t step = 0; step < 60; step++) {
		/* up over a milestone, with glances at the whole and at the beginning */
		uint32_t rows = step % 7 == 0 ? SEGMENTS : step % 20 == 19 ? 5 : AROUND + 30 - step;

		cr_assert_eq(timing_in_state(timings_of(timings, flow, rows), CLIENT,
		    shown_state_of(flow->end[CLIENT].state)), (rows - 1) * 1000000000ull, "%u", rows);
	}
	fresh = timings_new(session);
	cr_expect_eq(timing_in_state(timings_of(fresh, flow, 3000), CLIENT,
	    shown_state_of(flow->end[CLIENT].state)), 2999 * 1000000000ull);
	timings_free(fresh);
	timings_free(timings);
	session_close(session);
	unlink(name);
	free(name);
	bytes_free(&capture);
}

/* ---- whatever comes */

Test(timing, stays_bounded_and_survives_anything)
{
	struct flow flow = { .id = 1 };
	struct timing *t = timing_new(&flow);
	uint32_t random = 1;

	for (uint32_t i = 0; i < 200000; i++) {
		struct frame f = { .number = i + 1 };
		char text[TIMING_TEXT_MAX];

		random = random * 1664525 + 1013904223;
		f.time = (uint64_t)i * 1000 + random % 5000;
		f.flags = random >> 20 & TCP_FLAGS_ALL;
		f.traits = (uint8_t)(random >> 8);
		f.notes = i % 3 == 0 ? random >> 12 : 0;
		/* long stretches without an acknowledgment, then numbers from anywhere */
		f.seq = i < 100000 ? i * 10 : random;
		f.ack = i < 100000 ? 0 : random * 7;
		f.length = random >> 28;
		f.locator = (uint64_t)random << 32 | random >> 3;
		f.state[CLIENT] = f.state[SERVER] = (shown_state)(random % TCP_STATES);
		add(t, &f);
		if (i % 1000 == 0)
			for (unsigned n = 0; n < TIMING_LINES; n++) {
				timing_line(t, n, text, sizeof text);
				cr_assert_null(strpbrk(text, "{}"), "%s", text);
				timing_line(t, n, text, 20);
				cr_assert_lt(strlen(text), 20);
			}
	}
	timing_free(t);
}

/*
 * The connections floor by hand-made segments: which connection a segment
 * belongs to, both ends' states after it, and what is counted.  Whole
 * sessions stand in testdata/scripts; here is what scripts can't reach.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "tcp/flow.h"
#include "tcp/flow_table.h"
#include "tcp/ranges.h"
#include "tcp/tcp_state.h"

enum { CLIENT_PORT = 40000, SERVER_PORT = 80 };

static const struct flow_secret secret = { { 1, 2 } };

static struct segment
segment_from(enum side from, uint16_t flags, uint32_t seq, uint32_t ack, uint32_t length)
{
	struct segment s = { .flags = flags, .seq = seq, .ack = ack, .length = length, .window = 1000,
		.family = SEGMENT_IPV4, .scale = SEGMENT_NO_SCALE, .frame = 1, .time = 1000000000 };
	static const uint8_t client[4] = { 192, 0, 2, 1 }, server[4] = { 192, 0, 2, 2 };

	memcpy(s.source, from == CLIENT ? client : server, 4);
	memcpy(s.target, from == CLIENT ? server : client, 4);
	s.source_port = from == CLIENT ? CLIENT_PORT : SERVER_PORT;
	s.target_port = from == CLIENT ? SERVER_PORT : CLIENT_PORT;
	s.hash = flow_hash(&secret, &s);
	return s;
}

/* Places and applies a segment; the record tells what came of it. */
static struct frame
apply(struct flow_table *table, struct segment s)
{
	struct frame record;
	struct flow *flow;

	s.hash = flow_hash(&secret, &s);
	flow = flow_table_place(table, &s, 0);
	flow_apply(flow, &s, flow_sender(flow, &s), false, &record);
	flow->rows++;
	return record;
}

static struct frame
send(struct flow_table *table, enum side from, uint16_t flags, uint32_t seq, uint32_t ack, uint32_t length)
{
	return apply(table, segment_from(from, flags, seq, ack, length));
}

static void
shake_hands(struct flow_table *table, uint32_t client_isn, uint32_t server_isn)
{
	send(table, CLIENT, TCP_SYN, client_isn, 0, 0);
	send(table, SERVER, TCP_SYN | TCP_ACK, server_isn, client_isn + 1, 0);
	send(table, CLIENT, TCP_ACK, client_isn + 1, server_isn + 1, 0);
}

#define cr_states(record, client, server) do { \
	cr_expect_eq((record).state[CLIENT], (client)); \
	cr_expect_eq((record).state[SERVER], (server)); \
} while (0)
#define MAYBE(state)	((state) | STATE_PROVISIONAL)

/* A handshake of which these segments come, with this scale in the SYN and in the SYN-ACK; then an ACK of the client's. */
static bool
is_window_known(bool syn, unsigned scale, bool syn_ack, unsigned answered, uint16_t window)
{
	struct flow_table *table = flow_table_new();
	struct segment opening = segment_from(CLIENT, TCP_SYN, 99, 0, 0), answer = segment_from(SERVER, TCP_SYN | TCP_ACK,
	    499, 100, 0), ack = segment_from(CLIENT, TCP_ACK, 100, 500, 0);
	struct frame record;
	bool known;

	opening.scale = (uint8_t)scale;
	answer.scale = (uint8_t)answered;
	ack.window = window;
	if (syn)
		apply(table, opening);
	if (syn_ack)
		apply(table, answer);
	record = apply(table, ack);
	known = flow_window_is_known(flow_table_get(table, 1), &record);
	flow_table_free(table);
	return known;
}

Test(flow_hash, is_the_same_for_both_directions_and_depends_on_the_secret)
{
	struct segment there = segment_from(CLIENT, TCP_SYN, 1, 0, 0), back = segment_from(SERVER, TCP_ACK, 9, 2, 0);
	struct flow_secret other = { { 3, 4 } };

	cr_expect_eq(there.hash, back.hash);
	cr_expect_neq(flow_hash(&other, &there), there.hash);
	there.source_port++;
	cr_expect_neq(flow_hash(&secret, &there), back.hash);
}

Test(flow_hash, tells_ipv4_from_ipv6_and_swapped_ports_apart)
{
	struct segment four = segment_from(CLIENT, TCP_SYN, 1, 0, 0), six = four, crossed = four;

	six.family = SEGMENT_IPV6;
	crossed.source_port = SERVER_PORT;
	crossed.target_port = CLIENT_PORT;
	cr_expect_neq(flow_hash(&secret, &four), flow_hash(&secret, &six));
	cr_expect_neq(flow_hash(&secret, &four), flow_hash(&secret, &crossed));
}

Test(flow_table, keeps_a_hundred_thousand_connections_apart)
{
	struct flow_table *table = flow_table_new();

	for (uint32_t i = 0; i < 100000; i++) {
		struct segment s = segment_from(CLIENT, TCP_SYN, i, 0, 0);

		memcpy(s.source, &i, sizeof i);
		apply(table, s);
	}
	cr_assert_eq(flow_table_count(table), 100000);
	for (uint32_t i = 0; i < 100000; i++) {
		struct segment s = segment_from(SERVER, TCP_SYN | TCP_ACK, 5, i + 1, 0);

		memcpy(s.target, &i, sizeof i);
		cr_assert_eq(apply(table, s).flow, i + 1);
	}
	cr_expect_eq(flow_table_count(table), 100000);
	flow_table_free(table);
}

/* Whoever sends a new SYN with every packet mustn't make each cost as much as all before it: this would take hours. */
Test(flow_table, isn_slowed_by_a_tuple_that_is_opened_again_and_again, .timeout = 60)
{
	struct flow_table *table = flow_table_new();
	struct segment quote = segment_from(CLIENT, TCP_SYN, 5, 0, 0);

	for (uint32_t i = 0; i < 400000; i++) {
		send(table, CLIENT, TCP_SYN, i * 100000, 0, 0);
		if (i % 4 == 0)
			send(table, SERVER, TCP_ACK, 77, 12345 + i, 0);
		if (i % 4 == 1)
			flow_table_quoted(table, &quote);
	}
	cr_expect_eq(flow_table_count(table), 400000);
	flow_table_free(table);
}

Test(identity, a_syn_with_another_number_begins_a_new_connection)
{
	struct flow_table *table = flow_table_new();
	struct frame record;

	shake_hands(table, 100, 500);
	record = send(table, CLIENT, TCP_SYN, 100, 0, 0);
	cr_expect_eq(record.flow, 1, "the same number again is a retransmission");
	record = send(table, CLIENT, TCP_SYN, 7000, 0, 0);
	cr_expect_eq(record.flow, 2);
	cr_expect(record.notes & NOTE_REUSED_PORTS);
	cr_expect(flow_table_get(table, 1)->marks & FLOW_SUPERSEDED);
	cr_expect_eq(flow_table_get(table, 2)->previous, 1);
	flow_table_free(table);
}

Test(identity, the_same_number_after_a_reset_is_a_retransmission)
{
	struct flow_table *table = flow_table_new();
	struct frame record;

	send(table, CLIENT, TCP_SYN, 100, 0, 0);
	send(table, SERVER, TCP_RST | TCP_ACK, 0, 101, 0);
	record = send(table, CLIENT, TCP_SYN, 100, 0, 0);
	cr_expect_eq(record.flow, 1);
	cr_expect(record.notes & NOTE_RETRANSMISSION);
	cr_states(record, TCP_SYN_SENT, MAYBE(TCP_SYN_RECEIVED));
	flow_table_free(table);
}

Test(identity, old_segments_go_to_the_old_connection_until_the_new_syn_is_answered)
{
	struct flow_table *table = flow_table_new();

	shake_hands(table, 100, 500);
	send(table, CLIENT, TCP_SYN, 900000, 0, 0);
	cr_expect_eq(send(table, SERVER, TCP_ACK, 501, 101, 0).flow, 1, "a challenge ACK");
	cr_expect_eq(send(table, SERVER, TCP_SYN | TCP_ACK, 70000, 900001, 0).flow, 2);
	cr_expect_eq(send(table, CLIENT, TCP_ACK, 900001, 70001, 0).flow, 2);
	flow_table_free(table);
}

Test(identity, a_syn_from_the_other_end_is_a_simultaneous_open)
{
	struct flow_table *table = flow_table_new();
	struct frame record;

	send(table, CLIENT, TCP_SYN, 100, 0, 0);
	record = send(table, SERVER, TCP_SYN, 500, 0, 0);
	cr_expect_eq(record.flow, 1);
	cr_expect(record.traits & FRAME_REFUTES, "it was not in SYN-RECEIVED");
	cr_states(record, MAYBE(TCP_SYN_RECEIVED), TCP_SYN_SENT);
	record = send(table, CLIENT, TCP_SYN | TCP_ACK, 100, 501, 0);
	cr_states(record, TCP_SYN_RECEIVED, MAYBE(TCP_ESTABLISHED));
	record = send(table, SERVER, TCP_SYN | TCP_ACK, 500, 101, 0);
	cr_states(record, MAYBE(TCP_ESTABLISHED), TCP_SYN_RECEIVED);
	record = send(table, CLIENT, TCP_ACK, 101, 501, 0);
	cr_states(record, TCP_ESTABLISHED, MAYBE(TCP_ESTABLISHED));
	cr_expect(flow_table_get(table, 1)->marks & FLOW_SIMULTANEOUS_OPEN);
	flow_table_free(table);
}

Test(identity, midstream_the_registered_port_is_the_server)
{
	struct flow_table *table = flow_table_new();
	const struct flow *flow;

	send(table, SERVER, TCP_ACK | TCP_PSH, 5000, 100, 10);
	flow = flow_table_get(table, 1);
	cr_expect_eq(flow->port[SERVER], SERVER_PORT);
	cr_expect_not(flow->marks & FLOW_ORIENTED);
	cr_expect_eq(flow_relative(flow, SERVER, 5000), 1);
	cr_expect_eq(flow_relative(flow, CLIENT, 100), 1);
	flow_table_free(table);
}

Test(identity, a_connection_to_itself_has_two_ends)
{
	struct flow_table *table = flow_table_new();
	struct segment syn = segment_from(CLIENT, TCP_SYN, 100, 0, 0), ack;
	struct frame record;

	syn.target_port = syn.source_port;
	memcpy(syn.target, syn.source, sizeof syn.target);
	apply(table, syn);
	ack = syn;
	ack.flags = TCP_SYN | TCP_ACK;
	ack.ack = 101;
	record = apply(table, ack);
	cr_expect_eq(record.flow, 1);
	flow_table_free(table);
}

Test(windows, are_bytes_when_their_scale_was_seen)
{
	enum { NONE = SEGMENT_NO_SCALE };

	cr_expect(is_window_known(true, 7, true, 8, 502));
	cr_expect(is_window_known(true, 0, true, 7, 502), "a factor of one is one, too");
	cr_expect(is_window_known(true, NONE, true, NONE, 502));
	cr_expect(is_window_known(true, NONE, false, 0, 502), "who doesn't offer it isn't offered it");
	cr_expect(is_window_known(false, 0, true, NONE, 502));
	cr_expect(!is_window_known(true, 7, false, 0, 502), "the answer may have had it");
	cr_expect(!is_window_known(false, 0, true, 7, 502));
	cr_expect(!is_window_known(false, 0, false, 0, 502));
	cr_expect(is_window_known(false, 0, false, 0, 0), "zero is zero whatever the scale");
}

Test(windows, of_unknown_scale_are_never_full_but_may_be_closed)
{
	struct flow_table *table = flow_table_new();
	struct segment closing = segment_from(CLIENT, TCP_ACK, 100, 500, 0);

	closing.window = 0;
	send(table, CLIENT, TCP_ACK, 100, 500, 0);
	cr_expect_eq(send(table, SERVER, TCP_ACK, 500, 100, 1000).notes & NOTE_WINDOW_FULL, 0, "1000 of nobody knows what");
	closing.ack = 1500;
	cr_expect(apply(table, closing).notes & NOTE_ZERO_WINDOW);
	cr_expect(send(table, SERVER, TCP_ACK, 1499, 100, 0).notes & NOTE_ZERO_WINDOW_PROBE);
	flow_table_free(table);
}

Test(states, a_reset_out_of_the_window_changes_nothing)
{
	struct flow_table *table = flow_table_new();
	struct frame record;

	shake_hands(table, 100, 500);
	send(table, SERVER, TCP_ACK, 501, 101, 0);
	record = send(table, CLIENT, TCP_RST, 9000000, 0, 0);
	cr_states(record, TCP_UNKNOWN, TCP_ESTABLISHED);
	record = send(table, CLIENT, TCP_ACK, 101, 501, 0);
	cr_states(record, TCP_ESTABLISHED, TCP_ESTABLISHED);
	flow_table_free(table);
}

Test(states, a_reset_in_the_window_is_answered_with_a_challenge_ack)
{
	struct flow_table *table = flow_table_new();
	struct frame record;

	shake_hands(table, 100, 500);
	send(table, SERVER, TCP_ACK, 501, 101, 0);
	send(table, CLIENT, TCP_RST, 105, 0, 0);
	record = send(table, SERVER, TCP_ACK, 501, 101, 0);
	cr_expect(record.notes & NOTE_CHALLENGE_ACK);
	cr_expect_eq(record.state[SERVER], TCP_ESTABLISHED);
	flow_table_free(table);
}

Test(states, who_speaks_after_a_reset_had_not_received_it)
{
	struct flow_table *table = flow_table_new();
	struct frame record;

	shake_hands(table, 100, 500);
	record = send(table, CLIENT, TCP_RST, 101, 0, 0);
	cr_states(record, TCP_CLOSED, MAYBE(TCP_CLOSED));
	record = send(table, SERVER, TCP_ACK | TCP_PSH, 501, 101, 20);
	cr_expect(record.traits & FRAME_REFUTES);
	cr_states(record, TCP_CLOSED, TCP_ESTABLISHED);
	flow_table_free(table);
}

Test(states, two_sides_of_new_data_prove_established_midstream)
{
	struct flow_table *table = flow_table_new();
	struct frame record;

	record = send(table, CLIENT, TCP_ACK, 1000, 2000, 0);
	cr_states(record, MAYBE(TCP_ESTABLISHED), TCP_UNKNOWN);
	send(table, CLIENT, TCP_ACK, 1000, 2000, 10);
	record = send(table, SERVER, TCP_ACK, 2000, 1010, 10);
	cr_states(record, TCP_ESTABLISHED, TCP_ESTABLISHED);
	flow_table_free(table);
}

Test(states, a_fin_behind_a_gap_waits_for_the_gap)
{
	struct flow_table *table = flow_table_new();
	struct frame record;

	shake_hands(table, 100, 500);
	record = send(table, CLIENT, TCP_FIN | TCP_ACK, 111, 501, 10);
	cr_states(record, TCP_FIN_WAIT_1, MAYBE(TCP_ESTABLISHED));
	cr_expect(record.notes & NOTE_LOST_SEGMENT);
	record = send(table, CLIENT, TCP_ACK, 101, 501, 10);
	cr_states(record, TCP_FIN_WAIT_1, MAYBE(TCP_CLOSE_WAIT));
	flow_table_free(table);
}

Test(states, garbage_infers_nothing)
{
	struct flow_table *table = flow_table_new();
	struct frame record = send(table, CLIENT, TCP_SYN | TCP_FIN, 100, 0, 0);

	cr_states(record, TCP_UNKNOWN, TCP_UNKNOWN);
	record = send(table, CLIENT, 0, 100, 0, 0);
	cr_states(record, TCP_UNKNOWN, TCP_UNKNOWN);
	flow_table_free(table);
}

Test(states, time_wait_lapses_after_a_minute)
{
	struct flow_table *table = flow_table_new();
	const struct flow *flow;

	shake_hands(table, 100, 500);
	send(table, CLIENT, TCP_FIN | TCP_ACK, 101, 501, 0);
	send(table, SERVER, TCP_FIN | TCP_ACK, 501, 102, 0);
	send(table, CLIENT, TCP_ACK, 102, 502, 0);
	flow = flow_table_get(table, 1);
	cr_expect_eq(flow_state_at(flow, CLIENT, flow->last_time + 59000000000), TCP_TIME_WAIT);
	cr_expect_eq(flow_state_at(flow, CLIENT, flow->last_time + 60000000000), MAYBE(TCP_CLOSED));
	flow_table_free(table);
}

/* RFC 9293, figure 5: what each state does with a FIN and with the ACK of its own. */
Test(transitions, follow_figure_5)
{
	static const struct {
		enum tcp_state from;
		enum tcp_event event;
		enum tcp_state to;
	} figure[] = {
		{ TCP_CLOSED, EVENT_SEND_SYN, TCP_SYN_SENT }, { TCP_LISTEN, EVENT_RECEIVE_SYN, TCP_SYN_RECEIVED },
		{ TCP_SYN_SENT, EVENT_RECEIVE_SYN, TCP_SYN_RECEIVED },
		{ TCP_SYN_SENT, EVENT_RECEIVE_SYN_ACK, TCP_ESTABLISHED },
		{ TCP_SYN_RECEIVED, EVENT_RECEIVE_ACK_OF_SYN, TCP_ESTABLISHED },
		{ TCP_SYN_RECEIVED, EVENT_SEND_FIN, TCP_FIN_WAIT_1 },
		{ TCP_SYN_RECEIVED, EVENT_RECEIVE_RST, TCP_LISTEN },
		{ TCP_ESTABLISHED, EVENT_SEND_FIN, TCP_FIN_WAIT_1 },
		{ TCP_ESTABLISHED, EVENT_RECEIVE_FIN, TCP_CLOSE_WAIT },
		{ TCP_FIN_WAIT_1, EVENT_RECEIVE_ACK_OF_FIN, TCP_FIN_WAIT_2 },
		{ TCP_FIN_WAIT_1, EVENT_RECEIVE_FIN, TCP_CLOSING },
		{ TCP_FIN_WAIT_2, EVENT_RECEIVE_FIN, TCP_TIME_WAIT },
		{ TCP_CLOSING, EVENT_RECEIVE_ACK_OF_FIN, TCP_TIME_WAIT },
		{ TCP_CLOSE_WAIT, EVENT_SEND_FIN, TCP_LAST_ACK },
		{ TCP_LAST_ACK, EVENT_RECEIVE_ACK_OF_FIN, TCP_CLOSED },
		{ TCP_TIME_WAIT, EVENT_TIME_PASSED, TCP_CLOSED },
	};

	for (size_t i = 0; i < sizeof figure / sizeof figure[0]; i++) {
		const struct tcp_transition *row = tcp_state_transition(figure[i].from, figure[i].event);

		cr_assert_not_null(row, "row %zu", i);
		cr_expect_eq(row->to, figure[i].to, "row %zu", i);
		cr_expect_not_null(row->section);
	}
	cr_expect_null(tcp_state_transition(TCP_TIME_WAIT, EVENT_RECEIVE_FIN));
	cr_expect_null(tcp_state_transition(TCP_ESTABLISHED, EVENT_RECEIVE_SYN));
}

Test(counting, each_number_counts_once_in_the_stream)
{
	struct flow_table *table = flow_table_new();
	const struct endpoint *client;

	shake_hands(table, 0xfffffff0, 500);	/* the numbers wrap within */
	send(table, CLIENT, TCP_ACK, 0xfffffff1, 501, 100);
	send(table, CLIENT, TCP_ACK, 0xfffffff1 + 200, 501, 100);	/* a hole before it */
	send(table, CLIENT, TCP_ACK, 0xfffffff1, 501, 100);		/* again */
	send(table, CLIENT, TCP_ACK, 0xfffffff1 + 50, 501, 100);	/* half old, half into the hole */
	client = &flow_table_get(table, 1)->end[CLIENT];
	cr_expect_eq(client->bytes, 400);
	cr_expect_eq(client->stream, 250);
	flow_table_free(table);
}

Test(ranges, join_what_touches)
{
	struct ranges r = { 0 };

	cr_expect_eq(ranges_add(&r, 100, 200), 100);
	cr_expect_eq(ranges_add(&r, 300, 400), 100);
	cr_expect_eq(r.count, 2);
	cr_expect_eq(ranges_add(&r, 150, 350), 100);
	cr_expect_eq(r.count, 1);
	cr_expect_eq(r.range[0].left, 100);
	cr_expect_eq(r.range[0].right, 400);
	cr_expect_eq(ranges_add(&r, 100, 400), 0);
	cr_expect_eq(ranges_add(&r, 50, 50), 0);
}

Test(ranges, stay_within_their_room_whatever_comes)
{
	struct ranges r = { 0 };
	uint64_t fresh = 0;

	for (uint32_t i = 0; i < 10 * RANGES_MAX; i++)
		fresh += ranges_add(&r, i * 10, i * 10 + 5);
	cr_expect_eq(fresh, 10 * RANGES_MAX * 5);
	cr_expect_leq(r.count, RANGES_MAX);
	for (uint32_t i = 1; i < r.count; i++)
		cr_expect_lt(r.range[i - 1].right, r.range[i].left);
}

/* ---- connections that the kernel knew before the first segment came */

Test(existing, one_goes_on_with_its_first_segment_and_keeps_its_ends)
{
	struct flow_table *table = flow_table_new();
	struct segment tuple = segment_from(CLIENT, 0, 0, 0, 0);
	const struct flow *flow;

	/* by its ports alone the other end would be taken for the server */
	tuple.source_port = 80;
	tuple.target_port = 40001;
	tuple.hash = flow_hash(&secret, &tuple);
	cr_assert(flow_table_adopt(table, &tuple, true));
	cr_expect_not(flow_table_adopt(table, &tuple, true), "it is there");
	flow = flow_table_get(table, 1);
	cr_expect(flow_is_unseen(flow));
	cr_expect_eq(flow->port[SERVER], 40001);
	tuple.flags = TCP_ACK;
	tuple.seq = 5000;
	tuple.ack = 9000;
	tuple.length = 10;
	tuple.frame = 77;
	tuple.time += 2000000000;
	apply(table, tuple);
	cr_expect_eq(flow->first_time, tuple.time, "its earliest frame's, not when it was listed");
	cr_expect_eq(flow_table_count(table), 1);
	cr_expect_not(flow_is_unseen(flow));
	cr_expect_eq(flow->first_frame, 77);
	cr_expect_eq(flow->port[SERVER], 40001);
	cr_expect_eq(flow->end[CLIENT].bytes, 10);
	flow_table_free(table);
}

Test(existing, an_ICMP_error_about_one_is_kept_with_it_when_a_SYN_uses_its_ports_again)
{
	struct flow_table *table = flow_table_new();
	struct segment tuple = segment_from(CLIENT, 0, 0, 0, 0), quote = segment_from(CLIENT, 0, 5000, 0, 0);
	struct flow *flow;
	struct frame record;

	cr_assert(flow_table_adopt(table, &tuple, true));
	quote.traits = SEGMENT_ICMP_QUOTE;
	quote.frame = 12;
	flow = flow_table_quoted(table, &quote);
	cr_assert_eq(flow, flow_table_get(table, 1));
	flow_apply_icmp(flow, &quote, &record);
	cr_expect_not(flow_is_unseen(flow));
	cr_expect_eq(flow->first_frame, 12);
	shake_hands(table, 1000, 2000);
	cr_assert_eq(flow_table_count(table), 2);
	cr_expect(flow->marks & FLOW_ICMP);
	cr_expect_eq(flow->next, 2);
	cr_expect_eq(flow_table_get(table, 2)->previous, 1);
	flow_table_free(table);
}

Test(existing, those_are_known_whose_ids_are_no_order_of_first_frames)
{
	struct flow_table *table = flow_table_new();
	struct segment tuple = segment_from(SERVER, 0, 0, 0, 0), other = tuple;
	uint32_t ids[4] = { 0, 0, 1, 1 };

	other.source_port = 9;
	other.hash = flow_hash(&secret, &other);
	cr_assert(flow_table_adopt(table, &other, false));
	cr_assert(flow_table_adopt(table, &tuple, false));
	other.source_port = 10;
	other.hash = flow_hash(&secret, &other);
	other.flags = TCP_ACK;
	apply(table, other);
	cr_expect_eq(flow_table_existed(table), 2);
	shake_hands(table, 1000, 2000);
	cr_expect(flow_table_get(table, 2)->marks & FLOW_EARLY);
	cr_expect_not(flow_table_get(table, 3)->marks & FLOW_EARLY);
	flow_table_give_up(table, ids);
	cr_expect_eq(flow_table_count(table), 2);
	cr_expect_eq(flow_table_existed(table), 1, "the first one has gone");
	flow_table_free(table);
}

Test(existing, a_SYN_that_was_still_on_its_way_to_us_is_its_own)
{
	struct flow_table *table = flow_table_new();
	struct segment tuple = segment_from(SERVER, 0, 0, 0, 0);
	const struct flow *flow;

	cr_assert(flow_table_adopt(table, &tuple, false));
	shake_hands(table, 1000, 2000);
	cr_expect_eq(flow_table_count(table), 1, "no ports were reused");
	flow = flow_table_get(table, 1);
	cr_expect_eq(flow->number, 1);
	cr_expect_eq(flow->port[CLIENT], CLIENT_PORT);
	cr_expect_not(flow->marks & (FLOW_REUSED | FLOW_EXISTED));
	cr_expect_eq(flow_state(flow, CLIENT), TCP_ESTABLISHED);
	flow_table_free(table);
}

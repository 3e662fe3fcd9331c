/*
 * SYNs that nobody answered and that had to go, since memory was short: they
 * are there again when they are answered, and nothing else finds them.
 */
#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture/session.h"
#include "tcp/embryos.h"
#include "tcp/story.h"
#include "tests/traffic.h"

static struct segment
syn_of(uint32_t n)
{
	struct segment s = { .time = 1000000000 + n, .hash = (uint64_t)n * 0x9e3779b97f4a7c15ULL, .family = SEGMENT_IPV4,
	    .source_port = 4000, .target_port = 80, .frame = n + 1, .seq = n * 7, .window = 64240, .flags = TCP_SYN, .mss = 1460,
	    .scale = 7, .traits = SEGMENT_MSS | SEGMENT_SACK_PERMITTED };

	memcpy(s.source, &n, sizeof n);
	memset(s.target, 9, 4);
	return s;
}

static void
remember(struct embryos *e, uint32_t n)
{
	struct segment syn = syn_of(n);
	struct frame record;
	struct flow flow;

	flow_init(&flow, &syn, 1);
	flow_apply(&flow, &syn, CLIENT, false, &record);
	embryos_add(e, &flow, &record, syn.hash);
	flow_fini(&flow);
}

static struct segment
answer_to(const struct segment *syn)
{
	struct segment s = *syn;

	memcpy(s.source, syn->target, sizeof s.source);
	memcpy(s.target, syn->source, sizeof s.target);
	s.source_port = syn->target_port;
	s.target_port = syn->source_port;
	s.seq = 12345;
	s.ack = syn->seq + 1;
	s.flags = TCP_SYN | TCP_ACK;
	return s;
}

Test(embryos, the_last_million_are_found_and_older_ones_are_forgotten)
{
	struct embryos *e = embryos_new(EMBRYOS_KEPT);
	uint32_t all = EMBRYOS_KEPT + 5000;

	for (uint32_t n = 0; n < all; n++)
		remember(e, n);
	for (uint32_t n = 0; n < all; n += n < 6000 || n > all - 1000 ? 1 : 997) {
		struct segment syn = syn_of(n), answer = answer_to(&syn), again;

		cr_assert_eq(embryos_take(e, &answer, true, &again), n >= 5000, "%u", n);
		if (n < 5000)
			continue;
		cr_assert(again.time == syn.time && again.frame == syn.frame && again.seq == syn.seq && again.window == syn.window
		    && again.flags == syn.flags && again.mss == syn.mss && again.scale == syn.scale && again.traits == syn.traits
		    && again.source_port == 4000 && again.target_port == 80 && memcmp(again.source, syn.source, 16) == 0
		    && memcmp(again.target, syn.target, 16) == 0);
		cr_assert_not(embryos_take(e, &answer, true, &again), "each is taken once");
	}
	embryos_free(e);
}

Test(embryos, what_has_nothing_to_do_with_a_SYN_does_not_find_it)
{
	struct embryos *e = embryos_new(EMBRYOS_KEPT);
	struct segment syn = syn_of(1), other, again;

	remember(e, 1);
	other = answer_to(&syn);
	other.ack += 99999;
	cr_expect_not(embryos_take(e, &other, false, &again), "it acknowledges something else than the SYN");
	other.source_port++;
	cr_expect_not(embryos_has(e, &other), "another port");
	other = syn;
	other.seq += 99999;
	cr_expect_not(embryos_has(e, &other), "another SYN");
	other = syn;
	cr_expect(embryos_has(e, &other), "the same SYN again");
	other = answer_to(&syn);
	other.flags = TCP_RST | TCP_ACK;
	cr_expect(embryos_take(e, &other, true, &again), "refused");
	embryos_free(e);
}

Test(embryos, a_connection_that_begins_again_with_its_SYN_is_as_if_it_had_never_gone)
{
	struct flow_table *t = flow_table_new();
	struct segment syn = syn_of(7), answer = answer_to(&syn), ack = syn;
	struct flow *flow;
	struct frame record;
	uint32_t ids[2] = { 0, 0 };
	const struct attempts_of *gone;
	struct outcome outcome;
	struct story *story;

	flow = flow_table_place(t, &syn, 0);
	flow_apply(flow, &syn, CLIENT, false, &record);
	flow_table_count_gone(t, flow);
	flow_table_keep_embryo(t, flow, &record, syn.hash);
	flow_table_give_up(t, ids);
	cr_assert_eq(flow_table_count(t), 0);

	gone = attempts_find(flow_table_gone(t), syn.target, SEGMENT_IPV4, 80);
	cr_assert_not_null(gone);
	cr_expect_eq(gone->attempts, 1);
	cr_expect_eq(gone->first_frame, syn.frame);

	answer.time = syn.time + 3000000;
	answer.frame = 99;
	flow = flow_table_place(t, &answer, 0);
	cr_expect_eq(gone->attempts, 0, "it is held again");
	cr_expect_eq(flow->number, 2, "numbers aren't given twice");
	cr_expect_eq(flow->first_frame, syn.frame);
	cr_expect_eq(flow->first_time, syn.time);
	cr_expect_eq(flow->end[CLIENT].frames, 1);
	story = flow_table_story(t, flow);
	flow_apply(flow, &answer, flow_sender(flow, &answer), false, &record);
	story_add(story, &record);
	cr_expect_eq(flow_state(flow, SERVER), TCP_SYN_RECEIVED);
	ack.seq++;
	ack.ack = answer.seq + 1;
	ack.flags = TCP_ACK;
	ack.time = answer.time + 1000000;
	ack.frame = 100;
	flow_apply(flow_table_place(t, &ack, 0), &ack, CLIENT, false, &record);
	story_add(story, &record);
	cr_expect_eq(flow_state(flow, CLIENT), TCP_ESTABLISHED);
	outcome_of(story, ack.time, false, &outcome);
	cr_expect_eq(outcome.outcome, OUTCOME_OPEN);
	cr_expect_eq(outcome.handshake_rtt, 4000000);
	cr_expect_eq(flow_completeness(flow), COMPLETE_SYN | COMPLETE_SYN_ACK | COMPLETE_ACK);
	story_free(story);
	flow_table_free(t);
}

/* SYNs to this port of one server, from so many clients. */
static void
give_up_attempts(struct attempts *a, uint16_t port, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++) {
		struct segment syn = syn_of(n);
		struct frame record;
		struct flow flow;

		syn.target_port = port;
		flow_init(&flow, &syn, 1);
		flow_apply(&flow, &syn, CLIENT, false, &record);
		attempts_add(a, &flow);
		flow_fini(&flow);
	}
}

Test(attempts, of_the_endpoint_with_most_stay_counted_when_there_are_too_many_endpoints)
{
	struct attempts *a = attempts_new();
	uint8_t server[16];
	unsigned known = 0;

	memcpy(server, syn_of(1).target, sizeof server);
	give_up_attempts(a, 80, 5000);
	cr_expect(!attempts_are_part(a));
	for (uint32_t port = 1000; port < 60000; port++)
		give_up_attempts(a, (uint16_t)port, 1);
	cr_assert_not_null(attempts_find(a, server, SEGMENT_IPV4, 80));
	cr_expect_eq(attempts_find(a, server, SEGMENT_IPV4, 80)->attempts, 5000);
	cr_expect(!attempts_find(a, server, SEGMENT_IPV4, 80)->part, "it never made room");
	cr_expect(attempts_are_part(a));
	for (uint32_t port = 1000; port < 60000; port++) {
		const struct attempts_of *of = attempts_find(a, server, SEGMENT_IPV4, (uint16_t)port);

		known += of != NULL;
		cr_expect(of == NULL || of->part || port < 3000, "%u may have been there before", port);
	}
	cr_expect_lt(known, 1024);
	attempts_free(a);
}

/* What answers with a number that isn't the SYN's plus one belongs to it, as long as it is the only one of its tuple. */
Test(embryos, a_strange_answer_finds_the_SYN_as_it_finds_a_connection_that_is_held)
{
	static const struct {
		uint16_t flags;
		const char *what;
	} answers[] = {
		{ TCP_SYN | TCP_ACK, "a SYN-ACK of an older connection" }, { TCP_ACK, "a challenge ACK" },
		{ TCP_RST | TCP_ACK, "a forged reset" }
	};

	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		for (int evicted = 0; evicted < 2; evicted++) {
			struct flow_table *t = flow_table_new();
			struct segment syn = syn_of(7), answer = answer_to(&syn);
			struct flow *flow = flow_table_place(t, &syn, 0);
			struct frame record;
			uint32_t ids[2] = { 0, 0 };

			flow_apply(flow, &syn, CLIENT, false, &record);
			if (evicted) {
				flow_table_keep_embryo(t, flow, &record, syn.hash);
				flow_table_give_up(t, ids);
			}
			answer.flags = answers[i].flags;
			answer.ack += 99999;
			flow = flow_table_place(t, &answer, 0);
			cr_expect_eq(flow_sender(flow, &answer), SERVER, "%s", answers[i].what);
			flow_apply(flow, &answer, SERVER, false, &record);
			cr_expect_eq(flow_table_count(t), 1);
			cr_expect_eq(flow->first_frame, syn.frame, "%s", answers[i].what);
			cr_expect_eq(flow_state(flow, CLIENT), TCP_SYN_SENT, "%s", answers[i].what);
			flow_table_free(t);
		}
	}
}

Test(embryos, an_ICMP_error_finds_the_SYN_that_it_is_about)
{
	struct flow_table *t = flow_table_new();
	struct segment syn = syn_of(7), quote;
	struct flow *flow;
	struct frame record;
	uint32_t ids[2] = { 0, 0 };

	flow = flow_table_place(t, &syn, 0);
	flow_apply(flow, &syn, CLIENT, false, &record);
	flow_table_keep_embryo(t, flow, &record, syn.hash);
	flow_table_give_up(t, ids);
	quote = syn;
	quote.traits = SEGMENT_ICMP_QUOTE;
	quote.flags = 0;
	flow = flow_table_quoted(t, &quote);
	cr_assert_not_null(flow);
	cr_expect_eq(flow->first_frame, syn.frame);
	flow_table_free(t);
}

Test(embryos, one_whose_ports_had_a_connection_before_supersedes_it_as_its_SYN_did)
{
	struct flow_table *t = flow_table_new();
	struct segment old = syn_of(7), syn = old, answer;
	struct flow *flow, *older;
	struct frame record;
	uint32_t ids[2] = { 0, 0 };

	/* the SYN goes; then there is something of another connection, and only then the SYN's answer */
	syn.seq += 5000000;
	flow = flow_table_place(t, &syn, 0);
	flow_apply(flow, &syn, CLIENT, false, &record);
	flow_table_keep_embryo(t, flow, &record, syn.hash);
	flow_table_give_up(t, ids);
	older = flow_table_place(t, &old, 0);
	flow_apply(older, &old, CLIENT, false, &record);
	answer = answer_to(&old);
	flow_apply(older, &answer, SERVER, false, &record);
	old.flags = TCP_ACK;
	old.seq++;
	old.ack = answer.seq + 1;
	flow_apply(older, &old, CLIENT, false, &record);
	answer = answer_to(&syn);
	answer.seq += 777777;
	flow = flow_table_place(t, &answer, 0);
	cr_assert_eq(flow_table_count(t), 2);
	cr_expect_eq(flow->previous, 1);
	cr_expect_eq(flow->end[CLIENT].isn, syn.seq);
	cr_expect(older->marks & FLOW_RESTARTED_BY_CLIENT);
	cr_expect_not(older->marks & FLOW_RESTARTED_BY_SERVER);
	cr_expect(flow->marks & FLOW_TROUBLE, "its SYN used ports again");
	flow_table_free(t);
}

/* A capture that comes bit by bit. */
static void
await(struct session *s, FILE *out, uint64_t frames)
{
	struct session_status status;

	fflush(out);
	do {
		struct pollfd ready = { .fd = session_descriptor(s), .events = POLLIN };

		cr_assert_gt(poll(&ready, 1, 10000), 0, "nothing comes");
		session_pump(s, 0);
		session_status(s, &status);
	} while (status.frames < frames);
}

Test(embryos, it_is_the_SYN_that_is_remembered_whatever_its_sender_said_after_it)
{
	static const uint8_t after[] = { TRAFFIC_RST, TRAFFIC_SYN | TRAFFIC_RST, TRAFFIC_SYN | TRAFFIC_FIN };

	for (size_t i = 0; i < sizeof after; i++) {
		char name[32];
		const char *files[1] = { name };
		struct session_options options = { .files = files, .file_count = 1 };
		struct error error;
		struct session *s;
		struct traffic t;
		struct traffic_connection c;
		const struct flow *flow;
		uint32_t next;
		int ends[2];
		FILE *out;

		cr_assert_eq(pipe(ends), 0);
		snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
		out = fdopen(ends[1], "wb");
		traffic_begin(&t, out, false);
		traffic_connect(&c, 7);
		traffic_segment(&t, &c, 0, TRAFFIC_SYN, 0);
		next = c.seq[0];
		fflush(out);
		s = session_open(&options, &error);
		cr_assert_not_null(s, "%s", error.text);
		/* far from where the server would believe it */
		c.seq[0] += after[i] == TRAFFIC_RST ? 5000000 : UINT32_MAX;
		traffic_segment(&t, &c, 0, after[i], 0);
		await(s, out, 2);
		session_give_up(s, UINT64_C(1) << 40);
		cr_assert_eq(flow_table_count(session_flows(s)), 0);
		c.seq[0] = next;
		traffic_segment(&t, &c, 1, TRAFFIC_SYN | TRAFFIC_ACK, 0);
		await(s, out, 3);
		flow = flow_table_get(session_flows(s), 1);
		cr_expect_eq(flow->first_frame, 1, "%zu: it begins with frame %u", i, flow->first_frame);
		cr_expect_eq(flow->end[CLIENT].isn, next - 1);
		cr_expect_eq(flow_state(flow, SERVER), TCP_SYN_RECEIVED);
		session_close(s);
		fclose(out);
		close(ends[0]);
	}
}

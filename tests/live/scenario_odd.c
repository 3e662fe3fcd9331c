/*
 * What no healthy pair of hosts does: a connection that one side has forgotten,
 * ports used again, segments that nobody sent, a capture that began late.
 * RFC 9293 3.5.1 and 3.10.7.3, RFC 5961, RFC 6191, RFC 1337.
 */
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "scenario.h"

/* The server closes first, so that its end stays in TIME-WAIT and the client's port is free. */
static struct pair
leave_time_wait(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	return pair;
}

static void
reuse_in_time_wait(struct wire *wire)
{
	struct pair pair = leave_time_wait(wire);
	wire_settle(wire, 1100); /* a newer timestamp is one of a later second at least */
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_settle(wire, 5);
	pair.server = wire_accept(wire, pair.listener);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* A SYN of the past meets TIME-WAIT, and the reset that its ACK provokes ends it early. */
static void
old_syn_in_time_wait(struct wire *wire)
{
	leave_time_wait(wire);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_SYN, wire->next_seq[SIDE_CLIENT] - 5000, 0);
	wire_settle(wire, QUIET_MS);
}

/* The client lost its power and connects again from the same port. */
static void
half_open_restart(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_forget(wire, SIDE_CLIENT, pair.client);
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_settle(wire, QUIET_MS);
	pair.server = wire_accept(wire, pair.listener);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* The same, but it did say so, and nobody heard. */
static void
half_open_lost_reset(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_abort(wire, pair.client);
	wire_drop(wire, SIDE_CLIENT, KIND_RST);
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_settle(wire, QUIET_MS);
	pair.server = wire_accept(wire, pair.listener);
	scenario_close(wire, &pair);
}

/* The server restarted: what the client sends meets nobody. */
static void
server_forgot(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_forget(wire, SIDE_SERVER, pair.server);
	wire_send(wire, pair.client, 100);
	wire_settle(wire, QUIET_MS);
}

static void
forged_syn(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_SYN, wire->next_seq[SIDE_CLIENT] + 100, 0);
	wire_settle(wire, QUIET_MS);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

static void
forged_rst_in_window(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_RST, wire->next_seq[SIDE_CLIENT] + 1000, 0);
	wire_settle(wire, QUIET_MS);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

static void
forged_rst_outside(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_RST, wire->next_seq[SIDE_CLIENT] - 50000, 0);
	wire_settle(wire, QUIET_MS);
	wire_forge(wire, SIDE_SERVER, TH_FLAG_RST, wire->next_seq[SIDE_SERVER] + (1U << 30), 0);
	wire_settle(wire, QUIET_MS);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* A reset that hits: the end that it names doesn't know, and its next word is answered with one. */
static void
forged_rst_exact(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_RST, wire->next_seq[SIDE_CLIENT], 0);
	wire_send(wire, pair.client, 80);
	wire_settle(wire, QUIET_MS);
}

/* A reset in the client's name meets the server while the SYN-ACK is on its way. */
static void
forged_rst_in_syn_received(struct wire *wire)
{
	wire_listen(wire, 8);
	int fd = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_hold(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_RST, wire->next_seq[SIDE_CLIENT], 0);
	wire_release(wire);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, fd);
}

/* The client's FIN is lost, and a reset in the server's name meets FIN-WAIT-1. */
static void
forged_rst_in_fin_wait_1(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_shutdown(wire, pair.client);
	wire_drop(wire, SIDE_CLIENT, KIND_FIN);
	wire_forge(wire, SIDE_SERVER, TH_FLAG_RST, wire->next_seq[SIDE_SERVER], 0);
	wire_settle(wire, 300);
	wire_send(wire, pair.server, 70);
	wire_settle(wire, QUIET_MS);
}

static void
forged_rst_in_fin_wait_2(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_shutdown(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	wire_forge(wire, SIDE_SERVER, TH_FLAG_RST, wire->next_seq[SIDE_SERVER], 0);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

static void
forged_rst_in_close_wait(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_shutdown(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_RST, wire->next_seq[SIDE_CLIENT], 0);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

static void
forged_rst_in_closing(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_shutdown(wire, pair.client);
	wire_drop(wire, SIDE_CLIENT, KIND_FIN);
	wire_shutdown(wire, pair.server);
	wire_deliver(wire, SIDE_SERVER, KIND_FIN);
	wire_drop(wire, SIDE_CLIENT, KIND_ACK);
	wire_forge(wire, SIDE_SERVER, TH_FLAG_RST, wire->next_seq[SIDE_SERVER], 0);
	wire_settle(wire, 500);
}

static void
forged_rst_in_last_ack(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_shutdown(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.server);
	wire_drop(wire, SIDE_SERVER, KIND_FIN);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_RST, wire->next_seq[SIDE_CLIENT], 0);
	wire_settle(wire, 500);
}

/* RFC 1337 warns of it; Linux lets it happen. */
static void
forged_rst_in_time_wait(struct wire *wire)
{
	leave_time_wait(wire);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_RST, wire->next_seq[SIDE_CLIENT], 0);
	wire_settle(wire, QUIET_MS);
}

/* FINs that nobody sent, before the window: the receiver says where it is. */
static void
forged_outside(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	uint32_t seq = wire->next_seq[SIDE_CLIENT];
	uint32_t ack = wire->next_seq[SIDE_SERVER];
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_FIN | TH_FLAG_ACK, seq - 100000, ack);
	wire_settle(wire, QUIET_MS);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_FIN | TH_FLAG_ACK, seq - 1, ack);
	wire_settle(wire, QUIET_MS);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

static void
forged_ack_of_nothing(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_ACK, wire->next_seq[SIDE_CLIENT],
	    wire->next_seq[SIDE_SERVER] + 100000);
	wire_settle(wire, QUIET_MS);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* Flags that make no sense together. */
static void
forged_garbage(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	uint32_t seq = wire->next_seq[SIDE_CLIENT];
	wire_forge(wire, SIDE_CLIENT, 0, seq, 0);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_FIN, seq, 0);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_SYN | TH_FLAG_RST, seq - 100000, 0);
	wire_settle(wire, QUIET_MS);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* Both ends have forgotten, and one of them connects again at once: the other accepts. */
static void
both_forgot(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_forget(wire, SIDE_CLIENT, pair.client);
	wire_forget(wire, SIDE_SERVER, pair.server);
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_settle(wire, 5);
	pair.server = wire_accept(wire, pair.listener);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* The server waits for the last ACK, which was lost with its sender; a new SYN gets that said. */
static void
half_open_in_last_ack(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_shutdown(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.server);
	wire_drop(wire, SIDE_SERVER, KIND_FIN);
	wire_forget(wire, SIDE_CLIENT, pair.client);
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_settle(wire, 1200);
	pair.server = wire_accept(wire, pair.listener);
	scenario_close(wire, &pair);
}

/* Resets and acknowledgments that don't belong to the SYN that was sent. */
static void
forged_in_syn_sent(struct wire *wire)
{
	struct pair pair = { .listener = wire_listen(wire, 8) };
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	uint32_t next = wire->next_seq[SIDE_CLIENT];
	wire_hold(wire, SIDE_CLIENT, KIND_SYN);
	wire_forge(wire, SIDE_SERVER, TH_FLAG_RST, 12345, 0);
	wire_forge(wire, SIDE_SERVER, TH_FLAG_RST | TH_FLAG_ACK, 0, next + 77);
	wire_release(wire);
	wire_settle(wire, 5);
	pair.server = wire_accept(wire, pair.listener);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

static void
late_capture(struct wire *wire)
{
	wire->blind = true;
	struct pair pair = scenario_open(wire);
	wire->blind = false;
	scenario_exchange(wire, &pair);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* The client itself uses the port of its own TIME-WAIT again. */
static void
client_reuses_time_wait(struct wire *wire)
{
	wire_set(wire, SIDE_CLIENT, "tcp_tw_reuse", "1");
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
	wire_settle(wire, 1200);
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_settle(wire, 5);
	pair.server = wire_accept(wire, pair.listener);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* An ACK that acknowledges something else: SYN-RECEIVED answers with a reset, and stays. */
static void
forged_ack_in_syn_received(struct wire *wire)
{
	struct pair pair = { .listener = wire_listen(wire, 8) };
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_hold(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_forge(wire, SIDE_CLIENT, TH_FLAG_ACK, wire->next_seq[SIDE_CLIENT],
	    wire->next_seq[SIDE_SERVER] + 4000);
	wire_settle(wire, QUIET_MS);
	wire_release(wire);
	wire_settle(wire, 5);
	pair.server = wire_accept(wire, pair.listener);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* The client gives up what nobody acknowledges, and says so only when it is spoken to. */
static void
user_timeout(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_option(pair.client, IPPROTO_TCP, TCP_USER_TIMEOUT, 500);
	wire_send(wire, pair.client, 100);
	wire_outage(wire, 1500);
	wire->forgot[SIDE_CLIENT] = true;
	wire_send(wire, pair.server, 100);
	wire_settle(wire, QUIET_MS);
}

/* A FIN with data, lost, sent again, and its acknowledgment lost as well. */
static void
lost_data_with_fin(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_option(pair.client, IPPROTO_TCP, TCP_NODELAY, 0);
	wire_option(pair.client, IPPROTO_TCP, TCP_CORK, 1);
	wire_send(wire, pair.client, 200);
	wire_close(wire, pair.client);
	if (wire_drop(wire, SIDE_CLIENT, KIND_FIN)->payload == 0)
		wire_again("the data didn't wait for the FIN");
	wire_deliver(wire, SIDE_CLIENT, KIND_FIN);
	wire_drop(wire, SIDE_SERVER, KIND_ACK);
	wire_deliver(wire, SIDE_CLIENT, KIND_FIN);
	wire_settle(wire, QUIET_MS);
	wire_read(wire, pair.server);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

const struct scenario scenarios_odd[] = {
	{ "reuse-in-time-wait", reuse_in_time_wait,
	    { .flows = 2, .notes = "reused_ports", .outcome = "closed" } },
	{ "client-reuses-time-wait", client_reuses_time_wait,
	    { .flows = 2, .notes = "reused_ports", .outcome = "closed" } },
	{ "forged-ack-in-syn-received", forged_ack_in_syn_received,
	    { .flows = 1, .outcome = "closed" } },
	{ "user-timeout", user_timeout, { .flows = 1, .outcome = "reset-by-client" } },
	{ "lost-data-with-fin", lost_data_with_fin, { .flows = 1, .outcome = "closed" } },
	{ "old-syn-in-time-wait", old_syn_in_time_wait, { 0 } },
	{ "half-open-restart", half_open_restart,
	    { .flows = 2, .notes = "reused_ports,challenge_ack", .outcome = "closed" } },
	{ "half-open-lost-reset", half_open_lost_reset,
	    { .flows = 2, .notes = "reused_ports,challenge_ack", .outcome = "closed" } },
	{ "server-forgot", server_forgot, { .flows = 1, .outcome = "reset-by-server" } },
	{ "forged-syn", forged_syn, { .notes = "challenge_ack" } },
	{ "forged-rst-in-window", forged_rst_in_window,
	    { .flows = 1, .notes = "challenge_ack", .outcome = "closed" } },
	{ "forged-rst-outside", forged_rst_outside, { .flows = 1, .outcome = "closed" } },
	{ "forged-rst-exact", forged_rst_exact, { .flows = 1 } },
	{ "forged-rst-in-syn-received", forged_rst_in_syn_received, { 0 } },
	{ "forged-rst-in-fin-wait-1", forged_rst_in_fin_wait_1, { .flows = 1 } },
	{ "forged-rst-in-fin-wait-2", forged_rst_in_fin_wait_2, { .flows = 1 } },
	{ "forged-rst-in-close-wait", forged_rst_in_close_wait, { .flows = 1 } },
	{ "forged-rst-in-closing", forged_rst_in_closing, { .flows = 1 } },
	{ "forged-rst-in-last-ack", forged_rst_in_last_ack, { .flows = 1 } },
	{ "forged-rst-in-time-wait", forged_rst_in_time_wait, { .flows = 1 } },
	{ "forged-outside", forged_outside, { .flows = 1, .outcome = "closed" } },
	{ "forged-ack-of-nothing", forged_ack_of_nothing, { .flows = 1, .outcome = "closed" } },
	{ "forged-garbage", forged_garbage, { 0 } },
	{ "both-forgot", both_forgot, { .flows = 2, .outcome = "closed" } },
	{ "half-open-in-last-ack", half_open_in_last_ack, { .flows = 2, .outcome = "closed" } },
	{ "forged-in-syn-sent", forged_in_syn_sent, { .flows = 1, .outcome = "closed" } },
	{ "late-capture", late_capture, { .flows = 1, .midstream = true } },
	{ 0 },
};

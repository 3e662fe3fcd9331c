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

const struct scenario scenarios_odd[] = {
	{ "reuse-in-time-wait", reuse_in_time_wait,
	    { .flows = 2, .notes = "reused_ports", .outcome = "closed" } },
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
	{ "forged-in-syn-sent", forged_in_syn_sent, { .flows = 1, .outcome = "closed" } },
	{ "late-capture", late_capture, { .flows = 1, .midstream = true } },
	{ 0 },
};

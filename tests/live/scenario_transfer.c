/*
 * What happens while data flows: loss, reordering, doubled packets, a full
 * receiver, silence. RFC 9293 3.8, RFC 6675, RFC 2883, RFC 1122 4.2.3.6.
 */
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "scenario.h"

static void
finish(struct wire *wire, const struct pair *pair)
{
	wire_settle(wire, QUIET_MS);
	wire_read(wire, pair->server);
	wire_read(wire, pair->client);
	wire_settle(wire, QUIET_MS);
	scenario_close(wire, pair);
}

static void
fast_retransmission(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	for (int i = 0; i < 6; i++)
		wire_send(wire, pair.client, 1000);
	wire_drop(wire, SIDE_CLIENT, KIND_DATA);
	finish(wire, &pair);
}

static void
lost_data_timeout(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_send(wire, pair.client, 500);
	wire_drop(wire, SIDE_CLIENT, KIND_DATA);
	wire_drop(wire, SIDE_CLIENT, KIND_DATA);
	wire_deliver(wire, SIDE_CLIENT, KIND_DATA);
	finish(wire, &pair);
}

/* The data arrives; its acknowledgment doesn't. */
static void
lost_data_ack(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_send(wire, pair.client, 500);
	wire_drop(wire, SIDE_SERVER, KIND_ACK);
	wire_deliver(wire, SIDE_CLIENT, KIND_DATA);
	finish(wire, &pair);
}

static void
reordered(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	for (int i = 0; i < 4; i++)
		wire_send(wire, pair.client, 1000);
	wire_hold(wire, SIDE_CLIENT, KIND_DATA);
	wire_deliver(wire, SIDE_CLIENT, KIND_DATA);
	wire_deliver(wire, SIDE_CLIENT, KIND_DATA);
	wire_release(wire);
	finish(wire, &pair);
}

static void
doubled(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_send(wire, pair.client, 800);
	wire_double(wire, wire_deliver(wire, SIDE_CLIENT, KIND_DATA));
	wire_settle(wire, QUIET_MS);
	wire_read(wire, pair.server);
	wire_close(wire, pair.client);
	wire_double(wire, wire_deliver(wire, SIDE_CLIENT, KIND_FIN));
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.server);
	wire_double(wire, wire_deliver(wire, SIDE_SERVER, KIND_FIN));
	wire_settle(wire, QUIET_MS);
}

/* The server's application doesn't read for a while, and then does. */
static void
zero_window(struct wire *wire)
{
	struct pair pair = { .listener = wire_listen(wire, 8) };
	wire_option(pair.listener, SOL_SOCKET, SO_RCVBUF, 4096);
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_settle(wire, 5);
	pair.server = wire_accept(wire, pair.listener);
	size_t sent = wire_send_some(wire, pair.client, 30000);
	wire_settle(wire, 900);
	size_t got = 0;
	while (got < sent) {
		size_t more = wire_read(wire, pair.server);
		got += more;
		wire_settle(wire, more > 0 ? 20 : 300);
	}
	scenario_close(wire, &pair);
}

static void
keep_alive_on(int fd, int probes)
{
	wire_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	wire_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 1);
	wire_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 1);
	wire_option(fd, IPPROTO_TCP, TCP_KEEPCNT, probes);
}

static void
keep_alive(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	keep_alive_on(pair.client, 3);
	wire_settle(wire, 500);
	wire_deliver(wire, SIDE_CLIENT, KIND_ACK);
	wire_deliver(wire, SIDE_SERVER, KIND_ACK);
	wire_option(pair.client, SOL_SOCKET, SO_KEEPALIVE, 0);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* Nobody answers the probes: the client gives up with a reset. */
static void
keep_alive_unanswered(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	keep_alive_on(pair.client, 2);
	wire_drop(wire, SIDE_CLIENT, KIND_ACK);
	wire_drop(wire, SIDE_CLIENT, KIND_ACK);
	wire_deliver(wire, SIDE_CLIENT, KIND_RST);
	wire_settle(wire, QUIET_MS);
}

static void
urgent(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	if (send(pair.client, "stop", 4, MSG_OOB) != 4)
		wire_fail("urgent data");
	wire_settle(wire, QUIET_MS);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

static void
both_talk(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	for (int i = 0; i < 3; i++) {
		wire_send(wire, pair.client, 400);
		wire_send(wire, pair.server, 300);
		wire_settle(wire, 5);
	}
	finish(wire, &pair);
}

/* The line is cut for a while; both have something to say. */
static void
outage(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_send(wire, pair.client, 400);
	wire_send(wire, pair.server, 300);
	wire_outage(wire, 900);
	wire_settle(wire, 1500);
	finish(wire, &pair);
}

const struct scenario scenarios_transfer[] = {
	{ "fast-retransmission", fast_retransmission,
	    { .flows = 1, .notes = "fast_retransmission,duplicate_ack", .outcome = "closed" } },
	{ "lost-data-timeout", lost_data_timeout,
	    { .flows = 1, .notes = "retransmission", .outcome = "closed" } },
	{ "lost-data-ack", lost_data_ack, { .flows = 1, .outcome = "closed" } },
	{ "reordered", reordered, { .flows = 1, .notes = "duplicate_ack", .outcome = "closed" } },
	{ "doubled", doubled, { .flows = 1, .outcome = "closed" } },
	{ "zero-window", zero_window,
	    { .flows = 1, .outcome = "closed",
		.notes = "zero_window,zero_window_probe,zero_window_probe_ack,window_update" } },
	{ "keep-alive", keep_alive,
	    { .flows = 1, .notes = "keep_alive,keep_alive_ack", .outcome = "closed" } },
	{ "keep-alive-unanswered", keep_alive_unanswered,
	    { .flows = 1, .notes = "keep_alive", .outcome = "reset-by-client" } },
	{ "urgent", urgent, { .flows = 1, .outcome = "closed" } },
	{ "both-talk", both_talk, { .flows = 1, .outcome = "closed" } },
	{ "outage", outage, { .flows = 1, .notes = "retransmission", .outcome = "closed" } },
	{ 0 },
};

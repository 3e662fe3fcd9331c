/*
 * How connections open: what is lost on the way, refused, dropped by a full
 * listener, opened from both sides, or with data on the SYN. RFC 9293 3.5, RFC 7413.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "scenario.h"

struct pair
scenario_open(struct wire *wire)
{
	struct pair pair;
	pair.listener = wire_listen(wire, 8);
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_settle(wire, 5);
	pair.server = wire_accept(wire, pair.listener);
	return pair;
}

void
scenario_exchange(struct wire *wire, const struct pair *pair)
{
	wire_send(wire, pair->client, 120);
	wire_settle(wire, QUIET_MS);
	wire_read(wire, pair->server);
	wire_send(wire, pair->server, 900);
	wire_settle(wire, QUIET_MS);
	wire_read(wire, pair->client);
	wire_settle(wire, 5);
}

void
scenario_close(struct wire *wire, const struct pair *pair)
{
	wire_close(wire, pair->client);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair->server);
	wire_settle(wire, QUIET_MS);
}

static void
refused(struct wire *wire)
{
	wire_connect(wire, WIRE_CLIENT_PORT);
	wire_settle(wire, QUIET_MS);
}

static void
refused_twice(struct wire *wire)
{
	int fd = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, fd);
	wire_connect(wire, WIRE_CLIENT_PORT);
	wire_settle(wire, QUIET_MS);
}

static void
lost_syn(struct wire *wire)
{
	struct pair pair = { .listener = wire_listen(wire, 8) };
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_drop(wire, SIDE_CLIENT, KIND_SYN);
	wire_deliver(wire, SIDE_CLIENT, KIND_SYN);
	wire_settle(wire, 5);
	pair.server = wire_accept(wire, pair.listener);
	scenario_close(wire, &pair);
}

static void
lost_syn_ack(struct wire *wire)
{
	struct pair pair = { .listener = wire_listen(wire, 8) };
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_drop(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_deliver(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_settle(wire, 5);
	pair.server = wire_accept(wire, pair.listener);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* The server sends its SYN-ACK again, and the client its ACK. */
static void
lost_ack(struct wire *wire)
{
	struct pair pair = { .listener = wire_listen(wire, 8) };
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_drop(wire, SIDE_CLIENT, KIND_ACK);
	wire_deliver(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_settle(wire, 5);
	pair.server = wire_accept(wire, pair.listener);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* Data completes the handshake. */
static void
lost_ack_then_data(struct wire *wire)
{
	struct pair pair = { .listener = wire_listen(wire, 8) };
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_drop(wire, SIDE_CLIENT, KIND_ACK);
	wire_send(wire, pair.client, 50);
	wire_settle(wire, QUIET_MS);
	pair.server = wire_accept(wire, pair.listener);
	wire_read(wire, pair.server);
	scenario_close(wire, &pair);
}

/* A FIN completes it. */
static void
lost_ack_then_fin(struct wire *wire)
{
	struct pair pair = { .listener = wire_listen(wire, 8) };
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_drop(wire, SIDE_CLIENT, KIND_ACK);
	wire_close(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	pair.server = wire_accept(wire, pair.listener);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

static void
no_answer(struct wire *wire)
{
	int fd = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_drop(wire, SIDE_CLIENT, KIND_SYN);
	wire_drop(wire, SIDE_CLIENT, KIND_SYN);
	wire_drop(wire, SIDE_CLIENT, KIND_SYN);
	wire_close(wire, fd);
}

/* The application gives up before the SYN-ACK comes: a reset to a SYN-RECEIVED end. */
static void
given_up(struct wire *wire)
{
	wire_listen(wire, 8);
	int fd = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_hold(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_close(wire, fd);
	wire_release(wire);
	wire_settle(wire, QUIET_MS);
}

static int
connect_back(struct wire *wire, int *other)
{
	int client = wire_socket(wire, SIDE_CLIENT, WIRE_CLIENT_PORT);
	*other = wire_socket(wire, SIDE_SERVER, WIRE_SERVER_PORT);
	wire_connect_socket(wire, client, SIDE_SERVER, WIRE_SERVER_PORT);
	wire_connect_socket(wire, *other, SIDE_CLIENT, WIRE_CLIENT_PORT);
	return client;
}

static void
simultaneous_open(struct wire *wire)
{
	struct pair pair;
	pair.client = connect_back(wire, &pair.server);
	wire_settle(wire, QUIET_MS);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

static void
simultaneous_open_reset(struct wire *wire)
{
	struct pair pair;
	pair.client = connect_back(wire, &pair.server);
	wire_deliver(wire, SIDE_CLIENT, KIND_SYN);
	wire_deliver(wire, SIDE_SERVER, KIND_SYN);
	wire_abort(wire, pair.client);
	wire_settle(wire, QUIET_MS);
}

/* From here on the listener has room for one connection that wasn't accepted. */
static void
shrink(int listener)
{
	if (listen(listener, 0) < 0)
		wire_fail("listen: %s", strerror(errno));
}

/* Two handshakes at a listener that has room for one. */
static void
full_accept_queue(struct wire *wire)
{
	int listener = wire_listen(wire, 8);
	wire_connect(wire, WIRE_CLIENT_PORT);
	wire_hold(wire, SIDE_SERVER, KIND_SYN_ACK);
	struct pair second = { .listener = listener };
	second.client = wire_connect(wire, WIRE_CLIENT_PORT + 1);
	wire_hold(wire, SIDE_SERVER, KIND_SYN_ACK);
	shrink(listener);
	wire_release(wire);
	wire_settle(wire, QUIET_MS);
	wire_deliver(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_deliver(wire, SIDE_CLIENT, KIND_ACK);
	wire_accept(wire, listener);
	wire_deliver(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_settle(wire, QUIET_MS);
	second.server = wire_accept(wire, listener);
	scenario_close(wire, &second);
}

static void
full_accept_queue_aborts(struct wire *wire)
{
	wire_set(wire, SIDE_SERVER, "tcp_abort_on_overflow", "1");
	int listener = wire_listen(wire, 8);
	wire_connect(wire, WIRE_CLIENT_PORT);
	wire_hold(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_connect(wire, WIRE_CLIENT_PORT + 1);
	wire_hold(wire, SIDE_SERVER, KIND_SYN_ACK);
	shrink(listener);
	wire_release(wire);
	wire_settle(wire, QUIET_MS);
}

static void
syn_cookie(struct wire *wire)
{
	wire_set(wire, SIDE_SERVER, "tcp_syncookies", "2");
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

static int
fast_open_connect(struct wire *wire, uint16_t port, size_t length)
{
	static const char text[4096];
	int fd = wire_socket(wire, SIDE_CLIENT, port);
	struct sockaddr_in there = wire->address[SIDE_SERVER];
	there.sin_port = htons(WIRE_SERVER_PORT);
	if (sendto(fd, text, length, MSG_FASTOPEN, (struct sockaddr *)&there, sizeof there) < 0
	    && errno != EINPROGRESS)
		wire_skip("Fast Open: %s", strerror(errno));
	wire_collect(wire, 0);
	return fd;
}

/* The first connection, which gets the cookie. */
static int
fast_open_listen(struct wire *wire)
{
	wire_set(wire, SIDE_CLIENT, "tcp_fastopen", "1");
	wire_set(wire, SIDE_SERVER, "tcp_fastopen", "3");
	struct pair first = { .listener = wire_listen(wire, 8) };
	wire_option(first.listener, IPPROTO_TCP, TCP_FASTOPEN, 8);
	first.client = fast_open_connect(wire, WIRE_CLIENT_PORT, 60);
	wire_settle(wire, 5);
	first.server = wire_accept(wire, first.listener);
	scenario_close(wire, &first);
	return first.listener;
}

/* The server answers while it still is in SYN-RECEIVED. */
static void
fast_open(struct wire *wire)
{
	struct pair pair = { .listener = fast_open_listen(wire) };
	pair.client = fast_open_connect(wire, WIRE_CLIENT_PORT + 1, 300);
	wire_deliver(wire, SIDE_CLIENT, KIND_SYN);
	wire_hold(wire, SIDE_SERVER, KIND_SYN_ACK);
	pair.server = wire_accept(wire, pair.listener);
	wire_read(wire, pair.server);
	wire_send(wire, pair.server, 700);
	wire_release(wire);
	wire_settle(wire, QUIET_MS);
	wire_read(wire, pair.client);
	scenario_close(wire, &pair);
}

/* The server acknowledges the SYN alone: its data must be sent again. */
static void
fast_open_declined(struct wire *wire)
{
	struct pair pair = { .listener = fast_open_listen(wire) };
	wire_set(wire, SIDE_SERVER, "tcp_fastopen", "0");
	pair.client = fast_open_connect(wire, WIRE_CLIENT_PORT + 1, 300);
	wire_settle(wire, QUIET_MS);
	pair.server = wire_accept(wire, pair.listener);
	wire_read(wire, pair.server);
	scenario_close(wire, &pair);
}

/* The SYN with data is lost; Linux sends it again without. */
static void
fast_open_lost(struct wire *wire)
{
	struct pair pair = { .listener = fast_open_listen(wire) };
	pair.client = fast_open_connect(wire, WIRE_CLIENT_PORT + 1, 300);
	wire_drop(wire, SIDE_CLIENT, KIND_SYN);
	wire_deliver(wire, SIDE_CLIENT, KIND_SYN);
	wire_settle(wire, QUIET_MS);
	pair.server = wire_accept(wire, pair.listener);
	wire_read(wire, pair.server);
	scenario_close(wire, &pair);
}

/* The server's application answers and closes while its end still is in SYN-RECEIVED. */
static void
fast_open_and_close(struct wire *wire)
{
	struct pair pair = { .listener = fast_open_listen(wire) };
	pair.client = fast_open_connect(wire, WIRE_CLIENT_PORT + 1, 300);
	wire_deliver(wire, SIDE_CLIENT, KIND_SYN);
	wire_hold(wire, SIDE_SERVER, KIND_SYN_ACK);
	pair.server = wire_accept(wire, pair.listener);
	wire_read(wire, pair.server);
	wire_send(wire, pair.server, 700);
	wire_close(wire, pair.server);
	wire_release(wire);
	wire_settle(wire, QUIET_MS);
	wire_read(wire, pair.client);
	wire_close(wire, pair.client);
	wire_settle(wire, QUIET_MS);
}

/* The answer to a SYN that arrives twice is two SYN-ACKs with one number. */
static void
doubled_handshake(struct wire *wire)
{
	struct pair pair = { .listener = wire_listen(wire, 8) };
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	const struct wire_frame *syn = wire_deliver(wire, SIDE_CLIENT, KIND_SYN);
	wire_double(wire, syn);
	const struct wire_frame *syn_ack = wire_deliver(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_double(wire, syn_ack);
	wire_settle(wire, QUIET_MS);
	pair.server = wire_accept(wire, pair.listener);
	scenario_exchange(wire, &pair);
	wire_double(wire, syn);
	wire_settle(wire, 600); /* challenge ACKs are rationed */
	wire_double(wire, syn_ack);
	wire_settle(wire, QUIET_MS);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

static void
lost_syn_ack_twice(struct wire *wire)
{
	struct pair pair = { .listener = wire_listen(wire, 8) };
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_drop(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_drop(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_deliver(wire, SIDE_SERVER, KIND_SYN_ACK);
	wire_settle(wire, 5);
	pair.server = wire_accept(wire, pair.listener);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

/* The client's first data and its FIN arrive at a server that hasn't got the ACK yet. */
static void
lost_ack_data_fin(struct wire *wire)
{
	struct pair pair = { .listener = wire_listen(wire, 8) };
	pair.client = wire_connect(wire, WIRE_CLIENT_PORT);
	wire_drop(wire, SIDE_CLIENT, KIND_ACK);
	wire_send(wire, pair.client, 90);
	wire_drop(wire, SIDE_CLIENT, KIND_DATA);
	wire_close(wire, pair.client);
	wire_settle(wire, 600);
	pair.server = wire_accept(wire, pair.listener);
	wire_read(wire, pair.server);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

const struct scenario scenarios_opening[] = {
	{ "refused", refused, { .flows = 1, .outcome = "refused" } },
	{ "refused-twice", refused_twice, { .flows = 2, .notes = "reused_ports" } },
	{ "lost-syn", lost_syn, { .flows = 1, .notes = "retransmission", .outcome = "closed" } },
	{ "lost-syn-ack", lost_syn_ack,
	    { .flows = 1, .notes = "retransmission", .outcome = "closed" } },
	{ "lost-handshake-ack", lost_ack,
	    { .flows = 1, .notes = "retransmission", .outcome = "closed" } },
	{ "lost-handshake-ack-then-data", lost_ack_then_data, { .flows = 1, .outcome = "closed" } },
	{ "lost-handshake-ack-then-fin", lost_ack_then_fin, { .flows = 1, .outcome = "closed" } },
	{ "no-answer", no_answer,
	    { .flows = 1, .notes = "retransmission", .outcome = "no-answer" } },
	{ "given-up", given_up, { .flows = 1 } },
	{ "simultaneous-open", simultaneous_open, { .flows = 1, .outcome = "closed" } },
	{ "simultaneous-open-reset", simultaneous_open_reset, { .flows = 1 } },
	{ "full-accept-queue", full_accept_queue,
	    { .flows = 2, .notes = "retransmission", .outcome = "closed" } },
	{ "full-accept-queue-aborts", full_accept_queue_aborts, { .flows = 2 } },
	{ "fast-open-and-close", fast_open_and_close, { .flows = 2, .outcome = "closed" } },
	{ "doubled-handshake", doubled_handshake, { .flows = 1, .outcome = "closed" } },
	{ "lost-syn-ack-twice", lost_syn_ack_twice,
	    { .flows = 1, .notes = "retransmission", .outcome = "closed" } },
	{ "lost-handshake-ack-data-fin", lost_ack_data_fin, { .flows = 1, .outcome = "closed" } },
	{ "syn-cookie", syn_cookie, { .flows = 1, .outcome = "closed", .cookies = true } },
	{ "fast-open", fast_open, { .flows = 2, .notes = "fast_open", .outcome = "closed" } },
	{ "fast-open-declined", fast_open_declined, { .flows = 2, .outcome = "closed" } },
	{ "fast-open-lost", fast_open_lost, { .flows = 2, .outcome = "closed" } },
	{ 0 },
};

/*
 * How connections end: each order of the two FINs, with loss, and resets that
 * meet each of the closing states. RFC 9293 3.6, 3.10.7.4.
 */
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "scenario.h"

static void
normal(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	scenario_close(wire, &pair);
}

static void
server_first(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.client);
	wire_settle(wire, QUIET_MS);
}

static void
half_close(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_send(wire, pair.client, 120);
	wire_settle(wire, QUIET_MS);
	wire_shutdown(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	wire_read(wire, pair.server);
	for (int i = 0; i < 3; i++) {
		wire_send(wire, pair.server, 1000);
		wire_settle(wire, QUIET_MS);
		wire_read(wire, pair.client);
	}
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.client);
}

/* The server closes before its acknowledgment of the FIN was due: three segments. */
static void
three_segments(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_close(wire, pair.client);
	wire_deliver(wire, SIDE_CLIENT, KIND_FIN);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

static void
simultaneous(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_close(wire, pair.client);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

/* One FIN of two that cross takes its time; the other is acknowledged meanwhile. */
static void
simultaneous_delayed(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_close(wire, pair.client);
	wire_hold(wire, SIDE_CLIENT, KIND_FIN);
	wire_close(wire, pair.server);
	wire_deliver(wire, SIDE_SERVER, KIND_FIN);
	wire_settle(wire, QUIET_MS);
	wire_release(wire);
	wire_settle(wire, QUIET_MS);
}

static void
lost_fin(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_close(wire, pair.client);
	wire_drop(wire, SIDE_CLIENT, KIND_FIN);
	wire_deliver(wire, SIDE_CLIENT, KIND_FIN);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

/* While the first end's FIN is lost, the other closes too. */
static void
lost_fin_crossing(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_close(wire, pair.client);
	wire_drop(wire, SIDE_CLIENT, KIND_FIN);
	wire_close(wire, pair.server);
	wire_settle(wire, 600);
}

static void
lost_fin_ack(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_close(wire, pair.client);
	wire_deliver(wire, SIDE_CLIENT, KIND_FIN);
	wire_drop(wire, SIDE_SERVER, KIND_ACK);
	wire_deliver(wire, SIDE_CLIENT, KIND_FIN);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

static void
lost_second_fin(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_shutdown(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.server);
	wire_drop(wire, SIDE_SERVER, KIND_FIN);
	wire_drop(wire, SIDE_SERVER, KIND_FIN);
	wire_settle(wire, 900);
}

static void
lost_last_ack(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_close(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.server);
	wire_drop(wire, SIDE_CLIENT, KIND_ACK);
	wire_deliver(wire, SIDE_SERVER, KIND_FIN);
	wire_settle(wire, QUIET_MS);
}

/* The FIN arrives before the data that comes before it. */
static void
fin_overtakes(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_send(wire, pair.client, 600);
	wire_hold(wire, SIDE_CLIENT, KIND_DATA);
	wire_close(wire, pair.client);
	wire_deliver(wire, SIDE_CLIENT, KIND_FIN);
	wire_collect(wire, 20);
	wire_release(wire);
	wire_settle(wire, QUIET_MS);
	wire_read(wire, pair.server);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

/* Data is sent again after the FIN, and the ACK of both is under way. */
static void
late_ack_of_fin(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_send(wire, pair.client, 600);
	wire_hold(wire, SIDE_CLIENT, KIND_DATA);
	wire_close(wire, pair.client);
	wire_deliver(wire, SIDE_CLIENT, KIND_FIN);
	wire_hold(wire, SIDE_SERVER, KIND_ACK);
	wire_release(wire);
	wire_hold(wire, SIDE_SERVER, KIND_ACK);
	wire_deliver(wire, SIDE_CLIENT, KIND_DATA);
	wire_release(wire);
	wire_settle(wire, QUIET_MS);
	wire_read(wire, pair.server);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

static void
unread_data(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_send(wire, pair.client, 60);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

static void
linger_zero(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	scenario_exchange(wire, &pair);
	wire_abort(wire, pair.client);
	wire_settle(wire, QUIET_MS);
}

/* The reset is lost; the other end finds out when it has something to say. */
static void
lost_reset(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_abort(wire, pair.client);
	wire_drop(wire, SIDE_CLIENT, KIND_RST);
	wire_send(wire, pair.server, 100);
	wire_settle(wire, QUIET_MS);
}

static void
reset_in_fin_wait_1(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_shutdown(wire, pair.client);
	wire_hold(wire, SIDE_CLIENT, KIND_FIN);
	wire_abort(wire, pair.server);
	wire_deliver(wire, SIDE_SERVER, KIND_RST);
	wire_release(wire);
	wire_settle(wire, QUIET_MS);
}

static void
reset_in_fin_wait_2(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_shutdown(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	wire_abort(wire, pair.server);
	wire_settle(wire, QUIET_MS);
}

static void
reset_in_close_wait(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_shutdown(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	wire_abort(wire, pair.client);
	wire_settle(wire, QUIET_MS);
}

static void
reset_in_last_ack(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_shutdown(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	wire_close(wire, pair.server);
	wire_drop(wire, SIDE_SERVER, KIND_FIN);
	wire_abort(wire, pair.client);
	wire_settle(wire, QUIET_MS);
}

static void
reset_in_closing(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_shutdown(wire, pair.client);
	wire_hold(wire, SIDE_CLIENT, KIND_FIN);
	wire_shutdown(wire, pair.server);
	wire_deliver(wire, SIDE_SERVER, KIND_FIN);
	wire_hold(wire, SIDE_CLIENT, KIND_ACK);
	wire_abort(wire, pair.server);
	wire_deliver(wire, SIDE_SERVER, KIND_RST);
}

/* The client has closed for good; data that still comes is answered with a reset. */
static void
orphan(struct wire *wire)
{
	struct pair pair = scenario_open(wire);
	wire_close(wire, pair.client);
	wire_settle(wire, QUIET_MS);
	wire_send(wire, pair.server, 200);
	wire_settle(wire, QUIET_MS);
}

const struct scenario scenarios_closing[] = {
	{ "normal-close", normal, { .flows = 1, .outcome = "closed" } },
	{ "server-closes-first", server_first, { .flows = 1, .outcome = "closed" } },
	{ "half-close-with-data", half_close, { .flows = 1, .outcome = "closed" } },
	{ "three-segment-close", three_segments, { .flows = 1, .outcome = "closed" } },
	{ "simultaneous-close", simultaneous, { .flows = 1, .outcome = "closed" } },
	{ "simultaneous-close-delayed", simultaneous_delayed, { .flows = 1, .outcome = "closed" } },
	{ "lost-fin", lost_fin, { .flows = 1, .notes = "retransmission", .outcome = "closed" } },
	{ "lost-fin-crossing", lost_fin_crossing, { .flows = 1, .outcome = "closed" } },
	{ "lost-fin-ack", lost_fin_ack, { .flows = 1, .outcome = "closed" } },
	{ "lost-second-fin", lost_second_fin,
	    { .flows = 1, .notes = "retransmission", .outcome = "closed" } },
	{ "lost-last-ack", lost_last_ack, { .flows = 1, .outcome = "closed" } },
	{ "fin-overtakes-data", fin_overtakes, { .flows = 1, .outcome = "closed" } },
	{ "late-ack-of-fin", late_ack_of_fin,
	    { .flows = 1, .notes = "spurious_retransmission", .outcome = "closed" } },
	{ "close-with-unread-data", unread_data, { .flows = 1, .outcome = "reset-by-server" } },
	{ "linger-zero-abort", linger_zero, { .flows = 1, .outcome = "reset-by-client" } },
	{ "lost-reset", lost_reset, { .flows = 1, .outcome = "reset-by-client" } },
	{ "reset-in-fin-wait-1", reset_in_fin_wait_1, { .flows = 1 } },
	{ "reset-in-fin-wait-2", reset_in_fin_wait_2,
	    { .flows = 1, .outcome = "reset-by-server" } },
	{ "reset-in-close-wait", reset_in_close_wait,
	    { .flows = 1, .outcome = "reset-by-client" } },
	{ "reset-in-last-ack", reset_in_last_ack, { .flows = 1 } },
	{ "reset-in-closing", reset_in_closing, { .flows = 1 } },
	{ "orphan", orphan, { .flows = 1, .outcome = "reset-by-client" } },
	{ 0 },
};

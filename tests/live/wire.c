/*
 * The packets' way between the two hosts: collected as they are sent, recorded,
 * and delivered, dropped, held or doubled. See wire.h.
 */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel_state.h"
#include "packet.h"

enum {
	PATIENCE_MS = 8000,
	PACKET_MAX = 65536
};

static enum side
other(enum side side)
{
	return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

static long
now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

static enum kind
kind_of(const struct live_packet *packet)
{
	if (packet->flags & TH_FLAG_RST)
		return KIND_RST;
	if (packet->flags & TH_FLAG_SYN)
		return packet->flags & TH_FLAG_ACK ? KIND_SYN_ACK : KIND_SYN;
	if (packet->flags & TH_FLAG_FIN)
		return KIND_FIN;
	return packet->payload > 0 ? KIND_DATA : KIND_ACK;
}

static void
ask_kernels(const struct wire *wire, const struct wire_frame *frame, int states[2])
{
	struct sockaddr_in end[2];
	for (int side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		end[side] = wire->address[side];
		end[side].sin_port = htons(frame->port[side]);
	}
	for (int side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		states[side] = kernel_state_of(wire->diag[side], &end[side], &end[!side]);
		if (states[side] < 0)
			wire_fail("the kernel doesn't tell a state: %s", strerror(errno));
	}
}

static enum tap
tap_at(enum side side)
{
	return side == SIDE_CLIENT ? TAP_CLIENT : TAP_SERVER;
}

/* It passes the tap; what is forged in a host's name doesn't come from there. */
static void
capture(struct wire *wire, struct wire_frame *frame)
{
	bool passes = !wire->blind && !(frame->forged && wire->tap == tap_at(frame->from));
	if (frame->number != 0 || !passes)
		return;
	clock_gettime(CLOCK_REALTIME, &frame->time);
	wire->capture[wire->captured++] = frame;
	frame->number = wire->captured;
}

static struct wire_frame *
record(struct wire *wire, enum side from, const uint8_t *bytes, size_t length, bool forged)
{
	struct live_packet packet;
	if (!live_packet_parse(bytes, length, &packet))
		return NULL;
	if (wire->count == WIRE_FRAMES_MAX)
		wire_fail("more than %d frames", WIRE_FRAMES_MAX);
	struct wire_frame *frame = &wire->frames[wire->count++];
	memset(frame, 0, sizeof *frame);
	frame->bytes = malloc(length);
	if (frame->bytes == NULL)
		wire_fail("out of memory");
	memcpy(frame->bytes, bytes, length);
	frame->length = length;
	frame->from = from;
	frame->forged = forged;
	frame->kind = kind_of(&packet);
	frame->flags = packet.flags;
	frame->port[from] = packet.source_port;
	frame->port[other(from)] = packet.destination_port;
	frame->seq = packet.seq;
	frame->ack = packet.ack;
	frame->payload = packet.payload;
	ask_kernels(wire, frame, frame->at_send);
	if (wire->tap == TAP_SENDERS || wire->tap == tap_at(from))
		capture(wire, frame);
	return frame;
}

static void
count_sequence(struct wire *wire, const struct wire_frame *frame)
{
	uint32_t next = frame->seq + frame->payload + !!(frame->flags & TH_FLAG_SYN)
	    + !!(frame->flags & TH_FLAG_FIN);
	if (frame->flags & TH_FLAG_SYN || (int32_t)(next - wire->next_seq[frame->from]) > 0)
		wire->next_seq[frame->from] = next;
}

static void
note_listener(const struct wire *wire, struct wire_frame *frame)
{
	enum side listener = other(frame->from);
	frame->unknowable[listener] = wire->forgot[listener] || wire->impostor[listener];
}

/* A host has sent something itself; a reset is no proof against a forged connection. */
static void
note_speaker(struct wire *wire, struct wire_frame *frame)
{
	if (frame->kind == KIND_RST)
		frame->unknowable[frame->from]
		    = wire->impostor[frame->from] || wire->forgot[frame->from];
	else
		wire->impostor[frame->from] = false;
	wire->forgot[frame->from] = false;
	note_listener(wire, frame);
}

static bool
take(struct wire *wire, enum side side)
{
	static uint8_t bytes[PACKET_MAX];
	bool any = false;
	ssize_t got;
	while ((got = read(wire->tun[side], bytes, sizeof bytes)) > 0) {
		struct wire_frame *frame = record(wire, side, bytes, (size_t)got, false);
		if (frame != NULL) {
			note_speaker(wire, frame);
			count_sequence(wire, frame);
			any = true;
		}
	}
	return any;
}

bool
wire_collect(struct wire *wire, int milliseconds)
{
	struct pollfd ready[2] = {
		{ .fd = wire->tun[SIDE_CLIENT], .events = POLLIN },
		{ .fd = wire->tun[SIDE_SERVER], .events = POLLIN },
	};
	long until = now_ms() + milliseconds;
	for (;;) {
		bool client = take(wire, SIDE_CLIENT);
		bool server = take(wire, SIDE_SERVER);
		long left = until - now_ms();
		if (client || server || left <= 0)
			return client || server;
		if (poll(ready, 2, (int)left) < 0 && errno != EINTR)
			wire_fail("poll: %s", strerror(errno));
	}
}

static void
put(const struct wire *wire, const struct wire_frame *frame)
{
	if (write(wire->tun[other(frame->from)], frame->bytes, frame->length) < 0)
		wire_fail("tun: %s", strerror(errno));
}

static void
deliver(struct wire *wire, struct wire_frame *frame)
{
	/* What a timer has just sent must be asked about before this arrives. */
	wire_collect(wire, 0);
	capture(wire, frame);
	put(wire, frame);
	for (const struct wire_frame *f = frame + 1; f < wire->frames + wire->count; f++)
		frame->overtaken |= f->from == frame->from && f->fate == FATE_DELIVERED;
	frame->held = false;
	frame->before = wire->count;
	frame->fate = FATE_DELIVERED;
	ask_kernels(wire, frame, frame->after);
	wire_collect(wire, 0);
}

/* Who sends a reset that no tap sees might as well have forgotten. */
static void
lose(struct wire *wire, struct wire_frame *frame)
{
	frame->fate = FATE_DROPPED;
	if (frame->kind == KIND_RST && frame->number == 0)
		wire->forgot[frame->from] = true;
}

static struct wire_frame *
next_pending(struct wire *wire)
{
	for (unsigned i = 0; i < wire->count; i++)
		if (wire->frames[i].fate == FATE_PENDING && !wire->frames[i].held)
			return &wire->frames[i];
	return NULL;
}

/* The first such frame on the wire; those before it are delivered. */
static struct wire_frame *
await(struct wire *wire, enum side from, enum kind kind)
{
	static const char *const names[] = { "RST", "SYN", "SYN-ACK", "FIN", "data", "ACK" };
	long until = now_ms() + PATIENCE_MS;
	for (;;) {
		struct wire_frame *frame = next_pending(wire);
		if (frame != NULL && frame->from == from && frame->kind == kind)
			return frame;
		if (frame != NULL)
			deliver(wire, frame);
		else if (now_ms() < until)
			wire_collect(wire, 100);
		else
			wire_again("the %s never sent the %s that was waited for after frame %u",
			    from == SIDE_CLIENT ? "client" : "server", names[kind], wire->captured);
	}
}

struct wire_frame *
wire_deliver(struct wire *wire, enum side from, enum kind kind)
{
	struct wire_frame *frame = await(wire, from, kind);
	deliver(wire, frame);
	return frame;
}

struct wire_frame *
wire_drop(struct wire *wire, enum side from, enum kind kind)
{
	struct wire_frame *frame = await(wire, from, kind);
	lose(wire, frame);
	return frame;
}

struct wire_frame *
wire_hold(struct wire *wire, enum side from, enum kind kind)
{
	struct wire_frame *frame = await(wire, from, kind);
	frame->held = true;
	return frame;
}

void
wire_release(struct wire *wire)
{
	unsigned count = wire->count;
	for (unsigned i = 0; i < count; i++)
		if (wire->frames[i].held)
			deliver(wire, &wire->frames[i]);
}

void
wire_double(struct wire *wire, const struct wire_frame *frame)
{
	put(wire, frame);
	wire_collect(wire, 0);
}

void
wire_settle(struct wire *wire, int quiet_milliseconds)
{
	do {
		struct wire_frame *frame;
		while ((frame = next_pending(wire)) != NULL)
			deliver(wire, frame);
	} while (wire_collect(wire, quiet_milliseconds));
}

void
wire_outage(struct wire *wire, int milliseconds)
{
	long until = now_ms() + milliseconds;
	do {
		struct wire_frame *frame;
		while ((frame = next_pending(wire)) != NULL)
			lose(wire, frame);
		wire_collect(wire, 20);
	} while (now_ms() < until);
	struct wire_frame *frame;
	while ((frame = next_pending(wire)) != NULL)
		lose(wire, frame);
}

struct wire_frame *
wire_forge(struct wire *wire, enum side from, uint8_t flags, uint32_t seq, uint32_t ack)
{
	uint8_t bytes[LIVE_PACKET_FORGED_LENGTH];
	struct live_packet packet = {
		.source = ntohl(wire->address[from].sin_addr.s_addr),
		.destination = ntohl(wire->address[other(from)].sin_addr.s_addr),
		.source_port = from == SIDE_CLIENT ? WIRE_CLIENT_PORT : WIRE_SERVER_PORT,
		.destination_port = from == SIDE_CLIENT ? WIRE_SERVER_PORT : WIRE_CLIENT_PORT,
		.seq = seq,
		.ack = ack,
		.flags = flags,
	};
	live_packet_forge(bytes, &packet);
	struct wire_frame *frame = record(wire, from, bytes, sizeof bytes, true);
	if (frame == NULL)
		wire_fail("a forged segment that can't be parsed");
	wire->impostor[from] = true;
	note_listener(wire, frame);
	if (wire->tap == tap_at(from))
		wire->forgot[other(from)] = true;
	deliver(wire, frame);
	return frame;
}

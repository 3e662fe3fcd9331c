/*
 * Captures of any size, made while they are written: for measuring, and for
 * tests that need very many frames or connections.
 */
#ifndef TCPLADDER_TESTS_TRAFFIC_H
#define TCPLADDER_TESTS_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct traffic {
	FILE *out;
	bool ng;			/* pcapng */
	uint64_t time, random;		/* time: microseconds since the epoch, of the next frame */
};

struct traffic_connection {
	uint32_t number;		/* says who its client is */
	uint32_t step;			/* frames written */
	uint32_t seq[2];
};

enum { TRAFFIC_FIN = 1, TRAFFIC_SYN = 2, TRAFFIC_RST = 4, TRAFFIC_PSH = 8, TRAFFIC_ACK = 16, TRAFFIC_PAYLOAD_MAX = 48 };

/* Writes the file's header. */
void traffic_begin(struct traffic *t, FILE *out, bool ng);

void traffic_connect(struct traffic_connection *c, uint32_t number);

/* from: 0 is the client, 1 the server. Time goes on by a few microseconds. */
void traffic_segment(struct traffic *t, struct traffic_connection *c, unsigned from, uint8_t flags, uint32_t payload);

/* The next frame of a connection of so many: handshake, requests and answers, three segments to close it. */
void traffic_step(struct traffic *t, struct traffic_connection *c, uint64_t steps);

/* A whole capture: connections of equally many frames, some thousands of them at a time. */
void traffic_capture(FILE *out, bool ng, uint64_t frames, uint64_t flows);

#endif

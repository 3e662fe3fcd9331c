/*
 * Scenarios: what two applications and the wire between them do. Each runs in a
 * process and on a wire of its own; what the program should say of it beside the
 * states stands in its row of the table.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "judge.h"
#include "wire.h"

struct scenario {
	const char *name;
	void (*play)(struct wire *wire);
	struct promise promise;
};

/* Each ends with a row without a name. */
extern const struct scenario scenarios_opening[];
extern const struct scenario scenarios_transfer[];
extern const struct scenario scenarios_closing[];
extern const struct scenario scenarios_odd[];

enum { QUIET_MS = 70 }; /* longer than an acknowledgment is delayed */

/* A listener and one connection to it. */
struct pair {
	int listener;
	int client;
	int server;
};

/* Opened without trouble, and both ends idle. */
struct pair scenario_open(struct wire *wire);

/* A request and its answer, read. */
void scenario_exchange(struct wire *wire, const struct pair *pair);

/* The client closes, the server acknowledges, and closes when all is quiet. */
void scenario_close(struct wire *wire, const struct pair *pair);

#endif

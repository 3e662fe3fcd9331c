/*
 * A session that is made to forget, and all that looks at it.
 */
#ifndef TCPLADDER_TESTS_FORGETTING_H
#define TCPLADDER_TESTS_FORGETTING_H

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "capture/replay.h"
#include "capture/session.h"
#include "view/flow_list.h"
#include "view/frame_list.h"
#include "view/history.h"
#include "view/ladder.h"
#include "view/narrator.h"

#define MUST(holds, ...) \
	do { \
		if (!(holds)) { \
			printf("not ok forgetting: %s:%d: %s: ", __FILE__, __LINE__, #holds); \
			printf(__VA_ARGS__); \
			printf("\n"); \
			fflush(stdout); \
			_exit(1); \
		} \
	} while (0)

struct world {
	struct session *session;
	struct replay *replay, *still;
	struct narrator *narrator;
	struct flow_list *list, *still_list;
	struct frame_list *frames;
	struct history *history;
	struct ladder *ladder;
	uint32_t ladder_id;
	int in;
	uint64_t sent;
};

static inline const struct flow_table *
flows_of(const struct world *w)
{
	return session_flows(w->session);
}

static inline bool
same_tuple(const struct flow *a, const struct flow *b)
{
	for (int turn = 0; turn < 2; turn++)
		if (a->port[0] == b->port[turn] && a->port[1] == b->port[!turn] && !memcmp(a->address[0],
		    b->address[turn], 16)
		    && !memcmp(a->address[1], b->address[!turn], 16))
			return true;
	return false;
}

/*
 * Against a session that read the same and forgets nothing: of connections that are left with all that used
 * their ports before, the same is said.  Returns how many were compared.
 */
unsigned long check_against(const struct world *w, const struct world *whole);
/* What is left and what was given up make the whole. */
void check_counts(const struct world *w, const struct world *whole);

#endif

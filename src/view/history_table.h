/*
 * The capture over time as lines of a table: a row for each state, with both
 * ends now and as a graph, and one for each thing that happens to
 * connections.  Knows widths and words, no screen.
 */
#ifndef TCPLADDER_VIEW_HISTORY_TABLE_H
#define TCPLADDER_VIEW_HISTORY_TABLE_H

#include "view/history.h"
#include "view/stats.h"

struct history_table {
	const struct history *history;
	const struct stats *stats;	/* the states now */
	unsigned width;
	bool ascii;
};

/* Each appends to a cleared line. */
void history_table_states(const struct history_table *t, struct line *line);	/* headings */
/* false: no end was ever in that state, and there is no row. */
bool history_table_state(const struct history_table *t, enum tcp_state state, struct line *line);
void history_table_events(const struct history_table *t, struct line *line);	/* headings */
void history_table_event(const struct history_table *t, enum history_event event, struct line *line);

#endif

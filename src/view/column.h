/*
 * What can be told of a connection in one cell: one row of the table is one
 * capability.  The columns of --print=list, the screen's list, its sort menu
 * and --sort all come from here.  Knows flows and moments, no screen.
 */
#ifndef TCPLADDER_VIEW_COLUMN_H
#define TCPLADDER_VIEW_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/replay.h"
#include "capture/session.h"
#include "tcp/flow.h"
#include "tcp/story.h"
#include "view/line.h"
#include "view/narrator.h"

/*
 * A connection as of the replay point, and what was worked out about it so
 * far: states and counters at once, the outcome when somebody asks.
 */
struct flow_row {
	struct narrator *narrator;
	const struct replay *replay;
	const struct flow *flow;
	struct moment moment;		/* moment.rows == 0: hasn't begun */
	const struct outcome *outcome;	/* NULL until flow_row_outcome() */
	uint64_t now;
	bool at_end;
	bool services;			/* names beside ports */
	bool ascii;
};

void flow_row_init(struct flow_row *row, struct narrator *narrator, const struct replay *replay,
    const struct flow *flow);
/* Whether the connection has begun, as of the replay point; one that existed before: whether the kernel still has it. */
bool flow_row_is_there(const struct flow_row *row);
/* valid while no other row's is asked for */
const struct outcome *flow_row_outcome(struct flow_row *row);

enum column_type { COLUMN_TEXT, COLUMN_INTEGER, COLUMN_SECONDS };

struct column {
	const char *name;		/* for machines and --sort: "client_rtx", "last" */
	const char *heading;		/* on the screen: "RTX"; NULL: not for the screen */
	const char *help;		/* one line for the column menu */
	enum column_type type;
	bool machine;			/* a column of --print=list, in the order of the table */
	bool right;			/* aligned to the right */
	bool costly;			/* needs the whole story of the connection */
	bool descending;		/* the natural order is the largest first */
	bool fixed;			/* a connection's sort key stays what it was */
	bool host;			/* asks the kernel: only for a live capture on this host */
	/* on the screen unless asked otherwise: 1 goes last when it's narrow; 0: not shown */
	uint8_t priority;
	uint8_t minimum, wish, maximum;	/* widths on the screen; wish 0: as minimum */
	uint8_t side;			/* enum side, or enum kernel_field: which of the columns of a kind */
	uint8_t key_parts;		/* how many words a sort key has; 0: can't be sorted by */
	uint64_t more;		/* the last part says all where it has none of these bits; 0: it never does */
	/* For machines: "-" when not known. */
	size_t (*value)(const struct column *c, struct flow_row *row, char *out, size_t size);
	/* For people, in at most `width` columns; NULL: as for machines. */
	size_t (*cell)(const struct column *c, struct flow_row *row, unsigned width, char *out,
	    size_t size);
	/* For sorting: larger is later; part 0 counts least, the last one most. */
	uint64_t (*key)(const struct column *c, struct flow_row *row, unsigned part);
};

enum { COLUMN_VALUE_MAX = VERDICT_TEXT_MAX };

/* in the order of INTERFACE, then those for the screen only */
extern const struct column columns[];
extern const size_t column_count;

/* by name or heading, any case; NULL: none */
const struct column *column_find(const char *name);

/* How a cell of this row is to be drawn, by what state the connection is in. */
enum style column_style(const struct column *column, struct flow_row *row);

/* Where columns stand on a screen of that width: the least important are dropped first. */
struct column_place {
	const struct column *column;
	unsigned start, width;
};
enum { COLUMN_PLACES_MAX = 56 };
size_t column_layout(unsigned width, struct column_place places[COLUMN_PLACES_MAX]);

/* The same for columns of the user's choice, in that order. */
size_t column_layout_of(const struct column *const *chosen, size_t count, unsigned width,
    struct column_place places[COLUMN_PLACES_MAX]);

/*
 * Widens the columns of numbers so that none of this many connections and frames is cut; the
 * widest other columns give what isn't free.
 */
void column_fit_numbers(struct column_place *places, size_t count, unsigned width, uint64_t flows,
    uint64_t frames);

/* Renders headings (the sorted one marked ▾ or ▴), and a row. */
void column_headings(const struct column_place *places, size_t count, const struct column *sorted,
    bool descending, bool ascii, struct line *line);
void column_render(const struct column_place *places, size_t count, struct flow_row *row,
    struct line *line);

#endif

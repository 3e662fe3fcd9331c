/*
 * The ladder of one connection: rows, rails and labels as text with styles.
 * Client left, server right; a row a segment; states written where they
 * change, each on its own side; runs of plain data and acknowledgments fold
 * to one row, anomalies never do.  Only the rows that are asked for are
 * rendered: a million segments open at once.
 */
#ifndef TCPLADDER_VIEW_LADDER_H
#define TCPLADDER_VIEW_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/replay.h"
#include "capture/session.h"
#include "view/line.h"
#include "view/narrator.h"

enum ladder_time { LADDER_TIME_START, LADDER_TIME_CLOCK, LADDER_TIME_DELTA, LADDER_TIME_MARK,
    LADDER_TIMES };
/* "since start", "clock", "delta", "since mark" */
extern const char *const ladder_time_names[LADDER_TIMES];

/* by connection only where there are several; in a ladder of one it is as by kind */
enum ladder_colour { LADDER_COLOUR_KIND, LADDER_COLOUR_DIRECTION, LADDER_COLOUR_CONNECTION,
    LADDER_COLOURS };

struct ladder_options {
	unsigned width;			/* columns of a line */
	enum ladder_time time;
	enum ladder_colour colour;
	bool absolute;			/* sequence numbers as on the wire */
	bool ascii;
	bool fold;			/* runs of plain data and acknowledgments */
	bool services;
	/* the title doesn't name the source: it stands elsewhere on the screen */
	bool no_source;
	/* frame number that LADDER_TIME_MARK counts from; 0: the first */
	uint32_t mark;
};

struct ladder;

/* Borrows all; flow must stay. */
struct ladder *ladder_new(struct session *session, const struct replay *replay,
    const struct flow *flow);
void ladder_free(struct ladder *l);

/* Cheap but for a change of `fold`. */
void ladder_set_options(struct ladder *l, const struct ladder_options *options);
const struct ladder_options *ladder_options_of(const struct ladder *l);

/* Follows new frames and the replay point; call before looking. true: something changed. */
bool ladder_update(struct ladder *l);

/* ---- heading */

/*
 * "memcached.pcap connection 1 of 2 … closed by the server · 978.4 s · three segments", then
 * both ends over the rails.
 */
enum { LADDER_HEADINGS = 3 };	/* title, endpoints, column names */
void ladder_heading(struct ladder *l, struct narrator *narrator, unsigned n, struct line *line);

/* Things were given up: the flow lies elsewhere, and may have lost its first frames. Runs opened by hand are closed. */
void ladder_moved(struct ladder *l, const struct flow *flow);

/* ---- rows */

uint32_t ladder_count(const struct ladder *l);

/* Why there is no row as of the replay point. */
enum ladder_absence {
	LADDER_NOT_BEGUN,
	LADDER_EXISTED,		/* before the capture, of which no segment had come yet */
	LADDER_GIVEN_UP		/* they were there, and had to go */
};
enum ladder_absence ladder_absence(const struct ladder *l);

void ladder_render(struct ladder *l, uint32_t row, struct line *line);

enum ladder_row_kind { LADDER_SEGMENT, LADDER_FOLDED };
struct ladder_row {
	enum ladder_row_kind kind;
	/* index among the flow's frames (from 0), of the first when folded */
	uint32_t nth;
	uint32_t frames;	/* 1, or how many are folded */
};
struct ladder_row ladder_row(const struct ladder *l, uint32_t row);

/* How many segments a row stands for: second sightings in it aren't any. */
uint32_t ladder_segments(struct ladder *l, uint32_t row);

/*
 * The frame of a row (the first when folded), and the row a frame of this connection is on
 * (as index or as frame number).
 */
const struct frame *ladder_frame(const struct ladder *l, uint32_t row);
uint32_t ladder_row_of(const struct ladder *l, uint32_t nth);
/* the first not before that number; the last row when none */
uint32_t ladder_row_of_number(const struct ladder *l, uint32_t number);

/*
 * A row's parts, for who draws it otherwise than as a line of text (the options' width then
 * only says how much states may tell).  The label takes at most `columns` columns.
 */
enum { LADDER_LABEL_MAX = 200, LADDER_CELL_MAX = 96 };
struct ladder_cells {
	struct ladder_row row;
	const struct frame *frame, *last;	/* the same unless folded */
	enum style style;
	bool rightward;			/* client to server */
	uint32_t resends;	/* the frame that carried it first; 0: sent for the first time */
	char time[LADDER_CELL_MAX], delta[LADDER_CELL_MAX];
	char label[LADDER_LABEL_MAX];
	char state[SIDES][LADDER_CELL_MAX];	/* "" where it doesn't change */
	enum style state_style[SIDES];
};
void ladder_cells(struct ladder *l, uint32_t row, unsigned columns, struct ladder_cells *cells);

/* Opens or closes one folded run, without changing `fold`. */
void ladder_toggle_run(struct ladder *l, uint32_t row);

/* The next (step 1) or previous (-1) row with an anomaly, from `row` exclusive; -1: none. */
int64_t ladder_anomaly(const struct ladder *l, uint32_t row, int step);

/* The rows' rails: columns of both lifelines, for whoever draws between them. */
void ladder_rails(const struct ladder *l, unsigned *client, unsigned *server);

#endif

/*
 * Between the rooms of the ladder: its rows, what hindsight knows, and where
 * things stand on a line.  For ladder*.c only.
 */
#ifndef TCPLADDER_VIEW_LADDER_INTERNAL_H
#define TCPLADDER_VIEW_LADDER_INTERNAL_H

#include "packet/segment.h"
#include "view/ladder.h"

struct ladder_item {
	uint32_t nth;		/* index among the flow's frames */
	uint32_t frames;	/* 1, or how many are folded */
	/* 1 + nth of the first frame of the run of plain ones it belongs to; 0: of none */
	uint32_t run;
};

/* A growing list of frame indexes. */
struct ladder_list {
	uint32_t *at;
	uint32_t count, capacity;
};

/* What a folded run carried; the sums of the last few are kept, since a run may be long. */
struct ladder_sum {
	uint32_t nth, frames, segments;
	uint64_t bytes[SIDES];
};
/* Explanations that stand beside rows: a story isn't told again because somebody scrolls. */
struct ladder_beside {
	uint32_t nth;
	char *text;
};
enum { LADDER_SUMS = 16, LADDER_BESIDES = 256 };

/* Where things stand on a line: columns; width 0: left out. */
struct ladder_places {
	unsigned number_end, time_end, delta_end;	/* right edges */
	unsigned number_width, time_width, delta_width;
	unsigned state_width;
	unsigned client_rail, server_rail;
	unsigned width;		/* of the ladder itself: what is beyond is for the explanation */
	bool short_states;
};

struct ladder {
	struct session *session;
	const struct replay *replay;
	const struct flow *flow;
	struct ladder_options options;
	struct ladder_places places;
	struct ladder_item *items;
	uint32_t count, capacity;
	uint32_t frames;		/* of the flow, that have happened */
	struct ladder_list anomalies;
	/* frames by that end that confirm or refute what was assumed of it */
	struct ladder_list decisive[SIDES];
	/* runs that were opened by hand, by 1 + nth of their first frame, sorted */
	struct ladder_list opened;
	struct ladder_sum sums[LADDER_SUMS];
	struct ladder_beside beside[LADDER_BESIDES];
	struct narrator *narrator;	/* NULL until needed */
	bool stale;
	uint8_t *bytes;			/* for a SYN's options; NULL until needed */
};

enum hindsight { HINDSIGHT_NONE, HINDSIGHT_PROVED, HINDSIGHT_REFUTED };

const struct frame *ladder_nth(const struct ladder *l, uint32_t nth);

/* What the frames that follow say of the state that this end had after the nth. */
enum hindsight ladder_hindsight(const struct ladder *l, uint32_t nth, enum side side);

/* Whether that end's state is another one after the nth frame than before. */
bool ladder_state_changes(const struct ladder *l, uint32_t nth, enum side side);

void ladder_place(struct ladder *l);

/* The label of a frame in at most `columns` columns. */
void ladder_label(struct ladder *l, uint32_t nth, unsigned columns, char *out, size_t size);
enum style ladder_style(const struct ladder *l, const struct frame *frame);
/* The number of the frame that first carried what the nth sends again; 0: none, or not near. */
uint32_t ladder_resends(const struct ladder *l, uint32_t nth);
/* Whether a frame may fold away. */
bool ladder_is_plain(const struct ladder *l, uint32_t nth);
/* A second sighting, where runs are folded: its row is that of the first one. */
bool ladder_is_hidden(const struct ladder *l, uint32_t nth);
bool ladder_is_anomaly(const struct frame *frame);

#endif

/*
 * Every TCP frame in capture order, one line each: what it says, between
 * whom, the notes, and both ends' states after it.  With a filter the frames
 * that match are found bit by bit, so that nobody waits; without one there is
 * nothing to find, and ten million frames open at once.
 */
#ifndef TCPLADDER_VIEW_FRAME_LIST_H
#define TCPLADDER_VIEW_FRAME_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/replay.h"
#include "capture/session.h"
#include "view/filter.h"
#include "view/ladder.h"
#include "view/line.h"
#include "view/narrator.h"

struct frame_list;
struct frame_list *frame_list_new(struct session *session, const struct replay *replay,
    struct narrator *narrator);		/* borrows all three */
void frame_list_free(struct frame_list *l);

/* A text that compiles, such as the list's; looks for nothing again when it is the same. */
void frame_list_moved(struct frame_list *l, const struct eviction_moves *moves);	/* rows were given up */
void frame_list_set_filter(struct frame_list *l, const char *text);

/* Looks at some more frames; call before looking at the list.  false: all there are have been looked at. */
bool frame_list_update(struct frame_list *l);

uint32_t frame_list_count(const struct frame_list *l);		/* as of the replay point */
uint32_t frame_list_get(const struct frame_list *l, uint32_t n);	/* the n-th one's row in the frame store */
uint32_t frame_list_find(const struct frame_list *l, uint32_t row);	/* the first not before that row; count when none */

struct frame_list_options {
	unsigned width;
	bool clock;			/* time of day; else seconds since the first frame */
	bool absolute;			/* sequence numbers as on the wire */
	bool services;
	bool ascii;
};
void frame_list_heading(const struct frame_list *l, const struct frame_list_options *options, struct line *line);
void frame_list_render(const struct frame_list *l, uint32_t n, const struct frame_list_options *options,
    struct line *line);

#endif

/*
 * One ladder drawn with the elements of SVG 1.1, for documents that have
 * drawings in them: export_svg.c and export_html.c.  Its text can be
 * selected and read aloud; how it looks stands in one style sheet, on light
 * and on dark.  From the ladder's rows, not from lines of text.
 */
#ifndef TCPLADDER_VIEW_DRAWING_H
#define TCPLADDER_VIEW_DRAWING_H

#include "capture/replay.h"
#include "view/ladder.h"
#include "view/output.h"

enum { DRAWING_WIDTH = 1120 };

struct drawing {
	struct output *out;
	struct session *session;
	const struct replay *replay;
	struct narrator *narrator;
	struct ladder_options how;
	const volatile int *interrupted;	/* nonzero leaves rows out; may be NULL */
	bool bare;			/* without title and verdict: they stand beside it */
	const struct flow *flow;	/* the connection that is drawn */
	unsigned top;			/* and where it begins */
};

extern const char drawing_style_sheet[];

/* Safe text (base/text.h) as XML. */
void drawing_text(struct output *out, const char *text);

/* The connection's ladder, to be freed; what follows is about it. */
struct ladder *drawing_open(struct drawing *d, const struct flow *flow);

/* The heading's two parts: "connection 1 of 2" and "closed by the server · 978.4 s". */
void drawing_heading(const struct drawing *d, struct ladder *l, struct line *line,
    const char **which, const char **words);

unsigned drawing_height(const struct drawing *d, const struct ladder *l);
void drawing_put(const struct drawing *d, struct ladder *l);

#endif

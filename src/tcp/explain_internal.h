/*
 * What explain.c and explain_detail.c share: one frame, the story before it,
 * and where the words go.
 */
#ifndef TCPLADDER_TCP_EXPLAIN_INTERNAL_H
#define TCPLADDER_TCP_EXPLAIN_INTERNAL_H

#include "tcp/story_internal.h"
#include "tcp/words.h"

struct explain {
	const struct story *s;
	const struct frame *f;
	const struct segment *segment;		/* NULL: its bytes aren't at hand */
	struct words *w;
	enum side from, to;
	const struct story_end *own, *peer;	/* sender and receiver, before the frame */
};

/* The window that the frame advertises: in bytes, or unscaled where that can't be told. */
struct words_value explain_window(const struct explain *e);

/* Why the numbers are what they are, which states changed by which rule, what the options offer. */
void explain_detail(const struct explain *e);

/* What AE, CWR and ECE say: the offer, the answer to it, and what they mean since. */
void explain_ecn(const struct explain *e);

#endif

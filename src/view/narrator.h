/*
 * Tells stories (tcp/story.h) to whoever looks: verdicts and explanations of
 * a connection as of any moment.  Keeps the last few stories and how far
 * they were told, so that asking again, or for the next frame, costs little;
 * a step backwards tells a story again from its beginning.
 */
#ifndef TCPLADDER_VIEW_NARRATOR_H
#define TCPLADDER_VIEW_NARRATOR_H

#include "capture/replay.h"
#include "capture/session.h"
#include "tcp/story.h"
#include "tcp/timing.h"

struct floods;
struct host;

struct narrator;
struct narrator *narrator_new(struct session *session);		/* borrows session */
void narrator_free(struct narrator *n);

/* Things were given up (capture/eviction.h): what is kept of stories is forgotten. */
void narrator_moved(struct narrator *n);

const struct frame_store *narrator_frames(const struct narrator *n);

/* The host whose kernel is asked of connections (view/kernel_view.h); NULL, as it begins: none. */
void narrator_set_host(struct narrator *n, const struct host *host);
const struct host *narrator_host(const struct narrator *n);

/*
 * The outcome after the first `rows` rows of the flow. Valid until the next call with this
 * narrator.
 */
const struct outcome *narrator_outcome(struct narrator *n, const struct flow *flow, uint32_t rows,
    uint64_t now, bool at_end);

/* The outcome as of the replay point. */
const struct outcome *narrator_outcome_at(struct narrator *n, const struct replay *replay,
    const struct flow *flow);

/* How long things took, as of the replay point. Valid until the next call with this narrator. */
const struct timing *narrator_timing_at(struct narrator *n, const struct replay *replay,
    const struct flow *flow);

/* The SYN floods as of now, over all connections. Valid until the next call with this narrator. */
const struct floods *narrator_floods(struct narrator *n);

/*
 * Explains the flow's frame of index `nth` (from 0), its options too where its bytes are
 * still there.
 */
void narrator_explain(struct narrator *n, const struct flow *flow, uint32_t nth, bool long_form,
    char *text, size_t size);

#endif

/*
 * Ladders as a Mermaid sequence diagram, to be pasted between ```mermaid
 * fences into a wiki, an issue or a chat.  Whatever could mean something to
 * Mermaid, to Markdown or to HTML is written as an entity.
 */
#ifndef TCPLADDER_VIEW_EXPORT_MERMAID_H
#define TCPLADDER_VIEW_EXPORT_MERMAID_H

#include "capture/replay.h"
#include "view/ladder.h"
#include "view/output.h"

/* More connections than this in one diagram help nobody, and no tool draws them. */
enum { EXPORT_MERMAID_MAX = 50 };

/*
 * One diagram: a participant for each endpoint, the connections (at most that many, at least
 * one) one after the other.  As export_svg() otherwise.
 */
void export_mermaid(struct output *out, struct session *session, const struct replay *replay,
    struct narrator *narrator, const struct ladder_options *how, const uint32_t *flows,
    size_t count, const volatile int *interrupted);

#endif

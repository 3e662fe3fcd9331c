/*
 * Ladders as a drawing (SVG 1.1 with CSS): self-contained, its text can be
 * selected and read aloud, readable on light and dark.  From the ladder's
 * rows, not from lines of text.
 */
#ifndef TCPLADDER_VIEW_EXPORT_SVG_H
#define TCPLADDER_VIEW_EXPORT_SVG_H

#include "capture/replay.h"
#include "view/ladder.h"
#include "view/output.h"

/*
 * One document with these connections below one another.  `how`: its width doesn't matter.
 * *interrupted (may be NULL): nonzero leaves rows out, but the document is complete.
 */
void export_svg(struct output *out, struct session *session, const struct replay *replay,
    struct narrator *narrator, const struct ladder_options *how, const uint32_t *flows,
    size_t count, const volatile int *interrupted);

#endif

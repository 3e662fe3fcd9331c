/*
 * Ladders as a page (HTML in the syntax of XML) that needs nothing else and
 * runs nothing: for each connection its verdict, its drawing and, for who
 * reads with a braille line or copies, the same as a table with what each
 * segment does.
 */
#ifndef TCPLADDER_VIEW_EXPORT_HTML_H
#define TCPLADDER_VIEW_EXPORT_HTML_H

#include "capture/replay.h"
#include "view/ladder.h"
#include "view/output.h"

/* As export_svg(). */
void export_html(struct output *out, struct session *session, const struct replay *replay,
    struct narrator *narrator, const struct ladder_options *how, const uint32_t *flows,
    size_t count, const volatile int *interrupted);

#endif

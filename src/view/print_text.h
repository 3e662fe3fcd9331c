/*
 * Text for people: the list as a table, frames as tcpdump writes them with
 * what we know after a separator, ladders, statistics.  For print.c only.
 */
#ifndef TCPLADDER_VIEW_PRINT_TEXT_H
#define TCPLADDER_VIEW_PRINT_TEXT_H

#include "capture/replay.h"
#include "view/output.h"
#include "view/print.h"
#include "view/print_frames.h"
#include "view/trace_text.h"

void print_text_list_header(struct output *out, struct session *session,
    const struct print_options *options, uint32_t shown);
void print_text_list(struct output *out, struct session *session,
    const struct print_options *options, struct flow_row *row);

/*
 * "15:14:34.336031 IP ... length 0 ; SYN-SENT SYN-RECEIVED? ; notes": cut at the first " ; "
 * it is tcpdump's line.
 */
void print_text_frame(struct output *out, struct trace_clock *clock,
    const struct print_options *options, const struct frame_cells *cells);

void print_text_ladder(struct output *out, struct session *session,
    const struct print_options *options, struct replay *replay, struct narrator *narrator,
    const struct flow *flow);

/* options->flows as one ladder. */
void print_text_merged(struct output *out, struct session *session,
    const struct print_options *options, struct replay *replay);

void print_stats(struct output *out, struct session *session, const struct print_options *options,
    struct replay *replay, struct narrator *narrator);

#endif

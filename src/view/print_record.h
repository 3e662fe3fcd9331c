/*
 * The rows of --print=list and --print=frames as records, for TSV, CSV and
 * JSON lines.  For print.c only.
 */
#ifndef TCPLADDER_VIEW_PRINT_RECORD_H
#define TCPLADDER_VIEW_PRINT_RECORD_H

#include "view/output.h"
#include "view/print.h"
#include "view/print_frames.h"

enum record_format print_record_format(enum print_format format);

void print_record_list_header(struct record_writer *w);
void print_record_list(struct record_writer *w, struct flow_row *row);

void print_record_frame_header(struct record_writer *w);
void print_record_frame(struct record_writer *w, const struct frame_cells *cells);

#endif

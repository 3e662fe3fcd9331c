/*
 * The list as Zeek's conn.log, for tools that read those.  For print.c only.
 */
#ifndef TCPLADDER_VIEW_PRINT_ZEEK_H
#define TCPLADDER_VIEW_PRINT_ZEEK_H

#include "view/column.h"
#include "view/output.h"

void print_zeek_header(struct output *out, struct session *session);
void print_zeek_row(struct output *out, struct flow_row *row);
void print_zeek_end(struct output *out, struct session *session);

#endif

/*
 * What the table of columns takes from its other rooms; for column*.c only.
 */
#ifndef TCPLADDER_VIEW_COLUMN_INTERNAL_H
#define TCPLADDER_VIEW_COLUMN_INTERNAL_H

#include "view/column.h"

/* Of the enum kernel_field that is the column's side. */
size_t column_kernel_value(const struct column *c, struct flow_row *row, char *out, size_t size);
size_t column_kernel_cell(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size);
uint64_t column_kernel_key(const struct column *c, struct flow_row *row, unsigned part);

#endif

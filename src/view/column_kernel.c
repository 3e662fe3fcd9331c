/*
 * Columns of what the kernel says of a connection's ends: their values are
 * kernel_view.h's, and what isn't known is a dash.
 */
#include <string.h>

#include "view/column_internal.h"
#include "view/format.h"
#include "view/format_internal.h"
#include "view/kernel_view.h"

size_t
column_kernel_value(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	size_t n = kernel_view_field(row, (enum kernel_field)c->side, out, size);

	return n > 0 ? n : format_put(out, size, "-");
}

size_t
column_kernel_cell(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size)
{
	size_t n = kernel_view_field(row, (enum kernel_field)c->side, out, size);

	(void)width;
	if (n == 0)
		return format_put(out, size, row->ascii ? "-" : "–");
	if (row->ascii)
		format_make_ascii(out);
	return strlen(out);
}

uint64_t
column_kernel_key(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)part;
	return kernel_view_key(row, (enum kernel_field)c->side);
}

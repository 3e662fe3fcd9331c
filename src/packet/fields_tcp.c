/*
 * The fields of a TCP header and its options in plain words.
 */
#include "packet/fields.h"

void
fields_tcp(const struct walk *w, uint32_t header_size)
{
	const uint8_t *p = w->left.at;

	w->visitor->field(w->visitor->context, 0, (int)(p - w->start), (int)header_size, "TCP", "");
}

void
fields_tcp_quote(const struct walk *w)
{
	w->visitor->field(w->visitor->context, 0, (int)(w->left.at - w->start), (int)w->left.have,
	    "TCP", "quoted");
}

/*
 * How a field becomes a line: see the header.  Knows the kinds of values and
 * no protocol.
 */
#include "packet/fields.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"

enum { VALUE_MAX = 512, BYTES_SHOWN = 16 };

const char *
fields_find(const struct field_name *names, uint32_t value)
{
	for (; names != NULL && names->text != NULL; names++)
		if (names->value == value)
			return names->text;
	return NULL;
}

static int
offset_of(const struct walk *w, const uint8_t *p)
{
	return p >= w->start && p <= w->end ? (int)(p - w->start) : -1;
}

void
fields_tell(const struct walk *w, int level, const uint8_t *p, uint32_t size, const char *name,
    const char *format, ...)
{
	char value[VALUE_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(value, sizeof value, format, arguments);
	va_end(arguments);
	w->visitor->field(w->visitor->context, level, offset_of(w, p), (int)size, name, value);
}

static uint32_t
read_number(const struct field_row *row, const uint8_t *p)
{
	uint32_t value = 0, mask = row->mask;

	for (uint32_t i = 0; i < row->size; i++)
		value = value << 8 | p[row->kind & FIELD_LITTLE ? row->size - 1u - i : i];
	if (mask != 0) {
		value &= mask;
		for (; (mask & 1) == 0; mask >>= 1)
			value >>= 1;
	}
	return value;
}

static void
format_bytes(char *out, size_t size, const uint8_t *p, uint32_t count)
{
	uint32_t shown = count < BYTES_SHOWN ? count : BYTES_SHOWN;
	size_t used = 0;

	out[0] = '\0';
	for (uint32_t i = 0; i < shown && used + 3 < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%02x", p[i]);
	if (shown < count)
		snprintf(out + used, size - used, "…");
}

static void
format_value(char *out, size_t size, const struct field_row *row, const uint8_t *p)
{
	size_t length;

	switch ((enum field_kind)(row->kind & ~FIELD_LITTLE)) {
	case FIELD_NUMBER:
		snprintf(out, size, "%u", read_number(row, p));
		return;
	case FIELD_HEX:
		snprintf(out, size, "0x%0*x", row->mask != 0 ? 1 : row->size * 2,
		    read_number(row, p));
		return;
	case FIELD_MAC:
		snprintf(out, size, "%02x:%02x:%02x:%02x:%02x:%02x", p[0], p[1], p[2], p[3], p[4],
		    p[5]);
		return;
	case FIELD_IPV4:
		inet_ntop(AF_INET, p, out, (socklen_t)size);
		return;
	case FIELD_IPV6:
		inet_ntop(AF_INET6, p, out, (socklen_t)size);
		return;
	case FIELD_BYTES:
		format_bytes(out, size, p, row->size);
		return;
	case FIELD_TEXT:
		length = strnlen((const char *)p, row->size);
		text_safe(out, size, (const char *)p, length);
		return;
	}
}

static bool
has_name(const struct field_row *row)
{
	int kind = row->kind & ~FIELD_LITTLE;

	return row->names != NULL && (kind == FIELD_NUMBER || kind == FIELD_HEX);
}

void
fields_header(const struct walk *w, const struct header_spec *spec, const uint8_t *p, uint32_t size)
{
	fields_tell(w, 0, p, size, spec->name, "%s", _(spec->note));
	for (const struct field_row *row = spec->rows;
	    row < spec->rows + FIELDS_MAX && row->name != NULL; row++) {
		const uint8_t *at = p + row->offset;
		const char *name = NULL;
		char value[VALUE_MAX / 2];

		if ((uint32_t)row->offset + row->size > size)
			break;
		format_value(value, sizeof value, row, at);
		if (has_name(row))
			name = fields_find(row->names, read_number(row, at));
		fields_tell(w, 1, at, row->size, row->name, "%s%s%s%s%s%s", value,
		    name != NULL ? " (" : "", name != NULL ? _(name) : "", name != NULL ? ")" : "",
		    row->note != NULL ? ", " : "", row->note != NULL ? _(row->note) : "");
	}
}

void
fields_rest(const struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t behind;

	if (w->left.length > 0 && w->left.length == w->left.have)
		fields_tell(w, 0, p, w->left.have, _("payload"), _("%u bytes"), w->left.length);
	else if (w->left.length > 0)
		fields_tell(w, 0, p, w->left.have, _("payload"), _("%u bytes, of which %u were captured"),
		    w->left.length, w->left.have);
	if (offset_of(w, p) < 0 || w->left.have < w->left.length)
		return;
	behind = (uint32_t)(w->end - (p + w->left.have));
	if (behind > 0)
		fields_tell(w, 0, p + w->left.have, behind, _("trailer"),
		    _("%u bytes of padding or checksum behind the packet"), behind);
}

/*
 * Values of a filter: numbers with k and M, durations, ports by number or
 * service, addresses with prefixes, names of a table.  Each becomes a range.
 */
#include "base/language.h"
#include "view/filter_internal.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "tcp/service.h"

/* The typed value, safe to be shown in an error. */
static void
shown(char *out, size_t size, const char *text, size_t length)
{
	text_safe(out, size, text, length > 40 ? 40 : length);
}

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit number_units[] = {
	{ "", 1 }, { "k", 1000 }, { "m", 1000000 }, { "g", 1000000000 }, { "kb", 1000 },
	{ "mb", 1000000 }, { "gb", 1000000000 }, { "b", 1 },
};
static const struct unit time_units[] = {
	{ "", 1000000000 }, { "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 }, { "µs", 1000 },
	{ "ns", 1 }, { "m", UINT64_C(60000000000) }, { "min", UINT64_C(60000000000) },
	{ "h", UINT64_C(3600000000000) }, { "d", UINT64_C(86400000000000) },
};

/* Digits, perhaps a decimal part, and a unit; all of the text must be used. */
static bool
parse_quantity(const char *text, size_t length, const struct unit *units, size_t unit_count,
    uint64_t *out)
{
	uint64_t whole = 0, fraction = 0, scale = 1;
	size_t at = 0;

	if (length == 0 || text[0] < '0' || text[0] > '9')
		return false;
	for (; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
		if (whole > UINT64_MAX / 100)
			return false;
		whole = whole * 10 + (uint64_t)(text[at] - '0');
	}
	if (at < length && text[at] == '.') {
		for (at++; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
			if (scale < 1000000000) {
				fraction = fraction * 10 + (uint64_t)(text[at] - '0');
				scale *= 10;
			}
		}
	}
	for (size_t i = 0; i < unit_count; i++) {
		uint64_t factor = units[i].factor;

		if (strlen(units[i].name) != length - at
		    || strncasecmp(units[i].name, text + at, length - at) != 0)
			continue;
		if (whole > UINT64_MAX / factor)
			return false;
		*out = whole * factor + (factor >= scale ? factor / scale * fraction
		    : fraction * factor / scale);
		return true;
	}
	return false;
}

/* One number or a range low-high. */
static bool
parse_range(const char *text, size_t length, const struct unit *units, size_t unit_count,
    struct filter_value *value)
{
	const char *dash = memchr(text, '-', length);

	if (dash == NULL) {
		if (!parse_quantity(text, length, units, unit_count, &value->low))
			return false;
		value->high = value->low;
		return true;
	}
	return parse_quantity(text, (size_t)(dash - text), units, unit_count, &value->low)
	    && parse_quantity(dash + 1, length - (size_t)(dash - text) - 1, units, unit_count,
	    &value->high) && value->low <= value->high;
}

static bool
parse_port(const char *text, size_t length, struct filter_value *value)
{
	if (parse_range(text, length, number_units, 1, value))
		return value->high <= UINT16_MAX;
	for (uint32_t port = 0; port <= UINT16_MAX; port++) {
		const char *name = service_name((uint16_t)port);

		if (name != NULL && strlen(name) == length
		    && strncasecmp(name, text, length) == 0) {
			value->low = value->high = port;
			return true;
		}
	}
	return false;
}

/* Sets all bits after the first `prefix` ones in last, clears them in first. */
static void
spread_prefix(struct filter_value *value, unsigned prefix)
{
	size_t size = value->family == SEGMENT_IPV6 ? 16 : 4;

	for (size_t i = 0; i < size; i++) {
		unsigned bits = prefix >= 8 * (i + 1) ? 8 : prefix <= 8 * i ? 0
		    : prefix - 8 * (unsigned)i;
		uint8_t mask = (uint8_t)(0xff00U >> bits);

		value->first[i] &= mask;
		value->last[i] |= (uint8_t)~mask;
	}
}

static bool
parse_address(const char *text, size_t length, uint8_t out[16], uint8_t *family)
{
	char copy[INET6_ADDRSTRLEN];

	if (length > 1 && text[0] == '[' && text[length - 1] == ']') {
		text++;
		length -= 2;
	}
	if (length == 0 || length >= sizeof copy)
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	memset(out, 0, 16);
	if (inet_pton(AF_INET, copy, out) == 1) {
		*family = SEGMENT_IPV4;
		return true;
	}
	*family = SEGMENT_IPV6;
	return inet_pton(AF_INET6, copy, out) == 1;
}

/* "10.8." and "10.8": the beginning of an IPv4 address, whole numbers. */
static bool
parse_address_beginning(const char *text, size_t length, struct filter_value *value)
{
	unsigned number = 0, digits = 0, parts = 0;
	bool dot = false;

	memset(value->first, 0, sizeof value->first);
	for (size_t i = 0; i <= length; i++) {
		char c = i < length ? text[i] : '.';

		if (c >= '0' && c <= '9' && digits < 3) {
			number = number * 10 + (unsigned)(c - '0');
			digits++;
		} else if (c == '.' && digits > 0 && number <= 255 && parts < 4) {
			value->first[parts++] = (uint8_t)number;
			number = digits = 0;
			dot = dot || i < length;
		} else if (c != '.' || i < length || digits > 0)
			return false;
	}
	if (parts == 0 || parts > 3 || !dot)
		return false;
	value->family = SEGMENT_IPV4;
	memcpy(value->last, value->first, sizeof value->last);
	spread_prefix(value, parts * 8);
	return true;
}

static bool
parse_host(const char *text, size_t length, struct filter_value *value)
{
	const char *slash = memchr(text, '/', length), *dash = memchr(text, '-', length);
	uint8_t family;

	if (slash != NULL) {
		uint64_t prefix;

		if (!parse_address(text, (size_t)(slash - text), value->first, &value->family)
		    || !parse_quantity(slash + 1, length - (size_t)(slash - text) - 1, number_units,
		    1, &prefix) || prefix > (value->family == SEGMENT_IPV6 ? 128U : 32U))
			return false;
		memcpy(value->last, value->first, sizeof value->last);
		spread_prefix(value, (unsigned)prefix);
		return true;
	}
	if (dash != NULL)
		return parse_address(text, (size_t)(dash - text), value->first, &value->family)
		    && parse_address(dash + 1, length - (size_t)(dash - text) - 1, value->last,
		    &family) && family == value->family
		    && memcmp(value->first, value->last, sizeof value->first) <= 0;
	if (parse_address(text, length, value->first, &value->family)) {
		memcpy(value->last, value->first, sizeof value->last);
		return true;
	}
	return parse_address_beginning(text, length, value);
}

/* Whether a typed name means the table's: equal in any case, `_`, `.` and `-` alike. */
static bool
name_matches(const char *table, const char *typed, size_t length)
{
	if (strlen(table) != length)
		return false;
	for (size_t i = 0; i < length; i++) {
		char a = table[i] == '_' || table[i] == '.' ? '-' : table[i];
		char b = typed[i] == '_' || typed[i] == '.' ? '-' : typed[i];

		if (strncasecmp(&a, &b, 1) != 0)
			return false;
	}
	return true;
}

/* Names that people use beside the table's. */
static const struct {
	const char *typed, *means;
} other_names[] = {
	{ "estab", "ESTABLISHED" }, { "syn-rcvd", "SYN-RECEIVED" }, { "syn-recv", "SYN-RECEIVED" },
	{ "finwait1", "FIN-WAIT-1" }, { "finwait2", "FIN-WAIT-2" }, { "timewait", "TIME-WAIT" },
	{ "closewait", "CLOSE-WAIT" }, { "retx", "retransmission" }, { "ooo", "out_of_order" },
	{ "dup", "duplicate_ack" }, { "push", "psh" }, { "reset", "rst" },
};

static bool
parse_name(const struct filter_field *field, const char *text, size_t length,
    struct filter_value *value)
{
	const char *name;
	uint64_t v;

	for (size_t i = 0; i < sizeof other_names / sizeof other_names[0]; i++) {
		if (!name_matches(other_names[i].typed, text, length))
			continue;
		for (size_t n = 0; (name = field->names(n, &v)) != NULL; n++) {
			if (strcasecmp(name, other_names[i].means) == 0) {
				value->low = value->high = v;
				return true;
			}
		}
	}
	for (size_t n = 0; (name = field->names(n, &v)) != NULL; n++) {
		if (name_matches(name, text, length)) {
			value->low = value->high = v;
			return true;
		}
	}
	return false;
}

static void
list_names(const struct filter_field *field, char *out, size_t size)
{
	size_t used = 0;
	const char *name;
	uint64_t v;

	out[0] = '\0';
	for (size_t n = 0; (name = field->names(n, &v)) != NULL; n++) {
		int wrote = snprintf(out + used, size - used, "%s%s", n > 0 ? " " : "", name);

		if (wrote < 0 || (size_t)wrote >= size - used) {
			if (used >= 4)
				strcpy(out + (used + 4 < size ? used : size - 5), " ...");
			break;
		}
		used += (size_t)wrote;
	}
}

bool
filter_value_parse(const struct filter_field *field, const char *text, size_t length,
    struct filter_value *value, char *why, size_t why_size)
{
	char typed[200], names[160];
	bool good = false;

	memset(value, 0, sizeof *value);
	shown(typed, sizeof typed, text, length);
	names[0] = '\0';
	switch (field->kind) {
	case FIELD_NUMBER:
		good = parse_range(text, length, number_units,
		    sizeof number_units / sizeof number_units[0], value);
		snprintf(why, why_size, _("\"%s\" isn't a number or a range such as 3, 10-20 or 4k"),
		    typed);
		break;
	case FIELD_DURATION:
		good = parse_range(text, length, time_units,
		    sizeof time_units / sizeof time_units[0], value);
		snprintf(why, why_size, _("\"%s\" isn't a time such as 200ms, 3s or 2m"), typed);
		break;
	case FIELD_PORT:
		good = parse_port(text, length, value);
		snprintf(why, why_size,
		    _("\"%s\" isn't a port: a number up to 65535, a range 8000-8099, or a service"),
		    typed);
		break;
	case FIELD_HOST:
		good = parse_host(text, length, value);
		snprintf(why, why_size,
		    _("\"%s\" isn't an address: 10.8.34.13, 10.0.0.0/8, 10.8. or fe80::/10"), typed);
		break;
	case FIELD_NAME:
	case FIELD_MASK:
		good = parse_name(field, text, length, value);
		if (!good)
			list_names(field, names, sizeof names);
		snprintf(why, why_size, _("%s: no \"%s\"; there are: %s"), field->name, typed, names);
		break;
	case FIELD_TEXT:
		good = length > 0 && length < sizeof value->text;
		for (size_t i = 0; good && i < length; i++)
			value->text[i] = text[i] >= 'A'
			    && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
		snprintf(why, why_size, _("%s: a word of 1 to 63 characters"), field->name);
		break;
	}
	return good;
}

/*
 * Values as text: times, sizes, counts, addresses, paragraphs.  Knows how
 * people and INTERFACE want them written; knows no files and no screen, and
 * what TCP says stands elsewhere (format_tcp.c).  RFC 5952 for IPv6 addresses.
 */
#include "view/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/language.h"
#include "tcp/service.h"
#include "tcp/words.h"
#include "view/format_internal.h"
#include "view/line.h"

#define MICROSECOND UINT64_C(1000)
#define MILLISECOND (1000 * MICROSECOND)
#define SECOND (1000 * MILLISECOND)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

size_t
format_written(int n, size_t size)
{
	if (n < 0 || size == 0)
		return 0;
	return (size_t)n < size ? (size_t)n : size - 1;
}

size_t
format_put(char *out, size_t size, const char *text)
{
	size_t n = strlen(text);

	if (size == 0)
		return 0;
	if (n >= size)
		n = size - 1;
	memcpy(out, text, n);
	out[n] = '\0';
	return n;
}

size_t
format_seconds(char *out, size_t size, uint64_t ns)
{
	return format_written(snprintf(out, size, "%" PRIu64 ".%09" PRIu64, ns / SECOND, ns % SECOND),
	    size);
}

size_t
format_signed_seconds(char *out, size_t size, int64_t ns, unsigned digits)
{
	uint64_t magnitude = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	uint64_t unit = 1;
	const char *sign = ns < 0 ? "-" : "";

	for (unsigned i = digits; i < 9; i++)
		unit *= 10;
	magnitude /= unit;
	if (digits == 0)
		return format_written(snprintf(out, size, "%s%" PRIu64, sign, magnitude), size);
	return format_written(snprintf(out, size, "%s%" PRIu64 ".%0*" PRIu64, sign,
	    magnitude / (SECOND / unit), (int)digits, magnitude % (SECOND / unit)), size);
}

static size_t
format_local(char *out, size_t size, uint64_t ns, const char *pattern)
{
	time_t seconds = (time_t)(ns / SECOND);
	struct tm local;
	char text[40];

	if (localtime_r(&seconds, &local) == NULL
	    || strftime(text, sizeof text, pattern, &local) == 0)
		return format_signed_seconds(out, size, (int64_t)ns, 6);
	return format_written(snprintf(out, size, "%s.%06" PRIu64, text, ns % SECOND / 1000), size);
}

size_t
format_clock(char *out, size_t size, uint64_t ns)
{
	return format_local(out, size, ns, "%H:%M:%S");
}

size_t
format_date(char *out, size_t size, uint64_t ns)
{
	return format_local(out, size, ns, "%Y-%m-%d %H:%M:%S");
}

static uint64_t
rounded(uint64_t ns, uint64_t unit)
{
	return (ns + unit / 2) / unit;
}

/* "1.23", "12.3", "123" units: three digits that count, zeros after the point left out. */
static size_t
three_digits(char *out, size_t size, uint64_t ns, uint64_t unit)
{
	uint64_t hundredths = rounded(ns, unit / 100), tenths = rounded(ns, unit / 10);
	size_t n;

	if (tenths >= 1000)
		return format_written(snprintf(out, size, "%" PRIu64, rounded(ns, unit)), size);
	if (hundredths >= 1000)
		n = format_written(snprintf(out, size, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10), size);
	else
		n = format_written(snprintf(out, size, "%" PRIu64 ".%02" PRIu64, hundredths / 100,
		    hundredths % 100), size);
	while (n > 0 && (out[n - 1] == '0' || out[n - 1] == '.')) {
		bool point = out[n - 1] == '.';

		out[--n] = '\0';
		if (point)
			break;
	}
	return n;
}

/* Sign, `larger` units and what is left in smaller ones, of which a larger has `per`. */
static size_t
two_units(char *out, size_t size, char sign, uint64_t n, unsigned per, const char units[2])
{
	return format_written(snprintf(out, size, "%c%" PRIu64 "%c%02" PRIu64 "%c", sign, n / per, units[0],
	    n % per, units[1]), size);
}

size_t
format_delta(char *out, size_t size, int64_t ns)
{
	uint64_t magnitude = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	char sign = ns < 0 ? '-' : '+';
	char number[FORMAT_NUMBER_MAX];
	const char *unit = "ns";

	if (rounded(magnitude, HOUR) >= 100 * 24)
		return format_written(snprintf(out, size, "%c%" PRIu64 "d", sign,
		    rounded(magnitude, 24 * HOUR)), size);
	if (rounded(magnitude, MINUTE) >= 24 * 60)
		return two_units(out, size, sign, rounded(magnitude, HOUR), 24, "dh");
	if (rounded(magnitude, SECOND) >= 3600)
		return two_units(out, size, sign, rounded(magnitude, MINUTE), 60, "hm");
	if (rounded(magnitude, SECOND) >= 1000)
		return two_units(out, size, sign, rounded(magnitude, SECOND), 60, "ms");
	if (rounded(magnitude, MILLISECOND) >= 1000)
		three_digits(number, sizeof number, magnitude, SECOND), unit = "s";
	else if (rounded(magnitude, MICROSECOND) >= 1000)
		three_digits(number, sizeof number, magnitude, MILLISECOND), unit = "ms";
	else if (magnitude >= MICROSECOND || magnitude == 0)
		three_digits(number, sizeof number, magnitude, MICROSECOND), unit = "µs";
	else
		snprintf(number, sizeof number, "%" PRIu64, magnitude);
	return format_written(snprintf(out, size, "%c%s %s", sign, number, unit), size);
}

/* In the words of the sentences that stand beside it, so that they never disagree. */
size_t
format_duration(char *out, size_t size, uint64_t ns)
{
	words_duration(out, size, ns);
	return strlen(out);
}

size_t
format_short_duration(char *out, size_t size, uint64_t ns)
{
	/* A unit serves while what it gives, rounded, is below its limit; tenths are for small numbers. */
	static const struct {
		uint64_t unit, limit;
		const char *name;
		bool tenths;
	} units[] = {
		{ MICROSECOND, 1000, "µs", false }, { MILLISECOND / 10, 100, "ms", true },
		{ MILLISECOND, 1000, "ms", false }, { SECOND / 10, 100, "s", true },
		{ SECOND, 1000, "s", false }, { MINUTE, 100, "m", false }, { HOUR, 100, "h", false },
		{ 24 * HOUR, UINT64_MAX, "d", false },
	};
	size_t i = 0;
	uint64_t n;

	while ((n = rounded(ns, units[i].unit)) >= units[i].limit)
		i++;
	if (units[i].tenths)
		return format_written(snprintf(out, size, "%" PRIu64 ".%" PRIu64 "%s", n / 10, n % 10,
		    units[i].name), size);
	return format_written(snprintf(out, size, "%" PRIu64 "%s", n, units[i].name), size);
}

static bool
is_wide(const char *character)
{
	size_t length = 1;
	char one[8];

	while (length < 4 && ((unsigned char)character[length] & 0xc0) == 0x80)
		length++;
	memcpy(one, character, length);
	one[length] = '\0';
	return text_columns(one) == 2;
}

void
format_make_ascii(char *text)
{
	/* None is longer than what it stands for, so that it can be done in place. */
	static const struct {
		const char *from, *to;
	} pairs[] = {
		{ "µ", "u" }, { "→", "->" }, { "←", "<-" }, { "…", "..." }, { "−", "-" },
		{ "–", "-" }, { "—", "-" }, { "·", "-" }, { "×", "x" }, { "§", "s." },
		{ "≥", ">=" }, { "≤", "<=" }, { "≠", "!=" }, { "≈", "~" }, { "“", "\"" },
		{ "”", "\"" }, { "‘", "'" }, { "’", "'" }, { "▾", "v" }, { "▴", "^" },
		{ "±", "+-" }, { "▸", ">" },
	};
	char *to = text;

	for (const char *from = text; *from != '\0';) {
		size_t length = 0;
		const char *by = "?";

		if ((unsigned char)*from < 0x80) {
			*to++ = *from++;
			continue;
		}
		for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
			size_t n = strlen(pairs[i].from);

			if (strncmp(from, pairs[i].from, n) == 0) {
				by = pairs[i].to;
				length = n;
				break;
			}
		}
		if (length == 0) {
			for (length = 1; ((unsigned char)from[length] & 0xc0) == 0x80; length++)
				continue;
			if (language_is_wide() && is_wide(from)) {
				memmove(to, from, length);
				to += length;
				from += length;
				continue;
			}
		}
		memcpy(to, by, strlen(by));
		to += strlen(by);
		from += length;
	}
	*to = '\0';
}

size_t
format_count(char *out, size_t size, uint64_t n)
{
	char digits[24];
	int length = snprintf(digits, sizeof digits, "%" PRIu64, n);
	size_t used = 0;

	if (size == 0)
		return 0;
	for (int i = 0; i < length && used + 1 < size; i++) {
		if (i > 0 && (length - i) % 3 == 0 && used + 2 < size)
			out[used++] = ',';
		out[used++] = digits[i];
	}
	out[used] = '\0';
	return used;
}

size_t
format_bytes(char *out, size_t size, uint64_t n)
{
	static const char units[] = "KMGTPE";
	uint64_t unit = 1000;
	size_t i = 0;

	if (n < 1000)
		return format_written(snprintf(out, size, "%" PRIu64, n), size);
	while (n / unit >= 1000 && units[i + 1] != '\0') {
		unit *= 1000;
		i++;
	}
	if (n / unit < 10 && n % unit / (unit / 10) != 0)
		return format_written(snprintf(out, size, "%" PRIu64 ".%" PRIu64 "%c", n / unit,
		    n % unit / (unit / 10), units[i]), size);
	return format_written(snprintf(out, size, "%" PRIu64 "%c", n / unit, units[i]), size);
}

size_t
format_percent(char *out, size_t size, uint64_t part, uint64_t whole)
{
	double percent;

	if (whole == 0)
		return format_put(out, size, "–");
	percent = 100.0 * (double)part / (double)whole;
	return format_written(snprintf(out, size, percent < 9.95 ? "%.1f %%" : "%.0f %%", percent), size);
}

static size_t
format_ipv4(char *out, size_t size, const uint8_t *a)
{
	char text[16], *t = text;

	for (size_t i = 0; i < 4; i++) {
		if (a[i] >= 100)
			*t++ = (char)('0' + a[i] / 100);
		if (a[i] >= 10)
			*t++ = (char)('0' + a[i] / 10 % 10);
		*t++ = (char)('0' + a[i] % 10);
		*t++ = '.';
	}
	t[-1] = '\0';
	return format_put(out, size, text);
}

size_t
format_address(char *out, size_t size, const uint8_t address[16], uint8_t family)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned group[8];
	/* RFC 5952, 4.2.2: a single zero is not shortened */
	int run_start = -1, run_length = 1;
	size_t n = 0;

	if (family != SEGMENT_IPV6)
		return format_ipv4(out, size, address);
	if (memcmp(address, mapped, sizeof mapped) == 0) {
		n = format_put(out, size, "::ffff:");
		return n + format_ipv4(out + n, size - n, address + 12);
	}
	for (int i = 0; i < 8; i++)
		group[i] = (unsigned)address[2 * i] << 8 | address[2 * i + 1];
	for (int i = 0; i < 8; i++) {
		int length = 0;

		while (i + length < 8 && group[i + length] == 0)
			length++;
		if (length > run_length) {
			run_start = i;
			run_length = length;
		}
		i += length;
	}
	if (size > 0)
		out[0] = '\0';
	for (int i = 0; i < 8; i++) {
		if (i == run_start) {
			n += format_put(out + n, size - n, "::");
			i += run_length - 1;
			continue;
		}
		if (i > 0 && i != run_start + run_length)
			n += format_put(out + n, size - n, ":");
		else if (i > 0 && run_start < 0)
			n += format_put(out + n, size - n, ":");
		n += format_written(snprintf(out + n, size - n, "%x", group[i]), size - n);
	}
	return n;
}

size_t
format_endpoint(char *out, size_t size, const uint8_t address[16], uint8_t family, uint16_t port,
    bool services)
{
	char text[FORMAT_ADDRESS_MAX];
	const char *name = services ? service_name(port) : NULL;

	format_address(text, sizeof text, address, family);
	return format_written(snprintf(out, size, family == SEGMENT_IPV6 ? "[%s]:%u%s%s" : "%s:%u%s%s",
	    text, port, name != NULL ? " " : "", name != NULL ? name : ""), size);
}

size_t
format_flow_endpoint(char *out, size_t size, const struct flow *flow, enum side side, bool services)
{
	return format_endpoint(out, size, flow->address[side], flow->family, flow->port[side],
	    services);
}

void
format_shorten(char *text, unsigned columns, const char *more)
{
	unsigned takes = text_columns(text), sign = text_columns(more);
	unsigned front, back;
	size_t from, skip, length = strlen(text), more_length = strlen(more);

	if (takes <= columns)
		return;
	if (columns <= sign + 1) {
		text[text_bytes_in(text, columns)] = '\0';
		return;
	}
	front = (columns - sign + 1) / 2;
	back = columns - sign - front;
	from = text_bytes_in(text, front);
	skip = text_bytes_in(text, takes - back);
	/* The sign may have more bytes than what it replaces: then a little more goes. */
	while (from + more_length > skip && back > 0)
		skip = text_bytes_in(text, takes - --back);
	if (from + more_length > skip) {
		text[text_bytes_in(text, columns)] = '\0';
		return;
	}
	memcpy(text + from, more, more_length);
	memmove(text + from + more_length, text + skip, length - skip + 1);
}

size_t
format_endpoint_in(char *out, size_t size, const struct flow *flow, enum side side, bool services,
    unsigned columns, const char *more)
{
	char address[FORMAT_ADDRESS_MAX + 8], port[16];
	size_t n = format_flow_endpoint(out, size, flow, side, services);
	unsigned room;

	if (text_columns(out) <= columns)
		return n;
	n = format_flow_endpoint(out, size, flow, side, false);
	if (n <= columns)
		return n;
	snprintf(port, sizeof port, flow->family == SEGMENT_IPV6 ? "]:%u" : ":%u",
	    flow->port[side]);
	address[0] = '[';
	n = flow->family == SEGMENT_IPV6;
	format_address(address + n, sizeof address - n, flow->address[side], flow->family);
	room = columns > strlen(port) ? columns - (unsigned)strlen(port) : 0;
	format_shorten(address, room, more);
	return format_written(snprintf(out, size, "%s%s", address, port), size);
}

/* What must not begin a line, and what must not end one, where lines break between any two letters. */
static bool
is_one_of(const char *set, const char *character)
{
	size_t length = 1;

	while (((unsigned char)character[length] & 0xc0) == 0x80)
		length++;
	for (const char *c = set; *c != '\0'; c++)
		if (strncmp(c, character, length) == 0)
			return true;
	return false;
}

static const char *
character_before(const char *text, size_t at)
{
	while (at > 0 && ((unsigned char)text[--at] & 0xc0) == 0x80)
		continue;
	return text + at;
}

/* Whether a line may end before text[at]: at a blank, and in Chinese anywhere but beside some signs. */
static bool
breaks_at(const char *text, size_t at)
{
	const char *before = character_before(text, at);

	if (text[at] == ' ')
		return true;
	if (*before == ' ' || !(is_wide(before) || is_wide(text + at)))
		return false;
	return !is_one_of("，。、；：？！）」』》】”’…·%),.;:?!]", text + at) && !is_one_of("（「『《【“‘([", before);
}

const char *
format_wrap(const char *text, unsigned columns, size_t *length)
{
	size_t fits = text_bytes_in(text, columns > 0 ? columns : 1);
	size_t at;

	if (text[fits] == '\0') {
		*length = fits;
		return NULL;
	}
	for (at = fits; at > 0 && !breaks_at(text, at); at = (size_t)(character_before(text, at) - text))
		continue;
	if (at == 0)		/* a word longer than the line */
		at = fits > 0 ? fits : 1;
	*length = at;
	while (text[at] == ' ')
		at++;
	return text[at] != '\0' ? text + at : NULL;
}

/*
 * A table of options by kind and length; lengths that the RFC doesn't know
 * are said to be wrong rather than read.  Version 0 is RFC 6824's, whose
 * options differ in where keys stand.
 */
#include "tcp/explain_multipath.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/language.h"
#include "packet/bytes.h"
#include "tcp/words.h"

enum { HEADER = 20, OPTION_END = 0, OPTION_NOP = 1, OPTION_MULTIPATH = 30, HEX_MAX = 2 * 20 + 1 };

/* One option; p begins with its kind. */
struct option {
	const uint8_t *p;
	uint32_t size;
	uint16_t flags;		/* of the segment: SYN and ACK */
	struct words *w;
};

/* The next one from p on, or NULL; *size is its length. */
static const uint8_t *
next_option(const uint8_t *p, const uint8_t *end, uint32_t *size)
{
	while (p < end && *p != OPTION_END) {
		*size = *p == OPTION_NOP ? 1 : end - p >= 2 ? p[1] : 0;
		if (*size == 0 || *size > (size_t)(end - p) || (*p != OPTION_NOP && *size < 2))
			return NULL;
		if (*p == OPTION_MULTIPATH && *size >= 3)
			return p;
		p += *size;
	}
	return NULL;
}

int
multipath_first(const uint8_t *header, size_t size)
{
	const uint8_t *p;
	uint32_t length;

	if (size < HEADER)
		return MULTIPATH_NONE;
	p = next_option(header + HEADER, header + size, &length);
	return p != NULL ? p[2] >> 4 : MULTIPATH_NONE;
}

/* A capture that was redacted has zeros instead. */
static bool
removed(const uint8_t *p, size_t size)
{
	while (size > 0 && p[size - 1] == 0)
		size--;
	return size == 0;
}

static const char *
hex(char out[HEX_MAX], const uint8_t *p, size_t size)
{
	if (removed(p, size))
		return words_text(WORDS_MP_REMOVED);
	out[0] = '\0';
	for (size_t i = 0; i < size && i * 2 + 3 <= HEX_MAX; i++)
		snprintf(out + i * 2, HEX_MAX - i * 2, "%02x", p[i]);
	return out;
}

static uint64_t
number_64(const uint8_t *p)
{
	return (uint64_t)bytes_32(p) << 32 | bytes_32(p + 4);
}

static void
wrong(const struct option *o)
{
	SAY(o->w, WORDS_MP_WRONG, PLAIN((uint32_t)(o->p[2] >> 4)), BYTES(o->size));
}

static void
say_capable(const struct option *o)
{
	enum { CHECKSUMS = 0x80, NO_MORE = 0x20, HASHED = 0x01 };
	uint32_t version = o->p[2] & 15, flags = o->size >= 4 ? o->p[3] : 0;
	const char *hash = !(flags & HASHED) ? words_text(WORDS_MP_NO_HASH)
	    : version == 0 ? "HMAC-SHA1" : "HMAC-SHA256";
	char own[HEX_MAX], peer[HEX_MAX];
	bool syn = o->flags & TCP_SYN, ack = o->flags & TCP_ACK;

	if (syn && !ack && (o->size == 4 || (o->size == 12 && version == 0)))
		SAY(o->w, WORDS_MP_CAPABLE_SYN, PLAIN(version), TEXT(hash));
	else if (syn && ack && o->size == 12)
		SAY(o->w, WORDS_MP_CAPABLE_SYN_ACK, PLAIN(version), TEXT(hex(own, o->p + 4, 8)),
		    TEXT(hash));
	else if (!syn && (o->size == 20 || o->size == 22 || o->size == 24))
		SAY(o->w, WORDS_MP_CAPABLE_ACK, TEXT(hex(own, o->p + 4, 8)),
		    TEXT(hex(peer, o->p + 12, 8)));
	else {
		wrong(o);
		return;
	}
	if (!syn && o->size >= 22)
		SAY(o->w, WORDS_MP_CAPABLE_DATA, BYTES(bytes_16(o->p + 20)));
	if (flags & CHECKSUMS)
		SAY(o->w, WORDS_MP_CHECKSUMS);
	if (flags & NO_MORE)
		SAY(o->w, WORDS_MP_NO_MORE);
}

static void
say_join(const struct option *o)
{
	char text[HEX_MAX];
	bool syn = o->flags & TCP_SYN, ack = o->flags & TCP_ACK, backup = o->p[2] & 1;

	if (syn && !ack && o->size == 12)
		SAY(o->w, WORDS_MP_JOIN_SYN, TEXT(hex(text, o->p + 4, 4)), PLAIN(o->p[3]));
	else if (syn && ack && o->size == 16)
		SAY(o->w, WORDS_MP_JOIN_SYN_ACK, PLAIN(o->p[3]));
	else if (!syn && o->size == 24) {
		SAY(o->w, WORDS_MP_JOIN_ACK);
		return;
	} else {
		wrong(o);
		return;
	}
	if (backup)
		SAY(o->w, WORDS_MP_SPARE);
}

static void
say_dss(const struct option *o)
{
	enum { ACK_THERE = 0x01, ACK_LONG = 0x02, MAP_THERE = 0x04, MAP_LONG = 0x08, FIN = 0x10 };
	uint32_t flags = o->size >= 4 ? o->p[3] : 0;
	uint32_t ack = !(flags & ACK_THERE) ? 0 : flags & ACK_LONG ? 8 : 4,
	    number = !(flags & MAP_THERE) ? 0 : flags & MAP_LONG ? 8 : 4,
	    needs = 4 + ack + (number > 0 ? number + 6 : 0);
	const uint8_t *map = o->p + 4 + ack;

	if (o->size < 4 || (o->size != needs && !(number > 0 && o->size == needs + 2))) {
		wrong(o);
		return;
	}
	if (ack > 0)
		SAY(o->w, WORDS_MP_DATA_ACK,
		    PLAIN(ack == 8 ? number_64(o->p + 4) : bytes_32(o->p + 4)));
	if (number > 0 && bytes_16(map + number + 4) == 0)
		SAY(o->w, WORDS_MP_INFINITE);
	else if (number > 0 && (!(flags & FIN) || bytes_16(map + number + 4) > 1))
		SAY(o->w, WORDS_MP_MAPPING, BYTES(bytes_16(map + number + 4)),
		    PLAIN(number == 8 ? number_64(map) : bytes_32(map)));
	if (flags & FIN)
		SAY(o->w, WORDS_MP_DATA_FIN);
}

static void
say_add_address(const struct option *o)
{
	enum { ECHO = 0x01, HMAC = 8, PORT = 2 };
	/* where version 0 has the family, 4 or 6, version 1 has flags */
	bool old = (o->p[2] & 15) >= 4, echo = !old && o->p[2] & ECHO;
	uint32_t tail = old || echo ? 0 : HMAC, left = o->size > 4 + tail ? o->size - 4 - tail : 0;
	uint32_t address = left >= 16 ? 16 : 4;
	char text[INET6_ADDRSTRLEN + 10] = "";
	size_t used;

	if (left != address && left != address + PORT) {
		wrong(o);
		return;
	}
	if (removed(o->p + 4, address))
		snprintf(text, sizeof text, "%s", words_text(WORDS_MP_REMOVED));
	else
		inet_ntop(address == 16 ? AF_INET6 : AF_INET, o->p + 4, text,
		    INET6_ADDRSTRLEN);
	for (used = 0; text[used] != '\0'; used++)
		;
	if (left > address && !removed(o->p + 4, address))
		snprintf(text + used, sizeof text - used, _(" port %u"), bytes_16(o->p + 4 + address));
	SAY(o->w, echo ? WORDS_MP_ADD_ADDRESS_ECHO : WORDS_MP_ADD_ADDRESS, TEXT(text),
	    PLAIN(o->p[3]));
}

static void
say_remove_address(const struct option *o)
{
	char text[HEX_MAX * 4] = "";
	size_t used = 0;

	if (o->size < 4) {
		wrong(o);
		return;
	}
	for (uint32_t i = 3; i < o->size && used + 8 < sizeof text; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%u", i > 3 ? ", " : "",
		    o->p[i]);
	SAY(o->w, WORDS_MP_REMOVE_ADDRESS, TEXT(text));
}

static void
say_priority(const struct option *o)
{
	SAY(o->w, o->p[2] & 1 ? WORDS_MP_PRIORITY_LOW : WORDS_MP_PRIORITY_NORMAL);
}

static void
say_fail(const struct option *o)
{
	SAY(o->w, WORDS_MP_FAIL);
}

static void
say_fast_close(const struct option *o)
{
	char key[HEX_MAX];

	if (o->size != 12)
		wrong(o);
	else
		SAY(o->w, WORDS_MP_FAST_CLOSE, TEXT(hex(key, o->p + 4, 8)));
}

static void
say_reset(const struct option *o)
{
	/* section 3.6 */
	static const enum words_id reasons[] = {
		WORDS_MP_RESET_UNSPECIFIED, WORDS_MP_RESET_ERROR, WORDS_MP_RESET_RESOURCES,
		WORDS_MP_RESET_PROHIBITED, WORDS_MP_RESET_OUTSTANDING, WORDS_MP_RESET_PERFORMANCE,
		WORDS_MP_RESET_MIDDLEBOX
	};
	enum { REASONS = sizeof reasons / sizeof reasons[0], TRANSIENT = 0x01 };
	uint8_t reason;

	if (o->size != 4) {
		wrong(o);
		return;
	}
	reason = o->p[3] < REASONS ? o->p[3] : 0;
	SAY(o->w, WORDS_MP_RESET, TEXT(words_text(reasons[reason])), PLAIN(o->p[3]));
	if (o->p[2] & TRANSIENT)
		SAY(o->w, WORDS_MP_RESET_TRANSIENT);
}

static void (*const kinds[])(const struct option *o) = {
	[MULTIPATH_CAPABLE] = say_capable, [MULTIPATH_JOIN] = say_join, [MULTIPATH_DSS] = say_dss,
	[MULTIPATH_ADD_ADDRESS] = say_add_address,
	[MULTIPATH_REMOVE_ADDRESS] = say_remove_address, [MULTIPATH_PRIORITY] = say_priority,
	[MULTIPATH_FAIL] = say_fail, [MULTIPATH_FAST_CLOSE] = say_fast_close,
	[MULTIPATH_RESET] = say_reset
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

void
explain_multipath(const struct frame *frame, const uint8_t *header, size_t header_size, int asked,
    char *text, size_t size)
{
	const uint8_t *end = header + header_size;
	struct words w;
	struct option o = { .p = NULL, .flags = frame->flags, .w = &w };

	words_begin(&w, text, size);
	if (header_size < HEADER)
		return;
	o.p = next_option(header + HEADER, end, &o.size);
	if (o.p == NULL && asked == MULTIPATH_CAPABLE)
		SAY(&w, WORDS_MP_DECLINED);
	else if (o.p == NULL && asked == MULTIPATH_JOIN)
		SAY(&w, WORDS_MP_JOIN_DECLINED);
	for (; o.p != NULL; o.p = next_option(o.p + o.size, end, &o.size)) {
		if (o.p[2] >> 4 < KINDS)
			kinds[o.p[2] >> 4](&o);
		else
			wrong(&o);
	}
}

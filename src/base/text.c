/*
 * Text from outside made safe: see the header.  Knows UTF-8 (RFC 3629) and
 * which code points change how a terminal or an editor shows their
 * neighbours, and nothing of where text comes from or goes to.
 */
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* First and last of the code points above ASCII that aren't shown as they are. */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	{ 0x0080, 0x009f },	/* C1 controls */
	{ 0x00ad, 0x00ad },	/* soft hyphen */
	{ 0x034f, 0x034f },	/* combining grapheme joiner */
	{ 0x061c, 0x061c },	/* Arabic letter mark */
	{ 0x115f, 0x1160 },	/* Hangul fillers */
	{ 0x17b4, 0x17b5 },	/* Khmer inherent vowels */
	{ 0x180b, 0x180f },	/* Mongolian selectors and vowel separator */
	{ 0x200b, 0x200f },	/* zero width, direction marks */
	{ 0x2028, 0x202e },	/* separators, bidirectional embedding */
	{ 0x2060, 0x206f },	/* word joiner, isolates, invisible operators */
	{ 0x3164, 0x3164 },	/* Hangul filler */
	{ 0xfe00, 0xfe0f },	/* variation selectors */
	{ 0xfeff, 0xfeff },	/* byte-order mark */
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },	/* interlinear annotation */
	{ 0xfffe, 0xffff },
	{ 0x1bca0, 0x1bca3 },	/* shorthand format controls */
	{ 0x1d173, 0x1d17a },	/* musical format controls */
	{ 0xe0000, 0xe0fff },	/* tags, variation selectors */
};

static bool
is_unsafe(uint32_t c)
{
	for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
		if (c >= unsafe[i].first && c <= unsafe[i].last)
			return true;
	return false;
}

/* The code point at text and how many bytes it takes, or 0: not valid UTF-8. */
static size_t
read_character(const uint8_t *text, size_t left, uint32_t *c)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size;

	if (text[0] < 0x80) {
		*c = text[0];
		return 1;
	}
	if (text[0] >= 0xc2 && text[0] <= 0xdf)
		size = 2;
	else if (text[0] >= 0xe0 && text[0] <= 0xef)
		size = 3;
	else if (text[0] >= 0xf0 && text[0] <= 0xf4)
		size = 4;
	else
		return 0;
	if (left < size)
		return 0;
	*c = text[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (text[i] & 0x3f);
	}
	if (*c < smallest[size] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return size;
}

/* What to write for the character at text; returns how many bytes of text it stands for. */
static size_t
escape_next(char *piece, size_t size, const uint8_t *text, size_t left)
{
	uint32_t c = 0;
	size_t taken = read_character(text, left, &c);

	if (taken == 0) {
		snprintf(piece, size, "\\x%02x", text[0]);
		return 1;
	}
	if (c == '\n')
		snprintf(piece, size, "\\n");
	else if (c == '\t')
		snprintf(piece, size, "\\t");
	else if (c == '\\')
		snprintf(piece, size, "\\\\");
	else if (c < 0x20 || c == 0x7f)
		snprintf(piece, size, "\\x%02x", (unsigned int)c);
	else if (is_unsafe(c))
		snprintf(piece, size, "\\u{%04x}", (unsigned int)c);
	else {
		memcpy(piece, text, taken);
		piece[taken] = '\0';
	}
	return taken;
}

size_t
text_safe(char *out, size_t size, const char *text, size_t length)
{
	const uint8_t *from = (const uint8_t *)text;
	size_t used = 0;

	if (size == 0)
		return 0;
	for (size_t i = 0; i < length;) {
		char piece[16];
		size_t piece_size;

		i += escape_next(piece, sizeof piece, from + i, length - i);
		piece_size = strlen(piece);
		if (used + piece_size >= size)
			break;
		memcpy(out + used, piece, piece_size);
		used += piece_size;
	}
	out[used] = '\0';
	return used;
}

const char *
text_safe_string(char *out, size_t size, const char *text)
{
	text_safe(out, size, text, strlen(text));
	return size > 0 ? out : "";
}

size_t
text_ascii(char *out, size_t size, const char *text, size_t length)
{
	size_t used = 0;

	if (size == 0)
		return 0;
	for (size_t i = 0; i < length; i++) {
		char piece[8];
		size_t piece_size;
		unsigned char c = (unsigned char)text[i];

		if (c == '\\')
			snprintf(piece, sizeof piece, "\\\\");
		else if (c >= ' ' && c < 0x7f)
			snprintf(piece, sizeof piece, "%c", c);
		else
			snprintf(piece, sizeof piece, "\\x%02x", c);
		piece_size = strlen(piece);
		if (used + piece_size >= size)
			break;
		memcpy(out + used, piece, piece_size);
		used += piece_size;
	}
	out[used] = '\0';
	return used;
}

/*
 * Rendered lines: text and styled spans.  Knows how many terminal columns a
 * character takes, by a table of its own so that it is the same in every
 * locale; knows no TCP and no curses.
 */
#include "view/line.h"

#include <stdio.h>
#include <string.h>

const char *const style_names[STYLES] = {
	[STYLE_NORMAL] = "normal",
	[STYLE_DIM] = "dim",
	[STYLE_TITLE] = "title",
	[STYLE_HEADING] = "heading",
	[STYLE_LABEL] = "label",
	[STYLE_STRONG] = "strong",
	[STYLE_CLIENT] = "client",
	[STYLE_SERVER] = "server",
	[STYLE_RAIL] = "rail",
	[STYLE_STATE] = "state",
	[STYLE_PROVISIONAL] = "provisional",
	[STYLE_REFUTED] = "refuted",
	[STYLE_OPENING] = "opening",
	[STYLE_OPEN] = "open",
	[STYLE_ACK] = "ack",
	[STYLE_CLOSING] = "closing",
	[STYLE_CLOSED] = "closed",
	[STYLE_RESET] = "reset",
	[STYLE_RESENT] = "resent",
	[STYLE_TROUBLE] = "trouble",
	[STYLE_NOTE] = "note",
	[STYLE_FOLD] = "fold",
	[STYLE_MARKED] = "marked",
	[STYLE_ERROR] = "error",
	[STYLE_FIRST] = "first",
	[STYLE_SECOND] = "second",
	[STYLE_THIRD] = "third",
	[STYLE_FOURTH] = "fourth",
	[STYLE_FIFTH] = "fifth",
};

/* Decodes one character of valid UTF-8; what isn't valid counts as a character of one byte. */
static size_t
decode_character(const char *text, uint32_t *character)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t need = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t c = s[0];

	if (need > 1) {
		c &= 0xffU >> (need + 1);
		for (size_t i = 1; i < need; i++) {
			if ((s[i] & 0xc0) != 0x80) {
				*character = s[0];
				return 1;
			}
			c = c << 6 | (s[i] & 0x3fU);
		}
	}
	*character = c;
	return need;
}

unsigned
character_columns(uint32_t c)
{
	/* East Asian wide and fullwidth blocks, combining marks: enough for file names. */
	static const struct {
		uint32_t first, last;
		unsigned columns;
	} ranges[] = {
		{ 0x0300, 0x036f, 0 }, { 0x0483, 0x0489, 0 }, { 0x0591, 0x05bd, 0 },
		{ 0x064b, 0x065f, 0 }, { 0x1100, 0x115f, 2 }, { 0x1ab0, 0x1aff, 0 },
		{ 0x1dc0, 0x1dff, 0 }, { 0x20d0, 0x20ff, 0 }, { 0x2e80, 0x303e, 2 },
		{ 0x3041, 0x33ff, 2 }, { 0x3400, 0x4dbf, 2 }, { 0x4e00, 0x9fff, 2 },
		{ 0xa000, 0xa4cf, 2 }, { 0xac00, 0xd7a3, 2 }, { 0xf900, 0xfaff, 2 },
		{ 0xfe00, 0xfe0f, 0 }, { 0xfe20, 0xfe2f, 0 }, { 0xfe30, 0xfe6f, 2 },
		{ 0xff00, 0xff60, 2 }, { 0xffe0, 0xffe6, 2 }, { 0x1f300, 0x1f64f, 2 },
		{ 0x1f900, 0x1f9ff, 2 }, { 0x20000, 0x3fffd, 2 },
	};

	if (c < 0x300)
		return 1;
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		if (c < ranges[i].first)
			return 1;
		if (c <= ranges[i].last)
			return ranges[i].columns;
	}
	return 1;
}

unsigned
text_columns(const char *text)
{
	unsigned columns = 0;
	uint32_t c;

	while (*text != '\0') {
		text += decode_character(text, &c);
		columns += character_columns(c);
	}
	return columns;
}

size_t
text_bytes_in(const char *text, unsigned columns)
{
	const char *at = text;
	uint32_t c;

	while (*at != '\0') {
		size_t bytes = decode_character(at, &c);
		unsigned takes = character_columns(c);

		if (takes > columns)
			break;
		columns -= takes;
		at += bytes;
	}
	return (size_t)(at - text);
}

void
line_clear(struct line *line)
{
	line->length = 0;
	line->columns = 0;
	line->spans = 0;
	line->text[0] = '\0';
}

/*
 * Notes that the columns from `from` on have a style; joins with the span before when that is
 * the same.
 */
static void
line_style(struct line *line, enum style style, unsigned from)
{
	struct span *last = line->spans > 0 ? &line->span[line->spans - 1] : NULL;

	if (style == STYLE_NORMAL || line->columns == from)
		return;
	if (last != NULL && last->style == style && last->column + last->width == from)
		last->width = (uint16_t)(last->width + line->columns - from);
	else if (line->spans < LINE_SPANS_MAX)
		line->span[line->spans++] = (struct span){ (uint16_t)from,
		    (uint16_t)(line->columns - from), style };
}

void
line_add_bytes(struct line *line, enum style style, const char *text, size_t length)
{
	const char *end = text + length;
	unsigned from = line->columns;
	uint32_t c;

	while (text < end) {
		size_t bytes = decode_character(text, &c);

		if (bytes > (size_t)(end - text) || line->length + bytes >= LINE_TEXT_MAX)
			break;
		memcpy(line->text + line->length, text, bytes);
		line->length += bytes;
		line->columns += character_columns(c);
		text += bytes;
	}
	line->text[line->length] = '\0';
	line_style(line, style, from);
}

void
line_add(struct line *line, enum style style, const char *text)
{
	line_add_bytes(line, style, text, strlen(text));
}

void
line_printf(struct line *line, enum style style, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	line_add(line, style, text);
}

void
line_repeat(struct line *line, enum style style, const char *text, unsigned times)
{
	size_t length = strlen(text);

	while (times-- > 0)
		line_add_bytes(line, style, text, length);
}

void
line_pad(struct line *line, unsigned column)
{
	if (line->columns < column)
		line_repeat(line, STYLE_NORMAL, " ", column - line->columns);
}

void
line_add_right(struct line *line, enum style style, const char *text, unsigned column)
{
	unsigned takes = text_columns(text);

	if (takes < column)
		line_pad(line, column - takes);
	line_add(line, style, text);
}

void
line_cut(struct line *line, unsigned columns, const char *more)
{
	unsigned takes = text_columns(more);
	enum style style;

	if (line->columns <= columns)
		return;
	if (takes > columns)
		takes = 0, more = "";
	line->length = text_bytes_in(line->text, columns - takes);
	line->text[line->length] = '\0';
	line->columns = text_columns(line->text);
	style = line_style_at(line, line->columns);
	while (line->spans > 0) {
		struct span *last = &line->span[line->spans - 1];

		if (last->column < line->columns) {
			if (last->column + last->width > line->columns)
				last->width = (uint16_t)(line->columns - last->column);
			break;
		}
		line->spans--;
	}
	line_add(line, style, more);
}

enum style
line_style_at(const struct line *line, unsigned column)
{
	for (unsigned i = 0; i < line->spans; i++) {
		const struct span *s = &line->span[i];

		if (column >= s->column && column < s->column + (unsigned)s->width)
			return s->style;
	}
	return STYLE_NORMAL;
}

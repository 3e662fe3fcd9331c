/*
 * Cells and what is drawn into them.  Text comes as UTF-8 that is safe
 * already; where only ASCII may be shown, line-drawing and other characters
 * of our own have a stand-in of the same width, all else becomes `?`, but the
 * letters of the user's language.
 */
#include "tui/picture.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"

void
picture_init(struct picture *p, unsigned columns, unsigned lines, bool ascii)
{
	*p = (struct picture){ .ascii = ascii, .cursor_line = -1 };
	picture_resize(p, columns, lines);
}

void
picture_fini(struct picture *p)
{
	free(p->cells);
	p->cells = NULL;
}

void
picture_resize(struct picture *p, unsigned columns, unsigned lines)
{
	free(p->cells);
	p->columns = columns;
	p->lines = lines;
	p->cells = memory_new_array((size_t)columns * lines + 1, sizeof *p->cells);
	picture_clear(p);
}

void
picture_clear(struct picture *p)
{
	struct picture_cell blank = { .text = { ' ' }, .style = STYLE_NORMAL };

	for (size_t i = 0; i < (size_t)p->columns * p->lines; i++)
		p->cells[i] = blank;
	p->cursor_line = -1;
}

struct picture_cell *
picture_at(const struct picture *p, unsigned line, unsigned column)
{
	return &p->cells[(size_t)line * p->columns + column];
}

static const struct {
	uint32_t character;
	char instead;
} ascii_stand_ins[] = {
	{ 0x2500, '-' }, { 0x2501, '-' }, { 0x2502, '|' }, { 0x2503, '|' }, { 0x250c, '+' }, { 0x2510, '+' },
	{ 0x2514, '+' }, { 0x2518, '+' }, { 0x251c, '+' }, { 0x2524, '+' }, { 0x252c, '+' }, { 0x2534, '+' },
	{ 0x25b6, '>' }, { 0x25b8, '>' }, { 0x25c0, '<' }, { 0x25c2, '<' }, { 0x25be, 'v' }, { 0x25b4, '^' },
	{ 0x2190, '<' }, { 0x2191, '^' }, { 0x2192, '>' }, { 0x2193, 'v' }, { 0x2026, '~' }, { 0x00b7, '.' },
	{ 0x2013, '-' }, { 0x2014, '-' }, { 0x2212, '-' }, { 0x00b5, 'u' }, { 0x03bc, 'u' }, { 0x00d7, 'x' },
	{ 0x00a7, 'S' }, { 0x2019, '\'' }, { 0x201c, '"' }, { 0x201d, '"' }, { 0x2588, '#' }, { 0x2591, '.' },
	{ 0x25cf, '*' }, { 0x2022, '*' }
};

static uint32_t
stand_in(uint32_t c)
{
	for (size_t i = 0; i < sizeof ascii_stand_ins / sizeof ascii_stand_ins[0]; i++)
		if (ascii_stand_ins[i].character == c)
			return (uint32_t)ascii_stand_ins[i].instead;
	return '?';
}

/* The next character of UTF-8 text; what isn't UTF-8 is one '?' a byte. */
static const char *
next_character(const char *text, uint32_t *out)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned more = s[0] >= 0xf0 ? 3 : s[0] >= 0xe0 ? 2 : s[0] >= 0xc0 ? 1 : 0;
	uint32_t c = more == 0 ? s[0] : s[0] & (0x3fU >> more);

	if (s[0] >= 0x80 && s[0] < 0xc0) {
		*out = '?';
		return text + 1;
	}
	for (unsigned i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			*out = '?';
			return text + 1;
		}
		c = c << 6 | (s[i] & 0x3f);
	}
	*out = c;
	return text + 1 + more;
}

/* A wide character whose other half is overwritten leaves a blank. */
static void
break_wide(struct picture *p, unsigned line, unsigned column)
{
	struct picture_cell *cell = picture_at(p, line, column);

	if (cell->text[0] == 0 && column > 0)
		cell[-1].text[0] = ' ', cell[-1].text[1] = 0;
	if (column + 1 < p->columns && cell[1].text[0] == 0)
		cell[1].text[0] = ' ';
}

static void
combine(struct picture_cell *cell, uint32_t c)
{
	for (int i = 1; i <= PICTURE_COMBINING; i++) {
		if (cell->text[i] == 0) {
			cell->text[i] = c;
			return;
		}
	}
}

/* What is drawn outside the picture is counted but not drawn. */
static void
put_character(struct picture *p, int line, int column, unsigned columns, enum style style, uint32_t c)
{
	struct picture_cell *cell;

	if (line < 0 || (unsigned)line >= p->lines || column < 0 || (unsigned)column + columns > p->columns)
		return;
	cell = picture_at(p, (unsigned)line, (unsigned)column);
	for (unsigned i = 0; i < columns; i++) {
		break_wide(p, (unsigned)line, (unsigned)column + i);
		cell[i] = (struct picture_cell){ .text = { i == 0 ? c : 0 }, .style = (uint16_t)style,
		    .emphasis = cell[i].emphasis };
	}
}

struct pen {
	int line, column;
	unsigned skip;		/* columns of the text still to be left out */
	unsigned at;		/* column of the text */
	unsigned room;
};

/* false when there is no more room. */
static bool
pen_write(struct picture *p, struct pen *pen, enum style style, uint32_t c)
{
	unsigned columns;
	bool ascii;

	if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0))
		c = '?';
	columns = character_columns(c);
	ascii = p->ascii && !(columns == 2 && language_is_wide());
	if (columns == 0) {
		if (!p->ascii && pen->skip == 0 && pen->column > 0 && pen->line >= 0 &&
		    (unsigned)pen->line < p->lines && (unsigned)pen->column <= p->columns) {
			struct picture_cell *cell = picture_at(p, (unsigned)pen->line, (unsigned)pen->column - 1);

			combine(cell->text[0] == 0 ? cell - 1 : cell, c);
		}
		return true;
	}
	if (ascii && c >= 0x80)
		c = stand_in(c);
	pen->at += columns;
	if (pen->skip > 0) {
		/* half a wide character at the left edge is a blank */
		for (; pen->skip > 0 && columns > 0; columns--)
			pen->skip--;
		if (columns == 0)
			return true;
		c = ' ';
	}
	if (columns > pen->room)
		return false;
	for (unsigned i = 0; ascii && i < columns; i++)
		put_character(p, pen->line, pen->column + (int)i, 1, style, c);
	if (!ascii)
		put_character(p, pen->line, pen->column, columns, style, c);
	pen->column += (int)columns;
	pen->room -= columns;
	return true;
}

unsigned
picture_put(struct picture *p, int line, int column, unsigned width, enum style style, const char *text)
{
	struct pen pen = { .line = line, .column = column, .room = width };

	while (*text != '\0') {
		uint32_t c;

		text = next_character(text, &c);
		if (!pen_write(p, &pen, style, c))
			break;
	}
	return width - pen.room;
}

void
picture_put_line(struct picture *p, int line, int column, unsigned width, const struct line *what, unsigned from)
{
	struct pen pen = { .line = line, .column = column, .skip = from, .room = width };
	const char *text = what->text;
	unsigned span = 0;

	while (*text != '\0') {
		enum style style = STYLE_NORMAL;
		uint32_t c;

		while (span < what->spans && pen.at >= (unsigned)what->span[span].column + what->span[span].width)
			span++;
		if (span < what->spans && pen.at >= what->span[span].column)
			style = what->span[span].style;
		text = next_character(text, &c);
		if (!pen_write(p, &pen, style, c))
			break;
	}
	/* Half a number would be another one. */
	if (width > 0 && what->columns > from && what->columns - from > width)
		picture_put(p, line, column + (int)width - 1, 1, STYLE_DIM, "…");
}

void
picture_rule(struct picture *p, int line, int column, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		picture_put(p, line, column + (int)i, 1, STYLE_RAIL, "─");
}

void
picture_box(struct picture *p, int line, int column, unsigned width, unsigned lines, const char *title)
{
	if (width < 2 || lines < 2)
		return;
	for (unsigned y = 0; y < lines; y++) {
		int at = line + (int)y;

		picture_emphasize(p, at, column, width, PICTURE_BOX);
		for (unsigned x = 0; x < width; x++)
			picture_put(p, at, column + (int)x, 1, STYLE_NORMAL, " ");
		if (y == 0 || y == lines - 1)
			picture_rule(p, at, column, width);
		picture_put(p, at, column, 1, STYLE_RAIL, y == 0 ? "┌" : y == lines - 1 ? "└" : "│");
		picture_put(p, at, column + (int)width - 1, 1, STYLE_RAIL, y == 0 ? "┐" : y == lines - 1 ? "┘" : "│");
	}
	if (title != NULL && width > 6) {
		unsigned used = picture_put(p, line, column + 3, width - 6, STYLE_TITLE, title);

		picture_put(p, line, column + 2, 1, STYLE_TITLE, " ");
		picture_put(p, line, column + 3 + (int)used, 1, STYLE_TITLE, " ");
	}
}

void
picture_emphasize(struct picture *p, int line, int column, unsigned width, enum picture_emphasis how)
{
	if (line < 0 || (unsigned)line >= p->lines)
		return;
	for (unsigned i = 0; i < width; i++)
		if (column + (int)i >= 0 && (unsigned)column + i < p->columns)
			picture_at(p, (unsigned)line, (unsigned)column + i)->emphasis = (uint16_t)how;
}

void
picture_cursor(struct picture *p, int line, int column)
{
	p->cursor_line = line < (int)p->lines && column < (int)p->columns ? line : -1;
	p->cursor_column = column;
}

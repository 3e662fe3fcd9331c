/*
 * Pictures as files.  Blanks at the ends of lines are left out of the text,
 * so that files compare well; styles are written where they change.
 */
#include "tui/save.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tui/keys.h"
#include "tui/look.h"

enum { CELL_WIDTH = 9, CELL_HEIGHT = 19, BASELINE = 14 };

static bool
is_blank(const struct picture_cell *cell)
{
	return cell->text[0] == ' ' && cell->text[1] == 0 && cell->emphasis == PICTURE_PLAIN;
}

static unsigned
used_columns(const struct picture *p, unsigned line)
{
	unsigned n = p->columns;

	while (n > 0 && is_blank(picture_at(p, line, n - 1)))
		n--;
	return n;
}

static void
write_text(const struct picture_cell *cell, FILE *out)
{
	for (int i = 0; i <= PICTURE_COMBINING && cell->text[i] != 0; i++) {
		char bytes[4];

		fwrite(bytes, 1, keys_utf8(cell->text[i], bytes), out);
	}
}

static void
save_text(const struct picture *p, FILE *out)
{
	for (unsigned y = 0; y < p->lines; y++) {
		for (unsigned x = 0; x < used_columns(p, y); x++)
			write_text(picture_at(p, y, x), out);
		fputc('\n', out);
	}
}

static void
write_sgr(struct look look, FILE *out)
{
	fputs("\033[0", out);
	if (look.attributes & LOOK_BOLD)
		fputs(";1", out);
	if (look.attributes & LOOK_UNDERLINE)
		fputs(";4", out);
	if (look.attributes & LOOK_REVERSE)
		fputs(";7", out);
	if (look.foreground >= 0)
		fprintf(out, ";38;5;%d", look.foreground);
	if (look.background >= 0)
		fprintf(out, ";48;5;%d", look.background);
	fputc('m', out);
}

static struct look
cell_look(const struct picture *p, const struct picture_cell *cell)
{
	return look_in(p->palette, (enum style)cell->style, (enum picture_emphasis)cell->emphasis, LOOK_256);
}

static bool
same_look(struct look a, struct look b)
{
	return a.foreground == b.foreground && a.background == b.background && a.attributes == b.attributes;
}

static void
save_ansi(const struct picture *p, FILE *out)
{
	const struct look plain = { -1, -1, 0 };

	for (unsigned y = 0; y < p->lines; y++) {
		struct look now = plain;

		for (unsigned x = 0; x < used_columns(p, y); x++) {
			const struct picture_cell *cell = picture_at(p, y, x);

			if (!same_look(cell_look(p, cell), now)) {
				now = cell_look(p, cell);
				write_sgr(now, out);
			}
			write_text(cell, out);
		}
		fputs(same_look(now, plain) ? "\n" : "\033[0m\n", out);
	}
}

/* ---- SVG: on a dark ground, in the palette of 256 colours */

static unsigned
rgb_of(short color, unsigned otherwise)
{
	static const unsigned char steps[] = { 0, 95, 135, 175, 215, 255 };
	unsigned c = (unsigned)color;

	if (color < 16)
		return otherwise;
	if (c >= 232)
		return (8 + (c - 232) * 10) * 0x010101U;
	c -= 16;
	return (unsigned)steps[c / 36] << 16 | (unsigned)steps[c / 6 % 6] << 8 | steps[c % 6];
}

static void
write_escaped(const struct picture_cell *cell, FILE *out)
{
	if (cell->text[0] == '<')
		fputs("&lt;", out);
	else if (cell->text[0] == '&')
		fputs("&amp;", out);
	else if (cell->text[0] == ' ')
		fputs("&#160;", out);
	else
		write_text(cell, out);
}

static bool
is_space(const struct picture *p, unsigned y, unsigned x)
{
	return picture_at(p, y, x)->text[0] == ' ' && picture_at(p, y, x)->text[1] == 0;
}

static void
save_svg_run(const struct picture *p, unsigned y, unsigned from, unsigned to, FILE *out)
{
	struct look look = cell_look(p, picture_at(p, y, from));
	unsigned ink = rgb_of(look.foreground, 0xd7dae0), ground = rgb_of(look.background, 0x1c1c1c);
	unsigned x = from * CELL_WIDTH, width = (to - from) * CELL_WIDTH;

	if (look.attributes & LOOK_REVERSE) {
		unsigned swap = ink;

		ink = ground;
		ground = swap;
	}
	if (ground != 0x1c1c1c)
		fprintf(out, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" fill=\"#%06x\"/>\n", x,
		    y * CELL_HEIGHT, width, CELL_HEIGHT, ground);
	/* blanks at the ends go, since not everybody who draws keeps them */
	while (from < to && is_space(p, y, from))
		from++;
	while (from < to && is_space(p, y, to - 1))
		to--;
	if (from == to)
		return;
	fprintf(out, "<text x=\"%u\" y=\"%u\" textLength=\"%u\" fill=\"#%06x\"%s%s>", from * CELL_WIDTH,
	    y * CELL_HEIGHT + BASELINE, (to - from) * CELL_WIDTH, ink, look.attributes & LOOK_BOLD ? " font-weight=\"bold\"" : "",
	    look.attributes & LOOK_UNDERLINE ? " text-decoration=\"underline\"" : "");
	for (unsigned n = from; n < to; n++)
		if (picture_at(p, y, n)->text[0] != 0)
			write_escaped(picture_at(p, y, n), out);
	fputs("</text>\n", out);
}

static void
save_svg(const struct picture *p, FILE *out)
{
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" "
	    "font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"15\">\n"
	    "<rect width=\"100%%\" height=\"100%%\" fill=\"#1c1c1c\"/>\n",
	    p->columns * CELL_WIDTH, p->lines * CELL_HEIGHT);
	for (unsigned y = 0; y < p->lines; y++) {
		unsigned end = used_columns(p, y), from = 0;

		while (from < end) {
			unsigned to = from + 1;

			while (to < end && (picture_at(p, y, to)->text[0] == 0 ||
			    same_look(cell_look(p, picture_at(p, y, to)), cell_look(p, picture_at(p, y, from)))))
				to++;
			save_svg_run(p, y, from, to, out);
			from = to;
		}
	}
	fputs("</svg>\n", out);
}

static const struct {
	const char *ending;
	void (*save)(const struct picture *p, FILE *out);
} kinds[] = { { ".txt", save_text }, { ".ansi", save_ansi }, { ".svg", save_svg } };
enum { KINDS = sizeof kinds / sizeof kinds[0] };

bool
save_picture_as(const struct picture *p, const char *ending, FILE *out)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].ending, ending) == 0) {
			kinds[i].save(p, out);
			return true;
		}
	return false;
}

bool
save_picture(const struct picture *p, const char *name, struct error *error)
{
	const char *ending = strrchr(name, '.');
	char safe[256];
	FILE *out;
	bool known = false, failed;

	text_safe_string(safe, sizeof safe, name);
	for (size_t i = 0; ending != NULL && i < KINDS; i++)
		known = known || strcmp(kinds[i].ending, ending) == 0;
	if (!known)
		return error_set(error, "save-screen %s: the name must end in .txt, .ansi or .svg", safe);
	out = fopen(name, "we");
	if (out == NULL)
		return error_set(error, "%s can't be written: %s", safe, strerror(errno));
	save_picture_as(p, ending, out);
	failed = ferror(out) != 0;
	failed = fclose(out) != 0 || failed;
	return failed ? error_set(error, "%s can't be written: %s", safe, strerror(errno)) : true;
}

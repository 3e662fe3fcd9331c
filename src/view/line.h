/*
 * A rendered line: UTF-8 text and spans that say in which style which
 * columns are to be drawn.  What the view models give to whoever draws:
 * the screen maps styles to colours and attributes, text output ignores
 * them.  Knows no TCP and no curses.
 */
#ifndef TCPLADDER_VIEW_LINE_H
#define TCPLADDER_VIEW_LINE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* What a piece of text is, not how it looks. */
enum style {
	STYLE_NORMAL,
	STYLE_DIM,		/* of little importance: times, numbers, folded runs */
	STYLE_TITLE,		/* a screen's heading */
	STYLE_HEADING,		/* column headings */
	STYLE_LABEL,		/* name of a field in a decoded packet */
	STYLE_STRONG,
	STYLE_CLIENT, STYLE_SERVER,	/* by direction */
	STYLE_RAIL,		/* lifelines */
	STYLE_STATE,		/* a state that is proved */
	STYLE_PROVISIONAL,	/* a state with ? */
	STYLE_REFUTED,		/* a state that turned out not to have been */
	STYLE_OPENING,		/* SYN, connecting states */
	STYLE_OPEN,		/* established, plain data */
	STYLE_ACK,		/* plain acknowledgment */
	STYLE_CLOSING,		/* FIN, closing states */
	STYLE_CLOSED,
	STYLE_RESET,		/* RST, failed connections */
	STYLE_RESENT,		/* RETX and its kinds */
	STYLE_TROUBLE,		/* other anomalies: OOO, GAP, ZEROWIN, DUP */
	STYLE_NOTE,		/* harmless notes: KEEPALIVE, WINDOW */
	STYLE_FOLD,		/* "13 segments: ..." */
	STYLE_MARKED,		/* bytes under the cursor's field */
	STYLE_ERROR,
	/* connections side by side, in turn */
	STYLE_FIRST, STYLE_SECOND, STYLE_THIRD, STYLE_FOURTH, STYLE_FIFTH,
	STYLES
};
/* "dim", "resent": for colour settings and pictures */
extern const char *const style_names[STYLES];

struct span {
	uint16_t column, width;	/* in terminal columns, from 0 */
	enum style style;
};

enum { LINE_TEXT_MAX = 4096, LINE_SPANS_MAX = 96 };

struct line {
	size_t length;		/* bytes of text, without the NUL */
	unsigned columns;	/* terminal columns that the text takes */
	/* in order, never overlapping; columns without a span are STYLE_NORMAL */
	unsigned spans;
	struct span span[LINE_SPANS_MAX];
	char text[LINE_TEXT_MAX];	/* always terminated; safe: no control characters */
};

void line_clear(struct line *line);

/* Appends text that is safe already. What doesn't fit is left out, whole characters at a time. */
void line_add(struct line *line, enum style style, const char *text);
void line_add_bytes(struct line *line, enum style style, const char *text, size_t length);
void line_printf(struct line *line, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void line_repeat(struct line *line, enum style style, const char *text, unsigned times);

/* Spaces up to that column (nothing when the line is there already). */
void line_pad(struct line *line, unsigned column);

/* Text that ends at (exclusive) that column, with spaces before it. */
void line_add_right(struct line *line, enum style style, const char *text, unsigned column);

/* Cuts to at most that many columns; `more` (e.g. "…") then ends it. */
void line_cut(struct line *line, unsigned columns, const char *more);

/* The style of a column. */
enum style line_style_at(const struct line *line, unsigned column);

/* Terminal columns of a character and of a UTF-8 text; the same in every locale. */
unsigned character_columns(uint32_t character);
unsigned text_columns(const char *text);

/* The bytes of `text` that take at most `columns` columns. */
size_t text_bytes_in(const char *text, unsigned columns);

#endif

/*
 * Everything that stories say, as a table of sentences: one place to
 * translate.  A sentence is a template in which {1} to {8} stand for values,
 * in whatever order a language needs them; values know how they are written
 * (a duration, a number of bytes, which end).  The user's language is looked
 * up here, and nowhere else for these.  Knows no TCP.
 */
#ifndef TCPLADDER_TCP_WORDS_H
#define TCPLADDER_TCP_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcp/words_list.h"

enum words_kind {
	WORDS_NOTHING, WORDS_SIDE, WORDS_COUNT, WORDS_PLAIN, WORDS_TIME, WORDS_BYTES, WORDS_UNSCALED,
	WORDS_TIMES, WORDS_TEXT
};
enum { WORDS_VALUES = 8 };

struct words_value {
	enum words_kind kind;
	uint64_t number;
	const char *text;
};

#define SIDE(side)	{ WORDS_SIDE, (side), NULL }	/* "the client" */
#define COUNT(n)	{ WORDS_COUNT, (n), NULL }	/* "12,841" */
#define PLAIN(n)	{ WORDS_PLAIN, (n), NULL }	/* "12841": of frames, bytes in the stream */
#define TIME(ns)	{ WORDS_TIME, (ns), NULL }	/* "128 µs" */
#define BYTES(n)	{ WORDS_BYTES, (n), NULL }	/* "1 byte", "1,460 bytes" */
#define UNSCALED(n)	{ WORDS_UNSCALED, (n), NULL }	/* "502 (unscaled)": a window in units of nobody knows what */
#define TIMES(n)	{ WORDS_TIMES, (n), NULL }	/* "once", "twice", "4 times" */
#define TEXT(s)		{ WORDS_TEXT, 0, (s) }

struct words {
	char *out;
	size_t size, used;
	bool blank;	/* to come before what comes next, if the language has blanks there */
};

/* An empty text in out, of size bytes (at least 1): always terminated, never cut inside a character. */
void words_begin(struct words *w, char *out, size_t size);

/*
 * Appends a sentence, with a blank before it unless it is the first or begins
 * with punctuation.  The first letter of a sentence becomes a capital.
 */
#define SAY(w, id, ...) \
	words_say((w), (id), (const struct words_value[WORDS_VALUES]){ __VA_ARGS__ })
void words_say(struct words *w, enum words_id id, const struct words_value values[WORDS_VALUES]);

/* A duration in human units, without a sentence around it. */
void words_duration(char *out, size_t size, uint64_t ns);

/* The text of a row without values, in the user's language. */
const char *words_text(enum words_id id);

/*
 * Appends a sentence to others, with a blank between them where the language has one; nothing when it
 * doesn't fit. Returns the bytes of all.
 */
size_t words_join(char *text, size_t size, const char *more);

/* The template as it stands in the table, for tests of it. */
const char *words_template(enum words_id id);

#endif

/*
 * The language that people are spoken to in.  Everything they read is an
 * English text in the program, looked up in a catalogue (po/) by gettext: _()
 * where it is used, N_() where a table only holds it and whoever shows the
 * table looks it up.  Knows no sentences.
 *
 * What machines read is English always.  What writes it holds an English
 * moment around itself: of the running thread only, so that nothing else
 * changes its language meanwhile.
 */
#ifndef TCPLADDER_BASE_LANGUAGE_H
#define TCPLADDER_BASE_LANGUAGE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Speaks as the environment says (LC_ALL, LC_MESSAGES, LANG, LANGUAGE), where
 * there is a catalogue for that and characters are UTF-8; else English.
 * Numbers and times don't follow.  Opens the catalogue at once, since later
 * it may not be permitted any more.  Once, before everything else.
 */
void language_begin(void);

/* The text in the user's language, valid for ever; the text itself where there is no translation. */
const char *language_text(const char *text) __attribute__((format_arg(1)));

/* The same for a text that depends on a number. */
const char *language_plural(const char *one, const char *many, uint64_t n)
    __attribute__((format_arg(1), format_arg(2)));

/* The same for a text that means different things in different places: context "\004" text. */
const char *language_text_in(const char *with_context, const char *text) __attribute__((format_arg(2)));

/*
 * Whether texts are in a language whose letters take two columns of a terminal: then they are shown even
 * where our own lines and signs are to be ASCII, since they have no stand-in.
 */
bool language_is_wide(void);

#define _(text)			language_text(text)
#define P_(one, many, n)	language_plural((one), (many), (n))
#define C_(context, text)	language_text_in(context "\004" text, (text))
#define N_(text)		text	/* marked for the catalogue, looked up later */

struct language_english {
	void *before, *meanwhile;	/* locales; NULL: nothing was changed */
};

/*
 * From begin to end this thread speaks English. They nest.
 *
 *	struct language_english english;
 *
 *	language_english_begin(&english);
 *	... everything that is for machines ...
 *	language_english_end(&english);
 */
void language_english_begin(struct language_english *english);
void language_english_end(struct language_english *english);

#endif

/*
 * What the scripts in testdata/scripts say of the program: every code of the
 * list, every note and every sentence of tcp/words_list.h stands in what at
 * least two of them expect.  Reads scripts, not captures: tests/segment-scripts
 * sees to it that what they expect is what the program says.
 *
 *	tests/expectations [-v] SCRIPT...	(without: all in $TESTDATA/scripts)
 *
 * An expectation ~"some words" asserts the sentence that they are part of,
 * whatever the values.  Words that are part of several sentences assert
 * none.  -v tells which scripts assert what.
 */
#include <ctype.h>
#include <glob.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tcp/frame.h"
#include "tcp/story.h"
#include "tcp/words.h"

enum { WANTED_SCRIPTS = 2, WANTED_MAX = 500, LINE_ROOM = 8192, VALUE_MAX = 60 };

/* What takes a capture too long to keep one for it: thousands of segments. Each is asserted by the test named. */
static const struct { enum words_id id; const char *by; } elsewhere[] = {
	{ WORDS_STAMPS_CUT, "tests/test-timing.c" },
	{ WORDS_GIVEN_UP, "tests/test-eviction.c" }, { WORDS_GIVEN_UP_ONE, "tests/endurance.c" },
	{ WORDS_EXISTED, "tests/live/host.c" }, { WORDS_MIDSTREAM_EXISTED, "tests/live/host.c" }
};

struct wanted {
	char name[64];			/* "outcome=open", "note keep_alive"; empty for a sentence */
	const char *sentence;		/* its template, or NULL */
	bool elsewhere;
	unsigned scripts, last;		/* how many assert it, and the last one's number */
	char first[64];			/* who asserts it first */
};

struct check {
	struct wanted wanted[WANTED_MAX];
	size_t count;
	unsigned script;		/* from 1 */
	const char *name;
	bool verbose;
};

static struct wanted *want(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static struct wanted *
want(struct check *c, const char *format, ...)
{
	struct wanted *w = &c->wanted[c->count];
	va_list arguments;

	if (++c->count > WANTED_MAX) {
		fputs("not ok: more codes and sentences than WANTED_MAX\n", stdout);
		exit(1);
	}
	va_start(arguments, format);
	vsnprintf(w->name, sizeof w->name, format, arguments);
	va_end(arguments);
	return w;
}

static void
want_everything(struct check *c)
{
#define WORDS_NAME(id, text) #id,
	static const char *const ids[] = { WORDS_LIST(WORDS_NAME) };
#undef WORDS_NAME

	for (unsigned i = 0; i < OUTCOMES; i++)
		want(c, "outcome=%s", outcome_names[i]);
	for (unsigned i = 0; i < CLOSERS; i++)
		want(c, "closed_by=%s", closer_names[i]);
	for (unsigned i = 0; i < CLOSE_SHAPES; i++)
		want(c, "close_shape=%s", close_shape_names[i]);
	for (unsigned i = 0; i < CONN_STATES; i++)
		want(c, "conn_state=%s", conn_state_names[i]);
	for (unsigned i = 0; i < NOTES; i++)
		want(c, "note %s", note_names[i].name);
	for (unsigned i = 0; i < WORDS_IDS; i++) {
		struct wanted *w = want(c, "%s", ids[i]);

		w->sentence = words_template((enum words_id)i);
		for (size_t k = 0; k < sizeof elsewhere / sizeof elsewhere[0]; k++)
			w->elsewhere |= elsewhere[k].id == i;
	}
}

static void
saw(struct check *c, struct wanted *w, const char *by)
{
	if (w->last == c->script)
		return;
	if (w->scripts++ == 0)
		snprintf(w->first, sizeof w->first, "%s", c->name);
	w->last = c->script;
	if (c->verbose)
		printf("# %s: %s: %s\n", w->name, c->name, by);
}

static void
saw_name(struct check *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->wanted[i].sentence == NULL && strcmp(c->wanted[i].name, name) == 0)
			saw(c, &c->wanted[i], name);
}

/* ---- words to sentences */

static bool
is_value(const char *t)
{
	return t[0] == '{' && isdigit((unsigned char)t[1]) && t[2] == '}';
}

/*
 * How many characters of the template, values not counted, stand in the
 * words when these begin at t; less than 1 when they don't fit.  They may end before
 * the template does; `wholly`: it may end before they do, but not they
 * before it.
 */
static int
fits(const char *t, const char *words, bool wholly)
{
	int best = -1;

	if (*t == '\0')
		return *words == '\0' || wholly ? 0 : -1;
	if (*words == '\0')
		return wholly ? -1 : 0;
	if (is_value(t) && is_value(t + 3))
		return fits(t + 3, words, wholly);	/* two in a row are as one */
	if (is_value(t)) {
		for (size_t n = 0; n <= VALUE_MAX; n++) {
			int rest = fits(t + 3, words + n, wholly);

			if (rest > best)
				best = rest;
			if (words[n] == '\0')
				break;
		}
		return best;
	}
	if (*t != *words)
		return -1;
	best = fits(t + 1, words + 1, wholly);
	return best < 0 ? -1 : best + 1;
}

/* "once", ", after {1}": what stands as a value in sentences. */
static bool
is_fragment(const char *template)
{
	return strchr(".?", template[strlen(template) - 1]) == NULL;
}

static int
fits_sentence(const char *template, const char *words)
{
	int best = -1;

	if (is_fragment(template)) {
		for (const char *at = words; *at != '\0'; at++) {
			bool begins = at == words || !isalnum((unsigned char)at[-1]) || !isalnum((unsigned char)template[0]);
			/* "Twice" where it begins a sentence. */
			bool capital = *at != template[0] && tolower((unsigned char)*at) == template[0];
			int n = !begins ? -1 : capital ? fits(template + 1, at + 1, true) : fits(template, at, true);

			if (n >= 0)
				return n + capital;
		}
		return -1;
	}
	for (const char *t = template; *t != '\0'; t += is_value(t) ? 3 : 1) {
		int n = fits(t, words, false);

		if (n > best)
			best = n;
	}
	return best;
}

/* One sentence of what is expected, or a part of one. */
static void
saw_sentence(struct check *c, const char *words)
{
	struct wanted *found = NULL;
	int most = 0;

	for (size_t i = 0; i < c->count; i++) {
		struct wanted *w = &c->wanted[i];
		int n;

		if (w->sentence == NULL)
			continue;
		n = fits_sentence(w->sentence, words);
		if (is_fragment(w->sentence)) {
			if (n > 0)
				saw(c, w, words);
			continue;
		}
		if (n > most) {
			found = w;
			most = n;
		} else if (n == most) {
			found = NULL;	/* it could be either */
		}
	}
	if (found != NULL)
		saw(c, found, words);
}

static void
saw_words(struct check *c, char *words)
{
	char *end;

	do {
		end = words;
		while ((end = strpbrk(end, ".?")) != NULL && !(end[1] == ' ' && !islower((unsigned char)end[2])))
			end++;
		if (end != NULL)
			end[1] = '\0';
		saw_sentence(c, words);
		words = end != NULL ? end + 2 : NULL;
	} while (words != NULL && *words != '\0');
}

/* Takes the quoted words behind each ~ out of the text. */
static void
take_words(struct check *c, char *text)
{
	char *at = text;

	while ((at = strstr(at, "~\"")) != NULL) {
		char words[LINE_ROOM], *out = words, *p = at + 2;

		while (*p != '\0' && *p != '"') {
			if (*p == '\\' && p[1] != '\0')
				p++;
			*out++ = *p++;
		}
		*out = '\0';
		saw_words(c, words);
		memset(at, ' ', (size_t)(p - at) + (*p == '"'));
	}
}

static void
read_expect(struct check *c, char *line)
{
	take_words(c, line);
	for (char *word = strtok(line, " \t\n"); word != NULL; word = strtok(NULL, " \t\n"))
		saw_name(c, word);
}

static void
read_frame(struct check *c, char *expected)
{
	char *notes;

	take_words(c, expected);
	notes = strchr(expected, '[');
	if (notes == NULL)
		return;
	for (char *note = strtok(notes + 1, ",] \t\n"); note != NULL; note = strtok(NULL, ",] \t\n")) {
		char name[64];

		snprintf(name, sizeof name, "note %s", note);
		saw_name(c, name);
	}
}

static bool
read_script(struct check *c, const char *path)
{
	char line[LINE_ROOM];
	FILE *in = fopen(path, "r");

	if (in == NULL) {
		perror(path);
		return false;
	}
	c->script++;
	c->name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	while (fgets(line, sizeof line, in) != NULL) {
		char *expected = strstr(line, " ; ");

		if (strncmp(line, "expect ", 7) == 0)
			read_expect(c, line);
		else if ((isdigit((unsigned char)line[0]) || line[0] == '+') && expected != NULL)
			read_frame(c, expected + 3);
	}
	fclose(in);
	return true;
}

/* Whether the check itself finds what it should; a check that can't fail is none. */
static bool
check_itself(void)
{
	static const struct { const char *template, *words; int fits; } cases[] = {
		{ "Reset by {1} (frame {2}).", "Reset by the client (frame 7).", 19 },
		{ "Reset by {1} (frame {2}).", "client (frame", 7 },
		{ "Reset by {1} (frame {2}).", "Set by the client", 0 },
		{ "once", "The SYN was sent once", 4 },
		{ "once", "at once", 4 },
		{ "once", "nonce", -1 },
		{ ", after {1}", "(RFC 9293), after frame 3", 8 },
		{ "{1} to {2}, smoothed {3}", "3 ms to 5 ms, smoothed 4 ms (2 by ACKs)", 15 }
	};
	bool good = true;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int n = fits_sentence(cases[i].template, cases[i].words);

		if (n != cases[i].fits) {
			printf("not ok: \"%s\" fits \"%s\" with %d\n", cases[i].words, cases[i].template, n);
			good = false;
		}
	}
	return good;
}

int
main(int argc, char **argv)
{
	static struct check c;
	const char *folder = getenv("TESTDATA");
	unsigned missing = 0;
	char pattern[4096];
	glob_t all;

	if (argc > 1 && strcmp(argv[1], "-v") == 0) {
		c.verbose = true;
		argc--;
		argv++;
	}
	if (!check_itself())
		return 1;
	want_everything(&c);
	for (int i = 1; i < argc; i++)
		if (!read_script(&c, argv[i]))
			return 1;
	if (argc == 1) {
		snprintf(pattern, sizeof pattern, "%s/scripts/*.seg", folder != NULL ? folder : "testdata");
		if (glob(pattern, 0, NULL, &all) != 0) {
			printf("not ok: no scripts in %s\n", pattern);
			return 1;
		}
		for (size_t i = 0; i < all.gl_pathc; i++)
			if (!read_script(&c, all.gl_pathv[i]))
				return 1;
		globfree(&all);
	}
	for (size_t i = 0; i < c.count; i++) {
		const struct wanted *w = &c.wanted[i];

		if (w->scripts >= WANTED_SCRIPTS || w->elsewhere)
			continue;
		missing++;
		printf("expected by %u scripts, wants %d: %s%s%s%s%s\n", w->scripts, WANTED_SCRIPTS, w->name,
		    w->sentence != NULL ? ": " : "", w->sentence != NULL ? w->sentence : "",
		    w->scripts > 0 ? "; by " : "", w->first);
	}
	printf("%s %zu codes and sentences, each expected by %d of %u scripts; %u aren't\n", missing > 0 ? "not ok" : "ok",
	    c.count, WANTED_SCRIPTS, c.script, missing);
	return missing > 0;
}

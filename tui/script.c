/*
 * A script's words, one after the other.  Before each key everything that
 * is in the file has been read, so that a script always meets the same
 * screens; a live capture is not waited for.
 */
#include "tui/script.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "tui/app.h"
#include "tui/keys.h"
#include "tui/save.h"
#include "tui/settings_file.h"
#include "tui/term.h"

enum { SCRIPT_COLUMNS = 80, SCRIPT_LINES = 24, WORD_MAX = 512, PUMP_WAIT_MS = 10000 };
#define SECOND 1000000000U

struct script {
	struct app *app;
	FILE *file;
	const char *name;
	int trouble;			/* errno of a read that failed */
	unsigned line, word_line;	/* where the reading is, where the last word began */
	bool no_wait;
};

static bool
wrong(const struct script *s, struct error *error, const char *what, const char *word)
{
	char name[200], safe[WORD_MAX];

	text_safe_string(name, sizeof name, s->name);
	text_safe_string(safe, sizeof safe, word);
	return error_set(error, "%s, line %u: %s: %s", name, s->word_line, _(what), safe);
}

/* The next word, with comments left out; false at the end. */
static bool
next_word(struct script *s, char *word)
{
	size_t length = 0;
	int c;

	while ((c = getc(s->file)) != EOF) {
		if (c == '#' && length == 0)
			while ((c = getc(s->file)) != EOF && c != '\n')
				;
		if (c == '\n')
			s->line++;
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			if (length > 0)
				break;
			continue;
		}
		if (c == EOF)
			break;
		if (length == 0)
			s->word_line = s->line;
		if (length + 1 < WORD_MAX)
			word[length++] = (char)c;
	}
	if (c == EOF && ferror(s->file))
		s->trouble = errno;
	word[length] = '\0';
	return length > 0 && s->trouble == 0;
}

/* Everything that the capture has; a live one has what it has now. */
static void
settle(struct script *s)
{
	struct app *app = s->app;

	while (!s->no_wait && !app->status.at_end && app->status.kind != CAPTURE_LIVE) {
		struct pollfd p = { .fd = session_descriptor(app->session), .events = POLLIN };

		if (poll(&p, 1, PUMP_WAIT_MS) <= 0)
			return;
		app_pump(app, SECOND / 10);
	}
	if (s->no_wait || app->status.kind == CAPTURE_LIVE)
		app_pump(app, SECOND / 10);
	while (!app->quit && app_work(app))
		;
}

static void
press(struct script *s, int key)
{
	settle(s);
	if (s->app->quit)
		return;
	app_draw(s->app);	/* as a user would have seen it: layouts follow */
	app_key(s->app, key);
	if (!s->app->quit)
		app_draw(s->app);
}

static bool
do_text(struct script *s, const char *text, struct error *error)
{
	size_t used, length = strlen(text);

	for (size_t at = 0; at < length; at += used) {
		int key = keys_decode((const uint8_t *)text + at, length - at, true, &used);

		if (used == 0)
			return wrong(s, error, N_("this isn't text"), text);
		press(s, key == '_' ? ' ' : key);
	}
	return true;
}

static bool
do_wait(struct script *s, const char *seconds, struct error *error)
{
	char *end;
	double n = strtod(seconds, &end);

	if (end == seconds || *end != '\0' || !(n >= 0) || n > 86400)
		return wrong(s, error, N_("wait: takes seconds, not"), seconds);
	settle(s);
	/* in steps that a loop would take, since playing looks at the clock */
	for (uint64_t left = (uint64_t)(n * SECOND); left > 0;) {
		uint64_t step = left < SECOND / 25 ? left : SECOND / 25;

		app_tick(s->app, s->app->clock + step);
		left -= step;
	}
	return true;
}

static bool
do_size(struct script *s, const char *text, struct error *error)
{
	int width, lines;

	if (!term_parse_size(text, &width, &lines))
		return wrong(s, error, N_("size: takes columns and rows such as 80x24, not"), text);
	app_resize(s->app, (unsigned)width, (unsigned)lines);
	return true;
}

static bool
do_save(struct script *s, struct error *error)
{
	char name[WORD_MAX];

	if (!next_word(s, name))
		return wrong(s, error, N_("save-screen needs a file's name"), "");
	settle(s);
	app_draw(s->app);
	return save_picture(&s->app->picture, name, error);
}

/* click:COLUMN,LINE, from 1; wheel:up, wheel:down */
static bool
do_mouse(struct script *s, const char *word, struct error *error)
{
	struct keys_mouse mouse = { .what = KEYS_MOUSE_CLICK };
	unsigned column, line;
	char rest;

	if (strcmp(word, "wheel:up") == 0)
		mouse.what = KEYS_MOUSE_WHEEL_UP;
	else if (strcmp(word, "wheel:down") == 0)
		mouse.what = KEYS_MOUSE_WHEEL_DOWN;
	else if (sscanf(word, "click:%u,%u%c", &column, &line, &rest) == 2 && column - 1 < 1000 && line - 1 < 1000)
		mouse = (struct keys_mouse){ KEYS_MOUSE_CLICK, line - 1, column - 1 };
	else
		return wrong(s, error, N_("the mouse does click:COLUMN,LINE, wheel:up or wheel:down, not"), word);
	press(s, keys_of_mouse(mouse));
	return true;
}

static bool
do_word(struct script *s, const char *word, struct error *error)
{
	int key;

	if (strcmp(word, "save-screen") == 0)
		return do_save(s, error);
	if (strcmp(word, "no-wait") == 0) {
		s->no_wait = true;
		return true;
	}
	if (strncmp(word, "text:", 5) == 0 && word[5] != '\0')
		return do_text(s, word + 5, error);
	if (strncmp(word, "wait:", 5) == 0)
		return do_wait(s, word + 5, error);
	if (strncmp(word, "size:", 5) == 0)
		return do_size(s, word + 5, error);
	if (strncmp(word, "click:", 6) == 0 || strncmp(word, "wheel:", 6) == 0)
		return do_mouse(s, word, error);
	key = keys_from_name(word);
	if (key == KEYS_NONE)
		return wrong(s, error, N_("no such key or command"), word);
	press(s, key);
	return true;
}

/* The pictures don't depend on the caller's locale, but for --ascii. */
static bool
find_utf8(void)
{
	return term_locale_is_utf8() ||
	    (setlocale(LC_CTYPE, "C.UTF-8") != NULL && term_locale_is_utf8());
}

bool
script_run(const struct options *options, char *damage, struct error *error)
{
	struct script s = { .name = options->script, .line = 1 };
	char word[WORD_MAX], safe[256];
	bool good = true;

	s.file = fopen(options->script, "re");
	if (s.file == NULL)
		return error_set(error, "%s: %s", text_safe_string(safe, sizeof safe, options->script),
		    strerror(errno));
	s.app = app_new(options, (unsigned)(options->columns > 0 ? options->columns : SCRIPT_COLUMNS),
	    (unsigned)(options->lines > 0 ? options->lines : SCRIPT_LINES), options->ascii || options->settings->settings.ascii || !find_utf8(), error);
	if (s.app == NULL) {
		fclose(s.file);
		return false;
	}
	while (good && !s.app->quit && next_word(&s, word))
		good = do_word(&s, word, error);
	fclose(s.file);
	if (good && s.trouble != 0)
		good = error_set(error, "%s: %s", text_safe_string(safe, sizeof safe, options->script),
		    strerror(s.trouble));
	app_damage(s.app, damage);
	app_free(s.app);
	return good;
}

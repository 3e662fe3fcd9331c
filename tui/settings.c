/*
 * The table of settings.  Every name and every word of a value is checked
 * against the table that it comes from: columns, actions, styles; what is
 * wrong is said together with what could stand there.
 */
#include "tui/settings.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "tui/keys.h"

enum { WORDS_MAX = COLUMN_PLACES_MAX + 1, WORD_TEXT_MAX = 1024, SAFE_MAX = 80, NAMES_MAX = 400 };

/* A value's words, parted by blanks or commas. */
struct words {
	char text[WORD_TEXT_MAX];
	const char *word[WORDS_MAX];
	size_t count;
};

struct setting_row {
	const char *name;	/* ending in a dot: what follows is a name, too */
	bool (*read)(struct settings *s, const char *which, const char *value, struct error *error);
	void (*write)(const struct settings *s, char *out, size_t size);	/* NULL: can't change by itself */
};

static bool
split(struct words *w, const char *value, const char *between, struct error *error)
{
	char *rest;

	w->count = 0;
	if (strlen(value) >= sizeof w->text)
		return error_set(error, "the value is too long");
	strcpy(w->text, value);
	for (char *word = strtok_r(w->text, between, &rest); word != NULL; word = strtok_r(NULL, between, &rest)) {
		if (w->count == WORDS_MAX)
			return error_set(error, "there are too many words in the value");
		w->word[w->count++] = word;
	}
	return true;
}

/* Which of these words it is; -1, with the error set, when none. */
static int
which_of(const char *value, const char *const *names, int count, struct error *error)
{
	char safe[SAFE_MAX], list[NAMES_MAX] = "";

	for (int i = 0; i < count; i++) {
		if (strcmp(names[i], value) == 0)
			return i;
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
		    i == 0 ? "" : i == count - 1 ? _(" or ") : ", ", names[i]);
	}
	error_set(error, "it can be %s, not \"%s\"", list, text_safe_string(safe, sizeof safe, value));
	return -1;
}

static bool
read_bool(bool *out, const char *value, struct error *error)
{
	static const char *const words[] = { "no", "yes" };
	int which = which_of(value, words, 2, error);

	if (which >= 0)
		*out = which == 1;
	return which >= 0;
}

/* ---- the list */

static const struct column *
find_column(const char *name, struct error *error)
{
	const struct column *c = column_find(name);
	char safe[SAFE_MAX], list[NAMES_MAX] = "";

	if (c != NULL && c->heading != NULL)
		return c;
	for (size_t i = 0; i < column_count; i++)
		if (columns[i].heading != NULL)
			snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i == 0 ? "" : " ",
			    columns[i].name);
	error_set(error, "there is no column \"%s\"; there are %s", text_safe_string(safe, sizeof safe, name), list);
	return NULL;
}

static bool
read_columns(struct settings *s, const char *which, const char *value, struct error *error)
{
	const struct column *chosen[COLUMN_PLACES_MAX];
	struct words w;

	(void)which;
	if (!split(&w, value, " \t,", error))
		return false;
	if (w.count == 1 && strcmp(w.word[0], "auto") == 0)
		w.count = 0;
	else if (w.count == 0)
		return error_set(error, "it needs the names of columns, or auto");
	if (w.count > COLUMN_PLACES_MAX)
		return error_set(error, "these are too many columns");
	for (size_t i = 0; i < w.count; i++) {
		chosen[i] = find_column(w.word[i], error);
		if (chosen[i] == NULL)
			return false;
		for (size_t before = 0; before < i; before++)
			if (chosen[before] == chosen[i])
				return error_set(error, "the column %s stands there twice", chosen[i]->name);
	}
	for (size_t i = 0; i < w.count; i++)
		s->columns[i] = chosen[i];
	s->column_count = w.count;
	return true;
}

static void
write_columns(const struct settings *s, char *out, size_t size)
{
	snprintf(out, size, "%s", s->column_count == 0 ? "auto" : "");
	for (size_t i = 0; i < s->column_count; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%s", i == 0 ? "" : " ", s->columns[i]->name);
}

static const char *const order_names[] = { "ascending", "descending" };

static bool
read_sort(struct settings *s, const char *which, const char *value, struct error *error)
{
	const struct column *column;
	struct words w;
	int order;

	(void)which;
	if (!split(&w, value, " \t", error))
		return false;
	if (w.count < 1 || w.count > 2)
		return error_set(error, "it needs the name of a column, and perhaps ascending or descending");
	column = find_column(w.word[0], error);
	if (column == NULL)
		return false;
	if (column->key == NULL)
		return error_set(error, "there is no order by %s", column->name);
	order = w.count == 1 ? column->descending : which_of(w.word[1], order_names, 2, error);
	if (order < 0)
		return false;
	s->sort = column;
	s->descending = order == 1;
	return true;
}

static void
write_sort(const struct settings *s, char *out, size_t size)
{
	snprintf(out, size, "%s %s", s->sort->name, order_names[s->descending]);
}

/* ---- how things are shown */

static const char *const time_words[LADDER_TIMES] = { "start", "clock", "delta", "mark" };
static const char *const colour_words[LADDER_COLOURS] = { "kind", "direction", "connection" };
static const char *const color_words[] = { "auto", "always", "never" };

static bool
read_time(struct settings *s, const char *which, const char *value, struct error *error)
{
	int time = which_of(value, time_words, LADDER_TIMES, error);

	(void)which;
	if (time >= 0)
		s->time = (enum ladder_time)time;
	return time >= 0;
}

static void
write_time(const struct settings *s, char *out, size_t size)
{
	snprintf(out, size, "%s", time_words[s->time]);
}

static bool
read_colour(struct settings *s, const char *which, const char *value, struct error *error)
{
	int colour = which_of(value, colour_words, LADDER_COLOURS, error);

	(void)which;
	if (colour >= 0)
		s->colour = (enum ladder_colour)colour;
	return colour >= 0;
}

static void
write_colour(const struct settings *s, char *out, size_t size)
{
	snprintf(out, size, "%s", colour_words[s->colour]);
}

static bool
read_color(struct settings *s, const char *which, const char *value, struct error *error)
{
	int color = which_of(value, color_words, 3, error);

	(void)which;
	if (color >= 0)
		s->color = (enum options_color)color;
	return color >= 0;
}

/* A setting that is yes or no. */
#define YES_OR_NO(field) \
static bool \
read_##field(struct settings *s, const char *which, const char *value, struct error *error) \
{ \
	(void)which; \
	return read_bool(&s->field, value, error); \
} \
static void \
write_##field(const struct settings *s, char *out, size_t size) \
{ \
	snprintf(out, size, "%s", s->field ? "yes" : "no"); \
}

YES_OR_NO(relative)
YES_OR_NO(fold)
YES_OR_NO(detail)
YES_OR_NO(zoom)
YES_OR_NO(services)
YES_OR_NO(ascii)
YES_OR_NO(mouse)

/* ---- keys */

static bool
read_keys_of(struct settings *s, enum action_id id, const struct words *w, struct error *error)
{
	int keys[ACTION_KEYS_MAX] = { 0 };
	bool none = w->count == 1 && strcmp(w->word[0], "none") == 0;

	if (w->count == 0 || w->count > ACTION_KEYS_MAX)
		return error_set(error, "it needs one to %d keys, or none", ACTION_KEYS_MAX);
	for (size_t i = 0; i < w->count && !none; i++) {
		char safe[SAFE_MAX];
		const char *owner;

		text_safe_string(safe, sizeof safe, w->word[i]);
		keys[i] = keys_from_name(w->word[i]);
		if (keys[i] == KEYS_NONE)
			return error_set(error, "there is no key \"%s\"; keys are F3, C-f, Enter or a character", safe);
		if (keys[i] >= '0' && keys[i] <= '9')
			return error_set(error, "digits are numbers before other keys");
		owner = action_map_owner(&s->keys, id, keys[i]);
		if (owner != NULL)
			return error_set(error, "the key %s is given to %s already", safe, owner);
	}
	memcpy(s->keys.keys[id], keys, sizeof keys);
	s->keys.given[id] = true;
	return true;
}

static bool
read_key(struct settings *s, const char *which, const char *value, struct error *error)
{
	const struct action *a = action_named(which);
	struct words w;
	char safe[SAFE_MAX];

	if (a == NULL)
		return error_set(error, "there is no action \"%s\"; tcpladder.conf(5) lists them",
		    text_safe_string(safe, sizeof safe, which));
	return split(&w, value, " \t", error) && read_keys_of(s, a->id, &w, error);
}

/* ---- styles */

static bool
read_look(struct look *look, const struct words *w, struct error *error)
{
	bool ground = false;

	for (size_t i = 0; i < w->count; i++) {
		char safe[SAFE_MAX];
		unsigned attribute = look_attribute_named(w->word[i]);
		int color;

		if (strcmp(w->word[i], "on") == 0 && !ground && i + 1 < w->count) {
			ground = true;
			continue;
		}
		if (attribute != 0 && !ground) {
			look->attributes |= attribute;
			continue;
		}
		color = look_color_named(w->word[i]);
		if (color < -1)
			return error_set(error, "\"%s\" is no colour (red, bright-blue, 0 to 255, default) and not bold, "
			    "dim, underline or reverse", text_safe_string(safe, sizeof safe, w->word[i]));
		if (ground)
			look->background = (short)color;
		else
			look->foreground = (short)color;
		ground = false;
	}
	return true;
}

static bool
read_style(struct settings *s, const char *which, const char *value, struct error *error)
{
	struct look look = { -1, -1, 0 };
	struct words w;
	int style = which_of(which, style_names, STYLES, error);

	if (style < 0 || !split(&w, value, " \t", error))
		return false;
	if (w.count == 0)
		return error_set(error, "it needs colours or attributes, e.g. bold 172 on black");
	if (!read_look(&look, &w, error))
		return false;
	s->palette.look[style] = look;
	s->palette.given[style] = true;
	return true;
}

/* ---- the table */

static const struct setting_row setting_rows[] = {
	{ "columns", read_columns, write_columns },
	{ "sort", read_sort, write_sort },
	{ "time", read_time, write_time },
	{ "relative", read_relative, write_relative },
	{ "colour-by", read_colour, write_colour },
	{ "fold", read_fold, write_fold },
	{ "detail", read_detail, write_detail },
	{ "zoom", read_zoom, write_zoom },
	{ "services", read_services, write_services },
	{ "ascii", read_ascii, write_ascii },
	{ "mouse", read_mouse, write_mouse },
	{ "color", read_color, NULL },
	{ "key.", read_key, NULL },
	{ "style.", read_style, NULL }
};
enum { SETTING_ROWS = sizeof setting_rows / sizeof setting_rows[0] };

void
settings_init(struct settings *s)
{
	*s = (struct settings){
		.sort = column_find("flow"), .relative = true, .fold = true, .detail = true, .services = true
	};
}

bool
settings_set(struct settings *s, const char *name, const char *value, struct error *error)
{
	char safe[SAFE_MAX];

	for (size_t i = 0; i < SETTING_ROWS; i++) {
		const struct setting_row *row = &setting_rows[i];
		size_t length = strlen(row->name);
		bool family = row->name[length - 1] == '.';

		if (family ? strncmp(row->name, name, length) == 0 : strcmp(row->name, name) == 0)
			return row->read(s, name + length, value, error);
	}
	return error_set(error, "there is no setting \"%s\"; tcpladder.conf(5) lists them",
	    text_safe_string(safe, sizeof safe, name));
}

bool
settings_value(const struct settings *s, size_t n, const char **name, char value[SETTINGS_VALUE_MAX])
{
	for (size_t i = 0; i < SETTING_ROWS; i++) {
		if (setting_rows[i].write == NULL || n-- > 0)
			continue;
		*name = setting_rows[i].name;
		setting_rows[i].write(s, value, SETTINGS_VALUE_MAX);
		return true;
	}
	return false;
}

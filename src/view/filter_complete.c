/*
 * What could be typed next in a filter: fields, words of their own, and the
 * names that a field's values have, services for ports.  Knows the tables of
 * the filter, and no screen.
 */
#include <stdio.h>
#include <string.h>

#include "tcp/service.h"
#include "view/filter_internal.h"

/* What begins like what was typed. */
struct matches {
	const char *typed;
	size_t length;
	const char *first;
	size_t count, common;		/* common: bytes that all begin with */
	char *choices;
	size_t used, size;
};

static char
plain(char c)
{
	return c == '.' || c == '-' ? '_' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t
same_length(const char *a, const char *b, size_t most)
{
	size_t n = 0;

	while (n < most && a[n] != '\0' && plain(a[n]) == plain(b[n]))
		n++;
	return n;
}

static void
matches_add(struct matches *m, const char *name)
{
	int wrote;

	if (same_length(name, m->typed, m->length) != m->length)
		return;
	if (m->count++ == 0) {
		m->first = name;
		m->common = strlen(name);
	} else {
		m->common = same_length(name, m->first, m->common);
	}
	wrote = snprintf(m->choices + m->used, m->size - m->used, "%s%s", m->used > 0 ? "  " : "", name);
	if (wrote > 0 && (size_t)wrote < m->size - m->used)
		m->used += (size_t)wrote;
	else
		m->choices[m->used] = '\0';
}

static void
add_fields(struct matches *m)
{
	const char *name, *help;

	for (size_t n = 0; filter_field_help(n, &name, &help); n++)
		matches_add(m, name);
}

/* Several ports have the same service. */
static bool
is_listed(const struct matches *m, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = m->choices; (at = strstr(at, name)) != NULL; at += length) {
		if ((at == m->choices || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	}
	return false;
}

static void
add_services(struct matches *m)
{
	for (uint32_t port = 0; port <= UINT16_MAX; port++) {
		const char *name = service_name((uint16_t)port);

		if (name != NULL && !is_listed(m, name))
			matches_add(m, name);
	}
}

static void
add_values(struct matches *m, const struct filter_field *field)
{
	const char *name;
	uint64_t value;

	if (field->names != NULL) {
		for (size_t n = 0; (name = field->names(n, &value)) != NULL; n++)
			matches_add(m, name);
	} else if (field->kind == FIELD_PORT && m->length > 0) {
		add_services(m);
	}
}

/* Where the word before the cursor begins: behind a blank, `!` or a parenthesis that isn't in a value. */
static size_t
word_start(const char *text, size_t cursor)
{
	size_t start = cursor;

	while (start > 0 && strchr(" \t(!|&", text[start - 1]) == NULL)
		start--;
	return start;
}

bool
filter_complete(const char *text, size_t *cursor, char *out, char *choices, size_t size)
{
	size_t start = word_start(text, *cursor), operator = start, end = *cursor;
	struct matches m = { .choices = choices, .size = size };
	const char *after = "";
	bool value;

	choices[0] = '\0';
	while (operator < end && strchr(":<>=", text[operator]) == NULL)
		operator++;
	value = operator < end;
	if (value) {
		const struct filter_field *field = filter_field_find(text + start, operator - start);

		for (start = end; start > operator && strchr(":<>=,", text[start - 1]) == NULL;)
			start--;
		m.typed = text + start;
		m.length = end - start;
		if (field != NULL)
			add_values(&m, field);
	} else {
		m.typed = text + start;
		m.length = end - start;
		add_fields(&m);
	}
	if (m.count == 0)
		return false;
	if (m.count == 1) {
		choices[m.used = 0] = '\0';
		if (!value && filter_class_find(m.first, m.common) == NULL && text[end] != ':')
			after = ":";
	}
	if (after[0] != '\0') {		/* a field: its values are what comes next */
		struct matches values = { .typed = "", .choices = choices, .size = size };

		add_values(&values, filter_field_find(m.first, m.common));
	}
	*cursor = start + m.common + strlen(after);
	snprintf(out, FILTER_TEXT_MAX, "%.*s%.*s%s%s", (int)start, text, (int)m.common, m.first, after, text + end);
	/* As the table has it, but that `.` and `_` may have been typed either way. */
	for (size_t i = 0; m.count > 1 && i < m.length && start + i < FILTER_TEXT_MAX; i++)
		if (strchr("._-", text[start + i]) != NULL)
			out[start + i] = text[start + i];
	return *cursor < FILTER_TEXT_MAX;
}

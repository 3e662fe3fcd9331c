/*
 * The coarse keys write into the filter's text: replacing, adding or taking
 * away one term at the top level.  The text stays the only truth.
 */
#include "base/language.h"
#include "view/filter_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A term at the top level, with the blanks before it. */
struct term {
	size_t start, length;	/* the term itself */
};

/*
 * The next term from *at on; false at the end.  Terms inside parentheses
 * belong to the whole group, and so does what `or` joins.
 */
static bool
next_term(const char *text, size_t *at, struct term *term)
{
	size_t i = *at;
	unsigned depth = 0;

	while (text[i] == ' ' || text[i] == '\t')
		i++;
	if (text[i] == '\0')
		return false;
	term->start = i;
	if (text[i] == '/') {
		for (i++; text[i] != '\0' && text[i] != '/'; i++)
			i += text[i] == '\\' && text[i + 1] != '\0';
		i += text[i] == '/';
	}
	for (; text[i] != '\0' && (depth > 0 || (text[i] != ' ' && text[i] != '\t')); i++) {
		if (text[i] == '(')
			depth++;
		else if (text[i] == ')' && depth > 0)
			depth--;
	}
	term->length = i - term->start;
	*at = i;
	return true;
}

static bool
term_is(const char *text, const struct term *term, const char *word)
{
	return term->length == strlen(word)
	    && strncasecmp(text + term->start, word, term->length) == 0;
}

/* Alternatives at the top level: then a new term can't simply be put beside them. */
static bool
has_or(const char *text)
{
	struct term term;

	for (size_t at = 0; next_term(text, &at, &term);) {
		if (term_is(text, &term, "or") || term_is(text, &term, "|")
		    || term_is(text, &term, "||"))
			return true;
	}
	return false;
}

typedef bool term_test(const char *text, const struct term *term);

static bool
term_is_port(const char *text, const struct term *term)
{
	return term->length >= 5 && strncasecmp(text + term->start, "port:", 5) == 0;
}

static bool
term_is_cycled(const char *text, const struct term *term)
{
	for (size_t i = 0; i < filter_class_count; i++) {
		if (filter_classes[i].cycled && term_is(text, term, filter_classes[i].name))
			return true;
	}
	return false;
}

static bool
term_is_not_closed(const char *text, const struct term *term)
{
	return term_is(text, term, "!closed");
}

static bool
term_is_cleared(const char *text, const struct term *term)
{
	return term->length > 5 && strncasecmp(text + term->start, "flow>", 5) == 0
	    && strspn(text + term->start + 5, "0123456789") == term->length - 5;
}

/* Copies all terms but those of the kind, and puts `added` (if not empty) at the front. */
static void
replace_terms(const char *text, term_test *goes, const char *added, char *out)
{
	char rest[FILTER_TEXT_MAX] = "";
	size_t used = 0;
	struct term term;
	bool grouped = has_or(text);
	const char *blank;

	if (grouped) {
		snprintf(rest, sizeof rest, added[0] != '\0' ? "(%s)" : "%s", text);
	} else {
		for (size_t at = 0; next_term(text, &at, &term);) {
			int wrote;

			if (goes(text, &term))
				continue;
			wrote = snprintf(rest + used, sizeof rest - used, "%s%.*s",
			    used > 0 ? " " : "", (int)term.length, text + term.start);
			if (wrote < 0 || (size_t)wrote >= sizeof rest - used)
				break;
			used += (size_t)wrote;
		}
	}
	blank = added[0] != '\0' && rest[0] != '\0' ? " " : "";
	snprintf(out, FILTER_TEXT_MAX, "%s%s%.*s", added, blank,
	    (int)(FILTER_TEXT_MAX - strlen(added) - 2), rest);
}

void
filter_set_port(const char *text, const char *ports, char *out)
{
	char term[FILTER_TEXT_MAX / 2] = "";

	if (ports[0] != '\0')
		snprintf(term, sizeof term, "port:%s", ports);
	replace_terms(text, term_is_port, term, out);
}

void
filter_port_of(const char *text, char *out)
{
	struct term term;

	out[0] = '\0';
	for (size_t at = 0; next_term(text, &at, &term);) {
		if (term_is_port(text, &term)) {
			snprintf(out, FILTER_TEXT_MAX, "%.*s", (int)term.length - 5,
			    text + term.start + 5);
			return;
		}
	}
}

/* The class in the text: its index, filter_class_count when there is none. */
static size_t
cycled_class(const char *text)
{
	struct term term;

	for (size_t at = 0; next_term(text, &at, &term);) {
		for (size_t i = 0; i < filter_class_count; i++) {
			if (filter_classes[i].cycled
			    && term_is(text, &term, filter_classes[i].name))
				return i;
		}
	}
	return filter_class_count;
}

void
filter_cycle_state(const char *text, char *out)
{
	size_t class = cycled_class(text);

	class = class == filter_class_count ? 0 : class + 1;
	if (class < filter_class_count && !filter_classes[class].cycled)
		class = filter_class_count;
	replace_terms(text, term_is_cycled, class < filter_class_count ? filter_classes[class].name
	    : "", out);
}

const char *
filter_state_name(const char *text)
{
	size_t class = cycled_class(text);

	if (class < filter_class_count)
		return filter_classes[class].name;
	return strstr(text, "state") != NULL ? "" : N_("all");
}

void
filter_toggle_closed(const char *text, char *out)
{
	struct term term;
	bool hidden = false;

	for (size_t at = 0; next_term(text, &at, &term);)
		hidden = hidden || term_is_not_closed(text, &term);
	replace_terms(text, term_is_not_closed, hidden ? "" : "!closed", out);
}

void
filter_set_cleared(const char *text, uint32_t flows, char *out)
{
	char term[24] = "";

	if (flows > 0)
		snprintf(term, sizeof term, "flow>%u", flows);
	replace_terms(text, term_is_cleared, term, out);
}

uint32_t
filter_cleared(const char *text)
{
	struct term term;

	for (size_t at = 0; next_term(text, &at, &term);) {
		if (term_is_cleared(text, &term))
			return (uint32_t)strtoul(text + term.start + 5, NULL, 10);
	}
	return 0;
}

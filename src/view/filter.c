/*
 * The filter language's parser: text to a tree, or where it is wrong.
 * Knows the grammar; fields and values have rooms of their own.
 *
 *	any   = all { ("or" | "|" | "||") all }
 *	all   = not { ["and" | "&" | "&&"] not }
 *	not   = ("!" | "not") not | "(" any ")" | term
 *	term  = field operator value { "," value } | "/" regex "/" | class | word
 */
#include "base/language.h"
#include "view/filter_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"

enum { FILTER_DEPTH_MAX = 60, FILTER_VALUES_MAX = 64 };

struct parser {
	const char *text;
	size_t at;
	unsigned depth;
	struct filter_error *error;
	bool failed;
};

static struct filter_node *parse_any(struct parser *p);

/* Notes the first thing that is wrong. Returns NULL. */
static struct filter_node *
parser_fail(struct parser *p, size_t at, size_t length, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static struct filter_node *
parser_fail(struct parser *p, size_t at, size_t length, const char *format, ...)
{
	va_list arguments;

	if (!p->failed && p->error != NULL) {
		p->error->at = at;
		p->error->length = length;
		va_start(arguments, format);
		vsnprintf(p->error->text, sizeof p->error->text, _(format), arguments);
		va_end(arguments);
	}
	p->failed = true;
	return NULL;
}

static struct filter_node *
node_new(enum filter_node_kind kind)
{
	struct filter_node *node = memory_new(sizeof *node);

	node->kind = kind;
	return node;
}

void
filter_node_free(struct filter_node *node)
{
	if (node == NULL)
		return;
	filter_node_free(node->left);
	filter_node_free(node->right);
	if (node->kind == NODE_REGEX)
		regfree(&node->regex);
	free(node->values);
	free(node->word);
	free(node);
}

/* Joins two; the cheap one is asked first. */
static struct filter_node *
node_join(enum filter_node_kind kind, struct filter_node *left, struct filter_node *right)
{
	struct filter_node *node = node_new(kind);
	bool swap = left->costly && !right->costly;

	node->left = swap ? right : left;
	node->right = swap ? left : right;
	node->costly = left->costly || right->costly;
	return node;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
skip_blanks(struct parser *p)
{
	while (is_blank(p->text[p->at]))
		p->at++;
}

static bool
ends_word(char c)
{
	return c == '\0' || is_blank(c) || c == '(' || c == ')' || c == '|' || c == '&';
}

/* Takes `word` if it stands here as a word of its own. */
static bool
take_word(struct parser *p, const char *word)
{
	size_t length = strlen(word);

	skip_blanks(p);
	if (strncasecmp(p->text + p->at, word, length) != 0 || !ends_word(p->text[p->at + length]))
		return false;
	p->at += length;
	return true;
}

static bool
take_sign(struct parser *p, const char *sign)
{
	size_t length = strlen(sign);

	skip_blanks(p);
	if (strncmp(p->text + p->at, sign, length) != 0)
		return false;
	p->at += length;
	return true;
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
	    || c == '_' || c == '.' || c == '-';
}

static struct filter_node *
parse_regex(struct parser *p)
{
	size_t start = p->at++, length;
	struct filter_node *node;
	char *pattern;
	int result;

	while (p->text[p->at] != '\0' && p->text[p->at] != '/')
		p->at += p->text[p->at] == '\\' && p->text[p->at + 1] != '\0' ? 2 : 1;
	if (p->text[p->at] != '/')
		return parser_fail(p, start, p->at - start,
		    "the regular expression isn't closed by a /");
	length = p->at++ - start - 1;
	if (length == 0)
		return parser_fail(p, start, 2, "an empty regular expression");
	node = node_new(NODE_WORD);
	pattern = memory_new(length + 1);
	memcpy(pattern, p->text + start + 1, length);
	result = regcomp(&node->regex, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	free(pattern);
	if (result != 0) {
		char why[120];

		regerror(result, &node->regex, why, sizeof why);
		filter_node_free(node);
		return parser_fail(p, start, length + 2, "regular expression: %s", why);
	}
	node->kind = NODE_REGEX;
	return node;
}

static const struct {
	const char *sign;
	enum filter_operator operator;
} operators[] = {
	{ "<=", FILTER_AT_MOST }, { ">=", FILTER_AT_LEAST }, { "!=", FILTER_IS_NOT },
	{ "==", FILTER_IS }, { "<", FILTER_LESS }, { ">", FILTER_MORE }, { "=", FILTER_IS },
	{ ":", FILTER_IS },
};

static bool
take_operator(struct parser *p, enum filter_operator *operator)
{
	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		size_t length = strlen(operators[i].sign);

		if (strncmp(p->text + p->at, operators[i].sign, length) == 0) {
			p->at += length;
			*operator = operators[i].operator;
			return true;
		}
	}
	return false;
}

static bool
field_has_order(const struct filter_field *field)
{
	return field->kind == FIELD_NUMBER || field->kind == FIELD_DURATION
	    || field->kind == FIELD_PORT;
}

/* The values after an operator. */
static bool
parse_values(struct parser *p, struct filter_node *node)
{
	char why[200];

	node->values = memory_new_array(FILTER_VALUES_MAX, sizeof *node->values);
	for (;;) {
		size_t start = p->at, length, closing = 0;

		if (p->text[p->at] == '"') {
			start = ++p->at;
			while (p->text[p->at] != '\0' && p->text[p->at] != '"')
				p->at++;
			if (p->text[p->at] == '\0') {
				parser_fail(p, start - 1, p->at - start + 1,
				    "the quotation isn't closed");
				return false;
			}
			closing = 1;
		} else {
			while (!ends_word(p->text[p->at]) && p->text[p->at] != ',')
				p->at++;
		}
		length = p->at - start;
		p->at += closing;
		if (length == 0) {
			parser_fail(p, start, 0, "%s: a value is missing here", node->field->name);
			return false;
		}
		if (node->value_count == FILTER_VALUES_MAX) {
			parser_fail(p, start, length, "more than %d values", FILTER_VALUES_MAX);
			return false;
		}
		if (!filter_value_parse(node->field, p->text + start, length,
		    &node->values[node->value_count++], why, sizeof why)) {
			parser_fail(p, start, length, "%s", why);
			return false;
		}
		if (p->text[p->at] != ',')
			return true;
		p->at++;
	}
}

/* Fields whose names begin like what was typed, or that have it inside, for the error. */
static void
similar_fields(const char *name, size_t length, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < filter_field_count && used + 24 < size; i++) {
		const char *field = filter_fields[i].name;
		bool near = length > 1 && (strncasecmp(field, name, length < 3 ? length : 3) == 0);

		for (size_t at = 0; !near && length > 2 && field[at] != '\0'; at++)
			near = strncasecmp(field + at, name, length) == 0;
		if (near)
			used += (size_t)snprintf(out + used, size - used, "%s%s",
			    used > 0 ? ", " : "", field);
	}
}

static struct filter_node *
parse_field(struct parser *p, size_t start, size_t name_length)
{
	const struct filter_field *field = filter_field_find(p->text + start, name_length);
	struct filter_node *node;
	char typed[100], near[120];

	if (field == NULL) {
		text_safe(typed, sizeof typed, p->text + start,
		    name_length > 24 ? 24 : name_length);
		similar_fields(p->text + start, name_length, near, sizeof near);
		if (near[0] != '\0')
			return parser_fail(p, start, name_length, "there is no field \"%s\"; near it: %s", typed, near);
		return parser_fail(p, start, name_length,
		    "there is no field \"%s\"; e.g. port, host, state, outcome, flag, rtx", typed);
	}
	node = node_new(NODE_FIELD);
	node->field = field;
	node->costly = field->costly;
	p->at = start + name_length;
	take_operator(p, &node->operator);
	if (node->operator == FILTER_IS && strchr("<>=!", p->text[p->at]) != NULL
	    && p->text[p->at] != '\0')
		take_operator(p, &node->operator);	/* rtx:>3 */
	if (node->operator != FILTER_IS && node->operator != FILTER_IS_NOT
	    && !field_has_order(field)) {
		size_t at = p->at;

		filter_node_free(node);
		return parser_fail(p, start + name_length, at - start - name_length,
		    "%s can't be compared by size: use %s:value", field->name, field->name);
	}
	if (!parse_values(p, node)) {
		filter_node_free(node);
		return NULL;
	}
	return node;
}

/* A word that isn't field:value. */
static struct filter_node *
parse_word(struct parser *p, size_t start, size_t length)
{
	const struct filter_class *class = filter_class_find(p->text + start, length);
	const struct filter_field *host = filter_field_find("host", 4);
	struct filter_value value;
	struct filter_node *node;
	char why[200];

	p->at = start + length;
	if (class != NULL) {
		node = node_new(NODE_CLASS);
		node->class = class;
		node->costly = class->costly;
		return node;
	}
	if (filter_value_parse(host, p->text + start, length, &value, why, sizeof why)) {
		node = node_new(NODE_FIELD);
		node->field = host;
		node->values = memory_new(sizeof *node->values);
		node->values[0] = value;
		node->value_count = 1;
		return node;
	}
	node = node_new(NODE_WORD);
	node->word = memory_new(length + 1);
	for (size_t i = 0; i < length; i++) {
		char c = p->text[start + i];

		node->word[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return node;
}

static struct filter_node *
parse_term(struct parser *p)
{
	size_t start, name, end;

	skip_blanks(p);
	start = p->at;
	if (p->text[start] == '\0')
		return parser_fail(p, start, 0, "something is missing here");
	if (p->text[start] == ')')
		return parser_fail(p, start, 1, "nothing before this )");
	if (p->text[start] == '/')
		return parse_regex(p);
	for (name = start; is_name(p->text[name]); name++)
		continue;
	for (end = start; !ends_word(p->text[end]); end++)
		continue;
	/* 10.8.34.13:46103 and fe80::1 are no fields. */
	if (name > start && name < end && strchr(":=<>!", p->text[name]) != NULL
	    && !(p->text[start] >= '0' && p->text[start] <= '9')) {
		struct filter_value value;
		char why[200];

		if (filter_field_find(p->text + start, name - start) != NULL
		    || !filter_value_parse(filter_field_find("host", 4), p->text + start,
		    end - start, &value, why, sizeof why))
			return parse_field(p, start, name - start);
	}
	if (name == start && strchr(":=<>,", p->text[start]) != NULL)
		return parser_fail(p, start, 1, "a field's name is missing before this");
	return parse_word(p, start, end - start);
}

static struct filter_node *
parse_not(struct parser *p)
{
	struct filter_node *inner, *node;

	if (++p->depth > FILTER_DEPTH_MAX)
		return parser_fail(p, p->at, 1, "nested too deeply");
	if (take_word(p, "not") || take_sign(p, "!")) {
		inner = parse_not(p);
		if (inner == NULL)
			return NULL;
		node = node_new(NODE_NOT);
		node->left = inner;
		node->costly = inner->costly;
	} else if (take_sign(p, "(")) {
		size_t open = p->at - 1;

		node = parse_any(p);
		if (node != NULL && !take_sign(p, ")")) {
			filter_node_free(node);
			return parser_fail(p, open, 1, "this ( isn't closed");
		}
	} else
		node = parse_term(p);
	p->depth--;
	return node;
}

static struct filter_node *
parse_all(struct parser *p)
{
	struct filter_node *left = parse_not(p), *right;

	while (left != NULL) {
		bool joined = take_word(p, "and") || take_sign(p, "&&") || take_sign(p, "&");

		skip_blanks(p);
		if (!joined) {
			size_t here = p->at;
			bool stops = p->text[here] == '\0' || p->text[here] == ')'
			    || p->text[here] == '|' || take_word(p, "or");

			p->at = here;
			if (stops)
				break;
		}
		right = parse_not(p);
		if (right == NULL) {
			filter_node_free(left);
			return NULL;
		}
		left = node_join(NODE_AND, left, right);
	}
	return left;
}

static struct filter_node *
parse_any(struct parser *p)
{
	struct filter_node *left = parse_all(p), *right;

	while (left != NULL && (take_word(p, "or") || take_sign(p, "||") || take_sign(p, "|"))) {
		right = parse_all(p);
		if (right == NULL) {
			filter_node_free(left);
			return NULL;
		}
		left = node_join(NODE_OR, left, right);
	}
	return left;
}

struct filter *
filter_compile(const char *text, struct filter_error *error)
{
	struct parser p = { .text = text, .error = error };
	struct filter *f;
	struct filter_node *root = NULL;

	if (error != NULL)
		memset(error, 0, sizeof *error);
	skip_blanks(&p);
	if (text[p.at] != '\0') {
		root = parse_any(&p);
		skip_blanks(&p);
		if (root != NULL && text[p.at] != '\0') {
			filter_node_free(root);
			root = parser_fail(&p, p.at, 1,
			    text[p.at] == ')' ? N_("this ) was never opened") : N_("not understood"));
		}
		if (root == NULL)
			return NULL;
	}
	f = memory_new(sizeof *f);
	f->root = root;
	return f;
}

void
filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	filter_node_free(f->root);
	free(f);
}

bool
filter_is_empty(const struct filter *f)
{
	return f == NULL || f->root == NULL;
}

bool
filter_is_costly(const struct filter *f)
{
	return f != NULL && f->root != NULL && f->root->costly;
}

static const char *
node_host_field(const struct filter_node *node)
{
	const char *name;

	if (node == NULL)
		return NULL;
	if (node->kind == NODE_FIELD && node->field->host)
		return node->field->name;
	name = node_host_field(node->left);
	return name != NULL ? name : node_host_field(node->right);
}

const char *
filter_host_field(const struct filter *f)
{
	return f != NULL ? node_host_field(f->root) : NULL;
}

/*
 * Between the rooms of the filter: the table of fields, the tree that the
 * parser builds, and what a value is.  For filter*.c only.
 */
#ifndef TCPLADDER_VIEW_FILTER_INTERNAL_H
#define TCPLADDER_VIEW_FILTER_INTERNAL_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/filter.h"

enum field_kind {
	FIELD_NUMBER,		/* 3, 10-20, 4k */
	FIELD_DURATION,		/* 200ms, 3s, 2m; a bare number is seconds */
	FIELD_PORT,		/* a number, a range, a service's name */
	/* an address, with prefix length, a range, or its beginning (10.8.) */
	FIELD_HOST,
	FIELD_NAME,		/* one of a table's names */
	FIELD_MASK,		/* bits by name: any of them */
	FIELD_TEXT		/* contained, in any case */
};

/* A value, as a range; names and bits have low == high. */
struct filter_value {
	uint64_t low, high;
	uint8_t first[16], last[16];	/* FIELD_HOST */
	uint8_t family;
	char text[64];			/* FIELD_TEXT, in lower case */
};

enum filter_operator { FILTER_IS, FILTER_IS_NOT, FILTER_LESS, FILTER_AT_MOST, FILTER_MORE,
    FILTER_AT_LEAST };

enum { FIELD_NUMBERS_MAX = 2, FIELD_SCRATCH_MAX = 160 };

struct filter_field {
	const char *name;
	const char *alias;		/* another name, or NULL */
	const char *help;
	enum field_kind kind;
	bool costly;
	bool host;			/* asks the kernel */
	/*
	 * FIELD_NAME, FIELD_MASK: its n-th name, NULL after the last one; the value or bit it
	 * stands for in *value.
	 */
	const char *(*names)(size_t n, uint64_t *value);
	/*
	 * A connection's numbers (up to FIELD_NUMBERS_MAX, any may match). NULL for a frame's
	 * field.
	 */
	size_t (*numbers)(struct flow_row *row, uint64_t *out);
	/* FIELD_TEXT: the text that is searched; scratch has room for FIELD_SCRATCH_MAX bytes. */
	const char *(*text)(struct flow_row *row, char *scratch);
	/* A frame's number. NULL for a connection's field. */
	uint64_t (*frame)(const struct flow_row *row, const struct frame *frame);
	uint8_t sides;			/* FIELD_HOST: bits 1 << enum side */
};

extern const struct filter_field filter_fields[];
extern const size_t filter_field_count;

/* A word of its own: "closed", "failed", "trouble". */
struct filter_class {
	const char *name;
	const char *help;
	bool costly;
	bool cycled;			/* one of the state cycle, in the order of the table */
	bool (*test)(struct flow_row *row);
};
extern const struct filter_class filter_classes[];
extern const size_t filter_class_count;

enum filter_node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_FIELD, NODE_CLASS, NODE_WORD,
    NODE_REGEX };

struct filter_node {
	enum filter_node_kind kind;
	bool costly;
	struct filter_node *left, *right;
	const struct filter_field *field;
	const struct filter_class *class;
	enum filter_operator operator;
	struct filter_value *values;
	size_t value_count;
	char *word;			/* in lower case */
	regex_t regex;
};

struct filter {
	struct filter_node *root;	/* NULL: matches everything */
};

/* By name or alias, in any case, `.` and `-` as `_`. */
const struct filter_field *filter_field_find(const char *name, size_t length);
const struct filter_class *filter_class_find(const char *name, size_t length);
bool filter_same_name(const char *table, const char *typed, size_t length);

/* Parses one value; false: *why says what could stand there. */
bool filter_value_parse(const struct filter_field *field, const char *text, size_t length,
    struct filter_value *value, char *why, size_t why_size);

void filter_node_free(struct filter_node *node);

#endif

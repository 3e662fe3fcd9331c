/*
 * See outcome_expect.h.
 */
#include "tests/outcome_expect.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

void
expect(const struct outcome *o, enum outcome_kind kind, enum closer closer, enum close_shape shape,
    enum conn_state state)
{
	cr_expect_str_eq(outcome_names[o->outcome], outcome_names[kind], "%s", o->verdict);
	cr_expect_str_eq(closer_names[o->closed_by], closer_names[closer], "%s", o->verdict);
	cr_expect_str_eq(close_shape_names[o->close_shape], close_shape_names[shape], "%s", o->verdict);
	cr_expect_str_eq(conn_state_names[o->conn_state], conn_state_names[state], "%s", o->verdict);
}

void
expect_words(const struct outcome *o, const char *words)
{
	char *copy = strdup(words), *rest = NULL;

	for (char *word = strtok_r(copy, "|", &rest); word != NULL; word = strtok_r(NULL, "|", &rest))
		cr_expect_not_null(strstr(o->verdict, word), "no \"%s\" in: %s", word, o->verdict);
	for (const char *c = o->verdict; *c != '\0'; c++)
		cr_expect_geq((unsigned char)*c, 0x20, "control character in: %s", o->verdict);
	cr_expect_null(strstr(o->verdict, "{"), "a value is missing in: %s", o->verdict);
	cr_expect_null(strstr(o->verdict, "frame 0"), "no frame has the number 0: %s", o->verdict);
	free(copy);
}

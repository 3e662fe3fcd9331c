/*
 * The display filter: an expression over the fields of connections and
 * frames, never over rendered text, so that it doesn't depend on a
 * terminal's width.
 *
 *	port:443 state:syn-sent,syn-received host:10.0.0.0/8 flag:rst rtx>3 !closed
 *
 * Terms side by side must all hold; `or`, `and`, `!` or `not`, parentheses;
 * field:value,value (a list: any of them), field:low-high, field<n, <=, =,
 * !=, >=, >; addresses with a prefix length or shortened (10.8.).  A word of
 * its own: closed, failed, trouble... (filter_field_help tells all); any
 * other word, and /regular expression/, is looked for in both endpoints and
 * service names, a number among the ports.  state: means either end, client.state: and
 * server.state: one.  A frame's field asked of a connection means any of
 * its frames.
 */
#ifndef TCPLADDER_VIEW_FILTER_H
#define TCPLADDER_VIEW_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "view/column.h"

enum { FILTER_TEXT_MAX = 512 };

struct filter_error {
	size_t at, length;	/* the bytes of the text that are wrong; at may be its end */
	char text[200];		/* what is wrong, and what could stand there: one line, safe */
};

struct filter;

/*
 * NULL when the text is wrong: then *error (if given) says where and why. Empty text matches
 * everything.
 */
struct filter *filter_compile(const char *text, struct filter_error *error);
void filter_free(struct filter *f);

bool filter_is_empty(const struct filter *f);	/* matches everything */
/* asks for outcomes or frames: a second or so for a million connections */
bool filter_is_costly(const struct filter *f);

/* asks the kernel, which knows nothing of a file: its name, or NULL */
const char *filter_host_field(const struct filter *f);

/*
 * Tab: completes what stands before *cursor, a field, a word or one of a field's values, as far as
 * that is certain, into out (FILTER_TEXT_MAX bytes), and moves the cursor behind it. `choices` gets
 * what is possible where there are several, as many as fit.  false: nothing begins like that.
 */
bool filter_complete(const char *text, size_t *cursor, char *out, char *choices, size_t size);

bool filter_match_flow(const struct filter *f, struct flow_row *row);
bool filter_match_frame(const struct filter *f, struct flow_row *row, const struct frame *frame);

/*
 * The coarse keys write into the same text, which stays the only truth.
 * Each writes the new text into out (FILTER_TEXT_MAX bytes).
 */

/*
 * p: replaces the port: term at the top level by "port:PORTS" ("80,443", "8000-8099"); empty
 * takes it away.
 */
void filter_set_port(const char *text, const char *ports, char *out);

/* What stands after port: at the top level, or "". */
void filter_port_of(const char *text, char *out);

/* e: all, connecting, established, closing, closed, reset or failed, and round again. */
void filter_cycle_state(const char *text, char *out);

/*
 * "all", "connecting", "established", "closing", "closed", "failed", or "" when the text asks
 * for something else.
 */
const char *filter_state_name(const char *text);

/* v: adds or takes away "!closed". */
void filter_toggle_closed(const char *text, char *out);

/* x: hides connections 1 to `flows`; 0: shows them again. filter_cleared(): which number that is now. */
void filter_set_cleared(const char *text, uint32_t flows, char *out);
uint32_t filter_cleared(const char *text);

/*
 * The n-th field's name and one line about it, for help and completion; false after the last
 * one.
 */
bool filter_field_help(size_t n, const char **name, const char **help);

#endif

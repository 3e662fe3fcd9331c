/*
 * One line that tells a person what went wrong in the environment and what
 * to do about it.  Bad packets are never reported this way (they are counted
 * by reason, see packet/decode.h), and bugs and lack of memory die (die.h).
 */
#ifndef TCPLADDER_BASE_ERROR_H
#define TCPLADDER_BASE_ERROR_H

#include <stdbool.h>

enum { ERROR_TEXT_MAX = 1024 };

struct error {
	char text[ERROR_TEXT_MAX];	/* one line, no newline; empty: no error */
	bool usage;			/* the user asked for what makes no sense; nothing is wrong outside */
};

/*
 * Formats a line into *e (which may be NULL), in the user's language, and
 * returns false, so that a function can end with `return error_set(e, ...)`.
 * The format is looked up here; only one that is chosen with ?: needs N_(),
 * so that the catalogue has both.  File names and other
 * text from outside must have been made safe with text_safe() before.
 */
bool error_set(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for wrong usage: the exit status tells it from trouble of the environment. */
bool error_set_usage(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif

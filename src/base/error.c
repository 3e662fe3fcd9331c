/*
 * Errors of the environment, as one line of text.  Knows nothing else.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/language.h"

bool
error_set(struct error *e, const char *format, ...)
{
	if (e != NULL) {
		va_list arguments;

		va_start(arguments, format);
		vsnprintf(e->text, sizeof e->text, _(format), arguments);
		va_end(arguments);
		e->usage = false;
	}
	return false;
}

bool
error_set_usage(struct error *e, const char *format, ...)
{
	if (e != NULL) {
		va_list arguments;

		va_start(arguments, format);
		vsnprintf(e->text, sizeof e->text, _(format), arguments);
		va_end(arguments);
		e->usage = true;
	}
	return false;
}

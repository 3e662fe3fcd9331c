/*
 * One source of frames, whatever its kind: what callers see of capture.h,
 * passed on to the kind's own functions.  Knows no libpcap.
 */
#include "capture/capture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/language.h"
#include "base/memory.h"
#include "capture/capture_private.h"

void
capture_init(struct capture *c, const struct capture_class *class, enum capture_kind kind,
    const char *name)
{
	c->class = class;
	c->kind = kind;
	c->name = memory_copy_text(name);
	c->patience = -1;
	atomic_init(&c->stopped, false);
}

void
capture_fini(struct capture *c)
{
	byte_source_free(c->bytes);
	free(c->name);
}

int
capture_timeout(const struct capture *c)
{
	return c->waited ? c->patience : 0;
}

enum capture_next
capture_break(struct capture *c, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(c->reason, sizeof c->reason, _(format), arguments);
	va_end(arguments);
	return CAPTURE_BROKEN;
}

enum capture_next
capture_next(struct capture *c, struct raw_frame *frame, uint64_t *locator)
{
	enum capture_next next;

	if (c->finished || (!c->class->drains && atomic_load_explicit(&c->stopped, memory_order_relaxed)))
		return CAPTURE_END;
	next = c->class->next(c, frame, locator);
	c->waited = next == CAPTURE_WAIT;
	if (next == CAPTURE_BROKEN && atomic_load(&c->stopped))
		next = CAPTURE_END;	/* stopping is what broke it */
	c->finished = next == CAPTURE_END || next == CAPTURE_BROKEN;
	return next;
}

void
capture_close(struct capture *c)
{
	if (c != NULL)
		c->class->close(c);
}

void
capture_patience(struct capture *c, int milliseconds)
{
	c->patience = milliseconds;
}

bool
capture_covers(struct capture *c, const struct segment *tuple)
{
	return c->class->covers != NULL && c->class->covers(c, tuple);
}

bool
capture_refilter(struct capture *c, const char *text, struct error *error)
{
	if (c->class->refilter == NULL)
		return error_set(error, "the capture filter of what is live can be changed, of nothing else");
	return c->class->refilter(c, text, error);
}

void
capture_stop(struct capture *c)
{
	atomic_store(&c->stopped, true);
	c->class->stop(c);
}

void
capture_progress(const struct capture *c, struct capture_progress *p)
{
	*p = (struct capture_progress){ 0 };
	if (c->class->progress != NULL)
		c->class->progress(c, p);
}

void
capture_drops(const struct capture *c, struct capture_drops *d)
{
	*d = (struct capture_drops){ 0 };
	if (c->class->drops != NULL)
		c->class->drops(c, d);
}

enum capture_kind
capture_kind(const struct capture *c)
{
	return c->kind;
}

const char *
capture_name(const struct capture *c)
{
	return c->name;
}

const char *
capture_error(const struct capture *c)
{
	return c->reason;
}

struct byte_source *
capture_bytes(struct capture *c)
{
	return c->bytes;
}

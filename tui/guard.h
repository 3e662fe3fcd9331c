/*
 * What the program gives up once its capture is open, and the helper that
 * keeps what is needed later.  Knows the options and where files may be
 * written; how it is done is host/privileges.h's.
 */
#ifndef TCPLADDER_TUI_GUARD_H
#define TCPLADDER_TUI_GUARD_H

#include "capture/live_file.h"
#include "host/helper.h"
#include "host/privileges.h"
#include "tui/options.h"

enum { GUARD_PLACES_MAX = 4 };

struct guard {
	struct privileges_options options;
	struct privileges held;
	bool reopening;			/* the helper opens interfaces that come back */
	struct helper *helper;		/* NULL: none is needed, or none could be had */
	char *owned[GUARD_PLACES_MAX];	/* the places */
	struct live_file_owner owner;	/* of the first of those files, when it won't be who made it */
	const char *rotating;		/* the one where more files will be begun, or NULL */
};

/* Has the session that *o describes drop all privileges when it has been opened; starts the helper. */
void guard_init(struct guard *g, struct options *o);
void guard_fini(struct guard *g);

/* NULL is fine. */
struct helper *guard_helper(const struct guard *g);

/* Whether an interface that comes back can be opened again. */
bool guard_may_capture(const struct guard *g);

/* Says, where a file wasn't permitted because of what was given up, that it was because of that. */
void guard_explain(const struct guard *g, struct error *error);

/* What holds of a live capture, in words for the screen; "" for a file, which needs no privilege. */
const char *guard_text(const struct guard *g, char *out, size_t size);

#endif

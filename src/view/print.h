/*
 * Output without a screen: list, frames, ladder and statistics as text, TSV,
 * JSON lines and CSV; ladders as SVG, HTML and Mermaid, the list as a log of
 * Zeek's, frames as a savefile, too.  doc: the manual page's section
 * "Machine-readable output".  The same view models as the screen's.
 */
#ifndef TCPLADDER_VIEW_PRINT_H
#define TCPLADDER_VIEW_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "capture/session.h"
#include "view/column.h"

enum print_what { PRINT_LIST, PRINT_FRAMES, PRINT_LADDER, PRINT_STATS, PRINT_NONE, PRINT_WHATS };
enum print_format { PRINT_TEXT, PRINT_TSV, PRINT_JSONL, PRINT_CSV, PRINT_SVG, PRINT_MERMAID,
    PRINT_HTML, PRINT_ZEEK, PRINT_PCAP, PRINT_PCAPNG, PRINT_FORMATS };
extern const char *const print_what_names[PRINT_WHATS];		/* "list" ... */
extern const char *const print_format_names[PRINT_FORMATS];	/* "text" ... */

struct print_options {
	enum print_what what;
	enum print_format format;
	unsigned width;			/* of text ladders and tables; 0: 100 */
	const uint32_t *flows;		/* only these connections, by their numbers; NULL: all */
	size_t flow_count;
	const char *filter;		/* display filter, or NULL */
	const struct column *sort;	/* the list's order; NULL: by number */
	bool reverse;			/* the other way round than is usual for that column */
	bool as_of;			/* as of the moment when `rows` rows have happened */
	uint32_t rows;
	bool absolute;			/* -S */
	bool numeric;			/* -n: no service names */
	bool ascii;
	const volatile int *interrupted;	/* nonzero: stop early, cleanly; may be NULL */
};

/* Whether these go together; *error says why not and what does. No session needed. */
bool print_check(const struct print_options *options, struct error *error);

/*
 * Prints everything that was loaded; flushes.  false: writing failed (disk
 * full, closed pipe...) or the filter is wrong, or a connection isn't there.
 */
bool print_session(struct session *session, const struct print_options *options, FILE *out,
    struct error *error);

#endif

/*
 * A descriptor that one thread makes readable to wake another out of poll():
 * an eventfd where there is one, else a pipe.  Used to stop a source that
 * waits and to tell the main loop that batches wait.
 */
#ifndef TCPLADDER_CAPTURE_WAKE_H
#define TCPLADDER_CAPTURE_WAKE_H

#include <stdbool.h>

struct wake {
	int read_end, write_end;	/* the same descriptor for an eventfd; -1: none */
};

bool wake_init(struct wake *w);		/* false: errno says why */
void wake_fini(struct wake *w);
void wake_set(struct wake *w);		/* any thread; makes read_end readable until wake_clear() */
void wake_clear(struct wake *w);

#endif

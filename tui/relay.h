/*
 * From ncurses to the terminal without ever blocking: ncurses writes into a
 * file without a name (a pipe would block us on our own pictures), and what
 * is there is sent on as far as the terminal takes it.
 */
#ifndef TCPLADDER_TUI_RELAY_H
#define TCPLADDER_TUI_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct relay {
	FILE *file;			/* to be written to; NULL: it couldn't be made */
	char *bytes;			/* what hasn't been sent yet: from sent to length */
	size_t length, sent, size;
};

void relay_init(struct relay *r);	/* r->file NULL: errno says why */
void relay_fini(struct relay *r);

void relay_collect(struct relay *r);	/* what was written goes to the end of what waits */
bool relay_send(struct relay *r, int descriptor);	/* as much as goes now; false: nobody is there any more */
bool relay_busy(const struct relay *r);	/* something waits */
void relay_drop(struct relay *r);	/* forgets what waits */

#endif

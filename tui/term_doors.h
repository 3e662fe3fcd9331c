/*
 * The terminal's own descriptors.  Opened before privileges are given up,
 * since afterwards the terminal's name may belong to somebody else.
 */
#ifndef TCPLADDER_TUI_TERM_DOORS_H
#define TCPLADDER_TUI_TERM_DOORS_H

/* -1: can't be opened. */
struct term_doors {
	int in, out;
	int error;			/* errno, where one is -1 */
};
struct term_doors term_doors_open(void);
void term_doors_close(struct term_doors *doors);

#endif

/*
 * What tests of the program on a live host share: a network namespace and a
 * folder of their own, the program with keys from a named pipe, so that real
 * time goes by between them, and its saved screens held against what they
 * must say.  Nothing here rests and hopes: what is to come is waited for, as
 * long as a very slow machine takes.
 */
#ifndef TCPLADDER_TESTS_LIVE_STAGE_H
#define TCPLADDER_TESTS_LIVE_STAGE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { STAGE_SKIPPED = 77, STAGE_PORT = 8080, STAGE_ARGUMENTS = 24 };

/*
 * Into a network namespace and a folder of our own; names are relative to that from here on. 0, or
 * STAGE_SKIPPED when that isn't permitted here, which has been said.
 */
int stage_open(unsigned seconds);
int stage_close(void);			/* the exit status: 0, or 1 when an expectation failed */

int stage_skip(const char *what);	/* says why not: errno; STAGE_SKIPPED */
void stage_rest(double seconds);
bool stage_write(const char *path, const char *text);		/* a new file */
bool stage_isolate(void);		/* another network namespace, with its loopback up */
bool stage_up(const char *interface);

struct sockaddr_in stage_loopback(unsigned port);
int stage_connect(unsigned port);	/* begins a connection to the loopback, without waiting */

/* One that is there as long as the descriptor is open; -1: not permitted. */
int stage_tap(const char *interface);
/* A SYN from this port of 192.0.2.1 to 443 of 192.0.2.2, as if it came over the wire. */
void stage_syn(int tap, unsigned port);

/*
 * Runs $TCPLADDER with `-n --script keys --size` and these arguments, up to NULL, and waits until its
 * capture is open.  *keys is where its keys are written; NULL: not possible.
 */
pid_t stage_program(const char *const *arguments, const char *size, FILE **keys);
void stage_press(FILE *keys, const char *words);	/* until they have been taken, and what they save is there */
void stage_finish(FILE *keys, pid_t program);	/* no more keys; it must have ended well */

/* A saved screen, with line breaks and blanks in a row as one blank; valid until the next call. */
const char *stage_screen(const char *file);
/* Saves the screen again and again until it has these words; with a minus before them: until it hasn't. */
void stage_await(FILE *keys, const char *file, const char *words);
/* The saved screen must have these words; with a minus before them: it must not. */
void stage_expect(const char *name, const char *file, const char *words);
/* The same of the screen, which is waited for and saved. */
void stage_expect_soon(FILE *keys, const char *name, const char *file, const char *words);
void stage_verdict(const char *name, bool good, const char *why);

#endif

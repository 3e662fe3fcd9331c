/*
 * Signals as events.  Once installed they are blocked everywhere (threads
 * started later inherit that) but inside signals_poll(), and what came is
 * asked for there: nothing happens inside a handler.
 */
#ifndef TCPLADDER_TUI_SIGNALS_H
#define TCPLADDER_TUI_SIGNALS_H

#include <poll.h>
#include <stdbool.h>

/* For the screen: SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP; SIGPIPE is ignored. */
void signals_install(void);

/* For output without a screen: SIGINT, SIGTERM, and SIGHUP unless it is ignored; the flag is for session_load(). */
void signals_install_interrupt(void);
void signals_allow_interrupt(void);	/* after the reader's thread was started */
const volatile int *signals_interrupted(void);
void signals_forget_interrupt(void);

/* poll(2) with the signals let in; as poll, -1 with EINTR when one came. */
int signals_poll(struct pollfd *descriptors, nfds_t count, int timeout_ms);

/* Whether this signal came since the last time it was asked for. */
bool signals_take(int number);

/* Stops the process as SIGTSTP's default does; returns when it is continued. */
void signals_stop(void);

/* Ends the process the way this signal's default does, so that the parent sees why. */
_Noreturn void signals_die(int number);

#endif

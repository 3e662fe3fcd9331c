/*
 * Signals as events: handlers set a flag, and flags are looked at in one
 * place.  The flags are the only mutable globals of the program.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "tui/signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

enum { SIGNALS_MAX = 65 };

static volatile sig_atomic_t came[SIGNALS_MAX];
static volatile int interrupted;

static const int handled[] = { SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP };
/* Without a screen. */
static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
enum { HANDLED = sizeof handled / sizeof handled[0], ENDING = sizeof ending / sizeof ending[0] };

static void
note_signal(int number)
{
	if (number > 0 && number < SIGNALS_MAX)
		came[number] = 1;
	for (size_t i = 0; i < ENDING; i++)
		if (number == ending[i])
			interrupted = 1;
}

static void
catch_signal(int number)
{
	struct sigaction action = { .sa_handler = note_signal };

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

void
signals_install(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < HANDLED; i++)
		sigaddset(&set, handled[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (size_t i = 0; i < HANDLED; i++)
		catch_signal(handled[i]);
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, NULL);
}

static void
mask_ending(int how)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ENDING; i++)
		sigaddset(&set, ending[i]);
	sigprocmask(how, &set, NULL);
}

void
signals_install_interrupt(void)
{
	struct sigaction before;

	mask_ending(SIG_BLOCK);
	/* nohup(1) has the hang-up ignored */
	for (size_t i = 0; i < ENDING; i++)
		if (ending[i] != SIGHUP || sigaction(SIGHUP, NULL, &before) != 0 || before.sa_handler != SIG_IGN)
			catch_signal(ending[i]);
}

void
signals_allow_interrupt(void)
{
	mask_ending(SIG_UNBLOCK);
}

const volatile int *
signals_interrupted(void)
{
	return &interrupted;
}

void
signals_forget_interrupt(void)
{
	interrupted = 0;
}

#ifndef HAVE_PPOLL
/* pselect() is older, and takes the mask as well; an error or hang-up reads as the end. */
static int
poll_with_mask(struct pollfd *descriptors, nfds_t count, const struct timespec *limit, const sigset_t *mask)
{
	fd_set in, out;
	int top = -1, ready;

	FD_ZERO(&in);
	FD_ZERO(&out);
	for (nfds_t i = 0; i < count; i++) {
		int fd = descriptors[i].fd;

		descriptors[i].revents = 0;
		if (fd < 0)
			continue;
		if (fd >= FD_SETSIZE) {
			errno = EINVAL;
			return -1;
		}
		FD_SET(fd, descriptors[i].events & POLLOUT ? &out : &in);
		top = fd > top ? fd : top;
	}
	ready = pselect(top + 1, &in, &out, NULL, limit, mask);
	for (nfds_t i = 0; i < count && ready > 0; i++) {
		int fd = descriptors[i].fd;

		if (fd >= 0 && FD_ISSET(fd, descriptors[i].events & POLLOUT ? &out : &in))
			descriptors[i].revents = descriptors[i].events;
	}
	return ready;
}
#else
#define poll_with_mask ppoll
#endif

int
signals_poll(struct pollfd *descriptors, nfds_t count, int timeout_ms)
{
	struct timespec limit = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };
	sigset_t none;

	sigemptyset(&none);
	return poll_with_mask(descriptors, count, timeout_ms < 0 ? NULL : &limit, &none);
}

bool
signals_take(int number)
{
	bool answer = came[number] != 0;

	came[number] = 0;
	return answer;
}

void
signals_stop(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t set;

	sigemptyset(&usual.sa_mask);
	sigaction(SIGTSTP, &usual, NULL);
	raise(SIGTSTP);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);	/* here it stops */
	sigprocmask(SIG_BLOCK, &set, NULL);
	catch_signal(SIGTSTP);
	came[SIGTSTP] = 0;
}

void
signals_die(int number)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t set;

	sigemptyset(&usual.sa_mask);
	sigaction(number, &usual, NULL);
	raise(number);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	_exit(128 + number);
}

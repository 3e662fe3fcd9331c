/*
 * Giving up, for good, what only opening a capture needed: the user, the
 * capabilities, and with a sandbox every system call that a viewer of
 * packets never makes.  Whoever reads what strangers sent should be able to
 * do as little as possible.  Linux has all of it, other systems the user.
 */
#ifndef TCPLADDER_HOST_PRIVILEGES_H
#define TCPLADDER_HOST_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

enum sandbox_mode {
	SANDBOX_AUTO,		/* what the system has */
	SANDBOX_STRICT,		/* all of it, or an error */
	SANDBOX_OFF
};

enum { PRIVILEGES_USER_MAX = 64 };

struct privileges_options {
	enum sandbox_mode sandbox;
	/*
	 * Whom root becomes, a name or a number; NULL: who called sudo, else nobody. "root": stays what it is
	 * and keeps the capabilities that opening an interface takes.
	 */
	const char *user;
	bool asking;			/* somebody will answer at privileges.listener */
	bool live;			/* the capture is live: all of it; else only system calls are refused */
	const char *const *places;	/* directories in which files may be written, with what is below them */
	size_t place_count;
};

/* What holds now. */
struct privileges {
	bool changed;			/* was root, is `user` */
	char user[PRIVILEGES_USER_MAX];	/* safe text */
	bool capturing;			/* keeps what opening an interface takes */
	int listener;			/* where packet sockets are asked for, for host/opener.h; to be closed; -1: none */
	bool no_capabilities;
	bool no_new;			/* whatever is executed gains nothing (no_new_privs) */
	bool calls;			/* dangerous system calls are refused (seccomp) */
	bool places;			/* files are written only in the places (Landlock), nothing is executed */
};

/*
 * Before any thread is started, since not all of it reaches the others.
 * false: nothing of the capture must be read; *error says why.
 */
bool privileges_drop(const struct privileges_options *options, struct privileges *held, struct error *error);

/* Whom that will make of root; false: nobody else. */
bool privileges_heir(const struct privileges_options *options, uid_t *user, gid_t *group);

/* In words: "user www, no capabilities, dangerous system calls refused, files written only below ...". */
const char *privileges_text(const struct privileges *held, char *out, size_t size);

/* sandbox.c: each true when it holds now. */
enum sandbox_calls {
	SANDBOX_VIEWER,
	SANDBOX_CAPTURER,		/* may make packet sockets */
	SANDBOX_ASKER,			/* gets them from whoever answers at *listener (host/opener.h) */
	SANDBOX_READ_ONLY		/* may make them, and opens no file for writing */
};
bool sandbox_refuse_calls(enum sandbox_calls which, int *listener);
bool sandbox_refuse_places(const char *const *places, size_t count);

#endif

/*
 * What was given up is gone, and what is refused can't be done: tried from
 * inside, in a process of its own.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/helper.h"
#include "host/privileges.h"
#include "tests/process_status.h"

/* Runs `inside` in a process of its own; how many of its checks failed, named on standard error. */
static int
apart(int (*inside)(void))
{
	pid_t child = fork();
	int status = 0;

	if (child == 0)
		_exit(inside());
	cr_assert_gt(child, 0);
	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

static int
check(bool good, const char *what)
{
	if (!good)
		fprintf(stderr, "not so: %s (%s)\n", what, strerror(errno));
	return !good;
}

static int
drop_to_nobody(void)
{
	const char *const places[] = { "." };
	struct privileges_options options = { .live = true, .places = places, .place_count = 1 };
	struct privileges held;
	struct error error;
	char text[256];
	int bad = 0;
#ifdef ON_LINUX
	static const char *const sets[] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };
#endif

	unsetenv("SUDO_UID");
	if (check(privileges_drop(&options, &held, &error), "dropped"))
		return 1;
	bad += check(held.changed && getuid() != 0 && geteuid() != 0 && getgid() != 0, "no root any more");
	bad += check(setuid(0) != 0, "and never again");
#ifdef ON_LINUX
	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
		bad += check(process_status(getpid(), sets[i], 16) == 0, sets[i]);
	bad += check(held.no_capabilities, "no capabilities, as it says");
	bad += check(process_status(getpid(), "NoNewPrivs", 10) == 1, "NoNewPrivs");
#else
	bad += check(!held.no_capabilities && !held.no_new, "nothing is claimed that wasn't done");
#endif
	bad += check(strstr(privileges_text(&held, text, sizeof text), held.user) != NULL, "the text names the user");
	return bad;
}

Test(privileges, root_becomes_nobody_without_capabilities)
{
	if (geteuid() != 0)
		cr_skip_test("only root has something to give up");
	cr_assert_eq(apart(drop_to_nobody), 0);
}

static int
drop_to_caller(void)
{
	struct privileges_options options = { .live = true, .sandbox = SANDBOX_OFF };
	struct privileges held;
	struct error error;

	setenv("SUDO_UID", "54321", 1);
	setenv("SUDO_GID", "54322", 1);
	return check(privileges_drop(&options, &held, &error), "dropped")
	    + check(getuid() == 54321 && getgid() == 54322, "who called sudo")
	    + check(strcmp(held.user, "54321") == 0, held.user);
}

Test(privileges, root_by_sudo_becomes_who_called_it)
{
	if (geteuid() != 0)
		cr_skip_test("only root has something to give up");
	cr_assert_eq(apart(drop_to_caller), 0);
}

static int
try_what_is_refused(void)
{
	const char *const places[] = { "." };
	struct privileges_options options = { .live = true, .user = "root", .places = places, .place_count = 1 };
	struct privileges held;
	struct error error;
	char *const nothing[] = { NULL };
	int bad = 0, fd;

	if (check(privileges_drop(&options, &held, &error), "dropped"))
		return 1;
	if (held.calls) {
		bad += check(execve("/bin/true", nothing, nothing) != 0 && (errno == EPERM || errno == EACCES), "execve");
		bad += check(socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM, "an Internet socket");
		bad += check(socket(AF_INET6, SOCK_DGRAM, 0) < 0 && errno == EPERM, "an IPv6 socket");
		bad += check(fork() < 0 && errno == EPERM, "another process");
		bad += check(process_status(getpid(), "Seccomp", 10) == 2, "Seccomp");
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		bad += check(fd >= 0, "a socket of this host is none of the network");
	}
	if (held.places) {
		fd = open("inside.tmp", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		bad += check(fd >= 0 && write(fd, "x", 1) == 1, "a file in a permitted place");
		bad += check(unlink("inside.tmp") == 0, "and away with it");
		bad += check(open("/var/tmp/outside.tmp", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0 && errno == EACCES,
		    "a file elsewhere");
		bad += check(mkdir("/var/tmp/outside.dir", 0700) != 0 && errno == EACCES, "a directory elsewhere");
		bad += check(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0, "reading is free");
	}
	return bad;
}

Test(privileges, what_a_viewer_never_does_is_refused)
{
	if (geteuid() != 0)
		cr_skip_test("needs root, to have rights that can be refused");
	cr_assert_eq(apart(try_what_is_refused), 0);
}

static int
name_nobody_has(void)
{
	struct privileges_options options = { .live = true, .user = "no such\033user" };
	struct privileges held;
	struct error error;

	return check(!privileges_drop(&options, &held, &error), "an unknown user is an error")
	    + check(strcmp(error.text, "-Z: there is no user \"no such\\x1buser\"") == 0, error.text)
	    + check(geteuid() == 0, "and nothing was given up");
}

Test(privileges, an_unknown_user_is_an_error)
{
	if (geteuid() != 0)
		cr_skip_test("only root becomes somebody");
	cr_assert_eq(apart(name_nobody_has), 0);
}

static int
open_a_file(void)
{
	struct privileges_options options = { .live = false };
	struct privileges held;
	struct error error;

	return check(privileges_drop(&options, &held, &error), "dropped")
	    + check(!held.changed && !held.places, "who reads a file stays who he is, and writes where he may")
	    + check(!held.calls || (socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM), "an Internet socket");
}

Test(privileges, a_file_needs_none)
{
	cr_assert_eq(apart(open_a_file), 0);
}

#ifdef ON_LINUX
struct wanted {
	uint64_t inode;
	struct socket_holder found;
	int times;
};

static void
look_for(void *context, const struct socket_holder *holder)
{
	struct wanted *w = context;

	if (holder->inode != w->inode)
		return;
	w->found = *holder;
	w->times++;
}

Test(privileges, the_helper_says_who_holds_a_socket)
{
	int mine = socket(AF_INET, SOCK_STREAM, 0);
	struct wanted w = { .inode = 0 };
	struct error error;
	struct helper *h;
	uint32_t closed;
	struct stat about;

	cr_assert_eq(fstat(mine, &about), 0);
	w.inode = about.st_ino;
	h = helper_start(&error);
	cr_assert_not_null(h);
	for (int i = 0; i < 3; i++)
		cr_assert(helper_walk(h, look_for, &w, &closed), "it answers as often as it is asked");
	/* The helper was forked from this process and holds the socket, too: that makes at least one more. */
	cr_assert_geq(w.times, 3);
	cr_assert_eq(w.found.descriptor, mine);
	helper_free(h);
	close(mine);
}

/* As the program does: the helper first, then a capture, and then all is given up. */
static int
ask_for_packets(void)
{
	const char *const places[] = { "." };
	struct privileges_options options = { .live = true, .asking = true, .places = places, .place_count = 1 };
	char *const nothing[] = { NULL };
	struct privileges held;
	struct error error;
	struct helper *h = helper_start(&error);
	int mine = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), other, bad = 0, domain = 0;
	socklen_t size = sizeof domain;
	bool possible;

	unsetenv("SUDO_UID");
	if (check(h != NULL && mine >= 0 && privileges_drop(&options, &held, &error), "dropped"))
		return 1;
	possible = helper_settle(h, held.listener);
	close(held.listener);
	bad += check(held.calls == (process_status(getpid(), "Seccomp", 10) == 2), "Seccomp");
	bad += check(getuid() != 0 && process_status(getpid(), "CapEff", 16) == 0 && process_status(getpid(), "CapPrm", 16) == 0, "no rights");
	if (!held.calls || !possible) {
		helper_free(h);
		return bad;
	}
	bad += check(socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == EPERM, "no second one beside the first");
	close(mine);
	bad += check(socket(AF_PACKET, SOCK_PACKET, 0) < 0 && errno == EPERM, "none of another kind");
	mine = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	bad += check(mine >= 0 && getsockopt(mine, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_PACKET,
	    "another one in the place of the first");
	bad += check((fcntl(mine, F_GETFD) & FD_CLOEXEC) != 0, "as it was asked for");
	bad += check(socket(AF_PACKET, SOCK_DGRAM, 0) < 0 && errno == EPERM, "and no more than that");
	other = dup(mine);
	close(mine);
	bad += check(socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == EPERM, "hidden behind another number it still counts");
	close(other);
	mine = socket(AF_PACKET, SOCK_DGRAM, 0);
	bad += check(mine >= 0, "a third in the place of the second");
	bad += check(socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM, "an Internet socket");
	(void)helper_settle(h, -1);
	close(mine);
	bad += check(socket(AF_PACKET, SOCK_RAW, 0) < 0, "who tries it gets nothing any more");
	bad += check(socket(AF_INET, SOCK_STREAM, 0) < 0, "nor an Internet socket");
	bad += check(execve("/bin/true", nothing, nothing) != 0 && (errno == EPERM || errno == EACCES), "execve");
	if (held.places)
		bad += check(open("/var/tmp/outside.tmp", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0 && errno == EACCES,
		    "a file elsewhere");
	helper_free(h);
	return bad;
}

Test(privileges, a_packet_socket_is_had_only_in_place_of_one_that_was_closed)
{
	int fd = geteuid() == 0 ? socket(AF_PACKET, SOCK_RAW, 0) : -1;

	if (fd < 0)
		cr_skip_test("needs root that may capture");
	close(fd);
	cr_assert_eq(apart(ask_for_packets), 0);
}
#endif

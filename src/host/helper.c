/*
 * Both ends of the helper.  An answer is a run of struct socket_holder, the
 * last with inode 0 and the number of closed doors as its pid.  Both ends
 * are the same program, so that the struct itself can be sent.
 */
#include "host/helper.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "host/privileges.h"

struct helper {
	pid_t process;
	int fd;
	bool silent;			/* has failed to answer */
};

/* ---- the helper's side */

enum { HOLDERS_AT_ONCE = 512 };

struct answer {
	int fd;
	bool failed;
	size_t count;
	struct socket_holder holder[HOLDERS_AT_ONCE];
};

static bool
send_all(int fd, const void *bytes, size_t size)
{
	const char *from = bytes;

	while (size > 0) {
		ssize_t n = send(fd, from, size, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		from += n;
		size -= (size_t)n;
	}
	return true;
}

static void
answer_add(void *context, const struct socket_holder *holder)
{
	struct answer *a = context;

	a->holder[a->count++] = *holder;
	if (a->count < HOLDERS_AT_ONCE)
		return;
	a->failed = a->failed || !send_all(a->fd, a->holder, sizeof a->holder);
	a->count = 0;
}

static bool
answer(int fd)
{
	static struct answer a;
	struct socket_holder last = { 0 };

	a.fd = fd;
	a.failed = false;
	a.count = 0;
	last.pid = (int32_t)owners_walk(answer_add, &a, NULL);
	answer_add(&a, &last);
	return !a.failed && send_all(fd, a.holder, a.count * sizeof a.holder[0]);
}

/* All but what looking into other users' processes takes. */
static bool
keep_only_looking(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct looking[_LINUX_CAPABILITY_U32S_3] = { 0 }, held[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, held) != 0)
		return false;
	for (unsigned long capability = 0; capability < 64; capability++)
		if (capability != CAP_SYS_PTRACE && capability != CAP_DAC_READ_SEARCH)
			prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
	looking[0].effective = looking[0].permitted = held[0].permitted
	    & (1U << CAP_SYS_PTRACE | 1U << CAP_DAC_READ_SEARCH);
	return syscall(SYS_capset, &header, looking) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

_Noreturn static void
serve(int fd)
{
	char question;

	/* The terminal's signals are for the one on the screen; this one ends when nobody can ask any more. */
	setsid();
	for (int other = 0; other < 3; other++)
		close(other);
	signal(SIGPIPE, SIG_IGN);
	if (!keep_only_looking())
		_exit(1);
	/* Not by Landlock: it forbids to look into processes. */
	sandbox_refuse_calls(SANDBOX_READ_ONLY);
	for (;;) {
		ssize_t n = recv(fd, &question, 1, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n != 1 || question != 'w' || !answer(fd))
			_exit(0);
	}
}

/* ---- the program's side */

struct helper *
helper_start(struct error *error)
{
	struct helper *h;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
		error_set(error, "no helper process: %s", strerror(errno));
		return NULL;
	}
	h = memory_new(sizeof *h);
	h->fd = fds[0];
	h->process = fork();
	if (h->process == 0) {
		close(fds[0]);
		serve(fds[1]);
	}
	close(fds[1]);
	if (h->process < 0) {
		error_set(error, "no helper process: %s", strerror(errno));
		close(h->fd);
		free(h);
		return NULL;
	}
	return h;
}

void
helper_free(struct helper *h)
{
	if (h == NULL)
		return;
	close(h->fd);
	while (waitpid(h->process, NULL, 0) < 0 && errno == EINTR)
		;
	free(h);
}

/* Whole holders; what of the next one has come already waits in `part`. */
struct arrival {
	union {
		char bytes[HOLDERS_AT_ONCE * sizeof(struct socket_holder)];
		struct socket_holder holder[HOLDERS_AT_ONCE];
	};
	size_t part;
};

static bool
receive(int fd, struct arrival *a, size_t *count)
{
	ssize_t n;

	do
		n = recv(fd, a->bytes + a->part, sizeof a->bytes - a->part, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	a->part += (size_t)n;
	*count = a->part / sizeof a->holder[0];
	a->part %= sizeof a->holder[0];
	return true;
}

bool
helper_walk(struct helper *h, void (*take)(void *context, const struct socket_holder *holder), void *context,
    uint32_t *closed_doors)
{
	struct arrival a = { .part = 0 };
	size_t count = 0;

	h->silent = h->silent || !send_all(h->fd, "w", 1);
	while (!h->silent) {
		if (!receive(h->fd, &a, &count)) {
			h->silent = true;
			break;
		}
		for (size_t i = 0; i < count; i++) {
			if (a.holder[i].inode == 0) {
				*closed_doors = (uint32_t)a.holder[i].pid;
				return true;
			}
			take(context, &a.holder[i]);
		}
		memmove(a.holder, a.holder + count, a.part);
	}
	return false;
}

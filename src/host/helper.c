/*
 * Both ends of the helper.  An answer is a run of struct socket_holder, the
 * last with inode 0 and the number of closed doors as its pid.  Both ends
 * are the same program, so that the struct itself can be sent.
 */
#include "host/helper.h"

#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "host/opener.h"
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

/* All but what looking into other users' processes takes, and making packet sockets. */
static bool
keep_only_needed(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct needed[_LINUX_CAPABILITY_U32S_3] = { 0 }, held[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, held) != 0)
		return false;
	for (unsigned long capability = 0; capability < 64; capability++)
		if (capability != CAP_SYS_PTRACE && capability != CAP_DAC_READ_SEARCH && capability != CAP_NET_RAW)
			prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
	needed[0].effective = needed[0].permitted = held[0].permitted
	    & (1U << CAP_SYS_PTRACE | 1U << CAP_DAC_READ_SEARCH | 1U << CAP_NET_RAW);
	return syscall(SYS_capset, &header, needed) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/* The question, with what came along. */
static char
receive_question(int fd, int *listener)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char question;
	struct iovec to = { &question, 1 };
	struct msghdr message = {
		.msg_iov = &to, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
	};
	const struct cmsghdr *passed;
	ssize_t n;

	*listener = -1;
	do
		n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	passed = CMSG_FIRSTHDR(&message);
	if (n == 1 && passed != NULL && passed->cmsg_type == SCM_RIGHTS && passed->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(listener, CMSG_DATA(passed), sizeof *listener);
	return n == 1 ? question : '\0';
}

/* Once, by a program that has read nothing yet: from then on its word is a stranger's. */
static bool
settle(int fd, int listener, struct opener *opener)
{
	struct opener_sockets own;

	if (recv(fd, &own, sizeof own, MSG_WAITALL) != (ssize_t)sizeof own)
		return false;
	opener_init(opener, listener, &own);
	return true;
}

/* false: nobody asks any more, or nonsense. */
static bool
serve_question(int fd, struct opener *opener, bool *settled)
{
	int listener;

	switch (receive_question(fd, &listener)) {
	case 'w':
		return answer(fd);
	case 's':
		if (*settled)
			return false;
		*settled = true;
		return settle(fd, listener, opener);
	default:
		return false;
	}
}

static bool
serve_once(int fd, struct opener *opener, bool *settled)
{
	struct pollfd asked[2] = { { .fd = fd, .events = POLLIN }, { .fd = opener->listener, .events = POLLIN } };

	if (poll(asked, 2, -1) < 0)
		return errno == EINTR;
	if (asked[0].revents != 0 && !serve_question(fd, opener, settled))
		return false;
	if (asked[1].revents != 0 && !opener_answer(opener)) {
		close(opener->listener);
		opener->listener = -1;
	}
	return true;
}

_Noreturn static void
serve(int fd)
{
	struct opener opener = { .listener = -1 };
	bool settled = false;

	/* The terminal's signals are for the one on the screen; this one ends when nobody can ask any more. */
	setsid();
	for (int other = 0; other < 3; other++)
		close(other);
	signal(SIGPIPE, SIG_IGN);
	if (!keep_only_needed())
		_exit(1);
	/* Not by Landlock: it forbids to look into processes. */
	sandbox_refuse_calls(SANDBOX_READ_ONLY, NULL);
	while (serve_once(fd, &opener, &settled))
		;
	_exit(0);
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

bool
helper_settle(struct helper *h, int listener)
{
	struct opener_sockets own = { .count = 0 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char question[] = { 's' };
	struct iovec from = { question, sizeof question };
	struct msghdr message = { .msg_iov = &from, .msg_iovlen = 1 };

	if (!opener_is_possible(listener))
		listener = -1;
	if (listener >= 0) {
		memset(&control, 0, sizeof control);
		control.header = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(sizeof listener), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS
		};
		memcpy(CMSG_DATA(&control.header), &listener, sizeof listener);
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
		opener_own_sockets(&own);
	}
	h->silent = h->silent || sendmsg(h->fd, &message, MSG_NOSIGNAL) != (ssize_t)sizeof question
	    || !send_all(h->fd, &own, sizeof own);
	return !h->silent && listener >= 0;
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

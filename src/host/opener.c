/*
 * seccomp's notifications (seccomp_unotify(2)), by libseccomp but for the
 * one call that it doesn't know: adding a descriptor.  All that is looked at
 * are the call's numbers, which can't be changed meanwhile.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "host/opener.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#ifdef HAVE_SECCOMP
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <unistd.h>
#endif

enum { DESCRIPTORS_LOOKED_AT = 4096 };

void
opener_own_sockets(struct opener_sockets *own)
{
	own->count = 0;
	for (int fd = 0; fd < DESCRIPTORS_LOOKED_AT && own->count < OPENER_SOCKETS_MAX; fd++) {
		int domain = 0;
		socklen_t size = sizeof domain;
		struct stat about;

		if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_PACKET
		    && fstat(fd, &about) == 0)
			own->inode[own->count++] = about.st_ino;
	}
}

void
opener_init(struct opener *o, int listener, const struct opener_sockets *own)
{
	*o = (struct opener){ .listener = listener, .most = own->count, .made = *own };
	if (o->most > OPENER_SOCKETS_MAX)
		o->most = o->made.count = 0;
}

#if defined(HAVE_SECCOMP) && defined(SCMP_ACT_NOTIFY)
/* linux/seccomp.h, as of 5.14. */
struct added {
	uint64_t id;
	uint32_t flags, source, target, target_flags;
};
enum { ADD_AND_ANSWER = 1 << 1 /* 5.14 */, DYING_SECONDS = 10 };
#define ADD _IOW('!', 3, struct added)

bool
opener_is_possible(int listener)
{
	const struct added nobodys = { .source = (uint32_t)listener };

	/* nobody waits for it: a kernel that knows what is asked says just that */
	return listener >= 0 && ioctl(listener, ADD, &nobodys) != 0 && errno == ENOENT;
}

/* Forgets those that are closed. false: it can't be told. */
static bool
look_who_is_left(struct opener_sockets *made)
{
	FILE *all = fopen("/proc/self/net/packet", "re");
	struct opener_sockets left = { .count = 0 };
	char line[256];
	unsigned long long inode;

	if (all == NULL)
		return false;
	while (fgets(line, sizeof line, all) != NULL) {
		if (sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %*s %llu", &inode) != 1)
			continue;
		for (uint32_t i = 0; i < made->count && left.count < OPENER_SOCKETS_MAX; i++)
			if (made->inode[i] == inode)
				left.inode[left.count++] = inode;
	}
	fclose(all);
	*made = left;
	return true;
}

static bool
is_permitted(struct opener *o, const struct seccomp_notif *call)
{
	int kind = (int)call->data.args[1] & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);

	return (uint32_t)call->data.args[0] == AF_PACKET && (kind == SOCK_RAW || kind == SOCK_DGRAM)
	    && look_who_is_left(&o->made) && o->made.count < o->most;
}

/* Puts the socket among the caller's; *number: which it is there. false: not possible. */
static bool
give(const struct opener *o, const struct seccomp_notif *call, int fd, bool *answered, int *number)
{
	bool closing = ((int)call->data.args[1] & SOCK_CLOEXEC) != 0;
	struct added added = {
		.id = call->id, .flags = ADD_AND_ANSWER, .source = (uint32_t)fd, .target_flags = closing ? O_CLOEXEC : 0
	};

	*number = ioctl(o->listener, ADD, &added);
	*answered = *number >= 0;
	if (*number < 0 && errno == EINVAL) {
		added.flags = 0;
		*number = ioctl(o->listener, ADD, &added);
	}
	return *number >= 0;
}

static void
make(struct opener *o, const struct seccomp_notif *call, struct seccomp_notif_resp *answer, bool *answered)
{
	int fd = socket(AF_PACKET, (int)call->data.args[1], (int)call->data.args[2]), number = -1;
	struct stat about;

	answer->error = -EPERM;
	if (fd < 0)
		return;
	if (fstat(fd, &about) == 0 && give(o, call, fd, answered, &number)) {
		o->made.inode[o->made.count++] = about.st_ino;
		answer->error = 0;
		answer->val = number;
	}
	close(fd);
}

bool
opener_answer(struct opener *o)
{
	struct seccomp_notif *call;
	struct seccomp_notif_resp *answer;
	bool answered = false, good = false;

	if (seccomp_notify_alloc(&call, &answer) != 0)
		return false;
	/* A call whose caller has died meanwhile would be awaited for ever, and nobody else asks any more then. */
	alarm(DYING_SECONDS);
	if (seccomp_notify_receive(o->listener, call) == 0) {
		good = true;
		answer->id = call->id;
		answer->error = -EPERM;
		if (is_permitted(o, call))
			make(o, call, answer, &answered);
		if (!answered)
			(void)seccomp_notify_respond(o->listener, answer);
	} else {
		good = errno == ENOENT || errno == EINTR;
	}
	alarm(0);
	seccomp_notify_free(call, answer);
	return good;
}
#else
bool
opener_is_possible(int listener)
{
	(void)listener;
	return false;
}

bool
opener_answer(struct opener *o)
{
	(void)o;
	return false;
}
#endif

/*
 * From a name, a number or a path to the file that stands for a namespace,
 * and through it.  Where names are: ip-netns(8); what it takes: setns(2).
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "host/netns.h"

#ifdef ON_LINUX
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "base/text.h"

enum { FILE_MAX = 512 };
#define NAMED_ONES "/run/netns/"

enum kind { BY_NAME, BY_PROCESS, BY_PATH };

static enum kind
kind_of(const char *which)
{
	if (strchr(which, '/') != NULL)
		return BY_PATH;
	return which[strspn(which, "0123456789")] == '\0' ? BY_PROCESS : BY_NAME;
}

/* false: too long for a file. */
static bool
file_of(const char *which, char out[FILE_MAX])
{
	static const char *const before[] = { [BY_NAME] = NAMED_ONES, [BY_PROCESS] = "/proc/", [BY_PATH] = "" };
	enum kind kind = kind_of(which);
	int length = snprintf(out, FILE_MAX, "%s%s%s", before[kind], which, kind == BY_PROCESS ? "/ns/net" : "");

	return length > 0 && length < FILE_MAX;
}

static bool
not_there(const char *which, const char *safe, struct error *error)
{
	switch (kind_of(which)) {
	case BY_NAME:
		return error_set(error, "there is no network namespace %s in %s; `ip netns` lists those that "
		    "are, and a process's number names the one it is in", safe, NAMED_ONES);
	case BY_PROCESS:
		return error_set(error, "--netns: there is no process %s", safe);
	case BY_PATH:
		return error_set(error, "--netns: there is no file %s", safe);
	}
	return false;
}

/* What it takes is root's: setcap would be too much. */
static bool
explain(const char *which, int trouble, struct error *error)
{
	char safe[160];

	(void)text_safe_string(safe, sizeof safe, which);
	switch (trouble) {
	case ENOENT:
	case ESRCH:
	case ENOTDIR:
	case ENAMETOOLONG:
		return not_there(which, safe, error);
	case EPERM:
	case EACCES:
		return error_set(error, geteuid() == 0 ?
		    N_("not permitted to enter network namespace %s: that takes "
		    "CAP_SYS_ADMIN, here and in there, and of a process that one may trace it") :
		    N_("not permitted to enter network namespace %s: run it with "
		    "sudo, or inside, with `ip netns exec` or `nsenter -n`"), safe);
	case EINVAL:
		return error_set(error, "--netns: %s is no network namespace", safe);
	default:
		return error_set(error, "network namespace %s: %s", safe, strerror(trouble));
	}
}

bool
netns_enter(const char *which, struct error *error)
{
	char file[FILE_MAX];
	int fd = -1, trouble = 0;

	if (!file_of(which, file))
		trouble = ENAMETOOLONG;
	else if ((fd = open(file, O_RDONLY | O_CLOEXEC)) < 0 || setns(fd, CLONE_NEWNET) != 0)
		trouble = errno;
	if (fd >= 0)
		close(fd);
	return trouble == 0 || explain(which, trouble, error);
}
#else
bool
netns_enter(const char *which, struct error *error)
{
	(void)which;
	return error_set(error, "--netns: this system has no network namespaces");
}
#endif

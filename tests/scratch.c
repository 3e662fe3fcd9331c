/*
 * See scratch.h.  A shell waits at the other end of a pipe that nobody
 * writes to: it reads the pipe's end when the last process that could have
 * written is gone, and removes the folder then.  Nothing of ours runs in
 * it, so that neither a sanitizer nor a test's framework is in its way.
 */
#include "tests/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, DESCRIPTORS = 1024 };

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

/* In a process whose parent doesn't wait for it: a session of its own, which Ctrl-C doesn't reach. */
static _Noreturn void
keep(int end, const char *folder)
{
	setsid();
	if (fork() != 0)
		_exit(0);
	dup2(end, STDIN_FILENO);
	dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	for (int fd = STDERR_FILENO + 1; fd < DESCRIPTORS; fd++)
		close(fd);
	execl("/bin/sh", "sh", "-c", "cd /; read -r nothing; exec rm -rf -- \"$1\"", "sh", folder, (char *)NULL);
	_exit(127);
}

const char *
scratch_folder(void)
{
	static char folder[PATH_ROOM];
	const char *parent = getenv("TMPDIR");
	int ends[2];
	pid_t child;

	if (folder[0] != '\0')
		return folder;
	snprintf(folder, sizeof folder, "%s/tcpladder-test.XXXXXX", parent != NULL && parent[0] == '/' ? parent : "/tmp");
	if (mkdtemp(folder) == NULL || pipe(ends) != 0)
		fail(folder);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	child = fork();
	if (child == 0)
		keep(ends[0], folder);
	close(ends[0]);
	if (child < 0 || waitpid(child, NULL, 0) != child)
		fail(folder);
	return folder;
}

int
scratch_file(char *path, size_t size)
{
	int fd;

	snprintf(path, size, "%s/XXXXXX", scratch_folder());
	fd = mkstemp(path);
	if (fd < 0)
		fail(path);
	return fd;
}

/*
 * The terminal's own descriptors, apart from those that the program was
 * given and shares with others: they never wait.
 */
#include "tui/term_doors.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int
open_terminal(int descriptor)
{
	const char *name = isatty(descriptor) ? ttyname(descriptor) : "/dev/tty";
	int mine = name == NULL ? -1 : open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	/* a terminal whose name another user owns (su, sudo): by its descriptor then */
	if (mine < 0 && isatty(descriptor)) {
		mine = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
		if (mine >= 0)
			fcntl(mine, F_SETFL, fcntl(mine, F_GETFL) | O_NONBLOCK);
	}
	return mine;
}

struct term_doors
term_doors_open(void)
{
	struct term_doors doors = { .out = open_terminal(STDOUT_FILENO) };

	doors.error = errno;
	/* keys: standard input, unless that is the capture */
	doors.in = open_terminal(STDIN_FILENO);
	if (doors.out >= 0)
		doors.error = errno;
	return doors;
}

void
term_doors_close(struct term_doors *doors)
{
	if (doors->out >= 0)
		close(doors->out);
	if (doors->in >= 0)
		close(doors->in);
	doors->in = doors->out = -1;
}

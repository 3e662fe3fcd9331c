/*
 * terminal: the program in a real pseudo-terminal ($TCPLADDER, $TESTDATA):
 * the terminal's modes are the same afterwards, whatever ends it; resizes,
 * job control, hang-up, a terminal that nobody reads, unknown types; and
 * that doing nothing costs nothing.  Prints "ok NAME" or "not ok NAME".
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { SLOW = 4 };
#else
enum { SLOW = 1 };
#endif

/* What is to come is waited for as long as a very slow machine takes. */
enum { SEEN_MAX = 1 << 20, MOMENT_MS = 10, QUIET_MS = 1000, PATIENCE_MS = 90000 };

#define LISTED "10.8.34.13:46103"	/* a client in the list */

struct run {
	pid_t pid;
	int master, slave;		/* the slave stays open here, so that modes can be asked for at the end */
	int feed;			/* the write end of its standard input, or -1 */
	int told;			/* as a job: where its shell says what became of it, or -1 */
	pid_t job;			/* as a job: the program; pid is its shell then */
	struct termios before;
	char *seen;			/* everything it wrote */
	size_t length;
	int status;
	bool ended;
};

static unsigned failed;

static void
check(const char *name, bool good, const char *format, ...)
{
	va_list arguments;

	printf("%s %s", good ? "ok" : "not ok", name);
	if (!good) {
		printf(" # ");
		va_start(arguments, format);
		vprintf(format, arguments);
		va_end(arguments);
		failed++;
	}
	printf("\n");
	fflush(stdout);
}

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void
set_size(struct run *r, unsigned columns, unsigned lines)
{
	struct winsize size = { .ws_col = (unsigned short)columns, .ws_row = (unsigned short)lines };

	ioctl(r->master, TIOCSWINSZ, &size);
}

/* ---- starting and ending */

static _Noreturn void
become(const struct run *r, int feed_read, const char *terminal, char *const *arguments)
{
	setsid();
	ioctl(r->slave, TIOCSCTTY, 0);
	dup2(feed_read >= 0 ? feed_read : r->slave, STDIN_FILENO);
	dup2(r->slave, STDOUT_FILENO);
	dup2(r->slave, STDERR_FILENO);
	for (int fd = 3; fd < 64; fd++)
		close(fd);
	if (terminal != NULL)
		setenv("TERM", terminal, 1);
	else
		unsetenv("TERM");
	unsetenv("LINES");
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);	/* whose settings it would be */
	unsetenv("COLUMNS");
	signal(SIGINT, SIG_DFL);	/* a shell ignores them for what it starts in the background */
	signal(SIGQUIT, SIG_DFL);
	execv(arguments[0], arguments);
	_exit(127);
}

static void
open_terminal(struct run *r)
{
	*r = (struct run){ .master = posix_openpt(O_RDWR | O_NOCTTY), .feed = -1, .told = -1 };
	if (r->master < 0 || grantpt(r->master) != 0 || unlockpt(r->master) != 0 ||
	    (r->slave = open(ptsname(r->master), O_RDWR | O_NOCTTY)) < 0) {
		printf("skipped terminal: no pseudo-terminal: %s\n", strerror(errno));
		exit(77);
	}
	fcntl(r->master, F_SETFL, fcntl(r->master, F_GETFL) | O_NONBLOCK);
	r->seen = calloc(1, SEEN_MAX);
	set_size(r, 80, 24);
	tcgetattr(r->slave, &r->before);
}

static void
start(struct run *r, const char *terminal, bool fed, char *const *arguments)
{
	int feed[2] = { -1, -1 };

	open_terminal(r);
	if (fed && pipe(feed) != 0) {
		perror("terminal");
		exit(1);
	}
	r->pid = fork();
	if (r->pid == 0)
		become(r, feed[0], terminal, arguments);
	if (fed) {
		close(feed[0]);
		r->feed = feed[1];
	}
}

/* What it writes within so many milliseconds, or a first part of it. */
static bool
take(struct run *r, int milliseconds)
{
	struct pollfd p = { .fd = r->master, .events = POLLIN };
	char bytes[4096];
	ssize_t n;

	if (poll(&p, 1, milliseconds) <= 0 || (n = read(r->master, bytes, sizeof bytes)) <= 0)
		return false;
	if (r->length + (size_t)n >= SEEN_MAX)
		r->length = 0;
	memcpy(r->seen + r->length, bytes, (size_t)n);
	r->length += (size_t)n;
	r->seen[r->length] = '\0';
	return true;
}

static void
forget(struct run *r)
{
	r->length = 0;
	r->seen[0] = '\0';
}

/* Waits until it has written these words since what it wrote was forgotten. */
static bool
shows(struct run *r, const char *words)
{
	uint64_t end = now_ms() + PATIENCE_MS;

	while (strstr(r->seen, words) == NULL && now_ms() < end)
		(void)take(r, MOMENT_MS);
	return strstr(r->seen, words) != NULL;
}

static bool
wait_end(struct run *r, bool reading, int milliseconds)
{
	uint64_t end = now_ms() + (uint64_t)milliseconds;

	while (!r->ended && now_ms() < end) {
		r->ended = waitpid(r->pid, &r->status, WNOHANG) == r->pid;
		if (reading)
			(void)take(r, MOMENT_MS);
		else if (!r->ended)
			poll(NULL, 0, MOMENT_MS);
	}
	return r->ended;
}

static void
finish(struct run *r)
{
	if (!r->ended) {
		kill(r->pid, SIGKILL);
		if (r->job > 0)
			kill(r->job, SIGKILL);
		waitpid(r->pid, &r->status, 0);
	}
	if (r->feed >= 0)
		close(r->feed);
	if (r->told >= 0)
		close(r->told);
	if (r->master >= 0)
		close(r->master);
	close(r->slave);
	free(r->seen);
}

/* What it wrote before is forgotten. */
static void
press(struct run *r, const char *keys)
{
	while (take(r, 0))
		;
	forget(r);
	if (write(r->master, keys, strlen(keys)) != (ssize_t)strlen(keys))
		fprintf(stderr, "terminal: the keys didn't fit\n");
}

static bool
same_modes(const struct run *r)
{
	struct termios now = { .c_iflag = 0 };	/* a kernel fills fewer of c_cc than a C library has */

	return tcgetattr(r->slave, &now) == 0 && now.c_iflag == r->before.c_iflag &&
	    now.c_oflag == r->before.c_oflag && now.c_cflag == r->before.c_cflag &&
	    now.c_lflag == r->before.c_lflag && memcmp(now.c_cc, r->before.c_cc, sizeof now.c_cc) == 0;
}

static bool
exited_with(const struct run *r, int code)
{
	return r->ended && WIFEXITED(r->status) && WEXITSTATUS(r->status) == code;
}

/* ---- what is tested */

static void
test_session(char *const *program)
{
	struct run r;

	start(&r, "xterm-256color", false, program);
	check("terminal: the list is shown", shows(&r, LISTED), "not on the screen");
	check("terminal: other modes while it runs", !same_modes(&r), "the modes are unchanged");
	press(&r, "\r");
	check("terminal: Enter opens the ladder", shows(&r, "SYN-SENT"), "no ladder: %s", r.seen);
	press(&r, "\r");
	check("terminal: Enter opens the packet", shows(&r, "sequence number"), "no packet: %s", r.seen);
	press(&r, "\033");
	check("terminal: Esc goes back to the ladder", shows(&r, "SYN-SENT"), "no ladder: %s", r.seen);
	press(&r, "qq");
	wait_end(&r, true, PATIENCE_MS);
	check("terminal: q ends it", exited_with(&r, 0), "status %x", (unsigned)r.status);
	check("terminal: modes as before", same_modes(&r), "they differ");
	finish(&r);
}

static void
test_signals(char *const *program)
{
	static const struct {
		int number;
		const char *name;
	} signals[] = { { SIGTERM, "SIGTERM" }, { SIGHUP, "SIGHUP" }, { SIGQUIT, "SIGQUIT" }, { SIGSEGV, "a crash" } };
	struct run r;
	char name[80];

	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		if (SLOW > 1 && signals[i].number == SIGSEGV)
			continue;	/* the sanitizer takes that one for itself */
		start(&r, "xterm-256color", false, program);
		shows(&r, LISTED);
		kill(r.pid, signals[i].number);
		wait_end(&r, false, PATIENCE_MS);
		snprintf(name, sizeof name, "terminal: %s ends it", signals[i].name);
		check(name, r.ended && WIFSIGNALED(r.status) && WTERMSIG(r.status) == signals[i].number, "status %x",
		    (unsigned)r.status);
		snprintf(name, sizeof name, "terminal: modes and screen are given back after %s", signals[i].name);
		check(name, shows(&r, "\033[?1049l") && same_modes(&r), "they are not");
		finish(&r);
	}
}

/* A shell of the same session: only its jobs are stopped by Ctrl-Z. Says who it is, and "s" each time that it stops. */
static _Noreturn void
become_shell(const struct run *r, int told, char *const *arguments)
{
	int status;
	pid_t job;

	setsid();
	ioctl(r->slave, TIOCSCTTY, 0);
	signal(SIGTTOU, SIG_IGN);
	job = fork();
	if (job == 0) {
		setpgid(0, 0);
		tcsetpgrp(r->slave, getpid());
		signal(SIGTTOU, SIG_DFL);
		become(r, -1, "xterm-256color", arguments);
	}
	if (write(told, &job, sizeof job) != sizeof job)
		_exit(126);
	while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status))
		if (write(told, "s", 1) != 1)
			_exit(126);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 125);
}

static void
start_job(struct run *r, char *const *arguments)
{
	int ends[2];

	open_terminal(r);
	if (pipe(ends) != 0 || (r->pid = fork()) < 0) {
		perror("terminal");
		exit(1);
	}
	if (r->pid == 0)
		become_shell(r, ends[1], arguments);
	close(ends[1]);
	r->told = ends[0];
	if (read(r->told, &r->job, sizeof r->job) != sizeof r->job)
		r->job = 0;
}

static void
test_job_control(char *const *program)
{
	struct pollfd stopped;
	struct run r;

	start_job(&r, program);
	shows(&r, LISTED);
	press(&r, "\032");
	stopped = (struct pollfd){ .fd = r.told, .events = POLLIN };
	check("terminal: Ctrl-Z stops it", r.job > 0 && poll(&stopped, 1, PATIENCE_MS) == 1, "it doesn't");
	check("terminal: modes as before while stopped", same_modes(&r), "they differ");
	if (r.job > 0)
		kill(r.job, SIGCONT);
	check("terminal: shows itself again when continued", shows(&r, LISTED), "no list: %s", r.seen);
	check("terminal: takes the terminal again", !same_modes(&r), "it has its old modes");
	press(&r, "\r");
	check("terminal: works after it was stopped", shows(&r, "SYN-SENT"), "no ladder: %s", r.seen);
	press(&r, "qq");
	wait_end(&r, true, PATIENCE_MS);
	check("terminal: modes as before after it was stopped", exited_with(&r, 0) && same_modes(&r), "status %x",
	    (unsigned)r.status);
	finish(&r);
}

/* An unlucky user: any size from 1x1 on while any key is pressed. */
static void
test_resize_storm(char *const *program)
{
	static const char *const keys[] = {
		"j", "k", "\r", "q", "\033", "\033[6~", "\033[5~", "G", "g", ",", ".", "e", "s", "S", "p80\r", "p\r", "?",
		"d", "z", "a", "t", "r", "A", "]", "[", "J", "K", "m", "'", "M", "f:\033", "/x\r", "n", "F", "c", "o"
	};
	struct run r;
	uint32_t random = 12345;
	unsigned n;

	start(&r, "xterm-256color", false, program);
	shows(&r, LISTED);
	for (n = 0; n < 500 && !r.ended; n++) {
		char bytes[8192];
		const char *key;

		random = random * 1103515245 + 12345;
		set_size(&r, 1 + (random >> 16) % 200, 1 + (random >> 8) % 70);
		key = keys[(random >> 20) % (sizeof keys / sizeof keys[0])];
		if (strcmp(key, "q") == 0)
			key = "\r";	/* q on the first screen would be the end */
		press(&r, key);
		poll(NULL, 0, (int)(random >> 24) % 4);
		while (read(r.master, bytes, sizeof bytes) > 0)
			;
		r.ended = waitpid(r.pid, &r.status, WNOHANG) == r.pid;
	}
	check("terminal: lives through 500 sizes", !r.ended, "ended after %u with status %x", n, (unsigned)r.status);
	set_size(&r, 80, 24);
	/* whatever is open: Esc closes it, and q goes back one screen, or is typed into a prompt that wasn't closed yet */
	for (uint64_t end = now_ms() + PATIENCE_MS; !r.ended && now_ms() < end;) {
		press(&r, "\033");
		(void)wait_end(&r, true, 10 * MOMENT_MS);
		press(&r, "q");
		(void)wait_end(&r, true, 10 * MOMENT_MS);
	}
	check("terminal: modes as before after the storm", exited_with(&r, 0) && same_modes(&r), "status %x",
	    (unsigned)r.status);
	finish(&r);
}

/* Whatever is on the screen, the capture goes on: a pipe is emptied while nobody reads the terminal. */
static void
test_stalled(char *const *program, const char *capture)
{
	struct run r;
	FILE *file = fopen(capture, "r");
	static char bytes[1 << 20];
	size_t length = file != NULL ? fread(bytes, 1, sizeof bytes, file) : 0, sent = 0, total = 1 << 20;
	uint64_t end;

	if (file != NULL)
		fclose(file);
	start(&r, "xterm-256color", true, program);
	fcntl(r.feed, F_SETFL, O_NONBLOCK);
	signal(SIGPIPE, SIG_IGN);
	end = now_ms() + PATIENCE_MS;
	while (length > 24 && sent < total && now_ms() < end) {
		/* the file's records again and again, after its header */
		size_t at = sent < length ? sent : 24 + (sent - length) % (length - 24);
		ssize_t n = write(r.feed, bytes + at, length - at);

		if (n > 0)
			sent += (size_t)n;
		else
			poll(NULL, 0, 5);
		if (sent % 3 == 0 && write(r.master, "\014", 1) != 1)
			errno = 0;	/* no more keys fit */
	}
	check("terminal: a terminal that nobody reads doesn't stop the capture", sent >= total, "%zu of %zu bytes", sent,
	    total);
	kill(r.pid, SIGTERM);
	wait_end(&r, false, PATIENCE_MS);
	check("terminal: ends although nobody reads", r.ended && WIFSIGNALED(r.status), "status %x", (unsigned)r.status);
	finish(&r);
}

static void
test_vanished(char *const *program)
{
	struct run r;

	start(&r, "xterm-256color", false, program);
	shows(&r, LISTED);
	close(r.slave);
	close(r.master);
	r.master = -1;
	r.slave = open("/dev/null", O_RDWR);
	wait_end(&r, false, PATIENCE_MS);
	check("terminal: ends when the terminal vanishes", r.ended, "it lives on");
	finish(&r);
}

static void
test_types(char *const *program)
{
	static const char *const types[] = { "dumb", "no-such-terminal", NULL };
	/* those that every ncurses brings along */
	static const char *const known[] = { "vt100", "linux", "xterm", "screen", "ansi" };
	struct run r;

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		char name[80];

		start(&r, types[i], false, program);
		wait_end(&r, true, PATIENCE_MS);
		snprintf(name, sizeof name, "terminal: TERM=%s is refused in one line", types[i] != NULL ? types[i] : "");
		check(name, shows(&r, "\n") && exited_with(&r, 1) && same_modes(&r) && strstr(r.seen, "TERM") != NULL && strchr(strchr(r.seen, '\n') + 1, '\n') == NULL, "it says: %s", r.seen);
		finish(&r);
	}
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		char name[80];

		start(&r, known[i], false, program);
		snprintf(name, sizeof name, "terminal: works with TERM=%s", known[i]);
		check(name, shows(&r, "connections"), "it says: %s", r.seen);
		press(&r, "q");
		wait_end(&r, true, PATIENCE_MS);
		snprintf(name, sizeof name, "terminal: modes as before with TERM=%s", known[i]);
		check(name, exited_with(&r, 0) && same_modes(&r), "they differ");
		finish(&r);
	}
}

static void
test_idle(char *const *program)
{
	struct run r;
	struct rusage used;
	uint64_t before, after;

	start(&r, "xterm-256color", false, program);
	shows(&r, LISTED);
	while (take(&r, QUIET_MS))
		;
	poll(NULL, 0, 2500);
	check("terminal: draws nothing when nothing changes", !take(&r, 0), "it does");
	getrusage(RUSAGE_CHILDREN, &used);
	before = (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) +
	    (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000;
	press(&r, "q");
	wait_end(&r, true, PATIENCE_MS);
	getrusage(RUSAGE_CHILDREN, &used);
	after = (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) +
	    (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000;
	/* start, one picture and the end take some; 2.5 s of turning in circles would take it all */
	check("terminal: doing nothing costs nothing", after - before < 300000U * SLOW, "%llu us of processor time",
	    (unsigned long long)(after - before));
	finish(&r);
}

int
main(void)
{
	const char *program = getenv("TCPLADDER"), *data = getenv("TESTDATA");
	char capture[4096];

	snprintf(capture, sizeof capture, "%s/demo.pcap", data != NULL ? data : "testdata");
	{
		char path[4096], read[] = "-r", pipe_name[] = "-";
		char *const plain[] = { path, read, capture, NULL }, *const piped[] = { path, read, pipe_name, NULL };

		snprintf(path, sizeof path, "%s", program != NULL ? program : "./tcpladder");
		test_session(plain);
		test_signals(plain);
		test_job_control(plain);
		test_resize_storm(plain);
		test_stalled(piped, capture);
		test_vanished(plain);
		test_types(plain);
		test_idle(plain);
	}
	return failed > 0;
}

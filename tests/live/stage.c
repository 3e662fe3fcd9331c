/*
 * See stage.h.  Knows namespaces, the loopback and the program's keys, and
 * nothing of what is tested.
 */
#include "stage.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/scratch.h"

enum { SCREEN_MAX = 1 << 17, PATIENCE = 90 /* seconds */ };
#define TAKEN "taken.txt"		/* saved behind the keys that were pressed */
#define MOMENT 0.01

static struct {
	unsigned failed;
	pid_t program;
} stage;

int
stage_skip(const char *what)
{
	printf("ok live host # SKIP %s: %s\n", what, strerror(errno));
	return STAGE_SKIPPED;
}

void
stage_rest(double seconds)
{
	struct timespec t = { .tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9) };

	nanosleep(&t, NULL);
}

static bool
write_file(const char *path, int how, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | how, 0600);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return good;
}

bool
stage_write(const char *path, const char *text)
{
	return write_file(path, O_CREAT | O_TRUNC, text);
}

bool
stage_up(const char *interface)
{
	struct ifreq up = { .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool good;

	snprintf(up.ifr_name, sizeof up.ifr_name, "%s", interface);
	good = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &up) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

bool
stage_isolate(void)
{
	char map[64];
	unsigned uid = getuid();

	if (unshare(CLONE_NEWNET) != 0) {
		snprintf(map, sizeof map, "0 %u 1", uid);
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 || !write_file("/proc/self/setgroups", 0, "deny")
		    || !write_file("/proc/self/uid_map", 0, map))
			return false;
	}
	return stage_up("lo");
}

int
stage_open(unsigned seconds)
{
	char program[4096];
	const char *given = getenv("TCPLADDER");

	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(seconds);
	if (realpath(given != NULL ? given : "./tcpladder", program) == NULL)
		return stage_skip("tcpladder");
	setenv("TCPLADDER", program, 1);
	if (!stage_isolate())
		return stage_skip("a network namespace of its own");
	signal(SIGPIPE, SIG_IGN);
	return chdir(scratch_folder()) == 0 ? 0 : stage_skip("a folder");
}

int
stage_close(void)
{
	return stage.failed > 0;
}

struct sockaddr_in
stage_loopback(unsigned port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

int
stage_connect(unsigned port)
{
	struct sockaddr_in a = stage_loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0 && errno != EINPROGRESS)
		perror("connect");
	return fd;
}

int
stage_tap(const char *interface)
{
	struct ifreq tap = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	snprintf(tap.ifr_name, sizeof tap.ifr_name, "%s", interface);
	if (fd >= 0 && (ioctl(fd, TUNSETIFF, &tap) != 0 || !stage_up(interface))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void
stage_syn(int tap, unsigned port)
{
	uint8_t frame[54] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0,
		192, 0, 2, 1, 192, 0, 2, 2, (uint8_t)(port >> 8), (uint8_t)port, 443 >> 8, 443 & 0xff, 0, 0, 0, 9,
		0, 0, 0, 0, 0x50, 2, 0xff, 0xff };

	if (write(tap, frame, sizeof frame) != (ssize_t)sizeof frame)
		perror("tap");
}

/* ---- the program, and what it shows */

static bool
is_running(void)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)stage.program, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Another user couldn't write them anew. */
static void
remove_screens(void)
{
	DIR *all = opendir(".");
	struct dirent *entry;

	while (all != NULL && (entry = readdir(all)) != NULL)
		if (strstr(entry->d_name, ".txt") != NULL)
			unlink(entry->d_name);
	if (all != NULL)
		closedir(all);
}

pid_t
stage_program(const char *const *arguments, const char *size, FILE **keys)
{
	const char *words[STAGE_ARGUMENTS] = { "tcpladder", "-n", "--script", "keys", "--size", size };
	size_t count = 6;
	pid_t child;

	*keys = NULL;
	remove_screens();
	if (mkfifo("keys", 0600) != 0)
		return -1;
	/* whoever the program becomes reads its keys and saves its screens here */
	if (chmod("keys", 0666) != 0 || chmod(".", 0777) != 0)
		return -1;
	while (*arguments != NULL && count + 1 < STAGE_ARGUMENTS)
		words[count++] = *arguments++;
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execv(getenv("TCPLADDER"), (char **)(uintptr_t)words);
		perror("tcpladder");
		_exit(127);
	}
	stage.program = child;
	*keys = fopen("keys", "we");
	if (*keys != NULL)
		stage_press(*keys, "");
	return child;
}

void
stage_press(FILE *keys, const char *words)
{
	double end = now() + PATIENCE;

	unlink(TAKEN);
	fprintf(keys, "%s save-screen " TAKEN "\n", words);
	fflush(keys);
	while (access(TAKEN, F_OK) != 0 && is_running() && now() < end)
		stage_rest(MOMENT);
}

const char *
stage_screen(const char *name)
{
	static char text[SCREEN_MAX];
	FILE *f = fopen(name, "re");
	size_t used = 0;
	int c;

	while (f != NULL && (c = getc(f)) != EOF && used + 1 < sizeof text) {
		if (c == '\n')
			c = ' ';
		if (c != ' ' || used == 0 || text[used - 1] != ' ')
			text[used++] = (char)c;
	}
	text[used] = '\0';
	if (f != NULL)
		fclose(f);
	return text;
}

/* Whether it says so; with a minus before the words: doesn't. */
static bool
says(const char *file, const char *words)
{
	const char *seen = stage_screen(file);

	return words[0] == '-' ? seen[0] != '\0' && strstr(seen, words + 1) == NULL : strstr(seen, words) != NULL;
}

void
stage_await(FILE *keys, const char *file, const char *words)
{
	double end = now() + PATIENCE;
	char press[128];

	snprintf(press, sizeof press, "wait:0.1 save-screen %s", file);
	for (;;) {
		stage_press(keys, press);
		if (says(file, words) || !is_running() || now() >= end)
			return;
		stage_rest(5 * MOMENT);
	}
}

void
stage_verdict(const char *name, bool good, const char *why)
{
	if (good)
		printf("ok %s\n", name);
	else
		printf("not ok %s # %s\n", name, why);
	stage.failed += !good;
}

void
stage_expect(const char *name, const char *file, const char *words)
{
	bool good = says(file, words);

	if (!good)
		printf("# wanted: %s\n# seen: %s\n", words, stage_screen(file));
	stage_verdict(name, good, file);
}

void
stage_expect_soon(FILE *keys, const char *name, const char *file, const char *words)
{
	stage_await(keys, file, words);
	stage_expect(name, file, words);
}

void
stage_finish(FILE *keys, pid_t program)
{
	int status;

	fclose(keys);
	if (waitpid(program, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		printf("not ok live host # tcpladder ended with status %#x\n", (unsigned)status);
		stage.failed++;
	}
	unlink("keys");
}

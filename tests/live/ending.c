/*
 * A live capture without a screen, and its end: what came before a signal is
 * printed and saved, whichever signal it is, and in the order of time; files
 * that follow each other are overwritten by who begins them.
 * Prints "ok NAME" or "not ok NAME"; 77: not permitted here.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage.h"

enum { SECONDS = 60, TAPS = 3, ROUNDS = 60, PCAP_HEADER = 24, FRAME_HEADER = 16, ARGUMENTS_MAX = 24 };

/* Two of them have traffic, and the third keeps all waiting for what it might have had. */
static int taps[TAPS];

/* Runs tcpladder without a screen; its output is in printed.txt and said.txt. */
static pid_t
start(const char *const *arguments)
{
	const char *words[ARGUMENTS_MAX] = { "tcpladder" };
	size_t count = 1;
	pid_t child;

	while (*arguments != NULL && count + 1 < ARGUMENTS_MAX)
		words[count++] = *arguments++;
	child = fork();
	if (child == 0) {
		int out = open("printed.txt", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		int said = open("said.txt", O_WRONLY | O_CREAT | O_TRUNC, 0600);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out, STDOUT_FILENO);
		dup2(said, STDERR_FILENO);
		execv(getenv("TCPLADDER"), (char **)(uintptr_t)words);
		_exit(127);
	}
	stage_rest(1.5);
	return child;
}

static int
finish(pid_t program)
{
	int status = -1;

	return waitpid(program, &status, 0) == program && WIFEXITED(status) ? WEXITSTATUS(status) : 128 + status;
}

/* Rows of printed.txt; *ordered: no time is before the one above it. */
static unsigned
count_rows(bool *ordered)
{
	char line[1024], last[32] = "", flow[32], frame[32], time[32];
	FILE *f = fopen("printed.txt", "re");
	unsigned rows = 0;

	*ordered = true;
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "%31s %31s %31s", frame, flow, time) != 3 || strcmp(frame, "frame") == 0)
			continue;
		*ordered = *ordered && strcmp(last, time) <= 0;
		memcpy(last, time, sizeof last);
		rows++;
	}
	if (f != NULL)
		fclose(f);
	*ordered = *ordered && rows > 1;
	return rows;
}

/* All that were sent, though the signal comes when the last of them has just been: nothing is left where it waited. */
static void
expect_all(int number, const char *name, bool several)
{
	const char *const one[] = { "-Z", "root", "-i", "tap0", "--print=frames", "--format=tsv", "-w", "saved.pcap", "tcp", NULL };
	const char *const three[] = { "-Z", "root", "-i", "tap0", "-i", "tap1", "-i", "tap2", "--print=frames",
		"--format=tsv", "-w", "saved.pcap", "tcp", NULL };
	unsigned expected = several ? 3 * ROUNDS : ROUNDS, rows;
	pid_t program = start(several ? three : one);
	char text[128], why[160];
	struct stat saved = { .st_size = 0 };
	bool ordered;
	int status;

	for (unsigned i = 0; i < ROUNDS; i++) {
		stage_syn(taps[0], 20000 + i);
		if (several) {
			stage_syn(taps[0], 30000 + i);
			stage_syn(taps[1], 40000 + i);
		}
	}
	kill(program, number);
	status = finish(program);
	rows = count_rows(&ordered);
	(void)stat("saved.pcap", &saved);
	snprintf(why, sizeof why, "status %d, %u rows of %u, %ld bytes saved", status, rows, expected, (long)saved.st_size);
	snprintf(text, sizeof text, "%s, %s: all frames are printed", name, several ? "three interfaces" : "one interface");
	stage_verdict(text, status == 0 && rows == expected, why);
	snprintf(text, sizeof text, "%s, %s: and saved", name, several ? "three interfaces" : "one interface");
	stage_verdict(text, saved.st_size == PCAP_HEADER + (off_t)expected * (FRAME_HEADER + 54), why);
	if (several)
		stage_verdict("frames of several interfaces are in the order of time", ordered, name);
}

/* ---- files that follow each other, in a folder where nobody may touch what others have */

static void
expect_ring(void)
{
	static const char *const arguments[] = { "-Z", "65534", "-i", "tap0", "--print=none", "-w", "sticky/x", "-C", "1k",
		"-W", "3", "tcp", NULL };
	struct stat first = { .st_uid = 0 };
	pid_t program;
	char why[128];
	int status;

	if (geteuid() != 0 || system("setpriv --reuid 65534 --clear-groups true 2>/dev/null") != 0
	    || mkdir("sticky", 0700) != 0 || chmod("sticky", 01777) != 0 || chmod(".", 0755) != 0) {
		(void)stage_skip("becoming another user");
		return;
	}
	program = start(arguments);
	for (unsigned i = 0; i < 100; i++)
		stage_syn(taps[0], 20000 + i);
	kill(program, SIGTERM);
	status = finish(program);
	(void)stat("sticky/x0", &first);
	snprintf(why, sizeof why, "status %d, the first file is user %u's", status, (unsigned)first.st_uid);
	stage_verdict("the first of several files, made by root, is overwritten by who root became",
	    status == 0 && first.st_uid == 65534, why);
	unlink("sticky/x0");
	unlink("sticky/x1");
	unlink("sticky/x2");
	rmdir("sticky");
}

/* ---- a full disk, here a limit on the size of files */

static void
expect_unsaved(void)
{
	static const char *const arguments[] = { "-Z", "root", "-i", "tap0", "-w", "full.pcap", "--script", "keys", "tcp", NULL };
	struct rlimit limit, before;
	pid_t program;
	FILE *keys;

	if (mkfifo("keys", 0600) != 0 || getrlimit(RLIMIT_FSIZE, &before) != 0) {
		(void)stage_skip("keys");
		return;
	}
	limit = before;
	limit.rlim_cur = 1000;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	program = fork();
	if (program == 0)
		_exit(finish(start(arguments)));
	setrlimit(RLIMIT_FSIZE, &before);
	keys = fopen("keys", "we");
	stage_rest(1.5);
	for (unsigned i = 0; i < 100; i++)
		stage_syn(taps[0], 20000 + i);
	stage_rest(0.5);
	stage_press(keys, "wait:0.1 q");
	fclose(keys);
	stage_verdict("frames that weren't saved are an error in the end", finish(program) == 1, "status");
	stage_expect("which is told when the screen has gone, too", "said.txt", "100 frames couldn't be saved: File too large");
}

int
main(void)
{
	int status = stage_open(SECONDS);

	if (status != 0)
		return status;
	for (unsigned i = 0; i < TAPS; i++) {
		char name[16];

		snprintf(name, sizeof name, "tap%u", i);
		taps[i] = stage_tap(name);
		if (taps[i] < 0) {
			status = stage_skip("interfaces of its own");
			stage_close();
			return status;
		}
	}
	expect_all(SIGINT, "Ctrl-C", false);
	expect_all(SIGTERM, "SIGTERM", true);
	expect_all(SIGHUP, "SIGHUP", true);
	expect_ring();
	expect_unsaved();
	return stage_close();
}

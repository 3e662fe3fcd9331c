/*
 * endurance [SCALE]: what weeks on a busy server do to the program, in
 * seconds: a SYN flood of a million sources, and connections that come and go
 * by the million, through a pipe, with --memory.  Looks at how much memory
 * the program takes while that goes on, and whether ordinary connections in
 * the middle of it are tracked as ever.  SCALE (1) makes the churn so many
 * times as long; 36 is an hour of 2,000 connections a second.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/process_status.h"
#include "tests/scratch.h"
#include "tests/traffic.h"

enum {
	PATH_ROOM = 4096,
	SOURCES = 1000000,
	LIMIT_MIB = 128,
	CHURN = 200000,			/* connections */
	CHURN_FRAMES = 8,
	/* who isn't part of the flood */
	EARLY = 3000001, LIVING = 3000002, LATE = 3000003
};

extern char **environ;

static int failed;

static void
verdict(const char *what, bool good, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void
verdict(const char *what, bool good, const char *format, ...)
{
	va_list arguments;

	printf("%sok endurance: %s", good ? "" : "not ", what);
	if (!good) {
		printf(" # ");
		va_start(arguments, format);
		vprintf(format, arguments);
		va_end(arguments);
		failed = 1;
	}
	putchar('\n');
	fflush(stdout);
}

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Sanitizers take several times as much memory as what they look after. */
static bool
memory_counts(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
	return false;
#else
	return true;
#endif
#else
	return true;
#endif
}

/* ---- the program at the other end of a pipe */

struct run {
	pid_t child;
	FILE *in;			/* what it reads */
	char out[PATH_ROOM], err[PATH_ROOM];
	long most_kib;			/* resident at most, once it has ended */
	struct traffic traffic;
};

static void
start(struct run *r, char *const arguments[])
{
	posix_spawn_file_actions_t actions;
	const char *program = getenv("TCPLADDER");
	int ends[2];

	snprintf(r->out, sizeof r->out, "%s/out", scratch_folder());
	snprintf(r->err, sizeof r->err, "%s/err", scratch_folder());
	if (pipe(ends) != 0)
		fail("endurance");
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addopen(&actions, 1, r->out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_addopen(&actions, 2, r->err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (posix_spawn(&r->child, program != NULL ? program : "./tcpladder", &actions, NULL, arguments, environ) != 0)
		fail("endurance: the program");
	posix_spawn_file_actions_destroy(&actions);
	close(ends[0]);
	r->in = fdopen(ends[1], "wb");
	traffic_begin(&r->traffic, r->in, false);
}

/* What it takes now; 0 where that isn't told. */
static long
resident_kib(struct run *r)
{
	unsigned long long kib;

	fflush(r->in);
	kib = process_status(r->child, "VmRSS", 10);
	return kib == ~0ULL ? 0 : (long)kib;
}

/* The end of the capture; true: the program ended well. */
static bool
finish(struct run *r)
{
	struct rusage usage;
	int status;

	fclose(r->in);
	if (wait4(r->child, &status, 0, &usage) != r->child)
		fail("endurance: wait");
	r->most_kib = usage.ru_maxrss;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static char *
text_of(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t size = 0;
	char *text = NULL;
	ssize_t n;

	if (f == NULL)
		fail(path);
	n = getdelim(&text, &size, '\0', f);
	fclose(f);
	return n < 0 ? strdup("") : text;
}

static void
check_memory(const char *what, const struct run *r)
{
	if (memory_counts())
		verdict(what, r->most_kib <= LIMIT_MIB * 1024L, "%ld KiB resident", r->most_kib);
}

/* ---- a flood */

static void
complete(struct traffic *t, struct traffic_connection *c)
{
	while (c->step < 10)
		traffic_step(t, c, 10);
}

/* Connections among a million SYNs; the frame numbers of their SYNs. */
static void
write_flood(struct run *r, uint32_t *early_syn, uint32_t *living_syn, uint32_t *late_syn)
{
	struct traffic *t = &r->traffic;
	struct traffic_connection early, living, late;
	uint32_t frames = 0;

	traffic_connect(&early, EARLY);
	traffic_connect(&living, LIVING);
	traffic_connect(&late, LATE);
	for (uint32_t n = 0; n < SOURCES; n++) {
		struct traffic_connection source;

		if (n == 5000) {
			*living_syn = frames + 1;
			for (int i = 0; i < 5; i++, frames++)
				traffic_step(t, &living, 1000);
		}
		if (n == 10000) {
			*early_syn = ++frames;
			traffic_step(t, &early, 10);
		}
		if (n % 100000 == 99999) {
			traffic_step(t, &living, 1000);
			frames++;
		}
		traffic_connect(&source, n);
		traffic_segment(t, &source, 0, TRAFFIC_SYN, 0);
		frames++;
	}
	complete(t, &early);
	*late_syn = frames + 9 + 1;
	complete(t, &late);
	while (living.step < 18)
		traffic_step(t, &living, 18);
}

/* The line of the connection with this port in the list; field n of it, from 0. */
static bool
field(const char *list, const char *start, int n, char *out, size_t size)
{
	const char *line = strstr(list, start), *end;

	for (; line != NULL && n > 0; n--)
		line = line != NULL ? strpbrk(line + 1, "\t") : NULL;
	if (line == NULL)
		return false;
	line += *line == '\t';
	end = line + strcspn(line, "\t\n");
	snprintf(out, size, "%.*s", (int)(end - line), line);
	return true;
}

/* Its address and port, as they stand in a line of the list. */
static void
client_of(uint32_t number, char *out, size_t size)
{
	uint32_t address = 0x0a000000 + number / 50000 * 65536 + number % 60000;

	snprintf(out, size, "\t%u.%u.%u.%u\t%u\t", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255,
	    10000 + number / 60000);
}

static void
check_tracked(const char *list, const char *who, uint32_t number, uint32_t syn, const char *frames)
{
	char client[64], origin[32], first[32], outcome[32], count[32], what[128];
	bool there;

	client_of(number, client, sizeof client);
	/* fields from the client's address on: port, server, port, origin, first frame ... */
	there = field(list, client, 4, origin, sizeof origin) && field(list, client, 5, first, sizeof first)
	    && field(list, client, 11, outcome, sizeof outcome) && field(list, client, 16, count, sizeof count);
	snprintf(what, sizeof what, "%s is tracked from its SYN to its end", who);
	verdict(what, there && strcmp(origin, "handshake") == 0 && (uint32_t)atoi(first) == syn
	    && strcmp(outcome, "closed") == 0 && strcmp(count, frames) == 0, "%s",
	    there ? "something else is said of it" : "it isn't listed");
}

static void
flood(void)
{
	char from[] = "-r", standard[] = "-", memory[] = "--memory=128M", list[] = "--print=list", format[] = "--format=tsv",
	    name[] = "tcpladder";
	char *arguments[] = { name, from, standard, memory, list, format, NULL };
	uint32_t early_syn, living_syn, late_syn;
	unsigned long long given_up = 0;
	size_t lines = 0;
	struct run r;
	char *text, *err;

	start(&r, arguments);
	write_flood(&r, &early_syn, &living_syn, &late_syn);
	verdict("a flood of a million sources ends well", finish(&r), "it didn't");
	check_memory("under a flood of a million sources it stays under 128 MiB", &r);
	printf("# %ld KiB resident at most\n", r.most_kib);
	text = text_of(r.out);
	err = text_of(r.err);
	check_tracked(text, "a connection that went on before and behind the flood", LIVING, living_syn, "10");
	check_tracked(text, "a handshake that is answered after nearly a million other SYNs", EARLY, early_syn, "6");
	check_tracked(text, "a connection after the flood", LATE, late_syn, "6");
	verdict("it says that a SYN had to be given up meanwhile",
	    strstr(text, "was given up for lack of memory") != NULL, "it doesn't");
	for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	sscanf(err, "tcpladder: given up to stay within --memory: %llu", &given_up);
	/* the one that was given up and came back counts twice */
	verdict("every connection is listed or counted as given up", lines - 1 + given_up == SOURCES + 3 + 1,
	    "%zu and %llu", lines - 1, given_up);
	free(text);
	free(err);
}

/* The same on a screen. */
static void
flood_on_screen(void)
{
	char from[] = "-r", standard[] = "-", memory[] = "--memory=128M", script[PATH_ROOM + 16], size[] = "--size=80x24", picture[PATH_ROOM],
	    name[] = "tcpladder";
	char *arguments[] = { name, from, standard, memory, script, size, NULL };
	uint32_t unused[3];
	char keys[PATH_ROOM], *text;
	struct run r;
	FILE *f;

	snprintf(keys, sizeof keys, "%s/keys", scratch_folder());
	snprintf(picture, sizeof picture, "%s/screen.txt", scratch_folder());
	f = fopen(keys, "w");
	if (f == NULL)
		fail(keys);
	fprintf(f, "save-screen %s\n", picture);
	fclose(f);
	snprintf(script, sizeof script, "--script=%s", keys);
	start(&r, arguments);
	write_flood(&r, &unused[0], &unused[1], &unused[2]);
	verdict("the same on a screen ends well", finish(&r), "it didn't");
	check_memory("and stays under 128 MiB", &r);
	printf("# %ld KiB resident at most\n", r.most_kib);
	text = text_of(picture);
	verdict("the screen tells that something was given up", strstr(text, " given up") != NULL, "it doesn't");
	free(text);
}

/* ---- churn */

static void
churn(uint32_t connections)
{
	char from[] = "-r", standard[] = "-", memory[] = "--memory=128M", none[] = "--print=none", name[] = "tcpladder";
	char *arguments[] = { name, from, standard, memory, none, NULL };
	long quarter = 0, end;
	struct run r;

	start(&r, arguments);
	for (uint32_t n = 0; n < connections; n++) {
		struct traffic_connection c;

		traffic_connect(&c, n);
		r.traffic.time = UINT64_C(1700000000000000) + n * UINT64_C(500);	/* 2,000 a second */
		while (c.step < CHURN_FRAMES)
			traffic_step(&r.traffic, &c, CHURN_FRAMES);
		if (n == connections / 4 * 3)
			quarter = resident_kib(&r);
	}
	end = resident_kib(&r);
	verdict("connections that come and go end well", finish(&r), "they didn't");
	check_memory("while they do it stays under 128 MiB", &r);
	printf("# %u connections of %d frames: %ld KiB resident after three quarters, %ld at the end, %ld at most\n",
	    connections, CHURN_FRAMES, quarter, end, r.most_kib);
	if (memory_counts())
		verdict("and doesn't grow", end <= quarter + quarter / 4, "from %ld to %ld KiB", quarter, end);
}

/* ---- a file that is too large, unbounded */

/* With half of the memory that the file takes: it says so before it ends, and with --memory it needn't end. */
static void
too_large(void)
{
	char path[PATH_ROOM], command[3 * PATH_ROOM], *text;
	const char *program = getenv("TCPLADDER"), *folder = scratch_folder();
	FILE *out;

	if (!memory_counts())
		return;
	snprintf(path, sizeof path, "%s/large.pcap", folder);
	out = fopen(path, "wb");
	if (out == NULL)
		fail(path);
	traffic_capture(out, false, 3000000, 300000);
	fclose(out);
	snprintf(command, sizeof command, "ulimit -v 260000; %s -r %s --print=none 2>%s/err", program != NULL ? program : "./tcpladder",
	    path, folder);
	verdict("what is too large for the memory that there is ends badly", system(command) != 0, "it fits");
	snprintf(path, sizeof path, "%s/err", folder);
	text = text_of(path);
	verdict("but says so before", strstr(text, "this file won't fit into memory: --memory bounds") != NULL, "it says: %s", text);
	free(text);
	strcpy(strstr(command, " 2>"), " --memory=100m 2>/dev/null");
	verdict("and ends well where it is bounded", system(command) == 0, "it doesn't");
	snprintf(path, sizeof path, "%s/large.pcap", folder);
	unlink(path);			/* hundreds of megabytes that nobody needs any more */
}

int
main(int argc, char **argv)
{
	unsigned long scale = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;

	signal(SIGPIPE, SIG_IGN);
	flood();
	flood_on_screen();
	too_large();
	churn(CHURN * (uint32_t)(scale > 0 && scale < 1000 ? scale : 1));
	return failed;
}

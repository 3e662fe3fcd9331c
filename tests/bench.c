/*
 * bench PROGRAM: how long tcpladder takes to load a large capture, beside a
 * bare loop over the same file, and how much memory a frame and a connection
 * cost.  Writes its own captures into $TMPDIR, one at a time, and removes
 * them.  BENCH_SCALE=100 makes everything a hundred times smaller, BENCH_RUNS
 * sets the number of runs of which the median counts (5).
 *
 *	bench loop FILE			the bare loop, alone
 *	bench write FORMAT FRAMES FLOWS FILE
 *
 * Times are those of whole processes, since that is what a user waits for.
 */
#include <fcntl.h>
#include <pcap/pcap.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/scratch.h"
#include "tests/traffic.h"

enum { RUNS_MAX = 25 };

extern char **environ;

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static void
write_file(const char *format, uint64_t frames, uint64_t flows, const char *path)
{
	FILE *out = fopen(path, "wb");

	if (out == NULL)
		fail(path);
	traffic_capture(out, strcmp(format, "pcapng") == 0, frames, flows);
	if (fclose(out) != 0)
		fail(path);
}

/* ---- the bare loop */

static int
bare_loop(const char *path)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(path, error);
	struct pcap_pkthdr *header;
	const u_char *bytes;
	uint64_t sum = 0;

	if (p == NULL) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	while (pcap_next_ex(p, &header, &bytes) == 1)
		sum += header->caplen + bytes[0];
	pcap_close(p);
	return sum == 0;
}

/* ---- measuring */

struct run {
	double seconds;
	double kib;			/* resident at most */
};

static struct run
run_once(char *const arguments[])
{
	posix_spawn_file_actions_t actions;
	struct timespec a, b;
	struct rusage usage;
	pid_t child;
	int status;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	clock_gettime(CLOCK_MONOTONIC, &a);
	if (posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ) != 0)
		fail(arguments[0]);
	if (wait4(child, &status, 0, &usage) != child || status != 0) {
		fprintf(stderr, "bench: %s failed\n", arguments[0]);
		exit(1);
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	posix_spawn_file_actions_destroy(&actions);
	return (struct run){ (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9, (double)usage.ru_maxrss };
}

static int
by_seconds(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

struct measured {
	uint64_t frames, flows;
	double bare, load, kib;
};

struct bench {
	char *self, *program;
	char path[4096];
	unsigned runs;
};

/* Alternates the two, so that a machine that grows slower slows both. */
static struct measured
measure(struct bench *b, const char *format, uint64_t frames, uint64_t flows, unsigned runs)
{
	struct run bare[RUNS_MAX], load[RUNS_MAX];
	char loop[] = "loop", from[] = "-r", none[] = "--print=none";
	char *loop_arguments[] = { b->self, loop, b->path, NULL };
	char *load_arguments[] = { b->program, from, b->path, none, NULL };
	struct measured m = { .frames = frames / flows * flows, .flows = flows };

	write_file(format, frames, flows, b->path);
	run_once(loop_arguments);	/* the file is cached from here on */
	for (unsigned i = 0; i < runs; i++) {
		bare[i] = run_once(loop_arguments);
		load[i] = run_once(load_arguments);
	}
	unlink(b->path);
	qsort(bare, runs, sizeof *bare, by_seconds);
	qsort(load, runs, sizeof *load, by_seconds);
	m.bare = bare[runs / 2].seconds;
	m.load = load[runs / 2].seconds;
	m.kib = load[runs / 2].kib;
	return m;
}

static void
row(const char *format, const struct measured *m)
{
	printf("%-7s %10llu %9llu %8.3f %8.3f %6.2f %12.0f %11.0f %8.1f\n", format, (unsigned long long)m->frames,
	    (unsigned long long)m->flows, m->bare, m->load, m->load / m->bare, (double)m->frames / m->load,
	    (double)m->flows / m->load, m->kib / 1024);
	fflush(stdout);
}

static unsigned long
setting(const char *name, unsigned long otherwise)
{
	const char *value = getenv(name);
	unsigned long n = value != NULL ? strtoul(value, NULL, 10) : 0;

	return n > 0 ? n : otherwise;
}

static void
bench(struct bench *b)
{
	static const char *const formats[] = { "pcap", "pcapng" };
	unsigned long scale = setting("BENCH_SCALE", 1);
	struct measured many, few, small, step[4];
	double frame, flow;

	printf("%-7s %10s %9s %8s %8s %6s %12s %11s %8s\n", "format", "frames", "flows", "bare s", "load s", "ratio",
	    "frames/s", "flows/s", "MiB");
	for (unsigned i = 0; i < 2; i++) {
		many = measure(b, formats[i], 10000000 / scale, 1000000 / scale, b->runs);
		row(formats[i], &many);
		few = measure(b, formats[i], 5000000 / scale, scale > 100 ? 100 : 1000, b->runs);
		row(formats[i], &few);
	}
	small = measure(b, "pcap", 10 * few.flows, few.flows, 1);
	frame = (few.kib - small.kib) * 1024 / (double)(few.frames - small.frames);
	flow = (many.kib - small.kib) * 1024 - frame * (double)(many.frames - small.frames);
	flow /= (double)(many.flows - small.flows);
	printf("\nmemory by growth: %.1f bytes a frame, %.1f bytes a flow\n", frame, flow);
	printf("growth, ten frames a flow:");
	for (unsigned i = 0; i < 4; i++) {
		static const uint64_t sizes[] = { 10000, 100000, 1000000, 10000000 };

		if (i == 3)
			step[i] = many;
		else
			step[i] = measure(b, "pcap", sizes[i] / (scale > 100 ? 10 : 1), sizes[i] / (scale > 100 ? 100 : 10), 1);
		if (step[i].frames <= step[0].frames)
			printf(" %llu frames %.1f MiB", (unsigned long long)step[i].frames, step[i].kib / 1024);
		else
			printf(", %llu %.1f MiB (%.1f bytes a frame)", (unsigned long long)step[i].frames, step[i].kib / 1024,
			    (step[i].kib - step[0].kib) * 1024 / (double)(step[i].frames - step[0].frames));
	}
	putchar('\n');
}

int
main(int argc, char **argv)
{
	struct bench b = { .runs = (unsigned)setting("BENCH_RUNS", 5) };
	char self[4096];
	ssize_t length;

	if (argc == 3 && strcmp(argv[1], "loop") == 0)
		return bare_loop(argv[2]);
	if (argc == 6 && strcmp(argv[1], "write") == 0) {
		write_file(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10), argv[5]);
		return 0;
	}
	if (argc != 2) {
		fprintf(stderr, "usage: bench PROGRAM | bench loop FILE | bench write FORMAT FRAMES FLOWS FILE\n");
		return 2;
	}
	length = readlink("/proc/self/exe", self, sizeof self - 1);
	if (length > 0)
		self[length] = '\0';
	else
		snprintf(self, sizeof self, "%s", argv[0]);
	b.self = self;
	b.program = argv[1];
	if (b.runs > RUNS_MAX)
		b.runs = RUNS_MAX;
	snprintf(b.path, sizeof b.path, "%s/capture", scratch_folder());
	bench(&b);
	return 0;
}

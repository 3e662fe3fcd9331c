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

enum { ACTIVE = 4000, RUNS_MAX = 25, HEADERS = 14 + 20 + 32, PAYLOAD = 48 };

extern char **environ;

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

/* ---- writing a capture */

struct connection {
	uint32_t number, step;		/* step: frames written */
	uint32_t seq[2];
};

struct writer {
	FILE *out;
	bool ng;
	uint64_t time, random;
	uint64_t steps;			/* frames of each connection */
};

static uint32_t
random_below(struct writer *w, uint32_t below)
{
	w->random = w->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)((w->random >> 33) * below >> 31);
}

static void
put_big(uint8_t *at, uint32_t value, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++)
		at[i] = (uint8_t)(value >> 8 * (octets - 1 - i));
}

static void
put_header(struct writer *w)
{
	static const uint32_t classic[] = { 0xa1b2c3d4, 4U << 16 | 2, 0, 0, 262144, 1 };
	static const uint32_t section[] = { 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28 };
	static const uint32_t interface[] = { 1, 20, 1, 262144, 20 };

	if (w->ng) {
		fwrite(section, sizeof section, 1, w->out);
		fwrite(interface, sizeof interface, 1, w->out);
	} else
		fwrite(classic, sizeof classic, 1, w->out);
}

static void
put_record(struct writer *w, const uint8_t *frame, uint32_t length)
{
	static const uint8_t zero[4];
	uint32_t padded = (length + 3) / 4 * 4, total = 32 + padded;
	uint32_t classic[] = { (uint32_t)(w->time / 1000000), (uint32_t)(w->time % 1000000), length, length };
	uint32_t block[] = { 6, total, 0, (uint32_t)(w->time >> 32), (uint32_t)w->time, length, length };

	if (w->ng) {
		fwrite(block, sizeof block, 1, w->out);
		fwrite(frame, length, 1, w->out);
		fwrite(zero, padded - length, 1, w->out);
		fwrite(&total, sizeof total, 1, w->out);
	} else {
		fwrite(classic, sizeof classic, 1, w->out);
		fwrite(frame, length, 1, w->out);
	}
}

enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };

static void
put_segment(struct writer *w, struct connection *c, unsigned from, uint8_t flags, uint32_t payload)
{
	uint8_t f[HEADERS + PAYLOAD] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45 };
	uint8_t *ip = f + 14, *tcp = ip + 20, *option = tcp + 20;
	/* a connection's client is its own number as an address; 64 servers, four ports */
	uint32_t address[] = { 0x0a000000 + c->number / 50000 * 65536 + c->number % 60000, 0xc6336400 + c->number % 64 };
	uint16_t port[] = { (uint16_t)(10000 + c->number / 60000), (uint16_t)(80 + c->number % 4) };

	put_big(ip + 2, 52 + payload, 2);
	put_big(ip + 4, (uint32_t)w->time, 2);
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = 6;
	put_big(ip + 12, address[from], 4);
	put_big(ip + 16, address[!from], 4);
	put_big(tcp, port[from], 2);
	put_big(tcp + 2, port[!from], 2);
	put_big(tcp + 4, c->seq[from], 4);
	put_big(tcp + 8, flags & ACK ? c->seq[!from] : 0, 4);
	tcp[12] = 0x80;
	tcp[13] = flags;
	put_big(tcp + 14, 64240, 2);
	option[0] = option[1] = 1;
	option[2] = 8;
	option[3] = 10;
	put_big(option + 4, (uint32_t)(w->time / 1000), 4);
	put_big(option + 8, (uint32_t)(w->time / 1000) - 3, 4);
	memset(f + HEADERS, 'x', payload);
	put_record(w, f, HEADERS + payload);
	c->seq[from] += payload + (flags & (SYN | FIN) ? 1 : 0);
}

/* The next frame of a connection: handshake, requests and answers, three segments to close it. */
static void
put_step(struct writer *w, struct connection *c)
{
	uint64_t left = w->steps - c->step;

	if (c->step == 0)
		put_segment(w, c, 0, SYN, 0);
	else if (c->step == 1)
		put_segment(w, c, 1, SYN | ACK, 0);
	else if (c->step == 2)
		put_segment(w, c, 0, ACK, 0);
	else if (left == 3)
		put_segment(w, c, 0, FIN | ACK, 0);
	else if (left == 2)
		put_segment(w, c, 1, FIN | ACK, 0);
	else if (left == 1)
		put_segment(w, c, 0, ACK, 0);
	else if (c->step % 4 == 3)
		put_segment(w, c, 0, PSH | ACK, 20);
	else if (c->step % 4 == 0)
		put_segment(w, c, 1, PSH | ACK, PAYLOAD);
	else
		put_segment(w, c, c->step % 4 == 1 ? 0 : 1, ACK, 0);
	c->step++;
	w->time += 1 + random_below(w, 5);
}

static void
write_capture(const char *format, uint64_t frames, uint64_t flows, const char *path)
{
	struct writer w = { .out = fopen(path, "wb"), .ng = strcmp(format, "pcapng") == 0,
		.time = 1700000000000000ULL, .random = 1, .steps = frames / flows };
	static struct connection active[ACTIVE];
	uint32_t count = 0, next = 0;

	if (w.out == NULL)
		fail(path);
	put_header(&w);
	while (count > 0 || next < flows) {
		uint32_t i;

		while (count < ACTIVE && next < flows) {
			struct connection *c = &active[count++];

			c->number = next++;
			c->step = 0;
			c->seq[0] = c->number * 2654435761U;
			c->seq[1] = c->number * 40503U + 7;
		}
		i = random_below(&w, count);
		put_step(&w, &active[i]);
		if (active[i].step == w.steps)
			active[i] = active[--count];
	}
	if (fclose(w.out) != 0)
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

	write_capture(format, frames, flows, b->path);
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
	const char *folder = getenv("TMPDIR");
	char self[4096];
	ssize_t length;

	if (argc == 3 && strcmp(argv[1], "loop") == 0)
		return bare_loop(argv[2]);
	if (argc == 6 && strcmp(argv[1], "write") == 0) {
		write_capture(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10), argv[5]);
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
	snprintf(b.path, sizeof b.path, "%s/tcpladder-bench-%ld", folder != NULL ? folder : "/tmp", (long)getpid());
	bench(&b);
	return 0;
}

/*
 * bench-screens BENCH PROGRAM: how long the screens keep somebody waiting.
 * Drives the program's own screens, from the key to the moment when a
 * terminal (a pseudo-terminal that is always read) has taken the whole
 * picture, over captures that BENCH (tests/bench) writes into $TMPDIR.
 * BENCH_SCALE=100 makes the captures a hundred times smaller.  Each row is
 * done several times; what counts is the median, and the longest stands
 * beside it.  Where somebody would type on, what is left for idle moments
 * is done between the rows, not within.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tests/scratch.h"
#include "tui/app.h"
#include "tui/keys.h"
#include "tui/settings_file.h"
#include "tui/stepping.h"
#include "tui/term.h"

enum { TIMES_MAX = 64, WORD_MAX = 64, COLUMNS_OF_SCREEN = 80, LINES_OF_SCREEN = 24, IDLE_SECONDS = 5 };
enum { ROUNDS = 9, CHANGED = 10000, FRAME_BYTES = 54 };

extern char **environ;

struct bench {
	const char *writer, *program;
	char path[4096];
	unsigned long scale;
	struct term *term;
	struct settings_file settings;
	struct options options;
	const char *file;
	struct app *app;
	double times[TIMES_MAX];
	size_t count;
	bool failed;
};

static _Noreturn void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
by_time(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* ---- the terminal */

static void *
drain(void *descriptor)
{
	int fd = *(int *)descriptor;
	char bytes[65536];

	while (read(fd, bytes, sizeof bytes) > 0)
		;
	return NULL;
}

/* A pseudo-terminal in the place of standard input and output; the table goes where output went. */
static int
make_terminal(int *master)
{
	struct winsize size = { .ws_col = COLUMNS_OF_SCREEN, .ws_row = LINES_OF_SCREEN };
	int output = dup(STDOUT_FILENO), slave;
	pthread_t thread;

	*master = posix_openpt(O_RDWR | O_NOCTTY);
	if (output < 0 || *master < 0 || grantpt(*master) != 0 || unlockpt(*master) != 0)
		fail("pseudo-terminal");
	slave = open(ptsname(*master), O_RDWR | O_NOCTTY);
	if (slave < 0 || ioctl(slave, TIOCSWINSZ, &size) != 0)
		fail("pseudo-terminal");
	fflush(stdout);
	dup2(slave, STDIN_FILENO);
	dup2(slave, STDOUT_FILENO);
	close(slave);
	if (pthread_create(&thread, NULL, drain, master) != 0)
		fail("thread");
	pthread_detach(thread);
	return output;
}

/* ---- what is measured */

static void
redraw(struct bench *b)
{
	app_draw(b->app);
	term_show(b->term, &b->app->picture);
	while (term_busy(b->term)) {
		struct pollfd p = { .fd = term_output(b->term), .events = POLLOUT };

		poll(&p, 1, -1);
		term_relay(b->term);
	}
}

static void
idle(struct bench *b)
{
	while (app_work(b->app))
		;
	if (b->app->dirty)
		redraw(b);
}

static void
note(struct bench *b, double since)
{
	if (b->count < TIMES_MAX)
		b->times[b->count++] = (now() - since) * 1000;
}

static void
press(struct bench *b, const char *name, bool timed)
{
	double start;
	int key = keys_from_name(name);

	if (key == KEYS_NONE) {
		fprintf(stderr, "bench-screens: no key %s\n", name);
		exit(1);
	}
	start = now();
	app_key(b->app, key);
	redraw(b);
	if (timed)
		note(b, start);
	idle(b);
}

/* Words apart by blanks; "text:abc" is typed letter by letter, what follows '|' isn't timed. */
static void
play(struct bench *b, const char *keys)
{
	char word[WORD_MAX];
	bool timed = true;

	for (int length; sscanf(keys, " %63s%n", word, &length) == 1; keys += length) {
		if (strcmp(word, "|") == 0) {
			timed = !timed;
		} else if (strncmp(word, "text:", 5) == 0) {
			for (const char *c = word + 5; *c != '\0'; c++)
				press(b, (char[]){ *c, '\0' }, timed);
		} else {
			press(b, word, timed);
		}
	}
}

static void
row(struct bench *b, FILE *table, const char *what, double goal, const char *unit)
{
	double median, longest;

	if (b->count == 0)
		return;
	qsort(b->times, b->count, sizeof *b->times, by_time);
	median = b->times[b->count / 2];
	longest = b->times[b->count - 1];
	fprintf(table, "%-62s %7.1f %9.2f %9.2f %-4s %s\n", what, goal, median, longest, unit,
	    longest <= goal ? "reached" : median <= goal ? "mostly" : "MISSED");
	fflush(table);
	b->failed = b->failed || median > goal;
	b->count = 0;
}

/* ---- captures */

static void
write_capture(struct bench *b, unsigned long frames, unsigned long flows)
{
	char frame_count[32], flow_count[32];
	char *arguments[] = { (char *)(uintptr_t)b->writer, (char[]){ "write" }, (char[]){ "pcap" }, frame_count,
		flow_count, b->path, NULL };
	pid_t child;
	int status;

	snprintf(frame_count, sizeof frame_count, "%lu", frames);
	snprintf(flow_count, sizeof flow_count, "%lu", flows);
	if (posix_spawn(&child, b->writer, NULL, NULL, arguments, environ) != 0 || waitpid(child, &status, 0) != child
	    || status != 0)
		fail(b->writer);
}

static void
open_capture(struct bench *b)
{
	struct error error;

	b->file = b->path;
	b->options = (struct options){
		.session = { .files = &b->file, .file_count = 1 }, .settings = &b->settings
	};
	b->app = app_new(&b->options, COLUMNS_OF_SCREEN, LINES_OF_SCREEN, false, &error);
	if (b->app == NULL) {
		fprintf(stderr, "bench-screens: %s\n", error.text);
		exit(1);
	}
}

static void
pump(struct bench *b, int patience)
{
	struct pollfd p = { .fd = session_descriptor(b->app->session), .events = POLLIN };

	while (!b->app->status.at_end && poll(&p, 1, patience) > 0)
		app_pump(b->app, 100000000);
}

static void
load(struct bench *b)
{
	open_capture(b);
	pump(b, -1);
	redraw(b);
	idle(b);
}

static void
unload(struct bench *b)
{
	app_free(b->app);
	b->app = NULL;
	unlink(b->path);
}

struct task {
	const char *what;
	double goal;		/* ms */
	const char *keys;	/* done ROUNDS times */
};

static void
work(struct bench *b, FILE *table, const struct task *tasks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (unsigned round = 0; round < ROUNDS; round++)
			play(b, tasks[i].keys);
		row(b, table, tasks[i].what, tasks[i].goal, "ms");
	}
}

static void
million_connections(struct bench *b, FILE *table)
{
	static const struct task tasks[] = {
		{ "a million connections: move a row, a page", 16, "Down PgDn PgUp Up" },
		{ "move to the end and back", 16, "G g" },
		{ "sort by the next column, each in turn", 100, "s" },
		{ "reverse the order", 100, "S" },
		{ "filter by port", 100, "| p | 8 1 Enter | p C-u Enter |" },
		{ "filter, typed letter by letter", 100, "| f | text:state:time-wait Enter | Esc |" },
		{ "filter that nothing matches", 100, "| f | text:host:192.0.2.0/24 Enter | Esc |" },
		{ "state filter round (e)", 100, "e" },
		{ "open a ladder and come back", 16, "Enter q" },
		{ "step back, step forwards, in ten million frames", 16, ", , , . . |  G |" },
		{ "jump to frame 5,000,000 and back to the end", 200, "| 5 0 0 0 0 0 0 | G | 1 0 | G |" },
		{ "step in the midst of ten million frames", 16, "| 5 0 0 0 0 0 0 G | , , . . | G |" }
	};
	static const char *const sorts[] = { "client", "server", "last", "client_state", "server_bytes", "handshake_rtt",
	    "outcome", "summary", "start" };

	write_capture(b, 10000000 / b->scale, 1000000 / b->scale);
	load(b);
	work(b, table, tasks, sizeof tasks / sizeof tasks[0]);
	for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
		const struct column *column = column_find(sorts[i]);
		char what[80];

		for (unsigned round = 0; column != NULL && round < ROUNDS; round++) {
			double start = now();

			flow_list_set_sort(b->app->list, column, round % 2);
			redraw(b);
			note(b, start);
			if (!column->costly || round == 0)
				idle(b);
		}
		snprintf(what, sizeof what, "sort by %s, up and down", sorts[i]);
		row(b, table, what, 100, "ms");
	}
	unload(b);
}

static void
million_segments(struct bench *b, FILE *table)
{
	static const struct task tasks[] = {
		{ "a ladder of a million segments: open it", 100, "| q | Enter" },
		{ "move a row, a page", 16, "Down PgDn PgUp Up" },
		{ "move to the end and back", 16, "G PgUp Up g Down" },
		{ "the same with all unfolded", 16, "| a | G PgUp Up g PgDn Down | a |" },
		{ "step back and forwards", 16, ", , . . | G |" }
	};

	write_capture(b, 1000000 / b->scale, 1);
	for (unsigned round = 0; round < ROUNDS; round++) {
		load(b);
		press(b, "Enter", true);
		app_free(b->app);
	}
	row(b, table, "a ladder of a million segments: open it for the first time", 100, "ms");
	load(b);
	press(b, "Enter", false);
	work(b, table, tasks, sizeof tasks / sizeof tasks[0]);
	unload(b);
}

/* ---- a capture that grows */

static void
put_big(uint8_t *at, uint32_t value, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++)
		at[i] = (uint8_t)(value >> 8 * (octets - 1 - i));
}

/* The connection's nth frame: SYN, SYN-ACK, ACK, then a byte of its client's each time. */
static void
put_frame(FILE *out, uint64_t *time, uint32_t connection, uint32_t nth)
{
	uint32_t from = nth == 1, payload = nth > 2, length = FRAME_BYTES + payload;
	uint32_t record[] = { (uint32_t)(*time / 1000000), (uint32_t)(*time % 1000000), length, length };
	uint8_t f[FRAME_BYTES + 1] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45 };
	uint32_t address[] = { 0x0a000000 + connection, 0xc6336401 };
	uint32_t port[] = { 40000, 443 };

	put_big(f + 16, 40 + payload, 2);
	f[22] = 64;
	f[23] = 6;
	put_big(f + 26, address[from], 4);
	put_big(f + 30, address[!from], 4);
	put_big(f + 34, port[from], 2);
	put_big(f + 36, port[!from], 2);
	put_big(f + 38, nth == 0 ? 0 : nth < 3 ? 1 : nth - 2, 4);
	if (nth == 1)
		put_big(f + 38, 0, 4);
	put_big(f + 42, nth == 0 ? 0 : 1, 4);
	f[46] = 0x50;
	f[47] = nth == 0 ? 2 : nth == 1 ? 18 : 16;
	put_big(f + 48, 64240, 2);
	fwrite(record, sizeof record, 1, out);
	fwrite(f, length, 1, out);
	*time += 1;
}

struct feed {
	struct bench *bench;
	FILE *out;
	uint64_t time;
	uint32_t connections, round;
};

static void *
write_connections(void *argument)
{
	static const uint32_t header[] = { 0xa1b2c3d4, 4U << 16 | 2, 0, 0, 262144, 1 };
	struct feed *feed = argument;

	feed->out = fopen(feed->bench->path, "wb");
	if (feed->out == NULL)
		fail(feed->bench->path);
	fwrite(header, sizeof header, 1, feed->out);
	for (uint32_t c = 0; c < feed->connections; c++)
		for (uint32_t nth = 0; nth < 3; nth++)
			put_frame(feed->out, &feed->time, c, nth);
	fflush(feed->out);
	return NULL;
}

/* Ten thousand connections, spread over all, get a frame each. */
static void *
write_more(void *argument)
{
	struct feed *feed = argument;
	uint64_t step = feed->connections / CHANGED > 0 ? feed->connections / CHANGED : 1;

	for (uint32_t i = 0; i < CHANGED; i++)
		put_frame(feed->out, &feed->time, (uint32_t)((i * step + feed->round) % feed->connections), 3 + feed->round);
	fflush(feed->out);
	feed->round++;
	return NULL;
}

static void
refresh(struct bench *b, struct feed *feed)
{
	uint64_t frames = b->app->status.frames;
	pthread_t thread;
	double start;

	if (pthread_create(&thread, NULL, write_more, feed) != 0)
		fail("thread");
	while (b->app->status.frames < frames + CHANGED)
		pump(b, 100);
	pthread_join(thread, NULL);
	start = now();
	redraw(b);
	note(b, start);
	idle(b);
}

static void
growing(struct bench *b, FILE *table)
{
	static const struct {
		const char *what, *sort, *filter;
	} views[] = {
		{ "a refresh with ten thousand changed, by number", "flow", "" },
		{ "the same, the last seen first", "last", "" },
		{ "the same, by bytes", "client_bytes", "" },
		{ "the same, by client, filtered by state", "client", "state:established" }
	};
	struct feed feed = { .bench = b, .time = 1700000000000000ULL, .connections = (uint32_t)(1000000 / b->scale) };
	pthread_t thread;

	if (mkfifo(b->path, 0600) != 0 || pthread_create(&thread, NULL, write_connections, &feed) != 0)
		fail(b->path);
	open_capture(b);
	while (b->app->status.frames < 3ULL * feed.connections)
		pump(b, 100);
	pthread_join(thread, NULL);
	for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
		flow_list_set_sort(b->app->list, column_find(views[i].sort), true);
		flow_list_set_filter(b->app->list, views[i].filter, NULL);
		redraw(b);
		idle(b);
		for (unsigned n = 0; n < ROUNDS; n++)
			refresh(b, &feed);
		row(b, table, views[i].what, 5, "ms");
	}
	fclose(feed.out);
	unload(b);
}

/* ---- doing nothing */

static double
processor_seconds(pid_t pid)
{
	clockid_t clock;
	struct timespec t;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
		fail("processor time");
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
doing_nothing(struct bench *b, FILE *table)
{
	char *arguments[] = { (char *)(uintptr_t)b->program, (char[]){ "-r" }, b->path, NULL };
	double used = -1, then;
	pid_t child;
	int status;

	write_capture(b, 3000000 / b->scale, 1000000 / b->scale);
	if (posix_spawn(&child, b->program, NULL, NULL, arguments, environ) != 0)
		fail(b->program);
	for (;;) {
		sleep(1);
		then = used;
		used = processor_seconds(child);
		if (used - then < 0.2 && then >= 0)
			break;
	}
	sleep(1);
	used = processor_seconds(child);
	sleep(IDLE_SECONDS);
	b->times[b->count++] = (processor_seconds(child) - used) / IDLE_SECONDS * 100;
	kill(child, SIGTERM);
	waitpid(child, &status, 0);
	row(b, table, "a million connections: doing nothing, of a core", 1, "%");
	unlink(b->path);
}

int
main(int argc, char **argv)
{
	const char *scale = getenv("BENCH_SCALE"), *only = argc > 3 ? argv[3] : "";
	struct bench b = { .scale = scale != NULL && atol(scale) > 0 ? strtoul(scale, NULL, 10) : 1 };
	struct error error;
	int master, output;
	FILE *table;

	if (argc < 3) {
		fprintf(stderr, "usage: bench-screens BENCH PROGRAM [connections|segments|growing|nothing]\n");
		return 2;
	}
	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TERM", "xterm-256color", 1);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	b.writer = argv[1];
	b.program = argv[2];
	snprintf(b.path, sizeof b.path, "%s/capture", scratch_folder());
	output = make_terminal(&master);
	table = fdopen(output, "w");
	if (table == NULL)
		fail("standard output");
	settings_file_init(&b.settings);
	if (only[0] == '\0' || strcmp(only, "nothing") == 0)
		doing_nothing(&b, table);
	b.term = term_open(term_doors_open(), TERM_COLOR_ALWAYS, &error);
	if (b.term == NULL) {
		fprintf(stderr, "bench-screens: %s\n", error.text);
		return 1;
	}
	fprintf(table, "%-62s %7s %9s %9s\n", "from a key to the finished picture", "at most", "median", "longest");
	if (only[0] == '\0' || strcmp(only, "connections") == 0)
		million_connections(&b, table);
	if (only[0] == '\0' || strcmp(only, "segments") == 0)
		million_segments(&b, table);
	if (only[0] == '\0' || strcmp(only, "growing") == 0)
		growing(&b, table);
	term_close(b.term);
	settings_file_fini(&b.settings);
	fclose(table);
	return b.failed ? 1 : 0;
}

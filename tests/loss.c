/*
 * loss [SECONDS]: finds, on a loopback of its own, the highest rate at which
 * `tcpdump -w /dev/null` loses no frame in five runs, and proves that
 * $TCPLADDER, on its screen and with the same buffer, loses none either; then
 * that a terminal which nobody reads for ten seconds costs no frame, and
 * that what is lost after all is said.  For `make loss`: takes some minutes
 * and a machine that does nothing else.  77: not permitted here.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tests/live/stage.h"
#include "tests/traffic.h"

enum {
	RUNS = 5, BATCH = 32, FRAMES = 1000000, FLOWS = 20000,
	FIRST_RATE = 25000, HIGHEST_RATE = 1600000, BISECTIONS = 4, STALL_SECONDS = 10, SEEN_MAX = 1 << 22,
	PCAP_FILE_HEADER = 24, PCAP_FRAME_HEADER = 16
};
#define SECOND 1000000000.0

static unsigned failed;

static void verdict(const char *name, bool good, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
verdict(const char *name, bool good, const char *format, ...)
{
	va_list arguments;

	printf("%s %s # ", good ? "ok" : "not ok", name);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	failed += !good;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / SECOND;
}

/* ---- what is sent */

struct traffic_tape {
	uint8_t *bytes;			/* a classic pcap file */
	uint32_t *at;			/* of each frame's header in it */
	int fd;
	struct sockaddr_ll to;
};

static uint32_t
word(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof value);
	return value;
}

static bool
tape_make(struct traffic_tape *t)
{
	char *bytes = NULL;
	size_t size = 0, at = PCAP_FILE_HEADER;
	FILE *out = open_memstream(&bytes, &size);

	if (out == NULL)
		return false;
	traffic_capture(out, false, FRAMES, FLOWS);
	fclose(out);
	t->bytes = (uint8_t *)bytes;
	t->at = calloc(FRAMES, sizeof *t->at);
	for (uint32_t i = 0; i < FRAMES && at + PCAP_FRAME_HEADER < size; i++) {
		t->at[i] = (uint32_t)at;
		at += PCAP_FRAME_HEADER + word(t->bytes + at + 8);
	}
	t->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	t->to = (struct sockaddr_ll){ .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP),
	    .sll_ifindex = (int)if_nametoindex("lo"), .sll_halen = 6 };
	return t->at != NULL && t->fd >= 0;
}

static void
send_batch(const struct traffic_tape *t, uint32_t first)
{
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
	int sent = 0;

	memset(messages, 0, sizeof messages);
	for (uint32_t i = 0; i < BATCH; i++) {
		uint8_t *frame = t->bytes + t->at[(first + i) % FRAMES];

		parts[i] = (struct iovec){ frame + PCAP_FRAME_HEADER, word(frame + 8) };
		messages[i].msg_hdr = (struct msghdr){ .msg_name = (void *)(uintptr_t)&t->to, .msg_namelen = sizeof t->to,
		    .msg_iov = &parts[i], .msg_iovlen = 1 };
	}
	while (sent < BATCH) {
		int n = sendmmsg(t->fd, messages + sent, (unsigned)(BATCH - sent), 0);

		if (n > 0)
			sent += n;
		else if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR) {
			perror("sendmmsg");
			exit(1);
		}
	}
}

/* So many frames a second for so long; returns how many were sent, and the rate that it came to. */
static uint64_t
send_at(const struct traffic_tape *t, double rate, double seconds, double *came_to)
{
	double start = now(), end;
	uint64_t sent = 0;

	while (sent < (uint64_t)(rate * seconds)) {
		double ahead = start + (double)sent / rate - now();

		if (ahead > 0.0002) {
			struct timespec rest = { 0, (long)((ahead - 0.0001) * SECOND) };

			nanosleep(&rest, NULL);
		} else if (ahead <= 0) {
			send_batch(t, (uint32_t)(sent % FRAMES));
			sent += BATCH;
		}
		/* as fast as can be isn't fast enough: then it takes as long as it was to take */
		if (now() - start > seconds * 1.5)
			break;
	}
	end = now();
	*came_to = (double)sent / (end - start);
	return sent;
}

/* ---- who captures */

struct capturer {
	pid_t process;
	int fd;				/* what it writes: a terminal's end or a pipe's */
	char *seen;
	size_t length;
};

static void
take(struct capturer *c, double seconds)
{
	double end = now() + seconds;

	for (double left = seconds; left >= 0; left = end - now()) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, (int)(left * 1000) + 1) <= 0)
			continue;
		if (c->length > SEEN_MAX / 2)
			c->length = 0;
		n = read(c->fd, c->seen + c->length, SEEN_MAX / 2 - 1);
		if (n <= 0)
			break;
		c->length += (size_t)n;
		c->seen[c->length] = '\0';
	}
}

static bool
await(struct capturer *c, const char *words)
{
	for (int tries = 0; tries < 50; tries++) {
		take(c, 0.1);
		if (strstr(c->seen, words) != NULL)
			return true;
	}
	fprintf(stderr, "it doesn't say \"%s\": %s\n", words, c->seen);
	return false;
}

static bool
start(struct capturer *c, const char *const *arguments, bool on_terminal, const char *ready)
{
	int fds[2] = { -1, -1 };
	struct winsize size = { .ws_col = 120, .ws_row = 30 };

	*c = (struct capturer){ .seen = calloc(1, SEEN_MAX) };
	if (on_terminal) {
		fds[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (fds[0] < 0 || grantpt(fds[0]) != 0 || unlockpt(fds[0]) != 0)
			return false;
		fds[1] = open(ptsname(fds[0]), O_RDWR | O_NOCTTY);
		ioctl(fds[0], TIOCSWINSZ, &size);
	} else if (pipe(fds) != 0) {
		return false;
	}
	c->process = fork();
	if (c->process == 0) {
		setsid();
		if (on_terminal) {
			ioctl(fds[1], TIOCSCTTY, 0);
			dup2(fds[1], STDIN_FILENO);
			dup2(fds[1], STDOUT_FILENO);
		}
		dup2(fds[1], STDERR_FILENO);
		setenv("TERM", "xterm", 1);
		setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
		execvp(arguments[0], (char **)(uintptr_t)arguments);
		perror(arguments[0]);
		_exit(127);
	}
	close(fds[1]);
	c->fd = fds[0];
	return c->process > 0 && await(c, ready);
}

static void
stop(struct capturer *c, const char *keys)
{
	if (keys == NULL)
		kill(c->process, SIGINT);
	else if (write(c->fd, keys, strlen(keys)) < 0)
		kill(c->process, SIGTERM);
	for (int tries = 0; tries < 100 && waitpid(c->process, NULL, WNOHANG) == 0; tries++)
		take(c, 0.1);
	kill(c->process, SIGKILL);
	take(c, 0.1);
	close(c->fd);
}

/* The number before the last of these words, or, behind: after it, with its commas; UINT64_MAX: not there. */
static uint64_t
number_at(const char *text, const char *words, bool behind)
{
	const char *at = NULL;
	uint64_t value = 0;

	for (const char *next = text; (next = strstr(next, words)) != NULL; next++)
		at = next;
	if (at == NULL)
		return UINT64_MAX;
	if (behind)
		at += strlen(words);
	else
		while (at > text && ((at[-1] >= '0' && at[-1] <= '9') || at[-1] == ','))
			at--;
	for (; (*at >= '0' && *at <= '9') || *at == ','; at++)
		if (*at != ',')
			value = value * 10 + (uint64_t)(*at - '0');
	return value;
}

/* A run of tcpdump: how many frames it missed of those that were sent. */
static uint64_t
run_tcpdump(const struct traffic_tape *t, double rate, double seconds, double *came_to)
{
	static const char *const arguments[] = { "tcpdump", "-i", "lo", "-B", "16384", "-w", "/dev/null", "-Z", "root",
		NULL };
	struct capturer c;
	uint64_t sent, got;

	if (!start(&c, arguments, false, "listening on"))
		exit(1);
	sent = send_at(t, rate, seconds, came_to);
	stage_rest(1.6);	/* the kernel hands a block over when it is full, or a second old */
	stop(&c, NULL);
	got = number_at(c.seen, " packets captured", false);
	free(c.seen);
	return got == UINT64_MAX || got > sent ? UINT64_MAX : sent - got;
}

struct shown {
	uint64_t frames, dropped;
};

/* What the heading says once it has stopped changing; what was lost on the way is part of it. */
static struct shown
read_heading(struct capturer *c)
{
	struct shown before = { 0, 0 }, is = { 0, 0 };

	for (int tries = 0; tries < 60; tries++) {
		before = is;
		c->length = 0;
		if (write(c->fd, "\f", 1) != 1)
			break;
		take(c, 0.7);
		is.frames = number_at(c->seen, " frames", false);
		is.dropped = number_at(c->seen, "dropped ", true);
		if (tries > 1 && is.frames == before.frames && is.dropped == before.dropped)
			break;
	}
	return is;
}

static bool
start_tcpladder(struct capturer *c, const char *buffer)
{
	const char *const arguments[] = { getenv("TCPLADDER"), "-n", "-i", "lo", "-B", buffer, "-Z", "root", NULL };

	return start(c, arguments, true, "live");
}

/* Somebody reads the terminal meanwhile, as a terminal does. */
static void
run_tcpladder(const struct traffic_tape *t, double rate, double seconds, uint64_t *sent, struct shown *shown)
{
	struct capturer c;
	double came_to;
	pid_t sender;
	int fds[2];

	if (pipe(fds) != 0 || !start_tcpladder(&c, "16384"))
		exit(1);
	sender = fork();
	if (sender == 0) {
		*sent = send_at(t, rate, seconds, &came_to);
		_exit(write(fds[1], sent, sizeof *sent) != sizeof *sent);
	}
	while (waitpid(sender, NULL, WNOHANG) == 0)
		take(&c, 0.05);
	if (read(fds[0], sent, sizeof *sent) != sizeof *sent)
		exit(1);
	close(fds[0]);
	close(fds[1]);
	*shown = read_heading(&c);
	stop(&c, "q");
	free(c.seen);
}

/* ---- what is to be shown */

static double
find_rate(const struct traffic_tape *t, double seconds)
{
	double good = 0, bad = 0, came_to;

	for (double rate = FIRST_RATE; rate <= HIGHEST_RATE && bad == 0; rate *= 2) {
		uint64_t lost = run_tcpdump(t, rate, seconds, &came_to);

		printf("# tcpdump at %.0f a second (%.0f asked for): %" PRIu64 " lost\n", came_to, rate, lost);
		if (lost > 0)
			bad = rate;
		else
			good = came_to;
		if (came_to < 0.9 * rate && lost == 0)
			break;		/* nobody can send faster */
	}
	for (int i = 0; i < BISECTIONS && bad > 0; i++) {
		double rate = (good + bad) / 2;
		uint64_t lost = run_tcpdump(t, rate, seconds, &came_to);

		printf("# tcpdump at %.0f a second: %" PRIu64 " lost\n", came_to, lost);
		if (lost > 0)
			bad = rate;
		else
			good = came_to;
	}
	for (;;) {
		uint64_t lost = 0;

		for (int run = 0; run < RUNS && lost == 0; run++)
			lost = run_tcpdump(t, good, seconds, &came_to);
		if (lost == 0)
			return good;
		printf("# tcpdump at %.0f a second, in one of %d runs: %" PRIu64 " lost\n", good, RUNS, lost);
		good *= 0.9;
	}
}

static void
lose_nothing(const struct traffic_tape *t, double rate, double seconds)
{
	for (int run = 1; run <= RUNS; run++) {
		struct shown shown;
		uint64_t sent;
		char name[64];

		run_tcpladder(t, rate, seconds, &sent, &shown);
		snprintf(name, sizeof name, "nothing is lost where tcpdump loses nothing, run %d", run);
		verdict(name, shown.frames == sent && shown.dropped == 0, "%.0f a second: %" PRIu64 " sent, %" PRIu64
		    " seen, %" PRIu64 " dropped", rate, sent, shown.frames, shown.dropped);
	}
}

/* While it is sent nobody reads the terminal; where the program stands still, too, it goes on behind that. */
static uint64_t
send_unread(const struct traffic_tape *t, double rate, double seconds, const char *buffer, bool still, struct shown *shown,
    double *came_to)
{
	struct capturer c;
	uint64_t sent;

	if (!start_tcpladder(&c, buffer))
		exit(1);
	if (still)
		kill(c.process, SIGSTOP);
	sent = send_at(t, rate, seconds, came_to);
	if (still)
		kill(c.process, SIGCONT);
	*shown = read_heading(&c);
	stop(&c, "q");
	free(c.seen);
	return sent;
}

/* The capture must go on behind a terminal that nobody reads. */
static void
stall(const struct traffic_tape *t, double rate)
{
	struct shown shown;
	double came_to;
	uint64_t sent = send_unread(t, rate, STALL_SECONDS, "16384", false, &shown, &came_to);

	verdict("a terminal that nobody reads costs nothing", shown.frames == sent && shown.dropped == 0,
	    "%d s at %.0f a second: %" PRIu64 " sent, %" PRIu64 " seen, %" PRIu64 " dropped", STALL_SECONDS, came_to, sent,
	    shown.frames, shown.dropped);
}

/* The program itself stands still, and the buffer is too small: what didn't fit is said. */
static void
overflow(const struct traffic_tape *t, double rate)
{
	struct shown shown;
	double came_to;
	uint64_t sent = send_unread(t, rate, 2, "256", true, &shown, &came_to);

	verdict("what didn't fit the buffer is said", shown.dropped > 0 && shown.frames + shown.dropped == sent,
	    "%" PRIu64 " sent, %" PRIu64 " seen, %" PRIu64 " dropped", sent, shown.frames, shown.dropped);
}

int
main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 2, rate;
	struct traffic_tape tape;
	int status;

	if (system("tcpdump --version >/dev/null 2>&1") != 0) {
		printf("ok loss # SKIP there is no tcpdump\n");
		return STAGE_SKIPPED;
	}
	status = stage_open(3600);
	if (status != 0)
		return status;
	if (!tape_make(&tape)) {
		perror("loss");
		return 1;
	}
	rate = find_rate(&tape, seconds);
	printf("# tcpdump loses nothing in %d runs at %.0f frames a second\n", RUNS, rate);
	lose_nothing(&tape, rate, seconds);
	stall(&tape, rate / 2);
	overflow(&tape, rate);
	(void)stage_close();
	return failed > 0;
}

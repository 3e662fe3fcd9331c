/*
 * The program on a live host, beside its kernel: in a network namespace of
 * its own a process leaks a CLOSE-WAIT and doesn't accept, and tcpladder,
 * which captures there, must name it; an interface goes away and comes back.  The program ($TCPLADDER) takes its
 * keys from a named pipe, so that real time goes by between them.  Prints
 * "ok NAME" or "not ok NAME"; 77: not permitted here.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SKIPPED = 77, SCREEN_MAX = 1 << 16, PORT = 8080, BACKLOG = 2, SECONDS = 60, CONNECTIONS = 100,
    EVERY_CLOSED = 5, EVERY_HALF_CLOSED = 3 };

static unsigned failed;

static int
skip(const char *what)
{
	printf("ok live host # SKIP %s: %s\n", what, strerror(errno));
	return SKIPPED;
}

static void
rest(double seconds)
{
	struct timespec t = { .tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9) };

	nanosleep(&t, NULL);
}

static bool
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return good;
}

static bool
write_file_new(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0 && write_file(path, text);
}

/* A namespace of our own, with its loopback up. */
static bool
isolate(void)
{
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	char map[64];
	unsigned uid = getuid();
	int fd;
	bool good;

	if (unshare(CLONE_NEWNET) != 0) {
		snprintf(map, sizeof map, "0 %u 1", uid);
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 || !write_file("/proc/self/setgroups", "deny")
		    || !write_file("/proc/self/uid_map", map))
			return false;
	}
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	good = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &up) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

static struct sockaddr_in
loopback(void)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(PORT),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* Another process: accepts one connection and never closes it, and leaves all others in the queue. */
static pid_t
start_server(void)
{
	struct sockaddr_in a = loopback();
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pid_t child;

	if (bind(listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(listener, BACKLOG) != 0)
		return -1;
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "lea\x1b]ky");
		if (accept(listener, NULL, NULL) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	close(listener);
	return child;
}

static int
begin_connection(void)
{
	struct sockaddr_in a = loopback();
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0 && errno != EINPROGRESS)
		perror("connect");
	return fd;
}

/* ---- the program, and what it shows */

/* Captures on the loopback, with keys from the pipe and two more arguments, where given. */
static pid_t
start_program(const char *size, const char *option, const char *value)
{
	const char *given = getenv("TCPLADDER");
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(given != NULL ? given : "./tcpladder", "tcpladder", "-n", "-Z", "root", "-i", "lo", "--script", "keys", "--size",
		    size, option, value, (char *)NULL);
		perror("tcpladder");
		_exit(127);
	}
	return child;
}

static void
press(FILE *keys, const char *words)
{
	fprintf(keys, "%s\n", words);
	fflush(keys);
}

/* The saved screen, with line breaks and blanks in a row as one blank, as a reader reads it. */
static const char *
screen(const char *name)
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

static void
expect(const char *name, const char *file, const char *words)
{
	const char *seen = screen(file);
	/* a minus before them: they must not be there */
	bool good = words[0] == '-' ? seen[0] != '\0' && strstr(seen, words + 1) == NULL : strstr(seen, words) != NULL;

	if (!good) {
		printf("# wanted: %s\n# seen: %s\n", words, seen);
		failed++;
	}
	printf("%s %s\n", good ? "ok" : "not ok", name);
}

static void
expect_all(pid_t server)
{
	char words[200];

	snprintf(words, sizeof words, "The packets say CLOSE-WAIT for");
	expect("a leaked CLOSE-WAIT is told", "ladder.txt", words);
	snprintf(words, sizeof words, "process %d (lea\\x1b]ky) still holds descriptor", (int)server);
	expect("with the process that leaks it", "ladder.txt", words);
	snprintf(words, sizeof words, "Process host[%d]/lea\\x1b]ky[%d].", (int)getpid(), (int)server);
	expect("the list's pane names both processes", "list.txt", words);
	expect("a filter finds what the kernel says", "filter.txt", "1 of 6 connections filter process:lea kernel:close-wait");
	expect("who waits for accept() is told so", "queued.txt",
	    "It waits in the accept queue: no process has taken it yet.");
	expect("whose SYN isn't answered is told why", "refused.txt",
	    "Its accept queue is full (3 wait, 2 may): handshakes aren't finished, and new SYNs are dropped.");
	expect("a full accept queue stands out", "listeners.txt", "127.0.0.1:8080 3 2 full");
	snprintf(words, sizeof words, "lea\\x1b]ky[%d] of", (int)server);
	expect("its process is named", "listeners.txt", words);
}

static void
finish(FILE *keys, pid_t program)
{
	int status;

	fclose(keys);
	if (waitpid(program, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		printf("not ok live host # tcpladder ended with status %#x\n", (unsigned)status);
		failed++;
	}
	unlink("keys");
}

/* ---- an interface that goes away and comes back */

/* It is there as long as the descriptor is open; -1: not permitted. */
static int
open_tap(void)
{
	struct ifreq tap = { .ifr_name = "ladder0", .ifr_flags = IFF_TAP | IFF_NO_PI };
	struct ifreq up = { .ifr_name = "ladder0", .ifr_flags = IFF_UP };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC), control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && (ioctl(fd, TUNSETIFF, &tap) != 0 || ioctl(control, SIOCSIFFLAGS, &up) != 0)) {
		close(fd);
		fd = -1;
	}
	close(control);
	return fd;
}

/* A SYN from this port of 192.0.2.1 to 443 of 192.0.2.2, as if it came over the wire. */
static void
send_syn(int tap, unsigned port)
{
	uint8_t frame[54] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0,
		192, 0, 2, 1, 192, 0, 2, 2, (uint8_t)(port >> 8), (uint8_t)port, 443 >> 8, 443 & 0xff, 0, 0, 0, 9,
		0, 0, 0, 0, 0x50, 2, 0xff, 0xff };

	if (write(tap, frame, sizeof frame) != (ssize_t)sizeof frame)
		perror("tap");
}

static int
vanish(void)
{
	int tap = open_tap(), other;
	pid_t program;
	FILE *keys;

	if (tap < 0 || mkfifo("keys", 0600) != 0)
		return skip("an interface of its own");
	program = start_program("140x40", "-i", "ladder0");
	keys = fopen("keys", "we");
	if (keys == NULL)
		return skip("keys");
	press(keys, "save-screen before.txt");
	rest(1);
	send_syn(tap, 50001);
	rest(0.5);
	press(keys, "wait:0.1 save-screen there.txt");
	rest(0.2);
	close(tap);
	rest(1);
	other = begin_connection();
	rest(0.5);
	press(keys, "wait:0.1 save-screen gone.txt");
	rest(0.2);
	tap = open_tap();
	rest(2.5);
	send_syn(tap, 50002);
	rest(0.5);
	press(keys, "wait:0.1 save-screen back.txt q");
	finish(keys, program);
	close(tap);
	close(other);
	expect("two interfaces are captured on", "there.txt", "lo, ladder0 live");
	expect("with what came on one of them", "there.txt", "192.0.2.1:50001 192.0.2.2:443 ");
	expect("an interface that is gone is told", "gone.txt", "interface gone");
	expect("and the other one goes on", "gone.txt", "127.0.0.1:8080");
	expect("what is back is told no more", "back.txt", "-interface gone");
	expect("and captured on again", "back.txt", "192.0.2.1:50002 192.0.2.2:443 ");
	return failed > 0;
}

/* ---- another capture filter, while it runs */

static int
refilter(void)
{
	int tap = open_tap();
	pid_t program;
	FILE *keys;

	if (tap < 0 || mkfifo("keys", 0600) != 0)
		return skip("an interface of its own");
	program = start_program("140x40", "-i", "ladder0");
	keys = fopen("keys", "we");
	if (keys == NULL)
		return skip("keys");
	press(keys, "save-screen before.txt");
	rest(1);
	send_syn(tap, 50001);
	rest(0.5);
	press(keys, "b text:port Space text:50003 Space text:or Enter save-screen wrong.txt C-u text:port Space text:50003 Enter");
	rest(0.5);
	send_syn(tap, 50002);
	send_syn(tap, 50003);
	rest(0.5);
	press(keys, "wait:0.1 save-screen other.txt q");
	finish(keys, program);
	close(tap);
	expect("a wrong capture filter is refused", "wrong.txt", "syntax error");
	expect("what was captured stays", "other.txt", "192.0.2.1:50001 ");
	expect("what another filter keeps out doesn't come", "other.txt", "-192.0.2.1:50002 ");
	expect("and what it lets through does", "other.txt", "192.0.2.1:50003 ");
	expect("which filter holds is told", "other.txt", "only port 50003");
	return failed > 0;
}

/* ---- a process that leaks */

static int
leak(const char *folder)
{
	pid_t server = start_server(), program;
	int connections[6];
	FILE *keys;

	if (server < 0 || mkfifo("keys", 0600) != 0)
		return skip(folder);
	prctl(PR_SET_NAME, "host");
	program = start_program("140x40", NULL, NULL);
	keys = fopen("keys", "we");
	if (keys == NULL)
		return skip("keys");
	press(keys, "save-screen before.txt");
	rest(1);
	connections[0] = begin_connection();
	rest(0.3);
	if (shutdown(connections[0], SHUT_WR) != 0)
		perror("shutdown");
	/* three fit into the queue, and the others don't */
	for (int i = 1; i < 6; i++)
		connections[i] = begin_connection();
	rest(4);
	press(keys, "wait:0.1 wait:0.1 save-screen list.txt");
	press(keys, "f text:process:lea_kernel:close-wait Enter save-screen filter.txt Esc");
	press(keys, "Enter save-screen ladder.txt J save-screen queued.txt J J J save-screen refused.txt");
	press(keys, "L wait:0.1 save-screen listeners.txt q q q");
	finish(keys, program);
	expect_all(server);
	kill(server, SIGKILL);
	for (int i = 0; i < 6; i++)
		close(connections[i]);
	return failed > 0;
}

/* ---- a hundred connections, beside what ss(8) says of them */

/* Accepts all, and closes those that their clients have closed both ways. */
static pid_t
start_accepting(void)
{
	struct sockaddr_in a = loopback();
	int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1, accepted[CONNECTIONS];
	pid_t child;

	a.sin_port = htons(PORT + 1);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(listener, CONNECTIONS) != 0)
		return -1;
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int n = 0; n < CONNECTIONS; n++)
			accepted[n] = accept(listener, NULL, NULL);
		for (int n = 0; n < CONNECTIONS; n += EVERY_CLOSED) {
			char c;

			if (read(accepted[n], &c, 1) == 0)
				close(accepted[n]);
		}
		for (;;)
			pause();
	}
	close(listener);
	return child;
}

struct end {
	char local[64], remote[64], state[24];
	int pid;
};

/* "ESTAB 0 0 127.0.0.1:40000 127.0.0.1:8081 users:((\"host\",pid=12,fd=3))" */
static int
read_ss(struct end *ends, int room)
{
	FILE *f = popen("ss -tanpH 2>/dev/null", "r");
	char line[1024];
	int count = 0;

	while (f != NULL && count < room && fgets(line, sizeof line, f) != NULL) {
		const char *pid = strstr(line, "pid=");
		struct end *e = &ends[count];

		if (sscanf(line, "%23s %*u %*u %63s %63s", e->state, e->local, e->remote) != 3
		    || strcmp(e->state, "LISTEN") == 0)
			continue;
		e->pid = pid != NULL ? atoi(pid + 4) : 0;
		count++;
	}
	if (f != NULL)
		pclose(f);
	return count;
}

/* What the row of this end says: its part of what stands before or behind the slash. */
static bool
is_told(const char *rows, const struct end *e)
{
	char key[132], server_key[132], states[64], pids[64], *state = states, *pid = pids, *slash;
	bool server;
	const char *row;

	snprintf(key, sizeof key, "%.63s %.63s ", e->local, e->remote);
	snprintf(server_key, sizeof server_key, "%.63s %.63s ", e->remote, e->local);
	row = strstr(rows, key);
	server = row == NULL;
	if (server)
		row = strstr(rows, server_key);
	if (row == NULL || sscanf(row, "%*s %*s %63s %63s", states, pids) != 2)
		return false;
	slash = strchr(states, '/');
	if (slash != NULL) {
		*slash = '\0';
		state = server ? slash + 1 : states;
	}
	slash = strchr(pids, '/');
	if (slash != NULL) {
		*slash = '\0';
		pid = server ? slash + 1 : pids;
	}
	/* ss knows nobody behind TIME-WAIT any more */
	return strcmp(state, e->state) == 0 && (e->pid == 0 || atoi(pid) == e->pid);
}

static int
agree(void)
{
	static struct end ends[8 * CONNECTIONS];
	int connections[CONNECTIONS], count, wanted = 0, told = 0;
	struct sockaddr_in a = loopback();
	pid_t server, program;
	const char *rows;
	FILE *keys;

	if (system("ss -tanpH >/dev/null 2>&1") != 0)
		return skip("ss");
	server = start_accepting();
	if (server < 0 || mkfifo("keys", 0600) != 0
	    || !write_file_new("conf", "columns = flow client server kernel pid\n"))
		return skip("a server");
	program = start_program("140x120", "--config", "conf");
	keys = fopen("keys", "we");
	if (keys == NULL)
		return skip("keys");
	press(keys, "save-screen before.txt");
	rest(1);
	a.sin_port = htons(PORT + 1);
	for (int n = 0; n < CONNECTIONS; n++) {
		connections[n] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(connections[n], (struct sockaddr *)&a, sizeof a) != 0)
			perror("connect");
	}
	rest(1.5);
	for (int n = 0; n < CONNECTIONS; n++) {
		if (n % EVERY_CLOSED == 0)
			close(connections[n]);
		else if (n % EVERY_HALF_CLOSED == 0)
			shutdown(connections[n], SHUT_WR);
	}
	rest(3);
	count = read_ss(ends, 8 * CONNECTIONS);
	press(keys, "wait:0.1 f text:port:8081 Enter save-screen agree.txt q q");
	finish(keys, program);
	rows = screen("agree.txt");
	for (int n = 0; n < count; n++) {
		if (strstr(ends[n].local, ":8081") == NULL && strstr(ends[n].remote, ":8081") == NULL)
			continue;
		wanted++;
		if (is_told(rows, &ends[n]))
			told++;
		else
			printf("# ss: %s %s %s %d\n", ends[n].state, ends[n].local, ends[n].remote, ends[n].pid);
	}
	/* both ends of each that is open, and of those closed what the kernel still has */
	if (told != wanted || wanted < 2 * (CONNECTIONS - CONNECTIONS / EVERY_CLOSED)) {
		printf("# seen: %s\nnot ok a hundred connections are told as ss tells them # %d of %d\n", rows, told, wanted);
		failed++;
	} else
		printf("ok a hundred connections are told as ss tells them\n");
	kill(server, SIGKILL);
	for (int n = 0; n < CONNECTIONS; n++)
		if (n % EVERY_CLOSED != 0)
			close(connections[n]);
	return failed > 0;
}

int
main(void)
{
	char folder[] = "/tmp/live-host.XXXXXX", program[4096];
	static const char *const files[] = { "keys", "before.txt", "list.txt", "filter.txt", "ladder.txt", "queued.txt",
		"refused.txt", "listeners.txt", "there.txt", "gone.txt", "back.txt",
		"agree.txt", "conf", "wrong.txt", "other.txt" };
	const char *given = getenv("TCPLADDER");
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(SECONDS);
	/* from here on names are relative to a folder of our own */
	if (realpath(given != NULL ? given : "./tcpladder", program) == NULL)
		return skip("tcpladder");
	setenv("TCPLADDER", program, 1);
	if (!isolate())
		return skip("a network namespace of its own");
	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return skip(folder);
	status = leak(folder);
	if (status != SKIPPED && agree() == 1)
		status = 1;
	if (status != SKIPPED && vanish() == 1)
		status = 1;
	if (status != SKIPPED && refilter() == 1)
		status = 1;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		unlink(files[i]);
	rmdir(folder);
	return status;
}

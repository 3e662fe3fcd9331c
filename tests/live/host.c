/*
 * The program on a live host, beside its kernel: in a network namespace of
 * its own a process leaks a CLOSE-WAIT and doesn't accept, and tcpladder,
 * which captures there, must name it; an interface goes away and comes
 * back.  Prints "ok NAME" or "not ok NAME"; 77: not permitted here.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stage.h"

enum { BACKLOG = 2, LEAKED = 77 /* as which descriptor */, SECONDS = 900, CONNECTIONS = 100, EVERY_CLOSED = 5,
    EVERY_HALF_CLOSED = 3, AGREE_TRIES = 100 };

/*
 * Another process: accepts one connection and never closes it, and leaves all others in the queue.  When it has
 * accepted it there is a byte to read.
 */
static pid_t
start_server(int *has_accepted)
{
	struct sockaddr_in a = stage_loopback(STAGE_PORT);
	int listener = socket(AF_INET, SOCK_STREAM, 0), ends[2];
	pid_t child;

	if (bind(listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(listener, BACKLOG) != 0 || pipe(ends) != 0)
		return -1;
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "lea\x1b]ky");
		if (dup2(accept(listener, NULL, NULL), LEAKED) < 0 || write(ends[1], "a", 1) != 1)
			_exit(1);
		for (int fd = 3; fd < LEAKED; fd++)
			if (fd != listener)
				close(fd);
		for (;;)
			pause();
	}
	close(listener);
	close(ends[1]);
	*has_accepted = ends[0];
	return child;
}

static pid_t
start_program(const char *size, const char *option, const char *value, FILE **keys)
{
	const char *const arguments[] = { "-Z", "root", "-i", "lo", option, value, NULL };

	return stage_program(arguments, size, keys);
}

static void
expect_all(FILE *keys, pid_t server)
{
	char words[200];

	snprintf(words, sizeof words, "Processes: client host[%d], server lea\\x1b]ky[%d].", (int)getpid(), (int)server);
	stage_expect_soon(keys, "the list's pane names both processes", "list.txt", words);
	stage_press(keys, "f text:process:lea_kernel:close-wait Enter");
	stage_expect_soon(keys, "a filter finds what the kernel says", "filter.txt",
	    "1 of 6 connections filter process:lea kernel:close-wait");
	stage_press(keys, "Esc Enter");
	snprintf(words, sizeof words, "process %d (lea\\x1b]ky) still holds descriptor %d.", (int)server, LEAKED);
	stage_expect_soon(keys, "since when there is a CLOSE-WAIT is told", "ladder.txt", "The packets say CLOSE-WAIT for");
	stage_expect("with the process that leaks it", "ladder.txt", words);
	stage_press(keys, "J");
	stage_expect_soon(keys, "who waits for accept() is told so", "queued.txt",
	    "It waits in the accept queue: no process has taken it yet.");
	stage_press(keys, "J J J");
	stage_expect_soon(keys, "whose SYN isn't answered is told why", "refused.txt",
	    "Its accept queue is full (3 wait, 2 may): handshakes aren't finished, and new SYNs are dropped.");
	stage_press(keys, "L");
	stage_expect_soon(keys, "a full accept queue stands out", "listeners.txt", "127.0.0.1:8080 3 2 full");
	snprintf(words, sizeof words, "lea\\x1b]ky[%d] of", (int)server);
	stage_expect("its process is named", "listeners.txt", words);
	stage_await(keys, "counters.txt", "accept queue overflows");
	stage_press(keys, "Down save-screen down.txt Up save-screen up.txt");
	stage_expect("the cursor goes to what has something to say", "down.txt", "▸ accept queue overflows");
	stage_expect("and back", "up.txt", "▸ 127.0.0.1:8080");
}

/* The program, on an interface of its own beside the loopback, when a first SYN has come there. */
static bool
start_on_tap(int *tap, pid_t *program, FILE **keys)
{
	*tap = stage_tap("ladder0");
	if (*tap < 0)
		return stage_skip("an interface of its own") == 0;
	*program = start_program("140x40", "-i", "ladder0", keys);
	if (*keys == NULL)
		return stage_skip("keys") == 0;
	stage_syn(*tap, 50001);
	return true;
}

/* ---- an interface that goes away and comes back */

static int
vanish(void)
{
	int tap, other;
	pid_t program;
	FILE *keys;

	if (!start_on_tap(&tap, &program, &keys))
		return STAGE_SKIPPED;
	stage_expect_soon(keys, "what comes on one of two interfaces is seen", "there.txt", "192.0.2.1:50001 192.0.2.2:443 ");
	stage_expect("both are captured on", "there.txt", "lo, ladder0 live");
	close(tap);
	stage_expect_soon(keys, "an interface that is gone is told", "gone.txt", "interface gone");
	other = stage_connect(STAGE_PORT);
	stage_expect_soon(keys, "and the other one goes on", "goes-on.txt", "127.0.0.1:8080");
	tap = stage_tap("ladder0");
	stage_expect_soon(keys, "what is back is told no more", "back.txt", "-interface gone");
	stage_syn(tap, 50002);
	stage_expect_soon(keys, "and captured on again", "again.txt", "192.0.2.1:50002 192.0.2.2:443 ");
	stage_finish(keys, program);
	close(tap);
	close(other);
	return 0;
}

/* ---- another capture filter, while it runs */

static int
refilter(void)
{
	int tap;
	pid_t program;
	FILE *keys;

	if (!start_on_tap(&tap, &program, &keys))
		return STAGE_SKIPPED;
	stage_expect_soon(keys, "one filter lets it through", "before.txt", "192.0.2.1:50001 ");
	stage_press(keys, "b text:port Space text:50003 Space text:or Enter save-screen wrong.txt C-u text:port Space text:50003 Enter");
	stage_expect("a wrong capture filter is refused", "wrong.txt", "syntax error");
	stage_expect_soon(keys, "which filter holds is told", "holds.txt", "only port 50003");
	stage_syn(tap, 50002);
	stage_syn(tap, 50003);
	stage_expect_soon(keys, "what another filter lets through comes", "other.txt", "192.0.2.1:50003 ");
	stage_expect("and what it keeps out doesn't", "other.txt", "-192.0.2.1:50002 ");
	stage_expect("what was captured stays", "other.txt", "192.0.2.1:50001 ");
	stage_finish(keys, program);
	close(tap);
	return 0;
}

/* ---- a process that leaks */

static int
leak(void)
{
	int connections[6], has_accepted = -1;
	pid_t server = start_server(&has_accepted), program;
	FILE *keys;
	char c;

	if (server < 0)
		return stage_skip("a server");
	prctl(PR_SET_NAME, "host");
	program = start_program("140x40", NULL, NULL, &keys);
	if (keys == NULL)
		return stage_skip("keys");
	connections[0] = stage_connect(STAGE_PORT);
	if (read(has_accepted, &c, 1) != 1 || shutdown(connections[0], SHUT_WR) != 0)
		perror("server");
	/* three fit into the queue, and the others don't */
	for (int i = 1; i < 6; i++)
		connections[i] = stage_connect(STAGE_PORT);
	expect_all(keys, server);
	stage_finish(keys, program);
	kill(server, SIGKILL);
	close(has_accepted);
	for (int i = 0; i < 6; i++)
		close(connections[i]);
	return 0;
}

/* ---- what was there before */

static int
listen_on(unsigned port)
{
	struct sockaddr_in a = stage_loopback(port);
	int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(listener, 5) != 0)
		return -1;
	return listener;
}

static int
existed(void)
{
	enum { THERE = 8085, ELSEWHERE = 8086 };
	int listeners[2] = { listen_on(THERE), listen_on(ELSEWHERE) };
	int there = stage_connect(THERE), gone = stage_connect(THERE), elsewhere = stage_connect(ELSEWHERE);
	int accepted = accept(listeners[0], NULL, NULL), other = accept(listeners[0], NULL, NULL);
	const struct linger reset = { 1, 0 };
	pid_t program;
	FILE *keys;

	if (accepted < 0 || other < 0)
		return stage_skip("a server");
	program = start_program("140x40", "port", "8085", &keys);
	if (keys == NULL)
		return stage_skip("keys");
	stage_expect_soon(keys, "connections from before the start are listed", "there.txt", " 2 connections ");
	stage_expect("with their server, and the state that the kernel says", "there.txt", "127.0.0.1:8085 ESTABLISHED ");
	stage_expect("and as what they are", "there.txt", "It was there before the capture began: this host's kernel has it, "
	    "and not a segment of it has been captured yet.");
	stage_expect("what the capture filter keeps out isn't listed", "there.txt", "-127.0.0.1:8086");
	stage_press(keys, "Enter save-screen ladder.txt q");
	stage_expect("its ladder is empty and says so", "ladder.txt", "Not a segment of it has been captured yet; "
	    "what is known of it is the kernel's word.");
	stage_expect("with a title that says what it is", "ladder.txt", " existed before the capture ");
	if (send(there, "hello", 5, 0) != 5)
		perror("send");
	setsockopt(gone, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(gone);
	stage_press(keys, "f text:bytes>0 Enter");
	stage_expect_soon(keys, "with its first segment it goes on as the same connection", "data.txt", "1 of 2 connections");
	stage_expect("and is told to have been there", "data.txt",
	    "It was there before the capture began, and was picked up in midstream at frame 1; this host listens on port 8085.");
	stage_finish(keys, program);
	close(there);
	close(elsewhere);
	close(accepted);
	close(other);
	close(listeners[0]);
	close(listeners[1]);
	return 0;
}

/* ---- a process that leaks very many */

enum { PILE = 25 };

static pid_t
start_hoarding(void)
{
	struct sockaddr_in a = stage_loopback(STAGE_PORT + 2);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pid_t child;

	if (bind(listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(listener, PILE) != 0)
		return -1;
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "hoarder");
		for (;;)
			(void)accept(listener, NULL, NULL);
	}
	close(listener);
	return child;
}

static int
pile_up(void)
{
	pid_t server = start_hoarding(), program;
	int connections[PILE];
	char words[160];
	FILE *keys;

	if (server < 0)
		return stage_skip("a server");
	program = start_program("140x60", NULL, NULL, &keys);
	if (keys == NULL)
		return stage_skip("keys");
	for (int n = 0; n < PILE; n++)
		connections[n] = stage_connect(STAGE_PORT + 2);
	for (int n = 0; n < PILE; n++)
		shutdown(connections[n], SHUT_WR);
	snprintf(words, sizeof words, "f text:port:%d_state:close-wait Enter", STAGE_PORT + 2);
	stage_press(keys, words);
	snprintf(words, sizeof words, " %d of ", PILE);
	stage_await(keys, "list.txt", words);
	stage_press(keys, "Esc i");
	snprintf(words, sizeof words, "Process hoarder[%d] still holds %d sockets in CLOSE-WAIT", (int)server, PILE);
	stage_expect_soon(keys, "who lets CLOSE-WAIT pile up is named", "pile.txt", words);
	snprintf(words, sizeof words, "CLOSE-WAIT piles up: 127.0.0.1:%d hasn't closed %d connections", STAGE_PORT + 2,
	    PILE);
	stage_expect_soon(keys, "as the packets tell, too", "packets.txt", words);
	stage_expect_soon(keys, "what was before the statistics were looked at is in them", "rates.txt", " opened 25 0 ");
	stage_finish(keys, program);
	kill(server, SIGKILL);
	for (int n = 0; n < PILE; n++)
		close(connections[n]);
	return 0;
}

/* ---- a hundred connections, beside what ss(8) says of them */

/* Accepts all, and closes those that their clients have closed both ways. */
static pid_t
start_accepting(void)
{
	struct sockaddr_in a = stage_loopback(STAGE_PORT + 1);
	int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1, accepted[CONNECTIONS];
	pid_t child;

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

/* What the row of this end says: its part of what stands before or behind the slash, or the arrow. */
static bool
is_told(const char *rows, const struct end *e)
{
	char key[132], server_key[132], states[64], pids[64], *state = states, *pid = pids, *slash, *arrow;
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
	arrow = strstr(pids, "→");
	if (arrow != NULL) {
		*arrow = '\0';
		pid = server ? arrow + strlen("→") : pids;
	}
	/* ss knows nobody behind TIME-WAIT any more */
	return strcmp(state, e->state) == 0 && (e->pid == 0 || atoi(pid) == e->pid);
}

/* Both ends of each that is open, and of those closed what the kernel still has. */
static bool
all_are_told(FILE *keys, bool last)
{
	static struct end ends[8 * CONNECTIONS];
	int count = read_ss(ends, 8 * CONNECTIONS), wanted = 0, told = 0;
	const char *rows;

	stage_press(keys, "wait:0.1 save-screen agree.txt");
	rows = stage_screen("agree.txt");
	for (int n = 0; n < count; n++) {
		if (strstr(ends[n].local, ":8081") == NULL && strstr(ends[n].remote, ":8081") == NULL)
			continue;
		wanted++;
		if (is_told(rows, &ends[n]))
			told++;
		else if (last)
			printf("# ss: %s %s %s %d\n", ends[n].state, ends[n].local, ends[n].remote, ends[n].pid);
	}
	return told == wanted && wanted >= 2 * (CONNECTIONS - CONNECTIONS / EVERY_CLOSED);
}

static int
agree(void)
{
	int connections[CONNECTIONS];
	bool told = false;
	struct sockaddr_in a = stage_loopback(STAGE_PORT + 1);
	pid_t server, program;
	FILE *keys;

	if (system("ss -tanpH >/dev/null 2>&1") != 0)
		return stage_skip("ss");
	server = start_accepting();
	if (server < 0 || !stage_write("conf", "columns = flow client server kernel pid\n"))
		return stage_skip("a server");
	program = start_program("140x120", "--config", "conf", &keys);
	if (keys == NULL)
		return stage_skip("keys");
	for (int n = 0; n < CONNECTIONS; n++) {
		connections[n] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(connections[n], (struct sockaddr *)&a, sizeof a) != 0)
			perror("connect");
	}
	for (int n = 0; n < CONNECTIONS; n++) {
		if (n % EVERY_CLOSED == 0)
			close(connections[n]);
		else if (n % EVERY_HALF_CLOSED == 0)
			shutdown(connections[n], SHUT_WR);
	}
	stage_press(keys, "f text:port:8081 Enter");
	for (int tries = 1; tries <= AGREE_TRIES && !told; tries++) {
		stage_rest(0.5);	/* the kernel is asked once a second */
		told = all_are_told(keys, tries == AGREE_TRIES);
	}
	stage_verdict("a hundred connections are told as ss tells them", told, stage_screen("agree.txt"));
	stage_finish(keys, program);
	kill(server, SIGKILL);
	for (int n = 0; n < CONNECTIONS; n++)
		if (n % EVERY_CLOSED != 0)
			close(connections[n]);
	return 0;
}

int
main(void)
{
	int status = stage_open(SECONDS);

	if (status == 0)
		status = leak();
	if (status == 0) {
		/* what one leaves behind existed before the next one began, and is listed there: many connections come last */
		(void)vanish();
		(void)refilter();
		(void)existed();
		(void)pile_up();
		(void)agree();
	}
	return stage_close() != 0 ? 1 : status;
}

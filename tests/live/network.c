/*
 * The program in networks that aren't the one it was started in, or aren't
 * simple: another network namespace, by name, by process and by path; an
 * interface that comes back when all privileges are gone; a bridge; few
 * ports.
 * Prints "ok NAME" or "not ok NAME"; 77: not permitted here.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage.h"
#include "tests/process_status.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
/* A sanitizer looks for leaks from a process of its own, so that the program has no sandbox then. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer)
enum { SANDBOXED = 0, SECCOMP = 0 };
#elif defined(HAVE_SECCOMP)
enum { SANDBOXED = 1, SECCOMP = 2 };
#else
enum { SANDBOXED = 1, SECCOMP = 0 };
#endif

enum { SECONDS = 900, INSIDE = 8082 };

/* ---- another network namespace */

/* A process in a namespace of its own, where it listens, and connects to itself when a byte comes. */
struct insider {
	pid_t process;			/* -1: not to be had */
	int go;
	bool tapped;			/* has an interface inside0 */
};

static void
live_inside(int ready, int go)
{
	struct sockaddr_in a = stage_loopback(INSIDE);
	int listener;
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "insider");
	if (!stage_isolate())
		_exit(1);
	c = stage_tap("inside0") >= 0 ? 't' : '-';
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(listener, 7) != 0
	    || write(ready, &c, 1) != 1)
		_exit(1);
	while (read(go, &c, 1) == 1) {
		(void)stage_connect(INSIDE);
		(void)accept(listener, NULL, NULL);
	}
	_exit(0);
}

static struct insider
start_inside(void)
{
	struct insider inside = { .process = -1, .go = -1 };
	int ready[2], go[2];
	char c = '-';

	if (pipe(ready) != 0 || pipe(go) != 0)
		return inside;
	inside.process = fork();
	if (inside.process == 0) {
		close(go[1]);
		live_inside(ready[1], go[0]);
	}
	close(ready[1]);
	close(go[0]);
	if (read(ready[0], &c, 1) != 1)
		inside.process = -1;
	inside.tapped = c == 't';
	close(ready[0]);
	inside.go = go[1];
	return inside;
}

static void
stop_inside(const struct insider *inside)
{
	close(inside->go);
	kill(inside->process, SIGKILL);
	waitpid(inside->process, NULL, 0);
}

/* The program is started out here, and must show what is in there and nothing else. */
static void
expect_inside(const char *way, const char *netns, const struct insider *inside)
{
	const char *const arguments[] = { "-Z", "root", "--config", "conf", "--netns", netns, "-i", "lo", NULL };
	char name[160], words[160];
	pid_t program;
	FILE *keys;
	int outside;

	program = stage_program(arguments, "140x40", &keys);
	if (keys == NULL) {
		stage_verdict(way, false, strerror(errno));
		return;
	}
	outside = stage_connect(STAGE_PORT);
	if (write(inside->go, "x", 1) != 1)
		perror("go");
	snprintf(words, sizeof words, "Process of both ends: insider[%d].", (int)inside->process);
	snprintf(name, sizeof name, "by its %s: the process behind it, out of the kernel there", way);
	stage_expect_soon(keys, name, "inside.txt", words);
	snprintf(name, sizeof name, "by its %s: a connection inside", way);
	stage_expect(name, "inside.txt", "127.0.0.1:8082 ESTAB ");
	snprintf(name, sizeof name, "by its %s: nothing of outside", way);
	stage_expect(name, "inside.txt", "-127.0.0.1:8080");
	snprintf(name, sizeof name, "by its %s: the screen names it", way);
	snprintf(words, sizeof words, "lo in netns %s", netns);
	stage_expect(name, "inside.txt", words);
	stage_press(keys, "L");
	snprintf(name, sizeof name, "by its %s: the listener inside", way);
	stage_expect_soon(keys, name, "listeners.txt", "127.0.0.1:8082 ");
	stage_finish(keys, program);
	close(outside);
}

/* Names are in a mount namespace of our own, so that this host's aren't touched. */
static bool
give_name(const char *name, const char *target)
{
	char file[128];

	snprintf(file, sizeof file, "/run/netns/%s", name);
	return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
	    && mount("none", "/run", "tmpfs", 0, NULL) == 0 && mkdir("/run/netns", 0755) == 0
	    && stage_write(file, "") && mount(target, file, NULL, MS_BIND, NULL) == 0;
}

/* What the program says on standard error or output when it is run by the shell with these arguments. */
static void
expect_said(const char *name, const char *arguments, const char *words)
{
	char command[512];

	snprintf(command, sizeof command, "\"$TCPLADDER\" %s >said.txt 2>&1 </dev/null", arguments);
	(void)!system(command);
	stage_expect(name, "said.txt", words);
}

static void
expect_refusals(const struct insider *inside)
{
	char command[256];

	expect_said("a name that isn't there", "-D --netns=nowhere", "there is no network namespace nowhere");
	expect_said("a process that isn't there", "-D --netns=4194304", "there is no process 4194304");
	expect_said("a namespace of another kind", "-D --netns=/proc/self/ns/uts", "is no network namespace");
	if (system("setpriv --reuid 65534 --clear-groups true 2>/dev/null") != 0) {
		(void)stage_skip("becoming another user");
		return;
	}
	snprintf(command, sizeof command,
	    "setpriv --reuid 65534 --clear-groups \"$TCPLADDER\" -D --netns=%d >said.txt 2>&1",
	    (int)inside->process);
	(void)!system(command);
	stage_expect("who may not enter is told what to do", "said.txt", "run it with sudo");
}

static int
elsewhere(void)
{
	struct insider inside = start_inside();
	char place[64], list[80];

	if (inside.process < 0)
		return stage_skip("another network namespace");
	if (!stage_write("conf", "columns = flow client server kernel pid\n"))
		return stage_skip("a file");
	snprintf(place, sizeof place, "%d", (int)inside.process);
	expect_inside("process", place, &inside);
	snprintf(list, sizeof list, "-D --netns=%s", place);
	if (inside.tapped)
		expect_said("its interfaces are listed", list, "inside0");
	expect_said("and aren't those of outside", "-D", "-inside0");
	snprintf(place, sizeof place, "/proc/%d/ns/net", (int)inside.process);
	expect_inside("path", place, &inside);
	if (give_name("blue", place)) {
		expect_inside("name", "blue", &inside);
		expect_said("where they are listed is told", "-i nosuch0 --netns=blue --print=none -c1",
		    "there is no interface nosuch0; tcpladder --netns blue -D lists them");
	} else
		(void)stage_skip("a namespace with a name");
	expect_refusals(&inside);
	stop_inside(&inside);
	return 0;
}

/* ---- an interface that comes back when all privileges are gone */

static void
expect_powerless(pid_t program)
{
	static const char *const sets[] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };
	bool good = process_status(program, "Uid", 10) != 0 && (!SANDBOXED || process_status(program, "NoNewPrivs", 10) == 1)
	    && (SECCOMP != 2 || process_status(program, "Seccomp", 10) == 2);

	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
		good = good && process_status(program, sets[i], 16) == 0;
	stage_verdict("who captures has no privileges", good, "see /proc/PID/status");
}

static bool
is_kernel(unsigned major, unsigned minor)
{
	struct utsname about;
	unsigned is[2];

	return uname(&about) == 0 && sscanf(about.release, "%u.%u", &is[0], &is[1]) == 2
	    && (is[0] > major || (is[0] == major && is[1] >= minor));
}

static int
come_back(void)
{
	static const char *const arguments[] = { "-i", "lo", "-i", "ladder0", NULL };
	int tap = stage_tap("ladder0");
	bool possible = false;
	pid_t program;
	FILE *keys;

	if (tap < 0)
		return stage_skip("an interface of its own");
	if (system("setpriv --reuid 65534 --clear-groups true 2>/dev/null") != 0)
		return stage_skip("becoming another user");
	program = stage_program(arguments, "140x40", &keys);
	if (keys == NULL)
		return stage_skip("keys");
	expect_powerless(program);
#ifdef SCMP_ACT_NOTIFY
	possible = SECCOMP == 2 && is_kernel(5, 9);
#endif
	for (unsigned round = 0; round < 2; round++) {
		char words[64];

		snprintf(words, sizeof words, "192.0.2.1:%u 192.0.2.2:443 ", 50001 + round);
		stage_syn(tap, 50001 + round);
		stage_expect_soon(keys, "an interface is captured on", "seen.txt", words);
		close(tap);
		if (!possible) {
			/* nobody answers system calls for others here */
			stage_expect_soon(keys, "one that is gone is told", "gone.txt", "interface gone: start anew");
			stage_finish(keys, program);
			return 0;
		}
		stage_expect_soon(keys, "one that is gone is waited for", "gone.txt", "interface gone ");
		tap = stage_tap("ladder0");
		stage_expect_soon(keys, "when it is back it is told no more", "back.txt", "-interface gone");
	}
	stage_syn(tap, 50003);
	stage_expect_soon(keys, "and captured on again, without privileges", "again.txt", "192.0.2.1:50003 192.0.2.2:443 ");
	stage_expect("with all that came before", "again.txt", "192.0.2.1:50002 192.0.2.2:443 ");
	expect_powerless(program);
	stage_finish(keys, program);
	close(tap);
	return 0;
}

/* ---- ports that run out */

enum { PORTS_TAKEN = 26 };	/* of 30 */

static int
run_out(void)
{
	static const char *const arguments[] = { "-Z", "root", "-i", "lo", NULL };
	struct sockaddr_in a = stage_loopback(STAGE_PORT);
	int listener = socket(AF_INET, SOCK_STREAM, 0), connections[PORTS_TAKEN], yes = 1;
	pid_t program;
	FILE *keys;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (!stage_write("/proc/sys/net/ipv4/ip_local_port_range", "40000 40029\n")
	    || bind(listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(listener, 2 * PORTS_TAKEN) != 0) {
		close(listener);
		return stage_skip("few ports");
	}
	program = stage_program(arguments, "140x50", &keys);
	if (keys == NULL)
		return stage_skip("keys");
	for (int n = 0; n < PORTS_TAKEN; n++)
		connections[n] = stage_connect(STAGE_PORT);
	stage_press(keys, "i");
	stage_expect_soon(keys, "ports that run out are told", "ports.txt", "Ports run out: 26 of 30 that connections from "
	    "here get are taken towards 127.0.0.1:8080 (87 %)");
	stage_finish(keys, program);
	for (int n = 0; n < PORTS_TAKEN; n++)
		close(connections[n]);
	close(listener);
	return 0;
}

/* ---- a bridge, where each packet comes in at one port and goes out at another */

enum { BRIDGE_STEPS_MAX = 200 };

static bool
run_all(const char *const *commands)
{
	char command[BRIDGE_STEPS_MAX];

	for (; *commands != NULL; commands++) {
		snprintf(command, sizeof command, "%s 2>/dev/null", *commands);
		if (system(command) != 0)
			return false;
	}
	return true;
}

/* Whether a command succeeds at last: for some minutes, with a rest between. */
static bool
succeeds_soon(const char *command)
{
	for (int tries = 0; tries < 2000; tries++) {
		if (system(command) == 0)
			return true;
		stage_rest(0.05);
	}
	return false;
}

/* A process in a namespace of its own, with an end of a veth there. */
struct neighbour {
	pid_t process;			/* -1: not to be had */
	int go;				/* a byte to this, and a client connects */
};

static void
serve(int fd)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(STAGE_PORT) };

	if (bind(fd, (struct sockaddr *)&here, sizeof here) != 0 || listen(fd, 5) != 0)
		_exit(1);
}

static void
answer(int fd)
{
	int other = accept(fd, NULL, NULL);
	char bytes[64];
	ssize_t n;

	while ((n = read(other, bytes, sizeof bytes)) > 0)
		(void)!write(other, bytes, (size_t)n);
	close(other);
}

static void
ask(int fd)
{
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(STAGE_PORT) };
	char bytes[64];

	inet_pton(AF_INET, "10.9.0.2", &there.sin_addr);
	if (connect(fd, (struct sockaddr *)&there, sizeof there) != 0)
		_exit(1);
	for (int i = 0; i < 3; i++) {
		(void)!write(fd, "hello", 5);
		(void)!read(fd, bytes, sizeof bytes);
	}
	close(fd);
}

/* Each step is told, or waited for: the namespace is there, it has the interface, all is ready, the capture runs. */
static void
live_there(const char *peer, const char *address, bool serves, int told, int go)
{
	char command[BRIDGE_STEPS_MAX], c;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!stage_isolate() || write(told, "i", 1) != 1 || read(go, &c, 1) != 1)
		_exit(1);
	snprintf(command, sizeof command, "ip addr add %s/24 dev %s && ip link set %s up", address, peer, peer);
	if (system(command) != 0)
		_exit(1);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (serves)
		serve(fd);
	if (write(told, "r", 1) != 1 || (!serves && read(go, &c, 1) != 1))
		_exit(1);
	if (serves)
		answer(fd);
	else
		ask(fd);
	for (;;)
		pause();
}

static struct neighbour
start_neighbour(const char *peer, const char *address, bool serves)
{
	struct neighbour n = { .process = -1, .go = -1 };
	int told[2], go[2];
	char command[BRIDGE_STEPS_MAX], c;
	bool good;

	if (pipe(told) != 0 || pipe(go) != 0)
		return n;
	n.process = fork();
	if (n.process == 0)
		live_there(peer, address, serves, told[1], go[0]);
	close(told[1]);
	close(go[0]);
	n.go = go[1];
	snprintf(command, sizeof command, "ip link set %s netns %d 2>/dev/null", peer, (int)n.process);
	good = read(told[0], &c, 1) == 1 && system(command) == 0 && write(n.go, "g", 1) == 1 && read(told[0], &c, 1) == 1;
	close(told[0]);
	if (!good) {
		kill(n.process, SIGKILL);
		n.process = -1;
	}
	return n;
}

static int
bridge(void)
{
	static const char *const links[] = {
		"ip link add ladderbr type bridge forward_delay 0", "ip link set ladderbr up",
		"ip link add port1 type veth peer name end1", "ip link add port2 type veth peer name end2",
		"ip link set port1 master ladderbr up", "ip link set port2 master ladderbr up", NULL
	};
	static const char *const arguments[] = { "-Z", "root", "-i", "any", "tcp", NULL };
	struct neighbour client, server;
	pid_t program;
	FILE *keys;

	if (!run_all(links))
		return stage_skip("a bridge of its own");
	server = start_neighbour("end2", "10.9.0.2", true);
	client = start_neighbour("end1", "10.9.0.1", false);
	if (server.process < 0 || client.process < 0
	    || !succeeds_soon("ip -d link show port1 | grep -q 'state forwarding'")
	    || !succeeds_soon("ip -d link show port2 | grep -q 'state forwarding'"))
		return stage_skip("hosts at a bridge");
	program = stage_program(arguments, "160x60", &keys);
	if (keys == NULL)
		return stage_skip("keys");
	if (write(client.go, "g", 1) != 1)
		perror("go");
	stage_expect_soon(keys, "across a bridge a connection is seen to its end", "list.txt", "Closed normally");
	stage_expect("and is one", "list.txt", "1 connection ");
	stage_press(keys, "Enter wait:0.1 g save-screen ladder.txt a save-screen all.txt");
	stage_finish(keys, program);
	kill(client.process, SIGKILL);
	kill(server.process, SIGKILL);
	stage_expect("with each segment once", "ladder.txt", "SYN seq 0 ");
	stage_expect("and none again", "ladder.txt", "-SEEN AGAIN");
	stage_expect("that says how often it was seen", "ladder.txt", "(seen 2x)");
	stage_expect("and where", "ladder.txt", "Seen 2 times: on port1 (in), and ");
	stage_expect("and where else", "ladder.txt", " later on port2 (out).");
	stage_expect("nothing was sent twice", "ladder.txt", "-RETX");
	stage_expect("unfolded, both sightings stand there", "all.txt", "SEEN AGAIN SYN");
	return 0;
}

int
main(void)
{
	int status = stage_open(SECONDS);

	if (status == 0)
		status = elsewhere();
	if (status == 0)
		(void)come_back();
	if (status == 0) {
		(void)bridge();
		(void)run_out();
	}
	return stage_close() != 0 ? 1 : status;
}

/*
 * The two hosts at the ends of the wire: their namespaces and interfaces, and
 * what applications on them do. See wire.h; the packets' way is in wire.c.
 */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel_state.h"

static void end(int status, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0), noreturn));

static void
end(int status, const char *format, va_list arguments)
{
	char reason[256];
	vsnprintf(reason, sizeof reason, format, arguments);
	printf("# %s\n", reason);
	fflush(stdout);
	_exit(status);
}

void
wire_fail(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	end(WIRE_EXIT_FAILED, format, arguments);
}

void
wire_again(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	end(WIRE_EXIT_AGAIN, format, arguments);
}

void
wire_skip(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	end(WIRE_EXIT_SKIPPED, format, arguments);
}

/* Writes to a file of /proc that exists; false with errno. */
static bool
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t wrote = write(fd, text, strlen(text));
	int trouble = errno;
	close(fd);
	errno = trouble;
	return wrote == (ssize_t)strlen(text);
}

/* Where a namespace needs a privilege that we don't have, a namespace of users gives it to us. */
static void
become_permitted(void)
{
	if (unshare(CLONE_NEWNET) == 0)
		return;
	char map[64];
	unsigned uid = getuid();
	unsigned gid = getgid();
	if (errno != EPERM || unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		wire_skip("network namespaces aren't permitted: %s", strerror(errno));
	snprintf(map, sizeof map, "0 %u 1", uid);
	bool mapped = write_file("/proc/self/setgroups", "deny")
	    && write_file("/proc/self/uid_map", map);
	snprintf(map, sizeof map, "0 %u 1", gid);
	if (!mapped || !write_file("/proc/self/gid_map", map))
		wire_skip("no identity in a namespace of users: %s", strerror(errno));
}

/* POSIX's, and glibc's. */
#ifdef __GLIBC__
typedef unsigned long ioctl_request;
#else
typedef int ioctl_request;
#endif

static void
configure(int control, ioctl_request request, struct ifreq *interface, const char *what)
{
	if (ioctl(control, request, interface) < 0)
		wire_skip("the tun device's %s: %s", what, strerror(errno));
}

/* A tun device in the current namespace; nothing in it splits, merges or leaves out checksums. */
static int
open_tun(struct in_addr address)
{
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		wire_skip("/dev/net/tun: %s", strerror(errno));
	struct ifreq interface;
	memset(&interface, 0, sizeof interface);
	memcpy(interface.ifr_name, "wire0", sizeof "wire0");
	interface.ifr_flags = IFF_TUN | IFF_NO_PI;
	configure(fd, TUNSETIFF, &interface, "creation");

	int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = address };
	memcpy(&interface.ifr_addr, &in, sizeof in);
	configure(control, SIOCSIFADDR, &interface, "address");
	in.sin_addr.s_addr = htonl(0xffffff00);
	memcpy(&interface.ifr_netmask, &in, sizeof in);
	configure(control, SIOCSIFNETMASK, &interface, "netmask");
	interface.ifr_flags = IFF_UP | IFF_RUNNING | IFF_POINTOPOINT | IFF_NOARP;
	configure(control, SIOCSIFFLAGS, &interface, "start");
	close(control);
	return fd;
}

static void
enter(const struct wire *wire, enum side side)
{
	if (setns(wire->netns[side], CLONE_NEWNET) < 0)
		wire_skip("can't enter a network namespace: %s", strerror(errno));
}

void
wire_open(struct wire *wire, enum tap tap)
{
	memset(wire, 0, sizeof *wire);
	wire->tap = tap;
	for (int side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		if (side == SIDE_CLIENT)
			become_permitted();
		else if (unshare(CLONE_NEWNET) < 0)
			wire_skip("a second network namespace: %s", strerror(errno));
		wire->netns[side] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		wire->address[side] = (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_addr.s_addr = htonl(side == SIDE_CLIENT ? 0x0a090001 : 0x0a090002),
		};
		wire->tun[side] = open_tun(wire->address[side].sin_addr);
		wire->diag[side] = kernel_state_open();
		if (wire->netns[side] < 0 || wire->diag[side] < 0)
			wire_skip("the kernel's socket diagnosis: %s", strerror(errno));
	}

	/* Whether it tells the truth, or isn't built into this kernel. */
	int listener = wire_listen(wire, 1);
	struct sockaddr_in server = wire->address[SIDE_SERVER];
	struct sockaddr_in client = wire->address[SIDE_CLIENT];
	server.sin_port = htons(WIRE_SERVER_PORT);
	client.sin_port = htons(WIRE_CLIENT_PORT);
	if (kernel_state_of(wire->diag[SIDE_SERVER], &server, &client) != TCP_LISTEN)
		wire_skip("the kernel's socket diagnosis doesn't know TCP: %s", strerror(errno));
	close(listener);
}

void
wire_set(struct wire *wire, enum side side, const char *name, const char *value)
{
	char path[128];
	enter(wire, side);
	snprintf(path, sizeof path, "/proc/sys/net/ipv4/%s", name);
	if (!write_file(path, value))
		wire_skip("%s: %s", path, strerror(errno));
}

void
wire_option(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof value) < 0)
		wire_fail("setsockopt %d %d: %s", level, name, strerror(errno));
}

int
wire_socket(struct wire *wire, enum side side, uint16_t port)
{
	enter(wire, side);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		wire_fail("socket: %s", strerror(errno));
	wire_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	wire_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	struct sockaddr_in here = wire->address[side];
	here.sin_port = htons(port);
	if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0)
		wire_fail("bind: %s", strerror(errno));
	return fd;
}

int
wire_listen(struct wire *wire, int backlog)
{
	int fd = wire_socket(wire, SIDE_SERVER, WIRE_SERVER_PORT);
	if (listen(fd, backlog) < 0)
		wire_fail("listen: %s", strerror(errno));
	return fd;
}

void
wire_connect_socket(struct wire *wire, int fd, enum side to, uint16_t port)
{
	struct sockaddr_in there = wire->address[to];
	there.sin_port = htons(port);
	if (connect(fd, (struct sockaddr *)&there, sizeof there) < 0 && errno != EINPROGRESS)
		wire_fail("connect: %s", strerror(errno));
	wire_collect(wire, 0);
}

int
wire_connect(struct wire *wire, uint16_t client_port)
{
	int fd = wire_socket(wire, SIDE_CLIENT, client_port);
	wire_connect_socket(wire, fd, SIDE_SERVER, WIRE_SERVER_PORT);
	return fd;
}

int
wire_accept(struct wire *wire, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		wire_fail("accept: %s", strerror(errno));
	wire_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	wire_collect(wire, 0);
	return fd;
}

size_t
wire_send_some(struct wire *wire, int fd, size_t length)
{
	uint8_t text[65536];
	memset(text, 'x', sizeof text);
	ssize_t sent = send(fd, text, length < sizeof text ? length : sizeof text, MSG_NOSIGNAL);
	wire_collect(wire, 0);
	return sent < 0 ? 0 : (size_t)sent;
}

void
wire_send(struct wire *wire, int fd, size_t length)
{
	if (wire_send_some(wire, fd, length) != length)
		wire_fail("send: %s", strerror(errno));
}

size_t
wire_read(struct wire *wire, int fd)
{
	uint8_t text[65536];
	size_t all = 0;
	ssize_t got;
	while ((got = recv(fd, text, sizeof text, 0)) > 0)
		all += (size_t)got;
	wire_collect(wire, 0);
	return all;
}

void
wire_shutdown(struct wire *wire, int fd)
{
	if (shutdown(fd, SHUT_WR) < 0)
		wire_fail("shutdown: %s", strerror(errno));
	wire_collect(wire, 0);
}

void
wire_close(struct wire *wire, int fd)
{
	close(fd);
	wire_collect(wire, 0);
}

void
wire_abort(struct wire *wire, int fd)
{
	struct linger none = { .l_onoff = 1, .l_linger = 0 };
	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none) < 0)
		wire_fail("SO_LINGER: %s", strerror(errno));
	wire_close(wire, fd);
}

void
wire_forget(struct wire *wire, enum side side, int fd)
{
	int on = 1;
	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) < 0)
		wire_skip("TCP_REPAIR: %s", strerror(errno));
	wire->forgot[side] = true;
	wire_close(wire, fd);
}

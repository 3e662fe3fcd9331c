/*
 * See loopback.h.
 */
#include "tests/loopback.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

uint16_t
port_of(int fd)
{
	struct sockaddr_storage a;
	socklen_t size = sizeof a;

	cr_assert_eq(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port : ((struct sockaddr_in *)&a)->sin_port);
}

int
listen_on_loopback(int backlog)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	cr_assert_eq(listen(fd, backlog), 0);
	return fd;
}

int
connect_to(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

void
pair_open(struct pair *p)
{
	p->listener = listen_on_loopback(5);
	p->listen_port = port_of(p->listener);
	p->client = connect_to(p->listen_port);
	p->client_port = port_of(p->client);
	p->server = accept(p->listener, NULL, NULL);
	cr_assert_geq(p->server, 0);
}

void
pair_close(struct pair *p)
{
	struct linger at_once = { .l_onoff = 1 };

	setsockopt(p->client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(p->client);
	close(p->server);
	close(p->listener);
}

struct host_snapshot *
look_or_skip(const struct host_snapshot *before)
{
	struct host_snapshot *s = host_look(before);

	if (s == NULL)
		cr_skip_test("the kernel doesn't tell of its sockets here");
	return s;
}

const uint8_t loopback[16] = { 127, 0, 0, 1 };

const struct host_socket *
find_here(const struct host_snapshot *s, uint16_t local, uint16_t remote)
{
	return host_snapshot_find(s, SEGMENT_IPV4, loopback, local, loopback, remote);
}

struct host_snapshot *
look_until(const struct pair *p, enum tcp_state state)
{
	struct host_snapshot *s = look_or_skip(NULL);

	for (int tries = 0; tries < QUICK_TRIES; tries++) {
		const struct host_socket *client = find_here(s, p->client_port, p->listen_port);

		if (client != NULL && client->state == state)
			break;
		host_snapshot_free(s);
		poll(NULL, 0, TRY_MS);
		s = look_or_skip(NULL);
	}
	return s;
}

void
add_socket(struct host_snapshot *s, enum tcp_state state, uint16_t local, const uint8_t remote[4], uint16_t port)
{
	struct host_socket *k = host_snapshot_add(s);

	k->family = SEGMENT_IPV4;
	k->state = (uint8_t)state;
	k->local_port = local;
	k->remote_port = port;
	k->cookie = (uint64_t)local << 16 | port;
	if (remote != NULL) {
		memcpy(k->local, loopback, 4);
		memcpy(k->remote, remote, 4);
	}
}

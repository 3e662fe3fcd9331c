/*
 * What the kernel says, of sockets on the loopback that the test itself
 * makes: so the truth is known, and no privileges are needed.  Where the
 * kernel can't be asked, what needs it is skipped.
 */
#include <criterion/criterion.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/host.h"
#include "tests/loopback.h"

Test(host, both_ends_of_a_connection_have_state_process_and_descriptor)
{
	struct host_snapshot *s;
	const struct host_socket *client, *server;
	struct pair p;
	char name[HOST_NAME_MAX];

	prctl(PR_SET_NAME, "two\x1b[31mends");
	pair_open(&p);
	cr_assert_eq(send(p.client, "unread", 6, 0), 6);
	s = look_or_skip(NULL);
	client = find_here(s, p.client_port, p.listen_port);
	server = find_here(s, p.listen_port, p.client_port);
	cr_assert_not_null(client);
	cr_assert_not_null(server);
	cr_expect_eq(client->state, TCP_ESTABLISHED);
	cr_expect_eq(server->state, TCP_ESTABLISHED);
	cr_expect_eq(client->marks & HOST_HELD, HOST_HELD);
	cr_expect_eq(client->pid, getpid());
	cr_expect_eq(client->descriptor, p.client);
	cr_expect_eq(server->descriptor, p.server);
	cr_expect_eq(server->receive_queue, 6);
	cr_expect_eq(client->uid, getuid());
	cr_expect_str_eq(host_process(client, name), "two\\x1b[31mends");
	cr_expect_gt(client->cwnd, 0);
	host_snapshot_free(s);
	pair_close(&p);
}

Test(host, a_half_closed_connection_is_in_close_wait_and_fin_wait_2)
{
	struct host_snapshot *s;
	struct pair p;

	pair_open(&p);
	cr_assert_eq(shutdown(p.client, SHUT_WR), 0);
	s = look_until(&p, TCP_FIN_WAIT_2);
	cr_expect_eq(find_here(s, p.listen_port, p.client_port)->state, TCP_CLOSE_WAIT);
	cr_expect_eq(find_here(s, p.client_port, p.listen_port)->state, TCP_FIN_WAIT_2);
	host_snapshot_free(s);
	pair_close(&p);
}

Test(host, a_listener_tells_its_queue_and_limit_and_who_waits_is_nobodys)
{
	int listener = listen_on_loopback(3), first, second;
	uint16_t port = port_of(listener);
	struct host_snapshot *s;
	const struct host_socket *k, *waiting;

	first = connect_to(port);
	second = connect_to(port);
	s = look_or_skip(NULL);
	k = host_snapshot_listener(s, SEGMENT_IPV4, loopback, port);
	cr_assert_not_null(k);
	cr_expect_eq(k->state, TCP_LISTEN);
	cr_expect_eq(k->receive_queue, 2);
	cr_expect_eq(k->send_queue, 3);
	cr_expect_eq(k->pid, getpid());
	waiting = find_here(s, port, port_of(first));
	cr_assert_not_null(waiting);
	cr_expect_eq(waiting->marks & (HOST_QUEUED | HOST_HELD), HOST_QUEUED);
	cr_expect_null(host_snapshot_listener(s, SEGMENT_IPV4, loopback, port == 1 ? 2 : 1));
	host_snapshot_free(s);
	close(first);
	close(second);
	close(listener);
}

Test(host, ipv4_in_the_clothes_of_ipv6_is_ipv4)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6 };
	int listener = socket(AF_INET6, SOCK_STREAM, 0), no = 0, client, server;
	struct host_snapshot *s;
	uint16_t port;

	if (listener < 0)
		cr_skip_test("there is no IPv6 here");
	setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
	if (bind(listener, (struct sockaddr *)&a, sizeof a) != 0)
		cr_skip_test("there is no IPv6 here");
	cr_assert_eq(listen(listener, 5), 0);
	port = port_of(listener);
	client = connect_to(port);
	server = accept(listener, NULL, NULL);
	s = look_or_skip(NULL);
	cr_assert_not_null(find_here(s, port, port_of(client)));
	cr_expect_eq(find_here(s, port, port_of(client))->descriptor, server);
	cr_assert_not_null(host_snapshot_listener(s, SEGMENT_IPV4, loopback, port), "a dual listener takes IPv4");
	cr_expect(host_snapshot_is_local(s, SEGMENT_IPV4, loopback));
	host_snapshot_free(s);
	close(client);
	close(server);
	close(listener);
}

Test(host, what_is_gone_still_has_its_process)
{
	struct host_snapshot *before, *s;
	const struct host_socket *k;
	struct pair p;

	pair_open(&p);
	before = look_or_skip(NULL);
	pair_close(&p);
	s = host_look(before);
	k = find_here(s, p.client_port, p.listen_port);
	cr_assert_not_null(k);
	cr_expect_eq(k->marks & (HOST_GONE | HOST_WAS_HELD | HOST_HELD), HOST_GONE | HOST_WAS_HELD);
	cr_expect_eq(k->pid, getpid());
	cr_expect_eq(k->seen, before->time, "told as of when the kernel last had it");
	cr_expect_eq(s->listeners + 0U, s->states[TCP_LISTEN], "gone ones aren't counted");
	host_snapshot_free(before);
	host_snapshot_free(s);
}

Test(host, time_wait_remembers_who_held_it)
{
	struct host_snapshot *before, *s;
	const struct host_socket *k;
	struct pair p;

	pair_open(&p);
	before = look_or_skip(NULL);
	close(p.client);
	close(p.server);
	s = host_look(before);
	k = find_here(s, p.client_port, p.listen_port);
	cr_assert_not_null(k);
	cr_expect_eq(k->state, TCP_TIME_WAIT);
	cr_expect_eq(k->marks & (HOST_GONE | HOST_WAS_HELD | HOST_HELD), HOST_WAS_HELD);
	cr_expect_eq(k->pid, getpid());
	host_snapshot_free(before);
	host_snapshot_free(s);
	close(p.listener);
}

Test(host, a_socket_that_two_processes_hold_is_shared)
{
	struct host_snapshot *s;
	int hold[2];
	struct pair p;
	pid_t child;

	pair_open(&p);
	cr_assert_eq(pipe(hold), 0);
	child = fork();
	if (child == 0) {
		char c;

		close(hold[1]);
		_exit(read(hold[0], &c, 1) < 0);
	}
	s = look_or_skip(NULL);
	cr_expect_eq(find_here(s, p.client_port, p.listen_port)->holders, 2);
	close(hold[1]);
	waitpid(child, NULL, 0);
	host_snapshot_free(s);
	pair_close(&p);
}

/* ---- without asking the kernel */

Test(host, ports_taken_are_counted_by_destination)
{
	static const uint8_t one[4] = { 10, 0, 0, 1 }, two[4] = { 10, 0, 0, 2 };
	struct host_snapshot *s = host_snapshot_new();

	s->settings.known[HOST_PORT_RANGE] = true;
	s->settings.value[HOST_PORT_RANGE] = 40000;
	s->settings.last_port = 40009;
	add_socket(s, TCP_LISTEN, 40005, NULL, 0);
	for (uint16_t port = 39998; port < 40012; port++)
		add_socket(s, TCP_ESTABLISHED, port, one, 80);
	for (uint16_t port = 40000; port < 40003; port++)
		add_socket(s, TCP_TIME_WAIT, port, two, 80);
	host_snapshot_finish(s, NULL);
	/* ten in the range, less the one that a listener accepted; three of them towards two destinations */
	cr_expect_eq(s->ports.taken, 9);
	cr_expect_eq(s->ports.most, 9);
	cr_expect_arr_eq(s->ports.remote, one, 4);
	cr_expect_eq(s->ports.remote_port, 80);
	host_snapshot_free(s);
}

static struct host_snapshot *
snapshot_with_ports(uint32_t reuse)
{
	struct host_snapshot *s = host_snapshot_new();

	s->settings.known[HOST_PORT_RANGE] = s->settings.known[HOST_TIMEWAIT_REUSE] = true;
	s->settings.value[HOST_PORT_RANGE] = 40000;
	s->settings.last_port = 40009;
	s->settings.value[HOST_TIMEWAIT_REUSE] = reuse;
	return s;
}

Test(host, each_of_this_hosts_addresses_has_all_the_ports)
{
	static const uint8_t one[4] = { 10, 0, 0, 1 };
	struct host_snapshot *s = snapshot_with_ports(0);

	for (uint16_t port = 40000; port < 40006; port++)
		for (uint8_t from = 1; from <= 3; from++) {
			add_socket(s, TCP_ESTABLISHED, port, one, 80);
			s->sockets[s->count - 1].local[3] = from;
		}
	host_snapshot_finish(s, NULL);
	cr_expect_eq(s->ports.taken, 6);
	cr_expect_eq(s->ports.most, 6);
	host_snapshot_free(s);
}

Test(host, a_port_without_a_destination_runs_out_towards_none)
{
	struct host_snapshot *s = snapshot_with_ports(0);

	for (uint16_t port = 40000; port < 40008; port++)
		add_socket(s, TCP_CLOSED, port, loopback, 0);
	host_snapshot_finish(s, NULL);
	cr_expect_eq(s->ports.taken, 8);
	cr_expect_eq(s->ports.most, 0);
	host_snapshot_free(s);
}

Test(host, what_is_in_time_wait_takes_a_port_unless_that_is_given_back)
{
	static const uint8_t one[4] = { 10, 0, 0, 1 };
	static const struct {
		uint32_t reuse;
		const uint8_t *remote;
		uint32_t most;
	} rows[] = { { 0, one, 6 }, { 1, one, 0 }, { 2, one, 6 }, { 0, loopback, 6 }, { 2, loopback, 0 } };

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct host_snapshot *s = snapshot_with_ports(rows[i].reuse);

		for (uint16_t port = 40000; port < 40006; port++)
			add_socket(s, TCP_TIME_WAIT, port, rows[i].remote, 80);
		host_snapshot_finish(s, NULL);
		cr_expect_eq(s->ports.most, rows[i].most, "tcp_tw_reuse %u", rows[i].reuse);
		host_snapshot_free(s);
	}
}

Test(host, of_listeners_that_share_a_port_the_one_that_lets_most_wait_is_asked_for)
{
	struct host_snapshot *s = host_snapshot_new();
	const struct host_socket *k;

	for (uint32_t n = 0; n < 4; n++) {
		add_socket(s, TCP_LISTEN, 80, NULL, 0);
		s->sockets[n].cookie = s->sockets[n].inode = n + 1;
		s->sockets[n].receive_queue = n == 2 ? 3 : 0;
	}
	add_socket(s, TCP_LISTEN, 81, NULL, 0);
	host_snapshot_finish(s, NULL);
	k = host_snapshot_listener(s, SEGMENT_IPV4, loopback, 80);
	cr_assert_not_null(k);
	cr_expect_eq(k->cookie, 3);
	cr_expect_eq(k->sharing, 4);
	k = host_snapshot_listener(s, SEGMENT_IPV4, loopback, 81);
	cr_expect_eq(k->sharing, 1);
	host_snapshot_free(s);
}

Test(host, a_listener_that_is_new_has_dropped_all_of_it_since_the_start)
{
	struct host_snapshot *before = host_snapshot_new(), *s = host_snapshot_new();

	add_socket(before, TCP_LISTEN, 80, NULL, 0);
	before->sockets[0].drops = 5;
	host_snapshot_finish(before, NULL);
	add_socket(s, TCP_LISTEN, 80, NULL, 0);
	s->sockets[0].drops = 7;
	add_socket(s, TCP_LISTEN, 81, NULL, 0);
	s->sockets[1].drops = 3;
	host_snapshot_finish(s, before);
	cr_expect_eq(s->sockets[0].drops_before, 5);
	cr_expect_eq(s->sockets[1].drops_before, 0);
	host_snapshot_free(before);
	host_snapshot_free(s);
}

Test(host, half_open_connections_and_drops_are_their_listeners)
{
	static const uint8_t peer[4] = { 10, 0, 0, 1 };
	struct host_snapshot *before = host_snapshot_new(), *s = host_snapshot_new();
	const struct host_socket *k;

	add_socket(before, TCP_LISTEN, 80, NULL, 0);
	before->sockets[0].drops = 7;
	host_snapshot_finish(before, NULL);
	add_socket(s, TCP_SYN_RECEIVED, 80, peer, 1000);
	add_socket(s, TCP_SYN_RECEIVED, 80, peer, 1001);
	add_socket(s, TCP_LISTEN, 443, NULL, 0);
	add_socket(s, TCP_LISTEN, 80, NULL, 0);
	s->sockets[3].drops = 12;
	host_snapshot_finish(s, before);
	k = host_snapshot_listener(s, SEGMENT_IPV4, loopback, 80);
	cr_assert_not_null(k);
	cr_expect_eq(k->half_open, 2);
	cr_expect_eq(k->drops - k->drops_before, 5);
	cr_expect_eq(s->listeners, 2);
	host_snapshot_free(before);
	host_snapshot_free(s);
}

Test(host, there_is_a_bound_and_it_says_how_many_are_beyond)
{
	static const uint8_t peer[4] = { 10, 0, 0, 1 };
	struct host_snapshot *s = host_snapshot_new();

	for (unsigned n = 0; n < HOST_SOCKETS_MAX; n++)
		add_socket(s, TCP_ESTABLISHED, (uint16_t)n, peer, (uint16_t)(n >> 16));
	cr_expect_null(host_snapshot_add(s));
	cr_expect_null(host_snapshot_add(s));
	host_snapshot_finish(s, NULL);
	cr_expect_eq(s->left_out, 2);
	cr_expect_eq(find_here(s, 1, 1), NULL);
	cr_expect_eq(host_snapshot_find(s, SEGMENT_IPV4, loopback, 17, (const uint8_t[16]){ 10, 0, 0, 1 }, 2)->local_port, 17);
	host_snapshot_free(s);
}

Test(host, counters_are_found_by_name_wherever_they_stand)
{
	struct host_counters c;

	host_counters_parse(&c, "TcpExt: SyncookiesSent Other ListenOverflows ListenDrops\n"
	    "TcpExt: 3 99 18446744073709551615 12\n"
	    "IpExt: InNoRoutes ListenDropsX\nIpExt: 5 6\n");
	cr_expect_eq(c.value[HOST_COOKIES_SENT], 3);
	cr_expect_eq(c.value[HOST_LISTEN_OVERFLOWS], UINT64_MAX);
	cr_expect_eq(c.value[HOST_LISTEN_DROPS], 12);
	cr_expect(!c.known[HOST_COOKIES_FAILED]);
	/* whatever is cut or missing */
	host_counters_parse(&c, "TcpExt: ListenDrops ListenOverflows\nTcpExt: 4");
	cr_expect_eq(c.value[HOST_LISTEN_DROPS], 4);
	cr_expect(!c.known[HOST_LISTEN_OVERFLOWS]);
	host_counters_parse(&c, "TcpExt: ListenDrops");
	cr_expect(!c.known[HOST_LISTEN_DROPS]);
}

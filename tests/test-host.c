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
#include "tests/capture_files.h"
#include "view/filter.h"
#include "view/kernel_view.h"
#include "view/listeners.h"

enum { QUICK_TRIES = 100, TRY_MS = 20 };

struct pair {
	int listener, client, server;
	uint16_t listen_port, client_port;
};

static uint16_t
port_of(int fd)
{
	struct sockaddr_storage a;
	socklen_t size = sizeof a;

	cr_assert_eq(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port : ((struct sockaddr_in *)&a)->sin_port);
}

static int
listen_on_loopback(int backlog)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	cr_assert_eq(listen(fd, backlog), 0);
	return fd;
}

static int
connect_to(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

static void
pair_open(struct pair *p)
{
	p->listener = listen_on_loopback(5);
	p->listen_port = port_of(p->listener);
	p->client = connect_to(p->listen_port);
	p->client_port = port_of(p->client);
	p->server = accept(p->listener, NULL, NULL);
	cr_assert_geq(p->server, 0);
}

static void
pair_close(struct pair *p)
{
	struct linger at_once = { .l_onoff = 1 };

	setsockopt(p->client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(p->client);
	close(p->server);
	close(p->listener);
}

/* A look at the host; where that isn't possible the test ends here, as skipped. */
static struct host_snapshot *
look_or_skip(const struct host_snapshot *before)
{
	struct host_snapshot *s = host_look(before);

	if (s == NULL)
		cr_skip_test("the kernel doesn't tell of its sockets here");
	return s;
}

static const uint8_t loopback[16] = { 127, 0, 0, 1 };

static const struct host_socket *
find_here(const struct host_snapshot *s, uint16_t local, uint16_t remote)
{
	return host_snapshot_find(s, SEGMENT_IPV4, loopback, local, loopback, remote);
}

/* The FIN's acknowledgment takes its time. */
static struct host_snapshot *
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

static void
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
	/* ten in the range, less the one that a listener accepted */
	cr_expect_eq(s->ports.taken, 12);
	cr_expect_eq(s->ports.most, 9);
	cr_expect_arr_eq(s->ports.remote, one, 4);
	cr_expect_eq(s->ports.remote_port, 80);
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

/* ---- beside the packets */

struct wire {
	char *file;
	struct session *session;
	struct replay *replay;
	struct narrator *narrator;
	struct host *host;
};

static void
put_segment(struct bytes *b, uint64_t seconds, uint16_t from, uint16_t to, unsigned flags, uint32_t seq, uint32_t ack)
{
	uint8_t p[40] = { 0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1 };
	struct packet packet = { (uint32_t)seconds, 0, p, sizeof p, sizeof p };
	uint32_t words[3] = { htonl((uint32_t)from << 16 | to), htonl(seq), htonl(ack) };

	memcpy(p + 20, words, sizeof words);
	p[32] = 0x50;
	p[33] = (uint8_t)flags;
	p[34] = 0xff;
	pcap_packet(b, MAGIC_MICRO, &packet);
}

/* A capture of a handshake between these ports, a while ago, and perhaps of the client's FIN. */
static void
wire_open(struct wire *w, const struct pair *p, bool fin)
{
	struct bytes b = { .at = NULL };
	uint64_t then = (uint64_t)time(NULL) - 600;
	const char *files[1];
	struct session_options options = { .files = files, .file_count = 1 };
	struct error error;

	pcap_begin(&b, MAGIC_MICRO, 4, 65535, 101);
	put_segment(&b, then, p->client_port, p->listen_port, TCP_SYN, 100, 0);
	put_segment(&b, then, p->listen_port, p->client_port, TCP_SYN | TCP_ACK, 500, 101);
	put_segment(&b, then, p->client_port, p->listen_port, TCP_ACK, 101, 501);
	if (fin) {
		put_segment(&b, then + 60, p->client_port, p->listen_port, TCP_FIN | TCP_ACK, 101, 501);
		put_segment(&b, then + 60, p->listen_port, p->client_port, TCP_ACK, 501, 102);
		put_segment(&b, then + 600, p->client_port, p->listen_port, TCP_ACK, 102, 501);
	}
	files[0] = w->file = file_of(b.at, b.size);
	bytes_free(&b);
	w->session = session_open(&options, &error);
	cr_assert_not_null(w->session, "%s", error.text);
	session_load(w->session, NULL);
	w->replay = replay_new(w->session);
	w->narrator = narrator_new(w->session);
	w->host = host_new(NULL, &error);
	if (w->host == NULL)
		cr_skip_test("the kernel doesn't tell of its sockets here");
	for (int tries = 0; host_snapshot(w->host) == NULL && tries < QUICK_TRIES; tries++) {
		poll(NULL, 0, TRY_MS);
		host_update(w->host);
	}
	cr_assert_not_null(host_snapshot(w->host));
	narrator_set_host(w->narrator, w->host);
}

static void
wire_close(struct wire *w)
{
	narrator_free(w->narrator);
	host_free(w->host);
	replay_free(w->replay);
	session_close(w->session);
	unlink(w->file);
	free(w->file);
}

static void
wire_row(struct wire *w, struct flow_row *row)
{
	flow_row_init(row, w->narrator, w->replay, flow_table_get(session_flows(w->session), 1));
}

static bool
matches(const char *filter, struct flow_row *row)
{
	struct filter *f = filter_compile(filter, NULL);
	bool answer;

	cr_assert_not_null(f, "%s", filter);
	answer = filter_match_flow(f, row);
	filter_free(f);
	return answer;
}

static void
expect_cell(struct flow_row *row, const char *column, const char *text)
{
	const struct column *c = column_find(column);
	char cell[COLUMN_VALUE_MAX];

	cr_assert_not_null(c, "%s", column);
	c->cell(c, row, 40, cell, sizeof cell);
	cr_expect_str_eq(cell, text, "%s: %s, not %s", column, cell, text);
}

Test(kernel_view, a_leaked_close_wait_names_process_and_descriptor)
{
	char text[KERNEL_TEXT_MAX], expected[100];
	struct flow_row row;
	struct wire w;
	struct pair p;

	prctl(PR_SET_NAME, "leaky");
	pair_open(&p);
	cr_assert_eq(shutdown(p.client, SHUT_WR), 0);
	host_snapshot_free(look_until(&p, TCP_FIN_WAIT_2));
	wire_open(&w, &p, true);
	wire_row(&w, &row);
	kernel_view_text(&row, SERVER, text, sizeof text);
	snprintf(expected, sizeof expected, "process %d (leaky) still holds descriptor %d.", getpid(), p.server);
	/* what is wrong comes first: there may be room for little */
	cr_expect(strncmp(text, "Kernel, server: CLOSE-WAIT. The packets say CLOSE-WAIT for 9 min; process ", 73) == 0, "%s", text);
	cr_expect_not_null(strstr(text, "Its socket: leaky["), "%s", text);
	cr_expect_not_null(strstr(text, ", the end unread"), "nobody has read the FIN: %s", text);
	cr_expect_not_null(strstr(text, expected), "%s", text);
	cr_expect(!kernel_view_disagrees(&row, SERVER));
	expect_cell(&row, "process", "leaky");
	kernel_view_processes(&row, text, sizeof text);
	cr_expect_eq(strncmp(text, "Process of both ends: leaky[", 28), 0, "%s", text);
	expect_cell(&row, "kernel", "FIN-WAIT-2/CLOSE-WAIT");
	snprintf(expected, sizeof expected, "pid:%d process:eak kernel:close-wait !kernel:established", getpid());
	cr_expect(matches(expected, &row));
	cr_expect(!matches("pid:1", &row));
	cr_expect(!matches("kernel:none", &row));
	wire_close(&w);
	pair_close(&p);
}

Test(kernel_view, packets_and_kernel_that_disagree_are_both_told)
{
	char text[KERNEL_TEXT_MAX];
	struct flow_row row;
	struct wire w;
	struct pair p;

	/* the FIN was not captured */
	pair_open(&p);
	cr_assert_eq(shutdown(p.client, SHUT_WR), 0);
	host_snapshot_free(look_until(&p, TCP_FIN_WAIT_2));
	wire_open(&w, &p, false);
	wire_row(&w, &row);
	cr_expect(kernel_view_disagrees(&row, CLIENT));
	kernel_view_text(&row, CLIENT, text, sizeof text);
	cr_expect_not_null(strstr(text, "The packets say ESTABLISHED"), "%s", text);
	cr_expect_not_null(strstr(text, "the kernel says FIN-WAIT-2."), "%s", text);
	wire_close(&w);
	pair_close(&p);
}

Test(kernel_view, a_connection_that_the_kernel_has_not_is_told)
{
	char text[KERNEL_TEXT_MAX];
	struct flow_row row;
	struct wire w;
	struct pair p;

	pair_open(&p);
	pair_close(&p);
	wire_open(&w, &p, false);
	wire_row(&w, &row);
	cr_expect(kernel_view_disagrees(&row, CLIENT));
	kernel_view_text(&row, CLIENT, text, sizeof text);
	cr_expect_not_null(strstr(text, "the kernel has no such socket."), "%s", text);
	cr_expect(matches("kernel:none", &row));
	expect_cell(&row, "kernel", "none");
	expect_cell(&row, "cwnd", "–");
	wire_close(&w);
}

Test(kernel_view, who_waits_to_be_accepted_is_guessed_to_be_the_listeners)
{
	char text[KERNEL_TEXT_MAX], expected[100];
	struct flow_row row;
	struct wire w;
	struct pair p;

	prctl(PR_SET_NAME, "slow");
	p.listener = listen_on_loopback(5);
	p.listen_port = port_of(p.listener);
	p.client = connect_to(p.listen_port);
	p.client_port = port_of(p.client);
	p.server = -1;
	wire_open(&w, &p, false);
	wire_row(&w, &row);
	kernel_view_text(&row, SERVER, text, sizeof text);
	cr_expect_not_null(strstr(text, "slow["), "%s", text);
	cr_expect_not_null(strstr(text, "]?"), "a guess is marked: %s", text);
	cr_expect_not_null(strstr(text, "It waits in the accept queue"), "%s", text);
	expect_cell(&row, "process", "slow→slow?");
	kernel_view_processes(&row, text, sizeof text);
	snprintf(expected, sizeof expected, "Processes: client slow[%d], server slow[%d]?.", getpid(), getpid());
	cr_expect_str_eq(text, expected);
	wire_close(&w);
	pair_close(&p);
}

Test(kernel_view, what_only_one_end_has_is_told_to_be_that_ends)
{
	char text[KERNEL_TEXT_MAX], expected[100];
	struct flow_row row;
	struct wire w;
	struct pair p;

	/* the kernel finishes alone what the client closed: no process, and little that is known of it */
	prctl(PR_SET_NAME, "alone");
	pair_open(&p);
	cr_assert_eq(close(p.client), 0);
	host_snapshot_free(look_until(&p, TCP_FIN_WAIT_2));
	p.client = -1;
	wire_open(&w, &p, true);
	wire_row(&w, &row);
	expect_cell(&row, "process", "→alone");
	expect_cell(&row, "cwnd", "–/10");
	kernel_view_processes(&row, text, sizeof text);
	snprintf(expected, sizeof expected, "Process of the server: alone[%d].", getpid());
	cr_expect_str_eq(text, expected);
	row.ascii = true;
	expect_cell(&row, "process", "->alone");
	wire_close(&w);
	pair_close(&p);
}

Test(kernel_view, without_a_host_there_is_nothing_to_say)
{
	char text[KERNEL_TEXT_MAX];
	struct flow_row row;
	struct wire w;
	struct pair p;

	pair_open(&p);
	wire_open(&w, &p, false);
	narrator_set_host(w.narrator, NULL);
	wire_row(&w, &row);
	cr_expect_eq(kernel_view_text(&row, CLIENT, text, sizeof text), 0);
	expect_cell(&row, "process", "–");
	cr_expect_eq(kernel_view_state(&row, CLIENT), TCP_UNKNOWN);
	cr_expect(!kernel_view_disagrees(&row, CLIENT));
	wire_close(&w);
	pair_close(&p);
}

/* ---- listeners as rows */

static uint32_t
row_with(const struct listeners *l, const char *text)
{
	struct line line;

	for (uint32_t row = 0; row < listeners_count(l); row++) {
		listeners_render(l, row, 100, &line);
		if (strstr(line.text, text) != NULL)
			return row;
	}
	cr_assert_fail("no row has %s", text);
	return 0;
}

static void
expect_row(const struct listeners *l, const char *about, const char *text)
{
	struct line line;

	listeners_render(l, row_with(l, about), 140, &line);
	cr_expect_not_null(strstr(line.text, text), "%s: %s", about, line.text);
	cr_expect_leq(line.columns, 140);
}

/* Two listeners: 80 at rest, 443 with a full queue, whose process has a name that must not reach a terminal. */
static struct host_snapshot *
two_listeners(void)
{
	static const uint8_t peer[4] = { 10, 0, 0, 1 };
	struct host_snapshot *s = host_snapshot_new();
	struct host_socket *k;

	add_socket(s, TCP_LISTEN, 80, NULL, 0);
	s->sockets[0].send_queue = 128;
	add_socket(s, TCP_LISTEN, 443, NULL, 0);
	k = &s->sockets[1];
	k->send_queue = 2;
	k->receive_queue = 3;
	k->marks = HOST_HELD;
	k->pid = 4711;
	k->descriptor = 6;
	memcpy(k->command, "evil\x1b]0;x\x07\xe2\x80\xae", 13);
	add_socket(s, TCP_SYN_RECEIVED, 443, peer, 1000);
	s->counters.known[HOST_LISTEN_OVERFLOWS] = true;
	s->counters.value[HOST_LISTEN_OVERFLOWS] = 1234;
	s->settings.known[HOST_SOMAXCONN] = s->settings.known[HOST_PORT_RANGE] = true;
	s->settings.value[HOST_SOMAXCONN] = 128;
	s->settings.value[HOST_PORT_RANGE] = 32768;
	s->settings.last_port = 60999;
	host_snapshot_finish(s, NULL);
	return s;
}

Test(listeners, a_full_one_comes_first_and_says_what_that_does)
{
	struct host_snapshot *s = two_listeners();
	struct listeners *l = listeners_new();
	char text[LISTENERS_TEXT_MAX];
	struct line narrow;

	listeners_update(l, s, true, false);
	cr_expect_eq(row_with(l, ":443"), 1, "what is in trouble comes first");
	cr_expect_eq(row_with(l, ":80 http"), 2);
	expect_row(l, ":443", "3     2 full");
	expect_row(l, ":443", "evil\\x1b]0;x\\x07\\u{202e}[4711]");
	listeners_render(l, 1, 60, &narrow);
	line_cut(&narrow, 58, "");
	cr_expect_not_null(strstr(narrow.text, "evil\\x1b"), "a narrow screen has whose it is, too: %s", narrow.text);
	listeners_explain(l, 1, text, sizeof text);
	cr_expect_not_null(strstr(text, "with descriptor 6"), "%s", text);
	cr_expect_not_null(strstr(text, "new SYNs are dropped"), "%s", text);
	cr_expect_not_null(strstr(text, "1 handshake has been answered and waits"), "%s", text);
	cr_expect_null(strpbrk(text, "\x1b\x07\n"));
	listeners_explain(l, 2, text, sizeof text);
	cr_expect_not_null(strstr(text, "the limit is 128, which is somaxconn's"), "%s", text);
	cr_expect_null(strstr(text, "full"), "%s", text);
	cr_expect_eq(listeners_socket(l, 1)->local_port, 443);
	cr_expect_null(listeners_socket(l, 0));
	cr_expect_eq(listeners_row_of(l, (uint64_t)80 << 16, 0), 2);
	cr_expect_eq(listeners_row_of(l, 99, 7), 7);
	listeners_free(l);
	host_snapshot_free(s);
}

Test(listeners, counters_are_since_the_start_and_settings_tell_their_use)
{
	static const uint8_t peer[4] = { 10, 0, 0, 1 };
	struct host_snapshot *before = two_listeners(), *s = host_snapshot_new();
	struct listeners *l = listeners_new();
	char text[LISTENERS_TEXT_MAX];

	s->counters = before->counters;
	s->counters.value[HOST_LISTEN_OVERFLOWS] += 5;
	s->settings = before->settings;
	s->settings.last_port = s->settings.value[HOST_PORT_RANGE] + 9;
	for (uint16_t n = 0; n < 9; n++)
		add_socket(s, TCP_ESTABLISHED, (uint16_t)(32768 + n), peer, 80);
	host_snapshot_finish(s, before);
	listeners_update(l, s, true, true);
	expect_row(l, "accept queue overflows", " 5  1,239 in all");
	expect_row(l, "ip_local_port_range", "32768-32777  9 taken of 10; at most 9 (90 %) to 10.0.0.1:80");
	listeners_explain(l, row_with(l, "ip_local_port_range"), text, sizeof text);
	cr_expect_not_null(strstr(text, "connect() fails"), "%s", text);
	expect_row(l, "ESTABLISHED", " 9");
	expect_row(l, "Nobody listens", "here");
	/* a cursor goes from what has something to say to the next */
	cr_expect(!listeners_stops(l, row_with(l, "accept queue overflows") - 1));
	cr_expect(!listeners_stops(l, row_with(l, "accept queue overflows") - 2));
	cr_expect(listeners_stops(l, 0) && listeners_stops(l, listeners_count(l) - 1));
	for (uint32_t row = 0; row < listeners_count(l); row++) {
		listeners_explain(l, row, text, sizeof text);
		cr_expect_eq(listeners_stops(l, row), text[0] != '\0' || row == row_with(l, "Nobody listens"), "row %u", row);
	}
	listeners_free(l);
	host_snapshot_free(before);
	host_snapshot_free(s);
}

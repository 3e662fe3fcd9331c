/*
 * What the kernel says beside what the packets say, of connections that the
 * test itself makes, and captures of them that it writes.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "host/host.h"
#include "tests/capture_files.h"
#include "tests/loopback.h"
#include "view/filter.h"
#include "view/kernel_view.h"

enum { SOON_TRIES = 50, SOON_MS = 100 };

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
	w->host = host_new(NULL, 0, &error);
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

/* Descriptor fd goes into the socket pair, and nobody takes it out. */
static void
send_away(int pair, int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	char byte = 'x';
	struct iovec from = { &byte, 1 };
	struct msghdr message = { .msg_iov = &from, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof control };

	memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	cr_assert_eq(sendmsg(pair, &message, 0), 1);
	close(fd);
}

Test(kernel_view, a_socket_on_its_way_to_another_process_is_not_what_the_kernel_closes)
{
	char text[KERNEL_TEXT_MAX] = "";
	struct flow_row row;
	struct wire w;
	struct pair p;
	int pair[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	pair_open(&p);
	wire_open(&w, &p, false);
	wire_row(&w, &row);
	send_away(pair[0], p.server);
	/* whoever held it isn't named for ten seconds */
	for (int tries = 0; tries < SOON_TRIES && strstr(text, "on its way to another process") == NULL; tries++) {
		poll(NULL, 0, SOON_MS);
		host_update(w.host);
		kernel_view_text(&row, SERVER, text, sizeof text);
	}
	cr_expect_not_null(strstr(text, "on its way to another process"), "%s", text);
	cr_expect_null(strstr(text, "closes it alone"), "%s", text);
	cr_expect_null(strstr(text, "descriptor"), "%s", text);
	wire_close(&w);
	p.server = -1;
	pair_close(&p);
	close(pair[0]);
	close(pair[1]);
}

Test(kernel_view, little_memory_has_room_for_few_sockets)
{
	struct error error;
	struct host *host = host_new(NULL, 4 * 640 * 2, &error);
	struct pair p;

	if (host == NULL)
		cr_skip_test("the kernel doesn't tell of its sockets here");
	pair_open(&p);
	for (int tries = 0; tries < SOON_TRIES; tries++) {
		poll(NULL, 0, SOON_MS);
		if (host_update(host) && host_snapshot(host)->left_out > 0)
			break;
	}
	cr_assert_not_null(host_snapshot(host));
	cr_expect_leq(host_snapshot(host)->live, 2);
	cr_expect_gt(host_snapshot(host)->left_out, 0);
	host_free(host);
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

/*
 * The kernel's sockets through NETLINK_SOCK_DIAG.  Knows inet_diag's
 * messages and Linux' own numbers of states, and nothing of processes.
 * The kernel's answers are checked like a stranger's packets.
 */
#include "host/sock_diag.h"

#include <errno.h>
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/memory.h"

enum { BUFFER = 1 << 16, LINUX_LISTEN = 10, LINUX_STATES = 13, TIMEOUT_SECONDS = 2 };

/* Linux counts its states otherwise; the last is a listener's half-open connection. */
static const uint8_t states[LINUX_STATES] = {
	TCP_UNKNOWN, TCP_ESTABLISHED, TCP_SYN_SENT, TCP_SYN_RECEIVED, TCP_FIN_WAIT_1, TCP_FIN_WAIT_2,
	TCP_TIME_WAIT, TCP_CLOSED, TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_LISTEN, TCP_CLOSING, TCP_SYN_RECEIVED
};

int
sock_diag_open(struct error *error)
{
	static const struct timeval patience = { .tv_sec = TIMEOUT_SECONDS };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd < 0)
		error_set(error, "the kernel doesn't tell of its sockets: %s", strerror(errno));
	else
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return fd;
}

static bool
ask(int fd, uint8_t family, uint32_t wanted)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 diag;
	} request;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	memset(&request, 0, sizeof request);
	request.header.nlmsg_len = sizeof request;
	request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request.diag.sdiag_family = family;
	request.diag.sdiag_protocol = IPPROTO_TCP;
	request.diag.idiag_states = wanted;
	request.diag.idiag_ext = 1U << (INET_DIAG_INFO - 1) | 1U << (INET_DIAG_SKMEMINFO - 1);
	return sendto(fd, &request, sizeof request, 0, (const struct sockaddr *)(const void *)&kernel,
	    sizeof kernel) == (ssize_t)sizeof request;
}

/* An address of the kernel's: where IPv6 carries IPv4, that. */
static uint8_t
take_address(uint8_t out[16], const void *address, uint8_t family)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *bytes = address;

	memset(out, 0, 16);
	if (family == AF_INET || memcmp(bytes, mapped, sizeof mapped) == 0) {
		memcpy(out, bytes + (family == AF_INET ? 0 : 12), 4);
		return SEGMENT_IPV4;
	}
	memcpy(out, bytes, 16);
	return SEGMENT_IPV6;
}

static void
take_attribute(struct host_socket *k, unsigned type, const void *data, size_t length)
{
	struct tcp_info info;
	uint32_t memory[SK_MEMINFO_VARS];

	if (type == INET_DIAG_INFO) {
		memset(&info, 0, sizeof info);
		memcpy(&info, data, length < sizeof info ? length : sizeof info);
		if (k->state == TCP_LISTEN)
			return;
		k->rtt_us = info.tcpi_rtt;
		k->cwnd = info.tcpi_snd_cwnd;
		k->resent = info.tcpi_total_retrans;
	} else if (type == INET_DIAG_SKMEMINFO) {
		memset(memory, 0, sizeof memory);
		memcpy(memory, data, length < sizeof memory ? length : sizeof memory);
		k->drops = memory[SK_MEMINFO_DROPS];
	} else if (type == INET_DIAG_SKV6ONLY && length >= 1) {
		if (*(const uint8_t *)data != 0)
			k->marks |= HOST_V6_ONLY;
	}
}

static void
take_attributes(struct host_socket *k, const uint8_t *at, size_t left)
{
	struct rtattr attribute;

	while (left >= sizeof attribute) {
		size_t length;

		memcpy(&attribute, at, sizeof attribute);
		length = attribute.rta_len;
		if (length < sizeof attribute || length > left)
			return;
		take_attribute(k, attribute.rta_type, at + sizeof attribute, length - sizeof attribute);
		length = RTA_ALIGN(length);
		if (length > left)
			return;
		at += length;
		left -= length;
	}
}

static void
take_socket(struct host_snapshot *s, const uint8_t *payload, size_t length)
{
	struct inet_diag_msg m;
	struct host_socket *k;
	uint8_t family;

	if (length < sizeof m)
		return;
	memcpy(&m, payload, sizeof m);
	if ((m.idiag_family != AF_INET && m.idiag_family != AF_INET6) || m.idiag_state >= LINUX_STATES)
		return;
	k = host_snapshot_add(s);
	if (k == NULL)
		return;
	k->state = states[m.idiag_state];
	k->family = take_address(k->local, m.id.idiag_src, m.idiag_family);
	family = take_address(k->remote, m.id.idiag_dst, m.idiag_family);
	if (family != k->family)	/* a listener's other end is nowhere */
		memset(k->remote, 0, sizeof k->remote);
	k->local_port = ntohs(m.id.idiag_sport);
	k->remote_port = ntohs(m.id.idiag_dport);
	k->cookie = (uint64_t)m.id.idiag_cookie[1] << 32 | m.id.idiag_cookie[0];
	k->timer = m.idiag_timer < HOST_TIMERS ? m.idiag_timer : HOST_TIMER_NONE;
	k->timer_count = m.idiag_retrans;
	k->timer_ms = m.idiag_expires;
	k->receive_queue = m.idiag_rqueue;
	k->send_queue = m.idiag_wqueue;
	k->uid = m.idiag_uid;
	k->inode = m.idiag_inode;
	/* no process is behind it, though its state is one that only a process leaves */
	if (k->inode == 0 && (k->state == TCP_ESTABLISHED || k->state == TCP_CLOSE_WAIT))
		k->marks |= HOST_QUEUED;
	take_attributes(k, payload + NLMSG_ALIGN(sizeof m), length - NLMSG_ALIGN(sizeof m));
}

/* One datagram of messages; *done: the last. false: the kernel refuses. */
static bool
take_messages(struct host_snapshot *s, const uint8_t *at, size_t left, bool *done)
{
	struct nlmsghdr header;

	while (left >= sizeof header) {
		size_t length;

		memcpy(&header, at, sizeof header);
		length = header.nlmsg_len;
		if (length < sizeof header || length > left)
			return false;
		if (header.nlmsg_type == NLMSG_DONE)
			*done = true;
		if (header.nlmsg_type == NLMSG_ERROR)
			return false;
		if (header.nlmsg_type == SOCK_DIAG_BY_FAMILY)
			take_socket(s, at + NLMSG_HDRLEN, length - NLMSG_HDRLEN);
		length = NLMSG_ALIGN(length);
		if (length > left)
			break;
		at += length;
		left -= length;
	}
	return true;
}

static bool
read_some(int fd, struct host_snapshot *s, uint8_t *buffer, uint8_t family, uint32_t wanted,
    const atomic_bool *stop)
{
	bool done = false;

	if (!ask(fd, family, wanted))
		return false;
	while (!done) {
		ssize_t n = recv(fd, buffer, BUFFER, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || (stop != NULL && atomic_load(stop)))
			return false;
		if (!take_messages(s, buffer, (size_t)n, &done))
			return false;
	}
	return true;
}

bool
sock_diag_read(int fd, struct host_snapshot *s, const atomic_bool *stop)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	uint8_t *buffer = memory_new(BUFFER);
	bool good = true;

	/* Listeners first, so that whatever is left out of too many, it isn't these. */
	for (int listening = 1; listening >= 0; listening--) {
		uint32_t wanted = 1U << LINUX_LISTEN;

		for (size_t i = 0; good && i < sizeof families; i++) {
			good = read_some(fd, s, buffer, families[i], listening ? wanted : ~wanted, stop);
			/* a kernel without IPv6 says so */
			if (!good && families[i] == AF_INET6 && (stop == NULL || !atomic_load(stop)))
				good = true;
		}
	}
	free(buffer);
	return good;
}

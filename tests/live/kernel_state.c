/*
 * What the kernel itself says of a TCP connection's state, through sock_diag:
 * one exact look-up for a pair of addresses and ports, as an arriving segment
 * would be looked up. See sock_diag(7).
 */
#include "kernel_state.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 diag;
};

union reply {
	struct nlmsghdr header;
	char bytes[8192];
};

int
kernel_state_open(void)
{
	return socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
}

int
kernel_state_of(int fd, const struct sockaddr_in *local, const struct sockaddr_in *remote)
{
	struct request ask;
	memset(&ask, 0, sizeof ask);
	ask.header.nlmsg_len = sizeof ask;
	ask.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	ask.header.nlmsg_flags = NLM_F_REQUEST;
	ask.diag.sdiag_family = AF_INET;
	ask.diag.sdiag_protocol = IPPROTO_TCP;
	ask.diag.idiag_states = ~0U;
	ask.diag.id.idiag_sport = local->sin_port;
	ask.diag.id.idiag_dport = remote->sin_port;
	ask.diag.id.idiag_src[0] = local->sin_addr.s_addr;
	ask.diag.id.idiag_dst[0] = remote->sin_addr.s_addr;
	ask.diag.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	ask.diag.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	if (send(fd, &ask, sizeof ask, 0) < 0)
		return -1;

	union reply answer;
	ssize_t got;
	do
		got = recv(fd, &answer, sizeof answer, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0 || !NLMSG_OK(&answer.header, (size_t)got))
		return -1;
	if (answer.header.nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *error = NLMSG_DATA(&answer.header);
		errno = -error->error;
		return errno == ENOENT ? TCP_CLOSE : -1;
	}
	const struct inet_diag_msg *message = NLMSG_DATA(&answer.header);
	return message->idiag_state;
}

const char *
kernel_state_name(int state)
{
	static const char *const names[] = {
		[TCP_ESTABLISHED] = "ESTABLISHED",
		[TCP_SYN_SENT] = "SYN-SENT",
		[TCP_SYN_RECV] = "SYN-RECEIVED",
		[TCP_FIN_WAIT1] = "FIN-WAIT-1",
		[TCP_FIN_WAIT2] = "FIN-WAIT-2",
		[TCP_TIME_WAIT] = "TIME-WAIT",
		[TCP_CLOSE] = "CLOSED",
		[TCP_CLOSE_WAIT] = "CLOSE-WAIT",
		[TCP_LAST_ACK] = "LAST-ACK",
		[TCP_LISTEN] = "LISTEN",
		[TCP_CLOSING] = "CLOSING",
	};
	if (state < TCP_ESTABLISHED || state > TCP_CLOSING)
		return "CLOSED";
	return names[state];
}

/*
 * Counters and settings from /proc.  Knows their names, where they stand and
 * what each means to someone who looks at connections; changes nothing.
 */
#include "host/counters.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "base/memory.h"

enum { NETSTAT_MAX = 1 << 15, VALUE_MAX = 64 };

const struct host_counter_name host_counter_names[HOST_COUNTERS] = {
	[HOST_LISTEN_OVERFLOWS] = { "ListenOverflows", N_("accept queue overflows"),
	    N_("A handshake was done, or begun, but the accept queue of the listener was full: the process "
	    "doesn't call accept() fast enough, or its backlog is too small. The client sends again."), true },
	[HOST_LISTEN_DROPS] = { "ListenDrops", N_("connections dropped at listeners"),
	    N_("All SYNs and last ACKs of handshakes that listeners threw away, whatever the reason; overflows "
	    "are among them."), true },
	[HOST_REQUEST_FULL_COOKIES] = { "TCPReqQFullDoCookies", N_("SYN backlog full: cookies"),
	    N_("A listener had as many unfinished handshakes as it may, and answered with a SYN cookie."), true },
	[HOST_REQUEST_FULL_DROPS] = { "TCPReqQFullDrop", N_("SYN backlog full: dropped"),
	    N_("A listener had as many unfinished handshakes as it may, and threw the SYN away."), true },
	[HOST_COOKIES_SENT] = { "SyncookiesSent", N_("SYN cookies sent"),
	    N_("SYN-ACKs whose number stands for the connection, since nothing is kept of it: the sign of a SYN "
	    "flood, or of a backlog that is too small."), true },
	[HOST_COOKIES_RECEIVED] = { "SyncookiesRecv", N_("SYN cookies that came back"),
	    N_("Clients that answered a SYN cookie: they exist."), false },
	[HOST_COOKIES_FAILED] = { "SyncookiesFailed", N_("ACKs that fit no cookie"),
	    N_("ACKs that came to a listener without being the third step of any handshake it knows of."), false },
	[HOST_TIMEWAIT_OVERFLOW] = { "TCPTimeWaitOverflow", N_("TIME-WAIT cut short"),
	    N_("There were tcp_max_tw_buckets sockets in TIME-WAIT, so that others were closed at once."), true },
	[HOST_ABORT_ON_MEMORY] = { "TCPAbortOnMemory", N_("reset for lack of memory"),
	    N_("Connections that the kernel reset because too many had been left by their processes, or memory "
	    "for TCP had run out."), true },
};

const struct host_setting_name host_setting_names[HOST_SETTINGS] = {
	[HOST_PORT_RANGE] = { "ip_local_port_range", "/proc/sys/net/ipv4/ip_local_port_range", "",
	    N_("The ports that connections from here get when they ask for none. One destination address and "
	    "port can have as many connections as there are ports; then connect() fails.") },
	[HOST_SOMAXCONN] = { "somaxconn", "/proc/sys/net/core/somaxconn", "",
	    N_("The most that any listener's accept queue may hold, whatever listen() asked for.") },
	[HOST_SYN_BACKLOG] = { "tcp_max_syn_backlog", "/proc/sys/net/ipv4/tcp_max_syn_backlog", "",
	    N_("Without SYN cookies: of unfinished handshakes beyond three quarters of this, only those from "
	    "clients with a known route are kept. A listener's own backlog is a limit as well.") },
	[HOST_SYN_COOKIES] = { "tcp_syncookies", "/proc/sys/net/ipv4/tcp_syncookies", "",
	    N_("0: a full SYN backlog drops SYNs; 1: it answers with SYN cookies; 2: every SYN is answered so.") },
	[HOST_ABORT_ON_OVERFLOW] = { "tcp_abort_on_overflow", "/proc/sys/net/ipv4/tcp_abort_on_overflow", "",
	    N_("0: when the accept queue is full, the client's last ACK of the handshake is ignored, and it "
	    "believes to be connected; 1: it is sent a RST.") },
	[HOST_SYN_RETRIES] = { "tcp_syn_retries", "/proc/sys/net/ipv4/tcp_syn_retries", "",
	    N_("How often a SYN is sent again, after 1, 2, 4... seconds (from Linux 6.5 on four times after 1 "
	    "second first), before connect() fails.") },
	[HOST_SYN_ACK_RETRIES] = { "tcp_synack_retries", "/proc/sys/net/ipv4/tcp_synack_retries", "",
	    N_("How often a SYN-ACK is sent again before the half-open connection is forgotten.") },
	[HOST_RETRIES] = { "tcp_retries2", "/proc/sys/net/ipv4/tcp_retries2", "",
	    N_("How often data is sent again before an established connection is given up: 15 take about a "
	    "quarter of an hour or longer.") },
	[HOST_FIN_TIMEOUT] = { "tcp_fin_timeout", "/proc/sys/net/ipv4/tcp_fin_timeout", "s",
	    N_("How long a connection that its process has closed waits in FIN-WAIT-2 for the other end's FIN. "
	    "TIME-WAIT isn't meant: that takes 60 s.") },
	[HOST_TIMEWAIT_BUCKETS] = { "tcp_max_tw_buckets", "/proc/sys/net/ipv4/tcp_max_tw_buckets", "",
	    N_("The most sockets in TIME-WAIT; beyond, they are closed at once.") },
	[HOST_TIMEWAIT_REUSE] = { "tcp_tw_reuse", "/proc/sys/net/ipv4/tcp_tw_reuse", "",
	    N_("Whether a connection from here may take the ports of one in TIME-WAIT: 0 never, 1 when "
	    "timestamps make it safe, 2 only on the loopback.") },
	[HOST_KEEP_ALIVE_TIME] = { "tcp_keepalive_time", "/proc/sys/net/ipv4/tcp_keepalive_time", "s",
	    N_("How long a connection is quiet before the first keep-alive probe, where the process asked for "
	    "them and named no time of its own.") },
	[HOST_KEEP_ALIVE_INTERVAL] = { "tcp_keepalive_intvl", "/proc/sys/net/ipv4/tcp_keepalive_intvl", "s",
	    N_("From one keep-alive probe that isn't answered to the next.") },
	[HOST_KEEP_ALIVE_PROBES] = { "tcp_keepalive_probes", "/proc/sys/net/ipv4/tcp_keepalive_probes", "",
	    N_("How many keep-alive probes in a row stay unanswered before the connection is given up.") },
};

/* A whole small file, terminated; its length, 0 when it can't be read. */
static size_t
slurp(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n = 1;

	while (fd >= 0 && used + 1 < size && (n = read(fd, out + used, size - 1 - used)) > 0)
		used += (size_t)n;
	if (fd >= 0)
		close(fd);
	out[used] = '\0';
	return used;
}

static void
take_counter(struct host_counters *c, const char *name, size_t length, uint64_t value)
{
	for (int i = 0; i < HOST_COUNTERS; i++) {
		const char *known = host_counter_names[i].name;

		if (strlen(known) == length && memcmp(known, name, length) == 0) {
			c->value[i] = value;
			c->known[i] = true;
		}
	}
}

/* A line of names and below it a line of values, both behind the same word. */
void
host_counters_parse(struct host_counters *c, const char *text)
{
	memset(c, 0, sizeof *c);
	while (*text != '\0') {
		const char *values = strchr(text, '\n'), *end;

		if (values == NULL)
			return;
		values++;
		end = strchr(values, '\n');
		text += strcspn(text, " \n");
		values += strcspn(values, " \n");
		while (*text == ' ' && *values == ' ') {
			size_t length = strcspn(text + 1, " \n");

			take_counter(c, text + 1, length, strtoull(values + 1, NULL, 10));
			text += 1 + length;
			values += 1 + strcspn(values + 1, " \n");
		}
		if (end == NULL)
			return;
		text = end + 1;
	}
}

void
host_counters_read(struct host_counters *c)
{
	char *text = memory_new(NETSTAT_MAX);

	memset(c, 0, sizeof *c);
	if (slurp("/proc/net/netstat", text, NETSTAT_MAX) > 0)
		host_counters_parse(c, text);
	free(text);
}

void
host_settings_read(struct host_settings *s)
{
	char text[VALUE_MAX], *end;

	memset(s, 0, sizeof *s);
	for (int i = 0; i < HOST_SETTINGS; i++) {
		if (slurp(host_setting_names[i].path, text, sizeof text) == 0)
			continue;
		s->value[i] = (uint32_t)strtoul(text, &end, 10);
		s->known[i] = end != text;
		if (i == HOST_PORT_RANGE) {
			s->last_port = (uint32_t)strtoul(end, NULL, 10);
			s->known[i] = s->known[i] && s->last_port >= s->value[i];
		}
	}
}

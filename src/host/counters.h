/*
 * What the kernel counts of listeners for the whole network namespace, and
 * the settings that matter to what is seen.  Read only.
 */
#ifndef TCPLADDER_HOST_COUNTERS_H
#define TCPLADDER_HOST_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Names as in /proc/net/netstat. */
enum host_counter {
	HOST_LISTEN_OVERFLOWS, HOST_LISTEN_DROPS, HOST_REQUEST_FULL_COOKIES, HOST_REQUEST_FULL_DROPS,
	HOST_COOKIES_SENT, HOST_COOKIES_RECEIVED, HOST_COOKIES_FAILED, HOST_TIMEWAIT_OVERFLOW,
	HOST_ABORT_ON_MEMORY, HOST_COUNTERS
};
struct host_counter_name {
	const char *name;		/* the kernel's: "ListenOverflows" */
	const char *words;		/* "accept queue overflows" */
	const char *meaning;		/* a sentence or two */
	bool trouble;			/* worth a colour when it isn't 0 */
};
extern const struct host_counter_name host_counter_names[HOST_COUNTERS];

struct host_counters {
	uint64_t value[HOST_COUNTERS];
	bool known[HOST_COUNTERS];
};

enum host_setting {
	HOST_PORT_RANGE, HOST_SOMAXCONN, HOST_SYN_BACKLOG, HOST_SYN_COOKIES, HOST_ABORT_ON_OVERFLOW,
	HOST_SYN_RETRIES, HOST_SYN_ACK_RETRIES, HOST_RETRIES, HOST_FIN_TIMEOUT, HOST_TIMEWAIT_BUCKETS,
	HOST_TIMEWAIT_REUSE, HOST_KEEP_ALIVE_TIME, HOST_KEEP_ALIVE_INTERVAL, HOST_KEEP_ALIVE_PROBES,
	HOST_SETTINGS
};
struct host_setting_name {
	const char *name;		/* "tcp_fin_timeout" */
	const char *path;
	const char *unit;		/* "s", or "" */
	const char *meaning;
};
extern const struct host_setting_name host_setting_names[HOST_SETTINGS];

struct host_settings {
	bool known[HOST_SETTINGS];
	uint32_t value[HOST_SETTINGS];	/* of a range the lower end */
	uint32_t last_port;		/* of ip_local_port_range */
};

/* Picks the known counters out of /proc/net/netstat's pairs of lines; exposed for tests. */
void host_counters_parse(struct host_counters *c, const char *text);

void host_counters_read(struct host_counters *c);
void host_settings_read(struct host_settings *s);

#endif

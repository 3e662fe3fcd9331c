/*
 * All sockets of one moment: ordered, indexed by 4-tuple, and compared with
 * the moment before.  The keys come from strangers, so that the index
 * is keyed with a secret.
 */
#include "base/language.h"
#include "host/socket.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"

const char *const host_timer_names[HOST_TIMERS] = {
	[HOST_TIMER_NONE] = N_("none"), [HOST_TIMER_RETRANSMIT] = N_("retransmit"),
	[HOST_TIMER_KEEP_ALIVE] = N_("keep-alive"), [HOST_TIMER_TIME_WAIT] = "TIME-WAIT",
	[HOST_TIMER_PROBE] = N_("probe")
};

struct host_snapshot *
host_snapshot_new(void)
{
	struct host_snapshot *s = memory_new(sizeof *s);

	random_fill(&s->secret, sizeof s->secret);
	s->most = HOST_SOCKETS_MAX;
	return s;
}

void
host_snapshot_free(struct host_snapshot *s)
{
	if (s == NULL)
		return;
	free(s->sockets);
	free(s->addresses);
	free(s->slots);
	free(s);
}

static struct host_socket *
place(struct host_snapshot *s)
{
	if (s->count == s->room) {
		s->room = s->room == 0 ? 256 : s->room * 2;
		s->sockets = memory_resize(s->sockets, s->room, sizeof *s->sockets);
	}
	return memset(&s->sockets[s->count++], 0, sizeof *s->sockets);
}

struct host_socket *
host_snapshot_add(struct host_snapshot *s)
{
	if (s->count >= s->most) {
		s->left_out++;
		return NULL;
	}
	return place(s);
}

/* ---- the index */

static uint64_t
tuple_hash(const struct host_snapshot *s, uint8_t family, const uint8_t *local, uint16_t local_port,
    const uint8_t *remote, uint16_t remote_port)
{
	struct segment tuple = { .family = family, .source_port = local_port, .target_port = remote_port };

	memcpy(tuple.source, local, sizeof tuple.source);
	memcpy(tuple.target, remote, sizeof tuple.target);
	return flow_hash(&s->secret, &tuple);
}

static bool
is_tuple(const struct host_socket *k, uint8_t family, const uint8_t *local, uint16_t local_port,
    const uint8_t *remote, uint16_t remote_port)
{
	return k->local_port == local_port && k->remote_port == remote_port && k->family == family
	    && memcmp(k->local, local, 16) == 0 && memcmp(k->remote, remote, 16) == 0;
}

static void
index_socket(struct host_snapshot *s, uint32_t n)
{
	const struct host_socket *k = &s->sockets[n];
	uint64_t slot = tuple_hash(s, k->family, k->local, k->local_port, k->remote, k->remote_port);

	while (s->slots[slot &= s->slot_count - 1] != 0)
		slot++;
	s->slots[slot] = n + 1;
}

/* Room for the gone as well. */
static void
index_all(struct host_snapshot *s)
{
	s->slot_count = 256;
	while (s->slot_count < 2 * (s->count + HOST_GONE_MAX))
		s->slot_count *= 2;
	s->slots = memory_new_array(s->slot_count, sizeof *s->slots);
	for (uint32_t n = s->listeners; n < s->count; n++)
		index_socket(s, n);
}

/* The first in the index is the one that is: those gone were put there after it. */
static uint32_t
find(const struct host_snapshot *s, uint8_t family, const uint8_t *local, uint16_t local_port,
    const uint8_t *remote, uint16_t remote_port)
{
	uint64_t slot;

	if (s->slot_count == 0)
		return 0;
	slot = tuple_hash(s, family, local, local_port, remote, remote_port);
	for (; s->slots[slot &= s->slot_count - 1] != 0; slot++) {
		if (is_tuple(&s->sockets[s->slots[slot] - 1], family, local, local_port, remote,
		    remote_port))
			return s->slots[slot];
	}
	return 0;
}

const struct host_socket *
host_snapshot_find(const struct host_snapshot *s, uint8_t family, const uint8_t local[16],
    uint16_t local_port, const uint8_t remote[16], uint16_t remote_port)
{
	uint32_t n = find(s, family, local, local_port, remote, remote_port);

	return n > 0 ? &s->sockets[n - 1] : NULL;
}

/* ---- listeners */

static int
compare_listeners(const void *a, const void *b)
{
	const struct host_socket *x = a, *y = b;
	int order;

	if (x->local_port != y->local_port)
		return x->local_port < y->local_port ? -1 : 1;
	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	order = memcmp(x->local, y->local, 16);
	return order != 0 ? order : x->inode < y->inode ? -1 : x->inode > y->inode;
}

static uint32_t
first_at_port(const struct host_snapshot *s, uint16_t port)
{
	uint32_t low = 0, high = s->listeners;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (s->sockets[middle].local_port < port)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How well a listener fits: an address before a wildcard, its own family before the other; 0: not. */
static int
fits(const struct host_socket *k, uint8_t family, const uint8_t *local)
{
	static const uint8_t any[16];
	bool wild = memcmp(k->local, any, 16) == 0;

	if (k->family == family)
		return wild ? 2 : memcmp(k->local, local, 16) == 0 ? 3 : 0;
	return wild && k->family == SEGMENT_IPV6 && !(k->marks & HOST_V6_ONLY) ? 1 : 0;
}

const struct host_socket *
host_snapshot_listener(const struct host_snapshot *s, uint8_t family, const uint8_t local[16],
    uint16_t local_port)
{
	const struct host_socket *best = NULL;
	int how = 0;

	for (uint32_t n = first_at_port(s, local_port);
	    n < s->listeners && s->sockets[n].local_port == local_port; n++) {
		int this = fits(&s->sockets[n], family, local);

		/* of those that share the port (SO_REUSEPORT), who lets most wait is asked for first */
		if (this > how || (this > 0 && this == how && s->sockets[n].receive_queue > best->receive_queue)) {
			how = this;
			best = &s->sockets[n];
		}
	}
	return best;
}

static bool
is_same_place(const struct host_socket *a, const struct host_socket *b)
{
	return a->local_port == b->local_port && a->family == b->family && memcmp(a->local, b->local, 16) == 0;
}

static void
count_sharing(struct host_snapshot *s)
{
	for (uint32_t first = 0, end; first < s->listeners; first = end) {
		for (end = first + 1; end < s->listeners && is_same_place(&s->sockets[first], &s->sockets[end]); end++)
			;
		for (uint32_t n = first; n < end; n++)
			s->sockets[n].sharing = (uint16_t)(end - first < UINT16_MAX ? end - first : UINT16_MAX);
	}
}

static void
count_half_open(struct host_snapshot *s)
{
	for (uint32_t n = s->listeners; n < s->count; n++) {
		const struct host_socket *k = &s->sockets[n];
		const struct host_socket *listener = k->state != TCP_SYN_RECEIVED ? NULL :
		    host_snapshot_listener(s, k->family, k->local, k->local_port);

		if (listener != NULL)
			s->sockets[listener - s->sockets].half_open++;
	}
}

bool
host_snapshot_is_local(const struct host_snapshot *s, uint8_t family, const uint8_t address[16])
{
	if (family == SEGMENT_IPV4 && address[0] == 127)
		return true;
	for (size_t i = 0; i < s->address_count; i++) {
		if (s->addresses[i].family == family && memcmp(s->addresses[i].address, address, 16) == 0)
			return true;
	}
	return false;
}

/* ---- ports that connections from here take */

static bool
takes_port(const struct host_snapshot *s, const struct host_socket *k)
{
	uint32_t listener = first_at_port(s, k->local_port);

	return k->local_port >= s->settings.value[HOST_PORT_RANGE] && k->local_port <= s->settings.last_port
	    && (listener == s->listeners || s->sockets[listener].local_port != k->local_port);
}

/* A connection from here may take the ports of one in TIME-WAIT: tcp_tw_reuse, which is 2 for the loopback alone. */
static bool
is_given_back(const struct host_snapshot *s, const struct host_socket *k)
{
	static const uint8_t v6_loopback[16] = { [15] = 1 };
	uint32_t reuse = s->settings.known[HOST_TIMEWAIT_REUSE] ? s->settings.value[HOST_TIMEWAIT_REUSE] : 0;

	if (k->state != TCP_TIME_WAIT || reuse == 0)
		return false;
	return reuse == 1 || (k->family == SEGMENT_IPV4 ? k->remote[0] == 127 : memcmp(k->remote, v6_loopback, 16) == 0);
}

/* From one of this host's addresses to one address and port: each such pair has all the ports. */
struct destination {
	uint32_t taken;
	uint32_t socket;		/* one of its sockets */
};

static bool
is_same_way(const struct host_socket *a, const struct host_socket *b)
{
	return memcmp(a->local, b->local, 16) == 0 && memcmp(a->remote, b->remote, 16) == 0
	    && a->remote_port == b->remote_port;
}

static uint32_t
count_bits(const uint8_t *bits, size_t size)
{
	uint32_t set = 0;

	for (size_t i = 0; i < size; i++)
		set += (uint32_t)__builtin_popcount(bits[i]);
	return set;
}

static void
count_ports(struct host_snapshot *s)
{
	struct destination *all;
	uint8_t ports[(UINT16_MAX + 1) / 8] = { 0 };

	if (!s->settings.known[HOST_PORT_RANGE] || s->count == s->listeners)
		return;
	all = memory_new_array(s->slot_count, sizeof *all);
	for (uint32_t n = s->listeners; n < s->count; n++) {
		const struct host_socket *k = &s->sockets[n];
		uint64_t slot;

		if (!takes_port(s, k) || is_given_back(s, k))
			continue;
		ports[k->local_port / 8] |= (uint8_t)(1U << k->local_port % 8);
		if (k->remote_port == 0)	/* bound, and connected to nobody yet */
			continue;
		slot = tuple_hash(s, k->family, k->local, 0, k->remote, k->remote_port);
		for (;; slot++) {
			struct destination *d = &all[slot &= s->slot_count - 1];

			if (d->taken == 0)
				d->socket = n;
			if (!is_same_way(&s->sockets[d->socket], k))
				continue;
			if (++d->taken > s->ports.most) {
				s->ports.most = d->taken;
				s->ports.family = k->family;
				s->ports.remote_port = k->remote_port;
				memcpy(s->ports.remote, k->remote, 16);
			}
			break;
		}
	}
	free(all);
	s->ports.taken = count_bits(ports, sizeof ports);
}

/* ---- what only time tells */

/* The same socket, a moment ago. */
static void
take_over(struct host_socket *k, const struct host_socket *before)
{
	if (!(k->marks & HOST_HELD) && before->marks & (HOST_HELD | HOST_WAS_HELD)) {
		k->marks |= HOST_WAS_HELD;
		k->pid = before->pid;
		k->descriptor = before->descriptor;
		k->holders = before->holders;
		if (k->uid == 0 && k->inode == 0)
			k->uid = before->uid;
		memcpy(k->command, before->command, sizeof k->command);
	}
}

static void
take_over_listeners(struct host_snapshot *s, const struct host_snapshot *before)
{
	for (uint32_t n = 0; n < s->listeners; n++) {
		struct host_socket *k = &s->sockets[n];

		/* a new one has dropped nothing before it was there */
		k->drops_before = before == NULL ? k->drops : 0;
		for (uint32_t b = before == NULL ? 0 : first_at_port(before, k->local_port); before != NULL
		    && b < before->listeners && before->sockets[b].local_port == k->local_port; b++) {
			if (before->sockets[b].cookie == k->cookie)
				k->drops_before = before->sockets[b].drops_before;
		}
	}
}

/* Sockets that are gone stay for a while, so that a closed connection still has its process. */
static void
take_over_gone(struct host_snapshot *s, const struct host_snapshot *before)
{
	uint32_t kept = 0;

	/* the newest first: those that went just now, then those that had gone already */
	for (uint32_t n = before->listeners; n < before->count && kept < HOST_GONE_MAX; n++) {
		const struct host_socket *old = &before->sockets[n];

		if (!(old->marks & (HOST_HELD | HOST_WAS_HELD)) || find(s, old->family, old->local,
		    old->local_port, old->remote, old->remote_port) != 0)
			continue;
		*place(s) = *old;
		if (old->marks & HOST_HELD)
			s->sockets[s->count - 1].marks = (uint8_t)((old->marks & ~HOST_HELD) | HOST_WAS_HELD);
		s->sockets[s->count - 1].marks |= HOST_GONE;
		index_socket(s, s->count - 1);
		kept++;
	}
}

void
host_snapshot_finish(struct host_snapshot *s, const struct host_snapshot *before)
{
	s->listeners = 0;
	for (uint32_t n = 0; n < s->count; n++) {
		s->states[s->sockets[n].state]++;
		s->sockets[n].seen = s->time;
		if (s->sockets[n].state == TCP_LISTEN) {
			struct host_socket swap = s->sockets[s->listeners];

			s->sockets[s->listeners++] = s->sockets[n];
			s->sockets[n] = swap;
		}
	}
	if (s->listeners > 0)
		qsort(s->sockets, s->listeners, sizeof *s->sockets, compare_listeners);
	s->live = s->count;
	index_all(s);
	count_sharing(s);
	count_half_open(s);
	count_ports(s);
	take_over_listeners(s, before);
	s->counters_before = before != NULL ? before->counters_before : s->counters;
	if (before == NULL)
		return;
	for (uint32_t n = s->listeners; n < s->live; n++) {
		struct host_socket *k = &s->sockets[n];
		uint32_t old = find(before, k->family, k->local, k->local_port, k->remote, k->remote_port);

		if (old > 0 && before->sockets[old - 1].cookie == k->cookie)
			take_over(k, &before->sockets[old - 1]);
	}
	take_over_gone(s, before);
}

/* ---- words */

const char *
host_process(const struct host_socket *s, char out[HOST_NAME_MAX])
{
	text_safe(out, HOST_NAME_MAX, s->command, strnlen(s->command, sizeof s->command));
	return out;
}

/*
 * Counts by what connections have in common.  Strangers can make as many
 * different ones as they like: where a place in the table is wanted and none
 * is free, all that stand there lose one (Misra and Gries, 1982), so that
 * whoever has many stays.
 */
#include "view/pileup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "view/format.h"

enum { PLACES = 8192, PROBES = 16, PICKED_MAX = 32 };

struct pileups {
	struct pileup *places;		/* count 0: free */
	uint64_t secret;		/* addresses come from strangers */
};

const char *const pileup_names[PILEUPS] = {
	[PILEUP_PORTS] = "port_exhaustion", [PILEUP_CLOSE_WAIT] = "close_wait_pile_up",
	[PILEUP_HELD] = "close_wait_holder", [PILEUP_TIME_WAIT] = "time_wait_pile_up"
};

struct pileups *
pileups_new(void)
{
	struct pileups *p = memory_new(sizeof *p);

	p->places = memory_new_array(PLACES, sizeof *p->places);
	p->secret = (uint64_t)(uintptr_t)p->places ^ UINT64_C(0x9e3779b97f4a7c15);
	return p;
}

void
pileups_free(struct pileups *p)
{
	if (p == NULL)
		return;
	free(p->places);
	free(p);
}

/* ---- counting */

static bool
is_same(const struct pileup *a, const struct pileup *b)
{
	return a->kind == b->kind && a->side == b->side && a->family == b->family && a->port == b->port
	    && a->peer_port == b->peer_port && memcmp(a->address, b->address, 16) == 0
	    && memcmp(a->peer, b->peer, 16) == 0;
}

static uint64_t
hash_of(const struct pileups *p, const struct pileup *key)
{
	uint64_t words[4], h = p->secret ^ (uint64_t)key->port << 16 ^ key->peer_port ^ (uint64_t)key->kind << 40;

	memcpy(words, key->address, 16);
	memcpy(words + 2, key->peer, 16);
	for (size_t i = 0; i < 4; i++) {
		h = (h ^ words[i]) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	return h;
}

static void
count(struct pileups *p, const struct pileup *key)
{
	uint64_t at = hash_of(p, key);
	struct pileup *free_one = NULL;

	for (unsigned i = 0; i < PROBES; i++) {
		struct pileup *one = &p->places[(at + i) % PLACES];

		if (one->count == 0) {
			free_one = free_one == NULL ? one : free_one;
		} else if (is_same(one, key)) {
			one->count++;
			if (key->oldest < one->oldest) {
				one->oldest = key->oldest;
				one->first = key->first;
			}
			return;
		}
	}
	if (free_one != NULL) {
		*free_one = *key;
		free_one->count = 1;
		return;
	}
	for (unsigned i = 0; i < PROBES; i++)
		p->places[(at + i) % PLACES].count--;
}

/* A port is taken from the first SYN until TIME-WAIT is over; a SYN that nobody answers may be anybody's. */
static bool
takes_port(const struct flow *flow, enum tcp_state client)
{
	return client != TCP_UNKNOWN && client != TCP_CLOSED && client != TCP_LISTEN
	    && (client != TCP_SYN_SENT || flow->end[SERVER].marks & ENDPOINT_SEEN);
}

void
pileups_add(struct pileups *p, const struct flow *flow, const struct moment *m, uint64_t now)
{
	struct pileup key = { .family = flow->family, .oldest = m->last_time, .first = flow->number };
	bool silent = now >= m->last_time + PILEUP_SILENCE;

	for (enum side side = CLIENT; side < SIDES; side++) {
		enum tcp_state state = shown_state_of(m->state[side]);

		key.side = side;
		memcpy(key.address, flow->address[side], 16);
		memset(key.peer, 0, 16);
		key.port = side == SERVER ? flow->port[SERVER] : 0;
		key.peer_port = 0;
		if (side == CLIENT) {
			memcpy(key.peer, flow->address[SERVER], 16);
			key.peer_port = flow->port[SERVER];
			key.kind = PILEUP_PORTS;
			if (takes_port(flow, state))
				count(p, &key);
		}
		key.kind = state == TCP_CLOSE_WAIT ? PILEUP_CLOSE_WAIT : PILEUP_TIME_WAIT;
		if ((state == TCP_CLOSE_WAIT && silent) || state == TCP_TIME_WAIT)
			count(p, &key);
	}
}

/* ---- what is worth a word */

static uint32_t
ports_of(const struct host_snapshot *host)
{
	if (host == NULL || !host->settings.known[HOST_PORT_RANGE])
		return 0;
	return host->settings.last_port - host->settings.value[HOST_PORT_RANGE] + 1;
}

static bool
is_worth_a_word(const struct pileup *p, const struct host_snapshot *host)
{
	switch (p->kind) {
	case PILEUP_PORTS:
		/* of its own ports the kernel knows more */
		return (uint64_t)p->count * 100 >= (uint64_t)PILEUP_PORTS_USUAL * PILEUP_PORTS_PERCENT
		    && !(ports_of(host) > 0 && host_snapshot_is_local(host, p->family, p->address));
	case PILEUP_CLOSE_WAIT:
	case PILEUP_HELD:
		return p->count >= PILEUP_CLOSE_WAIT_LEAST;
	case PILEUP_TIME_WAIT:
		return p->count >= PILEUP_TIME_WAIT_LEAST;
	case PILEUPS:
		break;
	}
	return false;
}

static int
compare(const void *a, const void *b)
{
	const struct pileup *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->count > y->count ? -1 : x->count < y->count ? 1 : x->first < y->first ? -1 : x->first > y->first;
}

/* Among the best so far, the weakest gives way. */
static void
keep(struct pileup *best, size_t *picked, const struct pileup *one)
{
	if (*picked == PICKED_MAX && compare(one, &best[PICKED_MAX - 1]) > 0)
		return;
	best[*picked < PICKED_MAX ? (*picked)++ : PICKED_MAX - 1] = *one;
	qsort(best, *picked, sizeof *best, compare);
}

static void
pick_ports(const struct host_snapshot *host, struct pileup *best, size_t *picked)
{
	struct pileup one = { .kind = PILEUP_PORTS, .side = CLIENT, .local = true, .ports = ports_of(host) };

	if (one.ports == 0 || (uint64_t)host->ports.most * 100 < (uint64_t)one.ports * PILEUP_PORTS_PERCENT)
		return;
	memcpy(one.peer, host->ports.remote, sizeof one.peer);
	one.peer_port = host->ports.remote_port;
	one.family = host->ports.family;
	one.count = host->ports.most;
	keep(best, picked, &one);
}

/* Processes that hold sockets whose peers have closed; of very many, those that came first are counted. */
static void
pick_holders(const struct host_snapshot *host, struct pileup *best, size_t *picked)
{
	struct pileup *held = memory_new_array(PLACES, sizeof *held);

	for (uint32_t n = host->listeners; n < host->live; n++) {
		const struct host_socket *k = &host->sockets[n];
		size_t at = (uint32_t)k->pid * 2654435761U % PLACES, probes = 0;

		if (k->state != TCP_CLOSE_WAIT || !(k->marks & HOST_HELD))
			continue;
		while (held[at].count > 0 && held[at].pid != k->pid && probes++ < PROBES)
			at = (at + 1) % PLACES;
		if (held[at].count > 0 && held[at].pid != k->pid)
			continue;
		held[at].kind = PILEUP_HELD;
		held[at].pid = k->pid;
		held[at].count++;
		(void)host_process(k, held[at].process);
	}
	for (size_t i = 0; i < PLACES; i++)
		if (held[i].count > 0 && is_worth_a_word(&held[i], host))
			keep(best, picked, &held[i]);
	free(held);
}

size_t
pileups_pick(const struct pileups *p, const struct host_snapshot *host, struct pileup *out, size_t max)
{
	struct pileup best[PICKED_MAX];
	size_t picked = 0, taken = 0, of_kind[PILEUPS] = { 0 };

	for (size_t i = 0; i < PLACES; i++) {
		const struct pileup *one = &p->places[i];

		if (one->count > 0 && is_worth_a_word(one, host))
			keep(best, &picked, one);
	}
	if (host != NULL) {
		pick_ports(host, best, &picked);
		pick_holders(host, best, &picked);
	}
	/* no kind may push out the others */
	for (size_t i = 0; i < picked && taken < max; i++)
		if (of_kind[best[i].kind]++ < max / PILEUPS || max < PILEUPS)
			out[taken++] = best[i];
	return taken;
}

/* ---- in words */

void
pileup_name(const struct pileup *p, char *out, size_t size)
{
	char address[FORMAT_ENDPOINT_MAX] = "", peer[FORMAT_ENDPOINT_MAX];

	if (p->kind == PILEUP_HELD) {
		snprintf(out, size, "%s[%" PRId32 "]", p->process, p->pid);
		return;
	}
	if (!p->local && p->port != 0)
		format_endpoint(address, sizeof address, p->address, p->family, p->port, false);
	else if (!p->local)
		format_address(address, sizeof address, p->address, p->family);
	if (p->side == SERVER) {
		snprintf(out, size, "%s", address);
		return;
	}
	format_endpoint(peer, sizeof peer, p->peer, p->family, p->peer_port, false);
	snprintf(out, size, "%s -> %s", address, peer);
}

static void
write_ports(const struct pileup *p, const char *count_text, const char *who, const char *peer, char *out,
    size_t size)
{
	char all[FORMAT_NUMBER_MAX], percent[FORMAT_NUMBER_MAX];
	uint32_t ports = p->local ? p->ports : PILEUP_PORTS_USUAL;

	format_count(all, sizeof all, ports);
	format_percent(percent, sizeof percent, p->count, ports);
	if (p->local)
		snprintf(out, size, _("Ports run out: %s of %s that connections from here get are taken towards %s (%s); when "
		    "all are, connect() fails. See ip_local_port_range among the listeners (L)."), count_text, all, peer,
		    percent);
	else
		snprintf(out, size, _("Ports run out: %s has %s connections to %s at once, which is %s of the %s ports that "
		    "Linux has for one destination, unless it was told otherwise; when all are taken, connect() fails."),
		    who, count_text, peer, percent, all);
}

void
pileup_write(const struct pileup *p, uint64_t now, char *out, size_t size)
{
	char who[FORMAT_ENDPOINT_MAX], peer[FORMAT_ENDPOINT_MAX], number[FORMAT_NUMBER_MAX], silent[FORMAT_TIME_MAX];

	if (p->port != 0)
		format_endpoint(who, sizeof who, p->address, p->family, p->port, false);
	else
		format_address(who, sizeof who, p->address, p->family);
	format_endpoint(peer, sizeof peer, p->peer, p->family, p->peer_port, false);
	format_count(number, sizeof number, p->count);
	format_duration(silent, sizeof silent, now > p->oldest ? now - p->oldest : 0);
	switch (p->kind) {
	case PILEUP_PORTS:
		write_ports(p, number, who, peer, out, size);
		break;
	case PILEUP_CLOSE_WAIT:
		if (p->side == SERVER)
			snprintf(out, size, _("CLOSE-WAIT piles up: %s hasn't closed %s connections that its clients have "
			    "closed; #%u has been silent longest, for %s. The program there forgets to close its sockets."),
			    who, number, p->first, silent);
		else
			snprintf(out, size, _("CLOSE-WAIT piles up: %s hasn't closed %s connections that the server %s has "
			    "closed; #%u has been silent longest, for %s. The program there forgets to close its sockets."),
			    who, number, peer, p->first, silent);
		break;
	case PILEUP_HELD:
		snprintf(out, size, _("Process %s[%d] still holds %s sockets in CLOSE-WAIT: their peers have closed."),
		    p->process, p->pid, number);
		break;
	case PILEUP_TIME_WAIT:
		if (p->side == SERVER)
			snprintf(out, size, _("TIME-WAIT piles up: %s has %s connections in it, since it closes first. That "
			    "takes a little memory and none of its ports."), who, number);
		else
			snprintf(out, size, _("TIME-WAIT piles up: %s has %s connections to %s in it, since it closes first; "
			    "each keeps one of its ports taken for 60 s."), who, number, peer);
		break;
	case PILEUPS:
		break;
	}
}

/*
 * The thread that looks, and the hand-over of what it saw: a pointer under a
 * lock that is held for a few instructions.  Knows when to look; what to look
 * at is sock_diag.c's, owners.c's and counters.c's.
 */
#include "host/host.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "host/owners.h"
#include "host/sock_diag.h"

/* Of what the program may take, and bytes: three pictures and who holds what. */
enum { MEMORY_SHARE = 4, SOCKET_COSTS = 640 };
#define SECOND UINT64_C(1000000000)
enum { SHARE = 9 /* of rest for one of work */, ANEW_SECONDS = 10, ANEW_SHARE = 50 /* for looking into all processes */ };

struct host {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct host_snapshot *ready;	/* under the lock: made by the thread, not yet taken */
	atomic_bool stop;
	int fd;
	uint32_t most;			/* sockets */
	struct helper *helper;
	struct host_snapshot *taken;	/* the main thread's */
};

static uint64_t
nanoseconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static void
read_addresses(struct host_snapshot *s)
{
	struct ifaddrs *all;

	if (getifaddrs(&all) != 0)
		return;
	s->addresses = memory_new_array(HOST_ADDRESSES_MAX, sizeof *s->addresses);
	for (const struct ifaddrs *a = all; a != NULL && s->address_count < HOST_ADDRESSES_MAX;
	    a = a->ifa_next) {
		struct host_address *to = &s->addresses[s->address_count];
		const void *address = a->ifa_addr;

		if (address == NULL)
			continue;
		if (a->ifa_addr->sa_family == AF_INET) {
			to->family = SEGMENT_IPV4;
			memcpy(to->address, &((const struct sockaddr_in *)address)->sin_addr, 4);
			s->address_count++;
		} else if (a->ifa_addr->sa_family == AF_INET6) {
			to->family = SEGMENT_IPV6;
			memcpy(to->address, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
			s->address_count++;
		}
	}
	freeifaddrs(all);
}

static struct host_snapshot *
look(int fd, uint32_t most, struct owners *owners, bool anew, const struct host_snapshot *before,
    const atomic_bool *stop)
{
	struct host_snapshot *s = host_snapshot_new();

	s->most = most;
	host_settings_read(&s->settings);
	if (!sock_diag_read(fd, s, stop)) {
		host_snapshot_free(s);
		return NULL;
	}
	host_counters_read(&s->counters);
	read_addresses(s);
	s->time = nanoseconds(CLOCK_REALTIME);
	owners_apply(owners, s, anew, stop);
	host_snapshot_finish(s, before);
	return s;
}

/* A copy that the thread keeps to compare with: the original belongs to who took it. */
static struct host_snapshot *
copy(const struct host_snapshot *s)
{
	struct host_snapshot *c = memory_new(sizeof *c);

	*c = *s;
	c->room = s->count;
	c->sockets = memory_new_array(s->count + 1, sizeof *c->sockets);
	if (s->count > 0)
		memcpy(c->sockets, s->sockets, s->count * sizeof *c->sockets);
	c->slots = memory_new_array(s->slot_count, sizeof *c->slots);
	memcpy(c->slots, s->slots, s->slot_count * sizeof *c->slots);
	c->addresses = NULL;
	c->address_count = 0;
	return c;
}

static void
hand_over(struct host *h, struct host_snapshot *s)
{
	struct host_snapshot *late;

	pthread_mutex_lock(&h->lock);
	late = h->ready;
	h->ready = s;
	pthread_mutex_unlock(&h->lock);
	host_snapshot_free(late);
}

static void
rest(struct host *h, uint64_t worked)
{
	uint64_t until = nanoseconds(CLOCK_MONOTONIC) + (worked * SHARE > SECOND ? worked * SHARE : SECOND);
	struct timespec end = { .tv_sec = (time_t)(until / SECOND), .tv_nsec = (long)(until % SECOND) };

	pthread_mutex_lock(&h->lock);
	while (!atomic_load(&h->stop)
	    && pthread_cond_timedwait(&h->wake, &h->lock, &end) == 0)
		;
	pthread_mutex_unlock(&h->lock);
}

static void *
run(void *argument)
{
	struct host *h = argument;
	struct owners *owners = owners_new(h->helper);
	struct host_snapshot *before = NULL;
	uint64_t looked = 0, pause = 0;		/* when all processes were looked into, and until when that does */

	while (!atomic_load(&h->stop)) {
		uint64_t began = nanoseconds(CLOCK_MONOTONIC);
		bool anew = began >= looked + pause;
		struct host_snapshot *s = look(h->fd, h->most, owners, anew, before, &h->stop);

		/* who ends or passes a socket on is seen soon where that costs little */
		if (anew) {
			looked = began;
			pause = (nanoseconds(CLOCK_MONOTONIC) - began) * ANEW_SHARE;
			if (pause > ANEW_SECONDS * SECOND)
				pause = ANEW_SECONDS * SECOND;
		}
		if (s != NULL) {
			host_snapshot_free(before);
			before = copy(s);
			hand_over(h, s);
		}
		rest(h, nanoseconds(CLOCK_MONOTONIC) - began);
	}
	host_snapshot_free(before);
	owners_free(owners);
	return NULL;
}

struct host *
host_new(struct helper *helper, uint64_t memory, struct error *error)
{
	struct host *h = memory_new(sizeof *h);
	uint64_t most = memory / MEMORY_SHARE / SOCKET_COSTS;
	pthread_condattr_t clock;
	sigset_t all, before;
	int trouble;

	h->helper = helper;
	h->most = memory == 0 || most > HOST_SOCKETS_MAX ? HOST_SOCKETS_MAX : (uint32_t)most;
	h->fd = sock_diag_open(error);
	if (h->fd < 0) {
		free(h);
		return NULL;
	}
	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&h->wake, &clock);
	pthread_condattr_destroy(&clock);
	sigfillset(&all);	/* signals are the main thread's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	trouble = pthread_create(&h->thread, NULL, run, h);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (trouble == 0)
		return h;
	error_set(error, "no thread to look at the host: %s", strerror(trouble));
	close(h->fd);
	pthread_cond_destroy(&h->wake);
	pthread_mutex_destroy(&h->lock);
	free(h);
	return NULL;
}

void
host_free(struct host *h)
{
	if (h == NULL)
		return;
	pthread_mutex_lock(&h->lock);
	atomic_store(&h->stop, true);
	pthread_cond_signal(&h->wake);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	pthread_cond_destroy(&h->wake);
	pthread_mutex_destroy(&h->lock);
	host_snapshot_free(h->ready);
	host_snapshot_free(h->taken);
	close(h->fd);
	free(h);
}

bool
host_update(struct host *h)
{
	struct host_snapshot *s;

	pthread_mutex_lock(&h->lock);
	s = h->ready;
	h->ready = NULL;
	pthread_mutex_unlock(&h->lock);
	if (s == NULL)
		return false;
	host_snapshot_free(h->taken);
	h->taken = s;
	return true;
}

const struct host_snapshot *
host_snapshot(const struct host *h)
{
	return h->taken;
}

struct host_snapshot *
host_look(const struct host_snapshot *before)
{
	struct host_snapshot *s;
	struct owners *owners;
	int fd = sock_diag_open(NULL);

	if (fd < 0)
		return NULL;
	owners = owners_new(NULL);
	s = look(fd, HOST_SOCKETS_MAX, owners, true, before, NULL);
	owners_free(owners);
	close(fd);
	return s;
}

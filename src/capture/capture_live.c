/*
 * Live capture on one interface or on several, whose frames are put into
 * order.  No handle blocks: poll() waits on them and on a descriptor that
 * stops.  An interface that goes away is waited for, if that was asked for.
 */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/language.h"
#include "base/memory.h"
#include "base/text.h"
#include "capture/capture_filter.h"
#include "capture/capture_interface.h"
#include "capture/capture_private.h"
#include "capture/capture_reach.h"
#include "capture/live_file.h"
#include "capture/wake.h"

enum {
	WAIT_MILLISECONDS = 1000,	/* then drops are looked at again, and who is gone */
	DRAIN_MILLISECONDS = 5, DRAIN_ROUNDS = 2 * INTERFACE_BLOCK_MS / DRAIN_MILLISECONDS + 2,
	DRAIN_SECONDS = 3,		/* at most: frames' clock may be set back meanwhile */
	COUNT_EVERY = 4096,		/* frames, under load */
	NAMES_MAX = 1024
};
#define SECOND UINT64_C(1000000000)
/* Among several: what another interface captured earlier has come by then, unless the machine is stuck. */
#define HOLD (UINT64_C(2000000) * INTERFACE_BLOCK_MS)

struct capture_live {
	struct capture capture;
	struct capture_interface *interfaces;
	size_t count;
	struct pollfd *descriptors;	/* the stopping one, then the interfaces' */
	struct capture_options options;
	char *filter;			/* options.filter, for opening again */
	struct live_file *save;		/* or NULL */
	struct capture_reach *reach;
	struct wake wake;
	_Atomic(char *) wanted;		/* another filter, given by another thread; NULL: none */
	uint32_t frames;		/* since drops were looked at */
	uint64_t asked;			/* several: when those without a frame were asked; ns since the epoch */
	uint64_t revived;		/* when those gone were tried last */
	_Atomic uint64_t stopped;	/* when nothing more was wanted; 0: not yet */
	unsigned drained;		/* waits since then */
	uint64_t drain_until;		/* monotonic; 0: not begun */
	struct capture_interface *lost;	/* the one that has broken, where that is the end */
	_Atomic uint64_t dropped_kernel, dropped_interface;
	_Atomic uint32_t absent;	/* interfaces that are gone */
};

static struct capture_live *
of(struct capture *c)
{
	return (struct capture_live *)(void *)c;
}

static uint64_t
nanoseconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

/* As frames have it. */
static uint64_t
clock_now(void)
{
	return nanoseconds(CLOCK_REALTIME);
}

/* Now and then: what was dropped, and whether somebody is back. */
static void
look_around(struct capture_live *l)
{
	l->frames = 0;
	for (size_t n = 0; n < l->count; n++) {
		uint64_t kernel, interface;

		capture_interface_drops(&l->interfaces[n], &kernel, &interface);
		atomic_fetch_add_explicit(&l->dropped_kernel, kernel, memory_order_relaxed);
		atomic_fetch_add_explicit(&l->dropped_interface, interface, memory_order_relaxed);
	}
	if (atomic_load_explicit(&l->absent, memory_order_relaxed) == 0
	    || clock_now() - l->revived < SECOND)
		return;
	for (size_t n = 0; n < l->count; n++) {
		if (l->interfaces[n].pcap == NULL && capture_interface_reopen(&l->interfaces[n], &l->options))
			atomic_fetch_sub(&l->absent, 1);
	}
	l->revived = clock_now();
}

/* ---- the next frame */

/* false: it has broken, and that is the end. */
static bool
ask(struct capture_live *l, struct capture_interface *i)
{
	uint64_t kernel, interface;

	if (i->pcap == NULL || i->ready || capture_interface_ask(i) >= 0)
		return true;
	if (!l->options.persist) {
		l->lost = i;
		return false;
	}
	/* what it dropped until now isn't to be forgotten with it */
	capture_interface_drops(i, &kernel, &interface);
	atomic_fetch_add_explicit(&l->dropped_kernel, kernel, memory_order_relaxed);
	atomic_fetch_add_explicit(&l->dropped_interface, interface, memory_order_relaxed);
	pcap_close(i->pcap);
	i->pcap = NULL;
	l->revived = clock_now();
	atomic_fetch_add(&l->absent, 1);
	return true;
}

/* The earliest of those that are ready; *all: each has one. */
static struct capture_interface *
earliest(struct capture_live *l, bool *all)
{
	struct capture_interface *first = NULL;

	*all = true;
	for (size_t n = 0; n < l->count; n++) {
		struct capture_interface *i = &l->interfaces[n];

		*all = *all && (i->ready || i->pcap == NULL);
		if (i->ready && (first == NULL || capture_interface_time(i) < capture_interface_time(first)))
			first = i;
	}
	return first;
}

/* Whether nobody can have an earlier one. A clock that was set back must not hold it for long. */
static bool
is_due(const struct capture_live *l, const struct capture_interface *i)
{
	uint64_t time = capture_interface_time(i);

	return time + HOLD <= l->asked || time > l->asked + 10 * HOLD;
}

/* Those without a frame, of which some may be known to have had none a moment ago. false: one has broken. */
static bool
ask_all(struct capture_live *l, bool empty_too)
{
	for (size_t n = 0; n < l->count; n++) {
		if ((empty_too || !l->interfaces[n].empty) && !ask(l, &l->interfaces[n]))
			return false;
	}
	return true;
}

/* The next frame's interface; NULL: none is due, or one has broken. */
static struct capture_interface *
choose(struct capture_live *l)
{
	struct capture_interface *i = &l->interfaces[0];
	bool all;

	if (l->count == 1)
		return ask(l, i) && i->ready ? i : NULL;
	/* who has just given one may have another that is as old */
	if (!ask_all(l, false))
		return NULL;
	i = earliest(l, &all);
	if (i != NULL && (all || is_due(l, i)))
		return i;
	l->asked = clock_now();
	if (!ask_all(l, true))
		return NULL;
	i = earliest(l, &all);
	return i != NULL && (all || is_due(l, i)) ? i : NULL;
}

/* Waits for packets; whether it makes sense to look again at once. */
static bool
await(struct capture_live *l, int milliseconds)
{
	bool timed = false;
	int woken;

	if (milliseconds < 0 || milliseconds > WAIT_MILLISECONDS)
		milliseconds = WAIT_MILLISECONDS;
	l->descriptors[0] = (struct pollfd){ .fd = l->wake.read_end, .events = POLLIN };
	for (size_t n = 0; n < l->count; n++) {
		const struct capture_interface *i = &l->interfaces[n];
		const struct timeval *most = i->pcap != NULL ? pcap_get_required_select_timeout(i->pcap) : NULL;

		l->descriptors[1 + n] = (struct pollfd){
			.fd = i->pcap != NULL && !i->ready ? pcap_get_selectable_fd(i->pcap) : -1,
			.events = POLLIN
		};
		/* what is held for others is due soon */
		if (i->ready && milliseconds > 2 * INTERFACE_BLOCK_MS)
			milliseconds = 2 * INTERFACE_BLOCK_MS;
		timed = timed || i->ready || most != NULL;
		if (most != NULL && most->tv_sec == 0 && most->tv_usec / 1000 < milliseconds)
			milliseconds = (int)(most->tv_usec / 1000);
	}
	woken = poll(l->descriptors, (nfds_t)(1 + l->count), milliseconds);
	if (woken <= 0)
		return timed;
	return woken > (l->descriptors[0].revents != 0 ? 1 : 0);
}

static enum capture_next
broken(struct capture_live *l)
{
	char safe[REASON_MAX];

	return capture_break(&l->capture, N_("capturing ended: %s"),
	    text_safe_string(safe, sizeof safe, pcap_geterr(l->lost->pcap)));
}

static enum capture_next
deliver(struct capture_live *l, struct capture_interface *i, struct raw_frame *frame, uint64_t *locator)
{
	*frame = (struct raw_frame){
		.bytes = i->bytes, .captured = i->header->caplen, .length = i->header->len,
		.link_type = i->link_type, .interface = (uint32_t)(i - l->interfaces),
		.time = capture_interface_time(i)
	};
	i->ready = i->empty = false;
	*locator = byte_source_keep(l->capture.bytes, frame);
	if (l->save != NULL && !live_file_write(l->save, frame)) {
		live_file_flush(l->save);
		return CAPTURE_END;	/* there are as many files as were asked for */
	}
	if (++l->frames == COUNT_EVERY)
		look_around(l);
	return CAPTURE_FRAME;
}

static void
take_filter(struct capture_live *l)
{
	char *text = atomic_exchange(&l->wanted, NULL);
	struct error error;

	if (text == NULL)
		return;
	for (size_t n = 0; n < l->count; n++)
		(void)capture_interface_refilter(&l->interfaces[n], text, &error);
	free(l->filter);
	l->options.filter = l->filter = text;
}

/* The text is compiled here for its faults, and by who asks the interfaces for good. */
static bool
refilter(struct capture *c, const char *text, struct error *error)
{
	struct capture_live *l = of(c);
	char why[REASON_MAX] = "", safe[256];
	struct capture_filter *f = capture_filter_new(text, why, sizeof why);
	bool good = f != NULL;

	for (size_t n = 0; n < l->count && good; n++)
		good = capture_filter_prepare(f, l->interfaces[n].link_type, why, sizeof why);
	capture_filter_free(f);
	if (!good)
		return error_set(error, "%s", text_safe_string(safe, sizeof safe, why));
	free(atomic_exchange(&l->wanted, memory_copy_text(text)));
	return true;
}

static bool
covers(struct capture *c, const struct segment *tuple)
{
	return capture_reach_covers(of(c)->reach, tuple);
}

/* What was captured before the end comes late, from the kernel as well as from those that wait for each other. */
static enum capture_next
drain(struct capture_live *l, uint64_t stopped, struct raw_frame *frame, uint64_t *locator)
{
	if (l->drain_until == 0)
		l->drain_until = nanoseconds(CLOCK_MONOTONIC) + DRAIN_SECONDS * SECOND;
	for (;;) {
		struct capture_interface *i = choose(l);

		if (i != NULL && capture_interface_time(i) <= stopped && nanoseconds(CLOCK_MONOTONIC) < l->drain_until)
			return deliver(l, i, frame, locator);
		if (i == NULL && l->lost != NULL)
			return broken(l);
		if (i != NULL || l->drained++ > DRAIN_ROUNDS)
			return CAPTURE_END;
		poll(NULL, 0, DRAIN_MILLISECONDS);
	}
}

static enum capture_next
next(struct capture *c, struct raw_frame *frame, uint64_t *locator)
{
	struct capture_live *l = of(c);
	uint64_t stopped = atomic_load_explicit(&l->stopped, memory_order_relaxed);

	if (stopped != 0)
		return drain(l, stopped, frame, locator);

	for (int round = 0; ; round++) {
		struct capture_interface *i;
		int timeout = capture_timeout(c);

		if (atomic_load_explicit(&l->wanted, memory_order_relaxed) != NULL)
			take_filter(l);
		i = choose(l);
		if (i != NULL)
			return deliver(l, i, frame, locator);
		if (l->lost != NULL)
			return broken(l);
		/* What was saved reaches the disk whenever nothing else is to be done. */
		if (l->save != NULL)
			live_file_flush(l->save);
		if (round > 0 || timeout == 0)
			return CAPTURE_WAIT;
		look_around(l);
		if (!await(l, timeout))
			return CAPTURE_WAIT;
	}
}

static void
stop(struct capture *c)
{
	uint64_t not_yet = 0;

	atomic_compare_exchange_strong(&of(c)->stopped, &not_yet, clock_now());
	wake_set(&of(c)->wake);
}

static void
drops(const struct capture *c, struct capture_drops *d)
{
	const struct capture_live *l = (const struct capture_live *)(const void *)c;

	d->kernel = atomic_load_explicit(&l->dropped_kernel, memory_order_relaxed);
	d->interface = atomic_load_explicit(&l->dropped_interface, memory_order_relaxed);
	d->absent = atomic_load_explicit(&l->absent, memory_order_relaxed);
	if (l->save != NULL) {
		struct live_file_status saving;

		live_file_status(l->save, &saving);
		d->unsaved = saving.unsaved;
		d->save_trouble = saving.trouble;
	}
}

static void
close_live(struct capture *c)
{
	struct capture_live *l = of(c);

	live_file_close(l->save);
	for (size_t n = 0; n < l->count; n++)
		capture_interface_close(&l->interfaces[n]);
	free(l->interfaces);
	free(l->descriptors);
	free(l->filter);
	free(atomic_load(&l->wanted));
	wake_fini(&l->wake);
	capture_reach_free(l->reach);
	capture_fini(c);
	free(l);
}

static const struct capture_class live_class = {
	.next = next, .stop = stop, .drains = true, .refilter = refilter, .covers = covers, .drops = drops, .close = close_live
};

/* ---- opening */

static bool
open_save(struct capture_live *l, const struct capture_options *options, struct error *error)
{
	struct live_file_options saving = { options->save_to, options->save_bytes, options->save_seconds,
		options->save_files, options->save_owner };
	int snapshot = 0;

	if (options->save_to == NULL)
		return true;
	for (size_t n = 0; n < l->count; n++) {
		if (l->interfaces[n].link_type != l->interfaces[0].link_type)
			return error_set(error, "these interfaces have several link types, which one savefile "
			    "can't hold: -i any has one for all");
		if (pcap_snapshot(l->interfaces[n].pcap) > snapshot)
			snapshot = pcap_snapshot(l->interfaces[n].pcap);
	}
	l->save = live_file_open(&saving, l->interfaces[0].link_type, (uint32_t)snapshot, clock_now() / SECOND,
	    error);
	return l->save != NULL;
}

/* "eth0, wlan0 in netns blue" */
static void
join_names(const char *const *names, size_t count, const char *netns, char out[NAMES_MAX])
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t n = 0; n < count && used < NAMES_MAX; n++)
		used += (size_t)snprintf(out + used, NAMES_MAX - used, "%s%s", n > 0 ? ", " : "", names[n]);
	if (netns != NULL && used < NAMES_MAX)
		snprintf(out + used, NAMES_MAX - used, _(" in netns %s"), netns);
}

static bool
open_interfaces(struct capture_live *l, const char *const *names, size_t count, struct error *error)
{
	l->interfaces = memory_new_array(count, sizeof *l->interfaces);
	l->descriptors = memory_new_array(count + 1, sizeof *l->descriptors);
	for (; l->count < count; l->count++) {
		if (!capture_interface_open(&l->interfaces[l->count], names[l->count], &l->options, error)) {
			l->count++;	/* to be closed, too */
			return false;
		}
	}
	return true;
}

static struct capture *
open_named(const char *const *names, size_t count, const struct capture_options *options, struct error *error)
{
	struct capture_live *l = memory_new(sizeof *l);
	char joined[NAMES_MAX];
	bool good;

	join_names(names, count, options->netns, joined);
	capture_init(&l->capture, &live_class, CAPTURE_LIVE, joined);
	l->wake = (struct wake){ -1, -1 };
	l->options = *options;
	l->options.filter = l->filter = options->filter != NULL ? memory_copy_text(options->filter) : NULL;
	good = open_interfaces(l, names, count, error) && open_save(l, options, error);
	if (good && !wake_init(&l->wake))
		good = error_set(error, "capturing can't be waited for: %s", strerror(errno));
	if (!good) {
		close_live(&l->capture);
		return NULL;
	}
	l->reach = capture_reach_new(names, count, options->filter);
	l->capture.bytes = byte_source_of_ring(
	    options->ring_bytes != 0 ? options->ring_bytes : RING_BYTES);
	return &l->capture;
}

struct capture *
capture_open_live(const char *const *names, size_t count, const struct capture_options *options,
    struct error *error)
{
	char *only = count == 0 ? capture_interface_default(options, error) : NULL;
	const char *const found[] = { only };
	struct capture *c;

	if (count == 0 && only == NULL)
		return NULL;
	c = count == 0 ? open_named(found, 1, options, error) : open_named(names, count, options, error);
	free(only);
	return c;
}

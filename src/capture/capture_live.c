/*
 * Live capture on an interface.  The handle doesn't block: poll() waits on
 * it and on a descriptor that stops.  The kernel hands over what it
 * collected when a block is full or BLOCK_MILLISECONDS have passed, so that
 * a busy link costs few wake-ups and a lone packet isn't kept for long.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "capture/capture_link.h"
#include "capture/capture_private.h"
#include "capture/live_file.h"
#include "capture/wake.h"

enum {
	SNAPSHOT = 262144,
	BUFFER_KIB = 16 << 10,
	BLOCK_MILLISECONDS = 50,
	WAIT_MILLISECONDS = 1000,	/* then drops are looked at again */
	COUNT_EVERY = 4096		/* frames, under load */
};

struct capture_live {
	struct capture capture;
	pcap_t *pcap;
	struct live_file *save;		/* or NULL */
	struct wake wake;
	int link_type;
	uint64_t unit;			/* nanoseconds in the time stamps' fraction */
	uint32_t frames;		/* since drops were looked at */
	_Atomic uint64_t dropped_kernel, dropped_interface;
};

static struct capture_live *
of(struct capture *c)
{
	return (struct capture_live *)(void *)c;
}

/* A counter of libpcap's has 32 bits; ours goes on where that wraps round. */
static void
advance(_Atomic uint64_t *counter, unsigned now)
{
	uint64_t before = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, before + (uint32_t)(now - (uint32_t)before),
	    memory_order_relaxed);
}

static void
count_drops(struct capture_live *l)
{
	struct pcap_stat statistics;

	l->frames = 0;
	if (pcap_stats(l->pcap, &statistics) != 0)
		return;
	advance(&l->dropped_kernel, statistics.ps_drop);
	advance(&l->dropped_interface, statistics.ps_ifdrop);
}

/* Waits for packets; whether it makes sense to look again at once. */
static bool
await(struct capture_live *l, int milliseconds)
{
	struct pollfd descriptors[2] = {
		{ .fd = l->wake.read_end, .events = POLLIN },
		{ .fd = pcap_get_selectable_fd(l->pcap), .events = POLLIN }
	};
	const struct timeval *most = pcap_get_required_select_timeout(l->pcap);

	if (milliseconds < 0 || milliseconds > WAIT_MILLISECONDS)
		milliseconds = WAIT_MILLISECONDS;
	if (most != NULL && most->tv_sec == 0 && most->tv_usec / 1000 < milliseconds)
		milliseconds = (int)(most->tv_usec / 1000);
	if (poll(descriptors, 2, milliseconds) <= 0)
		return most != NULL;
	return descriptors[1].revents != 0;
}

static enum capture_next
broken(struct capture_live *l)
{
	char safe[REASON_MAX];

	return capture_break(&l->capture, "capturing ended: %s",
	    text_safe_string(safe, sizeof safe, pcap_geterr(l->pcap)));
}

static enum capture_next
deliver(struct capture_live *l, const struct pcap_pkthdr *header, const u_char *bytes,
    struct raw_frame *frame, uint64_t *locator)
{
	*frame = (struct raw_frame){
		.bytes = bytes, .captured = header->caplen, .length = header->len,
		.link_type = l->link_type,
		.time = (uint64_t)header->ts.tv_sec * UINT64_C(1000000000) +
		    (uint64_t)header->ts.tv_usec * l->unit
	};
	*locator = byte_source_keep(l->capture.bytes, frame);
	if (l->save != NULL && !live_file_write(l->save, frame)) {
		live_file_flush(l->save);
		return CAPTURE_END;	/* there are as many files as were asked for */
	}
	if (++l->frames == COUNT_EVERY)
		count_drops(l);
	return CAPTURE_FRAME;
}

static enum capture_next
next(struct capture *c, struct raw_frame *frame, uint64_t *locator)
{
	struct capture_live *l = of(c);

	for (int round = 0; ; round++) {
		struct pcap_pkthdr *header;
		const u_char *bytes;
		int result = pcap_next_ex(l->pcap, &header, &bytes), timeout = capture_timeout(c);

		if (result == 1)
			return deliver(l, header, bytes, frame, locator);
		if (result != 0)
			return broken(l);
		/* What was saved reaches the disk whenever nothing else is to be done. */
		if (l->save != NULL)
			live_file_flush(l->save);
		if (round > 0 || timeout == 0)
			return CAPTURE_WAIT;
		count_drops(l);
		if (!await(l, timeout))
			return CAPTURE_WAIT;
	}
}

static void
stop(struct capture *c)
{
	wake_set(&of(c)->wake);
}

static void
drops(const struct capture *c, struct capture_drops *d)
{
	const struct capture_live *l = (const struct capture_live *)(const void *)c;

	d->kernel = atomic_load_explicit(&l->dropped_kernel, memory_order_relaxed);
	d->interface = atomic_load_explicit(&l->dropped_interface, memory_order_relaxed);
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
	if (l->pcap != NULL)
		pcap_close(l->pcap);
	wake_fini(&l->wake);
	capture_fini(c);
	free(l);
}

static const struct capture_class live_class = {
	.next = next, .stop = stop, .drops = drops, .close = close_live
};

/* ---- opening */

static bool
is_known(const char *interface)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_if_t *all;
	bool found = false;

	if (pcap_findalldevs(&all, why) != 0)
		return true;	/* can't be told */
	for (const pcap_if_t *one = all; one != NULL; one = one->next)
		found = found || strcmp(one->name, interface) == 0;
	pcap_freealldevs(all);
	return found;
}

/* The exact command that permits capturing to this program, wherever it lies. */
static bool
not_permitted(const char *safe, struct error *error)
{
	char path[1024], shown[300] = "/path/to/tcpladder";
	ssize_t n = readlink("/proc/self/exe", path, sizeof path);

	if (n > 0 && (size_t)n < sizeof path)
		text_safe(shown, sizeof shown, path, (size_t)n);
	return error_set(error, "no permission to capture on %s; permit it once with "
	    "`sudo setcap cap_net_raw,cap_net_admin=eip %s`, or run it with sudo", safe, shown);
}

static bool
unknown_interface(const char *safe, struct error *error)
{
	return error_set(error, "there is no interface %s; tcpladder -D lists them", safe);
}

static bool
activate(struct capture_live *l, const char *interface, const char *safe, struct error *error)
{
	char why[PCAP_ERRBUF_SIZE];
	int result = pcap_activate(l->pcap);

	if (result >= 0)
		return true;
	switch (result) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return is_known(interface) ? not_permitted(safe, error) :
		    unknown_interface(safe, error);
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return unknown_interface(safe, error);
	case PCAP_ERROR_IFACE_NOT_UP:
		return error_set(error,
		    "interface %s is down; bring it up with `ip link set %s up`", safe, safe);
	default:
		return error_set(error, "capturing on %s: %s", safe, *pcap_geterr(l->pcap) != '\0' ?
		    text_safe_string(why, sizeof why, pcap_geterr(l->pcap)) :
		    pcap_statustostr(result));
	}
}

static bool
set_filter(struct capture_live *l, const char *text, struct error *error)
{
	struct bpf_program code;
	char safe[128], why[PCAP_ERRBUF_SIZE];
	bool good;

	if (text == NULL || *text == '\0')
		return true;
	if (pcap_compile(l->pcap, &code, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return error_set_usage(error, "capture filter \"%s\": %s",
		    text_safe_string(safe, sizeof safe, text),
		    text_safe_string(why, sizeof why, pcap_geterr(l->pcap)));
	good = pcap_setfilter(l->pcap, &code) == 0;
	pcap_freecode(&code);
	return good || error_set(error, "capture filter \"%s\": %s",
	    text_safe_string(safe, sizeof safe, text),
	    text_safe_string(why, sizeof why, pcap_geterr(l->pcap)));
}

static bool
open_save(struct capture_live *l, const struct capture_options *options, struct error *error)
{
	struct live_file_options saving = { options->save_to, options->save_bytes, options->save_seconds,
		options->save_files };

	if (options->save_to == NULL)
		return true;
	l->save = live_file_open(&saving, l->link_type, (uint32_t)pcap_snapshot(l->pcap), (uint64_t)time(NULL),
	    error);
	return l->save != NULL;
}

static bool
open_interface(struct capture_live *l, const char *interface, const struct capture_options *options,
    struct error *error)
{
	char why[PCAP_ERRBUF_SIZE], safe[64], reason[PCAP_ERRBUF_SIZE];
	pcap_t *p = l->pcap = pcap_create(interface, why);

	(void)text_safe_string(safe, sizeof safe, interface);
	if (p == NULL)
		return error_set(error, "%s: %s", safe,
		    text_safe_string(reason, sizeof reason, why));
	(void)pcap_set_snaplen(p,
	    options->snapshot_length > 0 ? options->snapshot_length : SNAPSHOT);
	(void)pcap_set_promisc(p, options->promiscuous);
	(void)pcap_set_timeout(p, BLOCK_MILLISECONDS);
	(void)pcap_set_buffer_size(p, (options->buffer_kib > 0 && options->buffer_kib < 1 << 21 ?
	    options->buffer_kib : BUFFER_KIB) * 1024);
	(void)pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	if (!activate(l, interface, safe, error))
		return false;
	/* The second version of the cooked header tells the interface, which the first doesn't. */
	if (pcap_datalink(p) == DLT_LINUX_SLL)
		(void)pcap_set_datalink(p, DLT_LINUX_SLL2);
	l->unit = pcap_get_tstamp_precision(p) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
	l->link_type = capture_link_of_dlt(pcap_datalink(p));
	if (!set_filter(l, options->filter, error))
		return false;
	if (pcap_setnonblock(p, 1, why) != 0 || pcap_get_selectable_fd(p) < 0)
		return error_set(error, "interface %s can't be waited for", safe);
	return open_save(l, options, error);
}

/* The first interface that is up, has an address and isn't the loopback. */
static char *
default_interface(struct error *error)
{
	char why[PCAP_ERRBUF_SIZE], safe[PCAP_ERRBUF_SIZE], *name = NULL;
	pcap_if_t *all;

	if (pcap_findalldevs(&all, why) != 0) {
		error_set(error, "listing interfaces: %s",
		    text_safe_string(safe, sizeof safe, why));
		return NULL;
	}
	for (const pcap_if_t *one = all; one != NULL && name == NULL; one = one->next) {
		bool addressed = false;

		for (const pcap_addr_t *a = one->addresses; a != NULL; a = a->next)
			addressed = addressed || (a->addr != NULL &&
			    (a->addr->sa_family == AF_INET || a->addr->sa_family == AF_INET6));
		if (addressed && (one->flags & PCAP_IF_UP) != 0 &&
		    (one->flags & PCAP_IF_LOOPBACK) == 0)
			name = memory_copy_text(one->name);
	}
	pcap_freealldevs(all);
	if (name == NULL)
		error_set(error, "no interface is up; name one with -i (tcpladder -D lists them)");
	return name;
}

struct capture *
capture_open_live(const char *interface, const struct capture_options *options, struct error *error)
{
	struct capture_live *l;
	char *name = interface != NULL ? memory_copy_text(interface) : default_interface(error);
	bool good;

	if (name == NULL)
		return NULL;
	l = memory_new(sizeof *l);
	capture_init(&l->capture, &live_class, CAPTURE_LIVE, name);
	l->wake = (struct wake){ -1, -1 };
	good = open_interface(l, name, options, error);
	if (good && !wake_init(&l->wake))
		good = error_set(error, "capturing on %s: %s", name, strerror(errno));
	free(name);
	if (!good) {
		close_live(&l->capture);
		return NULL;
	}
	l->capture.bytes = byte_source_of_ring(
	    options->ring_bytes != 0 ? options->ring_bytes : RING_BYTES);
	return &l->capture;
}

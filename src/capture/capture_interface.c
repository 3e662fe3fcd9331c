/*
 * Opening interfaces, and what can be wrong with them.  The handle doesn't
 * block; the kernel hands over what it collected when a block is full or
 * INTERFACE_BLOCK_MS have passed, so that a busy link costs few wake-ups and
 * a lone packet isn't kept for long.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "capture/capture_interface.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef ON_LINUX
#include <net/if.h>
#include <sys/ioctl.h>
#endif

#include "base/memory.h"
#include "base/text.h"
#include "capture/capture_link.h"
#include "capture/capture_private.h"

enum { SNAPSHOT = 262144, BUFFER_KIB = 16 << 10 };

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

/* What lists the interfaces that there are to choose from. */
static const char *
lister(const struct capture_options *options, char out[128])
{
	char safe[96];

	if (options->netns == NULL)
		return "tcpladder -D";
	snprintf(out, 128, "tcpladder --netns %s -D", text_safe_string(safe, sizeof safe, options->netns));
	return out;
}

static bool
unknown_interface(const char *safe, const struct capture_options *options, struct error *error)
{
	char command[128];

	return error_set(error, "there is no interface %s; %s lists them", safe, lister(options, command));
}

static bool
activate(pcap_t *pcap, const char *interface, const char *safe, const struct capture_options *options,
    struct error *error)
{
	char why[PCAP_ERRBUF_SIZE];
	int result = pcap_activate(pcap);

	if (result >= 0)
		return true;
	switch (result) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return is_known(interface) ? not_permitted(safe, error) :
		    unknown_interface(safe, options, error);
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return unknown_interface(safe, options, error);
	case PCAP_ERROR_IFACE_NOT_UP:
		return error_set(error,
		    "interface %s is down; bring it up with `ip link set %s up`", safe, safe);
	default:
		return error_set(error, "capturing on %s: %s", safe, *pcap_geterr(pcap) != '\0' ?
		    text_safe_string(why, sizeof why, pcap_geterr(pcap)) :
		    pcap_statustostr(result));
	}
}

static bool
set_filter(pcap_t *pcap, const char *text, struct error *error)
{
	struct bpf_program code;
	char safe[128], why[PCAP_ERRBUF_SIZE];
	bool good;

	if (pcap_compile(pcap, &code, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return error_set_usage(error, "capture filter \"%s\": %s",
		    text_safe_string(safe, sizeof safe, text),
		    text_safe_string(why, sizeof why, pcap_geterr(pcap)));
	good = pcap_setfilter(pcap, &code) == 0;
	pcap_freecode(&code);
	return good || error_set(error, "capture filter \"%s\": %s",
	    text_safe_string(safe, sizeof safe, text),
	    text_safe_string(why, sizeof why, pcap_geterr(pcap)));
}

#ifdef ON_LINUX
enum { IGNORE_OUTGOING = 23 };	/* linux/if_packet.h, since 4.20 */

#ifdef __GLIBC__
typedef unsigned long ioctl_request;
#else
typedef int ioctl_request;	/* as POSIX had it */
#endif

/* By a socket that a sandbox has, too: the C library might take one of the Internet's. */
static bool
ask(ioctl_request question, struct ifreq *about)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && ioctl(fd, question, about) == 0;

	if (fd >= 0)
		close(fd);
	return good;
}

/* Asked first, where opening it takes another process. */
static bool
is_there(const char *name)
{
	struct ifreq about = { .ifr_ifindex = 0 };

	snprintf(about.ifr_name, sizeof about.ifr_name, "%s", name);
	return ask(SIOCGIFINDEX, &about);
}

/*
 * On the loopback every packet passes twice. libpcap throws one of the two away; when the kernel does, it
 * takes no room in the buffer, and a packet that is lost is counted once.
 */
static void
see_once(const struct capture_interface *i)
{
	struct ifreq about = { .ifr_flags = 0 };
	const int yes = 1;

	snprintf(about.ifr_name, sizeof about.ifr_name, "%s", i->name);
	if (ask(SIOCGIFFLAGS, &about) && about.ifr_flags & IFF_LOOPBACK)
		(void)setsockopt(pcap_fileno(i->pcap), SOL_PACKET, IGNORE_OUTGOING, &yes, sizeof yes);
}

bool
capture_interface_name(uint32_t index, char *out, size_t size)
{
	struct ifreq about = { .ifr_ifindex = (int)index };

	if (!ask(SIOCGIFNAME, &about))
		return false;
	text_safe(out, size, about.ifr_name, strnlen(about.ifr_name, sizeof about.ifr_name));
	return true;
}
#else
static bool
is_there(const char *name)
{
	(void)name;
	return true;
}

static void
see_once(const struct capture_interface *i)
{
	(void)i;
}

bool
capture_interface_name(uint32_t index, char *out, size_t size)
{
	(void)index;
	(void)out;
	(void)size;
	return false;
}
#endif

static bool
open_handle(struct capture_interface *i, const struct capture_options *options, struct error *error)
{
	char why[PCAP_ERRBUF_SIZE], safe[64], reason[PCAP_ERRBUF_SIZE];
	pcap_t *p = i->pcap = pcap_create(i->name, why);

	(void)text_safe_string(safe, sizeof safe, i->name);
	if (p == NULL)
		return error_set(error, "%s: %s", safe,
		    text_safe_string(reason, sizeof reason, why));
	(void)pcap_set_snaplen(p,
	    options->snapshot_length > 0 ? options->snapshot_length : SNAPSHOT);
	(void)pcap_set_promisc(p, options->promiscuous);
	(void)pcap_set_timeout(p, INTERFACE_BLOCK_MS);
	(void)pcap_set_buffer_size(p, (options->buffer_kib > 0 && options->buffer_kib < 1 << 21 ?
	    options->buffer_kib : BUFFER_KIB) * 1024);
	(void)pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	if (!activate(p, i->name, safe, options, error))
		return false;
	see_once(i);
	/* The second version of the cooked header tells the interface, which the first doesn't. */
	if (pcap_datalink(p) == DLT_LINUX_SLL)
		(void)pcap_set_datalink(p, DLT_LINUX_SLL2);
	i->unit = pcap_get_tstamp_precision(p) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
	i->link_type = capture_link_of_dlt(pcap_datalink(p));
	if (options->filter != NULL && *options->filter != '\0' && !set_filter(p, options->filter, error))
		return false;
	if (pcap_setnonblock(p, 1, why) != 0 || pcap_get_selectable_fd(p) < 0)
		return error_set(error, "interface %s can't be waited for", safe);
	return true;
}

static void
close_handle(struct capture_interface *i)
{
	if (i->pcap != NULL)
		pcap_close(i->pcap);
	i->pcap = NULL;
	i->ready = i->empty = false;
	i->drops = i->interface_drops = 0;
}

bool
capture_interface_open(struct capture_interface *i, const char *name,
    const struct capture_options *options, struct error *error)
{
	*i = (struct capture_interface){ .name = memory_copy_text(name) };
	return open_handle(i, options, error);
}

void
capture_interface_close(struct capture_interface *i)
{
	close_handle(i);
	free(i->name);
	i->name = NULL;
}

bool
capture_interface_reopen(struct capture_interface *i, const struct capture_options *options)
{
	int link_type = i->link_type;
	struct error error;

	close_handle(i);
	if (!is_there(i->name))
		return false;
	/* with another link type it is another interface, and the savefile couldn't hold both */
	if (open_handle(i, options, &error) && i->link_type == link_type)
		return true;
	close_handle(i);
	i->link_type = link_type;
	return false;
}

bool
capture_interface_refilter(struct capture_interface *i, const char *text, struct error *error)
{
	return i->pcap == NULL || set_filter(i->pcap, text, error);
}

int
capture_interface_ask(struct capture_interface *i)
{
	int result = pcap_next_ex(i->pcap, &i->header, &i->bytes);

	i->ready = result == 1;
	i->empty = result == 0;
	return result == 1 ? 1 : result == 0 ? 0 : -1;
}

void
capture_interface_drops(struct capture_interface *i, uint64_t *kernel, uint64_t *interface)
{
	struct pcap_stat now;

	*kernel = *interface = 0;
	if (i->pcap == NULL || pcap_stats(i->pcap, &now) != 0)
		return;
	*kernel = (uint32_t)(now.ps_drop - i->drops);
	*interface = (uint32_t)(now.ps_ifdrop - i->interface_drops);
	i->drops = now.ps_drop;
	i->interface_drops = now.ps_ifdrop;
}

uint64_t
capture_interface_time(const struct capture_interface *i)
{
	return capture_time(&i->header->ts, i->unit);
}

char *
capture_interface_default(const struct capture_options *options, struct error *error)
{
	char command[128];
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
		error_set(error, "no interface is up; name one with -i (%s lists them)", lister(options, command));
	return name;
}

/*
 * Addresses from getifaddrs(3), once.  What goes between two of the host's
 * own addresses goes over its loopback interface, whatever they belong to.
 */
#include "capture/capture_reach.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "capture/capture_filter.h"

enum { LINK_RAW = 101, REASON = 256, HEADERS_MAX = 60 };

struct own {
	uint8_t address[16];
	uint8_t family;
	bool captured;			/* its interface is */
};

struct capture_reach {
	struct own *own;
	size_t count;
	bool everywhere;		/* on all interfaces */
	bool loopback;			/* on one that is */
	bool filtered, filter_fits;
	struct capture_filter *filter;
};

static bool
is_named(const char *const *interfaces, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(interfaces[i], name) == 0)
			return true;
	return false;
}

static void
add_address(struct capture_reach *r, const struct ifaddrs *a, bool captured)
{
	struct own own = { .captured = captured };

	if (a->ifa_addr->sa_family == AF_INET) {
		own.family = SEGMENT_IPV4;
		memcpy(own.address, &((const struct sockaddr_in *)(const void *)a->ifa_addr)->sin_addr, 4);
	} else if (a->ifa_addr->sa_family == AF_INET6) {
		own.family = SEGMENT_IPV6;
		memcpy(own.address, &((const struct sockaddr_in6 *)(const void *)a->ifa_addr)->sin6_addr, 16);
	} else {
		return;
	}
	r->own = memory_resize(r->own, r->count + 1, sizeof *r->own);
	r->own[r->count++] = own;
}

struct capture_reach *
capture_reach_new(const char *const *interfaces, size_t count, const char *filter)
{
	struct capture_reach *r = memory_new(sizeof *r);
	struct ifaddrs *all = NULL;
	char why[REASON];

	r->everywhere = is_named(interfaces, count, "any");
	if (getifaddrs(&all) != 0)
		all = NULL;
	for (const struct ifaddrs *a = all; a != NULL; a = a->ifa_next) {
		bool captured = r->everywhere || is_named(interfaces, count, a->ifa_name);

		r->loopback = r->loopback || (captured && a->ifa_flags & IFF_LOOPBACK);
		if (a->ifa_addr != NULL)
			add_address(r, a, captured);
	}
	if (all != NULL)
		freeifaddrs(all);
	r->filtered = filter != NULL && *filter != '\0';
	if (r->filtered) {
		r->filter = capture_filter_new(filter, why, sizeof why);
		r->filter_fits = r->filter != NULL && capture_filter_prepare(r->filter, LINK_RAW, why, sizeof why);
	}
	return r;
}

void
capture_reach_free(struct capture_reach *r)
{
	if (r == NULL)
		return;
	capture_filter_free(r->filter);
	free(r->own);
	free(r);
}

static const struct own *
own_address(const struct capture_reach *r, uint8_t family, const uint8_t *address)
{
	static const struct own loopback = { .family = SEGMENT_IPV4 };

	if (family == SEGMENT_IPV4 && address[0] == 127)
		return &loopback;
	for (size_t i = 0; i < r->count; i++)
		if (r->own[i].family == family && memcmp(r->own[i].address, address, 16) == 0)
			return &r->own[i];
	return NULL;
}

/* An ACK from its source, as far as a filter can ask for it. */
static unsigned
make_up(const struct segment *tuple, uint8_t out[HEADERS_MAX])
{
	bool v4 = tuple->family == SEGMENT_IPV4;
	unsigned ip = v4 ? 20 : 40, length = v4 ? 4 : 16;
	uint8_t *tcp = out + ip;

	memset(out, 0, HEADERS_MAX);
	if (v4) {
		out[0] = 0x45;
		out[3] = 40;
		out[8] = 64;
		out[9] = IPPROTO_TCP;
	} else {
		out[0] = 0x60;
		out[5] = 20;
		out[6] = IPPROTO_TCP;
		out[7] = 64;
	}
	memcpy(out + ip - 2 * length, tuple->source, length);
	memcpy(out + ip - length, tuple->target, length);
	tcp[0] = (uint8_t)(tuple->source_port >> 8);
	tcp[1] = (uint8_t)tuple->source_port;
	tcp[2] = (uint8_t)(tuple->target_port >> 8);
	tcp[3] = (uint8_t)tuple->target_port;
	tcp[12] = 0x50;
	tcp[13] = TCP_ACK;
	return ip + 20;
}

static bool
passes(struct capture_reach *r, const struct segment *tuple)
{
	uint8_t packet[HEADERS_MAX];
	struct pcap_pkthdr header = { .caplen = 0 };

	header.caplen = header.len = make_up(tuple, packet);
	return capture_filter_match(r->filter, LINK_RAW, &header, packet);
}

bool
capture_reach_covers(struct capture_reach *r, const struct segment *tuple)
{
	const struct own *a = own_address(r, tuple->family, tuple->source);
	const struct own *b = own_address(r, tuple->family, tuple->target);
	struct segment back = *tuple;

	if (!r->everywhere && (a != NULL && b != NULL ? !r->loopback : !((a != NULL && a->captured)
	    || (b != NULL && b->captured))))
		return false;
	if (!r->filtered)
		return true;
	memcpy(back.source, tuple->target, sizeof back.source);
	memcpy(back.target, tuple->source, sizeof back.target);
	back.source_port = tuple->target_port;
	back.target_port = tuple->source_port;
	return r->filter_fits && (passes(r, tuple) || passes(r, &back));
}

/*
 * What libpcap itself tells: the interfaces that there are (-D) and its
 * version.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/language.h"
#include "base/memory.h"
#include "base/text.h"
#include "capture/capture.h"
#include "capture/capture_interface.h"

enum { ADDRESSES_MAX = 512 };

static void
print_flags(unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *word;
	} words[] = {
		{ PCAP_IF_UP, N_("up") }, { PCAP_IF_RUNNING, N_("running") },
		{ PCAP_IF_LOOPBACK, N_("loopback") }, { PCAP_IF_WIRELESS, N_("wireless") }
	};
	const char *between = "";

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if ((flags & words[i].flag) != 0) {
			printf("%s%s", between, _(words[i].word));
			between = ", ";
		}
	if (*between == '\0')
		printf("%s", _("down"));
}

/* " 10.0.0.1 fe80::1", safe. */
static void
write_addresses(const pcap_addr_t *addresses, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (const pcap_addr_t *one = addresses; one != NULL && used < size; one = one->next) {
		char text[NI_MAXHOST], safe[NI_MAXHOST];
		socklen_t length;

		if (one->addr == NULL || (one->addr->sa_family != AF_INET &&
		    one->addr->sa_family != AF_INET6))
			continue;
		length = one->addr->sa_family == AF_INET ? sizeof(struct sockaddr_in) :
		    sizeof(struct sockaddr_in6);
		if (getnameinfo(one->addr, length, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
			used += (size_t)snprintf(out + used, size - used, " %s",
			    text_safe_string(safe, sizeof safe, text));
	}
}

bool
capture_list_interfaces(struct error *error)
{
	char why[PCAP_ERRBUF_SIZE], safe[512], addresses[ADDRESSES_MAX];
	pcap_if_t *all;
	int width = 0;

	if (pcap_findalldevs(&all, why) != 0)
		return error_set(error, "listing interfaces: %s",
		    text_safe_string(safe, sizeof safe, why));
	for (const pcap_if_t *one = all; one != NULL; one = one->next) {
		size_t length = strlen(text_safe_string(safe, sizeof safe, one->name));

		if ((int)length > width)
			width = (int)length;
	}
	for (const pcap_if_t *one = all; one != NULL; one = one->next) {
		printf("%-*s  ", width, text_safe_string(safe, sizeof safe, one->name));
		print_flags(one->flags);
		write_addresses(one->addresses, addresses, sizeof addresses);
		fputs(addresses, stdout);
		if (one->description != NULL)
			printf(" (%s)", text_safe_string(safe, sizeof safe, one->description));
		putchar('\n');
	}
	pcap_freealldevs(all);
	return true;
}

static bool
is_usual(const pcap_if_t *one)
{
	for (const pcap_addr_t *a = one->addresses; a != NULL; a = a->next)
		if (a->addr != NULL && (a->addr->sa_family == AF_INET || a->addr->sa_family == AF_INET6))
			return (one->flags & PCAP_IF_LOOPBACK) == 0;
	return false;
}

bool
capture_find_devices(struct capture_device **devices, size_t *count, struct error *error)
{
	char why[PCAP_ERRBUF_SIZE], safe[512], addresses[ADDRESSES_MAX], about[ADDRESSES_MAX + sizeof safe + 16];
	pcap_if_t *all;

	*devices = NULL;
	*count = 0;
	if (pcap_findalldevs(&all, why) != 0)
		return error_set(error, "listing interfaces: %s", text_safe_string(safe, sizeof safe, why));
	for (const pcap_if_t *one = all; one != NULL; one = one->next) {
		struct capture_device *d;

		if ((one->flags & PCAP_IF_UP) == 0)
			continue;
		*devices = memory_resize(*devices, *count + 1, sizeof **devices);
		d = &(*devices)[(*count)++];
		write_addresses(one->addresses, addresses, sizeof addresses);
		text_safe_string(safe, sizeof safe, one->description != NULL ? one->description : "");
		snprintf(about, sizeof about, "%s%s%s%s", addresses[0] != '\0' ? addresses + 1 : "",
		    addresses[0] != '\0' && safe[0] != '\0' ? "  " : "", safe,
		    (one->flags & PCAP_IF_LOOPBACK) != 0 ? _("  loopback") : "");
		d->name = memory_copy_text(one->name);
		d->label = memory_copy_text(text_safe_string(safe, sizeof safe, one->name));
		d->about = memory_copy_text(about);
		d->usual = is_usual(one);
	}
	pcap_freealldevs(all);
	return true;
}

void
capture_free_devices(struct capture_device *devices, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(devices[i].name);
		free(devices[i].label);
		free(devices[i].about);
	}
	free(devices);
}

bool
capture_is_permitted(const struct capture_options *options, struct error *error)
{
	char *name = capture_interface_default(options, error);
	struct capture_interface i = { .name = NULL };
	bool good = name != NULL && capture_interface_open(&i, name, options, error);

	capture_interface_close(&i);
	free(name);
	return good;
}

const char *
capture_library_version(void)
{
	return pcap_lib_version();
}

/*
 * What libpcap itself tells: the interfaces that there are (-D) and its
 * version.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "capture/capture.h"

static void
print_flags(unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *word;
	} words[] = {
		{ PCAP_IF_UP, "up" }, { PCAP_IF_RUNNING, "running" },
		{ PCAP_IF_LOOPBACK, "loopback" }, { PCAP_IF_WIRELESS, "wireless" }
	};
	const char *between = "";

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if ((flags & words[i].flag) != 0) {
			printf("%s%s", between, words[i].word);
			between = ", ";
		}
	if (*between == '\0')
		printf("down");
}

static void
print_addresses(const pcap_addr_t *addresses)
{
	for (const pcap_addr_t *one = addresses; one != NULL; one = one->next) {
		char text[NI_MAXHOST], safe[NI_MAXHOST];
		socklen_t size;

		if (one->addr == NULL || (one->addr->sa_family != AF_INET &&
		    one->addr->sa_family != AF_INET6))
			continue;
		size = one->addr->sa_family == AF_INET ? sizeof(struct sockaddr_in) :
		    sizeof(struct sockaddr_in6);
		if (getnameinfo(one->addr, size, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
			printf(" %s", text_safe_string(safe, sizeof safe, text));
	}
}

bool
capture_list_interfaces(struct error *error)
{
	char why[PCAP_ERRBUF_SIZE], safe[512];
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
		print_addresses(one->addresses);
		if (one->description != NULL)
			printf(" (%s)", text_safe_string(safe, sizeof safe, one->description));
		putchar('\n');
	}
	pcap_freealldevs(all);
	return true;
}

const char *
capture_library_version(void)
{
	return pcap_lib_version();
}

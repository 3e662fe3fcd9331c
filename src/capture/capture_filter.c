/*
 * A capture filter on frames from files: see capture_filter.h.
 */
#include "capture/capture_filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "capture/capture_link.h"

enum { LINK_ETHERNET = 1, SNAPSHOT = 262144 };

struct program {
	int link_type;
	struct bpf_program code;
};

struct capture_filter {
	char *text;
	struct program *programs;
	size_t count, last;	/* last: the one that was used last */
};

struct capture_filter *
capture_filter_new(const char *text, char *why, size_t size)
{
	struct capture_filter *f = memory_new(sizeof *f);

	f->text = memory_copy_text(text);
	/*
	 * What can't be parsed is wrong for every link type.  Other complaints
	 * may be about Ethernet only, so they wait for the file's link type.
	 */
	if (!capture_filter_prepare(f, LINK_ETHERNET, why, size) &&
	    strstr(why, "syntax error") != NULL) {
		capture_filter_free(f);
		return NULL;
	}
	return f;
}

void
capture_filter_free(struct capture_filter *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->count; i++)
		pcap_freecode(&f->programs[i].code);
	free(f->programs);
	free(f->text);
	free(f);
}

bool
capture_filter_prepare(struct capture_filter *f, int link_type, char *why, size_t size)
{
	struct bpf_program code;
	pcap_t *dead;
	bool good;

	if (f->last < f->count && f->programs[f->last].link_type == link_type)
		return true;
	for (size_t i = 0; i < f->count; i++)
		if (f->programs[i].link_type == link_type) {
			f->last = i;
			return true;
		}
	dead = pcap_open_dead(capture_link_to_dlt(link_type), SNAPSHOT);
	if (dead == NULL)
		die("out of memory (libpcap)");
	good = pcap_compile(dead, &code, f->text, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (good) {
		f->programs = memory_resize(f->programs, f->count + 1, sizeof *f->programs);
		f->programs[f->count] = (struct program){ link_type, code };
		f->last = f->count++;
	} else
		text_safe_string(why, size, pcap_geterr(dead));	/* it may quote the filter */
	pcap_close(dead);
	return good;
}

bool
capture_filter_match(struct capture_filter *f, int link_type, const struct pcap_pkthdr *header,
    const u_char *bytes)
{
	if (f->last >= f->count || f->programs[f->last].link_type != link_type)
		return true;
	return pcap_offline_filter(&f->programs[f->last].code, header, bytes) != 0;
}

/*
 * LINKTYPE_ and DLT_ numbers, one table.  Most are equal; see capture_link.h.
 * Source: tcpdump.org's registry of link-layer header types, pcap/dlt.h.
 */
#include "capture/capture_link.h"

#include <pcap.h>
#include <stddef.h>

static const struct {
	int link_type, dlt;
} differing[] = {
	{ 50, DLT_PPP_SERIAL },
	{ 100, DLT_ATM_RFC1483 },
	{ 101, DLT_RAW },
	{ 102, DLT_SLIP_BSDOS },
	{ 103, DLT_PPP_BSDOS },
	{ 104, DLT_C_HDLC },
	{ 106, DLT_ATM_CLIP },
	{ 108, DLT_LOOP },
	{ 109, DLT_ENC },
#ifdef DLT_PKTAP
	{ 258, DLT_PKTAP },
#endif
};

/* Numbers that programs wrote into files before the registry was kept apart from DLT_. */
static const struct {
	uint32_t stored;
	int link_type;
} habits[] = {
	{ 11, 100 },	/* RFC 1483 ATM */
	{ 12, 101 },	/* raw IP: Linux, FreeBSD */
	{ 14, 101 },	/* raw IP: OpenBSD */
	{ 19, 106 },	/* Linux classical IP over ATM */
};

int
capture_link_clean(uint32_t stored)
{
	for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++)
		if (habits[i].stored == stored)
			return habits[i].link_type;
	return (int)stored;
}

int
capture_link_of_dlt(int dlt)
{
	for (size_t i = 0; i < sizeof differing / sizeof differing[0]; i++)
		if (differing[i].dlt == dlt)
			return differing[i].link_type;
	return dlt;
}

int
capture_link_to_dlt(int link_type)
{
	for (size_t i = 0; i < sizeof differing / sizeof differing[0]; i++)
		if (differing[i].link_type == link_type)
			return differing[i].dlt;
	return link_type;
}

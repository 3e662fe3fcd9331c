/*
 * One interface that is captured on: libpcap's handle, opened, asked for the
 * next frame, and opened again when the interface was gone and came back.
 * For capture_*.c only, since it shows libpcap's types.
 */
#ifndef TCPLADDER_CAPTURE_CAPTURE_INTERFACE_H
#define TCPLADDER_CAPTURE_CAPTURE_INTERFACE_H

#include <pcap.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "capture/capture.h"

enum { INTERFACE_BLOCK_MS = 50 };	/* the kernel hands over what it has so often at least */

struct capture_interface {
	pcap_t *pcap;			/* NULL: it is gone */
	char *name;
	int link_type;			/* as in savefiles */
	uint64_t unit;			/* nanoseconds in the time stamps' fraction */
	bool ready;			/* header and bytes are of its next frame */
	bool empty;			/* it had none when it was asked last */
	struct pcap_pkthdr *header;
	const u_char *bytes;
	uint32_t drops, interface_drops;	/* as counted last: libpcap's counters have 32 bits */
};

/* false: *error says why, and what to do. Fills all of *i. */
bool capture_interface_open(struct capture_interface *i, const char *name,
    const struct capture_options *options, struct error *error);
void capture_interface_close(struct capture_interface *i);

/* Opens one that is gone again; false: it isn't back. */
bool capture_interface_reopen(struct capture_interface *i, const struct capture_options *options);

/* Another capture filter from now on; one that capture_filter.h has found to be right. */
bool capture_interface_refilter(struct capture_interface *i, const char *text, struct error *error);

/* Asks for the next frame, without waiting. 1: it is ready; 0: none is there; -1: it is broken. */
int capture_interface_ask(struct capture_interface *i);

/* What was dropped since this was asked last. */
void capture_interface_drops(struct capture_interface *i, uint64_t *kernel, uint64_t *interface);

/* When the frame that is ready was captured, in ns since the epoch. */
uint64_t capture_interface_time(const struct capture_interface *i);

/* The name of the first interface that is up, has an address and isn't the loopback; to be freed. */
char *capture_interface_default(const struct capture_options *options, struct error *error);

#endif

/*
 * Connections as a savefile: their frames in capture order, byte for byte as
 * they were captured, with nanoseconds, lengths on the wire and link type.
 * Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng; written by hand,
 * since libpcap writes no pcapng.
 */
#ifndef TCPLADDER_CAPTURE_CAPTURE_WRITE_H
#define TCPLADDER_CAPTURE_CAPTURE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "capture/session.h"

enum capture_write_format { CAPTURE_WRITE_PCAP, CAPTURE_WRITE_PCAPNG };

struct capture_write_count {
	uint32_t frames;	/* written */
	uint32_t gone;		/* left out: their bytes aren't kept any more */
	/* written, but only the fragment that completes a segment: the others aren't remembered */
	uint32_t fragments;
};

/*
 * Writes what the first `rows` rows of the frame store have of these flows,
 * ICMP errors about them too; doesn't flush.  false: *error says why: nothing
 * there to be written, no space, or something that a pcap file can't hold (a
 * second link type, a time after 2106).
 */
bool capture_write(struct session *session, const uint32_t *flows, size_t count, uint32_t rows,
    enum capture_write_format format, FILE *out, struct capture_write_count *done,
    struct error *error);

#endif

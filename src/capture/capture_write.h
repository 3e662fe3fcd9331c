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

/* One frame after the other; doesn't flush.  Borrows session and out. */
struct capture_writer;
struct capture_writer *capture_writer_new(struct session *session,
    enum capture_write_format format, FILE *out);
void capture_writer_free(struct capture_writer *w);

/*
 * false: *error says why: no space, or something that a pcap file can't hold (a second link
 * type, a time after 2106).  A frame whose bytes aren't kept any more is counted as gone.
 */
bool capture_writer_add(struct capture_writer *w, const struct frame *frame, struct error *error);

/* At the end. false: there was nothing to be written. */
bool capture_writer_check(const struct capture_writer *w, struct error *error);
const struct capture_write_count *capture_writer_count(const struct capture_writer *w);

/*
 * Writes what the first `rows` rows of the frame store have of these flows,
 * ICMP errors about them too.  As above.
 */
bool capture_write(struct session *session, const uint32_t *flows, size_t count, uint32_t rows,
    enum capture_write_format format, FILE *out, struct capture_write_count *done,
    struct error *error);

#endif

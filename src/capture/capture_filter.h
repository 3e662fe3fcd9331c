/*
 * A capture filter (pcap-filter(7)) applied to frames read from files.  A
 * file may hold several link types; the filter is compiled for each that
 * turns up.  For capture_*.c only: includes pcap.h.
 */
#ifndef TCPLADDER_CAPTURE_CAPTURE_FILTER_H
#define TCPLADDER_CAPTURE_CAPTURE_FILTER_H

#include <pcap.h>
#include <stdbool.h>
#include <stddef.h>

struct capture_filter;

/* NULL: the text is wrong whatever the link type; *why (of `size` bytes) says how. */
struct capture_filter *capture_filter_new(const char *text, char *why, size_t size);
void capture_filter_free(struct capture_filter *f);

/*
 * Compiles it for frames of this link type, unless that was done. false: it
 * can't be; *why says so.
 */
bool capture_filter_prepare(struct capture_filter *f, int link_type, char *why, size_t size);

/* Whether the frame passes; link_type was prepared. */
bool capture_filter_match(struct capture_filter *f, int link_type, const struct pcap_pkthdr *header,
    const u_char *bytes);

#endif

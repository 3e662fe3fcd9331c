/*
 * From a captured frame's bytes to the innermost TCP segment, or the reason
 * why there is none.  Pure: no allocation, no state but the table of
 * fragments, never a cast of packet bytes to a struct, no length trusted.
 */
#ifndef TCPLADDER_PACKET_DECODE_H
#define TCPLADDER_PACKET_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "packet/segment.h"

/* Why a frame has no segment.  The table of names is in decode.c. */
enum decode_result {
	DECODE_SEGMENT,		/* there is one */
	DECODE_QUOTE,		/* an ICMP error that quotes a TCP header */
	DECODE_FRAGMENT,	/* a fragment that doesn't complete its packet */
	DECODE_OTHER_NETWORK,	/* not IP: ARP, LLC, 802.11 control... */
	DECODE_OTHER_TRANSPORT,	/* IP, but not TCP */
	/* from here on: trouble, to be counted, remembered and shown */
	DECODE_UNKNOWN_LINK,	/* a link type that we don't know */
	DECODE_LINK_CUT,	/* link header cut short or contradictory */
	DECODE_IP_CUT,
	DECODE_IP_BAD,
	DECODE_TCP_CUT,		/* captured bytes end inside the 20 that every TCP header has */
	DECODE_TCP_BAD,		/* header length contradicts itself or the IP length */
	DECODE_ENCRYPTED,	/* ESP, WEP and the like */
	DECODE_COMPRESSED,	/* IPComp */
	DECODE_TOO_DEEP,	/* more nested headers than any honest packet has */
	DECODE_RESULTS
};

/* Whether the result is trouble. */
static inline int
decode_is_trouble(enum decode_result r)
{
	return r >= DECODE_UNKNOWN_LINK;
}

/* "TCP header cut short": plain words for people, "tcp-cut": for machines. */
const char *decode_result_text(enum decode_result r);
const char *decode_result_name(enum decode_result r);

struct fragments;		/* reassembly, bounded in memory and time */
struct fragments *fragments_new(void);
void fragments_free(struct fragments *f);

struct raw_frame {
	const uint8_t *bytes;
	uint32_t captured;	/* bytes that there are */
	uint32_t length;	/* bytes that were on the wire */
	uint64_t time;		/* nanoseconds since the epoch */
	uint32_t number;	/* from 1 */
	uint32_t interface;	/* index in its file or capture, part of the sighting */
	int link_type;		/* LINKTYPE_ value (tcpdump.org's registry), not libpcap's DLT_ */
};

/*
 * Fills *out completely (but hash and locator) on DECODE_SEGMENT and DECODE_QUOTE; otherwise
 * *out is undefined.  A segment that came in fragments is returned with the
 * fragment that completes it.  f may be NULL: then fragments are never put
 * together.  A header whose options alone were cut by the snapshot length is a
 * segment with SEGMENT_OPTIONS_BAD.  Source: RFC 791, 8200, 9293 and those named in link.c, ip.c.
 */
enum decode_result decode_frame(const struct raw_frame *frame, struct fragments *f, struct segment *out);

/*
 * The bytes of the innermost TCP header, options and all, inside
 * frame->bytes, less what the snapshot length cut off its options; NULL where
 * decode_frame() finds none there (quotes and fragments included).  For who
 * writes the options down as they stand.
 */
const uint8_t *decode_tcp_header(const struct raw_frame *frame, size_t *size);

/*
 * For people who look at a packet: the same walk, but telling each field.
 * Called for each header in turn and for each field in it; offset and size
 * are in bytes of the frame.  What couldn't be decoded is told as payload; the
 * result says why.
 */
struct field_visitor {
	/* level 0: a header ("Ethernet II", "IPv4", "TCP", "payload"), 1: a field, 2: a part of it */
	void (*field)(void *context, int level, int offset, int size, const char *name, const char *value);
	void *context;
};
enum decode_result decode_explain(const struct raw_frame *frame, const struct field_visitor *visitor);

#endif

/*
 * One TCP segment as seen on the wire.  This is what the reader thread hands
 * over for every TCP frame; it holds no pointers, so that batches of it can
 * cross threads, and it is two cache lines long.
 */
#ifndef TCPLADDER_PACKET_SEGMENT_H
#define TCPLADDER_PACKET_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Header flags, RFC 9293 section 3.1; AE is RFC 9768's. */
enum tcp_flag {
	TCP_FIN = 0x001,
	TCP_SYN = 0x002,
	TCP_RST = 0x004,
	TCP_PSH = 0x008,
	TCP_ACK = 0x010,
	TCP_URG = 0x020,
	TCP_ECE = 0x040,
	TCP_CWR = 0x080,
	TCP_AE  = 0x100
};
#define TCP_FLAGS_ALL 0x1ffu

enum segment_trait {
	SEGMENT_TIMESTAMP      = 0x0001,	/* tsval and tsecr are set */
	SEGMENT_SACK_PERMITTED = 0x0002,
	SEGMENT_FRAGMENT       = 0x0004,	/* put together from IP fragments */
	SEGMENT_ICMP_QUOTE     = 0x0008,	/* quoted by an ICMP error: see below */
	SEGMENT_FAST_OPEN      = 0x0010,	/* carries a Fast Open option (RFC 7413), 34 or experimental */
	SEGMENT_MPTCP          = 0x0020,	/* carries an MPTCP option (RFC 8684) */
	SEGMENT_MSS            = 0x0040,	/* mss is set */
	SEGMENT_CUT            = 0x0080,	/* payload longer than what was captured */
	SEGMENT_OPTIONS_BAD    = 0x0100,	/* an option contradicts itself or was cut; those before it count */
	SEGMENT_CHECKSUM_BAD   = 0x0200,	/* reserved: never set by default, offload makes it meaningless */
	SEGMENT_INNER          = 0x0400,	/* inside a tunnel */
	SEGMENT_AUTH           = 0x0800		/* TCP MD5 (RFC 2385) or TCP-AO (RFC 5925) */
};

enum { SEGMENT_IPV4 = 4, SEGMENT_IPV6 = 6 };
enum { SEGMENT_NO_SCALE = 0xff, SEGMENT_SACK_MAX = 3 };
#define SEGMENT_HEADER_MAX 63u

struct sack_block {
	uint32_t left, right;		/* absolute; right is the first number not included */
};

struct segment {
	uint64_t time;			/* nanoseconds since the epoch, from the capture */
	uint64_t hash;			/* keyed hash of the 4-tuple, the same for both directions; set by the reader */
	uint64_t locator;		/* where the frame's bytes are: opaque, see capture/byte_source.h */
	uint8_t source[16], target[16];	/* network order; IPv4 in the first 4 bytes, the rest zero */
	uint16_t source_port, target_port;	/* host order, like all that follows */
	uint32_t frame;			/* number in the capture, from 1, all frames counted */
	uint32_t seq, ack;		/* absolute; ack is 0 without the ACK flag */
	uint32_t length;		/* payload bytes on the wire, not the captured ones */
	uint16_t window;		/* as sent, not scaled */
	uint16_t flags;			/* enum tcp_flag */
	uint32_t tsval, tsecr;
	struct sack_block sack[SEGMENT_SACK_MAX];
	uint16_t mss;
	uint16_t ip_id;			/* IPv4's identification; 0 for IPv6 without fragment header */
	union {
		uint16_t checksum;	/* the TCP checksum field as sent */
		uint16_t quoted_size;	/* of a SEGMENT_ICMP_QUOTE: see below */
	};
	uint8_t ttl;			/* of the innermost IP header */
	uint8_t family;			/* SEGMENT_IPV4, SEGMENT_IPV6 */
	uint8_t scale;			/* window scale option's shift (as sent), or SEGMENT_NO_SCALE */
	uint8_t sack_count : 2;		/* blocks in sack[]; a fourth is left out */
	uint8_t header : 6;		/* of IP and TCP in words of 4 bytes; SEGMENT_HEADER_MAX: that or more */
	uint16_t traits;		/* enum segment_trait */
	uint32_t sighting;		/* hash of where it was seen: interface, VLANs, tunnel ids, outer addresses */
};

/*
 * For a SEGMENT_ICMP_QUOTE: addresses, ports, seq are those of the quoted
 * header (source is who had sent the quoted segment); ack and flags are
 * quoted too where the quote is long enough, else 0; length is 0;
 * window is ICMP type << 8 | code; mss is the next-hop MTU (0: none told);
 * quoted_size is how long the quoted packet was, IP header and all (0: not
 * told); family tells ICMP from ICMPv6.
 */
static inline bool
segment_same_address(const uint8_t *a, const uint8_t *b)
{
	uint64_t words[4];

	memcpy(&words[0], a, 16);
	memcpy(&words[2], b, 16);
	return ((words[0] ^ words[2]) | (words[1] ^ words[3])) == 0;
}

_Static_assert(sizeof(struct segment) == 128, "a segment is two cache lines");

#endif

/*
 * A frame written anew from its segment: an IP header, a TCP header with the
 * options that say how TCP works, or an ICMP error that quotes them.  Of
 * other options only kind and length stay.  Nothing is copied that isn't
 * named here.
 */
#include "capture/redact.h"

#include <string.h>

#include "base/memory.h"
#include "packet/bytes.h"

enum {
	LINK_RAW = 101, V4_SIZE = 20, V6_SIZE = 40, ICMP_SIZE = 8, TCP_SIZE = 20, TCP_SIZE_MAX = 60,
	QUOTE_SHORT = 8, LENGTH_MAX = 65535, HOPS = 64,
	PROTOCOL_TCP = 6, PROTOCOL_ICMP = 1, PROTOCOL_ICMPV6 = 58
};

static void
put16(uint8_t *p, uint32_t n)
{
	p[0] = (uint8_t)(n >> 8);
	p[1] = (uint8_t)n;
}

static void
put32(uint8_t *p, uint32_t n)
{
	put16(p, n >> 16);
	put16(p + 2, n);
}

/* ---- checksums (RFC 1071) */

static uint32_t
sum_of(uint32_t sum, const uint8_t *p, size_t size)
{
	for (size_t i = 0; i + 1 < size; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	return sum;
}

static uint32_t
folded(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

/* Of what an IP header with these addresses carries; `length` counts what isn't there, too. */
static uint32_t
checksum(const struct segment *s, uint8_t family, uint32_t protocol, const uint8_t *p, size_t size,
    uint32_t length)
{
	size_t bytes = family == SEGMENT_IPV4 ? 4 : 16;
	uint32_t sum = sum_of(protocol, s->source, bytes);

	sum = sum_of(sum, s->target, bytes);
	sum += (length >> 16) + (length & 0xffff);
	return folded(sum_of(sum, p, size));
}

/* ---- headers */

/* Returns its size. `more` is what it says that follows. */
static uint32_t
put_ip(uint8_t *p, const struct segment *s, uint8_t family, uint32_t protocol, uint32_t more)
{
	uint8_t hops = s->ttl != 0 ? s->ttl : HOPS;

	if (family == SEGMENT_IPV4) {
		memset(p, 0, V4_SIZE);
		p[0] = 0x45;
		/* What offload has made too large for the field, it leaves at 0. */
		put16(p + 2, more + V4_SIZE <= LENGTH_MAX ? more + V4_SIZE : 0);
		put16(p + 4, s->ip_id);
		p[8] = hops;
		p[9] = (uint8_t)protocol;
		memcpy(p + 12, s->source, 4);
		memcpy(p + 16, s->target, 4);
		put16(p + 10, folded(sum_of(0, p, V4_SIZE)));
		return V4_SIZE;
	}
	memset(p, 0, V6_SIZE);
	p[0] = 0x60;
	put16(p + 4, more <= LENGTH_MAX ? more : 0);
	p[6] = (uint8_t)protocol;
	p[7] = hops;
	memcpy(p + 8, s->source, 16);
	memcpy(p + 24, s->target, 16);
	return V6_SIZE;
}

/*
 * Of Multipath TCP's options (RFC 8684, section 3), by kind: flags and numbers stay, but neither
 * keys, tokens, random numbers and proofs, nor addresses, nor checksums of payload.
 */
static size_t
kept_of_multipath(const uint8_t *option, size_t size)
{
	enum { CAPABLE, JOIN, DSS, ADD_ADDRESS, REMOVE_ADDRESS, PRIORITY, FAIL, FAST_CLOSE, RESET };
	uint32_t flags = size >= 2 ? option[3] : 0;

	switch (size > 0 ? option[2] >> 4 : -1) {
	case CAPABLE:
	case JOIN:
	case ADD_ADDRESS:
	case FAST_CLOSE:
		return 2;
	case DSS:
		return 2u + (flags & 1 ? flags & 2 ? 8 : 4 : 0)
		    + (flags & 4 ? flags & 8 ? 14 : 10 : 0);
	case REMOVE_ADDRESS:	/* numbers of addresses */
		return size;
	case PRIORITY:
		return size <= 2 ? size : 1;
	case RESET:
		return size == 2 ? 2 : 1;
	case FAIL:
		return size == 10 ? 10 : 1;
	default:
		return 1;
	}
}

/* How many bytes of an option's content stay. Of another length than it should have it tells nothing about TCP. */
static size_t
kept_of(const uint8_t *option, size_t size)
{
	enum { MSS = 2, SCALE = 3, SACK = 5, TIMESTAMP = 8, TIME_OUT = 28, MULTIPATH = 30,
	    EXPERIMENT = 253, EXPERIMENT_2 = 254 };

	switch (option[0]) {
	case MSS:
	case TIME_OUT:
		return size == 2 ? 2 : 0;
	case SCALE:
		return size == 1 ? 1 : 0;
	case SACK:
		return size % 8 == 0 ? size : 0;
	case TIMESTAMP:
		return size == 8 ? 8 : 0;
	case MULTIPATH:
		return kept_of_multipath(option, size);
	case EXPERIMENT:	/* whose */
	case EXPERIMENT_2:
		return 2;
	default:
		return 0;
	}
}

static void
clean_options(uint8_t *p, size_t size)
{
	size_t at = 0;

	while (at + 1 < size && p[at] != 0) {
		size_t length = p[at] == 1 ? 1 : p[at + 1];

		if (p[at] != 1 && (length < 2 || at + length > size)) {
			at += 2;	/* contradicts itself, and shall go on doing so */
			break;
		}
		if (p[at] != 1) {
			size_t kept = kept_of(p + at, length - 2);

			if (kept > length - 2)
				kept = length - 2;
			memset(p + at + 2 + kept, 0, length - 2 - kept);
		}
		at += length;
	}
	if (at < size && (at + 1 < size || p[at] != 1))
		memset(p + at, 0, size - at);
}

/* ---- frames */

void
redact_write(const struct segment *s, const struct redact_tcp *tcp, struct raw_frame *raw,
    uint8_t *buffer)
{
	uint32_t length = (uint32_t)tcp->size + s->length, ip = put_ip(buffer, s, s->family,
	    PROTOCOL_TCP, length);
	uint8_t *p = buffer + ip;

	memcpy(p, tcp->bytes, tcp->have);
	put16(p, s->source_port);
	put16(p + 2, s->target_port);
	put16(p + 16, 0);
	if (tcp->have > TCP_SIZE)
		clean_options(p + TCP_SIZE, tcp->have - TCP_SIZE);
	put16(p + 16, checksum(s, s->family, PROTOCOL_TCP, p, tcp->have, length));
	raw->bytes = buffer;
	raw->captured = ip + (uint32_t)tcp->have;
	raw->length = ip + length;
	raw->link_type = LINK_RAW;
}

static void
write_quote(const struct segment *s, uint8_t family, struct raw_frame *raw, uint8_t *buffer)
{
	struct segment outer = *s;
	bool whole = s->flags != 0 || s->ack != 0;
	uint32_t quoted = whole ? TCP_SIZE : QUOTE_SHORT;
	uint32_t inner = family == SEGMENT_IPV4 ? V4_SIZE : V6_SIZE;
	uint32_t more = ICMP_SIZE + inner + quoted;
	bool v4 = s->family == SEGMENT_IPV4;
	uint8_t *icmp, *p;

	/* Who sent the error isn't kept: it stands for the host that it is about. */
	memcpy(outer.source, s->target, sizeof outer.source);
	memcpy(outer.target, s->source, sizeof outer.target);
	outer.ip_id = 0;
	icmp = buffer + put_ip(buffer, &outer, family, v4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6, more);
	memset(icmp, 0, more);
	put16(icmp, s->window);
	if (v4)
		put16(icmp + 6, s->mss);
	else if (s->mss != 0)
		put32(icmp + 4, s->mss);
	p = icmp + ICMP_SIZE + put_ip(icmp + ICMP_SIZE, s, family, PROTOCOL_TCP,
	    s->quoted_size > inner + TCP_SIZE ? s->quoted_size - inner : TCP_SIZE);
	put16(p, s->source_port);
	put16(p + 2, s->target_port);
	put32(p + 4, s->seq);
	if (whole) {
		put32(p + 8, s->ack);
		p[12] = (uint8_t)(TCP_SIZE / 4 << 4 | (s->flags >> 8 & 1));
		p[13] = (uint8_t)s->flags;
		put16(p + 16, checksum(s, family, PROTOCOL_TCP, p, TCP_SIZE, TCP_SIZE));
	}
	put16(icmp + 2, v4 ? folded(sum_of(0, icmp, more))
	    : checksum(&outer, family, PROTOCOL_ICMPV6, icmp, more, more));
	raw->bytes = buffer;
	raw->captured = raw->length = (uint32_t)(icmp - buffer) + more;
	raw->link_type = LINK_RAW;
}

bool
redact_frame(struct redact *r, struct raw_frame *raw, uint8_t *buffer)
{
	struct segment s;
	struct redact_tcp tcp = { .have = 0 };
	enum decode_result result = decode_frame(raw, NULL, &s);
	const uint8_t *header;

	if (result != DECODE_SEGMENT && result != DECODE_QUOTE)
		return false;
	redact_segment(r, &s);
	if (result == DECODE_QUOTE) {
		write_quote(&s, s.family, raw, buffer);
		return true;
	}
	header = decode_tcp_header(raw, &tcp.have);
	if (header == NULL || tcp.have < TCP_SIZE || tcp.have > TCP_SIZE_MAX)
		return false;
	memcpy(tcp.bytes, header, tcp.have);
	tcp.size = (size_t)(tcp.bytes[12] >> 4) * 4;
	redact_write(&s, &tcp, raw, buffer);
	return true;
}

void
redact_record(const struct frame *frame, const struct flow *flow, struct raw_frame *raw,
    uint8_t *buffer)
{
	enum side from = frame_from(frame), to = side_other(from);
	struct segment s = { .family = flow->family, .source_port = flow->port[from],
	    .target_port = flow->port[to], .length = frame->length };
	struct redact_tcp tcp = { .have = TCP_SIZE, .size = TCP_SIZE };

	memcpy(s.source, flow->address[from], sizeof s.source);
	memcpy(s.target, flow->address[to], sizeof s.target);
	put32(tcp.bytes + 4, frame->seq);
	put32(tcp.bytes + 8, frame->ack);
	tcp.bytes[12] = (uint8_t)(TCP_SIZE / 4 << 4 | (frame->flags >> 8 & 1));
	tcp.bytes[13] = (uint8_t)frame->flags;
	put16(tcp.bytes + 14, frame->window);
	redact_write(&s, &tcp, raw, buffer);
}

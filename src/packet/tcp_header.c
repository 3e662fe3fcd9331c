/*
 * The TCP header and its options (RFC 9293 section 3.1 and 3.2, RFC 7323,
 * 2018, 7413, 8684, 2385, 5925): the end of the walk, where the segment is
 * filled in.  Knows nothing of connections; what an option means is told in
 * fields_tcp.c.
 */
#include <string.h>

#include "packet/fields.h"
#include "packet/walk.h"

enum {
	TCP_HEADER_MIN = 20,
	QUOTE_MIN = 8,		/* what RFC 792 promises of the quoted header */

	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	OPTION_SCALE = 3,
	OPTION_SACK_PERMITTED = 4,
	OPTION_SACK = 5,
	OPTION_TIMESTAMP = 8,
	OPTION_MD5 = 19,
	OPTION_AO = 29,
	OPTION_MPTCP = 30,
	OPTION_FAST_OPEN = 34,
	OPTION_EXPERIMENT_1 = 253,
	OPTION_EXPERIMENT_2 = 254,
	EXPERIMENT_FAST_OPEN = 0xf989
};

static void
read_sack(struct segment *s, const uint8_t *p, uint32_t size)
{
	for (uint32_t at = 2; at + 8 <= size && s->sack_count < SEGMENT_SACK_MAX; at += 8) {
		s->sack[s->sack_count].left = bytes_32(p + at);
		s->sack[s->sack_count].right = bytes_32(p + at + 4);
		s->sack_count++;
	}
}

/* One option of `size` bytes, which are there; false when its size isn't one it can have. */
static bool
read_option(struct segment *s, const uint8_t *p, uint32_t size)
{
	switch (p[0]) {
	case OPTION_MSS:
		if (size != 4)
			return false;
		s->mss = bytes_16(p + 2);
		s->traits |= SEGMENT_MSS;
		return true;
	case OPTION_SCALE:
		if (size != 3)
			return false;
		s->scale = p[2];
		return true;
	case OPTION_SACK_PERMITTED:
		s->traits |= SEGMENT_SACK_PERMITTED;
		return size == 2;
	case OPTION_SACK:
		read_sack(s, p, size);
		return size > 2 && (size - 2) % 8 == 0;
	case OPTION_TIMESTAMP:
		if (size != 10)
			return false;
		s->tsval = bytes_32(p + 2);
		s->tsecr = bytes_32(p + 6);
		s->traits |= SEGMENT_TIMESTAMP;
		return true;
	case OPTION_MD5:
		s->traits |= SEGMENT_AUTH;
		return size == 18;
	case OPTION_AO:
		s->traits |= SEGMENT_AUTH;
		return size >= 4;
	case OPTION_MPTCP:
		s->traits |= SEGMENT_MPTCP;
		return size >= 3;
	case OPTION_FAST_OPEN:
		s->traits |= SEGMENT_FAST_OPEN;
		return true;
	case OPTION_EXPERIMENT_1:
	case OPTION_EXPERIMENT_2:
		if (size >= 4 && bytes_16(p + 2) == EXPERIMENT_FAST_OPEN)
			s->traits |= SEGMENT_FAST_OPEN;
		return true;
	default:
		return true;
	}
}

/* `left` bytes of options were captured, of `size`. */
static void
read_options(struct segment *s, const uint8_t *p, uint32_t left, uint32_t size)
{
	/* What nearly every segment of an established connection carries. */
	if (left == 12 && size == 12 && bytes_32(p) == 0x0101080a) {
		s->tsval = bytes_32(p + 4);
		s->tsecr = bytes_32(p + 8);
		s->traits |= SEGMENT_TIMESTAMP;
		return;
	}
	while (left > 0 && p[0] != OPTION_END) {
		uint32_t step = 1;

		if (p[0] != OPTION_NOP) {
			if (left < 2 || p[1] < 2 || p[1] > left) {
				s->traits |= SEGMENT_OPTIONS_BAD;
				return;
			}
			step = p[1];
			if (!read_option(s, p, step))
				s->traits |= SEGMENT_OPTIONS_BAD;
		}
		p += step;
		left -= step;
		size -= step;
	}
	if (left == 0 && size > 0)
		s->traits |= SEGMENT_OPTIONS_BAD;
}

/*
 * Everything that most segments don't have.  Each field is written once, by
 * itself: a block of 128 bytes zeroed first costs as much as the whole walk.
 */
static inline void
begin_segment(const struct walk *w, struct segment *s, const uint8_t *p)
{
	s->time = w->frame->time;
	s->frame = w->frame->number;
	if (w->family == SEGMENT_IPV4) {
		memcpy(s->source, w->source, 4);
		memset(s->source + 4, 0, 12);
		memcpy(s->target, w->target, 4);
		memset(s->target + 4, 0, 12);
	} else {
		memcpy(s->source, w->source, 16);
		memcpy(s->target, w->target, 16);
	}
	s->source_port = bytes_16(p);
	s->target_port = bytes_16(p + 2);
	s->seq = bytes_32(p + 4);
	s->ack = 0;
	s->length = 0;
	s->window = 0;
	s->flags = 0;
	s->tsval = 0;
	s->tsecr = 0;
	memset(s->sack, 0, sizeof s->sack);
	s->mss = 0;
	s->ip_id = w->ip_id;
	s->checksum = 0;
	s->ttl = w->ttl;
	s->family = w->family;
	s->scale = SEGMENT_NO_SCALE;
	s->sack_count = 0;
	s->header = 0;
	s->traits = w->traits;
	s->sighting = w->sighting;
}

static inline unsigned
header_words(uint32_t bytes)
{
	return bytes / 4 < SEGMENT_HEADER_MAX ? bytes / 4 : SEGMENT_HEADER_MAX;
}

static inline void
read_flags(struct segment *s, const uint8_t *p)
{
	s->flags = (uint16_t)((p[12] & 1) << 8 | p[13]);
	s->ack = (s->flags & TCP_ACK) != 0 ? bytes_32(p + 8) : 0;
}

/* The beginning of a header inside an ICMP error. */
static enum layer
quoted_header(struct walk *w)
{
	const uint8_t *p = w->left.at;
	struct segment *s = w->out;

	if (!bytes_have(&w->left, QUOTE_MIN))
		return walk_end(w, w->left.length < QUOTE_MIN ?
		    DECODE_OTHER_TRANSPORT : DECODE_TCP_CUT);
	begin_segment(w, s, p);
	if (bytes_have(&w->left, 14))
		read_flags(s, p);
	s->family = w->icmp_family == SEGMENT_IPV4 ? SEGMENT_IPV4 : SEGMENT_IPV6;
	s->window = w->icmp;
	s->mss = w->icmp_mtu;
	s->quoted_size = w->packet_size;
	if (w->visitor != NULL)
		fields_tcp_quote(w);
	return walk_end(w, DECODE_QUOTE);
}

enum layer
tcp_header(struct walk *w)
{
	const uint8_t *p = w->left.at;
	struct segment *s = w->out;
	uint32_t size, there;

	if (w->traits & SEGMENT_ICMP_QUOTE)
		return quoted_header(w);
	if (!bytes_have(&w->left, TCP_HEADER_MIN))
		return walk_end(w, w->left.length < TCP_HEADER_MIN ?
		    DECODE_TCP_BAD : DECODE_TCP_CUT);
	size = (uint32_t)(p[12] >> 4) * 4;
	if (size < TCP_HEADER_MIN || size > w->left.length)
		return walk_end(w, DECODE_TCP_BAD);
	/* A snapshot that ends among the options leaves all that a segment must have. */
	there = bytes_have(&w->left, size) ? size : w->left.have;

	begin_segment(w, s, p);
	read_flags(s, p);
	s->window = bytes_16(p + 14);
	s->checksum = bytes_16(p + 16);
	s->length = w->left.length - size;
	s->header = header_words(w->ip_header + size) & SEGMENT_HEADER_MAX;
	if (w->left.have < w->left.length && s->length > 0 && !w->whole)
		s->traits |= SEGMENT_CUT;
	if (size > TCP_HEADER_MIN)
		read_options(s, p + TCP_HEADER_MIN, there - TCP_HEADER_MIN, size - TCP_HEADER_MIN);
	if (w->visitor != NULL)
		fields_tcp(w, size);
	return walk_end(w, DECODE_SEGMENT);
}

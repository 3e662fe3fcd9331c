/*
 * IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200, 2675, 4302):
 * how long the packet really is, whether it is a fragment, and which protocol
 * follows.  Nested headers are told apart by walk.family, which is 0 before
 * the first.  ICMP errors lead to the packet that they quote.  Knows nothing
 * of what carries IP, and of what IP carries only the numbers.
 */
#include "packet/fields.h"
#include "packet/fragments.h"
#include "packet/walk.h"

enum {
	V4_SIZE = 20,
	V6_SIZE = 40,
	V4_MORE_FRAGMENTS = 0x2000,
	V4_FRAGMENT_OFFSET = 0x1fff,

	PROTOCOL_HOP_BY_HOP = 0,
	PROTOCOL_ICMP = 1,
	PROTOCOL_IPV4 = 4,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_IPV6 = 41,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_GRE = 47,
	PROTOCOL_ESP = 50,
	PROTOCOL_AH = 51,
	PROTOCOL_ICMPV6 = 58,
	PROTOCOL_DESTINATION = 60,
	PROTOCOL_IPIP = 94,
	PROTOCOL_ETHER_IP = 97,
	PROTOCOL_IPCOMP = 108,
	PROTOCOL_L2TP_3 = 115,
	PROTOCOL_MOBILITY = 135,
	PROTOCOL_MPLS = 137,
	PROTOCOL_HIP = 139,
	PROTOCOL_SHIM6 = 140,
	PROTOCOL_ETHERNET = 143,

	OPTION_PAD = 0,
	OPTION_JUMBO = 0xc2,
	OPTION_HOME = 0xc9,
	ICMP_SIZE = 8
};

/* An IP header inside another: what has been read so far was a tunnel's. */
static void
enter_tunnel(struct walk *w)
{
	uint32_t size = w->family == SEGMENT_IPV4 ? 4 : 16;

	for (uint32_t i = 0; i < size; i += 4) {
		walk_mix(w, bytes_32(w->source + i));
		walk_mix(w, bytes_32(w->target + i));
	}
	w->traits |= SEGMENT_INNER;
}

static inline enum layer
next_layer(struct walk *w, uint32_t protocol)
{
	return protocol == PROTOCOL_TCP ? LAYER_TCP : walk_select(w, LAYER_IP_PROTOCOL, protocol);
}

/* A fragment whose bytes are left; protocol is what follows the headers that all fragments have. */
static enum layer
fragment(struct walk *w, uint32_t id, uint32_t offset, bool more, uint32_t protocol)
{
	struct fragment x = {
		.time = w->frame->time,
		.frame = w->frame->number,
		.sighting = w->sighting,
		.id = id,
		.source = w->source,
		.target = w->target,
		.family = w->family,
		.protocol = (uint8_t)protocol,
		.more = more,
		.cut = (w->left.have < w->left.length && !w->whole) ||
		    (w->traits & SEGMENT_CUT) != 0,
		.offset = offset,
		.data = w->left,
	};
	struct whole_packet whole;

	if (w->traits & SEGMENT_ICMP_QUOTE)
		return offset == 0 ? next_layer(w, protocol) : walk_end(w, DECODE_OTHER_TRANSPORT);
	if (w->visitor != NULL)
		fields_fragment(w, offset);
	if (w->fragments == NULL)
		return walk_end(w, DECODE_FRAGMENT);
	switch (fragments_add(w->fragments, &x, &whole)) {
	case FRAGMENTS_WAITING:
		return walk_end(w, DECODE_FRAGMENT);
	case FRAGMENTS_BAD:
		return walk_end(w, DECODE_IP_BAD);
	case FRAGMENTS_COMPLETE:
		break;
	}
	w->left = whole.data;
	w->whole = true;
	w->traits |= SEGMENT_FRAGMENT;
	if (whole.cut)
		w->traits |= SEGMENT_CUT;
	return next_layer(w, whole.protocol);
}

enum layer
ip_v4(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t header, total, flags;

	if (!bytes_have(&w->left, V4_SIZE))
		return walk_end(w, w->left.length < V4_SIZE ? DECODE_IP_BAD : DECODE_IP_CUT);
	if (p[0] >> 4 == 6)		/* announced by a type that means either */
		return LAYER_IPV6;
	header = (uint32_t)(p[0] & 15) * 4;
	if (p[0] >> 4 != 4 || header < V4_SIZE)
		return walk_end(w, DECODE_IP_BAD);
	/* Segmentation offload leaves 0 here, and BIG TCP has no other way. */
	total = bytes_16(p + 2);
	if (total == 0)
		total = w->left.length;
	if (total < header)
		return walk_end(w, DECODE_IP_BAD);
	if (!bytes_have(&w->left, header))
		return walk_end(w, DECODE_IP_CUT);

	if (w->family != 0)
		enter_tunnel(w);
	w->family = SEGMENT_IPV4;
	w->source = p + 12;
	w->target = p + 16;
	w->ip_header = (uint16_t)header;
	w->ip_id = bytes_16(p + 4);
	w->ttl = p[8];
	w->packet_size = bytes_16(p + 2);
	bytes_limit(&w->left, total);
	if (w->visitor != NULL)
		fields_ipv4(w, header);
	bytes_skip(&w->left, header);

	flags = bytes_16(p + 6);
	if (flags & (V4_MORE_FRAGMENTS | V4_FRAGMENT_OFFSET))
		return fragment(w, w->ip_id, (flags & V4_FRAGMENT_OFFSET) * 8,
		    (flags & V4_MORE_FRAGMENTS) != 0, p[9]);
	return next_layer(w, p[9]);
}

/* After a payload length of 0, a jumbogram's length stands in a hop-by-hop option. */
static void
limit_jumbo(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size, at;

	if (!bytes_have(&w->left, 8))
		return;
	size = ((uint32_t)p[1] + 1) * 8;
	if (!bytes_have(&w->left, size))
		return;
	for (at = 2; at + 2 <= size; at += p[at] == OPTION_PAD ? 1 : 2u + p[at + 1])
		if (p[at] == OPTION_JUMBO && p[at + 1] == 4 && at + 6 <= size) {
			bytes_limit(&w->left, bytes_32(p + at + 2));
			return;
		}
}

enum layer
ip_v6(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t payload;

	if (!bytes_have(&w->left, V6_SIZE))
		return walk_end(w, w->left.length < V6_SIZE ? DECODE_IP_BAD : DECODE_IP_CUT);
	if (p[0] >> 4 != 6)
		return walk_end(w, DECODE_IP_BAD);
	if (w->family != 0)
		enter_tunnel(w);
	w->family = SEGMENT_IPV6;
	w->source = p + 8;
	w->target = p + 24;
	w->ip_header = V6_SIZE;
	w->ip_id = 0;
	w->ttl = p[7];
	payload = bytes_16(p + 4);
	w->packet_size = payload != 0 && payload <= 0xffff - V6_SIZE ? (uint16_t)(V6_SIZE + payload) : 0;
	if (payload != 0)
		bytes_limit(&w->left, V6_SIZE + payload);
	walk_tell(w, &fields_ipv6, V6_SIZE);
	bytes_skip(&w->left, V6_SIZE);
	/* 0 without the option: segmentation offload, as with IPv4. */
	if (payload == 0 && p[6] == PROTOCOL_HOP_BY_HOP)
		limit_jumbo(w);
	return next_layer(w, p[6]);
}

static enum layer
v6_fragment(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t flags, id;

	if (!bytes_have(&w->left, 8))
		return walk_end(w, DECODE_IP_CUT);
	walk_tell(w, &fields_ipv6_fragment, 8);
	flags = bytes_16(p + 2);
	id = bytes_32(p + 4);
	w->ip_id = (uint16_t)id;
	bytes_skip(&w->left, 8);
	w->ip_header = (uint16_t)(w->ip_header + 8);
	if ((flags & 0xfff9) == 0)	/* an atomic fragment, RFC 6946 */
		return next_layer(w, p[0]);
	return fragment(w, id, flags & 0xfff8, (flags & 1) != 0, p[0]);
}

/*
 * On its way the packet is addressed to the next hop of a source route; the
 * connection's end is the last one (RFC 8200, 8.1: TCP's checksum says so too).
 */
static void
route_target(struct walk *w, const uint8_t *p, uint32_t size)
{
	enum { SOURCE_ROUTE = 0, MOBILE = 2, SEGMENTS = 4 };

	if (p[3] == 0 || size < 24)	/* it has arrived there */
		return;
	if (p[2] == SEGMENTS)		/* RFC 8754: the last one stands first */
		w->target = p + 8;
	else if (p[2] == SOURCE_ROUTE || p[2] == MOBILE)
		w->target = p + 8 + (size - 24) / 16 * 16;
}

/* A mobile node's packets come from where it is; its connection's end is its home (RFC 6275). */
static void
home_source(struct walk *w, const uint8_t *p, uint32_t size)
{
	uint32_t step;

	for (uint32_t at = 2; at + 2 <= size; at += step) {
		step = p[at] == OPTION_PAD ? 1 : 2u + p[at + 1];
		if (p[at] == OPTION_HOME && p[at + 1] == 16 && at + 18 <= size)
			w->source = p + at + 2;
	}
}

/* A header with the next protocol, its own size as `unit` times (size field + extra), and data. */
static enum layer
extension(struct walk *w, uint32_t unit, uint32_t extra, const struct header_spec *spec)
{
	const uint8_t *p = w->left.at;
	uint32_t size;

	if (!bytes_have(&w->left, 8))
		return walk_end(w, DECODE_IP_CUT);
	size = ((uint32_t)p[1] + extra) * unit;
	if (size > w->left.length)
		return walk_end(w, DECODE_IP_BAD);
	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_IP_CUT);
	walk_tell(w, spec, size);
	if (w->selector == PROTOCOL_ROUTING)
		route_target(w, p, size);
	if (w->selector == PROTOCOL_DESTINATION)
		home_source(w, p, size);
	bytes_skip(&w->left, size);
	w->ip_header = (uint16_t)(w->ip_header + size);
	return next_layer(w, p[0]);
}

enum layer
ip_protocol(struct walk *w)
{
	switch (w->selector) {
	case PROTOCOL_TCP:
		return LAYER_TCP;
	case PROTOCOL_UDP:
		return LAYER_UDP;
	case PROTOCOL_ICMP:
		return LAYER_ICMP;
	case PROTOCOL_ICMPV6:
		return LAYER_ICMPV6;
	case PROTOCOL_IPV4:
	case PROTOCOL_IPIP:
		return LAYER_IPV4;
	case PROTOCOL_IPV6:
		return LAYER_IPV6;
	case PROTOCOL_GRE:
		return walk_select(w, LAYER_GRE, 0);
	case PROTOCOL_ETHER_IP:
		return LAYER_ETHER_IP;
	case PROTOCOL_L2TP_3:
		return LAYER_L2TP_SESSION;
	case PROTOCOL_MPLS:
		return LAYER_MPLS;
	case PROTOCOL_ETHERNET:
		return LAYER_ETHERNET;
	case PROTOCOL_HOP_BY_HOP:
	case PROTOCOL_ROUTING:
	case PROTOCOL_DESTINATION:
	case PROTOCOL_MOBILITY:
	case PROTOCOL_HIP:
	case PROTOCOL_SHIM6:
		if (w->family != SEGMENT_IPV6)
			return walk_end(w, DECODE_OTHER_TRANSPORT);
		return extension(w, 8, 1, &fields_ipv6_extension);
	case PROTOCOL_FRAGMENT:
		if (w->family != SEGMENT_IPV6)
			return walk_end(w, DECODE_OTHER_TRANSPORT);
		return v6_fragment(w);
	case PROTOCOL_AH:
		return extension(w, 4, 2, &fields_authentication);
	case PROTOCOL_ESP:
		return walk_end(w, DECODE_ENCRYPTED);
	case PROTOCOL_IPCOMP:
		return walk_end(w, DECODE_COMPRESSED);
	default:
		return walk_end(w, DECODE_OTHER_TRANSPORT);
	}
}

/* Steps into the packet that an error quotes; what is said of it isn't a tunnel's. */
static enum layer
enter_quote(struct walk *w, enum layer next)
{
	if (w->family != 0)
		enter_tunnel(w);
	w->icmp_family = w->family;
	w->icmp = bytes_16(w->left.at);
	w->traits = (uint16_t)((w->traits & ~SEGMENT_INNER) | SEGMENT_ICMP_QUOTE);
	w->family = 0;
	bytes_skip(&w->left, ICMP_SIZE);
	return next;
}

enum layer
ip_icmp(struct walk *w)
{
	enum { UNREACHABLE = 3, QUENCH = 4, REDIRECT = 5, EXPIRED = 11, BAD_PARAMETER = 12 };
	const uint8_t *p = w->left.at;

	if (!bytes_have(&w->left, ICMP_SIZE))
		return walk_end(w, DECODE_OTHER_TRANSPORT);
	walk_tell(w, &fields_icmp, ICMP_SIZE);
	switch (p[0]) {
	case UNREACHABLE:
		w->icmp_mtu = p[1] == 4 ? bytes_16(p + 6) : 0;
		return enter_quote(w, LAYER_IPV4);
	case QUENCH:
	case REDIRECT:
	case EXPIRED:
	case BAD_PARAMETER:
		return enter_quote(w, LAYER_IPV4);
	default:
		return walk_end(w, DECODE_OTHER_TRANSPORT);
	}
}

enum layer
ip_icmpv6(struct walk *w)
{
	enum { UNREACHABLE = 1, TOO_BIG = 2, EXPIRED = 3, BAD_PARAMETER = 4 };
	const uint8_t *p = w->left.at;
	uint32_t mtu;

	if (!bytes_have(&w->left, ICMP_SIZE))
		return walk_end(w, DECODE_OTHER_TRANSPORT);
	walk_tell(w, &fields_icmpv6, ICMP_SIZE);
	switch (p[0]) {
	case TOO_BIG:
		mtu = bytes_32(p + 4);
		w->icmp_mtu = mtu > 0xffff ? 0xffff : (uint16_t)mtu;
		return enter_quote(w, LAYER_IPV6);
	case UNREACHABLE:
	case EXPIRED:
	case BAD_PARAMETER:
		return enter_quote(w, LAYER_IPV6);
	default:
		return walk_end(w, DECODE_OTHER_TRANSPORT);
	}
}

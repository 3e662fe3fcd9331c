/*
 * IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200, 2675, 4302):
 * how long the packet really is, whether it is a fragment, and which protocol
 * follows.  Nested headers are told apart by walk.family, which is 0 before
 * the first.  Knows nothing of what carries IP or what it carries.
 */
#include "packet/fields.h"
#include "packet/walk.h"

enum {
	V4_SIZE = 20,
	V6_SIZE = 40,

	PROTOCOL_HOP_BY_HOP = 0,
	PROTOCOL_TCP = 6,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_DESTINATION = 60,
	PROTOCOL_MOBILITY = 135,
	PROTOCOL_HIP = 139,
	PROTOCOL_SHIM6 = 140
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

enum layer
ip_v4(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t header, total, fragment;

	if (!bytes_have(&w->left, V4_SIZE))
		return walk_end(w, DECODE_IP_CUT);
	header = (uint32_t)(p[0] & 15) * 4;
	if (p[0] >> 4 != 4 || header < V4_SIZE)
		return walk_end(w, DECODE_IP_BAD);
	if (!bytes_have(&w->left, header))
		return walk_end(w, DECODE_IP_CUT);
	/* Segmentation offload leaves 0 here, and BIG TCP has no other way. */
	total = bytes_16(p + 2);
	if (total == 0)
		total = w->left.length;
	if (total < header)
		return walk_end(w, DECODE_IP_BAD);

	if (w->family != 0)
		enter_tunnel(w);
	w->family = SEGMENT_IPV4;
	w->source = p + 12;
	w->target = p + 16;
	w->ip_id = bytes_16(p + 4);
	w->ttl = p[8];
	bytes_limit(&w->left, total);
	bytes_skip(&w->left, header);

	fragment = bytes_16(p + 6) & 0x3fff;
	if (fragment != 0)
		return walk_end(w, DECODE_FRAGMENT);
	return next_layer(w, p[9]);
}

enum layer
ip_v6(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t payload;

	if (!bytes_have(&w->left, V6_SIZE))
		return walk_end(w, DECODE_IP_CUT);
	if (p[0] >> 4 != 6)
		return walk_end(w, DECODE_IP_BAD);
	if (w->family != 0)
		enter_tunnel(w);
	w->family = SEGMENT_IPV6;
	w->source = p + 8;
	w->target = p + 24;
	w->ip_id = 0;
	w->ttl = p[7];
	payload = bytes_16(p + 4);
	bytes_skip(&w->left, V6_SIZE);
	/* 0: a jumbogram, or offload; an option that tells the length may follow. */
	if (payload != 0)
		bytes_limit(&w->left, payload);
	return next_layer(w, p[6]);
}

enum layer
ip_protocol(struct walk *w)
{
	for (;;) {
		const uint8_t *p = w->left.at;
		uint32_t size;

		switch (w->selector) {
		case PROTOCOL_TCP:
			return LAYER_TCP;
		case PROTOCOL_HOP_BY_HOP:
		case PROTOCOL_ROUTING:
		case PROTOCOL_DESTINATION:
		case PROTOCOL_MOBILITY:
		case PROTOCOL_HIP:
		case PROTOCOL_SHIM6:
			if (!bytes_have(&w->left, 8))
				return walk_end(w, DECODE_IP_CUT);
			size = ((uint32_t)p[1] + 1) * 8;
			if (!bytes_have(&w->left, size))
				return walk_end(w, DECODE_IP_CUT);
			w->selector = p[0];
			bytes_skip(&w->left, size);
			break;
		default:
			return walk_end(w, DECODE_OTHER_TRANSPORT);
		}
	}
}

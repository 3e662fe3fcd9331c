/*
 * Tunnels directly on IP: GRE (RFC 2784, 2890, 1701, 2637) with ERSPAN, WCCP
 * redirection and wireless frames inside, EtherIP (RFC 3378), L2TPv3
 * (RFC 3931).  A tunnel's or session's number goes into the sighting.
 */
#include "packet/fields.h"
#include "packet/walk.h"

enum {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000,
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACKNOWLEDGMENT = 0x0080,
	GRE_VERSION = 0x0007,

	TYPE_WCCP = 0x883e,
	TYPE_ERSPAN = 0x88be,
	TYPE_EOIP = 0x6400,		/* MikroTik's Ethernet over IP */
	TYPE_WIRELESS_FIRST = 0x8200,	/* Aruba's access points, in steps of 16 */
	TYPE_WIRELESS_LAST = 0x8370,

	ERSPAN_2_SIZE = 8,
	ERSPAN_3_SIZE = 12,
	ERSPAN_3_PLATFORM_SIZE = 8
};

static enum layer
gre_payload(struct walk *w, uint32_t type, uint32_t flags)
{
	if (type == TYPE_WCCP) {
		/* Version 2 puts a redirect header of four bytes before the packet. */
		if (bytes_have(&w->left, 4) && w->left.at[0] >> 4 != 4)
			bytes_skip(&w->left, 4);
		return LAYER_IPV4;
	}
	if (type == TYPE_ERSPAN && (flags & GRE_SEQUENCE) == 0)
		return LAYER_ETHERNET;		/* type I has no header of its own */
	if (type == TYPE_EOIP)
		return LAYER_ETHERNET;
	if (type >= TYPE_WIRELESS_FIRST && type <= TYPE_WIRELESS_LAST && (type & 15) == 0)
		return walk_select(w, LAYER_WIRELESS, 0);
	return link_ethertype(w, type);
}

/* Source routes (RFC 1701): entries until one of length 0. */
static bool
routing_size(const struct bytes *b, uint32_t *size)
{
	for (;;) {
		uint32_t entry;

		if (b->have < *size + 4)
			return false;
		entry = b->at[*size + 3];
		*size += 4 + entry;
		if (entry == 0)
			return true;
	}
}

enum layer
tunnel_gre(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t flags, type, version, size = 4, payload = 0;

	if (!bytes_have(&w->left, 4))
		return walk_end(w, DECODE_LINK_CUT);
	flags = bytes_16(p);
	type = bytes_16(p + 2);
	version = flags & GRE_VERSION;
	if (version > 1)
		return walk_end(w, DECODE_OTHER_TRANSPORT);
	if (version == 0 && flags & (GRE_CHECKSUM | GRE_ROUTING))
		size += 4;
	if (flags & GRE_KEY) {
		if (!bytes_have(&w->left, size + 4))
			return walk_end(w, DECODE_LINK_CUT);
		/* PPTP's key is the length of the payload, then the call. */
		payload = version == 1 ? bytes_16(p + size) : 0;
		walk_mix(w, version == 1 ? bytes_16(p + size + 2) : bytes_32(p + size));
		size += 4;
	}
	if (flags & GRE_SEQUENCE)
		size += 4;
	if (version == 1 && flags & GRE_ACKNOWLEDGMENT)
		size += 4;
	if (version == 0 && flags & GRE_ROUTING && !routing_size(&w->left, &size))
		return walk_end(w, DECODE_LINK_CUT);
	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_gre, size);
	bytes_skip(&w->left, size);
	if (version == 1 && flags & GRE_KEY)
		bytes_limit(&w->left, payload);
	if (w->left.length == 0)		/* an acknowledgment of PPTP's, or a keep-alive */
		return walk_end(w, DECODE_OTHER_TRANSPORT);
	return gre_payload(w, type, flags);
}

enum layer
tunnel_erspan_2(struct walk *w)
{
	if (!bytes_have(&w->left, ERSPAN_2_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	/* Some senders number type III with type II's protocol: its version says so. */
	if (w->left.at[0] >> 4 == 2)
		return LAYER_ERSPAN_3;
	walk_tell(w, &fields_erspan_2, ERSPAN_2_SIZE);
	walk_mix(w, bytes_16(w->left.at + 2) & 0x3ffu);
	bytes_skip(&w->left, ERSPAN_2_SIZE);
	return LAYER_ETHERNET;
}

enum layer
tunnel_erspan_3(struct walk *w)
{
	enum { FRAME_ETHERNET = 0, FRAME_IP = 2 };
	const uint8_t *p = w->left.at;
	uint32_t size = ERSPAN_3_SIZE, kind;

	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	if (p[11] & 1)
		size += ERSPAN_3_PLATFORM_SIZE;
	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_erspan_3, size);
	walk_mix(w, bytes_16(p + 2) & 0x3ffu);
	kind = bytes_16(p + 10) >> 10 & 31;
	bytes_skip(&w->left, size);
	if (kind == FRAME_IP)
		return LAYER_RAW_IP;
	return kind == FRAME_ETHERNET ? LAYER_ETHERNET : walk_end(w, DECODE_OTHER_NETWORK);
}

enum layer
tunnel_ether_ip(struct walk *w)
{
	if (!bytes_have(&w->left, 2))
		return walk_end(w, DECODE_LINK_CUT);
	if (w->left.at[0] >> 4 != 3)
		return walk_end(w, DECODE_OTHER_TRANSPORT);
	walk_tell(w, &fields_ether_ip, 2);
	bytes_skip(&w->left, 2);
	return LAYER_ETHERNET;
}

static bool
ethernet_with_ip(const struct bytes *b, uint32_t offset)
{
	uint32_t type, version;

	if (b->have < offset + 15)
		return false;
	type = bytes_16(b->at + offset + 12);
	version = b->at[offset + 14] >> 4;
	return (type == 0x0800 && version == 4) || (type == 0x86dd && version == 6) ||
	    type == 0x8100;
}

/*
 * After the session's number: a cookie of up to 8 bytes and a sublayer of up
 * to 4.  Only the two ends know which, so they are recognised by what follows.
 */
enum layer
tunnel_l2tp_session(struct walk *w)
{
	const uint8_t *p = w->left.at;

	if (!bytes_have(&w->left, 4))
		return walk_end(w, DECODE_LINK_CUT);
	if (bytes_32(p) == 0)		/* control */
		return walk_end(w, DECODE_OTHER_TRANSPORT);
	walk_mix(w, bytes_32(p));
	for (uint32_t size = 4; size <= 16; size += 4)
		if (ethernet_with_ip(&w->left, size)) {
			walk_tell(w, &fields_l2tp_session, size);
			bytes_skip(&w->left, size);
			return LAYER_ETHERNET;
		}
	return walk_end(w, DECODE_OTHER_TRANSPORT);
}

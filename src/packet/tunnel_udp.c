/*
 * Tunnels in UDP, known by their registered ports: VXLAN (RFC 7348) and
 * VXLAN-GPE, Geneve (RFC 8926), GTP-U (3GPP TS 29.281), L2TP (RFC 2661,
 * 3931), Teredo (RFC 4380), AYIYA, CAPWAP (RFC 5415), LISP (RFC 9300), GRE
 * (RFC 8086), MPLS (RFC 7510), TZSP, Juniper's packet mirror.  A port proves
 * nothing, so what doesn't hold together is no trouble: then it was just UDP.
 */
#include "packet/fields.h"
#include "packet/walk.h"

enum { UDP_SIZE = 8 };

static const struct {
	uint16_t port;
	enum layer layer;
} ports[] = {
	{ 4789, LAYER_VXLAN },
	{ 8472, LAYER_VXLAN },		/* Linux's own, still flannel's */
	{ 4790, LAYER_VXLAN_GPE },
	{ 6081, LAYER_GENEVE },
	{ 2152, LAYER_GTP },
	{ 3386, LAYER_GTP },		/* version 0 */
	{ 1701, LAYER_L2TP },
	{ 3544, LAYER_TEREDO },
	{ 5072, LAYER_AYIYA },
	{ 5247, LAYER_CAPWAP },
	{ 4341, LAYER_LISP },
	{ 4754, LAYER_GRE },
	{ 6635, LAYER_MPLS },
	{ 37008, LAYER_TZSP },
	{ 30030, LAYER_JUNIPER_MIRROR },
};

static enum layer
not_a_tunnel(struct walk *w)
{
	return walk_end(w, DECODE_OTHER_TRANSPORT);
}

enum layer
tunnel_udp(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t length, source, target;

	if (!bytes_have(&w->left, UDP_SIZE))
		return not_a_tunnel(w);
	walk_tell(w, &fields_udp, UDP_SIZE);
	source = bytes_16(p);
	target = bytes_16(p + 2);
	length = bytes_16(p + 4);
	if (length >= UDP_SIZE)
		bytes_limit(&w->left, length);
	bytes_skip(&w->left, UDP_SIZE);
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		if (ports[i].port == target || ports[i].port == source) {
			w->guess = true;
			return walk_select(w, ports[i].layer, 0);
		}
	return not_a_tunnel(w);
}

enum layer
tunnel_vxlan(struct walk *w)
{
	const uint8_t *p = w->left.at;

	/* The flag that says that the network identifier is valid. */
	if (!bytes_have(&w->left, 8) || (p[0] & 0x08) == 0)
		return not_a_tunnel(w);
	walk_tell(w, &fields_vxlan, 8);
	walk_mix(w, bytes_24(p + 4));
	bytes_skip(&w->left, 8);
	return LAYER_ETHERNET;
}

enum layer
tunnel_vxlan_gpe(struct walk *w)
{
	const uint8_t *p = w->left.at;

	if (!bytes_have(&w->left, 8))
		return not_a_tunnel(w);
	walk_tell(w, &fields_vxlan_gpe, 8);
	walk_mix(w, bytes_24(p + 4));
	bytes_skip(&w->left, 8);
	/* Without the flag for a protocol it is plain VXLAN. */
	return p[0] & 0x04 ? link_generic_protocol(w, p[3]) : LAYER_ETHERNET;
}

enum layer
tunnel_geneve(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size, type;

	if (!bytes_have(&w->left, 8) || p[0] >> 6 != 0)
		return not_a_tunnel(w);
	size = 8 + (uint32_t)(p[0] & 0x3f) * 4;
	if (!bytes_have(&w->left, size))
		return not_a_tunnel(w);
	walk_tell(w, &fields_geneve, size);
	type = bytes_16(p + 2);
	walk_mix(w, bytes_24(p + 4));
	bytes_skip(&w->left, size);
	return link_ethertype(w, type);
}

/* The extension headers of GTP version 1: size in units of 4, the next one's type last. */
static bool
gtp_extensions(const struct bytes *b, uint32_t *size)
{
	uint8_t type = b->at[11];

	while (type != 0) {
		uint32_t extension;

		if (b->have < *size + 1)
			return false;
		extension = (uint32_t)b->at[*size] * 4;
		if (extension == 0 || b->have < *size + extension)
			return false;
		*size += extension;
		type = b->at[*size - 1];
	}
	return true;
}

enum layer
tunnel_gtp(struct walk *w)
{
	enum { USER_DATA = 255, PROTOCOL_GTP = 0x10, EXTENSION = 0x04, OPTIONAL = 0x07 };
	const uint8_t *p = w->left.at;
	uint32_t size = 8, version;

	if (!bytes_have(&w->left, 8) || p[1] != USER_DATA || (p[0] & PROTOCOL_GTP) == 0)
		return not_a_tunnel(w);
	version = p[0] >> 5;
	if (version == 0) {
		size = 20;
		if (!bytes_have(&w->left, size))
			return not_a_tunnel(w);
		walk_mix(w, bytes_16(p + 6));
		bytes_limit(&w->left, size + bytes_16(p + 2));
	} else if (version == 1) {
		walk_mix(w, bytes_32(p + 4));
		bytes_limit(&w->left, size + bytes_16(p + 2));
		if (p[0] & OPTIONAL)
			size += 4;
		if (!bytes_have(&w->left, size))
			return not_a_tunnel(w);
		if (p[0] & EXTENSION && !gtp_extensions(&w->left, &size))
			return not_a_tunnel(w);
	} else
		return not_a_tunnel(w);
	if (!bytes_have(&w->left, size))
		return not_a_tunnel(w);
	walk_tell(w, &fields_gtp, size);
	bytes_skip(&w->left, size);
	return LAYER_RAW_IP;
}

enum layer
tunnel_teredo(struct walk *w)
{
	const uint8_t *p = w->left.at;

	/* Authentication comes first, then where the packet came from; both may be missing. */
	if (bytes_have(&w->left, 4) && bytes_16(p) == 0x0001) {
		uint32_t size = 13u + p[2] + p[3];

		if (!bytes_have(&w->left, size))
			return not_a_tunnel(w);
		walk_tell(w, &fields_teredo_authentication, size);
		bytes_skip(&w->left, size);
		p += size;
	}
	if (bytes_have(&w->left, 8) && bytes_16(p) == 0x0000) {
		walk_tell(w, &fields_teredo_origin, 8);
		bytes_skip(&w->left, 8);
		p += 8;
	}
	if (!bytes_have(&w->left, 1) || p[0] >> 4 != 6)
		return not_a_tunnel(w);
	return LAYER_IPV6;
}

enum layer
tunnel_ayiya(struct walk *w)
{
	enum { FORWARD = 1 };
	const uint8_t *p = w->left.at;
	uint32_t size;

	if (!bytes_have(&w->left, 8) || (p[2] & 15) != FORWARD)
		return not_a_tunnel(w);
	/* Header, identity (its size as a power of two), signature (in words). */
	size = 8 + (1u << (p[0] >> 4)) + (uint32_t)(p[1] >> 4) * 4;
	if (!bytes_have(&w->left, size))
		return not_a_tunnel(w);
	walk_tell(w, &fields_ayiya, size);
	bytes_skip(&w->left, size);
	return walk_select(w, LAYER_IP_PROTOCOL, p[3]);
}

enum layer
tunnel_l2tp(struct walk *w)
{
	enum { CONTROL = 0x8000, LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200 };
	const uint8_t *p = w->left.at;
	uint32_t flags, size = 2;

	if (!bytes_have(&w->left, 8))
		return not_a_tunnel(w);
	flags = bytes_16(p);
	if (flags & CONTROL)
		return not_a_tunnel(w);
	if ((flags & 15) == 3) {
		walk_tell(w, &fields_l2tp, 4);
		bytes_skip(&w->left, 4);
		return LAYER_L2TP_SESSION;
	}
	if ((flags & 15) != 2)
		return not_a_tunnel(w);
	if (flags & LENGTH) {
		bytes_limit(&w->left, bytes_16(p + 2));
		size += 2;
	}
	if (!bytes_have(&w->left, size + 4))
		return not_a_tunnel(w);
	walk_mix(w, bytes_32(p + size));	/* tunnel and session */
	size += flags & SEQUENCE ? 8 : 4;
	if (flags & OFFSET) {
		if (!bytes_have(&w->left, size + 2))
			return not_a_tunnel(w);
		size += 2u + bytes_16(p + size);
	}
	if (!bytes_have(&w->left, size))
		return not_a_tunnel(w);
	walk_tell(w, &fields_l2tp, size);
	bytes_skip(&w->left, size);
	return LAYER_PPP;
}

enum layer
tunnel_capwap(struct walk *w)
{
	enum { NATIVE = 0x01, FRAGMENT = 0x80, WIRELESS_802_11 = 1 };
	const uint8_t *p = w->left.at;
	uint32_t size;

	if (!bytes_have(&w->left, 8))
		return not_a_tunnel(w);
	if (p[0] == 0x01)		/* DTLS */
		return walk_end(w, DECODE_ENCRYPTED);
	size = (uint32_t)(p[1] >> 3) * 4;
	if (p[0] != 0 || size < 8 || !bytes_have(&w->left, size))
		return not_a_tunnel(w);
	if (p[3] & FRAGMENT)
		return walk_end(w, DECODE_FRAGMENT);
	walk_tell(w, &fields_capwap, size);
	bytes_skip(&w->left, size);
	if ((p[2] & NATIVE) == 0)
		return LAYER_ETHERNET;
	if ((p[2] >> 1 & 31) != WIRELESS_802_11)
		return not_a_tunnel(w);
	/* Some access points swap the two bytes of the frame control. */
	return walk_select(w, LAYER_WIRELESS, WIRELESS_SWAPPED);
}

enum layer
tunnel_lisp(struct walk *w)
{
	if (!bytes_have(&w->left, 8))
		return not_a_tunnel(w);
	walk_tell(w, &fields_lisp, 8);
	bytes_skip(&w->left, 8);
	return LAYER_RAW_IP;
}

enum layer
tunnel_juniper_mirror(struct walk *w)
{
	if (!bytes_have(&w->left, 8))
		return not_a_tunnel(w);
	walk_tell(w, &fields_juniper_mirror, 8);
	walk_mix(w, bytes_32(w->left.at));
	bytes_skip(&w->left, 8);
	return LAYER_RAW_IP;
}

enum layer
tunnel_tzsp(struct walk *w)
{
	enum { RECEIVED = 0, TAG_PADDING = 0, TAG_END = 1 };
	const uint8_t *p = w->left.at;
	uint32_t size = 4, protocol;

	if (!bytes_have(&w->left, 4) || p[0] != 1 || p[1] != RECEIVED)
		return not_a_tunnel(w);
	protocol = bytes_16(p + 2);
	for (;;) {
		if (!bytes_have(&w->left, size + 1))
			return not_a_tunnel(w);
		if (p[size] == TAG_END)
			break;
		if (p[size] == TAG_PADDING) {
			size++;
			continue;
		}
		if (!bytes_have(&w->left, size + 2))
			return not_a_tunnel(w);
		size += 2u + p[size + 1];
	}
	size++;
	walk_tell(w, &fields_tzsp, size);
	bytes_skip(&w->left, size);
	switch (protocol) {
	case 1:
		return LAYER_ETHERNET;
	case 18:
		return walk_select(w, LAYER_WIRELESS, 0);
	case 119:
		return LAYER_PRISM;
	case 127:
		return LAYER_AVS;
	default:
		return not_a_tunnel(w);
	}
}

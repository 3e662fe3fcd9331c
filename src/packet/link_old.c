/*
 * Other networks: FDDI and token ring (ISO 9314, IEEE 802.5), ARCNET
 * (RFC 1051, 1201), IP over InfiniBand (RFC 4391), Fibre Channel (RFC 2625),
 * FireWire (RFC 2734), ATM.  Formats as on tcpdump.org's pages on the link
 * types.
 */
#include "packet/fields.h"
#include "packet/walk.h"

enum {
	FDDI_SIZE = 13,
	TOKEN_RING_SIZE = 14,
	INFINIBAND_SIZE = 44,
	FIBRE_CHANNEL_SIZE = 16,
	FIREWIRE_SIZE = 18,
	SUN_ATM_SIZE = 4,

	ARCNET_IP = 0xd4,
	ARCNET_IPV6 = 0xc4,
	ARCNET_IP_OLD = 0xf0,
	ARCNET_ARP_OLD = 0xf1,
	ARCNET_EXCEPTION = 0xff
};

static enum layer
skip_to(struct walk *w, const struct header_spec *spec, uint32_t size, enum layer next)
{
	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, spec, size);
	bytes_skip(&w->left, size);
	return next;
}

enum layer
link_fddi(struct walk *w)
{
	if (bytes_have(&w->left, 1) && (w->left.at[0] & 0xf0) != 0x50)
		return walk_end(w, DECODE_OTHER_NETWORK);	/* no LLC frame */
	return skip_to(w, &fields_fddi, FDDI_SIZE, LAYER_LLC);
}

enum layer
link_token_ring(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size = TOKEN_RING_SIZE;

	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	if ((p[1] & 0xc0) != 0x40)
		return walk_end(w, DECODE_OTHER_NETWORK);
	if (p[8] & 0x80) {		/* a source route follows */
		uint32_t route;

		if (!bytes_have(&w->left, size + 1))
			return walk_end(w, DECODE_LINK_CUT);
		route = p[size] & 31;
		if (route < 2)
			return walk_end(w, DECODE_LINK_CUT);
		size += route;
	}
	return skip_to(w, &fields_token_ring, size, LAYER_LLC);
}

/* Behind the addresses: the protocol, and in RFC 1201's format how the packet was split. */
static enum layer
arcnet_protocol(struct walk *w, uint32_t size)
{
	const uint8_t *p = w->left.at;
	uint32_t split, type;

	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	type = p[size - 1];
	if (type == ARCNET_IP_OLD)
		return skip_to(w, &fields_arcnet, size, LAYER_IPV4);
	if (type != ARCNET_IP && type != ARCNET_IPV6)
		return walk_end(w, DECODE_OTHER_NETWORK);
	if (!bytes_have(&w->left, size + 3))
		return walk_end(w, DECODE_LINK_CUT);
	split = p[size];
	size += 3;
	if (split == ARCNET_EXCEPTION) {
		if (!bytes_have(&w->left, size + 4))
			return walk_end(w, DECODE_LINK_CUT);
		split = p[size + 1];
		size += 4;
	}
	/* Odd: the first of several parts, which has the headers; even: a later one. */
	if (split != 0 && (split & 1) == 0)
		return walk_end(w, DECODE_FRAGMENT);
	return skip_to(w, &fields_arcnet, size, type == ARCNET_IP ? LAYER_IPV4 : LAYER_IPV6);
}

enum layer
link_arcnet(struct walk *w)
{
	return arcnet_protocol(w, 3);
}

enum layer
link_arcnet_linux(struct walk *w)
{
	return arcnet_protocol(w, 5);
}

enum layer
link_infiniband(struct walk *w)
{
	uint32_t type;

	if (!bytes_have(&w->left, INFINIBAND_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_infiniband, INFINIBAND_SIZE);
	type = bytes_16(w->left.at + 40);
	bytes_skip(&w->left, INFINIBAND_SIZE);
	return link_ethertype(w, type);
}

enum layer
link_fibre_channel(struct walk *w)
{
	return skip_to(w, &fields_fibre_channel, FIBRE_CHANNEL_SIZE, LAYER_LLC);
}

enum layer
link_firewire(struct walk *w)
{
	uint32_t type;

	if (!bytes_have(&w->left, FIREWIRE_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_firewire, FIREWIRE_SIZE);
	type = bytes_16(w->left.at + 16);
	bytes_skip(&w->left, FIREWIRE_SIZE);
	return link_ethertype(w, type);
}

enum layer
link_sun_atm(struct walk *w)
{
	enum { LANE = 1, LLC = 2, LANE_HEADER = 2 };
	const uint8_t *p = w->left.at;
	uint32_t kind;

	if (!bytes_have(&w->left, SUN_ATM_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	kind = p[0] & 15;
	walk_mix(w, bytes_24(p + 1));
	if (kind == LANE)
		return skip_to(w, &fields_sun_atm, SUN_ATM_SIZE + LANE_HEADER, LAYER_ETHERNET);
	if (kind == LLC)
		return skip_to(w, &fields_sun_atm, SUN_ATM_SIZE, LAYER_LLC);
	return walk_end(w, DECODE_OTHER_NETWORK);
}

/*
 * The link headers that most captures have: Ethernet, Linux cooked, BSD
 * loopback and none at all.  Knows ethertypes and address families, and
 * nothing of what follows them.  Formats: IEEE 802.3, and tcpdump.org's
 * pages on LINKTYPE_LINUX_SLL, _LINUX_SLL2, _NULL, _LOOP, _RAW.
 */
#include "packet/fields.h"
#include "packet/walk.h"

enum {
	ETHERNET_SIZE = 14,
	LENGTH_MAX = 1500,	/* of a length field; above 1535 it is a type */
	COOKED_SIZE = 16,
	COOKED_2_SIZE = 20,
	NULL_SIZE = 4
};

enum layer
link_ethertype(struct walk *w, uint32_t type)
{
	switch (type) {
	case 0x0800:
		return LAYER_IPV4;
	case 0x86dd:
		return LAYER_IPV6;
	case 0x8100:	/* 802.1Q */
	case 0x88a8:	/* 802.1ad */
	case 0x9100:	/* before it was standard */
	case 0x9200:
	case 0x9300:
		return walk_select(w, LAYER_VLAN, type);
	default:
		return walk_end(w, DECODE_OTHER_NETWORK);
	}
}

enum layer
link_ethernet(struct walk *w)
{
	uint32_t type;

	if (!bytes_have(&w->left, ETHERNET_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	type = bytes_16(w->left.at + 12);
	bytes_skip(&w->left, ETHERNET_SIZE);
	return link_ethertype(w, type);
}

enum layer
link_vlan(struct walk *w)
{
	uint32_t type;

	if (!bytes_have(&w->left, 4))
		return walk_end(w, DECODE_LINK_CUT);
	walk_mix(w, bytes_16(w->left.at) & 0xfffu);
	type = bytes_16(w->left.at + 2);
	bytes_skip(&w->left, 4);
	return link_ethertype(w, type);
}

enum layer
link_cooked(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t type;

	if (!bytes_have(&w->left, COOKED_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	/* Direction, kind of interface and the sender's hardware address tell one sighting from another. */
	walk_mix(w, bytes_32(p));
	walk_mix(w, bytes_32(p + 6));
	walk_mix(w, bytes_32(p + 10));
	type = bytes_16(p + 14);
	bytes_skip(&w->left, COOKED_SIZE);
	return link_ethertype(w, type);
}

enum layer
link_cooked_2(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t type;

	if (!bytes_have(&w->left, COOKED_2_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	walk_mix(w, bytes_32(p + 4));
	walk_mix(w, bytes_32(p + 8));
	type = bytes_16(p);
	bytes_skip(&w->left, COOKED_2_SIZE);
	return link_ethertype(w, type);
}

/* The family is in the byte order of whoever captured (LOOP: of the network). */
enum layer
link_null(struct walk *w)
{
	uint32_t family;

	if (!bytes_have(&w->left, NULL_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	family = bytes_32(w->left.at);
	if (family > 0xffff)
		family = bytes_32_little(w->left.at);
	bytes_skip(&w->left, NULL_SIZE);
	switch (family) {
	case 2:
		return LAYER_IPV4;
	case 10:	/* Linux */
	case 23:	/* Windows */
	case 24:	/* NetBSD, OpenBSD, BSD/OS */
	case 28:	/* FreeBSD, DragonFly */
	case 30:	/* Darwin */
		return LAYER_IPV6;
	default:
		return link_ethertype(w, family);
	}
}

enum layer
link_raw_ip(struct walk *w)
{
	if (!bytes_have(&w->left, 1))
		return walk_end(w, DECODE_IP_CUT);
	switch (w->left.at[0] >> 4) {
	case 4:
		return LAYER_IPV4;
	case 6:
		return LAYER_IPV6;
	default:
		return walk_end(w, DECODE_OTHER_NETWORK);
	}
}

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
	LENGTH_MAX = 1500,	/* of a length field; types begin at 1536 */
	COOKED_SIZE = 16,
	COOKED_2_SIZE = 20,
	NULL_SIZE = 4,
	HARDWARE_RADIO = 801	/* ARPHRD_IEEE80211; 802 has Prism headers, 803 radiotap */
};

/* Ethertypes that aren't IP, but may lead to it. */
static const struct {
	uint16_t type;
	enum layer layer;
} types[] = {
	{ 0x8100, LAYER_VLAN },			/* 802.1Q */
	{ 0x88a8, LAYER_VLAN },			/* 802.1ad */
	{ 0x9100, LAYER_VLAN },			/* before that was standard */
	{ 0x9200, LAYER_VLAN },
	{ 0x9300, LAYER_VLAN },
	{ 0x8847, LAYER_MPLS },
	{ 0x8848, LAYER_MPLS },
	{ 0x8864, LAYER_PPPOE },
	{ 0x880b, LAYER_PPP },
	{ 0x6558, LAYER_ETHERNET },		/* transparent Ethernet bridging */
	{ 0x6559, LAYER_FRAME_RELAY },
	{ 0x8870, LAYER_LLC },			/* in place of a length that doesn't fit */
	{ 0x88e7, LAYER_BACKBONE },
	{ 0x8926, LAYER_VN_TAG },
	{ 0x893f, LAYER_E_TAG },
	{ 0x8903, LAYER_FABRIC_PATH },
	{ 0x88e5, LAYER_MACSEC },
	{ 0x8909, LAYER_CISCO_META },
	{ 0xf1c1, LAYER_REDUNDANCY_TAG },	/* 802.1CB */
	{ 0x892f, LAYER_REDUNDANCY_TAG },	/* HSR, the same size */
	{ 0x22f3, LAYER_TRILL },
	{ 0x894f, LAYER_SERVICE_HEADER },
	{ 0x88be, LAYER_ERSPAN_2 },
	{ 0x22eb, LAYER_ERSPAN_3 },
	{ 0x890d, LAYER_WIRELESS },
};

enum layer
link_ethertype(struct walk *w, uint32_t type)
{
	if (type == 0x0800)
		return LAYER_IPV4;
	if (type == 0x86dd)
		return LAYER_IPV6;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (types[i].type == type)
			return walk_select(w, types[i].layer, 0);
	return walk_end(w, DECODE_OTHER_NETWORK);
}

/* A length field stands where others have the type: LLC follows, and padding after it. */
static enum layer
length_field(struct walk *w, uint32_t length)
{
	if (length > LENGTH_MAX)
		return walk_end(w, DECODE_OTHER_NETWORK);
	bytes_limit(&w->left, length);
	return LAYER_LLC;
}

enum layer
link_type_or_length(struct walk *w, uint32_t type)
{
	return type >= 1536 ? link_ethertype(w, type) : length_field(w, type);
}

enum layer
link_ethernet(struct walk *w)
{
	uint32_t type;

	if (!bytes_have(&w->left, ETHERNET_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_ethernet, ETHERNET_SIZE);
	type = bytes_16(w->left.at + 12);
	bytes_skip(&w->left, ETHERNET_SIZE);
	return link_type_or_length(w, type);
}

/* Cooked captures have types of Linux's own where others have lengths. */
static enum layer
cooked_type(struct walk *w, uint32_t type, uint32_t hardware)
{
	if (hardware == HARDWARE_RADIO)
		return walk_select(w, LAYER_WIRELESS, 0);
	if (hardware == HARDWARE_RADIO + 1)
		return LAYER_PRISM;
	if (hardware == HARDWARE_RADIO + 2)
		return LAYER_RADIOTAP;
	switch (type) {
	case 0x0004:
		return LAYER_LLC;
	case 0x0007:
	case 0x0009:
		return LAYER_PPP;
	default:
		return link_ethertype(w, type);
	}
}

enum layer
link_cooked(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t type;

	if (!bytes_have(&w->left, COOKED_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_cooked, COOKED_SIZE);
	/* Direction, kind of interface and the sender's address tell one sighting from another. */
	walk_mix(w, bytes_32(p));
	walk_mix(w, bytes_32(p + 6));
	walk_mix(w, bytes_32(p + 10));
	type = bytes_16(p + 14);
	bytes_skip(&w->left, COOKED_SIZE);
	return cooked_type(w, type, bytes_16(p + 2));
}

enum layer
link_cooked_2(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t type;

	if (!bytes_have(&w->left, COOKED_2_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_cooked_2, COOKED_2_SIZE);
	walk_mix(w, bytes_32(p + 4));
	walk_mix(w, bytes_32(p + 8));
	type = bytes_16(p);
	bytes_skip(&w->left, COOKED_2_SIZE);
	return cooked_type(w, type, bytes_16(p + 8));
}

enum layer
link_family(struct walk *w, uint32_t family)
{
	switch (family) {
	case 2:
		return LAYER_IPV4;
	case 10:	/* Linux */
	case 23:	/* Windows */
	case 24:	/* NetBSD, OpenBSD, BSD/OS */
	case 26:	/* Solaris */
	case 28:	/* FreeBSD, DragonFly */
	case 30:	/* Darwin */
		return LAYER_IPV6;
	default:
		return link_ethertype(w, family);
	}
}

/* The family is in the byte order of whoever captured (LOOP: of the network). */
enum layer
link_null(struct walk *w)
{
	uint32_t family;

	if (!bytes_have(&w->left, NULL_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_null, NULL_SIZE);
	family = bytes_32(w->left.at);
	if (family > 0xffff)
		family = bytes_32_little(w->left.at);
	bytes_skip(&w->left, NULL_SIZE);
	return link_family(w, family);
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

/*
 * Point-to-point links: PPP (RFC 1661, 1662) with what it may carry besides
 * IP (MPLS, bridged Ethernet of RFC 3518, multilink of RFC 1990), Cisco HDLC,
 * frame relay (RFC 2427), SLIP.  The direction byte of captures that have one
 * is part of the sighting.
 */
#include "packet/fields.h"
#include "packet/walk.h"

enum {
	PPP_ADDRESS = 0xff,
	PPP_CONTROL = 0x03,
	HDLC_UNICAST = 0x0f,
	HDLC_MULTICAST = 0x8f,
	SLIP_SIZE = 16
};

static enum layer
ppp_protocol(struct walk *w, uint32_t protocol)
{
	switch (protocol) {
	case 0x0021:
		return LAYER_IPV4;
	case 0x0057:
		return LAYER_IPV6;
	case 0x0281:
	case 0x0283:
		return LAYER_MPLS;
	case 0x0031:
		return LAYER_PPP_BRIDGED;
	case 0x003d:
		return LAYER_PPP_MULTILINK;
	case 0x0053:
	case 0x0055:
		return walk_end(w, DECODE_ENCRYPTED);
	case 0x002d:	/* RFC 1144 */
	case 0x002f:
	case 0x0061:	/* RFC 2508 */
	case 0x00fb:
	case 0x00fd:	/* also what MPPE encrypts */
		return walk_end(w, DECODE_COMPRESSED);
	default:
		return walk_end(w, DECODE_OTHER_NETWORK);
	}
}

/* Address and control may be left out, and the first byte of the protocol too. */
enum layer
link_ppp(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t framing, size, protocol;

	if (!bytes_have(&w->left, 1))
		return walk_end(w, DECODE_LINK_CUT);
	framing = bytes_have(&w->left, 2) && p[0] == PPP_ADDRESS && p[1] == PPP_CONTROL ? 2 : 0;
	if (!bytes_have(&w->left, framing + 1))
		return walk_end(w, DECODE_LINK_CUT);
	size = framing + (p[framing] & 1 ? 1 : 2);
	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	protocol = size - framing == 1 ? p[framing] : bytes_16(p + framing);
	if (w->visitor != NULL)
		fields_ppp(w, framing, size, protocol);
	bytes_skip(&w->left, size);
	return ppp_protocol(w, protocol);
}

enum layer
link_ppp_hdlc(struct walk *w)
{
	if (bytes_have(&w->left, 1) &&
	    (w->left.at[0] == HDLC_UNICAST || w->left.at[0] == HDLC_MULTICAST))
		return LAYER_CISCO_HDLC;
	return LAYER_PPP;
}

/* One byte that says which way the frame went. */
static bool
skip_direction(struct walk *w)
{
	if (!bytes_have(&w->left, 1))
		return false;
	walk_tell(w, &fields_direction, 1);
	walk_mix(w, w->left.at[0]);
	bytes_skip(&w->left, 1);
	return true;
}

enum layer
link_ppp_direction(struct walk *w)
{
	if (!skip_direction(w))
		return walk_end(w, DECODE_LINK_CUT);
	/* pppd writes the direction over the address byte and leaves the control byte. */
	if (bytes_have(&w->left, 1) && w->left.at[0] == PPP_CONTROL)
		bytes_skip(&w->left, 1);
	return LAYER_PPP;
}

enum layer
link_cisco_hdlc_direction(struct walk *w)
{
	return skip_direction(w) ? LAYER_CISCO_HDLC : walk_end(w, DECODE_LINK_CUT);
}

enum layer
link_frame_relay_direction(struct walk *w)
{
	return skip_direction(w) ? LAYER_FRAME_RELAY : walk_end(w, DECODE_LINK_CUT);
}

enum layer
link_cisco_hdlc(struct walk *w)
{
	uint32_t type;

	if (!bytes_have(&w->left, 4))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_cisco_hdlc, 4);
	type = bytes_16(w->left.at + 2);
	bytes_skip(&w->left, 4);
	return link_ethertype(w, type);
}

enum layer
link_ppp_bridged(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size;

	if (!bytes_have(&w->left, 2))
		return walk_end(w, DECODE_LINK_CUT);
	size = p[0] & 0x40 ? 6 : 2;	/* a LAN id */
	if (p[1] != 1 && p[1] != 2)	/* 802.3, with or without checksum */
		return walk_end(w, DECODE_OTHER_NETWORK);
	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_ppp_bridged, size);
	bytes_skip(&w->left, size);
	return LAYER_ETHERNET;
}

enum layer
link_ppp_multilink(struct walk *w)
{
	if (!bytes_have(&w->left, 4))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_ppp_multilink, 4);
	if ((w->left.at[0] & 0xc0) != 0xc0)
		return walk_end(w, DECODE_FRAGMENT);
	bytes_skip(&w->left, 4);
	return LAYER_PPP;
}

enum layer
link_frame_relay(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size = 1, identifier = 0;

	/* The address ends with the first byte that has its lowest bit set. */
	for (;; size++) {
		if (!bytes_have(&w->left, size))
			return walk_end(w, DECODE_LINK_CUT);
		identifier = identifier << 8 | p[size - 1];
		if (p[size - 1] & 1)
			break;
		if (size == 4)
			return walk_end(w, DECODE_LINK_CUT);
	}
	if (!bytes_have(&w->left, size + 2))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_frame_relay, size);
	walk_mix(w, identifier);
	bytes_skip(&w->left, size);
	p += size;
	if (p[0] != 0x03) {		/* Cisco's: an ethertype */
		bytes_skip(&w->left, 2);
		return link_ethertype(w, bytes_16(p));
	}
	size = p[1] == 0 ? 3 : 2;	/* padded for alignment */
	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	bytes_skip(&w->left, size);
	return link_nlpid(w, p[size - 1]);
}

enum layer
link_slip(struct walk *w)
{
	if (!bytes_have(&w->left, SLIP_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_slip, SLIP_SIZE);
	walk_mix(w, w->left.at[0]);
	bytes_skip(&w->left, SLIP_SIZE);
	return LAYER_RAW_IP;
}

/*
 * What may stand between a link header and IP on a local network: VLAN tags
 * (802.1Q, 802.1ad), backbone tags (802.1ah), port extenders' tags (VN-Tag,
 * 802.1BR), FabricPath, MACsec (802.1AE), TRILL (RFC 6325), NSH (RFC 8300),
 * MPLS with pseudowires (RFC 3032, 4385, 4448), PPPoE (RFC 2516), LLC with
 * SNAP (802.2, RFC 1042, 2684).  All but addresses go into the sighting.
 */
#include "packet/fields.h"
#include "packet/walk.h"

enum {
	SAP_SNAP = 0xaa,
	SAP_IP = 0x06,
	SAP_ISO = 0xfe,
	CONTROL_UI = 0x03,
	OUI_ETHERNET = 0x000000,
	OUI_BRIDGE_TUNNEL = 0x0000f8,
	OUI_BRIDGED = 0x0080c2,
	NLPID_IPV4 = 0xcc,
	NLPID_IPV6 = 0x8e,
	NLPID_PPP = 0xcf,
	MACSEC_ENCRYPTED = 0x08,
	MACSEC_SCI = 0x20,
	MACSEC_ICV_SIZE = 16
};

/* A tag of `size` bytes whose last two are the next ethertype. */
static enum layer
skip_tag(struct walk *w, const struct header_spec *spec, uint32_t size)
{
	uint32_t type;

	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, spec, size);
	type = bytes_16(w->left.at + size - 2);
	bytes_skip(&w->left, size);
	return link_type_or_length(w, type);
}

enum layer
link_vlan(struct walk *w)
{
	if (bytes_have(&w->left, 4))
		walk_mix(w, bytes_16(w->left.at) & 0xfffu);
	return skip_tag(w, &fields_vlan, 4);
}

enum layer
link_vn_tag(struct walk *w)
{
	if (bytes_have(&w->left, 6))
		walk_mix(w, bytes_32(w->left.at));
	return skip_tag(w, &fields_vn_tag, 6);
}

enum layer
link_e_tag(struct walk *w)
{
	if (bytes_have(&w->left, 8))
		walk_mix(w, bytes_32(w->left.at));
	return skip_tag(w, &fields_e_tag, 8);
}

enum layer
link_redundancy_tag(struct walk *w)
{
	return skip_tag(w, &fields_redundancy_tag, 6);
}

enum layer
link_cisco_meta(struct walk *w)
{
	if (!bytes_have(&w->left, 2))
		return walk_end(w, DECODE_LINK_CUT);
	return skip_tag(w, &fields_cisco_meta, 4 + (uint32_t)w->left.at[1] * 4);
}

enum layer
link_macsec(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size;

	if (!bytes_have(&w->left, 6))
		return walk_end(w, DECODE_LINK_CUT);
	if (p[0] & MACSEC_ENCRYPTED) {
		walk_tell(w, &fields_macsec, 6);
		return walk_end(w, DECODE_ENCRYPTED);
	}
	size = p[0] & MACSEC_SCI ? 16 : 8;
	if (w->left.length > MACSEC_ICV_SIZE)
		bytes_limit(&w->left, w->left.length - MACSEC_ICV_SIZE);
	return skip_tag(w, &fields_macsec, size);
}

/* A tag after which a whole Ethernet header follows. */
static enum layer
skip_to_ethernet(struct walk *w, const struct header_spec *spec, uint32_t size)
{
	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, spec, size);
	bytes_skip(&w->left, size);
	return LAYER_ETHERNET;
}

enum layer
link_backbone(struct walk *w)
{
	if (bytes_have(&w->left, 4))
		walk_mix(w, bytes_24(w->left.at + 1));
	return skip_to_ethernet(w, &fields_backbone, 4);
}

enum layer
link_fabric_path(struct walk *w)
{
	if (bytes_have(&w->left, 2))
		walk_mix(w, bytes_16(w->left.at));
	return skip_to_ethernet(w, &fields_fabric_path, 2);
}

enum layer
link_trill(struct walk *w)
{
	const uint8_t *p = w->left.at;

	if (!bytes_have(&w->left, 6))
		return walk_end(w, DECODE_LINK_CUT);
	return skip_to_ethernet(w, &fields_trill,
	    6 + 4 * (((uint32_t)bytes_16(p) >> 6) & 31));
}

/* The protocol numbers that NSH and VXLAN-GPE share. */
enum layer
link_generic_protocol(struct walk *w, uint32_t protocol)
{
	switch (protocol) {
	case 1:
		return LAYER_IPV4;
	case 2:
		return LAYER_IPV6;
	case 3:
		return LAYER_ETHERNET;
	case 4:
		return LAYER_SERVICE_HEADER;
	case 5:
		return LAYER_MPLS;
	default:
		return walk_end(w, DECODE_OTHER_NETWORK);
	}
}

enum layer
link_service_header(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size;

	if (!bytes_have(&w->left, 8))
		return walk_end(w, DECODE_LINK_CUT);
	size = (uint32_t)(p[1] & 0x3f) * 4;
	if (size < 8 || !bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_service_header, size);
	walk_mix(w, bytes_32(p + 4));
	bytes_skip(&w->left, size);
	return link_generic_protocol(w, p[3]);
}

static bool
plausible_ethernet(const struct bytes *b, uint32_t offset)
{
	uint32_t type;

	if (b->have < offset + 14)
		return false;
	type = bytes_16(b->at + offset + 12);
	switch (type) {
	case 0x0800:
	case 0x0806:
	case 0x86dd:
	case 0x8100:
	case 0x88a8:
	case 0x8847:
	case 0x8863:
	case 0x8864:
	case 0x88cc:
	case 0x9000:
		return true;
	default:
		return type <= 1500 && type <= b->length - offset - 14;
	}
}

/* No label says what it carries: IP by its version, else an Ethernet pseudowire. */
static enum layer
behind_labels(struct walk *w)
{
	const uint8_t *p = w->left.at;

	if (!bytes_have(&w->left, 4))
		return walk_end(w, DECODE_LINK_CUT);
	switch (p[0] >> 4) {
	case 4:
		if ((p[0] & 15) < 5 || bytes_16(p + 2) > w->left.length)
			return plausible_ethernet(&w->left, 0) ? LAYER_ETHERNET : LAYER_IPV4;
		return LAYER_IPV4;
	case 6:
		return LAYER_IPV6;
	case 0:
		/* A control word, unless the first byte of an address without one is 00. */
		if (!plausible_ethernet(&w->left, 4) && plausible_ethernet(&w->left, 0))
			return LAYER_ETHERNET;
		walk_tell(w, &fields_control_word, 4);
		bytes_skip(&w->left, 4);
		return LAYER_ETHERNET;
	case 1:		/* associated channel: OAM */
		return walk_end(w, DECODE_OTHER_NETWORK);
	default:
		return LAYER_ETHERNET;
	}
}

enum layer
link_mpls(struct walk *w)
{
	uint32_t label;

	do {
		if (!bytes_have(&w->left, 4))
			return walk_end(w, DECODE_LINK_CUT);
		label = bytes_32(w->left.at);
		walk_tell(w, &fields_mpls, 4);
		walk_mix(w, label >> 12);
		bytes_skip(&w->left, 4);
	} while ((label & 0x100) == 0);
	return behind_labels(w);
}

enum layer
link_pppoe(struct walk *w)
{
	const uint8_t *p = w->left.at;

	if (!bytes_have(&w->left, 6))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_pppoe, 6);
	if (p[1] != 0)		/* discovery */
		return walk_end(w, DECODE_OTHER_NETWORK);
	walk_mix(w, bytes_16(p + 2));
	bytes_skip(&w->left, 6);
	bytes_limit(&w->left, bytes_16(p + 4));
	return LAYER_PPP;
}

/* OUI and protocol id, 5 bytes. */
enum layer
link_snap(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t oui, id;

	if (!bytes_have(&w->left, 5))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_snap, 5);
	oui = bytes_24(p);
	id = bytes_16(p + 3);
	bytes_skip(&w->left, 5);
	if (oui == OUI_ETHERNET || oui == OUI_BRIDGE_TUNNEL)
		return link_ethertype(w, id);
	if (oui == OUI_BRIDGED && (id == 1 || id == 7)) {
		/* ATM pads so that the addresses are aligned. */
		if (plausible_ethernet(&w->left, 2) && bytes_16(w->left.at) == 0)
			bytes_skip(&w->left, 2);
		return LAYER_ETHERNET;
	}
	return walk_end(w, DECODE_OTHER_NETWORK);
}

/* ISO 9577's identifiers of network protocols, as frame relay and LLC use them. */
enum layer
link_nlpid(struct walk *w, uint32_t nlpid)
{
	switch (nlpid) {
	case NLPID_IPV4:
		return LAYER_IPV4;
	case NLPID_IPV6:
		return LAYER_IPV6;
	case NLPID_PPP:
		return LAYER_PPP;
	case 0x80:
		return link_snap(w);
	default:
		return walk_end(w, DECODE_OTHER_NETWORK);
	}
}

enum layer
link_llc(struct walk *w)
{
	const uint8_t *p = w->left.at;

	if (!bytes_have(&w->left, 3))
		return walk_end(w, DECODE_LINK_CUT);
	if (p[2] != CONTROL_UI)
		return walk_end(w, DECODE_OTHER_NETWORK);
	walk_tell(w, &fields_llc, 3);
	bytes_skip(&w->left, 3);
	if (p[0] == SAP_SNAP && p[1] == SAP_SNAP)
		return link_snap(w);
	if (p[0] == SAP_IP && p[1] == SAP_IP)
		return LAYER_IPV4;
	if (p[0] == SAP_ISO && p[1] == SAP_ISO && bytes_have(&w->left, 1)) {
		bytes_skip(&w->left, 1);
		return link_nlpid(w, p[3]);
	}
	return walk_end(w, DECODE_OTHER_NETWORK);
}

/*
 * Headers that capturing software or hardware puts before a frame: NFLOG,
 * Apple's PKTAP, per-packet information (PPI), Juniper's, the BSDs' PFLOG
 * and ENC, Solaris' IPNET, Endace's ERF, Hilscher's netANALYZER.  Formats as
 * on tcpdump.org's pages on the link types.  Those that wrap a frame of any
 * kind name its link type.
 */
#include "packet/fields.h"
#include "packet/walk.h"

enum {
	NFLOG_PAYLOAD = 9,
	NFLOG_TYPE_MASK = 0x3fff,
	PKTAP_SIZE_MIN = 108,
	PKTAP_PACKET = 1,
	PPI_SIZE_MIN = 8,
	JUNIPER_MAGIC = 0x4d4743,
	JUNIPER_NO_LINK = 0x02,
	JUNIPER_EXTENSIONS = 0x80,
	ENC_SIZE = 12,
	IPNET_SIZE = 24,
	ERF_SIZE = 16
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

/* Where the payload begins among attributes, whose numbers are in the capturing host's order. */
static bool
nflog_payload(const struct bytes *b, bool little, uint32_t *begin, uint32_t *size)
{
	for (uint32_t at = 4; b->length - at >= 4 && b->have >= at + 4;) {
		const uint8_t *p = b->at + at;
		uint32_t length = little ? bytes_16_little(p) : bytes_16(p);
		uint32_t type = little ? bytes_16_little(p + 2) : bytes_16(p + 2);

		if (length < 4 || length > b->length - at)
			return false;
		if ((type & NFLOG_TYPE_MASK) == NFLOG_PAYLOAD) {
			*begin = at + 4;
			*size = length - 4;
			return true;
		}
		length = (length + 3) & ~3u;
		if (length > b->length - at)
			return false;
		at += length;
	}
	return false;
}

enum layer
link_nflog(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t begin = 0, size = 0;

	if (!bytes_have(&w->left, 4))
		return walk_end(w, DECODE_LINK_CUT);
	if (!nflog_payload(&w->left, true, &begin, &size) &&
	    !nflog_payload(&w->left, false, &begin, &size))
		return walk_end(w, DECODE_LINK_CUT);
	/* The group, so that rules that log a packet twice make two sightings. */
	walk_mix(w, bytes_16(p + 2));
	walk_tell(w, &fields_nflog, begin);
	bytes_skip(&w->left, begin);
	bytes_limit(&w->left, size);
	return p[0] == 2 ? LAYER_IPV4 : p[0] == 10 ? LAYER_IPV6 : LAYER_RAW_IP;
}

enum layer
link_pktap(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size;
	bool big;

	if (!bytes_have(&w->left, PKTAP_SIZE_MIN))
		return walk_end(w, DECODE_LINK_CUT);
	big = bytes_32_little(p) > 0xffff;
	size = big ? bytes_32(p) : bytes_32_little(p);
	if (size < PKTAP_SIZE_MIN || !bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_pktap, size);
	if ((big ? bytes_32(p + 4) : bytes_32_little(p + 4)) != PKTAP_PACKET)
		return walk_end(w, DECODE_OTHER_NETWORK);
	w->link_type = (int)((big ? bytes_32(p + 8) : bytes_32_little(p + 8)) & 0xffff);
	walk_mix_bytes(w, p + 12, 24);		/* the interface's name */
	bytes_skip(&w->left, size);
	return LAYER_LINK;
}

enum layer
link_ppi(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size;

	if (!bytes_have(&w->left, PPI_SIZE_MIN))
		return walk_end(w, DECODE_LINK_CUT);
	size = bytes_16_little(p + 2);
	if (size < PPI_SIZE_MIN || !bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_ppi, size);
	w->link_type = (int)(bytes_32_little(p + 4) & 0xffff);
	bytes_skip(&w->left, size);
	return LAYER_LINK;
}

/* Whether an IP header that fits what is left stands at `offset`. */
static enum layer
find_ip(struct walk *w)
{
	for (uint32_t offset = 0; offset <= 16 && w->left.have >= offset + 20; offset += 2) {
		const uint8_t *p = w->left.at + offset;
		uint32_t left = w->left.length - offset;

		if (p[0] >> 4 == 4 && (p[0] & 15) >= 5 && bytes_16(p + 2) >= 20 &&
		    bytes_16(p + 2) <= left) {
			bytes_skip(&w->left, offset);
			return LAYER_IPV4;
		}
		if (p[0] >> 4 == 6 && left >= 40 && bytes_16(p + 4) <= left - 40 &&
		    bytes_16(p + 4) + 44u >= left) {
			bytes_skip(&w->left, offset);
			return LAYER_IPV6;
		}
		if (bytes_24(p) == 0xaaaa03 || bytes_24(p) == 0xfefe03) {
			bytes_skip(&w->left, offset);
			return LAYER_LLC;
		}
	}
	return walk_end(w, DECODE_OTHER_NETWORK);
}

/* What follows Juniper's own header; LAYER_END where a cookie of the card's comes first. */
static enum layer
juniper_next(int link_type)
{
	switch (link_type) {
	case 167:	/* PPPoE is captured with its Ethernet header */
	case 178:
		return LAYER_ETHERNET;
	case 179:
		return LAYER_PPP;
	case 180:
		return LAYER_FRAME_RELAY;
	case 181:
		return LAYER_CISCO_HDLC;
	default:
		return LAYER_END;
	}
}

enum layer
link_juniper(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size = 4;
	uint8_t flags;

	if (!bytes_have(&w->left, 4) || bytes_24(p) != JUNIPER_MAGIC)
		return walk_end(w, DECODE_LINK_CUT);
	flags = p[3];
	walk_mix(w, flags & 1u);
	if (flags & JUNIPER_EXTENSIONS) {
		if (!bytes_have(&w->left, 6))
			return walk_end(w, DECODE_LINK_CUT);
		size = 6u + bytes_16(p + 4);
	}
	if (flags & JUNIPER_NO_LINK)
		return skip_to(w, &fields_juniper, size + 4, LAYER_RAW_IP);
	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_juniper, size);
	bytes_skip(&w->left, size);
	if (juniper_next(w->link_type) == LAYER_END)
		return find_ip(w);
	return juniper_next(w->link_type);
}

enum layer
link_pflog(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size;

	if (!bytes_have(&w->left, 4))
		return walk_end(w, DECODE_LINK_CUT);
	size = ((uint32_t)p[0] + 3) & ~3u;
	if (size < 4 || !bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_pflog, size);
	bytes_skip(&w->left, size);
	return link_family(w, p[1]);
}

enum layer
link_enc(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t family;

	if (!bytes_have(&w->left, ENC_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	family = bytes_32(p);
	if (family > 0xffff)
		family = bytes_32_little(p);
	walk_tell(w, &fields_enc, ENC_SIZE);
	bytes_skip(&w->left, ENC_SIZE);
	return link_family(w, family);
}

enum layer
link_ipnet(struct walk *w)
{
	const uint8_t *p = w->left.at;

	if (!bytes_have(&w->left, IPNET_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_ipnet, IPNET_SIZE);
	walk_mix(w, bytes_32(p + 8));
	bytes_skip(&w->left, IPNET_SIZE);
	return link_family(w, p[1]);
}

enum layer
link_erf(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size = ERF_SIZE;
	uint8_t type, more;

	if (!bytes_have(&w->left, ERF_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	type = p[8] & 0x7f;
	for (more = p[8]; more & 0x80; more = p[size - 8]) {
		size += 8;
		if (!bytes_have(&w->left, size))
			return walk_end(w, DECODE_LINK_CUT);
	}
	walk_mix(w, p[9] & 3u);		/* which port of the card */
	switch (type) {
	case 1:
		return skip_to(w, &fields_erf, size, LAYER_PPP_HDLC);
	case 2:
	case 11:
	case 16:
	case 20:
		return skip_to(w, &fields_erf, size + 2, LAYER_ETHERNET);
	case 22:
		return skip_to(w, &fields_erf, size, LAYER_IPV4);
	case 23:
		return skip_to(w, &fields_erf, size, LAYER_IPV6);
	default:
		return walk_end(w, DECODE_OTHER_NETWORK);
	}
}

enum layer
link_netanalyzer(struct walk *w)
{
	return skip_to(w, &fields_netanalyzer, 4, LAYER_ETHERNET);
}

enum layer
link_netanalyzer_preamble(struct walk *w)
{
	return skip_to(w, &fields_netanalyzer, 12, LAYER_ETHERNET);
}

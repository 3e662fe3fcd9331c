/*
 * IEEE 802.11 and the headers that captures put before it: radiotap, Prism,
 * AVS.  Only data frames that aren't encrypted lead on; an aggregate (A-MSDU)
 * leads to the first of its parts that holds a TCP segment.
 */
#include "packet/fields.h"
#include "packet/walk.h"

enum {
	RADIOTAP_SIZE_MIN = 8,
	RADIOTAP_PADDED = 0x20,
	PRISM_SIZE = 144,
	AVS_SIZE_MIN = 64,

	TYPE_DATA = 2,
	SUBTYPE_NO_DATA = 4,
	SUBTYPE_QOS = 8,
	FLAG_TO_DS = 0x01,
	FLAG_FROM_DS = 0x02,
	FLAG_PROTECTED = 0x40,
	FLAG_ORDER = 0x80,
	QOS_AGGREGATE = 0x80,
	QOS_MESH = 0x01,	/* in the second byte */
	PART_SIZE = 14
};

/* Whether the frame behind a radiotap header is padded between header and body. */
static bool
radiotap_padded(const uint8_t *p, uint32_t size)
{
	uint32_t present = bytes_32_little(p + 4), at = 8;

	for (uint32_t word = present; word & 0x80000000u; at += 4) {
		if (at + 4 > size)
			return false;
		word = bytes_32_little(p + at);
	}
	if (present & 1)		/* a clock of 8 bytes, aligned, comes first */
		at = ((at + 7) & ~7u) + 8;
	return (present & 2) != 0 && at < size && (p[at] & RADIOTAP_PADDED) != 0;
}

enum layer
link_radiotap(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t size;
	bool padded;

	if (!bytes_have(&w->left, RADIOTAP_SIZE_MIN))
		return walk_end(w, DECODE_LINK_CUT);
	size = bytes_16_little(p + 2);
	if (size < RADIOTAP_SIZE_MIN || !bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_radiotap, size);
	padded = radiotap_padded(p, size);
	bytes_skip(&w->left, size);
	return walk_select(w, LAYER_WIRELESS, padded ? WIRELESS_PADDED : 0);
}

enum layer
link_avs(struct walk *w)
{
	uint32_t size;

	if (!bytes_have(&w->left, AVS_SIZE_MIN))
		return walk_end(w, DECODE_LINK_CUT);
	size = bytes_32(w->left.at + 4);
	if (size < AVS_SIZE_MIN || !bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_avs, size);
	bytes_skip(&w->left, size);
	return walk_select(w, LAYER_WIRELESS, 0);
}

/* Some drivers write an AVS header where a Prism header was announced. */
enum layer
link_prism(struct walk *w)
{
	if (!bytes_have(&w->left, 4))
		return walk_end(w, DECODE_LINK_CUT);
	if ((bytes_32(w->left.at) & 0xfffff000u) == 0x80211000u)
		return LAYER_AVS;
	if (!bytes_have(&w->left, PRISM_SIZE))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_prism, PRISM_SIZE);
	bytes_skip(&w->left, PRISM_SIZE);
	return walk_select(w, LAYER_WIRELESS, 0);
}

/* Each part has addresses, a length, and padding to four bytes. */
static enum layer
aggregate(struct walk *w)
{
	enum decode_result first = DECODE_OTHER_NETWORK;
	struct walk before = *w;

	for (bool begun = false; bytes_have(&before.left, PART_SIZE); begun = true) {
		uint32_t size = PART_SIZE + bytes_16(before.left.at + 12);
		enum decode_result result;

		*w = before;
		bytes_limit(&w->left, size);
		walk_tell(w, &fields_aggregate, PART_SIZE);
		bytes_skip(&w->left, PART_SIZE);
		result = walk_run(w, LAYER_LLC);
		if (result == DECODE_SEGMENT || result == DECODE_TOO_DEEP)
			return walk_end(w, result);
		if (!begun)
			first = result;
		size = (size + 3) & ~3u;
		if (!bytes_have(&before.left, size))
			break;
		bytes_skip(&before.left, size);
	}
	return walk_end(w, first);
}

/* How long the header is; what follows depends on its flags. */
static uint32_t
header_size(const uint8_t *control, bool qos)
{
	uint32_t size = 24;

	if ((control[1] & (FLAG_TO_DS | FLAG_FROM_DS)) == (FLAG_TO_DS | FLAG_FROM_DS))
		size += 6;
	if (qos)
		size += control[1] & FLAG_ORDER ? 6 : 2;
	return size;
}

static enum layer
mesh_header(struct walk *w)
{
	uint32_t size;

	if (!bytes_have(&w->left, 6))
		return walk_end(w, DECODE_LINK_CUT);
	size = 6 + 6 * (uint32_t)(w->left.at[0] & 3);
	if (!bytes_have(&w->left, size))
		return walk_end(w, DECODE_LINK_CUT);
	bytes_skip(&w->left, size);
	return LAYER_LLC;
}

enum layer
link_wireless(struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t options = w->selector, size, body;
	uint8_t control[2], subtype;
	bool qos;

	if (!bytes_have(&w->left, 2))
		return walk_end(w, DECODE_LINK_CUT);
	control[0] = p[0];
	control[1] = p[1];
	if ((options & WIRELESS_SWAPPED) != 0 && (p[0] >> 2 & 3) != TYPE_DATA) {
		control[0] = p[1];
		control[1] = p[0];
	}
	subtype = control[0] >> 4;
	if ((control[0] & 3) != 0 || (control[0] >> 2 & 3) != TYPE_DATA ||
	    subtype & SUBTYPE_NO_DATA)
		return walk_end(w, DECODE_OTHER_NETWORK);
	qos = (subtype & SUBTYPE_QOS) != 0;
	size = header_size(control, qos);
	body = options & WIRELESS_PADDED ? (size + 3) & ~3u : size;
	if (!bytes_have(&w->left, body))
		return walk_end(w, DECODE_LINK_CUT);
	walk_tell(w, &fields_wireless, body);
	bytes_skip(&w->left, body);
	if (control[1] & FLAG_PROTECTED)
		return walk_end(w, DECODE_ENCRYPTED);
	if ((p[22] & 15) != 0)		/* not the first fragment */
		return walk_end(w, DECODE_FRAGMENT);
	if (qos) {
		const uint8_t *q = p + header_size(control, false);

		if (q[0] & QOS_AGGREGATE)
			return aggregate(w);
		if ((control[1] & FLAG_FROM_DS) && (control[1] & FLAG_TO_DS) && q[1] & QOS_MESH)
			return mesh_header(w);
	}
	return LAYER_LLC;
}

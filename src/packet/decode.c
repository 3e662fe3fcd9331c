/*
 * One frame's bytes to a segment: which layer a link type begins with, and
 * the loop that walks from layer to layer.  Knows the names of results, and
 * no header's format.
 */
#include <string.h>

#include "packet/fields.h"
#include "packet/walk.h"

static const struct {
	const char *name, *text;
} results[DECODE_RESULTS] = {
	[DECODE_SEGMENT] = { "segment", "TCP segment" },
	[DECODE_QUOTE] = { "quote", "ICMP error that quotes a TCP header" },
	[DECODE_FRAGMENT] = { "fragment", "IP fragment that doesn't complete its packet" },
	[DECODE_OTHER_NETWORK] = { "other-network", "not IP" },
	[DECODE_OTHER_TRANSPORT] = { "other-transport", "IP, but not TCP" },
	[DECODE_UNKNOWN_LINK] = { "unknown-link", "link type that tcpladder doesn't know" },
	[DECODE_LINK_CUT] = { "link-cut", "link header cut short or contradictory" },
	[DECODE_IP_CUT] = { "ip-cut", "IP header cut short" },
	[DECODE_IP_BAD] = { "ip-bad", "IP header contradicts itself" },
	[DECODE_TCP_CUT] = { "tcp-cut", "TCP header cut short" },
	[DECODE_TCP_BAD] = { "tcp-bad", "TCP header contradicts itself or the IP length" },
	[DECODE_ENCRYPTED] = { "encrypted", "encrypted" },
	[DECODE_COMPRESSED] = { "compressed", "compressed" },
	[DECODE_TOO_DEEP] = { "too-deep", "too many nested headers" },
};

const char *
decode_result_name(enum decode_result r)
{
	return results[r].name;
}

const char *
decode_result_text(enum decode_result r)
{
	return results[r].text;
}

/* LINKTYPE_ numbers of tcpdump.org's registry; LINKTYPE_ETHERNET, the first asked for, stands apart. */
static const struct {
	int link_type;
	enum layer layer;
} links[] = {
	{ 0, LAYER_NULL },
	{ 12, LAYER_RAW_IP },
	{ 14, LAYER_RAW_IP },
	{ 101, LAYER_RAW_IP },
	{ 108, LAYER_NULL },
	{ 113, LAYER_COOKED },
	{ 228, LAYER_IPV4 },
	{ 229, LAYER_IPV6 },
	{ 276, LAYER_COOKED_2 },
};

static enum layer
link_layer(struct walk *w)
{
	if (w->link_type == 1)
		return LAYER_ETHERNET;
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
		if (links[i].link_type == w->link_type)
			return links[i].layer;
	return walk_end(w, DECODE_UNKNOWN_LINK);
}

static inline enum layer
step(struct walk *w, enum layer layer)
{
	switch (layer) {
	case LAYER_LINK:
		return link_layer(w);
	case LAYER_ETHERNET:
		return link_ethernet(w);
	case LAYER_COOKED:
		return link_cooked(w);
	case LAYER_COOKED_2:
		return link_cooked_2(w);
	case LAYER_NULL:
		return link_null(w);
	case LAYER_RAW_IP:
		return link_raw_ip(w);
	case LAYER_VLAN:
		return link_vlan(w);
	case LAYER_IPV4:
		return ip_v4(w);
	case LAYER_IPV6:
		return ip_v6(w);
	case LAYER_IP_PROTOCOL:
		return ip_protocol(w);
	case LAYER_TCP:
		return tcp_header(w);
	default:
		return walk_end(w, DECODE_OTHER_NETWORK);
	}
}

enum decode_result
walk_run(struct walk *w, enum layer layer)
{
	while (layer != LAYER_END) {
		if (w->depth++ == WALK_DEPTH_MAX)
			return DECODE_TOO_DEEP;
		layer = step(w, layer);
	}
	return w->result;
}

static void
begin_walk(struct walk *w, const struct raw_frame *frame, struct segment *out)
{
	*w = (struct walk){
		.left = { frame->bytes, frame->captured, frame->length },
		.out = out,
		.start = frame->bytes,
		.end = frame->bytes + frame->captured,
		.frame = frame,
		.link_type = frame->link_type,
		.sighting = frame->interface,
	};
	if (w->left.length < w->left.have)
		w->left.length = w->left.have;
}

enum decode_result
decode_frame(const struct raw_frame *frame, struct fragments *f, struct segment *out)
{
	struct walk w;

	begin_walk(&w, frame, out);
	w.fragments = f;
	return walk_run(&w, LAYER_LINK);
}

enum decode_result
decode_explain(const struct raw_frame *frame, const struct field_visitor *visitor)
{
	struct segment segment;
	struct walk w;

	begin_walk(&w, frame, &segment);
	w.visitor = visitor;
	return walk_run(&w, LAYER_LINK);
}

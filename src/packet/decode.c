/*
 * One frame's bytes to a segment: which layer a link type begins with, and
 * the loop that walks from layer to layer.  Knows the names of results, and
 * no header's format.
 */
#include <string.h>

#include "base/language.h"
#include "packet/fields.h"
#include "packet/walk.h"

static const struct {
	const char *name, *text;
} results[DECODE_RESULTS] = {
	[DECODE_SEGMENT] = { "segment", N_("TCP segment") },
	[DECODE_QUOTE] = { "quote", N_("ICMP error that quotes a TCP header") },
	[DECODE_FRAGMENT] = { "fragment", N_("IP fragment that doesn't complete its packet") },
	[DECODE_OTHER_NETWORK] = { "other-network", N_("not IP") },
	[DECODE_OTHER_TRANSPORT] = { "other-transport", N_("IP, but not TCP") },
	[DECODE_UNKNOWN_LINK] = { "unknown-link", N_("link type that tcpladder doesn't know") },
	[DECODE_LINK_CUT] = { "link-cut", N_("link header cut short or contradictory") },
	[DECODE_IP_CUT] = { "ip-cut", N_("IP header cut short") },
	[DECODE_IP_BAD] = { "ip-bad", N_("IP header contradicts itself or what encloses it") },
	[DECODE_TCP_CUT] = { "tcp-cut", N_("TCP header cut short") },
	[DECODE_TCP_BAD] = { "tcp-bad", N_("TCP header contradicts itself or the IP length") },
	[DECODE_ENCRYPTED] = { "encrypted", N_("encrypted") },
	[DECODE_COMPRESSED] = { "compressed", N_("compressed") },
	[DECODE_TOO_DEEP] = { "too-deep", N_("too many nested headers") },
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

/* LINKTYPE_ numbers of tcpdump.org's registry. */
static const struct {
	int link_type;
	enum layer layer;
} links[] = {
	{ 1, LAYER_ETHERNET },
	{ 113, LAYER_COOKED },
	{ 276, LAYER_COOKED_2 },
	{ 0, LAYER_NULL },
	{ 108, LAYER_NULL },			/* LOOP */
	{ 101, LAYER_RAW_IP },
	{ 12, LAYER_RAW_IP },			/* what DLT_RAW is on most systems */
	{ 14, LAYER_RAW_IP },			/* and on OpenBSD */
	{ 228, LAYER_IPV4 },
	{ 229, LAYER_IPV6 },
	{ 6, LAYER_TOKEN_RING },
	{ 7, LAYER_ARCNET },
	{ 8, LAYER_SLIP },
	{ 9, LAYER_PPP },
	{ 10, LAYER_FDDI },
	{ 50, LAYER_PPP_HDLC },
	{ 51, LAYER_PPPOE },
	{ 100, LAYER_LLC },			/* ATM_RFC1483 */
	{ 104, LAYER_CISCO_HDLC },
	{ 105, LAYER_WIRELESS },
	{ 107, LAYER_FRAME_RELAY },
	{ 109, LAYER_ENC },
	{ 117, LAYER_PFLOG },
	{ 119, LAYER_PRISM },
	{ 122, LAYER_FIBRE_CHANNEL },
	{ 123, LAYER_SUN_ATM },
	{ 127, LAYER_RADIOTAP },
	{ 129, LAYER_ARCNET_LINUX },
	{ 130, LAYER_JUNIPER },			/* MLPPP */
	{ 131, LAYER_JUNIPER },			/* MLFR */
	{ 132, LAYER_JUNIPER },			/* ES */
	{ 133, LAYER_JUNIPER },			/* GGSN */
	{ 134, LAYER_JUNIPER },			/* MFR */
	{ 135, LAYER_JUNIPER },			/* ATM2 */
	{ 136, LAYER_JUNIPER },			/* SERVICES */
	{ 137, LAYER_JUNIPER },			/* ATM1 */
	{ 138, LAYER_FIREWIRE },
	{ 163, LAYER_AVS },
	{ 164, LAYER_JUNIPER },			/* MONITOR */
	{ 166, LAYER_PPP_DIRECTION },		/* PPP_PPPD */
	{ 167, LAYER_JUNIPER },			/* PPPOE */
	{ 168, LAYER_JUNIPER },			/* PPPOE_ATM */
	{ 178, LAYER_JUNIPER },			/* ETHER */
	{ 179, LAYER_JUNIPER },			/* PPP */
	{ 180, LAYER_JUNIPER },			/* FRELAY */
	{ 181, LAYER_JUNIPER },			/* CHDLC */
	{ 183, LAYER_JUNIPER },			/* VP */
	{ 192, LAYER_PPI },
	{ 194, LAYER_JUNIPER },			/* ISM */
	{ 197, LAYER_ERF },
	{ 200, LAYER_JUNIPER },			/* ST */
	{ 204, LAYER_PPP_DIRECTION },
	{ 205, LAYER_CISCO_HDLC_DIRECTION },
	{ 206, LAYER_FRAME_RELAY_DIRECTION },
	{ 219, LAYER_MPLS },
	{ 226, LAYER_IPNET },
	{ 239, LAYER_NFLOG },
	{ 240, LAYER_NETANALYZER },
	{ 241, LAYER_NETANALYZER_PREAMBLE },
	{ 242, LAYER_INFINIBAND },
	{ 258, LAYER_PKTAP },
};

static enum layer
link_layer(struct walk *w)
{
	w->selector = 0;
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
		if (links[i].link_type == w->link_type)
			return links[i].layer;
	return walk_end(w, DECODE_UNKNOWN_LINK);
}

static enum layer (*const layers[])(struct walk *) = {
	[LAYER_LINK] = link_layer,
	[LAYER_ETHERNET] = link_ethernet,
	[LAYER_COOKED] = link_cooked,
	[LAYER_COOKED_2] = link_cooked_2,
	[LAYER_NULL] = link_null,
	[LAYER_RAW_IP] = link_raw_ip,
	[LAYER_VLAN] = link_vlan,
	[LAYER_VN_TAG] = link_vn_tag,
	[LAYER_E_TAG] = link_e_tag,
	[LAYER_REDUNDANCY_TAG] = link_redundancy_tag,
	[LAYER_CISCO_META] = link_cisco_meta,
	[LAYER_MACSEC] = link_macsec,
	[LAYER_BACKBONE] = link_backbone,
	[LAYER_FABRIC_PATH] = link_fabric_path,
	[LAYER_TRILL] = link_trill,
	[LAYER_SERVICE_HEADER] = link_service_header,
	[LAYER_MPLS] = link_mpls,
	[LAYER_PPPOE] = link_pppoe,
	[LAYER_LLC] = link_llc,
	[LAYER_PPP] = link_ppp,
	[LAYER_PPP_HDLC] = link_ppp_hdlc,
	[LAYER_PPP_DIRECTION] = link_ppp_direction,
	[LAYER_PPP_BRIDGED] = link_ppp_bridged,
	[LAYER_PPP_MULTILINK] = link_ppp_multilink,
	[LAYER_CISCO_HDLC] = link_cisco_hdlc,
	[LAYER_CISCO_HDLC_DIRECTION] = link_cisco_hdlc_direction,
	[LAYER_FRAME_RELAY] = link_frame_relay,
	[LAYER_FRAME_RELAY_DIRECTION] = link_frame_relay_direction,
	[LAYER_SLIP] = link_slip,
	[LAYER_FDDI] = link_fddi,
	[LAYER_TOKEN_RING] = link_token_ring,
	[LAYER_ARCNET] = link_arcnet,
	[LAYER_ARCNET_LINUX] = link_arcnet_linux,
	[LAYER_INFINIBAND] = link_infiniband,
	[LAYER_FIBRE_CHANNEL] = link_fibre_channel,
	[LAYER_FIREWIRE] = link_firewire,
	[LAYER_SUN_ATM] = link_sun_atm,
	[LAYER_NFLOG] = link_nflog,
	[LAYER_PKTAP] = link_pktap,
	[LAYER_PPI] = link_ppi,
	[LAYER_JUNIPER] = link_juniper,
	[LAYER_PFLOG] = link_pflog,
	[LAYER_ENC] = link_enc,
	[LAYER_IPNET] = link_ipnet,
	[LAYER_ERF] = link_erf,
	[LAYER_NETANALYZER] = link_netanalyzer,
	[LAYER_NETANALYZER_PREAMBLE] = link_netanalyzer_preamble,
	[LAYER_PRISM] = link_prism,
	[LAYER_AVS] = link_avs,
	[LAYER_RADIOTAP] = link_radiotap,
	[LAYER_WIRELESS] = link_wireless,
	[LAYER_IPV4] = ip_v4,
	[LAYER_IPV6] = ip_v6,
	[LAYER_IP_PROTOCOL] = ip_protocol,
	[LAYER_ICMP] = ip_icmp,
	[LAYER_ICMPV6] = ip_icmpv6,
	[LAYER_GRE] = tunnel_gre,
	[LAYER_ERSPAN_2] = tunnel_erspan_2,
	[LAYER_ERSPAN_3] = tunnel_erspan_3,
	[LAYER_ETHER_IP] = tunnel_ether_ip,
	[LAYER_L2TP_SESSION] = tunnel_l2tp_session,
	[LAYER_UDP] = tunnel_udp,
	[LAYER_VXLAN] = tunnel_vxlan,
	[LAYER_VXLAN_GPE] = tunnel_vxlan_gpe,
	[LAYER_GENEVE] = tunnel_geneve,
	[LAYER_GTP] = tunnel_gtp,
	[LAYER_TEREDO] = tunnel_teredo,
	[LAYER_AYIYA] = tunnel_ayiya,
	[LAYER_L2TP] = tunnel_l2tp,
	[LAYER_CAPWAP] = tunnel_capwap,
	[LAYER_LISP] = tunnel_lisp,
	[LAYER_JUNIPER_MIRROR] = tunnel_juniper_mirror,
	[LAYER_TZSP] = tunnel_tzsp,
	[LAYER_TCP] = tcp_header,
};

_Static_assert(sizeof layers / sizeof layers[0] == LAYER_TCP + 1, "every layer has a function");

enum decode_result
walk_run(struct walk *w, enum layer layer)
{
	while (layer != LAYER_END) {
		if (w->depth++ == WALK_DEPTH_MAX)
			return DECODE_TOO_DEEP;
		/* What nearly every frame consists of is called directly. */
		switch ((int)layer) {
		case LAYER_ETHERNET:
			layer = link_ethernet(w);
			break;
		case LAYER_IPV4:
			layer = ip_v4(w);
			break;
		case LAYER_IPV6:
			layer = ip_v6(w);
			break;
		case LAYER_TCP:
			layer = tcp_header(w);
			break;
		default:
			layer = layers[layer](w);
		}
	}
	return w->result;
}

/* Each field by itself, for the same reason as in tcp_header.c. */
static inline void
begin_walk(struct walk *w, const struct raw_frame *frame, struct fragments *f,
    const struct field_visitor *visitor, struct segment *out)
{
	w->left.at = frame->bytes;
	w->left.have = frame->captured;
	w->left.length = frame->length < frame->captured ? frame->captured : frame->length;
	w->source = NULL;
	w->target = NULL;
	w->out = out;
	w->visitor = visitor;
	w->start = frame->bytes;
	w->end = frame->bytes + frame->captured;
	w->frame = frame;
	w->fragments = f;
	w->sighting = frame->interface;
	w->selector = 0;
	w->link_type = frame->link_type;
	w->traits = 0;
	w->ip_id = 0;
	w->icmp = 0;
	w->icmp_mtu = 0;
	w->packet_size = 0;
	w->ip_header = 0;
	w->icmp_family = 0;
	w->ttl = 0;
	w->family = 0;
	w->depth = 0;
	w->whole = false;
	w->guess = false;
	w->result = DECODE_UNKNOWN_LINK;
}

/*
 * Trouble inside what only a UDP port called a tunnel, or inside what an ICMP
 * error quotes, isn't the frame's; and what isn't IP inside IP isn't TCP.
 */
static inline enum decode_result
end_walk(const struct walk *w, enum decode_result result)
{
	if (result == DECODE_SEGMENT)
		return result;
	if (result == DECODE_OTHER_NETWORK && (w->guess || w->family != 0))
		return DECODE_OTHER_TRANSPORT;
	if (w->guess && (result == DECODE_LINK_CUT || result == DECODE_UNKNOWN_LINK ||
	    result == DECODE_IP_BAD))
		return DECODE_OTHER_TRANSPORT;
	if (w->traits & SEGMENT_ICMP_QUOTE && result != DECODE_QUOTE && result != DECODE_TCP_CUT)
		return DECODE_OTHER_TRANSPORT;
	return result;
}

enum decode_result
decode_frame(const struct raw_frame *frame, struct fragments *f, struct segment *out)
{
	struct walk w;

	begin_walk(&w, frame, f, NULL, out);
	return end_walk(&w, walk_run(&w, LAYER_LINK));
}

const uint8_t *
decode_tcp_header(const struct raw_frame *frame, size_t *size)
{
	struct segment segment;
	struct walk w;

	begin_walk(&w, frame, NULL, NULL, &segment);
	if (end_walk(&w, walk_run(&w, LAYER_LINK)) != DECODE_SEGMENT)
		return NULL;
	*size = (size_t)(w.left.at[12] >> 4) * 4;
	if (*size > w.left.have)	/* options cut by the snapshot length */
		*size = w.left.have;
	return w.left.at;
}

enum decode_result
decode_explain(const struct raw_frame *frame, const struct field_visitor *visitor)
{
	struct segment segment;
	enum decode_result result;
	struct walk w;

	begin_walk(&w, frame, NULL, visitor, &segment);
	result = end_walk(&w, walk_run(&w, LAYER_LINK));
	if (result != DECODE_SEGMENT && result != DECODE_QUOTE)	/* which have told all */
		fields_rest(&w);
	return result;
}

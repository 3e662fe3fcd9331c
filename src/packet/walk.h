/*
 * The walk from a frame's first byte to its innermost TCP header, shared by
 * the rooms of this floor and seen by nobody else.  Each header is a layer:
 * its function reads the header at `left`, steps over it and names the layer
 * that follows.  decode.c owns the loop, so that nesting costs no stack and
 * one limit holds for all.  Where somebody looks at the packet, each layer
 * tells its fields on the way (fields.h); else that is one untaken branch.
 */
#ifndef TCPLADDER_PACKET_WALK_H
#define TCPLADDER_PACKET_WALK_H

#include <stddef.h>

#include "packet/bytes.h"
#include "packet/decode.h"

enum layer {
	LAYER_END,		/* walk.result says how it ended */
	/* decode.c */
	LAYER_LINK,		/* by walk.link_type */
	/* link.c */
	LAYER_ETHERNET,
	LAYER_COOKED,
	LAYER_COOKED_2,
	LAYER_NULL,
	LAYER_RAW_IP,
	/* link_tag.c: what may stand between a link header and IP */
	LAYER_VLAN,
	LAYER_VN_TAG,
	LAYER_E_TAG,
	LAYER_REDUNDANCY_TAG,
	LAYER_CISCO_META,
	LAYER_MACSEC,
	LAYER_BACKBONE,		/* 802.1ah I-TAG */
	LAYER_FABRIC_PATH,
	LAYER_TRILL,
	LAYER_SERVICE_HEADER,	/* NSH */
	LAYER_MPLS,
	LAYER_PPPOE,
	LAYER_LLC,
	/* link_point.c */
	LAYER_PPP,
	LAYER_PPP_HDLC,
	LAYER_PPP_DIRECTION,
	LAYER_PPP_BRIDGED,
	LAYER_PPP_MULTILINK,
	LAYER_CISCO_HDLC,
	LAYER_CISCO_HDLC_DIRECTION,
	LAYER_FRAME_RELAY,
	LAYER_FRAME_RELAY_DIRECTION,
	LAYER_SLIP,
	/* link_old.c */
	LAYER_FDDI,
	LAYER_TOKEN_RING,
	LAYER_ARCNET,
	LAYER_ARCNET_LINUX,
	LAYER_INFINIBAND,
	LAYER_FIBRE_CHANNEL,
	LAYER_FIREWIRE,
	LAYER_SUN_ATM,
	/* link_wrap.c */
	LAYER_NFLOG,
	LAYER_PKTAP,
	LAYER_PPI,
	LAYER_JUNIPER,
	LAYER_PFLOG,
	LAYER_ENC,
	LAYER_IPNET,
	LAYER_ERF,
	LAYER_NETANALYZER,
	LAYER_NETANALYZER_PREAMBLE,
	/* link_wireless.c */
	LAYER_PRISM,
	LAYER_AVS,
	LAYER_RADIOTAP,
	LAYER_WIRELESS,		/* walk.selector: enum wireless_option */
	/* ip.c */
	LAYER_IPV4,
	LAYER_IPV6,
	LAYER_IP_PROTOCOL,	/* by walk.selector */
	LAYER_ICMP,
	LAYER_ICMPV6,
	/* tunnel.c */
	LAYER_GRE,
	LAYER_ERSPAN_2,
	LAYER_ERSPAN_3,
	LAYER_ETHER_IP,
	LAYER_L2TP_SESSION,
	/* tunnel_udp.c */
	LAYER_UDP,
	LAYER_VXLAN,
	LAYER_VXLAN_GPE,
	LAYER_GENEVE,
	LAYER_GTP,
	LAYER_TEREDO,
	LAYER_AYIYA,
	LAYER_L2TP,
	LAYER_CAPWAP,
	LAYER_LISP,
	LAYER_JUNIPER_MIRROR,
	LAYER_TZSP,
	/* tcp_header.c */
	LAYER_TCP
};

enum wireless_option {
	WIRELESS_PADDED = 1,	/* header and body are aligned to four bytes */
	WIRELESS_SWAPPED = 2	/* the bytes of the frame control may be swapped */
};

struct walk {
	struct bytes left;
	const uint8_t *source, *target;	/* of the innermost IP header so far */
	struct segment *out;
	const struct field_visitor *visitor;	/* NULL: nobody looks */
	const uint8_t *start, *end;	/* the frame's bytes as captured, for offsets */
	const struct raw_frame *frame;
	struct fragments *fragments;
	uint32_t sighting;
	uint32_t selector;		/* an argument for the next layer */
	int link_type;
	uint16_t traits;
	uint16_t ip_id;
	uint16_t icmp;			/* type << 8 | code of the error that quotes */
	uint16_t icmp_mtu;
	uint16_t packet_size;		/* of the innermost packet, as its IP header says; 0: not told */
	uint16_t ip_header;		/* bytes of the innermost IP header so far, extensions and all */
	uint8_t icmp_family;
	uint8_t ttl;
	uint8_t family;			/* 0 before the first IP header */
	uint8_t depth;
	bool whole;			/* reassembled; only its beginning is kept */
	bool guess;			/* only a UDP port says that this is a tunnel */
	enum decode_result result;
};

enum { WALK_DEPTH_MAX = 48 };

/* Runs the walk from `first` on. */
enum decode_result walk_run(struct walk *w, enum layer first);

static inline enum layer
walk_end(struct walk *w, enum decode_result result)
{
	w->result = result;
	return LAYER_END;
}

/* Adds to the hash of where this was seen. */
static inline void
walk_mix(struct walk *w, uint32_t value)
{
	uint32_t h = (w->sighting ^ value) * 0x9e3779b1u;

	w->sighting = h ^ h >> 15;
}

static inline void
walk_mix_bytes(struct walk *w, const uint8_t *p, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		walk_mix(w, p[i]);
}

/* The next layer, by one more number of the layer before. */
static inline enum layer
walk_select(struct walk *w, enum layer next, uint32_t selector)
{
	w->selector = selector;
	return next;
}

/* decode.c names where each begins, and what follows is asked for by number. */
enum layer link_ethertype(struct walk *w, uint32_t type);	/* left stands behind the field */
enum layer link_type_or_length(struct walk *w, uint32_t type);
enum layer link_family(struct walk *w, uint32_t family);
enum layer link_nlpid(struct walk *w, uint32_t nlpid);
enum layer link_generic_protocol(struct walk *w, uint32_t protocol);

enum layer link_ethernet(struct walk *w);
enum layer link_cooked(struct walk *w);
enum layer link_cooked_2(struct walk *w);
enum layer link_null(struct walk *w);
enum layer link_raw_ip(struct walk *w);
enum layer link_vlan(struct walk *w);
enum layer link_vn_tag(struct walk *w);
enum layer link_e_tag(struct walk *w);
enum layer link_redundancy_tag(struct walk *w);
enum layer link_cisco_meta(struct walk *w);
enum layer link_macsec(struct walk *w);
enum layer link_backbone(struct walk *w);
enum layer link_fabric_path(struct walk *w);
enum layer link_trill(struct walk *w);
enum layer link_service_header(struct walk *w);
enum layer link_mpls(struct walk *w);
enum layer link_pppoe(struct walk *w);
enum layer link_snap(struct walk *w);
enum layer link_llc(struct walk *w);
enum layer link_ppp(struct walk *w);
enum layer link_ppp_hdlc(struct walk *w);
enum layer link_ppp_direction(struct walk *w);
enum layer link_ppp_bridged(struct walk *w);
enum layer link_ppp_multilink(struct walk *w);
enum layer link_cisco_hdlc(struct walk *w);
enum layer link_cisco_hdlc_direction(struct walk *w);
enum layer link_frame_relay(struct walk *w);
enum layer link_frame_relay_direction(struct walk *w);
enum layer link_slip(struct walk *w);
enum layer link_fddi(struct walk *w);
enum layer link_token_ring(struct walk *w);
enum layer link_arcnet(struct walk *w);
enum layer link_arcnet_linux(struct walk *w);
enum layer link_infiniband(struct walk *w);
enum layer link_fibre_channel(struct walk *w);
enum layer link_firewire(struct walk *w);
enum layer link_sun_atm(struct walk *w);
enum layer link_nflog(struct walk *w);
enum layer link_pktap(struct walk *w);
enum layer link_ppi(struct walk *w);
enum layer link_juniper(struct walk *w);
enum layer link_pflog(struct walk *w);
enum layer link_enc(struct walk *w);
enum layer link_ipnet(struct walk *w);
enum layer link_erf(struct walk *w);
enum layer link_netanalyzer(struct walk *w);
enum layer link_netanalyzer_preamble(struct walk *w);
enum layer link_prism(struct walk *w);
enum layer link_avs(struct walk *w);
enum layer link_radiotap(struct walk *w);
enum layer link_wireless(struct walk *w);

enum layer ip_v4(struct walk *w);
enum layer ip_v6(struct walk *w);
enum layer ip_protocol(struct walk *w);
enum layer ip_icmp(struct walk *w);
enum layer ip_icmpv6(struct walk *w);

enum layer tunnel_gre(struct walk *w);
enum layer tunnel_erspan_2(struct walk *w);
enum layer tunnel_erspan_3(struct walk *w);
enum layer tunnel_ether_ip(struct walk *w);
enum layer tunnel_l2tp_session(struct walk *w);
enum layer tunnel_udp(struct walk *w);
enum layer tunnel_vxlan(struct walk *w);
enum layer tunnel_vxlan_gpe(struct walk *w);
enum layer tunnel_geneve(struct walk *w);
enum layer tunnel_gtp(struct walk *w);
enum layer tunnel_teredo(struct walk *w);
enum layer tunnel_ayiya(struct walk *w);
enum layer tunnel_l2tp(struct walk *w);
enum layer tunnel_capwap(struct walk *w);
enum layer tunnel_lisp(struct walk *w);
enum layer tunnel_juniper_mirror(struct walk *w);
enum layer tunnel_tzsp(struct walk *w);

enum layer tcp_header(struct walk *w);

#endif

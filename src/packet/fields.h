/*
 * Telling the fields of headers to somebody who looks at a packet.  The
 * layers call this only where walk.visitor isn't NULL; nothing here changes
 * the walk.  Most headers are a table (struct header_spec, in fields_*.c);
 * those whose fields depend on each other have a function.
 */
#ifndef TCPLADDER_PACKET_FIELDS_H
#define TCPLADDER_PACKET_FIELDS_H

#include "packet/walk.h"

enum field_kind {
	FIELD_NUMBER,
	FIELD_HEX,
	FIELD_MAC,
	FIELD_IPV4,
	FIELD_IPV6,
	FIELD_BYTES,
	FIELD_TEXT		/* until the first NUL */
};

enum { FIELD_LITTLE = 0x80 };	/* with FIELD_NUMBER or FIELD_HEX: little-endian */

/* What a value is called; a table ends with text NULL. */
struct field_name {
	uint32_t value;
	const char *text;
};

struct field_row {
	const char *name;		/* NULL ends the table */
	uint8_t offset, size;		/* in bytes; left out where the header is shorter */
	uint8_t kind;			/* enum field_kind, perhaps with FIELD_LITTLE */
	uint32_t mask;			/* 0: the whole field; else its bits, shifted down */
	const struct field_name *names;
	const char *note;		/* what the number means, after it */
};

enum { FIELDS_MAX = 12 };

struct header_spec {
	const char *name;
	const char *note;
	struct field_row rows[FIELDS_MAX];
};

extern const struct header_spec
    /* fields_link.c */
    fields_ethernet, fields_cooked, fields_cooked_2, fields_null,
    fields_direction, fields_cisco_hdlc, fields_ppp_bridged, fields_ppp_multilink,
    fields_frame_relay, fields_slip, fields_fddi, fields_token_ring, fields_arcnet,
    fields_infiniband, fields_fibre_channel, fields_firewire, fields_sun_atm,
    fields_nflog, fields_pktap, fields_ppi, fields_juniper, fields_pflog, fields_enc,
    fields_ipnet, fields_erf, fields_netanalyzer, fields_radiotap, fields_avs,
    fields_prism, fields_aggregate, fields_wireless,
    /* fields_tunnel.c */
    fields_vlan, fields_vn_tag, fields_e_tag, fields_redundancy_tag, fields_cisco_meta,
    fields_macsec, fields_backbone, fields_fabric_path, fields_trill,
    fields_service_header, fields_control_word, fields_mpls, fields_pppoe, fields_snap,
    fields_llc, fields_gre, fields_erspan_2, fields_erspan_3, fields_ether_ip,
    fields_l2tp_session, fields_vxlan, fields_vxlan_gpe, fields_geneve, fields_gtp,
    fields_teredo_authentication, fields_teredo_origin, fields_ayiya, fields_l2tp,
    fields_capwap, fields_lisp, fields_juniper_mirror, fields_tzsp,
    /* fields_ip.c */
    fields_ipv6, fields_ipv6_fragment, fields_ipv6_extension, fields_authentication,
    fields_icmp, fields_icmpv6, fields_udp;

extern const struct field_name fields_ethertypes[], fields_protocols[];

/* The header of `size` bytes that begins at p. */
void fields_header(const struct walk *w, const struct header_spec *spec, const uint8_t *p,
    uint32_t size);

/* One line; `format` makes the value. */
void fields_tell(const struct walk *w, int level, const uint8_t *p, uint32_t size,
    const char *name, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The text for a value, or NULL. */
const char *fields_find(const struct field_name *names, uint32_t value);

void fields_ppp(const struct walk *w, uint32_t framing, uint32_t size, uint32_t protocol);
void fields_ipv4(const struct walk *w, uint32_t header);
void fields_fragment(const struct walk *w, uint32_t offset);
void fields_tcp(const struct walk *w, uint32_t header);
void fields_tcp_quote(const struct walk *w);

/* What is left behind the innermost header: payload, padding, or what couldn't be read. */
void fields_rest(const struct walk *w);

static inline void
walk_tell(const struct walk *w, const struct header_spec *spec, uint32_t size)
{
	if (__builtin_expect(w->visitor != NULL, 0))
		fields_header(w, spec, w->left.at, size);
}

#endif

/*
 * The fields of tags and tunnels, as tables.  The formats' sources are named
 * in link_tag.c and the tunnel_*.c that walk them.
 */
#include "base/language.h"
#include "packet/fields.h"

const struct header_spec fields_vlan = { "VLAN tag", N_("which virtual network the frame belongs to"), {
	{ "priority", 0, 1, FIELD_NUMBER, 0xe0, NULL, NULL },
	{ "may be dropped", 0, 1, FIELD_NUMBER, 0x10, NULL, NULL },
	{ "VLAN", 0, 2, FIELD_NUMBER, 0x0fff, NULL, NULL },
	{ "type", 2, 2, FIELD_HEX, 0, fields_ethertypes, N_("what follows") },
} };

const struct header_spec fields_vn_tag = { "VN-Tag", N_("which port of a fabric extender"), {
	{ "direction", 0, 1, FIELD_NUMBER, 0x80, NULL, NULL },
	{ "destination", 0, 2, FIELD_NUMBER, 0x3fff, NULL, N_("virtual interface") },
	{ "source", 2, 2, FIELD_NUMBER, 0x0fff, NULL, N_("virtual interface") },
	{ "type", 4, 2, FIELD_HEX, 0, fields_ethertypes, N_("what follows") },
} };

const struct header_spec fields_e_tag = { "802.1BR E-Tag", N_("which port of a port extender"), {
	{ "ingress channel", 0, 2, FIELD_NUMBER, 0x0fff, NULL, NULL },
	{ "channel", 2, 2, FIELD_NUMBER, 0x3fff, NULL, NULL },
	{ "type", 6, 2, FIELD_HEX, 0, fields_ethertypes, N_("what follows") },
} };

const struct header_spec fields_redundancy_tag = { "Redundancy tag",
	N_("so that copies over two ways can be recognised"), {
	{ "sequence", 2, 2, FIELD_NUMBER, 0, NULL, NULL },
	{ "type", 4, 2, FIELD_HEX, 0, fields_ethertypes, N_("what follows") },
} };

const struct header_spec fields_cisco_meta = { "Cisco metadata", "", {
	{ "version", 0, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "length", 1, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "security group", 4, 2, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_macsec = { "MACsec", N_("802.1AE, protects each hop"), {
	{ "encrypted", 0, 1, FIELD_NUMBER, 0x08, NULL, NULL },
	{ "association", 0, 1, FIELD_NUMBER, 0x03, NULL, NULL },
	{ "packet number", 2, 4, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_backbone = { "802.1ah tag",
    N_("a customer's frame on a provider's backbone"), {
	{ "priority", 0, 1, FIELD_NUMBER, 0xe0, NULL, NULL },
	{ "service", 1, 3, FIELD_NUMBER, 0, NULL, N_("which customer's network") },
} };

const struct header_spec fields_fabric_path = { "FabricPath", "Cisco's routing of Ethernet frames",
    {
	{ "tree", 0, 2, FIELD_NUMBER, 0xffc0, NULL, NULL },
	{ "time to live", 1, 1, FIELD_NUMBER, 0x3f, NULL, NULL },
} };

const struct header_spec fields_trill = { "TRILL", N_("routing of Ethernet frames"), {
	{ "hops left", 1, 1, FIELD_NUMBER, 0x3f, NULL, NULL },
	{ "egress", 2, 2, FIELD_NUMBER, 0, NULL, NULL },
	{ "ingress", 4, 2, FIELD_NUMBER, 0, NULL, NULL },
} };

static const struct field_name generic_protocols[] = {
	{ 1, "IPv4" }, { 2, "IPv6" }, { 3, "Ethernet" }, { 4, "NSH" }, { 5, "MPLS" }, { 0, NULL }
};

const struct header_spec fields_service_header = { "NSH", N_("the chain of services to pass"), {
	{ "length", 1, 1, FIELD_NUMBER, 0x3f, NULL, N_("in units of 4 bytes") },
	{ "next protocol", 3, 1, FIELD_NUMBER, 0, generic_protocols, NULL },
	{ "path", 4, 3, FIELD_NUMBER, 0, NULL, NULL },
	{ "index", 7, 1, FIELD_NUMBER, 0, NULL, N_("services that are still to come") },
} };

const struct header_spec fields_control_word = { "Pseudowire control word", "", {
	{ "sequence", 2, 2, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_mpls = { "MPLS label", N_("how the next router forwards the packet"), {
	{ "label", 0, 3, FIELD_NUMBER, 0xfffff0, NULL, NULL },
	{ "traffic class", 2, 1, FIELD_NUMBER, 0x0e, NULL, NULL },
	{ "bottom of stack", 2, 1, FIELD_NUMBER, 0x01, NULL, NULL },
	{ "time to live", 3, 1, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_pppoe = { "PPPoE", N_("a subscriber's session over Ethernet"), {
	{ "version and type", 0, 1, FIELD_HEX, 0, NULL, NULL },
	{ "code", 1, 1, FIELD_HEX, 0, NULL, N_("0 in a session") },
	{ "session", 2, 2, FIELD_HEX, 0, NULL, NULL },
	{ "length", 4, 2, FIELD_NUMBER, 0, NULL, N_("of what follows; the rest is padding") },
} };

const struct header_spec fields_snap = { "SNAP", N_("an ethertype behind an LLC header"), {
	{ "organisation", 0, 3, FIELD_HEX, 0, NULL, NULL },
	{ "protocol", 3, 2, FIELD_HEX, 0, fields_ethertypes, NULL },
} };

const struct header_spec fields_llc = { "802.2 LLC", "", {
	{ "destination service", 0, 1, FIELD_HEX, 0, NULL, NULL },
	{ "source service", 1, 1, FIELD_HEX, 0, NULL, NULL },
	{ "control", 2, 1, FIELD_HEX, 0, NULL, N_("0x03 is a datagram") },
} };

const struct header_spec fields_gre = { "GRE", N_("a tunnel"), {
	{ "checksum present", 0, 1, FIELD_NUMBER, 0x80, NULL, NULL },
	{ "routing present", 0, 1, FIELD_NUMBER, 0x40, NULL, NULL },
	{ "key present", 0, 1, FIELD_NUMBER, 0x20, NULL, NULL },
	{ "sequence present", 0, 1, FIELD_NUMBER, 0x10, NULL, NULL },
	{ "version", 1, 1, FIELD_NUMBER, 0x07, NULL, N_("1 is PPTP's") },
	{ "protocol", 2, 2, FIELD_HEX, 0, fields_ethertypes, NULL },
} };

const struct header_spec fields_erspan_2 = { "ERSPAN type II", N_("a switch's mirror of a port"), {
	{ "version", 0, 1, FIELD_NUMBER, 0xf0, NULL, NULL },
	{ "VLAN", 0, 2, FIELD_NUMBER, 0x0fff, NULL, NULL },
	{ "session", 2, 2, FIELD_NUMBER, 0x03ff, NULL, NULL },
	{ "index", 5, 3, FIELD_NUMBER, 0x0fffff, NULL, NULL },
} };

const struct header_spec fields_erspan_3 = { "ERSPAN type III", N_("a switch's mirror of a port"), {
	{ "version", 0, 1, FIELD_NUMBER, 0xf0, NULL, NULL },
	{ "VLAN", 0, 2, FIELD_NUMBER, 0x0fff, NULL, NULL },
	{ "session", 2, 2, FIELD_NUMBER, 0x03ff, NULL, NULL },
	{ "time", 4, 4, FIELD_NUMBER, 0, NULL, N_("of the switch's clock") },
	{ "security group", 8, 2, FIELD_NUMBER, 0, NULL, NULL },
	{ "frame type", 10, 1, FIELD_NUMBER, 0x7c, NULL, N_("0 is Ethernet, 2 is IP") },
} };

const struct header_spec fields_ether_ip = { "EtherIP", N_("an Ethernet frame inside IP"), {
	{ "version", 0, 1, FIELD_NUMBER, 0xf0, NULL, NULL },
} };

const struct header_spec fields_l2tp_session = { "L2TPv3", N_("a pseudowire over IP"), {
	{ "session", 0, 4, FIELD_HEX, 0, NULL, NULL },
	{ "cookie", 4, 4, FIELD_HEX, 0, NULL, N_("or the sublayer") },
} };

const struct header_spec fields_vxlan = { "VXLAN", N_("a virtual Ethernet over UDP"), {
	{ "flags", 0, 1, FIELD_HEX, 0, NULL, N_("0x08: the network number is valid") },
	{ "network", 4, 3, FIELD_NUMBER, 0, NULL, N_("which virtual network (VNI)") },
} };

const struct header_spec fields_vxlan_gpe = { "VXLAN-GPE", N_("VXLAN with any protocol inside"), {
	{ "flags", 0, 1, FIELD_HEX, 0, NULL, NULL },
	{ "next protocol", 3, 1, FIELD_NUMBER, 0, generic_protocols, NULL },
	{ "network", 4, 3, FIELD_NUMBER, 0, NULL, N_("which virtual network (VNI)") },
} };

const struct header_spec fields_geneve = { "Geneve", N_("a virtual network over UDP"), {
	{ "version", 0, 1, FIELD_NUMBER, 0xc0, NULL, NULL },
	{ "options", 0, 1, FIELD_NUMBER, 0x3f, NULL, N_("length of all options, in units of 4 bytes") },
	{ "critical options", 1, 1, FIELD_NUMBER, 0x40, NULL, NULL },
	{ "protocol", 2, 2, FIELD_HEX, 0, fields_ethertypes, NULL },
	{ "network", 4, 3, FIELD_NUMBER, 0, NULL, N_("which virtual network (VNI)") },
} };

const struct header_spec fields_gtp = { "GTP-U",
    N_("a mobile subscriber's packet between the operator's nodes"), {
	{ "version", 0, 1, FIELD_NUMBER, 0xe0, NULL, NULL },
	{ "flags", 0, 1, FIELD_NUMBER, 0x07, NULL, N_("4 extensions, 2 sequence, 1 N-PDU number") },
	{ "message", 1, 1, FIELD_NUMBER, 0, NULL, N_("255 is user data") },
	{ "length", 2, 2, FIELD_NUMBER, 0, NULL, N_("behind the first 8 bytes") },
	{ "tunnel", 4, 4, FIELD_HEX, 0, NULL, NULL },
} };

const struct header_spec fields_teredo_authentication = { "Teredo authentication", "", {
	{ "identifier length", 2, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "value length", 3, 1, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_teredo_origin = { "Teredo origin",
	N_("where the packet came from, each bit inverted"), {
	{ "port", 2, 2, FIELD_HEX, 0, NULL, NULL },
	{ "address", 4, 4, FIELD_HEX, 0, NULL, NULL },
} };

const struct header_spec fields_ayiya = { "AYIYA", N_("IPv6 inside UDP"), {
	{ "operation", 2, 1, FIELD_NUMBER, 0x0f, NULL, N_("1 is forward") },
	{ "next protocol", 3, 1, FIELD_NUMBER, 0, fields_protocols, NULL },
	{ "time", 4, 4, FIELD_NUMBER, 0, NULL, N_("seconds since 1970") },
} };

const struct header_spec fields_l2tp = { "L2TP", N_("a dial-up or provider's tunnel"), {
	{ "flags", 0, 2, FIELD_HEX, 0, NULL, NULL },
	{ "version", 1, 1, FIELD_NUMBER, 0x0f, NULL, NULL },
} };

const struct header_spec fields_capwap = { "CAPWAP",
    N_("between a wireless controller and its access point"), {
	{ "header length", 1, 1, FIELD_NUMBER, 0xf8, NULL, N_("in units of 4 bytes") },
	{ "wireless frame", 2, 1, FIELD_NUMBER, 0x01, NULL, N_("0: an Ethernet frame") },
} };

const struct header_spec fields_lisp = { "LISP", N_("routing by locator and identity"), {
	{ "flags", 0, 1, FIELD_HEX, 0, NULL, NULL },
	{ "instance", 4, 3, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_juniper_mirror = { "Juniper packet mirror", "", {
	{ "intercept", 0, 4, FIELD_NUMBER, 0, NULL, NULL },
	{ "session", 4, 4, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_tzsp = { "TZSP", N_("frames mirrored to somebody who listens"), {
	{ "version", 0, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "kind", 1, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "protocol", 2, 2, FIELD_NUMBER, 0, NULL, N_("1 is Ethernet, 18 is 802.11") },
} };

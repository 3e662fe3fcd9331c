/*
 * The fields of link headers, as tables: what each number means in plain
 * words.  The formats' sources are named in the link_*.c that walk them.
 */
#include "base/language.h"
#include "packet/fields.h"

const struct field_name fields_ethertypes[] = {
	{ 0x0800, "IPv4" }, { 0x86dd, "IPv6" }, { 0x0806, "ARP" }, { 0x8035, "RARP" },
	{ 0x8100, N_("802.1Q VLAN tag") }, { 0x88a8, N_("802.1ad service VLAN tag") },
	{ 0x9100, N_("VLAN tag, before 802.1ad") }, { 0x8847, "MPLS" }, { 0x8848, N_("MPLS multicast") },
	{ 0x8863, N_("PPPoE discovery") }, { 0x8864, N_("PPPoE session") }, { 0x880b, "PPP" },
	{ 0x6558, "Ethernet" }, { 0x6559, N_("frame relay") }, { 0x8870, "LLC" },
	{ 0x88e7, N_("802.1ah backbone tag") }, { 0x8926, "VN-Tag" }, { 0x893f, "802.1BR E-Tag" },
	{ 0x8903, "FabricPath" }, { 0x88e5, "MACsec" }, { 0x8909, N_("Cisco metadata") },
	{ 0xf1c1, N_("802.1CB redundancy tag") }, { 0x892f, "HSR" }, { 0x22f3, "TRILL" },
	{ 0x894f, "NSH" }, { 0x88be, "ERSPAN" }, { 0x22eb, N_("ERSPAN type III") },
	{ 0x88cc, "LLDP" }, { 0x8809, N_("slow protocols") }, { 0x9000, N_("loopback") },
	{ 0x0004, "802.2 LLC" }, { 0x0001, "802.3" }, { 0, NULL }
};

static const struct field_name families[] = {
	{ 2, "IPv4" }, { 10, "IPv6, Linux" }, { 23, "IPv6, Windows" },
	{ 24, N_("IPv6, NetBSD and OpenBSD") }, { 26, "IPv6, Solaris" }, { 28, "IPv6, FreeBSD" },
	{ 30, "IPv6, macOS" }, { 0, NULL }
};

static const struct field_name cooked_directions[] = {
	{ 0, "to us" }, { 1, N_("broadcast") }, { 2, N_("multicast") }, { 3, N_("to somebody else") },
	{ 4, N_("sent by us") }, { 0, NULL }
};

static const struct field_name hardware[] = {
	{ 1, "Ethernet" }, { 512, "PPP" }, { 772, N_("loopback") }, { 776, N_("6in4 tunnel") },
	{ 778, N_("GRE tunnel") }, { 801, "802.11" }, { 802, N_("802.11 with Prism header") },
	{ 803, N_("802.11 with radiotap header") }, { 65534, N_("none (a tunnel)") }, { 0, NULL }
};

static const struct field_name directions[] = {
	{ 0, N_("received") }, { 1, N_("sent") }, { 0, NULL }
};

const struct header_spec fields_ethernet = { "Ethernet II",
	N_("one hop on a local network"), {
	{ "destination", 0, 6, FIELD_MAC, 0, NULL, NULL },
	{ "source", 6, 6, FIELD_MAC, 0, NULL, NULL },
	{ "type", 12, 2, FIELD_HEX, 0, fields_ethertypes,
	    N_("what follows; up to 1500 it is a length") },
} };

const struct header_spec fields_cooked = { "Linux cooked v1",
	N_("in place of the link header, as captured on \"any\""), {
	{ "packet type", 0, 2, FIELD_NUMBER, 0, cooked_directions, NULL },
	{ "kind of interface", 2, 2, FIELD_NUMBER, 0, hardware, NULL },
	{ "address length", 4, 2, FIELD_NUMBER, 0, NULL, NULL },
	{ "sender's address", 6, 8, FIELD_BYTES, 0, NULL, NULL },
	{ "protocol", 14, 2, FIELD_HEX, 0, fields_ethertypes, NULL },
} };

const struct header_spec fields_cooked_2 = { "Linux cooked v2",
	N_("in place of the link header, as captured on \"any\""), {
	{ "protocol", 0, 2, FIELD_HEX, 0, fields_ethertypes, NULL },
	{ "interface", 4, 4, FIELD_NUMBER, 0, NULL, N_("the capturing host's index") },
	{ "kind of interface", 8, 2, FIELD_NUMBER, 0, hardware, NULL },
	{ "packet type", 10, 1, FIELD_NUMBER, 0, cooked_directions, NULL },
	{ "address length", 11, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "sender's address", 12, 8, FIELD_BYTES, 0, NULL, NULL },
} };

const struct header_spec fields_null = { "BSD loopback",
	N_("only the address family, in the capturing host's byte order"), {
	{ "family", 0, 4, FIELD_HEX, 0, NULL, N_("2 is IPv4; IPv6 is 24, 28 or 30, by system") },
} };

const struct header_spec fields_direction = { "direction", N_("which way the frame went"), {
	{ "direction", 0, 1, FIELD_NUMBER, 0, directions, NULL },
} };

const struct header_spec fields_cisco_hdlc = { "Cisco HDLC", N_("a serial line"), {
	{ "address", 0, 1, FIELD_HEX, 0, NULL, N_("0x0f to one, 0x8f to all") },
	{ "control", 1, 1, FIELD_HEX, 0, NULL, NULL },
	{ "protocol", 2, 2, FIELD_HEX, 0, fields_ethertypes, NULL },
} };

const struct header_spec fields_ppp_bridged = { "PPP bridging", N_("an Ethernet frame inside PPP"), {
	{ "flags", 0, 1, FIELD_HEX, 0, NULL, NULL },
	{ "MAC type", 1, 1, FIELD_NUMBER, 0, NULL, N_("1 is 802.3") },
} };

const struct header_spec fields_ppp_multilink = { "PPP multilink", N_("several links as one"), {
	{ "begins", 0, 1, FIELD_NUMBER, 0x80, NULL, NULL },
	{ "ends", 0, 1, FIELD_NUMBER, 0x40, NULL, NULL },
	{ "sequence", 1, 3, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_frame_relay = { "Frame relay", N_("a virtual circuit"), {
	{ "address", 0, 2, FIELD_HEX, 0, NULL, N_("circuit number and congestion bits") },
} };

const struct header_spec fields_slip = { "SLIP", N_("IP on a serial line"), {
	{ "direction", 0, 1, FIELD_NUMBER, 0, directions, NULL },
} };

const struct header_spec fields_fddi = { "FDDI", N_("a ring of optical fibre"), {
	{ "frame control", 0, 1, FIELD_HEX, 0, NULL, NULL },
	{ "destination", 1, 6, FIELD_MAC, 0, NULL, NULL },
	{ "source", 7, 6, FIELD_MAC, 0, NULL, NULL },
} };

const struct header_spec fields_token_ring = { "Token ring", N_("IEEE 802.5"), {
	{ "access control", 0, 1, FIELD_HEX, 0, NULL, NULL },
	{ "frame control", 1, 1, FIELD_HEX, 0, NULL, NULL },
	{ "destination", 2, 6, FIELD_MAC, 0, NULL, NULL },
	{ "source", 8, 6, FIELD_MAC, 0, NULL, N_("a first bit of 1 says that a source route follows") },
} };

const struct header_spec fields_arcnet = { "ARCNET", N_("a token-passing bus"), {
	{ "source", 0, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "destination", 1, 1, FIELD_NUMBER, 0, NULL, N_("0 is everybody") },
} };

const struct header_spec fields_infiniband = { "IP over InfiniBand", "", {
	{ "addresses", 0, 40, FIELD_BYTES, 0, NULL, NULL },
	{ "type", 40, 2, FIELD_HEX, 0, fields_ethertypes, NULL },
} };

const struct header_spec fields_fibre_channel = { "IP over Fibre Channel", "", {
	{ "destination", 2, 6, FIELD_MAC, 0, NULL, NULL },
	{ "source", 10, 6, FIELD_MAC, 0, NULL, NULL },
} };

const struct header_spec fields_firewire = { "IP over IEEE 1394", "", {
	{ "destination", 0, 8, FIELD_BYTES, 0, NULL, NULL },
	{ "source", 8, 8, FIELD_BYTES, 0, NULL, NULL },
	{ "type", 16, 2, FIELD_HEX, 0, fields_ethertypes, NULL },
} };

const struct header_spec fields_sun_atm = { "ATM", "", {
	{ "kind", 0, 1, FIELD_NUMBER, 0x0f, NULL, N_("1 is LANE, 2 is LLC") },
	{ "virtual path", 1, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "virtual circuit", 2, 2, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_nflog = { "Netfilter log", N_("logged by a rule of the firewall"), {
	{ "family", 0, 1, FIELD_NUMBER, 0, families, NULL },
	{ "version", 1, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "group", 2, 2, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_pktap = { "PKTAP", N_("Apple's note of interface and process"), {
	{ "header length", 0, 4, FIELD_NUMBER | FIELD_LITTLE, 0, NULL, NULL },
	{ "link type", 8, 4, FIELD_NUMBER | FIELD_LITTLE, 0, NULL, N_("of the frame inside") },
	{ "interface", 12, 24, FIELD_TEXT, 0, NULL, NULL },
	{ "process id", 52, 4, FIELD_NUMBER | FIELD_LITTLE, 0, NULL, NULL },
	{ "process", 56, 20, FIELD_TEXT, 0, NULL, NULL },
} };

const struct header_spec fields_ppi = { "PPI", N_("per-packet information"), {
	{ "version", 0, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "flags", 1, 1, FIELD_HEX, 0, NULL, NULL },
	{ "length", 2, 2, FIELD_NUMBER | FIELD_LITTLE, 0, NULL, N_("of this header") },
	{ "link type", 4, 4, FIELD_NUMBER | FIELD_LITTLE, 0, NULL, N_("of the frame inside") },
} };

const struct header_spec fields_juniper = { "Juniper", N_("a Juniper router's capture header"), {
	{ "magic", 0, 3, FIELD_HEX, 0, NULL, NULL },
	{ "received", 3, 1, FIELD_NUMBER, 0x01, NULL, NULL },
	{ "no link header", 3, 1, FIELD_NUMBER, 0x02, NULL, NULL },
	{ "extensions", 3, 1, FIELD_NUMBER, 0x80, NULL, NULL },
} };

const struct header_spec fields_pflog = { "PFLOG", N_("logged by a rule of pf"), {
	{ "length", 0, 1, FIELD_NUMBER, 0, NULL, N_("of this header") },
	{ "family", 1, 1, FIELD_NUMBER, 0, families, NULL },
	{ "action", 2, 1, FIELD_NUMBER, 0, NULL, N_("0 passed, 1 dropped") },
	{ "reason", 3, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "interface", 4, 16, FIELD_TEXT, 0, NULL, NULL },
} };

const struct header_spec fields_enc = { "ENC", N_("OpenBSD's view of IPsec's inside"), {
	{ "family", 0, 4, FIELD_HEX, 0, NULL, NULL },
	{ "security association", 4, 4, FIELD_HEX, 0, NULL, NULL },
	{ "flags", 8, 4, FIELD_HEX, 0, NULL, NULL },
} };

const struct header_spec fields_ipnet = { "IPNET", N_("Solaris' capture between zones"), {
	{ "family", 1, 1, FIELD_NUMBER, 0, families, NULL },
	{ "interface", 8, 4, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_erf = { "ERF", N_("a capture card's record"), {
	{ "time", 0, 8, FIELD_BYTES, 0, NULL, NULL },
	{ "type", 8, 1, FIELD_NUMBER, 0x7f, NULL, NULL },
	{ "port", 9, 1, FIELD_NUMBER, 0x03, NULL, NULL },
	{ "record length", 10, 2, FIELD_NUMBER, 0, NULL, NULL },
	{ "lost", 12, 2, FIELD_NUMBER, 0, NULL, NULL },
	{ "length on the wire", 14, 2, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_netanalyzer = { "netANALYZER", N_("Hilscher's capture header"), {
	{ "header", 0, 4, FIELD_HEX, 0, NULL, NULL },
} };

const struct header_spec fields_radiotap = { "Radiotap", N_("how the radio received the frame"), {
	{ "version", 0, 1, FIELD_NUMBER, 0, NULL, NULL },
	{ "length", 2, 2, FIELD_NUMBER | FIELD_LITTLE, 0, NULL, N_("of this header") },
	{ "present", 4, 4, FIELD_HEX | FIELD_LITTLE, 0, NULL, N_("a bit for each field that follows") },
} };

const struct header_spec fields_avs = { "AVS", N_("how the radio received the frame"), {
	{ "magic", 0, 4, FIELD_HEX, 0, NULL, NULL },
	{ "length", 4, 4, FIELD_NUMBER, 0, NULL, N_("of this header") },
	{ "channel", 28, 4, FIELD_NUMBER, 0, NULL, NULL },
	{ "rate", 32, 4, FIELD_NUMBER, 0, NULL, N_("in units of 100 kbit/s") },
} };

const struct header_spec fields_prism = { "Prism", N_("how the radio received the frame"), {
	{ "message code", 0, 4, FIELD_HEX | FIELD_LITTLE, 0, NULL, NULL },
	{ "message length", 4, 4, FIELD_NUMBER | FIELD_LITTLE, 0, NULL, NULL },
	{ "device", 8, 16, FIELD_TEXT, 0, NULL, NULL },
} };

const struct header_spec fields_aggregate = { "A-MSDU part",
	N_("one of several packets in one radio frame"), {
	{ "destination", 0, 6, FIELD_MAC, 0, NULL, NULL },
	{ "source", 6, 6, FIELD_MAC, 0, NULL, NULL },
	{ "length", 12, 2, FIELD_NUMBER, 0, NULL, NULL },
} };

const struct header_spec fields_wireless = { "802.11 data", N_("a frame of a wireless network"), {
	{ "type", 0, 1, FIELD_NUMBER, 0x0c, NULL, N_("2 is data") },
	{ "subtype", 0, 1, FIELD_NUMBER, 0xf0, NULL, N_("8 is data with quality of service") },
	{ "to the access point", 1, 1, FIELD_NUMBER, 0x01, NULL, NULL },
	{ "from the access point", 1, 1, FIELD_NUMBER, 0x02, NULL, NULL },
	{ "sent again", 1, 1, FIELD_NUMBER, 0x08, NULL, N_("by the radio; not TCP's retransmission") },
	{ "encrypted", 1, 1, FIELD_NUMBER, 0x40, NULL, NULL },
	{ "receiver", 4, 6, FIELD_MAC, 0, NULL, NULL },
	{ "transmitter", 10, 6, FIELD_MAC, 0, NULL, NULL },
	{ "third address", 16, 6, FIELD_MAC, 0, NULL, NULL },
	{ "sequence", 22, 2, FIELD_NUMBER | FIELD_LITTLE, 0xfff0, NULL, NULL },
} };

void
fields_ppp(const struct walk *w, uint32_t framing, uint32_t size, uint32_t protocol)
{
	static const struct field_name protocols[] = {
		{ 0x0021, "IPv4" }, { 0x0057, "IPv6" }, { 0x0281, "MPLS" }, { 0x0283,
		    N_("MPLS multicast") },
		{ 0x0031, N_("bridged Ethernet") }, { 0x003d, N_("multilink") }, { 0x00fd, N_("compressed") },
		{ 0x002d, N_("IPv4 with TCP header compressed") }, { 0x8021, N_("IPv4 control") },
		{ 0x8057, N_("IPv6 control") }, { 0xc021, N_("link control") }, { 0xc023, N_("password") },
		{ 0xc223, N_("challenge handshake") }, { 0, NULL }
	};
	const uint8_t *p = w->left.at;
	const char *name = fields_find(protocols, protocol);

	fields_tell(w, 0, p, size, "PPP", _("a link between two points"));
	if (framing > 0)
		fields_tell(w, 1, p, framing, "address and control", _("0xff03, to all, unnumbered"));
	fields_tell(w, 1, p + framing, size - framing, "protocol", "0x%04x%s%s%s", protocol,
	    name != NULL ? " (" : "", name != NULL ? name : "", name != NULL ? ")" : "");
}

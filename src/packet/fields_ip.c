/*
 * The fields of IP headers and of what stands beside TCP on them, in plain
 * words.
 */
#include "base/language.h"
#include "packet/fields.h"

#include <arpa/inet.h>

const struct field_name fields_protocols[] = {
	{ 0, N_("hop-by-hop options") }, { 1, "ICMP" }, { 2, "IGMP" }, { 4, "IPv4" }, { 6, "TCP" },
	{ 17, "UDP" }, { 41, "IPv6" }, { 43, N_("routing") }, { 44, N_("fragment") }, { 47, "GRE" },
	{ 50, "ESP" }, { 51, "AH" }, { 58, "ICMPv6" }, { 59, N_("nothing") },
	{ 60, N_("destination options") }, { 89, "OSPF" }, { 94, "IP in IP" }, { 97, "EtherIP" },
	{ 108, "IPComp" }, { 112, "VRRP" }, { 115, "L2TPv3" }, { 132, "SCTP" },
	{ 135, N_("mobility") }, { 137, "MPLS" }, { 139, "HIP" }, { 140, "Shim6" },
	{ 143, "Ethernet" }, { 0, NULL }
};

static const struct field_name congestion[] = {
	{ 0, N_("not ECN-capable") }, { 1, N_("ECN-capable, ECT(1)") }, { 2, N_("ECN-capable, ECT(0)") },
	{ 3, N_("congestion was experienced on the way") }, { 0, NULL }
};

const struct header_spec fields_ipv6 = { "IPv6", N_("from host to host, over any number of links"), {
	{ "version", 0, 1, FIELD_NUMBER, 0xf0, NULL, NULL },
	{ "traffic class", 0, 2, FIELD_HEX, 0x0ff0, NULL, NULL },
	{ "congestion", 1, 1, FIELD_NUMBER, 0x30, congestion, NULL },
	{ "flow label", 1, 3, FIELD_HEX, 0x0fffff, NULL, NULL },
	{ "payload length", 4, 2, FIELD_NUMBER, 0, NULL,
	    N_("without this header; 0 is a jumbogram or segmentation offload") },
	{ "next header", 6, 1, FIELD_NUMBER, 0, fields_protocols, NULL },
	{ "hop limit", 7, 1, FIELD_NUMBER, 0, NULL, N_("each router takes one away") },
	{ "source", 8, 16, FIELD_IPV6, 0, NULL, NULL },
	{ "destination", 24, 16, FIELD_IPV6, 0, NULL, NULL },
} };

const struct header_spec fields_ipv6_fragment = { "IPv6 fragment",
    N_("a part of a packet that was too long for a link"), {
	{ "next header", 0, 1, FIELD_NUMBER, 0, fields_protocols, NULL },
	{ "offset", 2, 2, FIELD_NUMBER, 0xfff8, NULL, N_("in units of 8 bytes") },
	{ "more fragments", 3, 1, FIELD_NUMBER, 0x01, NULL, NULL },
	{ "identification", 4, 4, FIELD_HEX, 0, NULL, N_("the same in all parts") },
} };

const struct header_spec fields_ipv6_extension = { "IPv6 extension header", "", {
	{ "next header", 0, 1, FIELD_NUMBER, 0, fields_protocols, NULL },
	{ "length", 1, 1, FIELD_NUMBER, 0, NULL, N_("in units of 8 bytes behind the first 8") },
} };

const struct header_spec fields_authentication = { "AH",
    N_("IPsec's proof of who sent it; nothing is encrypted"), {
	{ "next header", 0, 1, FIELD_NUMBER, 0, fields_protocols, NULL },
	{ "length", 1, 1, FIELD_NUMBER, 0, NULL, N_("in units of 4 bytes, less 2") },
	{ "security association", 4, 4, FIELD_HEX, 0, NULL, NULL },
	{ "sequence", 8, 4, FIELD_NUMBER, 0, NULL, NULL },
} };

static const struct field_name icmp_types[] = {
	{ 0, N_("echo reply") }, { 3, N_("destination unreachable") }, { 4, N_("source quench") },
	{ 5, N_("redirect") }, { 8, N_("echo request") }, { 11, N_("time exceeded") },
	{ 12, N_("parameter problem") }, { 0, NULL }
};

const struct header_spec fields_icmp = { "ICMP",
    N_("what a host or a router has to say about a packet"), {
	{ "type", 0, 1, FIELD_NUMBER, 0, icmp_types, NULL },
	{ "code", 1, 1, FIELD_NUMBER, 0, NULL,
	    N_("of unreachable: 0 network, 1 host, 3 port, 4 too big, 13 forbidden") },
	{ "checksum", 2, 2, FIELD_HEX, 0, NULL, NULL },
	{ "next-hop MTU", 6, 2, FIELD_NUMBER, 0, NULL, N_("where the packet was too big") },
} };

static const struct field_name icmpv6_types[] = {
	{ 1, N_("destination unreachable") }, { 2, N_("packet too big") }, { 3, N_("time exceeded") },
	{ 4, N_("parameter problem") }, { 128, N_("echo request") }, { 129, N_("echo reply") },
	{ 133, N_("router solicitation") }, { 134, N_("router advertisement") },
	{ 135, N_("neighbour solicitation") }, { 136, N_("neighbour advertisement") }, { 0, NULL }
};

const struct header_spec fields_icmpv6 = { "ICMPv6",
    N_("what a host or a router has to say about a packet"), {
	{ "type", 0, 1, FIELD_NUMBER, 0, icmpv6_types, NULL },
	{ "code", 1, 1, FIELD_NUMBER, 0, NULL,
	    N_("of unreachable: 0 no route, 1 forbidden, 3 address, 4 port") },
	{ "checksum", 2, 2, FIELD_HEX, 0, NULL, NULL },
	{ "MTU", 4, 4, FIELD_NUMBER, 0, NULL, N_("where the packet was too big") },
} };

const struct header_spec fields_udp = { "UDP", "", {
	{ "source port", 0, 2, FIELD_NUMBER, 0, NULL, NULL },
	{ "destination port", 2, 2, FIELD_NUMBER, 0, NULL, NULL },
	{ "length", 4, 2, FIELD_NUMBER, 0, NULL, N_("with this header") },
	{ "checksum", 6, 2, FIELD_HEX, 0, NULL, NULL },
} };

static void
ipv4_options(const struct walk *w, const uint8_t *p, uint32_t left)
{
	static const struct field_name kinds[] = {
		{ 0, N_("end of options") }, { 1, N_("no operation") }, { 7, N_("record route") },
		{ 68, N_("time stamp") }, { 130, N_("security") }, { 131, N_("loose source route") },
		{ 137, N_("strict source route") }, { 148, N_("router alert") }, { 0, NULL }
	};

	while (left > 0) {
		const char *name = fields_find(kinds, p[0]);
		uint32_t size = 1;

		if (p[0] > 1) {
			if (left < 2 || p[1] < 2 || p[1] > left) {
				fields_tell(w, 2, p, left, "option", _("%u, whose length is wrong"),
				    p[0]);
				return;
			}
			size = p[1];
		}
		fields_tell(w, 2, p, size, "option", "%u (%s)", p[0],
		    name != NULL ? _(name) : _("unknown"));
		if (p[0] == 0)
			return;
		p += size;
		left -= size;
	}
}

void
fields_ipv4(const struct walk *w, uint32_t header)
{
	static const struct header_spec spec = { "IPv4",
	    N_("from host to host, over any number of links"), {
		{ "version", 0, 1, FIELD_NUMBER, 0xf0, NULL, NULL },
		{ "header length", 0, 1, FIELD_NUMBER, 0x0f, NULL, N_("in units of 4 bytes") },
		{ "differentiated services", 1, 1, FIELD_HEX, 0xfc, NULL, NULL },
		{ "congestion", 1, 1, FIELD_NUMBER, 0x03, congestion, NULL },
		{ "total length", 2, 2, FIELD_NUMBER, 0, NULL,
		    N_("with this header; 0 is segmentation offload") },
		{ "identification", 4, 2, FIELD_HEX, 0, NULL,
		    N_("the same in all fragments of a packet") },
		{ "flags and offset", 6, 2, FIELD_HEX, 0, NULL,
		    N_("0x4000 don't fragment, 0x2000 more fragments") },
		{ "time to live", 8, 1, FIELD_NUMBER, 0, NULL, N_("each router takes one away") },
		{ "protocol", 9, 1, FIELD_NUMBER, 0, fields_protocols, NULL },
		{ "header checksum", 10, 2, FIELD_HEX, 0, NULL, NULL },
		{ "source", 12, 4, FIELD_IPV4, 0, NULL, NULL },
		{ "destination", 16, 4, FIELD_IPV4, 0, NULL, NULL },
	} };
	const uint8_t *p = w->left.at;

	fields_header(w, &spec, p, header);
	if (header > 20) {
		fields_tell(w, 1, p + 20, header - 20, "options", _("%u bytes"), header - 20);
		ipv4_options(w, p + 20, header - 20);
	}
}

void
fields_fragment(const struct walk *w, uint32_t offset)
{
	fields_tell(w, 0, w->left.at, w->left.have, "fragment",
	    offset == 0 ? _("bytes %u to %u of a packet that was sent in parts; its headers are at the beginning of this part")
	    : _("bytes %u to %u of a packet that was sent in parts; its headers are in the first part"),
	    offset, offset + w->left.length);
}

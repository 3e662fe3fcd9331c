/*
 * The fields of IP headers and of what stands beside TCP on them, in plain
 * words.
 */
#include "packet/fields.h"

#include <arpa/inet.h>

const struct field_name fields_protocols[] = {
	{ 0, "hop-by-hop options" }, { 1, "ICMP" }, { 2, "IGMP" }, { 4, "IPv4" }, { 6, "TCP" },
	{ 17, "UDP" }, { 41, "IPv6" }, { 43, "routing" }, { 44, "fragment" }, { 47, "GRE" },
	{ 50, "ESP" }, { 51, "AH" }, { 58, "ICMPv6" }, { 59, "nothing" },
	{ 60, "destination options" }, { 89, "OSPF" }, { 94, "IP in IP" }, { 97, "EtherIP" },
	{ 108, "IPComp" }, { 112, "VRRP" }, { 115, "L2TPv3" }, { 132, "SCTP" },
	{ 135, "mobility" }, { 137, "MPLS" }, { 139, "HIP" }, { 140, "Shim6" },
	{ 143, "Ethernet" }, { 0, NULL }
};

static const struct field_name congestion[] = {
	{ 0, "not ECN-capable" }, { 1, "ECN-capable, ECT(1)" }, { 2, "ECN-capable, ECT(0)" },
	{ 3, "congestion was experienced on the way" }, { 0, NULL }
};

const struct header_spec fields_ipv6 = { "IPv6", "from host to host, over any number of links", {
	{ "version", 0, 1, FIELD_NUMBER, 0xf0, NULL, NULL },
	{ "traffic class", 0, 2, FIELD_HEX, 0x0ff0, NULL, NULL },
	{ "congestion", 1, 1, FIELD_NUMBER, 0x30, congestion, NULL },
	{ "flow label", 1, 3, FIELD_HEX, 0x0fffff, NULL, NULL },
	{ "payload length", 4, 2, FIELD_NUMBER, 0, NULL,
	    "without this header; 0 is a jumbogram or segmentation offload" },
	{ "next header", 6, 1, FIELD_NUMBER, 0, fields_protocols, NULL },
	{ "hop limit", 7, 1, FIELD_NUMBER, 0, NULL, "each router takes one away" },
	{ "source", 8, 16, FIELD_IPV6, 0, NULL, NULL },
	{ "destination", 24, 16, FIELD_IPV6, 0, NULL, NULL },
} };

const struct header_spec fields_ipv6_fragment = { "IPv6 fragment",
    "a part of a packet that was too long for a link", {
	{ "next header", 0, 1, FIELD_NUMBER, 0, fields_protocols, NULL },
	{ "offset", 2, 2, FIELD_NUMBER, 0xfff8, NULL, "in units of 8 bytes" },
	{ "more fragments", 3, 1, FIELD_NUMBER, 0x01, NULL, NULL },
	{ "identification", 4, 4, FIELD_HEX, 0, NULL, "the same in all parts" },
} };

const struct header_spec fields_ipv6_extension = { "IPv6 extension header", "", {
	{ "next header", 0, 1, FIELD_NUMBER, 0, fields_protocols, NULL },
	{ "length", 1, 1, FIELD_NUMBER, 0, NULL, "in units of 8 bytes behind the first 8" },
} };

const struct header_spec fields_authentication = { "AH",
    "IPsec's proof of who sent it; nothing is encrypted", {
	{ "next header", 0, 1, FIELD_NUMBER, 0, fields_protocols, NULL },
	{ "length", 1, 1, FIELD_NUMBER, 0, NULL, "in units of 4 bytes, less 2" },
	{ "security association", 4, 4, FIELD_HEX, 0, NULL, NULL },
	{ "sequence", 8, 4, FIELD_NUMBER, 0, NULL, NULL },
} };

static const struct field_name icmp_types[] = {
	{ 0, "echo reply" }, { 3, "destination unreachable" }, { 4, "source quench" },
	{ 5, "redirect" }, { 8, "echo request" }, { 11, "time exceeded" },
	{ 12, "parameter problem" }, { 0, NULL }
};

const struct header_spec fields_icmp = { "ICMP",
    "what a host or a router has to say about a packet", {
	{ "type", 0, 1, FIELD_NUMBER, 0, icmp_types, NULL },
	{ "code", 1, 1, FIELD_NUMBER, 0, NULL,
	    "of unreachable: 0 network, 1 host, 3 port, 4 too big, 13 forbidden" },
	{ "checksum", 2, 2, FIELD_HEX, 0, NULL, NULL },
	{ "next-hop MTU", 6, 2, FIELD_NUMBER, 0, NULL, "where the packet was too big" },
} };

static const struct field_name icmpv6_types[] = {
	{ 1, "destination unreachable" }, { 2, "packet too big" }, { 3, "time exceeded" },
	{ 4, "parameter problem" }, { 128, "echo request" }, { 129, "echo reply" },
	{ 133, "router solicitation" }, { 134, "router advertisement" },
	{ 135, "neighbour solicitation" }, { 136, "neighbour advertisement" }, { 0, NULL }
};

const struct header_spec fields_icmpv6 = { "ICMPv6",
    "what a host or a router has to say about a packet", {
	{ "type", 0, 1, FIELD_NUMBER, 0, icmpv6_types, NULL },
	{ "code", 1, 1, FIELD_NUMBER, 0, NULL,
	    "of unreachable: 0 no route, 1 forbidden, 3 address, 4 port" },
	{ "checksum", 2, 2, FIELD_HEX, 0, NULL, NULL },
	{ "MTU", 4, 4, FIELD_NUMBER, 0, NULL, "where the packet was too big" },
} };

const struct header_spec fields_udp = { "UDP", "", {
	{ "source port", 0, 2, FIELD_NUMBER, 0, NULL, NULL },
	{ "destination port", 2, 2, FIELD_NUMBER, 0, NULL, NULL },
	{ "length", 4, 2, FIELD_NUMBER, 0, NULL, "with this header" },
	{ "checksum", 6, 2, FIELD_HEX, 0, NULL, NULL },
} };

static void
ipv4_options(const struct walk *w, const uint8_t *p, uint32_t left)
{
	static const struct field_name kinds[] = {
		{ 0, "end of options" }, { 1, "no operation" }, { 7, "record route" },
		{ 68, "time stamp" }, { 130, "security" }, { 131, "loose source route" },
		{ 137, "strict source route" }, { 148, "router alert" }, { 0, NULL }
	};

	while (left > 0) {
		const char *name = fields_find(kinds, p[0]);
		uint32_t size = 1;

		if (p[0] > 1) {
			if (left < 2 || p[1] < 2 || p[1] > left) {
				fields_tell(w, 2, p, left, "option", "%u, whose length is wrong",
				    p[0]);
				return;
			}
			size = p[1];
		}
		fields_tell(w, 2, p, size, "option", "%u (%s)", p[0],
		    name != NULL ? name : "unknown");
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
	    "from host to host, over any number of links", {
		{ "version", 0, 1, FIELD_NUMBER, 0xf0, NULL, NULL },
		{ "header length", 0, 1, FIELD_NUMBER, 0x0f, NULL, "in units of 4 bytes" },
		{ "differentiated services", 1, 1, FIELD_HEX, 0xfc, NULL, NULL },
		{ "congestion", 1, 1, FIELD_NUMBER, 0x03, congestion, NULL },
		{ "total length", 2, 2, FIELD_NUMBER, 0, NULL,
		    "with this header; 0 is segmentation offload" },
		{ "identification", 4, 2, FIELD_HEX, 0, NULL,
		    "the same in all fragments of a packet" },
		{ "flags and offset", 6, 2, FIELD_HEX, 0, NULL,
		    "0x4000 don't fragment, 0x2000 more fragments" },
		{ "time to live", 8, 1, FIELD_NUMBER, 0, NULL, "each router takes one away" },
		{ "protocol", 9, 1, FIELD_NUMBER, 0, fields_protocols, NULL },
		{ "header checksum", 10, 2, FIELD_HEX, 0, NULL, NULL },
		{ "source", 12, 4, FIELD_IPV4, 0, NULL, NULL },
		{ "destination", 16, 4, FIELD_IPV4, 0, NULL, NULL },
	} };
	const uint8_t *p = w->left.at;

	fields_header(w, &spec, p, header);
	if (header > 20) {
		fields_tell(w, 1, p + 20, header - 20, "options", "%u bytes", header - 20);
		ipv4_options(w, p + 20, header - 20);
	}
}

void
fields_fragment(const struct walk *w, uint32_t offset)
{
	fields_tell(w, 0, w->left.at, w->left.have, "fragment",
	    "bytes %u to %u of a packet that was sent in parts; its headers are %s", offset,
	    offset + w->left.length, 
	    offset == 0 ? "at the beginning of this part" : "in the first part");
}

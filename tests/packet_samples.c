/*
 * One packet of each kind that the decoder knows: see the header.
 */
#include "packet_samples.h"

#include <stdbool.h>
#include <string.h>

#define ETH SAMPLE_ETHERNET
#define OUTER SAMPLE_OUTER_4
#define UDP SAMPLE_UDP
#define V4 SAMPLE_INNER_4, SAMPLE_TCP, SAMPLE_DATA
#define V6 SAMPLE_INNER_6, SAMPLE_TCP, SAMPLE_DATA
#define V6_OUTER(next) "6000 0000 @P" next "40" \
	"fd000000 00000000 00000000 00000001 fd000000 00000000 00000000 00000002"
#define V6_NEXT(next) "6000 0000 @P" next "40" SAMPLE_ADDRESSES_6
#define V6_SOURCE "20010db8 00000000 00000000 00000001"
#define V6_TARGET "20010db8 00000000 00000000 00000002"
#define V6_HOP "20010db8 00000000 00000000 00000009"
#define V6_ROUTED(next) "6000 0000 @P" next "40" V6_SOURCE V6_HOP
#define SNAP(type) "aaaa03 000000" type
#define RADIO "0802 0000 0a0000000001 0a0000000002 0a0000000003 1000"
#define RADIO_QOS "8801 0000 0a0000000001 0a0000000002 0a0000000003 1000 0000"
#define ZERO8 "0000000000000000"
#define ZERO32 ZERO8 ZERO8 ZERO8 ZERO8

const struct sample samples[] = {
	{ "Ethernet", 1, 4, 0, { ETH("0800"), V4 } },
	{ "Ethernet, IPv6", 1, 6, 0, { ETH("86dd"), V6 } },
	{ "Ethernet with padding", 1, 4, 0, { ETH("0800"), V4, "# 000000000000 deadbeef" } },
	{ "VLAN", 1, 4, 0, { ETH("8100"), "2064 0800", V4 } },
	{ "QinQ", 1, 6, 0, { ETH("88a8"), "0064 8100", "00c8 86dd", V6 } },
	{ "QinQ, old type", 1, 4, 0, { ETH("9100"), "0064 8100", "00c8 0800", V4 } },
	{ "802.1ah", 1, 4, 0, { ETH("88a8"), "0064 88e7", "00012345", ETH("0800"), V4 } },
	{ "MPLS", 1, 4, 0, { ETH("8847"), "00010040", "00011140", V4 } },
	{ "MPLS, IPv6", 1, 6, 0, { ETH("8848"), "00011140", V6 } },
	{ "MPLS pseudowire", 1, 4, 0, { ETH("8847"), "00010140", "00000000", ETH("0800"), V4 } },
	{ "MPLS pseudowire without control word", 1, 4, 0,
	    { ETH("8847"), "00010140", ETH("0800"), V4 } },
	{ "MPLS pseudowire, address like a control word", 1, 4, 0,
	    { ETH("8847"), "00010140", "001b21000001 001b21000002 0800", V4 } },
	{ "PPPoE", 1, 4, 0, { ETH("8864"), "1100 0007 @P", "0021", V4, "# 00000000" } },
	{ "PPPoE, IPv6", 1, 6, 0, { ETH("8864"), "1100 0007 @P", "0057", V6 } },
	{ "PPPoE over QinQ", 1, 4, 0,
	    { ETH("88a8"), "0001 8100", "0002 8864", "1100 0007 @P", "0021", V4 } },
	{ "LLC with SNAP", 1, 4, 0,
	    { "020000000001 020000000002 @P", SNAP("0800"), V4, "# 0000" } },
	{ "LLC, IP's own SAP", 1, 4, 0, { "020000000001 020000000002 @P", "060603", V4 } },
	{ "LLC in place of a length", 1, 4, 0, { ETH("8870"), SNAP("0800"), V4 } },
	{ "VN-Tag", 1, 4, 0, { ETH("8926"), "00010002 0800", V4 } },
	{ "802.1BR", 1, 4, 0, { ETH("893f"), "000000010000 0800", V4 } },
	{ "FabricPath", 1, 4, 0, { ETH("8903"), "0060", ETH("0800"), V4 } },
	{ "MACsec, not encrypted", 1, 4, 0,
	    { ETH("88e5"), "2000 00000001 0200000000010001 0800", V4, "# " ZERO8 ZERO8 } },
	{ "Cisco metadata", 1, 4, 0, { ETH("8909"), "0101 0001 0064 0800", V4 } },
	{ "802.1CB", 1, 4, 0, { ETH("f1c1"), "0000 0001 0800", V4 } },
	{ "HSR", 1, 4, 0, { ETH("892f"), "0030 0001 0800", V4 } },
	{ "TRILL", 1, 4, 0, { ETH("22f3"), "0008 0001 0002", ETH("0800"), V4 } },
	{ "NSH", 1, 4, 0, { ETH("894f"), "0fc6 0103 00000aff" ZERO8 ZERO8, ETH("0800"), V4 } },
	{ "Linux cooked", 113, 4, 0, { "0000 0001 0006 0200000000020000 0800", V4 } },
	{ "Linux cooked, VLAN", 113, 4, 0,
	    { "0004 0001 0006 0200000000020000 8100", "0064 0800", V4 } },
	{ "Linux cooked, 802.2", 113, 4, 0,
	    { "0000 0001 0006 0200000000020000 0004", SNAP("0800"), V4 } },
	{ "Linux cooked v2", 276, 6, 0, { "86dd 0000 00000003 0001 04 06 0200000000020000", V6 } },
	{ "BSD loopback, little-endian", 0, 4, 0, { "02000000", V4 } },
	{ "BSD loopback, big-endian", 0, 4, 0, { "00000002", V4 } },
	{ "BSD loopback, FreeBSD", 0, 6, 0, { "1c000000", V6 } },
	{ "BSD loopback, macOS", 0, 6, 0, { "1e000000", V6 } },
	{ "BSD loopback, OpenBSD", 108, 6, 0, { "00000018", V6 } },
	{ "raw", 101, 4, 0, { V4 } },
	{ "raw, DLT 12", 12, 6, 0, { V6 } },
	{ "raw, DLT 14", 14, 4, 0, { V4 } },
	{ "raw IPv4", 228, 4, 0, { V4 } },
	{ "raw IPv6", 229, 6, 0, { V6 } },
	{ "PPP", 9, 4, 0, { "ff03 0021", V4 } },
	{ "PPP without framing", 9, 6, 0, { "0057", V6 } },
	{ "PPP, protocol of one byte", 9, 4, 0, { "21", V4 } },
	{ "PPP, MPLS", 9, 4, 0, { "ff03 0281", "00011140", V4 } },
	{ "PPP, bridged", 9, 4, 0, { "ff03 0031", "0001", ETH("0800"), V4 } },
	{ "PPP, multilink whole", 9, 4, 0, { "ff03 003d", "c0000001", "21", V4 } },
	{ "PPP in HDLC framing", 50, 4, 0, { "ff03 0021", V4 } },
	{ "Cisco in PPP's link type", 50, 4, 0, { "0f00 0800", V4 } },
	{ "PPPoE as link type", 51, 4, 0, { "1100 0007 @P", "0021", V4 } },
	{ "PPP with direction", 204, 4, 0, { "01", "ff03 0021", V4 } },
	{ "PPP from pppd", 166, 4, 0, { "01", "03 0021", V4 } },
	{ "Cisco HDLC", 104, 4, 0, { "0f00 0800", V4 } },
	{ "Cisco HDLC with direction", 205, 6, 0, { "00", "8f00 86dd", V6 } },
	{ "frame relay", 107, 4, 0, { "1841 03 cc", V4 } },
	{ "frame relay, SNAP", 107, 4, 0, { "1841 03 00 80 000000 0800", V4 } },
	{ "frame relay, Cisco's", 206, 4, 0, { "00", "1841 0800", V4 } },
	{ "SLIP", 8, 4, 0, { "00 45" ZERO8 "000000000000", V4 } },
	{ "FDDI", 10, 4, 0, { "50 020000000001 020000000002", SNAP("0800"), V4 } },
	{ "token ring", 6, 4, 0, { "1040 020000000001 020000000002", SNAP("0800"), V4 } },
	{ "token ring with source route", 6, 4, 0,
	    { "1040 020000000001 820000000002", "0630 0011 0012", SNAP("0800"), V4 } },
	{ "ARCNET, RFC 1201", 7, 4, 0, { "0102 d4 00 0001", V4 } },
	{ "ARCNET, exception", 7, 4, 0, { "0102 d4 ffffff d4 00 0001", V4 } },
	{ "ARCNET, RFC 1051", 7, 4, 0, { "0102 f0", V4 } },
	{ "ARCNET as Linux has it", 129, 6, 0, { "0102 0000 c4 00 0001", V6 } },
	{ "ARCNET as Linux has it, RFC 1051", 129, 4, 0, { "0102 c300 f0", V4 } },
	{ "IP over InfiniBand", 242, 4, 0, { ZERO32 ZERO8 "0800 0000", V4 } },
	{ "Fibre Channel", 122, 4, 0, { ZERO8 ZERO8, SNAP("0800"), V4 } },
	{ "IEEE 1394", 138, 4, 0, { ZERO8 ZERO8 "0800", V4 } },
	{ "ATM", 123, 4, 0, { "02 00 0020", SNAP("0800"), V4 } },
	{ "ATM, RFC 1483", 100, 4, 0, { SNAP("0800"), V4 } },
	{ "ATM, bridged", 100, 4, 0, { "aaaa03 0080c2 0007 0000", ETH("0800"), V4 } },
	{ "ATM, PPP", 100, 4, 0, { "fefe03 cf 0021", V4 } },
	{ "NFLOG", 239, 4, 0,
	    { "02 00 0001", "0800 0100 0800 0000", "3d00 0900", V4, "# 000000" } },
	{ "NFLOG, big-endian", 239, 4, 0,
	    { "02 00 0001", "0006 000a 3100 0000", "003d 0009", V4 } },
	{ "PKTAP", 258, 4, 0, { "6c000000 01000000 01000000" "656e3000" ZERO8 ZERO8 "00000000"
	    ZERO32 ZERO32 ZERO8, ETH("0800"), V4 } },
	{ "PPI", 192, 4, 0, { "00 00 0800 01000000", ETH("0800"), V4 } },
	{ "PPI, 802.11", 192, 4, 0, { "00 00 0c00 69000000 01000000", RADIO, SNAP("0800"), V4 } },
	{ "Juniper, Ethernet", 178, 4, 0, { "4d4743 80 0006 0101 0802 0102", ETH("0800"), V4 } },
	{ "Juniper, no link header", 178, 4, 0, { "4d4743 02 02000000", V4 } },
	{ "Juniper, PPP", 179, 4, 0, { "4d4743 00", "ff03 0021", V4 } },
	{ "Juniper, Cisco HDLC", 181, 4, 0, { "4d4743 00", "0f00 0800", V4 } },
	{ "Juniper, frame relay", 180, 4, 0, { "4d4743 00", "1841 03cc", V4 } },
	{ "Juniper, ATM", 135, 4, 0, { "4d4743 01 00000000 00000000", SNAP("0800"), V4 } },
	{ "PFLOG", 117, 4, 0, { "3d 02 00 00" ZERO32 ZERO8 ZERO8 ZERO8 "00000000", V4 } },
	{ "ENC", 109, 4, 0, { "02000000 12345678 00000000", V4 } },
	{ "IPNET", 226, 6, 0, { "01 1a 0000 00000000 00000001 00000000 00000000 00000000", V6 } },
	{ "ERF, Ethernet", 197, 4, 0, { ZERO8 "02 04 0000 0000 0000", "0000", ETH("0800"), V4 } },
	{ "ERF with an extension", 197, 4, 0,
	    { ZERO8 "82 04 0000 0000 0000", ZERO8, "0000", ETH("0800"), V4 } },
	{ "netANALYZER", 240, 4, 0, { "00000000", ETH("0800"), V4 } },
	{ "netANALYZER with preamble", 241, 4, 0,
	    { "00000000 55555555555555d5", ETH("0800"), V4 } },
	{ "802.11", 105, 4, 0, { RADIO, SNAP("0800"), V4, "# 12345678" } },
	{ "802.11, quality of service", 105, 6, 0, { RADIO_QOS, SNAP("86dd"), V6 } },
	{ "802.11, four addresses", 105, 4, 0,
	    { "0803 0000 0a0000000001 0a0000000002 0a0000000003 1000 0a0000000004", SNAP("0800"),
	    V4 } },
	{ "802.11, HT control", 105, 4, 0,
	    { "8881 0000 0a0000000001 0a0000000002 0a0000000003 1000 0000 00000000", SNAP("0800"),
	    V4 } },
	{ "802.11, mesh", 105, 4, 0,
	    { "8803 0000 0a0000000001 0a0000000002 0a0000000003 1000 0a0000000004 0001",
	    "00 1f 00000001", SNAP("0800"), V4 } },
	{ "802.11 aggregate", 105, 4, 0,
	    { "8801 0000 0a0000000001 0a0000000002 0a0000000003 1000 8000",
	    "0a0000000001 0a0000000002 0008" SNAP("0806") "0000",
	    "0a0000000001 0a0000000002 @P", SNAP("0800"), V4 } },
	{ "radiotap", 127, 4, 0, { "00 00 0900 02000000 00", RADIO, SNAP("0800"), V4 } },
	{ "radiotap, padded", 127, 4, 0,
	    { "00 00 1100 03000000" ZERO8 "20", RADIO_QOS "0000", SNAP("0800"), V4 } },
	{ "radiotap, several words", 127, 4, 0,
	    { "00 00 1900 030000a0 00000080 00000000" ZERO8 "20", RADIO_QOS "0000",
	    SNAP("0800"), V4 } },
	{ "Prism", 119, 4, 0,
	    { "44000000 90000000" ZERO32 ZERO32 ZERO32 ZERO32 ZERO8, RADIO, SNAP("0800"), V4 } },
	{ "AVS", 163, 4, 0,
	    { "80211001 00000040" ZERO32 ZERO8 ZERO8 ZERO8, RADIO, SNAP("0800"), V4 } },
	{ "AVS as Prism", 119, 4, 0,
	    { "80211001 00000040" ZERO32 ZERO8 ZERO8 ZERO8, RADIO, SNAP("0800"), V4 } },
	{ "IPv4 with options", 1, 4, 0,
	    { ETH("0800"), "4600 @T 1234 4000 40 06 0000 0a000001 0a000002 94040000", SAMPLE_TCP,
	    SAMPLE_DATA } },
	{ "IPv4 length 0", 1, 4, 0,
	    { ETH("0800"), "4500 0000 1234 4000 40 06 0000 0a000001 0a000002", SAMPLE_TCP,
	    SAMPLE_DATA } },
	{ "IPv6 length 0", 1, 6, 0,
	    { ETH("86dd"), "6000 0000 0000 06 40" SAMPLE_ADDRESSES_6, SAMPLE_TCP, SAMPLE_DATA } },
	{ "IPv6 jumbogram", 1, 6, 0,
	    { ETH("86dd"), "6000 0000 0000 00 40" SAMPLE_ADDRESSES_6, "06 00 c2 04 0000002d",
	    SAMPLE_TCP, SAMPLE_DATA, "# 0000" } },
	{ "IPv6 extension headers", 1, 6, 0,
	    { ETH("86dd"), V6_NEXT("00"), "3c 00 01 04 00000000", "2b 00 01 04 00000000",
	    "06 00 01 00 00000000", SAMPLE_TCP, SAMPLE_DATA } },
	{ "IPv6 atomic fragment", 1, 6, 0,
	    { ETH("86dd"), V6_NEXT("2c"), "06 00 0000 00001234", SAMPLE_TCP, SAMPLE_DATA } },
	{ "IPv6 source route", 1, 6, 0, { ETH("86dd"), V6_ROUTED("2b"),
	    "06 04 00 01 00000000" V6_HOP V6_TARGET, SAMPLE_TCP, SAMPLE_DATA } },
	{ "IPv6 source route, mobile", 1, 6, 0,
	    { ETH("86dd"), V6_ROUTED("2b"), "06 02 02 01 00000000" V6_TARGET, SAMPLE_TCP,
	    SAMPLE_DATA } },
	{ "IPv6 segment routing", 1, 6, 0, { ETH("86dd"), V6_ROUTED("2b"),
	    "06 04 04 01 01 00 0000" V6_TARGET V6_HOP, SAMPLE_TCP, SAMPLE_DATA } },
	{ "IPv6 source route that was taken", 1, 6, 0, { ETH("86dd"), V6_NEXT("2b"),
	    "06 02 00 00 00000000" V6_HOP, SAMPLE_TCP, SAMPLE_DATA } },
	{ "IPv6 home address", 1, 6, 0,
	    { ETH("86dd"), "6000 0000 @P 3c 40" V6_HOP V6_TARGET,
	    "06 02 01 02 0000 c9 10" V6_SOURCE, SAMPLE_TCP, SAMPLE_DATA } },
	{ "IPv6 behind IPv4's type", 1, 6, 0, { ETH("0800"), V6 } },
	{ "AH", 1, 4, 0,
	    { ETH("0800"), "4500 @T 1234 4000 40 33 0000 0a000001 0a000002",
	    "06 04 0000 00000001 00000001" ZERO8 "00000000", SAMPLE_TCP, SAMPLE_DATA } },
	{ "AH, IPv6", 1, 6, 0,
	    { ETH("86dd"), V6_NEXT("33"), "06 04 0000 00000001 00000001" ZERO8 "00000000",
	    SAMPLE_TCP, SAMPLE_DATA } },
	{ "IP in IP", 1, 4, 1, { ETH("0800"), OUTER("04"), V4 } },
	{ "6in4", 1, 6, 1, { ETH("0800"), OUTER("29"), V6 } },
	{ "4in6", 1, 4, 1, { ETH("86dd"), V6_OUTER("04"), V4 } },
	{ "6in6", 1, 6, 1, { ETH("86dd"), V6_OUTER("29"), V6 } },
	{ "MPLS in IP", 1, 4, 1, { ETH("0800"), OUTER("89"), "00011140", V4 } },
	{ "EtherIP", 1, 4, 1, { ETH("0800"), OUTER("61"), "3000", ETH("0800"), V4 } },
	{ "Ethernet in IPv6", 1, 4, 1, { ETH("86dd"), V6_OUTER("8f"), ETH("0800"), V4 } },
	{ "GRE", 1, 4, 1, { ETH("0800"), OUTER("2f"), "0000 0800", V4 } },
	{ "GRE, checksum, key, sequence", 1, 6, 1,
	    { ETH("0800"), OUTER("2f"), "b000 86dd 00000000 00000042 00000001", V6 } },
	{ "GRE with routing", 1, 4, 1,
	    { ETH("0800"), OUTER("2f"), "4000 0800 00000000", "0800 0004 0a000001 00000000",
	    V4 } },
	{ "GRE, bridged Ethernet", 1, 4, 1,
	    { ETH("0800"), OUTER("2f"), "2000 6558 00000142", ETH("0800"), V4 } },
	{ "GRE, PPTP", 1, 4, 1,
	    { ETH("0800"), OUTER("2f"), "3081 880b 003d 0007 00000001 00000001", "ff03 0021", V4,
	    "# 00000000" } },
	{ "GRE, PPP", 1, 4, 1, { ETH("0800"), OUTER("2f"), "0000 880b", "0021", V4 } },
	{ "GRE, MPLS", 1, 4, 1, { ETH("0800"), OUTER("2f"), "0000 8847", "00011140", V4 } },
	{ "GRE, WCCP", 1, 4, 1, { ETH("0800"), OUTER("2f"), "0000 883e", V4 } },
	{ "GRE, WCCP version 2", 1, 4, 1,
	    { ETH("0800"), OUTER("2f"), "0000 883e", "00000000", V4 } },
	{ "GRE, Ethernet over IP", 1, 4, 1,
	    { ETH("0800"), OUTER("2f"), "2001 6400 0047 0700", ETH("0800"), V4 } },
	{ "GRE, Aruba", 1, 4, 1,
	    { ETH("0800"), OUTER("2f"), "0000 8200", RADIO_QOS, SNAP("0800"), V4 } },
	{ "ERSPAN type I", 1, 4, 1, { ETH("0800"), OUTER("2f"), "0000 88be", ETH("0800"), V4 } },
	{ "ERSPAN type II", 1, 4, 1,
	    { ETH("0800"), OUTER("2f"), "1000 88be 00000001", "1001 0064 00000000", ETH("0800"),
	    V4 } },
	{ "ERSPAN type III", 1, 4, 1,
	    { ETH("0800"), OUTER("2f"), "1000 22eb 00000001", "2001 0064 00000001 0000 0000",
	    ETH("0800"), V4 } },
	{ "ERSPAN type III, platform header", 1, 4, 1,
	    { ETH("0800"), OUTER("2f"), "1000 22eb 00000001", "2001 0064 00000001 0000 0001",
	    ZERO8, ETH("0800"), V4 } },
	{ "ERSPAN type III, IP", 1, 4, 1,
	    { ETH("0800"), OUTER("2f"), "1000 22eb 00000001", "2001 0064 00000001 0000 0800",
	    V4 } },
	{ "L2TPv3 on IP", 1, 4, 1,
	    { ETH("0800"), OUTER("73"), "00000007", "0102030405060708", ETH("0800"), V4 } },
	{ "VXLAN", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("12b5"), "0800 0000 000123 00", ETH("0800"), V4 } },
	{ "VXLAN, Linux's port", 1, 6, 1,
	    { ETH("0800"), OUTER("11"), UDP("2118"), "0800 0000 000123 00", ETH("86dd"), V6 } },
	{ "VXLAN-GPE", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("12b6"), "0c00 0001 000123 00", V4 } },
	{ "Geneve", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("17c1"), "0200 6558 000123 00 0103 0001 00000000",
	    ETH("0800"), V4 } },
	{ "Geneve, IP", 1, 6, 1,
	    { ETH("86dd"), V6_OUTER("11"), UDP("17c1"), "0000 86dd 000123 00", V6 } },
	{ "GTP-U", 1, 4, 1, { ETH("0800"), OUTER("11"), UDP("0868"), "30 ff @P 00000042", V4 } },
	{ "GTP-U, sequence", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("0868"), "32 ff 003d 00000042 0001 00 00", V4,
	    "# 00000000" } },
	{ "GTP-U, extension headers", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("0868"), "34 ff @P 00000042", "0000 00 85",
	    "01 00 01 c0", "01 00 02 00", V4 } },
	{ "GTP version 0", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("0d3a"), "1e ff @P" ZERO8 ZERO8, V4 } },
	{ "L2TP", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("06a5"), "0002 0001 0002", "ff03 0021", V4 } },
	{ "L2TP, length, sequence, offset", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("06a5"), "4a02 @T 0001 0002 0001 0001 0002 0000",
	    "0021", V4 } },
	{ "L2TPv3 on UDP", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("06a5"), "0003 0000", "00000007", "00000000",
	    ETH("0800"), V4 } },
	{ "Teredo", 1, 6, 1, { ETH("0800"), OUTER("11"), UDP("0dd8"), V6 } },
	{ "Teredo, authentication and origin", 1, 6, 1,
	    { ETH("0800"), OUTER("11"), UDP("0dd8"), "0001 0000 0102030405060708 00",
	    "0000 1234 3f57fffe", V6 } },
	{ "AYIYA", 1, 6, 1,
	    { ETH("0800"), OUTER("11"), UDP("13d0"),
	    "4152 1129 00000000" ZERO8 ZERO8 ZERO8 ZERO8 "00000000", V6 } },
	{ "CAPWAP, 802.3", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("147f"), "00 1002 00 0000 0000", ETH("0800"), V4 } },
	{ "CAPWAP, 802.11", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("147f"), "00 1003 00 0000 0000", RADIO, SNAP("0800"),
	    V4 } },
	{ "CAPWAP, swapped control", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("147f"), "00 1003 00 0000 0000",
	    "0108 0000 0a0000000001 0a0000000002 0a0000000003 1000", SNAP("0800"), V4 } },
	{ "LISP", 1, 4, 1, { ETH("0800"), OUTER("11"), UDP("10f5"), ZERO8, V4 } },
	{ "GRE over UDP", 1, 4, 1, { ETH("0800"), OUTER("11"), UDP("1292"), "0000 0800", V4 } },
	{ "MPLS over UDP", 1, 4, 1, { ETH("0800"), OUTER("11"), UDP("19eb"), "00011140", V4 } },
	{ "TZSP", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("9090"), "01 00 0001 0a 01 c8 00 01", ETH("0800"),
	    V4 } },
	{ "Juniper packet mirror", 1, 4, 1,
	    { ETH("0800"), OUTER("11"), UDP("754e"), "00000001 00000002", V4 } },
	{ "ERSPAN with VXLAN in it", 1, 4, 1,
	    { ETH("0800"), OUTER("2f"), "1000 88be 00000001", "1001 0064 00000000", ETH("0800"),
	    OUTER("11"), UDP("12b5"), "0800 0000 000123 00", ETH("0800"), V4 } },
};

const size_t sample_count = sizeof samples / sizeof samples[0];

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* The size of a layer, and its bytes where out isn't NULL. */
static size_t
read_layer(uint8_t *out, const char *layer, size_t following)
{
	size_t size = 0, own = out != NULL ? read_layer(NULL, layer, 0) : 0;

	for (const char *c = layer; *c != '\0'; c++) {
		if (*c == '@') {
			size_t length = c[1] == 'T' || c[1] == 't' ? own + following : following;
			bool little = c[1] == 't' || c[1] == 'p';

			if (out != NULL) {
				out[size] = (uint8_t)(little ? length : length >> 8);
				out[size + 1] = (uint8_t)(little ? length >> 8 : length);
			}
			size += 2;
			c++;
		} else if (digit(c[0]) >= 0) {
			if (out != NULL)
				out[size] = (uint8_t)(digit(c[0]) << 4 | digit(c[1]));
			size++;
			c++;
		}
	}
	return size;
}

size_t
sample_build(uint8_t *out, const char *const *layers)
{
	size_t following[SAMPLE_LAYERS + 1] = { 0 }, count = 0, used = 0;

	while (count < SAMPLE_LAYERS && layers[count] != NULL)
		count++;
	for (size_t i = count; i-- > 0;)
		following[i] = following[i + 1] +
		    (layers[i][0] == '#' ? 0 : read_layer(NULL, layers[i], 0));
	for (size_t i = 0; i < count; i++)
		used += read_layer(out + used, layers[i], following[i + 1]);
	return used;
}

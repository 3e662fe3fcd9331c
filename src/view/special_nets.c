/*
 * The networks as tables.  Knows no connections.
 */
#include "view/special_nets.h"

#include <stddef.h>
#include <string.h>

#include "packet/segment.h"

struct net {
	uint8_t prefix[16];
	uint8_t bits;
};

static const struct net nets_v4[] = {
	{ { 0 }, 8 },				/* this network: RFC 791 */
	{ { 10 }, 8 },				/* private: RFC 1918 */
	{ { 100, 64 }, 10 },			/* shared by customers of a provider: RFC 6598 */
	{ { 127 }, 8 },				/* loopback: RFC 1122 */
	{ { 169, 254 }, 16 },			/* link-local: RFC 3927 */
	{ { 172, 16 }, 12 },			/* private */
	{ { 192, 0, 0 }, 24 },			/* protocol assignments: RFC 6890 */
	{ { 192, 0, 2 }, 24 },			/* documentation: RFC 5737 */
	{ { 192, 168 }, 16 },			/* private */
	{ { 198, 18 }, 15 },			/* benchmarking: RFC 2544 */
	{ { 198, 51, 100 }, 24 },		/* documentation */
	{ { 203, 0, 113 }, 24 },		/* documentation */
	{ { 240 }, 4 },				/* reserved, and broadcast: RFC 1112, 919 */
};

static const struct net nets_v6[] = {
	{ { 0 }, 128 },				/* unspecified: RFC 4291 */
	{ { [15] = 1 }, 128 },			/* loopback */
	{ { 0x00, 0x64, 0xff, 0x9b, 0, 1 }, 48 },	/* translation: RFC 8215 */
	{ { 0x01 }, 64 },			/* discard only: RFC 6666 */
	{ { 0x20, 0x01 }, 23 },			/* protocol assignments, Teredo among them: RFC 2928 */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },	/* documentation: RFC 3849 */
	{ { 0xfc }, 7 },			/* unique local: RFC 4193 */
	{ { 0xfe, 0x80 }, 10 },			/* link-local */
};

static bool
is_in(const uint8_t *address, const struct net *net)
{
	uint8_t mask = (uint8_t)(0xff00 >> net->bits % 8);

	return memcmp(address, net->prefix, net->bits / 8u) == 0
	    && (mask == 0 || ((address[net->bits / 8] ^ net->prefix[net->bits / 8]) & mask) == 0);
}

static bool
is_in_any(const uint8_t *address, const struct net *nets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_in(address, &nets[i]))
			return true;
	return false;
}

bool
special_nets_have(const uint8_t *address, uint8_t family)
{
	static const uint8_t six_to_four[2] = { 0x20, 0x02 };
	const uint8_t *v4 = address;

	if (family == SEGMENT_IPV6) {
		if (is_in_any(address, nets_v6, sizeof nets_v6 / sizeof nets_v6[0]))
			return true;
		if (memcmp(address, six_to_four, sizeof six_to_four) != 0)
			return false;
		v4 = address + 2;	/* RFC 3056: the IPv4 address that it goes through */
	}
	return is_in_any(v4, nets_v4, sizeof nets_v4 / sizeof nets_v4[0]);
}

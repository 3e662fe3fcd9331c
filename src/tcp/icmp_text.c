/*
 * ICMP and ICMPv6 errors that quote a segment: what they are called and what
 * they mean to TCP (RFC 792, RFC 1122 section 4.2.3.9, RFC 4443, RFC 8200).
 * Knows type and code, nothing of connections.
 */
#include <stddef.h>

#include "base/language.h"
#include "tcp/story_internal.h"

enum { ICMP_ANY = 0xff };

enum icmp_weight { ICMP_SOFT, ICMP_HARD, ICMP_TOO_BIG };

struct icmp_meaning {
	uint8_t family, type, code;	/* code ICMP_ANY: any other */
	enum icmp_weight weight;	/* to a SYN that waits for its answer */
	const char *text;
};

static const struct icmp_meaning icmp_meanings[] = {
	{ 4, 3, 0, ICMP_HARD, N_("network unreachable") },
	{ 4, 3, 1, ICMP_HARD, N_("host unreachable") },
	{ 4, 3, 2, ICMP_HARD, N_("protocol unreachable") },
	{ 4, 3, 3, ICMP_HARD, N_("port unreachable") },
	{ 4, 3, 4, ICMP_TOO_BIG, N_("fragmentation needed") },
	{ 4, 3, 5, ICMP_SOFT, N_("source route failed") },
	{ 4, 3, 6, ICMP_HARD, N_("destination network unknown") },
	{ 4, 3, 7, ICMP_HARD, N_("destination host unknown") },
	{ 4, 3, 9, ICMP_HARD, N_("network administratively prohibited") },
	{ 4, 3, 10, ICMP_HARD, N_("host administratively prohibited") },
	{ 4, 3, 11, ICMP_HARD, N_("network unreachable for this type of service") },
	{ 4, 3, 12, ICMP_HARD, N_("host unreachable for this type of service") },
	{ 4, 3, 13, ICMP_HARD, N_("communication administratively prohibited") },
	{ 4, 3, ICMP_ANY, ICMP_HARD, N_("destination unreachable") },
	{ 4, 4, ICMP_ANY, ICMP_SOFT, N_("source quench") },
	{ 4, 5, ICMP_ANY, ICMP_SOFT, N_("redirect") },
	{ 4, 11, 0, ICMP_SOFT, N_("time to live exceeded in transit") },
	{ 4, 11, 1, ICMP_SOFT, N_("fragment reassembly time exceeded") },
	{ 4, 11, ICMP_ANY, ICMP_SOFT, N_("time exceeded") },
	{ 4, 12, ICMP_ANY, ICMP_SOFT, N_("parameter problem") },
	{ 6, 1, 0, ICMP_HARD, N_("no route to destination") },
	{ 6, 1, 1, ICMP_HARD, N_("communication administratively prohibited") },
	{ 6, 1, 2, ICMP_HARD, N_("beyond scope of source address") },
	{ 6, 1, 3, ICMP_HARD, N_("address unreachable") },
	{ 6, 1, 4, ICMP_HARD, N_("port unreachable") },
	{ 6, 1, 5, ICMP_HARD, N_("source address failed policy") },
	{ 6, 1, 6, ICMP_HARD, N_("reject route to destination") },
	{ 6, 1, ICMP_ANY, ICMP_HARD, N_("destination unreachable") },
	{ 6, 2, ICMP_ANY, ICMP_TOO_BIG, N_("packet too big") },
	{ 6, 3, 0, ICMP_SOFT, N_("hop limit exceeded in transit") },
	{ 6, 3, 1, ICMP_SOFT, N_("fragment reassembly time exceeded") },
	{ 6, 3, ICMP_ANY, ICMP_SOFT, N_("time exceeded") },
	{ 6, 4, ICMP_ANY, ICMP_SOFT, N_("parameter problem") }
};

static const struct icmp_meaning *
icmp_meaning(uint8_t family, uint16_t type_code)
{
	uint8_t type = (uint8_t)(type_code >> 8), code = (uint8_t)type_code;

	for (size_t i = 0; i < sizeof icmp_meanings / sizeof icmp_meanings[0]; i++) {
		const struct icmp_meaning *m = &icmp_meanings[i];

		if (m->family == family && m->type == type
		    && (m->code == code || m->code == ICMP_ANY))
			return m;
	}
	return NULL;
}

bool
icmp_is_hard(uint8_t family, uint16_t type_code)
{
	const struct icmp_meaning *m = icmp_meaning(family, type_code);

	return m != NULL && m->weight == ICMP_HARD;
}

bool
icmp_is_too_big(uint8_t family, uint16_t type_code)
{
	const struct icmp_meaning *m = icmp_meaning(family, type_code);

	return m != NULL && m->weight == ICMP_TOO_BIG;
}

const char *
icmp_text(uint8_t family, uint16_t type_code)
{
	const struct icmp_meaning *m = icmp_meaning(family, type_code);

	return m != NULL ? _(m->text) : _("error of an unknown kind");
}

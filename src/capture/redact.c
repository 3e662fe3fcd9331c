/*
 * The replacements.  Bit n of an address is turned over or not by a secret
 * function of the n bits before it, which is what keeps prefixes (Xu, Fan,
 * Ammar and Moon, 2002).  The first byte is replaced again and again until one
 * of the same class comes up, and so is a port, which goes through a
 * permutation made of four Feistel rounds.  Knows nothing of packets but
 * where a segment has its addresses.
 */
#include "capture/redact.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/sip.h"
#include "base/text.h"
#include "tcp/service.h"

enum {
	WORD_ROUNDS = 2, END_ROUNDS = 4, FEISTEL_ROUNDS = 4,
	KEPT_BITS = 3, PORTS = 65536, PRIVATE_PORTS = 1024, REMEMBERED = 8192,
	KEY_MAX = 65536, KEY_MIN = 8
};

struct remembered {
	uint8_t from[16], to[16], family;
};

struct redact {
	uint64_t key[2];
	uint8_t first[2][256];	/* an address' first byte, IPv4's and IPv6's */
	uint16_t *ports;	/* NULL: they stay */
	struct remembered remembered[REMEMBERED];
};

static uint64_t
secret(const uint64_t key[2], uint64_t a, uint64_t b, uint64_t what)
{
	struct sip s = sip_begin(key);

	sip_word(&s, a, WORD_ROUNDS);
	sip_word(&s, b, WORD_ROUNDS);
	sip_word(&s, what, WORD_ROUNDS);
	return sip_end(&s, END_ROUNDS);
}

/* ---- addresses */

static uint64_t
big_endian(const uint8_t *p)
{
	uint64_t word = 0;

	for (unsigned i = 0; i < 8; i++)
		word = word << 8 | p[i];
	return word;
}

static uint64_t
first_bits(uint64_t word, unsigned bits)
{
	return bits == 0 ? 0 : bits >= 64 ? word : word & ~UINT64_C(0) << (64 - bits);
}

/* What an address is for by its first byte, where other programs care; 0: nothing special. */
static unsigned
byte_class(unsigned first, uint8_t family)
{
	bool v4 = family == SEGMENT_IPV4;

	switch (first) {
	case 0:
		return 1;
	case 10:
	case 127:
		return v4 ? first : 0;
	case 0xfc:
	case 0xfd:
		return v4 ? 0 : 0xfc;
	case 0xfe:
	case 0xff:
		return v4 ? 0 : first;
	default:
		return 0;
	}
}

/* Turns over bits `from` to `to` of an address whose 128 bits are high and low. */
static void
turn_bits(const uint64_t key[2], uint64_t high, uint64_t low, uint8_t family, unsigned from,
    unsigned to, uint8_t *address)
{
	for (unsigned n = from; n < to; n++)
		if (secret(key, first_bits(high, n), n > 64 ? first_bits(low, n - 64) : 0,
		    (uint64_t)family << 8 | n) & 1)
			address[n / 8] ^= (uint8_t)(0x80U >> n % 8);
}

static void
make_first_bytes(struct redact *r, uint8_t family)
{
	for (unsigned byte = 0; byte < 256; byte++) {
		uint8_t *to = &r->first[family == SEGMENT_IPV6][byte];

		*to = (uint8_t)byte;
		do
			turn_bits(r->key, (uint64_t)*to << 56, 0, family, KEPT_BITS, 8, to);
		while (byte_class(*to, family) != byte_class(byte, family));
	}
}

void
redact_address(struct redact *r, uint8_t address[16], uint8_t family)
{
	uint64_t mixed = (big_endian(address) ^ big_endian(address + 8) * 31 ^ family)
	    * 0x9e3779b97f4a7c15ULL;
	struct remembered *place = &r->remembered[(mixed >> 32) % REMEMBERED];

	if (place->family != family || memcmp(place->from, address, sizeof place->from) != 0) {
		memcpy(place->from, address, sizeof place->from);
		memcpy(place->to, address, sizeof place->to);
		place->to[0] = r->first[family == SEGMENT_IPV6][address[0]];
		turn_bits(r->key, big_endian(address), big_endian(address + 8), family, 8,
		    family == SEGMENT_IPV4 ? 32 : 128, place->to);
		place->family = family;
	}
	memcpy(address, place->to, sizeof place->to);
}

void
redact_segment(struct redact *r, struct segment *segment)
{
	redact_address(r, segment->source, segment->family);
	redact_address(r, segment->target, segment->family);
	if (r->ports != NULL) {
		segment->source_port = r->ports[segment->source_port];
		segment->target_port = r->ports[segment->target_port];
	}
}

/* ---- ports */

static uint16_t
permute(const uint64_t key[2], uint16_t port)
{
	unsigned left = port >> 8, right = port & 0xffU;

	for (unsigned round = 0; round < FEISTEL_ROUNDS; round++) {
		unsigned next = left ^ (secret(key, right, round, PORTS) & 0xff);

		left = right;
		right = next;
	}
	return (uint16_t)(left << 8 | right);
}

static unsigned
port_class(uint16_t port)
{
	return port < PRIVATE_PORTS ? 0 : service_name(port) != NULL ? 1 : 2;
}

static uint16_t *
make_ports(const uint64_t key[2])
{
	uint16_t *to = memory_new_array(PORTS, sizeof *to);

	for (unsigned port = 0; port < PORTS; port++) {
		unsigned class = port_class((uint16_t)port);
		uint16_t p = (uint16_t)port;

		do
			p = class == 0 ? p : permute(key, p);
		while (port_class(p) != class);
		to[port] = p;
	}
	return to;
}

/* ---- the key */

/* A final line end isn't part of the key: echo and printf shall say the same. */
static bool
read_key(uint64_t key[2], const char *name, struct error *error)
{
	static const uint64_t half[2][2] = { { 1, 2 }, { 3, 4 } };
	FILE *in = fopen(name, "rb");
	uint8_t *bytes;
	char safe[256];
	size_t size;

	text_safe_string(safe, sizeof safe, name);
	if (in == NULL)
		return error_set(error, "the key can't be read from %s: %s", safe, strerror(errno));
	bytes = memory_new(KEY_MAX + 8);
	size = fread(bytes, 1, KEY_MAX, in);
	fclose(in);
	while (size > 0 && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r'))
		bytes[--size] = 0;
	for (unsigned i = 0; i < 2; i++) {
		struct sip s = sip_begin(half[i]);

		for (size_t at = 0; at < size; at += 8)
			sip_word(&s, big_endian(bytes + at), WORD_ROUNDS);
		sip_word(&s, size, WORD_ROUNDS);
		key[i] = sip_end(&s, END_ROUNDS);
	}
	free(bytes);
	return size >= KEY_MIN || error_set(error, "the key in %s has %zu bytes: at least %d are "
	    "needed, such as from: head -c 32 /dev/urandom", safe, size, KEY_MIN);
}

struct redact *
redact_new(const struct redact_options *options, struct error *error)
{
	struct redact *r = memory_new(sizeof *r);

	if (options->key_file == NULL) {
		random_fill(r->key, sizeof r->key);
	} else if (!read_key(r->key, options->key_file, error)) {
		redact_free(r);
		return NULL;
	}
	make_first_bytes(r, SEGMENT_IPV4);
	make_first_bytes(r, SEGMENT_IPV6);
	if (options->ports)
		r->ports = make_ports(r->key);
	return r;
}

struct redact *
redact_copy(const struct redact *r)
{
	struct redact *copy;

	if (r == NULL)
		return NULL;
	copy = memory_new(sizeof *copy);
	memcpy(copy->key, r->key, sizeof copy->key);
	memcpy(copy->first, r->first, sizeof copy->first);
	if (r->ports != NULL) {
		copy->ports = memory_new_array(PORTS, sizeof *copy->ports);
		memcpy(copy->ports, r->ports, PORTS * sizeof *copy->ports);
	}
	return copy;
}

void
redact_free(struct redact *r)
{
	if (r == NULL)
		return;
	free(r->ports);
	free(r);
}

/*
 * SipHash (Aumasson and Bernstein, 2012) of whole words under a key of 16
 * bytes: what comes out tells nobody without the key what went in.  Rounds
 * for each word and at the end are the caller's: 1 and 3 for tables, 2 and 4
 * where it is a secret.
 */
#ifndef TCPLADDER_BASE_SIP_H
#define TCPLADDER_BASE_SIP_H

#include <stdint.h>

struct sip {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t
sip_rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static inline struct sip
sip_begin(const uint64_t key[2])
{
	return (struct sip){
		key[0] ^ 0x736f6d6570736575ULL, key[1] ^ 0x646f72616e646f6dULL,
		key[0] ^ 0x6c7967656e657261ULL, key[1] ^ 0x7465646279746573ULL
	};
}

static inline void
sip_rounds(struct sip *s, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		s->v0 += s->v1;
		s->v1 = sip_rotate(s->v1, 13) ^ s->v0;
		s->v0 = sip_rotate(s->v0, 32);
		s->v2 += s->v3;
		s->v3 = sip_rotate(s->v3, 16) ^ s->v2;
		s->v0 += s->v3;
		s->v3 = sip_rotate(s->v3, 21) ^ s->v0;
		s->v2 += s->v1;
		s->v1 = sip_rotate(s->v1, 17) ^ s->v2;
		s->v2 = sip_rotate(s->v2, 32);
	}
}

static inline void
sip_word(struct sip *s, uint64_t word, int rounds)
{
	s->v3 ^= word;
	sip_rounds(s, rounds);
	s->v0 ^= word;
}

static inline uint64_t
sip_end(struct sip *s, int rounds)
{
	s->v2 ^= 0xff;
	sip_rounds(s, rounds);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

#endif

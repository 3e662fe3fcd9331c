/*
 * One packet of each kind that the decoder knows, written header by header:
 * the tests of src/packet and the fuzz target begin with them.
 */
#ifndef TCPLADDER_TESTS_PACKET_SAMPLES_H
#define TCPLADDER_TESTS_PACKET_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

enum { SAMPLE_LAYERS = 14, SAMPLE_BYTES_MAX = 2048 };

/*
 * A layer is hexadecimal digits and blanks, in which @T is the length of this
 * layer and all that follow it, @P of what follows it, both as 16 bits, and
 * @t, @p the same in little-endian.  A layer that begins with # is a trailer,
 * which no length counts.
 */
struct sample {
	const char *name;
	int link_type;
	int family;		/* of the innermost IP header: 4 or 6 */
	int tunnelled;		/* whether there is another IP header outside it */
	const char *layers[SAMPLE_LAYERS];
};

extern const struct sample samples[];
extern const size_t sample_count;

/* Writes the packet; returns its size. */
size_t sample_build(uint8_t *out, const char *const *layers);

/* What every sample carries: 10.0.0.1 or 2001:db8::1, port 12345, to .2 or ::2, port 80. */
#define SAMPLE_INNER_4 "4500 @T 1234 4000 40 06 0000 0a000001 0a000002"
#define SAMPLE_INNER_6 "6000 0000 @P 06 40" SAMPLE_ADDRESSES_6
#define SAMPLE_ADDRESSES_6 \
	" 20010db8 00000000 00000000 00000001 20010db8 00000000 00000000 00000002"
#define SAMPLE_TCP "3039 0050 00000064 000000c8 8018 0200 1234 0000 0101 080a 00000007 00000009"
#define SAMPLE_DATA "68656c6c6f"

/* An outer IPv4 header from 192.168.0.1 to 192.168.0.2, and a UDP header. */
#define SAMPLE_ETHERNET(type) "020000000001 020000000002" type
#define SAMPLE_OUTER_4(protocol) "4500 @T 0001 4000 40" protocol "0000 c0a80001 c0a80002"
#define SAMPLE_UDP(port) "c000" port "@T 0000"

#endif

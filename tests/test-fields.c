/*
 * What decode_explain() tells of a packet: the same end as decode_frame()
 * for every packet and every truncation, fields within the frame, and the
 * sentences that a reader needs.
 */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/decode.h"
#include "packet_samples.h"

enum { TEXT_MAX = 64 * 1024 };

struct listener {
	size_t frame_size;
	int fields, headers;
	bool begun;
	char text[TEXT_MAX];
};

static void
listen(void *context, int level, int offset, int size, const char *name, const char *value)
{
	struct listener *l = context;
	size_t used = strlen(l->text);

	cr_assert(level >= 0 && level <= 2);
	cr_assert(level == 0 || l->headers > 0, "%s comes before any header", name);
	cr_assert_gt(strlen(name), 0);
	cr_assert_geq(offset, 0);
	cr_assert_geq(size, 0);
	cr_assert_leq((size_t)offset + (size_t)size, l->frame_size, "%s: %d+%d", name, offset,
	    size);
	for (const char *c = value; *c != '\0'; c++)
		cr_assert((unsigned char)*c >= ' ' && *c != 0x7f, "%s: %s", name, value);
	l->fields++;
	l->headers += level == 0;
	snprintf(l->text + used, sizeof l->text - used, "%d %d+%d %s: %s\n", level, offset, size,
	    name,
	    value);
}

static enum decode_result
explain(const uint8_t *bytes, size_t captured, size_t length, int link_type, struct listener *l)
{
	uint8_t *copy = malloc(captured > 0 ? captured : 1);
	struct raw_frame frame = { copy, (uint32_t)captured, (uint32_t)length, 0, 1, 0, link_type };
	struct field_visitor visitor = { listen, l };
	enum decode_result result;
	struct segment s;

	l->frame_size = captured;
	l->fields = l->headers = 0;
	l->text[0] = '\0';
	memcpy(copy, bytes, captured);
	result = decode_explain(&frame, &visitor);
	cr_assert_eq(result, decode_frame(&frame, NULL, &s));
	free(copy);
	return result;
}

static struct listener heard;

static void
explain_layers(int link_type, const char *const *layers)
{
	uint8_t bytes[SAMPLE_BYTES_MAX];
	size_t size = sample_build(bytes, layers);

	explain(bytes, size, size, link_type, &heard);
}

#define EXPLAIN(link_type, ...) \
	explain_layers(link_type, (const char *const[SAMPLE_LAYERS]){ __VA_ARGS__ })

static void
expect(const char *line)
{
	cr_assert_neq(strstr(heard.text, line), NULL, "'%s' isn't in\n%s", line, heard.text);
}

Test(fields, same_end_as_decoding)
{
	for (size_t i = 0; i < sample_count; i++) {
		uint8_t bytes[SAMPLE_BYTES_MAX];
		size_t size = sample_build(bytes, samples[i].layers);

		cr_assert_eq(explain(bytes, size, size, samples[i].link_type, &heard),
		    DECODE_SEGMENT,
		    "%s", samples[i].name);
		expect("TCP: ");
		expect("source port: 12345");
		expect("payload: 5 bytes");
		for (size_t cut = 0; cut < size; cut++) {
			explain(bytes, cut, size, samples[i].link_type, &heard);
			explain(bytes, cut, cut, samples[i].link_type, &heard);
		}
	}
}

Test(fields, offsets_and_sizes)
{
	EXPLAIN(1, SAMPLE_ETHERNET("0800"), SAMPLE_INNER_4, SAMPLE_TCP, SAMPLE_DATA, "# 0000");
	expect("0 0+14 Ethernet II: ");
	expect("1 0+6 destination: 02:00:00:00:00:01\n");
	expect("1 12+2 type: 0x0800 (IPv4)");
	expect("0 14+20 IPv4: ");
	expect("1 23+1 protocol: 6 (TCP)");
	expect("1 26+4 source: 10.0.0.1\n");
	expect("0 34+32 TCP: ");
	expect("1 34+2 source port: 12345\n");
	expect("1 38+4 sequence number: 100, the number of the first byte that is sent here");
	expect("1 54+12 options: 12 bytes");
	expect("0 66+5 payload: 5 bytes");
	expect("0 71+2 trailer: 2 bytes");
}

Test(fields, addresses_of_ipv6)
{
	EXPLAIN(229, SAMPLE_INNER_6, SAMPLE_TCP);
	expect("1 8+16 source: 2001:db8::1\n");
	expect("1 24+16 destination: 2001:db8::2\n");
}

Test(fields, options_in_words)
{
	EXPLAIN(228, SAMPLE_INNER_4, "3039 0050 00000064 00000000 e002 faf0 0000 0000"
	    "020405b4 0402 080a 00000001 00000000 01 030307 220a 0102030405060708 6304 0000 0101");
	expect("sequence number: 100, chosen at random; "
	    "the SYN counts as one, so data begins with 101");
	expect("acknowledgment number: 0, which means nothing without the ACK flag");
	expect("flags: 0x002 SYN\n");
	expect("SYN: opens the connection");
	expect("window: 64240 bytes that it can take at first; never scaled on a SYN");
	expect("maximum segment size: 1460 bytes: the largest payload it wants to be sent; "
	    "an MTU of 1500, less 20 for IPv4 and 20 for TCP");
	expect("SACK permitted: ");
	expect("value: 1, the sender's clock");
	expect("echo: 0, nothing to echo yet");
	expect("window scale: 7: after the handshake its windows are to be multiplied by 128");
	expect("Fast Open: cookie 0102030405060708");
	expect("unknown option: kind 99, 4 bytes");
}

Test(fields, options_of_others)
{
	EXPLAIN(229, "6000 0000 @P 06 40" SAMPLE_ADDRESSES_6,
	    "3039 0050 00000064 000000c8 c010 0200 0000 0000"
	    "020405a0 1e04 2001 0101 0512 00000064 000000c8 00000190 000001f4");
	expect("1440 bytes: the largest payload it wants to be sent; "
	    "an MTU of 1500, less 40 for IPv6");
	expect("multipath TCP: subtype 2, DSS");
	expect("SACK: 2 stretches");
	expect("block: 100 to 200, 100 bytes that have arrived twice (D-SACK)");
	expect("block: 400 to 500, 100 bytes\n");
	EXPLAIN(228, SAMPLE_INNER_4, "3039 0050 00000064 000000c8 6010 0000 0000 0000 03030f 01");
	expect("window scale: 15, more than the 14 that are allowed");
	expect("window: 0: it can take nothing more now");
	EXPLAIN(228, SAMPLE_INNER_4, "3039 0050 00000064 000000c8 6010 0000 0000 0000 0809 0101");
	expect("damaged option: kind 8");
	EXPLAIN(228, SAMPLE_INNER_4, "3039 0050 00000064 000000c8 6002 0000 0000 0000 fe04 f989");
	expect("Fast Open: asks for a cookie");
}

Test(fields, all_nine_flags)
{
	EXPLAIN(228, SAMPLE_INNER_4, "3039 0050 00000064 000000c8 51ff 0200 0000 0000");
	expect("flags: 0x1ff AE CWR ECE URG ACK PSH RST SYN FIN\n");
	EXPLAIN(228, SAMPLE_INNER_4, "3039 0050 00000064 000000c8 5000 0200 0000 0000");
	expect("flags: 0x000, none\n");
}

Test(fields, what_is_no_segment)
{
	EXPLAIN(228, SAMPLE_INNER_4, "3039 0050 00000064 000000c8 4010 0200 0000 0000");
	expect("0 20+20 payload: 20 bytes");
	EXPLAIN(1, SAMPLE_ETHERNET("0800"), "4500 @T 0001 2000 40 06 0000 0a000001 0a000002",
	    "0000000000000000");
	expect("fragment: bytes 0 to 8");
	EXPLAIN(1, SAMPLE_ETHERNET("0800"), SAMPLE_OUTER_4("01"), "0304 0000 0000 0578",
	    SAMPLE_INNER_4, "3039 0050 00000064");
	expect("type: 3 (destination unreachable)");
	expect("next-hop MTU: 1400");
	expect("TCP, quoted: ");
}

/* A name that comes from the packet could hold anything. */
Test(fields, text_from_packets_is_made_safe)
{
	EXPLAIN(258, "6c000000 01000000 01000000 1b5b324a00000000 0000000000000000 0000000000000000"
	    "0000000000000000 0000000000000000 0000000000000000 0000000000000000"
	    "0000000000000000 0000000000000000 0000000000000000 0000000000000000"
	    "0000000000000000", SAMPLE_ETHERNET("0800"), SAMPLE_INNER_4, SAMPLE_TCP);
	expect("interface: \\x1b[2J\n");
}

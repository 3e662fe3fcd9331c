/*
 * The decoder: every link type and encapsulation leads to its segment; no
 * truncation, no lying length and no nesting leads astray.  Frames are
 * copied to memory of exactly their size, so that a sanitizer sees a byte
 * read too many.
 */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/decode.h"
#include "packet_samples.h"

static enum decode_result
decode_sized(const uint8_t *bytes, size_t captured, size_t length, int link_type,
    struct segment *s)
{
	uint8_t *copy = malloc(captured > 0 ? captured : 1);
	struct raw_frame frame = { copy, (uint32_t)captured, (uint32_t)length, 5, 7, 0, link_type };
	enum decode_result result;

	memcpy(copy, bytes, captured);
	memset(s, 0xa5, sizeof *s);
	result = decode_frame(&frame, NULL, s);
	free(copy);
	return result;
}

/* A frame of layers as in packet_samples.h, captured whole. */
static enum decode_result
decode_layers(int link_type, const char *const *layers, struct segment *s)
{
	uint8_t bytes[SAMPLE_BYTES_MAX];
	size_t size = sample_build(bytes, layers);

	return decode_sized(bytes, size, size, link_type, s);
}

#define DECODE(link_type, s, ...) \
	decode_layers(link_type, (const char *const[SAMPLE_LAYERS]){ __VA_ARGS__ }, s)

#define ETHERNET_TCP(tcp) \
	SAMPLE_ETHERNET("0800"), SAMPLE_INNER_4, tcp

static void
expect_segment(const struct sample *sample, const struct segment *s)
{
	static const uint8_t v4[2][16] = { { 10, 0, 0, 1 }, { 10, 0, 0, 2 } };
	static const uint8_t v6[2][16] = {
		{ 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 }
	};
	const uint8_t (*address)[16] = sample->family == 4 ? v4 : v6;

	cr_assert_eq(s->family, sample->family, "%s: family %d", sample->name, s->family);
	cr_assert_eq(memcmp(s->source, address[0], 16), 0, "%s: source", sample->name);
	cr_assert_eq(memcmp(s->target, address[1], 16), 0, "%s: target", sample->name);
	cr_assert_eq(s->source_port, 12345, "%s", sample->name);
	cr_assert_eq(s->target_port, 80, "%s", sample->name);
	cr_assert_eq(s->seq, 100, "%s", sample->name);
	cr_assert_eq(s->ack, 200, "%s", sample->name);
	cr_assert_eq(s->flags, TCP_ACK | TCP_PSH, "%s", sample->name);
	cr_assert_eq(s->window, 512, "%s", sample->name);
	cr_assert_eq(s->length, 5, "%s: length %u", sample->name, s->length);
	cr_assert_eq(s->ttl, 64, "%s", sample->name);
	cr_assert_eq(s->frame, 7, "%s", sample->name);
	cr_assert_eq(s->time, 5, "%s", sample->name);
	cr_assert_eq((s->traits & SEGMENT_INNER) != 0, sample->tunnelled, "%s: traits %x",
	    sample->name, s->traits);
}

Test(packet, every_link_type_and_tunnel)
{
	for (size_t i = 0; i < sample_count; i++) {
		struct segment s;
		enum decode_result result = decode_layers(samples[i].link_type, samples[i].layers,
		    &s);

		cr_assert_eq(result, DECODE_SEGMENT, "%s: %s", samples[i].name,
		    decode_result_text(result));
		expect_segment(&samples[i], &s);
		cr_assert_eq(s.checksum, 0x1234, "%s", samples[i].name);
		cr_assert_eq(s.tsval, 7, "%s", samples[i].name);
		cr_assert_eq(s.tsecr, 9, "%s", samples[i].name);
		cr_assert_eq(s.traits & (SEGMENT_TIMESTAMP | SEGMENT_CUT | SEGMENT_OPTIONS_BAD),
		    SEGMENT_TIMESTAMP, "%s: traits %x", samples[i].name, s.traits);
	}
}

/* A snapshot length never changes what was on the wire. */
Test(packet, every_truncation_by_the_capture)
{
	for (size_t i = 0; i < sample_count; i++) {
		uint8_t bytes[SAMPLE_BYTES_MAX];
		size_t size = sample_build(bytes, samples[i].layers);
		int segments = 0;

		for (size_t captured = 0; captured < size; captured++) {
			struct segment s;
			enum decode_result result = decode_sized(bytes, captured, size,
			    samples[i].link_type, &s);

			if (result == DECODE_SEGMENT) {
				expect_segment(&samples[i], &s);
				segments++;
			} else {
				cr_assert_eq(segments, 0,
				    "%s: %zu bytes are fewer than some that made a segment",
				    samples[i].name, captured);
			}
		}
		cr_assert_gt(segments, 4, "%s", samples[i].name);
	}
}

/* A packet that really was that short: what there is of the payload, and never more. */
Test(packet, every_truncation_on_the_wire)
{
	for (size_t i = 0; i < sample_count; i++) {
		uint8_t bytes[SAMPLE_BYTES_MAX];
		size_t size = sample_build(bytes, samples[i].layers);

		for (size_t length = 0; length < size; length++) {
			struct segment s;

			if (decode_sized(bytes, length, length, samples[i].link_type, &s) ==
			    DECODE_SEGMENT) {
				cr_assert_leq(s.length, 5, "%s", samples[i].name);
				cr_assert_eq(s.traits & SEGMENT_CUT, 0, "%s", samples[i].name);
			}
		}
	}
}

/* Any byte may lie. */
Test(packet, every_byte_changed)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x40, 0x45, 0x7f, 0x80, 0xff };

	for (size_t i = 0; i < sample_count; i++) {
		uint8_t bytes[SAMPLE_BYTES_MAX];
		size_t size = sample_build(bytes, samples[i].layers);

		for (size_t at = 0; at < size; at++)
			for (size_t v = 0; v < sizeof values; v++) {
				uint8_t before = bytes[at];
				enum decode_result result;
				struct segment s;

				bytes[at] = values[v];
				result = decode_sized(bytes, size, size, samples[i].link_type, &s);
				cr_assert_lt(result, DECODE_RESULTS);
				if (result == DECODE_SEGMENT)
					cr_assert_lt(s.length, size, "%s, byte %zu",
					    samples[i].name, at);
				bytes[at] = before;
			}
	}
}

Test(packet, unknown_link_type)
{
	uint8_t nothing[64] = { 0 };
	struct segment s;

	cr_assert_eq(decode_sized(nothing, 64, 64, 147, &s), DECODE_UNKNOWN_LINK);
	cr_assert_eq(decode_sized(nothing, 64, 64, -1, &s), DECODE_UNKNOWN_LINK);
	cr_assert_eq(decode_sized(nothing, 0, 0, 1, &s), DECODE_LINK_CUT);
}

Test(packet, results_have_names)
{
	for (int i = 0; i < DECODE_RESULTS; i++) {
		cr_assert_gt(strlen(decode_result_name((enum decode_result)i)), 0);
		cr_assert_gt(strlen(decode_result_text((enum decode_result)i)), 0);
		cr_assert_eq(strpbrk(decode_result_name((enum decode_result)i), " _"), NULL);
		for (int j = 0; j < i; j++)
			cr_assert_str_neq(decode_result_name((enum decode_result)i),
			    decode_result_name((enum decode_result)j));
	}
}

Test(packet, what_is_no_segment)
{
	struct segment s;

	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0806"), "0001080006040001"),
	    DECODE_OTHER_NETWORK);
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"), SAMPLE_OUTER_4("11"),
	    SAMPLE_UDP("0035"),
	    "00000000"), DECODE_OTHER_TRANSPORT);
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"), SAMPLE_OUTER_4("84"), "00000000"),
	    DECODE_OTHER_TRANSPORT);
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"), SAMPLE_OUTER_4("32"),
	    "0000000100000001"),
	    DECODE_ENCRYPTED);
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"), SAMPLE_OUTER_4("6c"), "06000001"),
	    DECODE_COMPRESSED);
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("88e5"), "2c00 00000001 0200000000010001 ffff"),
	    DECODE_ENCRYPTED);
	cr_assert_eq(DECODE(105, &s, "0841 0000 0a0000000001 0a0000000002 0a0000000003 1000",
	    "00000000"),
	    DECODE_ENCRYPTED);
	cr_assert_eq(DECODE(105, &s, "8000 0000 0a0000000001 0a0000000002 0a0000000003 1000"),
	    DECODE_OTHER_NETWORK, "a beacon");
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("8863"), "1109 0000 0000"),
	    DECODE_OTHER_NETWORK);
	cr_assert_eq(DECODE(9, &s, "ff03 00fd 0000"), DECODE_COMPRESSED);
	/* What only a port called a tunnel is plain UDP when it doesn't hold together. */
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"), SAMPLE_OUTER_4("11"),
	    SAMPLE_UDP("12b5"),
	    "0800000000012300 0000"), DECODE_OTHER_TRANSPORT);
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"), SAMPLE_OUTER_4("11"),
	    SAMPLE_UDP("0868"),
	    "30ff0008 00000001 45"), DECODE_OTHER_TRANSPORT);
}

Test(packet, headers_that_contradict_themselves)
{
	struct segment s;

	/* IPv4: a header of 16 bytes, another version, a total length below the header's */
	cr_assert_eq(DECODE(228, &s, "4400 @T 0001 4000 40 06 0000 0a000001 0a000002", SAMPLE_TCP),
	    DECODE_IP_BAD);
	cr_assert_eq(DECODE(228, &s, "5500 @T 0001 4000 40 06 0000 0a000001 0a000002", SAMPLE_TCP),
	    DECODE_IP_BAD);
	cr_assert_eq(DECODE(228, &s, "4500 0013 0001 4000 40 06 0000 0a000001 0a000002",
	    SAMPLE_TCP),
	    DECODE_IP_BAD);
	cr_assert_eq(DECODE(229, &s, "4000 0000 @P 06 40" SAMPLE_ADDRESSES_6, SAMPLE_TCP),
	    DECODE_IP_BAD);
	cr_assert_eq(DECODE(228, &s, "4f00 @T 0001 4000 40 06 0000 0a000001 0a000002", SAMPLE_TCP),
	    DECODE_IP_BAD, "60 bytes of header in 52");
	/* an extension header longer than the packet */
	cr_assert_eq(DECODE(229, &s, "6000 0000 @P 00 40" SAMPLE_ADDRESSES_6, "06ff0104 00000000"),
	    DECODE_IP_BAD);
	/* TCP: an offset of 4, one beyond the packet, less than a header in all */
	cr_assert_eq(DECODE(1, &s, ETHERNET_TCP("3039 0050 00000001 00000001 4010 0200 0000 0000")),
	    DECODE_TCP_BAD);
	cr_assert_eq(DECODE(1, &s, ETHERNET_TCP("3039 0050 00000001 00000001 6010 0200 0000 0000")),
	    DECODE_TCP_BAD);
	cr_assert_eq(DECODE(1, &s, ETHERNET_TCP("3039 0050 00000001 00000001"), "# 000000000000"),
	    DECODE_TCP_BAD);
}

Test(packet, length_is_cut_to_what_encloses_it)
{
	uint8_t bytes[SAMPLE_BYTES_MAX];
	struct segment s;
	size_t size;

	/* A total length beyond the frame. */
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"),
	    "4500 05dc 1234 4000 40 06 0000 0a000001 0a000002", SAMPLE_TCP, SAMPLE_DATA),
	    DECODE_SEGMENT);
	cr_assert_eq(s.length, 5);
	/* PPPoE says less than IP: 2 + 20 + 32 + 3. */
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("8864"), "1100 0007 0039", "0021",
	    SAMPLE_INNER_4,
	    SAMPLE_TCP, SAMPLE_DATA), DECODE_SEGMENT);
	cr_assert_eq(s.length, 3);
	/* An outer IP header says less than the inner one. */
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"),
	    "4500 004b 0001 4000 40 04 0000 c0a80001 c0a80002", SAMPLE_INNER_4, SAMPLE_TCP,
	    SAMPLE_DATA), DECODE_SEGMENT);
	cr_assert_eq(s.length, 3);
	/* 802.3's length says less. */
	cr_assert_eq(DECODE(1, &s, "020000000001 020000000002 003e", "aaaa03 000000 0800",
	    SAMPLE_INNER_4, SAMPLE_TCP, SAMPLE_DATA), DECODE_SEGMENT);
	cr_assert_eq(s.length, 2);
	/* A jumbogram of 80,000 bytes of which little was captured. */
	size = sample_build(bytes, (const char *const[SAMPLE_LAYERS]){ SAMPLE_ETHERNET("86dd"),
	    "6000 0000 0000 00 40" SAMPLE_ADDRESSES_6, "06 00 c2 04 000138a8", SAMPLE_TCP });
	cr_assert_eq(decode_sized(bytes, size, 14 + 40 + 80040, 1, &s), DECODE_SEGMENT);
	cr_assert_eq(s.length, 80000);
	cr_assert(s.traits & SEGMENT_CUT);
	/* Segmentation offload: a total length of 0 is the frame's. */
	size = sample_build(bytes, (const char *const[SAMPLE_LAYERS]){ SAMPLE_ETHERNET("0800"),
	    "4500 0000 1234 4000 40 06 0000 0a000001 0a000002", SAMPLE_TCP });
	cr_assert_eq(decode_sized(bytes, size, size + 40000, 1, &s), DECODE_SEGMENT);
	cr_assert_eq(s.length, 40000);
}

/* In words, so that bytes at the IP level can be told: of the innermost IP header with its extensions, and of TCP's. */
Test(packet, headers_of_ip_and_tcp_are_measured)
{
	struct segment s;
	char long_extension[2 * 256 + 1];

	memset(long_extension, '0', sizeof long_extension - 1);
	long_extension[sizeof long_extension - 1] = '\0';
	memcpy(long_extension, "061f", 4);
	cr_assert_eq(DECODE(1, &s, ETHERNET_TCP(SAMPLE_TCP), SAMPLE_DATA), DECODE_SEGMENT);
	cr_expect_eq(s.header, (20 + 32) / 4);
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"),
	    "4700 @T 1234 4000 40 06 0000 0a000001 0a000002 01010101 01010101", SAMPLE_TCP), DECODE_SEGMENT);
	cr_expect_eq(s.header, (28 + 32) / 4);
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("86dd"), SAMPLE_INNER_6, SAMPLE_TCP), DECODE_SEGMENT);
	cr_expect_eq(s.header, (40 + 32) / 4);
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("86dd"), "6000 0000 @P 00 40" SAMPLE_ADDRESSES_6,
	    "0600 0104 00000000", SAMPLE_TCP), DECODE_SEGMENT);
	cr_expect_eq(s.header, (48 + 32) / 4);
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"), "4600 @T 1234 4000 40 04 0000 0a000003 0a000004 01010101",
	    SAMPLE_INNER_4, SAMPLE_TCP), DECODE_SEGMENT);
	cr_expect_eq(s.header, (20 + 32) / 4, "the tunnel's own header isn't the packet's");
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("86dd"), "6000 0000 @P 3c 40" SAMPLE_ADDRESSES_6, long_extension,
	    SAMPLE_TCP), DECODE_SEGMENT);
	cr_expect_eq(s.header, SEGMENT_HEADER_MAX, "%u", s.header);
}

Test(packet, snapshot_that_ends_among_the_options)
{
	uint8_t bytes[SAMPLE_BYTES_MAX];
	size_t size = sample_build(bytes,
	    (const char *const[SAMPLE_LAYERS]){ SAMPLE_ETHERNET("0800"),
	    SAMPLE_INNER_4, "3039 0050 00000064 00000000 a002 0200 1234 0000"
	    "020405b4 0402080a 00000001 00000000 01030307" });
	struct segment s;

	/* The MSS was captured, and half of the next option. */
	cr_assert_eq(decode_sized(bytes, 14 + 20 + 25, size, 1, &s), DECODE_SEGMENT);
	cr_assert_eq(s.mss, 1460);
	cr_assert_eq(s.length, 0);
	cr_assert_eq(s.traits & (SEGMENT_MSS | SEGMENT_OPTIONS_BAD | SEGMENT_CUT),
	    SEGMENT_MSS | SEGMENT_OPTIONS_BAD);
	cr_assert_eq(decode_sized(bytes, 14 + 20 + 19, size, 1, &s), DECODE_TCP_CUT);
}

Test(packet, deep_nesting_ends)
{
	static uint8_t bytes[64 * 20 + 64];
	static const uint8_t header[20] = { 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 4, 0, 0, 10, 0, 0, 1, 10,
	    0,
		0, 2 };
	struct segment s;

	for (int i = 0; i < 64; i++)
		memcpy(bytes + i * 20, header, 20);
	cr_assert_eq(decode_sized(bytes, sizeof bytes, sizeof bytes, 228, &s), DECODE_TOO_DEEP);

	memset(bytes, 0, sizeof bytes);
	bytes[12] = 0x81;
	for (int i = 16; i + 1 < (int)sizeof bytes; i += 4)
		bytes[i] = 0x81;
	cr_assert_eq(decode_sized(bytes, sizeof bytes, sizeof bytes, 1, &s), DECODE_TOO_DEEP);
	/* Labels without a bottom end with the frame. */
	memset(bytes, 0, sizeof bytes);
	cr_assert_eq(decode_sized(bytes, sizeof bytes, sizeof bytes, 219, &s), DECODE_LINK_CUT);
	/* Ten levels are honest. */
	for (int i = 0; i < 10; i++)
		memcpy(bytes + i * 20, header, 20);
	bytes[9 * 20 + 9] = 6;
	bytes[10 * 20 + 12] = 0x50;
	cr_assert_eq(decode_sized(bytes, 220, 220, 228, &s), DECODE_SEGMENT);
}

static uint32_t
sighting_of(int link_type, uint32_t interface, const char *const *layers)
{
	uint8_t bytes[SAMPLE_BYTES_MAX];
	size_t size = sample_build(bytes, layers);
	struct raw_frame frame = { bytes, (uint32_t)size, (uint32_t)size, 0, 1, interface,
	    link_type };
	struct segment s;

	cr_assert_eq(decode_frame(&frame, NULL, &s), DECODE_SEGMENT);
	return s.sighting;
}

#define SIGHTING(interface, ...) sighting_of(1, interface, \
	(const char *const[SAMPLE_LAYERS]){ __VA_ARGS__, SAMPLE_INNER_4, SAMPLE_TCP, SAMPLE_DATA })
#define VXLAN(outer, network) SAMPLE_ETHERNET("0800"), outer, SAMPLE_UDP("12b5"), \
	"08000000" network "00", SAMPLE_ETHERNET("0800")

Test(packet, sightings_tell_points_of_capture_apart)
{
	const char *other = "4500 @T 0001 4000 40 11 0000 c0a80001 c0a80003";
	uint32_t seen[] = {
		SIGHTING(0, SAMPLE_ETHERNET("0800")),
		SIGHTING(1, SAMPLE_ETHERNET("0800")),
		SIGHTING(0, SAMPLE_ETHERNET("8100"), "0001 0800"),
		SIGHTING(0, SAMPLE_ETHERNET("8100"), "0002 0800"),
		SIGHTING(0, VXLAN(SAMPLE_OUTER_4("11"), "000001")),
		SIGHTING(0, VXLAN(SAMPLE_OUTER_4("11"), "000002")),
		SIGHTING(0, VXLAN(other, "000002")),
	};

	for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
		for (size_t j = 0; j < i; j++)
			cr_assert_neq(seen[i], seen[j], "%zu and %zu", i, j);
	cr_assert_eq(seen[0], SIGHTING(0, "020000000009 020000000008 0800"),
	    "MAC addresses don't count");
	cr_assert_eq(seen[2], SIGHTING(0, SAMPLE_ETHERNET("8100"), "e001 0800"),
	    "nor does priority");
}

Test(packet, icmp_quotes)
{
	struct segment s;

	/* Fragmentation needed, next hop 1400; the quote has the 8 bytes that RFC 792 promises. */
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"), SAMPLE_OUTER_4("01"),
	    "0304 0000 0000 0578",
	    "4500 05dc 1234 4000 3f 06 0000 0a000001 0a000002", "3039 0050 00000064"),
	    DECODE_QUOTE);
	cr_assert_eq(s.traits, SEGMENT_ICMP_QUOTE);
	cr_assert_eq(s.source[3], 1);
	cr_assert_eq(s.target[3], 2);
	cr_assert_eq(s.source_port, 12345);
	cr_assert_eq(s.target_port, 80);
	cr_assert_eq(s.seq, 100);
	cr_assert_eq(s.flags, 0);
	cr_assert_eq(s.ack, 0);
	cr_assert_eq(s.length, 0);
	cr_assert_eq(s.window, 0x0304);
	cr_assert_eq(s.mss, 1400);
	cr_assert_eq(s.quoted_size, 1500);
	cr_assert_eq(s.family, SEGMENT_IPV4);
	/* Packet too big, with the whole header. */
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("86dd"), "6000 0000 @P 3a 40" SAMPLE_ADDRESSES_6,
	    "0200 0000 00000500", SAMPLE_INNER_6, SAMPLE_TCP, SAMPLE_DATA), DECODE_QUOTE);
	cr_assert_eq(s.mss, 1280);
	cr_assert_eq(s.window, 0x0200);
	cr_assert_eq(s.flags, TCP_ACK | TCP_PSH);
	cr_assert_eq(s.ack, 200);
	cr_assert_eq(s.family, SEGMENT_IPV6);
	cr_assert_eq(s.source[0], 0x20);
	/* What quotes no TCP, or is no error. */
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"), SAMPLE_OUTER_4("01"),
	    "0303 0000 0000 0000",
	    SAMPLE_OUTER_4("11"), "0035 0035 0008 0000"), DECODE_OTHER_TRANSPORT);
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"), SAMPLE_OUTER_4("01"),
	    "0800 0000 0000 0000",
	    SAMPLE_INNER_4, SAMPLE_TCP), DECODE_OTHER_TRANSPORT);
	/* A quoted later fragment has no TCP header. */
	cr_assert_eq(DECODE(1, &s, SAMPLE_ETHERNET("0800"), SAMPLE_OUTER_4("01"),
	    "0b01 0000 0000 0000",
	    "4500 05dc 1234 0010 3f 06 0000 0a000001 0a000002", "3039 0050 00000064"),
	    DECODE_OTHER_TRANSPORT);
}

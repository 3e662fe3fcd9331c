/*
 * Reassembly: in any order, with overlaps, inside tunnels, bounded in space
 * and time; the segment stands on the frame that completes it.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/decode.h"
#include "packet_samples.h"

static struct fragments *table;
static uint32_t frame_number;
static uint64_t frame_time;

static void
set_up(void)
{
	table = fragments_new();
	frame_number = 0;
	frame_time = 1000000000;
}

static void
tear_down(void)
{
	fragments_free(table);
}

TestSuite(fragments, .init = set_up, .fini = tear_down);

static enum decode_result
decode_cut(const char *const *layers, size_t cut, struct segment *s)
{
	uint8_t bytes[SAMPLE_BYTES_MAX], *copy;
	size_t size = sample_build(bytes, layers);
	struct raw_frame frame = { .captured = (uint32_t)(size - cut), .length = (uint32_t)size,
		.time = frame_time += 1000, .number = ++frame_number, .link_type = 1 };
	enum decode_result result;

	frame.bytes = copy = malloc(size - cut);
	memcpy(copy, bytes, size - cut);
	result = decode_frame(&frame, table, s);
	free(copy);
	return result;
}

#define DECODE(s, ...) decode_cut((const char *const[SAMPLE_LAYERS]){ __VA_ARGS__ }, 0, s)

/* An IPv4 fragment of TCP with an id of two bytes; flags and offset as on the wire. */
#define V4(id, flags) SAMPLE_ETHERNET("0800"), \
	"4500 @T" id flags "40 06 0000 0a000001 0a000002"
#define V6(id, flags) SAMPLE_ETHERNET("86dd"), \
	"6000 0000 @P 2c 40" SAMPLE_ADDRESSES_6, "06 00" flags id

/* A header of 20 bytes and 12 of payload, cut at byte 16 and 24. */
#define PART_1 "3039 0050 00000064 000000c8 5010 0200"
#define PART_2 "1234 0000 61616161"
#define PART_3 "62626262 63636363"

static void
expect_whole(const struct segment *s)
{
	cr_assert_eq(s->source_port, 12345);
	cr_assert_eq(s->seq, 100);
	cr_assert_eq(s->checksum, 0x1234);
	cr_assert_eq(s->length, 12);
	cr_assert_eq(s->traits & (SEGMENT_FRAGMENT | SEGMENT_CUT), SEGMENT_FRAGMENT);
	cr_assert_eq(s->frame, frame_number, "it stands on the frame that completes it");
}

Test(fragments, in_order)
{
	struct segment s;

	cr_assert_eq(DECODE(&s, V4("0001", "2000"), PART_1), DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, V4("0001", "2002"), PART_2), DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, V4("0001", "0003"), PART_3), DECODE_SEGMENT);
	expect_whole(&s);
	cr_assert_eq(s.ip_id, 1);
	/* The same again is another packet. */
	cr_assert_eq(DECODE(&s, V4("0001", "0003"), PART_3), DECODE_FRAGMENT);
}

Test(fragments, in_any_order)
{
	static const int orders[6][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 }
	};

	for (int i = 0; i < 6; i++)
		for (int j = 0; j < 3; j++) {
			enum decode_result result,
			    expected = j == 2 ? DECODE_SEGMENT : DECODE_FRAGMENT;
			struct segment s;

			if (orders[i][j] == 0)
				result = DECODE(&s, V6("00012345", "0001"), PART_1);
			else if (orders[i][j] == 1)
				result = DECODE(&s, V6("00012345", "0011"), PART_2);
			else
				result = DECODE(&s, V6("00012345", "0018"), PART_3);
			cr_assert_eq(result, expected, "order %d, fragment %d", i, j);
			if (j == 2) {
				expect_whole(&s);
				cr_assert_eq(s.ip_id, 0x2345);
			}
		}
}

Test(fragments, what_came_first_stays)
{
	struct segment s;

	cr_assert_eq(DECODE(&s, V4("0002", "2001"), "000000c8 5010 0200", PART_2), DECODE_FRAGMENT);
	/* Overlaps the one before with other numbers, and brings the first eight bytes. */
	cr_assert_eq(DECODE(&s, V4("0002", "2000"), "3039 0050 00000064 ffffffff 5fff ffff"),
	    DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, V4("0002", "0003"), PART_3), DECODE_SEGMENT);
	expect_whole(&s);
	cr_assert_eq(s.ack, 200);
	cr_assert_eq(s.flags, TCP_ACK);
}

Test(fragments, others_dont_mix)
{
	struct segment s;

	cr_assert_eq(DECODE(&s, V4("0003", "2000"), PART_1), DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, V4("0004", "2002"), PART_2), DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, V4("0004", "0003"), PART_3), DECODE_FRAGMENT);
	/* Another VLAN is another place. */
	cr_assert_eq(DECODE(&s, SAMPLE_ETHERNET("8100"), "0001 0800",
	    "4500 @T 0003 0002 40 06 0000 0a000001 0a000002", PART_2, PART_3), DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, V4("0003", "0002"), PART_2, PART_3), DECODE_SEGMENT);
	expect_whole(&s);
}

Test(fragments, are_given_up_after_a_while)
{
	struct segment s;

	cr_assert_eq(DECODE(&s, V4("0005", "2000"), PART_1), DECODE_FRAGMENT);
	frame_time += 61ull * 1000000000;
	cr_assert_eq(DECODE(&s, V4("0005", "0002"), PART_2, PART_3), DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, V4("0005", "2000"), PART_1), DECODE_SEGMENT);
	expect_whole(&s);
}

Test(fragments, of_many_packets_make_room)
{
	struct segment s;
	char id[8];

	for (unsigned int i = 0; i < 100000; i++) {
		char header[80];

		snprintf(id, sizeof id, "%04x", i & 0xffff);
		snprintf(header, sizeof header, "4500 @T %s 2000 40 06 0000 0a00%04x 0a000002", id,
		    i >> 8);
		cr_assert_eq(DECODE(&s, SAMPLE_ETHERNET("0800"), header, PART_1), DECODE_FRAGMENT);
	}
	cr_assert_eq(DECODE(&s, V4("0006", "2000"), PART_1), DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, V4("0006", "0002"), PART_2, PART_3), DECODE_SEGMENT);
	expect_whole(&s);
}

Test(fragments, too_long_or_too_scattered)
{
	struct segment s;

	/* The ping of death: ends behind 65535. */
	cr_assert_eq(DECODE(&s, V4("0007", "1fff"), PART_1), DECODE_IP_BAD);
	/* All but the last are multiples of eight. */
	cr_assert_eq(DECODE(&s, V4("0007", "2000"), "3039 0050 00"), DECODE_IP_BAD);
	for (unsigned int i = 1; i < 200; i++) {
		char header[80];

		snprintf(header, sizeof header, "4500 @T 0008 %04x 40 06 0000 0a000001 0a000002",
		    0x2000 | i * 2);
		DECODE(&s, SAMPLE_ETHERNET("0800"), header, "0000000000000000");
	}
	/* Given up with its holes, it can begin again. */
	cr_assert_eq(DECODE(&s, V4("0009", "2000"), PART_1), DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, V4("0009", "0002"), PART_2, PART_3), DECODE_SEGMENT);
}

Test(fragments, whose_payload_was_cut)
{
	struct segment s;

	cr_assert_eq(decode_cut((const char *const[SAMPLE_LAYERS]){ V4("000a", "2000"), PART_1,
	    PART_2 }, 2, &s), DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, V4("000a", "0003"), PART_3), DECODE_SEGMENT);
	cr_assert_eq(s.length, 12, "as long as it was on the wire");
	cr_assert(s.traits & SEGMENT_CUT);
	/* Cut inside the header. */
	cr_assert_eq(decode_cut((const char *const[SAMPLE_LAYERS]){ V4("000b", "2000"), PART_1 }, 2,
	    &s), DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, V4("000b", "0002"), PART_2, PART_3), DECODE_TCP_CUT);
}

Test(fragments, longer_than_what_is_kept)
{
	uint8_t bytes[1500 + 34];
	struct raw_frame frame = { .bytes = bytes, .link_type = 1 };
	enum decode_result result = DECODE_FRAGMENT;
	uint32_t sent = 0, total = 20 + 60000;
	struct segment s;

	while (sent < total) {
		uint32_t part = total - sent < 1480 ? total - sent : 1480;
		char header[80];

		memset(bytes, 0, sizeof bytes);
		snprintf(header, sizeof header, "4500 %04x 000c %04x 40 06 0000 0a000001 0a000002",
		    part + 20, (sent + part < total ? 0x2000u : 0) | sent / 8);
		sample_build(bytes, (const char *const[SAMPLE_LAYERS]){ SAMPLE_ETHERNET("0800"),
		    header,
		    sent == 0 ? PART_1 PART_2 : "" });
		frame.captured = frame.length = part + 34;
		frame.number++;
		result = decode_frame(&frame, table, &s);
		sent += part;
	}
	cr_assert_eq(result, DECODE_SEGMENT);
	cr_assert_eq(s.length, 60000);
	cr_assert_eq(s.seq, 100);
	cr_assert_eq(s.traits & SEGMENT_CUT, 0, "all of it was captured");
}

Test(fragments, of_a_tunnel)
{
	uint8_t inner[SAMPLE_BYTES_MAX];
	char first[200] = "", second[200] = "";
	size_t size = sample_build(inner, (const char *const[SAMPLE_LAYERS]){ "00000800",
	    SAMPLE_INNER_4,
	    SAMPLE_TCP, SAMPLE_DATA });
	struct segment s;

	for (size_t i = 0; i < size; i++) {
		char *to = i < 24 ? first : second;

		snprintf(to + strlen(to), 3, "%02x", inner[i]);
	}
	cr_assert_eq(DECODE(&s, SAMPLE_ETHERNET("0800"),
	    "4500 @T 0001 2000 40 2f 0000 c0a80001 c0a80002", first), DECODE_FRAGMENT);
	cr_assert_eq(DECODE(&s, SAMPLE_ETHERNET("0800"),
	    "4500 @T 0001 0003 40 2f 0000 c0a80001 c0a80002", second), DECODE_SEGMENT);
	cr_assert_eq(s.source[0], 10);
	cr_assert_eq(s.length, 5);
	cr_assert_eq(s.traits & (SEGMENT_FRAGMENT | SEGMENT_INNER),
	    SEGMENT_FRAGMENT | SEGMENT_INNER);
}

Test(fragments, without_a_table)
{
	fragments_free(table);
	table = NULL;
	for (int i = 0; i < 2; i++) {
		struct segment s;

		cr_assert_eq(DECODE(&s, V4("000d", "2000"), PART_1), DECODE_FRAGMENT);
		cr_assert_eq(DECODE(&s, V4("000d", "0002"), PART_2, PART_3), DECODE_FRAGMENT);
	}
}

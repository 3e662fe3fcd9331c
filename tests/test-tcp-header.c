/*
 * The TCP header and its options: every option that a segment keeps, every
 * way in which one can be damaged, all nine flags.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "packet/decode.h"
#include "packet_samples.h"

/* A segment with these flags and options, both hexadecimal. */
static struct segment
segment_with(const char *flags, const char *options)
{
	uint8_t bytes[SAMPLE_BYTES_MAX], layer[64];
	char tcp[256];
	size_t size = sample_build(layer, (const char *const[SAMPLE_LAYERS]){ options });
	struct raw_frame frame = { .bytes = bytes, .number = 1, .link_type = 228 };
	struct segment s;

	cr_assert_eq(size % 4, 0, "options of %zu bytes", size);
	snprintf(tcp, sizeof tcp, "3039 0050 00000064 000000c8 %x%s 0200 1234 0000 %s",
	    (unsigned int)(5 + size / 4), flags, options);
	frame.captured = frame.length = (uint32_t)sample_build(bytes,
	    (const char *const[SAMPLE_LAYERS]){ SAMPLE_INNER_4, tcp, SAMPLE_DATA });
	memset(&s, 0xa5, sizeof s);
	cr_assert_eq(decode_frame(&frame, NULL, &s), DECODE_SEGMENT);
	cr_assert_eq(s.length, 5);
	return s;
}

Test(tcp_header, options_of_a_syn)
{
	struct segment s = segment_with("002", "020405b4 0402 080a 00000001 00000000 01 030307");

	cr_assert_eq(s.traits, SEGMENT_MSS | SEGMENT_SACK_PERMITTED | SEGMENT_TIMESTAMP);
	cr_assert_eq(s.mss, 1460);
	cr_assert_eq(s.scale, 7);
	cr_assert_eq(s.tsval, 1);
	cr_assert_eq(s.tsecr, 0);
	cr_assert_eq(s.sack_count, 0);
}

Test(tcp_header, no_options)
{
	struct segment s = segment_with("010", "");

	cr_assert_eq(s.traits, 0);
	cr_assert_eq(s.scale, SEGMENT_NO_SCALE);
	cr_assert_eq(s.mss, 0);
	cr_assert_eq(s.tsval, 0);
	cr_assert_eq(s.ack, 200);
	cr_assert_eq(segment_with("002", "").ack, 0, "an acknowledgment number without ACK");
}

Test(tcp_header, sack_blocks)
{
	struct segment s = segment_with("010", "0101 0512 00000001 00000002 00000003 00000004");

	cr_assert_eq(s.sack_count, 2);
	cr_assert_eq(s.sack[0].left, 1);
	cr_assert_eq(s.sack[0].right, 2);
	cr_assert_eq(s.sack[1].left, 3);
	cr_assert_eq(s.sack[1].right, 4);
	cr_assert_eq(s.sack[2].left, 0);
	/* Four fill the header; the fourth is left out. */
	s = segment_with("010", "0101 0522 00000001 00000002 00000003 00000004"
	    "00000005 00000006 00000007 00000008");
	cr_assert_eq(s.sack_count, SEGMENT_SACK_MAX);
	cr_assert_eq(s.sack[2].right, 6);
	cr_assert_eq(s.traits & SEGMENT_OPTIONS_BAD, 0);
}

Test(tcp_header, fast_open_multipath_and_authentication)
{
	cr_assert_eq(segment_with("002", "2202 0101").traits, SEGMENT_FAST_OPEN);
	cr_assert_eq(segment_with("002", "220a 0102030405060708 0101").traits, SEGMENT_FAST_OPEN);
	cr_assert_eq(segment_with("002", "fe0c f989 0102030405060708").traits, SEGMENT_FAST_OPEN);
	cr_assert_eq(segment_with("002", "fd04 0001").traits, 0, "another experiment");
	cr_assert_eq(segment_with("002", "1e0c 0081 0102030405060708").traits, SEGMENT_MPTCP);
	cr_assert_eq(segment_with("010", "0101 1312 00000000000000000000000000000000").traits,
	    SEGMENT_AUTH);
	cr_assert_eq(segment_with("010", "1d10 0101 000000000000000000000000").traits,
	    SEGMENT_AUTH);
}

Test(tcp_header, damaged_options)
{
	/* Sizes of 0 and 1 would never end; what came before counts. */
	struct segment s = segment_with("002", "020405b4 0300 0307");

	cr_assert_eq(s.traits, SEGMENT_MSS | SEGMENT_OPTIONS_BAD);
	cr_assert_eq(s.mss, 1460);
	cr_assert_eq(s.scale, SEGMENT_NO_SCALE);
	cr_assert_eq(segment_with("002", "0301 0000").traits, SEGMENT_OPTIONS_BAD);
	/* Beyond the header. */
	cr_assert_eq(segment_with("010", "0101 080a").traits, SEGMENT_OPTIONS_BAD);
	cr_assert_eq(segment_with("010", "0101 0108").traits, SEGMENT_OPTIONS_BAD);
	/* A size that the kind can't have; the next option is still found. */
	s = segment_with("002", "0203 05 0402 030305 0000 0000");
	cr_assert_eq(s.traits, SEGMENT_SACK_PERMITTED | SEGMENT_OPTIONS_BAD);
	cr_assert_eq(s.scale, 5);
	cr_assert_eq(segment_with("010", "0101 0506 00000000").sack_count, 0);
	/* Unknown kinds are stepped over, and after the end nothing counts. */
	cr_assert_eq(segment_with("002", "6304 ffff 020405b4").mss, 1460);
	cr_assert_eq(segment_with("002", "00000000 020405b4").traits, 0);
}

Test(tcp_header, timestamps_in_any_place)
{
	struct segment s = segment_with("010", "080a 00000007 00000009 0000");

	cr_assert_eq(s.traits, SEGMENT_TIMESTAMP);
	cr_assert_eq(s.tsval, 7);
	cr_assert_eq(s.tsecr, 9);
}

Test(tcp_header, all_nine_flags)
{
	static const struct {
		const char *text;
		uint16_t flags;
	} rows[] = {
		{ "000", 0 }, { "001", TCP_FIN }, { "002", TCP_SYN }, { "004", TCP_RST }, { "008",
		    TCP_PSH },
		{ "010", TCP_ACK }, { "020", TCP_URG }, { "040", TCP_ECE }, { "080", TCP_CWR },
		{ "100", TCP_AE }, { "fff", TCP_FLAGS_ALL }, { "e00", 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		cr_assert_eq(segment_with(rows[i].text, "").flags, rows[i].flags, "%s",
		    rows[i].text);
}

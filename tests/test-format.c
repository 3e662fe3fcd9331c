/*
 * Values as text (src/view/format.c, line.c): what people read in columns
 * and headings.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "view/format.h"
#include "view/line.h"

#define EXPECT(expected, call) do { \
	char out[128]; \
	size_t n = call; \
	cr_expect_str_eq(out, expected); \
	cr_expect_eq(n, strlen(out)); \
} while (0)

Test(format, seconds_have_nine_digits)
{
	EXPECT("0.000000000", format_seconds(out, sizeof out, 0));
	EXPECT("1371050074.336031000", format_seconds(out, sizeof out,
	    UINT64_C(1371050074336031000)));
	EXPECT("4294967295.999999999", format_seconds(out, sizeof out,
	    UINT64_C(4294967295999999999)));
}

Test(format, times_before_the_mark_are_negative)
{
	EXPECT("-0.000026", format_signed_seconds(out, sizeof out, -26000, 6));
	EXPECT("-978.4", format_signed_seconds(out, sizeof out, -INT64_C(978419834000), 1));
	EXPECT("3", format_signed_seconds(out, sizeof out, INT64_C(3999999999), 0));
	EXPECT("-9223372036.854775808", format_signed_seconds(out, sizeof out, INT64_MIN, 9));
}

Test(format, clock_is_tcpdumps)
{
	setenv("TZ", "UTC", 1);
	EXPECT("15:14:34.336031", format_clock(out, sizeof out, UINT64_C(1371050074336031999)));
	EXPECT("2013-06-12 15:14:34.336031",
	    format_date(out, sizeof out, UINT64_C(1371050074336031000)));
}

Test(format, deltas_have_three_digits_that_count)
{
	EXPECT("+0 µs", format_delta(out, sizeof out, 0));
	EXPECT("+125 ns", format_delta(out, sizeof out, 125));
	EXPECT("+26 µs", format_delta(out, sizeof out, 26000));
	EXPECT("+1.5 µs", format_delta(out, sizeof out, 1500));
	EXPECT("+103 µs", format_delta(out, sizeof out, 102999));
	EXPECT("+1.02 ms", format_delta(out, sizeof out, 1020000));
	EXPECT("+39.2 ms", format_delta(out, sizeof out, 39162000));
	EXPECT("-1.2 s", format_delta(out, sizeof out, -INT64_C(1200000000)));
	EXPECT("+546 s", format_delta(out, sizeof out, INT64_C(545689214000)));
	EXPECT("+16m40s", format_delta(out, sizeof out, INT64_C(1000000000000)));
	EXPECT("+2h05m", format_delta(out, sizeof out, INT64_C(7500000000000)));
	EXPECT("+3d04h", format_delta(out, sizeof out, INT64_C(273600000000000)));
}

Test(format, deltas_fit_their_column)
{
	char out[64];

	for (int64_t ns = 1; ns < INT64_MAX / 7; ns = ns * 7 + 3) {
		format_delta(out, sizeof out, -ns);
		cr_expect_leq(text_columns(out), 8, "%s", out);
	}
}

Test(format, durations_are_rounded_everywhere_as_in_sentences)
{
	EXPECT("23.8 s", format_duration(out, sizeof out, UINT64_C(23750579000)));
	EXPECT("46.7 ms", format_duration(out, sizeof out, 46691000));
	EXPECT("+1.67 s", format_delta(out, sizeof out, 1667841000));
	EXPECT("+1 s", format_delta(out, sizeof out, 999950000));
	EXPECT("+10 ms", format_delta(out, sizeof out, 9996000));
	EXPECT("+100 µs", format_delta(out, sizeof out, 99970));
	EXPECT("+1h00m", format_delta(out, sizeof out, INT64_C(3599600000000)));
	EXPECT("3.1ms", format_short_duration(out, sizeof out, 3060000));
	EXPECT("10ms", format_short_duration(out, sizeof out, 9960000));
	EXPECT("1.0s", format_short_duration(out, sizeof out, 999600000));
	EXPECT("17m", format_short_duration(out, sizeof out, UINT64_C(999700000000)));
}

Test(format, durations)
{
	EXPECT("128 µs", format_duration(out, sizeof out, 128000));
	EXPECT("14 ms", format_duration(out, sizeof out, 14000000));
	EXPECT("7.1 s", format_duration(out, sizeof out, 7100000000));
	EXPECT("978.4 s", format_duration(out, sizeof out, UINT64_C(978419834000)));
	EXPECT("2 h 5 min", format_duration(out, sizeof out, UINT64_C(7511000000000)));
	EXPECT("128µs", format_short_duration(out, sizeof out, 128000));
	EXPECT("7.1s", format_short_duration(out, sizeof out, 7100000000));
	EXPECT("31m", format_short_duration(out, sizeof out, UINT64_C(1836000000000)));
}

Test(format, short_durations_and_bytes_fit_five_columns)
{
	char out[64];

	for (uint64_t n = 1; n < UINT64_MAX / 3; n = n * 3 + 1) {
		format_bytes(out, sizeof out, n);
		cr_expect_leq(text_columns(out), 5, "%s", out);
		format_short_duration(out, sizeof out, n % UINT64_C(9000000000000000000));
		cr_expect_leq(text_columns(out), 7, "%s", out);
	}
}

Test(format, counts_and_bytes)
{
	EXPECT("0", format_count(out, sizeof out, 0));
	EXPECT("999", format_count(out, sizeof out, 999));
	EXPECT("12,841", format_count(out, sizeof out, 12841));
	EXPECT("18,446,744,073,709,551,615", format_count(out, sizeof out, UINT64_MAX));
	EXPECT("512", format_bytes(out, sizeof out, 512));
	EXPECT("2.1K", format_bytes(out, sizeof out, 2148));
	EXPECT("2K", format_bytes(out, sizeof out, 2048));
	EXPECT("77K", format_bytes(out, sizeof out, 77700));
	EXPECT("1.5M", format_bytes(out, sizeof out, 1500000));
	EXPECT("18E", format_bytes(out, sizeof out, UINT64_MAX));
	EXPECT("–", format_percent(out, sizeof out, 0, 0));
	EXPECT("0.7 %", format_percent(out, sizeof out, 7, 1000));
	EXPECT("100 %", format_percent(out, sizeof out, 3, 3));
}

/* RFC 5952, section 4. */
Test(format, ipv6_addresses)
{
	static const struct {
		uint8_t address[16];
		const char *text;
	} cases[] = {
		{ { 0 }, "::" },
		{ { [15] = 1 }, "::1" },
		{ { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, "2001:db8::1" },
		{ { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 },
		"2001:db8:0:1:1:1:1:1" },
		{ { 0x20, 0x01, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 }, "2001:0:0:1::1" },
		{ { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1 },
		"2001:db8::1:0:0:1" }, { { 0, 1, [14] = 0xab, [15] = 0xcd }, "1::abcd" },
		{ { 0xfe, 0x80, [8] = 1 }, "fe80::100:0:0:0" },
		{ { 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6 }, "1:2:3:4:5:6::" },
		{ { [10] = 0xff, [11] = 0xff, [12] = 192, 0, 2, 33 }, "::ffff:192.0.2.33" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		EXPECT(cases[i].text, format_address(out, sizeof out, cases[i].address,
		    SEGMENT_IPV6));
}

Test(format, endpoints)
{
	static const uint8_t four[16] = { 10, 8, 34, 27 },
	    six[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };

	EXPECT("10.8.34.27:11211 memcache", format_endpoint(out, sizeof out, four, SEGMENT_IPV4,
	    11211, true));
	EXPECT("10.8.34.27:11211", format_endpoint(out, sizeof out, four, SEGMENT_IPV4, 11211,
	    false));
	EXPECT("[2001:db8::1]:443", format_endpoint(out, sizeof out, six, SEGMENT_IPV6, 443,
	    false));
}

Test(format, endpoints_are_shortened_in_the_middle)
{
	struct flow flow = { .family = SEGMENT_IPV6, .port = { 46103, 443 },
	    .address = { { 0x20, 0x01, 0x0d, 0xb8, 1, 0, 0, 0, 0x30, 0x6e, 0x73, 0x9d, 0xde, 0xa6,
	    0x99, 0xa4 } } };
	char out[FORMAT_ENDPOINT_MAX];

	format_endpoint_in(out, sizeof out, &flow, CLIENT, true, 60, "…");
	cr_expect_str_eq(out, "[2001:db8:100:0:306e:739d:dea6:99a4]:46103");
	format_endpoint_in(out, sizeof out, &flow, CLIENT, true, 24, "…");
	cr_expect_str_eq(out, "[2001:db…ea6:99a4]:46103");
	for (unsigned columns = 9; columns < 50; columns++) {
		format_endpoint_in(out, sizeof out, &flow, CLIENT, true, columns, "…");
		cr_expect_leq(text_columns(out), columns, "%s", out);
		cr_expect_not_null(strstr(out, ":46103"), "%s", out);
	}
}

Test(format, flags_in_the_order_of_the_interface)
{
	EXPECT("none", format_flags(out, sizeof out, 0));
	EXPECT("S.", format_flags(out, sizeof out, TCP_SYN | TCP_ACK));
	EXPECT("FSRP.UEWe", format_flags(out, sizeof out, TCP_FLAGS_ALL));
	EXPECT("SEW", format_flags(out, sizeof out, TCP_SYN | TCP_ECE | TCP_CWR));
	EXPECT("FIN PSH ACK", format_flag_words(out, sizeof out, TCP_FIN | TCP_PSH | TCP_ACK));
}

Test(format, states)
{
	EXPECT("ESTABLISHED?", format_state(out, sizeof out, TCP_ESTABLISHED | STATE_PROVISIONAL));
	EXPECT("closed", format_states(out, sizeof out, TCP_CLOSED, TCP_CLOSED, 20));
	EXPECT("ESTAB", format_states(out, sizeof out, TCP_ESTABLISHED, TCP_ESTABLISHED, 9));
	EXPECT("FIN-WAIT-2/CLOSE-WAIT", format_states(out, sizeof out, TCP_FIN_WAIT_2,
	    TCP_CLOSE_WAIT, 21));
	EXPECT("SYN-SENT", format_states(out, sizeof out, TCP_SYN_SENT, TCP_SYN_RECEIVED
	    | STATE_PROVISIONAL, 9));
	/* whichever end it is that hasn't closed yet */
	EXPECT("CLOSE-WAIT", format_states(out, sizeof out, TCP_FIN_WAIT_2, TCP_CLOSE_WAIT, 11));
	EXPECT("CLOSE-WAIT", format_states(out, sizeof out, TCP_CLOSE_WAIT, TCP_FIN_WAIT_2
	    | STATE_PROVISIONAL, 11));
	/* narrow, which FIN-WAIT it is can still be told */
	EXPECT("FINWAIT-2?", format_states(out, sizeof out, TCP_FIN_WAIT_2 | STATE_PROVISIONAL, TCP_CLOSED, 10));
	EXPECT("FINWAIT1?", format_states(out, sizeof out, TCP_FIN_WAIT_1 | STATE_PROVISIONAL, TCP_UNKNOWN, 9));
	EXPECT("TIMEWAIT?", format_states(out, sizeof out, TCP_TIME_WAIT, TCP_TIME_WAIT | STATE_PROVISIONAL, 9));
}

Test(format, notes)
{
	EXPECT("-", format_notes(out, sizeof out, 0));
	EXPECT("retransmission,zero_window",
	    format_notes(out, sizeof out, NOTE_ZERO_WINDOW | NOTE_RETRANSMISSION));
}

Test(format, ascii_replaces_our_own_signs)
{
	char text[] = "26 µs → 2 … §3.10 – “x” · ▸ ü";

	format_make_ascii(text);
	cr_expect_str_eq(text, "26 us -> 2 ... s.3.10 - \"x\" - > ?");
}

/* Between any two Chinese characters, but no line begins with a sign that ends something, nor ends with one that begins it. */
Test(format, paragraphs_break_between_chinese_characters)
{
	const char *at = "客户端发送（FIN）最初的 18 字节，等待。MSS 1460";
	static const char *const lines[] = { "客户端发送", "（FIN）最初", "的 18 字节，", "等待。MSS", "1460" };
	size_t n = 0, length;

	for (const char *next; at != NULL; at = next, n++) {
		next = format_wrap(at, 12, &length);
		cr_assert_lt(n, sizeof lines / sizeof lines[0]);
		cr_expect(length == strlen(lines[n]) && strncmp(at, lines[n], length) == 0, "%.*s, not %s",
		    (int)length, at, lines[n]);
	}
	cr_expect_eq(n, sizeof lines / sizeof lines[0]);
}

Test(format, paragraphs_break_at_blanks)
{
	const char *at = "Frame 3. The client acknowledges averyveryverylongword.";
	static const char *const lines[] = { "Frame 3. The", "client", "acknowledges",
	    "averyveryver", "ylongword." };
	size_t n = 0, length;

	for (const char *next; at != NULL; at = next, n++) {
		next = format_wrap(at, 12, &length);
		cr_assert_lt(n, 5);
		cr_expect_eq(length, strlen(lines[n]));
		cr_expect_arr_eq(at, lines[n], length);
	}
	cr_expect_eq(n, 5);
}

/* Whatever the room, nothing is written behind it and the text is terminated. */
Test(format, small_buffers)
{
	static const uint8_t six[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	char out[40];

	for (size_t size = 1; size < 30; size++) {
		memset(out, '#', sizeof out);
		format_endpoint(out, size, six, SEGMENT_IPV6, 443, true);
		cr_expect_lt(strlen(out), size);
		memset(out, '#', sizeof out);
		format_address(out, size, six, SEGMENT_IPV6);
		cr_expect_lt(strlen(out), size);
		cr_expect_eq(out[size], '#');
		memset(out, '#', sizeof out);
		format_notes(out, size, UINT32_MAX);
		cr_expect_lt(strlen(out), size);
		cr_expect_eq(out[size], '#');
		memset(out, '#', sizeof out);
		format_count(out, size, UINT64_MAX);
		cr_expect_lt(strlen(out), size);
		cr_expect_eq(out[size], '#');
	}
}

Test(line, columns_and_spans)
{
	struct line line;

	line_clear(&line);
	line_add_right(&line, STYLE_DIM, "17", 4);
	line_add(&line, STYLE_RAIL, "┃");
	line_add(&line, STYLE_OPEN, "──");
	line_add(&line, STYLE_OPEN, "日本▶");
	cr_expect_str_eq(line.text, "  17┃──日本▶");
	cr_expect_eq(line.columns, 12);
	cr_expect_eq(line.spans, 3);
	cr_expect_eq(line_style_at(&line, 1), STYLE_NORMAL);
	cr_expect_eq(line_style_at(&line, 3), STYLE_DIM);
	cr_expect_eq(line_style_at(&line, 4), STYLE_RAIL);
	cr_expect_eq(line_style_at(&line, 11), STYLE_OPEN);
	line_cut(&line, 8, "…");
	cr_expect_str_eq(line.text, "  17┃──…");
	cr_expect_eq(line.columns, 8);
	cr_expect_eq(line_style_at(&line, 6), STYLE_OPEN);
	cr_expect_eq(line_style_at(&line, 8), STYLE_NORMAL);
}

Test(line, never_longer_than_its_room)
{
	struct line line;

	line_clear(&line);
	line_repeat(&line, STYLE_OPEN, "─", 5000);
	cr_expect_lt(line.length, LINE_TEXT_MAX);
	cr_expect_eq(line.length % 3, 0, "no character is cut");
	for (unsigned i = 0; i < 300; i++) {
		line_clear(&line);
		for (unsigned k = 0; k < i; k++)
			line_add(&line, k % 2 ? STYLE_DIM : STYLE_OPEN, "x");
		cr_expect_leq(line.spans, LINE_SPANS_MAX);
	}
}

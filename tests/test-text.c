/*
 * Text from outside: nothing that acts on a terminal, hides or reorders what
 * stands beside it passes, and what people write does.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/text.h"

static const char *
safe(const char *text)
{
	static char out[256];

	return text_safe_string(out, sizeof out, text);
}

Test(text, what_people_write_stays)
{
	cr_assert_str_eq(safe("eth0"), "eth0");
	cr_assert_str_eq(safe("Zürich – 東京 😀"), "Zürich – 東京 😀");
	cr_assert_str_eq(safe(""), "");
}

Test(text, controls_are_escaped)
{
	cr_assert_str_eq(safe("a\nb\tc"), "a\\nb\\tc");
	cr_assert_str_eq(safe("\033]0;owned\007"), "\\x1b]0;owned\\x07");
	cr_assert_str_eq(safe("\x7f\r"), "\\x7f\\x0d");
	cr_assert_str_eq(safe("\xc2\x9b" "2J"), "\\u{009b}2J", "C1");
	cr_assert_str_eq(safe("a\\b"), "a\\\\b");
}

Test(text, what_hides_or_reorders_is_escaped)
{
	cr_assert_str_eq(safe("\xe2\x80\xaegnp.exe"), "\\u{202e}gnp.exe", "right-to-left override");
	cr_assert_str_eq(safe("a\xe2\x80\x8b" "b"), "a\\u{200b}b", "zero width space");
	cr_assert_str_eq(safe("\xe2\x81\xa6x"), "\\u{2066}x", "isolate");
	cr_assert_str_eq(safe("\xd8\x9cx"), "\\u{061c}x", "Arabic letter mark");
	cr_assert_str_eq(safe("\xef\xbb\xbfx"), "\\u{feff}x", "byte-order mark");
	cr_assert_str_eq(safe("\xe2\x80\xa8x"), "\\u{2028}x", "line separator");
	cr_assert_str_eq(safe("\xf3\xa0\x81\x81x"), "\\u{e0041}x", "tag");
}

Test(text, what_is_not_utf8_is_escaped)
{
	cr_assert_str_eq(safe("\xff" "a\xfe"), "\\xffa\\xfe");
	cr_assert_str_eq(safe("\xc0\xaf"), "\\xc0\\xaf", "overlong");
	cr_assert_str_eq(safe("\xe0\x80\xaf"), "\\xe0\\x80\\xaf", "overlong");
	cr_assert_str_eq(safe("\xed\xa0\x80"), "\\xed\\xa0\\x80", "surrogate");
	cr_assert_str_eq(safe("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80", "beyond Unicode");
	cr_assert_str_eq(safe("a\xe2\x82"), "a\\xe2\\x82", "cut");
}

Test(text, length_counts_not_the_nul)
{
	char out[32];

	cr_assert_eq(text_safe(out, sizeof out, "a\0b", 3), 6);
	cr_assert_str_eq(out, "a\\x00b");
}

/* Whole escapes and whole characters only, at every size. */
Test(text, never_cut_inside)
{
	static const char text[] = "a\033ü\\\xe2\x80\xae" "b\xff";
	static const char *const pieces[] = { "a", "\\x1b", "ü", "\\\\", "\\u{202e}", "b",
	    "\\xff" };

	for (size_t size = 0; size < 40; size++) {
		char out[40], expected[40] = "";
		size_t length;

		memset(out, 'z', sizeof out);
		length = text_safe(out, size, text, sizeof text - 1);
		if (size == 0) {
			cr_assert_eq(length, 0);
			cr_assert_eq(out[0], 'z', "no room, nothing written");
			continue;
		}
		for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
			if (strlen(expected) + strlen(pieces[i]) >= size)
				break;
			strcat(expected, pieces[i]);
		}
		cr_assert_str_eq(out, expected, "room for %zu", size);
		cr_assert_eq(length, strlen(expected));
		if (size < sizeof out)
			cr_assert_eq(out[size], 'z', "wrote behind the end");
	}
}

Test(text, ascii)
{
	char out[64];

	cr_assert_eq(text_ascii(out, sizeof out, "aü\033\\~", 6), 16);
	cr_assert_str_eq(out, "a\\xc3\\xbc\\x1b\\\\~");
	cr_assert_eq(text_ascii(out, 5, "ü", 2), 4);
	cr_assert_str_eq(out, "\\xc3");
	cr_assert_eq(text_ascii(out, 0, "x", 1), 0);
}

/*
 * Sentences as such, without a capture: that each one ends, and how they are
 * put together; and the names of states, notes and services.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "tcp/frame.h"
#include "tcp/service.h"
#include "tcp/words.h"

Test(words, sentences_join_as_their_language_does)
{
	char text[32] = "";

	cr_expect_eq(words_join(text, sizeof text, "One."), 4);
	words_join(text, sizeof text, "Two.");
	cr_expect_str_eq(text, "One. Two.");
	words_join(text, sizeof text, "");
	words_join(text, sizeof text, "What doesn't fit is left out.");
	cr_expect_str_eq(text, "One. Two.");
	strcpy(text, "握手。");
	words_join(text, sizeof text, "MSS 1460。");
	words_join(text, sizeof text, "打开。");
	cr_expect_str_eq(text, "握手。MSS 1460。打开。");
}

Test(words, every_sentence_ends_and_is_plain)
{
	for (int id = WORDS_MANY_TIMES + 1; id < WORDS_IDS; id++) {
		const char *t = words_template((enum words_id)id);

		cr_assert_not_null(t);
		cr_expect(strlen(t) > 2 && strlen(t) < 300, "%s", t);
		if (id != WORDS_STATE_IF && id != WORDS_RULE_RFC && id != WORDS_STATE_AFTER
		    && id != WORDS_RANGE && (id < WORDS_MP_RESET_UNSPECIFIED
		    || id > WORDS_MP_REMOVED))
			cr_expect_eq(t[strlen(t) - 1] == '.' || t[strlen(t) - 1] == '?', true,
			    "no end: %s", t);
		for (const char *c = t; *c != '\0'; c++)
			cr_expect_geq((unsigned char)*c, 0x20, "%s", t);
	}
}

Test(frame, names)
{
	for (int n = 0; n < NOTES; n++)
		cr_expect_eq((uint32_t)note_names[n].note, 1u << n, "%s stands at the wrong place",
		    note_names[n].name);
	cr_expect_str_eq(tcp_state_name(TCP_SYN_RECEIVED), "SYN-RECEIVED");
	cr_expect_str_eq(tcp_state_short_name(TCP_ESTABLISHED), "ESTAB");
	for (int s = 0; s < TCP_STATES; s++)
		cr_expect_leq(strlen(tcp_state_short_name((enum tcp_state)s)), 10);
}

Test(service, names)
{
	unsigned known = 0;

	cr_expect_str_eq(service_name(443), "https");
	cr_expect_str_eq(service_name(11211), "memcache");
	cr_expect_str_eq(service_name(6379), "redis");
	cr_expect_str_eq(service_name(1), "tcpmux");
	cr_expect_str_eq(service_name(61616), "activemq");
	cr_expect_null(service_name(0));
	cr_expect_null(service_name(65535));
	cr_expect_null(service_name(46104));
	/* The search by halving finds them all only when the table is sorted. */
	for (unsigned port = 0; port <= 65535; port++)
		known += service_name((uint16_t)port) != NULL;
	cr_expect_eq(known, 377, "%u found", known);
}

/*
 * Frames of a capture that goes on for days are numbered round: what is said
 * of a connection is the same wherever in it the numbers begin again.  Tells
 * the connections of all test captures with other numbers, and holds what
 * is said against what was said with the captures' own.
 */
#include <criterion/criterion.h>
#include <ctype.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "capture/frame_store.h"
#include "capture/session.h"
#include "tcp/story.h"

enum { CUTS = 24, FRAMES_MAX = 60, TOLD_MAX = 1 << 17 };

static const char *
testdata(void)
{
	const char *folder = getenv("TESTDATA");

	return folder != NULL ? folder : "testdata";
}

/* All numbers of frames become "#"; others stay what they are. */
static void
without_numbers(char *text)
{
	static const char *const before[] = { "rame ", "rames ", " to ", " and " };
	char *to = text;

	for (const char *at = text; *at != '\0';) {
		bool number = false;

		for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
			size_t length = strlen(before[i]);

			number |= (size_t)(to - text) >= length && memcmp(to - length, before[i], length) == 0;
		}
		if (number && isdigit((unsigned char)*at)) {
			while (isdigit((unsigned char)*at))
				at++;
			*to++ = '#';
		} else
			*to++ = *at++;
	}
	*to = '\0';
}

/* The number of a connection's frame n when its `cut` first ones come before numbers begin again. */
static uint32_t
numbered(uint32_t n, uint32_t cut)
{
	return n < cut ? UINT32_MAX - (cut - 1 - n) : n - cut + 1;	/* frame 0 is no frame */
}

/* Everything that is said of a connection; cut: see above, or UINT32_MAX for numbers from 1. */
static void
tell(const struct session *s, const struct flow *flow, uint32_t cut, char *told)
{
	struct story *story = story_new(flow);
	struct outcome outcome = { 0 };
	size_t used = 0;
	char text[EXPLANATION_TEXT_MAX];

	told[0] = '\0';
	for (uint32_t n = 0; n < flow->rows; n++) {
		struct frame frame = *frame_store_get(session_frames(s), frame_store_nth(session_frames(s), flow, n));

		frame.number = cut == UINT32_MAX ? n + 1 : numbered(n, cut);
		explain_frame(story, &frame, NULL, true, text, sizeof text);
		story_add(story, &frame);
		outcome_of(story, frame.time + 1000000000, n + 1 == flow->rows, &outcome);
		used += (size_t)snprintf(told + used, TOLD_MAX - used, "%" PRIu32 ": %s\n%s\n", n, text, outcome.verdict);
		cr_assert_lt(used, TOLD_MAX);
	}
	story_free(story);
	without_numbers(told);
}

Test(numbering, what_is_said_is_the_same_wherever_numbers_begin_again, .timeout = 300)
{
	char pattern[1024], *plain = memory_new(TOLD_MAX), *round = memory_new(TOLD_MAX);
	unsigned wrong = 0, told = 0;
	glob_t files;

	snprintf(pattern, sizeof pattern, "%s/captures/*.pcap*", testdata());
	cr_assert_eq(glob(pattern, 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		const char *names[1] = { files.gl_pathv[i] };
		struct session_options options = { .files = names, .file_count = 1 };
		struct error error;
		struct session *s = session_open(&options, &error);
		uint32_t flows;

		if (s == NULL)
			continue;
		session_load(s, NULL);
		flows = flow_table_count(session_flows(s));
		for (uint32_t id = 1; id <= flows && id <= 8; id++) {
			const struct flow *flow = flow_table_get(session_flows(s), id);

			if (flow->rows > FRAMES_MAX)
				continue;
			tell(s, flow, UINT32_MAX, plain);
			for (uint32_t cut = 1; cut < flow->rows && cut < CUTS; cut++) {
				const char *a = plain, *b = round;

				tell(s, flow, cut, round);
				told++;
				while (*a != '\0' && *a == *b)
					a++, b++;
				if (*a != *b && wrong++ < 5)
					cr_expect_fail("%s, connection %u, cut %u: %.200s | %.200s", names[0], id, cut, a, b);
			}
		}
		session_close(s);
	}
	globfree(&files);
	cr_expect_gt(told, 1000);
	cr_expect_eq(wrong, 0, "%u of %u", wrong, told);
	free(plain);
	free(round);
}

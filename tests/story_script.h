/*
 * Connections for tests as text, one frame a line:
 *
 *	0.026 S S. seq=0 ack=1 win=14480 : ESTABLISHED? SYN-RECEIVED +fast_open
 *
 * time in seconds, sender (C or S), flags as tcpdump writes them, numbers
 * relative to each end's initial one, then both ends' states after it, notes
 * by their name, and the traits +confirms and +refutes.  icmp=TYPE/CODE makes
 * it an ICMP error about a segment of that sender, ts=VALUE/ECHO gives it
 * timestamps, kept in the locator.  Frames count from 1.
 */
#ifndef TCPLADDER_TESTS_STORY_SCRIPT_H
#define TCPLADDER_TESTS_STORY_SCRIPT_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tcp/story.h"

enum { SCRIPT_FRAMES = 64, SCRIPT_CLIENT_ISN = 1000, SCRIPT_SERVER_ISN = 4294967000u };

struct script {
	struct flow flow;
	struct frame frames[SCRIPT_FRAMES];
	uint32_t count;
};

static shown_state
script_state(const char *word)
{
	size_t length = strcspn(word, "?");

	for (int s = 0; s < TCP_STATES; s++) {
		const char *name = tcp_state_name((enum tcp_state)s);

		if (strlen(name) == length && strncmp(name, word, length) == 0)
			return (shown_state)(s | (word[length] == '?' ? STATE_PROVISIONAL : 0));
	}
	cr_assert_fail("no such state: %s", word);
	return 0;
}

static uint16_t
script_flags(const char *word)
{
	static const char letters[] = "FSRP.UEWe";
	uint16_t flags = 0;

	for (; *word != '\0'; word++) {
		const char *at = strchr(letters, *word);

		if (at != NULL)
			flags |= (uint16_t)(1u << (at - letters));
		else
			cr_assert_eq(*word, '-', "no such flag: %c", *word);
	}
	return flags;
}

static void
script_mark(struct frame *f, const char *word)
{
	if (strcmp(word, "confirms") == 0)
		f->traits |= FRAME_CONFIRMS;
	else if (strcmp(word, "refutes") == 0)
		f->traits |= FRAME_REFUTES;
	else if (strcmp(word, "scaled") == 0)
		f->traits |= FRAME_WINDOW_SCALED;
	else {
		for (int n = 0; n < NOTES; n++)
			if (strcmp(note_names[n].name, word) == 0) {
				f->notes |= note_names[n].note;
				return;
			}
		cr_assert_fail("no such note: %s", word);
	}
}

static void
script_word(struct frame *f, const char *word, unsigned *states)
{
	uint32_t own = f->traits & FRAME_FROM_SERVER ? SCRIPT_SERVER_ISN : SCRIPT_CLIENT_ISN;
	uint32_t peer = f->traits & FRAME_FROM_SERVER ? SCRIPT_CLIENT_ISN : SCRIPT_SERVER_ISN;
	unsigned long n = strchr(word, '=') != NULL ? strtoul(strchr(word, '=') + 1, NULL, 10) : 0;

	if (strncmp(word, "seq=", 4) == 0)
		f->seq = own + (uint32_t)n;
	else if (strncmp(word, "ack=", 4) == 0)
		f->ack = peer + (uint32_t)n;
	else if (strncmp(word, "len=", 4) == 0)
		f->length = (uint32_t)n;
	else if (strncmp(word, "win=", 4) == 0)
		f->window = (uint16_t)n;
	else if (strncmp(word, "dup=", 4) == 0)
		f->duplicate_ack = (uint8_t)n;
	else if (strncmp(word, "icmp=", 5) == 0) {
		f->notes |= NOTE_ICMP_ERROR;
		f->duplicate_ack = 4;
		f->window = (uint16_t)(n << 8 | strtoul(strchr(word, '/') + 1, NULL, 10));
	} else if (strncmp(word, "ts=", 3) == 0) {
		f->traits |= FRAME_TIMESTAMP;
		f->locator = (uint64_t)n << 32 | strtoul(strchr(word, '/') + 1, NULL, 10);
	} else if (word[0] == '+')
		script_mark(f, word + 1);
	else if (strcmp(word, ":") != 0) {
		cr_assert_lt(*states, SIDES, "one state too many: %s", word);
		f->state[(*states)++] = script_state(word);
	}
}

static void
script_line(struct script *s, char *line)
{
	struct frame *f = &s->frames[s->count];
	char *rest = NULL, *word = strtok_r(line, " \t", &rest);
	unsigned states = 0;

	if (word == NULL)
		return;
	cr_assert_lt(s->count, SCRIPT_FRAMES);
	*f = (struct frame){ .number = ++s->count, .flow = 1, .window = 1000 };
	f->time = 1000000000000ull + (uint64_t)(strtod(word, NULL) * 1e6 + 0.5) * 1000;
	f->traits = *strtok_r(NULL, " \t", &rest) == 'S' ? FRAME_FROM_SERVER : 0;
	f->flags = script_flags(strtok_r(NULL, " \t", &rest)) & TCP_FLAGS_ALL;
	while ((word = strtok_r(NULL, " \t", &rest)) != NULL)
		script_word(f, word, &states);
	cr_assert_eq(states, SIDES, "frame %u has no states", f->number);
}

static inline struct script
script_read(const char *text)
{
	struct script s = { .count = 0 };
	char *copy = strdup(text), *rest = NULL;

	s.flow.id = 1;
	s.flow.family = SEGMENT_IPV4;
	s.flow.port[CLIENT] = 46104;
	s.flow.port[SERVER] = 80;
	s.flow.end[CLIENT].isn = SCRIPT_CLIENT_ISN;
	s.flow.end[SERVER].isn = SCRIPT_SERVER_ISN;
	s.flow.end[CLIENT].scale = s.flow.end[SERVER].scale = 7;
	for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
		script_line(&s, line);
	free(copy);
	return s;
}

/* The outcome `after` seconds after the last frame; at_end: of the file. */
static inline struct outcome
script_outcome(const char *text, double after, bool at_end)
{
	struct script script = script_read(text);
	struct story *story = story_new(&script.flow);
	struct outcome out;

	for (uint32_t i = 0; i < script.count; i++)
		story_add(story, &script.frames[i]);
	outcome_of(story, script.frames[script.count - 1].time + (uint64_t)(after * 1e9), at_end, &out);
	story_free(story);
	return out;
}

/* The opening that most connections have. */
#define SCRIPT_HANDSHAKE \
	"0.000 C S  seq=0 : SYN-SENT SYN-RECEIVED?\n" \
	"0.010 S S. seq=0 ack=1 : ESTABLISHED? SYN-RECEIVED +confirms\n" \
	"0.020 C .  seq=1 ack=1 : ESTABLISHED ESTABLISHED? +confirms\n"

#endif

/*
 * Ladders as text: the same lines as the screen's, with the verdict and how
 * long things took below.
 */
#include "view/format.h"
#include "view/ladder.h"
#include "view/merged.h"
#include "view/print_text.h"

enum { LADDER_WIDTH_USUAL = 100 };

static void
write_line(struct output *out, const struct line *line)
{
	size_t length = line->length;

	while (length > 0 && line->text[length - 1] == ' ')
		length--;
	output_bytes(out, line->text, length);
	output_char(out, '\n');
}

void
print_text_merged(struct output *out, struct session *session, const struct print_options *options,
    struct replay *replay)
{
	struct merged *m = merged_new(session, replay, options->flows, options->flow_count);
	struct ladder_options how = { .width = options->width > 0 ? options->width
	    : LADDER_WIDTH_USUAL,
	    .absolute = options->absolute, .ascii = options->ascii, .services = !options->numeric };
	struct line line;

	merged_set_options(m, &how);
	merged_update(m);
	for (unsigned n = 0; n < MERGED_HEADINGS; n++) {
		merged_heading(m, n, &line);
		write_line(out, &line);
	}
	for (uint32_t row = 0; row < merged_count(m) && !output_failed(out); row++) {
		if (options->interrupted != NULL && *options->interrupted)
			break;
		merged_render(m, row, &line);
		write_line(out, &line);
	}
	merged_free(m);
}

/* A paragraph below the ladder. */
static void
write_words(struct output *out, const char *words, const struct ladder_options *how)
{
	char text[VERDICT_TEXT_MAX];	/* the longer of the two */
	size_t length;

	snprintf(text, sizeof text, "%s", words);
	if (how->ascii)
		format_make_ascii(text);
	for (const char *next, *at = text; at != NULL && text[0] != '\0'; at = next) {
		next = format_wrap(at, how->width > 21 ? how->width - 1 : 20, &length);
		output_char(out, ' ');
		output_bytes(out, at, length);
		output_char(out, '\n');
	}
}

void
print_text_ladder(struct output *out, struct session *session, const struct print_options *options,
    struct replay *replay, struct narrator *narrator, const struct flow *flow)
{
	struct ladder *l = ladder_new(session, replay, flow);
	struct ladder_options how = { .width = options->width > 0 ? options->width
	    : LADDER_WIDTH_USUAL,
	    .absolute = options->absolute, .ascii = options->ascii, .fold = true,
	    .services = !options->numeric };
	struct line line;

	ladder_set_options(l, &how);
	ladder_update(l);
	for (unsigned n = 0; n < LADDER_HEADINGS; n++) {
		ladder_heading(l, narrator, n, &line);
		write_line(out, &line);
	}
	for (uint32_t row = 0; row < ladder_count(l) && !output_failed(out); row++) {
		if (options->interrupted != NULL && *options->interrupted)
			break;
		ladder_render(l, row, &line);
		write_line(out, &line);
	}
	write_words(out, narrator_outcome_at(narrator, replay, flow)->verdict, &how);
	for (unsigned n = 0; n < TIMING_LINES; n++) {
		char text[TIMING_TEXT_MAX];

		timing_line(narrator_timing_at(narrator, replay, flow), n, text, sizeof text);
		write_words(out, text, &how);
	}
	ladder_free(l);
}

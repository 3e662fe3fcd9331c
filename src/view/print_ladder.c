/*
 * Ladders as text: the same lines as the screen's, and the verdict below.
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

void
print_text_ladder(struct output *out, struct session *session, const struct print_options *options,
    struct replay *replay, struct narrator *narrator, const struct flow *flow)
{
	struct ladder *l = ladder_new(session, replay, flow);
	struct ladder_options how = { .width = options->width > 0 ? options->width
	    : LADDER_WIDTH_USUAL,
	    .absolute = options->absolute, .ascii = options->ascii, .fold = true,
	    .services = !options->numeric };
	char verdict[VERDICT_TEXT_MAX];
	struct line line;
	size_t length;

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
	snprintf(verdict, sizeof verdict, "%s",
	    narrator_outcome_at(narrator, replay, flow)->verdict);
	if (options->ascii)
		format_make_ascii(verdict);
	for (const char *next, *at = verdict; at != NULL && verdict[0] != '\0'; at = next) {
		next = format_wrap(at, how.width > 21 ? how.width - 1 : 20, &length);
		output_char(out, ' ');
		output_bytes(out, at, length);
		output_char(out, '\n');
	}
	ladder_free(l);
}

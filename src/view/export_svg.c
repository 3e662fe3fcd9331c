/*
 * A document of ladders one below the other: how large it is, and what it is
 * called for who can't see it.
 */
#include "view/export_svg.h"

#include "base/language.h"
#include "view/drawing.h"

enum { BETWEEN = 28, EMPTY = 64, MARGIN = 28 };

/* The beginning; title and description are those of the one connection, or of all. */
static void
put_head(struct drawing *d, const uint32_t *flows, size_t count, unsigned height)
{
	struct session_status status;

	session_status(d->session, &status);
	output_printf(d->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
	    "viewBox=\"0 0 %d %u\" role=\"img\" aria-labelledby=\"title desc\">\n"
	    "<title id=\"title\">", DRAWING_WIDTH, height, DRAWING_WIDTH, height);
	drawing_text(d->out, status.source);
	if (count == 1) {
		const struct flow_table *table = session_flows(d->session);
		struct ladder *l = drawing_open(d, flow_table_get(table, flows[0]));
		const char *which, *words;
		struct line line;

		drawing_heading(d, l, &line, &which, &words);
		output_text(d->out, ", ");
		drawing_text(d->out, which);
		output_text(d->out, ": ");
		drawing_text(d->out, words);
		output_text(d->out, "</title>\n<desc id=\"desc\">");
		drawing_text(d->out, narrator_outcome_at(d->narrator, d->replay, d->flow)->verdict);
		ladder_free(l);
	} else {
		output_printf(d->out, _(": %zu TCP connections"), count);
		output_printf(d->out, "</title>\n<desc id=\"desc\">%s", _("Ladder diagrams of TCP connections, one below "
		    "the other, with the states of both ends."));
	}
	output_text(d->out, "</desc>\n<style>\n");
	output_text(d->out, drawing_style_sheet);
	output_printf(d->out, "</style>\n<rect class=\"paper\" width=\"%d\" height=\"%u\"/>\n",
	    DRAWING_WIDTH, height);
}

void
export_svg(struct output *out, struct session *session, const struct replay *replay,
    struct narrator *narrator, const struct ladder_options *how, const uint32_t *flows,
    size_t count, const volatile int *interrupted)
{
	struct drawing d = { .out = out, .session = session, .replay = replay,
	    .narrator = narrator, .how = *how, .interrupted = interrupted };
	const struct flow_table *table = session_flows(session);
	unsigned height = count > 0 ? (unsigned)(count - 1) * BETWEEN : 0;

	for (size_t i = 0; i < count; i++) {
		struct ladder *l = drawing_open(&d, flow_table_get(table, flows[i]));

		height += drawing_height(&d, l);
		ladder_free(l);
	}
	put_head(&d, flows, count, count > 0 ? height : EMPTY);
	if (count == 0)
		output_printf(out, "<text x=\"%d\" y=\"%d\" class=\"words\">%s</text>\n", MARGIN, EMPTY / 2 + 5,
		    _("There is no connection here."));
	for (size_t i = 0; i < count; i++) {
		struct ladder *l = drawing_open(&d, flow_table_get(table, flows[i]));

		drawing_put(&d, l);
		d.top += drawing_height(&d, l) + BETWEEN;
		ladder_free(l);
	}
	output_text(out, "</svg>\n");
}

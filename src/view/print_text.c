/*
 * Text for people without a screen: the list as a table with each verdict
 * below, and frames as tcpdump writes them with what we know behind a
 * separator.  Lines stay whole, so that grep finds what it looks for.
 */
#include "view/print_text.h"


#include "base/language.h"
#include "view/format.h"

enum { WIDTH_USUAL = 100, INDENT = 6 };

static unsigned
width_of(const struct print_options *options)
{
	return options->width > 0 ? options->width : WIDTH_USUAL;
}

static size_t
place_columns(struct session *session, const struct print_options *options,
    struct column_place places[COLUMN_PLACES_MAX])
{
	size_t count = column_layout(width_of(options), places);
	struct session_status status;

	session_status(session, &status);
	column_fit_numbers(places, count, width_of(options),
	    flow_table_numbered(session_flows(session)), status.frames);
	return count;
}

void
print_text_list_header(struct output *out, struct session *session,
    const struct print_options *options, uint32_t shown)
{
	struct column_place places[COLUMN_PLACES_MAX];
	struct session_status status;
	struct line line;
	char frames[FORMAT_NUMBER_MAX], flows[FORMAT_NUMBER_MAX], rows[FORMAT_NUMBER_MAX],
	    text[4 * FORMAT_NUMBER_MAX];
	uint32_t total = flow_table_count(session_flows(session));

	session_status(session, &status);
	format_count(frames, sizeof frames, status.frames);
	format_count(flows, sizeof flows, total);
	format_count(rows, sizeof rows, shown);
	if (shown == total)
		snprintf(text, sizeof text, P_("%s connection", "%s connections", total), flows);
	else
		snprintf(text, sizeof text, P_("%s of %s connection", "%s of %s connections", total), rows, flows);
	output_printf(out, "%s: ", status.source);
	output_printf(out, P_("%s frame", "%s frames", status.frames), frames);
	output_printf(out, ", %s", text);
	if (shown != total)
		output_printf(out, ": %s", options->filter != NULL ? options->filter : "");
	output_text(out, "\n\n");
	column_headings(places, place_columns(session, options, places), options->sort,
	    options->sort != NULL && options->sort->descending, options->ascii, &line);
	output_text(out, line.text);
	output_char(out, '\n');
}

/* A paragraph, indented and broken to the width. */
static void
write_paragraph(struct output *out, char *text, unsigned width, bool ascii)
{
	size_t length;

	if (ascii)
		format_make_ascii(text);
	for (const char *next, *at = text; at != NULL; at = next) {
		next = format_wrap(at, width > INDENT + 20 ? width - INDENT : 20, &length);
		output_spaces(out, INDENT);
		output_bytes(out, at, length);
		output_char(out, '\n');
	}
}

void
print_text_list(struct output *out, struct session *session, const struct print_options *options,
    struct flow_row *row)
{
	struct column_place places[COLUMN_PLACES_MAX];
	char verdict[VERDICT_TEXT_MAX];
	struct line line;
	size_t count = place_columns(session, options, places);

	column_render(places, count, row, &line);
	output_text(out, line.text);
	output_char(out, '\n');
	snprintf(verdict, sizeof verdict, "%s", flow_row_outcome(row)->verdict);
	if (verdict[0] != '\0')
		write_paragraph(out, verdict, width_of(options), options->ascii);
}

void
print_text_frame(struct output *out, struct trace_clock *clock, const struct print_options *options,
    const struct frame_cells *c)
{
	const struct frame *f = c->frame;
	char text[FORMAT_NOTES_MAX], server[FORMAT_STATE_MAX];

	trace_text_write(out, clock, c, !options->numeric);
	if (c->flow == NULL) {
		output_printf(out, _("  ; frame %u, no known connection\n"), f->number);
		return;
	}
	format_state(text, sizeof text, f->state[CLIENT]);
	format_state(server, sizeof server, f->state[SERVER]);
	output_printf(out, _("  ; frame %u, connection %u: client %s, server %s"), f->number,
	    c->flow->number,
	    text, server);
	if (f->notes != 0) {
		format_notes(text, sizeof text, f->notes);
		output_text(out, "; ");
		output_text(out, text);
	}
	output_char(out, '\n');
}

/*
 * The page around the drawings.  The order of the text is that in which one
 * would tell it: what the connection came to, then the drawing, then the
 * table.  No script, and a policy that permits none.
 */
#include "view/export_html.h"

#include <inttypes.h>
#include <string.h>

#include "base/language.h"
#include "view/drawing.h"
#include "view/format.h"

enum { LABEL_COLUMNS = 100 };

static const char page_style[] =
	"html{color-scheme:light dark;background:#fff;color:#1f2328;"
	"font:15px/1.5 \"Segoe UI\",\"Helvetica Neue\",\"DejaVu Sans\",Arial,sans-serif}\n"
	"body{max-width:1152px;margin:0 auto;padding:1rem}\n"
	"h1{font-size:1.5rem}h2{font-size:1.2rem;margin:2.5rem 0 0}"
	".ends{font-family:ui-monospace,\"DejaVu Sans Mono\",Menlo,Consolas,monospace}\n"
	"a{color:#0550ae}p{margin:.3rem 0}.drawing{overflow-x:auto;margin:1rem 0}"
	".drawing svg{display:block}\n"
	"summary{cursor:pointer}.rows{overflow-x:auto}table{border-collapse:collapse;"
	"font-size:13px;margin:.5rem 0}\n"
	"th,td{text-align:left;vertical-align:top;padding:.2rem .6rem;"
	"border-bottom:1px solid #d1d9e0}.number{text-align:right;"
	"font-variant-numeric:tabular-nums;white-space:nowrap}\n"
	"@media (prefers-color-scheme:dark){html{background:#0d1117;color:#e6edf3}"
	"a{color:#79c0ff}th,td{border-color:#3d444d}}\n"
	"@media print{.drawing,.rows{overflow:visible}.drawing svg{width:100%;height:auto}}\n";

static void
put_element(struct output *out, const char *element, const char *text)
{
	output_printf(out, "<%s>", element);
	drawing_text(out, text);
	output_printf(out, "</%.*s>\n", (int)strcspn(element, " "), element);
}

/* ---- the table */

static void
put_table_row(const struct drawing *d, struct ladder *l, uint32_t row)
{
	struct ladder_cells c;
	char number[FORMAT_NUMBER_MAX], text[EXPLANATION_TEXT_MAX] = "";

	ladder_cells(l, row, LABEL_COLUMNS, &c);
	snprintf(number, sizeof number, "%" PRIu32, c.frame->number);
	if (c.row.kind == LADDER_SEGMENT)
		narrator_explain(d->narrator, d->flow, c.row.nth, false, text, sizeof text);
	if (d->how.ascii)
		format_make_ascii(text);
	output_text(d->out, "<tr>");
	put_element(d->out, "td class=\"number\"", number);
	put_element(d->out, "td class=\"number\"", c.time);
	put_element(d->out, "td", c.row.kind == LADDER_FOLDED ? _("both")
	    : c.rightward ? _("client") : _("server"));
	put_element(d->out, "td", c.label);
	put_element(d->out, "td", c.state[CLIENT]);
	put_element(d->out, "td", c.state[SERVER]);
	put_element(d->out, "td", text);
	output_text(d->out, "</tr>\n");
}

static void
put_table(const struct drawing *d, struct ladder *l)
{
	static const char *const heads[] = { N_("frame"), N_("time"), N_("from"), N_("segment"),
	    N_("client becomes"), N_("server becomes"), N_("what it does") };

	output_text(d->out, "<details>\n<summary>");
	drawing_text(d->out, _("The same as a table"));
	output_text(d->out, "</summary>\n<div class=\"rows\" tabindex=\"0\" role=\"region\" aria-label=\"");
	drawing_text(d->out, _("Segments as a table"));
	output_text(d->out, "\"><table>\n<thead><tr>");
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		put_element(d->out, "th scope=\"col\"", _(heads[i]));
	output_text(d->out, "</tr></thead>\n<tbody>\n");
	for (uint32_t row = 0; row < ladder_count(l) && !output_failed(d->out); row++) {
		if (d->interrupted != NULL && *d->interrupted)
			break;
		put_table_row(d, l, row);
	}
	output_text(d->out, "</tbody>\n</table></div>\n</details>\n");
}

/* ---- a connection */

static void
endpoints(const struct drawing *d, char *out, size_t size)
{
	char end[SIDES][FORMAT_ENDPOINT_MAX];

	for (enum side side = CLIENT; side < SIDES; side++)
		format_flow_endpoint(end[side], sizeof end[side], d->flow, side, d->how.services);
	snprintf(out, size, "%s %s %s", end[CLIENT], d->how.ascii ? "->" : "→", end[SERVER]);
}

static void
put_connection(struct drawing *d, struct ladder *l)
{
	const char *which, *words;
	struct line line;
	char ends[2 * FORMAT_ENDPOINT_MAX + 8], verdict[VERDICT_TEXT_MAX], text[LINE_TEXT_MAX];
	unsigned height = drawing_height(d, l);

	drawing_heading(d, l, &line, &which, &words);
	endpoints(d, ends, sizeof ends);
	snprintf(verdict, sizeof verdict, "%s",
	    narrator_outcome_at(d->narrator, d->replay, d->flow)->verdict);
	if (d->how.ascii)
		format_make_ascii(verdict);
	output_printf(d->out, "<section id=\"connection-%" PRIu32 "\">\n", d->flow->number);
	put_element(d->out, "h2", which);
	put_element(d->out, "p class=\"ends\"", ends);
	put_element(d->out, "p", words);
	if (verdict[0] != '\0')
		put_element(d->out, "p", verdict);
	output_text(d->out, "<div class=\"drawing\" tabindex=\"0\" role=\"region\" aria-label=\"");
	drawing_text(d->out, _("Ladder, drawn"));
	output_printf(d->out, "\">"
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
	    "viewBox=\"0 0 %d %u\" role=\"img\" aria-label=\"", DRAWING_WIDTH, height, DRAWING_WIDTH,
	    height);
	snprintf(text, sizeof text, _("Ladder of %s, %s"), which, words);
	drawing_text(d->out, text);
	output_printf(d->out, "\">\n<rect class=\"paper\" width=\"%d\" height=\"%u\"/>\n",
	    DRAWING_WIDTH, height);
	drawing_put(d, l);
	output_text(d->out, "</svg></div>\n");
	put_table(d, l);
	output_text(d->out, "</section>\n");
}

/* ---- the page */

static void
put_contents(struct drawing *d, const uint32_t *flows, size_t count)
{
	output_text(d->out, "<nav aria-label=\"");
	drawing_text(d->out, _("Connections"));
	output_text(d->out, "\">\n<ul>\n");
	for (size_t i = 0; i < count; i++) {
		char ends[2 * FORMAT_ENDPOINT_MAX + 8];

		d->flow = flow_table_get(session_flows(d->session), flows[i]);
		endpoints(d, ends, sizeof ends);
		output_printf(d->out, "<li><a href=\"#connection-%" PRIu32 "\">%" PRIu32 ": ",
		    flows[i], flows[i]);
		drawing_text(d->out, ends);
		output_text(d->out, "</a></li>\n");
	}
	output_text(d->out, "</ul>\n</nav>\n");
}

static void
put_head(const struct drawing *d, const char *source)
{
	output_text(d->out, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"");
	/* Translators: this language's own code, as web pages have it, such as zh-CN. */
	drawing_text(d->out, C_("language of a web page", "en"));
	output_text(d->out, "\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	    "<meta name=\"generator\" content=\"tcpladder\"/>\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n<title>");
	drawing_text(d->out, source);
	drawing_text(d->out, _(": TCP connections"));
	output_text(d->out, "</title>\n<style>\n");
	output_text(d->out, page_style);
	output_text(d->out, drawing_style_sheet);
	output_text(d->out, "</style>\n</head>\n<body>\n<main>\n");
}

void
export_html(struct output *out, struct session *session, const struct replay *replay,
    struct narrator *narrator, const struct ladder_options *how, const uint32_t *flows,
    size_t count, const volatile int *interrupted)
{
	struct drawing d = { .out = out, .session = session, .replay = replay,
	    .narrator = narrator, .how = *how, .interrupted = interrupted, .bare = true };
	struct session_status status;

	session_status(session, &status);
	put_head(&d, status.source);
	put_element(out, "h1", status.source);
	if (count == 0)
		put_element(out, "p", _("There is no connection here."));
	if (count > 1)
		put_contents(&d, flows, count);
	for (size_t i = 0; i < count && !output_failed(out); i++) {
		struct ladder *l = drawing_open(&d, flow_table_get(session_flows(session),
		    flows[i]));

		put_connection(&d, l);
		ladder_free(l);
	}
	output_text(out, "</main>\n</body>\n</html>\n");
}

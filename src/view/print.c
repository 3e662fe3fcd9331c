/*
 * Output without a screen: chooses who writes what, in which order, and
 * reports what went wrong with writing.  Knows formats by name only; the
 * rows come from print_record.c, print_text.c and print_stats.c.
 */
#include "view/print.h"

#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "capture/capture_write.h"
#include "capture/replay.h"
#include "view/export_html.h"
#include "view/export_mermaid.h"
#include "view/export_svg.h"
#include "view/filter.h"
#include "view/flow_list.h"
#include "view/output.h"
#include "view/print_frames.h"
#include "view/print_record.h"
#include "view/print_text.h"
#include "view/print_zeek.h"

const char *const print_what_names[PRINT_WHATS] = {
	[PRINT_LIST] = "list",
	[PRINT_FRAMES] = "frames",
	[PRINT_LADDER] = "ladder",
	[PRINT_STATS] = "stats",
	[PRINT_NONE] = "none",
};

const char *const print_format_names[PRINT_FORMATS] = {
	[PRINT_TEXT] = "text",
	[PRINT_TSV] = "tsv",
	[PRINT_JSONL] = "jsonl",
	[PRINT_CSV] = "csv",
	[PRINT_SVG] = "svg",
	[PRINT_MERMAID] = "mermaid",
	[PRINT_HTML] = "html",
	[PRINT_ZEEK] = "zeek",
	[PRINT_PCAP] = "pcap",
	[PRINT_PCAPNG] = "pcapng",
};

/* What can be written in which formats. */
#define BIT(format)	(1U << (format))
#define RECORDS		(BIT(PRINT_TEXT) | BIT(PRINT_TSV) | BIT(PRINT_JSONL) | BIT(PRINT_CSV))
static const unsigned print_formats[PRINT_WHATS] = {
	[PRINT_LIST] = RECORDS | BIT(PRINT_ZEEK),
	[PRINT_FRAMES] = RECORDS | BIT(PRINT_PCAP) | BIT(PRINT_PCAPNG),
	[PRINT_LADDER] = BIT(PRINT_TEXT) | BIT(PRINT_SVG) | BIT(PRINT_HTML) | BIT(PRINT_MERMAID),
	[PRINT_STATS] = RECORDS,
	[PRINT_NONE] = RECORDS,
};

/* What programs read is English for everybody; the rest is for people, in theirs. */
#define MACHINE_READABLE (BIT(PRINT_TSV) | BIT(PRINT_JSONL) | BIT(PRINT_CSV) | BIT(PRINT_ZEEK))

/* What one print needs from end to end. */
struct printing {
	struct session *session;
	const struct print_options *options;
	struct filter *filter;
	struct replay *replay;
	struct narrator *narrator;
	struct output *out;
};

/* What doesn't go together, and what would. */
static bool
print_check_format(const struct print_options *options, struct error *error)
{
	char list[120] = "";
	enum print_what what = PRINT_LIST;
	unsigned last = 0;

	if (!(RECORDS & BIT(options->format))) {
		while (!(print_formats[what] & BIT(options->format)))
			what++;
		return error_set(error, "--format=%s needs --print=%s",
		    print_format_names[options->format], print_what_names[what]);
	}
	for (unsigned format = 0; format < PRINT_FORMATS; format++)
		if (print_formats[options->what] & BIT(format))
			last = format;
	for (unsigned format = 0; format < PRINT_FORMATS; format++)
		if (print_formats[options->what] & BIT(format))
			snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
			    list[0] == '\0' ? "" : format == last ? _(" or ") : ", ",
			    print_format_names[format]);
	return error_set(error, "a %s can't be printed as %s: use --format=%s, or --print=frames",
	    print_what_names[options->what], print_format_names[options->format], list);
}

bool
print_check(const struct print_options *options, struct error *error)
{
	struct filter_error wrong;
	struct filter *filter;

	if (!(print_formats[options->what] & BIT(options->format)))
		return print_check_format(options, error);
	if (options->flows != NULL && options->what != PRINT_FRAMES
	    && options->what != PRINT_LADDER)
		return error_set(error, "--flow goes with --print=frames or --print=ladder");
	if (options->filter != NULL) {
		filter = filter_compile(options->filter, &wrong);
		if (filter == NULL)
			return error_set(error, "--filter, at character %zu: %s", wrong.at + 1,
			    wrong.text);
		filter_free(filter);
	}
	return true;
}

static bool
print_stopped(const struct printing *p)
{
	return output_failed(p->out) || (p->options->interrupted != NULL
	    && *p->options->interrupted);
}

/*
 * The connections in the order asked for, each that is wanted. Returns an array of ids to be
 * freed.
 */
static uint32_t *
print_order(const struct printing *p, uint32_t *count)
{
	uint32_t total = flow_table_count(session_flows(p->session)), *ids;

	if (p->options->sort == NULL && p->filter == NULL && !p->options->as_of) {
		ids = memory_new_array((size_t)total + 1, sizeof *ids);
		for (uint32_t i = 0; i < total; i++)
			ids[i] = i + 1;
		*count = total;
	} else {
		struct flow_list *list = flow_list_new(p->session, p->replay, p->narrator);

		if (p->options->sort != NULL)
			flow_list_set_sort(list, p->options->sort,
			    p->options->sort->descending != p->options->reverse);
		if (p->options->filter != NULL)
			flow_list_set_filter(list, p->options->filter, NULL);
		flow_list_update(list);
		*count = flow_list_count(list);
		ids = memory_new_array((size_t)*count + 1, sizeof *ids);
		for (uint32_t i = 0; i < *count; i++)
			ids[i] = flow_list_get(list, i);
		flow_list_free(list);
	}
	return ids;
}

static void
print_list(struct printing *p)
{
	struct record_writer w = { .out = p->out,
	    .format = print_record_format(p->options->format) };
	bool text = p->options->format == PRINT_TEXT, zeek = p->options->format == PRINT_ZEEK;
	uint32_t count, *ids = print_order(p, &count);

	if (text)
		print_text_list_header(p->out, p->session, p->options, count);
	else if (zeek)
		print_zeek_header(p->out, p->session);
	else
		print_record_list_header(&w);
	for (uint32_t i = 0; i < count && !print_stopped(p); i++) {
		struct flow_row row;

		flow_row_init(&row, p->narrator, p->replay,
		    flow_table_get(session_flows(p->session), ids[i]));
		row.services = !p->options->numeric;
		row.ascii = p->options->ascii;
		if (text)
			print_text_list(p->out, p->session, p->options, &row);
		else if (zeek)
			print_zeek_row(p->out, &row);
		else
			print_record_list(&w, &row);
	}
	if (zeek)
		print_zeek_end(p->out, p->session);
	free(ids);
}

static void
print_frames(struct printing *p)
{
	struct record_writer w = { .out = p->out,
	    .format = print_record_format(p->options->format) };
	bool text = p->options->format == PRINT_TEXT;
	struct frame_walk *walk = frame_walk_new(p->session, p->options, p->filter, text);
	const struct frame_cells *cells;
	struct trace_clock clock = { 0, "" };

	if (!text)
		print_record_frame_header(&w);
	while (!print_stopped(p) && (cells = frame_walk_next(walk)) != NULL) {
		if (text)
			print_text_frame(p->out, &clock, p->options, cells);
		else
			print_record_frame(&w, cells);
	}
	frame_walk_free(walk);
}

/* The packets of the same frames, to the file itself: bytes aren't text. */
static bool
print_packets(struct printing *p, FILE *out, struct error *error)
{
	struct capture_writer *w = capture_writer_new(p->session,
	    p->options->format == PRINT_PCAPNG ? CAPTURE_WRITE_PCAPNG : CAPTURE_WRITE_PCAP, out);
	struct frame_walk *walk = frame_walk_new(p->session, p->options, p->filter, false);
	const struct frame_cells *cells;
	bool good = true;

	while (good && !print_stopped(p) && (cells = frame_walk_next(walk)) != NULL)
		good = capture_writer_add(w, cells->frame, error);
	good = good && capture_writer_check(w, error);
	frame_walk_free(walk);
	capture_writer_free(w);
	return good;
}

static bool
print_drawn(struct printing *p, const uint32_t *order, uint32_t count, struct error *error)
{
	const struct print_options *o = p->options;
	struct ladder_options how = { .absolute = o->absolute, .ascii = o->ascii, .fold = true,
	    .services = !o->numeric };

	if (o->format == PRINT_SVG || o->format == PRINT_HTML) {
		(o->format == PRINT_SVG ? export_svg : export_html)(p->out, p->session,
		    p->replay, p->narrator, &how, order, count, o->interrupted);
		return true;
	}
	if (count == 0)
		return error_set(error, "there is no connection to draw");
	if (count > EXPORT_MERMAID_MAX)
		return error_set(error, "a Mermaid diagram of %u connections is more than any "
		    "tool draws: choose at most %d with --flow or --filter", count,
		    EXPORT_MERMAID_MAX);
	export_mermaid(p->out, p->session, p->replay, p->narrator, &how, order, count,
	    o->interrupted);
	return true;
}

static bool
print_ladders(struct printing *p, struct error *error)
{
	const struct flow_table *flows = session_flows(p->session);
	uint32_t count, *ids = NULL;
	const uint32_t *order = p->options->flows;
	bool good = true;

	if (order != NULL && p->options->flow_count > 1 && p->options->format == PRINT_TEXT) {
		print_text_merged(p->out, p->session, p->options, p->replay);
		return true;
	}
	if (order != NULL)
		count = (uint32_t)p->options->flow_count;
	else
		order = ids = print_order(p, &count);
	if (p->options->format != PRINT_TEXT)
		good = print_drawn(p, order, count, error);
	else
		for (uint32_t i = 0; i < count && !print_stopped(p); i++) {
			if (i > 0)
				output_char(p->out, '\n');
			print_text_ladder(p->out, p->session, p->options, p->replay, p->narrator,
			    flow_table_get(flows, order[i]));
		}
	free(ids);
	return good;
}

static bool
print_what(struct printing *p, FILE *out, struct error *error)
{
	switch (p->options->what) {
	case PRINT_LIST:
		print_list(p);
		break;
	case PRINT_FRAMES:
		if (p->options->format == PRINT_PCAP || p->options->format == PRINT_PCAPNG)
			return print_packets(p, out, error);
		print_frames(p);
		break;
	case PRINT_LADDER:
		return print_ladders(p, error);
	case PRINT_STATS:
		print_stats(p->out, p->session, p->options, p->replay, p->narrator);
		break;
	case PRINT_NONE:
	case PRINT_WHATS:
		break;
	}
	return true;
}

/* The ids of the connections asked for by number, to be freed; NULL: all. */
static bool
find_flows(struct session *session, const struct print_options *options, uint32_t **ids, struct error *error)
{
	const struct flow_table *flows = session_flows(session);
	uint32_t last = flow_table_numbered(flows);

	*ids = options->flows != NULL ? memory_new_array(options->flow_count + 1, sizeof **ids) : NULL;
	for (size_t i = 0; *ids != NULL && i < options->flow_count; i++) {
		uint32_t number = options->flows[i];

		(*ids)[i] = flow_table_find(flows, number);
		if ((*ids)[i] != 0)
			continue;
		free(*ids);
		if (number == 0 || number > last)
			return error_set(error, _("there is no connection %u: this capture has %u"), number, last);
		return error_set(error, _("connection %u was given up for lack of memory: see --memory"), number);
	}
	return true;
}

bool
print_session(struct session *session, const struct print_options *options, FILE *out,
    struct error *error)
{
	struct print_options found = *options;
	struct printing p = { .session = session, .options = &found };
	struct language_english english;
	bool good, machine = MACHINE_READABLE & BIT(options->format);
	uint32_t *ids;

	if (!print_check(options, error))
		return false;
	if (!find_flows(session, options, &ids, error))
		return false;
	found.flows = ids;
	options = &found;
	if (options->what == PRINT_NONE) {
		free(ids);
		return true;
	}
	if (options->filter != NULL)
		p.filter = filter_compile(options->filter, NULL);
	p.replay = replay_new(session);
	if (options->as_of)
		replay_to(p.replay, options->rows);
	p.narrator = narrator_new(session);
	p.out = output_new(out);
	if (machine)
		language_english_begin(&english);
	good = print_what(&p, out, error);
	if (machine)
		language_english_end(&english);
	narrator_free(p.narrator);
	replay_free(p.replay);
	filter_free(p.filter);
	free(ids);
	return output_finish(p.out, good ? error : NULL) && good;
}

/*
 * Statistics as text, or as records of three columns: section, name, value.
 */
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "view/flood.h"
#include "view/format.h"
#include "view/print_record.h"
#include "view/print_text.h"
#include "view/stats.h"

enum { SENTENCE_WIDTH = 98 };

static const char *const stats_names[] = { "section", "name", "value" };

struct stats_writer {
	struct output *out;
	struct record_writer records;
	bool text;
	const char *section;
	unsigned name_width;
};

static void
write_section(struct stats_writer *w, const char *section, const char *heading)
{
	w->section = section;
	w->name_width = strcmp(section, "undecodable") == 0 ? 48 : 26;
	if (w->text)
		output_printf(w->out, "\n%s\n", heading);
}

/* A name and what is missing to the width: of columns, since a character may take two. */
static void
write_name(const struct stats_writer *w, const char *name)
{
	unsigned takes = text_columns(name);

	output_printf(w->out, "  %s", name);
	if (takes < w->name_width)
		output_spaces(w->out, w->name_width - takes);
}

/* One value; in text with thousands separated and something more behind it. */
static void
write_value(struct stats_writer *w, const char *name, uint64_t value, const char *more)
{
	char count[FORMAT_NUMBER_MAX];

	if (w->text) {
		format_count(count, sizeof count, value);
		write_name(w, name);
		output_printf(w->out, " %14s%s%s\n", count, more[0] != '\0' ? "  " : "", more);
		return;
	}
	record_begin(&w->records);
	record_text(&w->records, w->section);
	record_text(&w->records, name);
	record_number(&w->records, value);
	record_end(&w->records);
}

static void
write_capture(struct stats_writer *w, const struct stats *s, const struct session_status *status)
{
	uint64_t troubles = 0;

	for (int r = 0; r < DECODE_RESULTS; r++)
		troubles += decode_is_trouble((enum decode_result)r) ? s->troubles[r] : 0;
	write_section(w, "capture", _("Capture"));
	write_value(w, _("frames"), status->frames, "");
	write_value(w, _("tcp segments"), s->tcp_frames, "");
	write_value(w, _("undecodable frames"), troubles, "");
	write_value(w, _("dropped by kernel"), status->reader.dropped_kernel, "");
	write_value(w, _("dropped by interface"), status->reader.dropped_interface, "");
	write_value(w, _("dropped by tcpladder"), status->reader.dropped_ours, "");
}

static void
write_connections(struct stats_writer *w, const struct stats *s)
{
	write_section(w, "connections", _("Connections"));
	write_value(w, _("connections"), s->flows, "");
	write_value(w, _("picked up midstream"), s->midstream, "");
	write_value(w, _("on reused ports"), s->reused, "");
	write_value(w, _("addresses"), s->addresses, s->more_addresses ? _("or more") : "");
	write_section(w, "outcome", _("By outcome"));
	for (int i = 0; i < OUTCOMES; i++) {
		char percent[FORMAT_NUMBER_MAX];

		format_percent(percent, sizeof percent, s->outcomes[i], s->flows);
		if (s->outcomes[i] > 0 || !w->text)
			write_value(w, outcome_names[i], s->outcomes[i], percent);
	}
}

static void
write_states(struct stats_writer *w, const struct stats *s)
{
	if (w->text) {
		char client[FORMAT_NUMBER_MAX], server[FORMAT_NUMBER_MAX];
		struct line line;

		output_char(w->out, '\n');
		line_clear(&line);
		line_add(&line, STYLE_HEADING, _("By state"));
		line_add_right(&line, STYLE_HEADING, _("clients"), 42);
		line_add_right(&line, STYLE_HEADING, _("servers"), 57);
		output_printf(w->out, "%s\n", line.text);
		for (int i = 0; i < TCP_STATES; i++) {
			if (s->states[CLIENT][i] == 0 && s->states[SERVER][i] == 0)
				continue;
			format_count(client, sizeof client, s->states[CLIENT][i]);
			format_count(server, sizeof server, s->states[SERVER][i]);
			output_printf(w->out, "  %-26s %14s %14s\n",
			    tcp_state_name((enum tcp_state)i), client, server);
		}
		return;
	}
	for (enum side side = CLIENT; side < SIDES; side++) {
		w->section = side == CLIENT ? "client_state" : "server_state";
		for (int i = 0; i < TCP_STATES; i++)
			write_value(w, tcp_state_name((enum tcp_state)i), s->states[side][i], "");
	}
}

static void
write_traffic(struct stats_writer *w, const struct stats *s)
{
	char percent[FORMAT_NUMBER_MAX];
	bool noted = false;

	write_section(w, "traffic", _("Traffic"));
	write_value(w, _("frames from clients"), s->frames[CLIENT], "");
	write_value(w, _("frames from servers"), s->frames[SERVER], "");
	write_value(w, _("bytes up"), s->bytes[CLIENT], "");
	write_value(w, _("bytes down"), s->bytes[SERVER], "");
	format_percent(percent, sizeof percent, s->resent[CLIENT], s->frames[CLIENT]);
	write_value(w, _("resent by clients"), s->resent[CLIENT], percent);
	format_percent(percent, sizeof percent, s->resent[SERVER], s->frames[SERVER]);
	write_value(w, _("resent by servers"), s->resent[SERVER], percent);
	for (int i = 0; i < NOTES; i++)
		noted |= s->notes[i] > 0;
	if (!noted && w->text)
		return;
	write_section(w, "note", _("Segments by note"));
	for (int i = 0; i < NOTES; i++) {
		if (s->notes[i] > 0 || !w->text)
			write_value(w, note_names[i].name, s->notes[i], "");
	}
}

static void
write_talkers(struct stats_writer *w, const struct stats *s)
{
	char address[FORMAT_ADDRESS_MAX], bytes[FORMAT_NUMBER_MAX], more[FORMAT_NUMBER_MAX + 16];

	write_section(w, "talker", _("Top talkers by connections"));
	for (uint32_t i = 0; i < s->talker_count; i++) {
		format_address(address, sizeof address, s->talkers[i].address,
		    s->talkers[i].family);
		format_bytes(bytes, sizeof bytes, s->talkers[i].bytes);
		snprintf(more, sizeof more, _("%s bytes sent"), bytes);
		write_value(w, address, s->talkers[i].flows, more);
	}
}

static void
write_troubles(struct stats_writer *w, const struct stats *s)
{
	bool any = false;

	for (int r = 0; r < DECODE_RESULTS; r++) {
		enum decode_result result = (enum decode_result)r;
		char frames[128];
		size_t used;

		if (!decode_is_trouble(result) || (s->troubles[r] == 0 && w->text))
			continue;
		if (!any)
			write_section(w, "undecodable", _("Undecodable frames by reason"));
		any = true;
		used = (size_t)snprintf(frames, sizeof frames, "%s", _("frames"));
		for (int i = 0; i < STATS_FRAMES && s->trouble_frames[r][i] != 0; i++)
			used += (size_t)snprintf(frames + used, sizeof frames - used, " %u",
			    s->trouble_frames[r][i]);
		if (s->troubles[r] > STATS_FRAMES)
			snprintf(frames + used, sizeof frames - used, " ...");
		write_value(w, w->text ? _(decode_result_text(result)) : decode_result_name(result),
		    s->troubles[r], s->trouble_frames[r][0] != 0 ? frames : "");
	}
}

/* Uncompleted handshakes with each flooded endpoint. */
static void
write_floods(struct stats_writer *w, const struct floods *floods)
{
	if (floods_count(floods) == 0)
		return;
	write_section(w, "syn_flood", _("SYN floods (handshakes never completed)"));
	for (size_t i = 0; i < floods_count(floods); i++) {
		const struct flood *flood = floods_get(floods, i);
		char name[FORMAT_ENDPOINT_MAX], more[128], lasted[FORMAT_TIME_MAX];

		format_endpoint(name, sizeof name, flood->address, flood->family, flood->port, w->text);
		format_duration(lasted, sizeof lasted, flood->last_time - flood->first_time);
		snprintf(more, sizeof more, flood->answered ? _("in %s from frame %u, answered")
		    : _("in %s from frame %u, not answered"), lasted, flood->first_frame);
		if (flood->part)
			snprintf(more + strlen(more), sizeof more - strlen(more), "%s", _("; at least so many"));
		write_value(w, name, flood->attempts, more);
	}
}

/* What no single connection tells. */
static void
write_pileups(struct stats_writer *w, const struct stats *s, uint64_t now)
{
	char name[2 * FORMAT_ENDPOINT_MAX + 8], text[PILEUP_TEXT_MAX];
	size_t length;

	if (s->pileup_count > 0 && w->text)
		output_printf(w->out, "\n%s\n", _("What stands out"));
	for (size_t i = 0; i < s->pileup_count; i++) {
		const struct pileup *p = &s->pileups[i];

		if (!w->text) {
			w->section = pileup_names[p->kind];
			pileup_name(p, name, sizeof name);
			write_value(w, name, p->count, "");
			continue;
		}
		pileup_write(p, now, text, sizeof text);
		for (const char *next, *at = text; at != NULL; at = next) {
			next = format_wrap(at, SENTENCE_WIDTH, &length);
			output_printf(w->out, "  %.*s\n", (int)length, at);
		}
	}
}

void
print_stats(struct output *out, struct session *session, const struct print_options *options,
    struct replay *replay, struct narrator *narrator)
{
	struct stats_writer w = { .out = out, .text = options->format == PRINT_TEXT };
	struct session_status status;
	struct stats s;

	w.records = (struct record_writer){ .out = out, .names = stats_names, .count = 3,
	    .format = print_record_format(options->format) };
	session_status(session, &status);
	stats_gather(&s, session, replay, narrator, options->interrupted);
	if (w.text)
		output_printf(out, "%s\n", status.source);
	else
		record_header(&w.records);
	write_capture(&w, &s, &status);
	write_connections(&w, &s);
	write_states(&w, &s);
	write_traffic(&w, &s);
	write_talkers(&w, &s);
	write_floods(&w, narrator_floods(narrator));
	write_pileups(&w, &s, replay_now(replay));
	write_troubles(&w, &s);
}

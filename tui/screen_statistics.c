/*
 * The capture in numbers, as of the replay point: states now and over time,
 * outcomes, retransmissions, talkers, what could not be decoded.  Counted
 * bit by bit (view/stats.h, view/history.h), so that nobody waits; while a
 * new count goes on the last one is shown.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/language.h"
#include "base/memory.h"
#include "tui/app.h"
#include "tui/list_widget.h"
#include "view/format.h"
#include "view/flood.h"
#include "view/history_table.h"
#include "view/stats.h"

enum { LINES_MAX = 192, FLOODS_SHOWN = 4, COUNT_STEPS = 4000, HISTORY_STEPS = 20000, COUNT_END = 40,
    REFRESH_NS = 1000000000, SHARE = 5 };
#define QUIET_NS UINT64_C(3000000000)

struct statistics {
	struct screen screen;
	struct stats_count *count;
	struct stats shown;
	bool has_shown, counted;	/* shown is a whole count; count has come to its end */
	uint32_t rows_counted;		/* the replay point that the count is about */
	uint64_t begun, took;		/* the clock then, and how long the last whole count took */
	struct history *history;	/* NULL until needed: history_of() */
	struct list_widget rows;
	struct line *line;		/* LINES_MAX */
	unsigned lines;
};

/* ---- lines */

static struct line *
next_line(struct statistics *s)
{
	struct line *line = &s->line[s->lines < LINES_MAX - 1 ? s->lines++ : s->lines];

	line_clear(line);
	return line;
}

static void
add_title(struct statistics *s, const char *text)
{
	if (s->lines > 0)
		next_line(s);
	line_printf(next_line(s), STYLE_TITLE, " %s", text);
}

static void add_fact(struct statistics *s, const char *name, uint64_t n, enum style style, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* A name, a count, and what else there is to say. */
static void
add_fact(struct statistics *s, const char *name, uint64_t n, enum style style, const char *format, ...)
{
	struct line *line = next_line(s);
	char count[FORMAT_NUMBER_MAX], text[320];
	va_list arguments;

	format_count(count, sizeof count, n);
	line_printf(line, STYLE_NORMAL, "   %s", name);
	if (line->columns + 1 + text_columns(count) > COUNT_END)
		line_add(line, STYLE_NORMAL, "  ");
	line_add_right(line, n > 0 ? style : STYLE_DIM, count, COUNT_END);
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (text[0] != '\0')
		line_printf(line, STYLE_DIM, "  %s", text);
}

static void
add_bar(struct line *line, uint64_t part, uint64_t whole, unsigned width, bool ascii, enum style style)
{
	unsigned filled = whole == 0 ? 0 : (unsigned)((part * width + whole - 1) / whole);

	line_add(line, STYLE_NORMAL, "  ");
	line_repeat(line, style, ascii ? "#" : "█", filled);
}

/* A sentence, over as many lines as it takes. */
static void
add_sentence(struct statistics *s, const char *text, unsigned width, bool ascii)
{
	bool first = true;
	size_t length;

	for (const char *next; text != NULL; text = next, first = false) {
		struct line *line = next_line(s);

		next = format_wrap(text, width > 10 ? width - 6 : width, &length);
		line_add(line, STYLE_TROUBLE, !first ? "     " : ascii ? "   * " : "   • ");
		line_add_bytes(line, STYLE_STRONG, text, length);
	}
}

static void
add_flood(struct statistics *s, const struct flood *flood, unsigned width, bool ascii)
{
	char target[FORMAT_ENDPOINT_MAX], attempts[2 * FORMAT_NUMBER_MAX], completed[FORMAT_NUMBER_MAX], text[PILEUP_TEXT_MAX];
	char lasted[FORMAT_TIME_MAX];

	format_endpoint(target, sizeof target, flood->address, flood->family, flood->port, false);
	flood_write_attempts(flood, attempts, sizeof attempts);
	format_count(completed, sizeof completed, flood->completed);
	format_duration(lasted, sizeof lasted, flood->last_time - flood->first_time);
	snprintf(text, sizeof text, flood->answered
	    ? _("SYN flood: %s handshakes with %s were begun within %s, from frame %u on, and never completed; %s were. "
	    "It answers them.")
	    : _("SYN flood: %s handshakes with %s were begun within %s, from frame %u on, and never completed; %s were. "
	    "It doesn't answer them."), attempts, target, lasted, flood->first_frame, completed);
	add_sentence(s, text, width, ascii);
}

/* What no single connection tells. */
static void
add_findings(struct statistics *s, const struct app *app, const struct stats *n, unsigned width)
{
	const struct floods *floods = narrator_floods(app->narrator);
	size_t flooded = floods_count(floods);
	char text[PILEUP_TEXT_MAX];

	if (flooded + n->pileup_count == 0)
		return;
	add_title(s, _("What stands out"));
	for (size_t i = 0; i < flooded && i < FLOODS_SHOWN; i++)
		add_flood(s, floods_get(floods, i), width, app->picture.ascii);
	for (size_t i = 0; i < n->pileup_count; i++) {
		pileup_write(&n->pileups[i], replay_now(app->replay), text, sizeof text);
		add_sentence(s, text, width, app->picture.ascii);
	}
}

/* Live, what was seen is remembered from the start; elsewhere, and as of a replay point, it is walked now. */
static struct history *
history_of(struct statistics *s, const struct app *app)
{
	if (app->history != NULL && replay_at_end(app->replay))
		return app->history;
	if (s->history == NULL)
		s->history = history_new(app->session, app->replay);
	return s->history;
}

static void
add_history(struct statistics *s, const struct app *app, const struct stats *n, unsigned width)
{
	const struct history_table table = {
		.history = history_of(s, app), .stats = n, .width = width, .ascii = app->picture.ascii
	};
	struct line row;

	next_line(s);
	history_table_states(&table, next_line(s));
	for (int state = 0; state < TCP_STATES; state++) {
		line_clear(&row);
		if (history_table_state(&table, (enum tcp_state)state, &row))
			*next_line(s) = row;
	}
	next_line(s);
	history_table_events(&table, next_line(s));
	for (int event = 0; event < HISTORY_EVENTS; event++)
		history_table_event(&table, (enum history_event)event, next_line(s));
}

static enum style
outcome_style(enum outcome_kind outcome)
{
	switch (outcome) {
	case OUTCOME_REFUSED:
	case OUTCOME_NO_ANSWER:
	case OUTCOME_RESET_BY_CLIENT:
	case OUTCOME_RESET_BY_SERVER:
	case OUTCOME_ABORTED_HANDSHAKE:
	case OUTCOME_ICMP_REJECTED:
	case OUTCOME_SCAN:
		return STYLE_TROUBLE;
	case OUTCOME_OPEN:
	case OUTCOME_CLOSED:
	case OUTCOME_HALF_CLOSED:
	case OUTCOME_MIDSTREAM_OPEN:
	case OUTCOME_MIDSTREAM_CLOSED:
	case OUTCOMES:
		break;
	}
	return STYLE_CLIENT;
}

static void
add_outcomes(struct statistics *s, const struct stats *n, unsigned width, bool ascii)
{
	uint32_t most = 1;

	for (int i = 0; i < OUTCOMES; i++)
		if (n->outcomes[i] > most)
			most = n->outcomes[i];
	add_title(s, _("Outcomes"));
	for (int i = 0; i < OUTCOMES; i++) {
		char share[FORMAT_NUMBER_MAX];

		if (n->outcomes[i] == 0)
			continue;
		format_percent(share, sizeof share, n->outcomes[i], n->flows);
		add_fact(s, outcome_names[i], n->outcomes[i], STYLE_NORMAL, "%6s", share);
		add_bar(&s->line[s->lines - 1], n->outcomes[i], most, width > 90 ? width - 60 : 30, ascii,
		    outcome_style((enum outcome_kind)i));
	}
}

static void
add_traffic(struct statistics *s, const struct stats *n)
{
	static const char *const sent[] = { N_("segments from clients"), N_("segments from servers") };

	add_title(s, _("Traffic"));
	for (enum side side = CLIENT; side < SIDES; side++) {
		char share[FORMAT_NUMBER_MAX], bytes[FORMAT_NUMBER_MAX];

		format_count(bytes, sizeof bytes, n->bytes[side]);
		format_percent(share, sizeof share, n->resent[side], n->frames[side]);
		add_fact(s, _(sent[side]), n->frames[side], STYLE_NORMAL, _("%s bytes"), bytes);
		add_fact(s, _("   sent again"), n->resent[side], STYLE_RESENT, "%s", share);
	}
}

static void
add_notes(struct statistics *s, const struct stats *n)
{
	bool any = false;

	for (int i = 0; i < NOTES; i++) {
		if (n->notes[i] == 0)
			continue;
		if (!any)
			add_title(s, _("Segments with a note"));
		any = true;
		add_fact(s, _(note_names[i].words), n->notes[i],
		    note_names[i].anomaly ? STYLE_TROUBLE : STYLE_NORMAL, "%s", "");
	}
}

static void
add_talkers(struct statistics *s, const struct stats *n)
{
	if (n->talker_count == 0)
		return;
	add_title(s, _("Addresses with most connections"));
	for (uint32_t i = 0; i < n->talker_count; i++) {
		char address[FORMAT_ADDRESS_MAX], bytes[FORMAT_NUMBER_MAX];

		format_address(address, sizeof address, n->talkers[i].address, n->talkers[i].family);
		format_shorten(address, COUNT_END - 10, "…");
		format_bytes(bytes, sizeof bytes, n->talkers[i].bytes);
		add_fact(s, address, n->talkers[i].flows, STYLE_NORMAL, _("%s bytes sent"), bytes);
	}
}

static void
add_undecoded(struct statistics *s, const struct app *app, const struct stats *n)
{
	const struct reader_status *r = &app->status.reader;
	bool any = false;

	for (int i = 0; i < DECODE_RESULTS; i++) {
		char frames[120] = "";
		size_t at = 0;

		if (!decode_is_trouble((enum decode_result)i) || n->troubles[i] == 0)
			continue;
		if (!any)
			add_title(s, _("Frames that couldn't be decoded"));
		any = true;
		for (int f = 0; f < STATS_FRAMES && n->trouble_frames[i][f] != 0; f++)
			at += (size_t)snprintf(frames + at, sizeof frames - at, "%s%" PRIu32, f == 0 ? _("frame ") : ", ",
			    n->trouble_frames[i][f]);
		add_fact(s, _(decode_result_text((enum decode_result)i)), n->troubles[i], STYLE_TROUBLE, "%s", frames);
	}
	if (r->dropped_kernel + r->dropped_interface + r->dropped_ours == 0 && app->status.kind != CAPTURE_LIVE)
		return;
	add_title(s, _("Frames that were lost on the way"));
	add_fact(s, _("by the kernel"), r->dropped_kernel, STYLE_TROUBLE, "%s", "");
	add_fact(s, _("by the interface"), r->dropped_interface, STYLE_TROUBLE, "%s", "");
	add_fact(s, _("by tcpladder"), r->dropped_ours, STYLE_TROUBLE, "%s", "");
}

/* Nothing goes in silence. */
static void
add_given_up(struct statistics *s, const struct app *app)
{
	const struct eviction_counts *n = &app->status.given_up;

	if (n->times == 0)
		return;
	add_title(s, _("Given up to stay within --memory"));
	add_fact(s, _("finished connections"), n->finished, STYLE_NORMAL, "%s", "");
	add_fact(s, _("unanswered SYNs"), n->unanswered, STYLE_NORMAL, "%s",
	    _("the last million are remembered"));
	add_fact(s, _("uncompleted handshakes"), n->uncompleted, STYLE_NORMAL, "%s", "");
	add_fact(s, _("other connections"), n->others, STYLE_TROUBLE, "%s", _("those silent longest"));
	add_fact(s, _("frame records"), n->rows, STYLE_NORMAL, "%s", _("of these, and of long connections"));
}

static void
build(struct statistics *s, const struct app *app, unsigned width)
{
	const struct stats *n = s->has_shown ? &s->shown : stats_count_result(s->count);

	s->lines = 0;
	add_findings(s, app, n, width);
	add_title(s, _("Connections"));
	if (!s->counted && !s->has_shown)
		line_printf(&s->line[s->lines - 1], STYLE_STRONG, _("   counting: %u %%"), stats_count_percent(s->count));
	add_fact(s, app->status.given_up.times > 0 ? _("held") : _("seen"), n->flows, STYLE_NORMAL, "%s", "");
	add_fact(s, _("picked up in midstream"), n->midstream, STYLE_NORMAL, "%s", "");
	add_fact(s, _("on ports used before"), n->reused, STYLE_NORMAL, "%s", "");
	add_fact(s, _("addresses"), n->addresses, STYLE_NORMAL, "%s", n->more_addresses ? _("or more") : "");
	add_given_up(s, app);
	add_history(s, app, n, width);
	add_outcomes(s, n, width, app->picture.ascii);
	add_traffic(s, n);
	add_notes(s, n);
	add_talkers(s, n);
	add_undecoded(s, app, n);
}

/* ---- counting */

static void
begin(struct statistics *s, struct app *app)
{
	stats_count_free(s->count);
	s->count = stats_count_new(app->session, app->replay, app->narrator);
	s->counted = false;
	s->rows_counted = replay_rows(app->replay);
	s->begun = app->clock;
}

/* Live, states lapse and the kernel's sockets change without any frame. Counting takes a fifth of the time at most. */
static bool
is_due(const struct statistics *s, const struct app *app)
{
	uint64_t since = app->clock - s->begun;
	bool live = app->status.kind == CAPTURE_LIVE && replay_at_end(app->replay);

	if (s->rows_counted != replay_rows(app->replay))
		return app->status.at_end || (since >= REFRESH_NS && since >= SHARE * s->took);
	return live && !app->status.at_end && since >= QUIET_NS && since >= SHARE * s->took;
}

static bool
statistics_work(struct screen *base, struct app *app)
{
	struct statistics *s = (struct statistics *)base;
	struct history *history = history_of(s, app);
	bool more = history != app->history && history_update(history, HISTORY_STEPS);

	if (!s->counted) {
		s->counted = !stats_count_more(s->count, COUNT_STEPS);
		if (s->counted) {
			s->took = app->clock - s->begun;
			s->shown = *stats_count_result(s->count);
			s->has_shown = true;
		}
		app->dirty = true;
	} else if (is_due(s, app)) {
		begin(s, app);
	}
	return more || !s->counted;
}

static bool
statistics_moved(struct screen *base, struct app *app, const struct eviction_moves *moves)
{
	struct statistics *s = (struct statistics *)base;

	if (s->history != NULL && moves == NULL) {
		while (history_update(s->history, HISTORY_STEPS))
			;
	} else if (s->history != NULL) {
		history_moved(s->history, moves);
	}
	if (moves != NULL)
		begin(s, app);
	return true;
}

/* ---- the screen */

static void
statistics_draw(struct screen *base, struct app *app, struct area area)
{
	struct statistics *s = (struct statistics *)base;

	build(s, app, area.columns);
	list_widget_fit(&s->rows, s->lines, area.lines);
	for (unsigned i = 0; i < area.lines && s->rows.top + i < s->lines; i++)
		picture_put_line(&app->picture, area.line + (int)i, 0, area.columns, &s->line[s->rows.top + i], 0);
	if (s->lines > s->rows.top + area.lines)
		picture_put(&app->picture, area.line + (int)area.lines - 1, (int)area.columns - 9, 8, STYLE_DIM, _(" ↓ more "));
}

static bool
statistics_act(struct screen *base, struct app *app, enum action_id id, uint32_t times)
{
	struct statistics *s = (struct statistics *)base;

	if (id == ACTION_ENTER) {
		if (session_troubles(app->session) > 0)
			app_push(app, screen_undecoded_new(app));
		else
			app_say(app, "Every frame could be decoded.");
		return true;
	}
	/* there is nothing to choose: the keys scroll */
	if (id == ACTION_UP)
		s->rows.cursor = s->rows.top;
	else if (id == ACTION_DOWN)
		s->rows.cursor = s->rows.top + s->rows.height - 1;
	return list_widget_act(&s->rows, id, times);
}

static void
statistics_free(struct screen *base)
{
	struct statistics *s = (struct statistics *)base;

	stats_count_free(s->count);
	history_free(s->history);
	free(s->line);
	free(s);
}

static const struct screen_class statistics_class = {
	.bit = ON_STATISTICS, .name = N_("Statistics"), .draw = statistics_draw, .act = statistics_act,
	.work = statistics_work, .moved = statistics_moved, .free = statistics_free
};

struct screen *
screen_statistics_new(struct app *app)
{
	struct statistics *s = memory_new(sizeof *s);

	s->screen.class = &statistics_class;
	s->rows.height = 1;
	s->line = memory_new_array(LINES_MAX, sizeof *s->line);
	begin(s, app);
	return &s->screen;
}

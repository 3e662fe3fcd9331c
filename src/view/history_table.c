/*
 * Where things stand: names, two counts, and what is left for the graph with
 * its peak behind it; where there is room for two, each end has its own.
 */
#include "view/history_table.h"

#include <stdio.h>

#include "base/language.h"
#include "view/format.h"

enum { NARROW = 70, TWO_GRAPHS = 120, GRAPH_MIN = 4, PEAK_WIDTH = 10 };

struct places {
	unsigned first, second;		/* where the counts end */
	unsigned graph;			/* width of one; 0: none */
	bool both;			/* one for each end */
};

static struct places
places_of(const struct history_table *t, bool by_end)
{
	struct places p = { .second = t->width < NARROW ? 32 : 40, .both = by_end && t->width >= TWO_GRAPHS };
	unsigned left = t->width > p.second + 4 ? t->width - p.second - 4 : 0;

	p.first = p.second - 9;
	if (p.both)
		p.graph = (left - 2 * PEAK_WIDTH - 2) / 2;
	else if (left >= GRAPH_MIN + PEAK_WIDTH)
		p.graph = left - PEAK_WIDTH;
	return p;
}

static void
add_count(struct line *line, uint64_t n, unsigned end)
{
	char text[FORMAT_NUMBER_MAX];

	format_count(text, sizeof text, n);
	line_add_right(line, n > 0 ? STYLE_NORMAL : STYLE_DIM, text, end);
}

static void
add_peak(struct line *line, uint64_t n, unsigned end)
{
	char text[FORMAT_NUMBER_MAX];

	format_count(text, sizeof text, n);
	line_add_right(line, STYLE_DIM, text, end);
}

/* Of the nth graph. */
static unsigned
graph_start(const struct places *p, unsigned n)
{
	return p->second + 2 + n * (p->graph + PEAK_WIDTH + 2);
}

static void
add_headings(const struct history_table *t, struct places p, const char *title, const char *first,
    const char *second, const char *const *graphs, struct line *line)
{
	char span[FORMAT_TIME_MAX];

	format_duration(span, sizeof span, history_span(t->history));
	line_printf(line, STYLE_TITLE, " %s", title);
	line_add_right(line, STYLE_HEADING, first, p.first);
	line_add_right(line, STYLE_HEADING, second, p.second);
	for (unsigned i = 0; p.graph > 0 && i < (p.both ? 2U : 1U); i++) {
		char text[80];

		snprintf(text, sizeof text, _(graphs[i]), span);
		line_pad(line, graph_start(&p, i));
		line_add(line, STYLE_HEADING, text);
		line_add_right(line, STYLE_HEADING, _("peak"), graph_start(&p, i) + p.graph + PEAK_WIDTH);
	}
}

void
history_table_states(const struct history_table *t, struct line *line)
{
	static const char *const one[] = { N_("over %s") };
	static const char *const two[] = { N_("clients over %s"), N_("servers over %s") };
	struct places p = places_of(t, true);

	add_headings(t, p, _("States"), _("clients"), _("servers"), p.both ? two : one, line);
}

bool
history_table_state(const struct history_table *t, enum tcp_state state, struct line *line)
{
	struct places p = places_of(t, true);
	uint32_t clients = t->stats->states[CLIENT][state], servers = t->stats->states[SERVER][state];
	static const enum style styles[] = { STYLE_CLIENT, STYLE_SERVER };

	if (history_peak(t->history, HISTORY_BOTH, state) == 0 && clients + servers == 0)
		return false;
	line_printf(line, STYLE_NORMAL, "   %s", tcp_state_name(state));
	add_count(line, clients, p.first);
	add_count(line, servers, p.second);
	for (unsigned i = 0; p.graph > 0 && i < (p.both ? 2U : 1U); i++) {
		int side = p.both ? (int)i : HISTORY_BOTH;

		line_pad(line, graph_start(&p, i));
		history_draw(t->history, side, state, p.graph, t->ascii, styles[i], line);
		add_peak(line, history_peak(t->history, side, state), graph_start(&p, i) + p.graph + PEAK_WIDTH);
	}
	return true;
}

void
history_table_events(const struct history_table *t, struct line *line)
{
	static const char *const one[] = { N_("per second, over %s") };

	add_headings(t, places_of(t, false), _("Events"), _("in all"), _("now/s"), one, line);
}

void
history_table_event(const struct history_table *t, enum history_event event, struct line *line)
{
	struct places p = places_of(t, false);

	line_printf(line, STYLE_NORMAL, "   %s", _(history_event_names[event]));
	add_count(line, history_total(t->history, event), p.first);
	add_count(line, history_last_second(t->history, event), p.second);
	if (p.graph == 0)
		return;
	line_pad(line, graph_start(&p, 0));
	history_draw_events(t->history, event, p.graph, t->ascii,
	    event == HISTORY_RESET ? STYLE_RESET : event == HISTORY_RESENT ? STYLE_RESENT : STYLE_CLIENT, line);
	add_peak(line, history_peak_second(t->history, event), graph_start(&p, 0) + p.graph + PEAK_WIDTH);
}

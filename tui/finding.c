/*
 * The display filter has one text, which stands on the screen; every key
 * here changes that text.  While it is typed it takes effect at once, unless
 * it asks for what takes time to work out.
 */
#include "tui/finding.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "view/filter.h"
#include "view/format.h"

/* Of a file nobody knows the processes: that matches nothing, and must not look like an answer. */
static bool
asks_in_vain(struct app *app, const char *text)
{
	struct filter *f = app->host != NULL ? NULL : filter_compile(text, NULL);
	const char *field = filter_host_field(f);

	if (field != NULL) {
		snprintf(app->prompt.problem, sizeof app->prompt.problem, "%s: %.200s", field, app->host_error.text);
		app->prompt.problem_at = 0;
	}
	filter_free(f);
	return field != NULL;
}

static bool
set_filter(struct app *app, const char *text)
{
	struct filter_error wrong;

	if (asks_in_vain(app, text))
		return false;
	if (flow_list_set_filter(app->list, text, &wrong))
		return true;
	snprintf(app->prompt.problem, sizeof app->prompt.problem, "%s", wrong.text);
	app->prompt.problem_at = wrong.at;
	return false;
}

/* ---- f */

static void
filter_changed(struct app *app, const char *text)
{
	struct filter_error wrong;
	struct filter *f = filter_compile(text, &wrong);

	if (f == NULL) {
		snprintf(app->prompt.problem, sizeof app->prompt.problem, "%s", wrong.text);
		app->prompt.problem_at = wrong.at;
	} else if (asks_in_vain(app, text)) {
		/* said already */
	} else if (!filter_is_costly(f)) {
		set_filter(app, text);
	}
	filter_free(f);
}

static void
filter_cancelled(struct app *app, const char *before)
{
	flow_list_set_filter(app->list, before, NULL);
}

static const struct prompt_class filter_prompt = {
	.label = N_("Filter"), .hint = "port:443 state:syn-sent host:10.0.0.0/8 rtx>3 !closed", .changed = filter_changed,
	.done = set_filter, .cancelled = filter_cancelled, .complete = filter_complete
};

/* ---- p */

static bool
port_accepts(uint32_t c)
{
	return (c >= '0' && c <= '9') || c == ',' || c == '-';
}

static bool
port_done(struct app *app, const char *ports)
{
	char text[FILTER_TEXT_MAX];

	filter_set_port(flow_list_filter(app->list), ports, text);
	return set_filter(app, text);
}

static void
port_changed(struct app *app, const char *ports)
{
	/* half a list or range, such as "80," or "8000-", is no mistake yet */
	if (ports[0] == '\0' || isdigit((unsigned char)ports[strlen(ports) - 1]))
		port_done(app, ports);
}

static void
port_cancelled(struct app *app, const char *before)
{
	app->prompt.problem[0] = '\0';
	port_done(app, before);
}

static const struct prompt_class port_prompt = {
	.label = N_("Port"), .hint = N_("443 or 80,8000-8099; empty: all"), .accepts = port_accepts,
	.changed = port_changed, .done = port_done, .cancelled = port_cancelled
};

static void
ask_for_port(struct app *app)
{
	char ports[FILTER_TEXT_MAX];

	filter_port_of(flow_list_filter(app->list), ports);
	prompt_open(&app->prompt, &port_prompt, ports);
}

static void
same_port(struct app *app)
{
	char ports[FILTER_TEXT_MAX], wanted[16], text[FILTER_TEXT_MAX];
	const struct flow *flow;

	if (flow_list_count(app->list) == 0)
		return;
	flow = flow_list_flow(app->list, flow_list_cursor_row(app->list));
	filter_port_of(flow_list_filter(app->list), ports);
	snprintf(wanted, sizeof wanted, "%u", flow->port[SERVER]);
	filter_set_port(flow_list_filter(app->list), strcmp(ports, wanted) == 0 ? "" : wanted, text);
	set_filter(app, text);
}

/* ---- e v */

static void
cycle_state(struct app *app)
{
	char text[FILTER_TEXT_MAX];

	filter_cycle_state(flow_list_filter(app->list), text);
	set_filter(app, text);
	app_say(app, "Connections shown: %s.", _(filter_state_name(text)));
}

static void
hide_closed(struct app *app)
{
	char text[FILTER_TEXT_MAX];

	filter_toggle_closed(flow_list_filter(app->list), text);
	set_filter(app, text);
}

/* ---- x: the connections so far are filtered away, so that one sees what comes */

static bool
clear_done(struct app *app, const char *answer)
{
	char text[FILTER_TEXT_MAX];

	(void)answer;
	filter_set_cleared(flow_list_filter(app->list), flow_list_total(app->list), text);
	if (set_filter(app, text))
		app_say(app, "Cleared: what begins from now on is shown. Esc brings all back.");
	return true;
}

static const struct prompt_class clear_prompt = {
	.label = N_("Clear?"), .hint = N_("y or n; they stay in the capture"), .asks = true, .done = clear_done
};

static void
ask_to_clear(struct app *app)
{
	uint32_t total = flow_list_total(app->list), gone = filter_cleared(flow_list_filter(app->list));
	char number[FORMAT_NUMBER_MAX], question[PROMPT_QUESTION_MAX];

	if (total <= gone) {
		app_say(app, "There is nothing to clear.");
		return;
	}
	format_count(number, sizeof number, total - gone);
	snprintf(question, sizeof question,
	    P_("Clear %s connection from the list?", "Clear %s connections from the list?", total - gone), number);
	prompt_ask(&app->prompt, &clear_prompt, question);
}

/* ---- b */

static bool
capture_filter_done(struct app *app, const char *text)
{
	struct error error;

	if (!session_refilter(app->session, text, &error)) {
		snprintf(app->prompt.problem, sizeof app->prompt.problem, "%.200s", error.text);
		app->prompt.problem_at = 0;
		return false;
	}
	session_status(app->session, &app->status);
	if (text[0] == '\0')
		app_say(app, "Everything is captured from now on.");
	else
		app_say(app, "From now on is captured what matches; what was captured before stays.");
	return true;
}

static const struct prompt_class capture_filter_prompt = {
	.label = N_("Capture"), .hint = N_("port 443, host 10.0.0.1, tcp[tcpflags] & tcp-syn != 0; empty: all"),
	.done = capture_filter_done
};

static void
ask_for_capture_filter(struct app *app)
{
	if (app->status.kind != CAPTURE_LIVE || app->status.at_end)
		app_say(app, "Only a live capture's filter can be changed; f filters what is shown.");
	else
		prompt_open(&app->prompt, &capture_filter_prompt, app->status.filter != NULL ? app->status.filter : "");
}

/* ---- / n N */

static void
search(struct app *app, const char *text, enum find_mode mode)
{
	struct screen *s = app_screen(app);
	struct filter_error wrong;
	struct filter *f;

	app->message[0] = '\0';
	s->class->find(s, app, NULL, FIND_CANCEL);
	if (text[0] == '\0')
		return;
	f = filter_compile(text, &wrong);
	if (f == NULL) {
		snprintf(app->prompt.problem, sizeof app->prompt.problem, "%s", wrong.text);
		app->prompt.problem_at = wrong.at;
	} else if (!s->class->find(s, app, f, mode)) {
		app_complain(app, "Nothing here matches %s", text);
	}
	filter_free(f);
}

static void
search_changed(struct app *app, const char *text)
{
	search(app, text, FIND_TYPED);
}

static bool
search_done(struct app *app, const char *text)
{
	snprintf(app->search, sizeof app->search, "%s", text);
	return true;
}

static void
search_cancelled(struct app *app, const char *before)
{
	search(app, before, FIND_TYPED);
}

static const struct prompt_class search_prompt = {
	.label = N_("Find"), .hint = N_("an address, a port, a word, or what a filter says: flag:rst"),
	.changed = search_changed, .done = search_done, .cancelled = search_cancelled, .complete = filter_complete
};

static void
search_again(struct app *app, enum find_mode mode, uint32_t times)
{
	struct screen *s = app_screen(app);

	if (app->search[0] == '\0') {
		app_say(app, "Nothing was looked for yet; / does.");
		return;
	}
	for (; times > 0 && app->message[0] == '\0'; times--) {
		s->class->find(s, app, NULL, FIND_BEGIN);
		search(app, app->search, mode);
	}
}

bool
finding_act(struct app *app, enum action_id id, uint32_t times)
{
	struct screen *s = app_screen(app);

	if (id == ACTION_FILTER)
		prompt_open(&app->prompt, &filter_prompt, flow_list_filter(app->list));
	else if (id == ACTION_PORT)
		ask_for_port(app);
	else if (id == ACTION_SAME_PORT)
		same_port(app);
	else if (id == ACTION_STATE)
		cycle_state(app);
	else if (id == ACTION_HIDE_CLOSED)
		hide_closed(app);
	else if (id == ACTION_CAPTURE_FILTER)
		ask_for_capture_filter(app);
	else if (id == ACTION_CLEAR)
		ask_to_clear(app);
	else if (id == ACTION_SEARCH) {
		s->class->find(s, app, NULL, FIND_BEGIN);
		prompt_open(&app->prompt, &search_prompt, "");
	} else if (id == ACTION_SEARCH_NEXT || id == ACTION_SEARCH_PREVIOUS)
		search_again(app, id == ACTION_SEARCH_NEXT ? FIND_NEXT : FIND_PREVIOUS, times);
	else
		return false;
	return true;
}

/*
 * The program on the screen, whoever drives it: opens the session, keeps the
 * stack of screens, sends keys where they belong, draws the picture.
 */
#include "tui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "tui/frame_line.h"
#include "tui/guard.h"
#include "tui/keys.h"
#include "tui/moving.h"
#include "tui/saving.h"
#include "tui/settings_file.h"
#include "tui/stepping.h"
#include "tui/write.h"
#include "view/existing.h"
#include "view/format.h"

enum { HISTORY_STEPS = 1 << 20, LIST_WORK_NS = 10000000, LIVE_REFRESH_MS = 1000, PREFIX_MAX = 4000000000U };

/* What only the kernel could tell, where it can't be asked, matches nothing and orders nothing. */
static void
check_host(struct app *app)
{
	struct filter *f = filter_compile(flow_list_filter(app->list), NULL);
	const struct column *sort = flow_list_sort(app->list, NULL);
	const char *field = filter_host_field(f);

	filter_free(f);
	if (app->host != NULL)
		return;
	if (sort->host)
		flow_list_set_sort(app->list, column_find("flow"), false);
	if (field != NULL)
		app_complain(app, "%s: %s", field, app->host_error.text);
}

static void
apply_options(struct app *app, bool ascii)
{
	const struct options *o = app->options;
	const struct settings *s = &o->settings->settings;
	bool services = s->services && !o->numeric;

	app->settings = (struct app_settings){
		.ladder = { .absolute = o->absolute || !s->relative, .ascii = ascii, .fold = s->fold, .time = s->time,
			.colour = s->colour, .services = services },
		.services = services, .detail = s->detail, .zoom = s->zoom, .column_count = s->column_count
	};
	memcpy(app->settings.columns, s->columns, sizeof s->columns);
	app->picture.palette = &s->palette;
	flow_list_set_sort(app->list, s->sort, s->descending);
	if (o->filter != NULL)
		flow_list_set_filter(app->list, o->filter, NULL);
	if (o->sort != NULL)
		flow_list_set_sort(app->list, o->sort, o->sort->descending);
	check_host(app);
	if (o->step)
		stepping_to_start(app);
	saving_settings(app, &app->saved);
	if (o->settings->problems > 1)
		app_complain(app, "%s (and %u more)", o->settings->problem, o->settings->problems - 1);
	else if (o->settings->problems > 0)
		app_complain(app, "%s", o->settings->problem);
}

struct app *
app_new(const struct options *options, unsigned width, unsigned lines, bool ascii, struct error *error)
{
	struct app *app = memory_new(sizeof *app);

	app->options = options;
	app->session = session_open(&options->session, error);
	if (app->session == NULL) {
		free(app);
		return NULL;
	}
	app->replay = replay_new(app->session);
	app->narrator = narrator_new(app->session);
	if (options->session.redact.on)
		error_set(&app->host_error, "the kernel isn't asked, since it would answer with real addresses");
	else if (options->session.file_count == 0)
		app->host = host_new(guard_helper(options->guard), options->session.memory != 0
		    ? options->session.memory : options->session.memory_unless_file, &app->host_error);
	else
		error_set(&app->host_error, "a file has no kernel that could be asked");
	narrator_set_host(app->narrator, app->host);
	app->list = flow_list_new(app->session, app->replay, app->narrator);
	session_status(app->session, &app->status);
	if (app->status.kind != CAPTURE_FILE)
		app->history = history_new(app->session, NULL);
	moving_watch(app);
	app->play_speed = STEPPING_NORMAL_SPEED;
	app->dirty = true;
	picture_init(&app->picture, width, lines, ascii);
	app_push(app, screen_connections_new(app));
	apply_options(app, ascii);
	return app;
}

void
app_free(struct app *app)
{
	if (app == NULL)
		return;
	while (app->depth > 0)
		app_pop(app);
	picture_fini(&app->picture);
	flow_list_free(app->list);
	history_free(app->history);
	narrator_free(app->narrator);
	host_free(app->host);
	replay_free(app->replay);
	session_close(app->session);
	free(app);
}

void
app_damage(struct app *app, char out[ERROR_TEXT_MAX])
{
	const struct reader_status *r = &app->status.reader;

	session_status(app->session, &app->status);
	out[0] = '\0';
	if (r->broken != NULL)
		snprintf(out, ERROR_TEXT_MAX, "%s", r->broken);
	else if (r->unsaved > 0)
		snprintf(out, ERROR_TEXT_MAX, _("%llu frames couldn't be saved: %s"), (unsigned long long)r->unsaved,
		    strerror(r->save_trouble));
}

/* ---- the stack */

struct screen *
app_screen(const struct app *app)
{
	return app->stack[app->depth - 1];
}

const struct action_map *
app_keys(const struct app *app)
{
	return &app->options->settings->settings.keys;
}

void
app_push(struct app *app, struct screen *screen)
{
	if (app->depth == APP_SCREENS_MAX)
		die("more than %d screens lie upon each other", APP_SCREENS_MAX);
	app->stack[app->depth++] = screen;
	app->mouse.rows = NULL;		/* until it is drawn */
	app->dirty = true;
}

void
app_pop(struct app *app)
{
	struct screen *s = app->stack[--app->depth];

	s->class->free(s);
	app->mouse.rows = NULL;
	app->dirty = true;
}

static void say(struct app *app, bool is_error, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void
say(struct app *app, bool is_error, const char *format, va_list arguments)
{
	vsnprintf(app->message, sizeof app->message, _(format), arguments);
	app->message_is_error = is_error;
	app->dirty = true;
}

void
app_say(struct app *app, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(app, false, format, arguments);
	va_end(arguments);
}

void
app_complain(struct app *app, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(app, true, format, arguments);
	va_end(arguments);
}

/* ---- time and capture */

/* What happens over time has to be counted while it is there: memory is bounded. */
static void
remember(struct app *app)
{
	while (app->history != NULL && history_update(app->history, HISTORY_STEPS))
		;
}

void
app_pump(struct app *app, uint64_t budget_ns)
{
	bool was_at_end = app->status.at_end;
	uint64_t frames = app->status.frames;

	session_pump(app->session, budget_ns);
	remember(app);
	session_status(app->session, &app->status);
	if (app->status.frames != frames || app->status.at_end != was_at_end)
		app->dirty = true;
}

bool
app_work(struct app *app)
{
	struct screen *s = app_screen(app);

	bool more = s->class->work != NULL && s->class->work(s, app);

	if (flow_list_work(app->list, LIST_WORK_NS)) {
		app->dirty = app->dirty || s->class->bit == ON_LIST;
		more = more || flow_list_is_working(app->list);
	}
	return more;
}

void
app_tick(struct app *app, uint64_t clock)
{
	uint64_t second = app->clock / 1000000000U;

	app->clock = clock;
	stepping_tick(app);
	if (app->host != NULL && host_update(app->host)) {
		if (!app->host_known && host_snapshot(app->host) != NULL) {
			existing_list(app->session, host_snapshot(app->host));
			app->host_known = true;
		}
		flow_list_ask_existing(app->list);
		app->dirty = true;
	}
	/* live: how long ago things were changes by itself */
	if (app->status.kind == CAPTURE_LIVE && !app->status.at_end && clock / 1000000000U != second) {
		remember(app);
		session_status(app->session, &app->status);
		app->dirty = true;
	}
}

int
app_wait(const struct app *app)
{
	int wait = stepping_wait(app);

	if (wait < 0 && app->status.kind == CAPTURE_LIVE && !app->status.at_end)
		wait = LIVE_REFRESH_MS;
	return wait;
}

/* ---- keys */

static void
escape(struct app *app)
{
	struct screen *s = app_screen(app);

	if (s->class->peel != NULL && s->class->peel(s, app))
		return;
	if (app->depth > 1)
		app_pop(app);
	else if (!replay_at_end(app->replay))
		stepping_end(app);
	else
		app_say(app, "This is the first screen; q quits.");
}

static void
back(struct app *app)
{
	if (app->depth > 1)
		app_pop(app);
	else
		app->quit = true;
}

static void
interrupt(struct app *app)
{
	if (app->status.at_end || app->status.kind == CAPTURE_LIVE) {
		back(app);
		return;
	}
	session_stop(app->session);
	app_say(app, "Stopped loading. What was read stays.");
}

static void
set_ascii(struct app *app, bool ascii)
{
	app->picture.ascii = app->settings.ladder.ascii = ascii;
	app_say(app, ascii ? N_("Lines are drawn in ASCII.") : N_("Lines are drawn in UTF-8."));
}

static void
toggle_frames(struct app *app)
{
	if (app_screen(app)->class->bit == ON_FRAMES)
		app_pop(app);
	else
		app_push(app, screen_frames_new(app));
}

static void
show_listeners(struct app *app)
{
	if (app->host == NULL)
		app_say(app, "No listeners: %s.", app->host_error.text);
	else
		app_push(app, screen_listeners_new(app));
}

/* What is the same on every screen.  false: it isn't one of these. */
static bool
act_everywhere(struct app *app, enum action_id id, uint32_t times)
{
	if (id == ACTION_BACK)
		back(app);
	else if (id == ACTION_ESCAPE)
		escape(app);
	else if (id == ACTION_INTERRUPT)
		interrupt(app);
	else if (id == ACTION_HELP && app_screen(app)->class->bit != ON_HELP)
		app_push(app, screen_help_new(app));
	else if (id == ACTION_FRAMES)
		toggle_frames(app);
	else if (id == ACTION_STATISTICS)
		app_push(app, screen_statistics_new(app));
	else if (id == ACTION_LISTENERS)
		show_listeners(app);
	else if (id == ACTION_WRITE)
		write_open(app);
	else if (id == ACTION_LINES)
		set_ascii(app, !app->picture.ascii);
	else if (id == ACTION_SAVE_SETTINGS)
		saving_save(app);
	else if (id == ACTION_DETAIL)
		app->settings.detail = !app->settings.detail;
	else if (id == ACTION_ZOOM) {
		app->settings.zoom = !app->settings.zoom;
		app->settings.detail = true;
	} else
		return stepping_act(app, id, times);
	return true;
}

static void
act(struct app *app, enum action_id id)
{
	struct screen *s = app_screen(app);
	bool counted = app->has_prefix;
	uint64_t prefix = app->prefix;
	uint32_t times = counted && prefix > 0 ? (uint32_t)prefix : 1;

	app->has_prefix = false;
	if (id == ACTION_LAST && (s->class->bit & ON_CAPTURE)) {
		if (counted) {
			stepping_to_number(app, prefix);
			return;
		}
		stepping_end(app);
	}
	if (!act_everywhere(app, id, times))
		s->class->act(s, app, id, times);
}

static void
say_unknown(struct app *app, int key)
{
	char label[24];

	if (key == KEYS_UNKNOWN)
		return;
	app_say(app, "%s does nothing here; ? lists the keys.", keys_label(key, label, sizeof label));
}

void
app_key(struct app *app, int key)
{
	const struct action *a;

	app->dirty = true;
	app->message[0] = '\0';
	if (app->prompt.class != NULL) {
		prompt_key(app, &app->prompt, key);
		return;
	}
	if (key == KEYS_ESC && app->has_prefix) {
		app->has_prefix = false;
		return;
	}
	if (key >= '0' && key <= '9' && (key != '0' || app->has_prefix)) {
		app->prefix = (app->has_prefix ? app->prefix : 0) * 10 + (uint64_t)(key - '0');
		if (app->prefix > PREFIX_MAX)
			app->prefix = PREFIX_MAX;
		app->has_prefix = true;
		return;
	}
	if (mouse_key(app, key))
		return;
	a = action_find_mapped(app_keys(app), key, app_screen(app)->class->bit);
	if (a != NULL) {
		act(app, a->id);
	} else {
		app->has_prefix = false;
		say_unknown(app, key);
	}
}

void
app_resize(struct app *app, unsigned width, unsigned lines)
{
	picture_resize(&app->picture, width, lines);
	app->dirty = true;
}

/* ---- drawing */

static void
draw_too_small(struct app *app)
{
	static const char *const words[] = { N_("terminal too small"), N_("40 x 10 needed") };
	struct picture *p = &app->picture;

	for (int i = 0; i < 2; i++) {
		const char *text = _(words[i]);
		unsigned width = text_columns(text);
		int column = width < p->columns ? (int)(p->columns - width) / 2 : 0;
		int line = (int)p->lines / 2 - 1 + i;

		picture_put(p, line < 0 ? i : line, column, p->columns, i == 0 ? STYLE_TITLE : STYLE_DIM, text);
	}
}

void
app_draw(struct app *app)
{
	struct picture *p = &app->picture;
	struct screen *s = app_screen(app);
	struct area area = { .line = 1, .column = 0 };

	app->dirty = false;
	app->mouse.rows = NULL;
	picture_clear(p);
	if (p->columns < APP_MIN_COLUMNS || p->lines < APP_MIN_LINES) {
		draw_too_small(app);
		return;
	}
	area.columns = p->columns;
	area.lines = p->lines - 2;
	frame_line_header(app, 0);
	s->class->draw(s, app, area);
	if (app->prompt.class != NULL) {
		prompt_draw(&app->prompt, p, (int)p->lines - 1, app->message[0] == '\0');
		if (app->message[0] != '\0')
			frame_line_footer(app, (int)p->lines - 2);
	} else
		frame_line_footer(app, (int)p->lines - 1);
}

unsigned
app_pane_lines(const struct app *app, unsigned lines)
{
	if (!app->settings.detail)
		return 0;
	if (app->settings.zoom)
		return lines / 2;
	return lines < 12 ? 1 : lines < 17 ? 2 : lines < 21 ? 3 : lines < 26 ? 4 : lines < 40 ? 6 : 8;
}

unsigned
app_paragraph(struct app *app, struct area area, enum style style, const char *text)
{
	unsigned used = 0;
	size_t length;

	for (const char *next, *at = text; at != NULL && used < area.lines; at = next) {
		struct line line;

		next = format_wrap(at, area.columns, &length);
		line_clear(&line);
		line_add_bytes(&line, style, at, length);
		if (next != NULL && used + 1 == area.lines) {
			line_cut(&line, area.columns > 2 ? area.columns - 2 : 1, "");
			line_add(&line, STYLE_DIM, " …");
		}
		picture_put_line(&app->picture, area.line + (int)used, area.column, area.columns, &line, 0);
		used++;
	}
	return used;
}

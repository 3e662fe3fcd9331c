/*
 * The poll loop.  No keystroke waits for the capture: a pump takes at most
 * PUMP_NS.  No capture waits for the terminal: a picture is made only when
 * the last one has been taken (term_busy).  Nothing is drawn when nothing
 * changed.
 */
#include "tui/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "tui/app.h"
#include "tui/keys.h"
#include "tui/picking.h"
#include "tui/settings_file.h"
#include "tui/signals.h"
#include "tui/term.h"

#define PUMP_NS 10000000ULL
enum { DRAW_MS = 40, FIRST_DRAW_MS = 60, DRAW_SHARE = 4 };

struct loop {
	struct app *app;
	struct term *term;
	struct term_doors doors;	/* opened before privileges are given up; the terminal's own once it is open */
	uint64_t drawn;			/* ns: when the last picture was made */
	uint64_t pause;			/* ns: until the next one, unless there is hurry */
	bool hurry;			/* a key came: draw at once */
	bool working;			/* something that takes time goes on */
	int ended_by;			/* a signal that ends us, or 0 */
};

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static void
suspend(struct loop *l)
{
	term_suspend(l->term);
	signals_stop();
	signals_take(SIGCONT);
	term_resume(l->term);
	l->hurry = l->app->dirty = true;
}

static void
look_at_signals(struct loop *l)
{
	static const int ends[] = { SIGTERM, SIGHUP };

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (signals_take(ends[i])) {
			l->ended_by = ends[i];
			l->app->quit = true;
		}
	if (signals_take(SIGINT))
		app_key(l->app, KEYS_CONTROL('c'));
	if (signals_take(SIGTSTP))
		suspend(l);
	if (signals_take(SIGCONT)) {
		term_resume(l->term);
		l->hurry = l->app->dirty = true;
	}
	if (signals_take(SIGWINCH) && term_update_size(l->term)) {
		app_resize(l->app, term_columns(l->term), term_lines(l->term));
		l->hurry = true;
	}
}

static void
take_keys(struct loop *l)
{
	int key;

	while (!l->app->quit && (key = term_key(l->term)) != KEYS_NONE) {
		if (key == KEYS_CONTROL('l'))
			term_redraw(l->term);
		app_key(l->app, key);
		l->hurry = true;
	}
}

static void
draw_if_due(struct loop *l, uint64_t now)
{
	if (!l->app->dirty || term_busy(l->term))
		return;
	if (!l->hurry && now < l->drawn + l->pause)
		return;
	app_draw(l->app);
	term_show(l->term, &l->app->picture);
	l->drawn = now_ns();
	/* While much is happening, pictures take a quarter of the time at most, and loading has the rest. */
	l->pause = (l->drawn - now) * DRAW_SHARE;
	if (l->pause < DRAW_MS * 1000000ULL)
		l->pause = DRAW_MS * 1000000ULL;
	l->hurry = false;
}

/* How long poll may sleep. */
static int
sleep_ms(const struct loop *l, uint64_t now)
{
	int wait = app_wait(l->app), keys = term_key_wait(l->term);

	if (l->working)
		return 0;
	if (keys >= 0 && (wait < 0 || keys < wait))
		wait = keys;
	if (l->app->dirty && !term_busy(l->term)) {
		uint64_t due = l->hurry ? now : l->drawn + l->pause;
		int until = now >= due ? 0 : (int)((due - now) / 1000000U) + 1;

		if (wait < 0 || until < wait)
			wait = until;
	}
	return wait;
}

static void
turn(struct loop *l)
{
	struct pollfd p[3] = {
		{ .fd = term_input(l->term), .events = POLLIN },
		{ .fd = l->app->status.at_end ? -1 : session_descriptor(l->app->session), .events = POLLIN },
		{ .fd = term_busy(l->term) ? term_output(l->term) : -1, .events = POLLOUT }
	};
	int ready = signals_poll(p, 3, sleep_ms(l, now_ns()));

	look_at_signals(l);
	if (ready > 0 && p[2].revents != 0)
		term_relay(l->term);
	if (ready > 0 && p[0].revents != 0)
		term_read(l->term);
	take_keys(l);
	if (ready > 0 && p[1].revents != 0)
		app_pump(l->app, PUMP_NS);
	if (term_gone(l->term))
		l->app->quit = true;
	app_tick(l->app, now_ns());
	l->working = !l->app->quit && app_work(l->app);
	draw_if_due(l, now_ns());
}

/* What can be had in a moment is on the first picture, so that a small file doesn't flicker. */
static void
first_pump(struct loop *l)
{
	uint64_t end = now_ns() + FIRST_DRAW_MS * 1000000ULL, now;

	while (!l->app->status.at_end && (now = now_ns()) < end) {
		struct pollfd p = { .fd = session_descriptor(l->app->session), .events = POLLIN };

		if (signals_poll(&p, 1, (int)((end - now) / 1000000U)) <= 0)
			break;
		app_pump(l->app, PUMP_NS);
	}
}

static bool
open_term(struct loop *l, const struct options *options, struct error *error)
{
	static const enum term_color colors[] = {
		[OPTIONS_COLOR_AUTO] = TERM_COLOR_AUTO, [OPTIONS_COLOR_ALWAYS] = TERM_COLOR_ALWAYS,
		[OPTIONS_COLOR_NEVER] = TERM_COLOR_NEVER
	};
	struct term_doors doors = l->doors;

	l->doors = (struct term_doors){ .in = -1, .out = -1 };
	l->term = term_open(doors, colors[options->color_given ? options->color : options->settings->settings.color],
	    error);
	return l->term != NULL;
}

/*
 * First the capture: what it has to say against itself belongs on a terminal that is still as it
 * was. Unless there is something to be asked before: *picking has the answer, and the terminal is open.
 */
static bool
open_capture(struct loop *l, struct options *options, struct picking *picking, struct error *error)
{
	bool ascii = options->ascii || options->settings->settings.ascii || !term_locale_is_utf8();

	if (picking_is_needed(picking, options, error)) {
		if (!open_term(l, options, error))
			return false;
		if (!picking_run(picking, l->term, options, ascii))
			return true;
		options->session.interfaces = picking->names;
		options->session.interface_count = picking->chosen;
	} else if (error->text[0] != '\0') {
		return false;
	}
	l->app = app_new(options, 80, 24, ascii, error);
	return l->app != NULL;
}

static void
run(struct loop *l, const struct options *options, char *damage)
{
	if (options->settings->settings.mouse)
		term_use_mouse(l->term);
	app_resize(l->app, term_columns(l->term), term_lines(l->term));
	first_pump(l);
	while (!l->app->quit)
		turn(l);
	app_damage(l->app, damage);
}

bool
loop_run(const struct options *given, char *damage, struct error *error)
{
	struct options options = *given;	/* with the interfaces that were chosen */
	struct picking picking;
	struct loop l = { .doors = term_doors_open() };
	bool good;

	signals_install();
	good = open_capture(&l, &options, &picking, error);
	if (good && l.term == NULL)
		good = open_term(&l, &options, error);
	if (good && l.app != NULL)
		run(&l, &options, damage);
	if (l.term != NULL)
		term_close(l.term);
	term_doors_close(&l.doors);
	app_free(l.app);
	picking_fini(&picking);
	if (picking.ended_by != 0)
		l.ended_by = picking.ended_by;
	if (l.ended_by != 0)
		signals_die(l.ended_by);
	return good;
}

/*
 * Time travel.  A pause of a live capture is a replay point, too: the
 * display stays as of that frame while the capture goes on.
 */
#include "tui/stepping.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/language.h"
#include "view/format.h"

enum { PLAY_NORMAL = STEPPING_NORMAL_SPEED, PLAY_FASTEST = 13, PLAY_FRAME_MS = 40 };
#define SECOND 1000000000ULL

static uint32_t
total_rows(const struct app *app)
{
	return frame_store_count(session_frames(app->session));
}

const struct frame *
stepping_frame(const struct app *app)
{
	uint32_t rows = replay_rows(app->replay);

	if (replay_at_end(app->replay) || rows == 0)
		return NULL;
	return frame_store_get(session_frames(app->session), rows - 1);
}

static void
moved(struct app *app)
{
	const struct frame *f = stepping_frame(app);

	for (unsigned i = 0; i < app->depth; i++)
		if (app->stack[i]->class->stepped != NULL)
			app->stack[i]->class->stepped(app->stack[i], app, f);
	app->dirty = true;
}

static void
set_rows(struct app *app, uint32_t rows)
{
	replay_to(app->replay, rows);
	app->paused = false;
	moved(app);
}

void
stepping_to_row(struct app *app, uint32_t row)
{
	app->playing = false;
	set_rows(app, row + 1);
}

void
stepping_to_start(struct app *app)
{
	set_rows(app, 0);
}

void
stepping_end(struct app *app)
{
	app->playing = app->paused = false;
	if (replay_at_end(app->replay))
		return;
	replay_end(app->replay);
	moved(app);
}

void
stepping_to_number(struct app *app, uint64_t number)
{
	const struct frame_store *frames = session_frames(app->session);
	uint32_t row = frame_store_find(frames, number > UINT32_MAX ? UINT32_MAX : (uint32_t)number);
	const struct frame *f;

	if (total_rows(app) == 0) {
		app_complain(app, "There are no TCP frames to go to.");
		return;
	}
	if (row == total_rows(app))
		row--;
	stepping_to_row(app, row);
	f = frame_store_get(frames, row);
	if (f->number != number)
		app_say(app, "Frame %llu isn't a TCP frame of this capture; this is the nearest, %u.",
		    (unsigned long long)number, f->number);
}

static void
step(struct app *app, enum action_id id, uint32_t times)
{
	uint32_t rows = replay_rows(app->replay), total = total_rows(app);

	app->playing = false;
	if (id == ACTION_STEP_BACK) {
		if (rows == 0)
			app_say(app, "This is before the first frame.");
		set_rows(app, rows > times ? rows - times : 0);
	} else if (replay_at_end(app->replay) || total - rows < times) {
		if (replay_at_end(app->replay))
			app_say(app, "This is the last frame so far.");
		stepping_end(app);
	} else {
		set_rows(app, rows + times);
	}
}

static uint64_t
time_of_rows(const struct app *app, uint32_t rows)
{
	const struct frame_store *frames = session_frames(app->session);

	if (total_rows(app) == 0)
		return 0;
	return frame_store_get(frames, rows == 0 ? 0 : rows - 1)->time;
}

static void
start_playing(struct app *app)
{
	if (total_rows(app) == 0)
		return;
	if (replay_at_end(app->replay) || replay_rows(app->replay) == total_rows(app))
		set_rows(app, 0);
	app->playing = true;
	app->play_clock = app->clock;
	app->play_time = time_of_rows(app, replay_rows(app->replay));
}

static void
pause_or_play(struct app *app)
{
	bool growing = !app->status.at_end;

	if (app->playing) {
		app->playing = false;
	} else if (growing && replay_at_end(app->replay)) {
		set_rows(app, total_rows(app));
		app->paused = true;
	} else if (growing && app->paused) {
		stepping_end(app);
	} else {
		start_playing(app);
	}
	app->dirty = true;
}

static void
change_speed(struct app *app, int by)
{
	stepping_tick(app);	/* what has passed, passed at the old speed */
	if (by < 0 ? app->play_speed > 0 : app->play_speed < PLAY_FASTEST)
		app->play_speed += (unsigned)by;
	app_say(app, "Plays at%s speed.", app->play_speed == PLAY_NORMAL ? _(" the capture's own") :
	    stepping_speed(app));
}

const char *
stepping_speed(const struct app *app)
{
	static const char *const names[PLAY_FASTEST + 1] = {
		" ×1/8", " ×1/4", " ×1/2", "", " ×2", " ×4", " ×8", " ×16", " ×32", " ×64", " ×128", " ×256",
		" ×512", " ×1024"
	};

	return names[app->play_speed];
}

/* How much capture time goes by in this much real time. */
static uint64_t
played(const struct app *app, uint64_t ns)
{
	return app->play_speed >= PLAY_NORMAL ? ns << (app->play_speed - PLAY_NORMAL) :
	    ns >> (PLAY_NORMAL - app->play_speed);
}

void
stepping_tick(struct app *app)
{
	const struct frame_store *frames = session_frames(app->session);
	uint32_t rows = replay_rows(app->replay), total = total_rows(app), next = rows;
	uint64_t passed = app->clock - app->play_clock;

	if (!app->playing || app->clock < app->play_clock + PLAY_FRAME_MS * 1000000ULL)
		return;
	app->play_time += played(app, passed);
	app->play_clock = app->clock;
	while (next < total && frame_store_get(frames, next)->time <= app->play_time)
		next++;
	if (next > rows) {
		replay_to(app->replay, next);
		moved(app);
	}
	if (next == total && app->status.at_end) {
		app->playing = false;
		replay_end(app->replay);
		moved(app);
	}
}

int
stepping_wait(const struct app *app)
{
	return app->playing ? PLAY_FRAME_MS : -1;
}

/* ---- : */

/* The first row at or after this time; times may run backwards, so it is looked for from the start. */
static uint32_t
row_at_time(const struct app *app, uint64_t time)
{
	const struct frame_store *frames = session_frames(app->session);
	uint32_t total = total_rows(app), row = 0;

	while (row < total && frame_store_get(frames, row)->time < time)
		row++;
	return row < total ? row : total - 1;
}

static bool
parse_fraction(const char *text, uint64_t *ns)
{
	char *end;
	double seconds = strtod(text, &end);

	if (*end == 's')
		end++;
	if (end == text || *end != '\0' || !(seconds >= 0) || seconds > 4e9)
		return false;
	*ns = (uint64_t)(seconds * 1e9 + 0.5);
	return true;
}

/* 15:30:52 or 15:30:52.5, on the day of the first frame; past midnight on the next. */
static bool
parse_clock(const struct app *app, const char *text, uint64_t *time_out)
{
	unsigned hour, minute;
	int read = 0;
	uint64_t ns = 0;
	time_t first = (time_t)(app->status.first_time / SECOND), at;
	struct tm day;

	if (sscanf(text, "%2u:%2u%n", &hour, &minute, &read) != 2 || hour > 23 || minute > 59)
		return false;
	if (text[read] == ':' ? !isdigit((unsigned char)text[read + 1]) || !parse_fraction(text + read + 1, &ns) :
	    text[read] != '\0')
		return false;
	localtime_r(&first, &day);
	day.tm_hour = (int)hour;
	day.tm_min = (int)minute;
	day.tm_sec = 0;
	at = mktime(&day);
	*time_out = (uint64_t)at * SECOND + ns;
	if (*time_out + 60 * SECOND < app->status.first_time)
		*time_out += 86400 * SECOND;
	return true;
}

static bool
go_to(struct app *app, const char *text)
{
	uint64_t time;
	char *end;
	unsigned long long number;

	if (text[0] == '\0')
		return true;
	number = strtoull(text, &end, 10);
	if (isdigit((unsigned char)text[0]) && *end == '\0') {
		stepping_to_number(app, number);
		return true;
	}
	if (text[0] == '+' && parse_fraction(text + 1, &time))
		time += app->status.first_time;
	else if (!parse_clock(app, text, &time)) {
		snprintf(app->prompt.problem, sizeof app->prompt.problem, "%s",
		    _("a frame's number (42), seconds since the start (+12.5s), or a time of day (15:30:52)"));
		app->prompt.problem_at = 0;
		return false;
	}
	if (total_rows(app) > 0)
		stepping_to_row(app, row_at_time(app, time));
	return true;
}

static const struct prompt_class go_prompt = {
	.label = N_("Go to"), .hint = N_("42, +12.5s or 15:30:52"), .done = go_to
};

bool
stepping_act(struct app *app, enum action_id id, uint32_t times)
{
	if (id == ACTION_STEP_BACK || id == ACTION_STEP_FORWARD)
		step(app, id, times);
	else if (id == ACTION_PAUSE)
		pause_or_play(app);
	else if (id == ACTION_FASTER || id == ACTION_SLOWER)
		change_speed(app, id == ACTION_FASTER ? 1 : -1);
	else if (id == ACTION_GO)
		prompt_open(&app->prompt, &go_prompt, "");
	else
		return false;
	return true;
}

/*
 * Between the running program's settings and the file's.
 */
#include "tui/saving.h"

#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "tui/guard.h"
#include "tui/settings_file.h"

void
saving_settings(const struct app *app, struct settings *out)
{
	const struct app_settings *s = &app->settings;

	*out = app->options->settings->settings;
	out->column_count = s->column_count;
	memcpy(out->columns, s->columns, sizeof out->columns);
	out->sort = flow_list_sort(app->list, &out->descending);
	out->time = s->ladder.time;
	out->colour = s->ladder.colour;
	out->relative = !s->ladder.absolute;
	out->fold = s->ladder.fold;
	out->detail = s->detail;
	out->zoom = s->zoom;
	out->services = s->services;
	out->ascii = app->picture.ascii;
}

static void
save(struct app *app, bool anyway);

static bool
is_answer(uint32_t character)
{
	return character == 'y' || character == 'n';
}

static bool
answered(struct app *app, const char *text)
{
	if (text[0] == 'y')
		save(app, true);
	else
		app_say(app, "Nothing was written.");
	return true;
}

static const struct prompt_class overwrite_class = {
	.label = N_("The file has changed. Write (y, n)?"), .accepts = is_answer,
	.done = answered
};

static void
save(struct app *app, bool anyway)
{
	struct settings_file *f = app->options->settings;
	struct settings now;
	struct error error;
	char safe[200];

	saving_settings(app, &now);
	switch (settings_file_save(f, &app->saved, &now, anyway, &error)) {
	case SETTINGS_SAVED:
		app->saved = now;
		app_say(app, "Settings saved in %s.", text_safe_string(safe, sizeof safe, f->path));
		break;
	case SETTINGS_SAME:
		app_say(app, "Nothing was changed that could be saved.");
		break;
	case SETTINGS_CHANGED_ON_DISK:
		prompt_open(&app->prompt, &overwrite_class, "");
		break;
	case SETTINGS_FAILED:
		guard_explain(app->options->guard, &error);
		app_complain(app, "%s", error.text);
		break;
	}
}

void
saving_save(struct app *app)
{
	save(app, false);
}

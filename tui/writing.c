/*
 * The ending of the file's name says what is written.  A file that is there
 * already is overwritten only when Enter is pressed again, and never one
 * that is being read.
 */
#include "tui/writing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "capture/export.h"
#include "tui/save.h"
#include "view/format.h"
#include "view/print.h"

enum { SAFE_MAX = 160 };

static const struct flow *
current_flow(struct app *app)
{
	struct screen *s = app_screen(app);

	return s->class->flow != NULL ? s->class->flow(s, app) : NULL;
}

static bool
is_being_read(const struct app *app, const struct stat *about)
{
	for (size_t i = 0; i < app->options->session.file_count; i++) {
		struct stat other;

		if (stat(app->options->session.files[i], &other) == 0 && other.st_dev == about->st_dev &&
		    other.st_ino == about->st_ino)
			return true;
	}
	return false;
}

static bool
write_connection(struct app *app, FILE *out, struct error *error)
{
	const struct flow *flow = current_flow(app);
	uint32_t written;
	bool good;

	if (flow == NULL)
		return error_set(error, "no connection is under the cursor");
	good = export_flow(app->session, flow, out, &written, error);
	if (good)
		app_say(app, "Wrote %u frames of connection %u.", written, flow->id);
	return good;
}

static bool
write_ladder(struct app *app, FILE *out, struct error *error)
{
	const struct flow *flow = current_flow(app);
	struct print_options print = {
		.what = PRINT_LADDER, .format = PRINT_TEXT, .width = app->picture.columns, .flow_count = 1,
		.absolute = app->settings.ladder.absolute, .numeric = !app->settings.services,
		.ascii = app->picture.ascii
	};

	if (flow == NULL)
		return error_set(error, "no connection is under the cursor");
	print.flows = &flow->id;
	if (!print_session(app->session, &print, out, error))
		return false;
	app_say(app, "Wrote the ladder of connection %u.", flow->id);
	return true;
}

static bool
write_list(struct app *app, enum print_format format, FILE *out, struct error *error)
{
	bool descending;
	struct print_options print = {
		.what = PRINT_LIST, .format = format, .filter = flow_list_filter(app->list),
		.sort = flow_list_sort(app->list, &descending), .numeric = !app->settings.services
	};
	char count[FORMAT_NUMBER_MAX];

	if (!print_session(app->session, &print, out, error))
		return false;
	format_count(count, sizeof count, flow_list_count(app->list));
	app_say(app, "Wrote the list: %s connections.", count);
	return true;
}

static bool
write_csv(struct app *app, FILE *out, struct error *error)
{
	return write_list(app, PRINT_CSV, out, error);
}

static bool
write_tsv(struct app *app, FILE *out, struct error *error)
{
	return write_list(app, PRINT_TSV, out, error);
}

static bool
write_jsonl(struct app *app, FILE *out, struct error *error)
{
	return write_list(app, PRINT_JSONL, out, error);
}

static const struct {
	const char *ending;
	bool (*write)(struct app *app, FILE *out, struct error *error);	/* NULL: the screen, by save.h */
} kinds[] = {
	{ ".pcap", write_connection }, { ".txt", write_ladder }, { ".csv", write_csv }, { ".tsv", write_tsv },
	{ ".jsonl", write_jsonl }, { ".svg", NULL }, { ".ansi", NULL }
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static bool
write_screen(struct app *app, const char *name, struct error *error)
{
	const struct prompt_class *prompt = app->prompt.class;

	app->prompt.class = NULL;	/* it isn't part of the picture */
	app->message[0] = '\0';
	app_draw(app);
	app->prompt.class = prompt;
	if (!save_picture(&app->picture, name, error))
		return false;
	app_say(app, "Wrote this screen.");
	return true;
}

/* mode "wx": the file must be new, so that nothing is overwritten between the question and the answer. */
static bool
write_file(struct app *app, size_t kind, const char *name, const char *mode, struct error *error)
{
	char safe[SAFE_MAX];
	FILE *out;
	bool good;

	if (kinds[kind].write == NULL)
		return write_screen(app, name, error);
	out = fopen(name, mode);
	if (out == NULL)
		return error_set(error, "%s can't be written: %s", text_safe_string(safe, sizeof safe, name), strerror(errno));
	good = kinds[kind].write(app, out, error);
	if (fclose(out) != 0 && good)
		good = error_set(error, "%s can't be written: %s", text_safe_string(safe, sizeof safe, name),
		    strerror(errno));
	return good;
}

static bool
problem(struct app *app, const char *text)
{
	snprintf(app->prompt.problem, sizeof app->prompt.problem, "%.*s", PROMPT_PROBLEM_MAX - 1, text);
	app->prompt.problem_at = 0;
	return false;
}

static bool
writing_done(struct app *app, const char *name)
{
	const char *ending = strrchr(name, '.');
	struct stat about;
	struct error error;
	bool there;
	size_t kind;

	if (name[0] == '\0')
		return true;
	for (kind = 0; kind < KINDS; kind++)
		if (ending != NULL && strcmp(kinds[kind].ending, ending) == 0)
			break;
	if (kind == KINDS)
		return problem(app, "the name must end in .pcap (this connection), .txt (its ladder), "
		    ".csv .tsv .jsonl (the list) or .svg .ansi (the screen)");
	there = stat(name, &about) == 0;
	if (there && is_being_read(app, &about))
		return problem(app, "that is the file that is being read");
	if (there && !S_ISREG(about.st_mode))
		return problem(app, "that isn't an ordinary file");
	if (there && strcmp(app->overwrite, name) != 0) {
		snprintf(app->overwrite, sizeof app->overwrite, "%s", name);
		app_complain(app, "It is there already. Enter again overwrites it, Esc leaves it.");
		return false;
	}
	app->overwrite[0] = '\0';
	if (!write_file(app, kind, name, there ? "we" : "wxe", &error))
		return problem(app, error.text);
	return true;
}

static void
writing_changed(struct app *app, const char *text)
{
	(void)text;
	app->overwrite[0] = '\0';
}

static const struct prompt_class writing_prompt = {
	.label = "Write to", .hint = ".pcap this connection, .txt its ladder, .csv the list, .svg the screen",
	.changed = writing_changed, .done = writing_done
};

void
writing_ask(struct app *app)
{
	app->overwrite[0] = '\0';
	prompt_open(&app->prompt, &writing_prompt, "");
}

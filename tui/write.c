/*
 * A menu of what can be written, then a prompt for the name, then, where
 * such a file exists, a question.  The file is written whole or not at all
 * (base/whole_file.h); a file that is being read is never overwritten.
 */
#include "tui/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/language.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/whole_file.h"
#include "capture/capture_write.h"
#include "tui/guard.h"
#include "tui/list_widget.h"
#include "tui/mouse.h"
#include "tui/save.h"
#include "view/format.h"
#include "view/print.h"

enum subject { ONE, MARKED, SHOWN, LADDER, LIST, SCREEN };

struct kind {
	enum subject subject;
	enum print_format format;
	const char *ending;
};
static const struct kind kinds[] = {
	{ ONE, PRINT_TEXT, ".pcap" },
	{ MARKED, PRINT_TEXT, ".pcap" },
	{ SHOWN, PRINT_TEXT, ".pcap" },
	{ LADDER, PRINT_TEXT, ".txt" },
	{ LADDER, PRINT_SVG, ".svg" },
	{ LADDER, PRINT_HTML, ".html" },
	{ LADDER, PRINT_MERMAID, ".mmd" },
	{ LIST, PRINT_CSV, ".csv" },
	{ LIST, PRINT_TSV, ".tsv" },
	{ LIST, PRINT_JSONL, ".jsonl" },
	{ LIST, PRINT_ZEEK, ".log" },
	{ SCREEN, PRINT_SVG, ".svg" }
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };
enum { LABEL_MAX = 128, FORMAT_COLUMNS = 11, BOX_COLUMNS = 52, NAME_COLUMNS = 40 };

struct write_screen {
	struct screen screen;
	const struct kind *item[KINDS];
	struct list_widget rows, answers;
	const struct flow *flow;	/* that was under the cursor, or NULL */
	uint32_t kept_id;		/* its id, while things are given up */
	bool several;			/* its ladder is one of all that are marked */
	bool asking;			/* whether to overwrite `name` */
	char name[PROMPT_TEXT_MAX];
};
static const char *const answers[] = { N_("choose another name"), N_("overwrite it") };
enum { ANSWER_NAME, ANSWER_OVERWRITE, ANSWERS };

static const struct kind *
chosen(const struct write_screen *w)
{
	return w->item[w->rows.cursor];
}

static struct screen *
under(const struct app *app)
{
	return app->stack[app->depth - 2];
}

static size_t
flow_count(const struct write_screen *w, const struct app *app, enum subject subject)
{
	switch (subject) {
	case ONE:
		break;
	case LADDER:
		if (w->several)
			return flow_list_tags(app->list, NULL, 0);
		break;
	case MARKED:
		return flow_list_tags(app->list, NULL, 0);
	case SHOWN:
	case LIST:
		return flow_list_count(app->list);
	case SCREEN:
		return 0;
	}
	return w->flow != NULL;
}

/* The connections that this is about, to be freed. */
static uint32_t *
flows_of(const struct write_screen *w, const struct app *app, enum subject subject, size_t *count)
{
	uint32_t *ids;

	*count = flow_count(w, app, subject);
	ids = memory_new_array(*count + 1, sizeof *ids);
	if (subject == SHOWN)
		for (size_t i = 0; i < *count; i++)
			ids[i] = flow_list_get(app->list, (uint32_t)i);
	else if (subject == MARKED || (subject == LADDER && w->several))
		flow_list_tags(app->list, ids, *count);
	else if (w->flow != NULL)
		ids[0] = w->flow->id;
	return ids;
}

/* ---- names */

static const char *
format_label(const struct kind *kind)
{
	static const char *const formats[PRINT_FORMATS] = {
		[PRINT_TEXT] = N_("text"), [PRINT_SVG] = "SVG", [PRINT_MERMAID] = "Mermaid",
		[PRINT_CSV] = "CSV", [PRINT_TSV] = "TSV", [PRINT_JSONL] = N_("JSON lines"),
		[PRINT_HTML] = "HTML", [PRINT_ZEEK] = "Zeek", [PRINT_PCAP] = "pcap",
		[PRINT_PCAPNG] = "pcapng"
	};

	return kind->subject <= SHOWN ? "pcap" : _(formats[kind->format]);
}

static void
subject_label(const struct write_screen *w, const struct app *app, const struct kind *kind,
    char *out, size_t size)
{
	char count[FORMAT_NUMBER_MAX];

	format_count(count, sizeof count, flow_count(w, app, kind->subject));
	switch (kind->subject) {
	case ONE:
		snprintf(out, size, _("connection %u"), w->flow->number);
		break;
	case MARKED:
		snprintf(out, size, _("the %s marked connections"), count);
		break;
	case SHOWN:
		snprintf(out, size, P_("the %s connection of the list", "all %s connections of the list",
		    flow_count(w, app, kind->subject)), count);
		break;
	case LADDER:
		if (w->several)
			snprintf(out, size, _("the ladder of %s connections"), count);
		else
			snprintf(out, size, _("the ladder of connection %u"), w->flow->number);
		break;
	case LIST:
		snprintf(out, size, "%s", _("the list"));
		break;
	case SCREEN:
		snprintf(out, size, "%s", _("this screen"));
		break;
	}
}

/* "memcached-1.pcap": the source's name as far as it is harmless, and what of it is written. */
static void
default_name(const struct write_screen *w, const struct app *app, char *out, size_t size)
{
	static const char *const endings[] = { ".gz", ".zst", ".pcap", ".pcapng", ".cap" };
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	const struct kind *kind = chosen(w);
	char base[64], of[FORMAT_NUMBER_MAX] = "";

	snprintf(base, sizeof base, "%.*s", (int)sizeof base - 1, app->status.source);
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		size_t length = strlen(base), tail = strlen(endings[i]);

		if (length > tail && strcmp(base + length - tail, endings[i]) == 0)
			base[length - tail] = '\0';
	}
	if ((unsigned char)base[0] >= 0x80)	/* one of our own words for it, in another language */
		snprintf(base, sizeof base, "capture");
	for (char *c = base; *c != '\0'; c++)
		if (strchr(harmless, *c) == NULL || (c == base && (*c == '.' || *c == '-')))
			*c = '_';
	switch (kind->subject) {
	case ONE:
		snprintf(of, sizeof of, "%u", w->flow->number);
		break;
	case LADDER:
		if (w->several)		/* of which none may have begun */
			snprintf(of, sizeof of, "marked");
		else
			snprintf(of, sizeof of, "%u", w->flow->number);
		break;
	case MARKED:
		snprintf(of, sizeof of, "marked");
		break;
	case SHOWN:
		snprintf(of, sizeof of, "%s",
		    flow_list_filter(app->list)[0] != '\0' ? "filtered" : "all");
		break;
	case LIST:
		snprintf(of, sizeof of, "connections");
		break;
	case SCREEN:
		snprintf(of, sizeof of, "screen");
		break;
	}
	snprintf(out, size, "%s-%s%s", base[0] != '\0' ? base : "capture", of, kind->ending);
}

/* ---- writing */

static bool
write_packets(struct app *app, const struct write_screen *w, FILE *out, char *told, size_t size,
    struct error *error)
{
	size_t count, length = strlen(w->name);
	uint32_t *flows = flows_of(w, app, chosen(w)->subject, &count);
	bool next = length > 7 && strcmp(w->name + length - 7, ".pcapng") == 0;
	struct capture_write_count done;
	bool good = capture_write(app->session, flows, count, replay_rows(app->replay),
	    next ? CAPTURE_WRITE_PCAPNG : CAPTURE_WRITE_PCAP, out, &done, error);
	int n;

	free(flows);
	if (!good)
		return false;
	n = snprintf(told, size, P_("%u frame", "%u frames", done.frames), done.frames);
	if (done.gone > 0)
		n += snprintf(told + n, size - (size_t)n,
		    _("; %u left out, their bytes aren't kept any more"), done.gone);
	if (done.fragments > 0)
		snprintf(told + n, size - (size_t)n,
		    P_("; of %u segment in fragments only the last fragment",
		    "; of %u segments in fragments only the last fragment", done.fragments), done.fragments);
	return true;
}

static bool
write_print(struct app *app, const struct write_screen *w, FILE *out, struct error *error)
{
	const struct kind *kind = chosen(w);
	const char *filter = flow_list_filter(app->list);
	bool descending;
	struct print_options print = {
		.what = kind->subject == LIST ? PRINT_LIST : PRINT_LADDER, .format = kind->format,
		.width = app->picture.columns, .absolute = app->settings.ladder.absolute,
		.numeric = !app->settings.services,
		.filter = kind->subject == LIST && filter[0] != '\0' ? filter : NULL,
		.as_of = !replay_at_end(app->replay), .rows = replay_rows(app->replay)
	};
	uint32_t *flows = NULL;
	bool good;

	if (kind->subject == LIST) {
		print.sort = flow_list_sort(app->list, &descending);
		print.reverse = print.sort != NULL && descending != print.sort->descending;
	} else {
		print.flows = flows = flows_of(w, app, LADDER, &print.flow_count);
		for (size_t i = 0; i < print.flow_count; i++)
			flows[i] = flow_table_get(session_flows(app->session), flows[i])->number;
		print.ascii = app->picture.ascii;
	}
	good = print_session(app->session, &print, out, error);
	free(flows);
	return good;
}

/* What lies under menu and prompt. */
static void
write_picture(struct app *app, const struct kind *kind, FILE *out)
{
	const struct prompt_class *prompt = app->prompt.class;

	app->prompt.class = NULL;
	app->message[0] = '\0';
	app->depth--;
	app_draw(app);
	app->depth++;
	app->prompt.class = prompt;
	app->dirty = true;
	save_picture_as(&app->picture, kind->ending, out);
}

/* WHOLE_FILE_DONE: all is over, the menu too. */
static enum whole_file_result
write_file(struct app *app, struct write_screen *w, bool replace, struct error *error)
{
	const struct kind *kind = chosen(w);
	struct whole_file file;
	char told[320] = "", safe[PROMPT_TEXT_MAX];
	enum whole_file_result result;
	bool good = true;

	if (!whole_file_begin(&file, w->name, error))
		return WHOLE_FILE_FAILED;
	if (kind->subject == SCREEN)
		write_picture(app, kind, file.stream);
	else if (kind->subject == LADDER || kind->subject == LIST)
		good = write_print(app, w, file.stream, error);
	else
		good = write_packets(app, w, file.stream, told, sizeof told, error);
	if (!good) {
		whole_file_abandon(&file);
		return WHOLE_FILE_FAILED;
	}
	result = whole_file_finish(&file, replace, error);
	if (result != WHOLE_FILE_DONE)
		return result;
	text_safe_string(safe, sizeof safe, w->name);
	format_shorten(safe, NAME_COLUMNS, "…");
	app_pop(app);
	app_say(app, "Wrote %s%s%s.", safe, told[0] != '\0' ? ": " : "", told);
	return result;
}

/* ---- the name */

static bool
is_same_file(const char *name, const char *other_name)
{
	struct stat about, other;

	return stat(name, &about) == 0 && stat(other_name, &other) == 0 &&
	    about.st_dev == other.st_dev && about.st_ino == other.st_ino;
}

/* Read or, live, written to. */
static bool
is_in_use(const struct app *app, const char *name)
{
	const struct session_options *o = &app->options->session;

	for (size_t i = 0; i < o->file_count; i++)
		if (is_same_file(name, o->files[i]))
			return true;
	return o->capture.save_to != NULL && is_same_file(name, o->capture.save_to);
}

static void
ask(struct write_screen *w)
{
	w->asking = true;
	w->answers.cursor = ANSWER_NAME;
}

static bool
name_done(struct app *app, const char *text)
{
	struct write_screen *w = (struct write_screen *)app_screen(app);
	enum whole_file_result result;
	struct error error;

	if (text[0] == '\0')
		return true;
	snprintf(w->name, sizeof w->name, "%s", text);
	result = whole_file_look(text, &error);
	if (result == WHOLE_FILE_EXISTS && is_in_use(app, text)) {
		error_set(&error, "that is the file of this capture");
		result = WHOLE_FILE_FAILED;
	}
	if (result == WHOLE_FILE_DONE)
		result = write_file(app, w, false, &error);
	if (result == WHOLE_FILE_EXISTS)
		ask(w);
	if (result != WHOLE_FILE_FAILED)
		return true;
	guard_explain(app->options->guard, &error);
	snprintf(app->prompt.problem, sizeof app->prompt.problem, "%.*s", PROMPT_PROBLEM_MAX - 1,
	    error.text);
	app->prompt.problem_at = 0;
	return false;
}

static const struct prompt_class name_prompt = {
	.label = N_("Write to"), .hint = N_("Enter writes, Esc goes back"), .done = name_done
};
static const struct prompt_class packets_prompt = {
	.label = N_("Write to"), .hint = N_(".pcap, or .pcapng"), .done = name_done
};

static void
open_prompt(struct app *app, const struct write_screen *w, const char *name)
{
	prompt_open(&app->prompt, chosen(w)->subject <= SHOWN ? &packets_prompt : &name_prompt,
	    name);
}

/* ---- drawing */

static void
draw_items(const struct write_screen *w, struct app *app, const struct list_widget *rows, int line,
    int column, unsigned width)
{
	struct picture *p = &app->picture;

	for (unsigned i = 0; i < rows->height && rows->top + i < rows->count; i++) {
		char label[LABEL_MAX];
		uint32_t n = rows->top + i;

		if (w->asking) {
			picture_put(p, line + (int)i, column + 2, width - 3, STYLE_NORMAL, _(answers[n]));
		} else {
			subject_label(w, app, w->item[n], label, sizeof label);
			picture_put(p, line + (int)i, column + 2, FORMAT_COLUMNS, STYLE_STRONG,
			    format_label(w->item[n]));
			picture_put(p, line + (int)i, column + 2 + FORMAT_COLUMNS,
			    width - 3 - FORMAT_COLUMNS, STYLE_NORMAL, label);
		}
		if (n == rows->cursor) {
			picture_put(p, line + (int)i, column, 1, STYLE_STRONG, "▸");
			picture_emphasize(p, line + (int)i, column, width, PICTURE_SELECTED);
		}
	}
}

static void
write_draw(struct screen *s, struct app *app, struct area area)
{
	struct write_screen *w = (struct write_screen *)s;
	struct list_widget *rows = w->asking ? &w->answers : &w->rows;
	unsigned width = area.columns > BOX_COLUMNS + 4 ? BOX_COLUMNS : area.columns - 4;
	unsigned lines = rows->count + 2 < area.lines ? rows->count + 2 : area.lines;
	int line = area.line + (int)(area.lines - lines) / 2;
	int column = (int)(area.columns - width) / 2;
	char title[PROMPT_TEXT_MAX + 64], safe[PROMPT_TEXT_MAX];

	under(app)->class->draw(under(app), app, area);
	snprintf(title, sizeof title, "%s", _("Write"));
	if (w->asking) {
		text_safe_string(safe, sizeof safe, w->name);
		format_shorten(safe, width > 30 ? width - 24 : 6,
		    app->picture.ascii ? ".." : "…");
		snprintf(title, sizeof title, _("%s is there already"), safe);
	}
	picture_box(&app->picture, line, column, width, lines, title);
	list_widget_fit(rows, rows->count, lines - 2);
	mouse_rows_at(app, rows, line + 1);
	app->mouse.column = column + 1;
	app->mouse.width = width - 2;
	draw_items(w, app, rows, line + 1, column + 1, width - 2);
	if (rows->top > 0)
		picture_put(&app->picture, line, column + (int)width - 10, 8, STYLE_DIM, _(" ↑ more "));
	if (rows->top + rows->height < rows->count)
		picture_put(&app->picture, line + (int)lines - 1, column + (int)width - 10, 8, STYLE_DIM,
		    _(" ↓ more "));
}

/* ---- keys */

static void
answer(struct write_screen *w, struct app *app)
{
	struct error error;
	char name[PROMPT_TEXT_MAX];

	w->asking = false;
	if (w->answers.cursor == ANSWER_OVERWRITE) {
		if (write_file(app, w, true, &error) != WHOLE_FILE_DONE) {
			guard_explain(app->options->guard, &error);
			app_complain(app, "%.*s", APP_MESSAGE_MAX - 1, error.text);
		}
		return;
	}
	snprintf(name, sizeof name, "%s", w->name);
	open_prompt(app, w, name);
}

static bool
write_act(struct screen *s, struct app *app, enum action_id id, uint32_t times)
{
	struct write_screen *w = (struct write_screen *)s;
	char name[PROMPT_TEXT_MAX];

	if (id != ACTION_ENTER)
		return list_widget_act(w->asking ? &w->answers : &w->rows, id, times);
	if (w->asking) {
		answer(w, app);
	} else {
		default_name(w, app, name, sizeof name);
		open_prompt(app, w, name);
	}
	return true;
}

static bool
write_peel(struct screen *s, struct app *app)
{
	struct write_screen *w = (struct write_screen *)s;
	bool asking = w->asking;

	(void)app;
	w->asking = false;
	return asking;
}

static bool
write_moved(struct screen *s, struct app *app, const struct eviction_moves *moves)
{
	struct write_screen *w = (struct write_screen *)s;

	if (moves == NULL) {
		w->kept_id = w->flow != NULL ? w->flow->id : 0;
		return true;
	}
	if (w->kept_id == 0)
		return true;
	if (moves->ids[w->kept_id] == 0)
		return false;
	w->flow = flow_table_get(session_flows(app->session), moves->ids[w->kept_id]);
	return true;
}

static void
write_free(struct screen *s)
{
	free(s);
}

static const struct screen_class write_class = {
	.bit = ON_WRITE, .name = N_("Write"), .draw = write_draw, .act = write_act, .peel = write_peel,
	.moved = write_moved, .free = write_free
};

void
write_open(struct app *app)
{
	struct write_screen *w = memory_new(sizeof *w);
	struct screen *below = app_screen(app);

	w->screen.class = &write_class;
	w->rows.height = w->answers.height = 1;
	w->answers.count = ANSWERS;
	if (below->class->flow != NULL)
		w->flow = below->class->flow(below, app);
	w->several = below->class->bit == ON_MERGED;
	app_push(app, &w->screen);
	for (size_t i = 0; i < KINDS; i++) {
		enum subject subject = kinds[i].subject;

		if (subject == LIST || subject == SCREEN ||
		    flow_count(w, app, subject) > (subject == MARKED))
			w->item[w->rows.count++] = &kinds[i];
	}
}

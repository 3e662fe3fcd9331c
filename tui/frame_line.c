/*
 * Header and footer.  Both are made of items with a rank; when it gets
 * narrow whole items go, the least important first.
 */
#include "tui/frame_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "tui/guard.h"
#include "tui/keys.h"
#include "tui/stepping.h"
#include "view/format.h"

enum { ITEMS_MAX = 24, ITEM_TEXT_MAX = 320, HEADER_GAP = 3, SOURCE_MIN = 20 };

struct item {
	char key[32];		/* drawn strong before the text */
	char text[ITEM_TEXT_MAX];
	enum style style;
	unsigned rank;
	bool left, dropped;
};

struct items {
	struct item item[ITEMS_MAX];
	size_t count;
};

static struct item *
add_item(struct items *all, bool left, unsigned rank, enum style style, const char *format, ...)
{
	struct item *i = &all->item[all->count < ITEMS_MAX - 1 ? all->count++ : all->count];
	va_list arguments;

	*i = (struct item){ .style = style, .rank = rank, .left = left };
	va_start(arguments, format);
	vsnprintf(i->text, sizeof i->text, format, arguments);
	va_end(arguments);
	return i;
}

static unsigned
item_columns(const struct item *i)
{
	unsigned text = text_columns(i->text);

	return text + (i->key[0] != '\0' ? text_columns(i->key) + (text > 0) : 0);
}

static unsigned
all_columns(const struct items *all, unsigned gap)
{
	unsigned sum = 0;

	for (size_t n = 0; n < all->count; n++)
		if (!all->item[n].dropped)
			sum += item_columns(&all->item[n]) + gap;
	return sum;
}

static void
drop_until_fits(struct items *all, unsigned width, unsigned gap)
{
	while (all_columns(all, gap) > width + gap) {
		struct item *least = NULL;

		for (size_t n = 0; n < all->count; n++)
			if (!all->item[n].dropped && (least == NULL || all->item[n].rank < least->rank))
				least = &all->item[n];
		if (least == NULL || least->rank >= 1000)
			return;
		least->dropped = true;
	}
}

static int
draw_item(struct app *app, int line, int column, const struct item *i)
{
	unsigned width = app->picture.columns;
	unsigned room = (unsigned)column < width ? width - (unsigned)column : 0;

	if (i->key[0] != '\0') {
		unsigned used = picture_put(&app->picture, line, column, room, STYLE_STRONG, i->key);

		column += (int)used + (i->text[0] != '\0');
		room = (unsigned)column < width ? width - (unsigned)column : 0;
	}
	return column + (int)picture_put(&app->picture, line, column, room, i->style, i->text);
}

static void
draw_items(struct app *app, int line, struct items *all, unsigned gap)
{
	unsigned width = app->picture.columns > 2 ? app->picture.columns - 2 : 1, right = 0;
	int column = 1;

	drop_until_fits(all, width, gap);
	for (size_t n = 0; n < all->count; n++) {
		const struct item *i = &all->item[n];

		if (i->dropped)
			continue;
		if (i->left)
			column = draw_item(app, line, column, i) + (int)gap;
		else
			right += item_columns(i) + gap;
	}
	column = (int)(width + 1 + gap) - (int)right;
	for (size_t n = 0; n < all->count; n++)
		if (!all->item[n].dropped && !all->item[n].left)
			column = draw_item(app, line, column, &all->item[n]) + (int)gap;
}

/* ---- header */

/* Loading, live, complete, truncated: in words, with a number where there is one. */
static void
add_progress(struct app *app, struct items *all)
{
	const struct session_status *s = &app->status;
	const struct reader_status *r = &s->reader;
	char text[FORMAT_TIME_MAX];

	if (r->broken != NULL)
		add_item(all, false, 900, STYLE_ERROR, _("damaged after frame %u"), r->broken_frame);
	else if (s->at_end)
		add_item(all, false, 500, STYLE_DIM, "%s",
		    s->kind == CAPTURE_LIVE || r->stopped ? _("stopped") : _("complete"));
	else if (s->kind == CAPTURE_FILE && r->bytes_total > 0)
		add_item(all, false, 900, STYLE_STRONG, _("loading %u %%"),
		    (unsigned)(r->bytes_done >= r->bytes_total ? 99 : r->bytes_done * 100 / r->bytes_total));
	else if (s->kind == CAPTURE_LIVE && s->now > s->first_time && s->first_time != 0) {
		format_duration(text, sizeof text, s->now - s->first_time);
		add_item(all, false, 900, STYLE_STRONG, _("live %s"), text);
	} else if (s->kind == CAPTURE_LIVE)
		add_item(all, false, 900, STYLE_STRONG, _("live"));
	else
		add_item(all, false, 900, STYLE_STRONG, _("reading"));
}

static void
add_replay(struct app *app, struct items *all)
{
	char at[FORMAT_NUMBER_MAX + 40], fresh[FORMAT_NUMBER_MAX];
	uint32_t total = frame_store_count(session_frames(app->session)), rows = replay_rows(app->replay);
	const struct frame *f;

	if (replay_at_end(app->replay))
		return;
	f = stepping_frame(app);
	if (app->paused) {
		format_count(fresh, sizeof fresh, total - rows);
		add_item(all, false, 950, STYLE_TITLE, _("paused +%s new"), fresh);
		return;
	}
	if (f == NULL)
		snprintf(at, sizeof at, "%s", _("before the first frame"));
	else {
		char number[FORMAT_NUMBER_MAX];

		format_count(number, sizeof number, f->number);
		snprintf(at, sizeof at, _("frame %s"), number);
	}
	add_item(all, false, 950, STYLE_TITLE, "%s %s%s", app->playing ? "▶" : _("as of"), at,
	    app->playing ? stepping_speed(app) : "");
}

static void
add_drops(struct app *app, struct items *all)
{
	const struct reader_status *r = &app->status.reader;
	uint64_t sum = r->dropped_kernel + r->dropped_interface + r->dropped_ours;
	char dropped[FORMAT_NUMBER_MAX];

	if (app->status.kind != CAPTURE_LIVE && sum == 0)
		return;
	format_count(dropped, sizeof dropped, sum);
	add_item(all, false, sum > 0 ? 920 : 300, sum > 0 ? STYLE_TROUBLE : STYLE_DIM, _("dropped %s"), dropped);
	if (sum > 0)
		add_item(all, false, 100, STYLE_DIM, _("kernel %llu, interface %llu, tcpladder %llu"),
		    (unsigned long long)r->dropped_kernel, (unsigned long long)r->dropped_interface,
		    (unsigned long long)r->dropped_ours);
}

static void
add_absent(struct app *app, struct items *all)
{
	uint32_t absent = app->status.reader.absent;
	const char *wait = guard_may_capture(app->options->guard) ? "" : _(": start anew");

	if (absent == 1)
		add_item(all, false, 945, STYLE_TROUBLE, _("interface gone%s"), wait);
	else if (absent > 1)
		add_item(all, false, 945, STYLE_TROUBLE, _("%u interfaces gone%s"), absent, wait);
}

/* A full disk: the capture goes on, and what is saved lacks frames. */
static void
add_unsaved(struct app *app, struct items *all)
{
	const struct reader_status *r = &app->status.reader;
	char unsaved[FORMAT_NUMBER_MAX];

	if (r->save_trouble == 0)
		return;
	format_count(unsaved, sizeof unsaved, r->unsaved);
	add_item(all, false, 940, STYLE_ERROR, _("not saved: %s, %s"), unsaved, strerror(r->save_trouble));
}

/* The source's name gets what the other items leave, but for its middle; some of them go before it is too short. */
static void
fit_source(struct app *app, struct items *all, struct item *name)
{
	unsigned width = app->picture.columns - 2, least = text_columns(name->text), rest;
	char whole[ITEM_TEXT_MAX];

	if (least > SOURCE_MIN)
		least = SOURCE_MIN;
	memcpy(whole, name->text, sizeof whole);
	format_shorten(name->text, least, "…");
	drop_until_fits(all, width, HEADER_GAP);
	rest = all_columns(all, HEADER_GAP) - text_columns(name->text) - HEADER_GAP;
	memcpy(name->text, whole, sizeof whole);
	format_shorten(name->text, width > rest + least ? width - rest : least, "…");
}

void
frame_line_header(struct app *app, int line)
{
	struct items all = { .count = 0 };
	char frames[FORMAT_NUMBER_MAX], source[ITEM_TEXT_MAX];
	struct item *name;

	snprintf(source, sizeof source, "%s", app->status.source != NULL ? app->status.source : "");
	add_item(&all, true, 400, STYLE_DIM, "tcpladder");
	name = add_item(&all, true, 1000, STYLE_TITLE, "%s", source);
	if (app->status.filter != NULL) {
		char filter[ITEM_TEXT_MAX];

		snprintf(filter, sizeof filter, "%s", app->status.filter);
		format_shorten(filter, app->picture.columns / 3, "…");
		add_item(&all, true, 450, STYLE_NORMAL, _("only %s"), filter);
	}
	add_replay(app, &all);
	add_progress(app, &all);
	format_count(frames, sizeof frames, app->status.frames);
	add_item(&all, false, 600, STYLE_NORMAL, P_("%s frame", "%s frames", app->status.frames), frames);
	add_drops(app, &all);
	add_unsaved(app, &all);
	add_absent(app, &all);
	fit_source(app, &all, name);
	draw_items(app, line, &all, HEADER_GAP);
}

/* ---- footer */

/* Whether the words that the footer shows for it still are its keys. */
static bool
footer_keys_hold(struct app *app, const struct action *a, unsigned bit)
{
	char text[ITEM_TEXT_MAX], *rest;

	snprintf(text, sizeof text, "%s", a->footer_keys);
	for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		int key = keys_from_name(word);

		if (action_find_mapped(app_keys(app), key, bit) != action_find(key, bit))
			return false;
	}
	return true;
}

static void
add_action(struct app *app, struct items *all, const struct action *a)
{
	struct item *i;
	unsigned bit = app_screen(app)->class->bit;
	int keys[ACTION_KEYS_MAX + 1];

	action_mapped_keys(app_keys(app), a, keys);
	if (keys[0] == 0 || a->footer == NULL || !(a->screens & bit) || (a->id == ACTION_HELP && bit == ON_HELP))
		return;
	i = add_item(all, true, a->rank, STYLE_DIM, "%s", _(a->footer));
	if (a->footer_keys != NULL && footer_keys_hold(app, a, bit))
		snprintf(i->key, sizeof i->key, "%s", a->footer_keys);
	else
		keys_label(keys[0], i->key, sizeof i->key);
}

void
frame_line_footer(struct app *app, int line)
{
	struct items all = { .count = 0 };

	if (app->message[0] != '\0') {
		for (unsigned x = 0; x < app->picture.columns; x++)
			picture_put(&app->picture, line, (int)x, 1, STYLE_NORMAL, " ");
		picture_put(&app->picture, line, 1, app->picture.columns - 1,
		    app->message_is_error ? STYLE_ERROR : STYLE_STRONG, app->message);
		return;
	}
	/* Help and Quit stand last, whatever group they are in. */
	for (unsigned last = 0; last < 2; last++)
		for (size_t g = 0; g < action_group_count; g++)
			for (size_t n = 0; n < action_groups[g].count; n++) {
				const struct action *a = &action_groups[g].actions[n];

				if ((a->id == ACTION_HELP || a->id == ACTION_BACK) == (last == 1))
					add_action(app, &all, a);
			}
	if (app->has_prefix)
		add_item(&all, false, 999, STYLE_TITLE, "%llu", (unsigned long long)app->prefix);
	draw_items(app, line, &all, 2);
}

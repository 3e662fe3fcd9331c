/*
 * A line editor with what fingers expect: arrows, Home and End, Ctrl-A E U K
 * W, Backspace and Delete, Up and Down for what was entered before, Tab to
 * complete.
 */
#include "tui/prompt.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "tui/app.h"
#include "tui/keys.h"
#include "tui/picture.h"

static struct prompt_history *
history_of(struct prompt *p, const struct prompt_class *class)
{
	struct prompt_history *h = p->histories;

	while (h->class != NULL && h->class != class && h + 1 < p->histories + PROMPT_HISTORIES)
		h++;
	if (h->class != class) {
		h->class = class;
		h->count = 0;
	}
	return h;
}

void
prompt_open(struct prompt *p, const struct prompt_class *class, const char *text)
{
	p->class = class;
	p->question[0] = '\0';
	snprintf(p->text, sizeof p->text, "%s", text);
	snprintf(p->before, sizeof p->before, "%s", text);
	p->length = p->cursor = strlen(p->text);
	p->problem[0] = '\0';
	p->history = history_of(p, class);
	p->history_at = p->history->count;
}

void
prompt_ask(struct prompt *p, const struct prompt_class *class, const char *question)
{
	prompt_open(p, class, "");
	snprintf(p->question, sizeof p->question, "%s", question);
}

static void
changed(struct app *app, struct prompt *p)
{
	p->problem[0] = '\0';
	if (p->class->changed != NULL)
		p->class->changed(app, p->text);
}

static size_t
before_cursor(const struct prompt *p)
{
	size_t at = p->cursor;

	while (at > 0 && ((unsigned char)p->text[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t
after_cursor(const struct prompt *p)
{
	size_t at = p->cursor;

	while (at < p->length && ((unsigned char)p->text[++at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t
word_before_cursor(const struct prompt *p)
{
	size_t at = p->cursor;

	while (at > 0 && p->text[at - 1] == ' ')
		at--;
	while (at > 0 && p->text[at - 1] != ' ')
		at--;
	return at;
}

static void
erase_between(struct app *app, struct prompt *p, size_t from, size_t to)
{
	if (from >= to)
		return;
	memmove(p->text + from, p->text + to, p->length - to + 1);
	p->length -= to - from;
	p->cursor = from;
	changed(app, p);
}

static void
insert(struct app *app, struct prompt *p, int key)
{
	char bytes[4];
	size_t n;

	if (key < ' ' || key >= 0x110000 || (key >= 0x7f && key < 0xa0))
		return;
	if (p->class->accepts != NULL && !p->class->accepts((uint32_t)key))
		return;
	n = keys_utf8((uint32_t)key, bytes);
	if (p->length + n >= PROMPT_TEXT_MAX)
		return;
	memmove(p->text + p->cursor + n, p->text + p->cursor, p->length - p->cursor + 1);
	memcpy(p->text + p->cursor, bytes, n);
	p->length += n;
	p->cursor += n;
	changed(app, p);
}

static void
replace(struct app *app, struct prompt *p, const char *text)
{
	char copy[PROMPT_TEXT_MAX];

	snprintf(copy, sizeof copy, "%s", text);
	memcpy(p->text, copy, sizeof copy);
	p->length = p->cursor = strlen(p->text);
	changed(app, p);
}

static void
recall(struct app *app, struct prompt *p, int step)
{
	const struct prompt_history *h = p->history;

	if ((step < 0 && p->history_at == 0) || (step > 0 && p->history_at == h->count))
		return;
	p->history_at += (unsigned)step;
	replace(app, p, p->history_at == h->count ? p->before : h->text[p->history_at]);
}

static void
remember(struct prompt *p)
{
	struct prompt_history *h = p->history;

	if (p->length == 0 || (h->count > 0 && strcmp(h->text[h->count - 1], p->text) == 0))
		return;
	if (h->count == PROMPT_HISTORY) {
		memmove(h->text[0], h->text[1], sizeof h->text - sizeof h->text[0]);
		h->count--;
	}
	memcpy(h->text[h->count++], p->text, PROMPT_TEXT_MAX);
}

static void
complete(struct app *app, struct prompt *p)
{
	char text[PROMPT_TEXT_MAX], choices[APP_MESSAGE_MAX];
	size_t cursor = p->cursor;
	unsigned room = app->picture.columns > 4 ? app->picture.columns - 4 : 1;

	if (p->class->complete == NULL || !p->class->complete(p->text, &cursor, text, choices, sizeof choices))
		return;
	replace(app, p, text);
	p->cursor = cursor < p->length ? cursor : p->length;
	if (choices[0] == '\0')
		return;
	app->message[0] = '\0';
	app_say(app, "%.*s%s", (int)text_bytes_in(choices, room), choices, text_columns(choices) > room ? "…" : "");
}

static void
finish(struct app *app, struct prompt *p, bool accepted)
{
	const struct prompt_class *class = p->class;

	if (accepted) {
		if (p->problem[0] != '\0' || !class->done(app, p->text))
			return;
		remember(p);
	} else if (class->cancelled != NULL) {
		class->cancelled(app, p->before);
	}
	p->class = NULL;
}

static void
answer(struct app *app, struct prompt *p, int key)
{
	if (key == 'y' || key == 'Y')
		finish(app, p, true);
	else if (key == 'n' || key == 'N' || key == 'q' || key == KEYS_ENTER || key == KEYS_ESC || key == KEYS_CONTROL('c'))
		finish(app, p, false);
}

void
prompt_key(struct app *app, struct prompt *p, int key)
{
	if (p->class->asks) {
		answer(app, p, key);
		return;
	}
	switch (key) {
	case KEYS_ENTER:
		finish(app, p, true);
		break;
	case KEYS_ESC:
	case KEYS_CONTROL('c'):
		finish(app, p, false);
		break;
	case KEYS_LEFT:
	case KEYS_CONTROL('b'):
		p->cursor = before_cursor(p);
		break;
	case KEYS_RIGHT:
	case KEYS_CONTROL('f'):
		p->cursor = after_cursor(p);
		break;
	case KEYS_HOME:
	case KEYS_CONTROL('a'):
		p->cursor = 0;
		break;
	case KEYS_END:
	case KEYS_CONTROL('e'):
		p->cursor = p->length;
		break;
	case KEYS_BACKSPACE:
		erase_between(app, p, before_cursor(p), p->cursor);
		break;
	case KEYS_DELETE:
	case KEYS_CONTROL('d'):
		erase_between(app, p, p->cursor, after_cursor(p));
		break;
	case KEYS_CONTROL('u'):
		erase_between(app, p, 0, p->cursor);
		break;
	case KEYS_CONTROL('k'):
		erase_between(app, p, p->cursor, p->length);
		break;
	case KEYS_CONTROL('w'):
		erase_between(app, p, word_before_cursor(p), p->cursor);
		break;
	case KEYS_UP:
	case KEYS_CONTROL('p'):
		recall(app, p, -1);
		break;
	case KEYS_DOWN:
	case KEYS_CONTROL('n'):
		recall(app, p, 1);
		break;
	case KEYS_TAB:
		complete(app, p);
		break;
	default:
		insert(app, p, key);
	}
}

static void
draw_problem(const struct prompt *p, struct picture *picture, int line)
{
	struct line text;

	for (unsigned x = 0; x < picture->columns; x++)
		picture_put(picture, line, (int)x, 1, STYLE_NORMAL, " ");
	line_clear(&text);
	line_add(&text, STYLE_ERROR, p->problem);
	line_cut(&text, picture->columns > 3 ? picture->columns - 2 : 1, "…");
	picture_put_line(picture, line, 1, picture->columns, &text, 0);
}

void
prompt_draw(const struct prompt *p, struct picture *picture, int line, bool tells)
{
	char head[PROMPT_TEXT_MAX];
	unsigned at = 1, width = picture->columns, room, cursor;
	struct line text;

	for (unsigned x = 0; x < width; x++)
		picture_put(picture, line, (int)x, 1, STYLE_NORMAL, " ");
	at += picture_put(picture, line, 1, width - 1, p->problem[0] != '\0' ? STYLE_ERROR : STYLE_TITLE,
	    p->question[0] != '\0' ? p->question : _(p->class->label));
	at += 1;
	snprintf(head, sizeof head, "%.*s", (int)p->cursor, p->text);
	cursor = text_columns(head);
	room = width > at + 2 ? width - at - 2 : 1;
	line_clear(&text);
	if (p->problem[0] != '\0') {
		line_add_bytes(&text, STYLE_NORMAL, p->text, p->problem_at < p->length ? p->problem_at : p->length);
		if (p->problem_at < p->length)
			line_add(&text, STYLE_ERROR, p->text + p->problem_at);
		if (tells)
			draw_problem(p, picture, line - 1);
	} else {
		line_add(&text, STYLE_NORMAL, p->text);
	}
	picture_put_line(picture, line, (int)at, room, &text, cursor > room ? cursor - room : 0);
	picture_cursor(picture, line, (int)(at + (cursor > room ? room : cursor)));
	at += text.columns + 3;
	if (p->class->hint != NULL && at + text_columns(_(p->class->hint)) < width)
		picture_put(picture, line, (int)at, width - at, STYLE_DIM, _(p->class->hint));
}

/*
 * Fills sentences.  The templates stand in words_list.h; here is how values
 * are written and how sentences join.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "tcp/words.h"

#define WORDS_ROW(id, text) [id] = text,
static const char *const templates[WORDS_IDS] = {
	WORDS_LIST(WORDS_ROW)
};
#undef WORDS_ROW

const char *
words_template(enum words_id id)
{
	return templates[id];
}

const char *
words_text(enum words_id id)
{
	return _(templates[id]);
}

void
words_begin(struct words *w, char *out, size_t size)
{
	w->out = out;
	w->size = size;
	w->used = 0;
	w->blank = false;
	out[0] = '\0';
}

/* Whether what comes next begins a sentence. */
static bool
words_at_start(const struct words *w)
{
	size_t n = w->used;

	while (n > 0 && w->out[n - 1] == ' ')
		n--;
	return n == 0 || w->out[n - 1] == '.' || w->out[n - 1] == '?';
}

/* Whether a character of UTF-8 begins with this byte that has its own room around it: Chinese from "。" on. */
static bool
words_roomy(char c)
{
	return (unsigned char)c >= 0xe3;
}

static bool
words_ends_roomy(const char *text, size_t length)
{
	while (length > 0 && ((unsigned char)text[length - 1] & 0xc0) == 0x80)
		length--;
	return length > 0 && words_roomy(text[length - 1]);
}

size_t
words_join(char *text, size_t size, const char *more)
{
	size_t used = strlen(text), length = strlen(more);
	size_t blank = used > 0 && !words_ends_roomy(text, used) && !words_roomy(more[0]);

	if (length == 0 || used + blank + length >= size)
		return used;
	if (blank > 0)
		text[used++] = ' ';
	memcpy(text + used, more, length + 1);
	return used + length;
}

static void
words_put(struct words *w, const char *text, size_t length)
{
	size_t room;

	if (w->blank && length > 0) {
		w->blank = false;
		if (!words_roomy(text[0]) && !words_ends_roomy(w->out, w->used))
			words_put(w, " ", 1);
	}
	room = w->size - 1 - w->used;
	if (length > room) {
		length = room;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
		w->size = w->used + length + 1; /* full: nothing shorter may follow either */
	}
	memcpy(w->out + w->used, text, length);
	w->used += length;
	w->out[w->used] = '\0';
}

static void
words_put_capital(struct words *w, const char *text)
{
	char first = text[0];

	if (first >= 'a' && first <= 'z' && words_at_start(w)) {
		first = (char)(first - 'a' + 'A');
		words_put(w, &first, 1);
		text++;
	}
	words_put(w, text, strlen(text));
}

static void
words_number(char *out, size_t size, uint64_t n, bool commas)
{
	char digits[24];
	size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, n), used = 0;

	for (size_t i = 0; i < length && used + 2 < size; i++) {
		if (commas && i > 0 && (length - i) % 3 == 0)
			out[used++] = ',';
		out[used++] = digits[i];
	}
	out[used] = '\0';
}

/* Tenths, without ".0". */
static void
words_tenths(char *out, size_t size, uint64_t tenths, const char *unit)
{
	if (tenths % 10 != 0)
		snprintf(out, size, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, unit);
	else
		snprintf(out, size, "%" PRIu64 " %s", tenths / 10, unit);
}

static void
words_pair(char *out, size_t size, uint64_t n, uint64_t per, const char *unit, const char *smaller)
{
	if (n % per == 0)
		snprintf(out, size, "%" PRIu64 " %s", n / per, unit);
	else
		snprintf(
		    out, size, "%" PRIu64 " %s %" PRIu64 " %s", n / per, unit, n % per, smaller);
}

void
words_duration(char *out, size_t size, uint64_t ns)
{
	enum { US = 1000, MS = 1000 * US };
	const uint64_t s = 1000ull * MS;

	if (ns < US)
		snprintf(out, size, "%" PRIu64 " ns", ns);
	else if (ns < 9950)
		words_tenths(out, size, (ns + 50) / 100, "µs");
	else if (ns < 999500)
		snprintf(out, size, "%" PRIu64 " µs", (ns + 500) / US);
	else if (ns < 99950 * US)
		words_tenths(out, size, (ns + 50 * US) / (100 * US), "ms");
	else if (ns < 999500 * (uint64_t)US)
		snprintf(out, size, "%" PRIu64 " ms", (ns + 500 * US) / MS);
	else if (ns < 1000 * s)
		words_tenths(out, size, (ns + 50 * MS) / (100 * MS), "s");
	else if (ns < 3600 * s - s / 2)
		words_pair(out, size, (ns + s / 2) / s, 60, "min", "s");
	else if (ns < 172800 * s)
		words_pair(out, size, (ns / s + 30) / 60, 60, "h", "min");
	else
		words_pair(out, size, (ns / s + 1800) / 3600, 24, "d", "h");
}

static void
words_put_value(struct words *w, const struct words_value *v)
{
	char text[48] = "", number[32];

	switch (v->kind) {
	case WORDS_NOTHING:
		break;
	case WORDS_SIDE:
		words_put_capital(
		    w, words_text(v->number == 0 ? WORDS_THE_CLIENT : WORDS_THE_SERVER));
		return;
	case WORDS_COUNT:
	case WORDS_PLAIN:
		words_number(text, sizeof text, v->number, v->kind == WORDS_COUNT);
		break;
	case WORDS_TIME:
		words_duration(text, sizeof text, v->number);
		break;
	case WORDS_BYTES:
	case WORDS_TIMES:
		if (v->number == 1 || (v->number == 2 && v->kind == WORDS_TIMES)) {
			words_put_capital(w, words_text(v->kind == WORDS_BYTES ? WORDS_ONE_BYTE
			    : v->number == 1 ? WORDS_ONCE : WORDS_TWICE));
			return;
		}
		words_number(number, sizeof number, v->number, true);
		words_put(w, number, strlen(number));
		words_put(w, " ", 1);
		words_put_capital(
		    w, words_text(v->kind == WORDS_BYTES ? WORDS_MANY_BYTES : WORDS_MANY_TIMES));
		return;
	case WORDS_UNSCALED:
		words_number(number, sizeof number, v->number, true);
		words_put(w, number, strlen(number));
		w->blank = true;	/* if the language has blanks before brackets */
		words_put_capital(w, words_text(WORDS_NOT_SCALED));
		return;
	case WORDS_TEXT:
		words_put_capital(w, v->text);
		return;
	}
	words_put(w, text, strlen(text));
}

void
words_say(struct words *w, enum words_id id, const struct words_value values[WORDS_VALUES])
{
	const char *t = words_text(id);

	w->blank = w->used > 0 && strchr(",.;:)", t[0]) == NULL;
	while (*t != '\0') {
		if (t[0] == '{' && t[1] >= '1' && t[1] <= '8' && t[2] == '}') {
			words_put_value(w, &values[t[1] - '1']);
			t += 3;
			continue;
		}
		size_t length = 1 + strcspn(t + 1, "{");

		words_put(w, t, length);
		t += length;
	}
}

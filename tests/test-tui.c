/*
 * The parts of the screen that can be tested without one: keys from bytes,
 * the table of keys, the list widget, pictures, and how styles look.  That
 * every key of the table is pressed by some session is checked here, too.
 */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/action.h"
#include "tui/keys.h"
#include "tui/list_widget.h"
#include "tui/look.h"
#include "tui/picker.h"
#include "tui/picture.h"

/* ---- keys */

static int
decode(const char *bytes, bool complete, size_t *used)
{
	return keys_decode((const uint8_t *)bytes, strlen(bytes), complete, used);
}

Test(keys, sequences_of_all_terminals)
{
	static const struct {
		const char *bytes;
		int key;
	} sent[] = {
		{ "j", 'j' }, { "\r", KEYS_ENTER }, { "\n", KEYS_ENTER }, { "\177", KEYS_BACKSPACE },
		{ "\b", KEYS_BACKSPACE }, { "\033[A", KEYS_UP }, { "\033OA", KEYS_UP }, { "\033[1;5B", KEYS_DOWN },
		{ "\033[5~", KEYS_PAGE_UP }, { "\033[6~", KEYS_PAGE_DOWN }, { "\033[H", KEYS_HOME },
		{ "\033[1~", KEYS_HOME }, { "\033[7~", KEYS_HOME }, { "\033OF", KEYS_END }, { "\033[4~", KEYS_END },
		{ "\033OP", KEYS_F1 }, { "\033[11~", KEYS_F1 }, { "\033[[A", KEYS_F1 }, { "\033[24~", KEYS_F12 },
		{ "\033[3~", KEYS_DELETE }, { "\033[Z", KEYS_BACKTAB }, { "\002", KEYS_CONTROL('b') },
		{ "\303\251", 0xe9 }, { "\342\202\254", 0x20ac }, { "\360\237\220\242", 0x1f422 },
		{ "\033[200~", KEYS_UNKNOWN }, { "\033[?1;2c", KEYS_UNKNOWN }, { "\377", KEYS_UNKNOWN },
		{ "\300\257", KEYS_UNKNOWN }
	};

	for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
		size_t used;
		int key = decode(sent[i].bytes, false, &used);

		cr_assert_eq(key, sent[i].key, "sequence %zu gives %d", i, key);
		cr_assert(used > 0 && used <= strlen(sent[i].bytes));
	}
}

Test(keys, a_mouse_clicks_and_turns_its_wheel)
{
	static const struct {
		const char *bytes;
		struct keys_mouse mouse;
	} sent[] = {
		{ "\033[<0;1;1M", { KEYS_MOUSE_CLICK, 0, 0 } }, { "\033[<0;80;24M", { KEYS_MOUSE_CLICK, 23, 79 } },
		{ "\033[<64;300;7M", { KEYS_MOUSE_WHEEL_UP, 6, 299 } }, { "\033[<65;2;1M", { KEYS_MOUSE_WHEEL_DOWN, 0, 1 } }
	};
	/* letting go, dragging, another button, nonsense */
	static const char *const nothing[] = {
		"\033[<0;1;1m", "\033[<32;1;1M", "\033[<2;1;1M", "\033[<0;0;1M", "\033[<0;1M", "\033[<0;99999999999;1M", "\033[<M"
	};
	struct keys_mouse m;
	size_t used;

	for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
		cr_assert(keys_mouse(decode(sent[i].bytes, false, &used), &m), "sequence %zu", i);
		cr_assert_eq(used, strlen(sent[i].bytes));
		cr_assert(m.what == sent[i].mouse.what && m.line == sent[i].mouse.line && m.column == sent[i].mouse.column,
		    "sequence %zu: line %u, column %u", i, m.line, m.column);
	}
	for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
		cr_assert_eq(decode(nothing[i], false, &used), KEYS_UNKNOWN, "sequence %zu", i);
		cr_assert_eq(used, strlen(nothing[i]));
	}
	cr_assert_not(keys_mouse(KEYS_UNKNOWN, &m));
	cr_assert_not(keys_mouse('x', &m));
}

Test(keys, half_a_sequence_waits)
{
	static const char *const halves[] = { "\033", "\033[", "\033[1;", "\033O", "\303", "\342\202" };
	size_t used;

	for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++) {
		cr_assert_eq(decode(halves[i], false, &used), KEYS_NONE, "half %zu", i);
		cr_assert_eq(used, 0, "half %zu is taken", i);
		cr_assert_neq(decode(halves[i], true, &used), KEYS_NONE, "half %zu, and nothing more comes", i);
		cr_assert(used > 0);
	}
	cr_assert_eq(decode("\033", true, &used), KEYS_ESC);
}

Test(keys, esc_and_a_letter_are_two_keys)
{
	size_t used;

	cr_assert_eq(decode("\033q", false, &used), KEYS_ESC);
	cr_assert_eq(used, 1);
}

Test(keys, any_bytes_make_progress)
{
	uint8_t bytes[12];
	size_t used;

	srand(4711);
	for (int round = 0; round < 200000; round++) {
		size_t length = 1 + (size_t)rand() % sizeof bytes;

		for (size_t i = 0; i < length; i++)
			bytes[i] = (uint8_t)(rand() % 3 == 0 ? "\033[O;~1"[rand() % 6] : rand());
		cr_assert_neq(keys_decode(bytes, length, true, &used), KEYS_NONE);
		cr_assert(used > 0 && used <= length);
	}
}

Test(keys, names_and_labels)
{
	char label[24];

	cr_assert_eq(keys_from_name("Enter"), KEYS_ENTER);
	cr_assert_eq(keys_from_name("PgUp"), KEYS_PAGE_UP);
	cr_assert_eq(keys_from_name("C-f"), 6);
	cr_assert_eq(keys_from_name("#"), '#');
	cr_assert_eq(keys_from_name("Frobnicate"), KEYS_NONE);
	cr_assert_str_eq(keys_label(6, label, sizeof label), "Ctrl-F");
	cr_assert_str_eq(keys_label(KEYS_UP, label, sizeof label), "↑");
	cr_assert_str_eq(keys_label('?', label, sizeof label), "?");
	cr_assert_str_eq(keys_label(KEYS_SPACE, label, sizeof label), "Space");
}

/* ---- the table */

static size_t
all_actions(const struct action **out)
{
	size_t n = 0;

	for (size_t g = 0; g < action_group_count; g++)
		for (size_t i = 0; i < action_groups[g].count; i++)
			out[n++] = &action_groups[g].actions[i];
	return n;
}

Test(actions, one_key_means_one_thing)
{
	const struct action *all[128];
	size_t n = all_actions(all);

	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < n; b++)
			for (int k = 0; k < ACTION_KEYS_MAX && all[a]->keys[k] != 0; k++)
				for (int j = 0; j < ACTION_KEYS_MAX && all[b]->keys[j] != 0; j++)
					cr_assert(all[a]->keys[k] != all[b]->keys[j] || all[a]->id == all[b]->id ||
					    (all[a]->keys[k] == KEYS_SPACE && (all[a]->id == ACTION_CHOOSE ||
					    all[b]->id == ACTION_CHOOSE) && !(all[a]->screens & all[b]->screens)),
					    "%s and %s share a key", all[a]->name, all[b]->name);
}

Test(actions, rows_are_whole)
{
	const struct action *all[128];
	size_t n = all_actions(all);

	for (int id = 0; id < ACTIONS; id++) {
		bool found = false, told = false;

		for (size_t i = 0; i < n; i++)
			if ((int)all[i]->id == id) {
				found = true;
				told = told || all[i]->help != NULL;
				cr_assert(all[i]->keys[0] != 0 && all[i]->screens != 0 && all[i]->name[0] != '\0');
				cr_assert_eq(action_find(all[i]->keys[0], all[i]->screens & (0 - all[i]->screens))->id,
				    all[i]->id, "%s isn't found by its key", all[i]->name);
			}
		cr_assert(found, "action %d has no key", id);
		cr_assert(told, "action %d has no help", id);
	}
}

Test(actions, help_and_quit_are_everywhere)
{
	for (unsigned bit = ON_LIST; bit & ON_ALL; bit <<= 1) {
		cr_assert_eq(action_find('?', bit)->id, ACTION_HELP);
		cr_assert_eq(action_find('q', bit)->id, ACTION_BACK);
		cr_assert_eq(action_find(KEYS_ESC, bit)->id, ACTION_ESCAPE);
		cr_assert_eq(action_find(KEYS_CONTROL('c'), bit)->id, ACTION_INTERRUPT);
		cr_assert_null(action_find(KEYS_F12, bit));
	}
}

static bool
pressed_in(const char *file, int key)
{
	FILE *in = fopen(file, "r");
	char line[4096], *rest, *word;
	bool found = false;

	cr_assert_not_null(in, "%s", file);
	while (!found && fgets(line, sizeof line, in) != NULL) {
		if (line[0] == '#')
			continue;
		for (word = strtok_r(line, " \t\n", &rest); word != NULL; word = strtok_r(NULL, " \t\n", &rest))
			found = found || keys_from_name(word) == key;
	}
	fclose(in);
	return found;
}

Test(actions, every_key_is_pressed_by_a_session)
{
	const char *data = getenv("TESTDATA");
	const struct action *all[128];
	size_t n = all_actions(all);
	char pattern[4096], label[24];
	glob_t files;

	snprintf(pattern, sizeof pattern, "%s/../tests/sessions/*.keys", data != NULL ? data : "testdata");
	cr_assert_eq(glob(pattern, 0, NULL, &files), 0, "no sessions: %s", pattern);
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < ACTION_KEYS_MAX && all[i]->keys[k] != 0; k++) {
			bool pressed = false;

			for (size_t f = 0; f < files.gl_pathc; f++)
				pressed = pressed || pressed_in(files.gl_pathv[f], all[i]->keys[k]);
			cr_expect(pressed, "no session presses %s (%s)",
			    keys_label(all[i]->keys[k], label, sizeof label), all[i]->name);
		}
	globfree(&files);
}

/* Whether the manual page's list of keys has this one: a word of a line ".It Ic ...". */
static bool
in_manual(const char *page, const char *label)
{
	FILE *in = fopen(page, "r");
	char line[4096], *rest, *word;
	bool found = false;

	cr_assert_not_null(in, "%s", page);
	while (!found && fgets(line, sizeof line, in) != NULL) {
		if (strncmp(line, ".It Ic ", 7) != 0)
			continue;
		for (word = strtok_r(line + 7, " \n", &rest); word != NULL; word = strtok_r(NULL, " \n", &rest))
			found = found || strcmp(strncmp(word, "\\&", 2) == 0 ? word + 2 : word, label) == 0;
	}
	fclose(in);
	return found;
}

Test(actions, every_key_is_in_the_manual_page)
{
	static const struct {
		int key;
		const char *word;
	} arrows[] = { { KEYS_UP, "Up" }, { KEYS_DOWN, "Down" }, { KEYS_LEFT, "Left" }, { KEYS_RIGHT, "Right" } };
	const char *data = getenv("TESTDATA");
	const struct action *all[128];
	size_t n = all_actions(all);
	char page[4096], label[24];

	snprintf(page, sizeof page, "%s/../doc/tcpladder.8", data != NULL ? data : "testdata");
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < ACTION_KEYS_MAX && all[i]->keys[k] != 0; k++) {
			keys_label(all[i]->keys[k], label, sizeof label);
			for (size_t a = 0; a < sizeof arrows / sizeof arrows[0]; a++)
				if (arrows[a].key == all[i]->keys[k])
					snprintf(label, sizeof label, "%s", arrows[a].word);
			cr_expect(in_manual(page, label), "the manual page lacks %s (%s)", label, all[i]->name);
		}
}

/* ---- the list widget */

Test(list_widget, a_page_is_a_page)
{
	struct list_widget w = { .count = 0 };

	list_widget_fit(&w, 100, 10);
	list_widget_act(&w, ACTION_DOWN, 3);
	list_widget_act(&w, ACTION_PAGE_DOWN, 1);
	cr_assert_eq(w.top, 10);
	cr_assert_eq(w.cursor, 13, "the cursor keeps its line");
	list_widget_act(&w, ACTION_PAGE_UP, 1);
	cr_assert_eq(w.top, 0);
	cr_assert_eq(w.cursor, 3);
	list_widget_act(&w, ACTION_LAST, 1);
	cr_assert_eq(w.cursor, 99);
	cr_assert_eq(w.top, 90);
	list_widget_act(&w, ACTION_PAGE_DOWN, 4000000000U);
	cr_assert_eq(w.cursor, 99);
	list_widget_act(&w, ACTION_UP, 4000000000U);
	cr_assert_eq(w.cursor, 0);
	cr_assert_eq(w.top, 0);
	cr_assert_not(list_widget_act(&w, ACTION_HELP, 1));
}

Test(list_widget, the_cursor_keeps_its_line_when_its_row_moves)
{
	struct list_widget w = { .count = 0 };

	list_widget_fit(&w, 100, 10);
	list_widget_act(&w, ACTION_DOWN, 5);
	list_widget_follow(&w, 50);
	list_widget_fit(&w, 100, 10);
	cr_assert_eq(w.cursor, 50);
	cr_assert_eq(w.cursor - w.top, 5);
}

Test(list_widget, always_in_sight)
{
	struct list_widget w = { .count = 0 };

	srand(7);
	for (int i = 0; i < 100000; i++) {
		if (rand() % 4 == 0)
			list_widget_follow(&w, (uint32_t)rand() % 60);
		list_widget_act(&w, (enum action_id)(rand() % (ACTION_LAST + 1)), (uint32_t)rand() % 20);
		list_widget_fit(&w, (uint32_t)rand() % 50, (uint32_t)rand() % 12);
		cr_assert(w.count == 0 ? w.cursor == 0 && w.top == 0 :
		    w.cursor < w.count && w.top <= w.cursor && w.cursor - w.top < w.height);
		cr_assert(w.count <= w.height ? w.top == 0 : w.top + w.height <= w.count, "empty lines below the end");
	}
}

/* ---- pictures */

static void
assert_line(const struct picture *p, unsigned line, const char *expected)
{
	char text[256] = "";
	size_t length = 0;

	for (unsigned x = 0; x < p->columns; x++)
		for (int i = 0; i <= PICTURE_COMBINING && picture_at(p, line, x)->text[i] != 0; i++)
			length += keys_utf8(picture_at(p, line, x)->text[i], text + length);
	text[length] = '\0';
	cr_assert_str_eq(text, expected);
}

Test(picture, text_is_cut_to_its_place)
{
	struct picture p;

	picture_init(&p, 10, 2, false);
	cr_assert_eq(picture_put(&p, 0, 2, 4, STYLE_NORMAL, "abcdefgh"), 4);
	assert_line(&p, 0, "  abcd    ");
	picture_put(&p, 1, 7, 50, STYLE_STRONG, "xyz and more");
	assert_line(&p, 1, "       xyz");
	cr_assert_eq(picture_at(&p, 1, 7)->style, STYLE_STRONG);
	picture_put(&p, 5, 0, 10, STYLE_NORMAL, "below");
	picture_put(&p, -1, 0, 10, STYLE_NORMAL, "above");
	picture_put(&p, 0, -3, 10, STYLE_NORMAL, "12345");
	assert_line(&p, 0, "45abcd    ");
	picture_fini(&p);
}

Test(picture, wide_and_combining_characters)
{
	struct picture p;

	picture_init(&p, 8, 1, false);
	picture_put(&p, 0, 0, 8, STYLE_NORMAL, "a中b");
	cr_assert_eq(picture_at(&p, 0, 1)->text[0], 0x4e2d);
	cr_assert_eq(picture_at(&p, 0, 2)->text[0], 0, "the right half");
	cr_assert_eq(picture_at(&p, 0, 3)->text[0], 'b');
	picture_put(&p, 0, 2, 1, STYLE_NORMAL, "x");
	assert_line(&p, 0, "a xb    ");
	cr_assert_eq(picture_put(&p, 0, 0, 2, STYLE_NORMAL, "a中"), 1, "half of it doesn't fit");
	picture_put(&p, 0, 4, 4, STYLE_NORMAL, "e\xcc\x81!");
	assert_line(&p, 0, "a xbe\xcc\x81!  ");
	picture_fini(&p);
}

Test(picture, only_ascii_where_it_must_be)
{
	struct picture p;

	picture_init(&p, 12, 1, true);
	picture_put(&p, 0, 0, 12, STYLE_NORMAL, "┃─▶µ…·中é");
	assert_line(&p, 0, "|->u~.???   ");
	picture_fini(&p);
}

Test(picture, a_line_keeps_its_styles_when_scrolled)
{
	struct picture p;
	struct line line;

	line_clear(&line);
	line_add(&line, STYLE_DIM, "abc");
	line_add(&line, STYLE_STRONG, "def");
	picture_init(&p, 6, 1, false);
	picture_put_line(&p, 0, 0, 6, &line, 2);
	assert_line(&p, 0, "cdef  ");
	cr_assert_eq(picture_at(&p, 0, 0)->style, STYLE_DIM);
	cr_assert_eq(picture_at(&p, 0, 1)->style, STYLE_STRONG);
	picture_fini(&p);
}

Test(picture, control_characters_never_get_through)
{
	struct picture p;

	picture_init(&p, 8, 1, false);
	picture_put(&p, 0, 0, 8, STYLE_NORMAL, "a\033[2J\001\x7f\xc2\x9b");
	assert_line(&p, 0, "a?[2J???");
	picture_fini(&p);
}

Test(look, colour_is_never_alone)
{
	/* without colours what matters still stands out */
	cr_assert_neq(look_of(STYLE_RESET, PICTURE_PLAIN, LOOK_MONO).attributes, 0);
	cr_assert_neq(look_of(STYLE_RESENT, PICTURE_PLAIN, LOOK_MONO).attributes, 0);
	cr_assert_neq(look_of(STYLE_ERROR, PICTURE_PLAIN, LOOK_MONO).attributes, 0);
	for (int style = 0; style < STYLES; style++) {
		struct look mono = look_of((enum style)style, PICTURE_PLAIN, LOOK_MONO);

		cr_assert(mono.foreground == -1 && mono.background == -1, "style %d has a colour", style);
		cr_assert(look_of((enum style)style, PICTURE_SELECTED, LOOK_MONO).attributes & LOOK_REVERSE);
		cr_assert_neq(look_of((enum style)style, PICTURE_SELECTED, LOOK_256).background, -1);
		cr_assert_neq(look_of((enum style)style, PICTURE_SELECTED, LOOK_256).foreground, -1);
	}
}

/* ---- which interface */

static void
expect_line(const struct picture *p, unsigned line, const char *text)
{
	char seen[512];
	size_t used = 0;

	for (unsigned column = 0; column < p->columns && used + 8 < sizeof seen; column++)
		seen[used++] = (char)picture_at(p, line, column)->text[0];
	seen[used] = '\0';
	cr_expect_not_null(strstr(seen, text), "line %u: %s, not %s", line, seen, text);
}

Test(picker, the_cursor_is_where_it_would_be_captured_without_asking)
{
	static char any[] = "any", lo[] = "lo", eth[] = "eth0", wlan[] = "wlan0", safe[] = "w\\x1b0", about[] = "10.0.0.1";
	struct capture_device devices[] = {
		{ any, any, about, false }, { lo, lo, about, false }, { eth, eth, about, true }, { wlan, safe, about, true }
	};
	const char *names[4];
	struct picture picture;
	struct picker p;

	picker_init(&p, devices, 4);
	picture_init(&picture, 60, 10, true);
	picker_draw(&p, &picture);
	cr_expect_eq(p.rows.cursor, 2);
	expect_line(&picture, 3, "[ ] any");
	expect_line(&picture, 5, "eth0    10.0.0.1");
	expect_line(&picture, 6, "w\\x1b0");
	cr_expect_eq(picker_key(&p, NULL, 'x'), PICKER_ASKS);
	cr_expect_eq(picker_key(&p, NULL, KEYS_ENTER), PICKER_CHOSE);
	cr_assert_eq(picker_names(&p, names, 4), 1);
	cr_expect_str_eq(names[0], "eth0");
	picture_fini(&picture);
	picker_fini(&p);
}

Test(picker, several_are_marked_and_q_gives_up)
{
	static char lo[] = "lo", eth[] = "eth0", wlan[] = "wlan0", about[] = "";
	struct capture_device devices[] = { { lo, lo, about, false }, { eth, eth, about, true }, { wlan, wlan, about, true } };
	const char *names[4];
	struct picker p;

	picker_init(&p, devices, 3);
	cr_expect_eq(picker_key(&p, NULL, KEYS_HOME), PICKER_ASKS);
	cr_expect_eq(picker_key(&p, NULL, ' '), PICKER_ASKS);
	cr_expect_eq(picker_key(&p, NULL, KEYS_END), PICKER_ASKS);
	cr_expect_eq(picker_key(&p, NULL, ' '), PICKER_ASKS);
	cr_expect_eq(picker_key(&p, NULL, KEYS_UP), PICKER_ASKS);
	cr_expect_eq(picker_key(&p, NULL, KEYS_ENTER), PICKER_CHOSE);
	cr_assert_eq(picker_names(&p, names, 4), 2, "the marked ones, not the row");
	cr_expect_str_eq(names[0], "lo");
	cr_expect_str_eq(names[1], "wlan0");
	cr_expect_eq(picker_names(&p, names, 1), 1);
	cr_expect_eq(picker_key(&p, NULL, 'q'), PICKER_QUIT);
	cr_expect_eq(picker_key(&p, NULL, KEYS_ESC), PICKER_QUIT);
	picker_fini(&p);
}

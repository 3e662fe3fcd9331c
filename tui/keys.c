/*
 * What terminals send: control bytes, UTF-8, and the sequences of ECMA-48
 * with the numbers that xterm, rxvt and the Linux console give their keys.
 * One decoder for all of them, since no two differ in a number's meaning.
 */
#include "tui/keys.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ESC [ x and ESC O x */
static const struct {
	char final;
	int key;
} letters[] = {
	{ 'A', KEYS_UP }, { 'B', KEYS_DOWN }, { 'C', KEYS_RIGHT }, { 'D', KEYS_LEFT },
	{ 'H', KEYS_HOME }, { 'F', KEYS_END }, { 'Z', KEYS_BACKTAB }, { 'M', KEYS_ENTER },
	{ 'P', KEYS_F1 }, { 'Q', KEYS_F2 }, { 'R', KEYS_F3 }, { 'S', KEYS_F4 }
};

/* ESC [ n ~ */
static const struct {
	int number, key;
} numbers[] = {
	{ 1, KEYS_HOME }, { 7, KEYS_HOME }, { 4, KEYS_END }, { 8, KEYS_END },
	{ 2, KEYS_INSERT }, { 3, KEYS_DELETE }, { 5, KEYS_PAGE_UP }, { 6, KEYS_PAGE_DOWN },
	{ 11, KEYS_F1 }, { 12, KEYS_F2 }, { 13, KEYS_F3 }, { 14, KEYS_F4 }, { 15, KEYS_F5 }, { 17, KEYS_F6 },
	{ 18, KEYS_F7 }, { 19, KEYS_F8 }, { 20, KEYS_F9 }, { 21, KEYS_F10 }, { 23, KEYS_F11 }, { 24, KEYS_F12 }
};

static int
letter_key(uint8_t final)
{
	for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
		if (letters[i].final == (char)final)
			return letters[i].key;
	return KEYS_UNKNOWN;
}

int
keys_of_mouse(struct keys_mouse m)
{
	return KEYS_MOUSE | (int)((unsigned)m.what << 22 | (m.line & 0x7ff) << 11 | (m.column & 0x7ff));
}

bool
keys_mouse(int key, struct keys_mouse *out)
{
	unsigned bits = (unsigned)key;

	if (key < KEYS_MOUSE)
		return false;
	*out = (struct keys_mouse){ (enum keys_mouse_what)(bits >> 22 & 3), bits >> 11 & 0x7ff, bits & 0x7ff };
	return true;
}

/* ESC [ < button ; column ; line M: xterm's mode 1006. Letting go (m), dragging and other buttons mean nothing. */
static int
mouse_key(const uint8_t *bytes, size_t length)
{
	unsigned number[3] = { 0 };
	size_t n = 0;

	for (size_t i = 3; i + 1 < length; i++) {
		if (bytes[i] == ';' && n < 2)
			n++;
		else if (bytes[i] < '0' || bytes[i] > '9' || number[n] > 2047)
			return KEYS_UNKNOWN;
		else
			number[n] = number[n] * 10 + (unsigned)(bytes[i] - '0');
	}
	if (n != 2 || bytes[length - 1] != 'M' || number[1] - 1 > 2047 || number[2] - 1 > 2047)
		return KEYS_UNKNOWN;
	if (number[0] != 0 && number[0] != 64 && number[0] != 65)
		return KEYS_UNKNOWN;
	return keys_of_mouse((struct keys_mouse){
		.what = number[0] == 0 ? KEYS_MOUSE_CLICK : number[0] == 64 ? KEYS_MOUSE_WHEEL_UP : KEYS_MOUSE_WHEEL_DOWN,
		.line = number[2] - 1, .column = number[1] - 1
	});
}

/* What follows ESC [: parameters, intermediates, a final byte. */
static int
decode_control_sequence(const uint8_t *bytes, size_t length, bool complete, size_t *used)
{
	size_t i = 2;
	int number = 0;

	if (length > 2 && bytes[2] == '[') {	/* the Linux console's F1 to F5 */
		if (length < 4 && !complete)
			return KEYS_NONE;
		*used = length < 4 ? length : 4;
		return length >= 4 && bytes[3] >= 'A' && bytes[3] <= 'E' ? KEYS_F1 + (bytes[3] - 'A') : KEYS_UNKNOWN;
	}
	for (; i < length && bytes[i] >= 0x20 && bytes[i] < 0x40; i++)
		if (bytes[i] >= '0' && bytes[i] <= '9' && number < 1000 && memchr(bytes + 2, ';', i - 2) == NULL)
			number = number * 10 + (bytes[i] - '0');
	if (i == length) {
		*used = length;
		return complete || length > 32 ? KEYS_UNKNOWN : KEYS_NONE;
	}
	*used = i + 1;
	if (length > 2 && bytes[2] == '<')
		return mouse_key(bytes, i + 1);
	if (bytes[i] != '~')
		return letter_key(bytes[i]);
	for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++)
		if (numbers[n].number == number)
			return numbers[n].key;
	return KEYS_UNKNOWN;
}

static int
decode_character(const uint8_t *bytes, size_t length, bool complete, size_t *used)
{
	unsigned more = bytes[0] >= 0xf0 ? 3 : bytes[0] >= 0xe0 ? 2 : bytes[0] >= 0xc2 ? 1 : 0;
	uint32_t c = bytes[0] & (0x3fU >> more);

	*used = 1;
	if (more == 0 || bytes[0] > 0xf4)
		return KEYS_UNKNOWN;
	for (unsigned i = 1; i <= more; i++) {
		if (i >= length)
			return complete ? KEYS_UNKNOWN : KEYS_NONE;
		if ((bytes[i] & 0xc0) != 0x80)
			return KEYS_UNKNOWN;
		c = c << 6 | (bytes[i] & 0x3f);
	}
	*used = more + 1;
	return c >= 0xa0 && c < 0x110000 ? (int)c : KEYS_UNKNOWN;
}

static int
decode(const uint8_t *bytes, size_t length, bool complete, size_t *used)
{
	*used = 1;
	if (bytes[0] != KEYS_ESC) {
		if (bytes[0] >= 0x80)
			return decode_character(bytes, length, complete, used);
		return bytes[0] == '\n' ? KEYS_ENTER : bytes[0] == '\b' ? KEYS_BACKSPACE :
		    bytes[0] == 0 ? KEYS_UNKNOWN : bytes[0];
	}
	if (length == 1)
		return complete ? KEYS_ESC : KEYS_NONE;
	if (bytes[1] == '[' && (length > 2 || !complete))
		return length == 2 ? KEYS_NONE : decode_control_sequence(bytes, length, complete, used);
	if (bytes[1] == 'O' && (length > 2 || !complete)) {
		if (length == 2)
			return KEYS_NONE;
		*used = 3;
		return letter_key(bytes[2]);
	}
	return KEYS_ESC;
}

int
keys_decode(const uint8_t *bytes, size_t length, bool complete, size_t *used)
{
	int key = length == 0 ? KEYS_NONE : decode(bytes, length, complete, used);

	if (key == KEYS_NONE)
		*used = 0;
	return key;
}

static const struct {
	int key;
	const char *name, *label;
} names[] = {
	{ KEYS_ENTER, "Enter", "Enter" }, { KEYS_ESC, "Esc", "Esc" }, { KEYS_TAB, "Tab", "Tab" },
	{ KEYS_SPACE, "Space", "Space" }, { KEYS_BACKSPACE, "BSpace", "Backspace" },
	{ KEYS_UP, "Up", "↑" }, { KEYS_DOWN, "Down", "↓" }, { KEYS_LEFT, "Left", "←" }, { KEYS_RIGHT, "Right", "→" },
	{ KEYS_HOME, "Home", "Home" }, { KEYS_END, "End", "End" },
	{ KEYS_PAGE_UP, "PgUp", "PgUp" }, { KEYS_PAGE_DOWN, "PgDn", "PgDn" },
	{ KEYS_INSERT, "Insert", "Ins" }, { KEYS_DELETE, "Delete", "Del" }, { KEYS_BACKTAB, "BTab", "Shift-Tab" },
	{ KEYS_F1, "F1", "F1" }, { KEYS_F2, "F2", "F2" }, { KEYS_F3, "F3", "F3" }, { KEYS_F4, "F4", "F4" },
	{ KEYS_F5, "F5", "F5" }, { KEYS_F6, "F6", "F6" }, { KEYS_F7, "F7", "F7" }, { KEYS_F8, "F8", "F8" },
	{ KEYS_F9, "F9", "F9" }, { KEYS_F10, "F10", "F10" }, { KEYS_F11, "F11", "F11" }, { KEYS_F12, "F12", "F12" }
};
enum { NAMES = sizeof names / sizeof names[0] };

int
keys_from_name(const char *name)
{
	size_t length = strlen(name), used;
	int key;

	for (size_t i = 0; i < NAMES; i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].key;
	if (length == 3 && name[0] == 'C' && name[1] == '-' && name[2] > ' ' && name[2] < 0x7f)
		return KEYS_CONTROL(name[2]);
	key = keys_decode((const uint8_t *)name, length, true, &used);
	return used == length && key != KEYS_UNKNOWN ? key : KEYS_NONE;
}

const char *
keys_label(int key, char *out, size_t size)
{
	char character[5] = "";

	for (size_t i = 0; i < NAMES; i++)
		if (names[i].key == key) {
			snprintf(out, size, "%s", names[i].label);
			return out;
		}
	if (key > 0 && key < 0x20) {
		snprintf(out, size, "Ctrl-%c", key + 0x40);
		return out;
	}
	character[keys_utf8((uint32_t)key, character)] = '\0';
	snprintf(out, size, "%s", character);
	return out;
}

size_t
keys_utf8(uint32_t c, char out[4])
{
	unsigned more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const uint8_t lead[] = { 0, 0xc0, 0xe0, 0xf0 };

	for (unsigned i = more; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (char)(lead[more] | c);
	return more + 1;
}

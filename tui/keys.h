/*
 * Keys: bytes from a terminal become Unicode characters or one of the names
 * below, and names become keys again, for scripts and for the help screen.
 * Knows what terminals send, not what keys do.
 */
#ifndef TCPLADDER_TUI_KEYS_H
#define TCPLADDER_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key {
	KEYS_NONE = 0,
	KEYS_TAB = '\t', KEYS_ENTER = '\r', KEYS_ESC = 27, KEYS_SPACE = ' ', KEYS_BACKSPACE = 127,
	KEYS_UP = 0x110000, KEYS_DOWN, KEYS_LEFT, KEYS_RIGHT, KEYS_HOME, KEYS_END,
	KEYS_PAGE_UP, KEYS_PAGE_DOWN, KEYS_INSERT, KEYS_DELETE, KEYS_BACKTAB,
	KEYS_F1, KEYS_F2, KEYS_F3, KEYS_F4, KEYS_F5, KEYS_F6, KEYS_F7, KEYS_F8, KEYS_F9, KEYS_F10, KEYS_F11, KEYS_F12,
	KEYS_UNKNOWN,		/* a sequence that we don't know, swallowed whole */
	KEYS_MOUSE = 0x1000000	/* and in its lower bits what and where; see keys_mouse() */
};
#define KEYS_CONTROL(c) ((c) & 0x1f)

/*
 * The first key of `length` bytes, *used of them; KEYS_NONE when they are
 * but the beginning of one.  final: nothing follows within the time that a
 * terminal takes for a sequence, so a lone Esc is the key.
 */
int keys_decode(const uint8_t *bytes, size_t length, bool final, size_t *used);

enum keys_mouse_what { KEYS_MOUSE_CLICK, KEYS_MOUSE_WHEEL_UP, KEYS_MOUSE_WHEEL_DOWN };
struct keys_mouse {
	enum keys_mouse_what what;
	unsigned line, column;		/* from 0; at most 2047 */
};
int keys_of_mouse(struct keys_mouse mouse);
bool keys_mouse(int key, struct keys_mouse *out);	/* false: it isn't a mouse's */

/* "Enter", "C-f", "j": the words of scripts. KEYS_NONE when there is no such key. */
int keys_from_name(const char *name);

/* The other way round, as help writes it: "Enter", "Ctrl-F", "↑". At least 16 bytes. */
const char *keys_label(int key, char *out, size_t size);

/* The UTF-8 bytes of a character: returns how many (1 to 4). */
size_t keys_utf8(uint32_t character, char out[4]);

#endif

/*
 * The terminal: its modes, its size, keys as they come in, and pictures as
 * they go out.  The only room that includes curses.  ncurses draws into a
 * file of ours; what it wrote is relayed to the terminal without ever
 * blocking, and no new picture is made before the last one has been taken,
 * so that a stalled terminal stops nothing but its own screen.  Whatever
 * ends the program, the terminal is given back as it was.
 */
#ifndef TCPLADDER_TUI_TERM_H
#define TCPLADDER_TUI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "tui/keys.h"
#include "tui/picture.h"
#include "tui/term_doors.h"

struct term;

enum term_color { TERM_COLOR_AUTO, TERM_COLOR_ALWAYS, TERM_COLOR_NEVER };

/* One at a time, since a dying program must find it; the doors are its own from now on.  NULL: *error says why. */
struct term *term_open(struct term_doors doors, enum term_color color, struct error *error);
void term_use_mouse(struct term *t);	/* from the next picture on, where the terminal has one */
void term_close(struct term *t);	/* gives the terminal back */

unsigned term_columns(const struct term *t);
unsigned term_lines(const struct term *t);
bool term_update_size(struct term *t);	/* asks for the size; true: it is another one */
bool term_gone(const struct term *t);	/* hung up: nothing more will come in or go out */

/* ---- keys */

int term_input(const struct term *t);	/* to be polled for reading */
void term_read(struct term *t);		/* takes what has come in */
int term_key(struct term *t);		/* the next key that has come in whole, or KEYS_NONE */
int term_key_wait(const struct term *t);	/* how long until a lone Esc counts, in ms; -1: none waits */

/* ---- pictures */

void term_show(struct term *t, const struct picture *picture);	/* only while not busy */
void term_redraw(struct term *t);	/* the next picture is sent whole */
int term_output(const struct term *t);	/* to be polled for writing while busy */
bool term_busy(const struct term *t);	/* the last picture hasn't been taken yet */
void term_relay(struct term *t);	/* hands over what can go now */

/* ---- job control */

void term_suspend(struct term *t);	/* gives the terminal back for a while */
void term_resume(struct term *t);	/* takes it again; also after somebody else has changed its modes */

/* ---- beside the terminal */

bool term_parse_size(const char *text, int *columns, int *lines);	/* "80x24"; 1 to 1000 each */
const char *term_library_version(void);		/* "ncurses 6.4.20221231" */
bool term_locale_is_utf8(void);

#endif

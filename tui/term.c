/*
 * The terminal through ncurses, whose output goes to a file in memory and is
 * relayed from there; the modes are ours, since ncurses sees no terminal.
 * Keys are read by ourselves (keys.h).  A descriptor of our own on the
 * terminal, so that its being non-blocking troubles nobody else.
 */
#include "tui/term.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "base/language.h"
#include "base/memory.h"
#include "tui/look.h"
#include "tui/relay.h"
#include "tui/term_type.h"

enum { KEY_BYTES = 1024, ESC_WAIT_MS = 30, RESTORE_MAX = 128, COLOR_PAIRS_MAX = 60, GOODBYE_MS = 500 };

struct color_pair {
	short foreground, background;
};

struct term {
	int in, out;			/* the terminal; may be the same descriptor */
	struct termios before;		/* its modes when it was taken */
	bool taken;			/* it has our modes */
	bool gone;
	bool mouse_wanted, mouse;	/* and whether it is on */
	SCREEN *screen;
	struct relay relay;		/* what ncurses writes to */
	FILE *nothing;			/* and reads from */
	uint8_t key_bytes[KEY_BYTES];
	size_t key_length;
	uint64_t key_time;		/* when the last of them came */
	enum look_depth depth;
	struct color_pair pair[COLOR_PAIRS_MAX];	/* pair n + 1 of ncurses */
	size_t pairs;
	unsigned columns, lines;
	struct picture shown;		/* what ncurses has been told */
	bool whole;			/* the next picture is sent whole */
	char restore[RESTORE_MAX];	/* for a crash: written by a signal handler */
	size_t restore_length;
};

/* A program that dies or crashes has nothing but this to find its terminal by. */
static struct term *open_term;

static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT };
enum { CRASHES = sizeof crashes / sizeof crashes[0] };
static struct sigaction before_crash[CRASHES];

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- modes */

/* Works from the background, too: a job that ends must not be stopped by it. */
static void
set_modes(int descriptor, const struct termios *modes)
{
	sigset_t ttou, old;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &old);
	tcsetattr(descriptor, TCSANOW, modes);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void
take_modes(struct term *t)
{
	struct termios ours;

	if (!t->taken && tcgetattr(t->in, &t->before) != 0)
		t->gone = true;
	ours = t->before;
	ours.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
	ours.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR);
	ours.c_oflag &= ~(tcflag_t)OPOST;	/* ncurses takes "\n" for one line down and tabs for tabs */
	ours.c_cc[VINTR] = _POSIX_VDISABLE;	/* Ctrl-C is a key */
	ours.c_cc[VMIN] = 1;
	ours.c_cc[VTIME] = 0;
	tcsetattr(t->in, TCSANOW, &ours);
	t->taken = true;
}

static void
crashed(int number, siginfo_t *info, void *context)
{
	struct term *t = open_term;
	bool fault = number != SIGABRT && number != SIGQUIT && info->si_code > 0;

	(void)context;
	if (t != NULL && t->taken) {
		ssize_t ignored = write(t->out, t->restore, t->restore_length);

		(void)ignored;
		set_modes(t->in, &t->before);
		t->taken = false;
	}
	for (size_t i = 0; i < CRASHES; i++)
		if (crashes[i] == number)
			sigaction(number, &before_crash[i], NULL);
	/* A fault happens again when we return; a signal that was sent doesn't. */
	if (!fault)
		raise(number);
}

static void
catch_crashes(void)
{
	struct sigaction action = { .sa_sigaction = crashed, .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &action, &before_crash[i]);
}

static void
let_crash(void)
{
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &before_crash[i], NULL);
}

/* ---- output */

void
term_relay(struct term *t)
{
	if (!t->gone && !relay_send(&t->relay, t->out))
		t->gone = true;
}

/* At the end the last bytes may take their time, but not for ever. */
static void
relay_all(struct term *t)
{
	uint64_t end = now_ms() + GOODBYE_MS, now;

	for (term_relay(t); term_busy(t) && (now = now_ms()) < end; term_relay(t)) {
		struct pollfd p = { .fd = t->out, .events = POLLOUT };

		poll(&p, 1, (int)(end - now));
	}
	relay_drop(&t->relay);
}

bool
term_busy(const struct term *t)
{
	return relay_busy(&t->relay) && !t->gone;
}

static const char mouse_on[] = "\033[?1000h\033[?1006h", mouse_off[] = "\033[?1006l\033[?1000l";

/* Between what ncurses writes: into its file. */
static void
set_mouse(struct term *t, bool on)
{
	if (!t->mouse_wanted || t->mouse == on)
		return;
	t->mouse = on;
	fputs(on ? mouse_on : mouse_off, t->relay.file);
	fflush(t->relay.file);
}

void
term_use_mouse(struct term *t)
{
	const char *mouse = tigetstr("kmous");

	if (mouse == NULL || mouse == (const char *)-1 || t->restore_length + strlen(mouse_off) > RESTORE_MAX)
		return;
	t->mouse_wanted = true;
	memcpy(t->restore + t->restore_length, mouse_off, strlen(mouse_off));
	t->restore_length += strlen(mouse_off);
}

static void
give_back(struct term *t)
{
	if (!t->taken)
		return;
	set_mouse(t, false);
	endwin();
	relay_collect(&t->relay);
	relay_all(t);
	set_modes(t->in, &t->before);
	t->taken = false;
}

static void
give_back_when_dying(void)
{
	if (open_term != NULL)
		give_back(open_term);
}

/* ---- opening */

static void
start_colors(struct term *t, enum term_color color)
{
	const char *no_color = getenv("NO_COLOR");
	bool wanted = color == TERM_COLOR_ALWAYS ||
	    (color == TERM_COLOR_AUTO && (no_color == NULL || no_color[0] == '\0'));

	t->depth = LOOK_MONO;
	if (!wanted || !has_colors() || start_color() != OK || use_default_colors() != OK)
		return;
	t->depth = COLORS >= 256 ? LOOK_256 : COLORS >= 16 ? LOOK_16 : COLORS >= 8 ? LOOK_8 : LOOK_MONO;
}

/* Without padding: these go out by themselves. */
static void
add_restore(struct term *t, const char *capability)
{
	const char *s = tigetstr(capability);

	if (s == NULL || s == (const char *)-1)
		return;
	while (*s != '\0' && t->restore_length < RESTORE_MAX) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>') != NULL)
			s = strchr(s, '>') + 1;
		else
			t->restore[t->restore_length++] = *s++;
	}
}

static void
free_term(struct term *t)
{
	relay_fini(&t->relay);
	if (t->nothing != NULL)
		fclose(t->nothing);
	if (t->out >= 0)
		close(t->out);
	if (t->in >= 0 && t->in != t->out)
		close(t->in);
	picture_fini(&t->shown);
	free(t);
}

/* ncurses can't ask the terminal, and not every type's description has a size; later ones come by resizeterm(). */
static void
tell_size(const struct term *t)
{
	struct winsize size = { .ws_row = 0 };
	char number[16];

	if (ioctl(t->out, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) {
		size.ws_col = 80;
		size.ws_row = 24;
	}
	snprintf(number, sizeof number, "%u", (unsigned)size.ws_row);
	setenv("LINES", number, 1);
	snprintf(number, sizeof number, "%u", (unsigned)size.ws_col);
	setenv("COLUMNS", number, 1);
	use_env(TRUE);
	use_tioctl(FALSE);
}

struct term *
term_open(struct term_doors doors, enum term_color color, struct error *error)
{
	struct term *t = memory_new(sizeof *t);

	t->out = doors.out;
	t->in = doors.in;
	relay_init(&t->relay);
	t->nothing = fopen("/dev/null", "re");
	if (t->out < 0 || t->in < 0 || t->relay.file == NULL || t->nothing == NULL) {
		error_set(error, t->relay.file == NULL ? N_("no temporary file for the screen can be made: %s") :
		    N_("the terminal can't be opened: %s"), strerror(t->out < 0 || t->in < 0 ? doors.error : errno));
		free_term(t);
		return NULL;
	}
	if (!term_type_check(t->out, error)) {
		free_term(t);
		return NULL;
	}
	take_modes(t);
	tell_size(t);
	t->screen = newterm(NULL, t->relay.file, t->nothing);
	if (t->screen == NULL) {
		set_modes(t->in, &t->before);
		error_set(error, "ncurses can't use this terminal");
		free_term(t);
		return NULL;
	}
	typeahead(-1);
	start_colors(t, color);
	curs_set(0);
	add_restore(t, "sgr0");
	add_restore(t, "cnorm");
	add_restore(t, "rmcup");
	picture_init(&t->shown, 1, 1, false);
	term_update_size(t);
	open_term = t;
	die_hook(give_back_when_dying);
	catch_crashes();
	return t;
}

void
term_close(struct term *t)
{
	if (t == NULL)
		return;
	give_back(t);
	let_crash();
	die_hook(NULL);
	open_term = NULL;
	delscreen(t->screen);
	free_term(t);
}

unsigned
term_columns(const struct term *t)
{
	return t->columns;
}

unsigned
term_lines(const struct term *t)
{
	return t->lines;
}

bool
term_update_size(struct term *t)
{
	struct winsize size = { .ws_row = 0 };
	unsigned columns, lines;

	if (ioctl(t->out, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) {
		size.ws_col = 80;
		size.ws_row = 24;
	}
	columns = size.ws_col > 1000 ? 1000 : size.ws_col;
	lines = size.ws_row > 1000 ? 1000 : size.ws_row;
	if (columns == t->columns && lines == t->lines)
		return false;
	t->columns = columns;
	t->lines = lines;
	resizeterm((int)lines, (int)columns);
	t->whole = true;
	return true;
}

bool
term_gone(const struct term *t)
{
	return t->gone;
}

/* ---- keys */

int
term_input(const struct term *t)
{
	return t->in;
}

void
term_read(struct term *t)
{
	ssize_t n;

	if (t->key_length == KEY_BYTES)
		return;
	n = read(t->in, t->key_bytes + t->key_length, KEY_BYTES - t->key_length);
	if (n > 0) {
		t->key_length += (size_t)n;
		t->key_time = now_ms();
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)) {
		t->gone = true;
	}
}

int
term_key(struct term *t)
{
	bool complete = t->key_length > 0 && now_ms() - t->key_time >= ESC_WAIT_MS;
	size_t used;
	int key = keys_decode(t->key_bytes, t->key_length, complete, &used);

	memmove(t->key_bytes, t->key_bytes + used, t->key_length - used);
	t->key_length -= used;
	return key;
}

int
term_key_wait(const struct term *t)
{
	uint64_t passed;

	if (t->key_length == 0)
		return -1;
	passed = now_ms() - t->key_time;
	return passed >= ESC_WAIT_MS ? 0 : (int)(ESC_WAIT_MS - passed);
}

/* ---- pictures */

static short
pair_of(struct term *t, short foreground, short background)
{
	size_t i;

	if (t->depth == LOOK_MONO || (foreground < 0 && background < 0))
		return 0;
	for (i = 0; i < t->pairs; i++)
		if (t->pair[i].foreground == foreground && t->pair[i].background == background)
			return (short)(i + 1);
	if (i == COLOR_PAIRS_MAX || (int)i + 1 >= COLOR_PAIRS)
		return 0;
	t->pair[t->pairs++] = (struct color_pair){ foreground, background };
	init_pair((short)(i + 1), foreground, background);
	return (short)(i + 1);
}

static attr_t
attributes_of(unsigned look)
{
	return (look & LOOK_BOLD ? A_BOLD : 0) | (look & LOOK_DIM ? A_DIM : 0) |
	    (look & LOOK_UNDERLINE ? A_UNDERLINE : 0) | (look & LOOK_REVERSE ? A_REVERSE : 0);
}

/* What the C library takes for another width than we do would shift the rest of the line. */
static bool
has_width(const struct picture_cell *cell, bool wide)
{
	for (int i = 1; i <= PICTURE_COMBINING && cell->text[i] != 0; i++)
		if (wcwidth((wchar_t)cell->text[i]) != 0)
			return false;
	return wcwidth((wchar_t)cell->text[0]) == (wide ? 2 : 1);
}

static void
show_cell(struct term *t, const struct picture *p, unsigned line, unsigned column)
{
	const struct picture_cell *cell = picture_at(p, line, column);
	bool wide = column + 1 < p->columns && cell[1].text[0] == 0;
	struct look look = look_in(p->palette, (enum style)cell->style, (enum picture_emphasis)cell->emphasis, t->depth);
	wchar_t text[PICTURE_COMBINING + 2] = { 0 };
	cchar_t character;

	if (cell->text[0] == 0)
		return;
	if (has_width(cell, wide))
		for (int i = 0; i <= PICTURE_COMBINING; i++)
			text[i] = (wchar_t)cell->text[i];
	else
		text[0] = L'?';
	setcchar(&character, text, attributes_of(look.attributes), pair_of(t, look.foreground, look.background), NULL);
	mvadd_wch((int)line, (int)column, &character);
	if (wide && text[0] == L'?')
		mvadd_wch((int)line, (int)column + 1, &character);
}

static void
show_line(struct term *t, const struct picture *p, unsigned line)
{
	for (unsigned column = 0; column < p->columns && column < t->columns; column++)
		show_cell(t, p, line, column);
	memcpy(picture_at(&t->shown, line, 0), picture_at(p, line, 0), p->columns * sizeof *p->cells);
}

static bool
is_shown(const struct term *t, const struct picture *p, unsigned line)
{
	return memcmp(picture_at(&t->shown, line, 0), picture_at(p, line, 0), p->columns * sizeof *p->cells) == 0;
}

/*
 * One changed line at a time: ncurses then finds nothing that it could
 * scroll.  What terminals and multiplexers make of scrolling regions differs
 * too much; all else that it sends is understood everywhere.
 */
void
term_show(struct term *t, const struct picture *p)
{
	bool whole = t->whole || t->shown.columns != p->columns || t->shown.lines != p->lines;

	if (whole)
		picture_resize(&t->shown, p->columns, p->lines);
	for (unsigned line = 0; line < p->lines && line < t->lines; line++) {
		if (!whole && is_shown(t, p, line))
			continue;
		show_line(t, p, line);
		if (!whole) {
			wnoutrefresh(stdscr);
			doupdate();
		}
	}
	if (whole)
		clearok(stdscr, TRUE);
	t->whole = false;
	if (p->cursor_line >= 0)
		move(p->cursor_line, p->cursor_column);
	curs_set(p->cursor_line >= 0);
	wnoutrefresh(stdscr);
	doupdate();
	set_mouse(t, true);
	relay_collect(&t->relay);
	term_relay(t);
}

void
term_redraw(struct term *t)
{
	t->whole = true;
}

int
term_output(const struct term *t)
{
	return t->out;
}

/* ---- job control */

void
term_suspend(struct term *t)
{
	give_back(t);
}

void
term_resume(struct term *t)
{
	take_modes(t);
	t->whole = true;
	relay_drop(&t->relay);
}

/* ---- beside the terminal */

bool
term_parse_size(const char *text, int *columns, int *lines)
{
	char *end;
	long c, l;

	if (text[0] < '0' || text[0] > '9')
		return false;
	c = strtol(text, &end, 10);
	if (*end != 'x' || end[1] < '0' || end[1] > '9')
		return false;
	l = strtol(end + 1, &end, 10);
	if (*end != '\0' || c < 1 || c > 1000 || l < 1 || l > 1000)
		return false;
	*columns = (int)c;
	*lines = (int)l;
	return true;
}

const char *
term_library_version(void)
{
	return curses_version();
}

bool
term_locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/*
 * The program on the screen: one session, a stack of screens, a picture.
 * What every screen shares is here (header, footer, prompt, replay point,
 * settings); what is special to one is in its screen_*.c.  Knows neither
 * the terminal nor the wall clock: loop.c (a terminal) and script.c (a file
 * of keys) drive it.
 */
#ifndef TCPLADDER_TUI_APP_H
#define TCPLADDER_TUI_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "capture/replay.h"
#include "capture/session.h"
#include "host/host.h"
#include "tui/action.h"
#include "tui/options.h"
#include "tui/picture.h"
#include "tui/mouse.h"
#include "tui/prompt.h"
#include "tui/settings.h"
#include "view/flow_list.h"
#include "view/history.h"
#include "view/ladder.h"
#include "view/narrator.h"

struct app;
struct screen;

/* The part of the picture that is the screen's own: between header and footer. */
struct area {
	int line, column;
	unsigned lines, columns;
};

enum find_mode { FIND_BEGIN, FIND_TYPED, FIND_NEXT, FIND_PREVIOUS, FIND_CANCEL };

struct screen_class {
	enum screen_bit bit;
	const char *name;		/* "Ladder" */
	void (*draw)(struct screen *s, struct app *app, struct area area);
	/* false: this action is not for this screen. times is at least 1. */
	bool (*act)(struct screen *s, struct app *app, enum action_id id, uint32_t times);
	/* Esc: takes one thing back; false: there was nothing. May be NULL. */
	bool (*peel)(struct screen *s, struct app *app);
	/* Goes on with what takes time, for some milliseconds; true: there is more. May be NULL. */
	bool (*work)(struct screen *s, struct app *app);
	/* The replay point moved to this frame (NULL: to the end). May be NULL. */
	void (*stepped)(struct screen *s, struct app *app, const struct frame *frame);
	/*
	 * Searching: true when something was found, and the cursor is there.
	 * FIND_BEGIN remembers where the cursor is, FIND_CANCEL takes it back there
	 * (f is NULL for both).  May be NULL.
	 */
	bool (*find)(struct screen *s, struct app *app, const struct filter *f, enum find_mode mode);
	/*
	 * Memory is short, and connections and frames are given up. moves NULL: in a moment; what is needed to
	 * find one's place again is remembered. Else it has happened, and nothing that was held is valid
	 * any more. false: what this screen is about is gone.  NULL where nothing is held.
	 */
	bool (*moved)(struct screen *s, struct app *app, const struct eviction_moves *moves);
	/* The connection under the cursor, or NULL. May be NULL. */
	const struct flow *(*flow)(struct screen *s, struct app *app);
	/* The mouse was clicked on this column of the headings. May be NULL. */
	void (*heading)(struct screen *s, struct app *app, unsigned column);
	void (*free)(struct screen *s);
};

/* Every screen's struct begins with this. */
struct screen {
	const struct screen_class *class;
};

enum { APP_SCREENS_MAX = 8, APP_MESSAGE_MAX = 256, APP_MIN_COLUMNS = 40, APP_MIN_LINES = 10 };

/* How things are shown: the same on every screen that shows them. */
struct app_settings {
	struct ladder_options ladder;
	bool services;
	bool detail, zoom;		/* the pane below or beside */
	const struct column *columns[COLUMN_PLACES_MAX];	/* those chosen for the list, in its order */
	size_t column_count;		/* 0: as many as the width allows */
};

struct app {
	const struct options *options;
	struct session *session;
	struct replay *replay;
	struct narrator *narrator;
	struct flow_list *list;
	struct host *host;		/* live, where the kernel can be asked; else NULL */
	struct error host_error;	/* why it is NULL */
	bool host_known;		/* what existed before has been listed */
	struct session_status status;	/* as of the last app_pump() */
	struct history *history;	/* not of files: from the start, whoever looks, and when */

	struct screen *stack[APP_SCREENS_MAX];
	unsigned depth;
	struct picture picture;
	bool dirty;			/* something changed since the last picture */
	bool quit;

	struct app_settings settings;
	struct settings saved;		/* as they were at the start, or when they were saved */
	struct mouse_rows mouse;
	struct prompt prompt;
	char message[APP_MESSAGE_MAX];	/* in the footer's place until the next key */
	bool message_is_error;
	char search[PROMPT_TEXT_MAX];	/* what / looked for last */
	uint64_t prefix;		/* the number typed before a key */
	bool has_prefix;

	uint64_t clock;			/* ns, monotonic; set by who drives */
	bool paused;			/* live: the replay point holds the display */
	bool playing;
	unsigned play_speed;		/* binary logarithm of the speed, plus PLAY_NORMAL */
	uint64_t play_clock, play_time;	/* where playing stands: clock, and capture time */
};

/* NULL: *error says why. */
struct app *app_new(const struct options *options, unsigned width, unsigned lines, bool ascii,
    struct error *error);
void app_free(struct app *app);

/* What must be said when all is over: damage, or frames that -w couldn't save; else "". */
void app_damage(struct app *app, char out[ERROR_TEXT_MAX]);

/* Takes what the capture has, for about budget_ns. */
void app_pump(struct app *app, uint64_t budget_ns);

/* Goes on with what takes time, for some milliseconds; true: there is more to be done. */
bool app_work(struct app *app);

void app_key(struct app *app, int key);
void app_resize(struct app *app, unsigned width, unsigned lines);
void app_tick(struct app *app, uint64_t clock);		/* time has come to this */
int app_wait(const struct app *app);		/* ms until app_tick() is wanted; -1: not at all */
void app_draw(struct app *app);			/* into app->picture */

/* ---- for screens */

struct screen *app_screen(const struct app *app);	/* the topmost */
const struct action_map *app_keys(const struct app *app);	/* the user's own */
void app_push(struct app *app, struct screen *screen);
void app_pop(struct app *app);
void app_say(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
void app_complain(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A paragraph in at most area.lines lines; the last one ends with an ellipsis when there is more. Returns the lines used. */
unsigned app_paragraph(struct app *app, struct area area, enum style style, const char *text);

/* Lines of the explanation below the rows, on a screen of so many lines; 0: none. */
unsigned app_pane_lines(const struct app *app, unsigned lines);

struct screen *screen_connections_new(struct app *app);
struct screen *screen_ladder_new(struct app *app, const struct flow *flow);
struct screen *screen_ladder_new_at(struct app *app, const struct flow *flow, uint32_t nth);
struct screen *screen_merged_new(struct app *app);	/* of the connections marked in the list */
struct screen *screen_frames_new(struct app *app);
struct screen *screen_statistics_new(struct app *app);
struct screen *screen_undecoded_new(struct app *app);
struct screen *screen_listeners_new(struct app *app);
struct screen *screen_packet_new(struct app *app, const struct flow *flow, uint32_t nth);
struct screen *screen_packet_new_undecoded(struct app *app, const struct trouble *trouble);
struct screen *screen_help_new(struct app *app);
enum menu_kind { MENU_SORT, MENU_COLUMNS };
struct screen *screen_menu_new(struct app *app, enum menu_kind kind);

#endif

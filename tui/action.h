/*
 * What keys do, as one table: the dispatcher, the footer, the help screen
 * and the lists in README and manual page all come from it.  One key means
 * one thing on every screen where it means anything.
 */
#ifndef TCPLADDER_TUI_ACTION_H
#define TCPLADDER_TUI_ACTION_H

#include <stdbool.h>
#include <stddef.h>

enum screen_bit {
	ON_LIST = 0x01, ON_LADDER = 0x02, ON_PACKET = 0x04, ON_HELP = 0x08, ON_FRAMES = 0x10,
	ON_STATISTICS = 0x20, ON_MENU = 0x40, ON_MERGED = 0x80, ON_COLUMNS = 0x100,
	ON_WRITE = 0x200, ON_LISTENERS = 0x400, ON_UNDECODED = 0x800,
	ON_LADDERS = ON_LADDER | ON_MERGED,
	ON_ROWS = ON_LIST | ON_LADDERS | ON_FRAMES,
	ON_CAPTURE = ON_LIST | ON_LADDER | ON_PACKET | ON_FRAMES | ON_STATISTICS | ON_MERGED,
	ON_ALL = ON_CAPTURE | ON_HELP | ON_MENU | ON_COLUMNS | ON_WRITE | ON_LISTENERS | ON_UNDECODED
};

enum action_id {
	ACTION_UP, ACTION_DOWN, ACTION_PAGE_UP, ACTION_PAGE_DOWN, ACTION_HALF_UP, ACTION_HALF_DOWN,
	ACTION_FIRST, ACTION_LAST, ACTION_LEFT, ACTION_RIGHT,
	ACTION_ENTER, ACTION_BACK, ACTION_ESCAPE, ACTION_INTERRUPT,
	ACTION_NEXT_CONNECTION, ACTION_PREVIOUS_CONNECTION, ACTION_NEXT_ANOMALY, ACTION_PREVIOUS_ANOMALY,
	ACTION_SEARCH, ACTION_SEARCH_NEXT, ACTION_SEARCH_PREVIOUS,
	ACTION_FILTER, ACTION_PORT, ACTION_SAME_PORT, ACTION_STATE, ACTION_HIDE_CLOSED, ACTION_CLEAR, ACTION_CAPTURE_FILTER,
	ACTION_SORT, ACTION_SORT_MENU, ACTION_COLUMNS, ACTION_CHOOSE, ACTION_REVERSE, ACTION_SORT_LEFT, ACTION_SORT_RIGHT,
	ACTION_FREEZE, ACTION_FOLLOW,
	ACTION_PAUSE, ACTION_STEP_BACK, ACTION_STEP_FORWARD, ACTION_FASTER, ACTION_SLOWER, ACTION_GO,
	ACTION_MARK, ACTION_GO_TO_MARK, ACTION_CLEAR_MARKS,
	ACTION_FRAMES, ACTION_STATISTICS, ACTION_LISTENERS, ACTION_WRITE, ACTION_TIME, ACTION_RELATIVE, ACTION_COLOUR, ACTION_FOLD,
	ACTION_DETAIL, ACTION_ZOOM, ACTION_LINES,
	ACTION_SAVE_SETTINGS, ACTION_REDRAW, ACTION_HELP,
	ACTIONS
};

enum { ACTION_KEYS_MAX = 4 };

struct action {
	enum action_id id;
	unsigned screens;		/* enum screen_bit: where it means something */
	int keys[ACTION_KEYS_MAX];	/* 0: no more */
	const char *name;		/* for machines: "page-down" */
	const char *footer;		/* its word in the footer; NULL: not there */
	const char *footer_keys;	/* what the footer shows; NULL: the first key's label */
	unsigned rank;			/* in the footer: the smallest go first when it's narrow */
	const char *help;		/* one line */
};

/* Groups of the help screen. */
struct action_group {
	const char *title;
	const struct action *actions;
	size_t count;
};
extern const struct action_group action_groups[];
extern const size_t action_group_count;

/* Keys that a user has given to actions: they replace the table's, and win over them. */
struct action_map {
	bool given[ACTIONS];
	int keys[ACTIONS][ACTION_KEYS_MAX];
};

/* What this key does on that screen; NULL: nothing. */
const struct action *action_find(int key, unsigned screen);
const struct action *action_find_mapped(const struct action_map *map, int key, unsigned screen);

/* The keys that call it, 0 after the last: the user's, or the table's but for those that now do something else. */
void action_mapped_keys(const struct action_map *map, const struct action *a, int keys[ACTION_KEYS_MAX + 1]);

/* The same as help writes them: "↑ k Ctrl-P"; "" when there is none. */
const char *action_keys(const struct action_map *map, const struct action *a, char *out, size_t size);

const struct action *action_named(const char *name);	/* "page-down"; NULL: none */

/* The name of another action that the user gave this key to on a screen that both are for; NULL: none. */
const char *action_map_owner(const struct action_map *map, enum action_id id, int key);

#endif

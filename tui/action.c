/*
 * The table of keys.  A row may stand twice under one id, where the word in
 * the footer differs from screen to screen; a key never stands for two
 * things, but that Space chooses
 * in a menu as it writes a blank in a prompt.
 */
#include "tui/action.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "tui/keys.h"

static const struct action moving[] = {
	{ ACTION_UP, ON_ALL, { KEYS_UP, 'k' }, "up", NULL, NULL, 0, N_("one row up") },
	{ ACTION_DOWN, ON_ALL, { KEYS_DOWN, 'j' }, "down", NULL, NULL, 0, N_("one row down") },
	{ ACTION_PAGE_UP, ON_ALL, { KEYS_PAGE_UP, KEYS_CONTROL('b') }, "page-up", NULL, NULL, 0,
	  N_("one page up") },
	{ ACTION_PAGE_DOWN, ON_ALL, { KEYS_PAGE_DOWN, KEYS_CONTROL('f') },
	  "page-down", NULL, NULL, 0,
	  N_("one page down") },
	{ ACTION_HALF_UP, ON_ALL, { KEYS_CONTROL('u') }, "half-up", NULL, NULL, 0,
	  N_("half a page up") },
	{ ACTION_HALF_DOWN, ON_ALL, { KEYS_CONTROL('d') }, "half-down", NULL, NULL, 0,
	  N_("half a page down") },
	{ ACTION_FIRST, ON_ALL, { KEYS_HOME, 'g' }, "first", NULL, NULL, 0, N_("the first row") },
	{ ACTION_LAST, ON_ALL, { KEYS_END, 'G' }, "last", NULL, NULL, 0,
	  N_("the last row; leaves the replay point; 42G goes to frame 42") },
	{ ACTION_LEFT, ON_PACKET | ON_FRAMES | ON_MERGED, { KEYS_LEFT, 'h' }, "left", NULL, NULL, 0,
	  N_("scroll to the left") },
	{ ACTION_RIGHT, ON_PACKET | ON_FRAMES | ON_MERGED, { KEYS_RIGHT, 'l' },
	  "right", NULL, NULL, 0,
	  N_("scroll to the right, where text is wider than the screen") },
	{ ACTION_LEFT, ON_COLUMNS, { KEYS_LEFT, 'h' }, "left", NULL, NULL, 0, NULL },
	{ ACTION_RIGHT, ON_COLUMNS, { KEYS_RIGHT, 'l' }, "right", N_("Move it"), "← →", 80, NULL },
	{ ACTION_ENTER, ON_LIST | ON_FRAMES, { KEYS_ENTER }, "enter", N_("Ladder"), NULL, 90,
	  N_("open: connection, then ladder, then packet") },
	{ ACTION_ENTER, ON_LADDERS | ON_UNDECODED, { KEYS_ENTER }, "enter", N_("Packet"), NULL, 90, NULL },
	{ ACTION_ENTER, ON_STATISTICS, { KEYS_ENTER }, "enter", N_("Undecoded"), NULL, 40,
	  N_("in the statistics: the frames that couldn't be decoded, and their bytes") },
	{ ACTION_ENTER, ON_MENU, { KEYS_ENTER }, "enter", N_("Sort, again reverses"), NULL, 90, NULL },
	{ ACTION_ENTER, ON_WRITE, { KEYS_ENTER }, "enter", N_("Choose"), NULL, 90, NULL },
	{ ACTION_ENTER, ON_LISTENERS, { KEYS_ENTER }, "enter", N_("Its connections"), NULL, 90, NULL },
	{ ACTION_ENTER, ON_COLUMNS, { KEYS_ENTER }, "enter", N_("Keep"), NULL, 90, NULL },
	{ ACTION_NEXT_CONNECTION, ON_LADDER, { 'J' }, "next-connection", NULL, NULL, 0,
	  N_("the next connection of the list") },
	{ ACTION_PREVIOUS_CONNECTION, ON_LADDER, { 'K' },
	  "previous-connection", N_("Connection"), "J K", 52,
	  N_("the previous one") },
	{ ACTION_NEXT_ANOMALY, ON_LADDERS, { ']' }, "next-anomaly", NULL, NULL, 0,
	  N_("the next segment that is not as it should be") },
	{ ACTION_PREVIOUS_ANOMALY, ON_LADDERS, { '[' }, "previous-anomaly", N_("Anomaly"), "[ ]", 50,
	  N_("the previous one") },
	{ ACTION_BACK, ON_ALL & ~ON_LIST, { 'q' }, "back", N_("Back"), NULL, 1000,
	  N_("back one level; on the first screen: quit") },
	{ ACTION_BACK, ON_LIST, { 'q' }, "back", N_("Quit"), NULL, 1000, NULL },
	{ ACTION_ESCAPE, ON_ALL, { KEYS_ESC }, "escape", NULL, NULL, 0,
	  N_("back one step: prompt, filter, level; never quits") },
	{ ACTION_INTERRUPT, ON_ALL, { KEYS_CONTROL('c') }, "interrupt", NULL, NULL, 0,
	  N_("stop loading; when nothing loads: as q") }
};

static const struct action choosing[] = {
	{ ACTION_FILTER, ON_LIST | ON_FRAMES, { 'f', KEYS_F4 }, "filter", N_("Filter"), NULL, 80,
	  N_("show only what matches, e.g. port:443 state:syn-sent !closed") },
	{ ACTION_PORT, ON_LIST | ON_FRAMES, { 'p' }, "port", N_("Port"), NULL, 70,
	  N_("show only these ports: 443, or 80,8000-8099; empty shows all") },
	{ ACTION_SAME_PORT, ON_LIST, { 'P' }, "same-port", NULL, NULL, 0,
	  N_("only the server port of this connection; again: all") },
	{ ACTION_STATE, ON_LIST | ON_FRAMES, { 'e' }, "state", N_("State"), NULL, 65,
	  N_("all, connecting, established, closing, closed, failed; and round") },
	{ ACTION_HIDE_CLOSED, ON_LIST | ON_FRAMES, { 'v' }, "hide-closed", NULL, NULL, 0,
	  N_("hide or show closed connections") },
	{ ACTION_CLEAR, ON_LIST, { 'x', KEYS_F9 }, "clear", NULL, NULL, 0,
	  N_("clear: hide all connections so far; asks with their number") },
	{ ACTION_CAPTURE_FILTER, ON_LIST, { 'b' }, "capture-filter", NULL, NULL, 0,
	  N_("live: capture something else, as pcap-filter(7) has it: port 443") },
	{ ACTION_SEARCH, ON_ROWS, { '/' }, "search", N_("Find"), NULL, 45,
	  N_("find as you type: what a filter would match, among connections, frames or segments") },
	{ ACTION_SEARCH_NEXT, ON_ROWS, { 'n' }, "search-next", NULL, NULL, 0,
	  N_("the next one found") },
	{ ACTION_SEARCH_PREVIOUS, ON_ROWS, { 'N' }, "search-previous", NULL, NULL, 0,
	  N_("the previous one found") },
	{ ACTION_SORT, ON_LIST, { 's' }, "sort", N_("Sort"), NULL, 60, N_("sort by the next column") },
	{ ACTION_SORT_MENU, ON_LIST, { KEYS_F6 }, "sort-menu", NULL, NULL, 0,
	  N_("choose the column to sort by from a menu") },
	{ ACTION_COLUMNS, ON_LIST, { 'C', KEYS_F8 }, "columns", NULL, NULL, 0,
	  N_("choose which columns are shown") },
	{ ACTION_CHOOSE, ON_COLUMNS, { KEYS_SPACE }, "choose", N_("Show or hide"), NULL, 85,
	  N_("there: show this column or hide it; ← → move it") },
	{ ACTION_REVERSE, ON_LIST, { 'S' }, "reverse", NULL, NULL, 0, N_("reverse the order") },
	{ ACTION_SORT_LEFT, ON_LIST, { '<' }, "sort-left", NULL, NULL, 0,
	  N_("sort by the column to the left") },
	{ ACTION_SORT_RIGHT, ON_LIST, { '>' }, "sort-right", NULL, NULL, 0,
	  N_("sort by the column to the right") },
	{ ACTION_FREEZE, ON_LIST, { 'o' }, "freeze", NULL, NULL, 0,
	  N_("freeze the order of rows, or let it go") },
	{ ACTION_FOLLOW, ON_ROWS, { 'F' }, "follow", NULL, NULL, 0, N_("follow the newest") }
};

static const struct action replaying[] = {
	{ ACTION_STEP_BACK, ON_CAPTURE, { ',' }, "step-back", NULL, NULL, 0,
	  N_("one frame back in time; 10, goes ten") },
	{ ACTION_STEP_FORWARD, ON_CAPTURE, { '.' }, "step-forward", N_("Step"), ", .", 55,
	  N_("one frame forwards in time: everything is shown as of that frame") },
	{ ACTION_PAUSE, ON_CAPTURE, { KEYS_SPACE }, "pause", N_("Pause"), NULL, 30,
	  N_("live: pause what is shown, capture goes on; file: play or pause") },
	{ ACTION_FASTER, ON_CAPTURE, { '+' }, "faster", NULL, NULL, 0, N_("play twice as fast") },
	{ ACTION_SLOWER, ON_CAPTURE, { '-' }, "slower", NULL, NULL, 0, N_("play half as fast") },
	{ ACTION_GO, ON_CAPTURE, { ':' }, "go", NULL, NULL, 0,
	  N_("go to a frame (42) or a time (+12.5s since the start, or 15:30:52)") }
};

static const struct action looking[] = {
	{ ACTION_FRAMES, ON_LIST, { KEYS_TAB }, "frames", N_("Frames"), NULL, 58,
	  N_("all frames in capture order, and back to the connections") },
	{ ACTION_FRAMES, ON_FRAMES, { KEYS_TAB }, "frames", N_("Connections"), NULL, 58, NULL },
	{ ACTION_STATISTICS, ON_LIST | ON_LADDER | ON_FRAMES, { 'i' },
	  "statistics", N_("Statistics"), NULL, 42,
	  N_("the capture in numbers: states over time, outcomes, resent, talkers") },
	{ ACTION_LISTENERS, ON_LIST | ON_LADDER | ON_FRAMES | ON_STATISTICS, { 'L' },
	  "listeners", NULL, NULL, 0,
	  N_("live: this host's listeners, their queues and drops, and the kernel's settings") },
	{ ACTION_WRITE, ON_LIST | ON_LADDER | ON_PACKET | ON_FRAMES | ON_MERGED, { 'w', KEYS_F2 },
	  "write", N_("Write"), NULL, 36,
	  N_("write to a file: connections as pcap, a ladder as text, SVG, HTML or Mermaid, the list as "
	  "CSV, TSV, JSON lines or conn.log, the screen") },
	{ ACTION_MARK, ON_LIST | ON_LADDERS, { 'm' }, "mark", NULL, NULL, 0,
	  N_("mark: in a ladder times count from it; in the list Enter opens all marked as one ladder") },
	{ ACTION_GO_TO_MARK, ON_LIST | ON_LADDERS, { '\'' }, "go-to-mark", NULL, NULL, 0,
	  N_("go to the mark, to the next one") },
	{ ACTION_CLEAR_MARKS, ON_LIST | ON_LADDERS, { 'M' }, "clear-marks", NULL, NULL, 0,
	  N_("take the marks away") },
	{ ACTION_TIME, ON_LADDER | ON_FRAMES | ON_MERGED, { 't' }, "time", N_("Time"), NULL, 35,
	  N_("times: since the start, clock, delta, since the mark") },
	{ ACTION_RELATIVE, ON_LADDER | ON_FRAMES | ON_MERGED, { 'r' }, "relative", NULL, NULL, 0,
	  N_("sequence numbers relative or as on the wire") },
	{ ACTION_FOLD, ON_LADDERS, { 'a' }, "fold", N_("Fold"), NULL, 38,
	  N_("fold runs of plain data and ACKs, or show them all") },
	{ ACTION_COLOUR, ON_LADDERS, { 'c' }, "colour", NULL, NULL, 0,
	  N_("colour by kind of segment, direction or, where there are several, connection") },
	{ ACTION_DETAIL, ON_ROWS | ON_LISTENERS, { 'd' }, "detail", NULL, NULL, 0, N_("explanation on or off") },
	{ ACTION_ZOOM, ON_ROWS | ON_LISTENERS, { 'z' }, "zoom", NULL, NULL, 0, N_("explanation large or small") },
	{ ACTION_LINES, ON_ALL, { 'A' }, "lines", NULL, NULL, 0,
	  N_("lines and arrows in UTF-8 or ASCII") },
	{ ACTION_SAVE_SETTINGS, ON_CAPTURE, { 'W' }, "save-settings", NULL, NULL, 0,
	  N_("keep what was changed here in the settings file") },
	{ ACTION_REDRAW, ON_ALL, { KEYS_CONTROL('l') }, "redraw", NULL, NULL, 0,
	  N_("draw the screen anew") },
	{ ACTION_HELP, ON_ALL, { '?', KEYS_F1 }, "help", N_("Help"), NULL, 1000, N_("this help") }
};

#define GROUP(title, rows) { title, rows, sizeof rows / sizeof rows[0] }
const struct action_group action_groups[] = {
	GROUP(N_("Moving"), moving),
	GROUP(N_("Choosing what is listed, and its order"), choosing),
	GROUP(N_("Stepping through a capture"), replaying),
	GROUP(N_("How things are shown"), looking)
};
const size_t action_group_count = sizeof action_groups / sizeof action_groups[0];

static const struct action *
find(const struct action_map *map, bool given, int key, unsigned screen)
{
	for (size_t g = 0; g < action_group_count; g++)
		for (size_t i = 0; i < action_groups[g].count; i++) {
			const struct action *a = &action_groups[g].actions[i];
			bool mapped = map != NULL && map->given[a->id];
			const int *keys = mapped ? map->keys[a->id] : a->keys;

			for (int k = 0; mapped == given && k < ACTION_KEYS_MAX && keys[k] != 0; k++)
				if (keys[k] == key && (a->screens & screen))
					return a;
		}
	return NULL;
}

const struct action *
action_find_mapped(const struct action_map *map, int key, unsigned screen)
{
	const struct action *a = find(map, true, key, screen);

	return a != NULL ? a : find(map, false, key, screen);
}

const struct action *
action_find(int key, unsigned screen)
{
	return action_find_mapped(NULL, key, screen);
}

void
action_mapped_keys(const struct action_map *map, const struct action *a, int keys[ACTION_KEYS_MAX + 1])
{
	bool mapped = map != NULL && map->given[a->id];
	int n = 0;

	for (int k = 0; k < ACTION_KEYS_MAX; k++) {
		int key = mapped ? map->keys[a->id][k] : a->keys[k];

		/* only the user's own assignments can take a key of the table away */
		if (key != 0 && (mapped || find(map, true, key, a->screens) == NULL))
			keys[n++] = key;
	}
	keys[n] = 0;
}

const char *
action_keys(const struct action_map *map, const struct action *a, char *out, size_t size)
{
	int keys[ACTION_KEYS_MAX + 1];
	char label[24];

	out[0] = '\0';
	action_mapped_keys(map, a, keys);
	for (int k = 0; keys[k] != 0; k++)
		snprintf(out + strlen(out), size - strlen(out), "%s%s", k > 0 ? " " : "",
		    keys_label(keys[k], label, sizeof label));
	return out;
}

const struct action *
action_named(const char *name)
{
	for (size_t g = 0; g < action_group_count; g++)
		for (size_t i = 0; i < action_groups[g].count; i++)
			if (strcmp(action_groups[g].actions[i].name, name) == 0)
				return &action_groups[g].actions[i];
	return NULL;
}

static unsigned
screens_of(enum action_id id)
{
	unsigned screens = 0;

	for (size_t g = 0; g < action_group_count; g++)
		for (size_t i = 0; i < action_groups[g].count; i++)
			if (action_groups[g].actions[i].id == id)
				screens |= action_groups[g].actions[i].screens;
	return screens;
}

const char *
action_map_owner(const struct action_map *map, enum action_id id, int key)
{
	const struct action *a = find(map, true, key, screens_of(id));

	return a != NULL && a->id != id ? a->name : NULL;
}

/*
 * random-keys [KEYS [SEED [CAPTURE...]]]: a user without a plan.  Presses
 * keys on the program's own screens, without a terminal: those that mean
 * something where it is, any others, whole and broken filters, numbers,
 * the mouse; changes the size now and then, from 1x1 to 240x80; lets time
 * pass.  What it finds are crashes, findings of the sanitizers this is built
 * with, and whatever takes longer than PATIENCE.  The same seed presses the
 * same keys.  What is written goes into a folder of its own, or into the
 * one around it, and no names that are typed lead out of that.
 *
 * Without arguments some thousand on each capture of $TESTDATA that is named
 * below; `make random-keys` presses a million.
 */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/scratch.h"
#include "tests/traffic.h"
#include "tui/action.h"
#include "tui/app.h"
#include "tui/keys.h"
#include "tui/settings_file.h"

enum { KEYS_HERE = 10000, KEYS_A_LIFE = 600, PATIENCE = 30 /* seconds for a hundred keys */, MILLISECOND = 1000000 };

struct user {
	uint64_t random;
	unsigned long seed, pressed;
	struct app *app;
};

static uint32_t
below(struct user *u, uint32_t n)
{
	u->random = u->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)((u->random >> 33) * n >> 31);
}

/* ---- what is pressed */

/* A key of a row of the table; most often one that means something here. */
static int
key_of_table(struct user *u)
{
	for (;;) {
		const struct action_group *g = &action_groups[below(u, (uint32_t)action_group_count)];
		const struct action *a = &g->actions[below(u, (uint32_t)g->count)];
		int key = a->keys[below(u, ACTION_KEYS_MAX)];

		if (key != 0 && ((a->screens & app_screen(u->app)->class->bit) || below(u, 8) == 0))
			return key;
	}
}

static int
any_key(struct user *u)
{
	static const int odd[] = {
		KEYS_NONE, KEYS_UNKNOWN, KEYS_INSERT, KEYS_BACKTAB, KEYS_F12, KEYS_DELETE, 0x301, 0x4e2d, 0x1f600, 0x200b,
		0x202e, 0x10ffff, 0x80, 0x7f, 0xad
	};

	switch (below(u, 4)) {
	case 0:
		return odd[below(u, sizeof odd / sizeof odd[0])];
	case 1:
		return (int)(1 + below(u, 31));
	case 2:
		return keys_of_mouse((struct keys_mouse){ below(u, 3) == 0 ? KEYS_MOUSE_WHEEL_UP : below(u, 2) == 0 ?
		    KEYS_MOUSE_WHEEL_DOWN : KEYS_MOUSE_CLICK, below(u, 90), below(u, 250) });
	default:
		return (int)(' ' + below(u, 95));
	}
}

static void
press(struct user *u, int key)
{
	if (++u->pressed % 100 == 0)
		alarm(PATIENCE);
	app_key(u->app, key);
	u->app->quit = false;
}

static void
type(struct user *u)
{
	static const char *const texts[] = {
		"port:80", "!closed", "state:syn-sent,established", "(rtx>0 or flag:rst)", "host:10.0.0.0/8", "/19[0-9]/",
		"summary:the", "not (", "bytes>1k", "flow:1-9", "note:", "42", "+1.5s", "12:00:00", "+0s", "99999999999",
		"80,443,8000-", "x", "./", "../", "((((((((((((((((((((", "outcome:closed outcome:", "st", "flow>3", "y", "n",
		"frame:10", "len>0 flag:psh", "\xc3\xa9"
	};
	const char *text = texts[below(u, sizeof texts / sizeof texts[0])];

	for (size_t used, length = strlen(text), at = 0; at < length; at += used)
		press(u, keys_decode((const uint8_t *)text + at, length - at, true, &used));
	if (below(u, 2) == 0)
		press(u, KEYS_TAB);
	press(u, below(u, 4) == 0 ? KEYS_ESC : KEYS_ENTER);
}

static void
resize(struct user *u)
{
	bool small = below(u, 3) == 0;

	app_resize(u->app, 1 + below(u, small ? 45 : 240), 1 + below(u, small ? 14 : 80));
}

static void
turn(struct user *u)
{
	uint32_t what = below(u, 100);

	if (what < 70)
		press(u, key_of_table(u));
	else if (what < 82)
		press(u, any_key(u));
	else if (what < 88 || (u->app->prompt.class != NULL && what < 94))
		type(u);
	else if (what < 92)
		press(u, (int)('0' + below(u, 10)));
	else if (what < 95)
		resize(u);
	else
		app_tick(u->app, u->app->clock + (uint64_t)(1 + below(u, 3000)) * MILLISECOND);
	/* as the loop does it: sometimes there is no time for what takes long before the next key comes */
	if (below(u, 4) != 0)
		(void)app_work(u->app);
	if (below(u, 8) != 0)
		app_draw(u->app);
}

/* Memory is short: something goes while it is looked at. */
static void
lose(struct user *u)
{
	struct session *s = u->app->session;
	size_t held = session_memory_flows(s) + session_memory_frames(s);

	session_give_up(s, held / (2 + below(u, 30)));
	session_status(s, &u->app->status);
}

/* ---- */

static void
tell_and_die(int signal_number)
{
	static const char words[] = "not ok random keys: it hangs\n";

	(void)signal_number;
	if (write(STDOUT_FILENO, words, sizeof words - 1) < 0)
		_exit(3);
	abort();
}

/* short_memory: now and then something is given up. */
static bool
run(struct user *u, const char *capture, unsigned long keys, bool short_memory)
{
	struct settings_file settings;
	struct options options = { .session = { .files = &capture, .file_count = 1 }, .settings = &settings };
	struct error error;

	settings_file_init(&settings);
	u->pressed = 0;
	u->random = u->seed;
	u->app = app_new(&options, 80, 24, u->seed % 4 == 3, &error);
	if (u->app == NULL) {
		printf("not ok random keys: %s\n", error.text);
		return false;
	}
	while (!u->app->status.at_end) {
		struct pollfd p = { .fd = session_descriptor(u->app->session), .events = POLLIN };

		/* some come while it loads */
		if (u->pressed < keys / 10)
			turn(u);
		if (poll(&p, 1, 0) > 0)
			app_pump(u->app, MILLISECOND);
	}
	while (u->pressed < keys) {
		turn(u);
		if (short_memory && below(u, 40) == 0)
			lose(u);
	}
	app_free(u->app);
	settings_file_fini(&settings);
	if (!short_memory) {
		printf("ok random keys: %lu on %s, seed %lu\n", u->pressed, capture, u->seed);
		fflush(stdout);
	}
	return true;
}

/* Many connections, and long ones, again and again until nearly all of it is gone. */
static bool
run_out(struct user *u, unsigned long keys)
{
	static const struct {
		const char *name;
		uint64_t frames, flows;
	} captures[] = { { "many.pcap", 4000, 400 }, { "long.pcap", 40000, 4 } };
	bool good = true;

	for (size_t i = 0; i < 2 && good; i++) {
		FILE *out = fopen(captures[i].name, "wb");
		char *path;

		if (out == NULL)
			return false;
		traffic_capture(out, false, captures[i].frames, captures[i].flows);
		fclose(out);
		path = realpath(captures[i].name, NULL);
		for (unsigned long pressed = 0; pressed < keys && good; pressed += KEYS_A_LIFE, u->seed++)
			good = run(u, path, KEYS_A_LIFE, true);
		free(path);
	}
	if (good)
		printf("ok random keys: %lu while memory is short\n", 2 * keys);
	return good;
}

/* With one around it, for what is written to "..". */
static const char *
enter_folder(void)
{
	const char *folder = scratch_folder();

	if (chdir(folder) != 0 || mkdir("inner", 0700) != 0 || chdir("inner") != 0) {
		perror(folder);
		exit(1);
	}
	return folder;
}

int
main(int argc, char **argv)
{
	static const char *const usual[] = { "demo.pcap", "memcached.pcap" };
	const char *data = getenv("TESTDATA"), *folder;
	unsigned long keys = argc > 1 ? strtoul(argv[1], NULL, 10) : KEYS_HERE;
	struct user u = { .seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1 };
	char *paths[2];
	bool good = true;
	size_t count = argc > 3 ? (size_t)argc - 3 : sizeof usual / sizeof usual[0];

	for (size_t i = 0; i < count && argc <= 3; i++) {
		char name[4096];

		snprintf(name, sizeof name, "%s/%s", data != NULL ? data : "testdata", usual[i]);
		paths[i] = realpath(name, NULL);
		if (paths[i] == NULL) {
			printf("not ok random keys: %s can't be found\n", name);
			return 1;
		}
	}
	setlocale(LC_CTYPE, "C.UTF-8");
	folder = enter_folder();
	setenv("XDG_CONFIG_HOME", folder, 1);
	setenv("HOME", folder, 1);
	signal(SIGALRM, tell_and_die);
	alarm(PATIENCE);
	for (size_t i = 0; i < count && good; i++)
		good = run(&u, argc > 3 ? argv[3 + i] : paths[i], keys, false);
	if (good && argc <= 3)
		good = run_out(&u, keys);
	alarm(0);
	for (size_t i = 0; i < count && argc <= 3; i++)
		free(paths[i]);
	return good ? 0 : 1;
}

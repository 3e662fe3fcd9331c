/*
 * Settings: what a file may say, how mistakes are told, and that saving
 * changes nothing but what was changed.  The manual page has every name.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/scratch.h"
#include "tui/keys.h"
#include "tui/settings_file.h"

enum { PATH_ROOM = 4200 };

static char told[16][ERROR_TEXT_MAX];
static unsigned told_count;
static const char *folder;
static char file[PATH_ROOM];

static void
tell(const char *line)
{
	if (told_count < 16)
		snprintf(told[told_count++], sizeof told[0], "%s", line);
}

static void
setup(void)
{
	folder = scratch_folder();
	snprintf(file, sizeof file, "%s/config", folder);
}

static void
write_file(const char *text)
{
	FILE *out = fopen(file, "w");

	cr_assert_not_null(out);
	fputs(text, out);
	fclose(out);
}

static void
assert_file(const char *expected)
{
	char text[4096];
	FILE *in = fopen(file, "r");
	size_t n;

	cr_assert_not_null(in);
	n = fread(text, 1, sizeof text - 1, in);
	fclose(in);
	text[n] = '\0';
	cr_assert_str_eq(text, expected);
}

static void
read_file(struct settings_file *f)
{
	struct error error;

	settings_file_init(f);
	cr_assert(settings_file_read(f, file, tell, &error), "%s", error.text);
}

static bool
set(struct settings *s, const char *name, const char *value)
{
	struct error error;

	return settings_set(s, name, value, &error);
}

TestSuite(settings, .init = setup);

Test(settings, what_a_file_says_holds)
{
	struct settings_file f;

	write_file("# mine\n\n  columns = flow, server state last   # four\n"
	    "sort=last ascending\ntime = clock\nrelative = no\ncolour-by = direction\nfold = no\r\n"
	    "detail = no\nzoom = yes\nservices = no\nascii = yes\ncolor = never\n"
	    "key.filter = f F3\nkey.mark = #\nstyle.resent = bold underline 214 on black");
	read_file(&f);
	cr_assert_eq(told_count, 0, "%s", told[0]);
	cr_assert_eq(f.settings.column_count, 4);
	cr_assert_str_eq(f.settings.columns[1]->name, "server");
	cr_assert_str_eq(f.settings.sort->name, "last");
	cr_assert_not(f.settings.descending);
	cr_assert_eq(f.settings.time, LADDER_TIME_CLOCK);
	cr_assert_eq(f.settings.colour, LADDER_COLOUR_DIRECTION);
	cr_assert(!f.settings.relative && !f.settings.fold && !f.settings.detail && !f.settings.services);
	cr_assert(f.settings.zoom && f.settings.ascii);
	cr_assert_eq(f.settings.color, OPTIONS_COLOR_NEVER);
	cr_assert_eq(f.settings.palette.look[STYLE_RESENT].foreground, 214);
	cr_assert_eq(f.settings.palette.look[STYLE_RESENT].background, 0);
	cr_assert_eq(f.settings.palette.look[STYLE_RESENT].attributes, LOOK_BOLD | LOOK_UNDERLINE);
	cr_assert_eq(action_find_mapped(&f.settings.keys, KEYS_F3, ON_LIST)->id, ACTION_FILTER);
	cr_assert_eq(action_find_mapped(&f.settings.keys, '#', ON_LADDER)->id, ACTION_MARK);
	settings_file_fini(&f);
}

Test(settings, each_mistake_is_told_by_its_line)
{
	static const struct {
		const char *line, *says;
	} wrong[] = {
		{ "frobnicate = 1", "line 2: frobnicate: there is no setting" },
		{ "columns = flow beauty", "line 3: columns: there is no column \"beauty\"" },
		{ "columns = flow flow", "line 4: columns: the column flow stands there twice" },
		{ "sort = summary", "line 5: sort: there is no order by summary" },
		{ "time = yesterday", "line 6: time: it can be start, clock, delta or mark" },
		{ "fold = perhaps", "line 7: fold: it can be no or yes" },
		{ "fold", "line 8: a setting is written as name = value" },
		{ "key.dance = x", "line 9: key.dance: there is no action" },
		{ "key.mark = F13", "line 10: key.mark: there is no key \"F13\"" },
		{ "key.mark = 7", "line 11: key.mark: digits" },
		{ "style.resent = mauve", "line 12: style.resent: \"mauve\" is no colour" },
		{ "style.shiny = red", "line 13: style.shiny: it can be normal" },
		{ "= yes", "line 14: a setting is written as name = value" },
		{ "color = \033[31m", "line 15: color: it can be auto, always or never, not \"\\x1b[31m\"" }
	};
	enum { WRONG = sizeof wrong / sizeof wrong[0] };
	struct settings_file f;
	char text[2048] = "detail = no\n";

	for (size_t i = 0; i < WRONG; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s\n", wrong[i].line);
	strcat(text, "zoom = yes\n");
	write_file(text);
	read_file(&f);
	cr_assert_eq(told_count, WRONG);
	cr_assert_eq(f.problems, WRONG);
	cr_assert_str_eq(f.problem, told[0]);
	for (size_t i = 0; i < WRONG; i++) {
		cr_expect_not_null(strstr(told[i], wrong[i].says), "\"%s\" says: %s", wrong[i].line, told[i]);
		cr_expect_eq(strncmp(told[i], file, strlen(file)), 0, "the file's name is missing: %s", told[i]);
	}
	/* what is right counts, and what is wrong leaves all as it was */
	cr_assert(!f.settings.detail && f.settings.zoom && f.settings.fold);
	cr_assert_eq(f.settings.column_count, 0);
	cr_assert_not(f.settings.keys.given[ACTION_MARK]);
	settings_file_fini(&f);
}

Test(settings, any_bytes_are_only_wrong)
{
	struct settings_file f;
	FILE *out;

	srand(4711);
	for (int round = 0; round < 300; round++) {
		static const char *const seeds[] = { "key.", "columns", "=", " ", "#", "\n", "flow", "style.dim", "on", "\0" };

		out = fopen(file, "w");
		for (int i = 0; i < 200; i++)
			if (rand() % 3 == 0)
				fputc(rand() % 256, out);
			else
				fputs(seeds[rand() % 10], out);
		fclose(out);
		read_file(&f);
		settings_file_fini(&f);
	}
}

Test(settings, a_file_that_must_be_there)
{
	struct settings_file f;
	struct error error;

	settings_file_init(&f);
	cr_assert_not(settings_file_read(&f, file, tell, &error));
	cr_assert_not_null(strstr(error.text, "No such file"));
	settings_file_fini(&f);
}

Test(settings, the_users_own_file_needn_t_be_there)
{
	struct settings_file f;
	struct error error;
	char path[PATH_ROOM];

	setenv("XDG_CONFIG_HOME", folder, 1);
	settings_file_init(&f);
	cr_assert(settings_file_read(&f, NULL, tell, &error));
	snprintf(path, sizeof path, "%s/tcpladder/config", folder);
	cr_assert_str_eq(f.path, path);
	cr_assert_eq(told_count, 0);
	settings_file_fini(&f);
	setenv("XDG_CONFIG_HOME", "relative/paths/are/ignored", 1);
	setenv("HOME", folder, 1);
	settings_file_init(&f);
	cr_assert(settings_file_read(&f, NULL, tell, &error));
	snprintf(path, sizeof path, "%s/.config/tcpladder/config", folder);
	cr_assert_str_eq(f.path, path);
	settings_file_fini(&f);
}

/* ---- saving */

Test(settings, only_what_changed_is_written)
{
	struct settings_file f;
	struct settings now;
	struct error error;
	struct stat about;

	write_file("# my settings\nfold = yes # runs\n\nnonsense here\nsort = flow\nfold=no   # the last one counts");
	read_file(&f);
	now = f.settings;
	cr_assert_eq(settings_file_save(&f, &f.settings, &now, false, &error), SETTINGS_SAME);
	now.fold = true;
	now.zoom = true;
	cr_assert(set(&now, "columns", "flow client rtx"));
	cr_assert_eq(settings_file_save(&f, &f.settings, &now, false, &error), SETTINGS_SAVED, "%s", error.text);
	assert_file("# my settings\nfold = yes # runs\n\nnonsense here\nsort = flow\n"
	    "fold= yes   # the last one counts\ncolumns = flow client rtx\nzoom = yes\n");
	cr_assert_eq(stat(file, &about), 0);
	cr_assert_eq(about.st_mode & 0777, 0600);
	settings_file_fini(&f);
	told_count = 0;
	read_file(&f);
	cr_assert(f.settings.fold && f.settings.zoom);
	cr_assert_eq(f.settings.column_count, 3);
	settings_file_fini(&f);
}

Test(settings, folders_are_made_and_links_stay)
{
	struct settings_file f;
	struct settings now;
	struct error error;
	struct stat about;
	char path[PATH_ROOM], real[PATH_ROOM];

	setenv("XDG_CONFIG_HOME", folder, 1);
	settings_file_init(&f);
	cr_assert(settings_file_read(&f, NULL, tell, &error));
	now = f.settings;
	now.detail = false;
	cr_assert_eq(settings_file_save(&f, &f.settings, &now, false, &error), SETTINGS_SAVED, "%s", error.text);
	snprintf(path, sizeof path, "%s/tcpladder", folder);
	cr_assert_eq(stat(path, &about), 0);
	cr_assert_eq(about.st_mode & 0777, 0700);
	snprintf(path, sizeof path, "%s/tcpladder/config", folder);
	snprintf(real, sizeof real, "%s/elsewhere", folder);
	cr_assert_eq(rename(path, real), 0);
	cr_assert_eq(symlink(real, path), 0);
	f.settings = now;
	now.detail = true;
	cr_assert_eq(settings_file_save(&f, &f.settings, &now, false, &error), SETTINGS_SAVED, "%s", error.text);
	cr_assert_eq(lstat(path, &about), 0);
	cr_assert(S_ISLNK(about.st_mode), "the link was replaced by a file");
	snprintf(file, sizeof file, "%s/elsewhere", folder);
	assert_file("detail = yes\n");
	settings_file_fini(&f);
}

Test(settings, what_somebody_else_wrote_isn_t_lost)
{
	struct settings_file f;
	struct settings now;
	struct error error;

	write_file("fold = yes\n");
	read_file(&f);
	now = f.settings;
	now.fold = false;
	write_file("fold = yes\ntime = clock\n");
	cr_assert_eq(settings_file_save(&f, &f.settings, &now, false, &error), SETTINGS_CHANGED_ON_DISK);
	assert_file("fold = yes\ntime = clock\n");
	cr_assert_eq(settings_file_save(&f, &f.settings, &now, true, &error), SETTINGS_SAVED);
	assert_file("fold = no\ntime = clock\n");
	now.fold = true;
	f.settings.fold = false;
	cr_assert_eq(settings_file_save(&f, &f.settings, &now, false, &error), SETTINGS_SAVED,
	    "its own writing isn't somebody else's");
	settings_file_fini(&f);
}

Test(settings, a_failure_leaves_all_as_it_was)
{
	struct settings_file f;
	struct settings now;
	struct error error = { .text = "" };
	char path[sizeof file + 8];

	write_file("fold = yes\n");
	read_file(&f);
	now = f.settings;
	now.fold = false;
	free(f.path);
	snprintf(path, sizeof path, "%s/below", file);	/* a file isn't a folder */
	f.path = strdup(path);
	cr_assert_eq(settings_file_save(&f, &f.settings, &now, true, &error), SETTINGS_FAILED);
	cr_assert_not_null(strstr(error.text, "can't be written"), "%s", error.text);
	assert_file("fold = yes\n");
	settings_file_fini(&f);
}

/* ---- keys and colours */

Test(settings, a_given_key_replaces_the_table_s)
{
	struct settings s;
	struct error error;
	char keys[96];

	settings_init(&s);
	cr_assert(set(&s, "key.filter", "F3 x"));
	cr_assert_eq(action_find_mapped(&s.keys, 'x', ON_LIST)->id, ACTION_FILTER);
	cr_assert_null(action_find_mapped(&s.keys, KEYS_F4, ON_LIST));
	cr_assert_str_eq(action_keys(&s.keys, action_named("filter"), keys, sizeof keys), "F3 x");
	/* what was another's by itself is the user's to give */
	cr_assert(set(&s, "key.follow", "j"));
	cr_assert_eq(action_find_mapped(&s.keys, 'j', ON_LIST)->id, ACTION_FOLLOW);
	cr_assert_eq(action_find_mapped(&s.keys, 'j', ON_PACKET)->id, ACTION_DOWN);
	cr_assert_str_eq(action_keys(&s.keys, action_named("freeze"), keys, sizeof keys), "o");
	/* but not to two actions that meet */
	cr_assert_not(settings_set(&s, "key.freeze", "x", &error));
	cr_assert_not_null(strstr(error.text, "given to filter"), "%s", error.text);
	cr_assert(set(&s, "key.anything", "y") == false);
	cr_assert(set(&s, "key.freeze", "none"));
	cr_assert_null(action_find_mapped(&s.keys, 'o', ON_LIST));
	cr_assert_str_eq(action_keys(&s.keys, action_named("freeze"), keys, sizeof keys), "");
}

Test(settings, a_key_that_is_taken_away_is_not_in_the_help)
{
	struct settings s;
	char keys[96];

	settings_init(&s);
	cr_assert(set(&s, "key.columns", "F4"));
	cr_assert_str_eq(action_keys(&s.keys, action_named("filter"), keys, sizeof keys), "f");
	cr_assert_str_eq(action_keys(NULL, action_named("filter"), keys, sizeof keys), "f F4");
}

Test(settings, colours_only_where_there_are_some)
{
	struct settings s;

	settings_init(&s);
	cr_assert(set(&s, "style.dim", "underline 214"));
	cr_assert_eq(look_in(&s.palette, STYLE_DIM, PICTURE_PLAIN, LOOK_256).foreground, 214);
	cr_assert_eq(look_in(&s.palette, STYLE_DIM, PICTURE_PLAIN, LOOK_8).foreground,
	    look_of(STYLE_DIM, PICTURE_PLAIN, LOOK_8).foreground);
	cr_assert_eq(look_in(&s.palette, STYLE_DIM, PICTURE_PLAIN, LOOK_MONO).foreground, -1);
	cr_assert_eq(look_in(&s.palette, STYLE_DIM, PICTURE_PLAIN, LOOK_MONO).attributes, LOOK_UNDERLINE);
	cr_assert_eq(look_in(&s.palette, STYLE_DIM, PICTURE_SELECTED, LOOK_256).foreground,
	    look_of(STYLE_DIM, PICTURE_SELECTED, LOOK_256).foreground);
	cr_assert(set(&s, "style.reset", "bright-red on default"));
	cr_assert_eq(look_in(&s.palette, STYLE_RESET, PICTURE_PLAIN, LOOK_16).foreground, 9);
}

/* ---- the manual page */

static bool
in_page(const char *page, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = strstr(page, word); at != NULL; at = strstr(at + 1, word))
		if (strchr(" \n.", at[-1]) != NULL && strchr(" \n.,;", at[length]) != NULL)
			return true;
	return false;
}

Test(settings, the_manual_page_has_every_name)
{
	static const char *const rest[] = { "color", "key.", "style.", "none", "default", "bright-", "on" };
	const char *data = getenv("TESTDATA");
	char path[4096], value[SETTINGS_VALUE_MAX];
	static char page[65536];
	struct settings s;
	const char *name;
	FILE *in;

	settings_init(&s);
	snprintf(path, sizeof path, "%s/../doc/tcpladder.conf.5", data != NULL ? data : "testdata");
	in = fopen(path, "r");
	cr_assert_not_null(in, "%s", path);
	cr_assert_gt(fread(page, 1, sizeof page - 1, in), 1000);
	fclose(in);
	for (size_t n = 0; settings_value(&s, n, &name, value); n++)
		cr_expect(in_page(page, name), "the setting %s", name);
	for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
		cr_expect(in_page(page, rest[i]), "%s", rest[i]);
	for (size_t g = 0; g < action_group_count; g++)
		for (size_t i = 0; i < action_groups[g].count; i++)
			cr_expect(in_page(page, action_groups[g].actions[i].name), "the action %s",
			    action_groups[g].actions[i].name);
	for (int i = 0; i < STYLES; i++)
		cr_expect(in_page(page, style_names[i]), "the style %s", style_names[i]);
}

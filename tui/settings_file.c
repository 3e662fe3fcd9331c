/*
 * Lines of `name = value`.  A # begins a comment, at the beginning of a line
 * or after a blank, but not as the first character of a value, where it is a
 * key.  Saving replaces the last line that sets a name, or adds one at the
 * end, in a new file that then takes the old one's place.
 */
#include "tui/settings_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/whole_file.h"

enum { FILE_MAX = 1 << 20, LINE_MAX_BYTES = 2048, SAFE_MAX = 256 };

/* A line's parts, as offsets into it. */
struct parts {
	size_t name, name_end;		/* equal: a blank line or a comment */
	size_t equals;			/* its length when there is none */
	size_t value, value_end;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct parts
part(const char *line, size_t length)
{
	struct parts p = { .equals = length, .value = length, .value_end = length };
	size_t at = 0;

	while (at < length && is_blank(line[at]))
		at++;
	p.name = p.name_end = at;
	if (at == length || line[at] == '#')
		return p;
	for (p.equals = at; p.equals < length && line[p.equals] != '='; p.equals++)
		;
	for (p.name_end = p.equals; p.name_end > p.name && is_blank(line[p.name_end - 1]); p.name_end--)
		;
	for (p.value = p.equals < length ? p.equals + 1 : length; p.value < length && is_blank(line[p.value]); p.value++)
		;
	for (p.value_end = p.value; p.value_end < length; p.value_end++)
		if (line[p.value_end] == '#' && p.value_end > p.value && is_blank(line[p.value_end - 1]))
			break;
	while (p.value_end > p.value && is_blank(line[p.value_end - 1]))
		p.value_end--;
	return p;
}

/* ---- where it is */

static char *
join(const char *folder, const char *rest)
{
	size_t size = strlen(folder) + strlen(rest) + 1;
	char *path = memory_new(size);

	snprintf(path, size, "%s%s", folder, rest);
	return path;
}

static char *
default_path(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config != NULL && config[0] == '/')
		return join(config, "/tcpladder/config");
	return home != NULL && home[0] == '/' ? join(home, "/.config/tcpladder/config") : NULL;
}

/* ---- reading */

/* NULL with errno: it can't be read; ENOENT: it isn't there. */
static char *
read_whole(const char *path, size_t *length)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;
	ssize_t n = 0;

	*length = 0;
	if (file < 0)
		return NULL;
	do {
		text = memory_resize(text, *length + LINE_MAX_BYTES + 1, 1);
		n = read(file, text + *length, LINE_MAX_BYTES);
		if (n > 0)
			*length += (size_t)n;
	} while (n > 0 && *length <= FILE_MAX);
	if (n < 0 || *length > FILE_MAX) {
		int why = n < 0 ? errno : EFBIG;

		free(text);
		close(file);
		errno = why;
		return NULL;
	}
	close(file);
	text[*length] = '\0';
	return text;
}

static bool
read_line(struct settings *s, const char *line, size_t length, struct error *error)
{
	struct parts p = part(line, length);
	char name[LINE_MAX_BYTES], value[LINE_MAX_BYTES];

	if (p.name == p.name_end && p.equals == length)
		return true;
	if (length >= LINE_MAX_BYTES)
		return error_set(error, "the line is too long");
	if (memchr(line, '\0', length) != NULL)
		return error_set(error, "this isn't text");
	if (p.equals == length || p.name == p.name_end)
		return error_set(error, "a setting is written as name = value");
	snprintf(name, sizeof name, "%.*s", (int)(p.name_end - p.name), line + p.name);
	snprintf(value, sizeof value, "%.*s", (int)(p.value_end - p.value), line + p.value);
	if (!settings_set(s, name, value, error)) {
		struct error what = *error;
		char safe[SAFE_MAX];

		return error_set(error, "%s: %s", text_safe_string(safe, sizeof safe, name), what.text);
	}
	return true;
}

static void
complain(struct settings_file *f, const struct error *wrong, void (*tell)(const char *line))
{
	if (f->problems++ == 0)
		snprintf(f->problem, sizeof f->problem, "%s", wrong->text);
	tell(wrong->text);
}

static void
read_lines(struct settings_file *f, void (*tell)(const char *line))
{
	unsigned number = 1;
	char safe[SAFE_MAX];

	text_safe_string(safe, sizeof safe, f->path);
	for (const char *line = f->text, *end; line < f->text + f->length; line = end + 1, number++) {
		struct error wrong, whole;

		end = memchr(line, '\n', f->length - (size_t)(line - f->text));
		if (end == NULL)
			end = f->text + f->length;
		if (read_line(&f->settings, line, (size_t)(end - line), &wrong))
			continue;
		error_set(&whole, "%s, line %u: %s", safe, number, wrong.text);
		complain(f, &whole, tell);
	}
}

void
settings_file_init(struct settings_file *f)
{
	*f = (struct settings_file){ .path = NULL };
	settings_init(&f->settings);
}

void
settings_file_fini(struct settings_file *f)
{
	free(f->path);
	free(f->text);
	f->path = f->text = NULL;
}

bool
settings_file_read(struct settings_file *f, const char *path, void (*tell)(const char *line), struct error *error)
{
	char safe[SAFE_MAX];

	f->path = path != NULL ? memory_copy_text(path) : default_path();
	if (f->path == NULL)
		return true;
	f->text = read_whole(f->path, &f->length);
	if (f->text == NULL) {
		int why = errno;
		struct error wrong;

		error_set(&wrong, "%s: the settings can't be read: %s",
		    text_safe_string(safe, sizeof safe, f->path), strerror(why));
		if (path != NULL)
			return error_set(error, "%s", wrong.text);
		if (why != ENOENT && why != ENOTDIR)
			complain(f, &wrong, tell);
		return true;
	}
	read_lines(f, tell);
	return true;
}

/* ---- the text that is to be written */

struct text {
	char *bytes;
	size_t length, size;
};

static void
add(struct text *t, const char *bytes, size_t length)
{
	if (t->length + length + 1 > t->size) {
		t->size = (t->length + length + 1) * 2;
		t->bytes = memory_resize(t->bytes, t->size, 1);
	}
	memcpy(t->bytes + t->length, bytes, length);
	t->length += length;
	t->bytes[t->length] = '\0';
}

static void
add_text(struct text *t, const char *text)
{
	add(t, text, strlen(text));
}

/* The text with this setting: what else stands on its line stays. */
static void
put_setting(struct text *t, const char *name, const char *value)
{
	struct text made = { .bytes = NULL };
	size_t from = 0, to = 0, length = strlen(name);
	bool found = false;

	for (size_t at = 0, end; at < t->length; at = end + 1) {
		const char *line = t->bytes + at, *newline = memchr(line, '\n', t->length - at);
		struct parts p;

		end = newline != NULL ? at + (size_t)(newline - line) : t->length;
		p = part(line, end - at);
		if (p.equals == end - at || p.name_end - p.name != length || memcmp(line + p.name, name, length) != 0)
			continue;
		found = true;
		from = at + p.value;
		to = at + p.value_end;
	}
	add(&made, t->bytes, found ? from : t->length);
	if (found) {
		bool tight = from > 0 && t->bytes[from - 1] == '=';

		add_text(&made, tight ? " " : "");
		add_text(&made, value);
		add(&made, t->bytes + to, t->length - to);
	} else {
		add_text(&made, made.length > 0 && made.bytes[made.length - 1] != '\n' ? "\n" : "");
		add_text(&made, name);
		add_text(&made, " = ");
		add_text(&made, value);
		add_text(&made, "\n");
	}
	free(t->bytes);
	*t = made;
}

/* How many settings are another. */
static unsigned
put_changes(struct text *t, const struct settings *before, const struct settings *now)
{
	char old[SETTINGS_VALUE_MAX], new[SETTINGS_VALUE_MAX];
	unsigned changes = 0;
	const char *name;

	for (size_t n = 0; settings_value(now, n, &name, new); n++) {
		settings_value(before, n, &name, old);
		if (strcmp(old, new) == 0)
			continue;
		put_setting(t, name, new);
		changes++;
	}
	return changes;
}

/* ---- writing */

/* A new folder or file of root's in another user's home would be of no use there. */
static void
give_to_owner_of(int file, const char *folder)
{
	struct stat about;

	if (geteuid() == 0 && stat(folder, &about) == 0 && about.st_uid != 0 &&
	    fchown(file, about.st_uid, about.st_gid) != 0)
		return;
}

static void
make_folders(const char *path)
{
	char *folder = memory_copy_text(path);

	for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0700) == 0) {
			int made = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			char *above = memory_copy_text(folder), *last = strrchr(above, '/');

			*last = '\0';
			if (made >= 0) {
				give_to_owner_of(made, above[0] != '\0' ? above : "/");
				close(made);
			}
			free(above);
		}
		*slash = '/';
	}
	free(folder);
}

/* What a symbolic link stands for, so that the link stays. */
static char *
real_path(const char *path)
{
	char *real = realpath(path, NULL);

	return real != NULL ? real : memory_copy_text(path);
}

static bool
replace_file(const char *path, const struct text *t, struct error *error)
{
	char *real = real_path(path), *folder = memory_copy_text(real), *slash = strrchr(folder, '/');
	struct whole_file f;
	bool good;

	if (slash != NULL)
		*slash = '\0';
	make_folders(real);
	good = whole_file_begin(&f, real, error);
	if (good) {
		give_to_owner_of(fileno(f.stream), slash == NULL ? "." : slash == folder ? "/" : folder);
		fwrite(t->bytes, 1, t->length, f.stream);
		good = whole_file_finish(&f, true, error) == WHOLE_FILE_DONE;
	}
	free(folder);
	free(real);
	return good;
}

enum settings_saved
settings_file_save(struct settings_file *f, const struct settings *before, const struct settings *now,
    bool anyway, struct error *error)
{
	struct text t = { .bytes = NULL };
	size_t length;
	char *text, safe[SAFE_MAX];
	enum settings_saved saved = SETTINGS_FAILED;

	if (f->path == NULL) {
		error_set(error, "There is no place for settings: give --config, or set HOME.");
		return saved;
	}
	text = read_whole(f->path, &length);
	if (text == NULL && errno != ENOENT && errno != ENOTDIR) {
		error_set(error, "%s can't be read: %s", text_safe_string(safe, sizeof safe, f->path), strerror(errno));
		return saved;
	}
	add(&t, text != NULL ? text : "", length);
	if (put_changes(&t, before, now) == 0)
		saved = SETTINGS_SAME;
	else if (!anyway && ((text == NULL) != (f->text == NULL) || length != f->length ||
	    (text != NULL && memcmp(text, f->text, length) != 0)))
		saved = SETTINGS_CHANGED_ON_DISK;
	else if (replace_file(f->path, &t, error))
		saved = SETTINGS_SAVED;
	free(text);
	if (saved != SETTINGS_SAVED) {
		free(t.bytes);
		return saved;
	}
	free(f->text);
	f->text = t.bytes;
	f->length = t.length;
	return saved;
}

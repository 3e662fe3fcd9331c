/*
 * Where the system has files without a name (Linux: O_TMPFILE), nothing is
 * left behind even by a program that is killed; elsewhere a temporary file
 * stands in the same folder, since a name can only be moved inside a file
 * system.  Without permission to replace, the name is given with link(2),
 * which never overwrites; file systems without hard links get rename(2).
 */
#include "base/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/language.h"
#include "base/memory.h"
#include "base/random.h"

enum { TRIES = 100 };

static bool
fail(const char *why, struct error *error)
{
	return error_set(error, "it can't be written: %s", why);
}

enum whole_file_result
whole_file_look(const char *name, struct error *error)
{
	struct stat about;
	size_t length = strlen(name);

	if (length == 0 || name[length - 1] == '/') {
		fail(length == 0 ? _("it has no name") : _("that names a folder"), error);
		return WHOLE_FILE_FAILED;
	}
	if (stat(name, &about) != 0) {
		if (errno == ENOENT)
			return WHOLE_FILE_DONE;
		fail(strerror(errno), error);
		return WHOLE_FILE_FAILED;
	}
	if (S_ISREG(about.st_mode))
		return WHOLE_FILE_EXISTS;
	fail(S_ISDIR(about.st_mode) ? _("that is a folder") : _("that isn't an ordinary file"), error);
	return WHOLE_FILE_FAILED;
}

static void
forget(struct whole_file *f)
{
	free(f->name);
	free(f->temporary);
	*f = (struct whole_file){ .stream = NULL };
}

/* ---- without a name */

#ifdef O_TMPFILE
/* The way to an open file, by which linkat() gives it a name. */
static void
way_to(int descriptor, char *way, size_t size)
{
	snprintf(way, size, "/proc/self/fd/%d", descriptor);
}

/* -1: there is no such thing here, or no way to give it a name. */
static int
open_nameless(const char *name)
{
	char *folder = memory_copy_text(name), *slash = strrchr(folder, '/'), way[64];
	int descriptor;

	if (slash != NULL)
		slash[slash == folder] = '\0';
	descriptor = open(slash != NULL ? folder : ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	free(folder);
	way_to(descriptor, way, sizeof way);
	if (descriptor >= 0 && access(way, R_OK) != 0) {
		close(descriptor);
		return -1;
	}
	return descriptor;
}

/* false, and errno is EEXIST: there is something of that name. */
static bool
name_it(const struct whole_file *f, const char *name)
{
	char way[64];

	way_to(fileno(f->stream), way, sizeof way);
	return linkat(AT_FDCWD, way, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
}

/* A temporary name, which then is moved. */
static bool
name_it_anyhow(struct whole_file *f)
{
	for (unsigned i = 0; i < TRIES; i++) {
		uint32_t any;

		random_fill(&any, sizeof any);
		snprintf(f->temporary, strlen(f->name) + sizeof ".XXXXXX", "%s.%06x", f->name, any & 0xffffffU);
		if (name_it(f, f->temporary))
			return true;
		if (errno != EEXIST)
			return false;
	}
	return false;
}
#else
static int
open_nameless(const char *name)
{
	(void)name;
	return -1;
}

static bool
name_it(const struct whole_file *f, const char *name)
{
	(void)f;
	(void)name;
	errno = ENOTSUP;
	return false;
}

static bool
name_it_anyhow(struct whole_file *f)
{
	return name_it(f, f->name);
}
#endif

/* ---- from beginning to end */

bool
whole_file_begin(struct whole_file *f, const char *name, struct error *error)
{
	size_t size = strlen(name) + sizeof ".XXXXXX";
	int descriptor = open_nameless(name);

	f->stream = NULL;
	f->nameless = descriptor >= 0;
	f->name = memory_copy_text(name);
	f->temporary = memory_new(size);
	snprintf(f->temporary, size, "%s.XXXXXX", name);
	if (!f->nameless)
		descriptor = mkstemp(f->temporary);	/* 0600 */
	if (descriptor >= 0)
		f->stream = fdopen(descriptor, "wb");
	if (f->stream != NULL)
		return true;
	fail(strerror(errno), error);
	if (descriptor >= 0) {
		close(descriptor);
		if (!f->nameless)
			unlink(f->temporary);
	}
	forget(f);
	return false;
}

static enum whole_file_result
give_name(struct whole_file *f, bool replace, struct error *error)
{
	if (!replace) {
		if (f->nameless ? name_it(f, f->name) : link(f->temporary, f->name) == 0) {
			if (!f->nameless)
				unlink(f->temporary);
			return WHOLE_FILE_DONE;
		}
		if (errno == EEXIST) {
			fail(strerror(errno), error);
			return WHOLE_FILE_EXISTS;
		}
	}
	if (!f->nameless || name_it_anyhow(f)) {
		f->nameless = false;
		if (rename(f->temporary, f->name) == 0)
			return WHOLE_FILE_DONE;
	}
	fail(strerror(errno), error);
	return WHOLE_FILE_FAILED;
}

enum whole_file_result
whole_file_finish(struct whole_file *f, bool replace, struct error *error)
{
	enum whole_file_result result = WHOLE_FILE_FAILED;

	errno = 0;
	/* A stream that failed before doesn't tell the reason any more. */
	if (ferror(f->stream) || fflush(f->stream) != 0 || fsync(fileno(f->stream)) != 0)
		fail(strerror(errno != 0 ? errno : EIO), error);
	else
		result = give_name(f, replace, error);
	fclose(f->stream);	/* all is on the disk: nothing can fail any more */
	if (result != WHOLE_FILE_DONE && !f->nameless)
		unlink(f->temporary);
	forget(f);
	return result;
}

void
whole_file_abandon(struct whole_file *f)
{
	fclose(f->stream);
	if (!f->nameless)
		unlink(f->temporary);
	forget(f);
}

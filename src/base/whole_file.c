/*
 * The temporary file stands in the same folder, since a name can only be
 * moved inside a file system.  Without permission to replace, the name is
 * given with link(2), which never overwrites; file systems without hard
 * links get rename(2).
 */
#include "base/whole_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/language.h"
#include "base/memory.h"

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

bool
whole_file_begin(struct whole_file *f, const char *name, struct error *error)
{
	size_t size = strlen(name) + sizeof ".XXXXXX";
	int descriptor;

	f->stream = NULL;
	f->name = memory_copy_text(name);
	f->temporary = memory_new(size);
	snprintf(f->temporary, size, "%s.XXXXXX", name);
	descriptor = mkstemp(f->temporary);	/* 0600 */
	if (descriptor >= 0)
		f->stream = fdopen(descriptor, "wb");
	if (f->stream != NULL)
		return true;
	fail(strerror(errno), error);
	if (descriptor >= 0) {
		close(descriptor);
		unlink(f->temporary);
	}
	forget(f);
	return false;
}

static enum whole_file_result
give_name(const struct whole_file *f, bool replace, struct error *error)
{
	if (!replace) {
		if (link(f->temporary, f->name) == 0) {
			unlink(f->temporary);
			return WHOLE_FILE_DONE;
		}
		if (errno == EEXIST) {
			fail(strerror(errno), error);
			return WHOLE_FILE_EXISTS;
		}
	}
	if (rename(f->temporary, f->name) == 0)
		return WHOLE_FILE_DONE;
	fail(strerror(errno), error);
	return WHOLE_FILE_FAILED;
}

enum whole_file_result
whole_file_finish(struct whole_file *f, bool replace, struct error *error)
{
	enum whole_file_result result = WHOLE_FILE_FAILED;
	int why = 0;

	errno = 0;
	/* A stream that failed before doesn't tell the reason any more. */
	if (ferror(f->stream) || fflush(f->stream) != 0 || fsync(fileno(f->stream)) != 0)
		why = errno != 0 ? errno : EIO;
	if (fclose(f->stream) != 0 && why == 0)
		why = errno;
	if (why != 0)
		fail(strerror(why), error);
	else
		result = give_name(f, replace, error);
	if (result != WHOLE_FILE_DONE)
		unlink(f->temporary);
	forget(f);
	return result;
}

void
whole_file_abandon(struct whole_file *f)
{
	fclose(f->stream);
	unlink(f->temporary);
	forget(f);
}

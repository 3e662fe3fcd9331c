/*
 * Saving a live capture.  Frames collect in a buffer that is written as a
 * whole; when that fails, the file is cut back to where the buffer began, so
 * that it never ends within a frame.
 */
#include "capture/live_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

enum { WRITE_AT = 1 << 17, FRAME_MAX = 1 << 18, BUFFER = WRITE_AT + FRAME_MAX + 64, FILE_HEADER = 24,
    FRAME_HEADER = 16 };

struct live_file {
	struct live_file_options options;
	char *name;
	int fd;				/* -1: it couldn't be opened */
	int link_type;
	uint32_t snapshot;
	uint64_t began;			/* seconds since the epoch: when the time of this file began */
	uint64_t tried;			/* when opening was tried last */
	uint32_t number;		/* of this file, by size */
	uint32_t periods;		/* files by time, before this one */
	unsigned digits;
	uint64_t written;		/* bytes of this file that the system has */
	bool again;			/* the first files are there already, and are ours */
	bool torn;			/* it ends within a frame: nothing more may follow */
	uint8_t *buffer;
	size_t used;
	uint32_t frames;		/* in the buffer */
	_Atomic uint64_t unsaved;
	_Atomic int trouble;
};

bool
live_file_name(const char *name, uint64_t when, uint32_t number, unsigned digits,
    char out[LIVE_FILE_NAME_MAX])
{
	char dated[LIVE_FILE_NAME_MAX];
	time_t seconds = (time_t)when;
	struct tm local;
	int n;

	if (when == 0) {
		if (strlen(name) >= sizeof dated)
			return false;
		strcpy(dated, name);
	} else {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		if (localtime_r(&seconds, &local) == NULL || strftime(dated, sizeof dated, name, &local) == 0)
			return false;
#pragma GCC diagnostic pop
	}
	if (number == 0 && digits == 0)
		n = snprintf(out, LIVE_FILE_NAME_MAX, "%s", dated);
	else
		n = snprintf(out, LIVE_FILE_NAME_MAX, "%s%0*u", dated, (int)digits, number);
	return n >= 0 && n < LIVE_FILE_NAME_MAX;
}

/* ---- bytes */

static void
put(struct live_file *f, uint32_t n, size_t bytes)
{
	for (; bytes > 0; bytes--, n >>= 8)
		f->buffer[f->used++] = (uint8_t)n;
}

static void
put_file_header(struct live_file *f)
{
	put(f, UINT32_C(0xa1b23c4d), 4);	/* times are in nanoseconds */
	put(f, 2, 2);
	put(f, 4, 2);
	put(f, 0, 4);
	put(f, 0, 4);
	put(f, f->snapshot, 4);
	put(f, (uint32_t)f->link_type, 4);
}

/* What couldn't be written is lost, and the file ends where it ended before. */
static void
give_up(struct live_file *f, int trouble, size_t written)
{
	atomic_fetch_add(&f->unsaved, f->frames);
	atomic_store(&f->trouble, trouble);
	if (written > 0 && (ftruncate(f->fd, (off_t)f->written) != 0
	    || lseek(f->fd, (off_t)f->written, SEEK_SET) < 0)) {
		close(f->fd);	/* whatever followed couldn't be read */
		f->fd = -1;
		f->torn = true;
	}
}

void
live_file_flush(struct live_file *f)
{
	size_t done = 0;
	ssize_t n = 0;

	if (f->used == 0)
		return;
	errno = EIO;
	while (f->fd >= 0 && done < f->used) {
		n = write(f->fd, f->buffer + done, f->used - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (done == f->used)
		f->written += done;
	else
		give_up(f, f->fd < 0 ? atomic_load(&f->trouble) : errno, done);
	f->used = 0;
	f->frames = 0;
}

/* ---- files */

static bool
current_name(const struct live_file *f, char out[LIVE_FILE_NAME_MAX])
{
	return live_file_name(f->name, f->options.seconds > 0 ? f->began : 0, f->number, f->digits, out);
}

/* One that is there is opened as it is: in a folder like /tmp, Linux lets nobody "create" what somebody else has. */
static int
open_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0 && errno == EEXIST)
		fd = open(name, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)	/* a link to nothing */
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return fd;
}

static bool
open_current(struct live_file *f, uint64_t now)
{
	char name[LIVE_FILE_NAME_MAX];

	f->tried = now;
	f->written = 0;
	errno = ENAMETOOLONG;
	if (strcmp(f->name, "-") == 0)
		f->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	else if (current_name(f, name))
		f->fd = open_file(name);
	/* made while we were root still */
	if (f->fd < 0 && errno == EACCES && f->again && unlink(name) == 0)
		f->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (f->fd < 0)
		atomic_store(&f->trouble, errno);
	return f->fd >= 0;
}

/* In folders like /tmp only its owner may overwrite a file or take it away. */
static void
give_away(const struct live_file *f)
{
	const struct live_file_owner *to = f->options.owner;
	struct stat about;

	if (to != NULL && fstat(f->fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_nlink == 1
	    && about.st_uid == geteuid())
		(void)!fchown(f->fd, to->user, to->group);
}

static void
begin_next(struct live_file *f, uint64_t now)
{
	live_file_flush(f);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	f->torn = false;
	open_current(f, now);
}

/* How many digits the numbers of so many files take, from 0. */
static unsigned
digits_of(uint32_t files)
{
	unsigned digits = 0;

	for (uint32_t last = files > 0 ? files - 1 : 0; last > 0; last /= 10)
		digits++;
	return digits;
}

struct live_file *
live_file_open(const struct live_file_options *options, int link_type, uint32_t snapshot, uint64_t now,
    struct error *error)
{
	struct live_file *f = memory_new(sizeof *f);
	char safe[160];

	f->options = *options;
	f->name = memory_copy_text(options->name);
	f->fd = -1;
	f->link_type = link_type;
	f->snapshot = snapshot;
	f->began = now;
	f->digits = options->bytes > 0 ? digits_of(options->files) : 0;
	f->buffer = memory_new(BUFFER);
	if (open_current(f, now)) {
		give_away(f);
		put_file_header(f);
		live_file_flush(f);
	}
	if (atomic_load(&f->trouble) == 0)
		return f;
	error_set(error, "saving to %s: %s", text_safe_string(safe, sizeof safe, options->name),
	    strerror(atomic_load(&f->trouble)));
	live_file_close(f);
	return NULL;
}

void
live_file_close(struct live_file *f)
{
	if (f == NULL)
		return;
	live_file_flush(f);
	if (f->fd >= 0)
		close(f->fd);
	free(f->name);
	free(f->buffer);
	free(f);
}

/* Whether the time of this file is over; false in *more: and it was the last. */
static bool
time_is_over(struct live_file *f, uint64_t now, bool *more)
{
	if (f->options.seconds == 0 || now < f->began + f->options.seconds)
		return false;
	f->periods++;
	*more = f->options.bytes > 0 || f->options.files == 0 || f->periods < f->options.files;
	if (*more) {
		f->began = now;
		f->number = 0;
	}
	return true;
}

static bool
size_is_reached(struct live_file *f)
{
	if (f->options.bytes == 0 || f->written + f->used <= f->options.bytes)
		return false;
	live_file_flush(f);
	/* The disk is full: another file would have nothing in it, but where the next one gives way to what is new. */
	if (f->options.files == 0 && f->written <= f->options.bytes)
		return false;
	f->number++;
	if (f->options.files > 0 && f->number >= f->options.files) {
		f->number = 0;
		f->again = true;
	}
	return true;
}

bool
live_file_write(struct live_file *f, const struct raw_frame *frame)
{
	uint64_t now = frame->time / 1000000000;
	uint32_t captured = frame->captured < FRAME_MAX ? frame->captured : FRAME_MAX;
	bool more = true;

	if (time_is_over(f, now, &more)) {
		if (!more)
			return false;
		begin_next(f, now);
	} else if (size_is_reached(f) || (f->fd < 0 && !f->torn && now > f->tried)) {
		begin_next(f, now);
	}
	if (f->fd < 0) {
		atomic_fetch_add(&f->unsaved, 1);
		return true;
	}
	if (f->written == 0 && f->used == 0)
		put_file_header(f);
	put(f, (uint32_t)now, 4);
	put(f, (uint32_t)(frame->time % 1000000000), 4);
	put(f, captured, 4);
	put(f, frame->length, 4);
	memcpy(f->buffer + f->used, frame->bytes, captured);
	f->used += captured;
	f->frames++;
	if (f->used >= WRITE_AT)
		live_file_flush(f);
	return true;
}

void
live_file_status(const struct live_file *f, struct live_file_status *status)
{
	status->unsaved = atomic_load_explicit(&f->unsaved, memory_order_relaxed);
	status->trouble = atomic_load_explicit(&f->trouble, memory_order_relaxed);
}

/*
 * A savefile's or pipe's bytes on their way to libpcap: see the header.  All
 * reading happens in the thread that calls libpcap; stop and progress are
 * atomic.  Offsets are those of the unpacked bytes.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "capture/savefile_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <stdio_ext.h>
#endif

#include "base/language.h"
#include "base/memory.h"
#include "base/text.h"
#include "capture/unpack.h"
#include "capture/wake.h"

enum {
	RAW_SIZE = 64 << 10,	/* compressed bytes read at once */
	FILE_BUFFER = 32 << 10,	/* stdio's: few system calls, and still within the first-level cache */
	HOLD_SIZE = 1 << 20,	/* of a pipe, held ahead: larger than any frame libpcap takes */
	HEAD_SIZE = 16
};

enum { READ_FAILED = -1, READ_NOTHING = -2 };

struct savefile_stream {
	int descriptor;
	bool pipe, decided, ended, failed;
	uint64_t base;			/* where a file that was handed over half-read begins */
	uint64_t total;			/* of a file, as it lies on the disk */
	_Atomic uint64_t done;
	atomic_bool stopped;
	struct wake wake;

	struct unpack *unpack;
	enum unpack_kind packed;
	uint8_t *raw;
	size_t raw_at, raw_end;
	bool raw_ended;
	bool pending;	/* the unpacker filled what it was given and may have more */
	int copy;			/* unpacked copy of a compressed file, or -1 */
	uint64_t copied;

	struct savefile_walk *walk;
	char *buffer;			/* stdio's */
	uint8_t carry[SAVEFILE_HEADER_MAX];	/* files: an incomplete header */
	size_t carried;
	uint8_t *ahead;			/* files: read for a C library that asks for less than its buffer holds */
	size_t ahead_at, ahead_end;
	uint8_t *hold;	/* pipes: [at, passed) may go on, [passed, held) is an incomplete header */
	size_t hold_at, hold_passed, held;

	uint8_t head[HEAD_SIZE];	/* the first unpacked bytes, for messages */
	size_t head_size;
	char error[256];
};

static ssize_t
fail(struct savefile_stream *s, const char *what, const char *why)
{
	s->failed = true;
	snprintf(s->error, sizeof s->error, "%s%s%s", what, why != NULL ? ": " : "",
	    why != NULL ? why : "");
	return READ_FAILED;
}

/* Waits for a pipe. 1: readable, 0: not within the time, READ_FAILED: stopped. */
static int
await(struct savefile_stream *s, int milliseconds)
{
	struct pollfd descriptors[2] = {
		{ .fd = s->descriptor, .events = POLLIN },
		{ .fd = s->wake.read_end, .events = POLLIN }
	};

	for (;;) {
		int n = poll(descriptors, 2, milliseconds);

		if (n < 0 && errno != EINTR)
			return (int)fail(s, _("waiting"), strerror(errno));
		if (atomic_load_explicit(&s->stopped, memory_order_relaxed))
			return READ_FAILED;
		if (n == 0)
			return 0;
		if (n > 0 && descriptors[0].revents != 0)
			return 1;
	}
}

/* Bytes as they are stored. 0: the end. */
static ssize_t
read_raw(struct savefile_stream *s, uint8_t *bytes, size_t size, int milliseconds)
{
	for (;;) {
		ssize_t n;

		if (atomic_load_explicit(&s->stopped, memory_order_relaxed))
			return READ_FAILED;
		if (s->pipe) {
			int ready = await(s, milliseconds);

			if (ready <= 0)
				return ready == 0 ? READ_NOTHING : READ_FAILED;
		}
		n = read(s->descriptor, bytes, size);
		if (n >= 0) {
			atomic_fetch_add_explicit(&s->done, (uint64_t)n, memory_order_relaxed);
			return n;
		}
		if (errno != EINTR && errno != EAGAIN)
			return fail(s, _("reading"), strerror(errno));
	}
}

/* Reads ahead into raw, behind what is there. */
static ssize_t
read_ahead(struct savefile_stream *s, int milliseconds)
{
	ssize_t n;

	if (s->raw_at == s->raw_end)
		s->raw_at = s->raw_end = 0;
	n = read_raw(s, s->raw + s->raw_end, RAW_SIZE - s->raw_end, milliseconds);
	if (n > 0)
		s->raw_end += (size_t)n;
	else if (n == 0)
		s->raw_ended = true;
	return n;
}

static bool
use_unpacker(struct savefile_stream *s, enum unpack_kind kind)
{
	s->packed = kind;
	s->decided = true;
	if (kind == UNPACK_NONE)
		return true;
	s->unpack = unpack_new(kind);
	return s->unpack != NULL;
}

static void
explain_packed(enum unpack_kind kind, const char *name, char *out, size_t size)
{
	bool known = kind == UNPACK_GZIP || kind == UNPACK_ZSTD;

	snprintf(out, size, known ?
	    _(" is compressed with %s, which this build of tcpladder can't read; unpack it first: %s %s | tcpladder -r -") :
	    _(" is compressed with %s, which tcpladder can't read; unpack it first: %s %s | tcpladder -r -"),
	    unpack_name(kind), unpack_command(kind), name);
}

/* Pipes: the first bytes tell whether they are compressed. */
static ssize_t
decide(struct savefile_stream *s, int milliseconds)
{
	while (s->raw_end < UNPACK_MAGIC && !s->raw_ended) {
		ssize_t n = read_ahead(s, milliseconds);

		if (n < 0)
			return n;
	}
	if (!use_unpacker(s, unpack_recognise(s->raw, s->raw_end))) {
		explain_packed(s->packed, "FILE", s->error, sizeof s->error);
		s->failed = true;
		return READ_FAILED;
	}
	return 1;
}

static ssize_t
read_unpacked(struct savefile_stream *s, uint8_t *bytes, size_t size, int milliseconds)
{
	for (;;) {
		size_t in, out = size;

		if (s->raw_at == s->raw_end && !s->pending && !s->raw_ended) {
			ssize_t n = read_ahead(s, milliseconds);

			if (n < 0)
				return n;
		}
		if (s->raw_at == s->raw_end && !s->pending) {
			if (unpack_complete(s->unpack))
				return 0;
			return fail(s, unpack_name(s->packed), _("the compressed data ends early"));
		}
		in = s->raw_end - s->raw_at;
		if (!unpack_run(s->unpack, s->raw + s->raw_at, &in, bytes, &out)) {
			(void)fail(s, unpack_name(s->packed), _("the compressed data is damaged"));
			return out > 0 ? (ssize_t)out : READ_FAILED;
		}
		s->raw_at += in;
		s->pending = out == size;
		if (out > 0)
			return (ssize_t)out;
		if (in == 0 && s->raw_at < s->raw_end)
			return fail(s, unpack_name(s->packed), _("the compressed data is damaged"));
	}
}

/* Keeps a copy of unpacked bytes of a file, for looking again. */
static bool
keep_copy(struct savefile_stream *s, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = pwrite(s->copy, bytes, size, (off_t)s->copied);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			(void)fail(s, _("the unpacked copy can't be written "
			    "(set TMPDIR to a folder with room)"), strerror(errno));
			return false;
		}
		bytes += n;
		size -= (size_t)n;
		s->copied += (uint64_t)n;
	}
	return true;
}

/* Bytes as libpcap knows them. 0: the end. */
static ssize_t
read_plain(struct savefile_stream *s, uint8_t *bytes, size_t size, int milliseconds)
{
	ssize_t n;

	if (s->failed)
		return READ_FAILED;
	if (!s->decided) {
		n = decide(s, milliseconds);
		if (n < 0)
			return n;
	}
	if (s->unpack != NULL)
		n = read_unpacked(s, bytes, size, milliseconds);
	else if (s->raw_at < s->raw_end) {
		n = (ssize_t)(s->raw_end - s->raw_at < size ? s->raw_end - s->raw_at : size);
		memcpy(bytes, s->raw + s->raw_at, (size_t)n);
		s->raw_at += (size_t)n;
	} else
		n = s->raw_ended ? 0 : read_raw(s, bytes, size, milliseconds);
	if (n > 0 && s->head_size < HEAD_SIZE) {
		size_t more = (size_t)n < HEAD_SIZE - s->head_size ? (size_t)n :
		    HEAD_SIZE - s->head_size;

		memcpy(s->head + s->head_size, bytes, more);
		s->head_size += more;
	}
	if (n > 0 && s->copy >= 0 && !keep_copy(s, bytes, (size_t)n))
		return READ_FAILED;
	return n;
}

enum stream_fill
savefile_stream_fill(struct savefile_stream *s, int milliseconds)
{
	ssize_t n;

	if (s->ended)
		return STREAM_END;
	if (s->hold_at > 0) {
		memmove(s->hold, s->hold + s->hold_at, s->held - s->hold_at);
		s->hold_passed -= s->hold_at;
		s->held -= s->hold_at;
		s->hold_at = 0;
	}
	if (s->held == HOLD_SIZE)
		return STREAM_FULL;
	n = read_plain(s, s->hold + s->held, HOLD_SIZE - s->held, milliseconds);
	if (n == READ_NOTHING)
		return STREAM_NOTHING;
	if (n <= 0) {
		s->ended = true;
		s->hold_passed = s->held;	/* libpcap shall see where it was cut */
		return STREAM_END;
	}
	s->held += (size_t)n;
	s->hold_passed += savefile_walk_feed(s->walk, s->hold + s->hold_passed,
	    s->held - s->hold_passed);
	return STREAM_MORE;
}

static ssize_t
read_pipe(struct savefile_stream *s, uint8_t *bytes, size_t size)
{
	while (s->hold_at == s->hold_passed && savefile_stream_fill(s, -1) != STREAM_END)
		continue;
	if (size > s->hold_passed - s->hold_at)
		size = s->hold_passed - s->hold_at;
	memcpy(bytes, s->hold + s->hold_at, size);
	s->hold_at += size;
	return (ssize_t)size;
}

static ssize_t
read_file(struct savefile_stream *s, uint8_t *bytes, size_t size)
{
	size_t there = s->carried, used;

	memcpy(bytes, s->carry, there);
	do {
		ssize_t n = read_plain(s, bytes + there, size - there, -1);

		if (n <= 0) {
			s->carried = 0;
			if (there == 0)
				return n;
			return (ssize_t)there;
		}
		there += (size_t)n;
		used = savefile_walk_feed(s->walk, bytes, there);
	} while (used == 0);
	s->carried = there - used;
	memcpy(s->carry, bytes + used, s->carried);
	return (ssize_t)used;
}

/*
 * glibc fills its buffer; musl asks for what fread() lacks, be it a single byte, which
 * may be less than a header that was carried over.
 */
static ssize_t
read_piece(struct savefile_stream *s, uint8_t *bytes, size_t size)
{
	if (s->ahead_at == s->ahead_end) {
		ssize_t n;

		if (size >= FILE_BUFFER)
			return read_file(s, bytes, size);
		if (s->ahead == NULL)
			s->ahead = memory_new(FILE_BUFFER);
		n = read_file(s, s->ahead, FILE_BUFFER);
		if (n <= 0)
			return n;
		s->ahead_at = 0;
		s->ahead_end = (size_t)n;
	}
	if (size > s->ahead_end - s->ahead_at)
		size = s->ahead_end - s->ahead_at;
	memcpy(bytes, s->ahead + s->ahead_at, size);
	s->ahead_at += size;
	return (ssize_t)size;
}

static ssize_t
cookie_read(void *cookie, char *bytes, size_t size)
{
	struct savefile_stream *s = cookie;
	ssize_t n = s->pipe ? read_pipe(s, (uint8_t *)bytes, size) :
	    read_piece(s, (uint8_t *)bytes, size);

	if (n == 0 && (s->failed || atomic_load_explicit(&s->stopped, memory_order_relaxed)))
		n = -1;
	if (n < 0) {
		errno = EIO;
		return -1;
	}
	return n;
}

#ifndef HAVE_FOPENCOOKIE
static int
cookie_read_int(void *cookie, char *bytes, int size)
{
	return (int)cookie_read(cookie, bytes, (size_t)size);
}
#endif

FILE *
savefile_stream_file(struct savefile_stream *s)
{
	FILE *file;

#ifdef HAVE_FOPENCOOKIE
	file = fopencookie(s, "r", (cookie_io_functions_t){ .read = cookie_read });
#else
	file = funopen(s, cookie_read_int, NULL, NULL, NULL);
#endif
	if (file == NULL)
		return NULL;
	if (s->buffer == NULL)
		s->buffer = memory_new(FILE_BUFFER);
	(void)setvbuf(file, s->buffer, _IOFBF, FILE_BUFFER);
#ifdef __GLIBC__
	/*
	 * One thread reads it. Locking each fread() costs a third of all reading once
	 * there are two threads.
	 */
	(void)__fsetlocking(file, FSETLOCKING_BYCALLER);
#endif
	return file;
}

/* An unlinked file that only we can read. */
static int
open_copy(struct error *error)
{
	const char *folder = getenv("TMPDIR");
	char name[1024], safe[256];
	int descriptor;

	if (folder == NULL || *folder == '\0')
		folder = "/tmp";
	if (snprintf(name, sizeof name, "%s/tcpladder-XXXXXX", folder) >= (int)sizeof name)
		descriptor = -1, errno = ENAMETOOLONG;
	else
		descriptor = mkstemp(name);
	if (descriptor < 0) {
		error_set(error, "no temporary file in %s (set TMPDIR): %s",
		    text_safe_string(safe, sizeof safe, folder), strerror(errno));
		return -1;
	}
	(void)unlink(name);
	(void)fcntl(descriptor, F_SETFD, FD_CLOEXEC);
	return descriptor;
}

static bool
open_descriptor(struct savefile_stream *s, const char *name, const char *safe, struct error *error)
{
	struct stat status;
	off_t at;

	/* Not blocking, so that a named pipe without a writer doesn't keep us. */
	if (strcmp(name, "-") == 0)
		s->descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		s->descriptor = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (s->descriptor < 0 || fstat(s->descriptor, &status) != 0)
		return error_set(error, "%s: %s", safe, strerror(errno));
	if (S_ISDIR(status.st_mode))
		return error_set(error, "%s: is a directory, not a capture file", safe);
	if (isatty(s->descriptor))
		return error_set(error,
		    "%s is a terminal; pipe a capture into it: tcpdump -U -w - | tcpladder -r -",
		    safe);
	s->pipe = !S_ISREG(status.st_mode);
	if (s->pipe)
		return true;
	at = lseek(s->descriptor, 0, SEEK_CUR);
	s->base = at > 0 ? (uint64_t)at : 0;
	s->total = status.st_size > at ? (uint64_t)(status.st_size - at) : 0;
	return true;
}

/* Files: whether it is compressed is known at once. */
static bool
open_unpacker(struct savefile_stream *s, const char *safe, struct error *error)
{
	uint8_t magic[UNPACK_MAGIC];
	ssize_t n = pread(s->descriptor, magic, sizeof magic, (off_t)s->base);
	char why[400];

	if (n < 0)
		return error_set(error, "%s: %s", safe, strerror(errno));
	if (!use_unpacker(s, unpack_recognise(magic, (size_t)n))) {
		explain_packed(s->packed, safe, why, sizeof why);
		return error_set(error, "%s %s", safe, why);
	}
	if (s->unpack == NULL)
		return true;
	s->copy = open_copy(error);
	return s->copy >= 0;
}

const char *
savefile_stream_label(const char *name, char *out, size_t size)
{
	return strcmp(name, "-") == 0 ? "standard input" : text_safe_string(out, size, name);
}

struct savefile_stream *
savefile_stream_open(const char *name, struct error *error)
{
	struct savefile_stream *s = memory_new(sizeof *s);
	char buffer[256];
	const char *safe = savefile_stream_label(name, buffer, sizeof buffer);

	s->descriptor = s->copy = -1;
	s->wake = (struct wake){ -1, -1 };
	s->walk = savefile_walk_new();
	if (!open_descriptor(s, name, safe, error) ||
	    (!s->pipe && !open_unpacker(s, safe, error))) {
		savefile_stream_free(s);
		return NULL;
	}
	if (s->pipe && !wake_init(&s->wake)) {
		error_set(error, "%s: %s", safe, strerror(errno));
		savefile_stream_free(s);
		return NULL;
	}
	if (s->pipe)
		s->hold = memory_new(HOLD_SIZE);
	if (s->pipe || s->unpack != NULL)
		s->raw = memory_new(RAW_SIZE);
	return s;
}

void
savefile_stream_free(struct savefile_stream *s)
{
	if (s == NULL)
		return;
	if (s->descriptor >= 0)
		(void)close(s->descriptor);
	if (s->copy >= 0)
		(void)close(s->copy);
	wake_fini(&s->wake);
	unpack_free(s->unpack);
	savefile_walk_free(s->walk);
	free(s->buffer);
	free(s->ahead);
	free(s->hold);
	free(s->raw);
	free(s);
}

struct savefile_walk *
savefile_stream_walk(struct savefile_stream *s)
{
	return s->walk;
}

bool
savefile_stream_is_pipe(const struct savefile_stream *s)
{
	return s->pipe;
}

int
savefile_stream_descriptor(const struct savefile_stream *s, uint64_t *base)
{
	*base = s->copy >= 0 ? 0 : s->base;
	return s->copy >= 0 ? s->copy : s->descriptor;
}

void
savefile_stream_stop(struct savefile_stream *s)
{
	atomic_store(&s->stopped, true);
	if (s->pipe)
		wake_set(&s->wake);
}

void
savefile_stream_progress(const struct savefile_stream *s, uint64_t *done, uint64_t *total)
{
	*done = atomic_load_explicit(&s->done, memory_order_relaxed);
	*total = s->total;
}

const char *
savefile_stream_error(const struct savefile_stream *s)
{
	return s->failed ? s->error : NULL;
}

const char *
savefile_stream_strange(const struct savefile_stream *s)
{
	if (s->head_size == 0)
		return _(" is empty");
	if (s->head_size >= 8 && memcmp(s->head, "snoop\0\0\0", 8) == 0)
		return _(" is a snoop capture, which tcpladder can't read; "
		    "convert it: editcap -F pcapng FILE NEWFILE");
	for (size_t i = 0; i < s->head_size; i++)
		if (s->head[i] < 0x20 && (s->head[i] < '\t' || s->head[i] > '\r'))
			return NULL;
	return _(" is no capture file (it looks like text)");
}

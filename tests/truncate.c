/*
 * truncate [FILE...]: every beginning of every capture (those in $TESTDATA
 * when none is named), byte by byte, opened, loaded and now and then printed; and every frame cut short at every byte
 * and decoded, in memory of exactly that size.  Meant for the sanitizers;
 * without them it still shows that nothing hangs, that a shorter file never
 * holds more frames, and that what is cut is said to be; then only every
 * 16th byte is tried.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "capture/capture.h"
#include "capture/session.h"
#include "packet/decode.h"
#include "tests/scratch.h"
#include "view/print.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { STEP = 1 };
#else
enum { STEP = 16 };
#endif
enum { PRINT_EVERY = 61 };

struct tally {
	unsigned long files, beginnings, refused, damaged, cuts, segments;
	unsigned failed;
	FILE *nowhere;
};

static void
visit(void *context, int level, int offset, int size, const char *name, const char *value)
{
	unsigned long *fields = context;

	(void)level;
	(void)offset;
	(void)size;
	*fields += strlen(name) + strlen(value);
}

static void
cut_frame(const struct raw_frame *frame, struct tally *t)
{
	for (uint32_t size = 0; size <= frame->captured; size++) {
		struct raw_frame cut = *frame;
		uint8_t *bytes = malloc(size > 0 ? size : 1);
		struct fragments *f = fragments_new();
		struct segment segment;
		unsigned long fields = 0;
		struct field_visitor visitor = { .field = visit, .context = &fields };

		if (bytes == NULL)
			abort();
		if (size > 0)
			memcpy(bytes, frame->bytes, size);
		cut.bytes = bytes;
		cut.captured = size;
		if (decode_frame(&cut, f, &segment) == DECODE_SEGMENT)
			t->segments++;
		decode_explain(&cut, &visitor);
		fragments_free(f);
		free(bytes);
		t->cuts++;
	}
}

static void
cut_frames(const char *name, struct tally *t)
{
	struct capture_options options = { .snapshot_length = 0 };
	struct error error;
	struct capture *c = capture_open_file(name, &options, &error);
	struct raw_frame frame;
	uint64_t locator;

	if (c == NULL)
		return;
	while (capture_next(c, &frame, &locator) == CAPTURE_FRAME)
		if (frame.captured < 4096)
			cut_frame(&frame, t);
	capture_close(c);
}

static void
print_all(struct session *s, struct tally *t)
{
	static const enum print_what whats[] = { PRINT_LIST, PRINT_FRAMES };
	struct error error;

	for (unsigned i = 0; i < sizeof whats / sizeof whats[0]; i++) {
		struct print_options options = { .what = whats[i], .format = PRINT_JSONL };

		if (!print_session(s, &options, t->nowhere, &error))
			t->failed++;
	}
}

/* How many frames a beginning of the file holds; -1 when it can't even be opened. */
static long
load(const char *name, bool print, struct tally *t)
{
	const char *const files[] = { name };
	struct session_options options = { .files = files, .file_count = 1 };
	struct error error;
	struct session *s = session_open(&options, &error);
	struct session_status status;
	long frames;

	if (s == NULL) {
		t->refused++;
		return -1;
	}
	session_load(s, NULL);
	session_status(s, &status);
	if (status.reader.broken != NULL)
		t->damaged++;
	if (print)
		print_all(s, t);
	frames = (long)status.frames;
	session_close(s);
	return frames;
}

static void
truncations(const char *original, const char *path, struct tally *t)
{
	FILE *in = fopen(original, "rb");
	int out = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct stat st;
	char buffer[65536];
	size_t n;
	long most;

	if (in == NULL || out < 0) {
		perror(original);
		exit(1);
	}
	while ((n = fread(buffer, 1, sizeof buffer, in)) > 0)
		if (write(out, buffer, n) != (ssize_t)n)
			abort();
	fclose(in);
	fstat(out, &st);
	most = load(path, true, t);
	for (off_t size = st.st_size - 1; size >= 0; size -= STEP) {
		long frames;

		if (ftruncate(out, size) != 0)
			abort();
		frames = load(path, size / STEP % PRINT_EVERY == 0, t);
		t->beginnings++;
		if (frames > most) {
			printf("# %s: %ld frames in its first %lld bytes, %ld in more\n", original, frames, (long long)size, most);
			t->failed++;
		}
		most = frames;
	}
	close(out);
	t->files++;
}

/* One worker's share of the captures. Returns whether all was well. */
static bool
work(char **captures, size_t count, size_t worker, size_t workers)
{
	struct tally t = { .nowhere = fopen("/dev/null", "w") };
	char path[4096];

	if (t.nowhere == NULL)
		return false;
	close(scratch_file(path, sizeof path));
	for (size_t i = worker; i < count; i += workers) {
		truncations(captures[i], path, &t);
		cut_frames(captures[i], &t);
	}
	fclose(t.nowhere);
	printf("# %lu captures, %lu beginnings (%lu refused, %lu said to be damaged), %lu cut frames, %lu of them still segments\n",
	    t.files, t.beginnings, t.refused, t.damaged, t.cuts, t.segments);
	return t.failed == 0 && t.files > 0 && t.segments > 0 && t.refused > 0 && t.damaged > 0;
}

static bool
share_out(char **captures, size_t count)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t workers = cores > 0 && (size_t)cores < count ? (size_t)cores : 1;
	bool well = true;
	int status;

	fflush(stdout);
	for (size_t i = 0; i < workers; i++)
		switch (fork()) {
		case -1:
			return false;
		case 0:
			exit(work(captures, count, i, workers) ? 0 : 1);
		}
	while (wait(&status) > 0)
		if (status != 0)
			well = false;
	return well;
}

static void
whole_folder(const char *folder, const char *tail, int more, glob_t *found)
{
	char pattern[4096];

	snprintf(pattern, sizeof pattern, "%s/%s", folder, tail);
	glob(pattern, more, NULL, found);
}

int
main(int argc, char **argv)
{
	const char *testdata = getenv("TESTDATA");
	glob_t found = { .gl_pathc = 0 };
	bool well = false;

	if (argc > 1)
		well = share_out(argv + 1, (size_t)argc - 1);
	else if (testdata != NULL) {
		whole_folder(testdata, "*.pcap", 0, &found);
		whole_folder(testdata, "captures/*.pcap*", GLOB_APPEND, &found);
		well = found.gl_pathc > 0 && share_out(found.gl_pathv, found.gl_pathc);
		globfree(&found);
	}
	printf("%s truncate\n", well ? "ok" : "not ok");
	return !well;
}

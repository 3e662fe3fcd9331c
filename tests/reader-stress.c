/*
 * Readers started, drained at odd speeds and stopped at random moments, on
 * files, compressed files, merged files and pipes, while the bytes of frames
 * are looked at again.  A plain program without a test framework, so that it
 * runs under ThreadSanitizer:
 *
 *	reader-stress [SECONDS [SEED]]
 *
 * Prints one line and exits 0 when all was as it should be.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture/byte_source.h"
#include "capture/reader.h"
#include "capture_files.h"

enum { FRAMES = 4000, FILES = 4, SOURCES = 3, LOOK_MAX = 262144 };

struct stress {
	uint64_t state;			/* of the random numbers */
	char *files[FILES];		/* pcap, pcapng, gzip, pcap cut short */
	struct bytes pcap, pcapng;
	uint8_t *look;
	int nothing;			/* /dev/null */
	unsigned long rounds, stopped, frames, looks, gone;
};

struct writer {			/* feeds a pipe in odd pieces */
	int descriptor;
	const struct bytes *bytes;
	uint64_t state;
};

static uint32_t
random_of(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33) % below;
}

_Noreturn static void
fail(const char *what)
{
	fprintf(stderr, "reader-stress: %s\n", what);
	exit(1);
}

static void
make_files(struct stress *s)
{
	uint8_t frame[TCP_FRAME_MAX];
	struct bytes packed = { .big = false };

	s->pcapng.big = true;
	pcap_begin(&s->pcap, MAGIC_NANO, 4, 65535, 1);
	pcapng_section(&s->pcapng);
	pcapng_interface(&s->pcapng, 1, 65535, 9, 0);
	for (uint32_t n = 0; n < FRAMES; n++) {
		uint32_t size = tcp_frame(frame, 1000, n, n % 100);
		struct packet packet = { 1000 + n, 5, frame, size, size };

		pcap_packet(&s->pcap, MAGIC_NANO, &packet);
		pcapng_enhanced(&s->pcapng, 0, UINT64_C(1000000000) * (1000 + n) + 7, &packet);
	}
	gzip_of(&packed, s->pcap.at, s->pcap.size);
	s->files[0] = file_of(s->pcap.at, s->pcap.size);
	s->files[1] = file_of(s->pcapng.at, s->pcapng.size);
	s->files[2] = file_of(packed.at, packed.size);
	s->files[3] = file_of(s->pcap.at, s->pcap.size - 3);
	bytes_free(&packed);
}

static void *
write_pieces(void *argument)
{
	struct writer *w = argument;
	size_t at = 0;

	while (at < w->bytes->size) {
		size_t piece = 1 + random_of(&w->state, random_of(&w->state, 4) == 0 ? 50000 : 300);
		ssize_t n;

		if (piece > w->bytes->size - at)
			piece = w->bytes->size - at;
		n = write(w->descriptor, w->bytes->at + at, piece);
		if (n < 0 && errno == EPIPE)
			break;		/* the reader was stopped */
		if (n < 0)
			fail("writing to the pipe");
		at += (size_t)n;
		if (random_of(&w->state, 200) == 0)
			usleep(1000);
	}
	close(w->descriptor);
	return NULL;
}

/* A frame again, while the reader goes on. */
static void
look(struct stress *s, struct capture **captures, const struct segment *segment, bool ring)
{
	struct raw_frame frame;
	struct byte_source *source = capture_bytes(captures[locator_source(segment->locator)]);

	s->looks++;
	if (!byte_source_read(source, segment->locator, s->look, LOOK_MAX, &frame)) {
		if (!ring)
			fail("a file's frame can't be read again");
		s->gone++;
		return;
	}
	if (frame.time != segment->time || frame.captured != 54 + segment->seq % 100 ||
	    s->look[41] != (uint8_t)segment->seq)
		fail("a frame read again isn't the same");
}

/*
 * Takes batches until the end, or stops or leaves at a random moment. Returns
 * whether it was left alone to the end.
 */
static bool
drain(struct stress *s, struct reader *r, struct capture **captures, bool ring)
{
	uint32_t leave = random_of(&s->state, 2) == 0 ? random_of(&s->state, 40) : UINT32_MAX;
	uint64_t next[SOURCES] = { 0 };
	bool stopped = false;

	for (uint32_t turn = 0; ; turn++) {
		struct pollfd descriptor = { .fd = reader_descriptor(r), .events = POLLIN };
		struct reader_status status;
		struct batch *b;

		if (turn == leave) {
			s->stopped++;
			if (random_of(&s->state, 2) == 0)
				return false;
			reader_stop(r);
			stopped = true;
		}
		if (poll(&descriptor, 1, 20000) != 1)
			fail("the reader is stuck");
		b = reader_take(r);
		reader_status(r, &status);
		if (b == NULL && status.finished)
			return !stopped;
		if (b == NULL)
			continue;
		for (uint32_t i = 0; i < b->segments; i++)
			if (b->segment[i].seq != next[locator_source(b->segment[i].locator)]++)
				fail("a frame is missing or twice");
		if (b->segments > 0)
			look(s, captures, &b->segment[random_of(&s->state, b->segments)], ring);
		s->frames += (unsigned long)b->counts[DECODE_SEGMENT];
		if (random_of(&s->state, 10) == 0)
			usleep(random_of(&s->state, 500));
		reader_release(r, b);
	}
}

static void
round_of(struct stress *s)
{
	struct capture *captures[SOURCES];
	size_t count = 1 + random_of(&s->state, SOURCES);
	bool piped = random_of(&s->state, 3) == 0;
	struct capture_options options = { .ring_bytes = 1 };
	struct error error;
	struct reader_options reader = { .captures = captures, .secret = { { s->state, 1 } } };
	struct writer writer = { .bytes = random_of(&s->state, 2) == 0 ? &s->pcap : &s->pcapng,
	    .state = s->state };
	struct reader *r;
	pthread_t thread;
	unsigned long before = s->frames;
	bool whole, cut = false;

	for (size_t i = 0; i < count; i++) {
		uint32_t file = random_of(&s->state, FILES);
		const char *name = s->files[file];

		if (piped && i == 0) {
			int ends[2];

			if (pipe(ends) != 0 || dup2(ends[0], STDIN_FILENO) != STDIN_FILENO)
				fail("no pipe");
			close(ends[0]);
			writer.descriptor = ends[1];
			name = "-";
		} else
			cut = cut || file == 3;
		captures[i] = capture_open_file(name, &options, &error);
		if (captures[i] == NULL)
			fail(error.text);
	}
	if (piped) {
		/* The capture has its own descriptor; the last one makes the writer's fail. */
		if (dup2(s->nothing, STDIN_FILENO) != STDIN_FILENO)
			fail("no standard input");
		if (pthread_create(&thread, NULL, write_pieces, &writer) != 0)
			fail("no thread");
	}
	reader.capture_count = count;
	r = reader_new(&reader, &error);
	if (r == NULL)
		fail(error.text);
	whole = drain(s, r, captures, piped);
	if (whole && s->frames - before < count * FRAMES - (cut ? count : 0))
		fail("frames are missing");
	if (whole) {
		struct reader_status status;

		reader_status(r, &status);
		if (status.stopped || (status.broken != NULL) != cut)
			fail("the status is wrong");
	}
	reader_free(r);
	for (size_t i = 0; i < count; i++)
		capture_close(captures[i]);
	if (piped)
		pthread_join(thread, NULL);
	s->rounds++;
}

int
main(int argc, char **argv)
{
	struct stress s = { .state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1 };
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 2);
	sigset_t pipe_signal;

	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe_signal, NULL);
	s.look = malloc(LOOK_MAX);
	if (s.look == NULL)
		fail("no memory");
	s.nothing = open("/dev/null", O_RDONLY);
	if (s.nothing < 0 || dup2(s.nothing, STDIN_FILENO) != STDIN_FILENO)
		fail("no /dev/null");
	make_files(&s);
	do
		round_of(&s);
	while (time(NULL) < end);
	printf("reader-stress: %lu rounds, %lu of them stopped early, %lu frames, "
	    "%lu looked at again (%lu gone)\n",
	    s.rounds, s.stopped, s.frames, s.looks, s.gone);
	for (int i = 0; i < FILES; i++) {
		unlink(s.files[i]);
		free(s.files[i]);
	}
	close(s.nothing);
	bytes_free(&s.pcap);
	bytes_free(&s.pcapng);
	free(s.look);
	return 0;
}

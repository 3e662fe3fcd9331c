/*
 * The reader thread: frames arrive in order, in batches, at once where a
 * source pauses; several files are merged by time; what breaks is named;
 * stopping works at any moment.
 */
#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture/byte_source.h"
#include "capture/reader.h"
#include "capture/savefile_stream.h"
#include "capture_files.h"

enum { SOURCES = 3, PATIENCE = 5000 };

static const struct capture_options no_options;

static struct capture *
open_bytes(const struct bytes *b, const struct capture_options *options)
{
	struct error error = { .text = "" };
	char *name = file_of(b->at, b->size);
	struct capture *c = capture_open_file(name, options, &error);

	cr_assert_not_null(c, "%s", error.text);
	unlink(name);
	free(name);
	return c;
}

/* A frame a second from `first`, `step` seconds apart, with sequence numbers 0, 1, ... */
static void
pcap_of(struct bytes *b, uint32_t first, uint32_t step, uint32_t frames)
{
	uint8_t frame[TCP_FRAME_MAX];

	pcap_begin(b, MAGIC_MICRO, 4, 65535, 1);
	for (uint32_t n = 0; n < frames; n++) {
		uint32_t size = tcp_frame(frame, 1000, n, 10);
		struct packet packet = { first + n * step, 0, frame, size, size };

		pcap_packet(b, MAGIC_MICRO, &packet);
	}
}

static struct reader *
start(struct capture **captures, size_t count, uint64_t limit)
{
	struct reader_options options = {
		.captures = captures, .capture_count = count, .frame_limit = limit, .secret =
		    { { 1, 2 } }
	};
	struct error error = { .text = "" };
	struct reader *r = reader_new(&options, &error);

	cr_assert_not_null(r, "%s", error.text);
	return r;
}

/* Waits for a batch; NULL: the reader has finished. */
static struct batch *
await(struct reader *r)
{
	for (;;) {
		struct pollfd descriptor = { .fd = reader_descriptor(r), .events = POLLIN };
		struct batch *b = reader_take(r);
		struct reader_status status;

		if (b != NULL)
			return b;
		reader_status(r, &status);
		if (status.finished)
			return NULL;
		cr_assert_eq(poll(&descriptor, 1, PATIENCE), 1, "nothing came");
	}
}

struct seen {
	uint32_t segments, frames, batches;
	uint64_t last_time;
	uint64_t per_source[SOURCES];
};

static struct seen
read_all(struct reader *r)
{
	struct seen seen = { 0 };
	struct batch *b;

	while ((b = await(r)) != NULL) {
		for (uint32_t i = 0; i < b->segments; i++) {
			const struct segment *s = &b->segment[i];

			cr_assert_gt(s->frame, seen.frames);
			cr_assert_leq(s->frame, b->last_frame);
			cr_assert_lt(locator_source(s->locator), SOURCES);
			/* Within one source the order is the file's. */
			cr_assert_eq(s->seq, seen.per_source[locator_source(s->locator)]++);
			seen.frames = s->frame;
		}
		for (int i = 0; i < DECODE_RESULTS; i++)
			cr_assert_eq(b->counts[i], i == DECODE_SEGMENT ? b->segments : 0);
		seen.segments += b->segments;
		seen.frames = b->last_frame;
		seen.last_time = b->last_time;
		seen.batches++;
		reader_release(r, b);
	}
	return seen;
}

Test(reader, a_file_arrives_whole_and_in_order)
{
	struct bytes b = { .big = false };
	struct capture *c;
	struct reader *r;
	struct reader_status status;
	struct seen seen;

	pcap_of(&b, 1000, 1, 50000);
	c = open_bytes(&b, &no_options);
	r = start(&c, 1, 0);
	seen = read_all(r);
	cr_expect_eq(seen.segments, 50000);
	cr_expect_eq(seen.frames, 50000);
	cr_expect_eq(seen.last_time, UINT64_C(50999000000000));
	cr_expect_lt(seen.batches, 110, "%u batches", seen.batches);
	reader_status(r, &status);
	cr_expect(status.finished);
	cr_expect_not(status.stopped);
	cr_expect_null(status.broken);
	cr_expect_eq(status.bytes_done, b.size);
	cr_expect_eq(status.bytes_total, b.size);
	reader_free(r);
	capture_close(c);
	bytes_free(&b);
}

/* A C library may ask for what fread() lacks, less than a record's header at a time, and it must be the file's bytes. */
Test(reader, a_file_is_read_by_whatever_pieces_are_asked_for)
{
	const char *data = getenv("TESTDATA");
	static uint8_t whole[1 << 20], pieces[1 << 20];
	struct error error = { .text = "" };
	struct savefile_stream *stream;
	size_t size, got = 0, n;
	char name[4096];
	FILE *file;

	snprintf(name, sizeof name, "%s/demo.pcap", data != NULL ? data : "testdata");
	file = fopen(name, "r");
	cr_assert_not_null(file);
	size = fread(whole, 1, sizeof whole, file);
	fclose(file);
	stream = savefile_stream_open(name, &error);
	cr_assert_not_null(stream, "%s", error.text);
	file = savefile_stream_file(stream);
	cr_assert_not_null(file);
	cr_assert_eq(setvbuf(file, NULL, _IONBF, 0), 0);
	while ((n = fread(pieces + got, 1, got % 37 + 1, file)) > 0)
		got += n;
	cr_expect_eq(got, size);
	/* but for the file header, in which the snapshot length is raised for libpcap */
	cr_expect_arr_eq(pieces + 24, whole + 24, size - 24);
	cr_expect_arr_eq(pieces, whole, 16);
	cr_expect_neq(memcmp(pieces + 16, whole + 16, 4), 0, "the walker has met the header in one piece");
	fclose(file);
	savefile_stream_free(stream);
}

Test(reader, filtered_frames_count_but_are_not_decoded)
{
	struct bytes b = { .big = false };
	struct capture_options options = { .filter = "tcp[4:4] & 1 = 1" };
	struct capture *c;
	struct reader *r;
	struct batch *batch;
	uint32_t segments = 0;

	pcap_of(&b, 1000, 1, 100);
	c = open_bytes(&b, &options);
	r = start(&c, 1, 0);
	while ((batch = await(r)) != NULL) {
		for (uint32_t i = 0; i < batch->segments; i++)
			cr_expect_eq(batch->segment[i].frame, ++segments * 2);
		cr_expect_eq(batch->last_frame, 100);
		reader_release(r, batch);
	}
	cr_expect_eq(segments, 50);
	reader_free(r);
	capture_close(c);
	bytes_free(&b);
}

Test(reader, the_frame_limit_stops_it)
{
	struct bytes b = { .big = false };
	struct capture *c;
	struct reader *r;
	struct reader_status status;

	pcap_of(&b, 1000, 1, 5000);
	c = open_bytes(&b, &no_options);
	r = start(&c, 1, 777);
	cr_expect_eq(read_all(r).frames, 777);
	reader_status(r, &status);
	cr_expect(status.stopped);
	reader_free(r);
	capture_close(c);
	bytes_free(&b);
}

Test(reader, several_files_are_merged_by_time_and_one_may_break)
{
	struct bytes b[SOURCES] = { { 0 } };
	struct capture *c[SOURCES];
	struct reader *r;
	struct reader_status status;
	struct batch *batch;
	uint64_t before = 0, sources[SOURCES] = { 0 };
	uint32_t frames = 0;

	pcap_of(&b[0], 1000, 3, 500);
	pcap_of(&b[1], 1500, 1, 300);
	pcap_of(&b[2], 1001, 2, 400);
	b[1].size -= 5;		/* its last frame is cut */
	for (int i = 0; i < SOURCES; i++)
		c[i] = open_bytes(&b[i], &no_options);
	r = start(c, SOURCES, 0);
	while ((batch = await(r)) != NULL) {
		for (uint32_t i = 0; i < batch->segments; i++) {
			const struct segment *s = &batch->segment[i];

			cr_assert_geq(s->time, before);
			cr_assert_eq(s->frame, ++frames);
			cr_assert_eq(s->seq, sources[locator_source(s->locator)]++);
			before = s->time;
		}
		reader_release(r, batch);
	}
	cr_expect_eq(sources[0], 500);
	cr_expect_eq(sources[1], 299);
	cr_expect_eq(sources[2], 400);
	reader_status(r, &status);
	cr_assert_not_null(status.broken);
	cr_expect_eq(status.broken_frame, 299);
	cr_expect_not_null(strstr(status.broken, "after frame 299: truncated"), "%s",
	    status.broken);
	cr_expect_not_null(strstr(status.broken, capture_name(c[1])), "%s", status.broken);
	reader_free(r);
	for (int i = 0; i < SOURCES; i++) {
		capture_close(c[i]);
		bytes_free(&b[i]);
	}
}

Test(reader, a_file_whose_time_runs_backwards_is_not_sorted)
{
	struct bytes b[2] = { { 0 } };
	struct capture *c[2];
	struct reader *r;

	pcap_of(&b[0], 5000, (uint32_t)-10, 100);
	pcap_of(&b[1], 4500, 1, 100);
	for (int i = 0; i < 2; i++)
		c[i] = open_bytes(&b[i], &no_options);
	r = start(c, 2, 0);
	cr_expect_eq(read_all(r).segments, 200);	/* the order is checked there */
	reader_free(r);
	for (int i = 0; i < 2; i++) {
		capture_close(c[i]);
		bytes_free(&b[i]);
	}
}

/* A pipe on standard input; returns the end to write to. */
static int
pipe_input(void)
{
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	return ends[1];
}

static void
send_part(int to, const struct bytes *b, size_t from, size_t end)
{
	cr_assert_eq(write(to, b->at + from, end - from), (ssize_t)(end - from));
}

/* The times at which one packet ends in the file that pcap_of() or the like made. */
static void
expect_one_by_one(const struct bytes *b, const size_t *ends, uint32_t frames)
{
	int to = pipe_input();
	struct error error;
	struct capture *c = capture_open_file("-", &no_options, &error);
	struct reader *r;
	size_t sent = 0;

	cr_assert_not_null(c);
	r = start(&c, 1, 0);
	for (uint32_t n = 0; n < frames; n++) {
		struct batch *batch;

		/* In two parts, the second of which completes the packet. */
		send_part(to, b, sent, ends[n] - 7);
		cr_assert_null(reader_take(r));
		send_part(to, b, ends[n] - 7, ends[n]);
		sent = ends[n];
		batch = await(r);
		cr_assert_not_null(batch);
		cr_expect_eq(batch->last_frame, n + 1);
		cr_assert_eq(batch->segments, 1);
		cr_expect_eq(batch->segment[0].seq, n);
		reader_release(r, batch);
	}
	close(to);
	cr_expect_null(await(r));
	reader_free(r);
	capture_close(c);
}

Test(reader, each_packet_of_a_pipe_arrives_before_the_next_is_written, .timeout = 60)
{
	struct bytes b = { .big = false };
	size_t ends[20];

	pcap_of(&b, 1000, 1, 20);
	for (size_t n = 0; n < 20; n++)
		ends[n] = 24 + (n + 1) * (16 + 64);
	cr_assert_eq(ends[19], b.size);
	expect_one_by_one(&b, ends, 20);
	bytes_free(&b);
}

Test(reader, the_same_for_pcapng, .timeout = 60)
{
	struct bytes b = { .big = true };
	uint8_t frame[TCP_FRAME_MAX];
	size_t ends[20];

	pcapng_section(&b);
	pcapng_interface(&b, 1, 65535, 0, 0);
	for (uint32_t n = 0; n < 20; n++) {
		uint32_t size = tcp_frame(frame, 1000, n, 10);
		struct packet packet = { 0, 0, frame, size, size };

		pcapng_enhanced(&b, 0, n, &packet);
		ends[n] = b.size;
		pcapng_unknown(&b, 5, 9);
	}
	expect_one_by_one(&b, ends, 20);
	bytes_free(&b);
}

static int64_t
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

Test(reader, stopping_a_pipe_that_never_sends, .timeout = 20)
{
	/* nothing, half a header, all of it, half a packet */
	for (size_t sent = 0; sent <= 60; sent += 20) {
		struct bytes b = { .big = false };
		int to = pipe_input();
		struct error error;
		struct capture *c = capture_open_file("-", &no_options, &error);
		struct reader *r;
		struct reader_status status;
		int64_t began;

		pcap_of(&b, 1000, 1, 1);
		send_part(to, &b, 0, sent);
		cr_assert_not_null(c);
		r = start(&c, 1, 0);
		cr_expect_null(reader_take(r));
		usleep(20000);
		began = milliseconds();
		reader_stop(r);
		cr_expect_null(await(r));
		cr_expect_lt(milliseconds() - began, PATIENCE);
		reader_status(r, &status);
		cr_expect(status.stopped);
		cr_expect_null(status.broken, "%s", status.broken);
		reader_free(r);
		capture_close(c);
		close(to);
		bytes_free(&b);
	}
}

Test(reader, a_pipe_that_breaks_off_says_where, .timeout = 20)
{
	struct bytes b = { .big = false };
	int to = pipe_input();
	struct error error;
	struct capture *c = capture_open_file("-", &no_options, &error);
	struct reader *r;
	struct reader_status status;

	pcap_of(&b, 1000, 1, 3);
	send_part(to, &b, 0, b.size - 1);
	close(to);
	r = start(&c, 1, 0);
	cr_expect_eq(read_all(r).segments, 2);
	reader_status(r, &status);
	cr_assert_not_null(status.broken);
	cr_expect_str_eq(status.broken, "standard input: broken after frame 2: "
	    "truncated dump file; tried to read 64 captured bytes, only got 63");
	reader_free(r);
	capture_close(c);
	bytes_free(&b);
}

Test(reader, a_pipe_does_not_hold_back_a_file, .timeout = 20)
{
	struct bytes b = { .big = false };
	int to = pipe_input();
	struct error error;
	struct capture *c[2];
	struct reader *r;
	uint32_t frames = 0;

	pcap_of(&b, 1000, 1, 10);
	c[0] = capture_open_file("-", &no_options, &error);
	c[1] = open_bytes(&b, &no_options);
	r = start(c, 2, 0);
	while (frames < 10) {
		struct batch *batch = await(r);

		cr_assert_not_null(batch);
		frames = batch->last_frame;
		reader_release(r, batch);
	}
	send_part(to, &b, 0, b.size);
	close(to);
	cr_expect_eq(read_all(r).frames, 20);
	reader_free(r);
	capture_close(c[0]);
	capture_close(c[1]);
	bytes_free(&b);
}

Test(reader, a_file_waits_for_whoever_takes_batches, .timeout = 20)
{
	struct bytes b = { .big = false };
	struct capture *c;
	struct reader *r;
	struct reader_status status;

	pcap_of(&b, 1000, 1, 60000);
	c = open_bytes(&b, &no_options);
	r = start(&c, 1, 0);
	usleep(100000);
	reader_status(r, &status);
	cr_expect_lt(status.bytes_done, b.size);
	cr_expect_not(status.finished);
	cr_expect_eq(read_all(r).segments, 60000);
	reader_status(r, &status);
	cr_expect_eq(status.dropped_ours, 0);
	reader_free(r);
	capture_close(c);
	bytes_free(&b);
}

Test(reader, freeing_it_while_it_waits_for_room, .timeout = 20)
{
	struct bytes b = { .big = false };
	struct capture *c;
	struct reader *r;

	pcap_of(&b, 1000, 1, 60000);
	c = open_bytes(&b, &no_options);
	r = start(&c, 1, 0);
	usleep(50000);
	reader_free(r);
	capture_close(c);
	bytes_free(&b);
}

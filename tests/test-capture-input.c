/*
 * Frames from standard input and from pipes: a file from where it stands, a
 * pipe whose bytes are kept in a ring, and one that nobody writes to.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/byte_source.h"
#include "tests/capture_expect.h"
#include "tests/scratch.h"

static const struct capture_options no_options;

/* Standard input becomes the descriptor, which is closed. */
static void
become_input(int descriptor)
{
	cr_assert_eq(dup2(descriptor, STDIN_FILENO), STDIN_FILENO);
	close(descriptor);
}

Test(capture, standard_input_from_a_file_is_a_file_from_where_it_stands)
{
	struct bytes b = { .big = false };
	char *name;
	int descriptor;
	struct error error;
	struct capture *c;

	bytes_add(&b, "something before", 16);
	pcap_of(&b, MAGIC_MICRO, FRAMES);
	name = file_of(b.at, b.size);
	descriptor = open(name, O_RDONLY);
	cr_assert_eq(lseek(descriptor, 16, SEEK_SET), 16);
	become_input(descriptor);
	c = capture_open_file("-", &no_options, &error);
	cr_assert_not_null(c);
	cr_expect_eq(capture_kind(c), CAPTURE_FILE);
	expect_all(c, FRAMES, 1000);
	unlink(name);
	free(name);
	bytes_free(&b);
}

Test(capture, a_pipe_keeps_its_bytes_in_a_ring)
{
	struct bytes b = { .big = false };
	int ends[2];
	struct error error;
	struct capture *c;

	pcap_of(&b, MAGIC_MICRO, FRAMES);
	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], b.at, b.size), (ssize_t)b.size);
	close(ends[1]);
	become_input(ends[0]);
	c = capture_open_file("-", &no_options, &error);
	cr_assert_not_null(c);
	cr_expect_eq(capture_kind(c), CAPTURE_PIPE);
	expect_all(c, FRAMES, 1000);
	bytes_free(&b);
}

Test(capture, what_the_ring_has_overwritten_is_gone)
{
	struct byte_source *source = byte_source_of_ring(1);	/* the least that it may have */
	static uint8_t bytes[100000], buffer[262144];
	uint64_t locators[20];
	struct raw_frame frame = { .bytes = bytes, .captured = sizeof bytes, .length = 123456,
	    .link_type = 1 };

	for (unsigned n = 0; n < 20; n++) {
		memset(bytes, (int)n, sizeof bytes);
		frame.time = n;
		locators[n] = byte_source_keep(source, &frame);
	}
	for (unsigned n = 0; n < 20; n++) {
		struct raw_frame again;
		bool there = byte_source_read(source, locators[n], buffer, sizeof buffer, &again);

		cr_expect(n < 19 || there);
		cr_expect(n >= 10 || !there);
		if (there) {
			cr_expect_eq(again.time, n);
			cr_expect_eq(again.length, 123456);
			memset(bytes, (int)n, sizeof bytes);
			cr_expect_arr_eq(buffer, bytes, sizeof bytes);
		}
	}
	byte_source_free(source);
}

Test(capture, a_pipe_that_carries_no_capture)
{
	int ends[2];
	struct error error;
	struct capture *c;
	struct raw_frame frame;
	uint64_t locator;

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], "tcpdump: eth7: No such device\n", 30), 30);
	close(ends[1]);
	become_input(ends[0]);
	c = capture_open_file("-", &no_options, &error);
	cr_assert_not_null(c);
	cr_assert_eq(next_of(c, &frame, &locator), CAPTURE_BROKEN);
	cr_expect_not_null(strstr(capture_error(c), "looks like text"), "%s", capture_error(c));
	capture_close(c);
}

Test(capture, a_named_pipe_without_a_writer_blocks_nobody, .timeout = 10)
{
	char name[4096];
	struct error error;
	struct capture *c;
	struct raw_frame frame;
	uint64_t locator;

	snprintf(name, sizeof name, "%s/pipe", scratch_folder());
	cr_assert_eq(mkfifo(name, 0600), 0);
	c = capture_open_file(name, &no_options, &error);
	cr_assert_not_null(c, "%s", error.text);
	cr_expect_eq(capture_next(c, &frame, &locator), CAPTURE_WAIT);
	capture_patience(c, 20);
	cr_expect_eq(capture_next(c, &frame, &locator), CAPTURE_WAIT);
	capture_stop(c);
	cr_expect_eq(capture_next(c, &frame, &locator), CAPTURE_END);
	capture_close(c);
}

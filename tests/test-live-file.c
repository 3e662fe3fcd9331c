/*
 * What a live capture is saved to: names and bounds as tcpdump has them, and
 * a disk that is full (here: a limit on the size of files) neither tears a
 * file nor ends anything.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/live_file.h"
#include "tests/scratch.h"

enum { PAYLOAD = 1000, RECORD = 16 + PAYLOAD, HEADER = 24, LINK_ETHERNET = 1 };
#define NOW UINT64_C(1700000000)

static void
enter_folder(void)
{
	cr_assert_eq(chdir(scratch_folder()), 0);
	setenv("TZ", "UTC", 1);
}

TestSuite(live_file, .init = enter_folder);

static struct live_file *
open_file(const char *name, uint64_t bytes, uint32_t seconds, uint32_t files)
{
	struct live_file_options options = { .name = name, .bytes = bytes, .seconds = seconds, .files = files };
	struct error error;
	struct live_file *f = live_file_open(&options, LINK_ETHERNET, 65535, NOW, &error);

	cr_assert_not_null(f, "%s", error.text);
	return f;
}

/* A frame of PAYLOAD bytes, that many seconds after NOW. */
static bool
put_frame(struct live_file *f, uint64_t seconds)
{
	static const uint8_t bytes[PAYLOAD];
	struct raw_frame frame = { .bytes = bytes, .captured = sizeof bytes, .length = 1500,
		.time = (NOW + seconds) * 1000000000 + 5, .link_type = LINK_ETHERNET };

	return live_file_write(f, &frame);
}

/* How many frames a savefile has, each whole; -1: there is no such file; -2: it is torn. */
static int
frames_in(const char *name)
{
	static uint8_t bytes[1 << 20];
	FILE *f = fopen(name, "rb");
	size_t size, at = HEADER;
	uint32_t word;
	int frames = 0;

	if (f == NULL)
		return -1;
	size = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	memcpy(&word, bytes, sizeof word);
	if (size < HEADER || word != 0xa1b23c4d)
		return -2;
	for (; at < size; at += RECORD, frames++) {
		if (size - at < RECORD)
			return -2;
		memcpy(&word, bytes + at + 8, sizeof word);
		if (word != PAYLOAD)
			return -2;
	}
	return frames;
}

Test(live_file, names_are_tcpdumps)
{
	char name[LIVE_FILE_NAME_MAX], longest[LIVE_FILE_NAME_MAX + 1];

	cr_expect(live_file_name("x%H", 0, 0, 0, name));
	cr_expect_str_eq(name, "x%H", "without -G a percent sign is one");
	cr_expect(live_file_name("x", 0, 3, 0, name));
	cr_expect_str_eq(name, "x3");
	cr_expect(live_file_name("x", 0, 0, 2, name));
	cr_expect_str_eq(name, "x00");
	cr_expect(live_file_name("x-%Y%m%d-%H%M%S.pcap", NOW, 0, 0, name));
	cr_expect_str_eq(name, "x-20231114-221320.pcap");
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	cr_expect(!live_file_name(longest, 0, 0, 0, name));
}

Test(live_file, one_file_has_all_frames)
{
	struct live_file *f = open_file("x", 0, 0, 0);

	cr_expect_eq(frames_in("x"), 0, "it is a savefile before the first frame");
	for (int n = 0; n < 300; n++)
		cr_expect(put_frame(f, 0));
	live_file_flush(f);
	cr_expect_eq(frames_in("x"), 300);
	put_frame(f, 1);
	live_file_close(f);
	cr_expect_eq(frames_in("x"), 301, "closing writes what waits");
}

Test(live_file, the_next_begins_when_one_is_larger_than_its_size)
{
	struct live_file *f = open_file("x", 2 * RECORD, 0, 0);

	for (int n = 0; n < 5; n++)
		put_frame(f, 0);
	live_file_close(f);
	/* the header and one frame aren't larger, with a second one they are */
	cr_expect_eq(frames_in("x"), 2);
	cr_expect_eq(frames_in("x1"), 2);
	cr_expect_eq(frames_in("x2"), 1);
	cr_expect_eq(frames_in("x3"), -1);
}

Test(live_file, of_so_many_by_size_the_first_is_overwritten)
{
	struct live_file *f = open_file("x", 2 * RECORD, 0, 11);

	for (int n = 0; n < 23; n++)
		cr_expect(put_frame(f, 0));
	live_file_close(f);
	cr_expect_eq(frames_in("x"), -1);
	cr_expect_eq(frames_in("x00"), 1, "the twelfth");
	cr_expect_eq(frames_in("x01"), 2);
	cr_expect_eq(frames_in("x10"), 2);
	cr_expect_eq(frames_in("x11"), -1);
}

Test(live_file, by_time_the_name_has_the_time_and_the_last_is_the_end)
{
	struct live_file *f = open_file("x%S", 0, 10, 2);

	cr_expect(put_frame(f, 1));
	cr_expect(put_frame(f, 9));
	cr_expect(put_frame(f, 12));
	cr_expect(put_frame(f, 21));
	cr_expect(!put_frame(f, 22), "ten seconds after the second began");
	live_file_close(f);
	cr_expect_eq(frames_in("x20"), 2);
	cr_expect_eq(frames_in("x32"), 2);
	cr_expect_eq(frames_in("x42"), -1);
}

Test(live_file, by_time_and_size_numbers_begin_anew)
{
	struct live_file *f = open_file("x%S-", RECORD, 10, 0);

	for (int n = 0; n < 2; n++)
		put_frame(f, 1);
	for (int n = 0; n < 2; n++)
		put_frame(f, 15);
	live_file_close(f);
	cr_expect_eq(frames_in("x20-"), 1);
	cr_expect_eq(frames_in("x20-1"), 1);
	cr_expect_eq(frames_in("x35-"), 1);
	cr_expect_eq(frames_in("x35-1"), 1);
}

static void
limit_files_to(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(live_file, a_full_disk_is_counted_and_the_file_stays_whole)
{
	struct live_file *f = open_file("x", 0, 0, 0);
	struct live_file_status status;

	for (int n = 0; n < 10; n++)
		put_frame(f, 0);
	live_file_flush(f);
	limit_files_to(HEADER + 15 * RECORD + 7);
	for (int n = 0; n < 20; n++)
		cr_expect(put_frame(f, 0), "the capture goes on");
	live_file_flush(f);
	live_file_status(f, &status);
	cr_expect_eq(status.unsaved, 20);
	cr_expect_eq(status.trouble, EFBIG);
	cr_expect_eq(frames_in("x"), 10);
	/* room again */
	limit_files_to(1 << 20);
	for (int n = 0; n < 3; n++)
		put_frame(f, 1);
	live_file_flush(f);
	live_file_status(f, &status);
	cr_expect_eq(status.unsaved, 20);
	cr_expect_eq(frames_in("x"), 13);
	live_file_close(f);
}

Test(live_file, a_full_disk_begins_no_files_without_anything_in_them)
{
	struct live_file *f = open_file("x", 2 * RECORD, 0, 0);

	for (int n = 0; n < 3; n++)
		put_frame(f, 0);
	live_file_flush(f);
	limit_files_to(HEADER + RECORD + 7);
	for (int n = 0; n < 20; n++)
		put_frame(f, 0);
	live_file_flush(f);
	cr_expect_eq(frames_in("x"), 2);
	cr_expect_eq(frames_in("x1"), 1);
	cr_expect_eq(frames_in("x2"), -1, "what can't be written begins no file");
	/* room again */
	limit_files_to(1 << 20);
	for (int n = 0; n < 3; n++)
		put_frame(f, 1);
	live_file_close(f);
	cr_expect_eq(frames_in("x1"), 2);
	cr_expect_eq(frames_in("x2"), 2);
}

Test(live_file, on_a_full_disk_the_oldest_of_so_many_gives_way)
{
	struct live_file *f = open_file("x", 2 * RECORD, 0, 2);
	struct live_file_status status;

	for (int n = 0; n < 2; n++)
		put_frame(f, 0);
	live_file_flush(f);
	limit_files_to(0);
	for (int n = 0; n < 20; n++)
		put_frame(f, 0);
	live_file_flush(f);
	limit_files_to(1 << 20);
	put_frame(f, 0);
	live_file_flush(f);
	live_file_status(f, &status);
	cr_expect_eq(status.unsaved, 20);
	cr_expect(frames_in("x0") == 1 || frames_in("x1") == 1);
	live_file_close(f);
}

Test(live_file, a_name_that_cannot_be_opened_later_is_tried_again)
{
	struct live_file_status status;
	struct live_file *f;

	cr_assert_eq(mkdir("room", 0700), 0);
	f = open_file("room/x", 2 * RECORD, 0, 0);
	put_frame(f, 0);
	put_frame(f, 0);
	live_file_flush(f);
	cr_assert_eq(rename("room", "away"), 0);
	put_frame(f, 1);
	put_frame(f, 1);
	live_file_status(f, &status);
	cr_expect_eq(status.unsaved, 2);
	cr_expect_eq(status.trouble, ENOENT);
	cr_assert_eq(rename("away", "room"), 0);
	put_frame(f, 2);
	live_file_close(f);
	cr_expect_eq(frames_in("room/x"), 2);
	cr_expect_eq(frames_in("room/x1"), 1);
}

Test(live_file, a_name_that_cannot_be_opened_is_said_at_once)
{
	struct live_file_options options = { .name = "no/such\x1b" };
	struct error error;

	cr_expect_null(live_file_open(&options, LINK_ETHERNET, 65535, NOW, &error));
	cr_expect_str_eq(error.text, "saving to no/such\\x1b: No such file or directory");
}

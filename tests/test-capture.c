/*
 * Sources of frames: every kind of savefile gives its frames, times and
 * lengths, and gives the same bytes again when somebody looks; what is
 * damaged keeps what came before.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/byte_source.h"
#include "capture/capture.h"
#include "tests/capture_expect.h"

static const struct capture_options no_options;

Test(capture, classic_files_in_every_variant)
{
	static const uint32_t magics[] = { MAGIC_MICRO, MAGIC_NANO, MAGIC_MODIFIED };

	for (size_t i = 0; i < 3; i++)
		for (int big = 0; big < 2; big++) {
			struct bytes b = { .big = big };

			pcap_of(&b, magics[i], FRAMES);
			expect_all(open_bytes(&b, &no_options), FRAMES, magics[i] == MAGIC_NANO ?
			    1 : 1000);
			bytes_free(&b);
		}
}

Test(capture, a_file_larger_than_all_buffers)
{
	struct bytes b = { .big = false };

	pcap_of(&b, MAGIC_MICRO, 20000);
	expect_all(open_bytes(&b, &no_options), 20000, 1000);
	bytes_free(&b);
}

Test(capture, seconds_are_unsigned_and_fractions_carry)
{
	struct bytes b = { .big = true };
	uint8_t frame[TCP_FRAME_MAX];
	struct packet late = packet_of(frame, 1), odd = late;
	struct capture *c;

	late.seconds = 0xf0000000;
	late.fraction = 999999;
	odd.seconds = 10;
	odd.fraction = 4000000001;	/* microseconds: more than an hour */
	pcap_begin(&b, MAGIC_MICRO, 4, 65535, 1);
	pcap_packet(&b, MAGIC_MICRO, &late);
	pcap_packet(&b, MAGIC_MICRO, &odd);
	c = open_bytes(&b, &no_options);
	expect_frame(c, UINT64_C(4026531840999999000), &late, 0, 1);
	expect_frame(c, UINT64_C(4010000001000), &odd, 0, 1);
	expect_end(c);
	bytes_free(&b);
}

Test(capture, old_files_with_the_lengths_the_other_way_round)
{
	for (unsigned minor = 2; minor <= 3; minor++) {
		struct bytes b = { .big = false };
		uint8_t frame[TCP_FRAME_MAX];
		struct packet packet = packet_of(frame, 5), again = packet_of(frame, 5);
		uint32_t captured = packet.captured;
		struct capture *c;

		packet.length = captured + 100;
		pcap_begin(&b, MAGIC_MICRO, minor, 65535, 1);
		for (int n = 0; n < 3; n++) {
			bytes_u32(&b, 1);
			bytes_u32(&b, 2);
			bytes_u32(&b, packet.length);
			bytes_u32(&b, captured);
			bytes_add(&b, frame, captured);
		}
		c = open_bytes(&b, &no_options);
		again.length = packet.length;
		for (int n = 0; n < 3; n++)
			expect_frame(c, UINT64_C(1000002000), &again, 0, 1);
		expect_end(c);
		bytes_free(&b);
	}
}

Test(capture, frames_longer_than_the_declared_snapshot_length_are_whole)
{
	struct bytes b = { .big = false };
	uint8_t frame[TCP_FRAME_MAX];
	uint32_t size = tcp_frame(frame, 1, 1, 500);
	struct packet packet = { 1, 0, frame, size, size };
	struct capture *c;

	pcap_begin(&b, MAGIC_MICRO, 4, 96, 1);
	pcap_packet(&b, MAGIC_MICRO, &packet);
	pcap_packet(&b, MAGIC_MICRO, &packet);
	c = open_bytes(&b, &no_options);
	expect_frame(c, SECOND, &packet, 0, 1);
	expect_frame(c, SECOND, &packet, 0, 1);
	expect_end(c);
	bytes_free(&b);
}

Test(capture, raw_ip_has_one_number)
{
	for (uint32_t stored = 12; stored <= 101; stored += 89) {
		struct bytes b = { .big = false };
		uint8_t frame[TCP_FRAME_MAX];
		uint32_t size = tcp_frame(frame, 1, 1, 5) - 14;
		struct packet packet = { 1, 0, frame + 14, size, size };
		struct capture *c;

		pcap_begin(&b, MAGIC_MICRO, 4, 96, stored);
		pcap_packet(&b, MAGIC_MICRO, &packet);
		c = open_bytes(&b, &no_options);
		expect_frame(c, SECOND, &packet, 0, 101);
		expect_end(c);
		bytes_free(&b);
	}
}

Test(capture, frames_stay_as_they_are_in_the_file)
{
	/* Of NFLOG and USB libpcap alters frames in files of the other byte order. */
	static const uint32_t types[] = { 239, 189, 220, 117, 227 };

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		for (int big = 0; big < 2; big++) {
			struct bytes b = { .big = big };
			uint8_t frame[TCP_FRAME_MAX];
			struct packet packet = packet_of(frame, 20);
			struct capture *c;

			memset(frame, 8, packet.captured);
			pcap_begin(&b, MAGIC_NANO, 4, 96, types[i]);
			pcap_packet(&b, MAGIC_NANO, &packet);
			c = open_bytes(&b, &no_options);
			expect_frame(c, UINT64_C(1700000020000001020), &packet, 0, (int)types[i]);
			expect_end(c);
			bytes_free(&b);
		}
}

/* Interfaces that differ in all that they can differ in, and all kinds of blocks. */
static void
pcapng_of(struct bytes *b)
{
	uint8_t frame[TCP_FRAME_MAX];
	struct packet packet = packet_of(frame, 3), raw = packet;

	raw.bytes += 14;
	raw.captured -= 14;
	raw.length -= 14;
	pcapng_section(b);
	pcapng_unknown(b, 0x0bad, 40);
	pcapng_interface(b, 1, 65535, 0, 0);
	pcapng_enhanced(b, 0, UINT64_C(1700000000123456), &packet);
	pcapng_interface(b, 101, 1024, 9, 0);
	pcapng_unknown(b, 4, 33);
	pcapng_enhanced(b, 1, UINT64_C(1700000001000000007), &raw);
	pcapng_interface(b, 1, 0, 0x80 | 20, 1600000000);
	pcapng_enhanced(b, 2, UINT64_C(5) << 20 | 0x80000, &packet);
	pcapng_old(b, 1, UINT64_C(1700000002000000009), &raw);
	pcapng_interface(b, 1, 300, 12, 0);
	pcapng_enhanced(b, 3, UINT64_C(1700000003123456789), &packet);	/* picoseconds */
	packet.length = 9999;
	packet.captured = 93;
	pcapng_simple(b, &packet);
	pcapng_section(b);
	pcapng_interface(b, 101, 76, 3, 0);
	raw.length = 7777;
	raw.captured = 76;
	pcapng_simple(b, &raw);
	pcapng_enhanced(b, 0, UINT64_C(1700000004005), &raw);
}

Test(capture, pcapng_with_unlike_interfaces_and_sections)
{
	for (int big = 0; big < 2; big++) {
		struct bytes b = { .big = big };
		uint8_t frame[TCP_FRAME_MAX];
		struct packet packet = packet_of(frame, 3), raw = packet, cut = packet;
		struct capture *c;

		raw.bytes += 14;
		raw.captured -= 14;
		raw.length -= 14;
		pcapng_of(&b);
		c = open_bytes(&b, &no_options);
		expect_frame(c, UINT64_C(1700000000123456000), &packet, 0, 1);
		expect_frame(c, UINT64_C(1700000001000000007), &raw, 1, 101);
		expect_frame(c, UINT64_C(1600000005500000000), &packet, 2, 1);
		expect_frame(c, UINT64_C(1700000002000000009), &raw, 1, 101);
		expect_frame(c, UINT64_C(1700000003123456), &packet, 3, 1);
		/* a simple block's padding counts where nothing tells it from the packet */
		cut.captured = 96;
		cut.length = 9999;
		memset(frame + 93, 0, 3);
		expect_frame(c, 0, &cut, 0, 1);
		packet_of(frame, 3);
		raw.captured = 76;
		raw.length = 7777;
		expect_frame(c, 0, &raw, 4, 101);
		expect_frame(c, UINT64_C(1700000004005000000), &raw, 4, 101);
		expect_end(c);
		bytes_free(&b);
	}
}

#if defined(HAVE_ZLIB) && defined(HAVE_ZSTD)
Test(capture, compressed_files_by_their_magic_also_in_several_members)
{
	struct bytes plain = { .big = false };

	pcap_of(&plain, MAGIC_MICRO, 2000);
	for (int zstd = 0; zstd < 2; zstd++)
		for (size_t cut = 0; cut < plain.size; cut += plain.size / 2 + 1) {
			struct bytes packed = { .big = false };
			void (*pack)(struct bytes *, const uint8_t *, size_t) = zstd ? zstd_of :
			    gzip_of;

			if (cut > 0)
				pack(&packed, plain.at, cut);
			pack(&packed, plain.at + cut, plain.size - cut);
			expect_all(open_bytes(&packed, &no_options), 2000, 1000);
			bytes_free(&packed);
		}
	bytes_free(&plain);
}

Test(capture, compressed_data_that_ends_early_keeps_what_came_before)
{
	for (int zstd = 0; zstd < 2; zstd++) {
		struct bytes plain = { .big = false }, packed = { .big = false };
		struct raw_frame frame;
		uint64_t locator;
		struct capture *c;

		pcap_of(&plain, MAGIC_MICRO, 2);
		(zstd ? zstd_of : gzip_of)(&packed, plain.at, plain.size);
		packed.size -= zstd ? 1 : 9;
		c = open_bytes(&packed, &no_options);
		cr_assert_eq(capture_next(c, &frame, &locator), CAPTURE_FRAME);
		cr_assert_eq(capture_next(c, &frame, &locator), CAPTURE_BROKEN);
		cr_expect_not_null(strstr(capture_error(c), "ends early"), "%s", capture_error(c));
		cr_expect_eq(capture_next(c, &frame, &locator), CAPTURE_END);
		capture_close(c);
		bytes_free(&plain);
		bytes_free(&packed);
	}
}
#endif

/* Reads what was cut off anywhere: the frames that are whole, and how it ended. */
static enum capture_next
count_cut(const struct bytes *b, size_t size, uint32_t *frames)
{
	struct error error;
	struct bytes cut = { .at = b->at, .size = size };
	char *name = file_of(cut.at, cut.size);
	struct capture *c = capture_open_file(name, &no_options, &error);
	struct raw_frame frame;
	uint64_t locator;
	enum capture_next next;

	unlink(name);
	free(name);
	*frames = 0;
	if (c == NULL) {
		cr_assert_neq(error.text[0], '\0');
		return CAPTURE_BROKEN;
	}
	while ((next = capture_next(c, &frame, &locator)) == CAPTURE_FRAME) {
		check_again(c, &frame, locator);
		++*frames;
	}
	if (next == CAPTURE_BROKEN)
		cr_assert_neq(capture_error(c)[0], '\0');
	capture_close(c);
	return next;
}

Test(capture, every_truncation_keeps_the_whole_frames)
{
	for (int big = 0; big < 2; big++) {
		struct bytes b = { .big = big };
		uint8_t frame[TCP_FRAME_MAX];
		size_t ends[5], whole = 0;

		pcap_begin(&b, MAGIC_NANO, 4, 65535, 1);
		for (uint32_t n = 0; n < 4; n++) {
			struct packet packet = packet_of(frame, n);

			ends[n] = b.size;
			pcap_packet(&b, MAGIC_NANO, &packet);
		}
		ends[4] = b.size;
		for (size_t size = 0; size <= b.size; size++) {
			uint32_t frames;
			enum capture_next next = count_cut(&b, size, &frames);

			while (whole < 4 && size >= ends[whole + 1])
				whole++;
			cr_assert_eq(frames, whole, "%u frames in %zu bytes", frames, size);
			cr_assert_eq(next, size == ends[whole] ? CAPTURE_END : CAPTURE_BROKEN,
			    "%zu bytes", size);
		}
		bytes_free(&b);
	}
}

Test(capture, every_truncation_of_pcapng)
{
	struct bytes b = { .big = true };
	uint32_t most = 0, ended = 0;

	pcapng_of(&b);
	for (size_t size = 0; size <= b.size; size++) {
		uint32_t frames;

		ended += count_cut(&b, size, &frames) == CAPTURE_END;
		cr_assert_geq(frames, most);
		most = frames;
	}
	cr_expect_eq(most, 8);
	cr_expect_eq(ended, 15, "%u", ended);	/* the first interface, and each block after it */
	bytes_free(&b);
}

Test(capture, a_damaged_record_is_said)
{
	struct bytes b = { .big = false };
	struct raw_frame frame;
	uint64_t locator;
	struct capture *c;

	pcap_of(&b, MAGIC_MICRO, 3);
	bytes_add(&b, "\1\1\1\1\1\1\1\1\377\377\377\177\377\377\377\177junk", 20);
	c = open_bytes(&b, &no_options);
	for (int n = 0; n < 3; n++)
		cr_assert_eq(capture_next(c, &frame, &locator), CAPTURE_FRAME);
	cr_assert_eq(capture_next(c, &frame, &locator), CAPTURE_BROKEN);
	cr_expect_not_null(strstr(capture_error(c), "length 2147483647"), "%s", capture_error(c));
	capture_close(c);
	bytes_free(&b);
}

static void
expect_refusal(const char *bytes, size_t size, const char *why)
{
	struct error error = { .text = "" };
	char *name = file_of((const uint8_t *)bytes, size);

	cr_assert_null(capture_open_file(name, &no_options, &error));
	cr_expect_not_null(strstr(error.text, why), "%s", error.text);
	cr_expect_not_null(strstr(error.text, name), "%s", error.text);
	cr_expect_null(strchr(error.text, '\n'));
	unlink(name);
	free(name);
}

Test(capture, what_is_no_capture_is_refused_in_one_line)
{
	struct error error = { .text = "" };

	expect_refusal("", 0, "is empty");
	expect_refusal("To whom it may concern,\n", 24, "looks like text");
	expect_refusal("\x7f" "ELF\1\1\1\0\0\0\0\0\0\0\0\0", 16, "no capture file");
	expect_refusal("snoop\0\0\0\0\0\0\2\0\0\0\4", 16, "editcap");
	expect_refusal("\3757zXZ\0\0\4", 8, "xz -dc");
	cr_assert_null(capture_open_file("/nonexistent/x.pcap", &no_options, &error));
	cr_expect_str_eq(error.text, "/nonexistent/x.pcap: No such file or directory");
	cr_assert_null(capture_open_file("/tmp", &no_options, &error));
	cr_expect_not_null(strstr(error.text, "directory"), "%s", error.text);
	cr_assert_null(capture_open_file("/nonexistent/\33[31m", &no_options, &error));
	cr_expect_null(strchr(error.text, '\33'));
}

Test(capture, a_filter_leaves_frames_their_numbers)
{
	struct bytes b = { .big = false };
	struct capture_options options = { .filter = "tcp src port 1003" };
	struct raw_frame frame;
	uint64_t locator;
	enum capture_next next;
	uint32_t n = 0;
	struct capture *c;

	pcap_of(&b, MAGIC_MICRO, FRAMES);
	c = open_bytes(&b, &options);
	while ((next = capture_next(c, &frame, &locator)) != CAPTURE_END) {
		cr_expect_eq(next, n % 7 == 3 ? CAPTURE_FRAME : CAPTURE_FILTERED, "frame %u", n);
		check_again(c, &frame, locator);
		n++;
	}
	cr_expect_eq(n, FRAMES);
	capture_close(c);
	bytes_free(&b);
}

Test(capture, a_filter_holds_for_each_link_type)
{
	struct bytes b = { .big = false };
	struct capture_options options = { .filter = "tcp port 80 and less 400" };
	struct raw_frame frame;
	uint64_t locator;
	uint32_t n = 0;
	struct capture *c;

	pcapng_of(&b);
	c = open_bytes(&b, &options);
	for (enum capture_next next; (next = capture_next(c, &frame, &locator)) != CAPTURE_END; n++)
		cr_expect_eq(next, frame.length < 400 ? CAPTURE_FRAME : CAPTURE_FILTERED,
		    "frame %u", n);
	cr_expect_eq(n, 8);
	capture_close(c);
	bytes_free(&b);
}

Test(capture, a_wrong_filter_is_an_error_at_once)
{
	struct bytes b = { .big = false };
	struct capture_options options = { .filter = "port and and" };
	struct error error = { .text = "" };
	char *name;

	pcap_of(&b, MAGIC_MICRO, 1);
	name = file_of(b.at, b.size);
	cr_assert_null(capture_open_file(name, &options, &error));
	cr_expect_not_null(strstr(error.text, "\"port and and\""), "%s", error.text);
	options.filter = "wlan type data";	/* has no meaning on Ethernet */
	cr_assert_null(capture_open_file(name, &options, &error));
	cr_expect_not_null(strstr(error.text, "capture filter"), "%s", error.text);
	unlink(name);
	free(name);
	bytes_free(&b);
}

Test(capture, an_unknown_interface_names_the_list)
{
	struct capture_options options = no_options;
	struct error error = { .text = "" };

	cr_assert_null(capture_open_live(&(const char *){ "nosuch0" }, 1, &no_options, &error));
	cr_expect_not_null(strstr(error.text, "tcpladder -D"), "%s", error.text);
	/* those of the network namespace that it was looked for in */
	options.netns = "blue\x1b[31m";
	cr_assert_null(capture_open_live(&(const char *){ "nosuch0" }, 1, &options, &error));
	cr_expect_not_null(strstr(error.text, "; tcpladder --netns blue\\x1b[31m -D lists them"), "%s", error.text);
}

/*
 * See capture_expect.h.
 */
#include "tests/capture_expect.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/byte_source.h"

struct packet
packet_of(uint8_t *frame, uint32_t n)
{
	uint32_t size = tcp_frame(frame, 1000 + n % 7, n * 100, n * 13 % 300);

	return (struct packet){ 1700000000 + n, 1000 + n, frame, size, size + n % 3 };
}

void
pcap_of(struct bytes *b, uint32_t magic, uint32_t frames)
{
	uint8_t frame[TCP_FRAME_MAX];

	pcap_begin(b, magic, 4, 262144, 1);
	for (uint32_t n = 0; n < frames; n++) {
		struct packet packet = packet_of(frame, n);

		pcap_packet(b, magic, &packet);
	}
}

struct capture *
open_bytes(const struct bytes *b, const struct capture_options *options)
{
	struct error error = { .text = "" };
	char *name = file_of(b->at, b->size);
	struct capture *c = capture_open_file(name, options, &error);

	cr_assert_not_null(c, "%s", error.text);
	unlink(name);		/* it is read through descriptors from here on */
	free(name);
	return c;
}

void
check_again(struct capture *c, const struct raw_frame *frame, uint64_t locator)
{
	static uint8_t buffer[262144];
	struct raw_frame again;

	cr_assert(byte_source_read(capture_bytes(c), locator, buffer, sizeof buffer, &again));
	cr_assert_eq(again.captured, frame->captured);
	cr_assert_eq(again.length, frame->length);
	cr_assert_eq(again.time, frame->time);
	cr_assert_eq(again.interface, frame->interface);
	cr_assert_eq(again.link_type, frame->link_type);
	cr_assert_arr_eq(again.bytes, frame->bytes, frame->captured);
}

enum capture_next
next_of(struct capture *c, struct raw_frame *frame, uint64_t *locator)
{
	enum capture_next next;

	do
		next = capture_next(c, frame, locator);
	while (next == CAPTURE_WAIT);
	return next;
}

void
expect_frame(struct capture *c, uint64_t time, const struct packet *packet, uint32_t interface,
    int link_type)
{
	struct raw_frame frame;
	uint64_t locator;

	cr_assert_eq(next_of(c, &frame, &locator), CAPTURE_FRAME, "%s", capture_error(c));
	cr_expect_eq(frame.time, time, "%llu", (unsigned long long)frame.time);
	cr_expect_eq(frame.captured, packet->captured);
	cr_expect_eq(frame.length, packet->length);
	cr_expect_eq(frame.interface, interface);
	cr_expect_eq(frame.link_type, link_type);
	cr_expect_arr_eq(frame.bytes, packet->bytes, packet->captured);
	check_again(c, &frame, locator);
}

void
expect_end(struct capture *c)
{
	struct raw_frame frame;
	uint64_t locator;
	struct capture_progress progress;

	cr_assert_eq(next_of(c, &frame, &locator), CAPTURE_END, "%s", capture_error(c));
	capture_progress(c, &progress);
	if (progress.bytes_total > 0)
		cr_expect_eq(progress.bytes_done, progress.bytes_total);
	capture_close(c);
}

void
expect_all(struct capture *c, uint32_t frames, uint64_t unit)
{
	uint8_t bytes[TCP_FRAME_MAX];

	for (uint32_t n = 0; n < frames; n++) {
		struct packet packet = packet_of(bytes, n);

		expect_frame(c, (uint64_t)packet.seconds * SECOND + packet.fraction * unit, &packet,
		    0, 1);
	}
	expect_end(c);
}

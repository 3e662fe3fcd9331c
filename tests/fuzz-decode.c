/*
 * Fuzzes the decoder and what it tells of packets.  Input: a link type, then
 * frames, each with its captured length and how much longer it was on the
 * wire, so that fragments can meet.  With libFuzzer (-fsanitize=fuzzer and
 * -DFUZZ_LIBFUZZER) it is a fuzz target; else a program of its own that
 * mutates the samples, and files that are named, for some seconds:
 *
 *	fuzz-decode [seconds [file...]]
 *
 * It aborts when something that must hold doesn't; the sanitizers see the rest.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "packet/decode.h"
#include "packet_samples.h"

enum { INPUT_MAX = 8192, FRAME_HEADER = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz-decode: %s\n", what);
	abort();
}

static void
check_segment(const struct raw_frame *frame, const struct segment *s)
{
	must(s->family == SEGMENT_IPV4 || s->family == SEGMENT_IPV6, "family");
	must(s->traits & SEGMENT_ICMP_QUOTE ? s->header == 0 : s->header >= 10, "headers of IP and TCP");
	must((s->flags & ~TCP_FLAGS_ALL) == 0, "flags");
	must(s->frame == frame->number && s->time == frame->time, "frame or time");
	if (s->traits & SEGMENT_FRAGMENT)
		must(s->length <= 65535, "longer than any packet that was put together");
	else
		must(s->length < frame->length || s->length < frame->captured,
		    "longer than its frame");
	if (s->traits & SEGMENT_ICMP_QUOTE)
		must(s->length == 0, "a quote has no payload");
	else if ((s->flags & TCP_ACK) == 0)
		must(s->ack == 0, "an acknowledgment number without ACK");
}

static void
check_field(void *context, int level, int offset, int size, const char *name, const char *value)
{
	const struct raw_frame *frame = context;

	must(level >= 0 && level <= 2, "level");
	must(name[0] != '\0' && value != NULL, "a field without name");
	must(offset >= 0 && size >= 0 &&
	    (uint32_t)offset + (uint32_t)size <= frame->captured, "a field outside its frame");
	for (; *value != '\0'; value++)
		must((unsigned char)*value >= ' ' && *value != 0x7f, "a control character");
}

/* The bytes in memory of exactly their size, so that reading on is seen. */
static void
run_frame(struct raw_frame *frame, struct fragments *table, const uint8_t *bytes)
{
	struct field_visitor visitor = { check_field, frame };
	uint8_t *copy = malloc(frame->captured > 0 ? frame->captured : 1);
	enum decode_result result, told;
	struct segment s, again;

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, frame->captured);
	frame->bytes = copy;
	result = decode_frame(frame, table, &s);
	must(result < DECODE_RESULTS, "result");
	if (result == DECODE_SEGMENT || result == DECODE_QUOTE)
		check_segment(frame, &s);
	told = decode_explain(frame, &visitor);
	must(told == decode_frame(frame, NULL, &again), "told and decoded differ");
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fragments *table;
	struct raw_frame frame = { .number = 0 };
	size_t at = 2;

	if (size < 2)
		return 0;
	table = fragments_new();
	frame.link_type = data[0] | (data[1] & 1) << 8;
	while (size - at >= FRAME_HEADER && frame.number < 64) {
		size_t left = size - at - FRAME_HEADER;
		size_t captured = (size_t)(data[at] & 7) << 8 | data[at + 1];

		if (captured > left)
			captured = left;
		frame.captured = (uint32_t)captured;
		frame.length = (uint32_t)captured + data[at + 2];
		frame.number++;
		frame.time += (uint64_t)(data[at] >> 3) * 10000000000u;
		run_frame(&frame, table, data + at + FRAME_HEADER);
		at += FRAME_HEADER + captured;
	}
	fragments_free(table);
	return 0;
}

#ifndef FUZZ_LIBFUZZER

static uint64_t
random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A sample, perhaps twice or as two fragments of its IP packet, as an input. */
static size_t
input_of_sample(uint8_t *out, uint64_t *state)
{
	const struct sample *sample = &samples[random_next(state) % sample_count];
	unsigned int frames = 1 + (unsigned int)(random_next(state) % 3);
	size_t used = 2;

	out[0] = (uint8_t)sample->link_type;
	out[1] = (uint8_t)(sample->link_type >> 8);
	for (; frames > 0 && used + SAMPLE_BYTES_MAX + FRAME_HEADER < INPUT_MAX; frames--) {
		size_t size = sample_build(out + used + FRAME_HEADER, sample->layers);

		out[used] = (uint8_t)(size >> 8);
		out[used + 1] = (uint8_t)size;
		out[used + 2] = 0;
		used += FRAME_HEADER + size;
	}
	return used;
}

static void
mutate(uint8_t *input, size_t size, uint64_t *state)
{
	static const uint8_t telling[] = { 0x00, 0x01, 0x06, 0x11, 0x2c, 0x2f, 0x45, 0x46, 0x60,
	    0x81,
		0x88, 0x20, 0x7f, 0x80, 0xff };

	for (uint64_t times = random_next(state) % 6; times > 0; times--) {
		size_t at = (size_t)(random_next(state) % size);

		switch (random_next(state) % 4) {
		case 0:
			input[at] ^= (uint8_t)(1u << random_next(state) % 8);
			break;
		case 1:
			input[at] = (uint8_t)random_next(state);
			break;
		case 2:
			input[at] = telling[random_next(state) % sizeof telling];
			break;
		default: {
			size_t from = (size_t)(random_next(state) % size);
			size_t count = (size_t)(random_next(state) % 32);

			for (; count > 0 && at < size && from < size; count--)
				input[at++] = input[from++];
		}
		}
	}
}

static size_t
read_file(uint8_t *out, const char *name)
{
	FILE *file = fopen(name, "rb");
	size_t size;

	if (file == NULL) {
		perror(name);
		exit(1);
	}
	size = fread(out, 1, INPUT_MAX, file);
	fclose(file);
	return size;
}

int
main(int argc, char **argv)
{
	static uint8_t input[INPUT_MAX];
	int seconds = argc > 1 ? atoi(argv[1]) : 2;
	uint64_t state = 0x9e3779b97f4a7c15u, runs = 0;
	time_t end = time(NULL) + seconds;

	for (int i = 2; i < argc; i++)
		LLVMFuzzerTestOneInput(input, read_file(input, argv[i]));
	while (time(NULL) < end || runs == 0) {
		size_t size = argc > 2 && random_next(&state) % 2 != 0 ?
		    read_file(input, argv[2 + random_next(&state) % (uint64_t)(argc - 2)]) :
		    input_of_sample(input, &state);

		if (size < 3)
			continue;
		mutate(input, size, &state);
		LLVMFuzzerTestOneInput(input, size);
		runs++;
	}
	printf("# %llu inputs\nok fuzz-decode\n", (unsigned long long)runs);
	return 0;
}

#endif

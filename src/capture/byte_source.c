/*
 * A frame's bytes again.  From a file the record's own header is read and
 * interpreted anew, with what the walker noted about byte order and
 * interfaces.  The ring is one block of memory under a mutex, since the
 * reader thread writes while the main thread looks.  Knows no libpcap.
 */
#include "capture/byte_source.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "capture/capture_link.h"
#include "capture/savefile_walk.h"

enum { FRAME_MAX = 262144, NANOSECONDS = 1000000000, INTERFACE_BLOCK_MAX = 1 << 20 };

struct kept {			/* in front of each frame in the ring */
	uint64_t time;
	uint32_t captured, length, interface;
	int link_type;
};

struct clock {			/* how a pcapng interface counts time */
	uint32_t interface;
	uint64_t units;		/* in a second; 0: nothing cached */
	uint64_t shift;		/* seconds to be added, modulo 2^64 */
};

struct byte_source {
	int descriptor;
	uint64_t base;
	struct savefile_walk *walk;	/* NULL: a ring */
	struct clock clock;

	pthread_mutex_t lock;
	uint8_t *ring;
	uint64_t size, end;	/* end: of all that was ever written; position modulo size */
};

struct byte_source *
byte_source_of_file(int descriptor, uint64_t base, struct savefile_walk *walk)
{
	struct byte_source *source = memory_new(sizeof *source);

	source->descriptor = descriptor;
	source->base = base;
	source->walk = walk;
	pthread_mutex_init(&source->lock, NULL);
	return source;
}

struct byte_source *
byte_source_of_ring(size_t bytes)
{
	struct byte_source *source = memory_new(sizeof *source);

	if (bytes < 2 * FRAME_MAX)
		bytes = 2 * FRAME_MAX;
	source->descriptor = -1;
	source->size = bytes & ~(size_t)7;
	source->ring = memory_new((size_t)source->size);
	pthread_mutex_init(&source->lock, NULL);
	return source;
}

void
byte_source_free(struct byte_source *source)
{
	if (source == NULL)
		return;
	pthread_mutex_destroy(&source->lock);
	free(source->ring);
	free(source);
}

uint64_t
byte_source_keep(struct byte_source *source, const struct raw_frame *frame)
{
	struct kept kept = {
		.time = frame->time, .captured = frame->captured, .length = frame->length,
		.interface = frame->interface, .link_type = frame->link_type
	};
	uint64_t at, room;

	if (kept.captured > FRAME_MAX)
		kept.captured = FRAME_MAX;
	room = (sizeof kept + kept.captured + 7) & ~(uint64_t)7;
	pthread_mutex_lock(&source->lock);
	at = source->end;
	if (at % source->size + room > source->size)	/* a frame never wraps round */
		at += source->size - at % source->size;
	source->end = at + room;
	memcpy(source->ring + at % source->size, &kept, sizeof kept);
	memcpy(source->ring + at % source->size + sizeof kept, frame->bytes, kept.captured);
	pthread_mutex_unlock(&source->lock);
	return at;
}

static bool
read_ring(struct byte_source *source, uint64_t at, uint8_t *buffer, size_t size,
    struct raw_frame *frame)
{
	struct kept kept;
	bool there;

	pthread_mutex_lock(&source->lock);
	there = at < source->end && source->end - at <= source->size && at % 8 == 0 &&
	    at % source->size + sizeof kept <= source->size;
	if (there) {
		memcpy(&kept, source->ring + at % source->size, sizeof kept);
		there = kept.captured <= source->size - at % source->size - sizeof kept;
	}
	if (there) {
		if (kept.captured > size)
			kept.captured = (uint32_t)size;
		memcpy(buffer, source->ring + at % source->size + sizeof kept, kept.captured);
		*frame = (struct raw_frame){
			.bytes = buffer, .captured = kept.captured, .length = kept.length,
			.time = kept.time, .interface = kept.interface, .link_type = kept.link_type
		};
	}
	pthread_mutex_unlock(&source->lock);
	return there;
}

static size_t
read_at(const struct byte_source *source, uint64_t offset, uint8_t *bytes, size_t size)
{
	size_t there = 0;

	while (there < size) {
		ssize_t n = pread(source->descriptor, bytes + there, size - there,
		    (off_t)(source->base + offset + there));

		if (n <= 0)
			break;
		there += (size_t)n;
	}
	return there;
}

static bool
read_pcap(struct byte_source *source, const struct savefile_shape *shape, uint64_t offset,
    uint8_t *buffer, size_t size, struct raw_frame *frame)
{
	struct savefile_interface interface;
	uint8_t header[24];

	if (read_at(source, offset, header, shape->header) != shape->header ||
	    !savefile_walk_interface(source->walk, 0, &interface))
		return false;
	frame->captured = savefile_u32(header + 8, shape->big);
	frame->length = savefile_u32(header + 12, shape->big);
	if (shape->swapped_lengths == 2 ||
	    (shape->swapped_lengths == 1 && frame->captured > frame->length)) {
		uint32_t captured = frame->length;

		frame->length = frame->captured;
		frame->captured = captured;
	}
	frame->time = savefile_time(header, shape);
	frame->interface = 0;
	frame->link_type = capture_link_clean(interface.link_type);
	if (frame->captured > size)
		frame->captured = (uint32_t)size;
	return read_at(source, offset + shape->header, buffer, frame->captured) == frame->captured;
}

/* An interface's resolution and offset of time, from the options of its block. */
static void
read_clock(struct byte_source *source, uint32_t number, const struct savefile_interface *interface)
{
	enum { OPTION_END = 0, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14 };
	struct clock *clock = &source->clock;
	uint8_t fixed[16], *block;
	uint32_t total;

	*clock = (struct clock){ .interface = number, .units = 1000000 };
	if (read_at(source, interface->offset, fixed, sizeof fixed) != sizeof fixed)
		return;
	total = savefile_u32(fixed + 4, interface->big);
	if (total < 20 || total > INTERFACE_BLOCK_MAX)
		return;
	block = memory_new(total);
	total = (uint32_t)read_at(source, interface->offset, block, total);
	for (uint32_t at = 16; at + 4 <= total; ) {
		unsigned code = savefile_u16(block + at, interface->big);
		unsigned size = savefile_u16(block + at + 2, interface->big);
		const uint8_t *value = block + at + 4;

		if (code == OPTION_END || at + 4 + size > total)
			break;
		if (code == OPTION_RESOLUTION && size == 1) {
			clock->units = 1;
			if ((*value & 0x80) != 0)
				clock->units <<= *value & 0x3f;
			else
				for (int i = 0; i < *value && i < 19; i++)
					clock->units *= 10;
		} else if (code == OPTION_OFFSET && size == 8)
			clock->shift = interface->big ?
			    (uint64_t)savefile_u32(value, true) << 32 |
			    savefile_u32(value + 4, true) :
			    (uint64_t)savefile_u32(value + 4, false) << 32 |
			    savefile_u32(value, false);
		at += 4 + ((size + 3) & ~3U);
	}
	free(block);
}

/* The same steps as libpcap takes, so that a frame's time is the same both times. */
static uint64_t
clock_time(const struct clock *clock, uint64_t ticks)
{
	uint64_t seconds = ticks / clock->units + clock->shift, part = ticks % clock->units;

	if (clock->units > NANOSECONDS && clock->units % 10 == 0)
		part /= clock->units / NANOSECONDS;
	else if (clock->units < NANOSECONDS && clock->units % 10 == 0)
		part *= NANOSECONDS / clock->units;
	else if (clock->units != NANOSECONDS)
		part = part * NANOSECONDS / clock->units;
	return seconds * NANOSECONDS + part;
}

static bool
read_pcapng(struct byte_source *source, uint64_t offset, uint8_t *buffer, size_t size,
    struct raw_frame *frame)
{
	struct savefile_section section;
	struct savefile_interface interface;
	uint8_t header[28];
	uint32_t type, total, fixed;
	uint64_t ticks = 0;
	bool big;

	if (read_at(source, offset, header, sizeof header) < 16 ||
	    !savefile_walk_section(source->walk, offset, &section))
		return false;
	big = section.big;
	type = savefile_u32(header, big);
	total = savefile_u32(header + 4, big);
	if (type == BLOCK_SIMPLE_PACKET) {
		fixed = 12;
		frame->interface = section.interfaces;
		frame->length = frame->captured = savefile_u32(header + 8, big);
	} else if (type == BLOCK_PACKET || type == BLOCK_ENHANCED_PACKET) {
		fixed = 28;
		frame->interface = section.interfaces +
		    (type == BLOCK_PACKET ? savefile_u16(header + 8, big) :
		    savefile_u32(header + 8, big));
		ticks = (uint64_t)savefile_u32(header + 12, big) << 32 |
		    savefile_u32(header + 16, big);
		frame->captured = savefile_u32(header + 20, big);
		frame->length = savefile_u32(header + 24, big);
	} else
		return false;
	if (total < fixed + 4 ||
	    !savefile_walk_interface(source->walk, frame->interface, &interface))
		return false;
	if (type == BLOCK_SIMPLE_PACKET && interface.snapshot != 0 &&
	    frame->captured > interface.snapshot)
		frame->captured = interface.snapshot;
	if (frame->captured > total - fixed - 4)
		frame->captured = total - fixed - 4;
	if (source->clock.units == 0 || source->clock.interface != frame->interface)
		read_clock(source, frame->interface, &interface);
	frame->time = clock_time(&source->clock, ticks);
	frame->link_type = capture_link_clean(interface.link_type);
	if (frame->captured > size)
		frame->captured = (uint32_t)size;
	return read_at(source, offset + fixed, buffer, frame->captured) == frame->captured;
}

bool
byte_source_read(struct byte_source *source, uint64_t locator, uint8_t *buffer, size_t size,
    struct raw_frame *frame)
{
	uint64_t offset = locator_offset(locator);
	struct savefile_shape shape;

	if (offset == LOCATOR_NOWHERE)
		return false;
	if (source->walk == NULL)
		return read_ring(source, offset, buffer, size, frame);
	*frame = (struct raw_frame){ .bytes = buffer };
	switch (savefile_walk_shape(source->walk, &shape)) {
	case SAVEFILE_PCAP:
		return read_pcap(source, &shape, offset, buffer, size, frame);
	case SAVEFILE_PCAPNG:
		return read_pcapng(source, offset, buffer, size, frame);
	case SAVEFILE_UNDECIDED:
	case SAVEFILE_STRANGE:
		break;
	}
	return false;
}

/*
 * Follows a savefile's framing as its bytes pass: see savefile_walk.h.  One
 * thread feeds and takes; what other threads ask for (sections, interfaces)
 * is guarded by a mutex, which the feeding thread takes only when it adds
 * one.  Must not know where the bytes come from.
 */
#include "capture/savefile_walk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	MAGIC_MICROSECONDS = 0xa1b2c3d4,
	MAGIC_NANOSECONDS = 0xa1b23c4d,
	MAGIC_KUZNETZOV = 0xa1b2cd34,
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	PCAP_HEADER = 24,
	/* what libpcap is told each pcapng interface's snapshot length is */
	SNAPSHOT_GIVEN = 16 << 20
};

struct savefile_walk {
	enum savefile_format format;
	uint64_t position;		/* of the next byte to be fed */
	uint64_t skip;			/* bytes until the next header */
	bool ready;
	bool described;			/* passing through the first interface's block */
	struct savefile_shape shape;

	/* Records not taken yet: a ring of a power of two. Counters only grow. */
	struct savefile_record *records;
	uint64_t taken, noted, whole, size;

	pthread_mutex_t lock;
	struct savefile_section *sections;
	struct savefile_interface *interfaces;
	uint32_t section_count, interface_count;
	bool big;			/* of the current section */
	uint32_t base;			/* interfaces before the current section */
};

struct savefile_walk *
savefile_walk_new(void)
{
	struct savefile_walk *w = memory_new(sizeof *w);

	w->size = 1024;
	w->records = memory_new_array((size_t)w->size, sizeof *w->records);
	pthread_mutex_init(&w->lock, NULL);
	return w;
}

void
savefile_walk_free(struct savefile_walk *w)
{
	if (w == NULL)
		return;
	pthread_mutex_destroy(&w->lock);
	free(w->records);
	free(w->sections);
	free(w->interfaces);
	free(w);
}

static void
grow(struct savefile_walk *w)
{
	struct savefile_record *bigger = memory_new_array((size_t)w->size * 2, sizeof *bigger);

	for (uint64_t i = w->taken; i < w->noted; i++)
		bigger[i & (w->size * 2 - 1)] = w->records[i & (w->size - 1)];
	free(w->records);
	w->records = bigger;
	w->size *= 2;
}

static struct savefile_record *
note(struct savefile_walk *w)
{
	if (w->noted - w->taken == w->size)
		grow(w);
	return &w->records[w->noted++ & (w->size - 1)];
}

/* Arrays double when their count reaches a power of two. */
static void *
room_for_one(void *array, uint32_t count, size_t size)
{
	if ((count & (count - 1)) == 0)
		return memory_resize(array, count == 0 ? 1 : (size_t)count * 2, size);
	return array;
}

static void
add_interface(struct savefile_walk *w, uint64_t offset, uint32_t link_type, uint32_t snapshot)
{
	pthread_mutex_lock(&w->lock);
	w->interfaces = room_for_one(w->interfaces, w->interface_count, sizeof *w->interfaces);
	w->interfaces[w->interface_count++] = (struct savefile_interface){
		.offset = offset, .link_type = link_type, .snapshot = snapshot, .big = w->big
	};
	pthread_mutex_unlock(&w->lock);
}

static void
add_section(struct savefile_walk *w, uint64_t offset)
{
	pthread_mutex_lock(&w->lock);
	w->base = w->interface_count;
	w->sections = room_for_one(w->sections, w->section_count, sizeof *w->sections);
	w->sections[w->section_count++] = (struct savefile_section){
		.offset = offset, .interfaces = w->base, .big = w->big
	};
	pthread_mutex_unlock(&w->lock);
}

static void
put_u32(uint8_t *p, uint32_t value, bool big)
{
	for (int i = 0; i < 4; i++)
		p[big ? 3 - i : i] = (uint8_t)(value >> 8 * i);
}

static void
put_u16(uint8_t *p, uint16_t value, bool big)
{
	p[big ? 1 : 0] = (uint8_t)value;
	p[big ? 0 : 1] = (uint8_t)(value >> 8);
}

/*
 * The link type that libpcap is told.  Of some (NFLOG, USB) it turns numbers
 * inside the frames round when the file's byte order isn't the machine's, so
 * that they would look other than in the file; it is told Ethernet, but for
 * those types for which it takes frames of more than 256 KiB.
 */
static uint16_t
given_link_type(uint32_t link_type)
{
	enum { ETHERNET = 1, DBUS = 231, USBPCAP = 249, EBHSCR = 279 };

	return link_type == DBUS || link_type == USBPCAP || link_type == EBHSCR ?
	    (uint16_t)link_type : ETHERNET;
}

/*
 * The classic file header. The snapshot length is given as 0, "no limit", so
 * that libpcap never cuts a frame.
 */
static void
open_pcap(struct savefile_walk *w, uint8_t *p, uint32_t magic, bool big)
{
	unsigned major = savefile_u16(p + 4, big), minor = savefile_u16(p + 6, big);

	pthread_mutex_lock(&w->lock);
	w->format = SAVEFILE_PCAP;
	w->shape.big = big;
	w->shape.nanoseconds = magic == MAGIC_NANOSECONDS;
	w->shape.header = magic == MAGIC_KUZNETZOV ? 24 : 16;
	w->shape.swapped_lengths = major != 2 || minor < 3 ? 2 : minor == 3 ? 1 : 0;
	pthread_mutex_unlock(&w->lock);
	add_interface(w, 0, savefile_u32(p + 20, big) & 0x03ffffff, savefile_u32(p + 16, big));
	put_u32(p + 16, 0, big);
	put_u32(p + 20, given_link_type(w->interfaces[0].link_type), big);
	w->ready = true;
}

/* The file's first bytes; returns how many were used, 0: more are needed. */
static size_t
step_undecided(struct savefile_walk *w, uint8_t *p, size_t n)
{
	static const uint32_t magics[] = { MAGIC_MICROSECONDS, MAGIC_NANOSECONDS, MAGIC_KUZNETZOV };

	if (n < 4)
		return 0;
	if (savefile_u32(p, false) == BLOCK_SECTION) {
		pthread_mutex_lock(&w->lock);
		w->format = SAVEFILE_PCAPNG;
		pthread_mutex_unlock(&w->lock);
		return 0;
	}
	for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
		for (int big = 0; big < 2; big++)
			if (savefile_u32(p, big) == magics[i]) {
				if (n < PCAP_HEADER)
					return 0;
				open_pcap(w, p, magics[i], big);
				return PCAP_HEADER;
			}
	w->format = SAVEFILE_STRANGE;
	w->ready = true;
	return 0;
}

/* Classic records: as many headers as are wholly there. Returns how many bytes were used. */
static size_t
walk_pcap(struct savefile_walk *w, const uint8_t *p, size_t n)
{
	const struct savefile_shape shape = w->shape;
	size_t at = 0;

	while (n - at >= shape.header) {
		const uint8_t *header = p + at;
		uint32_t captured = savefile_u32(header + 8, shape.big);
		uint32_t length = savefile_u32(header + 12, shape.big);
		struct savefile_record *record = note(w);

		if (shape.swapped_lengths == 2 || (shape.swapped_lengths == 1 && captured > length))
			captured = length;
		record->offset = w->position + at;
		record->time = savefile_time(header, &shape);
		record->interface = 0;
		record->length = 0;
		at += shape.header;
		if (captured > n - at) {
			w->skip = captured - (n - at);
			return n;
		}
		at += captured;
		w->whole = w->noted;
	}
	return at;
}

/* Where the fixed part of a block ends, of those that are looked into. */
static size_t
block_fixed(uint32_t type)
{
	switch (type) {
	case BLOCK_INTERFACE:
		return 16;
	case BLOCK_PACKET:
	case BLOCK_ENHANCED_PACKET:
		return 28;
	case BLOCK_SIMPLE_PACKET:
	case BLOCK_SECTION:
		return 12;
	default:
		return 8;
	}
}

static void
step_interface(struct savefile_walk *w, uint8_t *p)
{
	add_interface(w, w->position, savefile_u16(p + 8, w->big), savefile_u32(p + 12, w->big));
	put_u16(p + 8, given_link_type(w->interfaces[0].link_type), w->big);
	put_u32(p + 12, SNAPSHOT_GIVEN, w->big);
	w->described = true;
}

static void
step_packet(struct savefile_walk *w, uint8_t *p, uint32_t type, uint32_t total)
{
	struct savefile_record *record = note(w);

	record->offset = w->position;
	record->time = 0;
	record->length = 0;
	if (type == BLOCK_SIMPLE_PACKET) {
		/*
		 * It has no captured length of its own: libpcap derives it from what it takes
		 * for the snapshot.
		 */
		uint32_t length = savefile_u32(p + 8, w->big), captured = length;

		record->interface = w->base;
		if (record->interface < w->interface_count &&
		    w->interfaces[record->interface].snapshot != 0 &&
		    captured > w->interfaces[record->interface].snapshot)
			captured = w->interfaces[record->interface].snapshot;
		if (captured > total - 16)
			captured = total - 16;
		record->length = length;
		put_u32(p + 8, captured, w->big);
	} else if (type == BLOCK_PACKET)
		record->interface = w->base + savefile_u16(p + 8, w->big);
	else
		record->interface = w->base + savefile_u32(p + 8, w->big);
}

/* One block's beginning; returns how many bytes were used, 0: more are needed. */
static size_t
step_pcapng(struct savefile_walk *w, uint8_t *p, size_t n)
{
	uint32_t type, total;
	size_t fixed;

	if (n < 8)
		return 0;
	type = savefile_u32(p, w->big);
	fixed = block_fixed(type);
	if (n < fixed)
		return 0;
	if (type == BLOCK_SECTION) {
		w->big = savefile_u32(p + 8, true) == BYTE_ORDER_MAGIC;
		if (!w->big && savefile_u32(p + 8, false) != BYTE_ORDER_MAGIC) {
			w->format = SAVEFILE_STRANGE;
			w->ready = true;
			return 0;
		}
		add_section(w, w->position);
	}
	total = savefile_u32(p + 4, w->big);
	if (total < fixed + 4 || total % 4 != 0) { /* libpcap will refuse this block and say why */
		w->format = SAVEFILE_STRANGE;
		w->ready = true;
		return 0;
	}
	if (type == BLOCK_INTERFACE)
		step_interface(w, p);
	else if (type == BLOCK_PACKET || type == BLOCK_ENHANCED_PACKET ||
	    type == BLOCK_SIMPLE_PACKET)
		step_packet(w, p, type, total);
	w->skip = total - fixed;
	return fixed;
}

/* The end of a record or block was passed. */
static void
arrive(struct savefile_walk *w)
{
	w->whole = w->noted;
	if (w->described)
		w->ready = true;
}

size_t
savefile_walk_feed(struct savefile_walk *w, uint8_t *bytes, size_t count)
{
	size_t at = 0, used = 1;

	while (at < count && used > 0) {
		if (w->skip > 0) {
			used = w->skip < count - at ? (size_t)w->skip : count - at;
			w->skip -= used;
			if (w->skip == 0)
				arrive(w);
		} else {
			enum savefile_format before = w->format;

			switch (w->format) {
			case SAVEFILE_UNDECIDED:
				used = step_undecided(w, bytes + at, count - at);
				break;
			case SAVEFILE_PCAP:
				used = walk_pcap(w, bytes + at, count - at);
				break;
			case SAVEFILE_PCAPNG:
				used = step_pcapng(w, bytes + at, count - at);
				break;
			case SAVEFILE_STRANGE:
				used = count - at;
				break;
			}
			if (w->format != before && used == 0) {
				/* look at the same bytes again, as what they turned out to be */
				used = 1;
				continue;
			}
		}
		at += used;
		w->position += used;
	}
	return at;
}

enum savefile_format
savefile_walk_format(const struct savefile_walk *w)
{
	return w->format;
}

bool
savefile_walk_ready(const struct savefile_walk *w)
{
	return w->ready;
}

bool
savefile_walk_whole(const struct savefile_walk *w)
{
	return w->whole > w->taken;
}

bool
savefile_walk_take(struct savefile_walk *w, struct savefile_record *record)
{
	if (w->taken == w->noted)
		return false;
	*record = w->records[w->taken++ & (w->size - 1)];
	return true;
}

int
savefile_walk_link_type(const struct savefile_walk *w, uint32_t interface)
{
	return interface < w->interface_count ? (int)w->interfaces[interface].link_type : -1;
}

enum savefile_format
savefile_walk_shape(struct savefile_walk *w, struct savefile_shape *shape)
{
	enum savefile_format format;

	pthread_mutex_lock(&w->lock);
	/* A file that turns strange was read as pcapng before. */
	format = w->section_count > 0 ? SAVEFILE_PCAPNG :
	    w->interface_count > 0 ? SAVEFILE_PCAP : SAVEFILE_STRANGE;
	*shape = w->shape;
	pthread_mutex_unlock(&w->lock);
	return format;
}

bool
savefile_walk_section(struct savefile_walk *w, uint64_t offset, struct savefile_section *section)
{
	uint32_t low = 0, high;

	pthread_mutex_lock(&w->lock);
	high = w->section_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (w->sections[middle].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low > 0)
		*section = w->sections[low - 1];
	pthread_mutex_unlock(&w->lock);
	return low > 0;
}

bool
savefile_walk_interface(struct savefile_walk *w, uint32_t number,
    struct savefile_interface *interface)
{
	bool found;

	pthread_mutex_lock(&w->lock);
	found = number < w->interface_count;
	if (found)
		*interface = w->interfaces[number];
	pthread_mutex_unlock(&w->lock);
	return found;
}

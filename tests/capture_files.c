/*
 * Savefiles made byte by byte: see capture_files.h.  Sources: the pcap and
 * pcapng drafts of the IETF's opsawg, RFC 1951, 1952, 8878.
 */
#include "capture_files.h"
#include "tests/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
bytes_free(struct bytes *b)
{
	free(b->at);
	*b = (struct bytes){ 0 };
}

void
bytes_add(struct bytes *b, const void *more, size_t size)
{
	if (b->size + size > b->room) {
		b->room = (b->size + size) * 2;
		b->at = realloc(b->at, b->room);
		if (b->at == NULL)
			abort();
	}
	if (size > 0)
		memcpy(b->at + b->size, more, size);
	b->size += size;
}

static void
add_number(struct bytes *b, uint64_t value, int size, bool big)
{
	uint8_t number[8];

	for (int i = 0; i < size; i++)
		number[big ? size - 1 - i : i] = (uint8_t)(value >> 8 * i);
	bytes_add(b, number, (size_t)size);
}

void
bytes_u16(struct bytes *b, uint32_t value)
{
	add_number(b, value, 2, b->big);
}

void
bytes_u32(struct bytes *b, uint32_t value)
{
	add_number(b, value, 4, b->big);
}

void
pcap_begin(struct bytes *b, uint32_t magic, unsigned minor, uint32_t snapshot, uint32_t link_type)
{
	bytes_u32(b, magic);
	bytes_u16(b, 2);
	bytes_u16(b, minor);
	bytes_u32(b, 0);
	bytes_u32(b, 0);
	bytes_u32(b, snapshot);
	bytes_u32(b, link_type);
}

void
pcap_packet(struct bytes *b, uint32_t magic, const struct packet *packet)
{
	bytes_u32(b, packet->seconds);
	bytes_u32(b, packet->fraction);
	bytes_u32(b, packet->captured);
	bytes_u32(b, packet->length);
	if (magic == MAGIC_MODIFIED) {
		bytes_u32(b, 7);	/* interface index, protocol, packet type */
		bytes_u32(b, 0x08000000);
	}
	bytes_add(b, packet->bytes, packet->captured);
}

/* Fills in the total length of the block that began at `start`, and ends it. */
static void
end_block(struct bytes *b, size_t start)
{
	struct bytes total = { .big = b->big };

	while (b->size % 4 != 0)
		bytes_add(b, "", 1);
	bytes_u32(&total, (uint32_t)(b->size - start + 4));
	memcpy(b->at + start + 4, total.at, 4);
	bytes_add(b, total.at, 4);
	bytes_free(&total);
}

static size_t
begin_block(struct bytes *b, uint32_t type)
{
	size_t start = b->size;

	bytes_u32(b, type);
	bytes_u32(b, 0);
	return start;
}

void
pcapng_section(struct bytes *b)
{
	size_t start = begin_block(b, 0x0a0d0d0a);

	bytes_u32(b, 0x1a2b3c4d);
	bytes_u16(b, 1);
	bytes_u16(b, 0);
	bytes_u32(b, 0xffffffff);
	bytes_u32(b, 0xffffffff);
	end_block(b, start);
}

void
pcapng_interface(struct bytes *b, unsigned link_type, uint32_t snapshot, unsigned resolution,
    uint64_t offset)
{
	size_t start = begin_block(b, 1);

	bytes_u16(b, link_type);
	bytes_u16(b, 0);
	bytes_u32(b, snapshot);
	bytes_u16(b, 2);		/* if_name */
	bytes_u16(b, 5);
	bytes_add(b, "veth0\0\0\0", 8);
	if (resolution != 0) {
		uint8_t value[4] = { (uint8_t)resolution };

		bytes_u16(b, 9);
		bytes_u16(b, 1);
		bytes_add(b, value, 4);
	}
	if (offset != 0) {
		bytes_u16(b, 14);
		bytes_u16(b, 8);
		add_number(b, offset, 8, b->big);
	}
	bytes_u32(b, 0);
	end_block(b, start);
}

static void
pcapng_body(struct bytes *b, uint64_t ticks, const struct packet *packet)
{
	bytes_u32(b, (uint32_t)(ticks >> 32));
	bytes_u32(b, (uint32_t)ticks);
	bytes_u32(b, packet->captured);
	bytes_u32(b, packet->length);
	bytes_add(b, packet->bytes, packet->captured);
}

void
pcapng_enhanced(struct bytes *b, uint32_t interface, uint64_t ticks, const struct packet *packet)
{
	size_t start = begin_block(b, 6);

	bytes_u32(b, interface);
	pcapng_body(b, ticks, packet);
	end_block(b, start);
}

void
pcapng_old(struct bytes *b, unsigned interface, uint64_t ticks, const struct packet *packet)
{
	size_t start = begin_block(b, 2);

	bytes_u16(b, interface);
	bytes_u16(b, 0xffff);
	pcapng_body(b, ticks, packet);
	end_block(b, start);
}

void
pcapng_simple(struct bytes *b, const struct packet *packet)
{
	size_t start = begin_block(b, 3);

	bytes_u32(b, packet->length);
	bytes_add(b, packet->bytes, packet->captured);
	end_block(b, start);
}

void
pcapng_unknown(struct bytes *b, uint32_t type, uint32_t size)
{
	size_t start = begin_block(b, type);

	for (uint32_t i = 0; i < size; i++)
		bytes_add(b, "\6", 1);	/* looks like the type of a packet block in places */
	end_block(b, start);
}

uint32_t
tcp_frame(uint8_t *frame, unsigned from, uint32_t seq, uint32_t payload)
{
	uint32_t ip = 40 + payload;

	memset(frame, 0, 54);
	frame[12] = 8;
	frame[14] = 0x45;
	frame[16] = (uint8_t)(ip >> 8);
	frame[17] = (uint8_t)ip;
	frame[22] = 64;
	frame[23] = 6;
	memcpy(frame + 26, "\12\0\0\1\12\0\0\2", 8);
	frame[34] = (uint8_t)(from >> 8);
	frame[35] = (uint8_t)from;
	frame[37] = 80;
	for (int i = 0; i < 4; i++)
		frame[38 + i] = (uint8_t)(seq >> (24 - 8 * i));
	frame[46] = 0x50;
	frame[47] = 0x10;
	for (uint32_t i = 0; i < payload; i++)
		frame[54 + i] = (uint8_t)(seq + i * 7);
	return 54 + payload;
}

char *
file_of(const uint8_t *bytes, size_t size)
{
	char name[4096];
	int descriptor = scratch_file(name, sizeof name);

	if (write(descriptor, bytes, size) != (ssize_t)size)
		abort();
	close(descriptor);
	return strdup(name);
}

static uint32_t
crc32_of(const uint8_t *bytes, size_t size)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320 & (0 - (crc & 1)));
	}
	return ~crc;
}

void
gzip_of(struct bytes *out, const uint8_t *bytes, size_t size)
{
	static const uint8_t header[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255 };
	size_t at = 0;

	bytes_add(out, header, sizeof header);
	do {
		size_t part = size - at < 65535 ? size - at : 65535;
		uint8_t last = at + part == size;

		bytes_add(out, &last, 1);
		add_number(out, part, 2, false);
		add_number(out, ~part, 2, false);
		bytes_add(out, bytes + at, part);
		at += part;
	} while (at < size);
	add_number(out, crc32_of(bytes, size), 4, false);
	add_number(out, size, 4, false);
}

void
zstd_of(struct bytes *out, const uint8_t *bytes, size_t size)
{
	size_t at = 0;

	add_number(out, 0xfd2fb528, 4, false);
	bytes_add(out, "\0\70", 2);	/* no sizes, no checksum; a window of 128 KiB */
	do {
		size_t part = size - at < 65536 ? size - at : 65536;

		add_number(out, part << 3 | (at + part == size), 3, false);
		bytes_add(out, bytes + at, part);
		at += part;
	} while (at < size);
}

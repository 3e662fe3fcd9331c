/*
 * The savefile that mkcap writes: pcap in either byte order with micro- or
 * nanoseconds, and pcapng.  It is put together in memory, so that damage can
 * be done to it before it is written.  Sources: the pcap and pcapng drafts of
 * the IETF's opsawg.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mkcap.h"

enum { INTERFACES_MAX = 8 };

struct savefile {
	uint8_t *at;
	size_t size, room;
	bool ng, nano, big, begun;
	unsigned interfaces;
	char name[INTERFACES_MAX][16];
};

struct savefile *
savefile_new(void)
{
	struct savefile *f = calloc(1, sizeof *f);

	if (f == NULL)
		die("out of memory");
	return f;
}

void
savefile_free(struct savefile *f)
{
	free(f->at);
	free(f);
}

bool
savefile_format(struct savefile *f, const char *name)
{
	f->ng = strncmp(name, "pcapng", 6) == 0;
	if (!f->ng && strncmp(name, "pcap", 4) != 0)
		return false;
	f->nano = strstr(name, "-ns") != NULL;
	f->big = strstr(name, "-be") != NULL;
	return true;
}

const char *
savefile_extension(const struct savefile *f)
{
	return f->ng ? "pcapng" : "pcap";
}

void
savefile_interface(struct savefile *f, const char *name)
{
	if (f->interfaces == INTERFACES_MAX || f->begun)
		die("interfaces stand before the first frame, at most %d", INTERFACES_MAX);
	snprintf(f->name[f->interfaces++], sizeof f->name[0], "%s", name);
}

static void
append(struct savefile *f, const void *data, size_t size)
{
	if (f->size + size > f->room) {
		f->room = (f->size + size) * 2;
		f->at = realloc(f->at, f->room);
		if (f->at == NULL)
			die("out of memory");
	}
	if (size > 0)
		memcpy(f->at + f->size, data, size);
	f->size += size;
}

static void
number(struct savefile *f, uint32_t value, unsigned octets)
{
	uint8_t out[4];

	for (unsigned i = 0; i < octets; i++)
		out[i] = (uint8_t)(value >> 8 * (f->big ? octets - 1 - i : i));
	append(f, out, octets);
}

static void
padding(struct savefile *f)
{
	while (f->size % 4 != 0)
		append(f, "", 1);
}

static void
interface_block(struct savefile *f, enum link link, uint32_t snaplen, const char *name)
{
	size_t length = strlen(name), padded = (length + 3) / 4 * 4;
	uint32_t total = (uint32_t)(20 + 4 + padded + (f->nano ? 8 : 0) + 4);

	number(f, 1, 4);
	number(f, total, 4);
	number(f, (uint32_t)link, 2);
	number(f, 0, 2);
	number(f, snaplen, 4);
	number(f, 2, 2);		/* if_name */
	number(f, (uint32_t)length, 2);
	append(f, name, length);
	padding(f);
	if (f->nano) {
		number(f, 9, 2);	/* if_tsresol: 10^-9 */
		number(f, 1, 2);
		append(f, "\x09\0\0\0", 4);
	}
	number(f, 0, 4);		/* end of options */
	number(f, total, 4);
}

static void
begin(struct savefile *f, enum link link, uint32_t snaplen)
{
	f->begun = true;
	if (!f->ng) {
		number(f, f->nano ? 0xa1b23c4d : 0xa1b2c3d4, 4);
		number(f, 2, 2);
		number(f, 4, 2);
		number(f, 0, 4);
		number(f, 0, 4);
		number(f, snaplen, 4);
		number(f, (uint32_t)link, 4);
		return;
	}
	number(f, 0x0a0d0d0a, 4);
	number(f, 28, 4);
	number(f, 0x1a2b3c4d, 4);
	number(f, 1, 2);
	number(f, 0, 2);
	number(f, 0xffffffff, 4);	/* length of the section: not told */
	number(f, 0xffffffff, 4);
	number(f, 28, 4);
	if (f->interfaces == 0)
		snprintf(f->name[f->interfaces++], sizeof f->name[0], "eth0");
	for (unsigned i = 0; i < f->interfaces; i++)
		interface_block(f, link, snaplen, f->name[i]);
}

void
savefile_record(struct savefile *f, enum link link, uint32_t snaplen, const struct record *r)
{
	const struct packet *p = &r->packet;
	uint32_t length = (uint32_t)r->size, captured = length;
	uint64_t ticks = f->nano ? p->time : p->time / 1000;
	uint32_t told, total;

	if (!f->begun)
		begin(f, link, snaplen);
	if (captured > snaplen)
		captured = snaplen;
	if (p->cut >= 0 && captured > (uint32_t)p->cut)
		captured = (uint32_t)p->cut;
	told = p->included >= 0 ? (uint32_t)p->included : captured;
	if (!f->ng) {
		number(f, (uint32_t)(p->time / 1000000000), 4);
		number(f, (uint32_t)(p->time % 1000000000 / (f->nano ? 1 : 1000)), 4);
		number(f, told, 4);
		number(f, length, 4);
		append(f, r->bytes, captured);
		return;
	}
	if (p->interface >= f->interfaces)
		die("there is no interface %u", p->interface);
	total = 32 + (captured + 3) / 4 * 4;
	number(f, 6, 4);
	number(f, total, 4);
	number(f, p->interface, 4);
	number(f, (uint32_t)(ticks >> 32), 4);
	number(f, (uint32_t)ticks, 4);
	number(f, told, 4);
	number(f, length, 4);
	append(f, r->bytes, captured);
	padding(f);
	number(f, total, 4);
}

void
savefile_cut(struct savefile *f, long size)
{
	if (size < 0)
		size += (long)f->size;
	if (size < 0 || (size_t)size > f->size)
		die("the file isn't that long");
	f->size = (size_t)size;
}

void
savefile_poke(struct savefile *f, long offset, const uint8_t *data, size_t size)
{
	if (offset < 0)
		offset += (long)f->size;
	if (offset < 0 || (size_t)offset + size > f->size)
		die("the file isn't that long");
	memcpy(f->at + offset, data, size);
}

void
savefile_write(struct savefile *f, enum link link, uint32_t snaplen, const char *path)
{
	FILE *out;

	if (!f->begun)
		begin(f, link, snaplen);
	if (path == NULL)
		return;
	out = fopen(path, "wb");
	if (out == NULL || fwrite(f->at, 1, f->size, out) != f->size || fclose(out) != 0) {
		perror(path);
		exit(1);
	}
}

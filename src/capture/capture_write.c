/*
 * Savefiles of some connections.  All numbers are little-endian.  A pcapng
 * file gets an interface for each link type, when its first frame comes.
 */
#include "capture/capture_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	FRAME_BYTES = 1 << 18,		/* as much as byte_source.h gives */
	LINKS_MAX = 16,
	SNAPSHOT = FRAME_BYTES,
	BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_ENHANCED = 6,
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	OPTION_TIME_RESOLUTION = 9
};

struct writer {
	FILE *out;
	enum capture_write_format format;
	int link[LINKS_MAX];		/* in order of appearance */
	unsigned links;
};

static void
put16(struct writer *w, uint32_t n)
{
	uint8_t bytes[2] = { (uint8_t)n, (uint8_t)(n >> 8) };

	fwrite(bytes, 1, sizeof bytes, w->out);
}

static void
put32(struct writer *w, uint32_t n)
{
	put16(w, n & 0xffff);
	put16(w, n >> 16);
}

/* ---- pcap */

static bool
write_pcap(struct writer *w, const struct raw_frame *f, struct error *error)
{
	uint64_t seconds = f->time / 1000000000;

	if (w->links == 0) {
		w->link[w->links++] = f->link_type;
		put32(w, UINT32_C(0xa1b23c4d));	/* times are in nanoseconds */
		put16(w, 2);
		put16(w, 4);
		put32(w, 0);
		put32(w, 0);
		put32(w, SNAPSHOT);
		put32(w, (uint32_t)f->link_type);
	}
	if (f->link_type != w->link[0])
		return error_set(error, "these packets have several link types, which a pcap file "
		    "can't hold: choose a name that ends in .pcapng");
	if (seconds > UINT32_MAX)
		return error_set(error, "frame %u is from after 2106, which a pcap file can't "
		    "hold: choose a name that ends in .pcapng", f->number);
	put32(w, (uint32_t)seconds);
	put32(w, (uint32_t)(f->time % 1000000000));
	put32(w, f->captured);
	put32(w, f->length);
	fwrite(f->bytes, 1, f->captured, w->out);
	return true;
}

/* ---- pcapng */

static void
write_section(struct writer *w)
{
	put32(w, BLOCK_SECTION);
	put32(w, 28);
	put32(w, BYTE_ORDER_MAGIC);
	put16(w, 1);
	put16(w, 0);
	put32(w, UINT32_MAX);	/* how long it is nobody knows yet */
	put32(w, UINT32_MAX);
	put32(w, 28);
}

static void
write_interface(struct writer *w, int link_type)
{
	static const uint8_t nanoseconds[4] = { 9 };

	put32(w, BLOCK_INTERFACE);
	put32(w, 32);
	put16(w, (uint32_t)link_type);
	put16(w, 0);
	put32(w, 0);		/* no limit */
	put16(w, OPTION_TIME_RESOLUTION);
	put16(w, 1);
	fwrite(nanoseconds, 1, sizeof nanoseconds, w->out);
	put32(w, 0);		/* the end of options */
	put32(w, 32);
}

static bool
write_pcapng(struct writer *w, const struct raw_frame *f, struct error *error)
{
	static const uint8_t padding[4];
	uint32_t padded = (f->captured + 3) & ~UINT32_C(3);
	unsigned interface = 0;

	if (w->links == 0)
		write_section(w);
	while (interface < w->links && w->link[interface] != f->link_type)
		interface++;
	if (interface == LINKS_MAX)
		return error_set(error, "these packets have more than %d link types", LINKS_MAX);
	if (interface == w->links) {
		w->link[w->links++] = f->link_type;
		write_interface(w, f->link_type);
	}
	put32(w, BLOCK_ENHANCED);
	put32(w, 32 + padded);
	put32(w, interface);
	put32(w, (uint32_t)(f->time >> 32));
	put32(w, (uint32_t)f->time);
	put32(w, f->captured);
	put32(w, f->length);
	fwrite(f->bytes, 1, f->captured, w->out);
	fwrite(padding, 1, padded - f->captured, w->out);
	put32(w, 32 + padded);
	return true;
}

/* ---- which frames */

static bool
write_frame(struct writer *w, struct session *session, const struct frame *f, uint8_t *buffer,
    struct capture_write_count *done, struct error *error)
{
	struct raw_frame raw;

	if (!session_bytes(session, f->locator, f->number, buffer, FRAME_BYTES, &raw)) {
		done->gone++;
		return true;
	}
	if (!(w->format == CAPTURE_WRITE_PCAP ? write_pcap : write_pcapng)(w, &raw, error))
		return false;
	if (ferror(w->out))
		return error_set(error, "it can't be written: %s", strerror(errno));
	done->frames++;
	done->fragments += (f->notes & NOTE_FRAGMENT) != 0;
	return true;
}

/* One connection: its own rows. Several: all rows, so that the order is the capture's. */
static bool
write_rows(struct writer *w, struct session *session, const uint32_t *flows, size_t count,
    uint32_t rows, uint8_t *buffer, struct capture_write_count *done, struct error *error)
{
	const struct frame_store *frames = session_frames(session);
	const struct flow_table *table = session_flows(session);
	bool *wanted, good = true;

	if (count == 1) {
		const struct flow *flow = flow_table_get(table, flows[0]);
		uint32_t end = frame_store_rows_before(frames, flow, rows);

		for (uint32_t n = 0; n < end && good; n++)
			good = write_frame(w, session, frame_store_get(frames,
			    frame_store_nth(frames, flow, n)), buffer, done, error);
		return good;
	}
	wanted = memory_new_array((size_t)flow_table_count(table) + 1, sizeof *wanted);
	for (size_t i = 0; i < count; i++)
		wanted[flows[i]] = true;
	for (uint32_t row = 0; row < rows && good; row++) {
		const struct frame *f = frame_store_get(frames, row);

		if (wanted[f->flow])
			good = write_frame(w, session, f, buffer, done, error);
	}
	free(wanted);
	return good;
}

bool
capture_write(struct session *session, const uint32_t *flows, size_t count, uint32_t rows,
    enum capture_write_format format, FILE *out, struct capture_write_count *done,
    struct error *error)
{
	struct writer w = { .out = out, .format = format };
	uint8_t *buffer = memory_new(FRAME_BYTES);
	bool good;

	*done = (struct capture_write_count){ 0, 0, 0 };
	good = write_rows(&w, session, flows, count, rows, buffer, done, error);
	free(buffer);
	if (good && done->frames == 0)
		return error_set(error, done->gone > 0
		    ? "there is nothing to write: the bytes of these packets aren't kept any more"
		    : "there is nothing to write: no packet has come yet");
	return good;
}

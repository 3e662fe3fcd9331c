/*
 * Savefiles of some connections.  All numbers are little-endian.  A pcapng
 * file gets an interface for each link type, when its first frame comes.
 */
#include "capture/capture_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"

enum {
	FRAME_BYTES = 1 << 18,		/* as much as byte_source.h gives */
	LINKS_MAX = 16,
	SNAPSHOT = FRAME_BYTES,
	BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_ENHANCED = 6,
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	OPTION_TIME_RESOLUTION = 9
};

struct capture_writer {
	FILE *out;
	struct session *session;
	enum capture_write_format format;
	int link[LINKS_MAX];		/* in order of appearance */
	unsigned links;
	uint8_t *buffer;
	struct capture_write_count done;
};

static void
put16(struct capture_writer *w, uint32_t n)
{
	uint8_t bytes[2] = { (uint8_t)n, (uint8_t)(n >> 8) };

	fwrite(bytes, 1, sizeof bytes, w->out);
}

static void
put32(struct capture_writer *w, uint32_t n)
{
	put16(w, n & 0xffff);
	put16(w, n >> 16);
}

/* ---- pcap */

static bool
write_pcap(struct capture_writer *w, const struct raw_frame *f, struct error *error)
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
write_section(struct capture_writer *w)
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
write_interface(struct capture_writer *w, int link_type)
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
write_pcapng(struct capture_writer *w, const struct raw_frame *f, struct error *error)
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

struct capture_writer *
capture_writer_new(struct session *session, enum capture_write_format format, FILE *out)
{
	struct capture_writer *w = memory_new(sizeof *w);

	w->session = session;
	w->format = format;
	w->out = out;
	w->buffer = memory_new(FRAME_BYTES);
	return w;
}

void
capture_writer_free(struct capture_writer *w)
{
	if (w == NULL)
		return;
	free(w->buffer);
	free(w);
}

bool
capture_writer_add(struct capture_writer *w, const struct frame *f, struct error *error)
{
	struct raw_frame raw;

	if (!session_bytes(w->session, f->locator, f->number, w->buffer, FRAME_BYTES, &raw)) {
		w->done.gone++;
		return true;
	}
	if (!(w->format == CAPTURE_WRITE_PCAP ? write_pcap : write_pcapng)(w, &raw, error))
		return false;
	if (ferror(w->out))
		return error_set(error, "it can't be written: %s", strerror(errno));
	w->done.frames++;
	w->done.fragments += (f->notes & NOTE_FRAGMENT) != 0;
	return true;
}

bool
capture_writer_check(const struct capture_writer *w, struct error *error)
{
	if (w->done.frames > 0)
		return true;
	return error_set(error, w->done.gone > 0
	    ? N_("there is nothing to write: the bytes of these packets aren't kept any more")
	    : N_("there is nothing to write: no such packet was captured"));
}

const struct capture_write_count *
capture_writer_count(const struct capture_writer *w)
{
	return &w->done;
}

/* One connection: its own rows. Several: all rows, so that the order is the capture's. */
static bool
write_rows(struct capture_writer *w, const uint32_t *flows, size_t count, uint32_t rows,
    struct error *error)
{
	const struct frame_store *frames = session_frames(w->session);
	const struct flow_table *table = session_flows(w->session);
	bool *wanted, good = true;

	if (count == 1) {
		const struct flow *flow = flow_table_get(table, flows[0]);
		uint32_t end = frame_store_rows_before(frames, flow, rows);

		for (uint32_t n = 0; n < end && good; n++)
			good = capture_writer_add(w, frame_store_get(frames,
			    frame_store_nth(frames, flow, n)), error);
		return good;
	}
	wanted = memory_new_array((size_t)flow_table_count(table) + 1, sizeof *wanted);
	for (size_t i = 0; i < count; i++)
		wanted[flows[i]] = true;
	for (uint32_t row = 0; row < rows && good; row++) {
		const struct frame *f = frame_store_get(frames, row);

		if (wanted[f->flow])
			good = capture_writer_add(w, f, error);
	}
	free(wanted);
	return good;
}

bool
capture_write(struct session *session, const uint32_t *flows, size_t count, uint32_t rows,
    enum capture_write_format format, FILE *out, struct capture_write_count *done,
    struct error *error)
{
	struct capture_writer *w = capture_writer_new(session, format, out);
	bool good = write_rows(w, flows, count, rows, error) && capture_writer_check(w, error);

	*done = w->done;
	capture_writer_free(w);
	return good;
}

/*
 * The classic pcap format, of which a writer needs to know little
 * (draft-ietf-opsawg-pcap): a header with a magic number that tells the
 * byte order and the unit of time, and a header of 16 bytes for each frame.
 */
#include "capture/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { BYTES_MAX = 1 << 18 };

static bool
write_header(int link_type, FILE *out)
{
	uint32_t header[6] = { 0xa1b23c4d, 0, 0, 0, BYTES_MAX, (uint32_t)link_type };
	const uint16_t version[2] = { 2, 4 };

	memcpy(&header[1], version, sizeof version);
	return fwrite(header, sizeof header, 1, out) == 1;
}

static bool
write_frame(const struct raw_frame *frame, FILE *out)
{
	const uint32_t header[4] = {
		(uint32_t)(frame->time / 1000000000U), (uint32_t)(frame->time % 1000000000U),
		frame->captured, frame->length
	};

	return fwrite(header, sizeof header, 1, out) == 1 &&
	    fwrite(frame->bytes, 1, frame->captured, out) == frame->captured;
}

bool
export_flow(struct session *session, const struct flow *flow, FILE *out, uint32_t *written, struct error *error)
{
	const struct frame_store *frames = session_frames(session);
	uint8_t *buffer = memory_new(BYTES_MAX);
	uint32_t other = 0;
	bool good = true;
	int link_type = -1;

	*written = 0;
	for (uint32_t nth = 0; good && nth < flow->rows; nth++) {
		const struct frame *f = frame_store_get(frames, frame_store_nth(frames, flow, nth));
		struct raw_frame raw;

		if (!session_bytes(session, f->locator, f->number, buffer, BYTES_MAX, &raw))
			continue;
		if (link_type < 0) {
			link_type = raw.link_type;
			good = write_header(link_type, out);
		}
		if (raw.link_type != link_type) {
			other++;
			continue;
		}
		good = good && write_frame(&raw, out);
		*written += good;
	}
	free(buffer);
	if (!good || fflush(out) != 0)
		return error_set(error, "writing failed: %s", strerror(errno));
	if (*written == 0)
		return error_set(error, "the bytes of its frames aren't there any more");
	if (other > 0)
		return error_set(error, "%u frames are left out: they are of another link type, and pcap holds only one", other);
	return true;
}

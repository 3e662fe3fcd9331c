/*
 * A sighting repeats its packet's numbers and stands within a few rows of
 * it.  Where it was: LINKTYPE_LINUX_SLL2 has the interface and the
 * direction, a capture of several interfaces their order, and a tag tells
 * the VLAN; a router on the way leaves the TTL.  Of a redacted capture none
 * of this is left but the TTL, and names of interfaces may name somebody.
 */
#include "view/seen.h"

#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "packet/bytes.h"
#include "packet/decode.h"
#include "tcp/frame.h"
#include "view/format.h"

enum {
	LOOK_AHEAD = 64,		/* rows; capture/sightings.c looks back as far */
	SIGHTINGS_TOLD = 4,
	POINT_MAX = 160, NAME_MAX_SAFE = 64,
	LINK_ETHERNET = 1, LINK_COOKED_2 = 276,
	COOKED_2_SIZE = 20, COOKED_OUT = 4,
	TYPE_VLAN = 0x8100, TYPE_SERVICE_VLAN = 0x88a8
};

static const struct frame *
nth_of(const struct session *session, const struct flow *flow, uint32_t nth)
{
	const struct frame_store *frames = session_frames(session);

	return frame_store_get(frames, frame_store_nth(frames, flow, nth));
}

static bool
is_same(const struct frame *a, const struct frame *b)
{
	return a->seq == b->seq && a->ack == b->ack && a->flags == b->flags && a->length == b->length
	    && a->window == b->window && frame_from(a) == frame_from(b) && !(b->notes & NOTE_ICMP_ERROR);
}

/* The later sightings, at most `max` of them; how many there are. */
static uint32_t
find(const struct session *session, const struct flow *flow, uint32_t nth, uint32_t rows, uint32_t *later,
    uint32_t max)
{
	const struct frame *first = nth_of(session, flow, nth);
	uint32_t found = 0;

	if (first->notes & (NOTE_DUPLICATE_CAPTURE | NOTE_ICMP_ERROR))
		return 0;
	for (uint32_t i = nth + 1; i < rows && i - nth <= LOOK_AHEAD; i++) {
		const struct frame *frame = nth_of(session, flow, i);

		if (!is_same(first, frame))
			continue;
		/* sent once more: what follows are sightings of that */
		if (!(frame->notes & NOTE_DUPLICATE_CAPTURE))
			break;
		if (found < max)
			later[found] = i;
		found++;
	}
	return found;
}

uint32_t
seen_again(const struct session *session, const struct flow *flow, uint32_t nth, uint32_t rows)
{
	return find(session, flow, nth, rows, NULL, 0);
}

/* ---- where */

/* The nth of "eth0, eth1 in netns blue", which is how a capture of several interfaces is called. */
static bool
name_in_order(const char *source, uint32_t nth, char out[NAME_MAX_SAFE])
{
	size_t length;

	for (; nth > 0; nth--) {
		source = strstr(source, ", ");
		if (source == NULL)
			return false;
		source += 2;
	}
	length = strcspn(source, ", ");
	snprintf(out, NAME_MAX_SAFE, "%.*s", (int)(length < NAME_MAX_SAFE ? length : NAME_MAX_SAFE - 1), source);
	return length > 0;
}

static void
name_interface(struct session *session, const struct raw_frame *raw, char out[NAME_MAX_SAFE])
{
	struct session_status status;
	uint32_t index = raw->interface;
	bool cooked = raw->link_type == LINK_COOKED_2 && raw->captured >= COOKED_2_SIZE, live;

	session_status(session, &status);
	live = status.kind == CAPTURE_LIVE;
	if (cooked)
		index = bytes_32(raw->bytes + 4);
	if (live && cooked && capture_interface_name(index, out, NAME_MAX_SAFE))
		return;
	if (live && !cooked && name_in_order(status.source, index, out))
		return;
	snprintf(out, NAME_MAX_SAFE, _("interface %u"), index);
}

/* "eth0 (in), VLAN 7" */
static void
write_point(struct session *session, const struct raw_frame *raw, char out[POINT_MAX])
{
	size_t used;
	uint32_t type;

	name_interface(session, raw, out);
	used = strlen(out);
	if (raw->link_type == LINK_COOKED_2 && raw->captured >= COOKED_2_SIZE) {
		snprintf(out + used, POINT_MAX - used, raw->bytes[10] == COOKED_OUT ? _(" (out)") : _(" (in)"));
	} else if (raw->link_type == LINK_ETHERNET && raw->captured >= 16) {
		type = bytes_16(raw->bytes + 12);
		if (type == TYPE_VLAN || type == TYPE_SERVICE_VLAN)
			snprintf(out + used, POINT_MAX - used, ", VLAN %u", bytes_16(raw->bytes + 14) & 0xfff);
	}
}

struct point {
	char text[POINT_MAX];
	uint64_t time;
	unsigned ttl;
};

static bool
look_at(struct session *session, const struct flow *flow, uint32_t nth, uint8_t *buffer, size_t buffer_size,
    struct point *point)
{
	const struct frame *frame = nth_of(session, flow, nth);
	struct segment segment;
	struct raw_frame raw;

	point->time = frame->time;
	if (!session_bytes(session, frame->locator, frame->number, buffer, buffer_size, &raw)
	    || decode_frame(&raw, NULL, &segment) != DECODE_SEGMENT)
		return false;
	point->ttl = segment.ttl;
	write_point(session, &raw, point->text);
	return true;
}

static size_t
add_later(const struct point *first, const struct point *later, bool redacted, char *text, size_t size)
{
	char delay[FORMAT_TIME_MAX], ttl[32] = "";

	format_duration(delay, sizeof delay, later->time > first->time ? later->time - first->time : 0);
	if (later->ttl != first->ttl)
		snprintf(ttl, sizeof ttl, _(" with TTL %u, not %u"), later->ttl, first->ttl);
	if (redacted)
		return (size_t)snprintf(text, size, _(", again %s later%s"), delay, ttl);
	return (size_t)snprintf(text, size, _(", and %s later on %s%s"), delay, later->text, ttl);
}

void
seen_write(struct session *session, const struct flow *flow, uint32_t nth, uint8_t *buffer,
    size_t buffer_size, char *text, size_t size)
{
	uint32_t later[SIGHTINGS_TOLD], count;
	struct session_status status;
	struct point first, point;
	size_t used;

	text[0] = '\0';
	session_status(session, &status);
	if (nth_of(session, flow, nth)->notes & NOTE_DUPLICATE_CAPTURE) {
		if (!status.redacted && look_at(session, flow, nth, buffer, buffer_size, &first))
			snprintf(text, size, _("Here it was seen on %s."), first.text);
		return;
	}
	count = find(session, flow, nth, flow->rows, later, SIGHTINGS_TOLD);
	if (count == 0 || !look_at(session, flow, nth, buffer, buffer_size, &first))
		return;
	if (status.redacted)
		used = (size_t)snprintf(text, size, P_("Seen %u time", "Seen %u times", count + 1), count + 1);
	else
		used = (size_t)snprintf(text, size, P_("Seen %u time: on %s", "Seen %u times: on %s", count + 1), count + 1,
		    first.text);
	for (uint32_t i = 0; i < count && i < SIGHTINGS_TOLD && used < size; i++)
		if (look_at(session, flow, later[i], buffer, buffer_size, &point))
			used += add_later(&first, &point, status.redacted, text + used, size - used);
	if (used + 1 < size)
		snprintf(text + used, size - used, "%s", _("."));
}

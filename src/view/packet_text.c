/*
 * A frame's decoded tree and its bytes, as lines.  Knows decode_explain()'s
 * fields and how a dump looks; what the fields mean is the decoder's.
 */
#include "view/packet_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "packet/decode.h"
#include "view/format.h"

enum { PACKET_BYTES = 1 << 18, DUMP_WIDE = 76, NAME_WIDTH = 24 };

struct packet_line {
	int level, offset, size;
	char *name, *value;
};

struct packet_text {
	struct packet_line *lines;
	size_t count, capacity;
	uint8_t *bytes;
	/* raw.bytes points into bytes; captured 0 when they are gone */
	struct raw_frame raw;
};

static void
add_line(struct packet_text *p, int level, int offset, int size, const char *name,
    const char *value)
{
	if (p->count == p->capacity) {
		p->capacity = p->capacity > 0 ? p->capacity * 2 : 64;
		p->lines = memory_resize(p->lines, p->capacity, sizeof *p->lines);
	}
	p->lines[p->count++] = (struct packet_line){ level, offset, size, memory_copy_text(name),
	    memory_copy_text(value != NULL ? value : "") };
}

static void
visit(void *context, int level, int offset, int size, const char *name, const char *value)
{
	add_line(context, level, offset, size, name, value);
}

/* What isn't in the bytes: number, time, lengths. */
static void
add_frame(struct packet_text *p, uint32_t number)
{
	char text[160], time[FORMAT_TIME_MAX], seconds[FORMAT_TIME_MAX];

	snprintf(text, sizeof text, "%u", number);
	add_line(p, 0, 0, (int)p->raw.captured, _("Frame"), text);
	format_date(time, sizeof time, p->raw.time);
	format_seconds(seconds, sizeof seconds, p->raw.time);
	snprintf(text, sizeof text, "%s (%s)", time, seconds);
	add_line(p, 1, -1, 0, _("Time"), text);
	if (p->raw.captured == p->raw.length)
		snprintf(text, sizeof text, _("%u bytes, all captured"), p->raw.length);
	else
		snprintf(text, sizeof text, _("%u bytes on the wire, %u captured"), p->raw.length,
		    p->raw.captured);
	add_line(p, 1, -1, 0, _("Length"), text);
}

struct packet_text *
packet_text_new_at(struct session *session, uint64_t locator, uint32_t number)
{
	struct packet_text *p = memory_new(sizeof *p);
	struct field_visitor visitor = { visit, p };
	enum decode_result result;
	char text[64];

	p->bytes = memory_new(PACKET_BYTES);
	if (!session_bytes(session, locator, number, p->bytes, PACKET_BYTES, &p->raw)) {
		memset(&p->raw, 0, sizeof p->raw);
		snprintf(text, sizeof text, "%u", number);
		add_line(p, 0, -1, 0, _("Frame"), text);
		add_line(p, 1, -1, 0, _("Its bytes aren't kept any more"), "");
		return p;
	}
	p->raw.number = number;
	add_frame(p, number);
	result = decode_explain(&p->raw, &visitor);
	if (decode_is_trouble(result))
		add_line(p, 0, -1, 0, _("Not decoded further"), _(decode_result_text(result)));
	return p;
}

struct packet_text *
packet_text_new(struct session *session, const struct flow *flow, const struct frame *frame)
{
	struct packet_text *p = packet_text_new_at(session, frame->locator, frame->number);
	char text[FORMAT_NOTES_MAX], client[FORMAT_STATE_MAX], server[FORMAT_STATE_MAX];

	if (flow == NULL)
		return p;
	add_line(p, 0, -1, 0, _("What tcpladder knows"), "");
	snprintf(text, sizeof text, frame_from(frame) == CLIENT ? _("%u, from the client") : _("%u, from the server"),
	    flow->number);
	add_line(p, 1, -1, 0, _("Connection"), text);
	format_state(client, sizeof client, frame->state[CLIENT]);
	format_state(server, sizeof server, frame->state[SERVER]);
	snprintf(text, sizeof text, _("client %s, server %s"), client, server);
	add_line(p, 1, -1, 0, _("States after it"), text);
	if (!(frame->notes & NOTE_ICMP_ERROR)) {
		snprintf(text, sizeof text, "seq %u",
		    flow_relative(flow, frame_from(frame), frame->seq));
		if (frame->flags & TCP_ACK)
			snprintf(text + strlen(text), sizeof text - strlen(text), ", ack %u",
			    flow_relative(flow, side_other(frame_from(frame)), frame->ack));
		add_line(p, 1, -1, 0, _("Relative numbers"), text);
	}
	if (frame->notes != 0) {
		format_notes(text, sizeof text, frame->notes);
		add_line(p, 1, -1, 0, _("Notes"), text);
	}
	return p;
}

void
packet_text_free(struct packet_text *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->count; i++) {
		free(p->lines[i].name);
		free(p->lines[i].value);
	}
	free(p->lines);
	free(p->bytes);
	free(p);
}

size_t
packet_text_count(const struct packet_text *p)
{
	return p->count;
}

void
packet_text_render(const struct packet_text *p, size_t row, unsigned width, bool ascii,
    struct line *line)
{
	const struct packet_line *l = &p->lines[row];
	unsigned indent = l->level > 0 ? 1 + 2 * (unsigned)l->level : 1;
	char *value = memory_copy_text(l->value);

	line_clear(line);
	line_pad(line, indent);
	line_add(line, l->level == 0 ? STYLE_TITLE : STYLE_LABEL, l->name);
	if (value[0] != '\0') {
		if (ascii)
			format_make_ascii(value);
		if (l->level == 0)
			line_add(line, STYLE_TITLE, "  ");
		else {
			line_add(line, STYLE_LABEL, ":");
			line_pad(line, line->columns + 1 > indent + NAME_WIDTH ? line->columns
			    + 1 : indent + NAME_WIDTH);
		}
		line_add(line, l->level == 0 ? STYLE_DIM : STYLE_NORMAL, value);
	}
	free(value);
	line_cut(line, width, ascii ? ">" : "…");
}

int
packet_text_level(const struct packet_text *p, size_t row)
{
	return p->lines[row].level;
}

void
packet_text_bytes_of(const struct packet_text *p, size_t row, int *offset, int *size)
{
	*offset = p->lines[row].offset;
	*size = p->lines[row].size;
}

size_t
packet_text_row_of(const struct packet_text *p, int offset)
{
	size_t best = p->count > 0 ? p->count - 1 : 0;
	int level = -1;

	for (size_t i = 0; i < p->count; i++) {
		const struct packet_line *l = &p->lines[i];

		if (l->offset >= 0 && offset >= l->offset && offset < l->offset + l->size
		    && l->level >= level) {
			best = i;
			level = l->level;
		}
	}
	return best;
}

static unsigned
bytes_a_row(unsigned width)
{
	return width >= DUMP_WIDE ? 16 : 8;
}

size_t
packet_text_dump_count(const struct packet_text *p, unsigned width)
{
	return (p->raw.captured + bytes_a_row(width) - 1) / bytes_a_row(width);
}

void
packet_text_dump(const struct packet_text *p, size_t row, unsigned width, int mark_offset,
    int mark_size, struct line *line)
{
	unsigned each = bytes_a_row(width);
	size_t start = row * each, end = start + each;

	if (end > p->raw.captured)
		end = p->raw.captured;
	line_clear(line);
	line_printf(line, STYLE_DIM, " %04zx ", start);
	for (size_t i = start; i < start + each; i++) {
		bool marked = mark_offset >= 0 && (int)i >= mark_offset
		    && (int)i < mark_offset + mark_size;
		bool joined = marked && i > start && (int)i > mark_offset;

		if (i == start + 8 && each == 16)
			line_add(line, joined ? STYLE_MARKED : STYLE_NORMAL, " ");
		line_add(line, joined ? STYLE_MARKED : STYLE_NORMAL, " ");
		if (i < end)
			line_printf(line, marked ? STYLE_MARKED : STYLE_NORMAL, "%02x",
			    p->raw.bytes[i]);
		else
			line_add(line, STYLE_NORMAL, "  ");
	}
	line_add(line, STYLE_NORMAL, "  ");
	for (size_t i = start; i < end; i++) {
		bool marked = mark_offset >= 0 && (int)i >= mark_offset
		    && (int)i < mark_offset + mark_size;
		uint8_t c = p->raw.bytes[i];
		bool printable = c >= 0x20 && c < 0x7f;

		line_printf(line, marked ? STYLE_MARKED : printable ? STYLE_NORMAL : STYLE_DIM,
		    "%c", printable ? c : '.');
	}
	line_cut(line, width, "");
}

size_t
packet_text_dump_row_of(unsigned width, int offset)
{
	return offset > 0 ? (size_t)offset / bytes_a_row(width) : 0;
}

/*
 * What stands on an arrow: the kind of a segment and its numbers, as much as
 * there is room for.  Each part knows how soon it may be left out.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "packet/decode.h"
#include "tcp/icmp_text.h"
#include "view/format.h"
#include "view/ladder_internal.h"
#include "view/seen.h"

enum { LABEL_PARTS_MAX = 24, LABEL_BYTES = 1 << 18, LOOK_BACK = 2000 };

struct part {
	char text[128];
	uint8_t rank;		/* 0 stays longest */
};

struct parts {
	struct part part[LABEL_PARTS_MAX];
	size_t count;
};

static void part_add(struct parts *p, uint8_t rank, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

static void
part_add(struct parts *p, uint8_t rank, const char *format, ...)
{
	va_list arguments;

	if (p->count == LABEL_PARTS_MAX)
		return;
	va_start(arguments, format);
	vsnprintf(p->part[p->count].text, sizeof p->part[0].text, format, arguments);
	va_end(arguments);
	p->part[p->count++].rank = rank;
}

/* The number of the frame that first carried what this one sends again; 0: not found near. */
static uint32_t
first_sending(const struct ladder *l, uint32_t nth, const struct frame *frame)
{
	uint32_t end = nth > LOOK_BACK ? nth - LOOK_BACK : 0, found = 0;

	for (uint32_t i = nth; i > end; i--) {
		const struct frame *other = ladder_nth(l, i - 1);

		if (frame_from(other) == frame_from(frame) && !(other->notes & NOTE_ICMP_ERROR)
		    && other->seq == frame->seq && frame_sequence_length(other) > 0)
			found = other->number;
	}
	return found;
}

uint32_t
ladder_resends(const struct ladder *l, uint32_t nth)
{
	const struct frame *frame = ladder_nth(l, nth);

	return frame->notes & NOTES_RESENT ? first_sending(l, nth, frame) : 0;
}

static void
add_notes(const struct ladder *l, uint32_t nth, const struct frame *frame, struct parts *p)
{
	const char *last = "";
	uint32_t first;

	for (int i = 0; i < NOTES; i++) {
		const struct note_name *n = &note_names[i];

		if (!(frame->notes & (uint32_t)n->note) || n->label[0] == '\0'
		    || n->note == NOTE_ICMP_ERROR || strcmp(n->label, last) == 0)
			continue;
		last = n->label;
		if (n->note == NOTE_DUPLICATE_ACK && frame->duplicate_ack > 0)
			part_add(p, 0, "DUP#%u", frame->duplicate_ack);
		else
			part_add(p, n->anomaly ? 0 : 3, "%s", n->label);
	}
	first = ladder_resends(l, nth);
	if (first != 0)
		part_add(p, 4, _("of #%u"), first);
}

/* A SYN's options, from its bytes. */
static void
add_options(struct ladder *l, const struct frame *frame, struct parts *p)
{
	struct raw_frame raw;
	struct segment s;

	if (l->bytes == NULL)
		l->bytes = memory_new(LABEL_BYTES);
	if (!session_bytes(l->session, frame->locator, frame->number, l->bytes, LABEL_BYTES, &raw)
	    || decode_frame(&raw, NULL, &s) != DECODE_SEGMENT)
		return;
	if (s.traits & SEGMENT_MSS)
		part_add(p, 5, "mss %u", s.mss);
	if (s.scale != SEGMENT_NO_SCALE)
		part_add(p, 8, "wscale %u", s.scale);
	if (s.traits & SEGMENT_SACK_PERMITTED)
		part_add(p, 9, "sack");
	if (s.traits & SEGMENT_TIMESTAMP)
		part_add(p, 10, "ts");
	if (s.traits & SEGMENT_MPTCP)
		part_add(p, 9, "mptcp");
}

static void
add_segment(struct ladder *l, const struct frame *frame, struct parts *p)
{
	enum side from = frame_from(frame);
	bool absolute = l->options.absolute;
	uint32_t seq = absolute ? frame->seq : flow_relative(l->flow, from, frame->seq);
	uint32_t ack = absolute ? frame->ack : flow_relative(l->flow, side_other(from), frame->ack);
	uint16_t kind = frame->flags & (TCP_SYN | TCP_FIN | TCP_RST);
	char words[48], window[FORMAT_WINDOW_MAX];
	/* Its sequence number, which takes no new one, is what makes it one. */
	bool probe = (frame->notes & (NOTE_KEEP_ALIVE | NOTE_ZERO_WINDOW_PROBE)) != 0;

	if (kind != 0 || (frame->length == 0 && !probe)) {
		/* PSH and the ECN bits would push out what matters. */
		format_flag_words(words, sizeof words,
		    (uint16_t)(kind != 0 ? frame->flags & (kind | TCP_ACK)
		    : frame->flags & ~TCP_PSH));
		part_add(p, 0, "%s", words);
	}
	if (frame->length > 0)
		part_add(p, 1, P_("%u byte", "%u bytes", frame->length), frame->length);
	if (kind != 0 || frame->length > 0 || probe)
		part_add(p, probe ? 1 : 2, "seq %" PRIu32, seq);
	if (frame->flags & TCP_ACK)
		part_add(p, 2, kind == 0 && frame->length == 0 && !probe ? "%" PRIu32 : "ack %" PRIu32, ack);
	if (frame->flags & TCP_URG && kind != 0)
		part_add(p, 4, "URG");
	if (frame->flags & TCP_PSH && frame->length > 0)
		part_add(p, 7, "PSH");
	format_window(window, sizeof window, l->flow, frame);
	if (frame->flags & TCP_SYN || frame->notes & (NOTE_ZERO_WINDOW | NOTE_WINDOW_UPDATE
	    | NOTE_WINDOW_FULL))
		part_add(p, frame->flags & TCP_SYN ? 6 : 4, "win %s", window);
	else if (!(frame->flags & TCP_RST))
		part_add(p, 11, "win %s", window);
	if (frame->flags & TCP_SYN)
		add_options(l, frame, p);
}

/* Cuts what doesn't fit, visibly. */
static void
label_cut(char *text, size_t size, unsigned columns, const char *more)
{
	unsigned takes = text_columns(more);
	size_t fits;

	if (text_columns(text) <= columns)
		return;
	fits = text_bytes_in(text, columns > takes ? columns - takes : 0);
	if (columns <= takes || fits + strlen(more) >= size)
		text[text_bytes_in(text, columns)] = '\0';
	else
		memcpy(text + fits, more, strlen(more) + 1);
}

void
ladder_label(struct ladder *l, uint32_t nth, unsigned columns, char *out, size_t size)
{
	const struct frame *frame = ladder_nth(l, nth);
	struct parts parts = { .count = 0 };
	uint32_t again;
	size_t used = 0;

	if (frame->notes & NOTE_ICMP_ERROR) {
		const char *family = frame->duplicate_ack == 6 ? "v6" : "",
		    *text = icmp_text(frame->duplicate_ack, frame->window);

		if (frame_icmp_mtu(frame) > 0) {
			part_add(&parts, 0, "ICMP%s", family);
			part_add(&parts, 2, "%s", text);
			part_add(&parts, 1, "mtu %u", frame_icmp_mtu(frame));
		} else
			part_add(&parts, 0, "ICMP%s %s", family, text);
	} else {
		add_notes(l, nth, frame, &parts);
		add_segment(l, frame, &parts);
		again = seen_again(l->session, l->flow, nth, l->frames);
		if (again > 0)
			part_add(&parts, 3, _("(seen %ux)"), again + 1);
	}
	for (;;) {
		size_t worst = 0;
		unsigned takes = 0;

		for (size_t i = 0; i < parts.count; i++) {
			takes += text_columns(parts.part[i].text) + (i > 0 ? 1U : 0U);
			if (parts.part[i].rank >= parts.part[worst].rank)
				worst = i;
		}
		if (takes <= columns || parts.count <= 1)
			break;
		memmove(&parts.part[worst], &parts.part[worst + 1],
		    (parts.count - worst - 1) * sizeof parts.part[0]);
		parts.count--;
	}
	out[0] = '\0';
	for (size_t i = 0; i < parts.count; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? " " : "",
		    parts.part[i].text);
	label_cut(out, size, columns, l->options.ascii ? ".." : "…");
}

enum style
ladder_style(const struct ladder *l, const struct frame *frame)
{
	if (l->options.colour == LADDER_COLOUR_DIRECTION)
		return frame_from(frame) == CLIENT ? STYLE_CLIENT : STYLE_SERVER;
	if (frame->notes & NOTE_DUPLICATE_CAPTURE)
		return STYLE_DIM;
	if (frame->notes & NOTE_ICMP_ERROR)
		return STYLE_TROUBLE;
	if (frame->notes & NOTES_RESENT)
		return STYLE_RESENT;
	if (frame->flags & TCP_RST)
		return STYLE_RESET;
	if (ladder_is_anomaly(frame))
		return STYLE_TROUBLE;
	if (frame->flags & TCP_SYN)
		return STYLE_OPENING;
	if (frame->flags & TCP_FIN)
		return STYLE_CLOSING;
	return frame->length > 0 ? STYLE_OPEN : STYLE_ACK;
}

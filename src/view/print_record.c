/*
 * Lists and frames as records: the columns of INTERFACE, exactly.  Knows the
 * names and which cell is a number; what they say comes from column.c and
 * print_frames.c.
 */
#include "view/print_record.h"

#include <string.h>

#include "view/format.h"

enum { LIST_COLUMNS_MAX = 64 };

enum record_format
print_record_format(enum print_format format)
{
	switch (format) {
	case PRINT_TSV:
	case PRINT_TEXT:
	case PRINT_SVG:
	case PRINT_MERMAID:
	case PRINT_HTML:
	case PRINT_ZEEK:
	case PRINT_PCAP:
	case PRINT_PCAPNG:
	case PRINT_FORMATS:
		break;
	case PRINT_JSONL:
		return RECORD_JSONL;
	case PRINT_CSV:
		return RECORD_CSV;
	}
	return RECORD_TSV;
}

/* The table's columns for machines, in its order. */
static size_t
list_columns(const struct column **chosen, const char **names)
{
	size_t count = 0;

	for (size_t i = 0; i < column_count && count < LIST_COLUMNS_MAX; i++) {
		if (!columns[i].machine)
			continue;
		if (names != NULL)
			names[count] = columns[i].name;
		chosen[count++] = &columns[i];
	}
	return count;
}

void
print_record_list_header(struct record_writer *w)
{
	const struct column *chosen[LIST_COLUMNS_MAX];
	const char *names[LIST_COLUMNS_MAX];

	w->count = list_columns(chosen, names);
	w->names = names;
	record_header(w);
	w->names = NULL;
}

void
print_record_list(struct record_writer *w, struct flow_row *row)
{
	const struct column *chosen[LIST_COLUMNS_MAX];
	const char *names[LIST_COLUMNS_MAX];
	char text[COLUMN_VALUE_MAX];

	w->count = list_columns(chosen, names);
	w->names = names;
	record_begin(w);
	for (size_t i = 0; i < w->count; i++) {
		chosen[i]->value(chosen[i], row, text, sizeof text);
		if (strcmp(text, "-") == 0)
			record_none(w);
		else if (chosen[i]->type == COLUMN_TEXT)
			record_text(w, text);
		else
			record_raw(w, text);
	}
	record_end(w);
	w->names = NULL;
}

static const char *const frame_names[] = {
	"frame", "flow", "time", "from", "src", "src_port", "dst", "dst_port", "flags", "seq",
	"ack", "len", "window", "client_state", "server_state", "notes", "explanation",
};

void
print_record_frame_header(struct record_writer *w)
{
	w->names = frame_names;
	w->count = sizeof frame_names / sizeof frame_names[0];
	record_header(w);
}

static void
record_address(struct record_writer *w, const uint8_t *address, uint8_t family, uint16_t port)
{
	char text[FORMAT_ADDRESS_MAX];

	if (address == NULL) {
		record_none(w);
		record_none(w);
		return;
	}
	format_address(text, sizeof text, address, family);
	record_text(w, text);
	record_number(w, port);
}

void
print_record_frame(struct record_writer *w, const struct frame_cells *c)
{
	const struct frame *f = c->frame;
	char text[FORMAT_NOTES_MAX];

	record_begin(w);
	record_number(w, f->number);
	if (c->flow != NULL)
		record_number(w, c->flow->number);
	else
		record_none(w);
	record_seconds(w, f->time);
	if (c->flow != NULL)
		record_text(w, c->from == CLIENT ? "client" : "server");
	else
		record_none(w);
	record_address(w, c->source, c->family, c->source_port);
	record_address(w, c->target, c->family, c->target_port);
	format_flags(text, sizeof text, f->flags);
	record_text(w, text);
	record_number(w, c->seq);
	if (f->flags & TCP_ACK && (!c->icmp || c->segment != NULL))
		record_number(w, c->ack);
	else
		record_none(w);
	record_number(w, f->length);
	if (c->icmp)		/* an ICMP error quotes too little of the header */
		record_none(w);
	else
		record_number(w, c->window);
	for (enum side side = CLIENT; side < SIDES; side++) {
		if (c->flow == NULL) {
			record_none(w);
			continue;
		}
		format_state(text, sizeof text, f->state[side]);
		record_text(w, text);
	}
	format_notes(text, sizeof text, f->notes);
	record_list(w, text);
	record_text(w, c->explanation);
	record_end(w);
}

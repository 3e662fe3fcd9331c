/*
 * Fast text output and records on top of it: TSV as INTERFACE has it, CSV by
 * RFC 4180, JSON by RFC 8259.  Knows no TCP.
 */
#include "view/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct output *
output_new(FILE *file)
{
	struct output *o = memory_new(sizeof *o);

	o->file = file;
	return o;
}

static void
output_flush(struct output *o)
{
	if (o->failure == 0 && o->used > 0 && fwrite(o->buffer, 1, o->used, o->file) != o->used)
		o->failure = errno != 0 ? errno : EIO;
	o->used = 0;
}

bool
output_finish(struct output *o, struct error *error)
{
	int failure;

	output_flush(o);
	if (o->failure == 0 && fflush(o->file) != 0)
		o->failure = errno != 0 ? errno : EIO;
	failure = o->failure;
	free(o);
	if (failure != 0)
		return error_set(error, "can't write the output: %s", strerror(failure));
	return true;
}

bool
output_failed(const struct output *o)
{
	return o->failure != 0;
}

void
output_bytes(struct output *o, const char *text, size_t length)
{
	while (length > OUTPUT_BUFFER_SIZE - o->used) {
		size_t part = OUTPUT_BUFFER_SIZE - o->used;

		memcpy(o->buffer + o->used, text, part);
		o->used += part;
		output_flush(o);
		text += part;
		length -= part;
	}
	memcpy(o->buffer + o->used, text, length);
	o->used += length;
}

void
output_text(struct output *o, const char *text)
{
	output_bytes(o, text, strlen(text));
}

void
output_char(struct output *o, char c)
{
	if (o->used == OUTPUT_BUFFER_SIZE)
		output_flush(o);
	o->buffer[o->used++] = c;
}

void
output_number(struct output *o, uint64_t n)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	output_bytes(o, digits + at, sizeof digits - at);
}

void
output_seconds(struct output *o, uint64_t ns)
{
	char digits[10];
	uint32_t part = (uint32_t)(ns % 1000000000);

	output_number(o, ns / 1000000000);
	for (size_t i = 9; i > 0; i--) {
		digits[i] = (char)('0' + part % 10);
		part /= 10;
	}
	digits[0] = '.';
	output_bytes(o, digits, sizeof digits);
}

void
output_spaces(struct output *o, size_t n)
{
	while (n-- > 0)
		output_char(o, ' ');
}

void
output_printf(struct output *o, const char *format, ...)
{
	char text[2048];
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (n > 0)
		output_bytes(o, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void
record_header(struct record_writer *w)
{
	if (w->format == RECORD_JSONL)
		return;
	record_begin(w);
	for (size_t i = 0; i < w->count; i++)
		record_text(w, w->names[i]);
	record_end(w);
}

void
record_begin(struct record_writer *w)
{
	w->at = 0;
	if (w->format == RECORD_JSONL)
		output_text(w->out, "{\"schema\":1");
}

void
record_end(struct record_writer *w)
{
	output_text(w->out, w->format == RECORD_JSONL ? "}\n" : w->format == RECORD_CSV ? "\r\n"
	    : "\n");
}

/* What stands before a cell. */
static void
record_next(struct record_writer *w)
{
	size_t at = w->at++;

	switch (w->format) {
	case RECORD_JSONL:
		output_text(w->out, ",\"");
		output_text(w->out, w->names[at]);
		output_text(w->out, "\":");
		break;
	case RECORD_TSV:
		if (at > 0)
			output_char(w->out, '\t');
		break;
	case RECORD_CSV:
		if (at > 0)
			output_char(w->out, ',');
		break;
	}
}

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Text with what would break its frame replaced or escaped. */
static void
record_quoted(struct record_writer *w, const char *text, size_t length)
{
	bool json = w->format == RECORD_JSONL;

	output_char(w->out, '"');
	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		if (is_control(c))
			c = ' ';
		else if (c == '"')
			output_char(w->out, json ? '\\' : '"');
		else if (c == '\\' && json)
			output_char(w->out, '\\');
		output_char(w->out, c);
	}
	output_char(w->out, '"');
}

/* Text in stretches without control characters, of which there should be none. */
static void
record_plain(struct output *o, const char *text)
{
	while (*text != '\0') {
		size_t clean = 0;

		while (text[clean] != '\0' && !is_control(text[clean]))
			clean++;
		output_bytes(o, text, clean);
		text += clean;
		if (*text != '\0') {
			output_char(o, ' ');
			text++;
		}
	}
}

void
record_text(struct record_writer *w, const char *text)
{
	record_next(w);
	switch (w->format) {
	case RECORD_JSONL:
		record_quoted(w, text, strlen(text));
		break;
	case RECORD_CSV:
		if (strpbrk(text, ",\"\r\n") != NULL)
			record_quoted(w, text, strlen(text));
		else
			output_text(w->out, text);
		break;
	case RECORD_TSV:
		if (text[0] == '\0')
			output_char(w->out, '-');
		record_plain(w->out, text);
		break;
	}
}

void
record_number(struct record_writer *w, uint64_t n)
{
	record_next(w);
	output_number(w->out, n);
}

void
record_raw(struct record_writer *w, const char *digits)
{
	record_next(w);
	output_text(w->out, digits);
}

void
record_seconds(struct record_writer *w, uint64_t ns)
{
	record_next(w);
	output_seconds(w->out, ns);
}

void
record_none(struct record_writer *w)
{
	record_next(w);
	output_text(w->out, w->format == RECORD_JSONL ? "null" : "-");
}

void
record_list(struct record_writer *w, const char *commas)
{
	if (w->format != RECORD_JSONL) {
		record_text(w, commas);
		return;
	}
	record_next(w);
	output_char(w->out, '[');
	for (bool first = true; commas[0] != '\0' && strcmp(commas, "-") != 0; first = false) {
		size_t length = strcspn(commas, ",");

		if (!first)
			output_char(w->out, ',');
		record_quoted(w, commas, length);
		commas += length;
		if (*commas == '\0')
			break;
		commas++;
	}
	output_char(w->out, ']');
}

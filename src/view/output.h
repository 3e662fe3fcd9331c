/*
 * Fast text output: a large buffer before a FILE, numbers formatted by hand,
 * and the first write error remembered.  A record writer on top of it puts
 * the same named cells into TSV, CSV or JSON lines.
 */
#ifndef TCPLADDER_VIEW_OUTPUT_H
#define TCPLADDER_VIEW_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

enum { OUTPUT_BUFFER_SIZE = 1 << 16 };

struct output {
	FILE *file;
	size_t used;
	int failure;		/* errno of the first write that failed; 0: none */
	char buffer[OUTPUT_BUFFER_SIZE];
};

struct output *output_new(FILE *file);		/* borrows file */
/* Flushes and frees. false: something could not be written; *error says why. */
bool output_finish(struct output *o, struct error *error);
bool output_failed(const struct output *o);	/* no sense in going on */

void output_bytes(struct output *o, const char *text, size_t length);
void output_text(struct output *o, const char *text);
void output_char(struct output *o, char c);
void output_number(struct output *o, uint64_t n);
void output_seconds(struct output *o, uint64_t ns);		/* with nine digits */
void output_spaces(struct output *o, size_t n);
void output_printf(struct output *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- records: cells in the order of `names`, one call for each */

enum record_format { RECORD_TSV, RECORD_CSV, RECORD_JSONL };

struct record_writer {
	struct output *out;
	enum record_format format;
	const char *const *names;
	size_t count;
	size_t at;		/* the next cell */
};

void record_header(struct record_writer *w);	/* names; nothing in JSON lines */
void record_begin(struct record_writer *w);
void record_end(struct record_writer *w);
/* safe text; a stray control character becomes a blank */
void record_text(struct record_writer *w, const char *text);
void record_number(struct record_writer *w, uint64_t n);
void record_raw(struct record_writer *w, const char *digits);	/* a number that is text already */
void record_seconds(struct record_writer *w, uint64_t ns);
void record_none(struct record_writer *w);			/* "-"; null in JSON */
void record_list(struct record_writer *w, const char *commas);	/* "a,b" or "-": an array in JSON */

#endif

/*
 * Savefiles and pipes, read by libpcap through a stream of ours, so that
 * they can be stopped, unpacked and looked at again.  A pipe is asked for a
 * frame only when that has arrived completely: libpcap never waits.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <pcap.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "base/text.h"
#include "capture/capture_filter.h"
#include "capture/capture_link.h"
#include "capture/capture_private.h"
#include "capture/savefile_stream.h"

struct capture_file {
	struct capture capture;
	struct savefile_stream *stream;
	struct savefile_walk *walk;
	pcap_t *pcap;			/* a pipe's: NULL until its header came */
	struct capture_filter *filter;
	uint32_t interface;		/* of the last frame, and its link type */
	int link_type;
};

static struct capture_file *
of(struct capture *c)
{
	return (struct capture_file *)(void *)c;
}

static const struct capture_file *
of_const(const struct capture *c)
{
	return (const struct capture_file *)(const void *)c;
}

/* Lets libpcap read the header. false: c->reason says why, as what follows "FILE: ", or "FILE" where it begins with a blank. */
static bool
read_header(struct capture_file *f)
{
	char why[PCAP_ERRBUF_SIZE], safe[REASON_MAX];
	const char *trouble, *strange;
	FILE *file = savefile_stream_file(f->stream);

	if (file == NULL) {
		(void)capture_break(&f->capture, N_("no memory or descriptor to read it"));
		return false;
	}
	f->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, why);
	if (f->pcap != NULL) {
		f->link_type = capture_link_clean((uint32_t)savefile_walk_link_type(f->walk, 0));
		return true;
	}
	fclose(file);
	trouble = savefile_stream_error(f->stream);
	strange = savefile_stream_strange(f->stream);
	if (trouble != NULL)
		(void)capture_break(&f->capture, "%s", trouble);
	else if (strange != NULL)
		(void)capture_break(&f->capture, "%s", strange);
	else if (strstr(why, "unknown file format") != NULL)
		(void)capture_break(&f->capture,
		    N_(" is no capture file that libpcap can read (pcap, pcapng)"));
	else
		(void)capture_break(&f->capture, "%s", text_safe_string(safe, sizeof safe, why));
	return false;
}

static bool
prepare_filter(struct capture_file *f, int link_type)
{
	char why[PCAP_ERRBUF_SIZE];

	if (f->filter == NULL || capture_filter_prepare(f->filter, link_type, why, sizeof why))
		return true;
	(void)capture_break(&f->capture, N_("the capture filter can't be applied: %s"), why);
	return false;
}

/* Pipes: reads ahead until libpcap has what it needs. CAPTURE_FRAME: it has (or never will). */
static enum capture_next
await_frame(struct capture_file *f)
{
	for (;;) {
		if (f->pcap == NULL ? savefile_walk_ready(f->walk) : savefile_walk_whole(f->walk))
			return CAPTURE_FRAME;
		switch (savefile_stream_fill(f->stream, capture_timeout(&f->capture))) {
		case STREAM_MORE:
			break;
		case STREAM_NOTHING:
			return CAPTURE_WAIT;
		case STREAM_FULL:
		case STREAM_END:
			return CAPTURE_FRAME;
		}
	}
}

static enum capture_next
broken(struct capture_file *f)
{
	const char *trouble = savefile_stream_error(f->stream);
	char safe[REASON_MAX];

	if (trouble == NULL)
		trouble = text_safe_string(safe, sizeof safe, pcap_geterr(f->pcap));
	return capture_break(&f->capture, "%s", trouble);
}

/* A frame's fields beside what libpcap gave. false: the filter can't be compiled for it. */
static bool
complete(struct capture_file *f, const struct pcap_pkthdr *header, struct raw_frame *frame,
    uint64_t *locator)
{
	struct savefile_record record;

	*locator = LOCATOR_NOWHERE;
	frame->captured = header->caplen;
	frame->length = header->len;
	frame->interface = f->interface;
	frame->time = capture_time(&header->ts, 1);
	if (savefile_walk_take(f->walk, &record)) {
		*locator = record.offset;
		if (record.length != 0)
			frame->length = record.length;
		if (record.time != 0)
			frame->time = record.time;
		if (record.interface != f->interface) {
			f->interface = record.interface;
			f->link_type = capture_link_clean(
			    (uint32_t)savefile_walk_link_type(f->walk, record.interface));
			if (!prepare_filter(f, f->link_type))
				return false;
		}
		frame->interface = record.interface;
	}
	frame->link_type = f->link_type;
	return true;
}

static enum capture_next
next(struct capture *c, struct raw_frame *frame, uint64_t *locator)
{
	struct capture_file *f = of(c);
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int result;

	if (c->kind == CAPTURE_PIPE) {
		enum capture_next ready = await_frame(f);

		if (ready == CAPTURE_FRAME && f->pcap == NULL) {
			if (!read_header(f) || !prepare_filter(f, f->link_type))
				return CAPTURE_BROKEN;
			ready = await_frame(f);
		}
		if (ready != CAPTURE_FRAME)
			return ready;
	}
	result = pcap_next_ex(f->pcap, &header, &bytes);
	if (result != 1)
		return result == PCAP_ERROR_BREAK && savefile_stream_error(f->stream) == NULL ?
		    CAPTURE_END : broken(f);
	frame->bytes = bytes;
	if (!complete(f, header, frame, locator))
		return CAPTURE_BROKEN;
	if (c->kind == CAPTURE_PIPE)
		*locator = byte_source_keep(c->bytes, frame);
	if (f->filter != NULL) {
		struct pcap_pkthdr true_header = *header;

		true_header.len = frame->length;
		if (!capture_filter_match(f->filter, frame->link_type, &true_header, bytes))
			return CAPTURE_FILTERED;
	}
	return CAPTURE_FRAME;
}

static void
stop(struct capture *c)
{
	savefile_stream_stop(of(c)->stream);
}

static void
progress(const struct capture *c, struct capture_progress *p)
{
	savefile_stream_progress(of_const(c)->stream, &p->bytes_done, &p->bytes_total);
}

static void
close_file(struct capture *c)
{
	struct capture_file *f = of(c);

	if (f->pcap != NULL)
		pcap_close(f->pcap);
	capture_filter_free(f->filter);
	capture_fini(c);
	savefile_stream_free(f->stream);
	free(f);
}

static const struct capture_class file_class = {
	.next = next, .stop = stop, .progress = progress, .close = close_file
};

static bool
open_filter(struct capture_file *f, const char *text, struct error *error)
{
	char why[PCAP_ERRBUF_SIZE], safe[128];

	if (text == NULL || *text == '\0')
		return true;
	f->filter = capture_filter_new(text, why, sizeof why);
	if (f->filter == NULL)
		return error_set_usage(error, "capture filter \"%s\": %s",
		    text_safe_string(safe, sizeof safe, text), why);
	return true;
}

/* Files: all that can be known before the first frame. */
static bool
open_now(struct capture_file *f, const char *filter, struct error *error)
{
	char buffer[256], why[PCAP_ERRBUF_SIZE];
	const char *safe = savefile_stream_label(f->capture.name, buffer, sizeof buffer);

	if (!read_header(f)) {
		const char *reason = f->capture.reason;

		return error_set(error, reason[0] == ' ' ? "%s%s" : "%s: %s", safe, reason);
	}
	if (f->filter != NULL &&
	    !capture_filter_prepare(f->filter, f->link_type, why, sizeof why)) {
		char text[128];

		return error_set_usage(error, "capture filter \"%s\" for %s: %s",
		    text_safe_string(text, sizeof text, filter), safe, why);
	}
	return true;
}

struct capture *
capture_open_file(const char *name, const struct capture_options *options, struct error *error)
{
	struct capture_file *f = memory_new(sizeof *f);

	f->stream = savefile_stream_open(name, error);
	if (f->stream == NULL) {
		free(f);
		return NULL;
	}
	f->walk = savefile_stream_walk(f->stream);
	capture_init(&f->capture, &file_class,
	    savefile_stream_is_pipe(f->stream) ? CAPTURE_PIPE : CAPTURE_FILE, name);
	if (f->capture.kind == CAPTURE_FILE) {
		uint64_t base;
		int descriptor = savefile_stream_descriptor(f->stream, &base);

		f->capture.bytes = byte_source_of_file(descriptor, base, f->walk);
	} else
		f->capture.bytes = byte_source_of_ring(
		    options->ring_bytes != 0 ? options->ring_bytes : RING_BYTES);
	if (!open_filter(f, options->filter, error) ||
	    (f->capture.kind == CAPTURE_FILE && !open_now(f, options->filter, error))) {
		close_file(&f->capture);
		return NULL;
	}
	return &f->capture;
}

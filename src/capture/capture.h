/*
 * One source of frames: a savefile, a pipe or a live interface.  Only
 * capture_*.c include pcap.h.  Used by the reader thread alone, but for
 * capture_stop(), capture_progress() and capture_drops().
 */
#ifndef TCPLADDER_CAPTURE_CAPTURE_H
#define TCPLADDER_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "packet/decode.h"

struct capture_options {
	const char *filter;		/* pcap-filter(7) or NULL */
	int snapshot_length;		/* 0: the default, 262144 */
	int buffer_kib;			/* 0: the default */
	bool promiscuous;
	bool persist;			/* live: an interface that goes away is waited for, instead of that being the end */
	const char *save_to;		/* live: -w, or NULL; the rest: struct live_file_options */
	uint64_t save_bytes;
	uint32_t save_seconds, save_files;
	const struct live_file_owner *save_owner;
	const char *netns;		/* live: for the name of the capture: the network namespace that was entered, or NULL */
	size_t ring_bytes;		/* live, pipes: frames kept for looking again; 0: 64 MiB */
};

enum capture_kind { CAPTURE_FILE, CAPTURE_PIPE, CAPTURE_LIVE };

enum capture_next {
	CAPTURE_FRAME,		/* *frame is valid until the next call */
	/* the same, but the filter leaves it out: it has a number and isn't decoded */
	CAPTURE_FILTERED,
	/*
	 * Live or pipe: nothing just now.  Told at once the first time, so that
	 * what was read can be handed on; asked again, it waits for a while.
	 */
	CAPTURE_WAIT,
	CAPTURE_END,		/* the end, or stopped */
	/* damaged: what came before counts; capture_error() says why. Then CAPTURE_END */
	CAPTURE_BROKEN
};

/*
 * A file's header and filter are checked here, and what is wrong is said in
 * *error (one line that names the file).  Pipes and standard input are only
 * opened: their header is awaited by capture_next(), which tells what is
 * wrong with it as CAPTURE_BROKEN, so that opening never blocks.
 */
struct capture;
struct capture *capture_open_file(const char *name, const struct capture_options *options,
    struct error *error);
/* On these interfaces at once, in the order of time; none: on the default one. */
struct capture *capture_open_live(const char *const *names, size_t count,
    const struct capture_options *options, struct error *error);
void capture_close(struct capture *c);

/*
 * frame->number is not set: that is the reader's. *locator: see
 * byte_source.h, without the source's index.
 */
enum capture_next capture_next(struct capture *c, struct raw_frame *frame, uint64_t *locator);

/*
 * How long a second capture_next() in a row may wait, at most; -1, as it
 * begins: as long as it likes (it can be stopped).
 */
void capture_patience(struct capture *c, int milliseconds);

/*
 * Live, from any thread: what comes from about now on must match this filter; "" lets all
 * through.  false: it is wrong (*error says where), and the old one stays.
 */
bool capture_refilter(struct capture *c, const char *text, struct error *error);

/* Live: whether it would see this connection's segments, by its interfaces and filter as they were when it was opened. */
struct segment;
bool capture_covers(struct capture *c, const struct segment *tuple);

/*
 * From any thread: makes a capture_next() that waits or reads return CAPTURE_END soon; a live one when it has
 * handed over what was captured until now.
 */
void capture_stop(struct capture *c);

struct capture_progress {
	uint64_t bytes_done, bytes_total;	/* total 0: not known (pipes, live) */
};
void capture_progress(const struct capture *c, struct capture_progress *p);	/* any thread */

struct capture_drops {
	uint64_t kernel, interface;
	uint64_t unsaved;		/* not dropped, but missing in what -w saves */
	int save_trouble;		/* errno: why, the last time */
	uint32_t absent;		/* interfaces that are gone, and waited for */
};
void capture_drops(const struct capture *c, struct capture_drops *d);	/* any thread */

enum capture_kind capture_kind(const struct capture *c);
/* as given: "x.pcap", "-", "eth0"; NOT yet made safe */
const char *capture_name(const struct capture *c);
/* after CAPTURE_BROKEN: why, without file name */
const char *capture_error(const struct capture *c);

struct byte_source;
struct byte_source *capture_bytes(struct capture *c);	/* lives as long as the capture */

/* Writes the interfaces (-D) to standard output, one a line. */
bool capture_list_interfaces(struct error *error);

/* What could be captured on and is up. */
struct capture_device {
	char *name;
	char *label;			/* the name, made safe */
	char *about;			/* addresses and description, safe */
	bool usual;			/* has an address and isn't the loopback: without -i one of these is taken */
};

/* *devices: to be freed with capture_free_devices(). false: *error says why. */
bool capture_find_devices(struct capture_device **devices, size_t *count, struct error *error);
void capture_free_devices(struct capture_device *devices, size_t count);

/* What this host calls the interface with that index now, safe; false: there is none. */
bool capture_interface_name(uint32_t index, char *out, size_t size);

/* Whether one may capture, tried on the default interface; false: *error says what permits it. */
bool capture_is_permitted(const struct capture_options *options, struct error *error);

/* "libpcap version 1.10.3 ..." */
const char *capture_library_version(void);

#endif

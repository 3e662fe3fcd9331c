/*
 * What kinds of captures have in common; for capture*.c only.
 */
#ifndef TCPLADDER_CAPTURE_CAPTURE_PRIVATE_H
#define TCPLADDER_CAPTURE_CAPTURE_PRIVATE_H

#include <stdatomic.h>
#include <sys/time.h>

#include "capture/byte_source.h"
#include "capture/capture.h"

enum { RING_BYTES = 64 << 20, REASON_MAX = 320 };

struct capture_class {
	enum capture_next (*next)(struct capture *c, struct raw_frame *frame, uint64_t *locator);
	void (*stop)(struct capture *c);
	bool drains;		/* next() is asked after stop(), too, until it says CAPTURE_END */
	bool (*refilter)(struct capture *c, const char *text, struct error *error);	/* NULL: can't */
	bool (*covers)(struct capture *c, const struct segment *tuple);		/* NULL: nothing */
	void (*progress)(const struct capture *c, struct capture_progress *p);
	void (*drops)(const struct capture *c, struct capture_drops *d);
	void (*close)(struct capture *c);	/* frees c too */
};

struct capture {			/* the first member of each kind's own */
	const struct capture_class *class;
	enum capture_kind kind;
	char *name;
	struct byte_source *bytes;
	atomic_bool stopped;
	int patience;			/* milliseconds, -1: no limit */
	bool waited;			/* the last answer was CAPTURE_WAIT */
	bool finished;
	char reason[REASON_MAX];	/* after CAPTURE_BROKEN */
};

void capture_init(struct capture *c, const struct capture_class *class, enum capture_kind kind,
    const char *name);
void capture_fini(struct capture *c);

/*
 * libpcap's time as nanoseconds since the epoch; unit: how many of them one
 * of its fractions is.  Where time_t has 32 bits, the years after 2038 come
 * as negative numbers: no capture is from before 1970.
 */
static inline uint64_t
capture_time(const struct timeval *t, uint64_t unit)
{
	uint64_t seconds = sizeof t->tv_sec == sizeof(uint32_t) ? (uint32_t)t->tv_sec : (uint64_t)t->tv_sec;

	return seconds * UINT64_C(1000000000) + (uint64_t)t->tv_usec * unit;
}

/* How long to wait now: see CAPTURE_WAIT. */
int capture_timeout(const struct capture *c);

/* Keeps the reason and returns CAPTURE_BROKEN. */
enum capture_next capture_break(struct capture *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif

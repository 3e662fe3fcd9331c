/*
 * The way between two endpoints, with somebody watching at one place of it:
 * at an end, or in the middle.  Segments are delayed, lost, duplicated and
 * overtaken, before the watcher and behind him.  Knows nothing of TCP.
 */
#ifndef MODEL_PATH_H
#define MODEL_PATH_H

#include <stdint.h>

#include "random.h"
#include "tcp_model.h"

enum { PATH_ENDS = 2, PATH_ROOM = 1024 };
enum path_tap { TAP_AT_FIRST, TAP_BETWEEN, TAP_AT_SECOND, TAP_PLACES };

struct path_weather {
	uint32_t lost, doubled, overtaken;	/* of a thousand, on each part of the way */
	uint32_t delay, jitter;			/* µs, of each part */
};

struct transit {
	uint64_t due, order;
	struct model_segment segment;
	unsigned from;
	bool behind_tap;
};

struct path {
	enum path_tap tap;
	struct path_weather weather;
	struct model_random *random;
	uint64_t order, newest[PATH_ENDS][2];
	struct transit pending[PATH_ROOM];
	unsigned count;
	void (*watched)(void *context, uint64_t now, unsigned from, const struct model_segment *segment);
	void (*arrived)(void *context, unsigned to, const struct model_segment *segment);
	void *context;
};

void path_send(struct path *p, uint64_t now, unsigned from, const struct model_segment *segment);
uint64_t path_deadline(const struct path *p);	/* UINT64_MAX when nothing is under way */
void path_step(struct path *p, uint64_t now);	/* moves what is due first */

#endif

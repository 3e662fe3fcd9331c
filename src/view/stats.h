/*
 * A capture in numbers, as of the replay point: connections by state and
 * outcome, retransmissions, who talks most, what could not be decoded.  For
 * text output, and for a screen that shows the same.
 */
#ifndef TCPLADDER_VIEW_STATS_H
#define TCPLADDER_VIEW_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/replay.h"
#include "capture/session.h"
#include "tcp/story.h"
#include "view/narrator.h"
#include "view/pileup.h"

enum { STATS_TALKERS = 10, STATS_FRAMES = 5, STATS_PILEUPS = 8 };

struct talker {
	uint8_t address[16];
	uint8_t family;
	uint64_t flows, bytes;
};

struct stats {
	uint32_t flows, midstream, reused;
	uint32_t states[SIDES][TCP_STATES];
	uint32_t outcomes[OUTCOMES];
	uint64_t frames[SIDES], bytes[SIDES], resent[SIDES];
	uint64_t notes[NOTES];			/* frames with each note */
	uint64_t tcp_frames;
	struct talker talkers[STATS_TALKERS];	/* by connections */
	uint32_t talker_count, addresses;
	bool more_addresses;			/* than that: very many were seen only once */
	struct pileup pileups[STATS_PILEUPS];
	size_t pileup_count;
	/* undecodable frames by reason: how many, and the first few frame numbers */
	uint64_t troubles[DECODE_RESULTS];
	uint32_t trouble_frames[DECODE_RESULTS][STATS_FRAMES];
};

/*
 * Goes over all flows and frames: some seconds for ten million. Stops early when *interrupted
 * (may be NULL).
 */
void stats_gather(struct stats *s, struct session *session, const struct replay *replay,
    struct narrator *narrator, const volatile int *interrupted);

/*
 * The same bit by bit, for a screen that must not wait. Borrows all; as of the replay point
 * when it began.
 */
struct stats_count;
struct stats_count *stats_count_new(struct session *session, const struct replay *replay,
    struct narrator *narrator);
void stats_count_free(struct stats_count *c);
/* connections and frames; false: all is counted */
bool stats_count_more(struct stats_count *c, uint32_t steps);
unsigned stats_count_percent(const struct stats_count *c);
const struct stats *stats_count_result(const struct stats_count *c);	/* the talkers come last */

#endif

/*
 * Several captures as one stream: always the frame with the earliest time
 * among each one's next, never re-sorted within a capture.  One that breaks
 * or ends leaves the others going.  A pipe or interface that has nothing
 * just now doesn't hold the others back, so that what it sends later comes
 * late; files never wait.
 */
#ifndef TCPLADDER_CAPTURE_MERGE_H
#define TCPLADDER_CAPTURE_MERGE_H

#include <stddef.h>
#include <stdint.h>

#include "capture/capture.h"

struct merge;
/* captures stay the caller's */
struct merge *merge_new(struct capture *const *captures, size_t count);
void merge_free(struct merge *m);

/*
 * As capture_next(), but *locator has the source's index, which *source is
 * too.  CAPTURE_BROKEN tells of one source; CAPTURE_END of all.
 */
enum capture_next merge_next(struct merge *m, struct raw_frame *frame, uint64_t *locator,
    size_t *source);

/* How many frames that source has given so far. */
uint32_t merge_frames(const struct merge *m, size_t source);

#endif

/*
 * What the program under test says of a recorded exchange, held against what
 * the kernels said frame by frame.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdbool.h>

#include "wire.h"

/* What a scenario promises beside the states where all is captured; none where zero. */
struct promise {
	unsigned flows;      /* how many connections there are */
	const char *notes;   /* comma-separated: each stands on one frame at least */
	const char *outcome; /* of the last connection */
	bool cookies;        /* the kernel keeps no SYN-RECEIVED (SYN cookies) */
	bool midstream;      /* the capture misses the handshake: `?` may stand anywhere */
};

/*
 * Runs the program on the exchange and prints a test line, "ok name: ..." or "not ok
 * name: ..." with each frame that differs. Where keep isn't NULL the capture and
 * the kernels' states are left in that folder.
 */
bool judge(const struct wire *wire, const char *program, const char *name,
    const struct promise *promise, const char *keep);

#endif

/*
 * Where a live capture is saved as it comes in: one pcap file, or several
 * that follow each other by size and by time, named as tcpdump names them.
 * A disk that is full doesn't end the capture: what couldn't be written is
 * counted, the file stays whole, and writing goes on when there is room.
 * The reader thread's, but for live_file_status().
 */
#ifndef TCPLADDER_CAPTURE_LIVE_FILE_H
#define TCPLADDER_CAPTURE_LIVE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "packet/decode.h"

struct live_file_owner {
	uid_t user;
	gid_t group;
};

struct live_file_options {
	const char *name;		/* with `seconds`, strftime(3)'s conversions in it are made; "-": standard output */
	uint64_t bytes;			/* a file larger than this is followed by another one; 0: no limit */
	uint32_t seconds;		/* a file older than this, too; 0: no limit */
	uint32_t files;			/* by size: after so many the first is overwritten; by time alone: that is the end; 0: no limit */
	/* Of several: who will have to overwrite the first one, which is made by somebody else; NULL: nobody else. */
	const struct live_file_owner *owner;
};

struct live_file;

/* Opens the first one; link_type: as in savefiles. `now` is in seconds since the epoch. */
struct live_file *live_file_open(const struct live_file_options *options, int link_type,
    uint32_t snapshot, uint64_t now, struct error *error);
void live_file_close(struct live_file *f);	/* NULL is fine */

/* false: it belongs into a file beyond the last one that was asked for. */
bool live_file_write(struct live_file *f, const struct raw_frame *frame);

/* Hands what is waiting to the system. */
void live_file_flush(struct live_file *f);

struct live_file_status {
	uint64_t unsaved;		/* frames that couldn't be written */
	int trouble;			/* errno: why, the last time; 0: all went well */
};
void live_file_status(const struct live_file *f, struct live_file_status *status);	/* any thread */

enum { LIVE_FILE_NAME_MAX = 4096 };

/*
 * The name of a file: `number` is appended to it with at least `digits` digits, but for 0
 * without digits. when: 0, or the time to be put into it.  false: that is too long.
 */
bool live_file_name(const char *name, uint64_t when, uint32_t number, unsigned digits,
    char out[LIVE_FILE_NAME_MAX]);

#endif

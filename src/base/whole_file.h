/*
 * A file that is written whole or not at all: into a temporary file in the
 * same folder, without a name where that can be, readable by its owner only,
 * which takes the name when all is written.
 * Knows nothing of what is written.  Errors say why, not which file.
 */
#ifndef TCPLADDER_BASE_WHOLE_FILE_H
#define TCPLADDER_BASE_WHOLE_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

struct whole_file {
	FILE *stream;		/* write here */
	char *name, *temporary;
	bool nameless;		/* the temporary file has no name yet */
};

enum whole_file_result { WHOLE_FILE_DONE, WHOLE_FILE_EXISTS, WHOLE_FILE_FAILED };

/*
 * Whether something of that name exists that may be replaced: an ordinary
 * file.  WHOLE_FILE_DONE: nothing stands there; WHOLE_FILE_FAILED, with
 * *error set: the name can't be used.
 */
enum whole_file_result whole_file_look(const char *name, struct error *error);

/* After this, one of the two below must be called; not when it fails. */
bool whole_file_begin(struct whole_file *f, const char *name, struct error *error);

/*
 * Closes, and gives the file its name.  WHOLE_FILE_EXISTS: without `replace`,
 * and somebody has made a file of that name meanwhile; *error says so, too.
 * Nothing is left behind but on WHOLE_FILE_DONE.
 */
enum whole_file_result whole_file_finish(struct whole_file *f, bool replace, struct error *error);
void whole_file_abandon(struct whole_file *f);

#endif

/*
 * Where a test leaves its files: nothing of it stays, however the test ends.
 */
#ifndef TCPLADDER_TESTS_SCRATCH_H
#define TCPLADDER_TESTS_SCRATCH_H

#include <stddef.h>

/*
 * A folder in $TMPDIR or /tmp, made when it is first asked for.  It is removed with all that is in it once
 * this process and those it forked are gone, whoever killed them.  Dies when it can't be had.
 */
const char *scratch_folder(void);

/* A new, empty file in it; returns its descriptor, and writes its path. */
int scratch_file(char *path, size_t size);

#endif

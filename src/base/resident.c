/*
 * Reads /proc/self/statm, whose second number counts resident pages.  It is
 * opened once: later the program may not be permitted to open anything.
 */
#include "base/resident.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

struct resident {
	int descriptor;
	uint64_t page;
};

struct resident *
resident_new(void)
{
	struct resident *r;
	int descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (descriptor < 0)
		return NULL;
	r = memory_new(sizeof *r);
	r->descriptor = descriptor;
	r->page = (uint64_t)sysconf(_SC_PAGESIZE);
	return r;
}

void
resident_free(struct resident *r)
{
	if (r == NULL)
		return;
	close(r->descriptor);
	free(r);
}

uint64_t
resident_bytes(const struct resident *r)
{
	char text[128], *second;
	ssize_t n = pread(r->descriptor, text, sizeof text - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	strtoull(text, &second, 10);
	return strtoull(second, NULL, 10) * r->page;
}

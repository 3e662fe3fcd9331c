/*
 * Reads /proc/self/statm, whose second number counts resident pages.  It is
 * opened once: later the program may not be permitted to open anything.
 */
#include "base/resident.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

struct resident {
	int descriptor;
	uint64_t page;
};

/* Sanitizers take more than what they look after: what the system says tells nothing then. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RESIDENT_IS_OURS	false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RESIDENT_IS_OURS	false
#endif
#endif
#ifndef RESIDENT_IS_OURS
#define RESIDENT_IS_OURS	true
#endif

struct resident *
resident_new(void)
{
	struct resident *r;
	int descriptor = !RESIDENT_IS_OURS ? -1 : open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

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

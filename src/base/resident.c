/*
 * Reads /proc/self/statm, whose second number counts resident pages.  It is
 * opened once: later the program may not be permitted to open anything.
 */
#include "base/resident.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"

struct resident {
	int descriptor, machine;	/* of /proc/self/statm and /proc/meminfo; the latter may be -1 */
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
	r->machine = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	r->page = (uint64_t)sysconf(_SC_PAGESIZE);
	return r;
}

void
resident_free(struct resident *r)
{
	if (r == NULL)
		return;
	close(r->descriptor);
	if (r->machine >= 0)
		close(r->machine);
	free(r);
}

/* Its first two numbers: pages mapped, and resident. */
static bool
read_statm(const struct resident *r, uint64_t *mapped, uint64_t *resident)
{
	char text[128], *second;
	ssize_t n = pread(r->descriptor, text, sizeof text - 1, 0);

	if (n <= 0)
		return false;
	text[n] = '\0';
	*mapped = strtoull(text, &second, 10) * r->page;
	*resident = strtoull(second, NULL, 10) * r->page;
	return true;
}

uint64_t
resident_bytes(const struct resident *r)
{
	uint64_t mapped, resident;

	return read_statm(r, &mapped, &resident) ? resident : 0;
}

uint64_t
resident_available(const struct resident *r)
{
	static const char word[] = "MemAvailable:";
	uint64_t available = UINT64_MAX, mapped, resident;
	struct rlimit limit;
	char text[512];
	const char *at;
	ssize_t n = r->machine < 0 ? 0 : pread(r->machine, text, sizeof text - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	at = strstr(text, word);
	if (at != NULL)
		available = strtoull(at + sizeof word - 1, NULL, 10) * 1024;
	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && read_statm(r, &mapped, &resident)) {
		uint64_t left = limit.rlim_cur > mapped ? limit.rlim_cur - mapped : 0;

		available = left < available ? left : available;
	}
	return available;
}

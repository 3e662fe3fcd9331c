/*
 * Wakes a thread out of poll().  Knows descriptors and nothing of captures.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "capture/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#ifdef HAVE_EVENTFD
#include <sys/eventfd.h>
#endif

bool
wake_init(struct wake *w)
{
#ifdef HAVE_EVENTFD
	w->read_end = w->write_end = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return w->read_end >= 0;
#else
	int ends[2];

	w->read_end = w->write_end = -1;
	if (pipe(ends) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		(void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
		(void)fcntl(ends[i], F_SETFL, O_NONBLOCK);
	}
	w->read_end = ends[0];
	w->write_end = ends[1];
	return true;
#endif
}

void
wake_fini(struct wake *w)
{
	if (w->write_end >= 0 && w->write_end != w->read_end)
		(void)close(w->write_end);
	if (w->read_end >= 0)
		(void)close(w->read_end);
	w->read_end = w->write_end = -1;
}

void
wake_set(struct wake *w)
{
	const uint64_t one = 1;

	/* A full pipe or counter is readable already, so that failing is no trouble. */
	while (write(w->write_end, &one, sizeof one) < 0 && errno == EINTR)
		continue;
}

void
wake_clear(struct wake *w)
{
	uint64_t sink[16];

	while (read(w->read_end, sink, sizeof sink) > 0 || errno == EINTR)
		errno = 0;
}

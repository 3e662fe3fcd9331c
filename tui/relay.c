/*
 * Bytes that wait for a terminal.  Knows neither curses nor what the bytes
 * mean.
 */
#include "tui/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"

void
relay_init(struct relay *r)
{
	*r = (struct relay){ .file = tmpfile() };
	if (r->file != NULL)
		fcntl(fileno(r->file), F_SETFD, FD_CLOEXEC);
}

void
relay_fini(struct relay *r)
{
	if (r->file != NULL)
		fclose(r->file);
	free(r->bytes);
}

void
relay_collect(struct relay *r)
{
	int file = fileno(r->file);
	off_t written = lseek(file, 0, SEEK_CUR);
	size_t length;

	if (written <= 0)
		return;
	length = (size_t)written;
	if (r->length + length > r->size) {
		r->size = (r->length + length) * 2;
		r->bytes = memory_resize(r->bytes, r->size, 1);
	}
	if (pread(file, r->bytes + r->length, length, 0) == (ssize_t)length)
		r->length += length;
	if (ftruncate(file, 0) != 0 || lseek(file, 0, SEEK_SET) != 0)
		die("the file that pictures are drawn in can't be emptied");
}

bool
relay_send(struct relay *r, int descriptor)
{
	while (r->sent < r->length) {
		ssize_t n = write(descriptor, r->bytes + r->sent, r->length - r->sent);

		if (n > 0)
			r->sent += (size_t)n;
		else if (n < 0 && errno == EINTR)
			continue;
		else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		else
			return false;
	}
	relay_drop(r);
	return true;
}

bool
relay_busy(const struct relay *r)
{
	return r->sent < r->length;
}

void
relay_drop(struct relay *r)
{
	r->sent = r->length = 0;
}

/*
 * From the system: getrandom() on Linux and FreeBSD, arc4random_buf() on the
 * other BSDs and macOS, else its file.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "base/random.h"

#ifdef HAVE_GETRANDOM
#include <sys/random.h>
#include <sys/types.h>
#elif defined HAVE_ARC4RANDOM_BUF
#include <stdlib.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

#include "base/memory.h"

void
random_fill(void *out, size_t size)
{
#ifdef HAVE_GETRANDOM
	if (getrandom(out, size, 0) != (ssize_t)size)
		die("the system gives no random numbers");
#elif defined HAVE_ARC4RANDOM_BUF
	arc4random_buf(out, size);
#else
	int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (file < 0 || read(file, out, size) != (ssize_t)size)
		die("the system gives no random numbers");
	close(file);
#endif
}

/*
 * Memory or death.  A program that shows other people's packets has no
 * sensible way to go on without memory; it gives the terminal back and says
 * so.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static void (*before_death)(void);

void
die_hook(void (*hook)(void))
{
	before_death = hook;
}

void
die(const char *format, ...)
{
	va_list arguments;
	void (*hook)(void) = before_death;

	before_death = NULL;	/* the hook may die as well */
	if (hook != NULL)
		hook();
	fputs("tcpladder: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}

void *
memory_new(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL && size > 0)
		die("out of memory (%zu bytes)", size);
	return p;
}

void *
memory_new_array(size_t count, size_t size)
{
	void *p = calloc(count, size);

	if (p == NULL && count > 0 && size > 0)
		die("out of memory (%zu times %zu bytes)", count, size);
	return p;
}

void *
memory_resize(void *old, size_t count, size_t size)
{
	void *p;

	if (size > 0 && count > SIZE_MAX / size)
		die("out of memory (%zu times %zu bytes)", count, size);
	p = realloc(old, count * size);
	if (p == NULL && count * size > 0)
		die("out of memory (%zu bytes)", count * size);
	return p;
}

char *
memory_copy_text(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(memory_new(size), text, size);
}

static size_t
size_in_pages(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) / page * page;
}

void *
memory_map(size_t size)
{
	char *p = mmap(NULL, size_in_pages(size) + MEMORY_LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (p == MAP_FAILED)
		die("out of memory (%zu bytes)", size);
	/* Aligned by giving back what lies before and behind. */
	before = (MEMORY_LARGE_PAGE - ((uintptr_t)p & (MEMORY_LARGE_PAGE - 1))) & (MEMORY_LARGE_PAGE - 1);
	if (before > 0)
		munmap(p, before);
	munmap(p + before + size_in_pages(size), MEMORY_LARGE_PAGE - before);
#ifdef MADV_HUGEPAGE
	if (size >= MEMORY_LARGE_PAGE)
		madvise(p + before, size, MADV_HUGEPAGE);
#endif
	return p + before;
}

void
memory_unmap(void *p, size_t size)
{
	if (p != NULL)
		munmap(p, size);
}

void
memory_forget(void *p, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), part = (page - (uintptr_t)p % page) % page;

	if (part > size)
		part = size;
	memset(p, 0, part);
	p = (char *)p + part;
	size -= part;
#ifdef ON_LINUX
	if (size > 0 && madvise(p, size_in_pages(size), MADV_DONTNEED) != 0)
		die("the system takes no memory back");
#else
	if (size > 0 && mmap(p, size_in_pages(size), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		die("out of memory (%zu bytes)", size);
#endif
}

void
memory_trim(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

void
memory_in_small_pages(void *p, size_t size)
{
#ifdef MADV_NOHUGEPAGE
	madvise(p, size, MADV_NOHUGEPAGE);
#else
	(void)p;
	(void)size;
#endif
}

void
memory_touch(struct memory_pages pages)
{
#ifdef MADV_POPULATE_WRITE
	if (pages.at != NULL)
		madvise(pages.at, pages.size, MADV_POPULATE_WRITE);	/* where the system can't, use does it */
#else
	(void)pages;
#endif
}

/*
 * Allocation that never returns NULL: out of memory dies, through a hook so
 * that the program can give the terminal back first.
 */
#ifndef TCPLADDER_BASE_MEMORY_H
#define TCPLADDER_BASE_MEMORY_H

#include <stddef.h>

void *memory_new(size_t size);				/* zeroed */
void *memory_new_array(size_t count, size_t size);	/* zeroed; overflow dies */
void *memory_resize(void *old, size_t count, size_t size);	/* like reallocarray; new part not zeroed */
char *memory_copy_text(const char *text);

/*
 * Big, long-lived and zeroed: mapped on its own, in large pages where the
 * system has them; pages that are never touched cost nothing.
 */
void *memory_map(size_t size);
void memory_unmap(void *p, size_t size);		/* NULL is fine */

/* A part of it that isn't needed now is given back to the system; it is zero when it is used again. */
void memory_forget(void *p, size_t size);

/* Gives what was freed in small pieces back to the system, where that can be asked for. */
void memory_trim(void);

/* The beginning of such memory in small pages after all: of a large one most would be zeroed in vain. */
void memory_in_small_pages(void *p, size_t size);

/*
 * Pages of such memory that will be needed soon.  Touching them, which any
 * thread may do whatever others do with them meanwhile, spares their user
 * the wait for the system to provide and zero them.
 */
enum { MEMORY_LARGE_PAGE = 1 << 21 };
struct memory_pages {
	void *at;		/* NULL: none */
	size_t size;
};
void memory_touch(struct memory_pages pages);

/* Prints one line on standard error, after calling the hook, and aborts. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
void die_hook(void (*hook)(void));

#endif

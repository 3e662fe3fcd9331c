/*
 * How much memory this process takes in fact, where the system says so
 * (Linux): what is counted elsewhere is only what somebody thought of.
 */
#ifndef TCPLADDER_BASE_RESIDENT_H
#define TCPLADDER_BASE_RESIDENT_H

#include <stdint.h>

struct resident;
struct resident *resident_new(void);		/* NULL: the system doesn't tell */
void resident_free(struct resident *r);		/* NULL is fine */
uint64_t resident_bytes(const struct resident *r);	/* 0: it doesn't tell any more */

/* How much more it could take: of the machine's memory, and of its own limit (ulimit -v); UINT64_MAX: nobody knows. */
uint64_t resident_available(const struct resident *r);

#endif

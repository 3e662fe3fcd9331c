/*
 * Numbers that nobody can foresee: secrets of a run, keys.
 */
#ifndef TCPLADDER_BASE_RANDOM_H
#define TCPLADDER_BASE_RANDOM_H

#include <stddef.h>

/* Fills all of it, or dies: a system that gives none is broken. At most 256 bytes. */
void random_fill(void *out, size_t size);

#endif

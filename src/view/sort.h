/*
 * A stable sort of ids by 64-bit keys: a million in well under a tenth of a
 * second.  Knows nothing of what they mean.
 */
#ifndef TCPLADDER_VIEW_SORT_H
#define TCPLADDER_VIEW_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Sorts both arrays by key, smallest first; equal keys keep their order. */
void sort_by_key(uint64_t *keys, uint32_t *ids, size_t count);

#endif

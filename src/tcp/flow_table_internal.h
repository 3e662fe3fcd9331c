/*
 * Between the rooms of the table: flow_table.c (from a tuple to its flow) and
 * flow_forget.c (what goes when memory is short, and what stays of it).  For
 * these two only.
 */
#ifndef TCPLADDER_TCP_FLOW_TABLE_INTERNAL_H
#define TCPLADDER_TCP_FLOW_TABLE_INTERNAL_H

#include "base/blocks.h"
#include "tcp/flow_table.h"

enum {
	TABLE_FIRST_BITS = 12,
	TABLE_CHUNK_BITS = 18,			/* flows a chunk: 70 MiB, whole large pages, taken as they are touched */
	TABLE_CHUNK = 1 << TABLE_CHUNK_BITS
};
_Static_assert((TABLE_CHUNK * sizeof(struct flow)) % MEMORY_LARGE_PAGE == 0, "see blocks_init()");

struct slot {
	uint32_t tag;		/* upper half of the hash; its top bits are the place in the table */
	uint32_t id;		/* 0: free */
};

struct past_of {
	uint32_t id;
	struct flow_past *past;
};

struct flow_table {
	struct slot *slots;
	unsigned bits;
	uint32_t used;		/* slots taken: tuples */
	uint32_t count;		/* flows */
	uint32_t existed;	/* ids of those adopted are up to this one */
	uint32_t numbered;	/* the newest flow's number */
	struct blocks chunks;	/* of flows */
	struct embryos *embryos;	/* NULL: none was ever needed */
	uint32_t embryos_most;		/* 0: EMBRYOS_KEPT */
	struct attempts *attempts;	/* NULL: no flow was given up yet */
	struct past_of *pasts;		/* in order of their ids */
	size_t past_count, past_room;
	size_t past_bytes;		/* of all pasts together: asked for after each batch */
};

#endif

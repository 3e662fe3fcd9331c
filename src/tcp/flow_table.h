/*
 * From a 4-tuple to its flow.  An open-addressing table keyed with a secret
 * of this run, since the keys come from strangers.  Decides when a segment
 * begins a new connection (INTERFACE, "Identity") and to which of several
 * connections of one tuple a segment belongs.  Owns the flows: chunks that
 * don't move; ids are 1, 2, ... in order of first frame.  When some are
 * given up, the others move up and get new ids; their numbers stay.
 */
#ifndef TCPLADDER_TCP_FLOW_TABLE_H
#define TCPLADDER_TCP_FLOW_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "packet/segment.h"
#include "tcp/attempts.h"
#include "tcp/embryos.h"
#include "tcp/flow.h"
#include "tcp/flow_past.h"

/* The keyed hash of a segment's 4-tuple, the same for both directions.  Pure; the reader thread computes it. */
struct flow_secret {
	uint64_t key[2];
};
uint64_t flow_hash(const struct flow_secret *secret, const struct segment *segment);

struct flow_table;
struct flow_table *flow_table_new(void);
void flow_table_free(struct flow_table *t);

/*
 * Fetches ahead what flow_table_place() will touch: first the slot of a hash,
 * some segments later the flow behind it.  The latter answers which flow it
 * will probably be (0: not known), for flow_table_place().
 */
void flow_table_prefetch(const struct flow_table *t, uint64_t hash);
uint32_t flow_table_foresee(const struct flow_table *t, uint64_t hash);

/* The flow this segment belongs to; begins one where none does. foreseen: see above, or 0. */
struct flow *flow_table_place(struct flow_table *t, const struct segment *segment, uint32_t foreseen);

/*
 * A connection that is known to exist though nothing of it was captured yet; of *tuple, from the client to the server,
 * family, addresses, ports, hash and time count.  proved: who the client is; else services decide, too.  false: its
 * tuple has a connection.
 */
bool flow_table_adopt(struct flow_table *t, const struct segment *tuple, bool proved);

/* The flow an ICMP quote is about (the newest of its tuple whose numbers fit), or NULL. */
struct flow *flow_table_quoted(struct flow_table *t, const struct segment *quote);

/* Pages for the flows to come, told once: somebody else may touch them. */
struct memory_pages flow_table_ahead(struct flow_table *t);

uint32_t flow_table_count(const struct flow_table *t);
struct flow *flow_table_get(const struct flow_table *t, uint32_t id);	/* 1 <= id <= count */
size_t flow_table_memory(const struct flow_table *t);	/* bytes held, slots and all */

/* The id of the flow that people know by this number, or 0: there is none, or it was given up. */
uint32_t flow_table_find(const struct flow_table *t, uint32_t number);

/* Its frames that were given up, or NULL: all are there. */
const struct flow_past *flow_table_past(const struct flow_table *t, const struct flow *flow);

/* Told from the beginning: what was given up, if anything; the rest of its frames is to be added. */
struct story *flow_table_story(const struct flow_table *t, const struct flow *flow);
struct timing *flow_table_timing(const struct flow_table *t, const struct flow *flow);

uint32_t flow_table_existed(const struct flow_table *t);	/* those adopted have ids up to this one */
uint32_t flow_table_numbered(const struct flow_table *t);	/* how many there ever were */

/* ---- giving up */

/* As above, for its next frame that goes. */
void flow_table_forget_frame(struct flow_table *t, struct flow *flow, const struct frame *frame);

/* A flow goes: it is counted among its server's (tcp/attempts.h). */
void flow_table_count_gone(struct flow_table *t, const struct flow *flow);
/* Those that have gone; NULL: none. */
const struct attempts *flow_table_gone(const struct flow_table *t);

/* How many SYNs flow_table_keep_embryo() remembers, before it is called first: a power of two; EMBRYOS_KEPT unless told. */
void flow_table_limit_embryos(struct flow_table *t, uint32_t most);
size_t flow_table_embryo_memory(const struct flow_table *t);	/* bytes that these take; part of flow_table_memory() */

/* Of a flow that goes, of which there is nothing but a SYN: how it can begin again (tcp/embryos.h). */
void flow_table_keep_embryo(struct flow_table *t, const struct flow *flow, const struct frame *syn, uint64_t hash);

/*
 * Gives up each flow whose ids[] is 0 (by id, from 1); for the others ids[] becomes their new id. A flow that
 * stays may have had older connections of its tuple that go, but none that goes may have older ones that stay.
 * All pointers to flows are void.
 */
void flow_table_give_up(struct flow_table *t, uint32_t *ids);

#endif

/*
 * Connections in an order: ids with their sort keys, many at a time taken
 * out and put in.  Knows keys and ids, and nothing of what they stand for.
 */
#ifndef TCPLADDER_VIEW_FLOW_ORDER_H
#define TCPLADDER_VIEW_FLOW_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flow_order {
	uint32_t *ids;
	uint64_t *keys;
	size_t room;
	uint32_t count;
	uint32_t *spare_ids;		/* as large, for flow_order_exchange(); NULL until then */
	uint64_t *spare_keys;
};

/* Of two connections with the same key: whether a comes first. */
typedef bool flow_order_before(const void *context, uint32_t a, uint32_t b);

void flow_order_fini(struct flow_order *o);
void flow_order_reserve(struct flow_order *o, size_t connections);

/* Takes out those whose bit is set: bit id % 64 of word id / 64. */
void flow_order_drop(struct flow_order *o, const uint64_t *set);

/* Puts in n more, which are in order; there must be room.  append: behind all others, whatever their keys. */
void flow_order_merge(struct flow_order *o, const uint64_t *keys, const uint32_t *ids, uint32_t n,
    bool append, flow_order_before *before, const void *context);

/*
 * Both in one pass, where the keys alone and then the ids decide the order: n in order are put in for those
 * whose bit is set.
 */
void flow_order_exchange(struct flow_order *o, const uint64_t *set, const uint64_t *keys, const uint32_t *ids,
    uint32_t n);

/* Where it would stand, which is where it stands if it is there with this key. */
uint32_t flow_order_place(const struct flow_order *o, uint64_t key, uint32_t id, flow_order_before *before,
    const void *context);

#endif

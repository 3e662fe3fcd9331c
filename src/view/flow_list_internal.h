/*
 * Between the rooms of the list: flow_list.c (cursor, filter, order, tags)
 * and flow_list_update.c (asking connections).  For these two only.
 */
#ifndef TCPLADDER_VIEW_FLOW_LIST_INTERNAL_H
#define TCPLADDER_VIEW_FLOW_LIST_INTERNAL_H

#include "view/flow_list.h"
#include "view/flow_order.h"

struct flow_list {
	struct session *session;
	const struct replay *replay;
	struct narrator *narrator;
	struct filter *filter;
	char *filter_text;
	const struct column *sort;
	bool descending, frozen;
	bool stale;		/* everything must be asked anew */
	struct flow_order order;	/* keys are those parts that count most; ~key when descending */
	uint32_t total;
	uint32_t asked;		/* connections 1 to this one have been asked */
	uint32_t *pending;	/* of those, who must be asked again */
	uint32_t pending_count;
	size_t pending_room;
	uint32_t renewing;	/* the next one to be asked again because time has passed; 0: none */
	uint32_t *batch_ids;	/* who was asked and is to be listed */
	uint64_t *batch_keys;
	uint32_t flows;		/* how many there were at the last update */
	uint32_t rows;		/* of the replay point at the last update */
	uint64_t renewed;	/* the model's time when all was asked */
	uint8_t *marks;		/* by flow id */
	uint64_t *moving;	/* a bit for each: is taken out of its place */
	size_t mark_capacity;
	uint32_t cursor, cursor_row;
	uint32_t tags;
};

enum { MARK_PENDING = 1, MARK_TAGGED = 2, MARK_LISTED = 4 };

void flow_list_reserve(struct flow_list *l, size_t flows);

/* What is to be known of a connection by its id, as of now. */
void flow_list_fill(const struct flow_list *l, uint32_t id, struct flow_row *row);

/* With the next update, if it was ever asked. */
void flow_list_ask_again(struct flow_list *l, uint32_t id);

/* The row on which a connection is listed, or -1. */
int64_t flow_list_find(const struct flow_list *l, uint32_t id);

#endif

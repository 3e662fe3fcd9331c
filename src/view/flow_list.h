/*
 * Which connections are shown, in which order, and where the cursor is.
 * The cursor holds on to a connection, not to a row.  Follows a session
 * that grows and a replay point that moves; what changed is known from the
 * frames between two moments, so an update costs by how much happened.
 */
#ifndef TCPLADDER_VIEW_FLOW_LIST_H
#define TCPLADDER_VIEW_FLOW_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/replay.h"
#include "view/column.h"
#include "view/filter.h"
#include "view/narrator.h"

struct flow_list;
struct flow_list *flow_list_new(struct session *session, const struct replay *replay,
    struct narrator *narrator);		/* borrows all three */
void flow_list_free(struct flow_list *l);

/*
 * Brings order and contents up to date with the session and the replay point; call before
 * looking. true: something changed.
 */
bool flow_list_update(struct flow_list *l);

/*
 * The same for who can't wait: stops after about budget_ns, or sooner, with
 * the connections listed that have been asked by then; flow_list_work() goes
 * on, and says whether it had anything to do.
 */
bool flow_list_refresh(struct flow_list *l, uint64_t budget_ns);
bool flow_list_work(struct flow_list *l, uint64_t budget_ns);
bool flow_list_is_working(const struct flow_list *l);
unsigned flow_list_progress(const struct flow_list *l);		/* how much of it is there, in percent */

/* The kernel has been asked again: those that only it knows of may have gone, or be in another state. */
void flow_list_ask_existing(struct flow_list *l);

/* Connections were given up: they are gone from the list, the others stand in the same order. */
void flow_list_moved(struct flow_list *l, const struct eviction_moves *moves);

/* false leaves the old filter in place; *error says why. */
bool flow_list_set_filter(struct flow_list *l, const char *text, struct filter_error *error);
const char *flow_list_filter(const struct flow_list *l);

/* Ties are always ordered by connection number. Default: by number. */
void flow_list_set_sort(struct flow_list *l, const struct column *column, bool descending);
const struct column *flow_list_sort(const struct flow_list *l, bool *descending);
/* < > */
void flow_list_sort_next(struct flow_list *l, int step, const struct column_place *places,
    size_t count);

/* rows keep their places; new ones go to the end */
void flow_list_set_frozen(struct flow_list *l, bool frozen);
bool flow_list_frozen(const struct flow_list *l);

uint32_t flow_list_count(const struct flow_list *l);	/* shown */
/* that have begun, as of the replay point */
uint32_t flow_list_total(const struct flow_list *l);
uint32_t flow_list_get(const struct flow_list *l, uint32_t row);	/* flow id of a row */
const struct flow *flow_list_flow(const struct flow_list *l, uint32_t row);
void flow_list_row(const struct flow_list *l, uint32_t row, struct flow_row *out);

/*
 * The cursor: a flow id, 0 when the list is empty.  When its connection
 * goes out of sight it moves to the one that took its place.
 */
uint32_t flow_list_cursor(const struct flow_list *l);		/* flow id */
uint32_t flow_list_cursor_row(const struct flow_list *l);	/* its row */
void flow_list_move_to(struct flow_list *l, uint32_t row);	/* cut to what there is */
void flow_list_move(struct flow_list *l, int64_t rows);
bool flow_list_select(struct flow_list *l, uint32_t flow_id);	/* false: not shown */

/* Tags, by connection: for a ladder of several. */
void flow_list_tag(struct flow_list *l, uint32_t flow_id, bool tagged);
bool flow_list_tagged(const struct flow_list *l, uint32_t flow_id);
/* how many; fills the first max */
size_t flow_list_tags(const struct flow_list *l, uint32_t *ids, size_t max);

/*
 * Search: the next row after `row` (step 1) or before it (-1), round the end, that the filter
 * matches; -1: none.
 */
int64_t flow_list_search(const struct flow_list *l, const struct filter *what, uint32_t row,
    int step);

#endif

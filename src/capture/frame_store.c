/*
 * Records in chunks that don't move, and each flow's rows: a small array
 * that is given back when it has been outgrown, or, for a long connection,
 * blocks of a fixed size.  Knows nothing of what the
 * records mean.
 */
#include "capture/frame_store.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/blocks.h"
#include "base/memory.h"
#include "tcp/flow_table.h"

enum {
	STORE_CHUNK_BITS = 17,			/* records a chunk: 6 MiB, whole large pages */
	STORE_CHUNK = 1 << STORE_CHUNK_BITS,
	LIST_CLASSES = 13,			/* sizes of arrays: 4, 6, 8, 12, 16, ... 256 rows */
	LIST_LARGEST = 4 << (LIST_CLASSES - 1) / 2,
	ARENA_BITS = 20,			/* rows an arena chunk: 4 MiB */
	ARENA_CHUNK = 1 << ARENA_BITS
};

_Static_assert((STORE_CHUNK * sizeof(struct frame)) % MEMORY_LARGE_PAGE == 0, "see blocks_init()");

/* The rows of a long connection: handles of arrays of LIST_LARGEST rows. */
struct long_list {
	uint32_t *blocks;
	uint32_t count, room;
};

struct frame_store {
	struct blocks chunks;			/* of records */
	uint32_t count;
	struct blocks arena;			/* of small arrays; a handle is an index over all of them */
	uint32_t arena_used;			/* of its last block */
	uint32_t free[LIST_CLASSES];		/* first free array of each size plus 1, chained through its first row; 0: none */
	struct long_list *longs;
	uint32_t long_count, long_room;
	size_t long_bytes;			/* of their directories */
	uint64_t first_time;			/* of the first row that there ever was, once it may be gone */
};

struct frame_store *
frame_store_new(void)
{
	struct frame_store *s = memory_new(sizeof *s);

	blocks_init(&s->chunks, STORE_CHUNK * sizeof(struct frame));
	blocks_init(&s->arena, ARENA_CHUNK * sizeof(uint32_t));
	return s;
}

void
frame_store_free(struct frame_store *s)
{
	if (s == NULL)
		return;
	for (uint32_t i = 0; i < s->long_count; i++)
		free(s->longs[i].blocks);
	blocks_fini(&s->chunks);
	blocks_fini(&s->arena);
	free(s->longs);
	free(s);
}

struct memory_pages
frame_store_ahead(struct frame_store *s)
{
	return blocks_ahead(&s->chunks, (uint64_t)s->count * sizeof(struct frame));
}

struct frame *
frame_store_add(struct frame_store *s)
{
	uint32_t chunk = s->count >> STORE_CHUNK_BITS;

	if (s->count == UINT32_MAX)
		die("more than four thousand million TCP frames");
	if (chunk == s->chunks.count)
		blocks_add(&s->chunks);
	return (struct frame *)s->chunks.block[chunk] + (s->count++ & (STORE_CHUNK - 1));
}

uint32_t
frame_store_count(const struct frame_store *s)
{
	return s->count;
}

const struct frame *
frame_store_get(const struct frame_store *s, uint32_t row)
{
	return (const struct frame *)s->chunks.block[row >> STORE_CHUNK_BITS] + (row & (STORE_CHUNK - 1));
}

static uint32_t *
array_at(const struct frame_store *s, uint32_t handle)
{
	return (uint32_t *)s->arena.block[handle >> ARENA_BITS] + (handle & (ARENA_CHUNK - 1));
}

static inline uint32_t
class_size(unsigned class)
{
	return (class & 1 ? 6U : 4U) << class / 2;
}

/* Whether an array of `rows` rows is full: 2^k or 3 * 2^k. */
static inline bool
is_class_size(uint32_t rows)
{
	uint32_t low = rows & (0 - rows), rest = rows ^ low;

	return rows >= 4 && (rest == 0 || rest == low << 1);
}

/* The class of the array that `rows` rows fill. */
static inline unsigned
class_of(uint32_t rows)
{
	unsigned top = 31 - (unsigned)__builtin_clz(rows);

	return 2 * (top - 2) + (rows & (rows - 1) ? 1 : 0);
}

static uint32_t
array_new(struct frame_store *s, unsigned class)
{
	uint32_t size = class_size(class);
	uint32_t handle;

	if (s->free[class] != 0) {
		handle = s->free[class] - 1;
		s->free[class] = *array_at(s, handle);
		return handle;
	}
	if (s->arena.count == 0 || s->arena_used + size > ARENA_CHUNK) {
		if (s->arena.count == UINT32_MAX >> ARENA_BITS)
			die("too many connections with too many frames");
		blocks_add(&s->arena);
		s->arena_used = 0;
	}
	handle = (s->arena.count - 1) << ARENA_BITS | s->arena_used;
	s->arena_used += size;
	return handle;
}

static void
array_free(struct frame_store *s, uint32_t handle, unsigned class)
{
	*array_at(s, handle) = s->free[class];
	s->free[class] = handle + 1;
}

/* The largest array becomes the first block of a list. */
static void
long_list_begin(struct frame_store *s, struct flow *flow)
{
	struct long_list *list;

	if (s->long_count == s->long_room) {
		s->long_room = s->long_room ? 2 * s->long_room : 64;
		s->longs = memory_resize(s->longs, s->long_room, sizeof *s->longs);
	}
	list = &s->longs[s->long_count];
	list->room = 4;
	list->blocks = memory_new_array(list->room, sizeof *list->blocks);
	list->blocks[0] = flow->rows_handle;
	list->count = 1;
	s->long_bytes += list->room * sizeof *list->blocks;
	flow->rows_handle = s->long_count++;
}

static void
long_list_add(struct frame_store *s, struct flow *flow, uint32_t row)
{
	struct long_list *list;

	if (flow->rows == LIST_LARGEST)
		long_list_begin(s, flow);
	list = &s->longs[flow->rows_handle];
	if (flow->rows / LIST_LARGEST == list->count) {
		if (list->count == list->room) {
			s->long_bytes += list->room * sizeof *list->blocks;
			list->room *= 2;
			list->blocks = memory_resize(list->blocks, list->room, sizeof *list->blocks);
		}
		list->blocks[list->count++] = array_new(s, LIST_CLASSES - 1);
	}
	array_at(s, list->blocks[flow->rows / LIST_LARGEST])[flow->rows % LIST_LARGEST] = row;
}

void
frame_store_link(struct frame_store *s, struct flow *flow, uint32_t row)
{
	uint32_t n;

	if (flow == NULL)
		return;
	n = flow->rows;
	if (n >= LIST_LARGEST) {
		long_list_add(s, flow, row);
	} else {
		if (n == 0) {
			flow->rows_handle = array_new(s, 0);
		} else if (is_class_size(n)) {
			unsigned class = class_of(n);
			uint32_t larger = array_new(s, class + 1);

			memcpy(array_at(s, larger), array_at(s, flow->rows_handle), n * sizeof(uint32_t));
			array_free(s, flow->rows_handle, class);
			flow->rows_handle = larger;
		}
		array_at(s, flow->rows_handle)[n] = row;
	}
	flow->rows++;
}

uint32_t
frame_store_nth(const struct frame_store *s, const struct flow *flow, uint32_t n)
{
	if (flow->rows > LIST_LARGEST)
		return array_at(s, s->longs[flow->rows_handle].blocks[n / LIST_LARGEST])[n % LIST_LARGEST];
	return array_at(s, flow->rows_handle)[n];
}

uint32_t
frame_store_last_number(const struct frame_store *s, const struct flow *flow)
{
	for (uint32_t n = flow->rows; n > 0; n--) {
		const struct frame *frame = frame_store_get(s, frame_store_nth(s, flow, n - 1));

		if (!(frame->notes & NOTE_ICMP_ERROR))
			return frame->number;
	}
	return 0;
}

uint32_t
frame_store_rows_before(const struct frame_store *s, const struct flow *flow, uint32_t row)
{
	uint32_t low = 0, high = flow->rows;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (frame_store_nth(s, flow, middle) < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t
frame_store_find(const struct frame_store *s, uint32_t number)
{
	uint32_t low = 0, high = s->count;
	/* Numbers begin again after 2^32 frames: what counts is how far they are from the first one held. */
	uint32_t first = s->count > 0 ? frame_store_get(s, 0)->number : 0;

	if ((int32_t)(number - first) < 0 && number < first)
		return 0;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (frame_store_get(s, middle)->number - first < number - first)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t
frame_store_first_time(const struct frame_store *s)
{
	return s->first_time != 0 ? s->first_time : s->count > 0 ? frame_store_get(s, 0)->time : 0;
}

/* ---- giving up */

enum { MOVES_BITS = 512 };	/* rows whose count is known; a multiple of 64 */

struct frame_moves {
	uint64_t *kept;			/* a bit for each old row */
	uint32_t *before;		/* rows kept before each MOVES_BITS of them */
	uint32_t rows;
};

struct frame_moves *
frame_moves_new(uint32_t rows)
{
	struct frame_moves *m = memory_new(sizeof *m);

	m->rows = rows;
	m->kept = memory_new_array((size_t)rows / 64 + 1, sizeof *m->kept);
	m->before = memory_new_array((size_t)rows / MOVES_BITS + 1, sizeof *m->before);
	return m;
}

void
frame_moves_free(struct frame_moves *m)
{
	if (m == NULL)
		return;
	free(m->kept);
	free(m->before);
	free(m);
}

uint32_t
frame_moves_row(const struct frame_moves *m, uint32_t row)
{
	uint32_t count;

	if (row > m->rows)
		row = m->rows;
	count = m->before[row / MOVES_BITS];
	for (uint32_t word = row / MOVES_BITS * (MOVES_BITS / 64); word < row / 64; word++)
		count += (uint32_t)__builtin_popcountll(m->kept[word]);
	return count + (uint32_t)__builtin_popcountll(m->kept[row / 64] & ((UINT64_C(1) << row % 64) - 1));
}

bool
frame_moves_kept(const struct frame_moves *m, uint32_t row)
{
	return row < m->rows && m->kept[row / 64] >> row % 64 & 1;
}

static void
lists_clear(struct frame_store *s)
{
	for (uint32_t i = 0; i < s->long_count; i++)
		free(s->longs[i].blocks);
	free(s->longs);
	s->longs = NULL;
	s->long_count = s->long_room = 0;
	s->long_bytes = 0;
	blocks_fini(&s->arena);
	blocks_init(&s->arena, ARENA_CHUNK * sizeof(uint32_t));
	s->arena_used = 0;
	memset(s->free, 0, sizeof s->free);
}

void
frame_store_give_up(struct frame_store *s, const struct flow_table *flows, const uint32_t *first,
    const uint32_t *ids, struct frame_moves *moves)
{
	enum { FETCH_AHEAD = 8 };
	uint32_t flow_count = flow_table_count(flows), count = 0;

	s->first_time = frame_store_first_time(s);
	lists_clear(s);
	for (uint32_t id = 1; id <= flow_count; id++)
		flow_table_get(flows, id)->rows = 0;
	for (uint32_t row = 0; row < s->count; row++) {
		const struct frame *frame = frame_store_get(s, row);
		uint32_t id = frame->flow;
		struct frame *kept;

		if (row % MOVES_BITS == 0)
			moves->before[row / MOVES_BITS] = count;
		if (row + FETCH_AHEAD < s->count) {
			uint32_t ahead = ids[frame_store_get(s, row + FETCH_AHEAD)->flow];

			if (ahead != 0)
				__builtin_prefetch(&flow_table_get(flows, ahead)->rows, 1);
		}
		if (row < first[id])
			continue;
		moves->kept[row / 64] |= UINT64_C(1) << row % 64;
		kept = (struct frame *)s->chunks.block[count >> STORE_CHUNK_BITS] + (count & (STORE_CHUNK - 1));
		if (count != row)
			*kept = *frame;
		kept->flow = ids[id];
		frame_store_link(s, id != 0 ? flow_table_get(flows, ids[id]) : NULL, count++);
	}
	if (s->count % MOVES_BITS == 0)
		moves->before[s->count / MOVES_BITS] = count;
	s->count = count;
	blocks_cut(&s->chunks, (uint64_t)count * sizeof(struct frame));
}

size_t
frame_store_memory(const struct frame_store *s)
{
	size_t arena = s->arena.count == 0 ? 0 : (size_t)(s->arena.count - 1) * ARENA_CHUNK + s->arena_used;

	return s->count * sizeof(struct frame) + arena * sizeof(uint32_t)
	    + (s->chunks.room + s->arena.room) * sizeof(void *) + s->long_room * sizeof *s->longs + s->long_bytes;
}

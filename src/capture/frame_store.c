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

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (frame_store_get(s, middle)->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t
frame_store_memory(const struct frame_store *s)
{
	size_t arena = s->arena.count == 0 ? 0 : (size_t)(s->arena.count - 1) * ARENA_CHUNK + s->arena_used;

	return s->count * sizeof(struct frame) + arena * sizeof(uint32_t)
	    + (s->chunks.room + s->arena.room) * sizeof(void *) + s->long_room * sizeof *s->longs + s->long_bytes;
}

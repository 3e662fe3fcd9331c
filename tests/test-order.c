/*
 * Taking out and putting in, in one pass or in two: the order that comes of
 * it is that of sorting everything anew.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "view/flow_order.h"

enum { CONNECTIONS = 500, ROUNDS = 300 };

static uint64_t key_of[CONNECTIONS];

static int
by_key(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (key_of[x] != key_of[y])
		return key_of[x] < key_of[y] ? -1 : 1;
	return (x > y) - (x < y);
}

static bool
is_lower(const void *context, uint32_t a, uint32_t b)
{
	(void)context;
	return a < b;
}

static uint32_t
random_below(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)((*state >> 33) * below >> 31);
}

static void
play(bool at_once, uint64_t seed)
{
	struct flow_order o = { 0 };
	bool listed[CONNECTIONS] = { false };

	flow_order_reserve(&o, CONNECTIONS);
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t out[CONNECTIONS / 64 + 1] = { 0 }, keys[CONNECTIONS];
		uint32_t in[CONNECTIONS], n = 0, left = 0, expected[CONNECTIONS];
		/* none, a few or nearly all; keys that many share, or few */
		uint32_t odds = random_below(&seed, 3) * random_below(&seed, 40) + 1, keys_below = 1 + random_below(&seed, 90);

		for (uint32_t id = 0; id < CONNECTIONS; id++) {
			if (random_below(&seed, odds) != 0)
				continue;
			if (listed[id])
				out[id / 64] |= UINT64_C(1) << id % 64;
			listed[id] = random_below(&seed, 4) != 0;
			key_of[id] = random_below(&seed, keys_below);
			if (listed[id])
				in[n++] = id;
		}
		qsort(in, n, sizeof in[0], by_key);
		for (uint32_t i = 0; i < n; i++)
			keys[i] = key_of[in[i]];
		if (at_once) {
			flow_order_exchange(&o, out, keys, in, n);
		} else {
			flow_order_drop(&o, out);
			flow_order_merge(&o, keys, in, n, false, is_lower, NULL);
		}
		for (uint32_t id = 0; id < CONNECTIONS; id++)
			if (listed[id])
				expected[left++] = id;
		qsort(expected, left, sizeof expected[0], by_key);
		cr_assert_eq(o.count, left, "round %u: %u, not %u", round, o.count, left);
		for (uint32_t i = 0; i < left; i++) {
			cr_assert_eq(o.ids[i], expected[i], "round %u, row %u", round, i);
			cr_assert_eq(o.keys[i], key_of[expected[i]]);
		}
	}
	flow_order_fini(&o);
}

Test(order, one_after_the_other)
{
	play(false, 1);
}

Test(order, both_at_once)
{
	play(true, 2);
}

Test(order, growing_keeps_what_is_there)
{
	struct flow_order o = { 0 };
	const uint64_t keys[] = { 1, 2, 3 };
	const uint32_t ids[] = { 7, 5, 6 };

	flow_order_reserve(&o, 3);
	flow_order_merge(&o, keys, ids, 3, false, is_lower, NULL);
	flow_order_reserve(&o, 1000000);
	cr_assert_eq(o.count, 3);
	cr_assert_eq(memcmp(o.ids, ids, sizeof ids), 0);
	cr_assert_eq(flow_order_place(&o, 2, 5, is_lower, NULL), 1);
	flow_order_fini(&o);
}

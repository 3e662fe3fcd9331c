/*
 * Memory by blocks: zeroed, unmoved, and each page told once, before it is
 * needed.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/blocks.h"

enum { PAGE = MEMORY_LARGE_PAGE, PAGES = 3 };

Test(blocks, are_zeroed_and_stay_where_they_are)
{
	struct blocks b;
	char *first;

	blocks_init(&b, PAGES * PAGE);
	blocks_add(&b);
	first = b.block[0];
	cr_assert_eq(first[0], 0);
	cr_assert_eq(first[PAGES * PAGE - 1], 0);
	first[7] = 'x';
	for (int i = 0; i < 100; i++)
		blocks_add(&b);
	cr_assert_eq(b.count, 101);
	cr_assert_eq((char *)b.block[0], first);
	cr_assert_eq(first[7], 'x');
	blocks_fini(&b);
}

Test(blocks, a_page_is_told_once_and_before_it_is_needed)
{
	struct blocks b;
	uint32_t told = 0;

	blocks_init(&b, PAGES * PAGE);
	blocks_add(&b);
	for (uint64_t used = 0; used < 7 * PAGE; used += 4096) {
		struct memory_pages pages = blocks_ahead(&b, used);

		if (pages.at == NULL)
			continue;
		told++;
		cr_assert_eq(pages.size, PAGE);
		cr_assert_leq(used, (uint64_t)told * PAGE, "page %u is told before use comes to it", told);
		cr_assert_eq((char *)pages.at, (char *)b.block[told / PAGES] + (size_t)(told % PAGES) * PAGE);
		memory_touch(pages);
		cr_assert_eq(*(char *)pages.at, 0);
	}
	cr_assert_eq(told, 7, "all but the first, and the one to come");
	cr_assert_eq(b.count, 3);
	blocks_fini(&b);
}

Test(blocks, touching_leaves_what_is_there)
{
	struct blocks b;
	char *block;

	blocks_init(&b, PAGE);
	blocks_add(&b);
	block = b.block[0];
	memcpy(block, "kept", 5);
	memory_touch((struct memory_pages){ block, PAGE });
	cr_assert_str_eq(block, "kept");
	memory_touch((struct memory_pages){ 0 });
	blocks_fini(&b);
}

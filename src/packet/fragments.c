/*
 * Reassembly of IP fragments.
 */
#include "base/memory.h"
#include "packet/decode.h"

#include <stdlib.h>

struct fragments {
	int count;
};

struct fragments *
fragments_new(void)
{
	return memory_new(sizeof(struct fragments));
}

void
fragments_free(struct fragments *f)
{
	free(f);
}

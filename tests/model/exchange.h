/*
 * One exchange: two endpoints, two applications with their whims, a path
 * with its weather, and the judge at its tap; all of it follows from a seed.
 */
#ifndef MODEL_EXCHANGE_H
#define MODEL_EXCHANGE_H

#include <stdint.h>

#include "judge.h"

/* Runs the exchange of a seed. The judge says whether all went well. */
void exchange_run(uint64_t seed, struct judge *judge);

#endif

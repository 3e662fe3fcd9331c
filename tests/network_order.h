/*
 * Numbers as they stand in headers, written without the code that is tested.
 */
#ifndef TCPLADDER_TESTS_NETWORK_ORDER_H
#define TCPLADDER_TESTS_NETWORK_ORDER_H

#include <stdint.h>

static inline void
put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void
put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

#endif

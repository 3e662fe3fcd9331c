/*
 * Which addresses no route on the Internet leads to: IANA's registries of
 * special-purpose addresses (RFC 6890).  Zeek calls these local.
 */
#ifndef TCPLADDER_VIEW_SPECIAL_NETS_H
#define TCPLADDER_VIEW_SPECIAL_NETS_H

#include <stdbool.h>
#include <stdint.h>

/* An address as struct flow has it, of family SEGMENT_IPV4 or SEGMENT_IPV6. */
bool special_nets_have(const uint8_t *address, uint8_t family);

#endif

/*
 * What ICMP and ICMPv6 errors that quote a segment are called, and how hard
 * they are (RFC 792, 1122, 4443).  family: 4 or 6; type_code: type << 8 | code.
 */
#ifndef TCPLADDER_TCP_ICMP_TEXT_H
#define TCPLADDER_TCP_ICMP_TEXT_H

#include <stdbool.h>
#include <stdint.h>

bool icmp_is_hard(uint8_t family, uint16_t type_code);
bool icmp_is_too_big(uint8_t family, uint16_t type_code);
const char *icmp_text(uint8_t family, uint16_t type_code);	/* "port unreachable" */

#endif

/*
 * Telling the fields of headers to somebody who looks at a packet.  The
 * layers call this only where walk.visitor isn't NULL; nothing here changes
 * the walk.
 */
#ifndef TCPLADDER_PACKET_FIELDS_H
#define TCPLADDER_PACKET_FIELDS_H

#include "packet/walk.h"

void fields_tcp(const struct walk *w, uint32_t header_size);
void fields_tcp_quote(const struct walk *w);

#endif

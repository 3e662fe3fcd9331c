/*
 * Connections that were there before the capture began: the kernel of this
 * host has them, and they are listed at once, so that the list is complete.
 */
#ifndef TCPLADDER_VIEW_EXISTING_H
#define TCPLADDER_VIEW_EXISTING_H

#include "capture/session.h"
#include "host/socket.h"

/* Lists those that the capture would see and hasn't yet. Returns how many. */
uint32_t existing_list(struct session *session, const struct host_snapshot *host);

#endif

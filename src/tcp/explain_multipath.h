/*
 * What the Multipath TCP options of a segment say (RFC 8684 section 3): the
 * steps of MP_CAPABLE's and MP_JOIN's handshakes by name, and the signals
 * after them.  They aren't in a decoded segment, so the header is passed in.
 */
#ifndef TCPLADDER_TCP_EXPLAIN_MULTIPATH_H
#define TCPLADDER_TCP_EXPLAIN_MULTIPATH_H

#include <stddef.h>
#include <stdint.h>

#include "tcp/frame.h"

enum multipath_subtype {
	MULTIPATH_CAPABLE, MULTIPATH_JOIN, MULTIPATH_DSS, MULTIPATH_ADD_ADDRESS,
	MULTIPATH_REMOVE_ADDRESS, MULTIPATH_PRIORITY, MULTIPATH_FAIL, MULTIPATH_FAST_CLOSE,
	MULTIPATH_RESET, MULTIPATH_NONE = -1
};

/* The first such option of a TCP header of `size` bytes, or MULTIPATH_NONE. */
int multipath_first(const uint8_t *header, size_t size);

/*
 * asked: the option of the SYN that this frame, a SYN-ACK, answers; else MULTIPATH_NONE.  "" when
 * there is nothing to say.
 */
void explain_multipath(const struct frame *frame, const uint8_t *header, size_t header_size,
    int asked, char *text, size_t size);

#endif

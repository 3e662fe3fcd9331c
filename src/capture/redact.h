/*
 * What identifies somebody, taken out of a capture as it is read, so that
 * nothing behind it (lists, ladders, exports) can let it through: addresses
 * and, when wanted, ports are replaced, and what is left of a frame's bytes
 * is an IP packet written anew from its segment: without payload, link
 * layer, tunnels and options that carry more than TCP needs.
 *
 * Replacement keeps prefixes (two addresses that share their first n bits
 * still do) and depends on the key alone.  The first three bits stay, and
 * 0/8, 10/8, 127/8, fc00::/7, fe00::/8 remain what they are, so that a
 * host's address remains a host's; prefixes shorter than 8 bits may break.
 * Ports up to 1023 stay; others
 * change within their class, registered or not, since that tells which end
 * serves.
 */
#ifndef TCPLADDER_CAPTURE_REDACT_H
#define TCPLADDER_CAPTURE_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "packet/decode.h"
#include "packet/segment.h"
#include "tcp/flow.h"
#include "tcp/frame.h"

struct redact_options {
	bool on;
	bool ports;		/* those above 1023, too */
	const char *key_file;	/* its bytes are the key; NULL: a random one */
};

struct redact;

/* NULL: the key can't be had, *error says why. */
struct redact *redact_new(const struct redact_options *options, struct error *error);
/* For another thread: the same replacements. */
struct redact *redact_copy(const struct redact *r);
void redact_free(struct redact *r);

/* Replaces both ends' addresses and ports. */
void redact_segment(struct redact *r, struct segment *segment);
void redact_address(struct redact *r, uint8_t address[16], uint8_t family);

/*
 * Writes the frame anew: raw->bytes, as captured, stand in `buffer` (262144
 * bytes), where afterwards a packet without link layer stands.  Its length on
 * the wire tells of the payload that was there.  Checksums are right, as of a
 * payload of zeros.  false: it has no segment of its own; for the last one of
 * some fragments there is redact_record().
 */
bool redact_frame(struct redact *r, struct raw_frame *raw, uint8_t *buffer);

/* The same from what is kept of a frame; flow is redacted already. */
void redact_record(const struct frame *frame, const struct flow *flow, struct raw_frame *raw,
    uint8_t *buffer);

/* For redact_frame.c and redact_record(): a header as on the wire with as much of it as there is. */
struct redact_tcp {
	uint8_t bytes[60];
	size_t have, size;
};
void redact_write(const struct segment *segment, const struct redact_tcp *tcp, struct raw_frame *raw,
    uint8_t *buffer);

#endif

/*
 * One frame for people who look at a packet: the decoded tree, and a hex and
 * ASCII dump, as lines; a line of the tree knows the bytes that it tells of,
 * so that they can be shown in the dump.  Takes the frame's bytes once.
 */
#ifndef TCPLADDER_VIEW_PACKET_TEXT_H
#define TCPLADDER_VIEW_PACKET_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/session.h"
#include "view/line.h"

struct packet_text;

/* Never NULL: where the bytes are gone there is one line that says so. */
struct packet_text *packet_text_new(struct session *session, const struct flow *flow,
    const struct frame *frame);
/* The same for a frame without a record, such as a trouble. */
struct packet_text *packet_text_new_at(struct session *session, uint64_t locator, uint32_t number);
void packet_text_free(struct packet_text *p);

/* ---- the tree */

size_t packet_text_count(const struct packet_text *p);
void packet_text_render(const struct packet_text *p, size_t row, unsigned width, bool ascii,
    struct line *line);

/*
 * Level 0: a header, 1: a field, 2: a part of it. *offset is -1 where no bytes of this frame
 * stand for it.
 */
int packet_text_level(const struct packet_text *p, size_t row);
void packet_text_bytes_of(const struct packet_text *p, size_t row, int *offset, int *size);

/* The deepest row that tells of that byte, or the last one. */
size_t packet_text_row_of(const struct packet_text *p, int offset);

/* ---- the dump: 16 bytes a row, 8 when the width is below 76 */

size_t packet_text_dump_count(const struct packet_text *p, unsigned width);
/* The bytes from mark_offset on (mark_size of them) are drawn STYLE_MARKED; -1: none. */
void packet_text_dump(const struct packet_text *p, size_t row, unsigned width, int mark_offset,
    int mark_size, struct line *line);
size_t packet_text_dump_row_of(unsigned width, int offset);

#endif

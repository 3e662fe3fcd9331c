/*
 * The host's listeners, what the kernel counted of them, and how it is set,
 * as rows of text; of each row what it means, in sentences.  Knows a picture
 * of the host (host/socket.h), no packets and no screen.
 */
#ifndef TCPLADDER_VIEW_LISTENERS_H
#define TCPLADDER_VIEW_LISTENERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/socket.h"
#include "view/line.h"

struct listeners;
struct listeners *listeners_new(void);
void listeners_free(struct listeners *l);

/* Makes the rows anew; borrows the picture until the next call. */
void listeners_update(struct listeners *l, const struct host_snapshot *s, bool services, bool ascii);

uint32_t listeners_count(const struct listeners *l);
void listeners_render(const struct listeners *l, uint32_t row, unsigned width, struct line *line);

enum { LISTENERS_TEXT_MAX = 1024 };
void listeners_explain(const struct listeners *l, uint32_t row, char *out, size_t size);

/* Whether a cursor stops on that row: blank ones and mere titles have nothing to say. The first and the last do. */
bool listeners_stops(const struct listeners *l, uint32_t row);

/* The listener of a row, or NULL: it is about something else. */
const struct host_socket *listeners_socket(const struct listeners *l, uint32_t row);

/* The row of the listener with that cookie; `otherwise` when there is none. */
uint32_t listeners_row_of(const struct listeners *l, uint64_t cookie, uint32_t otherwise);

/* Whether no more connections fit: Linux takes one more than the limit. */
bool listeners_is_full(const struct host_socket *listener);

#endif

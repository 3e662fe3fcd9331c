/*
 * What the rooms of format.h share: how much of a text there was room for.
 * For format*.c only.
 */
#ifndef TCPLADDER_VIEW_FORMAT_INTERNAL_H
#define TCPLADDER_VIEW_FORMAT_INTERNAL_H

#include <stddef.h>

/* Of what snprintf() returned: what was really written, without the NUL. */
size_t format_written(int n, size_t size);

/* Copies, as much as there is room for; what that was. */
size_t format_put(char *out, size_t size, const char *text);

#endif

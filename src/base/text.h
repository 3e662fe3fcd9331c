/*
 * Text from packets, file names and process names, made safe for terminals
 * and files: what isn't printable is written as an escape.
 */
#ifndef TCPLADDER_BASE_TEXT_H
#define TCPLADDER_BASE_TEXT_H

#include <stddef.h>

/*
 * Writes `text` (of `length` bytes, any bytes) into out as safe UTF-8:
 * valid UTF-8 stays, but control characters (C0, DEL, C1), bidirectional
 * controls, zero-width characters, line separators and the byte-order mark
 * are escaped as \n, \t, \xHH or \u{HHHH}, a backslash is doubled, and a
 * byte that isn't valid UTF-8 becomes \xHH.  Always terminates out, never
 * cuts inside an escape or a character.  Returns the bytes written without
 * the NUL.
 */
size_t text_safe(char *out, size_t size, const char *text, size_t length);

/* The same for a C string. */
const char *text_safe_string(char *out, size_t size, const char *text);

/* The same, but pure ASCII: all other bytes become \xHH. */
size_t text_ascii(char *out, size_t size, const char *text, size_t length);

#endif

/*
 * Values as text: times, sizes, counts, addresses, states, flags.  Every
 * function writes into out (always terminated, never more than size bytes)
 * and returns the bytes written without the NUL.  The same in every locale,
 * but for words and the clock time, which is local as tcpdump's is.
 */
#ifndef TCPLADDER_VIEW_FORMAT_H
#define TCPLADDER_VIEW_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcp/flow.h"
#include "tcp/frame.h"

enum { FORMAT_NUMBER_MAX = 32, FORMAT_TIME_MAX = 48, FORMAT_ADDRESS_MAX = 48,
    FORMAT_ENDPOINT_MAX = 96, FORMAT_FLAGS_MAX = 16, FORMAT_WINDOW_MAX = 48, FORMAT_STATE_MAX = 40,
    FORMAT_NOTES_MAX = 320 };

/* ---- times; nanoseconds */

size_t format_seconds(char *out, size_t size, uint64_t ns);	/* "1312345674.336031000" */
/* "-0.000026", 0 to 9 digits */
size_t format_signed_seconds(char *out, size_t size, int64_t ns, unsigned digits);
size_t format_clock(char *out, size_t size, uint64_t ns);	/* "15:14:34.336031", local time */
/* "2011-08-03 15:14:34.336031", local time */
size_t format_date(char *out, size_t size, uint64_t ns);
/* "+26 µs", "-1.2 ms": at most 8 columns; ASCII: see below */
size_t format_delta(char *out, size_t size, int64_t ns);
/* "26 µs", "128 µs", "14 ms", "7.1 s", "978.4 s", "2 h 5 min" */
size_t format_duration(char *out, size_t size, uint64_t ns);
/* at most 5 columns: "128µs", "0.2s", "12s", "16m", "3h" */
size_t format_short_duration(char *out, size_t size, uint64_t ns);

/*
 * Replaces what is not ASCII in text of our own by something that is: "µ" u, "→" ->, "…" ...,
 * "−" -, "–" -. In place. The letters of a language that has its own stay: there is nothing else for them.
 */
void format_make_ascii(char *text);

/* ---- numbers */

size_t format_count(char *out, size_t size, uint64_t n);	/* "12,841" */
/* at most 5 columns: "512", "2.1K", "77K", "1.5M" */
size_t format_bytes(char *out, size_t size, uint64_t n);
/* "0.7 %", "–" when whole is 0 */
size_t format_percent(char *out, size_t size, uint64_t part, uint64_t whole);

/* ---- addresses: 16 bytes as in struct flow */

/*
 * IPv4 dotted; IPv6 as RFC 5952 says (lower case, longest run of zeros shortened,
 * ::ffff:1.2.3.4).
 */
size_t format_address(char *out, size_t size, const uint8_t address[16], uint8_t family);

/*
 * "10.8.34.27:11211", "[2001:db8::1]:443"; with services " memcache" after it where there is
 * one.
 */
size_t format_endpoint(char *out, size_t size, const uint8_t address[16], uint8_t family,
    uint16_t port, bool services);
size_t format_flow_endpoint(char *out, size_t size, const struct flow *flow, enum side side,
    bool services);

/*
 * Cuts to at most `columns` columns by leaving out the middle: "2001:db8:…:99a4". more: "…"
 * or "..". In place.
 */
void format_shorten(char *text, unsigned columns, const char *more);

/*
 * The same for an endpoint: the service goes first, then the middle of the address; the port
 * stays whole.
 */
size_t format_endpoint_in(char *out, size_t size, const struct flow *flow, enum side side,
    bool services, unsigned columns, const char *more);

/* ---- TCP */

/* "S.", "FP.", "SEW", "none": INTERFACE */
size_t format_flags(char *out, size_t size, uint16_t flags);
/* "SYN ACK", "FIN PSH ACK" */
size_t format_flag_words(char *out, size_t size, uint16_t flags);
size_t format_state(char *out, size_t size, shown_state state);	/* "ESTABLISHED?" */
size_t format_short_state(char *out, size_t size, shown_state state);	/* "ESTAB?" */

/*
 * Both ends: one word where they agree ("ESTAB", "closed"), else "FIN-WAIT-2/CLOSE-WAIT";
 * short names when columns are few.
 */
size_t format_states(char *out, size_t size, shown_state client, shown_state server,
    unsigned columns);

/* A frame's window in bytes: "64256"; "502 (unscaled)" where nobody saw what it is to be multiplied by. */
size_t format_window(char *out, size_t size, const struct flow *flow, const struct frame *frame);

/* "retransmission,zero_window" or "-". */
size_t format_notes(char *out, size_t size, uint32_t notes);

/* ---- paragraphs */

/*
 * The next line of a paragraph broken at blanks, or between Chinese
 * characters, to at most `columns` columns: sets *length to its bytes and returns where the next line begins,
 * or NULL after the last one.
 *
 *	for (const char *next, *at = text; at != NULL; at = next) {
 *		next = format_wrap(at, columns, &length);
 *		draw(at, length);
 *	}
 */
const char *format_wrap(const char *text, unsigned columns, size_t *length);

#endif

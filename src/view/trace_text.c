/*
 * Segments as tcpdump writes them.  Knows the format of its lines and the
 * TCP options that have a name there (RFC 9293, 7323, 2018, 2385, 5925,
 * 5482, 7413, 6994, 8684); all lengths are checked again here.
 */
#include "view/trace_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "packet/segment.h"
#include "tcp/icmp_text.h"
#include "tcp/service.h"
#include "view/format.h"

static uint32_t
number(const uint8_t *p, size_t bytes)
{
	uint32_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | *p++;
	return n;
}

struct text {
	char *at;
	size_t size, used;
};

static void put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
put(struct text *t, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(t->at + t->used, t->size - t->used, format, arguments);
	va_end(arguments);
	if (n > 0)
		t->used += (size_t)n < t->size - t->used ? (size_t)n : t->size - t->used - 1;
}

static void
put_word(struct text *t, const char *word)
{
	while (*word != '\0' && t->used + 1 < t->size)
		t->at[t->used++] = *word++;
	t->at[t->used] = '\0';
}

static void
put_number(struct text *t, uint32_t n)
{
	char digits[11];
	size_t at = sizeof digits;

	digits[--at] = '\0';
	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	put_word(t, digits + at);
}

static void
put_hex(struct text *t, const uint8_t *p, size_t length)
{
	put(t, "0x");
	for (size_t i = 0; i < length; i++)
		put(t, "%02x", p[i]);
}

enum {
	OPTION_END, OPTION_NOP, OPTION_MSS, OPTION_SCALE, OPTION_SACK_PERMITTED, OPTION_SACK,
	    OPTION_ECHO,
	OPTION_ECHO_REPLY, OPTION_TIMESTAMP, OPTION_CC = 11, OPTION_CC_NEW, OPTION_CC_ECHO,
	    OPTION_MD5 = 19,
	OPTION_SCPS = 20, OPTION_USER_TIMEOUT = 28, OPTION_AO = 29, OPTION_MULTIPATH = 30,
	    OPTION_FAST_OPEN = 34,
	OPTION_EXPERIMENT_1 = 253, OPTION_EXPERIMENT_2 = 254
};

/* Names, and the one size that an option can have (0: any). */
static const struct {
	uint8_t kind, size;
	const char *name;
} names[] = {
	{ OPTION_MSS, 4, "mss" }, { OPTION_SCALE, 3, "wscale" },
	{ OPTION_SACK_PERMITTED, 2, "sackOK" }, { OPTION_SACK, 0, "sack" },
	{ OPTION_ECHO, 6, "echo" }, { OPTION_ECHO_REPLY, 6, "echoreply" },
	{ OPTION_TIMESTAMP, 10, "TS" }, { OPTION_CC, 6, "cc" }, { OPTION_CC_NEW, 6, "ccnew" },
	{ OPTION_CC_ECHO, 6, "ccecho" }, { OPTION_MD5, 18, "md5" }, { OPTION_SCPS, 4, "scps" },
	{ OPTION_USER_TIMEOUT, 4, "uto" }, { OPTION_AO, 0, "tcp-ao" },
	{ OPTION_MULTIPATH, 0, "mptcp" }, { OPTION_FAST_OPEN, 0, "tfo" },
	{ OPTION_EXPERIMENT_1, 0, "exp" }, { OPTION_EXPERIMENT_2, 0, "exp" },
};

static void
put_sack(struct text *t, const uint8_t *p, size_t size, uint32_t base)
{
	put(t, "sack %zu ", (size - 2) / 8);
	for (size_t at = 2; at + 8 <= size; at += 8)
		put(t, "{%" PRIu32 ":%" PRIu32 "}", number(p + at, 4) - base,
		    number(p + at + 4, 4) - base);
}

static void
put_cookie(struct text *t, const char *name, const uint8_t *p, size_t length)
{
	if (length == 0) {
		put(t, "%s cookiereq", name);
		return;
	}
	put(t, "%s cookie ", name);
	for (size_t i = 0; i < length; i++)
		put(t, "%02x", p[i]);
}

static void
put_multipath(struct text *t, const uint8_t *p, size_t size)
{
	static const char *const kinds[16] = {
		"capable", "join", "dss", "add-addr", "rem-addr", "prio", "fail", "fast-close",
		"tcprst",
	};
	const char *kind = size >= 3 ? kinds[p[2] >> 4] : NULL;

	put(t, "mptcp %zu %s", size, kind != NULL ? kind : "unknown");
}

static void
put_user_timeout(struct text *t, const uint8_t *p)
{
	uint32_t value = number(p + 2, 2);

	put(t, "uto 0x%x", value);
}

/* One option of `size` bytes, all of which are there. */
static void
put_option(struct text *t, const uint8_t *p, size_t size, uint32_t base)
{
	size_t i = 0;

	while (i < sizeof names / sizeof names[0] && names[i].kind != p[0])
		i++;
	if (i == sizeof names / sizeof names[0]) {
		put(t, "unknown-%u", p[0]);
		if (size > 2) {
			put(t, " ");
			put_hex(t, p + 2, size - 2);
		}
		return;
	}
	if (names[i].size != 0 && names[i].size != size) {
		put(t, "%s [bad opt]", names[i].name);
		return;
	}
	switch (p[0]) {
	case OPTION_SACK_PERMITTED:
	case OPTION_MD5:
		put(t, "%s", names[i].name);
		break;
	case OPTION_TIMESTAMP:
		put_word(t, "TS val ");
		put_number(t, number(p + 2, 4));
		put_word(t, " ecr ");
		put_number(t, number(p + 6, 4));
		break;
	case OPTION_SACK:
		put_sack(t, p, size, base);
		break;
	case OPTION_USER_TIMEOUT:
		put_user_timeout(t, p);
		break;
	case OPTION_AO:
		if (size < 4)
			put(t, "tcp-ao (invalid)");
		else {
			put(t, "tcp-ao keyid %u rnextkeyid %u mac ", p[2], p[3]);
			put_hex(t, p + 4, size - 4);
		}
		break;
	case OPTION_MULTIPATH:
		put_multipath(t, p, size);
		break;
	case OPTION_FAST_OPEN:
		put_cookie(t, "tfo ", p + 2, size - 2);
		break;
	case OPTION_EXPERIMENT_1:
	case OPTION_EXPERIMENT_2:
		if (size >= 4 && number(p + 2, 2) == 0xf989)
			put_cookie(t, "exp-tfo", p + 4, size - 4);
		else if (size >= 4)
			put(t, "exp-%04x", number(p + 2, 2));
		else
			put(t, "exp (invalid)");
		break;
	default:
		put_word(t, names[i].name);
		put_word(t, " ");
		put_number(t, number(p + 2, size - 2));
		break;
	}
}

size_t
trace_text_options(char *text, size_t size, const uint8_t *options, size_t length, uint32_t base)
{
	struct text t = { text, size, 0 };
	size_t at = 0;

	text[0] = '\0';
	while (at < length) {
		size_t n = 1;

		if (at > 0)
			put_word(&t, ",");
		if (options[at] == OPTION_END) {
			put_word(&t, "eol");
			break;
		}
		if (options[at] == OPTION_NOP)
			put_word(&t, "nop");
		else {
			n = at + 1 < length ? options[at + 1] : 0;
			if (n < 2 || n > length - at) {
				put_word(&t, "[bad opt]");
				break;
			}
			put_option(&t, options + at, n, base);
		}
		at += n;
	}
	return t.used;
}

static void
write_endpoint(struct output *out, const uint8_t *address, uint8_t family, uint16_t port,
    bool services)
{
	const char *name = services ? service_name(port) : NULL;
	char text[FORMAT_ADDRESS_MAX];

	if (address == NULL) {
		output_char(out, '?');
		return;
	}
	format_address(text, sizeof text, address, family);
	output_text(out, text);
	output_char(out, '.');
	if (name != NULL)
		output_text(out, name);
	else
		output_number(out, port);
}

static void
write_numbers(struct output *out, const struct frame_cells *c)
{
	const struct frame *f = c->frame;

	if (f->length > 0 || f->flags & (TCP_SYN | TCP_FIN | TCP_RST)) {
		output_text(out, ", seq ");
		output_number(out, c->trace_seq);
		if (f->length > 0) {
			output_char(out, ':');
			output_number(out, (uint32_t)(c->trace_seq + f->length));
		}
	}
	if (f->flags & TCP_ACK) {
		output_text(out, ", ack ");
		output_number(out, c->trace_ack);
	}
	output_text(out, ", win ");
	output_number(out, f->window);
	if (f->flags & TCP_URG && c->options != NULL) {
		output_text(out, ", urg ");
		/* the header's last field */
		output_number(out, number(c->options - 2, 2));
	}
}

/* "15:14:34.336031" */
static void
write_clock(struct output *out, struct trace_clock *clock, uint64_t time)
{
	uint64_t second = time / 1000000000;
	uint32_t micros = (uint32_t)(time % 1000000000 / 1000);
	char text[FORMAT_TIME_MAX], digits[6];

	if (clock->second != second || clock->text[0] == '\0') {
		format_clock(text, sizeof text, second * 1000000000);
		text[strcspn(text, ".") + 1] = '\0';
		snprintf(clock->text, sizeof clock->text, "%.15s", text);
		clock->second = second;
	}
	output_text(out, clock->text);
	for (size_t i = sizeof digits; i-- > 0; micros /= 10)
		digits[i] = (char)('0' + micros % 10);
	output_bytes(out, digits, sizeof digits);
}

void
trace_text_write(struct output *out, struct trace_clock *clock, const struct frame_cells *c,
    bool services)
{
	const struct frame *f = c->frame;
	char text[512];

	write_clock(out, clock, f->time);
	output_text(out, c->family == SEGMENT_IPV6 ? " IP6 " : " IP ");
	write_endpoint(out, c->source, c->family, c->source_port, services);
	output_text(out, " > ");
	write_endpoint(out, c->target, c->family, c->target_port, services);
	if (c->icmp) {
		output_text(out, f->duplicate_ack == 6 ? ": quoted by ICMP6 "
		    : ": quoted by ICMP ");
		output_text(out, icmp_text(f->duplicate_ack, f->window));
		if (frame_icmp_mtu(f) > 0) {
			output_text(out, " (mtu ");
			output_number(out, frame_icmp_mtu(f));
			output_char(out, ')');
		}
		output_text(out, ", seq ");
		output_number(out, c->seq);
		return;
	}
	format_flags(text, sizeof text, f->flags);
	output_text(out, ": Flags [");
	output_text(out, text);
	output_char(out, ']');
	write_numbers(out, c);
	if (c->options != NULL && c->options_size > 0) {
		trace_text_options(text, sizeof text, c->options, c->options_size, c->trace_base);
		output_text(out, ", options [");
		output_text(out, text);
		output_char(out, ']');
	}
	output_text(out, ", length ");
	output_number(out, f->length);
}

/*
 * The fields of a TCP header and its options in plain words (RFC 9293,
 * section 3.1).  Only what the bytes of this one segment say: what it does
 * in its connection is told by upper floors.
 */
#include "base/language.h"
#include "packet/fields.h"

#include <stdio.h>
#include <string.h>

enum { TCP_SIZE = 20, NAMES_MAX = 160 };

static const struct {
	uint16_t bit;
	const char *name, *meaning;
} flags[] = {
	{ TCP_AE, "AE", N_("Accurate ECN: part of a counter of congestion marks (RFC 9768)") },
	{ TCP_CWR, "CWR", N_("the sender has slowed down because of congestion") },
	{ TCP_ECE, "ECE", N_("on a SYN: it can do ECN; else: congestion was seen on the way") },
	{ TCP_URG, "URG", N_("the urgent pointer is valid") },
	{ TCP_ACK, "ACK", N_("the acknowledgment number is valid, as on all but the first SYN") },
	{ TCP_PSH, "PSH", N_("hand this to the application without waiting for more") },
	{ TCP_RST, "RST", N_("the connection is broken off at once") },
	{ TCP_SYN, "SYN", N_("opens the connection: sequence numbers begin here") },
	{ TCP_FIN, "FIN", N_("the sender has no more to send") },
};

static const struct field_name option_names[] = {
	{ 0, "end of options" }, { 1, "no operation" }, { 2, "maximum segment size" },
	{ 3, "window scale" }, { 4, "SACK permitted" }, { 5, "SACK" }, { 6, "echo, obsolete" },
	{ 7, "echo reply, obsolete" }, { 8, "timestamps" }, { 9, "partial order, obsolete" },
	{ 10, "partial order service, obsolete" }, { 11, "CC of T/TCP, obsolete" },
	{ 12, "CC.NEW of T/TCP, obsolete" }, { 13, "CC.ECHO of T/TCP, obsolete" },
	{ 14, "alternate checksum, obsolete" }, { 15, "alternate checksum data, obsolete" },
	{ 18, "trailer checksum" }, { 19, "MD5 signature" }, { 20, "SCPS capabilities" },
	{ 21, "selective negative acknowledgment" }, { 22, "record boundaries" },
	{ 23, "corruption experienced" }, { 27, "quick start" }, { 28, "user timeout" },
	{ 29, "TCP-AO" }, { 30, "multipath TCP" }, { 34, "Fast Open" },
	{ 69, "encryption negotiation" }, { 172, "Accurate ECN, order 0" },
	{ 174, "Accurate ECN, order 1" }, { 253, "experiment" }, { 254, "experiment" }, { 0, NULL }
};

static void
tell_flags(const struct walk *w, const uint8_t *p)
{
	uint32_t set = (uint32_t)(p[12] & 1) << 8 | p[13];
	char names[NAMES_MAX] = "";

	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (set & flags[i].bit) {
			size_t used = strlen(names);

			snprintf(names + used, sizeof names - used, " %s", flags[i].name);
		}
	fields_tell(w, 1, p + 12, 2, "flags", "0x%03x%s", set, set != 0 ? names : _(", none"));
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (set & flags[i].bit)
			fields_tell(w, 2, flags[i].bit == TCP_AE ? p + 12 : p + 13, 1,
			    flags[i].name,
			    "%s", _(flags[i].meaning));
}

static void
tell_numbers(const struct walk *w, const uint8_t *p)
{
	uint32_t seq = bytes_32(p + 4), ack = bytes_32(p + 8);
	bool syn = (p[13] & TCP_SYN) != 0;

	if (syn)
		fields_tell(w, 1, p + 4, 4, "sequence number",
		    _("%u, chosen at random; the SYN counts as one, so data begins with %u"), seq,
		    seq + 1);
	else
		fields_tell(w, 1, p + 4, 4, "sequence number",
		    _("%u, the number of the first byte that is sent here"), seq);
	if (p[13] & TCP_ACK)
		fields_tell(w, 1, p + 8, 4, "acknowledgment number",
		    _("%u: everything before it has arrived, it is expected next"), ack);
	else
		fields_tell(w, 1, p + 8, 4, "acknowledgment number",
		    _("%u, which means nothing without the ACK flag"), ack);
}

static void
tell_mss(const struct walk *w, const uint8_t *p)
{
	uint32_t mss = bytes_16(p + 2), ip = w->family == SEGMENT_IPV4 ? 20 : 40;

	fields_tell(w, 2, p, 4, "maximum segment size",
	    _("%u bytes: the largest payload it wants to be sent; "
	    "an MTU of %u, less %u for IPv%u and 20 for TCP"),
	    mss, mss + ip + 20, ip, w->family);
}

static void
tell_scale(const struct walk *w, const uint8_t *p)
{
	if (p[2] > 14)
		fields_tell(w, 2, p, 3, "window scale",
		    _("%u, more than the 14 that are allowed, so it counts as 14 (RFC 7323)"), p[2]);
	else
		fields_tell(w, 2, p, 3, "window scale",
		    _("%u: after the handshake its windows are to be multiplied by %u, "
		    "if both ends sent this option"),
		    p[2], 1u << p[2]);
}

/* A first block that was acknowledged before, or lies within the second (RFC 2883). */
static bool
is_duplicate(const uint8_t *tcp, const uint8_t *p, uint32_t size)
{
	uint32_t left = bytes_32(p + 2), right = bytes_32(p + 6);

	if ((int32_t)(right - bytes_32(tcp + 8)) <= 0)
		return true;
	return size >= 18 && (int32_t)(left - bytes_32(p + 10)) >= 0 &&
	    (int32_t)(bytes_32(p + 14) - right) >= 0;
}

static void
tell_sack(const struct walk *w, const uint8_t *tcp, const uint8_t *p, uint32_t size)
{
	fields_tell(w, 2, p, size, "SACK", _("%u stretches that have arrived behind a gap"),
	    (size - 2) / 8);
	for (uint32_t at = 2; at + 8 <= size; at += 8) {
		uint32_t left = bytes_32(p + at), right = bytes_32(p + at + 4);
		bool twice = at == 2 && is_duplicate(tcp, p, size);

		fields_tell(w, 2, p + at, 8, "block", _("%u to %u, %u bytes%s"), left, right,
		    right - left,
		    twice ? _(" that have arrived twice (D-SACK)") : "");
	}
}

static void
tell_timestamps(const struct walk *w, const uint8_t *p)
{
	uint32_t echo = bytes_32(p + 6);

	fields_tell(w, 2, p, 10, "timestamps", _("to measure round trips and to know old segments"));
	fields_tell(w, 2, p + 2, 4, "value", _("%u, the sender's clock in its own units"),
	    bytes_32(p + 2));
	fields_tell(w, 2, p + 6, 4, "echo", "%u, %s", echo,
	    echo == 0 ? _("nothing to echo yet") : _("the value of the other end that this answers"));
}

static void
tell_hex(const struct walk *w, const uint8_t *p, uint32_t size, const char *name, const char *text)
{
	char hex[2 * 40 + 1] = "";

	for (uint32_t i = 0; i < size && i < 40; i++)
		snprintf(hex + (size_t)i * 2, 3, "%02x", p[i]);
	fields_tell(w, 2, p, size, name, "%s%s%s", text, size > 0 ? " " : "", hex);
}

static void
tell_multipath(const struct walk *w, const uint8_t *p, uint32_t size)
{
	static const struct field_name subtypes[] = {
		{ 0, N_("MP_CAPABLE: can this connection use several paths?") },
		{ 1, N_("MP_JOIN: this subflow belongs to a connection that exists") },
		{ 2, N_("DSS: where these bytes belong in the whole connection") },
		{ 3, N_("ADD_ADDR: I have another address") },
		{ 4, N_("REMOVE_ADDR: an address is gone") },
		{ 5, N_("MP_PRIO: use this path as a spare, or no longer so") },
		{ 6, N_("MP_FAIL: checksum wrong, fall back to plain TCP") },
		{ 7, N_("MP_FASTCLOSE: the whole connection is broken off") },
		{ 8, N_("MP_TCPRST: why this subflow is reset") }, { 15, N_("private experiment") }, { 0,
		    NULL }
	};
	uint32_t subtype = p[2] >> 4;
	const char *name = fields_find(subtypes, subtype);

	fields_tell(w, 2, p, size, "multipath TCP", _("subtype %u, %s"), subtype,
	    name != NULL ? _(name) : _("unknown"));
}

static void
tell_fast_open(const struct walk *w, const uint8_t *p, uint32_t size, uint32_t before)
{
	if (size == before)
		fields_tell(w, 2, p, size, "Fast Open",
		    _("asks for a cookie, for data on a later SYN"));
	else
		tell_hex(w, p + before, size - before, "Fast Open", _("cookie"));
}

static void
tell_experiment(const struct walk *w, const uint8_t *p, uint32_t size)
{
	uint32_t id = bytes_16(p + 2);

	if (id == 0xf989)
		tell_fast_open(w, p, size, 4);
	else
		fields_tell(w, 2, p, size, "experiment", _("kind %u, identifier 0x%04x"), p[0], id);
}

static void
tell_accurate_ecn(const struct walk *w, const uint8_t *p, uint32_t size)
{
	static const char *const counters[2][3] = {
		{ "ECT(0) bytes", "CE bytes", "ECT(1) bytes" },
		{ "ECT(1) bytes", "CE bytes", "ECT(0) bytes" }
	};

	fields_tell(w, 2, p, size, "Accurate ECN", _("bytes that have arrived, by mark (RFC 9768)"));
	for (uint32_t i = 0; i < 3 && 2 + 3 * i + 3 <= size; i++)
		fields_tell(w, 2, p + 2 + 3 * i, 3, counters[p[0] == 174][i], "%u",
		    bytes_24(p + 2 + 3 * i));
}

/* An option of `size` bytes, all there, at least 2. */
static void
tell_option(const struct walk *w, const uint8_t *tcp, const uint8_t *p, uint32_t size)
{
	const char *name = fields_find(option_names, p[0]);

	if (p[0] == 2 && size == 4)
		tell_mss(w, p);
	else if (p[0] == 3 && size == 3)
		tell_scale(w, p);
	else if (p[0] == 4 && size == 2)
		fields_tell(w, 2, p, size, "SACK permitted",
		    _("it understands which stretches have arrived behind a gap"));
	else if (p[0] == 5 && size >= 10)
		tell_sack(w, tcp, p, size);
	else if (p[0] == 8 && size == 10)
		tell_timestamps(w, p);
	else if (p[0] == 19 && size == 18)
		tell_hex(w, p + 2, 16, "MD5 signature", "(RFC 2385)");
	else if (p[0] == 28 && size == 4)
		fields_tell(w, 2, p, size, "user timeout", "%u %s", bytes_16(p + 2) & 0x7fffu,
		    p[2] & 0x80 ? _("minutes") : _("seconds"));
	else if (p[0] == 29 && size >= 4)
		fields_tell(w, 2, p, size, "TCP-AO",
		    _("authenticated with key %u, next key %u, code of %u bytes"), p[2], p[3],
		    size - 4);
	else if (p[0] == 30 && size >= 3)
		tell_multipath(w, p, size);
	else if (p[0] == 34)
		tell_fast_open(w, p, size, 2);
	else if (p[0] == 172 || p[0] == 174)
		tell_accurate_ecn(w, p, size);
	else if ((p[0] == 253 || p[0] == 254) && size >= 4)
		tell_experiment(w, p, size);
	else if (name != NULL)
		fields_tell(w, 2, p, size, name, _("kind %u, %u bytes"), p[0], size);
	else
		fields_tell(w, 2, p, size, "unknown option", _("kind %u, %u bytes"), p[0], size);
}

static void
tell_options(const struct walk *w, const uint8_t *tcp, uint32_t left)
{
	const uint8_t *p = tcp + TCP_SIZE;

	while (left > 0) {
		if (p[0] == 0) {
			fields_tell(w, 2, p, left, "end of options", _("%u bytes of padding"),
			    left - 1);
			return;
		}
		if (p[0] == 1) {
			fields_tell(w, 2, p, 1, "no operation", _("so that what follows is aligned"));
			p++;
			left--;
			continue;
		}
		if (left < 2 || p[1] < 2 || p[1] > left) {
			fields_tell(w, 2, p, left, "damaged option",
			    _("kind %u, whose length is wrong or cut"),
			    p[0]);
			return;
		}
		tell_option(w, tcp, p, p[1]);
		left -= p[1];
		p += p[1];
	}
}

static void
tell_ports(const struct walk *w, const uint8_t *p)
{
	fields_tell(w, 1, p, 2, "source port", "%u", bytes_16(p));
	fields_tell(w, 1, p + 2, 2, "destination port", "%u", bytes_16(p + 2));
}

static void
tell_window(const struct walk *w, const uint8_t *p)
{
	uint32_t window = bytes_16(p + 14);

	if (p[13] & TCP_RST)
		fields_tell(w, 1, p + 14, 2, "window", _("%u, without meaning on a reset"), window);
	else if (p[13] & TCP_SYN)
		fields_tell(w, 1, p + 14, 2, "window",
		    _("%u bytes that it can take at first; never scaled on a SYN"), window);
	else if (window == 0)
		fields_tell(w, 1, p + 14, 2, "window", _("0: it can take nothing more now"));
	else
		fields_tell(w, 1, p + 14, 2, "window",
		    _("%u that it can take, to be multiplied as agreed in the handshake"), window);
}

void
fields_tcp(const struct walk *w, uint32_t header)
{
	const uint8_t *p = w->left.at;
	uint32_t there = header < w->left.have ? header : w->left.have;
	struct walk rest = *w;

	fields_tell(w, 0, p, there, "TCP", _("a stream of bytes from program to program"));
	tell_ports(w, p);
	tell_numbers(w, p);
	fields_tell(w, 1, p + 12, 1, "header length",
	    _("%u, in units of 4 bytes: %u, of which %u are options"),
	    header / 4, header, header - TCP_SIZE);
	if (p[12] & 0x0e)
		fields_tell(w, 1, p + 12, 1, "reserved", _("%u, though nothing is defined yet"),
		    p[12] >> 1 & 7u);
	tell_flags(w, p);
	tell_window(w, p);
	fields_tell(w, 1, p + 16, 2, "checksum", _("0x%04x, over addresses, header and payload"),
	    bytes_16(p + 16));
	fields_tell(w, 1, p + 18, 2, "urgent pointer", "%u%s", bytes_16(p + 18),
	    p[13] & TCP_URG ? _(", where the urgent data ends") : "");
	if (header > TCP_SIZE) {
		fields_tell(w, 1, p + TCP_SIZE, there - TCP_SIZE, "options", _("%u bytes"),
		    header - TCP_SIZE);
		tell_options(w, p, there - TCP_SIZE);
	}
	bytes_skip(&rest.left, there);
	rest.left.length -= header - there;
	fields_rest(&rest);
}

/* At least ports and sequence number are there. */
void
fields_tcp_quote(const struct walk *w)
{
	const uint8_t *p = w->left.at;
	uint32_t there = w->left.have < TCP_SIZE ? w->left.have : TCP_SIZE;

	fields_tell(w, 0, p, there, "TCP, quoted", _("the segment that the error is about"));
	tell_ports(w, p);
	fields_tell(w, 1, p + 4, 4, "sequence number", "%u", bytes_32(p + 4));
	if (there >= 14) {
		fields_tell(w, 1, p + 8, 4, "acknowledgment number", "%u", bytes_32(p + 8));
		tell_flags(w, p);
	}
}

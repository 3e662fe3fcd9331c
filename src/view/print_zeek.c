/*
 * conn.log in Zeek's own text format.  What Zeek calls orig_bytes follows
 * from sequence numbers, holes included, and missed_bytes are the holes;
 * conn_state is worked out in tcp/conn_state.c.  What can't be known here
 * (the service's protocol, which networks are local, bytes of IP headers) is
 * unset, as the format permits.
 */
#include "view/print_zeek.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "packet/seqnum.h"
#include "view/format.h"

enum { HISTORY_MAX = 64, UID_LETTERS = 17 };

struct side_log {
	uint32_t next;		/* the highest sequence number so far, plus one */
	uint64_t span;		/* payload numbers from the first to the highest */
	uint64_t frames;
	uint32_t fin;		/* its FIN's number */
	bool begun, ended;
	/* of the last SYN, FIN and RST: the same once more isn't told again */
	uint32_t last[3];
	unsigned told;		/* letters that come once, enum once */
	uint32_t resent, zero, gaps;
};

enum once { TOLD_SYN = 1, TOLD_FIN = 2, TOLD_RST = 4, TOLD_DATA = 8, TOLD_ACK = 16,
    TOLD_MANY_FLAGS = 32 };

struct log {
	struct side_log side[SIDES];
	bool missed[SIDES];
	char history[HISTORY_MAX];
	size_t length;
};

static void
tell(struct log *log, enum side side, char letter)
{
	if (log->length + 1 < sizeof log->history)
		log->history[log->length++] = side == CLIENT ? letter
		    : (char)tolower((unsigned char)letter);
}

/* The first, the tenth, the hundredth: so often these letters come. */
static void
tell_counted(struct log *log, enum side side, char letter, uint32_t *count)
{
	uint32_t n = ++*count;

	while (n % 10 == 0)
		n /= 10;
	if (n == 1)
		tell(log, side, letter);
}

static void
tell_once(struct log *log, enum side side, char letter, enum once what)
{
	if (!(log->side[side].told & what))
		tell(log, side, letter);
	log->side[side].told |= what;
}

static void
tell_control(struct log *log, enum side side, char letter, enum once what, uint32_t number)
{
	struct side_log *s = &log->side[side];
	uint32_t *last = &s->last[what == TOLD_SYN ? 0 : what == TOLD_FIN ? 1 : 2];

	if (!(s->told & what) || *last != number)
		tell(log, side, letter);
	s->told |= what;
	*last = number;
}

static void
tell_flags(struct log *log, const struct frame *f)
{
	enum side side = frame_from(f);
	bool syn = f->flags & TCP_SYN, fin = f->flags & TCP_FIN, rst = f->flags & TCP_RST;

	if (syn + fin + rst > 1)
		tell_once(log, side, fin && rst ? 'I' : 'Q', TOLD_MANY_FLAGS);
	else if (syn)
		tell_control(log, side, f->flags & TCP_ACK ? 'H' : 'S', TOLD_SYN, f->seq);
	else if (fin)
		tell_control(log, side, 'F', TOLD_FIN, f->seq + f->length);
	else if (rst)
		tell_control(log, side, 'R', TOLD_RST, f->seq);
	else if (f->length > 0)
		tell_once(log, side, 'D', TOLD_DATA);
	else if (f->flags & TCP_ACK)
		tell_once(log, side, 'A', TOLD_ACK);
}

/* Bytes that were acknowledged are counted, though nobody has seen them. */
static void
add_acknowledged(struct side_log *s, const struct frame *f)
{
	if (!(f->notes & NOTE_ACK_LOST_SEGMENT) || !s->begun || !seqnum_after(f->ack, s->next))
		return;
	s->span += f->ack - s->next;
	s->next = f->ack;
}

static void
add_numbers(struct side_log *s, const struct frame *f)
{
	uint32_t first = f->seq + !!(f->flags & TCP_SYN), next = first + f->length;

	s->frames++;
	if (f->flags & TCP_RST)
		return;
	if (s->ended && next == s->fin + 1)
		next = s->fin;		/* a FIN's number is no byte */
	if (f->flags & TCP_FIN) {
		s->ended = true;
		s->fin = next;
	}
	if (!s->begun || f->flags & TCP_SYN) {
		s->begun = true;
		s->span = f->length;
		s->next = next;
	} else if (seqnum_after(next, s->next)) {
		s->span += next - s->next;
		s->next = next;
	}
}

static void
add_frame(struct log *log, const struct frame *f)
{
	enum side side = frame_from(f);

	tell_flags(log, f);
	if (f->notes & NOTES_RESENT && f->length > 0)
		tell_counted(log, side, 'T', &log->side[side].resent);
	if (f->window == 0 && !(f->flags & TCP_RST))
		tell_counted(log, side, 'W', &log->side[side].zero);
	if (f->notes & NOTE_ACK_LOST_SEGMENT)
		side = side_other(side);
	else if (!(f->notes & NOTE_LOST_SEGMENT))
		return;
	if (log->missed[side])
		tell_counted(log, side, 'G', &log->side[side].gaps);
}

/* Payload bytes that were captured, each number once. */
static uint64_t
stream_of(struct flow_row *row, enum side side)
{
	const struct column *c = column_find(side == CLIENT ? "client_stream" : "server_stream");
	char text[COLUMN_VALUE_MAX];

	c->value(c, row, text, sizeof text);
	return strtoull(text, NULL, 10);
}

/* Returns the holes' bytes. */
static uint64_t
read_flow(struct log *log, struct flow_row *row)
{
	const struct frame_store *frames = narrator_frames(row->narrator);
	uint64_t missed = 0;

	for (unsigned pass = 0; pass < 2; pass++) {
		for (uint32_t n = 0; n < row->moment.rows; n++) {
			const struct frame *f = frame_store_get(frames,
			    frame_store_nth(frames, row->flow, n));

			if (f->notes & NOTE_ICMP_ERROR)
				continue;
			if (pass == 0) {
				add_numbers(&log->side[frame_from(f)], f);
				add_acknowledged(&log->side[side_other(frame_from(f))], f);
			} else if (!(f->notes & NOTE_DUPLICATE_CAPTURE)) {
				add_frame(log, f);
			}
		}
		for (enum side side = CLIENT; side < SIDES && pass == 0; side++) {
			uint64_t stream = stream_of(row, side), span = log->side[side].span;

			log->missed[side] = span > stream;
			missed += span > stream ? span - stream : 0;
		}
	}
	log->history[log->length] = '\0';
	return missed;
}

/* ---- columns */

struct field {
	const char *name, *type;
};
static const struct field fields[] = {
	{ "ts", "time" }, { "uid", "string" }, { "id.orig_h", "addr" }, { "id.orig_p", "port" },
	{ "id.resp_h", "addr" }, { "id.resp_p", "port" }, { "proto", "enum" },
	{ "service", "string" }, { "duration", "interval" }, { "orig_bytes", "count" },
	{ "resp_bytes", "count" }, { "conn_state", "string" }, { "local_orig", "bool" },
	{ "local_resp", "bool" }, { "missed_bytes", "count" }, { "history", "string" },
	{ "orig_pkts", "count" }, { "orig_ip_bytes", "count" }, { "resp_pkts", "count" },
	{ "resp_ip_bytes", "count" }, { "tunnel_parents", "set[string]" }
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static void
put_stamp(struct output *out, const char *what, uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm broken;
	char text[FORMAT_TIME_MAX];

	gmtime_r(&seconds, &broken);
	strftime(text, sizeof text, "%Y-%m-%d-%H-%M-%S", &broken);
	output_printf(out, "#%s\t%s\n", what, text);
}

void
print_zeek_header(struct output *out, struct session *session)
{
	struct session_status status;

	session_status(session, &status);
	output_text(out, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n"
	    "#unset_field\t-\n#path\tconn\n");
	put_stamp(out, "open", status.first_time);
	output_text(out, "#fields");
	for (size_t i = 0; i < FIELDS; i++)
		output_printf(out, "\t%s", fields[i].name);
	output_text(out, "\n#types");
	for (size_t i = 0; i < FIELDS; i++)
		output_printf(out, "\t%s", fields[i].type);
	output_char(out, '\n');
}

void
print_zeek_end(struct output *out, struct session *session)
{
	struct session_status status;

	session_status(session, &status);
	put_stamp(out, "close", status.last_time);
}

/* Microseconds, as Zeek writes times. */
static void
put_micro(struct output *out, uint64_t ns)
{
	output_printf(out, "%" PRIu64 ".%06" PRIu64 "\t", ns / 1000000000,
	    ns % 1000000000 / 1000);
}

/* The same for the same connection of the same capture, whoever reads it. */
static void
put_uid(struct output *out, const struct flow *flow)
{
	static const char letters[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	uint64_t hash = 0xcbf29ce484222325ULL ^ flow->first_time;
	char uid[UID_LETTERS + 2] = "C";

	for (enum side side = CLIENT; side < SIDES; side++) {
		for (size_t i = 0; i < sizeof flow->address[side]; i++)
			hash = (hash ^ flow->address[side][i]) * 0x100000001b3ULL;
		hash = (hash ^ flow->port[side]) * 0x100000001b3ULL;
	}
	hash ^= flow->id;
	for (size_t i = 1; i <= UID_LETTERS; i++) {
		hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9ULL;
		uid[i] = letters[(hash >> 40) % (sizeof letters - 1)];
	}
	output_printf(out, "%s\t", uid);
}

void
print_zeek_row(struct output *out, struct flow_row *row)
{
	struct log log = { .length = 0 };
	uint64_t missed = read_flow(&log, row);
	const struct flow *flow = row->flow;
	uint64_t last = row->moment.last_time;
	uint64_t duration = last > flow->first_time ? last - flow->first_time : 0;
	char text[FORMAT_ADDRESS_MAX];

	put_micro(out, flow->first_time);
	put_uid(out, flow);
	for (enum side side = CLIENT; side < SIDES; side++) {
		format_address(text, sizeof text, flow->address[side], flow->family);
		output_printf(out, "%s\t%u\t", text, flow->port[side]);
	}
	output_text(out, "tcp\t-\t");
	if (duration > 0) {
		put_micro(out, duration);
		output_printf(out, "%" PRIu64 "\t%" PRIu64 "\t", log.side[CLIENT].span,
		    log.side[SERVER].span);
	} else {
		output_text(out, "-\t-\t-\t");
	}
	output_printf(out, "%s\t-\t-\t%" PRIu64 "\t%s\t",
	    conn_state_names[flow_row_outcome(row)->conn_state], missed,
	    log.length > 0 ? log.history : "-");
	output_printf(out, "%" PRIu64 "\t-\t%" PRIu64 "\t-\t-\n", log.side[CLIENT].frames,
	    log.side[SERVER].frames);
}

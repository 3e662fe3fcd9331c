/*
 * conn.log in Zeek's own text format.  What stands in it is worked out in
 * tcp/conn_log.c by Zeek's rules; here are the columns.  What can't be known
 * without reading what was said (the service's protocol) or lies outside (the
 * tunnels' own connections) is unset, as the format permits.
 */
#include "view/print_zeek.h"

#include <inttypes.h>
#include <time.h>

#include "tcp/conn_log.h"
#include "view/format.h"
#include "view/special_nets.h"

enum { UID_LETTERS = 17 };

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

/* The same for the same line of the same capture, whoever reads it. */
static void
put_uid(struct output *out, const struct flow *flow, uint64_t first_time)
{
	static const char letters[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	uint64_t hash = 0xcbf29ce484222325ULL ^ first_time;
	char uid[UID_LETTERS + 2] = "C";

	for (enum side side = CLIENT; side < SIDES; side++) {
		for (size_t i = 0; i < sizeof flow->address[side]; i++)
			hash = (hash ^ flow->address[side][i]) * 0x100000001b3ULL;
		hash = (hash ^ flow->port[side]) * 0x100000001b3ULL;
	}
	hash ^= flow->number;
	for (size_t i = 1; i <= UID_LETTERS; i++) {
		hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9ULL;
		uid[i] = letters[(hash >> 40) % (sizeof letters - 1)];
	}
	output_printf(out, "%s\t", uid);
}

/* Zeek reads whole microseconds, so that is what is subtracted. */
static void
put_duration(struct output *out, const struct conn_log *log)
{
	uint64_t first = log->first_time / 1000, last = log->last_time / 1000;

	if (last <= first) {
		output_text(out, "-\t-\t-\t");
		return;
	}
	put_micro(out, (last - first) * 1000);
	output_printf(out, "%" PRIu64 "\t%" PRIu64 "\t", conn_log_bytes(log, CLIENT),
	    conn_log_bytes(log, SERVER));
}

static void
put_line(struct output *out, const struct flow *flow, const struct conn_log *log)
{
	char text[FORMAT_ADDRESS_MAX];

	put_micro(out, log->first_time);
	put_uid(out, flow, log->first_time);
	for (enum side side = CLIENT; side < SIDES; side++) {
		format_address(text, sizeof text, flow->address[side], flow->family);
		output_printf(out, "%s\t%u\t", text, flow->port[side]);
	}
	output_text(out, "tcp\t-\t");
	put_duration(out, log);
	output_printf(out, "%s\t", conn_state_names[conn_log_state(log)]);
	for (enum side side = CLIENT; side < SIDES; side++)
		output_text(out, special_nets_have(flow->address[side], flow->family)
		    ? "T\t" : "F\t");
	output_printf(out, "%" PRIu64 "\t%s\t", log->missed,
	    log->length > 0 ? log->history : "-");
	for (enum side side = CLIENT; side < SIDES; side++)
		output_printf(out, "%" PRIu64 "\t%" PRIu64 "\t", log->end[side].frames,
		    log->end[side].ip_bytes);
	output_text(out, "-\n");
}

void
print_zeek_row(struct output *out, struct flow_row *row)
{
	const struct frame_store *frames = narrator_frames(row->narrator);
	struct conn_log log;
	bool any = false;

	conn_log_init(&log);
	for (uint32_t n = 0; n < row->moment.rows; n++) {
		const struct frame *f = frame_store_get(frames,
		    frame_store_nth(frames, row->flow, n));

		if (f->notes & NOTE_ICMP_ERROR)
			continue;
		if (!conn_log_add(&log, f)) {
			put_line(out, row->flow, &log);
			conn_log_init(&log);
			conn_log_add(&log, f);
		}
		any = true;
	}
	if (any)
		put_line(out, row->flow, &log);
}

/*
 * The table of fields: what a filter can ask of a connection or a frame.
 * One row is one field.
 */
#include "view/filter_internal.h"

#include <string.h>

#include "tcp/service.h"
#include "view/format.h"
#include "view/kernel_view.h"

/* ---- names */

static const char *
names_state(size_t n, uint64_t *value)
{
	*value = n;
	return n < TCP_STATES ? tcp_state_name((enum tcp_state)n) : NULL;
}

static const char *
names_outcome(size_t n, uint64_t *value)
{
	*value = n;
	return n < OUTCOMES ? outcome_names[n] : NULL;
}

static const char *
names_conn_state(size_t n, uint64_t *value)
{
	*value = n;
	return n < CONN_STATES ? conn_state_names[n] : NULL;
}

static const char *
names_closer(size_t n, uint64_t *value)
{
	*value = n;
	if (n == CLOSED_BY_NOBODY)
		return "nobody";
	return n < CLOSERS ? closer_names[n] : NULL;
}

static const char *
names_close_shape(size_t n, uint64_t *value)
{
	*value = n;
	return n < CLOSE_SHAPES ? close_shape_names[n] : NULL;
}

static const char *
names_origin(size_t n, uint64_t *value)
{
	*value = n;
	return n == 0 ? "handshake" : n == 1 ? "midstream" : NULL;
}

static const char *
names_side(size_t n, uint64_t *value)
{
	*value = n;
	return n == CLIENT ? "client" : n == SERVER ? "server" : NULL;
}

static const char *
names_flag(size_t n, uint64_t *value)
{
	static const struct {
		const char *name;
		uint16_t flag;
	} flags[] = {
		{ "fin", TCP_FIN }, { "syn", TCP_SYN }, { "rst", TCP_RST }, { "psh", TCP_PSH },
		{ "ack", TCP_ACK }, { "urg", TCP_URG }, { "ece", TCP_ECE }, { "cwr", TCP_CWR },
		{ "ae", TCP_AE },
	};

	if (n >= sizeof flags / sizeof flags[0])
		return NULL;
	*value = flags[n].flag;
	return flags[n].name;
}

static const char *
names_note(size_t n, uint64_t *value)
{
	if (n >= NOTES)
		return NULL;
	*value = (uint64_t)note_names[n].note;
	return note_names[n].name;
}

/* ---- a connection's numbers */

static size_t
numbers_flow(struct flow_row *row, uint64_t *out)
{
	out[0] = row->flow->number;
	return 1;
}

static size_t
numbers_port(struct flow_row *row, uint64_t *out)
{
	out[0] = row->flow->port[CLIENT];
	out[1] = row->flow->port[SERVER];
	return 2;
}

static size_t
numbers_client_port(struct flow_row *row, uint64_t *out)
{
	out[0] = row->flow->port[CLIENT];
	return 1;
}

static size_t
numbers_server_port(struct flow_row *row, uint64_t *out)
{
	out[0] = row->flow->port[SERVER];
	return 1;
}

static size_t
numbers_ip(struct flow_row *row, uint64_t *out)
{
	out[0] = row->flow->family;
	return 1;
}

static size_t
numbers_state(struct flow_row *row, uint64_t *out)
{
	out[0] = shown_state_of(row->moment.state[CLIENT]);
	out[1] = shown_state_of(row->moment.state[SERVER]);
	return 2;
}

static size_t
numbers_client_state(struct flow_row *row, uint64_t *out)
{
	out[0] = shown_state_of(row->moment.state[CLIENT]);
	return 1;
}

static size_t
numbers_server_state(struct flow_row *row, uint64_t *out)
{
	out[0] = shown_state_of(row->moment.state[SERVER]);
	return 1;
}

static size_t
numbers_origin(struct flow_row *row, uint64_t *out)
{
	out[0] = row->flow->marks & FLOW_HANDSHAKE ? 0 : 1;
	return 1;
}

static size_t
numbers_outcome(struct flow_row *row, uint64_t *out)
{
	out[0] = flow_row_outcome(row)->outcome;
	return 1;
}

static size_t
numbers_conn_state(struct flow_row *row, uint64_t *out)
{
	out[0] = flow_row_outcome(row)->conn_state;
	return 1;
}

static size_t
numbers_closer(struct flow_row *row, uint64_t *out)
{
	out[0] = flow_row_outcome(row)->closed_by;
	return 1;
}

static size_t
numbers_close_shape(struct flow_row *row, uint64_t *out)
{
	out[0] = flow_row_outcome(row)->close_shape;
	return 1;
}

static size_t
numbers_completeness(struct flow_row *row, uint64_t *out)
{
	out[0] = flow_completeness(row->flow);
	return 1;
}

static size_t
numbers_duration(struct flow_row *row, uint64_t *out)
{
	uint64_t last = replay_at_end(row->replay) ? row->flow->last_time : row->moment.last_time;

	out[0] = last > row->flow->first_time ? last - row->flow->first_time : 0;
	return 1;
}

static size_t
numbers_idle(struct flow_row *row, uint64_t *out)
{
	out[0] = row->now > row->moment.last_time ? row->now - row->moment.last_time : 0;
	return 1;
}

static size_t
numbers_rtt(struct flow_row *row, uint64_t *out)
{
	if (row->flow->first_rtt == 0)
		return 0;
	out[0] = row->flow->first_rtt - 1;
	return 1;
}

static size_t
numbers_frames(struct flow_row *row, uint64_t *out)
{
	out[0] = (uint64_t)row->moment.frames[CLIENT] + row->moment.frames[SERVER];
	return 1;
}

static size_t
numbers_client_frames(struct flow_row *row, uint64_t *out)
{
	out[0] = row->moment.frames[CLIENT];
	return 1;
}

static size_t
numbers_server_frames(struct flow_row *row, uint64_t *out)
{
	out[0] = row->moment.frames[SERVER];
	return 1;
}

static size_t
numbers_bytes(struct flow_row *row, uint64_t *out)
{
	out[0] = row->moment.bytes[CLIENT] + row->moment.bytes[SERVER];
	return 1;
}

static size_t
numbers_client_bytes(struct flow_row *row, uint64_t *out)
{
	out[0] = row->moment.bytes[CLIENT];
	return 1;
}

static size_t
numbers_server_bytes(struct flow_row *row, uint64_t *out)
{
	out[0] = row->moment.bytes[SERVER];
	return 1;
}

static size_t
numbers_client_stream(struct flow_row *row, uint64_t *out)
{
	out[0] = row->flow->end[CLIENT].stream;
	return 1;
}

static size_t
numbers_server_stream(struct flow_row *row, uint64_t *out)
{
	out[0] = row->flow->end[SERVER].stream;
	return 1;
}

static size_t
numbers_resent(struct flow_row *row, uint64_t *out)
{
	out[0] = (uint64_t)row->moment.resent[CLIENT] + row->moment.resent[SERVER];
	return 1;
}

static size_t
numbers_client_resent(struct flow_row *row, uint64_t *out)
{
	out[0] = row->moment.resent[CLIENT];
	return 1;
}

static size_t
numbers_server_resent(struct flow_row *row, uint64_t *out)
{
	out[0] = row->moment.resent[SERVER];
	return 1;
}

static const char *
text_summary(struct flow_row *row, char *scratch)
{
	(void)scratch;
	return flow_row_outcome(row)->verdict;
}

static const char *
text_service(struct flow_row *row, char *scratch)
{
	const char *name = service_name(row->flow->port[SERVER]);

	(void)scratch;
	return name != NULL ? name : "";
}

/* ---- what the kernel says */

static const char *
names_kernel(size_t n, uint64_t *value)
{
	*value = n;
	if (n == TCP_STATES)
		return "none";
	return n < TCP_STATES ? tcp_state_name((enum tcp_state)n) : NULL;
}

static size_t
numbers_kernel(struct flow_row *row, uint64_t *out)
{
	out[0] = kernel_view_state(row, CLIENT);
	out[1] = kernel_view_state(row, SERVER);
	return 2;
}

static size_t
numbers_pid(struct flow_row *row, uint64_t *out)
{
	size_t count = 0;

	for (enum side side = CLIENT; side < SIDES; side++) {
		struct kernel_end end;

		if (kernel_view_end(row, side, &end) && end.owner != NULL)
			out[count++] = (uint64_t)end.owner->pid;
	}
	return count;
}

static const char *
text_process(struct flow_row *row, char *scratch)
{
	kernel_view_field(row, KERNEL_PROCESS, scratch, FIELD_SCRATCH_MAX);
	return scratch;
}

/* ---- a frame's numbers */

static uint64_t
frame_number(const struct flow_row *row, const struct frame *frame)
{
	(void)row;
	return frame->number;
}

static uint64_t
frame_flags(const struct flow_row *row, const struct frame *frame)
{
	(void)row;
	return frame->flags;
}

static uint64_t
frame_notes(const struct flow_row *row, const struct frame *frame)
{
	(void)row;
	return frame->notes;
}

static uint64_t
frame_length(const struct flow_row *row, const struct frame *frame)
{
	(void)row;
	return frame->length;
}

static uint64_t
frame_window(const struct flow_row *row, const struct frame *frame)
{
	return flow_window(row->flow, frame);
}

static uint64_t
frame_sender(const struct flow_row *row, const struct frame *frame)
{
	(void)row;
	return frame_from(frame);
}

enum { CLIENT_SIDE = 1 << CLIENT, SERVER_SIDE = 1 << SERVER,
    BOTH_SIDES = CLIENT_SIDE | SERVER_SIDE };

const struct filter_field filter_fields[] = {
	{ .name = "flow", .help = "connection number", .kind = FIELD_NUMBER,
	    .numbers = numbers_flow },
	{ .name = "host", .help = "address of either end: 10.8.34.13, 10.0.0.0/8, 10.8., fe80::/10",
	    .kind = FIELD_HOST, .sides = BOTH_SIDES },
	{ .name = "client", .help = "the client's address", .kind = FIELD_HOST,
	    .sides = CLIENT_SIDE },
	{ .name = "server", .help = "the server's address", .kind = FIELD_HOST,
	    .sides = SERVER_SIDE },
	{ .name = "port", .help = "port of either end: 443, 80,443, 8000-8099, https",
	    .kind = FIELD_PORT, .numbers = numbers_port },
	{ .name = "client_port", .alias = "cport", .help = "the client's port", .kind = FIELD_PORT,
	    .numbers = numbers_client_port },
	{ .name = "server_port", .alias = "sport", .help = "the server's port", .kind = FIELD_PORT,
	    .numbers = numbers_server_port },
	{ .name = "service", .help = "name of the server's port", .kind = FIELD_TEXT,
	    .text = text_service },
	{ .name = "ip", .help = "IP version: 4 or 6", .kind = FIELD_NUMBER, .numbers = numbers_ip },
	{ .name = "state", .help = "TCP state of either end", .kind = FIELD_NAME,
	    .names = names_state, .numbers = numbers_state },
	{ .name = "client_state", .help = "the client's TCP state", .kind = FIELD_NAME,
	    .names = names_state, .numbers = numbers_client_state },
	{ .name = "server_state", .help = "the server's TCP state", .kind = FIELD_NAME,
	    .names = names_state, .numbers = numbers_server_state },
	{ .name = "origin", .help = "handshake seen, or picked up midstream", .kind = FIELD_NAME,
	    .names = names_origin, .numbers = numbers_origin },
	{ .name = "outcome", .help = "how it went: refused, no-answer, reset-by-server...",
	    .kind = FIELD_NAME, .costly = true, .names = names_outcome,
	    .numbers = numbers_outcome },
	{ .name = "conn_state", .alias = "zeek", .help = "Zeek's code", .kind = FIELD_NAME,
	    .costly = true, .names = names_conn_state, .numbers = numbers_conn_state },
	{ .name = "completeness", .help = "Wireshark's number", .kind = FIELD_NUMBER,
	    .numbers = numbers_completeness },
	{ .name = "closed_by", .help = "who closed it", .kind = FIELD_NAME, .costly = true,
	    .names = names_closer, .numbers = numbers_closer },
	{ .name = "close_shape", .alias = "close", .help = "how it was closed", .kind = FIELD_NAME,
	    .costly = true, .names = names_close_shape, .numbers = numbers_close_shape },
	{ .name = "duration", .alias = "time", .help = "how long it lasted: duration>10s",
	    .kind = FIELD_DURATION, .numbers = numbers_duration },
	{ .name = "idle", .alias = "last", .help = "since its last frame: idle>1m",
	    .kind = FIELD_DURATION, .numbers = numbers_idle },
	{ .name = "rtt", .alias = "handshake_rtt", .help = "round trip of the handshake: rtt>100ms",
	    .kind = FIELD_DURATION, .numbers = numbers_rtt },
	{ .name = "frames", .help = "frames in both directions", .kind = FIELD_NUMBER,
	    .numbers = numbers_frames },
	{ .name = "client_frames", .help = "frames from the client", .kind = FIELD_NUMBER,
	    .numbers = numbers_client_frames },
	{ .name = "server_frames", .help = "frames from the server", .kind = FIELD_NUMBER,
	    .numbers = numbers_server_frames },
	{ .name = "bytes", .help = "payload in both directions: bytes>10k", .kind = FIELD_NUMBER,
	    .numbers = numbers_bytes },
	{ .name = "client_bytes", .alias = "up", .help = "payload from the client",
	    .kind = FIELD_NUMBER, .numbers = numbers_client_bytes },
	{ .name = "server_bytes", .alias = "down", .help = "payload from the server",
	    .kind = FIELD_NUMBER, .numbers = numbers_server_bytes },
	{ .name = "client_stream", .help = "payload from the client, each byte once",
	    .kind = FIELD_NUMBER, .numbers = numbers_client_stream },
	{ .name = "server_stream", .help = "payload from the server, each byte once",
	    .kind = FIELD_NUMBER, .numbers = numbers_server_stream },
	{ .name = "rtx", .help = "retransmissions: rtx>3", .kind = FIELD_NUMBER,
	    .numbers = numbers_resent },
	{ .name = "client_rtx", .help = "retransmissions by the client", .kind = FIELD_NUMBER,
	    .numbers = numbers_client_resent },
	{ .name = "server_rtx", .help = "retransmissions by the server", .kind = FIELD_NUMBER,
	    .numbers = numbers_server_resent },
	{ .name = "summary", .alias = "verdict", .help = "words of its story", .kind = FIELD_TEXT,
	    .costly = true, .text = text_summary },
	{ .name = "process", .help = "live: name of a process that has an end of it", .kind = FIELD_TEXT,
	    .host = true, .text = text_process },
	{ .name = "pid", .help = "live: number of that process", .kind = FIELD_NUMBER, .host = true,
	    .numbers = numbers_pid },
	{ .name = "kernel", .help = "live: the kernel's state of either end; none: it has no such socket",
	    .kind = FIELD_NAME, .host = true, .names = names_kernel, .numbers = numbers_kernel },
	{ .name = "frame", .help = "has that frame: frame:17, frame:100-200", .kind = FIELD_NUMBER,
	    .costly = true, .frame = frame_number },
	{ .name = "flag", .help = "a frame with that flag: syn, fin, rst, psh, urg...",
	    .kind = FIELD_MASK, .costly = true, .names = names_flag, .frame = frame_flags },
	{ .name = "note", .help = "a frame with that note: retransmission, zero_window...",
	    .kind = FIELD_MASK, .costly = true, .names = names_note, .frame = frame_notes },
	{ .name = "len", .help = "a frame with that much payload: len>1400", .kind = FIELD_NUMBER,
	    .costly = true, .frame = frame_length },
	{ .name = "window", .alias = "win", .help = "a frame with that window",
	    .kind = FIELD_NUMBER, .costly = true, .frame = frame_window },
	{ .name = "from", .help = "a frame from the client or the server", .kind = FIELD_NAME,
	    .costly = true, .names = names_side, .frame = frame_sender },
};
const size_t filter_field_count = sizeof filter_fields / sizeof filter_fields[0];

/* Whether a name as typed is the table's, `.` and `-` as `_`, in any case. */
bool
filter_same_name(const char *table, const char *typed, size_t length)
{
	if (table == NULL || strlen(table) != length)
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = typed[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == '.' || c == '-')
			c = '_';
		if (c != (table[i] == '-' ? '_' : table[i]))
			return false;
	}
	return true;
}

const struct filter_field *
filter_field_find(const char *name, size_t length)
{
	for (size_t i = 0; i < filter_field_count; i++) {
		if (filter_same_name(filter_fields[i].name, name, length)
		    || filter_same_name(filter_fields[i].alias, name, length))
			return &filter_fields[i];
	}
	return NULL;
}

bool
filter_field_help(size_t n, const char **name, const char **help)
{
	if (n < filter_field_count) {
		*name = filter_fields[n].name;
		*help = filter_fields[n].help;
		return true;
	}
	n -= filter_field_count;
	if (n < filter_class_count) {
		*name = filter_classes[n].name;
		*help = filter_classes[n].help;
		return true;
	}
	return false;
}

/*
 * The table of columns: what can be told of a connection in one cell, for
 * machines, for people, and for sorting.  Knows flows, moments and outcomes;
 * knows no screen (column_layout.c places them).
 */
#include "view/column.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/language.h"
#include "view/format.h"
#include "view/column_internal.h"
#include "view/kernel_view.h"

static size_t
put_number(char *out, size_t size, uint64_t n)
{
	return (size_t)snprintf(out, size, "%" PRIu64, n);
}

static size_t
put_text(char *out, size_t size, const char *text)
{
	int n = snprintf(out, size, "%s", text);

	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

static enum side
side_of(const struct column *c)
{
	return (enum side)c->side;
}

/* ---- where the sort key is the value */

static size_t
value_number(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	return put_number(out, size, c->key(c, row, 0));
}

static size_t
cell_number(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size)
{
	(void)width;
	return format_bytes(out, size, c->key(c, row, 0));
}

static size_t
value_seconds(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	return format_seconds(out, size, c->key(c, row, 0));
}

static size_t
put_duration(const struct flow_row *row, char *out, size_t size, uint64_t ns)
{
	format_short_duration(out, size, ns);
	if (row->ascii)
		format_make_ascii(out);
	return strlen(out);
}

static size_t
cell_seconds(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size)
{
	(void)width;
	return put_duration(row, out, size, c->key(c, row, 0));
}

/* ---- identity */

static uint64_t
key_flow(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return row->flow->number;
}

static size_t
value_address(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	return format_address(out, size, row->flow->address[c->side], row->flow->family);
}

static size_t
cell_address(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size)
{
	return format_endpoint_in(out, size, row->flow, side_of(c), row->services, width,
	    row->ascii ? ".." : "…");
}

#define KEY_IPV6 (UINT64_C(1) << 63)

/*
 * By family, then address, then port.  IPv4's fit into one word; of IPv6's the first has the
 * leading 63 bits.
 */
static uint64_t
key_address(const struct column *c, struct flow_row *row, unsigned part)
{
	const uint8_t *a = row->flow->address[c->side];
	uint64_t word[2] = { 0 };

	if (row->flow->family != SEGMENT_IPV6)
		return part < 2 ? 0 : (uint64_t)a[0] << 40 | (uint64_t)a[1] << 32 | (uint64_t)a[2] << 24
		    | (uint64_t)a[3] << 16 | row->flow->port[c->side];
	for (size_t i = 0; i < 16; i++)
		word[i / 8] = word[i / 8] << 8 | a[i];
	if (part == 2)
		return KEY_IPV6 | word[0] >> 1;
	return part == 1 ? word[0] << 63 | word[1] >> 1 : (word[1] & 1) << 16 | row->flow->port[c->side];
}

static uint64_t
key_port(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)part;
	return row->flow->port[c->side];
}

static size_t
value_origin(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	(void)c;
	return put_text(out, size, row->flow->marks & FLOW_HANDSHAKE ? "handshake" : "midstream");
}

static uint64_t
key_origin(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return row->flow->marks & FLOW_HANDSHAKE ? 0 : 1;
}

/* ---- place and time */

static uint64_t
key_first_frame(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return row->flow->first_frame;
}

static uint64_t
key_last_frame(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return frame_store_last_number(narrator_frames(row->narrator), row->flow);
}

static size_t
cell_start(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size)
{
	size_t n = format_clock(out, size, row->flow->first_time);

	(void)c;
	if (n > width)
		out[n = width] = '\0';
	return n;
}

static uint64_t
key_start(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return row->flow->first_time;
}

static uint64_t
key_duration(const struct column *c, struct flow_row *row, unsigned part)
{
	uint64_t last = replay_at_end(row->replay) ? row->flow->last_time : row->moment.last_time;

	(void)c, (void)part;
	return last > row->flow->first_time ? last - row->flow->first_time : 0;
}

static size_t
cell_duration(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size)
{
	if (row->moment.frames[CLIENT] + row->moment.frames[SERVER] < 2)
		return put_text(out, size, row->ascii ? "-" : "–");	/* a single frame takes no time */
	return cell_seconds(c, row, width, out, size);
}

/* ---- states and outcome */

static size_t
value_state(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	return format_state(out, size, row->moment.state[c->side]);
}

static size_t
cell_state(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size)
{
	size_t n = format_state(out, size, row->moment.state[c->side]);

	return n <= width ? n : format_short_state(out, size, row->moment.state[c->side]);
}

static uint64_t
key_state(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)part;
	return row->moment.state[c->side] & 0x7f;
}

static size_t
value_outcome(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	(void)c;
	return put_text(out, size, outcome_names[flow_row_outcome(row)->outcome]);
}

static uint64_t
key_outcome(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return flow_row_outcome(row)->outcome;
}

static size_t
value_conn_state(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	(void)c;
	return put_text(out, size, conn_state_names[flow_row_outcome(row)->conn_state]);
}

static uint64_t
key_conn_state(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return flow_row_outcome(row)->conn_state;
}

static uint64_t
key_completeness(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return flow_completeness(row->flow);
}

static size_t
value_closed_by(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	(void)c;
	return put_text(out, size, closer_names[flow_row_outcome(row)->closed_by]);
}

static uint64_t
key_closed_by(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return flow_row_outcome(row)->closed_by;
}

static size_t
value_close_shape(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	(void)c;
	return put_text(out, size, close_shape_names[flow_row_outcome(row)->close_shape]);
}

static uint64_t
key_close_shape(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return flow_row_outcome(row)->close_shape;
}

/* ---- counters */

static uint64_t
key_frames(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)part;
	return row->moment.frames[c->side];
}

static uint64_t
key_bytes(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)part;
	return row->moment.bytes[c->side];
}

static uint64_t
key_stream(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)part;
	return row->flow->end[c->side].stream;
}

static uint64_t
key_resent(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)part;
	return row->moment.resent[c->side];
}

/* From what the flow keeps, since a list must not tell a million stories; none is the largest. */
static uint64_t
key_rtt(const struct column *c, struct flow_row *row, unsigned part)
{
	enum tcp_state client = shown_state_of(row->moment.state[CLIENT]);
	enum tcp_state server = shown_state_of(row->moment.state[SERVER]);
	bool opening = client == TCP_SYN_SENT || client == TCP_SYN_RECEIVED
	    || server == TCP_SYN_SENT || server == TCP_SYN_RECEIVED;

	(void)c, (void)part;
	if (row->flow->first_rtt == 0 || opening)
		return OUTCOME_NO_RTT;
	return row->flow->first_rtt - 1;
}

static size_t
value_rtt(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	uint64_t rtt = flow_row_outcome(row)->handshake_rtt;

	(void)c;
	return rtt == OUTCOME_NO_RTT ? put_text(out, size, "-") : format_seconds(out, size, rtt);
}

static size_t
cell_rtt(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size)
{
	/* As of an earlier frame, a handshake may yet turn out not to have been complete. */
	uint64_t rtt = replay_at_end(row->replay) ? key_rtt(c, row, 0) : flow_row_outcome(row)->handshake_rtt;

	(void)width;
	if (rtt == OUTCOME_NO_RTT)
		return put_text(out, size, row->ascii ? "-" : "–");
	return put_duration(row, out, size, rtt);
}

static size_t
value_summary(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	(void)c;
	return put_text(out, size, flow_row_outcome(row)->verdict);
}

static size_t
cell_summary(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size)
{
	size_t n = value_summary(c, row, out, size);

	if (text_columns(out) > width && width > 0) {
		n = text_bytes_in(out, width - 1);
		n += put_text(out + n, size - n, row->ascii ? ">" : "…");
	}
	return n;
}

/* ---- both ends at once, for the screen */

static size_t
value_states(const struct column *c, struct flow_row *row, char *out, size_t size)
{
	(void)c;
	return format_states(out, size, row->moment.state[CLIENT], row->moment.state[SERVER], 40);
}

static size_t
cell_states(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size)
{
	(void)c;
	return format_states(out, size, row->moment.state[CLIENT], row->moment.state[SERVER],
	    width);
}

static uint64_t
key_states(const struct column *c, struct flow_row *row, unsigned part)
{
	unsigned client = row->moment.state[CLIENT] & 0x7f,
	    server = row->moment.state[SERVER] & 0x7f;

	(void)c, (void)part;
	return (uint64_t)client << 8 | server;
}

static uint64_t
key_all_resent(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return (uint64_t)row->moment.resent[CLIENT] + row->moment.resent[SERVER];
}

static uint64_t
key_all_frames(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return (uint64_t)row->moment.frames[CLIENT] + row->moment.frames[SERVER];
}

static uint64_t
key_all_bytes(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return row->moment.bytes[CLIENT] + row->moment.bytes[SERVER];
}

static uint64_t
key_last(const struct column *c, struct flow_row *row, unsigned part)
{
	(void)c, (void)part;
	return row->moment.last_time;
}

/* How long ago. */
static size_t
cell_last(const struct column *c, struct flow_row *row, unsigned width, char *out, size_t size)
{
	uint64_t last = key_last(c, row, 0), ago = row->now > last ? row->now - last : 0;

	(void)width;
	if (flow_is_unseen(row->flow))
		return put_text(out, size, row->ascii ? "-" : "–");
	/* It runs: in tenths from the beginning, so that the unit doesn't change under one's eyes. */
	if (ago < UINT64_C(950000000))
		return (size_t)snprintf(out, size, "0.%us", (unsigned)((ago + 50000000) / 100000000));
	if (ago < UINT64_C(1000000000))
		ago = UINT64_C(1000000000);
	return put_duration(row, out, size, ago);
}

#define KERNEL(field) .host = true, .side = (field), .value = column_kernel_value, .cell = column_kernel_cell, \
	.key = column_kernel_key, .key_parts = 1

#define MACHINE .machine = true
#define NUMBER .type = COLUMN_INTEGER, .right = true

const struct column columns[] = {
	{ .name = "flow", .heading = "#", .help = N_("connection number, in order of first frame"),
	    NUMBER, MACHINE, .priority = 1, .minimum = 4, .maximum = 8, .value = value_number,
	    .key = key_flow, .fixed = true, .key_parts = 1 },
	{ .name = "client", .heading = N_("Client"), .help = N_("the end that opened it"), MACHINE,
	    .side = CLIENT, .priority = 1, .minimum = 19, .wish = 21, .maximum = 47,
	    .value = value_address, .cell = cell_address, .key = key_address, .fixed = true, .key_parts = 3,
	    .more = KEY_IPV6 },
	{ .name = "client_port", .heading = N_("CPort"), .help = N_("the client's port"), NUMBER, MACHINE,
	    .side = CLIENT, .minimum = 5, .maximum = 5, .value = value_number, .key = key_port,
	    .key_parts = 1 },
	{ .name = "server", .heading = N_("Server"), .help = N_("the end that was connected to"), MACHINE,
	    .side = SERVER, .priority = 1, .minimum = 21, .wish = 30, .maximum = 58,
	    .value = value_address, .cell = cell_address, .key = key_address, .fixed = true, .key_parts = 3,
	    .more = KEY_IPV6 },
	{ .name = "server_port", .heading = N_("Port"), .help = N_("the server's port"), NUMBER, MACHINE,
	    .side = SERVER, .minimum = 5, .maximum = 5, .value = value_number, .key = key_port,
	    .key_parts = 1 },
	{ .name = "origin", .heading = N_("Origin"), .help = N_("handshake seen, or picked up midstream"),
	    MACHINE, .minimum = 9, .maximum = 9, .value = value_origin, .key = key_origin,
	    .key_parts = 1 },
	{ .name = "first_frame", .heading = N_("First"), .help = N_("number of its first frame"), NUMBER,
	    MACHINE, .minimum = 7, .maximum = 10, .value = value_number, .key = key_first_frame,
	    .key_parts = 1 },
	{ .name = "last_frame", .heading = N_("LastFr"), .help = N_("number of its last frame"), NUMBER,
	    MACHINE, .minimum = 7, .maximum = 10, .value = value_number, .key = key_last_frame,
	    .key_parts = 1 },
	{ .name = "start", .heading = N_("Start"), .help = N_("time of its earliest frame"),
	    .type = COLUMN_SECONDS, MACHINE, .minimum = 8, .maximum = 15, .value = value_seconds,
	    .cell = cell_start, .key = key_start, .key_parts = 1 },
	{ .name = "duration", .heading = N_("Time"), .help = N_("from its earliest to its latest frame"),
	    .right = true, .type = COLUMN_SECONDS, MACHINE, .descending = true, .priority = 7,
	    .minimum = 5, .maximum = 5, .value = value_seconds, .cell = cell_duration,
	    .key = key_duration, .key_parts = 1 },
	{ .name = "client_state", .heading = N_("ClientState"), .help = N_("the client's TCP state"),
	    MACHINE, .side = CLIENT, .minimum = 11, .maximum = 13, .value = value_state,
	    .cell = cell_state, .key = key_state, .key_parts = 1 },
	{ .name = "server_state", .heading = N_("ServerState"), .help = N_("the server's TCP state"),
	    MACHINE, .side = SERVER, .minimum = 11, .maximum = 13, .value = value_state,
	    .cell = cell_state, .key = key_state, .key_parts = 1 },
	{ .name = "outcome", .heading = N_("Outcome"), .help = N_("how it went: open, closed, refused..."),
	    MACHINE, .costly = true, .priority = 8, .minimum = 11, .wish = 17, .maximum = 17,
	    .value = value_outcome, .key = key_outcome, .key_parts = 1 },
	{ .name = "conn_state", .heading = N_("Zeek"), .help = N_("Zeek's conn_state"), MACHINE,
	    .costly = true, .minimum = 6, .maximum = 6, .value = value_conn_state,
	    .key = key_conn_state, .key_parts = 1 },
	{ .name = "completeness", .heading = N_("Compl"), .help = N_("Wireshark's completeness"), NUMBER,
	    MACHINE, .minimum = 5, .maximum = 5, .value = value_number, .key = key_completeness,
	    .key_parts = 1 },
	{ .name = "closed_by", .heading = N_("ClosedBy"), .help = N_("who closed it"), MACHINE,
	    .costly = true, .minimum = 8, .maximum = 8, .value = value_closed_by,
	    .key = key_closed_by, .key_parts = 1 },
	{ .name = "close_shape", .heading = N_("Close"), .help = N_("how it was closed"), MACHINE,
	    .costly = true, .minimum = 13, .maximum = 17, .value = value_close_shape,
	    .key = key_close_shape, .key_parts = 1 },
	{ .name = "client_frames", .heading = N_("CFrames"), .help = N_("frames from the client"), NUMBER,
	    MACHINE, .side = CLIENT, .descending = true, .minimum = 7, .maximum = 10,
	    .value = value_number, .key = key_frames, .key_parts = 1 },
	{ .name = "server_frames", .heading = N_("SFrames"), .help = N_("frames from the server"), NUMBER,
	    MACHINE, .side = SERVER, .descending = true, .minimum = 7, .maximum = 10,
	    .value = value_number, .key = key_frames, .key_parts = 1 },
	{ .name = "client_bytes", .heading = N_("Up"),
	    .help = N_("payload from the client, resent bytes too"), NUMBER, MACHINE, .side = CLIENT,
	    .descending = true, .priority = 3, .minimum = 5, .maximum = 7, .value = value_number,
	    .cell = cell_number, .key = key_bytes, .key_parts = 1 },
	{ .name = "server_bytes", .heading = N_("Down"),
	    .help = N_("payload from the server, resent bytes too"), NUMBER, MACHINE, .side = SERVER,
	    .descending = true, .priority = 3, .minimum = 5, .maximum = 7, .value = value_number,
	    .cell = cell_number, .key = key_bytes, .key_parts = 1 },
	{ .name = "client_stream", .heading = N_("UpStream"),
	    .help = N_("payload from the client, each byte once"), NUMBER, MACHINE, .side = CLIENT,
	    .descending = true, .minimum = 8, .maximum = 8, .value = value_number,
	    .cell = cell_number, .key = key_stream, .key_parts = 1 },
	{ .name = "server_stream", .heading = N_("DnStream"),
	    .help = N_("payload from the server, each byte once"), NUMBER, MACHINE, .side = SERVER,
	    .descending = true, .minimum = 8, .maximum = 8, .value = value_number,
	    .cell = cell_number, .key = key_stream, .key_parts = 1 },
	{ .name = "client_rtx", .heading = N_("CRTX"), .help = N_("retransmissions by the client"), NUMBER,
	    MACHINE, .side = CLIENT, .descending = true, .minimum = 5, .maximum = 7,
	    .value = value_number, .key = key_resent, .key_parts = 1 },
	{ .name = "server_rtx", .heading = N_("SRTX"), .help = N_("retransmissions by the server"), NUMBER,
	    MACHINE, .side = SERVER, .descending = true, .minimum = 5, .maximum = 7,
	    .value = value_number, .key = key_resent, .key_parts = 1 },
	{ .name = "handshake_rtt", .heading = N_("RTT"),
	    .help = N_("from the SYN to the ACK of the handshake"), .right = true,
	    .type = COLUMN_SECONDS, MACHINE, .priority = 5, .minimum = 6, .maximum = 6,
	    .value = value_rtt, .cell = cell_rtt, .key = key_rtt, .key_parts = 1 },
	{ .name = "summary", .heading = N_("Verdict"), .help = N_("its story in a sentence"), MACHINE,
	    .costly = true, .minimum = 20, .maximum = 200, .value = value_summary,
	    .cell = cell_summary },
	/* from here on for the screen only */
	{ .name = "state", .heading = N_("State"), .help = N_("the TCP states of both ends"), .priority = 1,
	    .minimum = 9, .wish = 21, .maximum = 26, .value = value_states, .cell = cell_states,
	    .key = key_states, .key_parts = 1 },
	{ .name = "frames", .heading = N_("Frames"), .help = N_("frames in both directions"), NUMBER,
	    .descending = true, .priority = 6, .minimum = 6, .maximum = 6, .value = value_number,
	    .cell = cell_number, .key = key_all_frames, .key_parts = 1 },
	{ .name = "bytes", .heading = N_("Bytes"), .help = N_("payload in both directions"), NUMBER,
	    .descending = true, .minimum = 5, .maximum = 7, .value = value_number,
	    .cell = cell_number, .key = key_all_bytes, .key_parts = 1 },
	{ .name = "rtx", .heading = N_("RTX"), .help = N_("retransmissions in both directions"), NUMBER,
	    .descending = true, .priority = 4, .minimum = 4, .maximum = 5, .value = value_number,
	    .cell = cell_number, .key = key_all_resent, .key_parts = 1 },
	{ .name = "last", .heading = N_("Last"), .help = N_("when its last frame was seen"), .right = true,
	    .type = COLUMN_SECONDS, .descending = true, .priority = 2, .minimum = 5, .maximum = 5,
	    .value = value_seconds, .cell = cell_last, .key = key_last, .key_parts = 1 },
	{ .name = "process", .heading = N_("Process"), .help = N_("whose socket it is, from the client to the server; ? where guessed"),
	    .minimum = 8, .wish = 15, .maximum = 32, KERNEL(KERNEL_PROCESS) },
	{ .name = "pid", .heading = N_("PID"), .help = N_("the process' number"), .right = true, .minimum = 7,
	    .maximum = 16, KERNEL(KERNEL_PID) },
	{ .name = "user", .heading = N_("User"), .help = N_("whose process it is"), .minimum = 8,
	    .maximum = 20, KERNEL(KERNEL_USER) },
	{ .name = "kernel", .heading = N_("Kernel"), .help = N_("the kernel's TCP state of its socket"),
	    .minimum = 10, .wish = 21, .maximum = 21, KERNEL(KERNEL_STATE) },
	{ .name = "receive_queue", .heading = N_("RecvQ"), .help = N_("bytes no process has read yet"),
	    .right = true, .descending = true, .minimum = 5, .maximum = 11,
	    KERNEL(KERNEL_RECEIVE_QUEUE) },
	{ .name = "send_queue", .heading = N_("SendQ"), .help = N_("bytes that wait or aren't acknowledged"),
	    .right = true, .descending = true, .minimum = 5, .maximum = 11,
	    KERNEL(KERNEL_SEND_QUEUE) },
	{ .name = "kernel_rtt", .heading = N_("KernRTT"), .help = N_("the kernel's smoothed round trip"),
	    .right = true, .minimum = 7, .maximum = 11, KERNEL(KERNEL_RTT) },
	{ .name = "cwnd", .heading = N_("Cwnd"), .help = N_("congestion window, in segments"), .right = true,
	    .descending = true, .minimum = 5, .maximum = 9, KERNEL(KERNEL_CWND) },
	{ .name = "kernel_rtx", .heading = N_("KernRTX"), .help = N_("segments the kernel sent again"),
	    .right = true, .descending = true, .minimum = 7, .maximum = 9, KERNEL(KERNEL_RESENT) },
	{ .name = "timer", .heading = N_("Timer"), .help = N_("the kernel's timer that runs, and its time left"),
	    .minimum = 14, .wish = 16, .maximum = 32, KERNEL(KERNEL_TIMER) },
};
const size_t column_count = sizeof columns / sizeof columns[0];

const struct column *
column_find(const char *name)
{
	for (size_t i = 0; i < column_count; i++) {
		if (strcasecmp(columns[i].name, name) == 0)
			return &columns[i];
	}
	for (size_t i = 0; i < column_count; i++) {
		if (columns[i].heading != NULL && strcasecmp(columns[i].heading, name) == 0)
			return &columns[i];
	}
	return NULL;
}

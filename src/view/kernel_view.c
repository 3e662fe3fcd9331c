/*
 * Wire and kernel side by side.  Knows that the kernel's word is of a moment
 * a second old at most, and the packets' newer: they disagree only when both
 * had time.
 */
#include "view/kernel_view.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "capture/frame_store.h"
#include "view/format.h"

#define SETTLED_NS UINT64_C(1500000000)
enum { LOOK_BACK = 4096, FIGURES_MAX = 512 };

static const struct host_snapshot *
snapshot_of(const struct flow_row *row)
{
	const struct host *host = narrator_host(row->narrator);

	return host != NULL ? host_snapshot(host) : NULL;
}

bool
kernel_view_end(const struct flow_row *row, enum side side, struct kernel_end *end)
{
	const struct host_snapshot *s = snapshot_of(row);
	const struct flow *f = row->flow;
	enum side other = side_other(side);
	const struct host_socket *k;

	*end = (struct kernel_end){ .socket = NULL };
	/* its ports belong to a newer connection now, and what the kernel says is of that */
	if (s == NULL || f->marks & FLOW_SUPERSEDED)
		return false;
	k = host_snapshot_find(s, f->family, f->address[side], f->port[side], f->address[other],
	    f->port[other]);
	if (k != NULL && k->marks & HOST_GONE && f->first_time > k->seen)
		k = NULL;
	end->socket = k;
	if (k != NULL && k->marks & (HOST_HELD | HOST_WAS_HELD))
		end->owner = k;
	end->missing = (k == NULL || k->marks & HOST_GONE) && s->left_out == 0
	    && host_snapshot_is_local(s, f->family, f->address[side]);
	if (end->owner == NULL && side == SERVER && ((k == NULL && end->missing)
	    || (k != NULL && k->inode == 0))) {
		end->owner = host_snapshot_listener(s, f->family, f->address[side], f->port[side]);
		end->guessed = end->owner != NULL;
		if (end->owner != NULL && !(end->owner->marks & HOST_HELD))
			end->owner = NULL;
	}
	return end->socket != NULL || end->owner != NULL || end->missing;
}

static bool
is_live(const struct host_socket *k)
{
	return k != NULL && !(k->marks & HOST_GONE);
}

enum tcp_state
kernel_view_state(const struct flow_row *row, enum side side)
{
	struct kernel_end end;

	if (!replay_at_end(row->replay) || !kernel_view_end(row, side, &end))
		return TCP_UNKNOWN;
	if (is_live(end.socket))
		return (enum tcp_state)end.socket->state;
	return end.missing ? TCP_STATES : TCP_UNKNOWN;
}

/* States in which the kernel must have a socket. */
static bool
needs_socket(enum tcp_state state)
{
	return state == TCP_SYN_SENT || state == TCP_ESTABLISHED || state == TCP_FIN_WAIT_1
	    || state == TCP_CLOSE_WAIT || state == TCP_CLOSING || state == TCP_LAST_ACK;
}

bool
kernel_view_disagrees(const struct flow_row *row, enum side side)
{
	enum tcp_state kernel = kernel_view_state(row, side);
	enum tcp_state wire = shown_state_of(row->moment.state[side]);
	const struct host_snapshot *s = snapshot_of(row);

	if (kernel == TCP_UNKNOWN || wire == TCP_UNKNOWN || kernel == wire
	    || s->time < row->moment.last_time + SETTLED_NS)
		return false;
	if (kernel == TCP_STATES)
		return needs_socket(wire);
	/* a lapsed TIME-WAIT is a guess about the kernel's clock */
	return !(kernel == TCP_TIME_WAIT && wire == TCP_CLOSED);
}

/* ---- words */

static void add(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void
add(char *out, size_t size, const char *format, ...)
{
	size_t used = strlen(out);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(out + used, size - used, format, arguments);
	va_end(arguments);
}

/* Since when the packets say so: the frame from which on this state stands. */
static uint64_t
state_since(const struct flow_row *row, enum side side)
{
	const struct frame_store *frames = narrator_frames(row->narrator);
	enum tcp_state state = shown_state_of(row->moment.state[side]);
	uint64_t since = row->moment.last_time;

	for (uint32_t n = row->moment.rows, left = LOOK_BACK; n > 0 && left > 0; n--, left--) {
		const struct frame *f = frame_store_get(frames, frame_store_nth(frames, row->flow, n - 1));

		if (shown_state_of(f->state[side]) != state)
			break;
		since = f->time;
	}
	return since;
}

static void
add_duration(char *out, size_t size, uint64_t ns)
{
	uint64_t minutes = (ns + UINT64_C(30000000000)) / UINT64_C(60000000000);
	char text[FORMAT_TIME_MAX];

	if (minutes >= 2 && minutes < 120) {
		add(out, size, _("%u min"), (unsigned)minutes);
		return;
	}
	format_duration(text, sizeof text, ns);
	add(out, size, "%s", text);
}

/* format: with %s for the number */
static void
add_count(char *out, size_t size, const char *format, uint64_t n)
{
	char text[FORMAT_NUMBER_MAX];

	format_count(text, sizeof text, n);
	add(out, size, format, text);
}

/* "curl[4711] of bob, descriptor 12" */
static void
add_owner(const struct kernel_end *end, char *out, size_t size)
{
	char name[HOST_NAME_MAX], user[HOST_NAME_MAX];
	const struct host_socket *k = end->owner;

	if (k == NULL && end->socket != NULL && end->socket->inode != 0) {
		add(out, size, _("a process of %s that may not be looked into"), host_user(end->socket->uid, user));
		return;
	}
	if (k == NULL) {
		add(out, size, "%s", _("no process"));
		return;
	}
	add(out, size, "%s[%d]%s", host_process(k, name), k->pid, end->guessed ? "?" : "");
	add(out, size, _(" of %s"), host_user(k->uid, user));
	if (!end->guessed && k->marks & HOST_HELD)
		add(out, size, _(", descriptor %d"), k->descriptor);
	if (end->guessed && k->sharing > 1)
		add(out, size, _(" (one of %u listeners that share the port)"), k->sharing);
	if (k->holders > 1)
		add(out, size, _(", shared by %u processes"), k->holders);
}

/* The kernel counts a SYN and a FIN as a byte each, as their sequence numbers do. */
static void
add_queues(const struct host_socket *k, char *out, size_t size)
{
	bool end = k->state == TCP_CLOSE_WAIT && k->receive_queue > 0;
	bool fin = k->state == TCP_FIN_WAIT_1 || k->state == TCP_CLOSING || k->state == TCP_LAST_ACK;
	uint32_t unread = k->receive_queue - (end ? 1 : 0);
	uint32_t unacknowledged = k->send_queue - (fin && k->send_queue > 0 ? 1 : 0);

	if (k->state == TCP_TIME_WAIT || k->state == TCP_SYN_RECEIVED || k->state == TCP_SYN_SENT)
		return;
	if (unread > 0 && end)
		add_count(out, size, P_(", %s byte and the end unread", ", %s bytes and the end unread", unread), unread);
	else if (unread > 0)
		add_count(out, size, P_(", %s byte unread", ", %s bytes unread", unread), unread);
	else if (end)
		add(out, size, "%s", _(", the end unread"));
	if (unacknowledged > 0)
		add_count(out, size, P_(", %s byte unacknowledged", ", %s bytes unacknowledged", unacknowledged),
		    unacknowledged);
}

static void
add_figures(const struct host_socket *k, char *out, size_t size)
{
	bool timed = k->timer != HOST_TIMER_NONE && k->timer < HOST_TIMERS;

	add_queues(k, out, size);
	if (k->rtt_us > 0) {
		add(out, size, "%s", _(", RTT "));
		add_duration(out, size, UINT64_C(1000) * k->rtt_us);
		add(out, size, _(", cwnd %u"), k->cwnd);
	}
	if (k->resent > 0)
		add(out, size, P_(", %u segment sent again", ", %u segments sent again", k->resent), k->resent);
	if (timed) {
		add(out, size, _(", %s timer runs out in "), _(host_timer_names[k->timer]));
		add_duration(out, size, UINT64_C(1000000) * k->timer_ms);
	}
	if (timed && k->timer_count > 0)
		add(out, size, P_(" (ran out %u time)", " (ran out %u times)", k->timer_count), k->timer_count);
}

/* "The packets say CLOSE-WAIT for 9 min" */
static void
add_wire(const struct flow_row *row, enum side side, char *out, size_t size)
{
	uint64_t since = state_since(row, side);

	add(out, size, row->moment.state[side] & STATE_PROVISIONAL ? _(" The packets suggest %s") : _(" The packets say %s"),
	    tcp_state_name(shown_state_of(row->moment.state[side])));
	if (row->now > since + UINT64_C(1000000000)) {
		add(out, size, "%s", _(" for "));
		add_duration(out, size, row->now - since);
	}
}

static void
add_judgment(const struct flow_row *row, enum side side, const struct kernel_end *end, char *out, size_t size)
{
	char name[HOST_NAME_MAX];
	enum tcp_state kernel = kernel_view_state(row, side);
	const struct host_socket *k = end->socket;

	if (kernel_view_disagrees(row, side)) {
		add_wire(row, side, out, size);
		if (kernel != TCP_STATES)
			add(out, size, _("; the kernel says %s."), tcp_state_name(kernel));
		else
			add(out, size, "%s", k != NULL ? _("; the kernel has no such socket any more.") :
			    _("; the kernel has no such socket."));
	}
	if (end->guessed && shown_state_of(row->moment.state[side]) == TCP_SYN_RECEIVED
	    && end->owner->receive_queue > end->owner->send_queue)
		add(out, size, _(" Its accept queue is full (%u wait, %u may): handshakes aren't finished, and new "
		    "SYNs are dropped."), end->owner->receive_queue, end->owner->send_queue);
	if (!is_live(k))
		return;
	if (kernel == TCP_CLOSE_WAIT && shown_state_of(row->moment.state[side]) == TCP_CLOSE_WAIT
	    && k->marks & HOST_HELD && flow_is_unseen(row->flow))
		add(out, size, _(" Its peer has closed; process %d (%s) still holds descriptor %d."), k->pid,
		    host_process(k, name), k->descriptor);
	else if (kernel == TCP_CLOSE_WAIT && shown_state_of(row->moment.state[side]) == TCP_CLOSE_WAIT
	    && k->marks & HOST_HELD) {
		add_wire(row, side, out, size);
		add(out, size, _("; process %d (%s) still holds descriptor %d."), k->pid, host_process(k, name),
		    k->descriptor);
	}
	if (k->marks & HOST_QUEUED)
		add(out, size, "%s", _(" It waits in the accept queue: no process has taken it yet."));
	else if (k->marks & HOST_WAS_HELD && k->inode != 0)
		add(out, size, "%s", _(" Who held it does so no more, but somebody must: it is on its way to another process, "
		    "or in one that can't be seen."));
	else if (k->marks & HOST_WAS_HELD && k->state != TCP_TIME_WAIT)
		add(out, size, "%s", _(" No process holds it any more: the kernel closes it alone."));
}

size_t
kernel_view_text(const struct flow_row *row, enum side side, char *out, size_t size)
{
	struct kernel_end end;
	char owner[2 * HOST_NAME_MAX + 160] = "", figures[FIGURES_MAX] = "", judgment[FIGURES_MAX] = "";

	out[0] = '\0';
	if (!replay_at_end(row->replay) || !kernel_view_end(row, side, &end)
	    || (end.socket == NULL && end.owner == NULL && !kernel_view_disagrees(row, side)))
		return 0;
	add(out, size, "%s", side == CLIENT ? _("Kernel, client: ") : _("Kernel, server: "));
	add_judgment(row, side, &end, judgment, sizeof judgment);
	if (is_live(end.socket)) {
		add(out, size, "%s", tcp_state_name((enum tcp_state)end.socket->state));
		add_owner(&end, figures, sizeof figures);
		add_figures(end.socket, figures, sizeof figures);
		if (judgment[0] == '\0')
			add(out, size, _(", %s"), figures);
	} else if (end.socket != NULL) {
		add_owner(&end, owner, sizeof owner);
		add(out, size, _("the socket is gone; it was that of %s"), owner);
	} else if (end.owner != NULL) {
		add_owner(&end, owner, sizeof owner);
		add(out, size, _("no socket, but %s listens there"), owner);
	} else
		add(out, size, "%s", _("no socket"));
	add(out, size, "%s%s", _("."), judgment);
	/* where there is little room, what is wrong stays to be seen */
	if (judgment[0] != '\0' && figures[0] != '\0')
		add(out, size, _(" Its socket: %s."), figures);
	return strlen(out);
}

/* "curl[4711]", "nginx[812]?"; "" when not known. */
static void
write_process(const struct flow_row *row, enum side side, char *out, size_t size)
{
	char name[HOST_NAME_MAX];
	struct kernel_end end;

	out[0] = '\0';
	if (kernel_view_end(row, side, &end) && end.owner != NULL)
		snprintf(out, size, "%s[%d]%s", host_process(end.owner, name), end.owner->pid, end.guessed ? "?" : "");
}

size_t
kernel_view_processes(const struct flow_row *row, char *out, size_t size)
{
	char client[HOST_NAME_MAX + 16], server[HOST_NAME_MAX + 16];

	out[0] = '\0';
	write_process(row, CLIENT, client, sizeof client);
	write_process(row, SERVER, server, sizeof server);
	if (client[0] != '\0' && strcmp(client, server) == 0)
		snprintf(out, size, _("Process of both ends: %s."), client);
	else if (client[0] != '\0' && server[0] != '\0')
		snprintf(out, size, _("Processes: client %s, server %s."), client, server);
	else if (client[0] != '\0')
		snprintf(out, size, _("Process of the client: %s."), client);
	else if (server[0] != '\0')
		snprintf(out, size, _("Process of the server: %s."), server);
	return strlen(out);
}

/* ---- fields */

/* Of who it is, and of what the kernel knows now. */
static bool
is_about_process(enum kernel_field field)
{
	return field == KERNEL_PROCESS || field == KERNEL_PID || field == KERNEL_USER;
}

static void
timer_text(const struct host_socket *k, char *out, size_t size)
{
	char left[FORMAT_TIME_MAX];

	if (k->timer == HOST_TIMER_NONE || k->timer >= HOST_TIMERS)
		return;
	format_short_duration(left, sizeof left, UINT64_C(1000000) * k->timer_ms);
	snprintf(out, size, "%s %s", _(host_timer_names[k->timer]), left);
}

static void
owner_text(const struct kernel_end *end, enum kernel_field field, char *out, size_t size)
{
	const struct host_socket *user = end->owner != NULL ? end->owner : end->socket;
	char name[HOST_NAME_MAX];

	if (field == KERNEL_USER) {
		if (user != NULL && (end->owner != NULL || user->inode != 0))
			snprintf(out, size, "%s%s", host_user(user->uid, name), end->guessed ? "?" : "");
		return;
	}
	if (end->owner == NULL)
		return;
	if (field == KERNEL_PID)
		snprintf(out, size, "%d%s", end->owner->pid, end->guessed ? "?" : "");
	else
		snprintf(out, size, "%s%s", host_process(end->owner, name), end->guessed ? "?" : "");
}

static void
end_text(const struct flow_row *row, enum side side, enum kernel_field field, char *out, size_t size)
{
	struct kernel_end end;
	const struct host_socket *k;

	out[0] = '\0';
	if (!kernel_view_end(row, side, &end))
		return;
	if (is_about_process(field)) {
		owner_text(&end, field, out, size);
		return;
	}
	if (!replay_at_end(row->replay))
		return;
	k = end.socket;
	if (field == KERNEL_STATE) {
		if (is_live(k))
			snprintf(out, size, "%s", tcp_state_short_name((enum tcp_state)k->state));
		else if (k != NULL)
			snprintf(out, size, "%s", _("gone"));
		else if (end.missing)
			snprintf(out, size, "%s", _("none"));
		return;
	}
	if (!is_live(k) || k->state == TCP_TIME_WAIT || k->state == TCP_SYN_RECEIVED) {
		if (field == KERNEL_TIMER && is_live(k))
			timer_text(k, out, size);
		return;
	}
	if (field == KERNEL_RECEIVE_QUEUE)
		format_bytes(out, size, k->receive_queue);
	else if (field == KERNEL_SEND_QUEUE)
		format_bytes(out, size, k->send_queue);
	else if (field == KERNEL_RTT && k->rtt_us > 0)
		format_short_duration(out, size, UINT64_C(1000) * k->rtt_us);
	else if (field == KERNEL_CWND && k->cwnd > 0)
		snprintf(out, size, "%u", k->cwnd);
	else if (field == KERNEL_RESENT)
		snprintf(out, size, "%u", k->resent);
	else if (field == KERNEL_TIMER)
		timer_text(k, out, size);
}

size_t
kernel_view_field(const struct flow_row *row, enum kernel_field field, char *out, size_t size)
{
	char client[HOST_NAME_MAX + 8], server[HOST_NAME_MAX + 8];
	struct kernel_end end;

	end_text(row, CLIENT, field, client, sizeof client);
	end_text(row, SERVER, field, server, sizeof server);
	if (strcmp(client, server) == 0)
		snprintf(out, size, "%s", server);
	else if (is_about_process(field))
		snprintf(out, size, "%s→%s", client, server);
	else if (client[0] == '\0')
		snprintf(out, size, "%s%s", kernel_view_end(row, CLIENT, &end) ? "–/" : "", server);
	else if (server[0] == '\0')
		snprintf(out, size, "%s%s", client, kernel_view_end(row, SERVER, &end) ? "/–" : "");
	else
		snprintf(out, size, "%s/%s", client, server);
	return strlen(out);
}

/* Six letters, and a sum over the rest. */
static uint64_t
command_key(const char *command)
{
	uint64_t word = 0;
	uint16_t sum = 0;

	for (size_t i = 0; i < 6; i++)
		word = word << 8 | (uint8_t)command[i];
	for (size_t i = 6; i < HOST_COMMAND_MAX && command[i] != '\0'; i++)
		sum = (uint16_t)(sum * 31U + (uint8_t)command[i]);
	return word << 16 | sum;
}

static uint64_t
end_key(const struct flow_row *row, enum side side, enum kernel_field field)
{
	struct kernel_end end;
	const struct host_socket *k;

	if (!kernel_view_end(row, side, &end))
		return UINT64_MAX;
	k = is_about_process(field) ? end.owner : is_live(end.socket) ? end.socket : NULL;
	if (k == NULL)
		return UINT64_MAX;
	switch (field) {
	case KERNEL_PROCESS:
		return command_key(k->command);
	case KERNEL_PID:
		return (uint64_t)k->pid;
	case KERNEL_USER:
		return k->uid;
	case KERNEL_STATE:
		return k->state;
	case KERNEL_RECEIVE_QUEUE:
		return k->receive_queue;
	case KERNEL_SEND_QUEUE:
		return k->send_queue;
	case KERNEL_RTT:
		return k->rtt_us;
	case KERNEL_CWND:
		return k->cwnd;
	case KERNEL_RESENT:
		return k->resent;
	case KERNEL_TIMER:
		return k->timer_ms;
	case KERNEL_FIELDS:
		break;
	}
	return UINT64_MAX;
}

uint64_t
kernel_view_key(const struct flow_row *row, enum kernel_field field)
{
	uint64_t key = end_key(row, CLIENT, field);

	return key != UINT64_MAX ? key : end_key(row, SERVER, field);
}

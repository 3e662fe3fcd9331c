/*
 * Rows about listeners: those in trouble come first, then counters, settings
 * and states.  Knows how Linux handles its two queues, and what its settings
 * mean for what is seen on the wire.
 */
#include "view/listeners.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "view/format.h"

enum row_kind { ROW_BLANK, ROW_TITLE_LISTENERS, ROW_LISTENER, ROW_NONE, ROW_TITLE_COUNTERS, ROW_COUNTER,
    ROW_TITLE_SETTINGS, ROW_SETTING, ROW_TITLE_STATES, ROW_STATE, ROW_CLOSED_DOORS, ROW_LEFT_OUT };
enum { OTHER_ROWS = HOST_COUNTERS + HOST_SETTINGS + TCP_STATES + 16, NAME_END = 32, PERCENT_TROUBLE = 80 };

struct row {
	enum row_kind kind;
	uint32_t index;		/* of the socket, counter, setting or state */
};

struct listeners {
	const struct host_snapshot *s;
	struct row *rows;
	uint32_t count, room;
	bool services, ascii;
};

struct listeners *
listeners_new(void)
{
	return memory_new(sizeof(struct listeners));
}

void
listeners_free(struct listeners *l)
{
	if (l == NULL)
		return;
	free(l->rows);
	free(l);
}

bool
listeners_is_full(const struct host_socket *k)
{
	return k->receive_queue > k->send_queue;
}

/* Linux counts so: one more than the limit. */
static bool
is_backlogged(const struct host_socket *k)
{
	return k->half_open > k->send_queue;
}

static uint64_t
counted(const struct host_snapshot *s, uint32_t counter)
{
	return s->counters.value[counter] - s->counters_before.value[counter];
}

/* ---- which rows there are */

static void
add(struct listeners *l, enum row_kind kind, uint32_t index)
{
	l->rows[l->count++] = (struct row){ kind, index };
}

/* What needs a look comes first: full now, then full before, then all others, by port. */
static int
rank_of(const struct host_socket *k)
{
	return listeners_is_full(k) ? 0 : is_backlogged(k) || k->drops > k->drops_before ? 1 : 2;
}

static void
add_listeners(struct listeners *l)
{
	add(l, ROW_TITLE_LISTENERS, 0);
	for (int rank = 0; rank < 3; rank++) {
		for (uint32_t n = 0; n < l->s->listeners; n++) {
			if (rank_of(&l->s->sockets[n]) == rank)
				add(l, ROW_LISTENER, n);
		}
	}
	if (l->s->listeners == 0)
		add(l, ROW_NONE, 0);
	if (l->s->closed_doors > 0)
		add(l, ROW_CLOSED_DOORS, 0);
	if (l->s->left_out > 0)
		add(l, ROW_LEFT_OUT, 0);
}

static void
add_table(struct listeners *l, enum row_kind title, enum row_kind kind, uint32_t count, const bool *known)
{
	bool any = false;

	for (uint32_t n = 0; n < count; n++) {
		if (!known[n])
			continue;
		if (!any) {
			add(l, ROW_BLANK, 0);
			add(l, title, 0);
			any = true;
		}
		add(l, kind, n);
	}
}

void
listeners_update(struct listeners *l, const struct host_snapshot *s, bool services, bool ascii)
{
	bool states[TCP_STATES];

	l->s = s;
	l->services = services;
	l->ascii = ascii;
	l->count = 0;
	if (s->listeners + OTHER_ROWS > l->room) {
		l->room = s->listeners + s->listeners / 2 + OTHER_ROWS;
		l->rows = memory_resize(l->rows, l->room, sizeof *l->rows);
	}
	for (uint32_t n = 0; n < TCP_STATES; n++)
		states[n] = s->states[n] > 0;
	add_listeners(l);
	add_table(l, ROW_TITLE_COUNTERS, ROW_COUNTER, HOST_COUNTERS, s->counters.known);
	add_table(l, ROW_TITLE_SETTINGS, ROW_SETTING, HOST_SETTINGS, s->settings.known);
	add_table(l, ROW_TITLE_STATES, ROW_STATE, TCP_STATES, states);
}

uint32_t
listeners_count(const struct listeners *l)
{
	return l->count;
}

const struct host_socket *
listeners_socket(const struct listeners *l, uint32_t row)
{
	if (row >= l->count || l->rows[row].kind != ROW_LISTENER)
		return NULL;
	return &l->s->sockets[l->rows[row].index];
}

uint32_t
listeners_row_of(const struct listeners *l, uint64_t cookie, uint32_t otherwise)
{
	for (uint32_t row = 0; row < l->count; row++) {
		const struct host_socket *k = listeners_socket(l, row);

		if (k != NULL && k->cookie == cookie)
			return row;
	}
	return otherwise;
}

/* ---- listeners */

/* Where the columns end; the address has what is left of them. */
struct places {
	unsigned address, waiting, limit, half_open, drops, process;	/* half_open: 0: no room, left out */
};

static struct places
places_of(unsigned width)
{
	unsigned address = width < 70 ? 22 : width < 84 ? 30 : width < 120 ? 36 : 46;

	if (width < 70)
		return (struct places){ address, address + 8, address + 14, 0, address + 23, address + 25 };
	return (struct places){ address, address + 8, address + 14, address + 25, address + 33, address + 35 };
}

static void
listener_address(const struct host_socket *k, bool services, char *out, size_t size)
{
	static const uint8_t any[16];

	format_endpoint(out, size, k->local, k->family, k->local_port, services);
	/* one socket for both families */
	if (k->family == SEGMENT_IPV6 && memcmp(k->local, any, 16) == 0 && !(k->marks & HOST_V6_ONLY)) {
		char text[FORMAT_ENDPOINT_MAX];

		snprintf(text, sizeof text, "*%s", out + strlen("[::]"));
		snprintf(out, size, "%s", text);
	}
}

static void
listener_owner(const struct host_socket *k, char *out, size_t size)
{
	char name[HOST_NAME_MAX], user[HOST_NAME_MAX];

	if (k->marks & HOST_HELD)
		snprintf(out, size, "%s[%d]", host_process(k, name), k->pid);
	else
		snprintf(out, size, _("of %s"), host_user(k->uid, user));
	if (k->holders > 1)
		snprintf(out + strlen(out), size - strlen(out), _(" and %u more"), k->holders - 1U);
}

static void
put_count(struct line *line, uint64_t n, enum style style, unsigned end)
{
	char text[FORMAT_NUMBER_MAX];

	format_count(text, sizeof text, n);
	line_add_right(line, n > 0 ? style : STYLE_DIM, text, end);
}

static void
render_listener(const struct listeners *l, const struct host_socket *k, unsigned width, struct line *line)
{
	struct places p = places_of(width);
	bool full = listeners_is_full(k);
	char text[HOST_NAME_MAX + 64];

	listener_address(k, l->services, text, sizeof text);
	if (text_columns(text) > p.address - 3)
		listener_address(k, false, text, sizeof text);
	format_shorten(text, p.address - 3, l->ascii ? ".." : "…");
	line_printf(line, full ? STYLE_TROUBLE : STYLE_NORMAL, "   %s", text);
	put_count(line, k->receive_queue, full ? STYLE_TROUBLE : STYLE_NORMAL, p.waiting);
	snprintf(text, sizeof text, "%u", k->send_queue);
	line_add_right(line, STYLE_NORMAL, text, p.limit);
	if (full)
		line_add(line, STYLE_TROUBLE, _(" full"));
	if (p.half_open > 0)
		put_count(line, k->half_open, is_backlogged(k) ? STYLE_TROUBLE : STYLE_OPENING, p.half_open);
	put_count(line, k->drops - k->drops_before, STYLE_TROUBLE, p.drops);
	line_pad(line, p.process);
	listener_owner(k, text, sizeof text);
	line_add(line, k->marks & HOST_HELD ? STYLE_NORMAL : STYLE_DIM, text);
}

static void
render_listener_headings(unsigned width, struct line *line)
{
	struct places p = places_of(width);

	line_add(line, STYLE_TITLE, _(" Listeners"));
	line_add_right(line, STYLE_HEADING, _("waiting"), p.waiting);
	line_add_right(line, STYLE_HEADING, _("limit"), p.limit);
	if (p.half_open > 0)
		line_add_right(line, STYLE_HEADING, _("SYNs"), p.half_open);
	line_add_right(line, STYLE_HEADING, _("dropped"), p.drops);
	line_pad(line, p.process);
	line_add(line, STYLE_HEADING, _("process"));
}

static void say(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void
say(char *out, size_t size, const char *format, ...)
{
	size_t used = strlen(out);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(out + used, size - used, format, arguments);
	va_end(arguments);
}

static void
explain_listener(const struct listeners *l, const struct host_socket *k, char *out, size_t size)
{
	const struct host_settings *set = &l->s->settings;
	char address[FORMAT_ENDPOINT_MAX], owner[HOST_NAME_MAX + 64], user[HOST_NAME_MAX];

	listener_address(k, l->services, address, sizeof address);
	listener_owner(k, owner, sizeof owner);
	if (k->marks & HOST_HELD)
		say(out, size, _("%s of %s listens on %s, with descriptor %d. "), owner, host_user(k->uid, user), address,
		    k->descriptor);
	else
		say(out, size, _("A process %s that may not be looked into listens on %s. "), owner, address);
	say(out, size, P_("Waiting for accept(): %u connection; the limit is %u%s. ",
	    "Waiting for accept(): %u connections; the limit is %u%s. ", k->receive_queue), k->receive_queue, k->send_queue,
	    set->known[HOST_SOMAXCONN] && set->value[HOST_SOMAXCONN] == k->send_queue
	    ? _(", which is somaxconn's") : "");
	if (listeners_is_full(k))
		say(out, size, _("The queue is full: new SYNs are dropped, and of handshakes that have begun the client's "
		    "last ACK %s. The process is too slow or stuck, or its backlog too small. "),
		    set->known[HOST_ABORT_ON_OVERFLOW] && set->value[HOST_ABORT_ON_OVERFLOW] != 0
		    ? _("is answered with a RST") : _("is ignored, so that the client believes to be connected"));
	if (k->sharing > 1)
		say(out, size, _("%u listeners share this port, and the kernel chooses among them for each SYN: whose a connection "
		    "is can be told once it has been accepted. "), k->sharing);
	if (is_backlogged(k) && !listeners_is_full(k))
		say(out, size, _("The SYN backlog is full: a new SYN %s. "),
		    set->known[HOST_SYN_COOKIES] && set->value[HOST_SYN_COOKIES] == 0 ? _("is dropped")
		    : _("is answered with a SYN cookie"));
	if (k->half_open > 0)
		say(out, size, P_("%u handshake has been answered and waits for the client's last ACK. ",
		    "%u handshakes have been answered and wait for the client's last ACK. ", k->half_open), k->half_open);
	if (k->drops > k->drops_before)
		say(out, size, _("%u SYNs or ACKs were dropped since tcpladder started. "), k->drops - k->drops_before);
	if (k->drops_before > 0)
		say(out, size, _("%u had been dropped before. "), k->drops_before);
}

/* ---- settings */

static uint32_t
limited_by_somaxconn(const struct host_snapshot *s)
{
	uint32_t limited = 0;

	for (uint32_t n = 0; n < s->listeners; n++)
		limited += s->sockets[n].send_queue == s->settings.value[HOST_SOMAXCONN];
	return limited;
}

static uint32_t
ports_of(const struct host_settings *set)
{
	return set->last_port - set->value[HOST_PORT_RANGE] + 1;
}

/* How much of a limit is used; "" where it is none. true: nearly all. */
static bool
setting_use(const struct host_snapshot *s, uint32_t setting, char *out, size_t size)
{
	uint32_t value = s->settings.value[setting], waiting = s->states[TCP_TIME_WAIT];
	char percent[FORMAT_NUMBER_MAX], to[FORMAT_ENDPOINT_MAX], taken[FORMAT_NUMBER_MAX], all[FORMAT_NUMBER_MAX];

	out[0] = '\0';
	if (setting == HOST_SOMAXCONN && limited_by_somaxconn(s) > 0) {
		snprintf(out, size, P_("the limit of %u listener", "the limit of %u listeners", limited_by_somaxconn(s)),
		    limited_by_somaxconn(s));
	} else if (setting == HOST_TIMEWAIT_BUCKETS) {
		format_count(taken, sizeof taken, waiting);
		format_percent(percent, sizeof percent, waiting, value);
		snprintf(out, size, _("%s in TIME-WAIT, %s"), taken, percent);
		return (uint64_t)waiting * 100 >= (uint64_t)value * PERCENT_TROUBLE && waiting > 0;
	} else if (setting == HOST_PORT_RANGE) {
		format_count(taken, sizeof taken, s->ports.taken);
		format_count(all, sizeof all, ports_of(&s->settings));
		snprintf(out, size, _("%s taken of %s"), taken, all);
		if (s->ports.most == 0)
			return false;
		format_endpoint(to, sizeof to, s->ports.remote, s->ports.family, s->ports.remote_port, false);
		format_count(taken, sizeof taken, s->ports.most);
		format_percent(percent, sizeof percent, s->ports.most, ports_of(&s->settings));
		say(out, size, _("; at most %s (%s) to %s"), taken, percent, to);
		return (uint64_t)s->ports.most * 100 >= (uint64_t)ports_of(&s->settings) * PERCENT_TROUBLE;
	}
	return false;
}

static void
setting_value(const struct host_snapshot *s, uint32_t setting, char *out, size_t size)
{
	const char *unit = host_setting_names[setting].unit;

	if (setting == HOST_PORT_RANGE)
		snprintf(out, size, "%u-%u", s->settings.value[setting], s->settings.last_port);
	else
		snprintf(out, size, "%u%s%s", s->settings.value[setting], unit[0] != '\0' ? " " : "", unit);
}

static void
render_setting(const struct listeners *l, uint32_t setting, struct line *line)
{
	char value[FORMAT_NUMBER_MAX], use[160];
	bool trouble = setting_use(l->s, setting, use, sizeof use);

	setting_value(l->s, setting, value, sizeof value);
	line_printf(line, STYLE_NORMAL, "   %s", host_setting_names[setting].name);
	line_add_right(line, STYLE_NORMAL, value, NAME_END + 8);
	if (use[0] != '\0')
		line_printf(line, trouble ? STYLE_TROUBLE : STYLE_DIM, "  %s", use);
}

/* ---- counters and states */

static void
render_counter(const struct host_snapshot *s, uint32_t counter, struct line *line)
{
	const struct host_counter_name *name = &host_counter_names[counter];
	char all[FORMAT_NUMBER_MAX];

	line_printf(line, STYLE_NORMAL, "   %s", _(name->words));
	put_count(line, counted(s, counter), name->trouble ? STYLE_TROUBLE : STYLE_NORMAL, NAME_END + 8);
	format_count(all, sizeof all, s->counters.value[counter]);
	line_printf(line, STYLE_DIM, _("  %s in all"), all);
}

void
listeners_render(const struct listeners *l, uint32_t row, unsigned width, struct line *line)
{
	uint32_t index = l->rows[row].index;

	line_clear(line);
	switch (l->rows[row].kind) {
	case ROW_BLANK:
		break;
	case ROW_TITLE_LISTENERS:
		render_listener_headings(width, line);
		break;
	case ROW_LISTENER:
		render_listener(l, &l->s->sockets[index], width, line);
		break;
	case ROW_NONE:
		line_add(line, STYLE_DIM, _("   Nobody listens for TCP here."));
		break;
	case ROW_CLOSED_DOORS:
		line_printf(line, STYLE_DIM, P_("   %u process may not be looked into: root may.",
		    "   %u processes may not be looked into: root may.", l->s->closed_doors), l->s->closed_doors);
		break;
	case ROW_LEFT_OUT:
		line_printf(line, STYLE_TROUBLE, _("   %u sockets are left out: there are too many."), l->s->left_out);
		break;
	case ROW_TITLE_COUNTERS:
		line_add(line, STYLE_TITLE, _(" Counted since tcpladder started"));
		break;
	case ROW_COUNTER:
		render_counter(l->s, index, line);
		break;
	case ROW_TITLE_SETTINGS:
		line_add(line, STYLE_TITLE, _(" The kernel's settings"));
		break;
	case ROW_SETTING:
		render_setting(l, index, line);
		break;
	case ROW_TITLE_STATES:
		line_add(line, STYLE_TITLE, _(" The kernel's sockets by state"));
		break;
	case ROW_STATE:
		line_printf(line, STYLE_NORMAL, "   %s", tcp_state_name((enum tcp_state)index));
		put_count(line, l->s->states[index], STYLE_NORMAL, NAME_END + 8);
		break;
	}
	line_cut(line, width, line->columns > width ? l->ascii ? ">" : "…" : "");
}

bool
listeners_stops(const struct listeners *l, uint32_t row)
{
	enum row_kind kind = l->rows[row].kind;

	return kind != ROW_BLANK && kind != ROW_TITLE_COUNTERS && kind != ROW_TITLE_SETTINGS && kind != ROW_TITLE_STATES;
}

void
listeners_explain(const struct listeners *l, uint32_t row, char *out, size_t size)
{
	uint32_t index = l->rows[row].index;

	out[0] = '\0';
	switch (l->rows[row].kind) {
	case ROW_LISTENER:
		explain_listener(l, &l->s->sockets[index], out, size);
		break;
	case ROW_TITLE_LISTENERS:
		say(out, size, "%s", _("waiting: connections that no process has accepted yet; limit: of the accept queue, the "
		    "smaller of listen()'s backlog and somaxconn; SYNs: handshakes that aren't done; dropped: SYNs and "
		    "ACKs thrown away since tcpladder started."));
		break;
	case ROW_COUNTER:
		say(out, size, "%s (%s)", _(host_counter_names[index].meaning), host_counter_names[index].name);
		break;
	case ROW_SETTING:
		say(out, size, "%s (%s)", _(host_setting_names[index].meaning), host_setting_names[index].path);
		break;
	case ROW_CLOSED_DOORS:
		say(out, size, "%s", _("Which process holds which socket stands in /proc, where one sees one's own processes "
		    "only, unless one is root."));
		break;
	case ROW_STATE:
		say(out, size, "%s", _("As the kernel has them now, both ends of a connection within this host counted. The "
		    "statistics tell what the packets say."));
		break;
	case ROW_BLANK:
	case ROW_NONE:
	case ROW_LEFT_OUT:
	case ROW_TITLE_COUNTERS:
	case ROW_TITLE_SETTINGS:
	case ROW_TITLE_STATES:
		break;
	}
}

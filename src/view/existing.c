/*
 * Knows sockets and which end of them serves: the one that has a listener.
 * What a connection of which nothing was captured looks like is a flow's and
 * a row's business (tcp/flow.h, view/column.h).
 */
#include "view/existing.h"

#include <string.h>

static bool
is_connection(const struct host_socket *s)
{
	return s->remote_port != 0 && s->state != TCP_LISTEN && s->state != TCP_CLOSED && s->state != TCP_UNKNOWN
	    && !(s->marks & HOST_GONE);
}

/* From the client to the server. *proved: because one of them has a listener, or only the other can have one. */
static struct segment
tuple_of(const struct host_snapshot *host, const struct host_socket *s, bool *proved)
{
	struct segment t = { .time = host->time, .family = s->family };
	bool serves = host_snapshot_listener(host, s->family, s->local, s->local_port) != NULL;
	bool served = !serves && host_snapshot_is_local(host, s->family, s->remote)
	    && host_snapshot_listener(host, s->family, s->remote, s->remote_port) != NULL;

	*proved = serves || served;
	memcpy(t.source, serves ? s->remote : s->local, sizeof t.source);
	memcpy(t.target, serves ? s->local : s->remote, sizeof t.target);
	t.source_port = serves ? s->remote_port : s->local_port;
	t.target_port = serves ? s->local_port : s->remote_port;
	return t;
}

uint32_t
existing_list(struct session *session, const struct host_snapshot *host)
{
	uint32_t count = 0;

	for (uint32_t i = host->listeners; i < host->live; i++) {
		bool proved;
		struct segment tuple;

		if (!is_connection(&host->sockets[i]))
			continue;
		tuple = tuple_of(host, &host->sockets[i], &proved);
		count += session_adopt(session, &tuple, proved);
	}
	return count;
}

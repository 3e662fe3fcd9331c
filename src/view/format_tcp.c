/*
 * What TCP says as text: flags, states of one end and of both, notes,
 * windows.  Knows what INTERFACE calls them and how to say much in few
 * columns; no files and no screen.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "view/format.h"
#include "view/format_internal.h"

/* In the order of INTERFACE. */
static const struct {
	uint16_t flag;
	char letter;
	const char *word;
} flag_letters[] = {
	{ TCP_FIN, 'F', "FIN" }, { TCP_SYN, 'S', "SYN" }, { TCP_RST, 'R', "RST" },
	{ TCP_PSH, 'P', "PSH" }, { TCP_ACK, '.', "ACK" }, { TCP_URG, 'U', "URG" },
	{ TCP_ECE, 'E', "ECE" }, { TCP_CWR, 'W', "CWR" }, { TCP_AE, 'e', "AE" },
};
enum { FLAG_LETTERS = sizeof flag_letters / sizeof flag_letters[0] };

size_t
format_flags(char *out, size_t size, uint16_t flags)
{
	char text[FLAG_LETTERS + 1];
	size_t n = 0;

	for (size_t i = 0; i < FLAG_LETTERS; i++) {
		if (flags & flag_letters[i].flag)
			text[n++] = flag_letters[i].letter;
	}
	text[n] = '\0';
	return format_put(out, size, n > 0 ? text : "none");
}

size_t
format_flag_words(char *out, size_t size, uint16_t flags)
{
	size_t n = 0;

	if (size > 0)
		out[0] = '\0';
	for (size_t i = 0; i < FLAG_LETTERS; i++) {
		if (flags & flag_letters[i].flag)
			n += format_written(snprintf(out + n, size - n, "%s%s", n > 0 ? " " : "",
			    flag_letters[i].word), size - n);
	}
	return n > 0 ? n : format_put(out, size, _("no flags"));
}

static const char *
question_mark(shown_state state)
{
	return state & STATE_PROVISIONAL ? "?" : "";
}

size_t
format_state(char *out, size_t size, shown_state state)
{
	size_t n = format_put(out, size, tcp_state_name(shown_state_of(state)));

	return n + format_put(out + n, size - n, question_mark(state));
}

size_t
format_short_state(char *out, size_t size, shown_state state)
{
	return format_written(snprintf(out, size, "%s%s", tcp_state_short_name(shown_state_of(state)),
	    question_mark(state)), size);
}

/* What the connection is called when one word says it all, or NULL. */
static const char *
state_of_both(enum tcp_state client, enum tcp_state server)
{
	if (client == TCP_CLOSED && server == TCP_CLOSED)
		return "closed";
	if (client == server)
		return tcp_state_name(client);
	return NULL;
}

/* One end's; where it is too narrow hyphens go first: cut, FIN-WAIT-1 and FIN-WAIT-2 would look the same. */
static size_t
narrow_state(char *out, size_t size, shown_state state, unsigned columns)
{
	size_t n = format_short_state(out, size, state);
	char *hyphen;

	while (n > columns && (hyphen = strchr(out, '-')) != NULL) {
		memmove(hyphen, hyphen + 1, strlen(hyphen));
		n--;
	}
	return n;
}

size_t
format_states(char *out, size_t size, shown_state client, shown_state server, unsigned columns)
{
	enum tcp_state c = shown_state_of(client), s = shown_state_of(server);
	const char *mark = (client | server) & STATE_PROVISIONAL ? "?" : "";
	const char *one = state_of_both(c, s);
	size_t n;

	if (one != NULL) {
		n = format_written(snprintf(out, size, "%s%s", one, mark), size);
		if (n <= columns || c == TCP_CLOSED)
			return n;
		return narrow_state(out, size, (shown_state)(client | (server & STATE_PROVISIONAL)), columns);
	}
	n = format_written(snprintf(out, size, "%s%s/%s%s", tcp_state_name(c), question_mark(client),
	    tcp_state_name(s), question_mark(server)), size);
	if (n <= columns)
		return n;
	n = format_written(snprintf(out, size, "%s%s/%s%s", tcp_state_short_name(c), question_mark(client),
	    tcp_state_short_name(s), question_mark(server)), size);
	if (n <= columns)
		return n;
	/* Too narrow for both: the end that says more; one that hasn't closed yet says more than one that waits for it. */
	if (c == TCP_SYN_SENT || c == TCP_CLOSE_WAIT || s == TCP_CLOSED || s == TCP_UNKNOWN || s == TCP_LISTEN)
		return narrow_state(out, size, client, columns);
	return narrow_state(out, size, server, columns);
}

size_t
format_notes(char *out, size_t size, uint32_t notes)
{
	size_t n = 0;

	for (int i = 0; i < NOTES && notes >> i != 0; i++) {
		if (notes & (uint32_t)note_names[i].note)
			n += format_written(snprintf(out + n, size - n, "%s%s", n > 0 ? "," : "",
			    note_names[i].name), size - n);
	}
	return n > 0 ? n : format_put(out, size, "-");
}

size_t
format_window(char *out, size_t size, const struct flow *flow, const struct frame *frame)
{
	uint32_t window = flow_window(flow, frame);

	if (flow_window_is_known(flow, frame))
		return format_written(snprintf(out, size, "%" PRIu32, window), size);
	return format_written(snprintf(out, size, _("%u (unscaled)"), window), size);
}

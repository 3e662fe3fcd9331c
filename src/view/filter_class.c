/*
 * Words that say something by themselves: the classes that the state key
 * goes through, and a few more.  One row is one word.
 */
#include "base/language.h"
#include "view/filter_internal.h"

static bool
state_finished(shown_state s)
{
	enum tcp_state state = shown_state_of(s);

	return state == TCP_CLOSED || state == TCP_TIME_WAIT || state == TCP_LISTEN;
}

static bool
either_in(const struct flow_row *row, unsigned mask)
{
	return (1U << shown_state_of(row->moment.state[CLIENT])
	    | 1U << shown_state_of(row->moment.state[SERVER])) & mask;
}

static bool
test_connecting(struct flow_row *row)
{
	return either_in(row, 1U << TCP_SYN_SENT | 1U << TCP_SYN_RECEIVED);
}

static bool
test_closed(struct flow_row *row)
{
	return state_finished(row->moment.state[CLIENT])
	    && state_finished(row->moment.state[SERVER]);
}

static bool
test_closing(struct flow_row *row)
{
	return !test_connecting(row) && !test_closed(row)
	    && either_in(row, 1U << TCP_FIN_WAIT_1 | 1U << TCP_FIN_WAIT_2 | 1U << TCP_CLOSE_WAIT
	    | 1U << TCP_CLOSING | 1U << TCP_LAST_ACK | 1U << TCP_TIME_WAIT | 1U << TCP_CLOSED);
}

static bool
test_established(struct flow_row *row)
{
	return either_in(row, 1U << TCP_ESTABLISHED) && !test_connecting(row) && !test_closing(row);
}

static bool
test_failed(struct flow_row *row)
{
	/*
	 * Without a reset, an ICMP error or an unfinished handshake there is no need to tell
	 * the story.
	 */
	if (!(row->flow->completeness & COMPLETE_RST) && !(row->flow->marks & FLOW_ICMP)
	    && (row->flow->completeness & COMPLETE_ACK || !(row->flow->marks & FLOW_HANDSHAKE)))
		return false;
	switch (flow_row_outcome(row)->outcome) {
	case OUTCOME_REFUSED:
	case OUTCOME_NO_ANSWER:
	case OUTCOME_RESET_BY_CLIENT:
	case OUTCOME_RESET_BY_SERVER:
	case OUTCOME_ABORTED_HANDSHAKE:
	case OUTCOME_ICMP_REJECTED:
	case OUTCOME_SCAN:
		return true;
	case OUTCOME_OPEN:
	case OUTCOME_CLOSED:
	case OUTCOME_HALF_CLOSED:
	case OUTCOME_MIDSTREAM_OPEN:
	case OUTCOME_MIDSTREAM_CLOSED:
	case OUTCOMES:
		break;
	}
	return false;
}

static bool
test_trouble(struct flow_row *row)
{
	return (row->flow->marks & FLOW_TROUBLE) != 0;
}

static bool
test_midstream(struct flow_row *row)
{
	return !(row->flow->marks & FLOW_HANDSHAKE);
}

static bool
test_reused(struct flow_row *row)
{
	return (row->flow->marks & FLOW_REUSED) != 0;
}

const struct filter_class filter_classes[] = {
	{ .name = N_("connecting"), .help = "the handshake isn't done", .cycled = true,
	    .test = test_connecting },
	{ .name = N_("established"), .help = "both ends are open", .cycled = true,
	    .test = test_established },
	{ .name = N_("closing"), .help = "an end has closed, the other not yet", .cycled = true,
	    .test = test_closing },
	{ .name = N_("closed"), .help = "both ends are done", .cycled = true, .test = test_closed },
	{ .name = N_("failed"), .help = "reset, refused, unanswered or rejected", .costly = true,
	    .cycled = true, .test = test_failed },
	{ .name = "trouble", .help = "has a retransmission, a gap or the like",
	    .test = test_trouble },
	{ .name = "midstream", .help = "its handshake wasn't captured", .test = test_midstream },
	{ .name = "reused", .help = "its ports had a connection before", .test = test_reused },
};
const size_t filter_class_count = sizeof filter_classes / sizeof filter_classes[0];

const struct filter_class *
filter_class_find(const char *name, size_t length)
{
	for (size_t i = 0; i < filter_class_count; i++) {
		if (filter_same_name(filter_classes[i].name, name, length))
			return &filter_classes[i];
	}
	return NULL;
}

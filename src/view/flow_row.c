/*
 * A connection as of the replay point, as columns and filters look at it.
 * Knows when its outcome has to be told, and that of a connection which
 * nobody saw a segment of the kernel knows the states.
 */
#include <string.h>

#include "view/column.h"
#include "view/kernel_view.h"

void
flow_row_init(struct flow_row *row, struct narrator *narrator, const struct replay *replay,
    const struct flow *flow)
{
	memset(row, 0, sizeof *row);
	row->narrator = narrator;
	row->replay = replay;
	row->flow = flow;
	row->now = replay_now(replay);
	row->services = true;
	replay_moment(replay, flow, &row->moment);
	/* Of what nobody has seen a segment of, the kernel knows the state of its own end. */
	for (int side = CLIENT; flow_is_unseen(flow) && side < SIDES; side++) {
		enum tcp_state state = kernel_view_state(row, (enum side)side);

		row->moment.state[side] = state < TCP_STATES ? (shown_state)state : TCP_UNKNOWN;
	}
}

bool
flow_row_is_there(const struct flow_row *row)
{
	if (!flow_is_unseen(row->flow))
		return row->moment.rows > 0;
	return row->moment.state[CLIENT] != TCP_UNKNOWN || row->moment.state[SERVER] != TCP_UNKNOWN;
}

const struct outcome *
flow_row_outcome(struct flow_row *row)
{
	if (row->outcome == NULL)
		row->outcome = narrator_outcome_at(row->narrator, row->replay, row->flow);
	return row->outcome;
}

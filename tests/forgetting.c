/*
 * forgetting [RUNS [SEED]]: two sessions read the same odd packets, bit by
 * bit through pipes; one of them gives something up again and again while it
 * is looked at.  What is left there must hang together, whoever looked on
 * must see what somebody sees who comes anew, and of connections that are
 * left with all that used their ports before, the same must be said as by
 * the session that forgets nothing.  The same seed does the same.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/replay.h"
#include "capture/session.h"
#include "tests/forgetting.h"
#include "tests/strangers.h"
#include "view/filter.h"
#include "view/flow_list.h"
#include "view/frame_list.h"
#include "view/history.h"
#include "view/ladder.h"
#include "view/narrator.h"

enum { RUNS = 12, CHUNK = 4096 };

static void
before(void *context)
{
	struct world *w = context;

	while (history_update(w->history, 1 << 20))
		;
}

static void
after(void *context, const struct eviction_moves *moves)
{
	struct world *w = context;

	replay_moved(w->replay, moves);
	replay_moved(w->still, moves);
	narrator_moved(w->narrator);
	flow_list_moved(w->list, moves);
	flow_list_moved(w->still_list, moves);
	frame_list_moved(w->frames, moves);
	history_moved(w->history, moves);
	if (w->ladder != NULL) {
		w->ladder_id = moves->ids[w->ladder_id];
		if (w->ladder_id == 0) {
			ladder_free(w->ladder);
			w->ladder = NULL;
		} else
			ladder_moved(w->ladder, flow_table_get(session_flows(w->session), w->ladder_id));
	}
}

static void
open_world(struct world *w)
{
	static const uint32_t head[6] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1 };
	int ends[2];
	char name[64];
	const char *files[1] = { name };
	struct session_options options = { .files = files, .file_count = 1 };
	struct error error;

	memset(w, 0, sizeof *w);
	MUST(pipe(ends) == 0, "pipe");
	snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
	w->in = ends[1];
	MUST(write(w->in, head, sizeof head) == sizeof head, "write");
	w->session = session_open(&options, &error);
	MUST(w->session != NULL, "%s", error.text);
	close(ends[0]);
	w->replay = replay_new(w->session);
	w->still = replay_new(w->session);
	w->narrator = narrator_new(w->session);
	w->list = flow_list_new(w->session, w->replay, w->narrator);
	w->still_list = flow_list_new(w->session, w->still, w->narrator);
	w->frames = frame_list_new(w->session, w->replay, w->narrator);
	frame_list_set_filter(w->frames, "len>0");
	w->history = history_new(w->session, NULL);
	session_watch(w->session, &(struct session_watcher){ .before = before, .after = after,
	    .context = w });
}

static void
close_world(struct world *w)
{
	if (w->in >= 0)
		close(w->in);
	ladder_free(w->ladder);
	history_free(w->history);
	frame_list_free(w->frames);
	flow_list_free(w->list);
	flow_list_free(w->still_list);
	narrator_free(w->narrator);
	replay_free(w->replay);
	replay_free(w->still);
	session_close(w->session);
}

static void
feed(struct world *w, const struct strangers *s)
{
	size_t at = 0;
	struct session_status status;

	w->sent += s->frames;
	for (;;) {
		struct pollfd p[2] = { { .fd = w->in, .events = POLLOUT },
		    { .fd = session_descriptor(w->session), .events = POLLIN } };

		if (at < s->used) {
			size_t size = s->used - at < CHUNK ? s->used - at : CHUNK;

			poll(p, 1, 0);
			if (p[0].revents & POLLOUT) {
				ssize_t n = write(w->in, s->at + at, size);

				MUST(n > 0, "write");
				at += (size_t)n;
			}
		} else
			poll(p + 1, 1, 100);
		session_pump(w->session, 1000000000);
		session_status(w->session, &status);
		if (at == s->used && status.frames == w->sent)
			return;
		MUST(!status.at_end, "ended with %" PRIu64 " of %" PRIu64, status.frames, w->sent);
	}
}

/* ---- what must hold */

static void
check_chains(const struct world *w)
{
	const struct flow_table *t = flows_of(w);
	uint32_t number = 0;

	for (uint32_t id = 1; id <= flow_table_count(t); id++) {
		const struct flow *f = flow_table_get(t, id);

		MUST(f->id == id, "%u", f->id);
		MUST(f->number > number, "%u", id);
		if (f->number > number + 1)
			MUST(flow_table_find(t, f->number - 1) == 0, "%u", f->number - 1);
		number = f->number;
		MUST(flow_table_find(t, number) == id, "%u", number);
		MUST((f->reused != 0) == ((f->marks & FLOW_REUSED) != 0), "%u", id);
		if (f->previous != 0) {
			const struct flow *p = flow_table_get(t, f->previous);

			MUST(f->previous < id, "%u", id);
			MUST(p->next == id, "%u: previous %u has next %u", id, f->previous, p->next);
			MUST(f->reused == p->number, "%u", id);
			MUST(same_tuple(f, p), "%u", id);
			MUST(p->marks & FLOW_SUPERSEDED, "%u", id);
		}
		if (f->next != 0) {
			MUST(f->next <= flow_table_count(t) && flow_table_get(t, f->next)->previous == id,
			    "%u", id);
		} else
			MUST(!(f->marks & FLOW_SUPERSEDED), "%u", id);
	}
	MUST(number <= flow_table_numbered(t), "%u", number);
}

static void
check_rows(const struct world *w)
{
	const struct frame_store *frames = session_frames(w->session);
	const struct flow_table *t = flows_of(w);
	uint32_t rows = 0, count = frame_store_count(frames), last = 0, nobody = 0;

	for (uint32_t id = 1; id <= flow_table_count(t); id++) {
		const struct flow *f = flow_table_get(t, id);
		const struct flow_past *past = flow_table_past(t, f);
		uint64_t sent[2] = { 0 }, bytes[2] = { 0 }, resent[2] = { 0 };

		MUST((past != NULL) == ((f->marks & FLOW_PAST) != 0), "%u", id);
		for (int i = 0; past != NULL && i < 2; i++) {
			sent[i] = past->frames[i];
			bytes[i] = past->bytes[i];
			resent[i] = past->resent[i];
		}
		for (uint32_t n = 0; n < f->rows; n++) {
			uint32_t row = frame_store_nth(frames, f, n);
			const struct frame *r = frame_store_get(frames, row);

			MUST(row < count && r->flow == id, "flow %u row %u", id, row);
			MUST(n == 0 || row > frame_store_nth(frames, f, n - 1), "%u", id);
			if (past != NULL)
				MUST(r->number > past->last_frame || past->last_frame == r->number, "%u", id);
			if (r->notes & NOTE_ICMP_ERROR)
				continue;
			sent[frame_from(r)]++;
			bytes[frame_from(r)] += r->length;
			resent[frame_from(r)] += (r->notes & NOTES_RESENT) != 0;
		}
		for (int i = 0; i < 2; i++)
			MUST(sent[i] == f->end[i].frames && bytes[i] == f->end[i].bytes
			    && resent[i] == f->end[i].resent,
			    "flow %u: %" PRIu64 " %u, %" PRIu64 " %" PRIu64 ", %" PRIu64 " %u", id, sent[i],
			    f->end[i].frames,
			    bytes[i], f->end[i].bytes, resent[i], f->end[i].resent);
		rows += f->rows;
	}
	for (uint32_t row = 0; row < count; row++) {
		const struct frame *r = frame_store_get(frames, row);

		nobody += r->flow == 0;
		MUST(r->number >= last, "row %u", row);
		last = r->number;
	}
	MUST(rows + nobody == count, "%u and %u of %u", rows, nobody, count);
}

static void
check_replay(const struct world *w, struct strangers *s)
{
	uint32_t count = frame_store_count(session_frames(w->session)), point = strangers_below(s, count + 1);
	const struct flow_table *t = flows_of(w);
	struct replay *fresh = replay_new(w->session);

	/* the one that stays where it is, against a fresh one there */
	if (!replay_at_end(w->still)) {
		MUST(replay_rows(w->still) <= count, "%u", replay_rows(w->still));
		replay_to(fresh, replay_rows(w->still));
		for (uint32_t id = 1; id <= flow_table_count(t); id++) {
			struct moment a, b;

			memset(&a, 0, sizeof a), memset(&b, 0, sizeof b);
			replay_moment(w->still, flow_table_get(t, id), &a);
			replay_moment(fresh, flow_table_get(t, id), &b);
			MUST(a.rows == b.rows && !memcmp(a.frames, b.frames, sizeof a.frames)
			    && !memcmp(a.bytes, b.bytes, sizeof a.bytes)
			    && !memcmp(a.resent, b.resent, sizeof a.resent)
			    && a.state[0] == b.state[0] && a.state[1] == b.state[1]
			    && a.last_time == b.last_time, "flow %u", id);
		}
	}
	/* the whole of it is as the end */
	replay_to(fresh, point);
	replay_to(fresh, count);
	for (uint32_t id = 1; id <= flow_table_count(t); id++) {
		const struct flow *f = flow_table_get(t, id);
		struct moment a, b;

		replay_moment(w->replay, f, &a);
		replay_moment(fresh, f, &b);
		MUST(a.rows == b.rows && !memcmp(a.frames, b.frames, sizeof a.frames) && !memcmp(a.bytes,
		    b.bytes, sizeof a.bytes)
		    && !memcmp(a.resent, b.resent, sizeof a.resent), "flow %u", id);
	}
	replay_free(fresh);
}

static void
check_list(const struct world *w, struct flow_list *list, const struct replay *replay)
{
	struct flow_list *fresh;
	bool descending;
	const struct column *sort = flow_list_sort(list, &descending);

	flow_list_update(list);
	fresh = flow_list_new(w->session, replay, w->narrator);
	flow_list_set_sort(fresh, sort, descending);
	flow_list_set_filter(fresh, flow_list_filter(list), NULL);
	flow_list_update(fresh);
	MUST(flow_list_count(list) == flow_list_count(fresh), "%u %u (%s %s)", flow_list_count(list),
	    flow_list_count(fresh), sort->name,
	    flow_list_filter(list));
	MUST(flow_list_total(list) == flow_list_total(fresh), "%u %u", flow_list_total(list),
	    flow_list_total(fresh));
	for (uint32_t row = 0; row < flow_list_count(list); row++)
		MUST(flow_list_get(list, row) == flow_list_get(fresh, row), "row %u (%s %s)", row,
		    sort->name, flow_list_filter(list));
	if (flow_list_count(list) > 0) {
		MUST(flow_list_get(list, flow_list_cursor_row(list)) == flow_list_cursor(list), "cursor");
	} else
		MUST(flow_list_cursor(list) == 0, "cursor %u", flow_list_cursor(list));
	flow_list_free(fresh);
}

/* At a point of replay, those that have begun are listed, no others. */
static void
check_begun(const struct world *w)
{
	const struct flow_table *t = flows_of(w);
	uint32_t begun = 0;

	if (replay_at_end(w->still) || flow_list_filter(w->still_list)[0] != '\0')
		return;
	for (uint32_t id = 1; id <= flow_table_count(t); id++) {
		struct moment m;

		replay_moment(w->still, flow_table_get(t, id), &m);
		begun += m.rows > 0;
	}
	MUST(flow_list_count(w->still_list) == begun, "%u %u", flow_list_count(w->still_list), begun);
}

static void
check_frames(struct world *w)
{
	struct frame_list *fresh = frame_list_new(w->session, w->replay, w->narrator);

	frame_list_set_filter(fresh, "len>0");
	while (frame_list_update(fresh))
		;
	while (frame_list_update(w->frames))
		;
	MUST(frame_list_count(fresh) == frame_list_count(w->frames), "%u %u", frame_list_count(fresh),
	    frame_list_count(w->frames));
	for (uint32_t n = 0; n < frame_list_count(fresh); n++)
		MUST(frame_list_get(fresh, n) == frame_list_get(w->frames, n), "%u", n);
	frame_list_free(fresh);
}

static void
check_history(struct world *w)
{
	struct history *fresh = history_new(w->session, NULL);

	while (history_update(fresh, 1 << 20))
		;
	while (history_update(w->history, 1 << 20))
		;
	for (int side = 0; side < HISTORY_SIDES; side++)
		for (int state = 0; state < TCP_STATES; state++)
			MUST(history_now(fresh, side, (enum tcp_state)state) == history_now(w->history,
			    side, (enum tcp_state)state),
			    "side %d %s: %u afresh, %u", side, tcp_state_name((enum tcp_state)state),
			    history_now(fresh, side, (enum tcp_state)state),
			    history_now(w->history, side, (enum tcp_state)state));
	history_free(fresh);
}

static void
check_ladder(struct world *w)
{
	struct ladder *fresh;
	struct line a, b;

	if (w->ladder == NULL)
		return;
	fresh = ladder_new(w->session, w->replay, flow_table_get(flows_of(w), w->ladder_id));
	ladder_set_options(fresh, ladder_options_of(w->ladder));
	ladder_update(fresh);
	ladder_update(w->ladder);
	MUST(ladder_count(fresh) == ladder_count(w->ladder), "%u %u", ladder_count(fresh),
	    ladder_count(w->ladder));
	for (uint32_t row = 0; row < ladder_count(fresh); row++) {
		ladder_render(fresh, row, &a);
		ladder_render(w->ladder, row, &b);
		MUST(strcmp(a.text, b.text) == 0, "\n%s\n%s", a.text, b.text);
	}
	ladder_free(fresh);
}

/* ---- looking on */

static void
look(struct world *w, struct strangers *s)
{
	static const char *const sorts[] = { "flow", "client", "server", "client_bytes", "frames", "start",
	    "first_frame", "client_port" };
	static const char *const filters[] = { "", "", "", "port:80", "bytes>200", "rtx>0", "frames>3",
	    "flag:rst" };
	struct flow_list *list = strangers_below(s, 2) ? w->list : w->still_list;
	uint32_t count = frame_store_count(session_frames(w->session));

	switch (strangers_below(s, 8)) {
	case 0:
		flow_list_set_sort(list, column_find(sorts[strangers_below(s, 8)]), count % 2);
		break;
	case 1:
		flow_list_set_filter(list, filters[strangers_below(s, 8)], NULL);
		break;
	case 2:
		flow_list_move_to(list, strangers_below(s, flow_list_count(list) + 1));
		break;
	case 3:
		replay_to(w->still, strangers_below(s, count + 1));
		break;
	case 4:
		if (strangers_below(s, 3) == 0)
			replay_end(w->still);
		break;
	case 5:
		if (flow_table_count(flows_of(w)) == 0)
			break;
		ladder_free(w->ladder);
		w->ladder_id = 1 + strangers_below(s, flow_table_count(flows_of(w)));
		w->ladder = ladder_new(w->session, w->replay, flow_table_get(flows_of(w), w->ladder_id));
		ladder_set_options(w->ladder, &(struct ladder_options){ .width = 80,
		    .fold = strangers_below(s, 2) });
		break;
	case 6:
		if (strangers_below(s, 2))
			flow_list_refresh(list, 1);
		break;
	default:
		break;
	}
}

static unsigned long
check(struct world *w, const struct world *whole, struct strangers *s)
{
	check_chains(w);
	check_rows(w);
	check_replay(w, s);
	check_list(w, w->list, w->replay);
	check_list(w, w->still_list, w->still);
	check_begun(w);
	check_frames(w);
	check_history(w);
	check_ladder(w);
	check_counts(w, whole);
	return check_against(w, whole);
}

static unsigned long
run(unsigned long seed)
{
	struct world w, whole;
	struct strangers s;
	unsigned chunks, size;
	unsigned long compared = 0;

	strangers_init(&s, seed);
	chunks = 3 + strangers_below(&s, 12);
	size = 10 + strangers_below(&s, strangers_below(&s, 4) == 0 ? 4000 : 800);
	open_world(&w);
	open_world(&whole);
	while (chunks-- > 0) {
		s.used = s.frames = 0;
		strangers_send(&s, size);
		feed(&w, &s);
		feed(&whole, &s);
		for (unsigned i = 0; i < 3; i++)
			look(&w, &s);
		for (unsigned n = strangers_below(&s, 4); n > 0; n--) {
			uint64_t held = session_memory_frames(w.session)
			    + (uint64_t)flow_table_count(flows_of(&w)) * EVICTION_FLOW_BYTES;

			look(&w, &s);
			session_give_up(w.session, strangers_below(&s, 12) == 0 ? held * 2
			    : held / (1 + strangers_below(&s, 30)));
			if (strangers_below(&s, 2) == 0)
				compared += check(&w, &whole, &s);
		}
		compared += check(&w, &whole, &s);
	}
	free(s.at);
	close_world(&w);
	close_world(&whole);
	return compared;
}

int
main(int argc, char **argv)
{
	unsigned long runs = argc > 1 ? strtoul(argv[1], NULL, 10) : RUNS, seed = argc > 2
	    ? strtoul(argv[2], NULL, 10) : 1;
	unsigned long compared = 0;

	for (unsigned long i = 0; i < runs; i++) {
		compared += run(seed + i);
		MUST(i + 1 < RUNS || compared > 0, "nothing is left to be compared");
	}
	printf("ok forgetting: %lu runs from seed %lu, %lu connections compared\n", runs, seed, compared);
	return 0;
}

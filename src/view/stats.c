/*
 * Counts what a capture holds.  Knows flows, frames and troubles; keeps the
 * addresses in a table of its own while it counts the talkers.
 */
#include "view/stats.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "host/host.h"

/* Addresses seen so far: open addressing, a power of two of slots, at most half full. */
struct addresses {
	struct talker *slots;
	size_t size, used;
	uint64_t secret;	/* addresses come from strangers */
	bool bounded;		/* strangers mustn't take more room than ADDRESSES_MAX */
	bool crowded, full;	/* some were forgotten for that; nobody more fits */
};

enum { ADDRESSES_FIRST = 256, ADDRESSES_MAX = 1 << 16 };

static uint64_t
address_hash(const struct addresses *a, const uint8_t address[16], uint8_t family)
{
	uint64_t words[2], h = a->secret ^ family;

	memcpy(words, address, sizeof words);
	for (size_t i = 0; i < 2; i++) {
		h = (h ^ words[i]) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 29;
}

static struct talker *
address_slot(const struct addresses *a, const uint8_t address[16], uint8_t family)
{
	size_t at = (size_t)address_hash(a, address, family) & (a->size - 1);

	while (a->slots[at].family != 0
	    && (a->slots[at].family != family || memcmp(a->slots[at].address, address, 16) != 0))
		at = (at + 1) & (a->size - 1);
	return &a->slots[at];
}

/* Into a table of that size go those with at least so many connections. */
static void
address_rehash(struct addresses *a, size_t size, uint64_t least)
{
	struct addresses old = *a;

	a->size = size;
	a->used = 0;
	a->slots = memory_new_array(size, sizeof *a->slots);
	for (size_t i = 0; i < old.size; i++) {
		if (old.slots[i].family == 0 || old.slots[i].flows < least)
			continue;
		*address_slot(a, old.slots[i].address, old.slots[i].family) = old.slots[i];
		a->used++;
	}
	free(old.slots);
}

/* NULL: there is no room for one more. Who has most connections is asked for: those with one make room. */
static struct talker *
address_add(struct addresses *a, const uint8_t address[16], uint8_t family)
{
	struct talker *t;

	if (a->used * 2 >= a->size && !(a->bounded && a->used >= ADDRESSES_MAX))
		address_rehash(a, a->size > 0 ? a->size * 2 : ADDRESSES_FIRST, 0);
	t = address_slot(a, address, family);
	if (t->family == 0 && a->bounded && a->used >= ADDRESSES_MAX) {
		a->crowded = true;
		if (a->full)
			return NULL;
		address_rehash(a, a->size, 2);
		a->full = a->used > ADDRESSES_MAX / 2;
		t = address_slot(a, address, family);
	}
	if (t->family == 0) {
		memcpy(t->address, address, sizeof t->address);
		t->family = family;
		a->used++;
	}
	return t;
}

/* More connections first, then more bytes, then by address so that it is always the same. */
static bool
talks_more(const struct talker *a, const struct talker *b)
{
	if (a->flows != b->flows)
		return a->flows > b->flows;
	if (a->bytes != b->bytes)
		return a->bytes > b->bytes;
	return memcmp(a->address, b->address, sizeof a->address) < 0;
}

static void
pick_talkers(struct stats *s, const struct addresses *a)
{
	for (size_t i = 0; i < a->size; i++) {
		const struct talker *t = &a->slots[i];
		uint32_t at = s->talker_count;

		if (t->family == 0)
			continue;
		while (at > 0 && talks_more(t, &s->talkers[at - 1]))
			at--;
		if (at == STATS_TALKERS)
			continue;
		if (s->talker_count < STATS_TALKERS)
			s->talker_count++;
		memmove(&s->talkers[at + 1], &s->talkers[at],
		    (s->talker_count - at - 1) * sizeof *t);
		s->talkers[at] = *t;
	}
	s->addresses = a->crowded ? ADDRESSES_MAX : (uint32_t)a->used;
	s->more_addresses = a->crowded;
}

static void
count_flow(struct stats *s, struct addresses *a, const struct flow *flow, const struct moment *m,
    enum outcome_kind outcome)
{
	s->flows++;
	s->midstream += !(flow->marks & FLOW_HANDSHAKE);
	s->reused += (flow->marks & FLOW_REUSED) != 0;
	s->outcomes[outcome]++;
	for (enum side side = CLIENT; side < SIDES; side++) {
		struct talker *t = address_add(a, flow->address[side], flow->family);
		bool same = side == SERVER
		    && memcmp(flow->address[CLIENT], flow->address[SERVER], 16) == 0;

		s->states[side][shown_state_of(m->state[side])]++;
		s->frames[side] += m->frames[side];
		s->bytes[side] += m->bytes[side];
		s->resent[side] += m->resent[side];
		if (t == NULL)
			continue;
		t->flows += !same;
		t->bytes += m->bytes[side];
	}
}

static void
count_troubles(struct stats *s, struct session *session)
{
	struct session_status status;
	uint32_t kept[DECODE_RESULTS] = { 0 };

	session_status(session, &status);
	for (int r = 0; r < DECODE_RESULTS; r++)
		s->troubles[r] = status.counts[r];
	for (size_t i = 0; i < session_troubles(session); i++) {
		const struct trouble *t = session_trouble(session, i);

		if (kept[t->reason] < STATS_FRAMES)
			s->trouble_frames[t->reason][kept[t->reason]++] = t->frame;
	}
}

struct stats_count {
	struct stats stats;
	struct session *session;
	const struct replay *replay;
	struct narrator *narrator;
	struct addresses addresses;
	struct pileups *pileups;
	uint32_t flows, rows;		/* how many there are to be looked at */
	uint32_t flow, row;		/* and were */
	bool finished;
};

struct stats_count *
stats_count_new(struct session *session, const struct replay *replay, struct narrator *narrator)
{
	struct stats_count *c = memory_new(sizeof *c);
	struct session_status status;

	c->session = session;
	c->replay = replay;
	c->narrator = narrator;
	c->pileups = pileups_new();
	c->addresses.secret = (uint64_t)(uintptr_t)c ^ UINT64_C(0x9e3779b97f4a7c15);
	session_status(session, &status);
	c->addresses.bounded = status.kind != CAPTURE_FILE;
	c->flows = flow_table_count(session_flows(session));
	c->rows = replay_rows(replay);
	return c;
}

void
stats_count_free(struct stats_count *c)
{
	if (c == NULL)
		return;
	free(c->addresses.slots);
	pileups_free(c->pileups);
	free(c);
}

static void
count_next_flow(struct stats_count *c)
{
	const struct flow *flow = flow_table_get(session_flows(c->session), ++c->flow);
	struct moment moment;

	replay_moment(c->replay, flow, &moment);
	if (moment.rows == 0)
		return;
	count_flow(&c->stats, &c->addresses, flow, &moment,
	    narrator_outcome_at(c->narrator, c->replay, flow)->outcome);
	pileups_add(c->pileups, flow, &moment, replay_now(c->replay));
}

static void
count_next_frame(struct stats_count *c)
{
	uint32_t notes = frame_store_get(session_frames(c->session), c->row++)->notes;

	for (int i = 0; notes != 0; i++, notes >>= 1)
		c->stats.notes[i] += notes & 1;
	c->stats.tcp_frames++;
}

/* The kernel's sockets are those of now. */
static void
pick_pileups(struct stats_count *c)
{
	const struct host *host = replay_at_end(c->replay) ? narrator_host(c->narrator) : NULL;

	c->stats.pileup_count = pileups_pick(c->pileups, host != NULL ? host_snapshot(host) : NULL, c->stats.pileups,
	    STATS_PILEUPS);
}

bool
stats_count_more(struct stats_count *c, uint32_t steps)
{
	for (; steps > 0 && (c->flow < c->flows || c->row < c->rows); steps--) {
		if (c->flow < c->flows)
			count_next_flow(c);
		else
			count_next_frame(c);
	}
	if (c->flow < c->flows || c->row < c->rows)
		return true;
	if (!c->finished) {
		count_troubles(&c->stats, c->session);
		pick_talkers(&c->stats, &c->addresses);
		pick_pileups(c);
		c->finished = true;
	}
	return false;
}

unsigned
stats_count_percent(const struct stats_count *c)
{
	uint64_t all = (uint64_t)c->flows + c->rows, done = (uint64_t)c->flow + c->row;

	return all == 0 ? 100 : (unsigned)(done * 100 / all);
}

const struct stats *
stats_count_result(const struct stats_count *c)
{
	return &c->stats;
}

void
stats_gather(struct stats *s, struct session *session, const struct replay *replay,
    struct narrator *narrator, const volatile int *interrupted)
{
	enum { AT_ONCE = 10000 };
	struct stats_count *c = stats_count_new(session, replay, narrator);

	while (stats_count_more(c, AT_ONCE))
		if (interrupted != NULL && *interrupted) {
			/* what was counted so far, with its talkers */
			c->flows = c->flow;
			c->rows = c->row;
		}
	*s = c->stats;
	stats_count_free(c);
}

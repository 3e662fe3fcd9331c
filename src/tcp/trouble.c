/*
 * The second half of a verdict: what was wrong with a connection on its way,
 * whatever its end.  Each trouble has a test and a sentence; the gravest
 * two are said.
 */
#include "tcp/story_internal.h"
#include "tcp/words.h"

enum { TROUBLES_SAID = 2, LONG_ENOUGH = 300, LARGE_SEGMENT = 1000, STUCK_ENOUGH = 3 };

static const uint64_t long_idle = 60000000000ull, worth_telling = 10000000ull,
    absurd = 7776000000000000ull;

struct trouble {
	const struct story *s;
	struct words *w;
	const struct outcome *out;
	uint64_t now;
};

static uint64_t
elapsed(uint64_t later, uint64_t earlier)
{
	return later > earlier ? later - earlier : 0;
}

static bool
trouble_is_alive(const struct trouble *t)
{
	return t->s->reset.frame == 0 && t->s->established_frame != 0
	    && (t->out->outcome == OUTCOME_OPEN || t->out->outcome == OUTCOME_HALF_CLOSED
	    || t->out->outcome == OUTCOME_MIDSTREAM_OPEN);
}

/* Whether an ICMP error had said that what this end sends again and again is too big. */
static bool
trouble_was_told(enum side side, const struct trouble *t)
{
	const struct story_icmp *icmp = &t->s->icmp;

	return icmp->mtu != 0 && icmp->too_big_from == side && t->s->end[side].stuck_size > icmp->mtu;
}

/*
 * Full-size segments are sent again and again, smaller ones had passed: nobody
 * told the sender of a smaller MTU, or it doesn't mind.
 */
static bool
trouble_black_hole(const struct trouble *t)
{
	for (int side = CLIENT; side < SIDES; side++) {
		const struct story_end *e = &t->s->end[side];

		if (e->stuck_count < STUCK_ENOUGH || e->stuck_length < LARGE_SEGMENT
		    || e->stuck_length <= e->passed_longest || !t->s->handshake)
			continue;
		if (trouble_was_told((enum side)side, t)) {
			SAY(t->w, WORDS_BLACK_HOLE_TOLD, SIDE((uint64_t)side), BYTES(e->stuck_length),
			    PLAIN(e->stuck_frame), TIMES(e->stuck_count + 1), BYTES(e->passed_longest),
			    PLAIN(t->s->icmp.too_big_frame), BYTES(t->s->icmp.mtu));
			return true;
		}
		SAY(t->w, WORDS_BLACK_HOLE, SIDE((uint64_t)side), BYTES(e->stuck_length),
		    PLAIN(e->stuck_frame), TIMES(e->stuck_count + 1), BYTES(e->passed_longest));
		return true;
	}
	return false;
}

/* The same, until its sender tried smaller ones by itself (RFC 4821, RFC 8899). */
static bool
trouble_black_hole_passed(const struct trouble *t)
{
	for (int side = CLIENT; side < SIDES; side++) {
		const struct story_end *e = &t->s->end[side];

		if (e->hole_passed == 0 || e->hole_count < STUCK_ENOUGH || e->hole_length < LARGE_SEGMENT
		    || t->s->icmp.too_big)
			continue;
		SAY(t->w, WORDS_BLACK_HOLE_PASSED, SIDE((uint64_t)side), BYTES(e->hole_length),
		    PLAIN(e->hole_frame), TIMES(e->hole_count), BYTES(e->hole_passed));
		return true;
	}
	return false;
}

static bool
trouble_unanswered(const struct trouble *t)
{
	if (!trouble_is_alive(t))
		return false;
	for (int side = CLIENT; side < SIDES; side++) {
		const struct story_wait *w = &t->s->end[side].wait;
		uint64_t waited = elapsed(t->now, w->first_time);
		enum side other = side_other((enum side)side);

		if (w->frames == 0 || t->s->end[other].frames == 0)
			continue;
		if (w->keep_alives >= 2 && w->keep_alives == w->frames) {
			SAY(t->w, WORDS_KEEP_ALIVES_UNANSWERED, COUNT(w->keep_alives),
			    SIDE((uint64_t)side), PLAIN(w->first_frame), PLAIN(w->last_frame),
			    SIDE(other));
			return true;
		}
		if (w->resent >= 2 && w->data > 0) {
			SAY(t->w, w->idle >= long_idle ? WORDS_FORGOTTEN : WORDS_DATA_UNANSWERED,
			    SIDE((uint64_t)side), PLAIN(w->first_frame), TIMES(w->resent),
			    TIME(waited), SIDE(other), TIME(w->idle));
			return true;
		}
	}
	return false;
}

static bool
trouble_zero_window(const struct trouble *t)
{
	for (int side = CLIENT; side < SIDES; side++) {
		const struct story_end *e = &t->s->end[side];

		uint32_t probes = t->s->end[side_other((enum side)side)].probes;
		uint64_t closed = elapsed(t->now, e->zero_since);

		if (e->zero && trouble_is_alive(t) && (closed >= worth_telling || probes > 0)) {
			SAY(t->w, probes > 0 ? WORDS_WINDOW_PROBED : WORDS_WINDOW_CLOSED,
			    SIDE((uint64_t)side), TIME(closed), PLAIN(e->zero_last_frame),
			    TIMES(probes));
			return true;
		}
		if (e->zero_longest >= worth_telling
		    || (e->zero_windows > 0 && e->zero && !trouble_is_alive(t))) {
			SAY(t->w, e->zero ? WORDS_WINDOW_LEFT_CLOSED
			    : e->zero_total == e->zero_longest ? WORDS_WINDOW_WAS_CLOSED_ONCE
			    : WORDS_WINDOW_WAS_CLOSED,
			    SIDE((uint64_t)side), TIME(e->zero_longest), PLAIN(e->zero_frame),
			    TIME(e->zero_total));
			return true;
		}
	}
	return false;
}

/* Only one direction in the capture: all that is said of the silent end is inferred. */
static bool
trouble_one_sided(const struct trouble *t)
{
	for (int side = CLIENT; side < SIDES; side++) {
		const struct story_end *seen = &t->s->end[side],
		    *silent = &t->s->end[side_other((enum side)side)];

		if (silent->frames > 0 || seen->frames < 2 || t->s->established_frame == 0)
			continue;
		SAY(t->w, WORDS_ONE_SIDED, SIDE((uint64_t)side), SIDE(side_other((enum side)side)));
		return true;
	}
	return false;
}

static bool
trouble_opening(const struct trouble *t)
{
	const struct story *s = t->s;
	const struct story_end *own = &s->end[s->opener], *peer = &s->end[side_other(s->opener)];

	if (s->established_frame == 0 && s->cleared_frame == 0)
		return false;
	if (s->cleared_frame != 0 && t->out->outcome == OUTCOME_ABORTED_HANDSHAKE)
		return false;		/* told already */
	if (s->cleared_frame != 0 && s->strange_frame != 0) {
		SAY(t->w, WORDS_STRANGE_CLEARED, PLAIN(s->strange_frame), SIDE(s->opener), PLAIN(s->cleared_frame));
		return true;
	}
	if (s->cleared_frame != 0) {
		SAY(t->w, WORDS_HALF_OPEN, SIDE(side_other(s->opener)), SIDE(s->opener),
		    PLAIN(s->cleared_frame));
		return true;
	}
	if (story_simultaneous_open(s)) {
		uint32_t a = own->syn.first_frame, b = peer->syn.first_frame;

		SAY(t->w, WORDS_OPENED_TOGETHER, PLAIN(frame_is_after(b, a) ? a : b), PLAIN(frame_is_after(b, a) ? b : a));
		return true;
	}
	if (peer->syn_ack.count > 1) {
		bool after_ack = frame_is_after(peer->syn_ack.last_frame, s->established_frame);

		SAY(t->w, after_ack ? WORDS_SYN_ACK_AGAIN : WORDS_SYN_ACK_LATE,
		    SIDE(side_other(s->opener)), TIMES(peer->syn_ack.count),
		    PLAIN(peer->syn_ack.first_frame), PLAIN(peer->syn_ack.last_frame));
		return true;
	}
	if (s->old_ack_frame != 0 && peer->syn_ack.count > 0) {
		SAY(t->w, WORDS_OLD_ANSWERED_FIRST, PLAIN(s->flow->reused), PLAIN(s->old_ack_frame),
		    SIDE(side_other(s->opener)));
		return true;
	}
	if (own->syn.count > 1 && peer->syn_ack.count > 0) {
		SAY(t->w, WORDS_SYN_AGAIN, TIMES(own->syn.count),
		    TIME(elapsed(own->syn.last_time, own->syn.time[0])),
		    PLAIN(own->syn.first_frame), PLAIN(own->syn.last_frame));
		return true;
	}
	return false;
}

static bool
trouble_icmp(const struct trouble *t)
{
	const struct story_icmp *icmp = &t->s->icmp;

	if (icmp->count == 0 || t->out->outcome == OUTCOME_ICMP_REJECTED
	    || t->out->outcome == OUTCOME_NO_ANSWER || t->s->frames == 0)
		return false;
	if (icmp->mtu != 0)
		SAY(t->w, WORDS_ICMP_TOO_BIG_MTU, PLAIN(icmp->too_big_frame), SIDE(icmp->too_big_from),
		    BYTES(icmp->mtu));
	else if (icmp->too_big)
		SAY(t->w, WORDS_ICMP_TOO_BIG, PLAIN(icmp->too_big_frame));
	else
		SAY(t->w, WORDS_ICMP_SEEN, TEXT(icmp_text(icmp->family, icmp->type_code)),
		    PLAIN(icmp->frame));
	return true;
}

static bool
trouble_resent(const struct trouble *t)
{
	const struct story_end *c = &t->s->end[CLIENT], *r = &t->s->end[SERVER];
	uint32_t resent = c->resent + r->resent;

	if (resent == 0)
		return false;
	if (c->spurious + r->spurious > 0)
		SAY(t->w, WORDS_RESENT_SPURIOUS, COUNT(resent), COUNT(t->s->frames),
		    COUNT(c->resent), COUNT(r->resent), COUNT(c->spurious + r->spurious));
	else if (c->resent == 0 || r->resent == 0)
		SAY(t->w, WORDS_RESENT_BY_ONE, COUNT(resent), COUNT(t->s->frames),
		    SIDE(c->resent == 0 ? SERVER : CLIENT));
	else
		SAY(t->w, WORDS_RESENT, COUNT(resent), COUNT(t->s->frames), COUNT(c->resent),
		    COUNT(r->resent));
	return true;
}

static bool
trouble_fin(const struct trouble *t)
{
	for (int side = CLIENT; side < SIDES; side++) {
		const struct story_tries *fin = &t->s->end[side].fin;

		if (fin->count < 2 || t->out->outcome == OUTCOME_HALF_CLOSED)
			continue;
		SAY(t->w, WORDS_FIN_RESENT, SIDE((uint64_t)side), TIMES(fin->count),
		    PLAIN(fin->first_frame), PLAIN(fin->last_frame));
		return true;
	}
	return false;
}

static bool
trouble_odd(const struct trouble *t)
{
	if (t->s->odd_frame == 0)
		return false;
	SAY(t->w, WORDS_ODD, PLAIN(t->s->odd_frame));
	return true;
}

static bool
trouble_holes(const struct trouble *t)
{
	uint32_t unseen = t->s->end[CLIENT].unseen_acked + t->s->end[SERVER].unseen_acked;

	if (unseen == 0)
		return false;
	SAY(t->w, WORDS_HOLES, TIMES(unseen));
	return true;
}

static bool
trouble_challenge(const struct trouble *t)
{
	if (t->s->challenges == 0
	    && (t->s->resets_ignored == 0 || t->s->ended || t->s->reset.frame != 0))
		return false;
	if (t->s->challenges > 0)
		SAY(t->w, WORDS_CHALLENGES, TIMES(t->s->challenges), PLAIN(t->s->challenge_frame));
	else
		SAY(t->w, t->s->ignored_skips ? WORDS_RESET_SKIPS : WORDS_RESET_IGNORED, PLAIN(t->s->ignored_frame));
	return true;
}

static bool
trouble_waits_since(const struct story_wait *w, uint32_t frame)
{
	return w->frames > 0 && w->first_frame == frame;
}

static bool
trouble_idle(const struct trouble *t)
{
	const struct story *s = t->s;
	uint32_t after = s->idle_after;

	/* Told already where it is the reason of the end. */
	if (s->longest_idle < 10 * long_idle || s->longest_idle > absurd
	    || (s->reset.frame != 0
		&& (!frame_is_after(s->reset.frame, after) || after == s->reset.wait.first_frame))
	    || trouble_waits_since(&s->end[CLIENT].wait, after)
	    || trouble_waits_since(&s->end[SERVER].wait, after))
		return false;
	SAY(t->w, s->idle_doubtful || story_is_one_sided(s) ? WORDS_IDLE_UNCERTAIN : WORDS_IDLE,
	    TIME(s->longest_idle), PLAIN(s->idle_before), PLAIN(s->idle_after));
	return true;
}

static bool
trouble_reused(const struct trouble *t)
{
	if (!(t->s->flow->marks & FLOW_REUSED) || t->s->flow->reused == 0)
		return false;
	SAY(t->w, WORDS_REUSED, PLAIN(t->s->flow->reused));
	return true;
}

static bool (*const troubles[])(const struct trouble *) = { trouble_black_hole,
	trouble_black_hole_passed, trouble_unanswered,
	trouble_zero_window, trouble_one_sided, trouble_opening, trouble_icmp, trouble_odd,
	trouble_resent, trouble_fin, trouble_holes, trouble_challenge, trouble_idle,
	trouble_reused };

void
trouble_write(const struct story *s, uint64_t now, const struct outcome *out, struct words *w)
{
	struct trouble t = { .s = s, .w = w, .out = out, .now = now };
	unsigned said = 0;

	/* A verdict that already is long gets the gravest only. */
	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++)
		if (said < (w->used < LONG_ENOUGH ? TROUBLES_SAID : 1))
			said += troubles[i](&t);
}

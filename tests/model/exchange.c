/*
 * What the applications do, and the clock.  An application is a list of
 * calls at random times; where one makes no sense in the state that has been
 * reached, the model ignores it.
 */
#include "exchange.h"

#include <string.h>

#include "path.h"
#include "random.h"
#include "tcp_model.h"

enum call { CALL_CONNECT, CALL_WRITE, CALL_READ, CALL_HALF_CLOSE, CALL_CLOSE, CALL_ABORT, CALL_FORGET, CALLS };
enum { CALLS_MOST = 12, SEGMENTS_MOST = 600 };

static const uint64_t LASTS = 100000000;	/* µs */

struct planned {
	uint64_t due;
	enum call call;
};

struct exchange {
	struct model_random random;
	struct path path;
	struct model_tcp end[PATH_ENDS];
	struct planned plan[PATH_ENDS][CALLS_MOST];
	unsigned planned[PATH_ENDS], next[PATH_ENDS];
	uint64_t now, quiet, idle_since[PATH_ENDS];
	struct judge *judge;
};

/* Where an end's segments go; the end is told by its place in the exchange. */
struct wire {
	struct exchange *exchange;
	unsigned from;
};

static void
sent(void *context, const struct model_segment *segment)
{
	const struct wire *wire = context;

	path_send(&wire->exchange->path, wire->exchange->now, wire->from, segment);
}

static void
watched(void *context, uint64_t now, unsigned from, const struct model_segment *segment)
{
	struct exchange *x = context;

	judge_watch(x->judge, now, from, segment);
}

/* Beyond what the last connection used, mostly; a host that has come up again may begin anywhere. */
static uint32_t
new_iss(struct exchange *x, const struct model_tcp *t)
{
	if (t->highest_iss == 0 || random_chance(&x->random, 100))
		return (uint32_t)random_next(&x->random);
	return t->highest_iss + 100000 + random_below(&x->random, 1000000);
}

static void
arrived(void *context, unsigned to, const struct model_segment *segment)
{
	struct exchange *x = context;
	struct model_tcp *t = &x->end[to];

	t->now = x->now;
	model_receive(t, segment, new_iss(x, t));
}

static void
choose_habits(struct model_random *r, struct model_habits *habits)
{
	static const uint16_t buffers[] = { 700, 2000, 8000, 60000 };

	habits->delays_acks = random_chance(r, 500);
	habits->fin_with_data = random_chance(r, 500);
	habits->answers_syn_with_ack = random_chance(r, 100);
	habits->reads_at_once = random_chance(r, 750);
	habits->keeps_alive = random_chance(r, 50);
	habits->buffer = buffers[random_below(r, 4)];
	habits->mss = random_chance(r, 500) ? 536 : 1460;
	habits->flight = 1 + random_below(r, 8);
	habits->timeout = 200000 + random_below(r, 200000);
}

static void
choose_weather(struct model_random *r, struct path_weather *weather)
{
	static const uint32_t rates[] = { 0, 0, 20, 100, 300 };

	weather->lost = rates[random_below(r, 5)];
	weather->doubled = rates[random_below(r, 4)];
	weather->overtaken = rates[random_below(r, 5)];
	weather->delay = 100 + random_below(r, random_chance(r, 300) ? 150000 : 20000);
	weather->jitter = random_below(r, 2 * weather->delay);
}

static enum call
choose_call(struct model_random *r)
{
	static const struct { uint32_t weight; enum call call; } whims[] = {
		{ 450, CALL_WRITE }, { 150, CALL_READ }, { 130, CALL_HALF_CLOSE }, { 170, CALL_CLOSE },
		{ 30, CALL_ABORT }, { 15, CALL_FORGET }, { 55, CALL_CONNECT }
	};
	uint32_t at = random_below(r, 1000);
	unsigned i = 0;

	while (at >= whims[i].weight)
		at -= whims[i++].weight;
	return whims[i].call;
}

/* What one application will do; most of them close in the end. */
static void
choose_plan(struct exchange *x, unsigned end, uint64_t span)
{
	struct model_random *r = &x->random;
	uint64_t due = random_below(r, (uint32_t)span / 4 + 1);
	unsigned count = 1 + random_below(r, CALLS_MOST - 4);
	unsigned n = 0;

	if (end == 0 || random_chance(r, 30))
		x->plan[end][n++] = (struct planned){ 1 + random_below(r, end == 0 ? 1 : 30000), CALL_CONNECT };
	while (n < count) {
		due += random_below(r, (uint32_t)(span / count) + 1);
		x->plan[end][n] = (struct planned){ due, choose_call(r) };
		/* Who waits for connections opens none, but for a simultaneous open. */
		if (end == 1 && x->plan[end][n].call == CALL_CONNECT)
			x->plan[end][n].call = CALL_READ;
		n++;
	}
	if (random_chance(r, 850))
		x->plan[end][n++] = (struct planned){ due + random_below(r, (uint32_t)span / 4 + 1), CALL_CLOSE };
	if (end == 0 && random_chance(r, 150))
		x->plan[end][n++] = (struct planned){ due + span, CALL_CONNECT };
	x->planned[end] = n;
}

static void
make_call(struct exchange *x, unsigned end, enum call call)
{
	struct model_tcp *t = &x->end[end];

	switch (call) {
	case CALL_CONNECT:
		/* RFC 9293, 3.4.3: what was under way when the last connection ended has gone by then. */
		if (x->idle_since[end] == 0 || x->now - x->idle_since[end] > x->quiet) {
			t->listens = false;	/* one socket, one purpose */
			model_connect(t, new_iss(x, t));
		}
		break;
	case CALL_WRITE:
		model_write(t, 1 + random_below(&x->random, random_chance(&x->random, 300) ? 6000 : 400));
		break;
	case CALL_READ:
		model_read(t);
		break;
	case CALL_HALF_CLOSE:
		model_half_close(t);
		break;
	case CALL_CLOSE:
		model_close(t);
		break;
	case CALL_ABORT:
		model_abort(t);
		break;
	case CALL_FORGET:
		/* A crash leaves a half-open connection behind (RFC 9293, figure 10), so there must be one. */
		if (t->state >= MODEL_ESTABLISHED)
			model_forget(t);
		break;
	case CALLS:
		break;
	}
}

static uint64_t
next_call(const struct exchange *x, unsigned end)
{
	return x->next[end] < x->planned[end] ? x->plan[end][x->next[end]].due : UINT64_MAX;
}

static void
watch_idleness(struct exchange *x)
{
	for (unsigned end = 0; end < PATH_ENDS; end++)
		if (x->end[end].state != MODEL_CLOSED && x->end[end].state != MODEL_LISTEN)
			x->idle_since[end] = x->now + 1;
}

/* Does the one thing that is due first. Returns false when nothing is left to happen. */
static bool
step(struct exchange *x)
{
	uint64_t due[1 + 2 * PATH_ENDS] = {
		path_deadline(&x->path), model_deadline(&x->end[0]), model_deadline(&x->end[1]),
		next_call(x, 0), next_call(x, 1)
	};
	unsigned first = 0;

	for (unsigned i = 1; i < sizeof due / sizeof due[0]; i++)
		if (due[i] < due[first])
			first = i;
	if (due[first] == UINT64_MAX || due[first] > LASTS)
		return false;
	if (due[first] > x->now)
		x->now = due[first];
	x->end[0].now = x->end[1].now = x->now;
	if (first == 0) {
		path_step(&x->path, x->now);
	} else if (first <= PATH_ENDS) {
		model_tick(&x->end[first - 1]);
	} else {
		unsigned end = first - 1 - PATH_ENDS;

		make_call(x, end, x->plan[end][x->next[end]++].call);
	}
	watch_idleness(x);
	return true;
}

void
exchange_run(uint64_t seed, struct judge *judge)
{
	struct exchange x = { .random = { seed }, .judge = judge };
	struct wire wires[PATH_ENDS] = { { &x, 0 }, { &x, 1 } };
	uint64_t span = 20000 + random_below(&x.random, random_chance(&x.random, 500) ? 200000 : 4000000);

	x.path.tap = (enum path_tap)random_below(&x.random, TAP_PLACES);
	x.path.random = &x.random;
	x.path.watched = watched;
	x.path.arrived = arrived;
	x.path.context = &x;
	choose_weather(&x.random, &x.path.weather);
	x.quiet = 2 * (5 * (uint64_t)x.path.weather.delay + x.path.weather.jitter) + 2;
	for (unsigned end = 0; end < PATH_ENDS; end++) {
		struct model_habits habits;

		choose_habits(&x.random, &habits);
		model_init(&x.end[end], &habits, sent, &wires[end]);
		choose_plan(&x, end, span);
	}
	if (random_chance(&x.random, 950))
		model_listen(&x.end[1]);
	while (!judge->differs && judge->count < SEGMENTS_MOST && step(&x))
		;
}

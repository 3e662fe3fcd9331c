/*
 * What was measured, in sentences.  Says nothing of what couldn't be
 * measured: a capture of one direction has no round trips.
 */
#include <stdio.h>
#include <string.h>

#include "base/language.h"
#include "tcp/timing_internal.h"
#include "tcp/words.h"

/* "1 ms to 20 ms, smoothed 3 ms", or the one time that they all are. */
static const char *
range(char *out, size_t size, const struct timing_sum *sum)
{
	char least[32], most[32];
	struct words w;

	words_duration(least, sizeof least, sum->least);
	words_duration(most, sizeof most, sum->most);
	words_begin(&w, out, size);
	if (strcmp(least, most) == 0)
		snprintf(out, size, "%s", least);
	else
		SAY(&w, WORDS_RANGE, TEXT(least), TEXT(most), TIME(sum->smoothed));
	return out;
}

static void
write_trips(const struct timing *t, enum side side, struct words *w)
{
	const struct timing_sum *acks = &t->end[side].trips[TIMING_BY_ACK],
	    *stamps = &t->end[side].trips[TIMING_BY_STAMP];
	char text[128];

	if (acks->count > 0)
		SAY(w, WORDS_TRIPS, SIDE(side), TEXT(range(text, sizeof text, acks)),
		    COUNT(acks->count));
	else if (stamps->count > 0)
		SAY(w, WORDS_TRIPS_NONE, SIDE(side));
	if (stamps->count > 0)
		SAY(w, WORDS_STAMP_TRIPS, TEXT(range(text, sizeof text, stamps)),
		    COUNT(stamps->count));
	if (stamps->count > 0 && t->cut)
		SAY(w, WORDS_STAMPS_CUT, COUNT(TIMING_STAMPED));
}

/* "9.7": how many full segments that is. */
static const char *
tenths(char *out, size_t size, uint32_t bytes, uint32_t mss)
{
	uint64_t n = ((uint64_t)bytes * 10 + mss / 2) / mss;

	if (n % 10 == 0)
		snprintf(out, size, "%llu", (unsigned long long)(n / 10));
	else
		snprintf(out, size, "%llu.%llu", (unsigned long long)(n / 10),
		    (unsigned long long)(n % 10));
	return out;
}

static void
write_flight(const struct timing *t, enum side side, struct words *w)
{
	struct timing_flight flight;
	char full[32];

	if (!timing_first_flight(t, side, &flight))
		return;
	if (flight.segments == 1 && (flight.mss == 0 || flight.bytes <= flight.mss))
		SAY(w, WORDS_FLIGHT_ONE, SIDE(side), BYTES(flight.bytes));
	else if (flight.mss == 0)
		SAY(w, WORDS_FLIGHT, SIDE(side), BYTES(flight.bytes), COUNT(flight.segments));
	else
		SAY(w, WORDS_FLIGHT_FULL, SIDE(side), BYTES(flight.bytes), COUNT(flight.segments),
		    TEXT(tenths(full, sizeof full, flight.bytes, flight.mss)), BYTES(flight.mss));
}

static void
write_answers(const struct timing *t, enum side side, struct words *w)
{
	const struct timing_sum *a = &t->answers;

	if (side != SERVER)
		return;
	if (a->count == 1)
		SAY(w, WORDS_ANSWER, TIME(a->total), PLAIN(a->most_frame));
	else if (a->count > 1)
		SAY(w, WORDS_ANSWERS, COUNT(a->count), TIME(a->total / a->count), TIME(a->least),
		    TIME(a->most), PLAIN(a->most_frame));
	if (a->count > 1 && t->first_known)
		SAY(w, WORDS_ANSWER_FIRST, TIME(t->first_answer));
}

static void
write_states(const struct timing *t, enum side side, struct words *w)
{
	char list[512] = "";
	size_t used = 0;

	for (int s = TCP_SYN_SENT; s < TCP_STATES; s++) {
		uint64_t spent = t->end[side].in_state[s];
		char time[32];
		int n;

		if (spent == 0)
			continue;
		words_duration(time, sizeof time, spent);
		n = snprintf(list + used, sizeof list - used, "%s%s %s", used > 0 ? _(", ") : "",
		    tcp_state_name((enum tcp_state)s), time);
		used += n > 0 && (size_t)n < sizeof list - used ? (size_t)n : 0;
	}
	if (used > 0)
		SAY(w, WORDS_TIME_IN_STATES, SIDE(side), TEXT(list));
}

static void
write_silence(const struct timing *t, enum side side, struct words *w)
{
	const uint64_t worth_telling = 1000000000ull;

	if (side == CLIENT && t->silence.time >= worth_telling)
		SAY(w, WORDS_LONGEST_SILENCE, TIME(t->silence.time), PLAIN(t->silence.before),
		    PLAIN(t->silence.after));
}

static const struct {
	void (*write)(const struct timing *t, enum side side, struct words *w);
	enum side side;
} lines[TIMING_LINES] = {
	{ write_trips, CLIENT }, { write_trips, SERVER }, { write_flight, CLIENT },
	{ write_flight, SERVER }, { write_answers, SERVER }, { write_silence, CLIENT },
	{ write_states, CLIENT }, { write_states, SERVER }
};

void
timing_line(const struct timing *t, unsigned n, char *text, size_t size)
{
	struct words w;

	words_begin(&w, text, size);
	lines[n].write(t, lines[n].side, &w);
}

void
timing_write_sample(const struct timing *t, char *text, size_t size)
{
	const struct timing_sample *ack = &t->sample[TIMING_BY_ACK],
	    *stamp = &t->sample[TIMING_BY_STAMP];
	struct words w;

	words_begin(&w, text, size);
	if (ack->frame != 0 && !ack->opening)
		SAY(&w, WORDS_SAMPLE, TIME(ack->time), SIDE(t->sample_side), PLAIN(ack->frame));
	else if (t->twice)
		SAY(&w, WORDS_SAMPLE_TWICE);
	if (stamp->frame != 0 && !stamp->opening
	    && (ack->frame != stamp->frame || ack->time != stamp->time))
		SAY(&w, WORDS_SAMPLE_STAMP, PLAIN(stamp->frame), TIME(stamp->time),
		    SIDE(t->sample_side));
}

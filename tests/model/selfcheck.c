/*
 * Scenarios step by step: RFC 9293's figures 6 to 13, and what a Linux
 * kernel does when segments are lost, data stays unread or a tuple is used
 * again; after each step both ends' states, and what was sent by it.
 *
 * A step is a call ("A connect"), the arrival ("A>" at B) or the loss ("A!")
 * of the oldest segment under way from A, a timer that goes off ("A timer"),
 * or a forged RST so many numbers beyond what its receiver expects ("RST+1>B").
 */
#include "selfcheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tcp_model.h"

enum { STEPS = 24, UNDER_WAY = 32 };

static const struct scenario {
	const char *name;
	struct {
		const char *what, *a, *b, *sent;
	} step[STEPS];
} scenarios[] = {
	{ "opening and closing (figures 6 and 12), half-closed for a while", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "A write", "ESTABLISHED", "ESTABLISHED", "A:P." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "B:." },
		{ "B>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "A half-close", "FIN-WAIT-1", "ESTABLISHED", "A:F." },
		{ "A>", "FIN-WAIT-1", "CLOSE-WAIT", "B:." },
		{ "B>", "FIN-WAIT-2", "CLOSE-WAIT", "" },
		{ "B write", "FIN-WAIT-2", "CLOSE-WAIT", "B:P." },
		{ "B>", "FIN-WAIT-2", "CLOSE-WAIT", "A:." },
		{ "A>", "FIN-WAIT-2", "CLOSE-WAIT", "" },
		{ "B read", "FIN-WAIT-2", "CLOSE-WAIT", "" },
		{ "B close", "FIN-WAIT-2", "LAST-ACK", "B:F." },
		{ "B>", "TIME-WAIT", "LAST-ACK", "A:." },
		{ "A>", "TIME-WAIT", "LISTEN", "" },
		{ "A timer", "CLOSED", "LISTEN", "" } } },
	{ "simultaneous open (figure 7)", {
		{ "A connect", "SYN-SENT", "CLOSED", "A:S" },
		{ "B connect", "SYN-SENT", "SYN-SENT", "B:S" },
		{ "B>", "SYN-RECEIVED", "SYN-SENT", "A:S." },
		{ "A>", "SYN-RECEIVED", "SYN-RECEIVED", "B:S." },
		{ "A>", "SYN-RECEIVED", "ESTABLISHED", "B:." },
		{ "B>", "ESTABLISHED", "ESTABLISHED", "A:." },
		{ "B>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "" } } },
	{ "recovery from an old duplicate SYN (figure 8)", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A abort", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "SYN-SENT", "SYN-RECEIVED", "A:R" },
		{ "A!", "SYN-SENT", "SYN-RECEIVED", "" },
		{ "A>", "SYN-SENT", "LISTEN", "" },
		{ "A timer", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "" } } },
	{ "half-open, found by the end that crashed (figure 9)", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "A forget", "CLOSED", "ESTABLISHED", "" },
		{ "A connect", "SYN-SENT", "ESTABLISHED", "A:S" },
		{ "A>", "SYN-SENT", "ESTABLISHED", "B:." },
		{ "B>", "SYN-SENT", "ESTABLISHED", "A:R" },
		{ "A>", "SYN-SENT", "LISTEN", "" },
		{ "A timer", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." } } },
	{ "half-open, found by the end that lives (figure 10)", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "A forget", "CLOSED", "ESTABLISHED", "" },
		{ "B write", "CLOSED", "ESTABLISHED", "B:P." },
		{ "B>", "CLOSED", "ESTABLISHED", "A:R" },
		{ "A>", "CLOSED", "LISTEN", "" } } },
	{ "an old SYN makes two listeners exchange a RST (figure 11)", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A abort", "CLOSED", "LISTEN", "" },
		{ "A listen", "LISTEN", "LISTEN", "" },
		{ "A>", "LISTEN", "SYN-RECEIVED", "B:S." },
		{ "B>", "LISTEN", "SYN-RECEIVED", "A:R" },
		{ "A>", "LISTEN", "LISTEN", "" } } },
	{ "simultaneous close (figure 13), as the kernel goes through it", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "A close", "FIN-WAIT-1", "ESTABLISHED", "A:F." },
		{ "B close", "FIN-WAIT-1", "FIN-WAIT-1", "B:F." },
		{ "A>", "FIN-WAIT-1", "CLOSING", "B:." },
		{ "B>", "CLOSING", "CLOSING", "A:." },
		{ "B>", "TIME-WAIT", "CLOSING", "" },
		{ "A>", "TIME-WAIT", "TIME-WAIT", "" } } },
	{ "the server closes first, then its tuple is used again (RFC 6191)", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "B close", "ESTABLISHED", "FIN-WAIT-1", "B:F." },
		{ "B>", "CLOSE-WAIT", "FIN-WAIT-1", "A:." },
		{ "A>", "CLOSE-WAIT", "FIN-WAIT-2", "" },
		{ "A close", "LAST-ACK", "FIN-WAIT-2", "A:F." },
		{ "A>", "LAST-ACK", "TIME-WAIT", "B:." },
		{ "B>", "CLOSED", "TIME-WAIT", "" },
		{ "A connect", "SYN-SENT", "TIME-WAIT", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." } } },
	{ "refused", {
		{ "A connect", "SYN-SENT", "CLOSED", "A:S" },
		{ "A>", "SYN-SENT", "CLOSED", "B:R." },
		{ "B>", "CLOSED", "CLOSED", "" } } },
	{ "SYN, SYN-ACK and ACK lost, one after the other; data completes the handshake", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A!", "SYN-SENT", "LISTEN", "" },
		{ "A timer", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B!", "SYN-SENT", "SYN-RECEIVED", "" },
		{ "A timer", "SYN-SENT", "SYN-RECEIVED", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." },
		{ "A!", "ESTABLISHED", "SYN-RECEIVED", "" },
		{ "A write", "ESTABLISHED", "SYN-RECEIVED", "A:P." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "B:." } } },
	{ "FIN lost, last ACK lost", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "A close", "FIN-WAIT-1", "ESTABLISHED", "A:F." },
		{ "A!", "FIN-WAIT-1", "ESTABLISHED", "" },
		{ "A timer", "FIN-WAIT-1", "ESTABLISHED", "A:F." },
		{ "A>", "FIN-WAIT-1", "CLOSE-WAIT", "B:." },
		{ "B>", "FIN-WAIT-2", "CLOSE-WAIT", "" },
		{ "B close", "FIN-WAIT-2", "LAST-ACK", "B:F." },
		{ "B>", "TIME-WAIT", "LAST-ACK", "A:." },
		{ "A!", "TIME-WAIT", "LAST-ACK", "" },
		{ "B timer", "TIME-WAIT", "LAST-ACK", "B:F." },
		{ "B>", "TIME-WAIT", "LAST-ACK", "A:." },
		{ "A>", "TIME-WAIT", "LISTEN", "" } } },
	{ "closed with unread data", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "A write", "ESTABLISHED", "ESTABLISHED", "A:P." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "B:." },
		{ "B>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "B close", "ESTABLISHED", "LISTEN", "B:R." },
		{ "B>", "CLOSED", "LISTEN", "" } } },
	{ "data for an application that has closed; a three-segment close before it", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "A close", "FIN-WAIT-1", "ESTABLISHED", "A:F." },
		{ "A>", "FIN-WAIT-1", "CLOSE-WAIT", "B:." },
		{ "B!", "FIN-WAIT-1", "CLOSE-WAIT", "" },
		{ "B write", "FIN-WAIT-1", "CLOSE-WAIT", "B:P." },
		{ "B>", "CLOSED", "CLOSE-WAIT", "A:R." },
		{ "A>", "CLOSED", "LISTEN", "" } } },
	{ "forged RSTs: near, far and right (RFC 5961)", {
		{ "B listen", "CLOSED", "LISTEN", "" },
		{ "A connect", "SYN-SENT", "LISTEN", "A:S" },
		{ "A>", "SYN-SENT", "SYN-RECEIVED", "B:S." },
		{ "B>", "ESTABLISHED", "SYN-RECEIVED", "A:." },
		{ "A>", "ESTABLISHED", "ESTABLISHED", "" },
		{ "RST+1>B", "ESTABLISHED", "ESTABLISHED", "B:." },
		{ "RST+70000>B", "ESTABLISHED", "ESTABLISHED", "" },
		{ "RST+0>B", "ESTABLISHED", "LISTEN", "" } } },
};

struct play {
	struct model_tcp end[2];
	struct model_segment under_way[2][UNDER_WAY];
	unsigned count[2];
	char sent[64];
	uint64_t now;
};

struct half {
	struct play *play;
	unsigned which;
};

static void
note_sent(void *context, const struct model_segment *segment)
{
	static const char letters[] = "FSRP.";
	const struct half *half = context;
	struct play *p = half->play;
	size_t length = strlen(p->sent);

	if (p->count[half->which] < UNDER_WAY)
		p->under_way[half->which][p->count[half->which]++] = *segment;
	if (length + 10 > sizeof p->sent)
		return;
	if (length > 0)
		p->sent[length++] = ' ';
	p->sent[length++] = half->which == 0 ? 'A' : 'B';
	p->sent[length++] = ':';
	for (unsigned i = 0; i < 5; i++)
		if (segment->flags & 1U << i)
			p->sent[length++] = letters[i];
	p->sent[length] = '\0';
}

static void
call(struct play *p, struct model_tcp *t, const char *name)
{
	if (strcmp(name, "listen") == 0)
		model_listen(t);
	else if (strcmp(name, "connect") == 0)
		model_connect(t, t->highest_iss + 100000);
	else if (strcmp(name, "write") == 0)
		model_write(t, 10);
	else if (strcmp(name, "read") == 0)
		model_read(t);
	else if (strcmp(name, "half-close") == 0)
		model_half_close(t);
	else if (strcmp(name, "close") == 0)
		model_close(t);
	else if (strcmp(name, "abort") == 0)
		model_abort(t);
	else if (strcmp(name, "forget") == 0)
		model_forget(t);
	else if (strcmp(name, "timer") == 0 && model_deadline(t) != UINT64_MAX) {
		p->now = model_deadline(t);
		p->end[0].now = p->end[1].now = p->now;
		model_tick(t);
	}
}

static void
take_step(struct play *p, const char *what)
{
	unsigned which = what[0] == 'A' ? 0 : 1;

	p->sent[0] = '\0';
	if (strncmp(what, "RST+", 4) == 0) {
		struct model_tcp *to = &p->end[what[strlen(what) - 1] == 'A' ? 0 : 1];
		struct model_segment forged = { .flags = MODEL_RST };

		forged.seq = to->expected + (uint32_t)strtoul(what + 4, NULL, 10);
		model_receive(to, &forged, 0);
	} else if (what[1] == ' ') {
		call(p, &p->end[which], what + 2);
	} else if (p->count[which] > 0) {
		struct model_segment oldest = p->under_way[which][0];
		struct model_tcp *to = &p->end[1 - which];

		p->count[which]--;
		memmove(&p->under_way[which][0], &p->under_way[which][1],
		    p->count[which] * sizeof p->under_way[which][0]);
		if (what[1] == '>')
			model_receive(to, &oldest, to->highest_iss + 100000);
	}
}

static bool
play_scenario(const struct scenario *scenario)
{
	const struct model_habits habits = { .buffer = 60000, .mss = 1460, .flight = 4, .timeout = 200000 };
	struct play p = { .now = 1 };
	struct half halves[2] = { { &p, 0 }, { &p, 1 } };

	for (unsigned i = 0; i < 2; i++) {
		model_init(&p.end[i], &habits, note_sent, &halves[i]);
		p.end[i].now = p.now;
	}
	for (unsigned i = 0; i < STEPS && scenario->step[i].what != NULL; i++) {
		const char *a, *b;

		take_step(&p, scenario->step[i].what);
		a = model_state_name(p.end[0].state);
		b = model_state_name(p.end[1].state);
		if (strcmp(a, scenario->step[i].a) == 0 && strcmp(b, scenario->step[i].b) == 0
		    && strcmp(p.sent, scenario->step[i].sent) == 0)
			continue;
		fprintf(stderr, "the model is wrong: %s: step %u, %s: A %s, B %s, sent \"%s\"; expected %s, %s, \"%s\"\n",
		    scenario->name, i + 1, scenario->step[i].what, a, b, p.sent, scenario->step[i].a,
		    scenario->step[i].b, scenario->step[i].sent);
		return false;
	}
	return true;
}

bool
selfcheck_run(void)
{
	bool right = true;

	for (unsigned i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
		right &= play_scenario(&scenarios[i]);
	return right;
}

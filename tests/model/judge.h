/*
 * The judge: hands what the tap sees to tcpladder, and compares the state
 * that it shows of each segment's sender with the one the sender was in.
 * The only room here that knows both sides.
 *
 * What no observer can know is listed, row by row, in judge.c; there alone
 * may the two differ.
 */
#ifndef MODEL_JUDGE_H
#define MODEL_JUDGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tcp_model.h"

struct flow_table;

enum { JUDGE_ROOM = 2048, JUDGE_ALLOWANCES = 24 };

struct sighting {
	uint64_t time;			/* µs */
	unsigned from;			/* 0 or 1 */
	struct model_segment segment;
	uint32_t flow;
	int shown[2];			/* enum tcp_state of src/tcp/frame.h, for 0 and 1 */
	bool provisional;		/* what is shown of its sender carries a ? */
};

struct judge {
	struct flow_table *flows;
	uint32_t exchange;
	struct sighting seen[JUDGE_ROOM];
	unsigned count;
	unsigned compared, allowed[JUDGE_ALLOWANCES];
	bool differs;			/* the last sighting is one that no row allows */
};

/* Begins another exchange. A judge starts as zeros, and judge_fini() ends it. */
void judge_begin(struct judge *j);
void judge_fini(struct judge *j);

/* One more segment passes the tap. After a difference nothing more is compared. */
void judge_watch(struct judge *j, uint64_t now, unsigned from, const struct model_segment *segment);

/* What an allowance is for, or NULL past the last one. */
const char *judge_allowance(unsigned i);

/* The exchange as text, a segment a line, with both opinions. */
void judge_print(const struct judge *j, FILE *out);

/* The exchange as a savefile (raw IPv4). */
bool judge_save(const struct judge *j, const char *path);

#endif

/*
 * One TCP endpoint, written from RFC 9293 (section 3.10), RFC 5961 and RFC
 * 6191 and held against what Linux does, for a test that compares what a
 * passive observer says with what an endpoint knows.  It shares nothing with
 * src/: neither numbers, nor names, nor tables.  Payload is counted, not kept.
 *
 * Every segment goes out through `emit`, stamped with the state its sender
 * is in at that moment.  Time is the caller's, in microseconds.
 */
#ifndef MODEL_TCP_MODEL_H
#define MODEL_TCP_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum model_state {
	MODEL_CLOSED, MODEL_LISTEN, MODEL_SYN_SENT, MODEL_SYN_RECEIVED, MODEL_ESTABLISHED, MODEL_FIN_WAIT_1,
	MODEL_FIN_WAIT_2, MODEL_CLOSE_WAIT, MODEL_CLOSING, MODEL_LAST_ACK, MODEL_TIME_WAIT, MODEL_STATES
};

enum { MODEL_FIN = 1, MODEL_SYN = 2, MODEL_RST = 4, MODEL_PSH = 8, MODEL_ACK = 16 };

struct model_segment {
	uint32_t seq, ack, length;
	uint16_t window;
	uint16_t flags;
	/* what no wire carries: */
	enum model_state state;		/* of its sender, when it was sent */
	bool fin_waits;			/* CLOSE was called, the FIN still waits behind data */
	uint32_t serial;		/* its sender's count of segments */
};

/* What TCPs are free to do in their own way. */
struct model_habits {
	bool delays_acks;
	bool fin_with_data;		/* the FIN rides on the last data */
	bool answers_syn_with_ack;	/* a repeated SYN in SYN-RECEIVED: an ACK as the RFC says, not the SYN-ACK again */
	bool reads_at_once;
	bool keeps_alive;
	uint16_t buffer;		/* for received data */
	uint16_t mss;
	unsigned flight;		/* segments that may be outstanding */
	uint32_t timeout;		/* first retransmission timeout, µs */
};

struct model_range {
	uint32_t left, right;
};

enum { MODEL_HELD = 16 };

struct model_tcp {
	struct model_habits habits;
	enum model_state state;
	bool listens;			/* an application waits for connections */
	bool passive;			/* this connection began in LISTEN */
	bool orphan;			/* its application has closed: nobody will read */
	bool closing;			/* a FIN goes (or went) behind the last byte, with number `end` */
	bool peer_fin_known, peer_closed;
	bool window_told_zero;
	uint32_t iss, una, nxt, end;	/* end: one past the last byte that the application wrote */
	uint32_t peer_window, window_seq, window_ack;
	uint32_t irs, expected, read;	/* expected: RCV.NXT; read: one past the last byte that the application took */
	uint32_t peer_fin;
	struct model_range held[MODEL_HELD];	/* received out of order */
	unsigned held_count;
	uint64_t now, retransmit_at, ack_at, time_wait_at, probe_at, alive_at;	/* 0: off */
	unsigned retries, duplicates, unacknowledged;
	uint32_t serial;
	uint32_t highest_iss;		/* of all its connections, so that the next goes beyond */
	void (*emit)(void *context, const struct model_segment *segment);
	void *context;
};

void model_init(struct model_tcp *t, const struct model_habits *habits,
    void (*emit)(void *context, const struct model_segment *segment), void *context);

/* The application's calls; one that makes no sense in this state does nothing. */
void model_listen(struct model_tcp *t);
void model_connect(struct model_tcp *t, uint32_t iss);
void model_write(struct model_tcp *t, uint32_t bytes);
void model_read(struct model_tcp *t);
void model_half_close(struct model_tcp *t);	/* RFC 9293's CLOSE: shutdown(SHUT_WR) */
void model_close(struct model_tcp *t);		/* close(): with unread data it is an abort */
void model_abort(struct model_tcp *t);
void model_forget(struct model_tcp *t);		/* crashes and comes up again, remembering nothing */

void model_receive(struct model_tcp *t, const struct model_segment *segment, uint32_t iss_if_listening);

/* When model_tick() wants to be called next, or UINT64_MAX. */
uint64_t model_deadline(const struct model_tcp *t);
void model_tick(struct model_tcp *t);

const char *model_state_name(enum model_state state);

#endif

/*
 * What the two halves of the model share: tcp_model.c sends, tcp_arrival.c
 * receives.  Nobody else includes this.
 */
#ifndef MODEL_TCP_MODEL_INTERNAL_H
#define MODEL_TCP_MODEL_INTERNAL_H

#include "tcp_model.h"

static inline bool
model_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

bool model_fin_is_sent(const struct model_tcp *t);
uint16_t model_window(const struct model_tcp *t);
void model_choose_iss(struct model_tcp *t, uint32_t iss);
void model_emit(struct model_tcp *t, uint16_t flags, uint32_t seq, uint32_t ack, uint32_t length);
void model_emit_ack(struct model_tcp *t);

/* Sends what begins at seq, whether for the first time or again, up to `limit`; returns where it ends. */
uint32_t model_emit_data(struct model_tcp *t, uint32_t seq, uint32_t limit);

/* Sends what the windows allow. */
void model_push(struct model_tcp *t);

/* Starts the retransmission timer, or stops it when nothing is outstanding. */
void model_arm(struct model_tcp *t);

/* Forgets the connection; who listens goes on listening. And the same with a RST. */
void model_delete(struct model_tcp *t);
void model_reset(struct model_tcp *t, uint32_t seq);

#endif

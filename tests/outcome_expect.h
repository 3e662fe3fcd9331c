/*
 * What is expected of an outcome: its kind, and words of its verdict.
 */
#ifndef TCPLADDER_TESTS_OUTCOME_EXPECT_H
#define TCPLADDER_TESTS_OUTCOME_EXPECT_H

#include "tcp/story.h"

void expect(const struct outcome *o, enum outcome_kind kind, enum closer closer, enum close_shape shape,
    enum conn_state state);

/* Each of the words, separated by |, must be in the verdict, which must be fit to be shown. */
void expect_words(const struct outcome *o, const char *words);

#endif

/*
 * For the tests of src/view: a capture of testdata, loaded, with what view
 * models look through.
 */
#ifndef TCPLADDER_TESTS_VIEW_SESSION_H
#define TCPLADDER_TESTS_VIEW_SESSION_H

#include "capture/replay.h"
#include "capture/session.h"
#include "view/narrator.h"

struct view_session {
	struct session *session;
	struct replay *replay;
	struct narrator *narrator;
};

/* A whole file; NULL when it can't be opened. */
struct session *view_session_load(const char *path);

/* Opens $TESTDATA/NAME; fails the test when that can't be done. */
void view_session_open(struct view_session *v, const char *name);
void view_session_close(struct view_session *v);
const struct flow *view_session_flow(const struct view_session *v, uint32_t id);

#endif

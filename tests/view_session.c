/* Captures of testdata for the tests of src/view. */
#include "tests/view_session.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

struct session *
view_session_load(const char *path)
{
	const char *const files[] = { path };
	const struct session_options options = { .files = files, .file_count = 1 };
	struct error error = { .text = "" };
	struct session *s = session_open(&options, &error);

	if (s != NULL)
		session_load(s, NULL);
	else
		fprintf(stderr, "%s\n", error.text);
	return s;
}

void
view_session_open(struct view_session *v, const char *name)
{
	const char *folder = getenv("TESTDATA");
	char path[1024];

	snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "testdata", name);
	v->session = view_session_load(path);
	cr_assert_not_null(v->session, "%s", path);
	v->replay = replay_new(v->session);
	v->narrator = narrator_new(v->session);
}

void
view_session_close(struct view_session *v)
{
	narrator_free(v->narrator);
	replay_free(v->replay);
	session_close(v->session);
}

const struct flow *
view_session_flow(const struct view_session *v, uint32_t id)
{
	return flow_table_get(session_flows(v->session), id);
}

/*
 * tell CAPTURE: what the screen has room for and --print=frames hasn't, for
 * tests/segment-scripts.  A line "explanation FRAME TEXT" for each segment, in
 * its long form, "moment FRAME TEXT" with the verdict as of that frame, as
 * when stepping or live, and "timing CONNECTION TEXT" with all that is told
 * of how long things took, separated by tabs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/replay.h"
#include "capture/session.h"
#include "view/narrator.h"

static void
tell_flow(struct session *session, struct narrator *narrator, struct replay *replay,
    const struct flow *flow)
{
	const struct frame_store *frames = session_frames(session);

	for (uint32_t nth = 0; nth < flow->rows; nth++) {
		char text[EXPLANATION_TEXT_MAX];

		narrator_explain(narrator, flow, nth, true, text, sizeof text);
		printf("explanation\t%" PRIu32 "\t%s\n",
		    frame_store_get(frames, frame_store_nth(frames, flow, nth))->number, text);
	}
	for (uint32_t nth = 0; nth < flow->rows; nth++) {
		uint32_t row = frame_store_nth(frames, flow, nth);

		replay_to(replay, row + 1);
		printf("moment\t%" PRIu32 "\t%s\n", frame_store_get(frames, row)->number,
		    narrator_outcome_at(narrator, replay, flow)->verdict);
	}
	replay_end(replay);
	printf("timing\t%" PRIu32 "\t", flow->number);
	for (unsigned n = 0; n < TIMING_LINES; n++) {
		char text[TIMING_TEXT_MAX];

		timing_line(narrator_timing_at(narrator, replay, flow), n, text, sizeof text);
		printf("%s%s", n > 0 ? " " : "", text);
	}
	printf("\n");
}

int
main(int argc, char **argv)
{
	const char *file = argc == 2 ? argv[1] : "";
	struct session_options options = { .files = &file, .file_count = 1 };
	struct error error;
	struct session *session = argc == 2 ? session_open(&options, &error) : NULL;
	struct narrator *narrator;
	struct replay *replay;

	if (session == NULL) {
		fprintf(stderr, "tell: %s\n", argc == 2 ? error.text : "which capture?");
		return EXIT_FAILURE;
	}
	session_load(session, NULL);
	narrator = narrator_new(session);
	replay = replay_new(session);
	for (uint32_t id = 1; id <= flow_table_count(session_flows(session)); id++)
		tell_flow(session, narrator, replay, flow_table_get(session_flows(session), id));
	replay_free(replay);
	narrator_free(narrator);
	session_close(session);
	return EXIT_SUCCESS;
}

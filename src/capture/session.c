/*
 * One open capture.  Only composes: sources and reader thread on one side,
 * flow table, sightings and frame store on the other.  Everything here
 * belongs to the main thread.
 */
#include "capture/session.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/language.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/resident.h"
#include "base/text.h"
#include "capture/byte_source.h"
#include "capture/sightings.h"

enum {
	SESSION_TROUBLES_MAX = 1 << 16,		/* remembered; more are only counted */
	PREFETCH_SEGMENT = 24, PREFETCH_SLOT = 14, PREFETCH_FLOW = 8	/* segments ahead */
};

struct session {
	struct capture **captures;
	size_t capture_count;
	struct reader *reader;
	struct flow_table *flows;
	struct frame_store *frames;
	struct sightings *sightings;
	struct redact *redact;			/* NULL: things stay as they are */
	struct trouble *troubles;
	size_t trouble_count, trouble_room;
	uint64_t counts[DECODE_RESULTS];
	uint64_t frame_count;
	uint64_t first_time, last_time;		/* of TCP frames */
	uint64_t newest;			/* of any frame */
	bool ended;				/* nothing more will come, as last heard */
	char *source, *filter;
	struct flow_secret secret;
	struct session_watcher watcher;
	uint64_t memory;			/* what the program may take; 0: no limit */
	uint64_t tables;			/* of that, what flows and frames may take */
	struct resident *resident;		/* NULL: the system doesn't tell */
	unsigned batches;			/* since it was last asked */
	bool foreseen;				/* that a file won't fit */
	struct eviction_counts given_up;
};

/*
 * Of the memory that the program may take: what else there is but flows and frames (program, libraries, batches,
 * screens), how often the system is asked what it takes in fact, and how near to the limit that may come.
 */
#define MEMORY_ELSE	(UINT64_C(22) << 20)
#define MEMORY_NEAR	(UINT64_C(6) << 20)
#define MEMORY_RING	(UINT64_C(64) << 20)
enum { RESIDENT_BATCHES = 16 };

/* How often it is asked how much of a file will fit, and from when on. */
enum { FORESEE_BATCHES = 64, FORESEE_BYTES = 8 << 20 };

/* A time-out of the blocking wait: how long an interruption may go unnoticed. */
#define WAIT_MILLISECONDS	100

static uint64_t
clock_nanoseconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static void
make_secret(struct flow_secret *secret)
{
	random_fill(secret, sizeof *secret);
}

static char *
describe_source(const struct session_options *options, const struct capture *first)
{
	char safe[1024];

	if (options->file_count > 1) {
		snprintf(safe, sizeof safe, _("%zu files"), options->file_count);
	} else if (options->file_count == 1 && strcmp(options->files[0], "-") == 0) {
		snprintf(safe, sizeof safe, "%s", _("standard input"));
	} else {
		const char *name = capture_name(first);
		const char *slash = options->file_count == 1 ? strrchr(name, '/') : NULL;

		text_safe_string(safe, sizeof safe, slash != NULL ? slash + 1 : name);
	}
	return memory_copy_text(safe);
}

/* How the memory is divided: packet bytes, which are given up first, have an eighth of it, or less where there is little. */
static void
divide_memory(struct session *s, uint64_t memory, struct capture_options *capture)
{
	uint64_t share = memory < 2 * SESSION_MEMORY_GOOD ? memory / 16 : memory / 8;
	uint64_t ring = share < MEMORY_RING ? share : MEMORY_RING;

	if (memory == 0)
		return;
	if (capture != NULL && (capture->ring_bytes == 0 || capture->ring_bytes > ring))
		capture->ring_bytes = (size_t)ring;
	s->memory = memory;
	s->tables = memory - ring - MEMORY_ELSE - MEMORY_NEAR;
	if (memory < SESSION_MEMORY_GOOD) {
		uint32_t embryos = EMBRYOS_KEPT;

		while (embryos * (uint64_t)EMBRYOS_BYTES > s->tables / 2)
			embryos /= 2;
		flow_table_limit_embryos(s->flows, embryos);
	}
}

static bool
open_captures(struct session *s, const struct session_options *options, struct error *error)
{
	size_t wanted = options->file_count > 0 ? options->file_count : 1;
	struct capture_options capture = options->capture;

	divide_memory(s, options->memory, &capture);
	s->captures = memory_new_array(wanted, sizeof(struct capture *));
	for (size_t i = 0; i < wanted; i++) {
		s->captures[i] = options->file_count > 0
		    ? capture_open_file(options->files[i], &capture, error)
		    : capture_open_live(options->interfaces, options->interface_count, &capture, error);
		if (s->captures[i] == NULL)
			return false;
		s->capture_count++;
	}
	return true;
}

struct session *
session_open(const struct session_options *options, struct error *error)
{
	struct session *s = memory_new(sizeof *s);
	struct reader_options reader = { .frame_limit = options->frame_limit };

	s->flows = flow_table_new();
	if (options->file_count > 255) {
		error_set(error, "%zu files: at most 255 can be read at once", options->file_count);
		session_close(s);
		return NULL;
	}
	if (!open_captures(s, options, error)) {
		session_close(s);
		return NULL;
	}
	if (options->memory == 0 && capture_kind(s->captures[0]) != CAPTURE_FILE)
		divide_memory(s, options->memory_unless_file, NULL);
	if (options->opened != NULL && !options->opened(options->opened_context, error)) {
		session_close(s);
		return NULL;
	}
	if (options->redact.on && (s->redact = redact_new(&options->redact, error)) == NULL) {
		session_close(s);
		return NULL;
	}
	s->frames = frame_store_new();
	s->sightings = sightings_new();
	s->source = options->redact.on ? memory_copy_text(_("redacted capture"))
	    : describe_source(options, s->captures[0]);
	if (options->capture.filter != NULL && !options->redact.on) {
		char safe[1024];

		s->filter = memory_copy_text(text_safe_string(safe, sizeof safe, options->capture.filter));
	}
	reader.captures = s->captures;
	reader.capture_count = s->capture_count;
	reader.redact = s->redact;
	s->resident = resident_new();
	make_secret(&s->secret);
	reader.secret = s->secret;
	s->reader = reader_new(&reader, error);
	if (s->reader == NULL) {
		session_close(s);
		return NULL;
	}
	return s;
}

void
session_close(struct session *s)
{
	if (s == NULL)
		return;
	reader_free(s->reader);
	for (size_t i = 0; i < s->capture_count; i++)
		capture_close(s->captures[i]);
	free(s->captures);
	flow_table_free(s->flows);
	frame_store_free(s->frames);
	sightings_free(s->sightings);
	redact_free(s->redact);
	resident_free(s->resident);
	free(s->troubles);
	free(s->source);
	free(s->filter);
	free(s);
}

int
session_descriptor(const struct session *s)
{
	return reader_descriptor(s->reader);
}

bool
session_refilter(struct session *s, const char *text, struct error *error)
{
	char safe[1024];

	if (!capture_refilter(s->captures[0], text, error))
		return false;
	free(s->filter);
	s->filter = *text == '\0' || s->redact != NULL ? NULL
	    : memory_copy_text(text_safe_string(safe, sizeof safe, text));
	return true;
}

void
session_stop(struct session *s)
{
	reader_stop(s->reader);
}

static void
apply_quote(struct session *s, const struct segment *segment)
{
	uint32_t row = frame_store_count(s->frames);
	struct flow *flow = flow_table_quoted(s->flows, segment);
	struct frame *record = frame_store_add(s->frames);

	if (flow != NULL) {
		flow_apply_icmp(flow, segment, record);
	} else {
		*record = (struct frame) {
			.time = segment->time, .locator = segment->locator, .number = segment->frame,
			.seq = segment->seq, .ack = frame_icmp_told(segment), .notes = NOTE_ICMP_ERROR,
			.window = segment->window, .flags = segment->flags & TCP_FLAGS_ALL,
			.duplicate_ack = segment->family
		};
	}
	frame_store_link(s->frames, flow, row);
}

static void
apply_segment(struct session *s, const struct segment *segment, uint32_t foreseen)
{
	uint32_t row = frame_store_count(s->frames);
	struct flow *flow = flow_table_place(s->flows, segment, foreseen);
	enum side side = flow_sender(flow, segment);
	bool repeat = sightings_repeat(s->sightings, s->frames, flow, segment, side, row);

	sightings_add(s->sightings, row, segment);
	flow_apply(flow, segment, side, repeat, frame_store_add(s->frames));
	frame_store_link(s->frames, flow, row);
}

/*
 * What will be touched soon: the segment comes from the other core's cache, slot and flow from
 * memory.  Returns the flow of the segment PREFETCH_FLOW ahead, where it can be foreseen.
 */
static inline uint32_t
fetch_ahead(const struct session *s, const struct batch *batch, uint32_t i)
{
	if (i + PREFETCH_SEGMENT < batch->segments) {
		const char *segment = (const char *)&batch->segment[i + PREFETCH_SEGMENT];

		__builtin_prefetch(segment);
		__builtin_prefetch(segment + 64);
	}
	if (i + PREFETCH_SLOT < batch->segments)
		flow_table_prefetch(s->flows, batch->segment[i + PREFETCH_SLOT].hash);
	return i + PREFETCH_FLOW < batch->segments
	    ? flow_table_foresee(s->flows, batch->segment[i + PREFETCH_FLOW].hash) : 0;
}

static void
apply_batch(struct session *s, const struct batch *batch)
{
	uint32_t foreseen[PREFETCH_FLOW] = { 0 };

	for (uint32_t i = 0; i < batch->segments; i++) {
		const struct segment *segment = &batch->segment[i];
		uint32_t flow = foreseen[i % PREFETCH_FLOW];

		foreseen[i % PREFETCH_FLOW] = fetch_ahead(s, batch, i);
		if (segment->traits & SEGMENT_ICMP_QUOTE)
			apply_quote(s, segment);
		else
			apply_segment(s, segment, flow);
		if (s->first_time == 0 || segment->time < s->first_time)
			s->first_time = segment->time;
		if (segment->time > s->last_time)
			s->last_time = segment->time;
	}
}

static void
note_troubles(struct session *s, const struct batch *batch)
{
	for (uint32_t i = 0; i < batch->troubles && s->trouble_count < SESSION_TROUBLES_MAX; i++) {
		if (s->trouble_count == s->trouble_room) {
			s->trouble_room = s->trouble_room ? 2 * s->trouble_room : 64;
			s->troubles = memory_resize(s->troubles, s->trouble_room, sizeof *s->troubles);
		}
		s->troubles[s->trouble_count++] = batch->trouble[i];
	}
}

bool
session_adopt(struct session *s, const struct segment *tuple, bool proved)
{
	struct segment hashed = *tuple;

	if (s->redact != NULL || !capture_covers(s->captures[0], tuple))
		return false;
	hashed.hash = flow_hash(&s->secret, tuple);
	return flow_table_adopt(s->flows, &hashed, proved);
}

/* ---- memory */

void
session_watch(struct session *s, const struct session_watcher *watcher)
{
	s->watcher = *watcher;
}

void
session_give_up(struct session *s, uint64_t bytes)
{
	struct eviction_moves moves;
	uint32_t rows = frame_store_count(s->frames);

	if (s->watcher.before != NULL)
		s->watcher.before(s->watcher.context);
	eviction_run(s->flows, s->frames, &s->secret, session_now(s), bytes, &s->given_up, &moves);
	sightings_moved(s->sightings, rows, moves.rows);
	if (s->watcher.after != NULL)
		s->watcher.after(s->watcher.context, &moves);
	eviction_moves_fini(&moves);
	memory_trim();
}

/* Makes room when there is too little: by what is counted, and now and then by what the system says. */
static void
keep_to_memory(struct session *s)
{
	uint64_t used, room, embryos;

	if (s->memory == 0)
		return;
	used = flow_table_memory(s->flows) + frame_store_memory(s->frames)
	    + (uint64_t)flow_table_count(s->flows) * (EVICTION_FLOW_BYTES - sizeof(struct flow));
	if (s->resident != NULL && ++s->batches >= RESIDENT_BATCHES) {
		s->batches = 0;
		if (resident_bytes(s->resident) + MEMORY_NEAR > s->memory && used < s->tables)
			s->tables = used > 2 * MEMORY_NEAR ? used : 2 * MEMORY_NEAR;
	}
	if (used < s->tables)
		return;
	/* SYNs remembered aren't given up for others: what else there is goes down to three quarters. */
	embryos = flow_table_embryo_memory(s->flows);
	room = s->tables > embryos + MEMORY_NEAR ? s->tables - embryos : MEMORY_NEAR;
	if (used - embryos > room / 4 * 3)
		session_give_up(s, used - embryos - room / 4 * 3);
}

/* Whether what is left of a file will take more memory than there is, by what it took so far. */
static void
look_ahead(struct session *s)
{
	struct reader_status status;
	uint64_t held;

	if (s->memory != 0 || s->foreseen || s->resident == NULL || ++s->batches < FORESEE_BATCHES)
		return;
	s->batches = 0;
	reader_status(s->reader, &status);
	if (status.bytes_done < FORESEE_BYTES || status.bytes_total <= status.bytes_done)
		return;
	held = flow_table_memory(s->flows) + frame_store_memory(s->frames);
	s->foreseen = (double)held * (double)(status.bytes_total - status.bytes_done) / (double)status.bytes_done
	    > (double)resident_available(s->resident);
	if (s->foreseen && s->watcher.foreseen != NULL)
		s->watcher.foreseen(s->watcher.context);
}

/* Applies one waiting batch; false when none waits. */
static bool
pump_one(struct session *s, uint64_t *frames)
{
	struct batch *batch = reader_take(s->reader);

	if (batch == NULL)
		return false;
	apply_batch(s, batch);
	note_troubles(s, batch);
	for (int i = 0; i < DECODE_RESULTS; i++) {
		s->counts[i] += batch->counts[i];
		*frames += batch->counts[i];
	}
	/* its numbers have 32 bits, and a capture that goes on for days has more frames */
	s->frame_count += batch->last_frame - (uint32_t)s->frame_count;
	if (batch->last_time > s->newest)
		s->newest = batch->last_time;
	keep_to_memory(s);
	look_ahead(s);
	batch->ahead[0] = frame_store_ahead(s->frames);
	batch->ahead[1] = flow_table_ahead(s->flows);
	reader_release(s->reader, batch);
	return true;
}

uint64_t
session_pump(struct session *s, uint64_t budget_ns)
{
	uint64_t until = clock_nanoseconds(CLOCK_MONOTONIC) + budget_ns;
	uint64_t frames = 0;

	while (pump_one(s, &frames))
		if (clock_nanoseconds(CLOCK_MONOTONIC) >= until)
			break;
	return frames;
}

void
session_load(struct session *s, const volatile int *interrupted)
{
	struct pollfd ready = { .fd = session_descriptor(s), .events = POLLIN };
	struct reader_status status;
	bool stopping = false;
	uint64_t frames = 0;

	for (;;) {
		if (interrupted != NULL && *interrupted && !stopping) {
			session_stop(s);
			stopping = true;
		}
		if (pump_one(s, &frames))
			continue;
		reader_status(s->reader, &status);
		if (status.finished)
			return;
		poll(&ready, 1, WAIT_MILLISECONDS);
	}
}

void
session_status(struct session *s, struct session_status *status)
{
	memset(status, 0, sizeof *status);
	reader_status(s->reader, &status->reader);
	status->kind = capture_kind(s->captures[0]);
	status->source = s->source;
	status->filter = s->filter;
	status->frames = s->frame_count;
	memcpy(status->counts, s->counts, sizeof status->counts);
	status->first_time = s->first_time;
	status->last_time = s->last_time;
	status->given_up = s->given_up;
	status->at_end = status->reader.finished;
	status->redacted = s->redact != NULL;
	s->ended = status->at_end;
	status->now = session_now(s);
}

uint64_t
session_now(const struct session *s)
{
	uint64_t wall;

	if (s->ended || capture_kind(s->captures[0]) != CAPTURE_LIVE)
		return s->newest;
	wall = clock_nanoseconds(CLOCK_REALTIME);
	return wall > s->newest ? wall : s->newest;
}

const struct flow_table *
session_flows(const struct session *s)
{
	return s->flows;
}

const struct frame_store *
session_frames(const struct session *s)
{
	return s->frames;
}

size_t
session_troubles(const struct session *s)
{
	return s->trouble_count;
}

const struct trouble *
session_trouble(const struct session *s, size_t n)
{
	return &s->troubles[n];
}

/* Of the last fragment its record is told: what it completes stands in other frames. */
static bool
redacted(struct session *s, uint32_t number, uint8_t *buffer, struct raw_frame *raw)
{
	uint32_t row = frame_store_find(s->frames, number);
	const struct frame *frame;

	if (redact_frame(s->redact, raw, buffer))
		return true;
	if (row >= frame_store_count(s->frames))
		return false;
	frame = frame_store_get(s->frames, row);
	if (frame->number != number || frame->flow == 0 || !(frame->notes & NOTE_FRAGMENT)
	    || frame->notes & NOTE_ICMP_ERROR)
		return false;
	redact_record(frame, flow_table_get(s->flows, frame->flow), raw, buffer);
	return true;
}

bool
session_bytes(struct session *s, uint64_t locator, uint32_t number, uint8_t *buffer, size_t size,
    struct raw_frame *frame)
{
	unsigned source = locator_source(locator);

	if (source >= s->capture_count)
		return false;
	if (!byte_source_read(capture_bytes(s->captures[source]), locator_offset(locator), buffer, size, frame))
		return false;
	frame->number = number;
	return s->redact == NULL || redacted(s, number, buffer, frame);
}

static uint64_t
digest_add(uint64_t digest, uint64_t value)
{
	digest = (digest ^ value) * 0x9e3779b97f4a7c15ULL;
	return digest ^ digest >> 32;
}

uint64_t
session_digest(const struct session *s)
{
	uint64_t digest = 0;

	for (uint32_t row = 0; row < frame_store_count(s->frames); row++) {
		const struct frame *f = frame_store_get(s->frames, row);

		digest = digest_add(digest, f->time);
		digest = digest_add(digest, (uint64_t)f->number << 32 | f->flow);
		digest = digest_add(digest, (uint64_t)f->seq << 32 | f->ack);
		digest = digest_add(digest, (uint64_t)f->length << 32 | f->notes);
		digest = digest_add(digest, (uint64_t)f->window << 48 | (uint64_t)f->flags << 32
		    | (uint32_t)f->traits << 16 | (uint32_t)f->state[CLIENT] << 8 | f->state[SERVER]);
	}
	for (uint32_t id = 1; id <= flow_table_count(s->flows); id++) {
		const struct flow *flow = flow_table_get(s->flows, id);

		digest = digest_add(digest, (uint64_t)flow->rows << 32 | (uint32_t)flow->completeness << 8 | flow->marks);
		for (int side = CLIENT; side <= SERVER; side++) {
			digest = digest_add(digest, flow->end[side].bytes);
			digest = digest_add(digest, flow->end[side].stream);
			digest = digest_add(digest, (uint64_t)flow->end[side].frames << 32 | flow->end[side].resent);
		}
	}
	return digest;
}

size_t
session_memory_flows(const struct session *s)
{
	return flow_table_memory(s->flows);
}

size_t
session_memory_frames(const struct session *s)
{
	return frame_store_memory(s->frames);
}

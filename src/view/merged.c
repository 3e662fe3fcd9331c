/*
 * Several connections as one ladder.  Keeps a ladder for each, which knows
 * labels, styles and hindsight; adds the common order and the places of
 * lifelines.  What its lines look like stands in merged_render.c.
 */
#include "view/merged.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "view/format.h"
#include "view/merged_internal.h"
#include "view/sort.h"

enum { SPACING_MIN = 12, STATES_WIDTH = 26, STATES_FROM = 90 };

const struct flow *
merged_flow_of(const struct merged *m, size_t index)
{
	return m->ladders[index]->flow;
}

size_t
merged_lifeline_of(struct merged *m, const struct flow *flow, enum side side)
{
	uint16_t port = m->by_port ? flow->port[side] : 0;
	size_t i = 0;

	while (i < m->lifeline_count && (m->lifelines[i].family != flow->family
	    || m->lifelines[i].port != port
	    || memcmp(m->lifelines[i].address, flow->address[side], 16) != 0))
		i++;
	if (i == m->lifeline_count) {
		struct merged_lifeline *l = &m->lifelines[m->lifeline_count++];

		memcpy(l->address, flow->address[side], sizeof l->address);
		l->family = flow->family;
		l->port = port;
	}
	return i;
}

static bool
merged_has(const struct merged *m, const struct flow *flow)
{
	for (size_t i = 0; i < m->flows; i++) {
		if (merged_flow_of(m, i) == flow)
			return true;
	}
	return false;
}

struct merged *
merged_new(struct session *session, const struct replay *replay, const uint32_t *flows,
    size_t count)
{
	struct merged *m = memory_new(sizeof *m);

	m->session = session;
	m->replay = replay;
	m->ladders = memory_new_array(count, sizeof(struct ladder *));
	m->taken = memory_new_array(count, sizeof *m->taken);
	m->lifelines = memory_new_array(2 * count, sizeof *m->lifelines);
	m->start = UINT64_MAX;
	m->number_width = 4;
	for (size_t i = 0; i < count; i++) {
		const struct flow *flow = flow_table_get(session_flows(session), flows[i]);
		unsigned digits = (unsigned)snprintf(NULL, 0, "#%u", flow->number);

		if (merged_has(m, flow))
			continue;
		m->ladders[m->flows++] = ladder_new(session, replay, flow);
		m->by_port = m->by_port
		    || memcmp(flow->address[CLIENT], flow->address[SERVER], 16) == 0;
		if (flow->first_time < m->start)
			m->start = flow->first_time;
		if (flow->last_time > m->end)
			m->end = flow->last_time;
		if (digits > m->flow_width)
			m->flow_width = digits;
		digits = (unsigned)snprintf(NULL, 0, "%u",
		    frame_store_last_number(session_frames(session), flow));
		if (digits > m->number_width)
			m->number_width = digits;
	}
	for (enum side side = CLIENT; side < SIDES; side++) {
		for (size_t i = 0; i < m->flows; i++)
			merged_lifeline_of(m, merged_flow_of(m, i), side);
	}
	merged_set_options(m, &(struct ladder_options){ .width = 80, .services = true });
	return m;
}

size_t
merged_flows(const struct merged *m, uint32_t *ids, size_t max)
{
	size_t count = m->flows < max ? m->flows : max;

	for (size_t i = 0; i < count; i++)
		ids[i] = merged_flow_of(m, i)->id;
	return count;
}

void
merged_free(struct merged *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->flows; i++)
		ladder_free(m->ladders[i]);
	free(m->ladders);
	free(m->taken);
	free(m->lifelines);
	free(m->entries);
	merged_fold_fini(&m->fold);
	free(m);
}

static unsigned
rails_start(const struct merged *m)
{
	return MERGED_MARGIN + m->number_width + 2 + m->time_width + 2 + m->flow_width + 2;
}

void
merged_set_options(struct merged *m, const struct ladder_options *options)
{
	unsigned start, states, gaps, spacing;
	struct ladder_options own = *options;
	char longest[FORMAT_TIME_MAX];

	if (options->fold != m->fold.fold) {
		m->fold.fold = options->fold;
		m->fold.opened_count = m->count = 0;
		memset(m->taken, 0, m->flows * sizeof *m->taken);
		m->stale = true;
	}
	m->options = *options;
	m->time_width = options->time == LADDER_TIME_CLOCK ? 15
	    : (unsigned)format_signed_seconds(longest, sizeof longest,
	    (int64_t)(m->end > m->start ? m->end - m->start : 0), 6);
	if (m->time_width < text_columns(_(ladder_time_names[options->time])))
		m->time_width = text_columns(_(ladder_time_names[options->time]));
	start = rails_start(m);
	own.fold = false;
	for (size_t i = 0; i < m->flows; i++)
		ladder_set_options(m->ladders[i], &own);
	gaps = m->lifeline_count > 1 ? (unsigned)m->lifeline_count - 1 : 1;
	states = options->width >= STATES_FROM ? STATES_WIDTH : 0;
	spacing = options->width > start + states + 1 ? (options->width - start - states - 1) / gaps
	    : 0;
	if (spacing < SPACING_MIN)
		spacing = SPACING_MIN;
	for (size_t i = 0; i < m->lifeline_count; i++)
		m->lifelines[i].column = start + (unsigned)i * spacing;
	m->states_column = states > 0 ? start + gaps * spacing + 2 : 0;
}

/* Entries from `from` on in capture order. */
static void
sort_entries(struct merged *m, uint32_t from)
{
	uint32_t count = m->count - from;
	uint64_t *keys = memory_new_array((size_t)count + 1, sizeof *keys);
	uint32_t *ids = memory_new_array((size_t)count + 1, sizeof *ids);
	struct merged_entry *sorted = memory_new_array((size_t)count + 1, sizeof *sorted);

	for (uint32_t i = 0; i < count; i++) {
		keys[i] = m->entries[from + i].row;
		ids[i] = from + i;
	}
	sort_by_key(keys, ids, count);
	for (uint32_t i = 0; i < count; i++)
		sorted[i] = m->entries[ids[i]];
	if (count > 0)
		memcpy(m->entries + from, sorted, count * sizeof *sorted);
	free(keys);
	free(ids);
	free(sorted);
}

static bool
entry_is_plain(const void *merged, uint32_t segment)
{
	const struct merged *m = merged;
	const struct merged_entry *e = &m->entries[segment];

	return ladder_is_plain(m->ladders[e->flow], e->nth);
}

bool
merged_update(struct merged *m)
{
	const struct frame_store *frames = session_frames(m->session);
	uint32_t rows = replay_rows(m->replay), before = m->count, kept;
	bool changed = false;

	while (m->count > 0 && m->entries[m->count - 1].row >= rows)
		m->count--;
	changed = m->count != before;
	kept = m->count;
	for (size_t i = 0; i < m->flows; i++) {
		const struct flow *flow = merged_flow_of(m, i);
		struct moment moment;

		replay_moment(m->replay, flow, &moment);
		ladder_update(m->ladders[i]);
		for (uint32_t nth = m->taken[i] < moment.rows ? m->taken[i] : moment.rows;
		    nth < moment.rows; nth++) {
			if (m->fold.fold && nth > 0 && ladder_nth(m->ladders[i], nth)->notes & NOTE_DUPLICATE_CAPTURE)
				continue;
			if (m->count == m->capacity) {
				m->capacity = m->capacity > 0 ? m->capacity * 2 : 256;
				m->entries = memory_resize(m->entries, m->capacity,
				    sizeof *m->entries);
			}
			m->entries[m->count++] = (struct merged_entry){ frame_store_nth(frames, flow, nth),
			    nth, (uint32_t)i };
		}
		m->taken[i] = moment.rows;
	}
	if (m->count > kept)
		sort_entries(m, kept);
	changed = changed || m->count > kept || m->stale;
	if (changed)
		merged_fold_update(&m->fold, m->stale ? 0 : kept, m->count, entry_is_plain, m);
	m->stale = false;
	return changed;
}

uint32_t
merged_count(const struct merged *m)
{
	return m->fold.count;
}

static const struct merged_entry *
entry_of(const struct merged *m, uint32_t row)
{
	return &m->entries[m->fold.rows[row].first];
}

const struct frame *
merged_frame(const struct merged *m, uint32_t row)
{
	return frame_store_get(session_frames(m->session), entry_of(m, row)->row);
}

const struct flow *
merged_flow(const struct merged *m, uint32_t row)
{
	return merged_flow_of(m, entry_of(m, row)->flow);
}

uint32_t
merged_nth(const struct merged *m, uint32_t row)
{
	return entry_of(m, row)->nth;
}

uint32_t
merged_folded(const struct merged *m, uint32_t row)
{
	return m->fold.rows[row].segments;
}

void
merged_toggle_run(struct merged *m, uint32_t row)
{
	uint32_t first = m->fold.rows[row].first;

	if (merged_fold_toggle(&m->fold, row))
		merged_fold_update(&m->fold, first, m->count, entry_is_plain, m);
}

uint32_t
merged_segments(const struct merged *m)
{
	return m->count;
}

const struct frame *
merged_segment(const struct merged *m, uint32_t segment, const struct flow **flow)
{
	if (flow != NULL)
		*flow = merged_flow_of(m, m->entries[segment].flow);
	return frame_store_get(session_frames(m->session), m->entries[segment].row);
}

uint32_t
merged_segment_of(const struct merged *m, uint32_t row)
{
	return m->fold.rows[row].first;
}

uint32_t
merged_row_of_segment(const struct merged *m, uint32_t segment)
{
	return merged_fold_row_of(&m->fold, segment);
}

uint32_t
merged_segment_of_number(const struct merged *m, uint32_t number)
{
	uint32_t low = 0, high = m->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (frame_is_after(number, merged_segment(m, middle, NULL)->number))
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->count ? low : m->count > 0 ? m->count - 1 : 0;
}

uint32_t
merged_row_of_number(const struct merged *m, uint32_t number)
{
	return merged_row_of_segment(m, merged_segment_of_number(m, number));
}

int64_t
merged_anomaly(const struct merged *m, uint32_t row, int step)
{
	for (int64_t at = (int64_t)row + step; at >= 0 && at < m->fold.count; at += step) {
		if (ladder_is_anomaly(merged_frame(m, (uint32_t)at)))
			return at;
	}
	return -1;
}

/*
 * Asks a compiled filter of a connection or of a frame.  Knows where a
 * field's numbers come from; never looks at rendered lines.
 */
#include "view/filter_internal.h"

#include <stdio.h>
#include <string.h>

#include "capture/frame_store.h"
#include "tcp/service.h"
#include "view/format.h"

static bool
number_matches(const struct filter_node *node, uint64_t n)
{
	bool mask = node->field->kind == FIELD_MASK;

	for (size_t i = 0; i < node->value_count; i++) {
		const struct filter_value *v = &node->values[i];

		switch (node->operator) {
		case FILTER_IS:
		case FILTER_IS_NOT:
			if (mask ? (n & v->low) != 0 : n >= v->low && n <= v->high)
				return true;
			break;
		case FILTER_LESS:
			if (n < v->low)
				return true;
			break;
		case FILTER_AT_MOST:
			if (n <= v->high)
				return true;
			break;
		case FILTER_MORE:
			if (n > v->high)
				return true;
			break;
		case FILTER_AT_LEAST:
			if (n >= v->low)
				return true;
			break;
		}
	}
	return false;
}

static bool
host_matches(const struct filter_node *node, const struct flow *flow)
{
	size_t size = flow->family == SEGMENT_IPV6 ? 16 : 4;

	for (enum side side = CLIENT; side < SIDES; side++) {
		if (!(node->field->sides & 1U << side))
			continue;
		for (size_t i = 0; i < node->value_count; i++) {
			const struct filter_value *v = &node->values[i];

			if (v->family == flow->family
			    && memcmp(flow->address[side], v->first, size) >= 0
			    && memcmp(flow->address[side], v->last, size) <= 0)
				return true;
		}
	}
	return false;
}

/* ASCII only, so that it is the same in every locale; needle is in lower case. */
static bool
contains(const char *text, const char *needle)
{
	size_t length = strlen(needle);

	for (; *text != '\0'; text++) {
		size_t i = 0;

		for (; i < length && text[i] != '\0'; i++) {
			char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a')
			    : text[i];

			if (c != needle[i])
				break;
		}
		if (i == length)
			return true;
	}
	return false;
}

static bool
text_matches(const struct filter_node *node, const char *text)
{
	for (size_t i = 0; i < node->value_count; i++) {
		if (contains(text, node->values[i].text))
			return true;
	}
	return false;
}

static bool
frame_matches(const struct filter_node *node, const struct flow_row *row, const struct frame *frame)
{
	return number_matches(node, node->field->frame(row, frame));
}

/* Whether any of the connection's frames up to the replay point matches. */
static bool
any_frame_matches(const struct filter_node *node, const struct flow_row *row)
{
	const struct frame_store *frames = narrator_frames(row->narrator);

	for (uint32_t n = 0; n < row->moment.rows; n++) {
		if (frame_matches(node, row,
		    frame_store_get(frames, frame_store_nth(frames, row->flow, n))))
			return true;
	}
	return false;
}

static bool
field_matches(const struct filter_node *node, struct flow_row *row, const struct frame *frame)
{
	const struct filter_field *field = node->field;
	uint64_t numbers[FIELD_NUMBERS_MAX];
	char scratch[FIELD_SCRATCH_MAX];
	size_t count;

	if (field->kind == FIELD_HOST)
		return host_matches(node, row->flow);
	if (field->kind == FIELD_TEXT)
		return text_matches(node, field->text(row, scratch));
	if (field->frame != NULL)
		return frame != NULL ? frame_matches(node, row, frame) : any_frame_matches(node,
		    row);
	count = field->numbers(row, numbers);
	for (size_t i = 0; i < count; i++) {
		if (number_matches(node, numbers[i]))
			return true;
	}
	return false;
}

/* The texts that a bare word is looked for in: both endpoints and their services. */
static bool
word_matches(const struct filter_node *node, const struct flow *flow)
{
	size_t digits = node->word != NULL ? strspn(node->word, "0123456789") : 0;
	char text[FORMAT_ENDPOINT_MAX];

	for (enum side side = CLIENT; side < SIDES; side++) {
		/* A number alone is a port, or else it would be found in nearly every address. */
		if (digits > 0 && node->word[digits] == '\0') {
			snprintf(text, sizeof text, "%u", flow->port[side]);
			if (strcmp(text, node->word) == 0)
				return true;
			continue;
		}
		format_flow_endpoint(text, sizeof text, flow, side, true);
		if (node->kind == NODE_WORD ? contains(text, node->word)
		    : regexec(&node->regex, text, 0, NULL, 0) == 0)
			return true;
	}
	return false;
}

static bool
node_matches(const struct filter_node *node, struct flow_row *row, const struct frame *frame)
{
	switch (node->kind) {
	case NODE_AND:
		return node_matches(node->left, row, frame)
		    && node_matches(node->right, row, frame);
	case NODE_OR:
		return node_matches(node->left, row, frame)
		    || node_matches(node->right, row, frame);
	case NODE_NOT:
		return !node_matches(node->left, row, frame);
	case NODE_FIELD:
		return field_matches(node, row, frame) != (node->operator == FILTER_IS_NOT);
	case NODE_CLASS:
		return node->class->test(row);
	case NODE_WORD:
	case NODE_REGEX:
		return word_matches(node, row->flow);
	}
	return false;
}

bool
filter_match_flow(const struct filter *f, struct flow_row *row)
{
	return filter_is_empty(f) || node_matches(f->root, row, NULL);
}

bool
filter_match_frame(const struct filter *f, struct flow_row *row, const struct frame *frame)
{
	return filter_is_empty(f) || node_matches(f->root, row, frame);
}

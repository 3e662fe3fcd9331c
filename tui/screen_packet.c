/*
 * One segment's packet, or a frame that couldn't be decoded: the decoded tree, and its bytes in hex and ASCII,
 * those of the field under the cursor standing out in both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "tui/app.h"
#include "tui/list_widget.h"
#include "view/format.h"
#include "view/packet_text.h"

enum { MARGIN = 2, BESIDE_FROM = 150, DUMP_WIDTH = 78, DUMP_MIN = 3, SHIFT = 8 };

struct packet_screen {
	struct screen screen;
	struct packet_text *text;
	const struct flow *flow;	/* NULL: it couldn't be decoded */
	uint32_t kept_id;		/* while things are given up: the flow's */
	struct frame frame;		/* its own copy: records may be evicted */
	const char *trouble;		/* why it couldn't be decoded, or NULL */
	struct list_widget rows;
	uint32_t dump_top;
	unsigned shift;			/* columns scrolled to the right */
};

/* Whose it is, and its way. */
static void
add_way(const struct packet_screen *p, struct line *text)
{
	char from[FORMAT_ENDPOINT_MAX], to[FORMAT_ENDPOINT_MAX];
	enum side sender = frame_from(&p->frame);

	format_flow_endpoint(from, sizeof from, p->flow, sender, false);
	format_flow_endpoint(to, sizeof to, p->flow, side_other(sender), false);
	line_printf(text, STYLE_DIM, _("  of connection %u   "), p->flow->number);
	line_add(text, sender == CLIENT ? STYLE_CLIENT : STYLE_SERVER, from);
	line_add(text, STYLE_DIM, " → ");
	line_add(text, sender == CLIENT ? STYLE_SERVER : STYLE_CLIENT, to);
}

static void
draw_title(struct packet_screen *p, struct app *app, int line)
{
	char number[FORMAT_NUMBER_MAX], when[FORMAT_TIME_MAX];
	struct line text;

	format_count(number, sizeof number, p->frame.number);
	format_date(when, sizeof when, p->frame.time);
	line_clear(&text);
	line_printf(&text, STYLE_TITLE, _("Frame %s"), number);
	if (p->flow != NULL)
		add_way(p, &text);
	else
		line_printf(&text, STYLE_TROUBLE, "  %s", p->trouble);
	if (text.columns + 4 + text_columns(when) < app->picture.columns)
		line_add_right(&text, STYLE_DIM, when, app->picture.columns - 2);
	picture_put_line(&app->picture, line, 1, app->picture.columns - 2, &text, 0);
}

static void
draw_tree(struct packet_screen *p, struct app *app, struct area area)
{
	list_widget_fit(&p->rows, (uint32_t)packet_text_count(p->text), area.lines);
	for (unsigned i = 0; i < area.lines && p->rows.top + i < p->rows.count; i++) {
		int y = area.line + (int)i;
		struct line text;

		packet_text_render(p->text, p->rows.top + i, area.columns - MARGIN - 1 + p->shift,
		    app->picture.ascii, &text);
		picture_put_line(&app->picture, y, area.column + MARGIN, area.columns - MARGIN - 1, &text, p->shift);
		if (p->rows.top + i == p->rows.cursor) {
			picture_put(&app->picture, y, area.column, 1, STYLE_STRONG, "▸");
			picture_emphasize(&app->picture, y, area.column, area.columns, PICTURE_SELECTED);
		}
	}
}

/* The first byte of the field in sight, and as many of the others as there is room for. */
static void
scroll_dump(struct packet_screen *p, unsigned width, unsigned height, int offset, int size)
{
	uint32_t count = (uint32_t)packet_text_dump_count(p->text, width), first, last;

	if (offset >= 0) {
		first = (uint32_t)packet_text_dump_row_of(width, offset);
		last = (uint32_t)packet_text_dump_row_of(width, offset + (size > 0 ? size - 1 : 0));
		if (last >= p->dump_top + height)
			p->dump_top = last - height + 1;
		if (first < p->dump_top)
			p->dump_top = first;
	}
	if (p->dump_top + height > count)
		p->dump_top = count > height ? count - height : 0;
}

static void
draw_dump(struct packet_screen *p, struct app *app, struct area area)
{
	unsigned width = area.columns - MARGIN - 1;
	size_t count = packet_text_dump_count(p->text, width);
	int offset = -1, size = 0;

	if (p->rows.count > 0)
		packet_text_bytes_of(p->text, p->rows.cursor, &offset, &size);
	scroll_dump(p, width, area.lines, offset, size);
	for (unsigned i = 0; i < area.lines && p->dump_top + i < count; i++) {
		struct line text;

		packet_text_dump(p->text, p->dump_top + i, width, offset, size, &text);
		picture_put_line(&app->picture, area.line + (int)i, area.column + MARGIN, width, &text, 0);
	}
}

static void
packet_draw(struct screen *s, struct app *app, struct area area)
{
	struct packet_screen *p = (struct packet_screen *)s;
	unsigned width = area.columns - MARGIN - 1, dump;

	draw_title(p, app, area.line);
	picture_rule(&app->picture, area.line + 1, 0, area.columns);
	area.line += 2;
	area.lines -= 2;
	if (area.columns >= BESIDE_FROM) {
		int split = (int)area.columns - DUMP_WIDTH - MARGIN;

		for (unsigned i = 0; i < area.lines; i++)
			picture_put(&app->picture, area.line + (int)i, split - 1, 1, STYLE_RAIL, "│");
		draw_tree(p, app, (struct area){ area.line, 0, area.lines, (unsigned)split - 1 });
		draw_dump(p, app, (struct area){ area.line, split, area.lines, area.columns - (unsigned)split });
		return;
	}
	dump = (unsigned)packet_text_dump_count(p->text, width);
	if (dump > area.lines * 2 / 5)
		dump = area.lines * 2 / 5 > DUMP_MIN ? area.lines * 2 / 5 : DUMP_MIN;
	if (dump + 2 > area.lines)
		dump = area.lines > 2 ? area.lines - 2 : 0;
	draw_tree(p, app, (struct area){ area.line, 0, area.lines - dump - 1, area.columns });
	picture_rule(&app->picture, area.line + (int)(area.lines - dump) - 1, 0, area.columns);
	draw_dump(p, app, (struct area){ area.line + (int)(area.lines - dump), 0, dump, area.columns });
}

static bool
packet_act(struct screen *s, struct app *app, enum action_id id, uint32_t times)
{
	struct packet_screen *p = (struct packet_screen *)s;

	(void)app;
	if (id == ACTION_LEFT)
		p->shift = p->shift > SHIFT * times ? p->shift - SHIFT * times : 0;
	else if (id == ACTION_RIGHT)
		p->shift = p->shift + SHIFT * times < LINE_TEXT_MAX / 4 ? p->shift + SHIFT * times : LINE_TEXT_MAX / 4;
	else
		return list_widget_act(&p->rows, id, times);
	return true;
}

static bool
packet_moved(struct screen *s, struct app *app, const struct eviction_moves *moves)
{
	struct packet_screen *p = (struct packet_screen *)s;

	if (p->flow == NULL)
		return true;
	if (moves == NULL) {
		p->kept_id = p->flow->id;
		return true;
	}
	if (moves->ids[p->kept_id] == 0)
		return false;
	p->flow = flow_table_get(session_flows(app->session), moves->ids[p->kept_id]);
	return true;
}

static const struct flow *
packet_flow(struct screen *s, struct app *app)
{
	(void)app;
	return ((struct packet_screen *)s)->flow;
}

static void
packet_free(struct screen *s)
{
	struct packet_screen *p = (struct packet_screen *)s;

	packet_text_free(p->text);
	free(p);
}

static const struct screen_class packet_class = {
	.bit = ON_PACKET, .name = N_("Packet"), .draw = packet_draw, .act = packet_act, .moved = packet_moved, .flow = packet_flow, .free = packet_free
};

/* Who opens a packet here wants its TCP header; what is around it is above. */
static uint32_t
row_of_tcp(const struct packet_text *text)
{
	uint32_t count = (uint32_t)packet_text_count(text), found = 0;

	for (uint32_t row = 0; row < count; row++) {
		struct line line;

		if (packet_text_level(text, row) != 0)
			continue;
		packet_text_render(text, row, LINE_TEXT_MAX / 4, false, &line);
		if (strncmp(line.text + strspn(line.text, " "), "TCP", 3) == 0)
			found = row;
	}
	return found;
}

struct screen *
screen_packet_new(struct app *app, const struct flow *flow, uint32_t nth)
{
	struct packet_screen *p = memory_new(sizeof *p);
	const struct frame_store *frames = session_frames(app->session);

	p->screen.class = &packet_class;
	p->flow = flow;
	p->frame = *frame_store_get(frames, frame_store_nth(frames, flow, nth));
	p->text = packet_text_new(app->session, flow, &p->frame);
	p->rows.height = 1;
	p->rows.cursor = p->rows.top = row_of_tcp(p->text);
	return &p->screen;
}

struct screen *
screen_packet_new_undecoded(struct app *app, const struct trouble *trouble)
{
	struct packet_screen *p = memory_new(sizeof *p);

	p->screen.class = &packet_class;
	p->frame.number = trouble->frame;
	p->frame.time = trouble->time;
	p->trouble = _(decode_result_text(trouble->reason));
	p->text = packet_text_new_at(app->session, trouble->locator, trouble->frame);
	p->rows.height = 1;
	p->rows.cursor = (uint32_t)packet_text_count(p->text) - 1;	/* how far the decoder came */
	return &p->screen;
}

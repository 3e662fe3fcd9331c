/*
 * The loop around the picker: keys, signals, pictures.  Nothing is captured
 * yet, so that nothing else has to be waited for.
 */
#include "tui/picking.h"

#include <poll.h>
#include <signal.h>

#include "tui/keys.h"
#include "tui/settings_file.h"
#include "tui/signals.h"

bool
picking_is_needed(struct picking *p, const struct options *options, struct error *error)
{
	size_t usual = 0;

	*p = (struct picking){ .count = 0 };
	error->text[0] = '\0';
	if (options->session.file_count > 0 || options->session.interface_count > 0
	    || !capture_find_devices(&p->devices, &p->count, error))
		return false;
	for (size_t i = 0; i < p->count; i++)
		usual += p->devices[i].usual;
	return usual > 1 && capture_is_permitted(&options->session.capture, error);
}

void
picking_fini(struct picking *p)
{
	capture_free_devices(p->devices, p->count);
	p->devices = NULL;
	p->count = 0;
}

static void
go_away(struct term *term)
{
	term_suspend(term);
	signals_stop();
	signals_take(SIGCONT);
	term_resume(term);
}

/* true: what stands on the screen is no more, or has another size. */
static bool
look_at_signals(struct picking *p, struct term *term, struct picture *picture, enum picker_answer *answer)
{
	bool dirty = false;

	if (signals_take(SIGTERM))
		p->ended_by = SIGTERM;
	if (signals_take(SIGHUP))
		p->ended_by = SIGHUP;
	if (signals_take(SIGINT) || p->ended_by != 0)
		*answer = PICKER_QUIT;
	if (signals_take(SIGTSTP)) {
		go_away(term);
		dirty = true;
	}
	if (signals_take(SIGCONT)) {
		term_resume(term);
		dirty = true;
	}
	if (signals_take(SIGWINCH) && term_update_size(term)) {
		picture_resize(picture, term_columns(term), term_lines(term));
		dirty = true;
	}
	return dirty;
}

static void
wait_for_terminal(struct term *term)
{
	struct pollfd p[2] = {
		{ .fd = term_input(term), .events = POLLIN },
		{ .fd = term_busy(term) ? term_output(term) : -1, .events = POLLOUT }
	};

	if (signals_poll(p, 2, term_key_wait(term)) <= 0)
		return;
	if (p[1].revents != 0)
		term_relay(term);
	if (p[0].revents != 0)
		term_read(term);
}

bool
picking_run(struct picking *p, struct term *term, const struct options *options, bool ascii)
{
	enum picker_answer answer = PICKER_ASKS;
	struct picture picture;
	struct picker picker;
	bool dirty = true;
	int key;

	picker_init(&picker, p->devices, p->count);
	picture_init(&picture, term_columns(term), term_lines(term), ascii);
	picture.palette = &options->settings->settings.palette;
	while (answer == PICKER_ASKS) {
		if (dirty && !term_busy(term)) {
			picker_draw(&picker, &picture);
			term_show(term, &picture);
			dirty = false;
		}
		wait_for_terminal(term);
		dirty = look_at_signals(p, term, &picture, &answer) || dirty;
		while (answer == PICKER_ASKS && (key = term_key(term)) != KEYS_NONE) {
			if (key == KEYS_CONTROL('l'))
				term_redraw(term);
			answer = picker_key(&picker, &options->settings->settings.keys, key);
			dirty = true;
		}
		if (term_gone(term))
			answer = PICKER_QUIT;
	}
	if (answer == PICKER_CHOSE)
		p->chosen = picker_names(&picker, p->names, OPTIONS_INTERFACES_MAX);
	picture_fini(&picture);
	picker_fini(&picker);
	return answer == PICKER_CHOSE;
}

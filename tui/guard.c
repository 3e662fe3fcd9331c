/*
 * Files are written in the working directory, beside the file of -w, where
 * temporary files go and where the settings are; see privileges.h.
 */
#include "tui/guard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/language.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/settings_file.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif

static bool
drop(void *context, struct error *error)
{
	struct guard *g = context;
	char safe[160];

	g->options.asking = g->helper != NULL;
	if (!privileges_drop(&g->options, &g->held, error))
		return false;
	g->reopening = g->helper != NULL && helper_settle(g->helper, g->held.listener);
	if (g->held.listener >= 0)
		close(g->held.listener);
	/* The first file is open; without this the others would be missed when it is too late. */
	if (g->rotating == NULL || access(g->rotating, W_OK | X_OK) == 0)
		return true;
	text_safe_string(safe, sizeof safe, g->rotating);
	if (g->held.changed)
		return error_set(error, "-C and -G begin new files in %s, where user %s may not: "
		    "choose another place, or -Z root", safe, g->held.user);
	return error_set(error, "-C and -G begin new files in %s, where you may not: choose another place", safe);
}

/* The nearest directory at or above the path that is there. */
static char *
directory_of(const char *path)
{
	char *place = memory_copy_text(path);

	for (;;) {
		char *slash = strrchr(place, '/');

		if (slash == NULL) {
			free(place);
			return memory_copy_text(".");
		}
		slash[slash == place] = '\0';
		if (slash == place || access(place, F_OK) == 0)
			return place;
	}
}

static void
add_place(struct guard *g, char *place)
{
	g->owned[g->options.place_count++] = place;
}

void
guard_init(struct guard *g, struct options *o)
{
	const char *temporary = getenv("TMPDIR");
	struct error error;

	*g = (struct guard){ .options = { .sandbox = o->sandbox, .user = o->user,
	    .live = o->session.file_count == 0 } };
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer)
	/* A sanitizer looks for leaks from a process of its own. */
	if (g->options.sandbox == SANDBOX_AUTO)
		g->options.sandbox = SANDBOX_OFF;
#endif
	add_place(g, memory_copy_text("."));
	add_place(g, memory_copy_text(temporary != NULL && temporary[0] == '/' ? temporary : "/tmp"));
	if (o->session.capture.save_to != NULL) {
		add_place(g, directory_of(o->session.capture.save_to));
		if (o->session.capture.save_bytes > 0 || o->session.capture.save_seconds > 0)
			g->rotating = g->owned[g->options.place_count - 1];
		if (g->rotating != NULL && privileges_heir(&g->options, &g->owner.user, &g->owner.group))
			o->session.capture.save_owner = &g->owner;
	}
	if (o->settings != NULL && o->settings->path != NULL)
		add_place(g, directory_of(o->settings->path));
	g->options.places = (const char *const *)g->owned;
	o->guard = g;
	o->session.opened = drop;
	o->session.opened_context = g;
	/* Whoever is on the screen looks at this host's sockets, too. */
	if (g->options.live && !o->printing && !o->session.redact.on)
		g->helper = helper_start(&error);	/* without it, processes have no names */
}

void
guard_fini(struct guard *g)
{
	helper_free(g->helper);
	for (size_t i = 0; i < g->options.place_count; i++)
		free(g->owned[i]);
}

struct helper *
guard_helper(const struct guard *g)
{
	return g != NULL ? g->helper : NULL;
}

bool
guard_may_capture(const struct guard *g)
{
	return g == NULL || !g->held.no_capabilities || g->reopening;
}

void
guard_explain(const struct guard *g, struct error *error)
{
	char text[ERROR_TEXT_MAX];

	if (g == NULL || !(g->held.changed || g->held.places) || strstr(error->text, strerror(EACCES)) == NULL)
		return;
	snprintf(text, sizeof text, "%s", error->text);
	if (g->held.changed)
		error_set(error, "%s (to user %s: -Z, --sandbox)", text, g->held.user);
	else
		error_set(error, "%s (see --sandbox)", text);
}

const char *
guard_text(const struct guard *g, char *out, size_t size)
{
	if (g == NULL || !g->options.live) {
		out[0] = '\0';
		return out;
	}
	privileges_text(&g->held, out, size);
	if (g->reopening && strlen(out) < size)
		snprintf(out + strlen(out), size - strlen(out), "%s", _("; a helper opens interfaces that come back"));
	return out;
}

/*
 * Everything that holds rows, ids or flows from one tick to the next is
 * told here, the view models first, since screens ask them.
 */
#include "tui/moving.h"

#include "base/language.h"

enum { HISTORY_STEPS = 1 << 20 };

static void
before(void *context)
{
	struct app *app = context;

	while (app->history != NULL && history_update(app->history, HISTORY_STEPS))
		;
	for (unsigned i = 0; i < app->depth; i++)
		if (app->stack[i]->class->moved != NULL)
			app->stack[i]->class->moved(app->stack[i], app, NULL);
}

static void
after(void *context, const struct eviction_moves *moves)
{
	struct app *app = context;
	unsigned gone = app->depth;

	replay_moved(app->replay, moves);
	narrator_moved(app->narrator);
	flow_list_moved(app->list, moves);
	if (app->history != NULL)
		history_moved(app->history, moves);
	for (unsigned i = 0; i < app->depth; i++)
		if (app->stack[i]->class->moved != NULL && !app->stack[i]->class->moved(app->stack[i], app, moves)
		    && i < gone)
			gone = i;
	if (gone < app->depth) {
		app->prompt.class = NULL;	/* it asked for one of these */
		while (app->depth > gone)
			app_pop(app);
		app_complain(app, _("What was shown had to be given up: memory is bounded (see --memory)."));
	}
	app->dirty = true;
}

static void
foreseen(void *context)
{
	app_complain(context, "%s", _("This file won't fit into memory: --memory bounds what it takes."));
}

void
moving_watch(struct app *app)
{
	session_watch(app->session, &(struct session_watcher){ before, after, foreseen, app });
}

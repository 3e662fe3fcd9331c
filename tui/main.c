/*
 * From the command line to one of the program's three ways of running: on
 * the screen, from a script of keys on a screen that nobody sees, and
 * without a screen.  Decides the exit status: 0 done, 1 the environment
 * failed or the capture is damaged, 2 wrong usage.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/language.h"
#include "capture/session.h"
#include "host/netns.h"
#include "tui/guard.h"
#include "tui/loop.h"
#include "tui/options.h"
#include "tui/script.h"
#include "tui/settings_file.h"
#include "tui/signals.h"
#include "tui/term.h"
#include "view/print.h"

enum { STATUS_DONE, STATUS_FAILED, STATUS_USAGE };

static int
complain(const char *text)
{
	fprintf(stderr, "tcpladder: %s\n", text);
	return STATUS_FAILED;
}

static int
fail(const struct error *error)
{
	complain(error->text);
	return error->usage ? STATUS_USAGE : STATUS_FAILED;
}

/* What was written must have arrived. */
static int
finish_output(void)
{
	return fflush(stdout) != 0 || ferror(stdout)
	    ? complain(_("standard output can't be written to")) : STATUS_DONE;
}

/* What a user must be told when all is over: damage, and frames that were lost. */
static int
report(struct session *session)
{
	struct session_status status;
	uint64_t dropped;

	session_status(session, &status);
	dropped = status.reader.dropped_kernel + status.reader.dropped_interface + status.reader.dropped_ours;
	if (dropped > 0)
		fprintf(stderr, _("tcpladder: %llu frames were dropped: %llu by the kernel, %llu by the interface, "
		    "%llu by tcpladder\n"), (unsigned long long)dropped,
		    (unsigned long long)status.reader.dropped_kernel,
		    (unsigned long long)status.reader.dropped_interface,
		    (unsigned long long)status.reader.dropped_ours);
	if (status.given_up.times > 0)
		fprintf(stderr, _("tcpladder: given up to stay within --memory: %llu connections and %llu frame records\n"),
		    (unsigned long long)eviction_flows(&status.given_up), (unsigned long long)status.given_up.rows);
	if (status.reader.unsaved > 0)
		fprintf(stderr, _("tcpladder: %llu frames couldn't be saved: %s\n"),
		    (unsigned long long)status.reader.unsaved, strerror(status.reader.save_trouble));
	if (status.reader.broken != NULL)
		return complain(status.reader.broken);
	return status.reader.unsaved > 0 ? STATUS_FAILED : STATUS_DONE;
}

static void
warn(void *context)
{
	(void)context;
	complain(_("this file won't fit into memory: --memory bounds what it takes"));
}

static int
print_without_screen(struct options *options)
{
	struct print_options print = options_for_print(options);
	struct guard guard;
	struct error error;
	struct session *session;
	int status = STATUS_DONE;

	signals_install_interrupt();
	guard_init(&guard, options);
	session = session_open(&options->session, &error);
	guard_fini(&guard);
	if (session == NULL)
		return fail(&error);
	session_watch(session, &(struct session_watcher){ .foreseen = warn });
	signals_allow_interrupt();
	session_load(session, signals_interrupted());
	/* The first Ctrl-C ended the reading; only another one ends the printing. */
	signals_forget_interrupt();
	print.interrupted = signals_interrupted();
	if (print.format == PRINT_TEXT && !term_locale_is_utf8())
		print.ascii = true;
	if (!print_session(session, &print, stdout, &error))
		status = complain(error.text);
	if (report(session) != STATUS_DONE)
		status = STATUS_FAILED;
	session_close(session);
	return status;
}

static void
tell(const char *line)
{
	complain(line);
}

/* A script meets the same screens everywhere: it has settings only when it asks for them. */
static int
run_screen(struct options *options)
{
	struct settings_file settings;
	struct guard guard;
	struct error error;
	char damage[ERROR_TEXT_MAX] = "";
	bool good;
	int status = STATUS_DONE;

	settings_file_init(&settings);
	options->settings = &settings;
	if ((options->script == NULL || options->config != NULL) &&
	    !settings_file_read(&settings, options->config, tell, &error)) {
		settings_file_fini(&settings);
		return complain(error.text);
	}
	guard_init(&guard, options);
	good = options->script != NULL ? script_run(options, damage, &error) : loop_run(options, damage, &error);
	guard_fini(&guard);
	settings_file_fini(&settings);
	if (!good)
		status = fail(&error);
	return damage[0] != '\0' ? complain(damage) : status;
}

static int
run(struct options *options)
{
	const char *netns = options->session.capture.netns;
	struct error error;

	if (netns != NULL && !netns_enter(netns, &error))
		return complain(error.text);
	if (options->list_interfaces)
		return capture_list_interfaces(&error) ? finish_output() : complain(error.text);
	for (size_t i = 0; i < options->session.file_count; i++)
		if (strcmp(options->session.files[i], "-") == 0 && isatty(STDIN_FILENO)) {
			complain(_("-r - reads a capture from standard input, but that is the terminal"));
			return STATUS_USAGE;
		}
	if (options->printing)
		return print_without_screen(options);
	if (options->script == NULL && !isatty(STDOUT_FILENO)) {
		complain(_("standard output is not a terminal: use --print=list (or frames, ladder, stats)"));
		return STATUS_USAGE;
	}
	return run_screen(options);
}

int
main(int argc, char **argv)
{
	struct options options;
	int status = STATUS_DONE;

	language_begin();
	switch (options_read(&options, argc, argv)) {
	case OPTIONS_GO:
		status = run(&options);
		break;
	case OPTIONS_DONE:
		status = finish_output();
		break;
	case OPTIONS_WRONG:
		status = STATUS_USAGE;
		break;
	}
	options_fini(&options);
	return status;
}

/*
 * The command line: which options go together, and --help.  What each one is
 * stands in options_table.c.  What is wrong is said in one line and nothing is
 * done by halves.  tcpdump's letters keep tcpdump's meaning.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "tui/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/language.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/options_table.h"
#include "tui/term.h"
#include "view/filter.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0.1.0"
#endif

enum { LONG_BASE = 0x100 };

static void
print_help(void)
{
	fputs(_("tcpladder - look at TCP connections, live or from a savefile, as a ladder of segments\n\n"
	    "usage: tcpladder [-i INTERFACE | -r FILE] [options] [capture filter, see pcap-filter(7)]\n\n"), stdout);
	for (size_t i = 0; i < OPTION_ROWS; i++) {
		const struct option_row *row = &option_rows[i];
		const char *help = row->help != NULL ? _(row->help) : NULL, *line = help;
		char label[32], full[64];

		if (line == NULL)
			continue;
		options_label(row, label, sizeof label);
		snprintf(full, sizeof full, "%s%s%s", label,
		    row->argument == NULL ? "" : row->letter != 0 ? " " : "=",
		    row->argument == NULL ? "" : row->argument);
		for (;;) {
			size_t length = strcspn(line, "\n");

			printf("  %-21s  %.*s\n", line == help ? full : "", (int)length, line);
			if (line[length] == '\0')
				break;
			line += length + 1;
		}
	}
	fputs(_("\nOn the screen, ? lists the keys.\n"), stdout);
}

static void
print_version(void)
{
	printf("tcpladder %s\n%s\n%s\n", PACKAGE_VERSION, capture_library_version(), term_library_version());
}

static char *
join_arguments(int count, char **words)
{
	size_t size = 1;
	char *joined, *end;

	for (int i = 0; i < count; i++)
		size += strlen(words[i]) + 1;
	joined = memory_new(size);
	end = joined;
	for (int i = 0; i < count; i++)
		end += sprintf(end, "%s%s", i == 0 ? "" : " ", words[i]);
	return joined;
}

struct print_options
options_for_print(const struct options *o)
{
	return (struct print_options){
		.what = o->what, .format = o->format, .width = (unsigned)o->columns,
		.flows = o->flows, .flow_count = o->flow_count,
		.filter = o->filter, .sort = o->sort,
		.absolute = o->absolute, .numeric = o->numeric, .ascii = o->ascii
	};
}

static bool
check_saving(struct parse *p)
{
	const struct options *o = p->o;
	const struct capture_options *c = &o->session.capture;
	bool rotating = c->save_bytes > 0 || c->save_seconds > 0;

	if (c->save_to == NULL && (rotating || c->save_files > 0))
		return error_set(&p->error, "-C, -G and -W are about what -w saves: give -w, too");
	if (c->save_files > 0 && !rotating)
		return error_set(&p->error, "-W says how many files -C or -G begin: give one of them");
	if (c->save_to == NULL || strcmp(c->save_to, "-") != 0)
		return true;
	if (rotating)
		return error_set(&p->error, "-C and -G begin new files, and standard output is only one");
	return (o->printing && o->what == PRINT_NONE) ||
	    error_set(&p->error, "-w - saves to standard output: that needs --print=none");
}

/* What only the kernel of a live host can tell. */
static bool
check_host(struct parse *p, bool reading)
{
	const struct options *o = p->o;
	struct filter *f = o->filter != NULL ? filter_compile(o->filter, NULL) : NULL;
	const char *field = filter_host_field(f);
	bool sorted = o->sort != NULL && o->sort->host;

	filter_free(f);
	if (field == NULL && !sorted)
		return true;
	return !reading && !o->printing ? true : error_set(&p->error, "%s %s asks this host's kernel: %s",
	    field != NULL ? "--filter" : "--sort", field != NULL ? field : o->sort->name,
	    reading ? _("it knows nothing of a file") : _("that is for the screen and doesn't go with --print"));
}

/* What a capture on the screen may take, which goes on for days. */
#define SCREEN_MEMORY	(UINT64_C(512) << 20)

/* Whether all these options go together. */
static bool
check_together(struct parse *p, const bool *given)
{
	struct options *o = p->o;
	bool reading = o->session.file_count > 0;
	bool laid_out = o->printing && o->what == PRINT_LADDER;
	bool by_flow = laid_out || (o->printing && o->what == PRINT_FRAMES);
	char label[32];

	for (size_t i = 0; i < OPTION_ROWS && o->list_interfaces; i++)
		if (given[i] && !(option_rows[i].scope & LISTING)) {
			options_label(&option_rows[i], label, sizeof label);
			return error_set(&p->error, "-D lists the interfaces and ends: it doesn't go with %s", label);
		}
	if (o->session.redact.on && o->session.capture.save_to != NULL)
		return error_set(&p->error, "-w saves packets as they are: it doesn't go with --redact, but "
		    "--print=frames --format=pcap does, and w on the screen");
	if (reading && o->session.interface_count > 0)
		return error_set(&p->error, "-i captures and -r reads a file: give one of them");
	for (size_t i = 0; i < OPTION_ROWS; i++) {
		unsigned scope = option_rows[i].scope;

		if (!given[i])
			continue;
		options_label(&option_rows[i], label, sizeof label);
		if ((scope & LIVE) && reading)
			return error_set(&p->error, "%s is for capturing and does nothing with -r", label);
		if ((scope & SCREEN) && o->printing)
			return error_set(&p->error, "%s is for the screen and doesn't go with --print", label);
		if ((scope & PRINTING) && !o->printing)
			return error_set(&p->error, "%s needs --print", label);
		if ((scope & PER_FLOW) && !by_flow)
			return error_set(&p->error, "%s needs --print=frames or --print=ladder", label);
		if ((scope & SIZED) && o->script == NULL && !laid_out)
			return error_set(&p->error, "%s needs --script or --print=ladder", label);
	}
	if (!check_host(p, reading) || !check_saving(p))
		return false;
	if (!o->printing)
		o->session.memory_unless_file = SCREEN_MEMORY;
	if (o->printing) {
		struct print_options print = options_for_print(o);

		return print_check(&print, &p->error);
	}
	return true;
}

/* tcpladder x.pcap: the likeliest mistake deserves its own answer. */
static bool
check_filter(struct parse *p, int count, char **words)
{
	struct stat about;
	char safe[256];

	if (count == 0)
		return true;
	if (p->o->list_interfaces)
		return error_set(&p->error, "-D lists the interfaces and ends: it takes no capture filter");
	if (p->o->session.file_count == 0 && stat(words[0], &about) == 0 && !S_ISDIR(about.st_mode))
		return error_set(&p->error, "to read the file, write: tcpladder -r %s",
		    text_safe_string(safe, sizeof safe, words[0]));
	p->o->capture_filter = join_arguments(count, words);
	p->o->session.capture.filter = p->o->capture_filter;
	return true;
}

static void
build_getopt(char *letters, struct option *longs)
{
	char *l = letters;
	size_t n = 0;

	*l++ = ':';	/* a missing argument is told apart from an unknown option */
	for (size_t i = 0; i < OPTION_ROWS; i++) {
		if (option_rows[i].letter != 0) {
			*l++ = option_rows[i].letter;
			if (option_rows[i].argument != NULL)
				*l++ = ':';
		}
		if (option_rows[i].name != NULL)
			longs[n++] = (struct option){ option_rows[i].name,
			    option_rows[i].argument != NULL ? required_argument : no_argument, NULL,
			    LONG_BASE + (int)i };
	}
	*l = '\0';
	longs[n] = (struct option){ NULL, 0, NULL, 0 };
}

static bool
unknown_option(struct parse *p, int argc, char **argv, int got)
{
	char safe[128], shown[3] = { '-', (char)optopt, '\0' };
	const char *word = optind > 0 && optind <= argc ? argv[optind - 1] : "";
	bool is_long = optopt == 0 || optopt >= LONG_BASE;
	char *equals;

	text_safe_string(safe, sizeof safe, is_long ? word : shown);
	equals = is_long ? strchr(safe, '=') : NULL;
	if (got == ':')
		return error_set(&p->error, "%s needs an argument; tcpladder --help tells which", safe);
	if (optopt >= LONG_BASE) {
		if (equals != NULL)
			*equals = '\0';
		return error_set(&p->error, "%s takes no argument", safe);
	}
	return error_set(&p->error, "unknown or ambiguous option %s; tcpladder --help lists them", safe);
}

static bool
read_all(struct parse *p, int argc, char **argv, bool *given)
{
	char letters[2 * OPTION_ROWS + 2];
	struct option longs[OPTION_ROWS + 1];
	int got;

	build_getopt(letters, longs);
	opterr = 0;
	optind = 0;	/* GNU and BSD: start anew, since tests read several command lines */
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		size_t i;

		if (got == '?' || got == ':')
			return unknown_option(p, argc, argv, got);
		for (i = 0; i < OPTION_ROWS; i++)
			if (got >= LONG_BASE ? got - LONG_BASE == (int)i : option_rows[i].letter == got)
				break;
		given[i] = true;
		if (!option_rows[i].take(p, optarg))
			return false;
	}
	if (p->help || p->version)
		return true;
	return check_together(p, given) && check_filter(p, argc - optind, argv + optind);
}

enum options_result
options_read(struct options *o, int argc, char **argv)
{
	struct parse p = { .o = o };
	bool given[OPTION_ROWS] = { false };

	*o = (struct options){ .what = PRINT_NONE };
	if (!read_all(&p, argc, argv, given)) {
		fprintf(stderr, "tcpladder: %s\n", p.error.text);
		return OPTIONS_WRONG;
	}
	o->session.files = o->files;
	o->session.interfaces = o->interfaces;
	o->session.capture.persist = !o->printing;
	if (p.help)
		print_help();
	if (p.version)
		print_version();
	return p.help || p.version ? OPTIONS_DONE : OPTIONS_GO;
}

void
options_fini(struct options *o)
{
	free(o->files);
	free(o->flows);
	free(o->capture_filter);
	*o = (struct options){ .what = PRINT_NONE };
}

/*
 * Each option: its letter, its name, what its argument is called, the help
 * line, where it makes sense, and the function that takes it.  What a single
 * option's argument must be is decided here; what goes together isn't.
 */
#include "tui/options_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/term.h"
#include "view/filter.h"

static bool
take_number(struct parse *p, const char *option, const char *value, uint64_t low, uint64_t high, uint64_t *out)
{
	char *end;
	unsigned long long n;
	char safe[80];

	errno = 0;
	n = strtoull(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || n < low || n > high)
		return error_set(&p->error, "%s takes a number from %llu to %llu, not \"%s\"", option,
		    (unsigned long long)low, (unsigned long long)high,
		    text_safe_string(safe, sizeof safe, value));
	*out = n;
	return true;
}

/* Which of the names it is; -1, with the error set, when none. */
static int
take_word(struct parse *p, const char *option, const char *value, const char *const *names, int count)
{
	char safe[80], list[160] = "";
	int i;

	for (i = 0; i < count; i++) {
		if (strcmp(names[i], value) == 0)
			return i;
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
		    i == 0 ? "" : i == count - 1 ? _(" or ") : ", ", names[i]);
	}
	error_set(&p->error, "%s takes %s, not \"%s\"", option, list, text_safe_string(safe, sizeof safe, value));
	return -1;
}

static bool
take_interface(struct parse *p, const char *value)
{
	struct options *o = p->o;

	if (value[0] == '\0')
		return error_set(&p->error, "-i needs the name of an interface; -D lists them");
	if (o->session.interface_count >= OPTIONS_INTERFACES_MAX)
		return error_set(&p->error, "at most %d interfaces can be captured on at once; -i any is all of them",
		    OPTIONS_INTERFACES_MAX);
	for (size_t i = 0; i < o->session.interface_count; i++)
		if (strcmp(o->interfaces[i], value) == 0)
			return true;
	o->interfaces[o->session.interface_count++] = value;
	return true;
}

static bool
take_list_interfaces(struct parse *p, const char *value)
{
	(void)value;
	p->o->list_interfaces = true;
	return true;
}

static bool
take_netns(struct parse *p, const char *value)
{
	if (value[0] == '\0')
		return error_set(&p->error, "--netns needs the name of a network namespace, or the number of a process in it");
	p->o->session.capture.netns = value;
	return true;
}

static bool
take_file(struct parse *p, const char *value)
{
	struct options *o = p->o;
	size_t n = o->session.file_count, i;

	if (value[0] == '\0')
		return error_set(&p->error, "-r needs the name of a file, or - for standard input");
	if (n >= 255)
		return error_set(&p->error, "at most 255 files can be merged");
	for (i = 0; i < n; i++)
		if (strcmp(value, "-") == 0 && strcmp(o->files[i], "-") == 0)
			return error_set(&p->error, "standard input can be read only once: -r - is given twice");
	if (n == p->file_size) {
		p->file_size = n == 0 ? 4 : n * 2;
		o->files = memory_resize(o->files, p->file_size, sizeof *o->files);
	}
	o->files[n] = value;
	o->session.file_count = n + 1;
	return true;
}

static bool
take_save(struct parse *p, const char *value)
{
	if (value[0] == '\0')
		return error_set(&p->error, "-w needs the name of a file");
	p->o->session.capture.save_to = value;
	return true;
}

/* A size in bytes, or with k, m or g in units of 1024; without any of them in `plain`. */
static bool
take_size_of(struct parse *p, const char *name, const char *value, uint64_t plain, uint64_t *bytes)
{
	static const struct {
		char letter;
		uint64_t bytes;
	} units[] = { { 'k', UINT64_C(1) << 10 }, { 'm', UINT64_C(1) << 20 }, { 'g', UINT64_C(1) << 30 } };
	uint64_t n, unit = plain;
	char digits[24] = "";
	size_t length = strlen(value), used = length;

	for (size_t i = 0; length > 0 && i < sizeof units / sizeof units[0]; i++)
		if ((value[length - 1] | 0x20) == units[i].letter) {
			unit = units[i].bytes;
			used = length - 1;
		}
	snprintf(digits, sizeof digits, "%.*s", (int)used, value);
	if (!take_number(p, name, digits, 1, unit == 1 ? UINT64_C(1) << 50 : 1000000000, &n))
		return false;
	*bytes = n * unit;
	return true;
}

/* In millions of bytes, as tcpdump counts. */
static bool
take_save_size(struct parse *p, const char *value)
{
	return take_size_of(p, "-C", value, 1000000, &p->o->session.capture.save_bytes);
}

static bool
take_memory(struct parse *p, const char *value)
{
	if (!take_size_of(p, "--memory", value, 1, &p->o->session.memory))
		return false;
	return p->o->session.memory >= SESSION_MEMORY_LEAST ? true
	    : error_set(&p->error, _("--memory %s is too little: at least %uM"), value,
	    (unsigned)(SESSION_MEMORY_LEAST >> 20));
}

static bool
take_save_seconds(struct parse *p, const char *value)
{
	uint64_t n;

	if (!take_number(p, "-G", value, 1, INT32_MAX, &n))
		return false;
	p->o->session.capture.save_seconds = (uint32_t)n;
	return true;
}

static bool
take_save_files(struct parse *p, const char *value)
{
	uint64_t n;

	if (!take_number(p, "-W", value, 1, 1000000, &n))
		return false;
	p->o->session.capture.save_files = (uint32_t)n;
	return true;
}

static bool
take_snapshot_length(struct parse *p, const char *value)
{
	uint64_t n;

	if (!take_number(p, "-s", value, 0, 262144, &n))
		return false;
	p->o->session.capture.snapshot_length = (int)n;
	return true;
}

static bool
take_buffer(struct parse *p, const char *value)
{
	uint64_t n;

	if (!take_number(p, "-B", value, 1, 2097151, &n))
		return false;
	p->o->session.capture.buffer_kib = (int)n;
	return true;
}

static bool
take_count(struct parse *p, const char *value)
{
	return take_number(p, "-c", value, 1, UINT32_MAX, &p->o->session.frame_limit);
}

static bool
take_not_promiscuous(struct parse *p, const char *value)
{
	(void)value;
	p->o->session.capture.promiscuous = false;
	return true;
}

static bool
take_promiscuous(struct parse *p, const char *value)
{
	(void)value;
	p->o->session.capture.promiscuous = true;
	return true;
}

static bool
take_numeric(struct parse *p, const char *value)
{
	(void)value;
	p->o->numeric = true;
	return true;
}

static bool
take_absolute(struct parse *p, const char *value)
{
	(void)value;
	p->o->absolute = true;
	return true;
}

static bool
take_step(struct parse *p, const char *value)
{
	(void)value;
	p->o->step = true;
	return true;
}

static bool
take_filter(struct parse *p, const char *value)
{
	struct filter_error wrong;
	struct filter *f = filter_compile(value, &wrong);

	if (f == NULL)
		return error_set(&p->error, "--filter: %s (at character %zu)", wrong.text, wrong.at + 1);
	filter_free(f);
	p->o->filter = value;
	return true;
}

static bool
take_sort(struct parse *p, const char *value)
{
	char list[800] = "", safe[80];

	p->o->sort = column_find(value);
	if (p->o->sort != NULL && p->o->sort->key != NULL)
		return true;
	for (size_t i = 0; i < column_count; i++)
		if (columns[i].key != NULL)
			snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
			    list[0] == '\0' ? "" : ", ", columns[i].name);
	return error_set(&p->error, "--sort takes one of %s, not \"%s\"", list,
	    text_safe_string(safe, sizeof safe, value));
}

static bool
take_print(struct parse *p, const char *value)
{
	int which = take_word(p, "--print", value, print_what_names, PRINT_WHATS);

	if (which < 0)
		return false;
	p->o->printing = true;
	p->o->what = (enum print_what)which;
	return true;
}

static bool
take_format(struct parse *p, const char *value)
{
	int which = take_word(p, "--format", value, print_format_names, PRINT_FORMATS);

	if (which < 0)
		return false;
	p->o->format = (enum print_format)which;
	return true;
}

static bool
take_flow(struct parse *p, const char *value)
{
	struct options *o = p->o;
	const char *rest = value;

	free(o->flows);
	o->flows = NULL;
	o->flow_count = 0;
	for (;;) {
		char *end;
		unsigned long long n;

		errno = 0;
		n = strtoull(rest, &end, 10);
		if (rest[0] < '0' || rest[0] > '9' || (*end != ',' && *end != '\0') || errno != 0 ||
		    n < 1 || n > UINT32_MAX)
			return error_set(&p->error, "--flow takes connection numbers such as 3 or 1,4,7");
		o->flows = memory_resize(o->flows, o->flow_count + 1, sizeof *o->flows);
		o->flows[o->flow_count++] = (uint32_t)n;
		if (*end == '\0')
			return true;
		rest = end + 1;
	}
}

static bool
take_redact(struct parse *p, const char *value)
{
	(void)value;
	p->o->session.redact.on = true;
	return true;
}

static bool
take_redact_ports(struct parse *p, const char *value)
{
	p->o->session.redact.ports = true;
	p->o->numeric = true;	/* a name would be another service's */
	return take_redact(p, value);
}

static bool
take_redact_key(struct parse *p, const char *value)
{
	if (value[0] == '\0')
		return error_set(&p->error, "--redact-key needs the name of a file");
	p->o->session.redact.key_file = value;
	return take_redact(p, value);
}

static bool
take_ascii(struct parse *p, const char *value)
{
	(void)value;
	p->o->ascii = true;
	return true;
}

static bool
take_color(struct parse *p, const char *value)
{
	static const char *const names[] = { "auto", "always", "never" };
	int which = take_word(p, "--color", value, names, 3);

	if (which < 0)
		return false;
	p->o->color = (enum options_color)which;
	p->o->color_given = true;
	return true;
}

static bool
take_config(struct parse *p, const char *value)
{
	if (value[0] == '\0')
		return error_set(&p->error, "--config needs the name of a file");
	p->o->config = value;
	return true;
}

static bool
take_script(struct parse *p, const char *value)
{
	if (value[0] == '\0')
		return error_set(&p->error, "--script needs the name of a file");
	p->o->script = value;
	return true;
}

static bool
take_user(struct parse *p, const char *value)
{
	if (value[0] == '\0')
		return error_set(&p->error, "-Z needs the name of a user");
	p->o->user = value;
	return true;
}

static bool
take_sandbox(struct parse *p, const char *value)
{
	static const char *const names[] = {
		[SANDBOX_AUTO] = "auto", [SANDBOX_STRICT] = "strict", [SANDBOX_OFF] = "off"
	};
	int which = take_word(p, "--sandbox", value, names, 3);

	if (which < 0)
		return false;
	p->o->sandbox = (enum sandbox_mode)which;
	return true;
}

static bool
take_size(struct parse *p, const char *value)
{
	if (!term_parse_size(value, &p->o->columns, &p->o->lines))
		return error_set(&p->error, "--size takes columns and rows such as 80x24, from 1x1 to 1000x1000");
	return true;
}

static bool
take_help(struct parse *p, const char *value)
{
	(void)value;
	p->help = true;
	return true;
}

static bool
take_version(struct parse *p, const char *value)
{
	(void)value;
	p->version = true;
	return true;
}

const struct option_row option_rows[] = {
	{ 'i', NULL, "INTERFACE", LIVE, take_interface,
	  N_("capture on this interface (any: on all); may be repeated") },
	{ 'D', NULL, NULL, LISTING, take_list_interfaces,
	  N_("list the interfaces and exit") },
	{ 0, "netns", "NAME|PID", LIVE | LISTING, take_netns,
	  N_("of this network namespace: ip-netns(8)'s name, a process in it, or a path") },
	{ 'r', NULL, "FILE", ANYWHERE, take_file,
	  N_("read a savefile: pcap or pcapng, compressed or not; - is standard\ninput; several are merged by time") },
	{ 'w', NULL, "FILE", LIVE, take_save,
	  N_("save what is captured") },
	{ 'C', NULL, "SIZE", LIVE, take_save_size,
	  N_("with -w: begin another file after so many million bytes (or 100k, 5m, 2g)") },
	{ 'G', NULL, "SECONDS", LIVE, take_save_seconds,
	  N_("with -w: begin another file after so long; its name may have strftime(3)'s %H...") },
	{ 'W', NULL, "COUNT", LIVE, take_save_files,
	  N_("with -C: so many files, then the first is overwritten; with -G alone: then end") },
	{ 's', NULL, "BYTES", LIVE, take_snapshot_length,
	  N_("capture at most this much of each frame") },
	{ 'B', NULL, "KIB", LIVE, take_buffer,
	  N_("size of the kernel's capture buffer") },
	{ 'c', NULL, "COUNT", ANYWHERE, take_count,
	  N_("stop after this many frames") },
	{ 0, "memory", "SIZE", ANYWHERE, take_memory,
	  N_("take at most so much memory: what is old is given up; 512M unless\na file is read or printed") },
	{ 'p', NULL, NULL, LIVE, take_not_promiscuous, NULL },
	{ 0, "promiscuous", NULL, LIVE, take_promiscuous,
	  N_("capture what is addressed to others, too") },
	{ 'Z', NULL, "USER", LIVE, take_user,
	  N_("started by root: become this user once the capture is open") },
	{ 0, "sandbox", "MODE", ANYWHERE, take_sandbox,
	  N_("refuse what a viewer never does: auto (what the system has), strict\n(all of it, or end) or off") },
	{ 'n', NULL, NULL, ANYWHERE, take_numeric,
	  N_("no service names beside port numbers") },
	{ 'S', NULL, NULL, ANYWHERE, take_absolute,
	  N_("absolute sequence numbers") },
	{ 0, "step", NULL, SCREEN, take_step,
	  N_("start before the first frame") },
	{ 0, "filter", "EXPRESSION", ANYWHERE, take_filter,
	  N_("show only what matches, e.g. 'port:443 !state:time-wait'") },
	{ 0, "sort", "COLUMN", ANYWHERE, take_sort,
	  N_("order of the list") },
	{ 0, "print", "WHAT", PRINTING, take_print,
	  N_("no screen: print list, frames, ladder, stats or none, and exit") },
	{ 0, "format", "FORMAT", PRINTING, take_format,
	  N_("with --print: text, tsv, jsonl or csv; of a ladder text, svg, html\nor mermaid; of the list zeek; of frames pcap or pcapng, too") },
	{ 0, "flow", "N[,N...]", PER_FLOW, take_flow,
	  N_("with --print=frames or ladder: only these connections") },
	{ 0, "redact", NULL, ANYWHERE, take_redact,
	  N_("other addresses instead of the real ones, and no payload") },
	{ 0, "redact-ports", NULL, ANYWHERE, take_redact_ports,
	  N_("other ports, too, instead of those above 1023") },
	{ 0, "redact-key", "FILE", ANYWHERE, take_redact_key,
	  N_("the same addresses for the same key, instead of new ones each time") },
	{ 0, "ascii", NULL, ANYWHERE, take_ascii,
	  N_("no characters beyond ASCII") },
	{ 0, "color", "WHEN", ANYWHERE, take_color,
	  N_("auto, always or never") },
	{ 0, "config", "FILE", SCREEN, take_config,
	  N_("settings, see tcpladder.conf(5), instead of those in ~/.config") },
	{ 0, "script", "FILE", SCREEN, take_script,
	  N_("keys from a file, on a terminal that nobody sees") },
	{ 0, "size", "COLSxROWS", SIZED, take_size,
	  N_("size of that terminal, and width of --print=ladder") },
	{ 0, "help", NULL, ANYWHERE, take_help,
	  N_("print this and exit") },
	{ 0, "version", NULL, ANYWHERE, take_version,
	  N_("print the versions of tcpladder and its libraries, and exit") }
};
_Static_assert(sizeof option_rows / sizeof option_rows[0] == OPTION_ROWS, "count them in options_table.h");

const char *
options_label(const struct option_row *row, char *buffer, size_t size)
{
	if (row->letter != 0)
		snprintf(buffer, size, "-%c", row->letter);
	else
		snprintf(buffer, size, "--%s", row->name);
	return buffer;
}

/*
 * mkcap [-e] SCRIPT [DIRECTORY]: makes a capture of a segment script
 * (testdata/scripts/README says how one is written), named after it, in
 * DIRECTORY.  -e prints what the script expects, one frame or connection a
 * line, for tests/segment-scripts.  This room knows the script's directives
 * and loops; the lines that stand for frames are mkcap_line.c's.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mkcap.h"

enum { WORDS_MAX = 48, LINE_MAX_BYTES = 4096, LINES_MAX = 4096 };

static const struct script *current;	/* for die() alone: where we are */

void
die(const char *format, ...)
{
	va_list arguments;

	if (current != NULL)
		fprintf(stderr, "%s:%u: ", current->path, current->line);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

void *
script_keep(struct script *s, void *allocated)
{
	s->kept = realloc(s->kept, (s->kept_count + 1) * sizeof *s->kept);
	if (allocated == NULL || s->kept == NULL)
		die("out of memory");
	s->kept[s->kept_count++] = allocated;
	return allocated;
}

long
script_number(const char *text)
{
	char *end;
	long long n = strtoll(text, &end, 0);

	if (end == text || *end != '\0')
		die("not a number: %s", text);
	return (long)n;		/* where it has 32 bits, sequence numbers wrap as they should */
}

bool
script_address(const char *text, struct address *out)
{
	static const uint8_t local[] = { 0x02, 0x00, 0x5e, 0, 0, 0 };

	memset(out, 0, sizeof *out);
	if (inet_pton(AF_INET, text, out->octets) == 1)
		out->family = 4;
	else if (inet_pton(AF_INET6, text, out->octets) == 1)
		out->family = 6;
	else
		return false;
	memcpy(out->mac, local, sizeof local);
	memcpy(out->mac + 3, out->octets + (out->family == 4 ? 1 : 13), 3);
	return true;
}

size_t
script_hex(const char *text, uint8_t *out, size_t room)
{
	size_t size = 0;

	for (; text[0] != '\0'; text += 2) {
		char pair[3] = { text[0], text[1], '\0' };

		if (!isxdigit((unsigned char)pair[0]) || !isxdigit((unsigned char)pair[1]) || size == room)
			die("not pairs of hexadecimal digits, or too many: %s", text);
		out[size++] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return size;
}

void
script_vlans(const char *text, unsigned *count, unsigned vlan[VLANS_MAX])
{
	*count = 0;
	if (strcmp(text, "none") == 0)
		return;
	switch (sscanf(text, "%u.%u", &vlan[0], &vlan[1])) {
	case 2:
		*count = 2;
		break;
	case 1:
		*count = 1;
		break;
	default:
		die("not a VLAN: %s", text);
	}
}

uint64_t
script_seconds(const char *text)
{
	uint64_t whole = 0, fraction = 0, unit = 100000000;
	const char *p = text;

	for (; isdigit((unsigned char)*p); p++)
		whole = whole * 10 + (uint64_t)(*p - '0');
	if (*p == '.')
		for (p++; isdigit((unsigned char)*p); p++, unit /= 10)
			fraction += (uint64_t)(*p - '0') * unit;
	if (*p != '\0' || p == text)
		die("not a time: %s", text);
	return whole * 1000000000 + fraction;
}

uint64_t
script_clock(const char *text)
{
	unsigned hours, minutes;
	int used;

	if (sscanf(text, "%u:%u:%n", &hours, &minutes, &used) != 2)
		die("not a time of day: %s", text);
	return (hours * 3600ULL + minutes * 60ULL) * 1000000000 + script_seconds(text + used);
}

struct node *
script_node(struct script *s, const char *name, size_t length)
{
	for (size_t i = 0; i < s->node_count; i++)
		if (strlen(s->nodes[i].name) == length && strncmp(s->nodes[i].name, name, length) == 0)
			return &s->nodes[i];
	return NULL;
}

static void
node_setting(struct node *n, const char *word)
{
	const char *value = strchr(word, '=');
	size_t length = value != NULL ? (size_t)(value - word) : strlen(word);
	bool is_mac = strncmp(word, "mac=", 4) == 0;
	long v = value != NULL && !is_mac ? script_number(++value) : 0;

#define IS(name) (length == sizeof name - 1 && memcmp(word, name, length) == 0)
	if (IS("isn"))
		n->isn = n->next = (uint32_t)v;
	else if (IS("next"))		/* relative to isn: a connection that is under way */
		n->next = n->isn + (uint32_t)v;
	else if (IS("win"))
		n->window = (uint16_t)v;
	else if (IS("ttl"))
		n->ttl = (uint8_t)v;
	else if (IS("id"))
		n->id = (uint16_t)v;
	else if (IS("mss"))
		n->mss = (int)v;
	else if (IS("wscale"))
		n->scale = (int)v;
	else if (IS("sack"))
		n->sack = true;
	else if (IS("ts")) {
		n->timestamps = true;
		n->tsval = (uint32_t)v;
	} else if (is_mac)
		script_hex(word + 4, n->address.mac, 6);
	else
		die("an endpoint has no %s", word);
#undef IS
}

/* endpoint NAME ADDRESS [PORT] [setting...] */
static void
directive_endpoint(struct script *s, char **words, size_t count)
{
	struct node *n;
	size_t next = 3;

	if (count < 3)
		die("endpoint NAME ADDRESS [PORT] [setting...]");
	n = script_node(s, words[1], strlen(words[1]));
	if (n == NULL) {
		s->nodes = realloc(s->nodes, (s->node_count + 1) * sizeof *s->nodes);
		if (s->nodes == NULL)
			die("out of memory");
		n = &s->nodes[s->node_count++];
	}
	memset(n, 0, sizeof *n);
	snprintf(n->name, sizeof n->name, "%s", words[1]);
	if (!script_address(words[2], &n->address))
		die("not an address: %s", words[2]);
	if (count > 3 && isdigit((unsigned char)words[3][0]))
		n->port = (uint16_t)script_number(words[next++]);
	n->window = 64240;
	n->ttl = 64;
	n->mss = n->scale = -1;
	n->id = (uint16_t)(n->port * 31U + n->address.octets[3] * 257U);
	for (; next < count; next++)
		node_setting(n, words[next]);
}

static void
directive_link(struct script *s, const char *name)
{
	static const struct { const char *name; enum link link; } links[] = {
		{ "ethernet", LINK_ETHERNET }, { "null", LINK_NULL }, { "loop", LINK_LOOP }, { "ppp", LINK_PPP },
		{ "raw", LINK_RAW }, { "sll", LINK_SLL }, { "sll2", LINK_SLL2 },
	};

	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
		if (strcmp(name, links[i].name) == 0) {
			s->link = links[i].link;
			return;
		}
	die("no such link type: %s", name);
}

/* tunnel none, or tunnel vxlan:VNI|gre[:KEY]|ipip FROM TO */
static void
directive_tunnel(struct script *s, char **words, size_t count)
{
	const char *colon = strchr(words[1], ':');

	s->tunnel_key = colon != NULL ? (uint32_t)script_number(colon + 1) : 0;
	if (strcmp(words[1], "none") == 0)
		s->tunnel = TUNNEL_NONE;
	else if (strncmp(words[1], "vxlan:", 6) == 0)
		s->tunnel = TUNNEL_VXLAN;
	else if (strncmp(words[1], "gre", 3) == 0)
		s->tunnel = TUNNEL_GRE;
	else if (strcmp(words[1], "ipip") == 0)
		s->tunnel = TUNNEL_IPIP;
	else
		die("no such tunnel: %s", words[1]);
	if (s->tunnel != TUNNEL_NONE && (count < 4 || !script_address(words[2], &s->tunnel_from) ||
	    !script_address(words[3], &s->tunnel_to)))
		die("tunnel KIND FROM TO");
}

/* date 2013-06-12 [15:14:34.5]: the day, in UTC, and what the lines' times count from */
static void
directive_date(struct script *s, char **words, size_t count)
{
	static const unsigned before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	unsigned year, month, day, leaps;

	if (sscanf(words[1], "%u-%u-%u", &year, &month, &day) != 3 || year < 1970 || month < 1 ||
	    month > 12)
		die("date YYYY-MM-DD [HH:MM:SS]");
	/* not by time_t, which ends in 2038 on some machines */
	leaps = month > 2 ? year : year - 1;
	s->day = (uint64_t)((year - 1970) * 365 + leaps / 4 - leaps / 100 + leaps / 400 - 477 +
	    before[month - 1] + day - 1) * 86400 * 1000000000;
	s->start = s->last = s->day + (count > 2 ? script_clock(words[2]) : 0);
}

/* The text between double quotes, without the backslashes that protect something in it; in place. */
char *
script_quoted(char *word)
{
	char *text = word + 1, *out = text;

	if (*word != '"')
		die("not in double quotes: %s", word);
	for (char *p = text; *p != '"'; *out++ = *p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		if (*p == '\0')
			die("no second double quote");
	}
	*out = '\0';
	return text;
}

/* expect FLOW column=value... or column~"words": what the list says of a connection */
static void
directive_expect(struct script *s, char **words, size_t count)
{
	for (size_t i = 2; i < count && s->tell; i++) {
		size_t length = strcspn(words[i], "=~");
		char *value = words[i] + length;
		bool contains = *value == '~';

		if (*value == '\0')
			die("expect FLOW column=value... or column~\"words\"");
		printf("%s\t%s\t%.*s\t%s\n", contains ? "flow-words" : "flow", words[1], (int)length,
		    words[i], contains ? script_quoted(value + 1) : value + 1);
	}
}

/* conn-log LINE field=value...: what Zeek's log says */
static void
directive_conn_log(struct script *s, char **words, size_t count)
{
	for (size_t i = 2; i < count && s->tell; i++) {
		size_t length = strcspn(words[i], "=");

		if (words[i][length] == '\0')
			die("conn-log LINE field=value...");
		printf("log\t%s\t%.*s\t%s\n", words[1], (int)length, words[i], words[i] + length + 1);
	}
}

static int
by_time(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	if (x->packet.time != y->packet.time)
		return x->packet.time < y->packet.time ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* Writes what waits; damage is done to what was written. */
static void
flush(struct script *s)
{
	if (s->by_time && s->made_count > 0)
		qsort(s->made, s->made_count, sizeof *s->made, by_time);
	for (; s->written < s->made_count; s->written++) {
		savefile_record(s->file, s->link, s->snaplen, &s->made[s->written]);
		if (s->tell && s->made[s->written].expected != NULL)
			line_tell(s->written + 1, s->made[s->written].expected);
	}
}

static void
damage(struct script *s, char **words, size_t count)
{
	uint8_t data[256];

	flush(s);
	if (strcmp(words[0], "cut-file") == 0)
		savefile_cut(s->file, script_number(words[1]));
	else if (strcmp(words[0], "poke") == 0 && count == 3)
		savefile_poke(s->file, script_number(words[1]), data, script_hex(words[2], data, sizeof data));
	else
		die("no such directive: %s", words[0]);
}

static void
directive(struct script *s, char **words, size_t count)
{
	if (count < 2)
		die("%s alone says nothing", words[0]);
	if (strcmp(words[0], "endpoint") == 0)
		directive_endpoint(s, words, count);
	else if (strcmp(words[0], "format") == 0) {
		if (!savefile_format(s->file, words[1]))
			die("no such format: %s", words[1]);
	} else if (strcmp(words[0], "link") == 0)
		directive_link(s, words[1]);
	else if (strcmp(words[0], "snaplen") == 0)
		s->snaplen = (uint32_t)script_number(words[1]);
	else if (strcmp(words[0], "date") == 0)
		directive_date(s, words, count);
	else if (strcmp(words[0], "interface") == 0)
		savefile_interface(s->file, words[1]);
	else if (strcmp(words[0], "vlan") == 0)
		script_vlans(words[1], &s->vlans, s->vlan);
	else if (strcmp(words[0], "tunnel") == 0)
		directive_tunnel(s, words, count);
	else if (strcmp(words[0], "expect") == 0)
		directive_expect(s, words, count);
	else if (strcmp(words[0], "conn-log") == 0)
		directive_conn_log(s, words, count);
	else if (strcmp(words[0], "order") == 0)
		s->by_time = strcmp(words[1], "time") == 0;
	else
		damage(s, words, count);
}

/* Splits in place; what stands in double quotes is one word, and # begins a comment. Returns what follows a semicolon. */
static char *
split(char *line, char **words, size_t *count)
{
	char *p = line;

	*count = 0;
	for (;;) {
		bool quoted = false;

		while (isspace((unsigned char)*p))
			*p++ = '\0';
		if (*p == '\0' || *p == '#') {
			*p = '\0';
			return NULL;
		}
		if (*p == ';') {
			*p++ = '\0';
			return p + strspn(p, " \t");
		}
		if (*count == WORDS_MAX)
			die("too many words");
		words[(*count)++] = p;
		for (; *p != '\0' && (quoted || !isspace((unsigned char)*p)); p++) {
			if (*p == '\\' && p[1] != '\0')
				p++;
			else if (*p == '"')
				quoted = !quoted;
		}
	}
}

/* Writes the loop's variable over each $name in the line. */
static void
substitute(const char *line, const char *name, long value, char *out, size_t size)
{
	size_t used = 0, length = strlen(name);

	while (*line != '\0' && used + 24 < size) {
		if (length > 0 && *line == '$' && strncmp(line + 1, name, length) == 0) {
			used += (size_t)snprintf(out + used, size - used, "%ld", value);
			line += 1 + length;
		} else
			out[used++] = *line++;
	}
	out[used] = '\0';
}

/* Runs the lines from `at` on; returns after the end of the file or of this loop's body. */
static unsigned
run(struct script *s, char **lines, unsigned at, const char *name, long value)
{
	for (; lines[at] != NULL; at++) {
		char line[LINE_MAX_BYTES], *words[WORDS_MAX], *expected;
		unsigned body = at + 1;
		size_t count;

		s->line = at + 1;
		substitute(lines[at], name, value, line, sizeof line);
		expected = split(line, words, &count);
		if (count == 0)
			continue;
		if (strcmp(words[0], "end") == 0)
			return at;
		if (strcmp(words[0], "for") == 0 && count == 4) {
			long last = script_number(words[3]);

			for (long i = script_number(words[2]); i <= last; i++)
				at = run(s, lines, body, words[1], i);
		} else if (isdigit((unsigned char)words[0][0]) || words[0][0] == '+')
			line_packet(s, words, count, expected);
		else
			directive(s, words, count);
	}
	return at;
}

static char **
read_lines(struct script *s)
{
	char **lines = script_keep(s, calloc(LINES_MAX + 1, sizeof *lines)), line[LINE_MAX_BYTES];
	FILE *in = fopen(s->path, "r");
	unsigned count = 0;

	if (in == NULL) {
		perror(s->path);
		exit(1);
	}
	while (fgets(line, sizeof line, in) != NULL) {
		if (count == LINES_MAX)
			die("more than %d lines", LINES_MAX);
		lines[count++] = script_keep(s, strdup(line));
	}
	fclose(in);
	return lines;
}

int
main(int argc, char **argv)
{
	bool tell = argc > 1 && strcmp(argv[1], "-e") == 0;
	struct script s = { .link = LINK_ETHERNET, .snaplen = 262144, .tell = tell, .file = savefile_new() };
	char path[4096];
	const char *base, *dot;

	argv += tell;
	argc -= tell;
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: mkcap [-e] script [directory]\n");
		return 2;
	}
	s.path = argv[1];
	current = &s;
	s.start = s.last = s.day = 1700000000ULL * 1000000000;
	run(&s, read_lines(&s), 0, "", 0);
	flush(&s);
	base = strrchr(argv[1], '/');
	base = base != NULL ? base + 1 : argv[1];
	dot = strrchr(base, '.');
	snprintf(path, sizeof path, "%s/%.*s.%s", argc > 2 ? argv[2] : ".", dot != NULL ? (int)(dot - base) : (int)strlen(base),
	    base, savefile_extension(s.file));
	savefile_write(s.file, s.link, s.snaplen, argc > 2 ? path : NULL);
	for (size_t i = 0; i < s.kept_count; i++)
		free(s.kept[i]);
	free(s.kept);
	free(s.nodes);
	free(s.made);
	savefile_free(s.file);
	return 0;
}

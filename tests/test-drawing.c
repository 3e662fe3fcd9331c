/*
 * Ladders as drawings, pages and diagrams: SVG and HTML are well-formed XML, by
 * a checker of our own, a page needs nothing else, and Mermaid has only lines that its grammar knows, whatever the
 * capture; kinds of segments differ in form.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/capture_files.h"
#include "tests/scratch.h"
#include "tests/view_session.h"
#include "view/print.h"

static char *
printed(struct session *s, const struct print_options *options)
{
	struct error error = { .text = "" };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	cr_assert_not_null(out);
	cr_expect(print_session(s, options, out, &error), "%s", error.text);
	fclose(out);
	return text;
}

static size_t
name_length(const char *at)
{
	return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-");
}

/* An entity that XML itself has, or a character's number; its length, or 0. */
static size_t
entity_length(const char *at)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" };
	size_t digits;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strncmp(at, known[i], strlen(known[i])) == 0)
			return strlen(known[i]);
	digits = strncmp(at, "&#", 2) == 0 ? strspn(at + 2, "0123456789") : 0;
	return digits > 0 && at[2 + digits] == ';' ? digits + 3 : 0;
}

/* Attributes up to the tag's end: NAME="VALUE" each. Returns the end, or NULL. */
static const char *
after_attributes(const char *at)
{
	for (;;) {
		size_t blank = strspn(at, " \n"), name;

		at += blank;
		if (*at == '>' || *at == '/' || *at == '?')
			return at;
		name = name_length(at);
		if (blank == 0 || name == 0 || strncmp(at + name, "=\"", 2) != 0)
			return NULL;
		for (at += name + 2; *at != '"'; at++)
			if (*at == '\0' || *at == '<' || (*at == '&' && entity_length(at) == 0))
				return NULL;
		at++;
	}
}

/* Where the text stops being well-formed XML (of the kind without comments or DTD); NULL: nowhere.
 */
static const char *
malformed(const char *text)
{
	enum { DEPTH_MAX = 32 };
	const char *open[DEPTH_MAX], *at = text;
	size_t depth = 0, roots = 0;

	if (strncmp(at, "<!DOCTYPE html>", 15) == 0)
		at += 15;
	else if (strncmp(at, "<?xml ", 6) == 0 && (at = after_attributes(at + 5)) != NULL &&
	    strncmp(at, "?>", 2) == 0)
		at += 2;
	else
		return text;
	for (; *at != '\0'; at++) {
		const char *start = at;
		size_t name;

		if (*at == '&' && entity_length(at) == 0)
			return at;
		if ((unsigned char)*at < ' ' && *at != '\n')
			return at;
		if (*at != '<') {
			if (depth == 0 && *at != '\n')
				return at;
			continue;
		}
		if (at[1] == '/') {
			name = name_length(at + 2);
			if (depth == 0 || name_length(open[depth - 1]) != name ||
			    strncmp(open[depth - 1], at + 2, name) != 0 || at[2 + name] != '>')
				return at;
			depth--;
			at += 2 + name;
			continue;
		}
		name = name_length(at + 1);
		if (name == 0 || depth == DEPTH_MAX || (depth == 0 && roots++ > 0))
			return start;
		open[depth++] = at + 1;
		at = after_attributes(at + 1 + name);
		if (at == NULL)
			return start;
		if (*at == '/') {
			depth--;
			at++;
		}
		if (*at != '>')
			return start;
	}
	return depth == 0 && roots == 1 ? NULL : at;
}

Test(svg, the_checker_finds_faults)
{
	static const char *const bad[] = { "", "<?xml version=\"1.0\"?><a>",
		"<?xml version=\"1.0\"?><a></b>", "<?xml version=\"1.0\"?><a b=c/>",
		"<?xml version=\"1.0\"?><a>&nbsp;</a>", "<?xml version=\"1.0\"?><a/><a/>",
		"<?xml version=\"1.0\"?><a b=\"<\"/>", "<?xml version=\"1.0\"?><a>\001</a>",
		"<?xml version=\"1.0\"?><a>x & y</a>" };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_expect_not_null(malformed(bad[i]), "%s", bad[i]);
	cr_expect_null(malformed("<?xml version=\"1.0\"?>\n<a b=\"&lt;\">&amp;<c/>&#10;</a>\n"));
}

/* ---- Mermaid */

/* What may stand after the colon: nothing that ends the line's meaning, and whole entities. */
static bool
is_harmless(const char *text)
{
	for (; *text != '\0'; text++) {
		size_t digits;

		if (strncmp(text, "<br/>", 5) == 0) {
			text += 4;
			continue;
		}
		if (*text == '#') {
			digits = strspn(text + 1, "0123456789");
			if (digits == 0 || text[1 + digits] != ';')
				return false;
			text += digits + 1;
		} else if (strchr(";<>%{}`$\"&|*\\", *text) != NULL) {
			return false;
		}
	}
	return true;
}

static bool
is_participant(const char *name, size_t length)
{
	return length > 0 && (name[0] == 'C' || name[0] == 'S') &&
	       strspn(name + 1, "0123456789") >= length - 1;
}

/* "C->>S: text" and its kinds */
static bool
is_message(const char *line)
{
	static const char *const arrows[] = { "-->>", "->>", "-x", "--)" };

	for (size_t i = 0; i < sizeof arrows / sizeof arrows[0]; i++) {
		const char *arrow = strstr(line, arrows[i]), *to, *colon;

		if (arrow == NULL || !is_participant(line, (size_t)(arrow - line)))
			continue;
		to = arrow + strlen(arrows[i]);
		colon = strchr(to, ':');
		return colon != NULL && is_participant(to, (size_t)(colon - to)) &&
		       is_harmless(colon + 1);
	}
	return false;
}

static bool
is_note(const char *line)
{
	static const char *const places[] = { "Note left of ", "Note right of ", "Note over " };

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		size_t length = strlen(places[i]), name;

		if (strncmp(line, places[i], length) != 0)
			continue;
		name = strcspn(line + length, ",:");
		if (!is_participant(line + length, name))
			return false;
		line += length + name;
		if (*line == ',') {
			name = strcspn(line + 1, ":");
			if (!is_participant(line + 1, name))
				return false;
			line += 1 + name;
		}
		return *line == ':' && is_harmless(line + 1);
	}
	return false;
}

static void
assert_mermaid(char *text, const char *name)
{
	unsigned n = 0;

	for (char *rest, *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest), n++) {
		if (n == 0) {
			cr_assert_str_eq(line, "sequenceDiagram", "%s", name);
			continue;
		}
		cr_assert(strncmp(line, "    ", 4) == 0, "%s: %s", name, line);
		line += 4;
		if (strncmp(line, "title ", 6) == 0)
			cr_assert(n == 1 && is_harmless(line + 6), "%s: %s", name, line);
		else if (strncmp(line, "participant ", 12) == 0)
			cr_assert(is_participant(line + 12, strcspn(line + 12, " ")) &&
			              is_harmless(strstr(line, " as ")),
			    "%s: %s", name, line);
		else
			cr_assert(is_message(line) || is_note(line), "%s: %s", name, line);
	}
	cr_assert_gt(n, 3, "%s", name);
}

/* ---- both */

/* A page that fetches nothing and runs nothing, with a table row for each row of the drawing. */
static void
assert_page(const char *text, const char *name)
{
	static const char *const outside[] = { "<script", "<link", "<img", "<iframe", "src=", "url(",
		"@import", " onload" };
	const char *fault = malformed(text);
	unsigned sections = 0, drawings = 0, tables = 0;

	cr_expect_null(fault, "%s: %.60s", name, fault);
	for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
		cr_expect_null(strstr(text, outside[i]), "%s has %s", name, outside[i]);
	for (const char *at = text; (at = strchr(at, '<')) != NULL; at++) {
		sections += strncmp(at, "<section ", 9) == 0;
		drawings += strncmp(at, "<svg ", 5) == 0;
		tables += strncmp(at, "<table>", 7) == 0;
	}
	cr_expect_eq(sections, drawings, "%s", name);
	cr_expect_eq(sections, tables, "%s", name);
	cr_expect_not_null(strstr(text, "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">"));
	cr_expect_not_null(strstr(text, "prefers-color-scheme:dark"));
}

Test(ladders, every_capture_is_drawn)
{
	const char *data = getenv("TESTDATA");
	char pattern[4096];
	unsigned drawn = 0;
	glob_t found;

	snprintf(pattern, sizeof pattern, "%s/captures/*.pcap*", data != NULL ? data : "testdata");
	cr_assert_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct print_options options = { .what = PRINT_LADDER, .format = PRINT_SVG };
		struct session *s = view_session_load(found.gl_pathv[i]);
		const char *fault;
		uint32_t flows;
		char *text;

		if (s == NULL)
			continue;
		text = printed(s, &options);
		fault = malformed(text);
		cr_expect_null(fault, "%s: %.60s", found.gl_pathv[i], fault);
		cr_expect_not_null(strstr(text, "<title id=\"title\">"));
		cr_expect_not_null(strstr(text, "prefers-color-scheme:dark"));
		free(text);
		options.format = PRINT_HTML;
		text = printed(s, &options);
		assert_page(text, found.gl_pathv[i]);
		free(text);
		flows = flow_table_count(session_flows(s));
		if (flows > 0 && flows <= 50) {
			options.format = PRINT_MERMAID;
			text = printed(s, &options);
			assert_mermaid(text, found.gl_pathv[i]);
			free(text);
			drawn++;
		}
		session_close(s);
	}
	globfree(&found);
	cr_assert_gt(drawn, 50);
}

Test(ladders, kinds_differ_in_form)
{
	static const uint32_t first[] = { 1 };
	struct print_options options = {
		.what = PRINT_LADDER, .format = PRINT_SVG, .flows = first, .flow_count = 1
	};
	struct view_session v;
	char *text;

	view_session_open(&v, "captures/lost-fin.pcap");
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, "<g class=\"k resent\">"), "sent again is dashed");
	cr_expect_not_null(strstr(text, "RETX of #4"), "and says so");
	cr_expect_not_null(strstr(text, "<path class=\"tie\""), "and is tied to its first sending");
	cr_expect_not_null(strstr(text, ">FIN-WAIT-1</text>"));
	cr_expect_not_null(strstr(text, ">CLOSED?</text>"));
	free(text);
	options.format = PRINT_MERMAID;
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, "\n    C-->>S: #35;5  0.230000  RETX of #35;4 FIN ACK"));
	cr_expect_not_null(
	    strstr(text, "\n    Note left of C: FIN-WAIT-1\n    Note right of S: CLOSE-WAIT\n"));
	free(text);
	view_session_close(&v);
	view_session_open(&v, "captures/icmp-unreachable.pcap");
	options.format = PRINT_SVG;
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, " icmp\">"), "an ICMP error is dotted");
	free(text);
	view_session_close(&v);
}

Test(ladders, a_page_tells_what_the_drawing_shows)
{
	static const uint32_t first[] = { 1 };
	struct print_options options = {
		.what = PRINT_LADDER, .format = PRINT_HTML, .flows = first, .flow_count = 1
	};
	struct view_session v;
	char *text;

	view_session_open(&v, "captures/lost-fin.pcap");
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, "<h1>lost-fin.pcap</h1>"));
	cr_expect_not_null(strstr(text, "<h2>connection 1 of 1</h2>"));
	cr_expect_not_null(strstr(text, "<tr><td class=\"number\">5</td>\n"
	    "<td class=\"number\">0.230000</td>\n<td>client</td>\n<td>RETX of #4"));
	cr_expect_null(strstr(text, "<nav"), "there is nothing to choose from");
	free(text);
	options.flows = NULL;
	view_session_close(&v);
	view_session_open(&v, "demo.pcap");
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, "<a href=\"#connection-17\">17: "));
	cr_expect_not_null(strstr(text, "<section id=\"connection-17\">"));
	free(text);
	view_session_close(&v);
}

Test(ladders, a_folded_run_is_one_row)
{
	static const uint32_t first[] = { 1 };
	struct print_options options = {
		.what = PRINT_LADDER, .format = PRINT_SVG, .flows = first, .flow_count = 1
	};
	struct view_session v;
	char *text;

	view_session_open(&v, "memcached.pcap");
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, ">8 segments: 26 bytes up, 39 down in 125.1 s</text>"));
	cr_expect_null(strstr(text, "Frame 10. "), "what is folded isn't drawn");
	free(text);
	options.format = PRINT_MERMAID;
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, "Note over C,S: 8 segments: 26 bytes up"));
	free(text);
	view_session_close(&v);
}

Test(ladders, as_of_a_frame)
{
	static const uint32_t first[] = { 1 };
	struct print_options options = { .what = PRINT_LADDER,
		.format = PRINT_MERMAID,
		.flows = first,
		.flow_count = 1,
		.as_of = true,
		.rows = 2 };
	struct view_session v;
	char *text;

	view_session_open(&v, "captures/close-four.pcap");
	text = printed(v.session, &options);
	cr_expect_not_null(strstr(text, "#35;2  "));
	cr_expect_null(strstr(text, "#35;3  "), "the third frame hasn't happened");
	free(text);
	view_session_close(&v);
}

static size_t
javascript_length(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) == 0x80 ? 0 : (unsigned char)*text >= 0xf0 ? 2 : 1;
	return n;
}

/* Segments with a gap before each, which aren't folded, of so many connections in turn. */
static struct session *
gaps(unsigned connections, unsigned segments)
{
	struct bytes file = { 0 };
	struct session *s;
	char *name;

	pcap_begin(&file, MAGIC_NANO, 4, 65535, 1);
	for (unsigned i = 0; i < connections * segments; i++) {
		uint8_t frame[TCP_FRAME_MAX];
		uint32_t length = tcp_frame(frame, 2000 + i % connections, 1000 + 100 * i, 10);
		struct packet packet = { 1000 + i, 0, frame, length, length };

		pcap_packet(&file, MAGIC_NANO, &packet);
	}
	name = file_of(file.at, file.size);
	s = view_session_load(name);
	cr_assert_not_null(s);
	unlink(name);
	free(name);
	bytes_free(&file);
	return s;
}

/* Mermaid draws no text of more than 50,000 characters: its maxTextSize. */
Test(ladders, what_mermaid_cannot_draw_is_left_out_in_the_middle)
{
	static const unsigned cases[][2] = { { 1, 2000 }, { 7, 400 }, { 50, 60 }, { 2, 5 } };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct print_options options = { .what = PRINT_LADDER, .format = PRINT_MERMAID };
		unsigned connections = cases[i][0], frames = connections * cases[i][1], gone = 0;
		struct session *s = gaps(connections, cases[i][1]);
		char *text = printed(s, &options), number[32];

		cr_expect_leq(javascript_length(text), 50000, "%u: %zu", connections, javascript_length(text));
		cr_expect(frames < 100 || javascript_length(text) > 45000, "%u: %zu", connections,
		    javascript_length(text));
		for (const char *at = text; (at = strstr(at, "left out")) != NULL; at++)
			gone++;
		cr_expect_eq(gone, frames < 100 ? 0 : connections, "%u of %u", gone, connections);
		cr_expect_not_null(strstr(text, "#35;1  "), "the first segment");
		snprintf(number, sizeof number, "#35;%u  ", frames);
		cr_expect_not_null(strstr(text, number), "the last segment");
		assert_mermaid(text, "many segments");
		free(text);
		session_close(s);
	}
}

/* A file's name is text from outside, too. */
Test(ladders, a_hostile_name_does_no_harm)
{
	struct print_options options = { .what = PRINT_LADDER, .format = PRINT_SVG };
	char name[4096], *text;
	struct bytes file = { 0 };
	uint8_t frame[TCP_FRAME_MAX];
	uint32_t length = tcp_frame(frame, 2000, 1000, 10);
	struct packet packet = { 1000, 0, frame, length, length };
	struct session *s;
	int descriptor;

	snprintf(name, sizeof name, "%s/%s", scratch_folder(), "]]><&\"'%%{init}%%;#$`end\n\033[1m");
	descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	cr_assert_geq(descriptor, 0);
	pcap_begin(&file, MAGIC_NANO, 4, 65535, 1);
	pcap_packet(&file, MAGIC_NANO, &packet);
	cr_assert_eq(write(descriptor, file.at, file.size), (ssize_t)file.size);
	close(descriptor);
	s = view_session_load(name);
	cr_assert_not_null(s);
	text = printed(s, &options);
	cr_expect_null(malformed(text));
	cr_expect_not_null(strstr(text, "]]&gt;&lt;&amp;&quot;'"));
	free(text);
	options.format = PRINT_MERMAID;
	text = printed(s, &options);
	assert_mermaid(text, "hostile");
	free(text);
	session_close(s);
	bytes_free(&file);
}

Test(ladders, what_cannot_be_drawn_is_refused)
{
	struct print_options options = { .what = PRINT_LIST, .format = PRINT_SVG };
	struct view_session v;
	struct error error = { .text = "" };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	cr_expect(!print_check(&options, &error));
	cr_expect_not_null(strstr(error.text, "--print=ladder"), "%s", error.text);
	view_session_open(&v, "captures/syn-flood.pcap");
	options = (struct print_options){ .what = PRINT_LADDER, .format = PRINT_MERMAID };
	cr_expect(!print_session(v.session, &options, out, &error), "more than fifty connections");
	cr_expect_not_null(strstr(error.text, "--flow"), "%s", error.text);
	options.filter = "port:9999 host:1.2.3.4";
	cr_expect(!print_session(v.session, &options, out, &error));
	cr_expect_not_null(strstr(error.text, "no connection"), "%s", error.text);
	fclose(out);
	free(text);
	view_session_close(&v);
}

/*
 * Savefiles that the program writes: every byte written is the byte captured.
 * And files that are written whole or not at all.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/whole_file.h"
#include "capture/capture_write.h"
#include "tests/capture_files.h"
#include "tests/scratch.h"
#include "tests/view_session.h"

enum { LINK_ETHERNET = 1, LINK_RAW = 101, ETHERNET_HEADER = 14, FRAMES = 6, SNAPSHOT = 262144 };

/* ---- savefiles */

/* What capture_write() makes of these connections; the name of a file to be unlinked and freed. */
static char *
written(struct session *s, const uint32_t *flows, size_t count, enum capture_write_format format,
    struct capture_write_count *done)
{
	struct error error = { .text = "" };
	char *bytes = NULL, *name;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);

	cr_assert_not_null(out);
	cr_assert(capture_write(s, flows, count, frame_store_count(session_frames(s)), format, out,
	              done, &error),
	    "%s", error.text);
	fclose(out);
	name = file_of((const uint8_t *)bytes, size);
	free(bytes);
	return name;
}

static void
assert_same_file(const char *name, const struct bytes *expected)
{
	FILE *in = fopen(name, "rb");
	uint8_t *bytes = malloc(expected->size + 1);

	cr_assert_not_null(in);
	cr_assert_eq(fread(bytes, 1, expected->size + 1, in), expected->size, "another size");
	cr_assert_arr_eq(bytes, expected->at, expected->size);
	fclose(in);
	free(bytes);
}

/* Two connections by turns; times to the nanosecond, the last frame cut short. only: a connection's
 * port, or 0. */
static void
two_connections(struct bytes *file, unsigned only)
{
	pcap_begin(file, MAGIC_NANO, 4, SNAPSHOT, LINK_ETHERNET);
	for (unsigned i = 0; i < FRAMES; i++) {
		uint8_t frame[TCP_FRAME_MAX];
		unsigned port = 2000 + i % 2;
		uint32_t length = tcp_frame(frame, port, 1000 + 10 * i, 10 + i);
		struct packet p = { 1000 + i, 123456789 + i, frame, i + 1 == FRAMES ? 60 : length,
			length };

		if (only == 0 || only == port)
			pcap_packet(file, MAGIC_NANO, &p);
	}
}

Test(savefile, every_byte_is_the_byte_captured)
{
	struct bytes all = { 0 }, first = { 0 };
	const uint32_t both[] = { 2, 1 };
	struct capture_write_count done;
	struct session *s;
	char *name, *copy;

	two_connections(&all, 0);
	two_connections(&first, 2000);
	name = file_of(all.at, all.size);
	s = view_session_load(name);
	cr_assert_not_null(s);
	cr_assert_eq(flow_table_count(session_flows(s)), 2);
	copy = written(s, both, 2, CAPTURE_WRITE_PCAP, &done);
	assert_same_file(copy, &all);	/* in capture order, whatever the order asked for */
	cr_expect_eq(done.frames, FRAMES);
	cr_expect_eq(done.gone, 0);
	unlink(copy);
	free(copy);
	copy = written(s, &both[1], 1, CAPTURE_WRITE_PCAP, &done);
	assert_same_file(copy, &first);
	cr_expect_eq(done.frames, FRAMES / 2);
	unlink(copy);
	free(copy);
	session_close(s);
	unlink(name);
	free(name);
	bytes_free(&all);
	bytes_free(&first);
}

/* Rows of the one are rows of the other, byte for byte. */
static void
assert_same_frames(struct session *a, struct session *b, const char *name)
{
	static uint8_t one[1 << 18], other[1 << 18];
	const struct frame_store *as = session_frames(a), *bs = session_frames(b);

	cr_assert_eq(frame_store_count(as), frame_store_count(bs), "%s", name);
	for (uint32_t row = 0; row < frame_store_count(as); row++) {
		const struct frame *f = frame_store_get(as, row), *g = frame_store_get(bs, row);
		struct raw_frame x, y;

		cr_assert(session_bytes(a, f->locator, f->number, one, sizeof one, &x));
		cr_assert(session_bytes(b, g->locator, g->number, other, sizeof other, &y));
		cr_assert_eq(x.captured, y.captured, "%s row %u", name, row);
		cr_assert_eq(x.length, y.length, "%s row %u", name, row);
		cr_assert_eq(x.time, y.time, "%s row %u", name, row);
		cr_assert_eq(x.link_type, y.link_type, "%s row %u", name, row);
		cr_assert_arr_eq(x.bytes, y.bytes, x.captured, "%s row %u", name, row);
		cr_assert_eq(f->notes, g->notes, "%s row %u is told otherwise", name, row);
		cr_assert_arr_eq(f->state, g->state, sizeof f->state, "%s row %u", name, row);
	}
}

Test(savefile, captures_of_all_kinds_are_read_again)
{
	static const char *const names[] = { "demo.pcap", "memcached.pcap",
		"captures/cooked-2.pcap", "captures/icmp-unreachable.pcap",
		"captures/pcap-nanoseconds-big-endian.pcap", "captures/pcapng-nanoseconds.pcapng",
		"captures/raw-ip.pcap", "captures/snaplen-short.pcap", "captures/vlan.pcap",
		"captures/vxlan.pcap", "captures/year-2060.pcap", "captures/bsd-null.pcap" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (enum capture_write_format format = CAPTURE_WRITE_PCAP;
		     format <= CAPTURE_WRITE_PCAPNG; format++) {
			struct view_session v;
			struct capture_write_count done;
			struct session *again;
			uint32_t flows[64], count;
			char *copy;

			view_session_open(&v, names[i]);
			count = flow_table_count(session_flows(v.session));
			cr_assert(count > 0 && count <= 64);
			for (uint32_t n = 0; n < count; n++)
				flows[n] = n + 1;
			copy = written(v.session, flows, count, format, &done);
			cr_expect_eq(done.gone, 0);
			again = view_session_load(copy);
			cr_assert_not_null(again);
			assert_same_frames(v.session, again, names[i]);
			session_close(again);
			unlink(copy);
			free(copy);
			view_session_close(&v);
		}
}

/* One connection, seen on an Ethernet and then as bare IP packets. */
static char *
two_link_types(void)
{
	struct bytes file = { 0 };
	char *name;

	pcapng_section(&file);
	pcapng_interface(&file, LINK_ETHERNET, 0, 9, 0);
	pcapng_interface(&file, LINK_RAW, 0, 9, 0);
	for (unsigned i = 0; i < 4; i++) {
		uint8_t frame[TCP_FRAME_MAX];
		uint32_t length = tcp_frame(frame, 2000, 1000 + 10 * i, 10),
		         skip = i % 2 * ETHERNET_HEADER;
		struct packet p = { 0, 0, frame + skip, length - skip, length - skip };

		pcapng_enhanced(&file, i % 2, 5000000001 + i, &p);
	}
	name = file_of(file.at, file.size);
	bytes_free(&file);
	return name;
}

Test(savefile, several_link_types_need_pcapng)
{
	char *name = two_link_types(), *copy, *text = NULL;
	struct session *s = view_session_load(name), *again;
	struct capture_write_count done;
	struct error error = { .text = "" };
	const uint32_t flow = 1;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	cr_assert_not_null(s);
	cr_assert_eq(flow_table_count(session_flows(s)), 1);
	cr_expect(!capture_write(s, &flow, 1, 4, CAPTURE_WRITE_PCAP, out, &done, &error));
	cr_expect_not_null(strstr(error.text, ".pcapng"), "%s", error.text);
	fclose(out);
	free(text);
	copy = written(s, &flow, 1, CAPTURE_WRITE_PCAPNG, &done);
	cr_expect_eq(done.frames, 4);
	again = view_session_load(copy);
	cr_assert_not_null(again);
	assert_same_frames(s, again, "two link types");
	session_close(again);
	session_close(s);
	unlink(copy);
	unlink(name);
	free(copy);
	free(name);
}

Test(savefile, what_is_missing_is_counted)
{
	struct view_session v;
	struct capture_write_count done;
	struct error error = { .text = "" };
	const uint32_t flow = 1;
	char *copy, *text = NULL;
	size_t size = 0;
	FILE *out;

	view_session_open(&v, "captures/fragments.pcap");
	copy = written(v.session, &flow, 1, CAPTURE_WRITE_PCAP, &done);
	cr_expect_gt(done.fragments, 0);
	cr_expect_lt(done.fragments, done.frames);
	unlink(copy);
	free(copy);
	out = open_memstream(&text, &size);
	cr_expect(!capture_write(v.session, &flow, 1, 0, CAPTURE_WRITE_PCAP, out, &done, &error));
	cr_expect_not_null(strstr(error.text, "nothing to write"), "%s", error.text);
	fclose(out);
	cr_expect_eq(size, 0);
	free(text);
	view_session_close(&v);
}

Test(savefile, only_what_has_happened)
{
	struct view_session v;
	struct capture_write_count done;
	struct error error = { .text = "" };
	const uint32_t flow = 1;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	view_session_open(&v, "captures/handshake.pcap");
	cr_expect(capture_write(v.session, &flow, 1, 2, CAPTURE_WRITE_PCAP, out, &done, &error));
	cr_expect_eq(done.frames, 2, "as of the second frame");
	fclose(out);
	free(text);
	view_session_close(&v);
}

/* ---- whole files */

static unsigned
entries(const char *folder)
{
	char pattern[256];
	glob_t found;
	unsigned n;

	snprintf(pattern, sizeof pattern, "%s/*", folder);
	n = glob(pattern, 0, NULL, &found) == 0 ? (unsigned)found.gl_pathc : 0;
	globfree(&found);
	return n;
}

Test(whole_file, written_whole_or_not_at_all)
{
	const char *folder = scratch_folder();
	char name[4096], text[16] = "";
	struct whole_file f;
	struct error error = { .text = "" };
	struct stat about;
	FILE *in;

	snprintf(name, sizeof name, "%s/x", folder);
	cr_expect_eq(whole_file_look(name, &error), WHOLE_FILE_DONE);
	cr_assert(whole_file_begin(&f, name, &error));
	fputs("first", f.stream);
	cr_expect_neq(access(name, F_OK), 0, "not before it is whole");
	cr_expect_eq(whole_file_finish(&f, false, &error), WHOLE_FILE_DONE);
	cr_assert_eq(stat(name, &about), 0);
	cr_expect_eq(about.st_mode & 0777, 0600);
	cr_expect_eq(whole_file_look(name, &error), WHOLE_FILE_EXISTS);
	cr_assert(whole_file_begin(&f, name, &error));
	fputs("second", f.stream);
	cr_expect_eq(
	    whole_file_finish(&f, false, &error), WHOLE_FILE_EXISTS, "nobody asked for it");
	cr_assert(whole_file_begin(&f, name, &error));
	fputs("third", f.stream);
	whole_file_abandon(&f);
	in = fopen(name, "r");
	cr_assert_not_null(in);
	cr_expect_eq(fread(text, 1, sizeof text, in), 5);
	cr_expect_str_eq(text, "first");
	fclose(in);
	cr_expect_eq(entries(folder), 1, "nothing is left behind");
	cr_assert(whole_file_begin(&f, name, &error));
	fputs("4", f.stream);
	cr_expect_eq(whole_file_finish(&f, true, &error), WHOLE_FILE_DONE);
	cr_assert_eq(stat(name, &about), 0);
	cr_expect_eq(about.st_size, 1);
	cr_expect_eq(whole_file_look(folder, &error), WHOLE_FILE_FAILED);
	cr_expect_eq(whole_file_look("/dev/null", &error), WHOLE_FILE_FAILED);
	snprintf(name, sizeof name, "%s/none/x", folder);
	cr_expect(!whole_file_begin(&f, name, &error));
	cr_expect_not_null(strstr(error.text, "No such file"), "%s", error.text);
}

/* As when the power fails, or the terminal is closed meanwhile. */
Test(whole_file, who_is_killed_while_writing_leaves_nothing)
{
	const char *folder = scratch_folder();
	char name[4096];
	int status = 0, nameless = -1;
	pid_t child;

	snprintf(name, sizeof name, "%s/x", folder);
#ifdef O_TMPFILE
	nameless = open(folder, O_TMPFILE | O_WRONLY, 0600);
#endif
	child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		struct whole_file f;
		struct error error;

		if (!whole_file_begin(&f, name, &error))
			_exit(1);
		fputs("a part", f.stream);
		fflush(f.stream);
		raise(SIGKILL);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	cr_expect_neq(access(name, F_OK), 0);
	if (nameless >= 0) {	/* elsewhere a part is left under another name */
		cr_expect_eq(entries(folder), 0);
		close(nameless);
	}
}

Test(whole_file, a_full_disk_is_told)
{
	struct whole_file f;
	struct error error = { .text = "" };
	char name[4096];

	snprintf(name, sizeof name, "%s/full", scratch_folder());
	cr_assert(whole_file_begin(&f, name, &error));
	/* What a full disk does to a stream, without filling one. */
	f.stream = freopen("/dev/full", "w", f.stream);
	cr_assert_not_null(f.stream);
	fputs("too much", f.stream);
	cr_expect_eq(whole_file_finish(&f, false, &error), WHOLE_FILE_FAILED);
	cr_expect_not_null(strstr(error.text, "No space left"), "%s", error.text);
	cr_expect_neq(access(name, F_OK), 0);
}

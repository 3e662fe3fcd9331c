/*
 * What the program under test says of a recorded exchange, held against what
 * the kernels said frame by frame: the sender's state must be the kernel's when it
 * sent, the receiver's the kernel's when it had received, unless it stands there
 * as an assumption. What no observer can see is allowed, and only that:
 * LISTEN and CLOSED are one; CLOSING or TIME-WAIT on the ACK that ends a simultaneous
 * close; a listener that answers with SYN cookies; a host that lost its memory or for whom
 * somebody else spoke, until it speaks itself; what a segment does that was overtaken; at one
 * end of the wire, a FIN of the other end that hasn't come there yet, and whether a Fast Open
 * server had the client's ACK when it sent its answer; and a FIN that the receiver sent before
 * this arrived, and that was captured after it.
 */
#include "judge.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel_state.h"

enum {
	FLOWS_MAX = 16,
	COLUMNS_MAX = 32,
	LINKTYPE_RAW = 101
};

struct row {
	bool there;
	unsigned flow;
	bool from_client;
	char *client_state;
	char *server_state;
	char *notes;
};

struct verdict {
	const struct wire *wire;
	const struct promise *promise;
	struct row rows[WIRE_FRAMES_MAX + 1];
	const char *before[FLOWS_MAX][2]; /* the states shown last, by flow and end */
	unsigned last_flow;
	unsigned frames;
	unsigned senders;
	unsigned senders_right;
	unsigned receivers;
	unsigned receivers_right;
	unsigned assumed;
	bool wrong;
	FILE *detail;
};

static void
write_capture(const struct wire *wire, FILE *file)
{
	const uint32_t head[] = { 0xa1b23c4d, 2 | 4 << 16, 0, 0, 65535, LINKTYPE_RAW };
	fwrite(head, sizeof head, 1, file);
	for (unsigned i = 0; i < wire->captured; i++) {
		const struct wire_frame *frame = wire->capture[i];
		const uint32_t packet[] = {
			(uint32_t)frame->time.tv_sec,
			(uint32_t)frame->time.tv_nsec,
			(uint32_t)frame->length,
			(uint32_t)frame->length,
		};
		fwrite(packet, sizeof packet, 1, file);
		fwrite(frame->bytes, frame->length, 1, file);
	}
	if (fflush(file) != 0)
		wire_fail("the capture can't be written");
}

/* What the program prints for --print=WHAT of the capture, to be freed. Its failure is ours. */
static char *
run(const char *program, int capture, const char *what)
{
	char path[64];
	char print[64];
	int ends[2];
	snprintf(path, sizeof path, "/proc/self/fd/%d", capture);
	snprintf(print, sizeof print, "--print=%s", what);
	if (pipe(ends) < 0)
		wire_fail("no pipe");
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execlp(program, program, "-r", path, "-n", print, "--format=tsv", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	FILE *from = fdopen(ends[0], "r");
	if (child < 0 || from == NULL)
		wire_fail("%s can't be run", program);
	char *text = NULL;
	size_t size = 0;
	if (getdelim(&text, &size, '\0', from) < 0)
		wire_fail("%s --print=%s printed nothing", program, what);
	fclose(from);
	int status;
	if (waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		wire_fail("%s --print=%s: wait status %#x", program, what, (unsigned)status);
	return text;
}

static unsigned
split(char *line, char *fields[COLUMNS_MAX])
{
	unsigned count = 0;
	char *field;
	while (count < COLUMNS_MAX && (field = strsep(&line, "\t")) != NULL)
		fields[count++] = field;
	return count;
}

static unsigned
column(char *const *header, unsigned count, const char *name)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(header[i], name) == 0)
			return i;
	wire_fail("no column %s", name);
}

/* The rows point into the text. */
static void
read_rows(struct verdict *verdict, char *text)
{
	char *header[COLUMNS_MAX];
	char *field[COLUMNS_MAX];
	unsigned count = split(strsep(&text, "\n"), header);
	unsigned frame = column(header, count, "frame");
	unsigned flow = column(header, count, "flow");
	unsigned from = column(header, count, "from");
	unsigned client = column(header, count, "client_state");
	unsigned server = column(header, count, "server_state");
	unsigned notes = column(header, count, "notes");
	char *line;
	while ((line = strsep(&text, "\n")) != NULL && *line != '\0') {
		if (split(line, field) != count)
			wire_fail("a row of another width than the header's");
		unsigned long number = strtoul(field[frame], NULL, 10);
		unsigned long of = strtoul(field[flow], NULL, 10);
		if (number == 0 || number > WIRE_FRAMES_MAX || of == 0 || of >= FLOWS_MAX)
			wire_fail("frame %lu of connection %lu is out of range", number, of);
		verdict->rows[number] = (struct row){
			.there = true,
			.flow = (unsigned)of,
			.from_client = strcmp(field[from], "client") == 0,
			.client_state = field[client],
			.server_state = field[server],
			.notes = field[notes],
		};
	}
}

static bool
is_assumed(const char *shown)
{
	size_t length = strlen(shown);
	return length > 0 && shown[length - 1] == '?';
}

/* The same state, whatever `?` stands behind it. */
static bool
same_state(const char *shown, const char *name)
{
	size_t length = strlen(name);
	const char *rest = shown + length;
	return strncmp(shown, name, length) == 0 && (*rest == '\0' || strcmp(rest, "?") == 0);
}

static bool
agrees(const char *shown, int kernel)
{
	if (kernel == TCP_LISTEN || kernel == TCP_CLOSE)
		return same_state(shown, "CLOSED") || same_state(shown, "LISTEN");
	return same_state(shown, kernel_state_name(kernel));
}

static void
complain(struct verdict *verdict, const struct wire_frame *frame, const char *why)
{
	static const char *const kinds[] = { "RST", "SYN", "SYN,ACK", "FIN", "data", "ACK" };
	static const char *const fates[] = { "pending", "delivered", "dropped" };
	const struct row *row = &verdict->rows[frame->number];
	verdict->wrong = true;
	fprintf(verdict->detail, "#   frame %u, %s of the %s, %s%s: %s\n", frame->number,
	    kinds[frame->kind], frame->from == SIDE_CLIENT ? "client" : "server",
	    fates[frame->fate], frame->forged ? ", forged" : "", why);
	fprintf(verdict->detail, "#      kernels when sent: client %s, server %s\n",
	    kernel_state_name(frame->at_send[SIDE_CLIENT]),
	    kernel_state_name(frame->at_send[SIDE_SERVER]));
	if (frame->fate == FATE_DELIVERED)
		fprintf(verdict->detail, "#      kernels when received: client %s, server %s\n",
		    kernel_state_name(frame->after[SIDE_CLIENT]),
		    kernel_state_name(frame->after[SIDE_SERVER]));
	if (row->there)
		fprintf(verdict->detail,
		    "#      program: connection %u, sender %s, receiver %s, notes %s\n",
		    row->flow, row->from_client ? row->client_state : row->server_state,
		    row->from_client ? row->server_state : row->client_state, row->notes);
}

/* Whether the sender has sent a FIN before this that the tap hasn't seen yet. */
static bool
fin_is_missing(const struct wire *wire, const struct wire_frame *frame)
{
	const struct wire_frame *fin = NULL;
	for (const struct wire_frame *f = wire->frames; f < frame; f++) {
		if (f->from != frame->from || f->port[0] != frame->port[0] || f->kind != KIND_FIN)
			continue;
		if (f->number != 0 && f->number < frame->number)
			return false;
		fin = f;
	}
	return fin != NULL;
}

/* What differs for the sender because of where the capture was taken. */
static bool
is_out_of_sight(const struct wire *wire, const struct wire_frame *frame, const char *shown)
{
	if (wire->tap == TAP_SENDERS)
		return false;
	if (frame->overtaken && agrees(shown, frame->after[frame->from]))
		return true;
	if (frame->kind == KIND_DATA && frame->at_send[frame->from] == TCP_SYN_RECV
	    && same_state(shown, "ESTABLISHED"))
		return true;
	return fin_is_missing(wire, frame);
}

static void
judge_sender(struct verdict *verdict, const struct wire_frame *frame, const char *shown)
{
	int kernel = frame->at_send[frame->from];
	bool right = agrees(shown, kernel);
	if (!right && frame->unknowable[frame->from])
		return;
	verdict->senders++;
	if (!right && frame->kind == KIND_ACK)
		right = (kernel == TCP_CLOSING && same_state(shown, "TIME-WAIT"))
		    || (kernel == TCP_TIME_WAIT && same_state(shown, "CLOSING"));
	if (!right && verdict->promise->cookies && frame->kind == KIND_SYN_ACK)
		right = kernel == TCP_LISTEN && same_state(shown, "SYN-RECEIVED");
	if (!right)
		right = is_out_of_sight(verdict->wire, frame, shown);
	if (!right && verdict->promise->midstream)
		right = is_assumed(shown);
	if (right)
		verdict->senders_right++;
	else
		complain(verdict, frame, "the sender's state isn't the kernel's");
	if (is_assumed(shown) && !verdict->promise->midstream)
		complain(verdict, frame, "the sender's state is a fact, `?` is wrong");
}

/* Whether the receiver had closed when this arrived, which the tap saw later or never. */
static bool
had_closed(const struct wire *wire, const struct wire_frame *frame)
{
	for (unsigned i = 0; i < frame->before; i++) {
		const struct wire_frame *f = &wire->frames[i];
		if (f->from != frame->from && f->port[0] == frame->port[0] && f->kind == KIND_FIN
		    && (f->number == 0 || f->number > frame->number))
			return true;
	}
	return false;
}

static void
judge_receiver(struct verdict *verdict, const struct wire_frame *frame, const char *shown)
{
	if (frame->overtaken)
		return;
	verdict->receivers++;
	if (agrees(shown, frame->after[!frame->from]))
		verdict->receivers_right++;
	else if (is_assumed(shown) || frame->unknowable[!frame->from]
	    || had_closed(verdict->wire, frame))
		verdict->assumed++;
	else if (verdict->promise->midstream && strcmp(shown, "UNKNOWN") == 0)
		verdict->assumed++;
	else
		complain(verdict, frame, "the receiver's state isn't the kernel's");
}

/* What was certain stays so until something else is shown, or the same ends begin anew. */
static void
judge_certainty(struct verdict *verdict, const struct wire_frame *frame, bool server,
    const char *shown)
{
	const char **before = &verdict->before[verdict->rows[frame->number].flow][server];
	enum side side = server == (frame->from == SIDE_SERVER) ? frame->from : !frame->from;
	if (*before != NULL && !is_assumed(*before) && is_assumed(shown)
	    && same_state(shown, *before) && !frame->unknowable[side])
		complain(verdict, frame, "a state that was certain and hasn't changed carries `?`");
	*before = shown;
}

static void
judge_frame(struct verdict *verdict, const struct wire_frame *frame)
{
	const struct row *row = &verdict->rows[frame->number];
	verdict->frames++;
	if (!row->there) {
		complain(verdict, frame, "no row");
		return;
	}
	const char *sender = row->from_client ? row->client_state : row->server_state;
	const char *receiver = row->from_client ? row->server_state : row->client_state;
	if (row->flow != verdict->last_flow)
		memset(verdict->before[row->flow], 0, sizeof verdict->before[row->flow]);
	verdict->last_flow = row->flow;
	if (!frame->forged) {
		judge_sender(verdict, frame, sender);
		judge_certainty(verdict, frame, !row->from_client, sender);
	}
	if (frame->fate == FATE_DELIVERED)
		judge_receiver(verdict, frame, receiver);
	judge_certainty(verdict, frame, row->from_client, receiver);
}

static bool
has_word(const char *list, const char *word, size_t length)
{
	while (*list != '\0') {
		size_t here = strcspn(list, ",");
		if (here == length && strncmp(list, word, length) == 0)
			return true;
		list += here + (list[here] == ',');
	}
	return false;
}

static void
judge_notes(struct verdict *verdict, const char *notes)
{
	while (notes != NULL && *notes != '\0') {
		size_t length = strcspn(notes, ",");
		bool found = false;
		for (unsigned i = 0; i <= WIRE_FRAMES_MAX && !found; i++)
			found = verdict->rows[i].there
			    && has_word(verdict->rows[i].notes, notes, length);
		if (!found) {
			verdict->wrong = true;
			fprintf(verdict->detail, "#   no frame is noted %.*s\n",
			    (int)length, notes);
		}
		notes += length + (notes[length] == ',');
	}
}

static void
judge_list(struct verdict *verdict, char *text)
{
	const struct promise *promise = verdict->promise;
	char *header[COLUMNS_MAX];
	char *field[COLUMNS_MAX];
	unsigned count = split(strsep(&text, "\n"), header);
	unsigned outcome = column(header, count, "outcome");
	unsigned summary = column(header, count, "summary");
	unsigned flows = 0;
	char *line;
	while ((line = strsep(&text, "\n")) != NULL && *line != '\0') {
		if (split(line, field) != count)
			wire_fail("a row of another width than the header's");
		flows++;
	}
	if (promise->flows != 0 && flows != promise->flows) {
		verdict->wrong = true;
		fprintf(verdict->detail, "#   %u connections instead of %u\n", flows,
		    promise->flows);
	}
	if (flows > 0 && promise->outcome != NULL
	    && strcmp(field[outcome], promise->outcome) != 0) {
		verdict->wrong = true;
		fprintf(verdict->detail, "#   outcome %s instead of %s (%s)\n", field[outcome],
		    promise->outcome, field[summary]);
	}
}

static void
keep_all(const struct wire *wire, const char *folder, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s.pcap", folder, name);
	FILE *file = fopen(path, "wb");
	if (file == NULL)
		wire_fail("can't write %s", path);
	write_capture(wire, file);
	fclose(file);
}

bool
judge(const struct wire *wire, const char *program, const char *name,
    const struct promise *promise, const char *keep)
{
	static struct verdict verdict;
	char *detail = NULL;
	size_t size = 0;
	int capture = memfd_create("exchange.pcap", 0);
	FILE *file = capture < 0 ? NULL : fdopen(capture, "wb");
	if (file == NULL)
		wire_fail("no file for the capture");
	write_capture(wire, file);
	if (keep != NULL)
		keep_all(wire, keep, name);

	verdict.wire = wire;
	verdict.promise = promise;
	verdict.detail = open_memstream(&detail, &size);
	char *rows = run(program, capture, "frames");
	char *list = run(program, capture, "list");
	read_rows(&verdict, rows);
	for (unsigned i = 0; i < wire->captured; i++)
		judge_frame(&verdict, wire->capture[i]);
	if (wire->tap == TAP_SENDERS) {
		judge_notes(&verdict, promise->notes);
		judge_list(&verdict, list);
	}
	fclose(verdict.detail);
	printf("%s %s: %u frames, sender %u/%u, receiver %u/%u (assumed %u)\n%s",
	    verdict.wrong ? "not ok" : "ok", name, verdict.frames, verdict.senders_right,
	    verdict.senders, verdict.receivers_right, verdict.receivers, verdict.assumed, detail);
	free(detail);
	free(rows);
	free(list);
	fclose(file);
	return !verdict.wrong;
}

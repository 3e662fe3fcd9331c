/*
 * A line of a segment script that stands for frames:
 *
 *	TIME FROM>TO FLAGS [key=value...] [; CLIENT-STATE/SERVER-STATE [notes] [~"words"...]]
 *
 * Keeps each end's numbers as a TCP would, so that a script need not say
 * them; knows what each key means, and nothing of bytes.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mkcap.h"

/* What a line says beside its packet. */
struct line {
	struct node *from, *to;
	struct packet packet;
	bool has_seq, has_ack, has_options, lost, unseen, has_data;
	char *sack;
	size_t quoted;
	long quote;
	uint8_t *data;
	struct bytes *bytes;
};

static const struct { const char *word; char letter; uint16_t flag; } flag_names[] = {
	{ "FIN", 'F', FLAG_FIN }, { "SYN", 'S', FLAG_SYN }, { "RST", 'R', FLAG_RST }, { "PSH", 'P', FLAG_PSH },
	{ "ACK", '.', FLAG_ACK }, { "URG", 'U', FLAG_URG }, { "ECE", 'E', FLAG_ECE }, { "CWR", 'W', FLAG_CWR },
	{ "AE", 'e', FLAG_AE },
};
enum { FLAG_NAMES = sizeof flag_names / sizeof flag_names[0] };

static bool
flags_by_words(const char *text, uint16_t *out)
{
	*out = 0;
	while (*text != '\0') {
		size_t length = strcspn(text, ",");
		unsigned i = 0;

		while (i < FLAG_NAMES &&
		    (strlen(flag_names[i].word) != length || strncmp(flag_names[i].word, text, length) != 0))
			i++;
		if (i == FLAG_NAMES)
			return false;
		*out |= flag_names[i].flag;
		text += length + (text[length] == ',');
	}
	return true;
}

static uint16_t
flags(const char *text)
{
	uint16_t out;

	if (strcmp(text, "none") == 0)
		return 0;
	if (flags_by_words(text, &out))
		return out;
	for (out = 0; *text != '\0'; text++) {
		unsigned i = 0;

		while (i < FLAG_NAMES && flag_names[i].letter != *text)
			i++;
		if (i == FLAG_NAMES)
			die("no such flag: %c", *text);
		out |= flag_names[i].flag;
	}
	return out;
}

/* "get a\r\n" between quotes, with C's escapes. */
static size_t
quoted_text(const char *text, uint8_t *out, size_t room)
{
	static const char letters[] = "nrt0\\\"", meanings[] = "\n\r\t\0\\\"";
	size_t size = 0;

	for (text++; *text != '\0' && *text != '"' && size < room; text++) {
		const char *escape;

		if (*text != '\\') {
			out[size++] = (uint8_t)*text;
			continue;
		}
		text++;
		if (*text == 'x' && isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2])) {
			char pair[3] = { text[1], text[2], '\0' };

			out[size++] = (uint8_t)strtoul(pair, NULL, 16);
			text += 2;
			continue;
		}
		escape = *text != '\0' ? strchr(letters, *text) : NULL;
		if (escape == NULL)
			die("no such escape: \\%c", *text);
		out[size++] = (uint8_t)meanings[escape - letters];
	}
	return size;
}

static void
put(struct packet *p, uint64_t value, unsigned octets)
{
	if (p->option_length + octets > OPTIONS_MAX)
		die("more than %d bytes of options", OPTIONS_MAX);
	for (unsigned i = 0; i < octets; i++)
		p->options[p->option_length++] = (uint8_t)(value >> 8 * (octets - 1 - i));
}

static void
put_timestamps(struct packet *p, uint32_t value, uint32_t echo)
{
	put(p, 0x080a, 2);
	put(p, value, 4);
	put(p, echo, 4);
}

/* LEFT-RIGHT[/LEFT-RIGHT...], relative to the peer's initial number. */
static void
put_sack(struct packet *p, const char *text, uint32_t base)
{
	size_t start = p->option_length;
	unsigned long left, right;
	int used;

	put(p, 0x0500, 2);
	while (sscanf(text, "%lu-%lu%n", &left, &right, &used) == 2) {
		put(p, base + (uint32_t)left, 4);
		put(p, base + (uint32_t)right, 4);
		text += used + (text[used] == '/');
	}
	if (*text != '\0')
		die("not SACK blocks: %s", text);
	p->options[start + 1] = (uint8_t)(p->option_length - start);
}

/* mss:N sackok sack:L-R/L-R ts:VAL:ECR nop eol wscale:N tfo[:HEX] KIND:HEX, with commas between. */
static void
explicit_options(struct line *l, char *text)
{
	struct packet *p = &l->packet;
	char *rest = NULL;

	for (char *o = strtok_r(text, ",", &rest); o != NULL; o = strtok_r(NULL, ",", &rest)) {
		char *value = strchr(o, ':');
		unsigned long a, b;
		uint8_t data[OPTIONS_MAX];
		size_t size;

		if (value != NULL)
			*value++ = '\0';
		if (strcmp(o, "none") == 0)
			continue;
		else if (strcmp(o, "nop") == 0)
			put(p, 1, 1);
		else if (strcmp(o, "eol") == 0)
			put(p, 0, 1);
		else if (strcmp(o, "sackok") == 0)
			put(p, 0x0402, 2);
		else if (strcmp(o, "mss") == 0 && value != NULL)
			put(p, 0x02040000UL | (unsigned long)script_number(value), 4);
		else if (strcmp(o, "wscale") == 0 && value != NULL)
			put(p, 0x030300UL | (unsigned long)script_number(value), 3);
		else if (strcmp(o, "ts") == 0 && value != NULL && sscanf(value, "%lu:%lu", &a, &b) == 2)
			put_timestamps(p, (uint32_t)a, (uint32_t)b);
		else if (strcmp(o, "sack") == 0 && value != NULL)
			put_sack(p, value, l->to->isn);
		else {
			size = value != NULL ? script_hex(value, data, sizeof data) : 0;
			put(p, strcmp(o, "tfo") == 0 ? 34UL : (unsigned long)script_number(o), 1);
			put(p, size + 2, 1);
			for (size_t i = 0; i < size; i++)
				put(p, data[i], 1);
		}
	}
}

/* What this endpoint's TCP would put there by itself, in Linux's order. */
static void
usual_options(const struct script *s, struct line *l)
{
	struct packet *p = &l->packet;
	const struct node *n = l->from;
	uint32_t now = n->tsval + (uint32_t)((p->time - s->start) / 1000000);

	if (p->flags & FLAG_SYN) {
		if (n->mss >= 0)
			put(p, 0x02040000UL | (unsigned long)n->mss, 4);
		if (n->sack)
			put(p, n->timestamps ? 0x0402 : 0x01010402, n->timestamps ? 2 : 4);
		if (n->timestamps) {
			if (!n->sack)
				put(p, 0x0101, 2);
			put_timestamps(p, now, p->flags & FLAG_ACK ? n->echo : 0);
		}
		if (n->scale >= 0)
			put(p, 0x01030300UL | (unsigned long)n->scale, 4);
		return;
	}
	if (n->timestamps && !(p->flags & FLAG_RST)) {
		put(p, 0x0101, 2);
		put_timestamps(p, now, n->echo);
	}
	if (l->sack != NULL) {
		put(p, 0x0101, 2);
		put_sack(p, l->sack, l->to->isn);
	}
}

static void
filler(struct line *l, size_t length)
{
	static const char text[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	if (length > DATA_MAX)
		die("more than %d bytes of data", DATA_MAX);
	for (size_t i = l->packet.length; i < length; i++)
		l->data[i] = (uint8_t)text[i % (sizeof text - 1)];
	l->packet.length = length;
}

static bool
is(char *word, const char *name, char **value)
{
	size_t length = strlen(name);

	if (strncmp(word, name, length) != 0 || word[length] != '=')
		return false;
	*value = word + length + 1;
	return true;
}

static uint32_t
base_of(const struct node *n)
{
	return n != NULL ? n->isn : 0;
}

static void
icmp(struct line *l, const char *value)
{
	unsigned type, code;

	if (sscanf(value, "%u/%u", &type, &code) != 2)
		die("icmp=TYPE/CODE");
	l->packet.is_icmp = true;
	l->packet.icmp_type = (uint8_t)type;
	l->packet.icmp_code = (uint8_t)code;
}

static void
key(struct line *l, char *word)
{
	struct packet *p = &l->packet;
	char *v;

	if (is(word, "seq", &v)) {
		p->seq = base_of(l->from) + (uint32_t)script_number(v);
		l->has_seq = true;
	} else if (is(word, "ack", &v)) {
		p->ack = base_of(l->to) + (uint32_t)script_number(v);
		l->has_ack = true;
	} else if (is(word, "rawack", &v)) {
		p->ack = (uint32_t)script_number(v);
		l->has_ack = true;
	} else if (is(word, "win", &v)) {
		p->window = (uint16_t)script_number(v);
		l->from->window = p->window;
	} else if (is(word, "len", &v))
		filler(l, (size_t)script_number(v));
	else if (is(word, "data", &v))
		p->length = quoted_text(v, l->data, DATA_MAX);
	else if (is(word, "opts", &v)) {
		explicit_options(l, v);
		l->has_options = true;
	} else if (is(word, "sack", &v))
		l->sack = v;
	else if (is(word, "ttl", &v))
		p->ttl = (uint8_t)script_number(v);
	else if (is(word, "id", &v))
		p->id = (uint16_t)script_number(v);
	else if (is(word, "tos", &v))
		p->tos = (uint8_t)script_number(v);
	else if (is(word, "urg", &v))
		p->urgent = (uint16_t)script_number(v);
	else if (is(word, "vlan", &v))
		script_vlans(v, &p->vlans, p->vlan);
	else if (is(word, "if", &v))
		p->interface = (unsigned)script_number(v);
	else if (is(word, "frag", &v))
		p->fragment = (size_t)script_number(v) / 8 * 8;
	else if (is(word, "pad", &v))
		p->pad = (size_t)script_number(v);
	else if (is(word, "cut", &v))
		p->cut = script_number(v);
	else if (is(word, "incl", &v))
		p->included = (uint32_t)script_number(v);
	else if (is(word, "doff", &v))
		p->header_words = script_number(v);
	else if (is(word, "iplen", &v))
		p->ip_length = script_number(v);
	else if (is(word, "icmp", &v))
		icmp(l, v);
	else if (is(word, "mtu", &v))
		p->mtu = (uint16_t)script_number(v);
	else if (is(word, "quote", &v))
		l->quote = script_number(v);
	else if (is(word, "quoted", &v))
		l->quoted = (size_t)script_number(v);
	else if (strcmp(word, "badsum") == 0)
		p->bad_checksum = true;
	else if (strcmp(word, "lost") == 0)
		l->lost = true;
	else if (strcmp(word, "unseen") == 0)
		l->unseen = true;
	else
		die("no such key: %s", word);
}

void
line_tell(size_t number, char *expected)
{
	char *words = strstr(expected, "~\""), *states, *notes, *slash;

	if (words != NULL)
		*words++ = '\0';
	while (words != NULL) {
		char *end = strstr(words, " ~\"");

		if (end != NULL)
			*end = '\0';
		printf("frame-words\t%zu\t%s\n", number, script_quoted(words));
		words = end != NULL ? end + 2 : NULL;
	}
	states = strtok(expected, " \t\r\n");
	notes = strtok(NULL, " \t\r\n");
	if (states == NULL)
		die("frame %zu: nothing behind the semicolon", number);
	if (strcmp(states, "none") == 0) {
		printf("frame\t%zu\tnone\n", number);
		return;
	}
	if (strcmp(states, "*") == 0) {		/* a row, whatever it says */
		printf("frame\t%zu\t*\t*\t*\n", number);
		return;
	}
	slash = strchr(states, '/');
	if (slash == NULL)
		die("frame %zu: CLIENT-STATE/SERVER-STATE: %s", number, states);
	*slash = '\0';
	if (notes != NULL && *notes == '[') {
		notes++;
		notes[strcspn(notes, "]")] = '\0';
	}
	printf("frame\t%zu\t%s\t%s\t%s\n", number, states, slash + 1, notes != NULL ? notes : "-");
}

static void
emit(void *context, const struct packet *p, const struct bytes *frame, unsigned part)
{
	struct script *s = context;
	struct record r = { .packet = *p, .size = frame->size, .order = s->made_count };

	r.packet.time += part * 1000ULL;
	r.bytes = script_keep(s, malloc(frame->size + 1));
	memcpy(r.bytes, frame->at, frame->size);
	if (s->made_count == s->made_room) {
		s->made_room = s->made_room * 2 + 64;
		s->made = realloc(s->made, s->made_room * sizeof *s->made);
		if (s->made == NULL)
			die("out of memory");
	}
	s->made[s->made_count++] = r;
}

/* The receiver's next expected number, over what had come too early. */
static void
receive(struct node *n, const struct packet *p)
{
	uint32_t left = p->seq, right = p->seq + (uint32_t)p->length + !!(p->flags & FLAG_SYN) + !!(p->flags & FLAG_FIN);

	if (p->flags & FLAG_SYN || !n->heard) {
		n->expected = left;
		n->early_count = 0;
		n->heard = true;
	}
	if ((int32_t)(left - n->expected) > 0) {
		if (n->early_count < EARLY_MAX && left != right) {
			n->early[n->early_count].left = left;
			n->early[n->early_count++].right = right;
		}
		return;
	}
	if ((int32_t)(right - n->expected) > 0)
		n->expected = right;
	for (unsigned i = 0; i < n->early_count; i++)
		if ((int32_t)(n->early[i].left - n->expected) <= 0 && (int32_t)(n->early[i].right - n->expected) > 0) {
			n->expected = n->early[i].right;
			i = (unsigned)-1;
		}
}

static void
fill(struct script *s, struct line *l)
{
	struct packet *p = &l->packet;
	struct node *from = l->from, *to = l->to;
	uint32_t next;

	if (!l->has_seq)
		p->seq = from->next;
	if (!l->has_ack && p->flags & FLAG_ACK)
		p->ack = from->heard ? from->expected : to->next;
	if (!l->has_options)
		usual_options(s, l);
	next = p->seq + (uint32_t)p->length + !!(p->flags & FLAG_SYN) + !!(p->flags & FLAG_FIN);
	if (!(p->flags & FLAG_RST) && (!from->begun || (int32_t)(next - from->next) > 0))
		from->next = next;
	from->begun = true;
	if (l->lost || p->flags & FLAG_RST)
		return;
	receive(to, p);
	if (from->timestamps)
		to->echo = from->tsval + (uint32_t)((p->time - s->start) / 1000000);
}

static void
quote(struct script *s, struct line *l)
{
	size_t n = l->quote > 0 ? (size_t)l->quote : s->made_count;
	size_t most = l->quoted > 0 ? l->quoted : l->packet.from.family == 4 ? 28 : 1232;

	if (n == 0 || n > s->made_count)
		die("there is no frame %zu to quote", n);
	l->packet.quote = l->bytes;
	packet_network(&s->made[n - 1].packet, l->bytes);
	if (l->bytes->size > most)
		l->bytes->size = most;
}

static uint64_t
line_time(const struct script *s, const char *word)
{
	if (strchr(word, ':') != NULL)
		return s->day + script_clock(word);
	return word[0] == '+' ? s->last + script_seconds(word + 1) : s->start + script_seconds(word);
}

static void
begin(struct script *s, struct line *l, const char *between)
{
	const char *arrow = strchr(between, '>');
	struct packet *p = &l->packet;

	l->from = script_node(s, between, (size_t)(arrow - between));
	l->to = script_node(s, arrow + 1, strlen(arrow + 1));
	if (l->from == NULL || l->to == NULL)
		die("who is %s?", between);
	p->from = l->from->address;
	p->to = l->to->address;
	p->from_port = l->from->port;
	p->to_port = l->to->port;
	p->window = l->from->window;
	p->ttl = l->from->ttl;
	p->id = p->from.family == 4 ? ++l->from->id : 0;
	p->vlans = s->vlans;
	memcpy(p->vlan, s->vlan, sizeof p->vlan);
	p->tunnel = s->tunnel;
	p->tunnel_key = s->tunnel_key;
	p->outer_from = s->tunnel_from;
	p->outer_to = s->tunnel_to;
}

static void
again(const struct script *s, struct line *l, const char *value)
{
	size_t n = (size_t)script_number(value);
	uint64_t time = l->packet.time;

	if (n == 0 || n > s->made_count)
		die("there is no frame %zu to see again", n);
	l->packet = s->made[n - 1].packet;
	l->packet.time = time;
}

void
line_packet(struct script *s, char **words, size_t count, char *expected)
{
	struct line l = { .packet = { .cut = -1, .included = -1, .header_words = -1, .ip_length = -1 } };
	bool segment = false;
	char *value;
	size_t i = 2;

	l.data = script_keep(s, malloc(DATA_MAX));
	l.bytes = script_keep(s, calloc(1, sizeof *l.bytes));
	if (count < 2)
		die("TIME FROM>TO FLAGS...");
	l.packet.data = l.data;
	l.packet.time = line_time(s, words[0]);
	if (is(words[1], "raw", &value)) {
		l.bytes->size = script_hex(value, l.bytes->at, sizeof l.bytes->at);
		l.packet.raw = l.bytes;
	} else if (is(words[1], "again", &value))
		again(s, &l, value);
	else {
		begin(s, &l, words[1]);
		segment = count > 2 && strncmp(words[2], "icmp=", 5) != 0;
		if (segment)
			l.packet.flags = flags(words[i++]);
	}
	for (; i < count; i++)
		key(&l, words[i]);
	if (segment)
		fill(s, &l);
	if (l.packet.is_icmp)
		quote(s, &l);
	if (!l.unseen) {
		packet_build(&l.packet, s->link, emit, s);
		if (expected != NULL)
			s->made[s->made_count - 1].expected = script_keep(s, strdup(expected));
	}
	s->last = l.packet.time;
}

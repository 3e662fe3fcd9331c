/*
 * Connections as nobody would have them: some long ones, many short ones,
 * with everything that can go wrong, ports that are used again and again,
 * ends that talk to themselves, scans, ICMP errors and fragments.
 */
#include "tests/strangers.h"

#include <stdlib.h>
#include <string.h>

#include "tests/network_order.h"

enum { F = 1, S = 2, R = 4, P = 8, A = 16 };	/* flags */

uint32_t
strangers_below(struct strangers *s, uint32_t n)
{
	s->random = s->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)((s->random >> 33) * n >> 31);
}

static void
emit(struct strangers *s, const uint8_t *bytes, uint32_t size)
{
	uint32_t head[4] = { (uint32_t)(s->time / 1000000), (uint32_t)(s->time % 1000000), size, size };

	if (s->used + sizeof head + size > s->room) {
		s->room = (s->room + sizeof head + size) * 2;
		s->at = realloc(s->at, s->room);
	}
	memcpy(s->at + s->used, head, sizeof head);
	memcpy(s->at + s->used + sizeof head, bytes, size);
	s->used += sizeof head + size;
	s->frames++;
}

static void
meet(struct strangers *s, struct stranger *t)
{
	static const uint16_t ports[] = { 80, 443, 22, 5000, 40000, 40001 };

	memset(t, 0, sizeof *t);
	t->family = strangers_below(s, 4) == 0 ? 6 : 4;
	for (int i = 0; i < 2; i++) {
		t->address[i][0] = t->family == 6 ? 0x20 : 10;
		t->address[i][3] = (uint8_t)(1 + strangers_below(s, 4));
		t->port[i] = i == 0 ? (uint16_t)(30000 + strangers_below(s, 200)) : ports[strangers_below(s,
		    6)];
	}
	if (strangers_below(s, 8) == 0) {
		memcpy(t->address[1], t->address[0], 16);
		t->port[1] = t->port[0];
	}
	for (int i = 0; i < 2; i++)
		t->isn[i] = t->next[i] = strangers_below(s, 4) == 0 ? 0xffffff00u + strangers_below(s, 256)
		    : strangers_below(s, 0x7fffffff);
}

static uint32_t
ip_header(uint8_t *p, uint16_t ip_id, const struct stranger *t, int from, uint32_t payload, uint32_t proto,
    uint32_t frag)
{
	memset(p, 0, 14 + 40);
	if (t->family == 4) {
		put16(p + 12, 0x0800);
		p[14] = 0x45;
		put16(p + 16, 20 + payload);
		put16(p + 18, ip_id);
		put16(p + 20, frag);
		p[22] = 64;
		p[23] = (uint8_t)proto;
		memcpy(p + 26, t->address[from], 4);
		memcpy(p + 30, t->address[!from], 4);
		return 34;
	}
	put16(p + 12, 0x86dd);
	p[14] = 0x60;
	put16(p + 18, payload);
	p[20] = (uint8_t)proto;
	p[21] = 64;
	memcpy(p + 22, t->address[from], 16);
	memcpy(p + 38, t->address[!from], 16);
	return 54;
}

static void
send_segment(struct strangers *s, struct stranger *t, int from, int flags, uint32_t seq, uint32_t ack,
    uint32_t length)
{
	uint8_t p[STRANGERS_PACKET] = { 0 }, tcp[STRANGERS_PACKET] = { 0 };
	static const uint8_t options[12] = { 2, 4, 5, 180, 1, 3, 3, 0, 1, 1, 4, 2 };
	uint32_t header = 20, at;

	s->ip_id++;
	put16(tcp, t->port[from]);
	put16(tcp + 2, t->port[!from]);
	put32(tcp + 4, seq);
	put32(tcp + 8, flags & A ? ack : 0);
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, strangers_below(s, 30) == 0 ? 0 : 1000 + strangers_below(s, 60000));
	put16(tcp + 16, seq * 31 + ack);
	if (flags & S) {
		memcpy(tcp + 20, options, sizeof options);
		tcp[27] = (uint8_t)strangers_below(s, 15);
		header = 32;
	}
	tcp[12] = (uint8_t)(header / 4 << 4);
	if (t->family == 4 && length > 64 && strangers_below(s, 12) == 0) {
		uint32_t cut = 40;

		at = ip_header(p, s->ip_id, t, from, cut, 6, 0x2000);
		memcpy(p + at, tcp, cut);
		emit(s, p, at + cut);
		if (strangers_below(s, 5) != 0) {
			at = ip_header(p, s->ip_id, t, from, header + length - cut, 6, cut / 8);
			memcpy(p + at, tcp + cut, header + length - cut);
			emit(s, p, at + header + length - cut);
		}
		return;
	}
	at = ip_header(p, s->ip_id, t, from, header + length, 6, 0);
	memcpy(p + at, tcp, header + length);
	emit(s, p, at + header + length);
	memcpy(t->last[from], p, at + header + length);
	t->last_size[from] = at + header + length;
	if (strangers_below(s, 40) == 0) {
		s->time += strangers_below(s, 100);
		emit(s, p, at + header + length);
	}
}

static void
send_icmp(struct strangers *s, struct stranger *t, int about)
{
	uint8_t p[STRANGERS_PACKET] = { 0 };
	uint32_t at, quoted = t->family == 4 ? 28 : 48 + strangers_below(s, 2) * 20;

	if (t->last_size[about] == 0)
		return;
	if (t->last_size[about] - 14 < quoted)
		quoted = t->last_size[about] - 14;
	s->ip_id++;
	at = ip_header(p, s->ip_id, t, !about, 8 + quoted, t->family == 4 ? 1 : 58, 0);
	p[at] = t->family == 4 ? 3 : 1;
	p[at + 1] = (uint8_t)strangers_below(s, 4);
	memset(p + at + 2, 0, 6);
	memcpy(p + at + 8, t->last[about] + 14, quoted);
	emit(s, p, at + 8 + quoted);
}

/* The next step of an ordinary connection. */
static void
ordinary(struct strangers *s, struct stranger *t)
{
	uint32_t *n = t->next;
	int from = (int)strangers_below(s, 2);
	uint32_t length = strangers_below(s, 600);

	switch (t->phase) {
	case 0:
		t->isn[0] = n[0] += 1 + strangers_below(s, 3) * 100000 + strangers_below(s, 1000000);
		send_segment(s, t, 0, S, n[0]++, 0, 0);
		break;
	case 1:
		t->isn[1] = n[1] += 1 + strangers_below(s, 1000000);
		send_segment(s, t, 1, S | A, n[1]++, n[0], 0);
		break;
	case 2:
		send_segment(s, t, 0, A, n[0], n[1], 0);
		break;
	case 3:
		send_segment(s, t, from, A | P, n[from], n[!from], length);
		n[from] += length;
		if (strangers_below(s, t < s->stranger + 3 ? 800 : 6) != 0)
			return;
		break;
	case 4:
		send_segment(s, t, from, A | F, n[from]++, n[!from], 0);
		break;
	case 5:
		from = 1 - from;
		send_segment(s, t, from, A | F, n[from]++, n[!from], 0);
		break;
	default:
		send_segment(s, t, from, strangers_below(s, 6) == 0 ? R : A, n[from], n[!from], 0);
		t->phase = strangers_below(s, 3) == 0 ? 0 : 6;
		return;
	}
	t->phase++;
}

static void
odd(struct strangers *s, struct stranger *t)
{
	uint32_t *n = t->next;
	int from = (int)strangers_below(s, 2);
	uint32_t back;

	switch (strangers_below(s, 13)) {
	case 0:
		t->phase = 0;
		break;
	case 1:
		send_segment(s, t, from, S, t->isn[from], 0, 0);
		break;
	case 2:
		t->isn[from] = n[from] = strangers_below(s, UINT32_MAX);
		send_segment(s, t, from, S, n[from]++, 0, 0);
		break;
	case 3:
		send_segment(s, t, from, S | A, t->isn[from], t->isn[!from] + strangers_below(s, 2), 0);
		break;
	case 4:
		send_segment(s, t, from, R | (strangers_below(s, 2) ? A : 0), n[from], n[!from], 0);
		break;
	case 5:
		back = strangers_below(s, 2000);
		send_segment(s, t, from, A, n[from] - back, n[!from] - back / 2, back % 500);
		break;
	case 6:
		n[from] += strangers_below(s, 3000);
		break;
	case 7:
		send_icmp(s, t, from);
		break;
	case 8:
		send_icmp(s, t, from);
		break;
	case 9:
		send_segment(s, t, from, A | F, n[from], n[!from], strangers_below(s, 3));
		break;
	case 10:
		back = strangers_below(s, 3) == 0 ? strangers_below(s, UINT32_MAX) : 0;
		send_segment(s, t, from, (int)strangers_below(s, 32), n[from] - back, n[!from], back % 30);
		break;
	case 11:	/* again and again */
		for (unsigned i = 0; i < 1 + strangers_below(s, 4); i++)
			send_segment(s, t, from, A, n[from], n[!from], 0);
		break;
	case 12:
		send_segment(s, t, from, A, n[from] - 1, n[!from], strangers_below(s, 2));
		break;
	}
}

void
strangers_send(struct strangers *s, unsigned packets)
{
	uint32_t until = s->frames + packets;

	while (s->frames < until) {
		struct stranger *t = &s->stranger[strangers_below(s, STRANGERS)];

		if (strangers_below(s, 2) == 0)
			t = &s->stranger[strangers_below(s, 3)];		/* long ones */
		s->time += strangers_below(s, 100000);
		if (strangers_below(s, 1500) == 0)
			s->time += 61000000;
		if (strangers_below(s, 30) == 0) {		/* a scan */
			struct stranger *one = &s->stranger[3 + strangers_below(s, STRANGERS - 3)];

			meet(s, one);
			send_segment(s, one, 0, S, one->next[0]++, 0, 0);
			one->phase = 1;
		} else if (strangers_below(s, 8) == 0 && (t >= s->stranger + 3 || strangers_below(s,
		    10) == 0))
			odd(s, t);
		else
			ordinary(s, t);
	}
}

void
strangers_init(struct strangers *s, uint64_t seed)
{
	memset(s, 0, sizeof *s);
	s->time = 1700000000000000;
	s->random = seed * 0x9e3779b97f4a7c15ULL + 1;
	for (unsigned i = 0; i < STRANGERS; i++)
		meet(s, &s->stranger[i]);
}

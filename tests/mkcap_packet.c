/*
 * One described packet to the bytes of its frames: TCP or ICMP, IPv4 or
 * IPv6, fragments, tunnels, link layer; checksums right unless the script
 * wants them wrong.  Sources: RFC 9293, 791, 8200, 792, 4443, 2784, 7348.
 */
#include <string.h>

#include "mkcap.h"

enum { ETHERTYPE_IP = 0x0800, ETHERTYPE_IP6 = 0x86dd, ETHERTYPE_VLAN = 0x8100, ETHERTYPE_QINQ = 0x88a8 };
enum { PROTO_ICMP = 1, PROTO_IPIP = 4, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_IP6 = 41, PROTO_FRAGMENT = 44, PROTO_GRE = 47, PROTO_ICMP6 = 58 };

void
bytes_put(struct bytes *b, const void *data, size_t size)
{
	if (size > sizeof b->at - b->size)
		die("a frame of more than %d bytes", FRAME_MAX);
	if (size > 0)
		memcpy(b->at + b->size, data, size);
	b->size += size;
}

void
bytes_number(struct bytes *b, uint64_t value, size_t octets)
{
	uint8_t out[8];

	for (size_t i = 0; i < octets; i++)
		out[i] = (uint8_t)(value >> 8 * (octets - 1 - i));
	bytes_put(b, out, octets);
}

static void
set16(struct bytes *b, size_t offset, uint16_t value)
{
	b->at[offset] = (uint8_t)(value >> 8);
	b->at[offset + 1] = (uint8_t)value;
}

static uint32_t
sum(uint32_t total, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i + 1 < size; i += 2)
		total += (uint32_t)(data[i] << 8 | data[i + 1]);
	if (size % 2 != 0)
		total += (uint32_t)(data[size - 1] << 8);
	return total;
}

static uint16_t
folded(uint32_t total)
{
	while (total >> 16 != 0)
		total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~total;
}

static uint16_t
transport_checksum(const struct packet *p, unsigned protocol, const struct bytes *b)
{
	size_t octets = p->from.family == 4 ? 4 : 16;
	uint32_t total = protocol + (uint32_t)b->size;

	total = sum(total, p->from.octets, octets);
	total = sum(total, p->to.octets, octets);
	return folded(sum(total, b->at, b->size));
}

static void
build_tcp(const struct packet *p, struct bytes *b)
{
	size_t words = 5 + (p->option_length + 3) / 4;
	size_t told = p->header_words >= 0 ? (size_t)p->header_words : words;

	b->size = 0;
	bytes_number(b, p->from_port, 2);
	bytes_number(b, p->to_port, 2);
	bytes_number(b, p->seq, 4);
	bytes_number(b, p->ack, 4);
	bytes_number(b, told << 12 | p->flags, 2);
	bytes_number(b, p->window, 2);
	bytes_number(b, 0, 2);
	bytes_number(b, p->urgent, 2);
	bytes_put(b, p->options, p->option_length);
	while (b->size < words * 4)
		bytes_number(b, 0, 1);
	bytes_put(b, p->data, p->length);
	set16(b, 16, transport_checksum(p, PROTO_TCP, b));
	if (p->bad_checksum)
		b->at[16] ^= 0x5a;
}

static void
build_icmp(const struct packet *p, struct bytes *b)
{
	b->size = 0;
	bytes_number(b, p->icmp_type, 1);
	bytes_number(b, p->icmp_code, 1);
	bytes_number(b, 0, 2);
	bytes_number(b, p->mtu, 4);
	bytes_put(b, p->quote->at, p->quote->size);
	set16(b, 2, p->from.family == 4 ? folded(sum(0, b->at, b->size)) : transport_checksum(p, PROTO_ICMP6, b));
}

/* Part of an IP payload behind its header; offset and more are those of a fragment. */
struct slice {
	const uint8_t *at;
	size_t size, offset;
	bool more, fragment;
};

static void
build_ip4(const struct address *from, const struct address *to, const struct packet *p, unsigned protocol,
    const struct slice *s, struct bytes *b)
{
	size_t start = b->size;
	long total = p->ip_length >= 0 ? p->ip_length : (long)(20 + s->size);

	bytes_number(b, 0x45, 1);
	bytes_number(b, p->tos, 1);
	bytes_number(b, (uint16_t)total, 2);
	bytes_number(b, p->id, 2);
	bytes_number(b, s->fragment ? (s->more ? 0x2000U : 0) | s->offset / 8 : 0x4000, 2);
	bytes_number(b, p->ttl, 1);
	bytes_number(b, protocol, 1);
	bytes_number(b, 0, 2);
	bytes_put(b, from->octets, 4);
	bytes_put(b, to->octets, 4);
	set16(b, start + 10, folded(sum(0, b->at + start, 20)));
	bytes_put(b, s->at, s->size);
}

static void
build_ip6(const struct address *from, const struct address *to, const struct packet *p, unsigned protocol,
    const struct slice *s, struct bytes *b)
{
	long length = p->ip_length >= 0 ? p->ip_length : (long)(s->size + (s->fragment ? 8 : 0));

	bytes_number(b, 6U << 28 | (uint32_t)p->tos << 20, 4);
	bytes_number(b, (uint16_t)length, 2);
	bytes_number(b, s->fragment ? PROTO_FRAGMENT : protocol, 1);
	bytes_number(b, p->ttl, 1);
	bytes_put(b, from->octets, 16);
	bytes_put(b, to->octets, 16);
	if (s->fragment) {
		bytes_number(b, protocol, 1);
		bytes_number(b, 0, 1);
		bytes_number(b, s->offset | (s->more ? 1U : 0), 2);
		bytes_number(b, p->id, 4);
	}
	bytes_put(b, s->at, s->size);
}

static void
build_ip(const struct address *from, const struct address *to, const struct packet *p, unsigned protocol,
    const struct slice *s, struct bytes *b)
{
	if (from->family == 4)
		build_ip4(from, to, p, protocol, s, b);
	else
		build_ip6(from, to, p, protocol, s, b);
}

static void
ethernet(const struct address *from, const struct address *to, unsigned type, const struct packet *p, struct bytes *b)
{
	bytes_put(b, to->mac, 6);
	bytes_put(b, from->mac, 6);
	for (unsigned i = 0; i < p->vlans; i++) {
		bytes_number(b, i + 1 < p->vlans ? ETHERTYPE_QINQ : ETHERTYPE_VLAN, 2);
		bytes_number(b, p->vlan[i], 2);
	}
	bytes_number(b, type, 2);
}

static void
cooked(unsigned type, const struct packet *p, struct bytes *b)
{
	bytes_number(b, 0, 2);		/* sent to us */
	bytes_number(b, 1, 2);		/* ARPHRD_ETHER */
	bytes_number(b, 6, 2);
	bytes_put(b, p->from.mac, 6);
	bytes_number(b, 0, 2);
	bytes_number(b, type, 2);
}

static void
cooked2(unsigned type, const struct packet *p, struct bytes *b)
{
	bytes_number(b, type, 2);
	bytes_number(b, 0, 2);
	bytes_number(b, p->interface + 1, 4);
	bytes_number(b, 1, 2);
	bytes_number(b, 0, 1);
	bytes_number(b, 6, 1);
	bytes_put(b, p->from.mac, 6);
	bytes_number(b, 0, 2);
}

static void
build_link(const struct packet *p, const struct address *from, const struct address *to, enum link link,
    const struct bytes *network, struct bytes *b)
{
	unsigned type = from->family == 4 ? ETHERTYPE_IP : ETHERTYPE_IP6;
	uint8_t null[4] = { from->family == 4 ? 2 : 30 };

	b->size = 0;
	switch (link) {
	case LINK_NULL:			/* a little-endian machine's address family */
		bytes_put(b, null, sizeof null);
		break;
	case LINK_LOOP:
		bytes_number(b, null[0], 4);
		break;
	case LINK_ETHERNET:
		ethernet(from, to, type, p, b);
		break;
	case LINK_PPP:
		bytes_number(b, 0xff03, 2);
		bytes_number(b, from->family == 4 ? 0x0021 : 0x0057, 2);
		break;
	case LINK_RAW:
		break;
	case LINK_SLL:
		cooked(type, p, b);
		break;
	case LINK_SLL2:
		cooked2(type, p, b);
		break;
	}
	bytes_put(b, network->at, network->size);
	while (b->size < p->pad)
		bytes_number(b, 0, 1);
}

/* Puts the inner IP packet into the tunnel's own: network is replaced. */
static void
build_tunnel(const struct packet *p, struct bytes *network)
{
	static struct bytes inner, outer;
	struct packet shell = *p;
	struct slice s = { .at = outer.at };
	unsigned protocol = PROTO_GRE;
	bool four = p->from.family == 4;

	outer.size = 0;
	shell.ip_length = -1;
	shell.ttl = 64;
	shell.vlans = 0;
	shell.id = (uint16_t)(p->id + 7000);
	switch (p->tunnel) {
	case TUNNEL_NONE:
		return;
	case TUNNEL_VXLAN:
		inner.size = 0;
		ethernet(&p->from, &p->to, four ? ETHERTYPE_IP : ETHERTYPE_IP6, &shell, &inner);
		bytes_put(&inner, network->at, network->size);
		protocol = PROTO_UDP;
		bytes_number(&outer, 49152 + (p->from_port ^ p->to_port) % 8192, 2);
		bytes_number(&outer, 4789, 2);
		bytes_number(&outer, 16 + inner.size, 2);
		bytes_number(&outer, 0, 2);
		bytes_number(&outer, 0x08000000, 4);
		bytes_number(&outer, (uint64_t)p->tunnel_key << 8, 4);
		bytes_put(&outer, inner.at, inner.size);
		break;
	case TUNNEL_GRE:
		bytes_number(&outer, p->tunnel_key != 0 ? 0x2000 : 0, 2);
		bytes_number(&outer, four ? ETHERTYPE_IP : ETHERTYPE_IP6, 2);
		if (p->tunnel_key != 0)
			bytes_number(&outer, p->tunnel_key, 4);
		bytes_put(&outer, network->at, network->size);
		break;
	case TUNNEL_IPIP:
		protocol = four ? PROTO_IPIP : PROTO_IP6;
		bytes_put(&outer, network->at, network->size);
		break;
	}
	s.size = outer.size;
	network->size = 0;
	build_ip(&p->outer_from, &p->outer_to, &shell, protocol, &s, network);
}

static unsigned
build_transport(const struct packet *p, struct bytes *b)
{
	if (p->is_icmp) {
		build_icmp(p, b);
		return p->from.family == 4 ? PROTO_ICMP : PROTO_ICMP6;
	}
	build_tcp(p, b);
	return PROTO_TCP;
}

void
packet_network(const struct packet *p, struct bytes *out)
{
	static struct bytes transport;
	unsigned protocol = build_transport(p, &transport);
	struct slice whole = { .at = transport.at, .size = transport.size };

	out->size = 0;
	build_ip(&p->from, &p->to, p, protocol, &whole, out);
}

void
packet_build(const struct packet *p, enum link link,
    void (*emit)(void *, const struct packet *, const struct bytes *, unsigned), void *context)
{
	static struct bytes transport, network, frame;
	bool tunneled = p->tunnel != TUNNEL_NONE;
	struct slice s = { .offset = 0 };
	unsigned protocol, part = 0;

	if (p->raw != NULL) {
		emit(context, p, p->raw, 0);
		return;
	}
	protocol = build_transport(p, &transport);
	s.fragment = p->fragment > 0 && p->fragment < transport.size;
	do {
		s.at = transport.at + s.offset;
		s.size = transport.size - s.offset;
		s.more = s.fragment && s.size > p->fragment;
		if (s.more)
			s.size = p->fragment;
		network.size = 0;
		build_ip(&p->from, &p->to, p, protocol, &s, &network);
		build_tunnel(p, &network);
		build_link(p, tunneled ? &p->outer_from : &p->from, tunneled ? &p->outer_to : &p->to, link, &network, &frame);
		emit(context, p, &frame, part++);
		s.offset += s.size;
	} while (s.more);
}

/*
 * Segment scripts to captures: what the rooms of mkcap share.  mkcap.c reads
 * the script, mkcap_packet.c turns one described packet into the bytes of its
 * frames, mkcap_file.c keeps the savefile.  Nothing here knows tcpladder:
 * what the tests feed to it must not come from its own code.
 */
#ifndef TCPLADDER_TESTS_MKCAP_H
#define TCPLADDER_TESTS_MKCAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FLAG_FIN = 0x001, FLAG_SYN = 0x002, FLAG_RST = 0x004, FLAG_PSH = 0x008, FLAG_ACK = 0x010,
	FLAG_URG = 0x020, FLAG_ECE = 0x040, FLAG_CWR = 0x080, FLAG_AE = 0x100
};
enum { DATA_MAX = 66000, OPTIONS_MAX = 40, FRAME_MAX = 70000, VLANS_MAX = 2, EARLY_MAX = 16 };
enum tunnel { TUNNEL_NONE, TUNNEL_VXLAN, TUNNEL_GRE, TUNNEL_IPIP };
enum link { LINK_NULL = 0, LINK_ETHERNET = 1, LINK_PPP = 9, LINK_RAW = 101, LINK_LOOP = 108, LINK_SLL = 113, LINK_SLL2 = 276 };

struct bytes {
	size_t size;
	uint8_t at[FRAME_MAX];
};

/* Appends; a number in network order. Dies when it doesn't fit. */
void bytes_put(struct bytes *b, const void *data, size_t size);
void bytes_number(struct bytes *b, uint64_t value, size_t octets);

struct address {
	int family;			/* 4 or 6 */
	uint8_t octets[16];
	uint8_t mac[6];
};

/* One frame that is to be made, or several when it is fragmented. */
struct packet {
	uint64_t time;			/* nanoseconds since the epoch */
	struct address from, to;
	uint16_t from_port, to_port;
	uint32_t seq, ack;
	uint16_t flags, window, urgent, id;
	uint8_t ttl, tos;
	uint8_t options[OPTIONS_MAX];
	size_t option_length;
	const uint8_t *data;
	size_t length;
	unsigned vlans, vlan[VLANS_MAX];
	unsigned interface;
	enum tunnel tunnel;
	uint32_t tunnel_key;
	struct address outer_from, outer_to;
	size_t fragment;		/* bytes of IP payload in each fragment; 0: whole */
	size_t pad;			/* frames shorter than this are padded */
	long cut;			/* captured bytes; -1: as it is */
	int64_t included;		/* the record's lie about them; -1: the truth */
	long header_words, ip_length;	/* lies of the headers; -1: the truth */
	bool bad_checksum;
	bool is_icmp;
	uint8_t icmp_type, icmp_code;
	uint16_t mtu;
	struct bytes *quote;		/* the quoted packet, from its IP header on */
	struct bytes *raw;		/* the whole frame, as it stands */
};

/* Calls emit for each frame of the packet. */
void packet_build(const struct packet *p, enum link link,
    void (*emit)(void *context, const struct packet *p, const struct bytes *frame, unsigned part), void *context);
/* The packet from its IP header on, for a quote. */
void packet_network(const struct packet *p, struct bytes *out);

/* One end of a connection, or a router that sends ICMP errors; what it would have sent next and what it has received. */
struct node {
	char name[16];
	struct address address;
	uint16_t port, window, id;
	uint8_t ttl;
	uint32_t isn, next, expected, echo, tsval;
	bool begun, heard, sack, timestamps;
	int mss, scale;			/* offered on its SYN; -1: not */
	unsigned early_count;
	struct { uint32_t left, right; } early[EARLY_MAX];
};

/* A frame that waits to be written. */
struct record {
	struct packet packet;
	uint8_t *bytes;
	size_t size, order;
	char *expected;			/* what the script says of it, or NULL */
};

struct script {
	const char *path;
	unsigned line;
	bool tell;			/* print what is expected */
	bool by_time;			/* frames are written in order of time, not of lines */
	struct savefile *file;
	enum link link;
	uint32_t snaplen;
	uint64_t start, day, last;	/* times; last: the newest frame's */
	struct node *nodes;
	size_t node_count;
	struct record *made;		/* every frame, to be quoted or seen again, and written */
	size_t made_count, made_room, written;
	unsigned vlans, vlan[VLANS_MAX];
	enum tunnel tunnel;
	uint32_t tunnel_key;
	struct address tunnel_from, tunnel_to;
	void **kept;			/* what is freed at the end */
	size_t kept_count;
};

/* mkcap.c */
void *script_keep(struct script *s, void *allocated);	/* dies of NULL */
struct node *script_node(struct script *s, const char *name, size_t length);
long script_number(const char *text);
char *script_quoted(char *word);			/* "some words" without its quotes */
bool script_address(const char *text, struct address *out);
size_t script_hex(const char *text, uint8_t *out, size_t room);
void script_vlans(const char *text, unsigned *count, unsigned vlan[VLANS_MAX]);
uint64_t script_seconds(const char *text);		/* "1.000128" to nanoseconds */
uint64_t script_clock(const char *text);		/* "15:14:34.336031" to nanoseconds of the day */

/* mkcap_line.c: a line that begins with a time. expected: the words behind the semicolon, or NULL. */
void line_packet(struct script *s, char **words, size_t count, char *expected);
void line_tell(size_t number, char *expected);	/* prints it for tests/segment-scripts */

struct savefile;
struct savefile *savefile_new(void);
void savefile_free(struct savefile *f);
bool savefile_format(struct savefile *f, const char *name);	/* "pcap", "pcap-ns-be", "pcapng"... */
const char *savefile_extension(const struct savefile *f);
void savefile_interface(struct savefile *f, const char *name);
void savefile_record(struct savefile *f, enum link link, uint32_t snaplen, const struct record *r);
void savefile_cut(struct savefile *f, long size);		/* negative: that much from its end */
void savefile_poke(struct savefile *f, long offset, const uint8_t *data, size_t size);
/* Writes the header, if no record did, and the file. */
void savefile_write(struct savefile *f, enum link link, uint32_t snaplen, const char *path);

void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif

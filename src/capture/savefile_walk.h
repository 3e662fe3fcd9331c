/*
 * Follows the bytes of a savefile as they pass on their way to libpcap, and
 * notes what libpcap doesn't tell: where each frame's record begins, its
 * interface, and (classic pcap) its time in full range.  It also evens out
 * what libpcap 1.10 refuses: pcapng interfaces that differ in snapshot
 * length or link type look alike to libpcap, while the true values stand
 * here; and it keeps libpcap from altering frames.  Knows the formats'
 * framing only, no descriptors and no libpcap.
 * Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
#ifndef TCPLADDER_CAPTURE_SAVEFILE_WALK_H
#define TCPLADDER_CAPTURE_SAVEFILE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum savefile_format {
	SAVEFILE_UNDECIDED,	/* too few bytes yet */
	SAVEFILE_PCAP,
	SAVEFILE_PCAPNG,
	SAVEFILE_STRANGE	/* neither, or framing that makes no sense from here on */
};

struct savefile_record {
	uint64_t offset;	/* of the record's or block's header, from the file's start */
	uint64_t time;		/* classic pcap: ns since the epoch; pcapng: not set */
	uint32_t interface;	/* counted over all sections; classic pcap: 0 */
	uint32_t length; /* wire length where libpcap sees another (simple packet blocks), else 0 */
};

struct savefile_section {
	uint64_t offset;	/* of the section header block */
	uint32_t interfaces;	/* those described before this section */
	bool big;		/* big-endian */
};

struct savefile_interface {
	uint64_t offset;	/* of the interface description block; classic pcap: 0 */
	uint32_t snapshot;	/* as the file says */
	uint32_t link_type;	/* LINKTYPE_ value as the file says */
	bool big;
};

struct savefile_shape {		/* classic pcap */
	bool big, nanoseconds;
	unsigned header;	/* bytes of a record's header: 16, or 24 for Kuznetzov's */
	/* 0 no, 1 when captured exceeds wire length, 2 always (before 2.3, DG/UX) */
	int swapped_lengths;
};

struct savefile_walk;
struct savefile_walk *savefile_walk_new(void);
void savefile_walk_free(struct savefile_walk *w);

/*
 * Takes the next bytes and may alter some of them.  Returns how many may be
 * passed on; the rest (a header that isn't complete, below
 * SAVEFILE_HEADER_MAX bytes) must come again in front of what follows.
 */
enum { SAVEFILE_HEADER_MAX = 32 };
size_t savefile_walk_feed(struct savefile_walk *w, uint8_t *bytes, size_t count);

enum savefile_format savefile_walk_format(const struct savefile_walk *w);

/*
 * Whether libpcap can open the file with what has passed: file header, or the
 * first interface's whole block.
 */
bool savefile_walk_ready(const struct savefile_walk *w);

/* Whether a record that wasn't taken yet has passed completely. */
bool savefile_walk_whole(const struct savefile_walk *w);

/* The next record in order; false: none (framing lost). */
bool savefile_walk_take(struct savefile_walk *w, struct savefile_record *record);

/* The interface's link type; -1: unknown interface.  For the thread that feeds. */
int savefile_walk_link_type(const struct savefile_walk *w, uint32_t interface);

/* For other threads: copies of what was noted. */
enum savefile_format savefile_walk_shape(struct savefile_walk *w, struct savefile_shape *shape);
bool savefile_walk_section(struct savefile_walk *w, uint64_t offset,
    struct savefile_section *section);
bool savefile_walk_interface(struct savefile_walk *w, uint32_t number,
    struct savefile_interface *interface);

/* Numbers as the file stores them. */
static inline uint32_t
savefile_u32(const uint8_t *p, bool big)
{
	return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] :
	    (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint16_t
savefile_u16(const uint8_t *p, bool big)
{
	return (uint16_t)(big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

/* A classic record header's time. */
static inline uint64_t
savefile_time(const uint8_t *header, const struct savefile_shape *shape)
{
	return savefile_u32(header, shape->big) * UINT64_C(1000000000) +
	    savefile_u32(header + 4, shape->big) *
	    (shape->nanoseconds ? UINT64_C(1) : UINT64_C(1000));
}

enum {
	BLOCK_INTERFACE = 1, BLOCK_PACKET = 2, BLOCK_SIMPLE_PACKET = 3, BLOCK_ENHANCED_PACKET = 6,
	BLOCK_SECTION = 0x0a0d0d0a
};

#endif

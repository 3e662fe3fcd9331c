/*
 * Savefiles made byte by byte, for the tests of src/capture: they shall not
 * depend on any program or library that writes captures.
 */
#ifndef TCPLADDER_TESTS_CAPTURE_FILES_H
#define TCPLADDER_TESTS_CAPTURE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	uint8_t *at;
	size_t size, room;
	bool big;		/* byte order of what is appended */
};

void bytes_free(struct bytes *b);
void bytes_add(struct bytes *b, const void *more, size_t size);
void bytes_u16(struct bytes *b, uint32_t value);
void bytes_u32(struct bytes *b, uint32_t value);

enum { MAGIC_MICRO = 0xa1b2c3d4, MAGIC_NANO = 0xa1b23c4d, MAGIC_MODIFIED = 0xa1b2cd34 };

struct packet {
	uint32_t seconds, fraction;
	const uint8_t *bytes;
	uint32_t captured, length;
};

void pcap_begin(struct bytes *b, uint32_t magic, unsigned minor, uint32_t snapshot,
    uint32_t link_type);
void pcap_packet(struct bytes *b, uint32_t magic, const struct packet *packet);

void pcapng_section(struct bytes *b);
/* resolution: if_tsresol's byte, 0: no such option; offset: if_tsoffset, 0: none */
void pcapng_interface(struct bytes *b, unsigned link_type, uint32_t snapshot, unsigned resolution,
    uint64_t offset);
void pcapng_enhanced(struct bytes *b, uint32_t interface, uint64_t ticks,
    const struct packet *packet);
void pcapng_old(struct bytes *b, unsigned interface, uint64_t ticks, const struct packet *packet);
void pcapng_simple(struct bytes *b, const struct packet *packet);
void pcapng_unknown(struct bytes *b, uint32_t type, uint32_t size);

/* An Ethernet frame with a TCP segment from port `from` to 80; returns its size. */
enum { TCP_FRAME_MAX = 2048 };
uint32_t tcp_frame(uint8_t *frame, unsigned from, uint32_t seq, uint32_t payload);

/* Writes a new file and returns its name (to be unlinked and freed). */
char *file_of(const uint8_t *bytes, size_t size);

/* gzip and zstd streams that store the bytes, made without a library. */
void gzip_of(struct bytes *out, const uint8_t *bytes, size_t size);
void zstd_of(struct bytes *out, const uint8_t *bytes, size_t size);

#endif

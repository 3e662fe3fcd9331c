/*
 * Savefiles whose frames are known, and what a capture must give of them.
 */
#ifndef TCPLADDER_TESTS_CAPTURE_EXPECT_H
#define TCPLADDER_TESTS_CAPTURE_EXPECT_H

#include "capture/capture.h"
#include "tests/capture_files.h"

enum { FRAMES = 40, SECOND = 1000000000 };

/* Frame n of a test file: its size and bytes differ from its neighbours'. */
struct packet packet_of(uint8_t *frame, uint32_t n);
void pcap_of(struct bytes *b, uint32_t magic, uint32_t frames);

struct capture *open_bytes(const struct bytes *b, const struct capture_options *options);

/* The next frame, waited for. */
enum capture_next next_of(struct capture *c, struct raw_frame *frame, uint64_t *locator);

/* Looks at a frame again and compares all of it. */
void check_again(struct capture *c, const struct raw_frame *frame, uint64_t locator);

/* The next frame is this one, also when it is looked at again. */
void expect_frame(struct capture *c, uint64_t time, const struct packet *packet, uint32_t interface, int link_type);
void expect_end(struct capture *c);	/* closes it */
/* All frames that pcap_of() writes, with times in `unit` nanoseconds, and the end. */
void expect_all(struct capture *c, uint32_t frames, uint64_t unit);

#endif

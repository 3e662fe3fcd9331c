/*
 * The wire between two hosts that are network namespaces of this process. Each
 * host's only interface is a tun device whose other end is held here, so every
 * IP packet passes through the test: it is recorded as it leaves, with what both
 * kernels say of the connection at that moment, and then delivered, dropped, held
 * back or doubled as the scenario wants, and both kernels are asked again. Nothing
 * moves between two calls but the kernels' own timers.
 *
 * A scenario runs in a process of its own: what can't go on (the kernel never
 * sent the segment that the scenario waits for) ends that process.
 */
#ifndef WIRE_H
#define WIRE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum side {
	SIDE_CLIENT,
	SIDE_SERVER
};

/* What a scenario waits for; a segment is the first of these that fits it. */
enum kind {
	KIND_RST,
	KIND_SYN,
	KIND_SYN_ACK,
	KIND_FIN,
	KIND_DATA,
	KIND_ACK
};

enum fate {
	FATE_PENDING,
	FATE_DELIVERED,
	FATE_DROPPED
};

enum {
	TH_FLAG_FIN = 0x01,
	TH_FLAG_SYN = 0x02,
	TH_FLAG_RST = 0x04,
	TH_FLAG_PSH = 0x08,
	TH_FLAG_ACK = 0x10
};

enum {
	WIRE_FRAMES_MAX = 1024,
	WIRE_CLIENT_PORT = 40000,
	WIRE_SERVER_PORT = 8080,

	WIRE_EXIT_FAILED = 1,
	WIRE_EXIT_AGAIN = 75,
	WIRE_EXIT_SKIPPED = 77
};

/* Where the capture runs. At a host: what others sent is seen when it arrives, if it does. */
enum tap {
	TAP_SENDERS, /* each frame as it leaves its sender */
	TAP_CLIENT,
	TAP_SERVER
};

struct wire_frame {
	uint8_t *bytes; /* the IP packet */
	size_t length;
	struct timespec time; /* when it was captured */
	unsigned number; /* in the capture, from 1; 0: the capture doesn't have it */
	enum side from;
	enum kind kind;
	uint8_t flags;
	uint16_t port[2]; /* by side */
	uint32_t seq;
	uint32_t ack;
	uint32_t payload;
	bool forged;
	bool held;
	unsigned before; /* so many frames had been sent when it was delivered */
	bool overtaken; /* it arrived after one that its sender sent later */
	bool unknowable[2]; /* that end's state, by side: see wire_forget and wire_forge */
	enum fate fate;
	int at_send[2]; /* kernel states by side, just after it was sent */
	int after[2];   /* and just after it was delivered */
};

struct wire {
	int home; /* network namespaces */
	int netns[2];
	int tun[2];
	int diag[2];
	struct sockaddr_in address[2]; /* without port */
	struct wire_frame frames[WIRE_FRAMES_MAX];
	unsigned count;
	const struct wire_frame *capture[WIRE_FRAMES_MAX]; /* by number - 1 */
	unsigned captured;
	enum tap tap;
	uint32_t next_seq[2]; /* what each side would send next, on the newest connection */
	bool blind;           /* the capture is not running */
	bool forgot[2];       /* a side lost its socket and hasn't sent anything since */
	bool impostor[2];     /* somebody else spoke for that side, and it hasn't since */
};

/* The two hosts and the wire. Ends the process as skipped, with the reason, where not permitted. */
void wire_open(struct wire *wire, enum tap tap);

/*
 * Ends the scenario: as failed, as skipped, or as one that didn't come to what it is about, since a kernel's
 * timer was faster than a busy machine; that one is tried again, some times, before it counts as failed.
 */
void wire_again(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void wire_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void wire_skip(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Writes a setting below /proc/sys/net/ipv4 of one host; not permitted: the scenario is skipped. */
void wire_set(struct wire *wire, enum side side, const char *name, const char *value);

/* Applications. Descriptors don't block; each call collects what it made the kernel send. */
int wire_socket(struct wire *wire, enum side side, uint16_t port);
int wire_listen(struct wire *wire, int backlog);
int wire_connect(struct wire *wire, uint16_t client_port);
void wire_connect_socket(struct wire *wire, int fd, enum side to, uint16_t port);
int wire_accept(struct wire *wire, int listener);
void wire_option(int fd, int level, int name, int value);
void wire_send(struct wire *wire, int fd, size_t length);
size_t wire_send_some(struct wire *wire, int fd, size_t length);
size_t wire_read(struct wire *wire, int fd); /* all that is there */
void wire_shutdown(struct wire *wire, int fd);
void wire_close(struct wire *wire, int fd);
void wire_abort(struct wire *wire, int fd);  /* a reset */

/* Gone without a word, as by a power cut: no observer can know until that side sends again. */
void wire_forget(struct wire *wire, enum side side, int fd);

/* Takes what both hosts have sent by now; waits at most so long. False: nothing came. */
bool wire_collect(struct wire *wire, int milliseconds);

/*
 * Delivers what is on the wire, in the order it was sent, up to the first segment
 * of this kind from this side, which is delivered too, or lost, or kept back until
 * wire_release. Waits for the kernel's timers; after a few seconds in vain the scenario is tried again.
 */
struct wire_frame *wire_deliver(struct wire *wire, enum side from, enum kind kind);
struct wire_frame *wire_drop(struct wire *wire, enum side from, enum kind kind);
struct wire_frame *wire_hold(struct wire *wire, enum side from, enum kind kind);
void wire_release(struct wire *wire);

/* Puts a frame that was delivered on the wire again, behind the capture. */
void wire_double(struct wire *wire, const struct wire_frame *frame);

/* Delivers everything until nobody has sent anything for so long. */
void wire_settle(struct wire *wire, int quiet_milliseconds);

/* The wire is cut for so long: all is lost. */
void wire_outage(struct wire *wire, int milliseconds);

/*
 * A segment that no host sent, as if from that side, delivered at once. Until that side itself
 * sends something that isn't a reset, nobody can tell what state it is in.
 */
struct wire_frame *wire_forge(struct wire *wire, enum side from, uint8_t flags, uint32_t seq,
    uint32_t ack);

#endif

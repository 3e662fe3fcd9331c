/*
 * Explicit congestion notification in an explanation: what a handshake agrees
 * on (RFC 3168 section 6.1.1, RFC 9768 section 3.1.2, table 2), what the last
 * ACK of the handshake says (RFC 9768 section 3.2.2.1, tables 3 and 4), and
 * what AE, CWR and ECE mean from then on.
 */
#include <stdio.h>

#include "tcp/explain_internal.h"

enum ecn_mode { ECN_UNKNOWN, ECN_NONE, ECN_CLASSIC, ECN_ACCURATE };

/* Codes of AE, CWR and ECE that have a meaning of their own. */
enum { CODE_NONE = 0, CODE_CLASSIC = 1, CODE_OFFER_CLASSIC = 3, CODE_RESERVED = 5, CODE_ALL = 7 };
enum {
	OFFERED_NOTHING = 1 << CODE_NONE, OFFERED_CLASSIC = 1 << CODE_OFFER_CLASSIC,
	/* a server takes reserved codes for the offer, too (section 3.1.3) */
	OFFERED_ACCURATE = 0xff & ~(OFFERED_NOTHING | OFFERED_CLASSIC)
};

/* What the IP header of the other end's handshake segment had been marked with, by code. */
static const char *const marks[] = {
	[2] = "Not-ECT", [3] = "ECT(1)", [4] = "ECT(0)", [6] = "CE", [CODE_ALL] = NULL
};

static const char *
bits(unsigned code, char out[4])
{
	snprintf(out, 4, "%u%u%u", code >> 2 & 1, code >> 1 & 1, code & 1);
	return out;
}

/* The answer to an offer; words_id 0 stands for no words. */
struct answer {
	enum ecn_mode mode;
	enum words_id words;
};

static const struct answer to_accurate[] = {
	[CODE_NONE]     = { ECN_NONE, WORDS_ECN_ACCURATE_REFUSED },
	[CODE_CLASSIC]  = { ECN_CLASSIC, WORDS_ECN_ACCURATE_CLASSIC },
	[2]             = { ECN_ACCURATE, WORDS_ECN_ACCURATE_AGREE },
	[3]             = { ECN_ACCURATE, WORDS_ECN_ACCURATE_AGREE },
	[4]             = { ECN_ACCURATE, WORDS_ECN_ACCURATE_AGREE },
	[CODE_RESERVED] = { ECN_ACCURATE, WORDS_ECN_ACCURATE_RESERVED },
	[6]             = { ECN_ACCURATE, WORDS_ECN_ACCURATE_AGREE },
	[CODE_ALL]      = { ECN_NONE, WORDS_ECN_REFLECTED }
};
/* Who offers the classic kind looks at ECE and CWR alone. */
static const struct answer to_classic[] = {
	{ ECN_NONE, WORDS_ECN_REFUSED },    { ECN_CLASSIC, WORDS_ECN_AGREE },
	{ ECN_NONE, WORDS_ECN_REFUSED },    { ECN_NONE, WORDS_ECN_REFLECTED },
	{ ECN_NONE, WORDS_ECN_REFUSED },    { ECN_CLASSIC, WORDS_ECN_AGREE },
	{ ECN_NONE, WORDS_ECN_REFUSED },    { ECN_NONE, WORDS_ECN_REFLECTED }
};
static const struct answer to_nothing = { ECN_NONE, WORDS_ECN_UNASKED };

static struct answer
answer_of(uint8_t offers, uint8_t code)
{
	if (offers & OFFERED_ACCURATE)
		return to_accurate[code];
	if (offers & OFFERED_CLASSIC)
		return to_classic[code];
	if (offers != 0)
		return to_nothing;
	/* The SYN wasn't captured: only an agreement tells what it had been. */
	if (code == CODE_CLASSIC || to_accurate[code].words == WORDS_ECN_ACCURATE_AGREE)
		return code == CODE_CLASSIC ? to_classic[code] : to_accurate[code];
	return (struct answer){ ECN_UNKNOWN, WORDS_IDS };
}

/* What the connection had agreed on before this frame. */
static enum ecn_mode
ecn_mode(const struct story *s)
{
	const struct story_end *opener = &s->end[s->opener], *peer = &s->end[side_other(s->opener)];

	if (!s->handshake || peer->syn_ack.count == 0)
		return ECN_UNKNOWN;
	return answer_of(opener->ecn_offers, peer->ecn_answer).mode;
}

static void
ecn_syn(const struct explain *e, uint8_t code)
{
	if (code == CODE_ALL)
		SAY(e->w, WORDS_ECN_ASK_ACCURATE);
	else if (code == CODE_OFFER_CLASSIC)
		SAY(e->w, WORDS_ECN_ASK);
	else if (code != CODE_NONE)
		SAY(e->w, WORDS_ECN_ASK_RESERVED);
	else if (e->own->ecn_offers & ~OFFERED_NOTHING)
		SAY(e->w, WORDS_ECN_ASK_NO_MORE);
}

static void
ecn_syn_ack(const struct explain *e, uint8_t code)
{
	struct answer a = answer_of(e->peer->ecn_offers, code);
	char text[4];

	if (a.words == WORDS_ECN_UNASKED && code == CODE_NONE)
		return;
	if (a.words != WORDS_IDS)
		SAY(e->w, a.words, TEXT(bits(code, text)),
		    TEXT(marks[code] != NULL ? marks[code] : ""));
}

/* A pure ACK of the SYN-ACK, also of one that came again. */
static bool
acks_syn_ack(const struct explain *e)
{
	return e->from == e->s->opener && e->f->length == 0 && !(e->f->flags & (TCP_FIN | TCP_RST))
	    && e->f->ack == e->peer->syn_ack.seq + 1
	    && (e->segment == NULL || e->segment->sack_count == 0)
	    && (e->own->proved_frame == 0 || frame_is_after(e->peer->syn_ack.last_frame, e->own->last_frame));
}

static void
ecn_count(const struct explain *e, uint8_t code)
{
	char text[4];

	if (e->f->flags & TCP_RST)
		return;
	if (!acks_syn_ack(e))
		SAY(e->w, WORDS_ACE_COUNT, TEXT(bits(code, text)));
	else if (code == CODE_NONE)
		SAY(e->w, WORDS_ACE_ZERO);
	else if (marks[code] != NULL)
		SAY(e->w, WORDS_ACE_HANDSHAKE, TEXT(bits(code, text)), TEXT(marks[code]));
	else
		SAY(e->w, WORDS_ACE_UNUSED, TEXT(bits(code, text)));
}

static void
ecn_signal(const struct explain *e, uint8_t code, enum ecn_mode mode)
{
	if (mode == ECN_NONE && code != CODE_NONE) {
		SAY(e->w, WORDS_ECN_STRAY);
		return;
	}
	if (e->f->flags & TCP_ECE)
		SAY(e->w, WORDS_ECN_ECHO);
	if (e->f->flags & TCP_CWR)
		SAY(e->w, WORDS_ECN_REDUCED);
}

void
explain_ecn(const struct explain *e)
{
	enum ecn_mode mode = ecn_mode(e->s);
	uint8_t code = story_ecn_code(e->f);

	if (e->f->flags & TCP_SYN)
		(e->f->flags & TCP_ACK ? ecn_syn_ack : ecn_syn)(e, code);
	else if (mode == ECN_ACCURATE || (mode == ECN_UNKNOWN && e->f->flags & TCP_AE))
		ecn_count(e, code);
	else
		ecn_signal(e, code, mode);
}

/*
 * The sentences themselves, one row each: X(identifier, "template").  Plain
 * English, no control characters; {1} to {8} are values.  This file is what a
 * translator needs.
 */
#ifndef TCPLADDER_TCP_WORDS_LIST_H
#define TCPLADDER_TCP_WORDS_LIST_H

#define WORDS_LIST(X) \
	/* single words */ \
	X(WORDS_THE_CLIENT, "the client") \
	X(WORDS_THE_SERVER, "the server") \
	X(WORDS_ONE_BYTE, "1 byte") \
	X(WORDS_MANY_BYTES, "bytes") \
	X(WORDS_NOT_SCALED, "(unscaled)") \
	X(WORDS_ONCE, "once") \
	X(WORDS_TWICE, "twice") \
	X(WORDS_MANY_TIMES, "times") \
	/* verdicts: over many connections */ \
	X(WORDS_FLOOD_UNANSWERED, \
	    "One of {1} handshakes with port {2} there that began within {3} and were never " \
	    "answered: a SYN flood, or the endpoint is down for all (first: frame {4}).") \
	X(WORDS_FLOOD_ANSWERED, \
	    "One of {1} handshakes with port {2} there that began within {3}, were answered, " \
	    "and were never completed: a SYN flood (first: frame {4}).") \
	/* verdicts: known from the kernel alone */ \
	X(WORDS_EXISTED, \
	    "It was there before the capture began: this host's kernel has it, and not a segment of it " \
	    "has been captured yet.") \
	/* verdicts: memory was short */ \
	X(WORDS_GIVEN_UP, \
	    "Its first {1} frames ({2} to {3}) were given up for lack of memory; what is said of it " \
	    "still counts them.") \
	X(WORDS_GIVEN_UP_ONE, \
	    "Its first frame ({2}) was given up for lack of memory; what is said of it still " \
	    "counts it.") \
	/* verdicts: closed */ \
	X(WORDS_CLOSED_FOUR, \
	    "Closed normally with four segments: FIN by {1} (frame {2}), its ACK (frame " \
	    "{3}), FIN by {4} (frame {5}), its ACK (frame {6}).") \
	X(WORDS_CLOSED_FOUR_OPEN, \
	    "Closed normally: FIN by {1} (frame {2}), its ACK (frame {3}), FIN by {4} " \
	    "(frame {5}); the ACK of that one wasn't captured.") \
	X(WORDS_CLOSED_FOUR_RESET, \
	    "Closed: FIN by {1} (frame {2}), its ACK (frame {3}), FIN by {4} (frame {5}), " \
	    "answered by a reset (frame {6}) instead of an ACK: {1} didn't keep the " \
	    "connection any more.") \
	X(WORDS_CLOSED_THREE, \
	    "Closed normally with three segments: FIN by {1} (frame {2}), FIN and ACK in " \
	    "one by {3} (frame {4}), ACK (frame {5}).") \
	X(WORDS_CLOSED_THREE_OPEN, \
	    "Closed normally: FIN by {1} (frame {2}), FIN and ACK in one by {3} (frame " \
	    "{4}); the last ACK wasn't captured.") \
	X(WORDS_CLOSED_THREE_RESET, \
	    "Closed: FIN by {1} (frame {2}), FIN and ACK in one by {3} (frame {4}), answered by a " \
	    "reset (frame {5}) instead of an ACK.") \
	X(WORDS_CLOSED_TOGETHER, \
	    "Closed by both ends at the same time: their FINs crossed on the way (frames " \
	    "{1} and {2}).") \
	X(WORDS_RESET_AFTER_CLOSE, "A reset by {1} followed (frame {2}).") \
	X(WORDS_LIFE_RTT, "It lived {1} and carried {2} up and {3} down; the handshake took {4}.") \
	X(WORDS_LIFE, "It lived {1} and carried {2} up and {3} down.") \
	X(WORDS_LIFE_TIMELESS, "It carried {2} up and {3} down.") \
	X(WORDS_LIFE_EMPTY, "It lived {1} and carried no data.") \
	X(WORDS_LIFE_SEEN, "It was seen for {1}: {2} up and {3} down.") \
	X(WORDS_LIFE_SEEN_EMPTY, "It was seen for {1}, without data.") \
	/* verdicts: half-closed */ \
	X(WORDS_HALF_ACKED, \
	    "Half-closed: {1} sent its FIN in frame {2}, acknowledged in frame {3}.") \
	X(WORDS_HALF, \
	    "Half-closed: {1} sent its FIN in frame {2}, not acknowledged in this capture.") \
	X(WORDS_HALF_ONE_SIDED, \
	    "{1} sent its FIN in frame {2}; whether {3} closed too can't be told.") \
	X(WORDS_HALF_WAITS, "{1} hasn't closed for {2}.") \
	X(WORDS_HALF_END, "The capture ends before {1} closes.") \
	X(WORDS_HALF_WHY, \
	    "It is in CLOSE-WAIT: its application hasn't called close() yet, because it " \
	    "still has something to send, is busy, or leaks sockets.") \
	X(WORDS_HALF_DATA, "{1} still sends: {2} since then, a half-close that is used.") \
	X(WORDS_FIN_AGAIN, \
	    "The FIN was sent {1} over {2} ({3}) without an answer: the path or the peer is" \
	    " gone, or a firewall dropped its state.") \
	/* verdicts: never opened */ \
	X(WORDS_REFUSED, \
	    "Refused: {1}'s SYN (frame {2}) was answered by a reset (frame {3}) after {4}.") \
	X(WORDS_REFUSED_AGAIN, \
	    "Refused: {1}'s SYN, sent {5} from frame {2} on, was answered by a reset (frame" \
	    " {3}, {4} after the first).") \
	X(WORDS_REFUSED_EACH, \
	    "Refused: {1} sent its SYN {5} from frame {2} on, and each was answered by a " \
	    "reset (the first in frame {3} after {4}).") \
	X(WORDS_REFUSED_WHY, \
	    "Nothing listens on port {1} there, or a firewall rejects it with a reset.") \
	X(WORDS_REFUSED_ANSWERED, \
	    "A SYN-ACK came as well (frame {1}), when {2}'s attempt was over: most likely something on " \
	    "the way sent the reset in {3}'s name.") \
	X(WORDS_NO_ANSWER, \
	    "No answer: SYN sent {1} over {2} ({3}), nothing came back (frames {4} to {5}).") \
	X(WORDS_NO_ANSWER_ONCE, \
	    "No answer: one SYN (frame {1}), nothing came back in the {2} until the capture" \
	    " ended.") \
	X(WORDS_NO_ANSWER_LAST, "No answer captured: the capture ends with the SYN (frame {1}).") \
	X(WORDS_NO_ANSWER_BUT, \
	    "No answer to the SYN (frame {1}, sent {2}): what {3} sent (last in frame {4}) " \
	    "doesn't answer it, more likely an older connection of these ports.") \
	X(WORDS_ANSWERED_BY_OLD, \
	    "The SYN (frame {1}, sent {2}) was answered only by an ACK of connection {3} (frame {4}), which " \
	    "{5} still keeps: it doesn't take the SYN for a new one before somebody ends that (challenge " \
	    "ACK, RFC 5961).") \
	X(WORDS_ANSWERED_BY_TIME_WAIT, \
	    "The SYN (frame {1}, sent {2}) was answered only by an ACK of connection {3} (frame {4}), which " \
	    "{5} keeps in TIME-WAIT: there a SYN begins a new one only if its number or its timestamp is " \
	    "above the old ones (RFC 9293 §3.10.7.4, RFC 6191).") \
	X(WORDS_NO_ANSWER_WHY, "Filtered, host down, or the listener's SYN backlog is full.") \
	X(WORDS_NO_ANSWER_EARLY, "That is too short a time to tell why.") \
	X(WORDS_ICMP_HINT, "Frame {1} is an ICMP error about it: {2}.") \
	X(WORDS_ICMP_REJECTED, \
	    "Rejected: {1}'s SYN (frame {2}) was answered by ICMP {3} (frame {4}).") \
	X(WORDS_ICMP_REJECTED_WHY, \
	    "A firewall or a router on the way, or the host itself, turns it away.") \
	X(WORDS_SCAN, \
	    "Scan: the SYN (frame {1}) was answered (frame {2}), then {3} dropped it with a" \
	    " reset (frame {4}) instead of completing the handshake.") \
	X(WORDS_SCAN_WHY, \
	    "Port {1} is open; a half-open scan or a health check does this, or the socket " \
	    "that asked was gone.") \
	X(WORDS_SCAN_LATE, \
	    "Port {1} is open; but the answer took {2}, so the socket that asked may have " \
	    "given up by then.") \
	X(WORDS_SYN_ACK_UNANSWERED, \
	    "The handshake stopped half-way: SYN-ACK sent {2} from frame {1} on ({3}), {4} " \
	    "never completed it.") \
	X(WORDS_SYN_ACK_ALONE, \
	    "The handshake stopped half-way: the SYN-ACK (frame {1}) was never acknowledged" \
	    " in {5}.") \
	X(WORDS_SYN_ACK_UNANSWERED_WHY, \
	    "The way back is broken or filtered, {1} is gone, or the SYN's source address " \
	    "was forged (a SYN flood).") \
	X(WORDS_SYN_ACK_WRONG, \
	    "The SYN-ACK (frame {1}) acknowledges something else than the SYN, so {2} reset" \
	    " it (frame {3}): a left-over of an older connection, or a middlebox.") \
	X(WORDS_ABORTED_BY_OPENER, \
	    "{1} sent a SYN (frame {2}) and took it back with a reset (frame {3}) {4} " \
	    "later, before any answer.") \
	X(WORDS_ABORTED_AFTER_ANSWER, \
	    "The handshake was not completed: {1} sent a reset (frame {3}) in answer to the" \
	    " SYN-ACK in frame {5}, and no SYN of it was captured.") \
	X(WORDS_ABORTED_BY_PEER, \
	    "{1} answered the SYN (frame {2}), then reset the connection (frame {3}) before" \
	    " {4} had completed the handshake.") \
	X(WORDS_ABORTED_TOGETHER, \
	    "Both ends asked at the same time (frames {1} and {2}), then {3} reset the connection (frame " \
	    "{4}) before the handshake was complete.") \
	/* verdicts: reset */ \
	X(WORDS_RESET_ORPHAN, \
	    "Reset by {1}: it had closed (FIN in frame {2}), {3} still sent (frame {4}), " \
	    "and no application was there to read it (reset in frame {5}).") \
	X(WORDS_RESET_ORPHAN_LATE, \
	    "Reset by {1} (frame {5}): it had closed (FIN in frame {2}) and kept nothing of the " \
	    "connection any more when {3} sent frame {4}.") \
	X(WORDS_RESET_AFTER_FIN, \
	    "Reset by {1} (frame {5}) after its own FIN (frame {2}), without waiting for " \
	    "{3} to close.") \
	X(WORDS_RESET_EARLY, \
	    "Reset by {1} right after the handshake (frame {2}, {3} after frame {4}), " \
	    "before any data.") \
	X(WORDS_RESET_EARLY_LISTENER, \
	    "The accept queue overflowed with tcp_abort_on_overflow set, a proxy found no " \
	    "backend, or {1} lets only some addresses in.") \
	X(WORDS_RESET_EARLY_OPENER, \
	    "A port check or health check that closes with a reset does this, or {1} " \
	    "changed its mind.") \
	X(WORDS_RESET_BEFORE_DATA, \
	    "Reset by {1} in frame {2}, {3} after the handshake (frame {4}); no data had " \
	    "passed.") \
	X(WORDS_RESET_UNREAD, \
	    "Reset by {1} (frame {2}), {3} after {5}'s data in frame {4}, to which it had " \
	    "sent no reply.") \
	X(WORDS_RESET_UNREAD_WHY, \
	    "Most likely its application closed without having read all of it; SO_LINGER " \
	    "with time 0 looks the same.") \
	X(WORDS_RESET_HALF_OPEN, \
	    "Half-open: {1} had lost the connection without {2} knowing, and answered {2}'s" \
	    " challenge ACK (frame {3}) with a reset (frame {4}). {1} was restarted, or a " \
	    "forged or newer SYN met an old connection.") \
	X(WORDS_RESET_FORGOTTEN, \
	    "After {1} of silence {2} sent again (frame {3}), and {4} answered with a reset" \
	    " (frame {5}).") \
	X(WORDS_RESET_FORGOTTEN_WHY, \
	    "The connection had been forgotten: a NAT or firewall on the way lost its idle " \
	    "state, or {1} was restarted or had given up.") \
	X(WORDS_RESET_IDLE, \
	    "Reset by {1} in frame {2}, after {3} in which nothing was sent (since frame " \
	    "{4}): an idle time-out there or on the way.") \
	X(WORDS_RESET_ANSWER, \
	    "Reset by {1}: frame {2} was answered by a reset (frame {3}) {4} later; it had " \
	    "no such connection any more, or something on the way cut it.") \
	X(WORDS_RESET_NO_FIN, \
	    "{1} answered {2}'s FIN (frame {3}) with a reset (frame {4}, {5} later) instead" \
	    " of a FIN of its own.") \
	X(WORDS_RESET_PLAIN, "Reset by {1} in mid-stream (frame {2}), {3} after frame {4}.") \
	X(WORDS_RESET_PLAIN_WHY, \
	    "The application at {1} aborted it (SO_LINGER with time 0, unread data, a " \
	    "killed process), or something on the way did.") \
	X(WORDS_RESET_UNACCEPTED, \
	    "Reset by {1} in frame {2}, {3} after the handshake (frame {4}); it never " \
	    "showed that it had accepted the connection.") \
	X(WORDS_RESET_KEEP_ALIVES, \
	    "{1} gave up with a reset (frame {2}): {6} had answered none of its {3} " \
	    "keep-alives (frames {4} to {5}). It is gone, or a NAT or firewall on the way " \
	    "forgot the connection.") \
	X(WORDS_RESET_UNANSWERED, \
	    "{1} gave up with a reset (frame {2}): it had sent its data (frame {3}) again " \
	    "{4} over {5} without an answer of {6}. The path is broken, or the peer is " \
	    "down.") \
	X(WORDS_RESET_PROBES, \
	    "{1} gave up with a reset (frame {2}): {6}, whose window was closed, had answered none of " \
	    "its last {3} probes (frames {4} to {5}). It is gone, or the path is broken.") \
	X(WORDS_RESET_FIN_UNANSWERED, \
	    "{1} gave up with a reset (frame {2}): its FIN (frame {3}), sent {4} over {5}, had no " \
	    "answer of {6}. The path is broken, or the peer is down.") \
	X(WORDS_TIMED_OUT, \
	    "The application at {1} gets \"timed out\" (ETIMEDOUT); {2} may never see the reset.") \
	X(WORDS_RESET_BOTH, \
	    "{1} was reset, too, {2} later (frame {3}): no TCP answers a reset with one, so something " \
	    "on the way (a firewall, an intrusion prevention system) may have reset both.") \
	X(WORDS_RESET_LONE, \
	    "A lone reset by {1} (frame {2}); the connection that it belongs to wasn't " \
	    "captured.") \
	X(WORDS_RESET_LOST, "{2} of {1}'s data (last in frame {3}) had not been acknowledged.") \
	X(WORDS_RESET_LOST_OWN, "{2} of its own data had not been acknowledged.") \
	X(WORDS_BROKEN_PIPE, \
	    "The application at {1} gets \"broken pipe\" (EPIPE) when it writes.") \
	X(WORDS_CONNECTION_RESET, \
	    "The application at {1} gets \"connection reset\" (ECONNRESET).") \
	/* verdicts: open */ \
	X(WORDS_WAITS_FOR_SYN_ACK, \
	    "Connecting: SYN (frame {1}, sent {2}) without an answer for {3}.") \
	X(WORDS_WAITS_FOR_SYN_ACK_NOW, "Connecting: SYN (frame {1}, sent {2}), no answer yet.") \
	X(WORDS_HANDSHAKE_CUT, \
	    "The capture ends in the handshake, after the SYN-ACK (frame {1}).") \
	X(WORDS_WAITS_FOR_ACK, "Connecting: the SYN-ACK (frame {1}) waits for {3}'s ACK for {2}.") \
	X(WORDS_WAITS_FOR_ACK_NOW, "Connecting: the SYN-ACK (frame {1}) waits for {3}'s ACK.") \
	X(WORDS_OPEN, "Open.") \
	X(WORDS_OPEN_RTT, "Open: the handshake took {1} (frames {2} to {3}).") \
	X(WORDS_OPEN_EMPTY, "No data yet; the last segment was frame {2}, {1} ago.") \
	X(WORDS_OPEN_EMPTY_NOW, "No data yet; the last segment was frame {2}.") \
	X(WORDS_OPEN_DATA_END, \
	    "{1} up and {2} down in {3} until the capture ends with frame {4}.") \
	X(WORDS_OPEN_EMPTY_END, "No data yet when the capture ends.") \
	X(WORDS_OPEN_DATA, "{1} up and {2} down in {3}; the last segment was frame {4}, {5} ago.") \
	X(WORDS_OPEN_DATA_NOW, "{1} up and {2} down in {3}; the last segment was frame {4}.") \
	/* verdicts: midstream */ \
	X(WORDS_MIDSTREAM_PORT, \
	    "Picked up in midstream at frame {1}, no SYN captured; which end is the server " \
	    "is guessed from port {2} ({3}).") \
	X(WORDS_MIDSTREAM_FIRST, \
	    "Picked up in midstream at frame {1}, no SYN captured; the first sender is " \
	    "taken for the client.") \
	X(WORDS_MIDSTREAM_EXISTED, \
	    "It was there before the capture began, and was picked up in midstream at frame {1}; " \
	    "this host listens on port {2}.") \
	X(WORDS_MIDSTREAM_SINGLE, "This one segment is all that was captured.") \
	/* troubles */ \
	X(WORDS_BLACK_HOLE, \
	    "Looks like an MTU black hole: {1}'s segment of {2} (frame {3}) was sent {4} in" \
	    " vain, while segments up to {5} passed; something on the way drops larger ones" \
	    " without the ICMP error that would say so.") \
	X(WORDS_BLACK_HOLE_TOLD, \
	    "{1}'s segment of {2} (frame {3}) was sent {4} in vain, while segments up to {5} passed; an " \
	    "ICMP error (frame {6}) says that packets may have {7} at most, but either it didn't reach " \
	    "{1}, or it isn't heeded there.") \
	X(WORDS_BLACK_HOLE_PASSED, \
	    "Looks like an MTU black hole that was got over: {1}'s segment of {2} (frame {3}) was " \
	    "sent {4} in vain, then its beginning in {5} passed; something on the way drops larger " \
	    "ones without the ICMP error that would say so.") \
	X(WORDS_KEEP_ALIVES_UNANSWERED, \
	    "{1} keep-alives of {2} (frames {3} to {4}) weren't answered: {5} is gone, or a" \
	    " NAT or firewall on the way forgot the connection.") \
	X(WORDS_DATA_UNANSWERED, \
	    "{1}'s data (frame {2}) was sent again {3} over {4} and {5} is silent: the path" \
	    " is broken, or the peer is down.") \
	X(WORDS_FORGOTTEN, \
	    "After {6} of silence {1} sent data (frame {2}), again {3} over {4}, and {5} is" \
	    " silent: a NAT or firewall on the way most likely forgot the idle connection, " \
	    "or the peer is down.") \
	X(WORDS_WINDOW_CLOSED, \
	    "{1}'s receive window has been zero for {2} (last in frame {3}): its " \
	    "application doesn't read.") \
	X(WORDS_WINDOW_PROBED, \
	    "{1}'s receive window has been zero for {2} (last in frame {3}, probed {4}): " \
	    "its application doesn't read.") \
	X(WORDS_WINDOW_LEFT_CLOSED, \
	    "{1}'s receive window was zero at the end (from frame {3} on): its application " \
	    "didn't read.") \
	X(WORDS_WINDOW_WAS_CLOSED_ONCE, \
	    "{1}'s receive window was zero for {2} from frame {3} on: its application read " \
	    "too slowly.") \
	X(WORDS_WINDOW_WAS_CLOSED, \
	    "{1}'s receive window was zero for {2} at the longest ({4} in all, first in " \
	    "frame {3}): its application read too slowly.") \
	X(WORDS_ONE_SIDED, \
	    "Only {1}'s segments were captured: what {2} did is inferred from their " \
	    "acknowledgments, its state is assumed.") \
	X(WORDS_SYN_ACK_AGAIN, \
	    "{1} sent its SYN-ACK {2} (frames {3} to {4}), also after the ACK: its accept " \
	    "queue may be full, or the ACK was lost.") \
	X(WORDS_SYN_ACK_LATE, \
	    "{1} had to send its SYN-ACK {2} (frames {3} to {4}): it or its ACK was lost on" \
	    " the way.") \
	X(WORDS_HALF_OPEN, \
	    "The SYN was first answered by what {1} still had of an older connection, which" \
	    " {2} cleared with the reset in frame {3} (half-open connection, RFC 9293 " \
	    "§3.5.1).") \
	X(WORDS_OLD_ANSWERED_FIRST, \
	    "The SYN was first answered by an ACK of connection {1} (frame {2}), which {3} still kept.") \
	X(WORDS_STRANGE_CLEARED, \
	    "A SYN-ACK that acknowledged something else than the SYN came first (frame {1}); {2} answered " \
	    "it with a reset (frame {3}) and went on: an old duplicate, or forged.") \
	X(WORDS_OPENED_TOGETHER, \
	    "Both ends asked at the same time: their SYNs crossed (frames {1} and {2}).") \
	X(WORDS_FIN_RESENT, \
	    "{1} had to send its FIN {2} (frames {3} to {4}): it or its ACK was lost.") \
	X(WORDS_ODD, "Frame {1} has flags that no TCP sends: a scan or a broken packet.") \
	X(WORDS_SYN_AGAIN, \
	    "The SYN had to be sent {1} over {2} (frames {3} to {4}): lost on the way, or " \
	    "dropped by a full SYN backlog.") \
	X(WORDS_ICMP_TOO_BIG, \
	    "An ICMP error (frame {1}) told the sender to use smaller segments.") \
	X(WORDS_ICMP_TOO_BIG_MTU, \
	    "An ICMP error (frame {1}) told {2} that its packets may have {3} at most on their way.") \
	X(WORDS_ICMP_SEEN, "An ICMP error was seen: {1} (frame {2}).") \
	X(WORDS_RESENT_SPURIOUS, \
	    "Retransmissions: {1} of {2} segments ({3} by the client, {4} by the server), " \
	    "{5} of them needless.") \
	X(WORDS_RESENT_BY_ONE, "Retransmissions: {1} of {2} segments, all by {3}.") \
	X(WORDS_RESENT, \
	    "Retransmissions: {1} of {2} segments ({3} by the client, {4} by the server).") \
	X(WORDS_HOLES, \
	    "The capture has holes: segments were acknowledged that aren't in it ({1}).") \
	X(WORDS_CHALLENGES, \
	    "A SYN or reset that didn't fit was answered by a challenge ACK ({1}, last in " \
	    "frame {2}).") \
	X(WORDS_RESET_IGNORED, \
	    "The reset in frame {1} doesn't fit the connection and changed nothing.") \
	X(WORDS_RESET_SKIPS, \
	    "The reset in frame {1} lies beyond what was captured of its sender: if segments before it " \
	    "were missed it ended the connection, else it changed nothing.") \
	X(WORDS_IDLE, "It was idle for {1} between frames {2} and {3}.") \
	X(WORDS_IDLE_UNCERTAIN, \
	    "Nothing of it was captured for {1} between frames {2} and {3}; segments are missing there, so " \
	    "whether it was idle can't be told.") \
	X(WORDS_REUSED, "It uses the same addresses and ports as connection {1}.") \
	/* timing */ \
	X(WORDS_TRIPS, "Round trips from the capture to {1}: {2} ({3} by ACKs).") \
	X(WORDS_TRIPS_NONE, "No round trip from the capture to {1} can be measured by ACKs.") \
	X(WORDS_STAMP_TRIPS, "By the timestamps that it echoed: {1} ({2}).") \
	X(WORDS_RANGE, "{1} to {2}, smoothed {3}") \
	X(WORDS_STAMPS_CUT, \
	    "Only the timestamps of the connection's first {1} segments were looked at.") \
	X(WORDS_FLIGHT_FULL, \
	    "{1}'s first flight, before an ACK of it could come back: {2} in {3} segments, an " \
	    "initial window of {4} full segments ({5} each) or more.") \
	X(WORDS_FLIGHT, \
	    "{1}'s first flight, before an ACK of it could come back: {2} in {3} segments.") \
	X(WORDS_FLIGHT_ONE, "{1}'s first flight: {2} in one segment.") \
	X(WORDS_ANSWERS, \
	    "The server began to answer {1} requests after {2} on average, {3} to {4} (longest: " \
	    "frame {5}); its round trip from the capture is part of it.") \
	X(WORDS_ANSWER, \
	    "The server began to answer the request after {1} (frame {2}); its round trip from " \
	    "the capture is part of it.") \
	X(WORDS_ANSWER_FIRST, "The first request was answered after {1}.") \
	X(WORDS_LONGEST_SILENCE, \
	    "The longest silence: {1}, between frames {2} and {3}.") \
	X(WORDS_TIME_IN_STATES, "{1} was in these states: {2}.") \
	X(WORDS_SAMPLE, \
	    "It measures a round trip of {1} from the capture to {2}, since frame {3}.") \
	X(WORDS_SAMPLE_TWICE, \
	    "It measures no round trip: what it acknowledges was sent twice (Karn's rule, RFC " \
	    "6298).") \
	X(WORDS_SAMPLE_STAMP, \
	    "By the timestamp that it echoes, it answers frame {1}: a round trip of {2} from the " \
	    "capture to {3} (RFC 7323).") \
	/* explanations: opening */ \
	X(WORDS_SYN, "{1} asks for a connection: the first step of the handshake.") \
	X(WORDS_SYN_AGAIN_FRAME, \
	    "{1} sends its SYN again (try {2}), {3} after the one in frame {4}: no answer " \
	    "has reached it.") \
	X(WORDS_SYN_BACK_OFF, \
	    "{1} sends its SYN again (try {2}), {3} after the one in frame {4}, twice the " \
	    "wait before: exponential back-off (RFC 6298).") \
	X(WORDS_SYN_COPY, \
	    "An old copy of {1}'s SYN (frame {2}), late or doubled on the way: it has gone on since, " \
	    "so this changes nothing.") \
	X(WORDS_SYN_ACK_COPY, \
	    "An old copy of {1}'s SYN-ACK (frame {2}), late or doubled on the way: it has gone on " \
	    "since, so this changes nothing.") \
	X(WORDS_SYN_CROSSED, \
	    "{1} sends a SYN of its own although it was sent one (frame {2}): a " \
	    "simultaneous open.") \
	X(WORDS_SYN_LATE, \
	    "{1} asks for a connection: the first step of the handshake, captured after its " \
	    "answer (frame {2}).") \
	X(WORDS_SYN_REUSED, \
	    "{1} asks for a new connection with the addresses and ports of an older one " \
	    "(connection {2}).") \
	X(WORDS_SYN_DATA, "It carries {1} already (TCP Fast Open).") \
	X(WORDS_SYN_DATA_BARE, \
	    "It carries {1} already, without a Fast Open option: a listener may keep it until the handshake " \
	    "is complete (RFC 9293 §3.10.7.2).") \
	X(WORDS_SYN_FAST_OPEN, "It carries a Fast Open option.") \
	X(WORDS_SYN_ODD, \
	    "SYN together with {1}: no TCP sends this; a scan or a broken packet, of which " \
	    "nothing can be inferred.") \
	X(WORDS_SYN_ACK, \
	    "{1} agrees and sends a SYN of its own: the second step, {2} after the SYN in " \
	    "frame {3}.") \
	X(WORDS_SYN_ACK_FIRST, \
	    "{1} accepts a connection whose SYN wasn't captured: the second step of the " \
	    "handshake.") \
	X(WORDS_SYN_ACK_AGAIN_FRAME, \
	    "{1} sends its SYN-ACK again (try {2}), {3} after the last: the ACK hasn't " \
	    "reached it, or its accept queue is full.") \
	X(WORDS_SYN_ACK_AGAIN_ANSWER, \
	    "{1} sends its SYN-ACK again (try {2}), as the SYN has come again (frame {3}): the one " \
	    "before was lost or late.") \
	X(WORDS_SYN_ACK_BOTH, "{1} acknowledges the SYN that crossed its own: simultaneous open.") \
	X(WORDS_SYN_ACK_STRANGE, \
	    "{1}'s SYN-ACK acknowledges {2}, which isn't the SYN's number plus one: an old " \
	    "duplicate or a middlebox; it will be answered by a reset.") \
	X(WORDS_HANDSHAKE_DONE, \
	    "{1} acknowledges {2}'s SYN: the third and last step of the handshake, which " \
	    "took {3}.") \
	X(WORDS_HANDSHAKE_DONE_UNTIMED, \
	    "{1} acknowledges {2}'s SYN: the last step of the handshake.") \
	X(WORDS_HANDSHAKE_DATA, "It carries the first {1} already.") \
	X(WORDS_HANDSHAKE_DATA_AGAIN, \
	    "It carries {1}, again from the first: what its SYN had carried wasn't accepted (Fast " \
	    "Open).") \
	X(WORDS_HANDSHAKE_BOTH, "Both ends may send data from here.") \
	/* explanations: closing */ \
	X(WORDS_FIN, "{1} has nothing more to send and closes its side (FIN).") \
	X(WORDS_FIN_DATA, "{1} sends its last {2} and closes its side (FIN).") \
	X(WORDS_FIN_MAY_SEND, "{1} may still send.") \
	X(WORDS_FIN_SECOND, \
	    "{1} closes too; with the ACK of {2}'s FIN in the same segment this makes three" \
	    " segments of four.") \
	X(WORDS_FIN_SECOND_LATER, "{1} closes too, {3} after {2}'s FIN in frame {4}.") \
	X(WORDS_FIN_CROSSED, \
	    "{1} closes without having seen {2}'s FIN (frame {3}): the two crossed on the " \
	    "way, a simultaneous close.") \
	X(WORDS_FIN_AGAIN_FRAME, \
	    "{1} sends its FIN again (try {2}), {3} after the last: no ACK of it has " \
	    "reached it.") \
	X(WORDS_FIN_AGAIN_DATA, "The last {1} come again with it.") \
	X(WORDS_FIN_ACK, "{1} acknowledges {2}'s FIN (frame {3}); its own side stays open.") \
	X(WORDS_FIN_ACK_LAST, \
	    "{1} acknowledges {2}'s FIN (frame {3}), the last segment of a normal close; it" \
	    " keeps the ports in TIME-WAIT for a while.") \
	X(WORDS_FIN_ACK_CLOSING, \
	    "{1} acknowledges {2}'s FIN (frame {3}), which had crossed its own.") \
	X(WORDS_FIN_ODD, "FIN together with {1}: no TCP sends this.") \
	/* explanations: resets */ \
	X(WORDS_RST_REFUSE, \
	    "{1} refuses the connection: nothing listens there, or a firewall answers for " \
	    "it.") \
	X(WORDS_RST_SCAN, \
	    "{1} drops the connection that it had asked for, instead of completing the " \
	    "handshake: a half-open scan, or nobody waits for it any more.") \
	X(WORDS_RST_GIVE_UP, "{1} gives the handshake up.") \
	X(WORDS_RST_NO_CONNECTION, \
	    "{1} answers frame {2} with a reset: it has no such connection.") \
	X(WORDS_RST_AFTER_FIN, \
	    "{1} resets after its own FIN (frame {2}): nobody is there to read what {3} " \
	    "still sends.") \
	X(WORDS_RST_AFTER_FIN_ONLY, \
	    "{1} resets after its own FIN (frame {2}), without waiting for {3} to close.") \
	X(WORDS_RST_AFTER_CLOSE, \
	    "{1} resets what both ends had closed already: it keeps nothing of the connection any " \
	    "more.") \
	X(WORDS_RST_UNREAD, \
	    "{1} resets the connection {2} after {3}'s data in frame {4}: most likely its " \
	    "application closed without reading it.") \
	X(WORDS_RST_GIVES_UP, "{1} gives up: {2} has answered nothing since frame {3}.") \
	X(WORDS_RST_ABORT, "{1} aborts the connection, {2} after frame {3}.") \
	X(WORDS_RST_FIRST, "{1} resets a connection of which nothing was captured before.") \
	X(WORDS_RST_IGNORED, "A reset of {1} that doesn't fit: nothing changes.") \
	X(WORDS_RST_SKIPS, \
	    "A reset of {1} whose number lies {2} beyond what was captured: if segments before it were " \
	    "missed it ends the connection, else {3} only answers with a challenge ACK (RFC 5961).") \
	X(WORDS_RST_AGAIN, "{1} sends a reset for a connection that is over.") \
	X(WORDS_RST_CLEARS, \
	    "{1} has no such connection and clears what {2} still has of an older one " \
	    "(frame {3}); its own attempt goes on.") \
	X(WORDS_RST_LOSES, "{1} on their way are lost.") \
	/* explanations: data and acknowledgments */ \
	X(WORDS_DATA, "{1} sends {2}.") \
	X(WORDS_DATA_ACK, "{1} sends {2} and acknowledges {3}'s data up to frame {4}.") \
	X(WORDS_DATA_REPLY, "{1} sends {2}, {3} after {4}'s last data (frame {5}).") \
	X(WORDS_DATA_AFTER_FIN, \
	    "{1} sends {2} although its FIN (frame {3}) had said that nothing more would come: no TCP " \
	    "does that; forged, or of another connection.") \
	X(WORDS_SILENCE, "Nothing had been sent for {1} before.") \
	X(WORDS_DATA_FIRST, "{1} sends the first {2}.") \
	X(WORDS_ACK, "{1} acknowledges {2}'s {3} up to frame {4}, {5} after it.") \
	X(WORDS_ACK_MORE, "{1} acknowledges {3} more of {2}'s data.") \
	X(WORDS_ACK_BARE, "{1} acknowledges {2}'s data.") \
	X(WORDS_ACK_OLD, \
	    "{1} answers the SYN with an ACK of something else: it still has an older " \
	    "connection of these ports.") \
	X(WORDS_ACK_BEYOND_FIN, \
	    "{1} acknowledges more than {2}'s FIN (frame {3}), which can't be: nothing comes after a FIN. " \
	    "Forged, or of another connection; {2} drops it (RFC 9293 §3.10.7.4).") \
	X(WORDS_HANDSHAKE_UNSEEN, \
	    "{1} acknowledges a SYN-ACK that wasn't captured: the last step of the " \
	    "handshake.") \
	X(WORDS_ACK_UNSEEN, "{1} acknowledges what {2} sent, which wasn't captured.") \
	X(WORDS_ACK_REPEATED, \
	    "{1} answers frame {2} with the acknowledgment that it had sent before.") \
	X(WORDS_ACK_NOTHING, "{1} sends an ACK that acknowledges nothing new.") \
	X(WORDS_RETRANSMISSION, \
	    "{1} sends {2} again that frame {3} had carried {4} before: no ACK had come in " \
	    "time.") \
	X(WORDS_RETRANSMISSION_SMALLER, \
	    "{1} sends {2} again, in a smaller segment than frame {3} was, as the ICMP error in frame " \
	    "{4} had asked.") \
	X(WORDS_RETRANSMISSION_FROM, \
	    "{1} sends {2}, beginning again with what frame {3} had carried {4} before: no ACK had " \
	    "come in time.") \
	X(WORDS_RETRANSMISSION_LOST, "{1} sends {2} again: no ACK had come in time.") \
	X(WORDS_BACK_OFF, "That is twice the wait before: its timer backs off (RFC 6298 §5.5).") \
	X(WORDS_FAST_RETRANSMISSION, \
	    "{1} sends {2} again that frame {3} had carried {4} before, without waiting for" \
	    " its timer: duplicate ACKs told that it is missing.") \
	X(WORDS_FAST_RETRANSMISSION_LOST, \
	    "{1} sends {2} again without waiting for its timer: duplicate ACKs told that it" \
	    " is missing.") \
	X(WORDS_SPURIOUS_RETRANSMISSION, \
	    "{1} sends {2} again that {3} had acknowledged already: the ACK was lost or " \
	    "late, so this was needless.") \
	X(WORDS_OUT_OF_ORDER, \
	    "{1} sends {2}, out of order: what comes after it had been seen before.") \
	X(WORDS_GAP, "Segments before this one are missing: lost on the way, or not captured.") \
	X(WORDS_UNSEEN, \
	    "It acknowledges segments that aren't in the capture, so the capture missed " \
	    "them.") \
	X(WORDS_DUPLICATE_ACK, \
	    "{1} repeats its ACK (duplicate {2}): a segment has arrived that doesn't follow" \
	    " what it has, something before it is missing.") \
	X(WORDS_KEEP_ALIVE, \
	    "{1} asks whether {2} is still there, after {3} of silence (keep-alive).") \
	X(WORDS_KEEP_ALIVE_BARE, "{1} asks whether {2} is still there (keep-alive).") \
	X(WORDS_KEEP_ALIVE_ACK, "{1} answers the keep-alive: it is still there.") \
	X(WORDS_ZERO_WINDOW, \
	    "{1}'s receive buffer is full (window 0): {2} must stop sending until it opens " \
	    "again.") \
	X(WORDS_ZERO_WINDOW_PROBE, "{1} probes {2}'s closed window: has it opened?") \
	X(WORDS_ZERO_WINDOW_PROBE_ACK, "{1} answers the probe: its window is still closed.") \
	X(WORDS_WINDOW_UPDATE, "{1} has room for more: it raises its window to {2}.") \
	X(WORDS_WINDOW_LOWERED, "{1} has less room: it lowers its window to {2}.") \
	X(WORDS_WINDOW_OPENED, "{1} has room again: its window opens to {2} after {3}.") \
	X(WORDS_WINDOW_FULL, "It fills {1}'s window: {2} must wait for an ACK.") \
	X(WORDS_CHALLENGE_ACK, \
	    "{1} answers a segment that didn't fit with a challenge ACK: a real peer would " \
	    "answer with a reset, a forger can't.") \
	X(WORDS_FLAGS_ODD, "Flags that no TCP sends together: a scan or a broken packet.") \
	X(WORDS_FLAGS_NONE, "No flag is set, not even ACK: a scan or a broken packet.") \
	X(WORDS_DUPLICATE_CAPTURE, \
	    "The same packet as frame {1}, seen at another point of the network: one " \
	    "segment, not a retransmission.") \
	X(WORDS_DUPLICATE_CAPTURE_LOST, \
	    "The same packet seen again at another point of the network: one segment, not a" \
	    " retransmission.") \
	X(WORDS_ICMP_HARD, \
	    "Somebody on the way answers {1}'s segment with ICMP {2}: on most systems the attempt to " \
	    "connect ends.") \
	X(WORDS_ICMP_SOFT, \
	    "Somebody on the way answers {1}'s segment with ICMP {2}: only a hint, TCP goes" \
	    " on trying (RFC 5927).") \
	X(WORDS_ICMP_MTU, \
	    "Somebody on the way answers {1}'s segment with ICMP {2}: it must send smaller " \
	    "ones (path MTU discovery).") \
	X(WORDS_ICMP_MTU_TOLD, \
	    "Somebody on the way answers {1}'s segment with ICMP {2}: packets to {3} may have {4} at " \
	    "most there (path MTU discovery).") \
	X(WORDS_ICMP_MTU_SIZE, \
	    "Somebody on the way answers {1}'s segment with ICMP {2}: packets to {3} may have {4} at " \
	    "most there, this one had {5} (path MTU discovery).") \
	X(WORDS_REFUTES, "So frame {1} had not arrived.") \
	X(WORDS_REFUTES_RESET, \
	    "So the reset in frame {1} was forged, or sent after this and captured before it.") \
	X(WORDS_REFUTES_SOME, "So what had been assumed of {1} wasn't so.") \
	X(WORDS_FRAGMENT, "It came in IP fragments.") \
	/* explanations: the long form */ \
	X(WORDS_STATE, "{1}: {2} → {3}{4}{6} ({5}).") \
	X(WORDS_STATE_BARE, "{1}: {2} → {3}{4}{6}.") \
	X(WORDS_STATE_NEVER, "{1}: {2}, and never was in {3} (RFC 9293 §3.10.7.1).") \
	X(WORDS_STATE_AFTER, ", after {1}") \
	X(WORDS_STATE_IF, " if this arrives") \
	X(WORDS_RULE, "Rule: RFC 9293 §{1}.") \
	X(WORDS_RTT_SIDES, \
	    "Of the handshake's time {1} lie between the capture and {2}, {3} between the " \
	    "capture and {4}.") \
	X(WORDS_RULE_RFC, "RFC 9293 §{1}") \
	X(WORDS_CONFIRMS, "It proves that frame {1} had arrived.") \
	X(WORDS_SEQ_SYN, "seq 0 is its initial sequence number {1}.") \
	X(WORDS_SEQ_NEXT, "seq {1} goes on where frame {2} ended.") \
	X(WORDS_SEQ_AFTER_SYN, "seq {1} = its initial sequence number {2} + 1.") \
	X(WORDS_SEQ_GUESS, \
	    "seq {1}: counted from the first number seen, since no SYN of this end was " \
	    "captured.") \
	X(WORDS_SEQ_KEEP_ALIVE, \
	    "seq {1} is one below what it would send next, so that the peer must answer.") \
	X(WORDS_SEQ_REPEATS, "seq {1} repeats frame {2}.") \
	X(WORDS_ACK_SYN, \
	    "ack {1} = {2}'s initial sequence number {3} + 1 (a SYN takes one number).") \
	X(WORDS_ACK_FIN, "ack {1}: all of {2}'s {3} and its FIN, which takes one number too.") \
	X(WORDS_ACK_FIN_BARE, \
	    "ack {1}: all of {2}'s data and its FIN, which takes one number too.") \
	X(WORDS_ACK_UPTO, \
	    "ack {1}: all up to the end of frame {2} has arrived, the next byte expected is" \
	    " number {1}.") \
	X(WORDS_ACK_AGAIN, "ack {1}: still waiting for that number.") \
	X(WORDS_ACK_OTHER, "ack {1}: the next number expected of {2}.") \
	X(WORDS_OPTION_MSS, "MSS {1}: it can take segments of up to {2}.") \
	X(WORDS_OPTION_MSS_WHY, \
	    "MSS {1}: it can take segments of up to {2} (an MTU of {3} less the headers).") \
	X(WORDS_OPTION_SCALE, \
	    "Window scale {1}: its windows count {2} each, if the peer offers the option " \
	    "too.") \
	X(WORDS_OPTION_SACK_PERMITTED, \
	    "SACK permitted: the peer may tell it which blocks have arrived beyond a gap.") \
	X(WORDS_OPTION_TIMESTAMP, "Timestamps: value {1}, echoing {2}.") \
	X(WORDS_OPTION_TIMESTAMP_SYN, "Timestamps offered: value {1}.") \
	X(WORDS_OPTION_SACK, "SACK: {1} has arrived beyond a gap.") \
	X(WORDS_PROVES_NEEDLESS, \
	    "It proves that something of {1} arrived twice: sent again without need, or doubled " \
	    "on the way (a D-SACK, or the timestamp that it echoes).") \
	X(WORDS_OPTION_DSACK, "D-SACK: {1} had arrived twice.") \
	X(WORDS_OPTION_FAST_OPEN, "Fast Open option (RFC 7413).") \
	X(WORDS_MP_CAPABLE_SYN, \
	    "MP_CAPABLE, step 1 of 3: it offers Multipath TCP, version {1}, with {2} (RFC 8684 " \
	    "§3.1).") \
	X(WORDS_MP_CAPABLE_SYN_ACK, \
	    "MP_CAPABLE, step 2 of 3: it agrees to Multipath TCP, version {1}, with {3}, and " \
	    "sends its key, {2} (RFC 8684 §3.1).") \
	X(WORDS_MP_CAPABLE_ACK, \
	    "MP_CAPABLE, step 3 of 3: its own key, {1}, and the one that it was sent, {2} (RFC " \
	    "8684 §3.1).") \
	X(WORDS_MP_CAPABLE_DATA, "With it begins the connection's stream, {1}.") \
	X(WORDS_MP_CHECKSUMS, "It wants checksums over what is mapped.") \
	X(WORDS_MP_NO_MORE, "No other subflow may go to its address and port.") \
	X(WORDS_MP_DECLINED, \
	    "The SYN offered Multipath TCP, the SYN-ACK doesn't take it up: plain TCP (RFC 8684 " \
	    "§3.7).") \
	X(WORDS_MP_JOIN_SYN, \
	    "MP_JOIN, step 1 of 3: it wants to add a subflow to the connection with token {1}; " \
	    "this address has the id {2} (RFC 8684 §3.2).") \
	X(WORDS_MP_JOIN_SYN_ACK, \
	    "MP_JOIN, step 2 of 3: an HMAC proves that it knows the keys; this address has the " \
	    "id {1} (RFC 8684 §3.2).") \
	X(WORDS_MP_JOIN_ACK, \
	    "MP_JOIN, step 3 of 3: an HMAC proves that it knows the keys, too; it may send data " \
	    "here once this is acknowledged (RFC 8684 §3.2).") \
	X(WORDS_MP_SPARE, "The subflow is to be a spare.") \
	X(WORDS_MP_JOIN_DECLINED, \
	    "The SYN wanted to add a subflow to a Multipath TCP connection; without MP_JOIN on " \
	    "the SYN-ACK it has to be reset (RFC 8684 §3.2).") \
	X(WORDS_MP_DATA_ACK, \
	    "DSS: all of the connection's stream up to {1} has arrived, on whatever subflow " \
	    "(RFC 8684 §3.3.2).") \
	X(WORDS_MP_MAPPING, \
	    "DSS: {1} of this subflow stand at {2} in the connection's stream (RFC 8684 §3.3.1).") \
	X(WORDS_MP_INFINITE, \
	    "DSS: a mapping without end: the connection goes on as plain TCP (RFC 8684 §3.7).") \
	X(WORDS_MP_DATA_FIN, \
	    "DATA_FIN: it has nothing more to send on any subflow (RFC 8684 §3.3.3).") \
	X(WORDS_MP_ADD_ADDRESS, \
	    "ADD_ADDR: it can also be reached at {1}, id {2} (RFC 8684 §3.4.1).") \
	X(WORDS_MP_ADD_ADDRESS_ECHO, \
	    "ADD_ADDR, echoed: it has heard of {1}, id {2} (RFC 8684 §3.4.1).") \
	X(WORDS_MP_REMOVE_ADDRESS, \
	    "REMOVE_ADDR: it can't be reached any more at the address with the id {1} (RFC 8684 " \
	    "§3.4.2).") \
	X(WORDS_MP_PRIORITY_LOW, \
	    "MP_PRIO: this subflow is to be a spare from now on (RFC 8684 §3.3.8).") \
	X(WORDS_MP_PRIORITY_NORMAL, \
	    "MP_PRIO: this subflow is no spare any more (RFC 8684 §3.3.8).") \
	X(WORDS_MP_FAIL, \
	    "MP_FAIL: a checksum was wrong, so something on the way changes the data; back to " \
	    "plain TCP, or without this subflow (RFC 8684 §3.7).") \
	X(WORDS_MP_FAST_CLOSE, \
	    "MP_FASTCLOSE: the whole connection ends at once, all subflows; the peer's key {1} " \
	    "proves it (RFC 8684 §3.5).") \
	X(WORDS_MP_RESET, \
	    "MP_TCPRST: why this subflow is reset: {1} (reason {2}, RFC 8684 §3.6).") \
	X(WORDS_MP_RESET_UNSPECIFIED, "not specified") \
	X(WORDS_MP_RESET_ERROR, "a Multipath TCP error") \
	X(WORDS_MP_RESET_RESOURCES, "lack of resources") \
	X(WORDS_MP_RESET_PROHIBITED, "prohibited by its administrator") \
	X(WORDS_MP_RESET_OUTSTANDING, "too much data was outstanding") \
	X(WORDS_MP_RESET_PERFORMANCE, "it was too slow") \
	X(WORDS_MP_RESET_MIDDLEBOX, "a middlebox interferes") \
	X(WORDS_MP_NO_HASH, "no known hash") \
	X(WORDS_MP_REMOVED, "(removed)") \
	X(WORDS_MP_RESET_TRANSIENT, "A new try may succeed.") \
	X(WORDS_MP_WRONG, \
	    "A Multipath TCP option that RFC 8684 doesn't know like this: subtype {1}, {2}.") \
	X(WORDS_OPTION_AUTH, "Signed (TCP-MD5 or TCP-AO).") \
	X(WORDS_OPTION_BAD, "The options contradict themselves; those before the fault count.") \
	X(WORDS_ECN_ASK, \
	    "ECE and CWR on a SYN offer explicit congestion notification (RFC 3168).") \
	X(WORDS_ECN_ASK_ACCURATE, "AE, CWR and ECE on a SYN offer accurate ECN (RFC 9768).") \
	X(WORDS_ECN_ASK_RESERVED, \
	    "These ECN flags on a SYN are reserved: a server that knows accurate ECN takes them " \
	    "for an offer of it (RFC 9768 §3.1.3).") \
	X(WORDS_ECN_ASK_NO_MORE, \
	    "It offers no ECN any more, in case something on the way drops SYNs that do.") \
	X(WORDS_ECN_AGREE, \
	    "ECE on the SYN-ACK agrees to explicit congestion notification (RFC 3168).") \
	X(WORDS_ECN_REFUSED, "The SYN-ACK doesn't take up the offer of ECN: it isn't used.") \
	X(WORDS_ECN_REFLECTED, \
	    "The SYN-ACK only sends the SYN's ECN flags back, as some broken servers do: ECN " \
	    "isn't used.") \
	X(WORDS_ECN_UNASKED, "ECN flags on a SYN-ACK mean nothing when the SYN had none.") \
	X(WORDS_ECN_ACCURATE_AGREE, \
	    "AE, CWR, ECE = {1} on the SYN-ACK agree to accurate ECN, and tell that the SYN " \
	    "arrived as {2} (RFC 9768 §3.1.2).") \
	X(WORDS_ECN_ACCURATE_RESERVED, \
	    "AE, CWR, ECE = {1} on the SYN-ACK is reserved, and counts as an agreement to " \
	    "accurate ECN (RFC 9768 §3.1.3).") \
	X(WORDS_ECN_ACCURATE_CLASSIC, \
	    "ECE alone on the SYN-ACK: its sender knows no accurate ECN, so both use the classic " \
	    "kind (RFC 9768 §3.1.2).") \
	X(WORDS_ECN_ACCURATE_REFUSED, \
	    "The SYN-ACK doesn't take up the offer of accurate ECN: no ECN is used.") \
	X(WORDS_ECN_STRAY, "ECN flags mean nothing here: the handshake didn't agree on ECN.") \
	X(WORDS_ACE_HANDSHAKE, \
	    "AE, CWR, ECE = {1} on this ACK: the SYN-ACK arrived as {2} (RFC 9768 §3.2.2.1).") \
	X(WORDS_ACE_ZERO, \
	    "AE, CWR, ECE = 000 on this ACK: its sender gave accurate ECN up, or something on " \
	    "the way cleared them; the server must not send ECN-capable packets (RFC 9768 " \
	    "§3.2.2.1).") \
	X(WORDS_ACE_UNUSED, \
	    "AE, CWR, ECE = {1} on this ACK has no meaning yet (RFC 9768 §3.2.2.1).") \
	X(WORDS_ACE_COUNT, \
	    "AE, CWR, ECE = {1}: the last three bits of its count of packets that arrived with a " \
	    "congestion mark, which began with 5 = 101 (RFC 9768 §3.2.2).") \
	X(WORDS_ECN_ECHO, "ECE: a router on the way marked congestion.") \
	X(WORDS_ECN_REDUCED, "CWR: it has slowed down.") \
	X(WORDS_URGENT, "URG: it carries urgent data.") \
	X(WORDS_WINDOW, "Window: {1} more fit into its receive buffer.") \
	X(WORDS_WINDOW_UNSCALED, \
	    "Window: {1}: what it is to be multiplied by was told in the handshake, not all of which had been " \
	    "captured by then.")

#define WORDS_ENUMERATOR(id, text) id,
enum words_id { WORDS_LIST(WORDS_ENUMERATOR) WORDS_IDS };
#undef WORDS_ENUMERATOR

#endif

/*
 * Which connections of this host a capture would see, before it has seen
 * anything of them: by interface and by capture filter.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

#include "capture/capture_reach.h"

static struct segment
tuple(const char *source, unsigned source_port, const char *target, unsigned target_port)
{
	bool v6 = strchr(source, ':') != NULL;
	struct segment t = { .family = v6 ? SEGMENT_IPV6 : SEGMENT_IPV4, .source_port = (uint16_t)source_port,
	    .target_port = (uint16_t)target_port };

	cr_assert_eq(inet_pton(v6 ? AF_INET6 : AF_INET, source, t.source), 1);
	cr_assert_eq(inet_pton(v6 ? AF_INET6 : AF_INET, target, t.target), 1);
	return t;
}

static bool
covers(const char *interface, const char *filter, struct segment t)
{
	struct capture_reach *r = capture_reach_new(&interface, 1, filter);
	bool covered = capture_reach_covers(r, &t);

	capture_reach_free(r);
	return covered;
}

Test(reach, everything_goes_over_any)
{
	cr_expect(covers("any", NULL, tuple("192.0.2.1", 40000, "198.51.100.1", 443)));
	cr_expect(covers("any", "", tuple("2001:db8::1", 40000, "2001:db8::2", 443)));
}

Test(reach, the_loopback_carries_what_goes_from_the_host_to_itself)
{
	cr_expect(covers("lo", NULL, tuple("127.0.0.1", 40000, "127.0.0.1", 80)));
	cr_expect(covers("lo", NULL, tuple("127.0.0.1", 40000, "127.0.0.53", 53)));
	cr_expect_not(covers("lo", NULL, tuple("192.0.2.1", 40000, "198.51.100.1", 443)));
	cr_expect_not(covers("no-such-interface", NULL, tuple("127.0.0.1", 40000, "127.0.0.1", 80)));
}

Test(reach, a_capture_filter_is_asked_in_both_directions)
{
	struct segment t = tuple("192.0.2.1", 40000, "198.51.100.1", 443);

	cr_expect(covers("any", "port 443", t));
	cr_expect(covers("any", "dst port 40000", t), "segments from the server have it");
	cr_expect(covers("any", "tcp and host 198.51.100.1", t));
	cr_expect(covers("any", "net 192.0.2.0/24 and not port 22", t));
	cr_expect_not(covers("any", "port 80", t));
	cr_expect_not(covers("any", "udp", t));
	cr_expect_not(covers("any", "ip6", t));
	t = tuple("2001:db8::1", 40000, "2001:db8::2", 443);
	cr_expect(covers("any", "ip6 and tcp port 443", t));
	cr_expect(covers("any", "host 2001:db8::2", t));
	cr_expect_not(covers("any", "host 2001:db8::3", t));
}

Test(reach, what_a_segment_alone_does_not_have_decides_against_it)
{
	cr_expect_not(covers("any", "ether host 02:00:00:00:00:01", tuple("192.0.2.1", 40000, "198.51.100.1", 443)));
}

/*
 * The property: whatever two TCPs do, tcpladder shows of each segment's
 * sender the state it was in.  Runs random exchanges of the model until one
 * differs, which it prints, or all are done.
 *
 *	tcp-model [-n EXCHANGES] [-s FIRST-SEED] [-t SECONDS] [-w FILE] [-v]
 *
 * -n 1 -s SEED runs one exchange again; -w saves it, for the program itself.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "exchange.h"
#include "judge.h"

struct options {
	uint64_t exchanges, first, seconds;
	bool random_seed, verbose, list;
	const char *save;
};

static void
usage(void)
{
	fputs("usage: tcp-model [-n exchanges] [-s first-seed] [-r] [-t seconds] [-w file] [-v] [-l]\n", stderr);
	exit(2);
}

static void
read_options(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "n:s:t:w:rvl")) != -1)
		switch (c) {
		case 'n': o->exchanges = strtoull(optarg, NULL, 0); break;
		case 's': o->first = strtoull(optarg, NULL, 0); break;
		case 't': o->seconds = strtoull(optarg, NULL, 0); break;
		case 'w': o->save = optarg; break;
		case 'r': o->random_seed = true; break;
		case 'v': o->verbose = true; break;
		case 'l': o->list = true; break;
		default: usage();
		}
	if (optind != argc)
		usage();
}

int
main(int argc, char **argv)
{
	struct options o = { .exchanges = 4000, .first = 1 };
	static struct judge judge;
	uint64_t done = 0, differ = 0;
	time_t begun = time(NULL);

	read_options(&o, argc, argv);
	if (o.random_seed)
		o.first = (uint64_t)begun << 20;
	printf("exchanges from seed %" PRIu64 "\n", o.first);
	for (; done < o.exchanges; done++) {
		if (o.seconds > 0 && (uint64_t)(time(NULL) - begun) >= o.seconds)
			break;
		judge_init(&judge);
		exchange_run(o.first + done, &judge);
		if (judge.differs || o.verbose) {
			printf("seed %" PRIu64 "%s\n", o.first + done, judge.differs ? " DIFFERS in its last line:" : ":");
			judge_print(&judge, stdout);
		}
		judge_fini(&judge);
		if (judge.differs) {
			differ++;
			if (!o.list)
				break;
		}
	}
	printf("%" PRIu64 " exchanges, %u segments, %" PRIu64 " differ\n", done, judge.compared, differ);
	for (unsigned i = 0; judge_allowance(i) != NULL; i++)
		printf("%8u undecidable: %s\n", judge.allowed[i], judge_allowance(i));
	return differ > 0;
}

/*
 * Real sockets through a wire that this program holds, and what tcpladder says
 * of each frame beside what the kernel said of it at that moment:
 *
 *	live [-k FOLDER] [SCENARIO...]
 *
 * The program under test is $TCPLADDER, or ./tcpladder. Each scenario is captured three
 * times: as the frames leave their senders, at the client ("@client") and at the server;
 * each runs in a process and in network namespaces of its own, many at once, and has a
 * line "ok NAME: ..." or "not ok NAME: ...". With -k the captures are left in FOLDER.
 * Exit status 0: all agree; 1: not so; 77: nothing of this is permitted here.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenario.h"

enum {
	AT_ONCE = 16,
	SCENARIO_SECONDS = 120,
	ALL_SECONDS = 900,
	TRIES = 5,
	JOBS_MAX = 400
};

struct job {
	const struct scenario *scenario;
	enum tap tap;
	char name[64];
	FILE *output;
	pid_t process;
	int status;
	unsigned tries;
	bool done;
};

static const struct scenario *const tables[] = {
	scenarios_opening,
	scenarios_transfer,
	scenarios_closing,
	scenarios_odd,
};

static const char *const places[] = { "", "@client", "@server" };

static bool
is_wanted(const char *name, char *const *wanted)
{
	if (*wanted == NULL)
		return true;
	for (; *wanted != NULL; wanted++)
		if (strcmp(name, *wanted) == 0)
			return true;
	return false;
}

static unsigned
choose(struct job *jobs, char *const *wanted)
{
	unsigned count = 0;
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
		for (const struct scenario *s = tables[t]; s->name != NULL; s++)
			for (unsigned tap = TAP_SENDERS; tap <= TAP_SERVER; tap++) {
				struct job *job = &jobs[count];
				snprintf(job->name, sizeof job->name, "%s%s", s->name, places[tap]);
				job->scenario = s;
				job->tap = (enum tap)tap;
				if ((is_wanted(s->name, wanted) || is_wanted(job->name, wanted))
				    && count < JOBS_MAX)
					count++;
			}
	return count;
}

/* In a process of its own. */
static int
play(const struct job *job, const char *program, const char *keep)
{
	static struct wire wire;
	wire_open(&wire, job->tap);
	job->scenario->play(&wire);
	bool right = judge(&wire, program, job->name, &job->scenario->promise, keep);
	return fflush(stdout) == 0 && right ? 0 : WIRE_EXIT_FAILED;
}

static void
start(struct job *job, const char *program, const char *keep)
{
	job->output = tmpfile();
	fflush(stdout);
	job->process = job->output == NULL ? -1 : fork();
	if (job->process < 0) {
		perror("live");
		exit(1);
	}
	if (job->process == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(SCENARIO_SECONDS);
		dup2(fileno(job->output), STDOUT_FILENO);
		dup2(fileno(job->output), STDERR_FILENO);
		_exit(play(job, program, keep));
	}
}

/* That it has ended, or is tried once more. */
static void
note_end(struct job *job, int status, const char *program, const char *keep)
{
	bool again = WIFEXITED(status) && WEXITSTATUS(status) == WIRE_EXIT_AGAIN;
	job->status = status;
	job->done = !again || ++job->tries == TRIES;
	if (!job->done) {
		fclose(job->output);
		start(job, program, keep);
	}
}

static void
wait_for_one(struct job *jobs, unsigned count, const char *program, const char *keep)
{
	int status;
	pid_t ended = wait(&status);
	for (unsigned i = 0; i < count; i++)
		if (ended > 0 && jobs[i].process == ended && !jobs[i].done) {
			note_end(&jobs[i], status, program, keep);
			return;
		}
}

/* Its output, and a line of the test for a scenario that didn't come so far as to be judged. */
static void
report(struct job *job, unsigned *failed)
{
	char line[1024];
	bool judged = false;
	char reason[1024] = "";
	rewind(job->output);
	while (fgets(line, sizeof line, job->output) != NULL) {
		judged = judged || strncmp(line, "ok ", 3) == 0 || strncmp(line, "not ok ", 7) == 0;
		if (!judged && strncmp(line, "# ", 2) == 0)
			snprintf(reason, sizeof reason, "%.*s",
			    (int)strcspn(line + 2, "\n"), line + 2);
		else
			fputs(line, stdout);
	}
	fclose(job->output);
	const char *name = job->name;
	if (WIFEXITED(job->status) && WEXITSTATUS(job->status) == WIRE_EXIT_SKIPPED) {
		printf("ok %s # SKIP %s\n", name, reason);
		return;
	}
	if (WIFEXITED(job->status) && WEXITSTATUS(job->status) == 0)
		return;
	++*failed;
	if (WIFSIGNALED(job->status))
		printf("not ok %s: ended by signal %d\n", name, WTERMSIG(job->status));
	else if (!judged)
		printf("not ok %s: %s\n", name, reason);
}

/* Whether a wire can be had at all; if not, the reason has been printed. */
static bool
is_permitted(void)
{
	static struct wire wire;
	int status;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		wire_open(&wire, TAP_SENDERS);
		_exit(0);
	}
	return child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status)
	    || WEXITSTATUS(status) != WIRE_EXIT_SKIPPED;
}

int
main(int argc, char **argv)
{
	static struct job jobs[JOBS_MAX + 1];
	const char *given = getenv("TCPLADDER");
	const char *program = given == NULL ? "./tcpladder" : given;
	const char *keep = NULL;
	int option;
	while ((option = getopt(argc, argv, "k:")) != -1) {
		if (option != 'k') {
			fprintf(stderr, "usage: live [-k FOLDER] [SCENARIO...]\n");
			return 2;
		}
		keep = optarg;
	}
	if (!is_permitted())
		return WIRE_EXIT_SKIPPED;
	alarm(ALL_SECONDS);
	unsigned count = choose(jobs, argv + optind);
	unsigned failed = 0;
	unsigned started = 0;
	for (unsigned reported = 0; reported < count; reported++) {
		while (!jobs[reported].done || (started < count && started < reported + AT_ONCE)) {
			if (started < count && started < reported + AT_ONCE)
				start(&jobs[started++], program, keep);
			else
				wait_for_one(jobs, started, program, keep);
		}
		report(&jobs[reported], &failed);
		fflush(stdout);
	}
	return failed == 0 && count > 0 ? 0 : 1;
}

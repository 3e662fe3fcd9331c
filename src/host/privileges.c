/*
 * Which user, and the order in which things are given up.  No name service
 * is asked: it might be on the network.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "host/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef ON_LINUX
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "base/language.h"
#include "base/text.h"

struct identity {
	uid_t user;
	gid_t group;
	char name[PRIVILEGES_USER_MAX];
};

/* Whether /etc/passwd has that name, or, without one, that number. */
static bool
find_identity(const char *name, uid_t number, struct identity *found)
{
	FILE *users = fopen("/etc/passwd", "re");
	char line[1024];
	bool got = false;

	while (users != NULL && !got && fgets(line, sizeof line, users) != NULL) {
		char *rest = line, *field[4];
		size_t n = 0;

		while (n < 4 && (field[n] = strsep(&rest, ":")) != NULL)
			n++;
		if (n < 4 || rest == NULL)
			continue;
		got = name != NULL ? strcmp(field[0], name) == 0 : strtoul(field[2], NULL, 10) == number;
		if (!got)
			continue;
		found->user = (uid_t)strtoul(field[2], NULL, 10);
		found->group = (gid_t)strtoul(field[3], NULL, 10);
		text_safe_string(found->name, sizeof found->name, field[0]);
	}
	if (users != NULL)
		fclose(users);
	return got;
}

static bool
number_of(const char *text, unsigned long *out)
{
	char *end;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*out = strtoul(text, &end, 10);
	return *end == '\0' && errno == 0 && *out < UINT32_MAX;
}

static void
identify_number(unsigned long number, unsigned long group, struct identity *who)
{
	if (find_identity(NULL, (uid_t)number, who))
		return;
	who->user = (uid_t)number;
	who->group = (gid_t)group;
	snprintf(who->name, sizeof who->name, "%lu", number);
}

static bool
stays_root(const struct privileges_options *options)
{
	return options->user != NULL && strcmp(options->user, "root") == 0;
}

/* Whom root becomes. */
static bool
choose(const char *user, struct identity *who, struct error *error)
{
	unsigned long number, group;
	char safe[80];

	if (user != NULL) {
		if (find_identity(user, 0, who))
			return true;
		if (!number_of(user, &number))
			return error_set(error, "-Z: there is no user \"%s\"", text_safe_string(safe, sizeof safe, user));
		identify_number(number, number, who);
		return true;
	}
	if (getuid() != 0)
		identify_number(getuid(), getgid(), who);
	else if (number_of(getenv("SUDO_UID"), &number) && number != 0)
		identify_number(number, number_of(getenv("SUDO_GID"), &group) ? group : number, who);
	else if (!find_identity("nobody", 0, who))
		identify_number(65534, 65534, who);
	return true;
}

static bool
become(const struct identity *who, struct error *error)
{
	if (setgroups(1, &who->group) != 0 || setgid(who->group) != 0 || setuid(who->user) != 0)
		return error_set(error, "can't become user %s: %s", who->name, strerror(errno));
	if (who->user != 0 && (setuid(0) == 0 || geteuid() != who->user || getuid() != who->user))
		return error_set(error, "can't give up being root");
	return true;
}

bool
privileges_heir(const struct privileges_options *options, uid_t *user, gid_t *group)
{
	struct identity who;
	struct error error;

	if (geteuid() != 0 || !options->live || stays_root(options) || !choose(options->user, &who, &error))
		return false;
	*user = who.user;
	*group = who.group;
	return true;
}

#ifdef ON_LINUX
/* What a program could regain by executing another one; only somebody privileged may do it, and must. */
static void
drop_bounds(void)
{
	for (unsigned long capability = 0; capability < 64; capability++)
		prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
#ifdef PR_CAP_AMBIENT
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
#endif
}

static bool
keep_capabilities(uint32_t kept)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct wanted[_LINUX_CAPABILITY_U32S_3] = { 0 }, now[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, now) != 0)
		return false;
	wanted[0].effective = wanted[0].permitted = now[0].permitted & kept;
	if (syscall(SYS_capset, &header, wanted) != 0 || syscall(SYS_capget, &header, now) != 0)
		return false;
	return memcmp(now, wanted, sizeof wanted) == 0;
}
#endif

static bool
refuse(const struct privileges_options *options, struct privileges *held, struct error *error)
{
	if (options->sandbox == SANDBOX_OFF)
		return true;
#ifdef ON_LINUX
	held->no_new = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
#endif
	if (options->live)
		held->places = sandbox_refuse_places(options->places, options->place_count);
	held->calls = (options->asking && !held->capturing && sandbox_refuse_calls(SANDBOX_ASKER, &held->listener))
	    || sandbox_refuse_calls(held->capturing ? SANDBOX_CAPTURER : SANDBOX_VIEWER, NULL);
	if (options->sandbox == SANDBOX_STRICT && (!held->no_new || !held->calls || (options->live && !held->places)))
		return error_set(error, "--sandbox=strict: this system has no %s", !held->no_new ? "no_new_privs"
		    : !held->calls ? _("seccomp (or tcpladder was built without libseccomp)") : "Landlock");
	return true;
}

bool
privileges_drop(const struct privileges_options *options, struct privileges *held, struct error *error)
{
	*held = (struct privileges){ .listener = -1 };
	if (!options->live)
		return refuse(options, held, error);
	held->capturing = geteuid() == 0 && stays_root(options);
#ifdef ON_LINUX
	if (!held->capturing)
		drop_bounds();
#endif
	if (geteuid() == 0 && !held->capturing) {
		struct identity who;

		if (!choose(options->user, &who, error) || !become(&who, error))
			return false;
		held->changed = true;
		memcpy(held->user, who.name, sizeof held->user);
	}
#ifdef ON_LINUX
	if (keep_capabilities(held->capturing ? 1U << CAP_NET_RAW | 1U << CAP_NET_ADMIN : 0))
		held->no_capabilities = !held->capturing;
	else
		return error_set(error, "capabilities can't be given up: %s", strerror(errno));
#endif
	return refuse(options, held, error);
}

const char *
privileges_text(const struct privileges *held, char *out, size_t size)
{
	const struct {
		bool holds;
		const char *words;
	} rows[] = {
		{ held->no_capabilities, _("no capabilities") }, { held->no_new, _("gains none by executing") },
		{ held->calls, _("dangerous system calls refused") }, { held->places, _("writes only where permitted") }
	};
	size_t used = 0;

	out[0] = '\0';
	if (held->changed)
		used = (size_t)snprintf(out, size, _("user %s"), held->user);
	else if (held->capturing)
		used = (size_t)snprintf(out, size, "%s", _("all capabilities but capturing's"));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].holds && used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", rows[i].words);
	if (used == 0)
		snprintf(out, size, "%s", _("none"));
	return out;
}

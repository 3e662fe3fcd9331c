/*
 * From a socket's inode to who holds it.  Knows /proc and nothing of TCP.
 * A process' name is whatever it likes: it is kept as it is and made safe
 * by whoever shows it (host_process()).
 */
#include "host/owners.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "host/helper.h"

struct holder {
	uint64_t inode;			/* 0: free */
	int32_t pid, descriptor, last;	/* the first process, and the last one counted */
	uint16_t holders;
	char command[HOST_COMMAND_MAX];
};

struct owners {
	struct holder *slots;
	uint32_t slot_count;
	uint32_t closed_doors;
	struct helper *helper;
};

struct owners *
owners_new(struct helper *helper)
{
	struct owners *o = memory_new(sizeof *o);

	o->helper = helper;
	return o;
}

void
owners_free(struct owners *o)
{
	if (o == NULL)
		return;
	free(o->slots);
	free(o);
}

/* Inodes are the kernel's own numbers, nobody chooses them. */
static struct holder *
slot_of(const struct owners *o, uint64_t inode)
{
	uint64_t at = inode * 0x9e3779b97f4a7c15ULL >> 20;

	if (o->slot_count == 0)
		return NULL;
	while (o->slots[at &= o->slot_count - 1].inode != 0 && o->slots[at].inode != inode)
		at++;
	return &o->slots[at];
}

/* A place for each socket that some process must hold; false: they are known all. */
static bool
has_new(const struct owners *o, const struct host_snapshot *s)
{
	for (uint32_t n = 0; n < s->count; n++) {
		const struct holder *h = s->sockets[n].inode == 0 ? NULL : slot_of(o, s->sockets[n].inode);

		if (s->sockets[n].inode != 0 && (h == NULL || h->inode == 0))
			return true;
	}
	return false;
}

static void
begin(struct owners *o, const struct host_snapshot *s)
{
	uint32_t size = 256;

	while (size < 2 * s->count)
		size *= 2;
	free(o->slots);
	o->slots = memory_new_array(size, sizeof *o->slots);
	o->slot_count = size;
	o->closed_doors = 0;
	for (uint32_t n = 0; n < s->count; n++) {
		if (s->sockets[n].inode != 0)
			slot_of(o, s->sockets[n].inode)->inode = s->sockets[n].inode;
	}
}

static void
read_command(int process, char out[HOST_COMMAND_MAX])
{
	int fd = openat(process, "comm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, out, HOST_COMMAND_MAX);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		n = 0;
	memset(out + n, 0, (size_t)(HOST_COMMAND_MAX - n));
	if (n > 0 && out[n - 1] == '\n')
		out[n - 1] = '\0';
}

/* "socket:[12345]" */
static uint64_t
inode_of_link(int folder, const char *name)
{
	char text[64], *end;
	ssize_t n = readlinkat(folder, name, text, sizeof text - 1);
	uint64_t inode;

	if (n < 9 || memcmp(text, "socket:[", 8) != 0)
		return 0;
	text[n] = '\0';
	inode = strtoull(text + 8, &end, 10);
	return *end == ']' ? inode : 0;
}

/* The kernel's own threads have no command line, and no descriptors to be looked at. */
static bool
is_kernels(int process)
{
	int fd = openat(process, "cmdline", O_RDONLY | O_CLOEXEC);
	char c;
	bool empty = fd >= 0 && read(fd, &c, 1) == 0;

	if (fd >= 0)
		close(fd);
	return empty;
}

static void
look_into(int proc, const char *name, void (*take)(void *context, const struct socket_holder *holder),
    void *context, uint32_t *closed_doors, const atomic_bool *stop)
{
	int process = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	struct socket_holder holder = { .pid = (int32_t)strtol(name, NULL, 10) };
	struct dirent *entry;
	DIR *descriptors;
	bool named = false;

	if (process < 0)
		return;
	fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == EACCES && !is_kernels(process))
		(*closed_doors)++;
	descriptors = fd < 0 ? NULL : fdopendir(fd);
	if (fd >= 0 && descriptors == NULL)
		close(fd);
	while (descriptors != NULL && (stop == NULL || !atomic_load(stop))
	    && (entry = readdir(descriptors)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		holder.inode = inode_of_link(fd, entry->d_name);
		if (holder.inode == 0)
			continue;
		if (!named)
			read_command(process, holder.command);
		named = true;
		holder.descriptor = (int32_t)strtol(entry->d_name, NULL, 10);
		take(context, &holder);
	}
	if (descriptors != NULL)
		closedir(descriptors);
	close(process);
}

uint32_t
owners_walk(void (*take)(void *context, const struct socket_holder *holder), void *context,
    const atomic_bool *stop)
{
	DIR *all = opendir("/proc");
	struct dirent *entry;
	uint32_t closed_doors = 0;

	if (all == NULL)
		return 0;
	while ((stop == NULL || !atomic_load(stop)) && (entry = readdir(all)) != NULL) {
		if (isdigit((unsigned char)entry->d_name[0]))
			look_into(dirfd(all), entry->d_name, take, context, &closed_doors, stop);
	}
	closedir(all);
	return closed_doors;
}

static void
note_holder(void *context, const struct socket_holder *holder)
{
	struct owners *o = context;
	struct holder *h = slot_of(o, holder->inode);

	if (h == NULL || h->inode == 0 || h->last == holder->pid)
		return;
	h->last = holder->pid;
	if (h->holders < UINT16_MAX)
		h->holders++;
	if (h->holders > 1)
		return;
	h->pid = holder->pid;
	h->descriptor = holder->descriptor;
	memcpy(h->command, holder->command, sizeof h->command);
}

static void
look(struct owners *o, const atomic_bool *stop)
{
	if (o->helper == NULL || !helper_walk(o->helper, note_holder, o, &o->closed_doors))
		o->closed_doors = owners_walk(note_holder, o, stop);
}

void
owners_apply(struct owners *o, struct host_snapshot *s, bool anew, const atomic_bool *stop)
{
	if (anew || has_new(o, s)) {
		begin(o, s);
		look(o, stop);
	}
	s->closed_doors = o->closed_doors;
	for (uint32_t n = 0; n < s->count; n++) {
		struct host_socket *k = &s->sockets[n];
		const struct holder *h = k->inode == 0 ? NULL : slot_of(o, k->inode);

		if (h == NULL || h->holders == 0)
			continue;
		k->marks |= HOST_HELD;
		k->holders = h->holders;
		k->pid = h->pid;
		k->descriptor = h->descriptor;
		memcpy(k->command, h->command, sizeof k->command);
	}
}

const char *
host_user(uint32_t uid, char out[HOST_NAME_MAX])
{
	/* getpwuid() might ask a server */
	FILE *users = fopen("/etc/passwd", "re");
	struct passwd *user;

	snprintf(out, HOST_NAME_MAX, "%u", uid);
	if (users == NULL)
		return out;
	while ((user = fgetpwent(users)) != NULL) {
		if (user->pw_uid == uid) {
			text_safe_string(out, HOST_NAME_MAX, user->pw_name);
			break;
		}
	}
	fclose(users);
	return out;
}

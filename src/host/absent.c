/*
 * Where the kernel can't be asked for its sockets: there is no host, and
 * what would be shown of it is absent.
 */
#include "host/helper.h"
#include "host/host.h"

#include <stddef.h>
#include <stdio.h>

struct host *
host_new(struct helper *helper, uint64_t memory, struct error *error)
{
	(void)helper;
	(void)memory;
	error_set(error, "on this system the kernel can't be asked for its sockets");
	return NULL;
}

void
host_free(struct host *h)
{
	(void)h;
}

bool
host_update(struct host *h)
{
	(void)h;
	return false;
}

const struct host_snapshot *
host_snapshot(const struct host *h)
{
	(void)h;
	return NULL;
}

struct host_snapshot *
host_look(const struct host_snapshot *before)
{
	(void)before;
	return NULL;
}

const char *
host_user(uint32_t uid, char out[HOST_NAME_MAX])
{
	snprintf(out, HOST_NAME_MAX, "%u", uid);
	return out;
}

struct helper *
helper_start(struct error *error)
{
	error_set(error, "on this system there is nothing that a helper could ask");
	return NULL;
}

bool
helper_settle(struct helper *h, int listener)
{
	(void)h;
	(void)listener;
	return false;
}

void
helper_free(struct helper *h)
{
	(void)h;
}

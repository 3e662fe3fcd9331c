/*
 * See process_status.h.
 */
#include "tests/process_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned long long
process_status(pid_t process, const char *name, int base)
{
	unsigned long long value = ~0ULL;
	char path[64], line[256];
	FILE *status;

	snprintf(path, sizeof path, "/proc/%ld/status", (long)process);
	status = fopen(path, "re");
	while (status != NULL && fgets(line, sizeof line, status) != NULL)
		if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
			value = strtoull(line + strlen(name) + 1, NULL, base);
	if (status != NULL)
		fclose(status);
	return value;
}

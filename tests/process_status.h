/*
 * What the kernel says of a process in /proc/PID/status.
 */
#ifndef TCPLADDER_TESTS_PROCESS_STATUS_H
#define TCPLADDER_TESTS_PROCESS_STATUS_H

#include <sys/types.h>

/* The number behind "Name:", read in that base; ~0: it isn't there. */
unsigned long long process_status(pid_t process, const char *name, int base);

#endif

/*
 * Link types have two numbers: LINKTYPE_ in files and the registry of
 * tcpdump.org, DLT_ in libpcap, where a few differ and some differ between
 * systems.  Above this floor only LINKTYPE_ values are known.
 */
#ifndef TCPLADDER_CAPTURE_CAPTURE_LINK_H
#define TCPLADDER_CAPTURE_CAPTURE_LINK_H

#include <stdint.h>

/* A file's number; those that old or foreign programs wrote become the registry's. */
int capture_link_clean(uint32_t stored);

int capture_link_of_dlt(int dlt);
int capture_link_to_dlt(int link_type);

#endif

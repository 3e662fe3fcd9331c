/*
 * Registered ports, compiled in and the same everywhere: who is the server
 * of a connection picked up midstream, and the name beside a port.
 */
#ifndef TCPLADDER_TCP_SERVICE_H
#define TCPLADDER_TCP_SERVICE_H

#include <stdint.h>

const char *service_name(uint16_t port);	/* "https", or NULL */

#endif

// Loopback ports of the container, each relayed to a socket of the run directory.
#ifndef SHIM_RELAY_H
#define SHIM_RELAY_H

#include "go.h"

// Binds and listens; called before the agent exists, so that no port can be taken first. Returns 0, or an errno.
int relay_open(const struct go_relay *relays, size_t count);

#endif

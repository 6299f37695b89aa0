// The agent's first process: how it comes to be, and its stdin.
#ifndef SHIM_AGENT_H
#define SHIM_AGENT_H

#include "go.h"

#include <stdbool.h>
#include <sys/types.h>

struct agent_failure {
    const char *step;
    int error;
};

// Forks; the child makes its way to exec and reports on a pipe. Calls `told` once, with NULL when the program runs and
// with the failing step when it does not. Returns the pid, or -1 with `failure` filled in.
pid_t agent_start(const struct go *go, void (*told)(const struct agent_failure *), struct agent_failure *failure);
// Reads that report now instead of waiting for the loop; for when the child is known to be dead.
void agent_settle(void);

#endif

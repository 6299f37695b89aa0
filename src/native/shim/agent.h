// The first process of the agent, or of a hook: how it comes to be, and the agent's stdin.
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
// The same for a hook: a shell with the agent's environment and directory and nothing on its stdin. Before the agent only.
pid_t agent_start_hook(const struct go *go, const struct go_hook *hook, void (*told)(const struct agent_failure *),
                       struct agent_failure *failure);
// Reads that report now instead of waiting for the loop; for when the child is known to be dead.
void agent_settle(void);

#endif

// Starts the first process of the agent or of a hook, and feeds the agent's stdin.
#ifndef SHIM_AGENT_H
#define SHIM_AGENT_H

#include "go.h"

#include <stdbool.h>
#include <sys/types.h>

struct agent_failure {
    const char *step;
    int error;
};

// Forks. The child prepares itself, calls exec and reports a failure on a pipe. Calls `told` once: with NULL when the program runs, with
// the failing step when it does not. Returns the pid, or -1 with `failure` filled in.
pid_t agent_start(const struct go *go, void (*told)(const struct agent_failure *), struct agent_failure *failure);
// Same for a hook: a shell with the agent's environment and directory and an empty stdin. Only called before the agent starts.
pid_t agent_start_hook(const struct go *go, const struct go_hook *hook, void (*told)(const struct agent_failure *),
                       struct agent_failure *failure);
// Reads the report now instead of waiting for the loop. For when the child is known to be dead.
void agent_settle(void);

#endif

// The commands that run before the agent: one after the other, each by a shell of the image, as the agent would run.
#ifndef SHIM_HOOKS_H
#define SHIM_HOOKS_H

#include "agent.h"
#include "go.h"

#include <stdbool.h>
#include <sys/types.h>

// Whether a hook is still to be run or to end.
bool hooks_left(const struct go *go);
// Name of that hook; NULL when none is left.
const char *hooks_name(const struct go *go);
// Starts it, as agent_start starts the agent.
pid_t hooks_start(const struct go *go, void (*told)(const struct agent_failure *), struct agent_failure *failure);
// It runs.
void hooks_running(const struct go *go, pid_t pid);
// It is over; `status` is waitpid(2)'s and `by` who ended it. True when it is done with and the next may follow.
bool hooks_ended(const struct go *go, int status, const char *by);

#endif

// The commands that run before the agent, one after another. A shell of the image runs each, under the same conditions as the agent.
#ifndef SHIM_HOOKS_H
#define SHIM_HOOKS_H

#include "agent.h"
#include "go.h"

#include <stdbool.h>
#include <sys/types.h>

// Whether a hook still has to run or to end.
bool hooks_left(const struct go *go);
// The name of that hook; NULL when none is left.
const char *hooks_name(const struct go *go);
// Starts that hook, as agent_start starts the agent.
pid_t hooks_start(const struct go *go, void (*told)(const struct agent_failure *), struct agent_failure *failure);
// Called when the hook runs.
void hooks_running(const struct go *go, pid_t pid);
// Called when the hook has ended; `status` is waitpid(2)'s, `by` says who ended it. True when the next hook may follow.
bool hooks_ended(const struct go *go, int status, const char *by);

#endif

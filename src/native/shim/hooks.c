#include "hooks.h"

#include "loop.h"
#include "output.h"
#include "report.h"

#include <string.h>
#include <sys/wait.h>

static size_t current;
static int64_t started_at;

bool hooks_left(const struct go *go)
{
    return current < go->hook_count;
}

const char *hooks_name(const struct go *go)
{
    return hooks_left(go) ? go->hooks[current].name : NULL;
}

pid_t hooks_start(const struct go *go, void (*told)(const struct agent_failure *), struct agent_failure *failure)
{
    started_at = now_ms();
    return agent_start_hook(go, &go->hooks[current], told, failure);
}

void hooks_running(const struct go *go, pid_t pid)
{
    report_hook_started(hooks_name(go), pid);
}

bool hooks_ended(const struct go *go, int status, const char *by)
{
    // A hook ends with its own process. What it left running keeps the pipe and goes on.
    output_catch_up(STREAM_HOOKS);
    report_hook_ended(hooks_name(go), status, by, (uint64_t)(now_ms() - started_at));
    if (strcmp(by, "agent") != 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return false;
    current++;
    return true;
}

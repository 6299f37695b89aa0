#include "tree.h"

#include "loop.h"

#include <signal.h>
#include <stddef.h>

enum {
    KILL_AGAIN_MS = 100,
    // Killed processes are gone quickly, unless one hangs in the kernel. Then it goes with the namespace.
    OVERDUE_MS = 5000,
};

static const char *stopped_by;
static void (*on_overdue)(void);

static void kill_all(struct timer *t);
static void overdue(struct timer *t);
static struct timer killing = { .fire = kill_all };
static struct timer overdue_deadline = { .fire = overdue };

static void kill_all(struct timer *t)
{
    // From PID 1 this reaches every other process in the namespace. Repeated, since the engine may exec into it.
    kill(-1, SIGKILL);
    timer_set(t, KILL_AGAIN_MS);
}

static void overdue(struct timer *t)
{
    (void)t;
    on_overdue();
}

void tree_stop(const char *by, uint32_t grace_ms)
{
    if (stopped_by) {
        timer_hasten(&killing, grace_ms);
        return;
    }
    stopped_by = by;
    kill(-1, SIGTERM);
    // Otherwise a stopped process (SIGSTOP) would not act on the signal.
    kill(-1, SIGCONT);
    timer_set(&killing, grace_ms);
}

const char *tree_ended_by(void)
{
    return stopped_by ? stopped_by : "agent";
}

void tree_kill(void (*callback)(void))
{
    on_overdue = callback;
    timer_set(&overdue_deadline, OVERDUE_MS);
    kill_all(&killing);
}

void tree_is_gone(void)
{
    timer_clear(&killing);
    timer_clear(&overdue_deadline);
}

#include "life.h"

#include "agent.h"
#include "control.h"
#include "go.h"
#include "hello.h"
#include "hooks.h"
#include "loop.h"
#include "output.h"
#include "reap.h"
#include "relay.h"
#include "report.h"
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// A container that gets no Go and has no bridge for this long is abandoned, and ends. Tests build a shim with a shorter time.
#ifndef SHIM_IDLE_MS
#define SHIM_IDLE_MS (10 * 60 * 1000)
#endif

enum { LEASE_GRACE_MS = 1000 };

enum phase {
    WAITING,
    // A hook or the agent is forked. It is not yet known whether the program runs.
    STARTING,
    HOOK,
    RUNNING,
    // The first process of the agent, or of a hook that failed, has ended. The rest is being killed and reaped.
    KILLING,
    // No process is left, or none ever started. The end is being reported.
    OVER,
};

static enum phase phase = WAITING;
static struct go go;
// The payload of Go, as long as any of it is needed.
static char *go_payload;
static size_t go_length;
// The first process of the running hook or of the agent.
static pid_t first;
static int first_status;
// Why it could not be started. No step if it could.
static struct agent_failure not_started;

static void idle_over(struct timer *t);
static void lease_over(struct timer *t);
static void hooks_over(struct timer *t);
static struct timer idle = { .fire = idle_over };
static struct timer lease = { .fire = lease_over };
static struct timer hooks_deadline = { .fire = hooks_over };

static void be_over(void)
{
    phase = OVER;
    timer_clear(&idle);
    timer_clear(&lease);
    timer_clear(&hooks_deadline);
    tree_is_gone();
}

static void fail(const char *step, int error, const char *message)
{
    be_over();
    report_failed(step, error, message, NULL);
}

static void end(void)
{
    be_over();
    const char *step = not_started.step;
    if (step) report_failed(step, not_started.error, strerror(not_started.error), hooks_name(&go));
    else report_ended(first_status, tree_ended_by(), hooks_name(&go));
}

// Whether a hook or the agent runs, or is about to.
static bool is_live(void)
{
    return phase == STARTING || phase == HOOK || phase == RUNNING;
}

static void stop(const char *by, uint32_t grace_ms)
{
    // An agent that has ended by now has ended by itself.
    reap_all();
    if (phase == WAITING) fail("stop", ECANCELED, "stopped before Go");
    if (is_live()) tree_stop(by, grace_ms);
}

void life_stop_by_signal(void)
{
    stop("stop", go.grace_ms);
}

static void on_stop(uint32_t grace_ms)
{
    stop("stop", grace_ms);
}

static void on_reader_gone(void)
{
    stop("stop", 0);
}

static void lease_over(struct timer *t)
{
    (void)t;
    stop("lease", LEASE_GRACE_MS);
}

static void hooks_over(struct timer *t)
{
    (void)t;
    // If the last hook has ended by now, it was in time.
    reap_all();
    if (hooks_left(&go)) stop("hooks", go.grace_ms);
}

static void on_lease(uint64_t ms)
{
    if (is_live()) timer_set(&lease, ms > INT64_MAX ? INT64_MAX : (int64_t)ms);
}

static void idle_over(struct timer *t)
{
    (void)t;
    fail("go", ETIMEDOUT, "no bridge and no Go in time");
}

static void kill_the_rest(void)
{
    phase = KILLING;
    timer_clear(&lease);
    timer_clear(&hooks_deadline);
    tree_kill(end);
}

static void give_up(const struct agent_failure *failure)
{
    not_started = *failure;
    kill_the_rest();
}

static void told(const struct agent_failure *failure)
{
    if (failure) {
        give_up(failure);
    } else if (hooks_left(&go)) {
        phase = HOOK;
        hooks_running(&go, first);
    } else {
        phase = RUNNING;
        report_started(first);
    }
}

static void forget_payload(void)
{
    munmap(go_payload, go_length);
    go_payload = NULL;
}

static void start_next(void)
{
    struct agent_failure failure;
    phase = STARTING;
    if (hooks_left(&go)) {
        first = hooks_start(&go, told, &failure);
    } else {
        timer_clear(&hooks_deadline);
        first = agent_start(&go, told, &failure);
        forget_payload();
    }
    if (first > 0) return;
    give_up(&failure);
    // Without a child no other event triggers this.
    reap_all();
}

void life_reaped(pid_t pid, int status)
{
    if (pid != first) return;
    // The pipe may still hold the report of the start, which comes first.
    agent_settle();
    first = 0;
    if (phase != HOOK && phase != RUNNING) return;
    first_status = status;
    if (phase == HOOK && hooks_ended(&go, status, tree_ended_by())) start_next();
    else kill_the_rest();
}

void life_alone(void)
{
    if (phase == KILLING) end();
}

static void start(void)
{
    int error = relay_open(go.relays, go.relay_count);
    if (error) {
        fail("relay", error, strerror(error));
        return;
    }
    output_limit(go.log_bytes, go.hook_count > 0);
    timer_clear(&idle);
    phase = STARTING;
    on_lease(go.lease_ms);
    if (hooks_left(&go)) timer_set(&hooks_deadline, go.hooks_ms > INT64_MAX ? INT64_MAX : (int64_t)go.hooks_ms);
    start_next();
}

static bool on_go(char *payload, size_t length)
{
    if (phase != WAITING) {
        report_again();
        return false;
    }
    const char *wrong = go_decode(&go, payload, length);
    if (wrong) {
        fail("go", EINVAL, wrong);
        return false;
    }
    go_payload = payload;
    go_length = length;
    start();
    return true;
}

static const char *state(void)
{
    if (report_is_final()) return "exited";
    if (report_has_started()) return "running";
    return phase != WAITING && go.hook_count > 0 ? "hooks" : "waiting";
}

static void on_connected(void)
{
    static char text[HELLO_MAX];
    struct json hello = { .text = text, .size = sizeof text };
    timer_clear(&idle);
    hello_write(&hello, state(), report_last());
    control_send(FRAME_HELLO, text, hello.length);
}

static void on_lost(void)
{
    if (phase == WAITING) timer_set(&idle, SHIM_IDLE_MS);
}

void life_begin(void)
{
    static const struct control_handlers handlers = {
        .connected = on_connected,
        .lost = on_lost,
        .go = on_go,
        .lease = on_lease,
        .stop = on_stop,
    };
    output_init(on_reader_gone);
    timer_set(&idle, SHIM_IDLE_MS);
    control_init(&handlers);
}

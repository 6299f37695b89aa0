#include "life.h"

#include "agent.h"
#include "control.h"
#include "go.h"
#include "hello.h"
#include "loop.h"
#include "output.h"
#include "reap.h"
#include "relay.h"
#include "report.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

// Without Go and without a bridge nobody will ever miss this container. Tests build a shim with less.
#ifndef SHIM_IDLE_MS
#define SHIM_IDLE_MS (10 * 60 * 1000)
#endif

enum {
    LEASE_GRACE_MS = 1000,
    KILL_AGAIN_MS = 100,
    // Killed processes are gone in no time, unless one hangs in the kernel; then the namespace's end takes it along.
    ALONE_MS = 5000,
};

enum phase {
    WAITING,
    // Forked; not yet known whether the program runs.
    STARTING,
    RUNNING,
    // The agent's first process is over; the rest is being killed and reaped.
    KILLING,
    // Nobody is left, or nobody ever came: the end is being told.
    OVER,
};

static enum phase phase = WAITING;
static struct go go;
static pid_t agent;
static int agent_status;
// "stop" or "lease" once we have begun to stop the agent: an end has one cause, the first.
static const char *stopped_by;

static void idle_over(struct timer *t);
static void lease_over(struct timer *t);
static void kill_all(struct timer *t);
static void alone_over(struct timer *t);
static struct timer idle = { .fire = idle_over };
static struct timer lease = { .fire = lease_over };
static struct timer killing = { .fire = kill_all };
static struct timer alone_deadline = { .fire = alone_over };

static void be_over(void)
{
    phase = OVER;
    timer_clear(&idle);
    timer_clear(&lease);
    timer_clear(&killing);
    timer_clear(&alone_deadline);
}

static void fail(const char *step, int error, const char *message)
{
    be_over();
    report_failed(step, error, message);
}

static void end(void)
{
    be_over();
    report_ended(agent_status, stopped_by ? stopped_by : "agent");
}

static void alone_over(struct timer *t)
{
    (void)t;
    end();
}

static void kill_all(struct timer *t)
{
    // As PID 1: everybody in the namespace but ourselves. Again and again, for what the engine may exec into it.
    kill(-1, SIGKILL);
    timer_set(t, KILL_AGAIN_MS);
}

static void stop(const char *by, uint32_t grace_ms)
{
    // An agent that is over by now has ended by itself.
    reap_all();
    if (phase == WAITING) fail("stop", ECANCELED, "stopped before Go");
    if (phase != STARTING && phase != RUNNING) return;
    if (stopped_by) {
        timer_hasten(&killing, grace_ms);
        return;
    }
    stopped_by = by;
    kill(-1, SIGTERM);
    // What is stopped (SIGSTOP) hears nothing otherwise.
    kill(-1, SIGCONT);
    timer_set(&killing, grace_ms);
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

static void on_lease(uint64_t ms)
{
    if (phase == STARTING || phase == RUNNING) timer_set(&lease, ms > INT64_MAX ? INT64_MAX : (int64_t)ms);
}

static void idle_over(struct timer *t)
{
    (void)t;
    fail("go", ETIMEDOUT, "no bridge and no Go in time");
}

void life_reaped(pid_t pid, int status)
{
    if (pid != agent) return;
    // How the start went may still lie in the pipe; it comes first.
    agent_settle();
    agent = 0;
    if (phase != RUNNING) return;
    phase = KILLING;
    agent_status = status;
    timer_clear(&lease);
    timer_set(&alone_deadline, ALONE_MS);
    kill_all(&killing);
}

void life_alone(void)
{
    if (phase == KILLING) end();
}

static void told(const struct agent_failure *failure)
{
    if (failure) {
        fail(failure->step, failure->error, strerror(failure->error));
        return;
    }
    phase = RUNNING;
    report_started(agent);
}

// After the fork, so that the agent keeps the limit that it was given: each relayed connection takes two descriptors.
static void raise_file_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0) return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static void start(void)
{
    int error = relay_open(go.relays, go.relay_count);
    if (error) {
        fail("relay", error, strerror(error));
        return;
    }
    output_limit(go.log_bytes);
    timer_clear(&idle);
    phase = STARTING;
    on_lease(go.lease_ms);
    struct agent_failure failure;
    agent = agent_start(&go, told, &failure);
    if (agent < 0) fail(failure.step, failure.error, strerror(failure.error));
    raise_file_limit();
}

static void on_go(char *payload, size_t length)
{
    if (phase != WAITING) {
        report_again();
        return;
    }
    const char *wrong = go_decode(&go, payload, length);
    if (wrong) fail("go", EINVAL, wrong);
    else start();
}

static const char *state(void)
{
    if (report_is_final()) return "exited";
    return phase <= STARTING ? "waiting" : "running";
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

#include "life.h"

#include "agent.h"
#include "control.h"
#include "go.h"
#include "hello.h"
#include "loop.h"
#include "output.h"
#include "reap.h"
#include "record.h"
#include "relay.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Without Go and without a bridge nobody will ever miss this container. Tests build a shim with less.
#ifndef SHIM_IDLE_MS
#define SHIM_IDLE_MS (10 * 60 * 1000)
#endif

enum {
    LEASE_GRACE_MS = 1000,
    KILL_AGAIN_MS = 100,
    // Killed processes are gone in no time, unless one hangs in the kernel; then the namespace's end takes it along.
    ALONE_MS = 5000,
    FLUSH_MS = 30 * 1000,
    TELL_MS = 1000,
    EXIT_FAILED = 125,
};

enum phase {
    WAITING,
    // Forked; not yet known whether the program runs.
    STARTING,
    RUNNING,
    // The agent's first process is over; the rest is being killed and reaped.
    KILLING,
    // Nobody is left; what they wrote goes out.
    DRAINING,
    // The last record is decided; it goes out, and then we do.
    TELLING,
};

static enum phase phase = WAITING;
static struct go go;
static pid_t agent;
static struct ending ending;
static const char *stopped_by;
static int exit_code = EXIT_FAILED;
// The last record, as it stands on stdout, and the same as a frame.
static struct record last, last_frame;
static uint8_t last_type;

static void idle_over(struct timer *t);
static void lease_over(struct timer *t);
static void kill_all(struct timer *t);
static void alone_or_not(struct timer *t);
static void flush_over(struct timer *t);
static void tell_over(struct timer *t);
static struct timer idle = { .fire = idle_over };
static struct timer lease = { .fire = lease_over };
static struct timer killing = { .fire = kill_all };
static struct timer alone_deadline = { .fire = alone_or_not };
static struct timer flush_deadline = { .fire = flush_over };
static struct timer tell_deadline = { .fire = tell_over };

static _Noreturn void leave(void)
{
    // The end of PID 1 is the end of its namespace: what might still run is killed by the kernel.
    _exit(exit_code);
}

static void tell_over(struct timer *t)
{
    (void)t;
    leave();
}

static void send_last(void)
{
    if (last_type) control_send(last_type, last_frame.text, last_frame.json.length);
}

static void flushed(void)
{
    timer_clear(&flush_deadline);
    timer_set(&tell_deadline, TELL_MS);
    send_last();
    control_flush(leave);
}

// The record first and the frame after it: who hears the frame may count on the record.
static void tell_the_end(void)
{
    phase = TELLING;
    timer_clear(&lease);
    timer_clear(&killing);
    if (!flush_deadline.armed) timer_set(&flush_deadline, FLUSH_MS);
    output_record(last.text);
    output_flush(flushed);
}

static void fail(const char *step, int error, const char *message)
{
    record_failed(&last, "failed", step, error, message);
    record_failed(&last_frame, NULL, step, error, message);
    last_type = FRAME_FAILED;
    exit_code = EXIT_FAILED;
    tell_the_end();
}

static void decide_ending(void)
{
    ending.out_bytes = output_produced(STREAM_OUT);
    ending.err_bytes = output_produced(STREAM_ERR);
    ending.truncated = output_truncated();
    exit_code = WIFSIGNALED(ending.status) ? 128 + WTERMSIG(ending.status) : WEXITSTATUS(ending.status);
    record_exited(&last, "exited", &ending);
    record_exited(&last_frame, NULL, &ending);
    last_type = FRAME_EXITED;
}

static void drained(void)
{
    if (phase != DRAINING) return;
    decide_ending();
    tell_the_end();
}

static void flush_over(struct timer *t)
{
    (void)t;
    // Whoever keeps our output has stopped taking it. The frame still tells the end.
    if (phase == DRAINING) decide_ending();
    output_flush(NULL);
    phase = TELLING;
    flushed();
}

static void begin_drain(void)
{
    phase = DRAINING;
    timer_clear(&killing);
    timer_clear(&alone_deadline);
    timer_set(&flush_deadline, FLUSH_MS);
    output_drain(drained);
}

static void alone_or_not(struct timer *t)
{
    (void)t;
    begin_drain();
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
    if (phase == WAITING) fail("go", ETIMEDOUT, "no bridge and no Go in time");
}

void life_reaped(pid_t pid, int status)
{
    if (pid != agent) return;
    // How the start went may still lie in the pipe; it comes first.
    agent_settle();
    agent = 0;
    if (phase != RUNNING) return;
    phase = KILLING;
    ending.status = status;
    ending.by = stopped_by ? stopped_by : "agent";
    timer_clear(&lease);
    timer_set(&alone_deadline, ALONE_MS);
    kill_all(&killing);
}

void life_alone(void)
{
    if (phase == KILLING) begin_drain();
}

static void told(const struct agent_failure *failure)
{
    if (failure) {
        fail(failure->step, failure->error, strerror(failure->error));
        return;
    }
    phase = RUNNING;
    record_started(&last, "started", agent);
    record_started(&last_frame, NULL, agent);
    last_type = FRAME_STARTED;
    output_record(last.text);
    send_last();
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
    struct agent_failure failure;
    phase = STARTING;
    on_lease(go.lease_ms);
    agent = agent_start(&go, told, &failure);
    if (agent < 0) fail(failure.step, failure.error, strerror(failure.error));
    raise_file_limit();
}

static void on_go(char *payload, size_t length)
{
    if (phase != WAITING) {
        send_last();
        return;
    }
    const char *wrong = go_decode(&go, payload, length);
    if (wrong) fail("go", EINVAL, wrong);
    else start();
}

static void on_connected(void)
{
    static char text[HELLO_MAX];
    struct json hello = { .text = text, .size = sizeof text };
    const char *state = phase <= STARTING ? "waiting" : phase < TELLING ? "running" : "exited";
    timer_clear(&idle);
    hello_write(&hello, state, last_type ? last.text : NULL);
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

#include "report.h"

#include "control.h"
#include "go.h"
#include "loop.h"
#include "output.h"
#include "record.h"
#include "sink.h"

#include <sys/wait.h>
#include <unistd.h>

enum {
    FLUSH_MS = 30 * 1000,
    TELL_MS = 1000,
    EXIT_FAILED = 125,
};

// The last record as it was written to stdout, and the same as a frame.
static struct record line, frame;
static uint8_t frame_type;
static struct ending ending;
static int exit_code = EXIT_FAILED;
static bool started, failed, final;
static struct hook_done hooks[HOOKS_MAX];
static size_t hook_count;

static void flush_over(struct timer *t);
static void tell_over(struct timer *t);
static struct timer flush_deadline = { .fire = flush_over };
static struct timer tell_deadline = { .fire = tell_over };

const char *report_last(void)
{
    return frame_type ? line.text : NULL;
}

bool report_is_final(void)
{
    return final;
}

void report_again(void)
{
    if (frame_type) control_send(frame_type, frame.text, frame.json.length);
}

bool report_has_started(void)
{
    return started;
}

void report_hook_started(const char *name, pid_t pid)
{
    struct record r;
    record_hook_started(&r, name, pid);
    sink_record(r.text, r.json.length);
}

void report_hook_ended(const char *name, int status, const char *by, uint64_t ms)
{
    struct record r;
    record_hook_ended(&r, name, status, by, ms);
    sink_record(r.text, r.json.length);
    // A hook that failed is the last one. The record of the end reports it.
    if (hook_count < HOOKS_MAX) hooks[hook_count++] = (struct hook_done){ .name = name, .ms = ms };
}

void report_started(pid_t pid)
{
    started = true;
    record_started(&line, "started", pid, hooks, hook_count);
    record_started(&frame, NULL, pid, hooks, hook_count);
    frame_type = FRAME_STARTED;
    sink_record(line.text, line.json.length);
    report_again();
}

static _Noreturn void leave(void)
{
    // When PID 1 ends, the kernel kills whatever still runs in its namespace.
    _exit(exit_code);
}

static void tell_over(struct timer *t)
{
    (void)t;
    leave();
}

static void flushed(void)
{
    timer_clear(&flush_deadline);
    timer_set(&tell_deadline, TELL_MS);
    report_again();
    control_flush(leave);
}

// The record first, then the frame: a bridge that has the frame can rely on the record.
static void finish(void)
{
    final = true;
    if (!flush_deadline.armed) timer_set(&flush_deadline, FLUSH_MS);
    sink_record(line.text, line.json.length);
    sink_flush(flushed);
}


static void decide_ending(void)
{
    // A failed start is already in its final form.
    if (failed) return;
    ending.out_bytes = output_produced(STREAM_OUT);
    ending.err_bytes = output_produced(STREAM_ERR);
    output_digest(ending.out_digest);
    ending.truncated = output_truncated();
    record_exited(&line, "exited", &ending);
    record_exited(&frame, NULL, &ending);
    frame_type = FRAME_EXITED;
}

static void drained(void)
{
    // Too late: the deadline has already reported the end.
    if (final) return;
    decide_ending();
    finish();
}

// The engine no longer takes our output. The frame still reports the end.
static void flush_over(struct timer *t)
{
    (void)t;
    if (!final) decide_ending();
    final = true;
    sink_flush(NULL);
    flushed();
}

static void drain(void)
{
    timer_set(&flush_deadline, FLUSH_MS);
    output_drain(drained);
}

void report_failed(const char *step, int error, const char *message, const char *hook)
{
    failed = true;
    record_failed(&line, "failed", step, error, message, hook);
    record_failed(&frame, NULL, step, error, message, hook);
    frame_type = FRAME_FAILED;
    drain();
}

void report_ended(int status, const char *by, const char *hook)
{
    ending.status = status;
    ending.by = by;
    ending.hook = hook;
    exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    drain();
}

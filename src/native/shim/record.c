#include "record.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static struct json *begin(struct record *r, const char *type)
{
    r->json = (struct json){ .text = r->text, .size = sizeof r->text };
    json_raw(&r->json, "{");
    if (type) {
        json_key(&r->json, "t");
        json_string(&r->json, type);
    }
    return &r->json;
}

static void end(struct json *j)
{
    json_raw(j, "}");
    json_done(j);
}

static void number(struct json *j, const char *key, uint64_t value)
{
    json_key(j, key);
    json_number(j, value);
}

static void string(struct json *j, const char *key, const char *value)
{
    json_key(j, key);
    json_string(j, value);
}

static void write_hooks(struct json *j, const struct hook_done *hooks, size_t count)
{
    json_key(j, "hooks");
    json_raw(j, "[");
    for (size_t i = 0; i < count; i++) {
        json_raw(j, i == 0 ? "{" : ",{");
        string(j, "name", hooks[i].name);
        number(j, "ms", hooks[i].ms);
        json_raw(j, "}");
    }
    json_raw(j, "]");
}

void record_started(struct record *r, const char *type, pid_t pid, const struct hook_done *hooks, size_t count)
{
    struct json *j = begin(r, type);
    number(j, "pid", (uint64_t)pid);
    if (count > 0) write_hooks(j, hooks, count);
    end(j);
}

static void write_signal(struct json *j, int signal)
{
    char name[16];
    const char *abbreviation = sigabbrev_np(signal);
    if (abbreviation) snprintf(name, sizeof name, "SIG%s", abbreviation);
    else snprintf(name, sizeof name, "SIG%d", signal);
    number(j, "signal", (uint64_t)signal);
    string(j, "signalName", name);
}

static void write_status(struct json *j, int status)
{
    if (WIFSIGNALED(status)) write_signal(j, WTERMSIG(status));
    else number(j, "code", (uint64_t)WEXITSTATUS(status));
}

void record_exited(struct record *r, const char *type, const struct ending *e)
{
    struct json *j = begin(r, type);
    write_status(j, e->status);
    string(j, "by", e->by);
    number(j, "stdoutBytes", e->out_bytes);
    string(j, "stdoutSha256", e->out_digest);
    number(j, "stderrBytes", e->err_bytes);
    json_key(j, "truncated");
    json_raw(j, e->truncated ? "true" : "false");
    if (e->hook) string(j, "hook", e->hook);
    end(j);
}

void record_failed(struct record *r, const char *type, const char *step, int error, const char *message, const char *hook)
{
    struct json *j = begin(r, type);
    string(j, "step", step);
    number(j, "errno", (uint64_t)error);
    string(j, "message", message);
    if (hook) string(j, "hook", hook);
    end(j);
}

void record_hook_started(struct record *r, const char *name, pid_t pid)
{
    struct json *j = begin(r, "hookStarted");
    string(j, "name", name);
    number(j, "pid", (uint64_t)pid);
    end(j);
}

void record_hook_ended(struct record *r, const char *name, int status, const char *by, uint64_t ms)
{
    struct json *j = begin(r, "hookEnded");
    string(j, "name", name);
    write_status(j, status);
    string(j, "by", by);
    number(j, "ms", ms);
    end(j);
}

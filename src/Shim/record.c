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

void record_started(struct record *r, const char *type, pid_t pid)
{
    struct json *j = begin(r, type);
    number(j, "pid", (uint64_t)pid);
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

void record_exited(struct record *r, const char *type, const struct ending *e)
{
    struct json *j = begin(r, type);
    if (WIFSIGNALED(e->status)) write_signal(j, WTERMSIG(e->status));
    else number(j, "code", (uint64_t)WEXITSTATUS(e->status));
    string(j, "by", e->by);
    number(j, "stdoutBytes", e->out_bytes);
    string(j, "stdoutSha256", e->out_digest);
    number(j, "stderrBytes", e->err_bytes);
    json_key(j, "truncated");
    json_raw(j, e->truncated ? "true" : "false");
    end(j);
}

void record_failed(struct record *r, const char *type, const char *step, int error, const char *message)
{
    struct json *j = begin(r, type);
    string(j, "step", step);
    number(j, "errno", (uint64_t)error);
    string(j, "message", message);
    end(j);
}

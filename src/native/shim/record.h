// The JSON of what happened: the same members on the shim's stdout and in frames.
#ifndef SHIM_RECORD_H
#define SHIM_RECORD_H

#include "json.h"
#include "sha256.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// The longest tells the start of an agent after HOOKS_MAX hooks.
enum { RECORD_MAX = 4096 };

struct record {
    char text[RECORD_MAX];
    struct json json;
};

// A hook that did what it should.
struct hook_done {
    const char *name;
    uint64_t ms;
};

struct ending {
    // As waitpid(2) tells it.
    int status;
    // "agent", "stop", "lease" or "hooks": the time of the hooks was over.
    const char *by;
    uint64_t out_bytes, err_bytes;
    char out_digest[SHA256_HEX];
    bool truncated;
    // The hook whose end was the end of all; NULL for the agent's own.
    const char *hook;
};

// `type` ("started", "exited", "failed", "hookStarted", "hookEnded") becomes member "t"; NULL leaves it out, as frames do.
void record_started(struct record *r, const char *type, pid_t pid, const struct hook_done *hooks, size_t count);
void record_exited(struct record *r, const char *type, const struct ending *e);
// `hook` is NULL when it was the agent that could not be started.
void record_failed(struct record *r, const char *type, const char *step, int error, const char *message, const char *hook);
void record_hook_started(struct record *r, const char *name, pid_t pid);
void record_hook_ended(struct record *r, const char *name, int status, const char *by, uint64_t ms);

#endif

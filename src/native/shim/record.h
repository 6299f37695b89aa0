// The records as JSON, with the same members on the shim's stdout and in frames.
#ifndef SHIM_RECORD_H
#define SHIM_RECORD_H

#include "json.h"
#include "sha256.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// The longest record reports the start of an agent after HOOKS_MAX hooks.
enum { RECORD_MAX = 4096 };

struct record {
    char text[RECORD_MAX];
    struct json json;
};

// A hook that succeeded.
struct hook_done {
    const char *name;
    uint64_t ms;
};

struct ending {
    // As waitpid(2) tells it.
    int status;
    // "agent", "stop", "lease", or "hooks" when the time limit of the hooks passed.
    const char *by;
    uint64_t out_bytes, err_bytes;
    char out_digest[SHA256_HEX];
    bool truncated;
    // The hook whose end ended everything; NULL if it was the agent.
    const char *hook;
};

// `type` ("started", "exited", "failed", "hookStarted", "hookEnded") becomes member "t"; NULL leaves it out, as frames do.
void record_started(struct record *r, const char *type, pid_t pid, const struct hook_done *hooks, size_t count);
void record_exited(struct record *r, const char *type, const struct ending *e);
// `hook` is NULL when the agent could not be started.
void record_failed(struct record *r, const char *type, const char *step, int error, const char *message, const char *hook);
void record_hook_started(struct record *r, const char *name, pid_t pid);
void record_hook_ended(struct record *r, const char *name, int status, const char *by, uint64_t ms);

#endif

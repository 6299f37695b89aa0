// The JSON of what happened: the same members on the shim's stdout and in frames.
#ifndef SHIM_RECORD_H
#define SHIM_RECORD_H

#include "json.h"
#include "sha256.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { RECORD_MAX = 768 };

struct record {
    char text[RECORD_MAX];
    struct json json;
};

struct ending {
    // As waitpid(2) tells it.
    int status;
    // "agent", "stop" or "lease".
    const char *by;
    uint64_t out_bytes, err_bytes;
    char out_digest[SHA256_HEX];
    bool truncated;
};

// `type` ("started", "exited", "failed") becomes member "t"; NULL leaves it out, as frames do.
void record_started(struct record *r, const char *type, pid_t pid);
void record_exited(struct record *r, const char *type, const struct ending *e);
void record_failed(struct record *r, const char *type, const char *step, int error, const char *message);

#endif

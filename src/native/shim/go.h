// The decoded `Go`: everything that the agent needs to start.
#ifndef SHIM_GO_H
#define SHIM_GO_H

#include <stddef.h>
#include <stdint.h>

enum {
    RELAYS_MAX = 8,
    SOCKET_NAME_MAX = 64,
    ARGUMENTS_MAX = 4096,
    STDIN_MAX = 2 * 1024 * 1024,
    HOOKS_MAX = 48,
    HOOK_NAME_MAX = 31,
};

struct go_relay {
    uint16_t port;
    char socket[SOCKET_NAME_MAX + 1];
};

struct go_hook {
    char name[HOOK_NAME_MAX + 1];
    // Points into the payload.
    char *command;
};

struct go {
    // Both end with NULL and point into the payload.
    char *argv[ARGUMENTS_MAX + 1];
    char *envp[ARGUMENTS_MAX + 1];
    const char *workdir;
    // STDIN_MAX bytes from mmap, or NULL without stdin. The code that writes it to the agent unmaps it.
    char *input;
    size_t input_length;
    struct go_relay relays[RELAYS_MAX];
    size_t relay_count;
    struct go_hook hooks[HOOKS_MAX];
    size_t hook_count;
    // pids is 0 for no limit.
    uint64_t log_bytes, lease_ms, hooks_ms, pids;
    uint32_t grace_ms;
};

// Decodes in place: strings are terminated inside `payload`, which must outlive argv, envp, workdir and the commands of hooks.
// Returns NULL, or one sentence that says what is wrong.
const char *go_decode(struct go *go, char *payload, size_t length);

#endif

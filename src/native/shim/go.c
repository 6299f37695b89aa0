#include "go.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

enum {
    KEY_ARGUMENT = 1,
    KEY_ENVIRONMENT = 2,
    KEY_WORKDIR = 3,
    KEY_STDIN = 4,
    KEY_RELAY = 5,
    KEY_LOG_BYTES = 6,
    KEY_GRACE = 7,
    KEY_LEASE = 8,
    KEY_HOOK = 9,
    KEY_HOOKS_TIME = 10,
    KEY_PIDS = 11,
    KEYS = 12,
    FIELD_HEADER = 5,
};

static const char *MALFORMED = "a field does not have the form of its key";

struct decoding {
    struct go *go;
    size_t argc, envc;
    unsigned seen;
};

static uint64_t little_endian(const char *bytes, size_t n)
{
    uint64_t value = 0;
    for (size_t i = n; i-- > 0;) value = value << 8 | (unsigned char)bytes[i];
    return value;
}

// The five bytes before a value have been read, so the value can move down by one to make room for the NUL at its end.
static char *string(char *value, size_t n)
{
    if (memchr(value, 0, n)) return NULL;
    memmove(value - 1, value, n);
    value[n - 1] = 0;
    return value - 1;
}

static const char *add_string(char **list, size_t *count, char *value)
{
    if (!value) return "a string contains a NUL";
    if (*count == ARGUMENTS_MAX) return "more than 4096 arguments or environment entries";
    list[(*count)++] = value;
    return NULL;
}

static const char *add_environment(struct decoding *d, char *value)
{
    const char *equals = value ? strchr(value, '=') : NULL;
    if (value && (!equals || equals == value)) return "an environment entry is not NAME=value";
    return add_string(d->go->envp, &d->envc, value);
}

static const char *set_workdir(struct go *go, char *value)
{
    if (!value || value[0] != '/') return "the working directory is not an absolute path";
    go->workdir = value;
    return NULL;
}

// In memory of its own, since stdin is still being written long after the payload is gone. Untouched pages cost nothing.
static const char *add_input(struct go *go, const char *value, size_t n)
{
    if (n > STDIN_MAX - go->input_length) return "more than 2 MiB for stdin";
    if (!go->input) {
        void *memory = mmap(NULL, STDIN_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) return "no memory for stdin";
        go->input = memory;
    }
    memcpy(go->input + go->input_length, value, n);
    go->input_length += n;
    return NULL;
}

static bool is_socket_name(const char *name, size_t n)
{
    static const char suffix[] = ".sock";
    size_t s = sizeof suffix - 1;
    if (n <= s || n > SOCKET_NAME_MAX || memcmp(name + n - s, suffix, s) != 0) return false;
    for (size_t i = 0; i < n - s; i++)
        if (!memchr("abcdefghijklmnopqrstuvwxyz0123456789-", name[i], 37)) return false;
    return true;
}

static const char *add_relay(struct go *go, const char *value, size_t n)
{
    if (go->relay_count == RELAYS_MAX) return "more than 8 relays";
    if (n < 3 || !is_socket_name(value + 2, n - 2)) return "a relay's socket name is not [a-z0-9-]+.sock";
    struct go_relay *relay = &go->relays[go->relay_count++];
    relay->port = (uint16_t)little_endian(value, 2);
    memcpy(relay->socket, value + 2, n - 2);
    relay->socket[n - 2] = 0;
    return relay->port == 0 ? "a relay's port is 0" : NULL;
}

// The letters need no escape in JSON.
static bool is_hook_name(const char *name, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789[]", name[i], 64)) return false;
    return n > 0 && n <= HOOK_NAME_MAX;
}

static const char *add_hook(struct go *go, char *value)
{
    if (!value) return "a hook contains a NUL";
    if (go->hook_count == HOOKS_MAX) return "more than 48 hooks";
    char *equals = strchr(value, '=');
    if (!equals || !equals[1] || !is_hook_name(value, (size_t)(equals - value))) return "a hook is not NAME=command";
    struct go_hook *hook = &go->hooks[go->hook_count++];
    memcpy(hook->name, value, (size_t)(equals - value));
    hook->command = equals + 1;
    return NULL;
}

static const char *add_number(struct go *go, unsigned key, const char *value, size_t n)
{
    if (n != (key == KEY_GRACE ? 4 : 8)) return MALFORMED;
    uint64_t number = little_endian(value, n);
    if (key == KEY_LOG_BYTES) go->log_bytes = number;
    else if (key == KEY_HOOKS_TIME) go->hooks_ms = number;
    else if (key == KEY_PIDS) go->pids = number;
    else if (key == KEY_GRACE) go->grace_ms = (uint32_t)number;
    else go->lease_ms = number;
    return NULL;
}

static const char *add_field(struct decoding *d, unsigned key, char *value, size_t n)
{
    bool repeats = key == KEY_ARGUMENT || key == KEY_ENVIRONMENT || key == KEY_STDIN || key == KEY_RELAY
        || key == KEY_HOOK;
    if (key == 0 || key >= KEYS) return "a field is not known";
    if (!repeats && (d->seen & 1U << key)) return "a field that stands once is repeated";
    d->seen |= 1U << key;
    switch (key) {
    case KEY_ARGUMENT: return add_string(d->go->argv, &d->argc, string(value, n));
    case KEY_ENVIRONMENT: return add_environment(d, string(value, n));
    case KEY_WORKDIR: return set_workdir(d->go, string(value, n));
    case KEY_STDIN: return add_input(d->go, value, n);
    case KEY_RELAY: return add_relay(d->go, value, n);
    case KEY_HOOK: return add_hook(d->go, string(value, n));
    default: return add_number(d->go, key, value, n);
    }
}

static const char *check(const struct decoding *d)
{
    if (d->argc == 0 || d->go->argv[0][0] == 0) return "there is no command";
    if (d->seen & 1U << KEY_PIDS && d->go->pids == 0) return "there may be no process";
    if (!d->go->workdir) return "there is no working directory";
    // Fail closed: an agent without a time limit does not start.
    if (!(d->seen & 1U << KEY_LEASE)) return "there is no lease";
    if (d->go->lease_ms == 0) return "the lease is over";
    if (d->go->hook_count > 0 && d->go->hooks_ms == 0) return "there is no time for the hooks";
    return NULL;
}

const char *go_decode(struct go *go, char *payload, size_t length)
{
    memset(go, 0, sizeof *go);
    go->log_bytes = 64ULL * 1024 * 1024;
    go->grace_ms = 5000;
    struct decoding d = { .go = go };
    for (size_t at = 0; at < length;) {
        if (length - at < FIELD_HEADER) return "a field is cut off";
        unsigned key = (unsigned char)payload[at];
        size_t n = (size_t)little_endian(payload + at + 1, 4);
        at += FIELD_HEADER;
        if (n > length - at) return "a field is cut off";
        const char *wrong = add_field(&d, key, payload + at, n);
        if (wrong) return wrong;
        at += n;
    }
    return check(&d);
}

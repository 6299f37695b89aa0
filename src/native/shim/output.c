#include "output.h"

#include "json.h"
#include "loop.h"
#include "sha256.h"
#include "sink.h"
#include "tail.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    // The most that one read takes. Framing at most doubles it (if each byte is a newline: "o\n"), plus one unfinished piece.
    CHUNK = 32 * 1024,
    FRAMED = 2 * CHUNK + 4,
    // The capacity of a pipe, unless its writer made it larger.
    PIPE = 64 * 1024,
    OMISSION = 128,
    TAIL_OUT = 1024 * 1024,
    TAIL_REST = 64 * 1024,
    // Each line counts as at least this much, since the engine's log adds a time stamp. Otherwise an agent could fill the disk with empty
    // lines.
    LINE_COST = 32,
};

_Static_assert((size_t)FRAMED + OMISSION <= (size_t)SINK_MIN, "an empty queue must hold a whole step");

struct source {
    struct watch watch;
    struct tail tail;
    uint64_t produced;
    char whole, piece;
    const char *name;
    // Nothing more comes: end of file, or empty when no writer was left.
    bool dry, trimmed, omission_told;
};

static void source_ready(struct watch *w);

static struct source sources[STREAMS] = {
    { .watch = { .fd = -1, .ready = source_ready }, .whole = 'o', .piece = 'O', .name = "stdout", .dry = true },
    { .watch = { .fd = -1, .ready = source_ready }, .whole = 'e', .piece = 'E', .name = "stderr", .dry = true },
    { .watch = { .fd = -1, .ready = source_ready }, .whole = 'h', .piece = 'H', .name = "hooks", .dry = true },
};

static uint64_t head_left;
// The digest of everything that the agent wrote to stdout, also of what the log leaves out. For a command this is the result.
static struct sha256 digest;
// Set while draining.
static void (*on_drained)(void);

static void sink_moved(void);

void output_init(void (*reader_gone)(void))
{
    const struct sink_handlers handlers = { .moved = sink_moved, .reader_gone = reader_gone };
    sink_init(&handlers);
    sha256_init(&digest);
}

void output_limit(uint64_t log_bytes, bool hooks)
{
    uint64_t out = log_bytes / 2, rest = log_bytes / 32;
    sources[STREAM_OUT].tail.size = out < TAIL_OUT ? (size_t)out : TAIL_OUT;
    sources[STREAM_ERR].tail.size = rest < TAIL_REST ? (size_t)rest : TAIL_REST;
    sources[STREAM_HOOKS].tail.size = hooks ? sources[STREAM_ERR].tail.size : 0;
    head_left = log_bytes;
    for (int i = 0; i < STREAMS; i++) head_left -= sources[i].tail.size;
}

void output_attach(int stream, int fd)
{
    sources[stream].watch.fd = fd;
    sources[stream].dry = false;
    if (!watch_events(&sources[stream].watch, EPOLLIN)) panic("epoll_ctl on the agent's output");
}

// Frames as much of `bytes` as `*budget` allows and returns how much that was. The caller has checked that there is room.
static size_t frame(const struct source *s, const char *bytes, size_t n, uint64_t *budget)
{
    size_t done = 0;
    while (done < n && *budget > 0) {
        const char *line = bytes + done;
        const char *newline = memchr(line, '\n', n - done);
        size_t length = newline ? (size_t)(newline - line) + 1 : n - done;
        bool cut = length > *budget;
        if (cut) length = (size_t)*budget;
        bool whole = newline && !cut;
        sink_line(whole ? s->whole : s->piece, line, whole ? length - 1 : length);
        uint64_t cost = length < LINE_COST ? LINE_COST : length;
        *budget -= cost < *budget ? cost : *budget;
        done += length;
    }
    return done;
}

// One bounded read.
static void take(struct source *s)
{
    static char chunk[CHUNK];
    ssize_t got = read(s->watch.fd, chunk, sizeof chunk);
    bool nothing_yet = got < 0 && (errno == EINTR || (errno == EAGAIN && !on_drained));
    if (nothing_yet) return;
    if (got <= 0) {
        watch_close(&s->watch);
        s->dry = true;
        return;
    }
    size_t n = (size_t)got;
    s->produced += n;
    if (s == &sources[STREAM_OUT]) sha256_add(&digest, chunk, n);
    if (sink_is_gone()) return;
    size_t framed = frame(s, chunk, n, &head_left);
    tail_push(&s->tail, chunk + framed, n - framed);
}

// Backpressure: while our own stdout is full, the agent's pipes are not read.
static void want_sources(void)
{
    bool open = sink_room() >= FRAMED;
    for (int i = 0; i < STREAMS; i++)
        if (!sources[i].dry) watch_events(&sources[i].watch, open ? EPOLLIN : 0);
}

static void source_ready(struct watch *w)
{
    if (sink_room() >= FRAMED) take((struct source *)w);
    sink_write();
    want_sources();
}

static void tell_omission(struct source *s)
{
    if (s->omission_told || s->tail.omitted == 0) return;
    s->omission_told = true;
    char text[OMISSION];
    struct json j = { .text = text, .size = sizeof text };
    json_raw(&j, "{\"t\":\"truncated\"");
    json_key(&j, "stream");
    json_string(&j, s->name);
    json_key(&j, "omitted");
    json_number(&j, s->tail.omitted);
    json_raw(&j, "}");
    sink_line('r', text, j.length);
}

// Writes one piece of a tail; false when the tail is complete.
static bool write_tail(struct source *s)
{
    static char chunk[CHUNK];
    if (!s->trimmed) tail_trim(&s->tail, LINE_COST);
    s->trimmed = true;
    tell_omission(s);
    size_t n = tail_take(&s->tail, chunk, sizeof chunk);
    uint64_t all = UINT64_MAX;
    frame(s, chunk, n, &all);
    return n > 0;
}

// The pipes first, so that each tail is complete before it is written.
static bool drain_step(void)
{
    for (int i = 0; i < STREAMS; i++) {
        if (sources[i].dry) continue;
        take(&sources[i]);
        return true;
    }
    for (int i = 0; i < STREAMS; i++)
        if (write_tail(&sources[i])) return true;
    return false;
}

static void drain(void)
{
    while (sink_room() >= FRAMED + OMISSION) {
        bool more = drain_step();
        sink_write();
        if (more) continue;
        void (*done)(void) = on_drained;
        on_drained = NULL;
        done();
        return;
    }
}

void output_catch_up(int stream)
{
    struct source *s = &sources[stream];
    for (size_t left = PIPE; left >= CHUNK && !s->dry && sink_room() >= FRAMED; left -= CHUNK) take(s);
    sink_write();
}

static void sink_moved(void)
{
    if (on_drained) drain();
    else want_sources();
}

void output_drain(void (*done)(void))
{
    on_drained = done;
    for (int i = 0; i < STREAMS; i++) watch_events(&sources[i].watch, 0);
    drain();
}

uint64_t output_produced(int stream)
{
    return sources[stream].produced;
}

void output_digest(char hex[SHA256_HEX])
{
    sha256_hex(&digest, hex);
}

bool output_truncated(void)
{
    for (int i = 0; i < STREAMS; i++)
        if (sources[i].tail.omitted > 0) return true;
    return false;
}

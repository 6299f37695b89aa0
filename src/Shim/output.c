#include "output.h"

#include "json.h"
#include "loop.h"
#include "tail.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    // What one read takes. Framing at most doubles it (each byte a newline: "o\n"), plus one unfinished piece.
    CHUNK = 32 * 1024,
    FRAMED = 2 * CHUNK + 4,
    RECORD = 1024,
    QUEUE = 4 * FRAMED + RECORD,
    TAIL_OUT = 1024 * 1024,
    TAIL_ERR = 64 * 1024,
    // A line counts as at least this much, or an agent could fill the disk with empty ones: the engine's log adds a
    // time stamp to each.
    LINE_COST = 32,
};

struct source {
    struct watch watch;
    struct tail tail;
    uint64_t produced;
    char whole, piece;
    const char *name;
    // Nothing more will come: end of file, or empty when nobody was left to write.
    bool dry, omission_told;
};

static void source_ready(struct watch *w);

static struct source sources[STREAMS] = {
    { .watch = { .fd = -1, .ready = source_ready }, .whole = 'o', .piece = 'O', .name = "stdout", .dry = true },
    { .watch = { .fd = -1, .ready = source_ready }, .whole = 'e', .piece = 'E', .name = "stderr", .dry = true },
};

static void sink_ready(struct watch *w);
static struct watch sink = { .fd = -1, .ready = sink_ready };
static char queue[QUEUE];
static size_t queue_start, queue_end;
static uint64_t head_left;
static bool sink_gone, sink_is_file, draining;
static void (*on_gone)(void);
static void (*on_drained)(void);
static void (*on_flushed)(void);

void output_init(void (*reader_gone)(void))
{
    on_gone = reader_gone;
    sink.fd = STDOUT_FILENO;
    // A regular file cannot be watched and need not be: it never keeps us waiting. EPOLLERR alone is wanted at all
    // times, to learn that the reader is gone while the agent is silent.
    sink_is_file = !watch_want(&sink, EPOLLERR) && errno == EPERM;
    output_limit(64ULL * 1024 * 1024);
}

void output_limit(uint64_t log_bytes)
{
    uint64_t out = log_bytes / 2, err = log_bytes / 32;
    sources[STREAM_OUT].tail.size = out < TAIL_OUT ? (size_t)out : TAIL_OUT;
    sources[STREAM_ERR].tail.size = err < TAIL_ERR ? (size_t)err : TAIL_ERR;
    head_left = log_bytes - sources[STREAM_OUT].tail.size - sources[STREAM_ERR].tail.size;
}

static size_t room(void)
{
    if (queue_start > 0) {
        memmove(queue, queue + queue_start, queue_end - queue_start);
        queue_end -= queue_start;
        queue_start = 0;
    }
    // The last kilobyte is for a record, which must never be lost to a full queue.
    return QUEUE - RECORD - queue_end;
}

static void put(const char *bytes, size_t n)
{
    memcpy(queue + queue_end, bytes, n);
    queue_end += n;
}

static void put_line(char kind, const char *bytes, size_t n)
{
    if (sink_gone) return;
    put(&kind, 1);
    put(bytes, n);
    put("\n", 1);
}

// Frames as much of `bytes` as `*budget` allows; returns how much that was. Room was made sure of before.
static size_t frame(struct source *s, const char *bytes, size_t n, uint64_t *budget)
{
    size_t done = 0;
    while (done < n && *budget > 0) {
        const char *line = bytes + done;
        const char *newline = memchr(line, '\n', n - done);
        size_t length = newline ? (size_t)(newline - line) + 1 : n - done;
        bool cut = length > *budget;
        if (cut) length = (size_t)*budget;
        bool whole = newline && !cut;
        put_line(whole ? s->whole : s->piece, line, whole ? length - 1 : length);
        uint64_t cost = length < LINE_COST ? LINE_COST : length;
        *budget -= cost < *budget ? cost : *budget;
        done += length;
    }
    return done;
}

static void lose_reader(void)
{
    sink_gone = true;
    queue_start = queue_end = 0;
    watch_close(&sink);
    on_gone();
}

static void write_queue(void)
{
    while (queue_start < queue_end && !sink_gone) {
        ssize_t n = write(sink.fd, queue + queue_start, queue_end - queue_start);
        if (n > 0) queue_start += (size_t)n;
        else if (errno == EAGAIN) break;
        else if (errno != EINTR) lose_reader();
    }
    if (queue_start == queue_end) queue_start = queue_end = 0;
    if (!sink_gone && !sink_is_file) watch_want(&sink, queue_end > 0 ? EPOLLERR | EPOLLOUT : EPOLLERR);
}

// One bounded read. False when the source has nothing to give now.
static bool take(struct source *s)
{
    static char chunk[CHUNK];
    ssize_t got = read(s->watch.fd, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) return true;
    if (got < 0 && errno == EAGAIN && !draining) return false;
    if (got <= 0) {
        watch_close(&s->watch);
        s->dry = true;
        return false;
    }
    size_t n = (size_t)got;
    s->produced += n;
    if (sink_gone) return true;
    size_t framed = frame(s, chunk, n, &head_left);
    tail_push(&s->tail, chunk + framed, n - framed);
    return true;
}

// Backpressure: while our own stdout is full the agent's pipes are left alone.
static void want_sources(void)
{
    bool open = room() >= FRAMED;
    for (int i = 0; i < STREAMS; i++)
        if (!sources[i].dry) watch_want(&sources[i].watch, open ? EPOLLIN : 0);
}

static void source_ready(struct watch *w)
{
    struct source *s = (struct source *)w;
    if (room() >= FRAMED) take(s);
    write_queue();
    want_sources();
}

static void tell_omission(struct source *s)
{
    if (s->omission_told || s->tail.omitted == 0) return;
    s->omission_told = true;
    char text[128];
    struct json j = { .text = text, .size = sizeof text };
    json_raw(&j, "{\"t\":\"truncated\"");
    json_key(&j, "stream");
    json_string(&j, s->name);
    json_key(&j, "omitted");
    json_number(&j, s->tail.omitted);
    json_raw(&j, "}");
    put_line('r', json_done(&j), j.length);
}

// One step towards the end of a source; false when it has no more to give.
static bool finish(struct source *s)
{
    static char chunk[CHUNK];
    if (!s->dry) {
        take(s);
        return true;
    }
    tell_omission(s);
    size_t n = tail_take(&s->tail, chunk, sizeof chunk);
    uint64_t all = UINT64_MAX;
    frame(s, chunk, n, &all);
    return n > 0;
}

static void pump_drain(void)
{
    // Both pipes first, so that no tail is written before its last byte is known.
    bool more = true;
    while (more && room() >= FRAMED + RECORD) {
        more = false;
        for (int i = 0; i < STREAMS && !more; i++) more = !sources[i].dry && finish(&sources[i]);
        for (int i = 0; i < STREAMS && !more; i++) more = finish(&sources[i]);
        write_queue();
    }
    if (more) return;
    draining = false;
    on_drained();
}

static bool reader_left(void)
{
    struct pollfd p = { .fd = sink.fd };
    return poll(&p, 1, 0) > 0 && (p.revents & POLLERR) != 0;
}

static void sink_ready(struct watch *w)
{
    (void)w;
    // A write tells, but while nothing is queued there is none.
    if (queue_end == 0 && reader_left()) lose_reader();
    write_queue();
    if (draining) pump_drain();
    else want_sources();
    output_flush(on_flushed);
}

void output_attach(int stream, int fd)
{
    sources[stream].watch.fd = fd;
    sources[stream].dry = false;
    if (!watch_want(&sources[stream].watch, EPOLLIN)) panic("epoll_ctl on the agent's output");
}

void output_record(const char *json)
{
    if (sink_gone) return;
    size_t n = strlen(json);
    room();
    if (n + 2 > QUEUE - queue_end) {
        errno = ENOBUFS;
        panic("record");
    }
    put_line('r', json, n);
    write_queue();
}

void output_drain(void (*done)(void))
{
    on_drained = done;
    draining = true;
    for (int i = 0; i < STREAMS; i++) watch_want(&sources[i].watch, 0);
    pump_drain();
}

void output_flush(void (*done)(void))
{
    on_flushed = done;
    if (!done || queue_end > 0) return;
    on_flushed = NULL;
    done();
}

uint64_t output_produced(int stream)
{
    return sources[stream].produced;
}

bool output_truncated(void)
{
    return sources[STREAM_OUT].tail.omitted + sources[STREAM_ERR].tail.omitted > 0;
}

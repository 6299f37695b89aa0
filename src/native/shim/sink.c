#include "sink.h"

#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

// Room for every record of a life while stdout is not read: two short ones for each hook, a long one for the start, and the end.
enum { FOR_RECORDS = 24 * 1024, QUEUE = SINK_MIN + FOR_RECORDS };

static void sink_ready(struct watch *w);
static struct watch sink = { .fd = -1, .ready = sink_ready };
static struct sink_handlers on;
static void (*on_flushed)(void);
static char queue[QUEUE];
static size_t queue_start, queue_end;
static bool gone, is_file;

void sink_init(const struct sink_handlers *handlers)
{
    on = *handlers;
    sink.fd = STDOUT_FILENO;
    // A regular file cannot be watched and need not be: writing to it never blocks. EPOLLERR is always of interest, to learn that the reader
    // is gone while the agent is silent.
    is_file = !watch_events(&sink, EPOLLERR) && errno == EPERM;
}

size_t sink_room(void)
{
    if (queue_start > 0) {
        memmove(queue, queue + queue_start, queue_end - queue_start);
        queue_end -= queue_start;
        queue_start = 0;
    }
    return queue_end < SINK_MIN ? SINK_MIN - queue_end : 0;
}

static void put(const char *bytes, size_t n)
{
    memcpy(queue + queue_end, bytes, n);
    queue_end += n;
}

void sink_line(char kind, const char *bytes, size_t n)
{
    if (gone) return;
    put(&kind, 1);
    put(bytes, n);
    put("\n", 1);
}

void sink_record(const char *json, size_t n)
{
    sink_room();
    if (n + 2 > QUEUE - queue_end) {
        errno = ENOBUFS;
        panic("record");
    }
    sink_line('r', json, n);
    sink_write();
}

static void lose_reader(void)
{
    gone = true;
    queue_start = queue_end = 0;
    watch_close(&sink);
    on.reader_gone();
}

void sink_write(void)
{
    while (queue_start < queue_end && !gone) {
        ssize_t n = write(sink.fd, queue + queue_start, queue_end - queue_start);
        if (n > 0) queue_start += (size_t)n;
        else if (errno == EAGAIN) break;
        else if (errno != EINTR) lose_reader();
    }
    if (queue_start == queue_end) queue_start = queue_end = 0;
    if (!gone && !is_file) watch_events(&sink, queue_end > 0 ? EPOLLERR | EPOLLOUT : EPOLLERR);
}

static bool reader_left(void)
{
    struct pollfd p = { .fd = sink.fd };
    return poll(&p, 1, 0) > 0 && (p.revents & POLLERR) != 0;
}

static void settle_flush(void)
{
    if (!on_flushed || queue_end > 0) return;
    void (*done)(void) = on_flushed;
    on_flushed = NULL;
    done();
}

static void sink_ready(struct watch *w)
{
    (void)w;
    // A write would tell, but nothing is written while the queue is empty.
    if (queue_end == 0 && reader_left()) lose_reader();
    sink_write();
    on.moved();
    settle_flush();
}

void sink_flush(void (*done)(void))
{
    on_flushed = done;
    settle_flush();
}

bool sink_is_gone(void)
{
    return gone;
}

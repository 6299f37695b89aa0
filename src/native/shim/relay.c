#include "relay.h"

#include "loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 64,
    BUFFER = 16 * 1024,
    RETRY_FIRST_MS = 20,
    RETRY_LAST_MS = 500,
    // The pause after an accept that failed for lack of memory or descriptors.
    PAUSE_MS = 200,
};

// How long a client waits for a bridge that is being restarted. Tests build a shim with a shorter time.
#ifndef SHIM_CONNECT_TIMEOUT_MS
#define SHIM_CONNECT_TIMEOUT_MS (30 * 1000)
#endif

enum { CLIENT, UPSTREAM, SIDES };

struct connection;

// One end of a connection, with what was read from it and not yet written to the other end.
struct side {
    struct watch watch;
    struct connection *connection;
    size_t start, end;
    // End of file was read here; it was passed on to the other end.
    bool finished, passed_on;
    char buffer[BUFFER];
};

struct listener;

// A fixed pool: untouched memory costs nothing, and a late event never finds freed memory.
struct connection {
    struct side sides[SIDES];
    struct timer retry;
    struct listener *listener;
    int64_t retry_ms, give_up_at;
    bool used;
};

struct listener {
    struct watch watch;
    struct timer pause;
    struct sockaddr_un upstream;
    unsigned count;
    struct connection pool[CONNECTIONS_MAX];
};

static struct listener listeners[RELAYS_MAX];

static void close_connection(struct connection *c)
{
    timer_clear(&c->retry);
    watch_close(&c->sides[CLIENT].watch);
    watch_close(&c->sides[UPSTREAM].watch);
    c->used = false;
    c->listener->count--;
    watch_events(&c->listener->watch, EPOLLIN);
}

// Reads once if there is room. False when the end is broken.
static bool fill(struct side *s)
{
    if (s->finished || s->end == BUFFER) return true;
    ssize_t n = recv(s->watch.fd, s->buffer + s->end, BUFFER - s->end, 0);
    if (n > 0) s->end += (size_t)n;
    else if (n == 0) s->finished = true;
    else return errno == EAGAIN || errno == EINTR;
    return true;
}

// Writes what `from` holds to `to`, and the end of file after the last byte.
static bool empty(struct side *from, struct side *to)
{
    while (from->start < from->end) {
        ssize_t n = send(to->watch.fd, from->buffer + from->start, from->end - from->start, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno == EAGAIN;
        from->start += (size_t)n;
    }
    from->start = from->end = 0;
    if (from->finished && !from->passed_on) {
        shutdown(to->watch.fd, SHUT_WR);
        from->passed_on = true;
    }
    return true;
}

static bool want(struct side *s, const struct side *other)
{
    uint32_t events = 0;
    if (!s->finished && s->end < BUFFER) events |= EPOLLIN;
    if (other->start < other->end) events |= EPOLLOUT;
    return watch_events(&s->watch, events);
}

static void pump(struct connection *c)
{
    struct side *client = &c->sides[CLIENT], *upstream = &c->sides[UPSTREAM];
    bool well = fill(client) && fill(upstream) && empty(client, upstream) && empty(upstream, client);
    bool over = client->passed_on && upstream->passed_on;
    if (!well || over || !want(client, upstream) || !want(upstream, client)) close_connection(c);
}

static void side_ready(struct watch *w)
{
    struct connection *c = ((struct side *)w)->connection;
    if (c->sides[UPSTREAM].watch.fd >= 0) pump(c);
}

static bool is_away(int error)
{
    // A restarted bridge binds the socket first, and opens it to the agent a moment later.
    return error == ECONNREFUSED || error == ENOENT || error == EAGAIN || error == EACCES;
}

static void connect_upstream(struct timer *t)
{
    struct connection *c = (struct connection *)(void *)((char *)t - offsetof(struct connection, retry));
    struct watch *w = &c->sides[UPSTREAM].watch;
    const struct sockaddr_un *address = &c->listener->upstream;
    w->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (w->fd >= 0 && connect(w->fd, (const struct sockaddr *)address, sizeof *address) == 0) {
        pump(c);
        return;
    }
    bool patient = w->fd >= 0 && is_away(errno) && now_ms() < c->give_up_at;
    watch_close(w);
    if (!patient) {
        close_connection(c);
        return;
    }
    timer_set(&c->retry, c->retry_ms);
    c->retry_ms = c->retry_ms * 2 < RETRY_LAST_MS ? c->retry_ms * 2 : RETRY_LAST_MS;
}

static void open_side(struct connection *c, int which, int fd)
{
    struct side *s = &c->sides[which];
    s->watch = (struct watch){ .fd = fd, .ready = side_ready };
    s->connection = c;
    s->start = s->end = 0;
    s->finished = s->passed_on = false;
}

static struct connection *free_connection(struct listener *l)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        if (!l->pool[i].used) return &l->pool[i];
    return NULL;
}

static void begin_connection(struct listener *l, struct connection *c, int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->used = true;
    c->listener = l;
    c->retry = (struct timer){ .fire = connect_upstream };
    c->retry_ms = RETRY_FIRST_MS;
    c->give_up_at = now_ms() + SHIM_CONNECT_TIMEOUT_MS;
    open_side(c, CLIENT, fd);
    open_side(c, UPSTREAM, -1);
    l->count++;
    connect_upstream(&c->retry);
}

static void resume(struct timer *t)
{
    struct listener *l = (struct listener *)(void *)((char *)t - offsetof(struct listener, pause));
    if (l->count < CONNECTIONS_MAX) watch_events(&l->watch, EPOLLIN);
}

static void listener_ready(struct watch *w)
{
    struct listener *l = (struct listener *)w;
    struct connection *c = free_connection(l);
    int fd = c ? accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC) : -1;
    if (fd >= 0) {
        begin_connection(l, c, fd);
    } else if (c && errno != EAGAIN) {
        // The connection stays in the backlog, and would wake us again at once.
        watch_events(w, 0);
        timer_set(&l->pause, PAUSE_MS);
    }
    // The rest waits in the backlog until one of these ends.
    if (l->count == CONNECTIONS_MAX) watch_events(w, 0);
}

static int open_listener(struct listener *l, const struct go_relay *relay)
{
    l->upstream.sun_family = AF_UNIX;
    snprintf(l->upstream.sun_path, sizeof l->upstream.sun_path, "/run/stromboli/%s", relay->socket);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno;
    l->watch = (struct watch){ .fd = fd, .ready = listener_ready };
    l->pause = (struct timer){ .fire = resume };
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(relay->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 || listen(fd, CONNECTIONS_MAX) < 0
        || !watch_events(&l->watch, EPOLLIN))
        return errno;
    return 0;
}

int relay_open(const struct go_relay *relays, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int error = open_listener(&listeners[i], &relays[i]);
        if (error != 0) return error;
    }
    return 0;
}

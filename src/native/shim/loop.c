#include "loop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64 };

// Ten years: longer than any lease, and no sum with it overflows.
static const int64_t FOREVER_MS = 10LL * 365 * 24 * 3600 * 1000;

static int epoll_fd = -1;
static struct watch timer_watch = { .fd = -1 };
static struct timer *timers;
static int64_t programmed;

void panic(const char *what)
{
    dprintf(STDERR_FILENO, "stromboli-shim: %s: %s\n", what, strerror(errno));
    _exit(125);
}

int64_t now_ms(void)
{
    struct timespec ts;
    if (clock_gettime(CLOCK_BOOTTIME, &ts) < 0) panic("clock_gettime");
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void timers_due(struct watch *w)
{
    uint64_t expirations;
    // Neither the count nor an early wake-up matters: fire_due reads the clock.
    if (read(w->fd, &expirations, sizeof expirations) < 0 && errno != EAGAIN) panic("timerfd");
    programmed = 0;
}

void loop_init(void)
{
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0) panic("epoll_create1");
    timer_watch.fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    timer_watch.ready = timers_due;
    if (timer_watch.fd < 0 || !watch_events(&timer_watch, EPOLLIN)) panic("timerfd_create");
}

bool watch_events(struct watch *w, uint32_t events)
{
    if (w->fd < 0) return false;
    if (events == w->interest) return true;
    struct epoll_event ev = { .events = events, .data.ptr = w };
    int op = events == 0 ? EPOLL_CTL_DEL : w->interest == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(epoll_fd, op, w->fd, &ev) < 0) return false;
    w->interest = events;
    return true;
}

void watch_close(struct watch *w)
{
    if (w->fd < 0) return;
    watch_events(w, 0);
    close(w->fd);
    w->fd = -1;
    w->interest = 0;
}

void timer_clear(struct timer *t)
{
    if (!t->armed) return;
    struct timer **at = &timers;
    while (*at != t) at = &(*at)->next;
    *at = t->next;
    t->armed = false;
}

// The list is sorted, so that its head is the next timer due.
void timer_set(struct timer *t, int64_t in_ms)
{
    timer_clear(t);
    if (in_ms < 0) in_ms = 0;
    if (in_ms > FOREVER_MS) in_ms = FOREVER_MS;
    t->at = now_ms() + in_ms;
    struct timer **at = &timers;
    while (*at && (*at)->at <= t->at) at = &(*at)->next;
    t->next = *at;
    *at = t;
    t->armed = true;
}

void timer_hasten(struct timer *t, int64_t in_ms)
{
    if (!t->armed || now_ms() + in_ms < t->at) timer_set(t, in_ms);
}

static void fire_due(void)
{
    if (!timers) return;
    int64_t now = now_ms();
    while (timers && timers->at <= now) {
        struct timer *t = timers;
        timer_clear(t);
        t->fire(t);
    }
}

static void program_next(void)
{
    int64_t at = timers ? timers->at : 0;
    if (at == programmed) return;
    struct itimerspec spec = { .it_value = { .tv_sec = at / 1000, .tv_nsec = (at % 1000) * 1000000 } };
    if (timerfd_settime(timer_watch.fd, TFD_TIMER_ABSTIME, &spec, NULL) < 0) panic("timerfd_settime");
    programmed = at;
}

void loop_run(void)
{
    struct epoll_event events[BATCH];
    for (;;) {
        program_next();
        int n = epoll_wait(epoll_fd, events, BATCH, -1);
        if (n < 0 && errno != EINTR) panic("epoll_wait");
        for (int i = 0; i < n; i++) {
            struct watch *w = events[i].data.ptr;
            if (w->fd >= 0) w->ready(w);
        }
        fire_due();
    }
}

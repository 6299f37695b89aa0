// The epoll loop for descriptors and timers. All other code is called from here and never blocks.
#ifndef SHIM_LOOP_H
#define SHIM_LOOP_H

#include <stdbool.h>
#include <stdint.h>

// A descriptor and the epoll events that its owner waits for. The first member of its owner; `fd` is -1 when closed.
struct watch {
    int fd;
    uint32_t interest;
    // Must read or write to find out what happened: an event may be left over from an earlier descriptor.
    void (*ready)(struct watch *w);
};

// A one-shot timer on CLOCK_BOOTTIME.
struct timer {
    void (*fire)(struct timer *t);
    int64_t at;
    struct timer *next;
    bool armed;
};

void loop_init(void);
_Noreturn void loop_run(void);

// Milliseconds of CLOCK_BOOTTIME, which goes on during a suspend, as leases do.
int64_t now_ms(void);

// Sets the events to wait for. With none, the descriptor leaves epoll: epoll reports a hang-up even without interest in it, and the loop
// would spin. False when epoll refuses (ENOSPC: the agent's uid has used up its watches).
bool watch_events(struct watch *w, uint32_t events);
void watch_close(struct watch *w);

void timer_set(struct timer *t, int64_t in_ms);
// Arms the timer, or moves it to an earlier time; never to a later one.
void timer_hasten(struct timer *t, int64_t in_ms);
void timer_clear(struct timer *t);

// Prints the error on stderr and exits with 125. Only for what the shim cannot work without.
_Noreturn void panic(const char *what);

#endif

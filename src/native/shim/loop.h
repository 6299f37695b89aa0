// The one epoll loop: descriptors and timers. Everything else is called from here and never blocks.
#ifndef SHIM_LOOP_H
#define SHIM_LOOP_H

#include <stdbool.h>
#include <stdint.h>

// A descriptor and what is wanted of it. Embedded as the first member of its owner; `fd` is -1 when closed.
struct watch {
    int fd;
    uint32_t wanted;
    // Must find out by read or write what is the case: an event may be left over from an earlier descriptor.
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

// Milliseconds of CLOCK_BOOTTIME, which counts through a suspend, as leases do.
int64_t now_ms(void);

// Sets the wanted events. With none the descriptor leaves epoll, since a hang-up is reported even when it is not
// asked for and would spin. False when epoll refuses (ENOSPC: the agent's uid has used up its watches).
bool watch_want(struct watch *w, uint32_t events);
void watch_close(struct watch *w);

void timer_set(struct timer *t, int64_t in_ms);
// Arms the timer, or brings it forward; never puts it off.
void timer_hasten(struct timer *t, int64_t in_ms);
void timer_clear(struct timer *t);

// Says on stderr what is impossible, and leaves with 125. Only for what the shim cannot live without.
_Noreturn void panic(const char *what);

#endif

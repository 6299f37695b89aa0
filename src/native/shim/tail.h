// The last bytes of a stream, in a ring whose memory is allocated on first use.
#ifndef SHIM_TAIL_H
#define SHIM_TAIL_H

#include <stddef.h>
#include <stdint.h>

struct tail {
    char *ring;
    size_t size, start, length;
    // The bytes that were pushed out, or never fitted.
    uint64_t omitted;
};

void tail_push(struct tail *t, const char *bytes, size_t n);
// Drops whole lines from the front until at most `size` is left, where each line counts as at least `line_cost`.
void tail_trim(struct tail *t, size_t line_cost);
// Takes at most `max` bytes from the front; returns how many.
size_t tail_take(struct tail *t, char *bytes, size_t max);

#endif

#include "tail.h"

#include <string.h>
#include <sys/mman.h>

static void drop(struct tail *t, size_t n)
{
    if (n == 0) return;
    t->start = (t->start + n) % t->size;
    t->length -= n;
    t->omitted += n;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

void tail_push(struct tail *t, const char *bytes, size_t n)
{
    if (!t->ring && t->size > 0) {
        void *memory = mmap(NULL, t->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        // Without memory there is no tail. The count of missing bytes stays right.
        if (memory == MAP_FAILED) t->size = 0;
        else t->ring = memory;
    }
    if (n > t->size) {
        t->omitted += n - t->size;
        bytes += n - t->size;
        n = t->size;
    }
    if (n == 0) return;
    if (n > t->size - t->length) drop(t, n - (t->size - t->length));
    size_t end = (t->start + t->length) % t->size;
    size_t first = least(n, t->size - end);
    memcpy(t->ring + end, bytes, first);
    memcpy(t->ring, bytes + first, n - first);
    t->length += n;
}

static uint64_t at_least(size_t n, size_t cost)
{
    return n > cost ? n : cost;
}

void tail_trim(struct tail *t, size_t line_cost)
{
    if (t->length == 0) return;
    size_t keep = 0, line = 0;
    uint64_t cost = 0;
    // Counts from the end. The last line is kept whatever it costs: a newline ends the line before it.
    for (size_t i = 0; i < t->length && cost <= t->size; i++) {
        if (i > 0 && t->ring[(t->start + t->length - 1 - i) % t->size] == '\n') {
            cost += at_least(line, line_cost);
            if (cost <= t->size || keep == 0) keep = i;
            line = 0;
        }
        line++;
    }
    if (cost + at_least(line, line_cost) <= t->size || keep == 0) keep = t->length;
    drop(t, t->length - keep);
}

size_t tail_take(struct tail *t, char *bytes, size_t max)
{
    size_t n = least(max, t->length);
    if (n == 0) return 0;
    size_t first = least(n, t->size - t->start);
    memcpy(bytes, t->ring + t->start, first);
    memcpy(bytes + first, t->ring, n - first);
    t->start = (t->start + n) % t->size;
    t->length -= n;
    return n;
}

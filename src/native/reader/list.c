#include "list.h"

#include "../common/user_namespace.h"
#include "open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    ENTRIES = 64 * 1024,
    // What all names that are kept may take, with what each costs besides its bytes.
    MEMORY = 128 << 20,
    NAME_COST = 32,
    LOOK_AGAIN = 4096,
    SECONDS = 20,
};

// An entry as the kernel writes it (getdents64(2)).
struct entry {
    uint64_t ino;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

// The names that come first, so far, with the last of them at the top (a heap).
static char **kept;
static uint64_t held, room, memory;

static uint64_t cost_of(const char *name)
{
    return strlen(name) + 1 + NAME_COST;
}

static void swap(uint64_t a, uint64_t b)
{
    char *name = kept[a];
    kept[a] = kept[b];
    kept[b] = name;
}

static void rise(uint64_t at)
{
    while (at > 0 && strcmp(kept[at], kept[(at - 1) / 2]) > 0) {
        swap(at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static void sink(uint64_t count)
{
    for (uint64_t at = 0;;) {
        uint64_t last = at, left = 2 * at + 1, right = left + 1;
        if (left < count && strcmp(kept[left], kept[last]) > 0) last = left;
        if (right < count && strcmp(kept[right], kept[last]) > 0) last = right;
        if (last == at) return;
        swap(at, last);
        at = last;
    }
}

static void forget(char *name)
{
    memory -= cost_of(name);
    free(name);
}

static char *remember(const char *name)
{
    char *copy = strdup(name);
    if (copy) memory += cost_of(copy);
    return copy;
}

static bool grow(void)
{
    if (held < room) return true;
    uint64_t more = room ? 2 * room : 1024;
    char **larger = realloc(kept, more * sizeof *larger);
    if (!larger) return false;
    kept = larger;
    room = more;
    return true;
}

static bool keep(const char *name, uint64_t most)
{
    if (held < most) {
        if (memory > MEMORY || !grow() || !(kept[held] = remember(name))) return false;
        rise(held++);
        return true;
    }
    if (strcmp(name, kept[0]) >= 0) return true;
    char *copy = remember(name);
    if (!copy) return false;
    forget(kept[0]);
    kept[0] = copy;
    sink(held);
    return memory <= MEMORY;
}

static enum outcome scan(int directory, uint64_t most)
{
    static _Alignas(struct entry) char entries[ENTRIES];
    uint64_t deadline = now_ns() + SECONDS * 1000000000ULL, seen = 0;
    if (lseek(directory, 0, SEEK_SET) < 0) return FAILED;
    for (;;) {
        long n = syscall(SYS_getdents64, directory, entries, sizeof entries);
        // A directory that was removed meanwhile has no entries.
        if (n == 0 || (n < 0 && errno == ENOENT)) return DONE;
        if (n < 0) return outcome_of(errno);
        for (long at = 0; at < n;) {
            const struct entry *e = (const struct entry *)(const void *)(entries + at);
            at += e->length;
            if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0) continue;
            if (!keep(e->name, most)) return TOO_MANY;
            if (++seen % LOOK_AGAIN == 0 && now_ns() > deadline) return LATE;
        }
    }
}

enum outcome list_names(int directory, uint64_t offset, uint64_t count, char ***names, uint64_t *found, bool *more)
{
    // One beyond what is wanted tells whether there are more. No directory that could be listed has so many.
    if (offset > (uint64_t)MEMORY / NAME_COST || count > (uint64_t)MEMORY / NAME_COST) return TOO_MANY;
    held = memory = 0;
    enum outcome outcome = scan(directory, offset + count + 1);
    *more = held > offset + count;
    // Empties the heap from the end.
    for (uint64_t left = held; left > 1;) {
        swap(0, --left);
        sink(left);
    }
    uint64_t first = offset < held ? offset : held, end = *more ? offset + count : held;
    if (outcome != DONE) first = end = held;
    for (uint64_t i = 0; i < held; i++)
        if (i < first || i >= end) forget(kept[i]);
    *names = kept + first;
    *found = end - first;
    return outcome;
}

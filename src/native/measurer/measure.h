// What one measurement shares. The trees belong to somebody hostile, who changes them meanwhile.
#ifndef MEASURER_MEASURE_H
#define MEASURER_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    // What a file costs besides its blocks: the inode, which an empty one has too.
    INODE_BYTES = 512,
    // A tree nested deeper has paths that hardly a program can use (PATH_MAX is 4096), and is not followed.
    DEEPEST = 2048,
};

enum state {
    WHOLE,
    // Left off because the limit is passed.
    OVER,
    // Left off because the time is over.
    LATE,
    // Something in it is nested too deep to be looked at.
    DEEP,
    // Something in it could not be looked at.
    DENIED,
};

struct usage {
    uint64_t bytes, entries;
    // Bytes of files that have no name any more and that a process of the container still holds.
    uint64_t deleted;
    enum state state;
};

// What may be measured in all, of bytes; 0 for no bound. And until when, on CLOCK_MONOTONIC.
struct bounds {
    uint64_t limit, deadline_ns;
};

uint64_t now_ns(void);

// Adds a directory with all that is below it on its file system. Follows no link; a file with several names counts once, shared among them.
void measure_tree(const char *path, const struct bounds *bounds, struct usage *usage);

struct mount {
    // Where it is in the container, without a slash at its end.
    const char *point;
    struct usage *usage;
};

// Adds the deleted files that processes of the container, whose first one is `pid`, hold below one of the mounts.
void measure_deleted(int pid, const struct mount *mounts, int count, const struct bounds *bounds);

#endif

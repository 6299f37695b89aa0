// The state of one measurement. The trees belong to a hostile agent, which changes them meanwhile.
#ifndef MEASURER_MEASURE_H
#define MEASURER_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    // What a file costs besides its blocks: its inode, which an empty file has too.
    INODE_BYTES = 512,
    // Directories nested deeper are not followed: hardly any program can use such paths (PATH_MAX is 4096).
    DEEPEST = 2048,
};

enum state {
    WHOLE,
    // Stopped because the limit is passed.
    OVER,
    // Stopped because the time is over.
    LATE,
    // Something in it is nested too deep.
    DEEP,
    // Something in it could not be read.
    DENIED,
};

struct usage {
    uint64_t bytes, entries;
    // Bytes of deleted files that a process of the container still holds open.
    uint64_t deleted;
    enum state state;
};

// The most bytes to measure, 0 for no limit, and the end of the measurement on CLOCK_MONOTONIC.
struct bounds {
    uint64_t limit, deadline_ns;
};

// Adds a directory with everything below it on its file system. Follows no link. A file with several names counts once, shared among them.
void measure_tree(const char *path, const struct bounds *bounds, struct usage *usage);

struct mount {
    // Its path in the container, without a slash at the end.
    const char *point;
    struct usage *usage;
};

// Adds the deleted files below one of the mounts that processes of the container hold open. `pid` is the container's first process.
void measure_deleted(int pid, const struct mount *mounts, int count, const struct bounds *bounds);

#endif

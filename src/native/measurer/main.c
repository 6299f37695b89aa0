// Measures the disk use of a run: its volumes as the node sees them, file by file, and the deleted files that its processes hold open.
//
//   stromboli-measurer PID MILLISECONDS LIMIT [DIRECTORY MOUNTPOINT]...
//
// PID is a process of the container. The files belong to subordinate ids of the user who runs this program, in directories that only those
// ids may enter, or none. So it enters the container's user namespace, which belongs to that user, and keeps only the capabilities to read
// directories and to look at processes. It opens directories only and changes nothing. It stops after MILLISECONDS, or when it has seen
// LIMIT bytes (0: no limit).
//
// Prints for each directory "BYTES ENTRIES DELETED STATE": the bytes of its blocks and inodes, its names, the bytes of its deleted files.
#include "measure.h"

#include "../common/user_namespace.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { VOLUMES = 16, FIRST_VOLUME = 4, IOPRIO_WHO_PROCESS = 1, IOPRIO_IDLE = 3 << 13 };

static const char *const states[] = { "whole", "over", "late", "deep", "denied" };

// Runs have priority over a measurement.
static void step_back(void)
{
    setpriority(PRIO_PROCESS, 0, 19);
    syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_IDLE);
    struct rlimit files = { .rlim_cur = 0 };
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max < DEEPEST + 64 ? files.rlim_max : DEEPEST + 64;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

int main(int argc, char **argv)
{
    int volumes = (argc - FIRST_VOLUME) / 2;
    if (argc < FIRST_VOLUME || argc % 2 != FIRST_VOLUME % 2 || volumes > VOLUMES) refuse("stromboli-measurer PID MILLISECONDS LIMIT [DIRECTORY MOUNTPOINT]...", EINVAL);
    int pid = (int)number(argv[1]);
    uint64_t limit = number(argv[3]);
    struct bounds bounds = { .limit = limit, .deadline_ns = now_ns() + number(argv[2]) * 1000000U };
    step_back();
    enter_user_namespace(pid);
    keep_capabilities(1U << CAP_DAC_READ_SEARCH | 1U << CAP_SYS_PTRACE);

    struct usage usage[VOLUMES] = { 0 };
    struct mount mounts[VOLUMES];
    uint64_t sum = 0;
    for (int i = 0; i < volumes; i++) {
        mounts[i] = (struct mount){ .point = argv[FIRST_VOLUME + 2 * i + 1], .usage = &usage[i] };
        // What the earlier directories left of the limit; 1 if that is nothing, since 0 means no limit.
        if (limit > 0) bounds.limit = sum < limit ? limit - sum : 1;
        measure_tree(argv[FIRST_VOLUME + 2 * i], &bounds, &usage[i]);
        sum += usage[i].bytes;
    }
    measure_deleted(pid, mounts, volumes, &bounds);
    for (int i = 0; i < volumes; i++)
        printf("%llu %llu %llu %s\n", (unsigned long long)usage[i].bytes, (unsigned long long)usage[i].entries, (unsigned long long)usage[i].deleted, states[usage[i].state]);
    return fflush(stdout) == 0 ? 0 : 1;
}

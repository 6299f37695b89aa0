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

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { VOLUMES = 16, FIRST_VOLUME = 4, IOPRIO_WHO_PROCESS = 1, IOPRIO_IDLE = 3 << 13 };

static const char *const states[] = { "whole", "over", "late", "deep", "denied" };

static _Noreturn void refuse(const char *what, int error)
{
    fprintf(stderr, "%s: %s\n", what, strerror(error));
    exit(1);
}

uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static uint64_t number(const char *text)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || *end || *text < '0' || *text > '9') refuse(text, EINVAL);
    return value;
}

static void enter_user_namespace(int pid)
{
    char path[64];
    struct stat own, theirs;
    snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &theirs) < 0 || stat("/proc/self/ns/user", &own) < 0) refuse(path, errno);
    // A process cannot enter the namespace that it is in.
    if (own.st_ino != theirs.st_ino && setns(fd, CLONE_NEWUSER) < 0) refuse("entering the container's user namespace", errno);
    close(fd);
}

static void keep_only_looking(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct power[_LINUX_CAPABILITY_U32S_3] = { 0 };
    power[0].effective = power[0].permitted = 1U << CAP_DAC_READ_SEARCH | 1U << CAP_SYS_PTRACE;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_capset, &header, power) < 0) refuse("giving up power", errno);
}

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
    keep_only_looking();

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

#include "measure.h"

#include "../common/user_namespace.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Many descriptors, processes and mappings may hold one file, which counts once. Of more files than this, the rest counts each time.
enum { SEEN = 1 << 15 };

static struct { uint64_t ino, bytes; } seen[SEEN];

static const struct mount *mounts;
static int mount_count;
static const struct bounds *bounds;

static bool time_is_over(void)
{
    return now_ns() > bounds->deadline_ns;
}

// The mount that a path lies in, if the kernel marks the path as deleted.
static struct usage *holder(const char *path)
{
    static const char mark[] = " (deleted)";
    size_t length = strlen(path);
    if (length < sizeof mark || strcmp(path + length - (sizeof mark - 1), mark) != 0) return NULL;
    for (int i = 0; i < mount_count; i++) {
        size_t n = strlen(mounts[i].point);
        if (strncmp(path, mounts[i].point, n) == 0 && path[n] == '/') return mounts[i].usage;
    }
    return NULL;
}

static void add(struct usage *u, uint64_t ino, uint64_t bytes)
{
    for (size_t i = 0, at = ino % SEEN; i < SEEN; i++, at = (at + 1) % SEEN) {
        if (seen[at].ino != 0 && seen[at].ino != ino) continue;
        uint64_t known = seen[at].ino == ino ? seen[at].bytes : 0;
        if (bytes <= known) return;
        seen[at].ino = ino;
        seen[at].bytes = bytes;
        u->deleted += bytes - known;
        return;
    }
    u->deleted += bytes;
}

static DIR *open_at(int at, const char *path)
{
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (!directory && fd >= 0) close(fd);
    return directory;
}

static void look_at_descriptors(int process, const char *thread)
{
    char path[64], target[PATH_MAX];
    snprintf(path, sizeof path, "task/%s/fd", thread);
    DIR *descriptors = open_at(process, path);
    if (!descriptors) return;
    for (struct dirent *d; (d = readdir(descriptors)) && !time_is_over();) {
        ssize_t n = readlinkat(dirfd(descriptors), d->d_name, target, sizeof target - 1);
        if (n <= 0) continue;
        target[n] = '\0';
        struct usage *u = holder(target);
        struct stat st;
        if (!u || fstatat(dirfd(descriptors), d->d_name, &st, 0) < 0) continue;
        if (st.st_nlink == 0 && S_ISREG(st.st_mode)) add(u, st.st_ino, (uint64_t)st.st_blocks * 512 + INODE_BYTES);
    }
    closedir(descriptors);
}

// "start-end perms offset dev inode path". The kernel does not tell how much of a mapped file is on the disk, so its mapped part counts.
static void look_at_mapping(const char *line)
{
    unsigned long long start, end, offset, ino;
    int path = 0;
    if (sscanf(line, "%llx-%llx %*s %llx %*s %llu %n", &start, &end, &offset, &ino, &path) < 4 || path == 0) return;
    struct usage *u = holder(line + path);
    if (u) add(u, ino, offset + (end - start));
}

static void look_at_mappings(int process)
{
    int fd = openat(process, "maps", O_RDONLY | O_CLOEXEC);
    FILE *maps = fd < 0 ? NULL : fdopen(fd, "r");
    if (!maps) {
        if (fd >= 0) close(fd);
        return;
    }
    static char *line;
    static size_t size;
    for (ssize_t n; (n = getline(&line, &size, maps)) > 0 && !time_is_over();) {
        if (line[n - 1] == '\n') line[n - 1] = '\0';
        look_at_mapping(line);
    }
    fclose(maps);
}

static void look_at_process(int proc, const char *pid)
{
    int process = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (process < 0) return;
    // Threads may have descriptors of their own (CLONE_FILES).
    DIR *threads = open_at(process, "task");
    for (struct dirent *d; threads && (d = readdir(threads)) && !time_is_over();)
        if (d->d_name[0] != '.') look_at_descriptors(process, d->d_name);
    if (threads) closedir(threads);
    look_at_mappings(process);
    close(process);
}

static bool namespace_of(int proc, const char *pid, char *name, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "%s/ns/pid", pid);
    ssize_t n = readlinkat(proc, path, name, size - 1);
    if (n > 0) name[n] = '\0';
    return n > 0;
}

void measure_deleted(int pid, const struct mount *all, int count, const struct bounds *until)
{
    mounts = all, mount_count = count, bounds = until;
    char first[16], ours[64], theirs[64];
    snprintf(first, sizeof first, "%d", pid);
    DIR *proc = opendir("/proc");
    if (proc && namespace_of(dirfd(proc), first, ours, sizeof ours)) {
        for (struct dirent *d; (d = readdir(proc)) && !time_is_over();) {
            if (d->d_name[0] < '1' || d->d_name[0] > '9') continue;
            if (namespace_of(dirfd(proc), d->d_name, theirs, sizeof theirs) && strcmp(ours, theirs) == 0) look_at_process(dirfd(proc), d->d_name);
        }
    }
    if (proc) closedir(proc);
}

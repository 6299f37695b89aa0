#include "open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int open_at(int at, const char *path, uint64_t flags, uint64_t resolve)
{
    struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = resolve };
    return (int)syscall(SYS_openat2, at, path, &how, sizeof how);
}

int open_root(const char *path)
{
    return open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK, RESOLVE_NO_MAGICLINKS);
}

enum outcome outcome_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
        return NOT_FOUND;
    case ELOOP:
        return LINK_MET;
    case EXDEV:
        return OTHER_FILE_SYSTEM;
    case EACCES:
    case EPERM:
        return DENIED;
    // A file that another process has leased to itself (fcntl(2), F_SETLEASE).
    case EWOULDBLOCK:
    default:
        return FAILED;
    }
}

enum outcome look_at(int directory, const char *name, struct facts *facts)
{
    struct statx st;
    const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (*name ? 0 : AT_EMPTY_PATH);
    if (statx(directory, name, flags, STATX_BASIC_STATS, &st) < 0) return outcome_of(errno);
    *facts = (struct facts){
        .mode = st.stx_mode,
        .links = st.stx_nlink,
        .dev = makedev(st.stx_dev_major, st.stx_dev_minor),
        .ino = st.stx_ino,
        .size = st.stx_size,
        .modified_s = st.stx_mtime.tv_sec,
        .modified_ns = st.stx_mtime.tv_nsec,
    };
    return DONE;
}

static enum outcome kind_of(const struct facts *facts)
{
    if (S_ISDIR(facts->mode)) return DONE;
    if (!S_ISREG(facts->mode)) return SPECIAL;
    // Deleted meanwhile.
    if (facts->links == 0) return NOT_FOUND;
    return facts->links == 1 ? DONE : HARD_LINK;
}

enum outcome open_below(int root, const char *path, int *fd, struct facts *facts)
{
    const uint64_t below = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
    int place = open_at(root, *path ? path : ".", O_PATH, below);
    if (place < 0) return outcome_of(errno);
    enum outcome found = look_at(place, "", facts);
    if (found == DONE) found = kind_of(facts);
    if (found == DONE) {
        // The same file, whatever is at its path by now.
        char again[32];
        snprintf(again, sizeof again, "/proc/self/fd/%d", place);
        *fd = open(again, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (*fd < 0) found = outcome_of(errno);
    }
    close(place);
    return found;
}

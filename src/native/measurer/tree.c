#include "measure.h"

#include "../common/user_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ENTRIES = 8192, LOOK_AGAIN = 256 };

// An entry as the kernel writes it (getdents64(2)).
struct entry {
    uint64_t ino;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

// A directory that is being read. Its descriptor stays open while its subdirectories are read, since `..` could lead elsewhere by then.
struct level {
    int fd;
    long at, end;
    _Alignas(struct entry) char entries[ENTRIES];
};

static struct level *levels[DEEPEST];
static int depth;

static void worse(struct usage *u, enum state state)
{
    if (u->state < state) u->state = state;
}

static bool enter(int fd, struct usage *u)
{
    if (depth == DEEPEST) {
        close(fd);
        worse(u, DEEP);
        return false;
    }
    if (!levels[depth]) levels[depth] = malloc(sizeof **levels);
    if (!levels[depth]) {
        close(fd);
        worse(u, DENIED);
        return false;
    }
    levels[depth]->fd = fd;
    levels[depth]->at = levels[depth]->end = 0;
    depth++;
    return true;
}

static void leave(void)
{
    close(levels[--depth]->fd);
}

// An entry that vanished was deleted or moved. It is seen at its new place or by the next measurement.
static bool vanished(int error)
{
    return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV;
}

static int open_directory(int at, const char *name, uint64_t resolve)
{
    struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, .resolve = resolve };
    return (int)syscall(SYS_openat2, at, name, &how, sizeof how);
}

static void descend(int at, const char *name, struct usage *u)
{
    int fd = open_directory(at, name, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);
    if (fd >= 0) enter(fd, u);
    else if (errno == EMFILE || errno == ENFILE) worse(u, DEEP);
    else if (!vanished(errno)) worse(u, DENIED);
}

static void add(const struct statx *st, struct usage *u)
{
    uint64_t bytes = st->stx_blocks * 512 + INODE_BYTES;
    uint64_t names = S_ISDIR(st->stx_mode) || st->stx_nlink == 0 ? 1 : st->stx_nlink;
    u->bytes += (bytes + names - 1) / names;
    u->entries++;
}

static void measure_entry(int at, const char *name, struct usage *u)
{
    struct statx st;
    const unsigned mask = STATX_TYPE | STATX_NLINK | STATX_BLOCKS;
    if (statx(at, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, mask, &st) < 0) {
        if (!vanished(errno)) worse(u, DENIED);
        return;
    }
    add(&st, u);
    if (S_ISDIR(st.stx_mode)) descend(at, name, u);
}

static bool refill(struct level *l, struct usage *u)
{
    if (l->at < l->end) return true;
    long n = syscall(SYS_getdents64, l->fd, l->entries, sizeof l->entries);
    if (n < 0 && !vanished(errno)) worse(u, DENIED);
    l->at = 0;
    l->end = n > 0 ? n : 0;
    return n > 0;
}

static bool enough(const struct bounds *b, struct usage *u)
{
    if (b->limit > 0 && u->bytes > b->limit) worse(u, OVER);
    else if (u->entries % LOOK_AGAIN == 0 && now_ns() > b->deadline_ns) worse(u, LATE);
    else return false;
    return true;
}

static void read_all(const struct bounds *b, struct usage *u)
{
    while (depth > 0) {
        struct level *l = levels[depth - 1];
        if (!refill(l, u)) {
            leave();
            continue;
        }
        const struct entry *e = (const struct entry *)(const void *)(l->entries + l->at);
        l->at += e->length;
        if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0) continue;
        measure_entry(l->fd, e->name, u);
        if (enough(b, u)) return;
    }
}

void measure_tree(const char *path, const struct bounds *bounds, struct usage *usage)
{
    int fd = open_directory(AT_FDCWD, path, RESOLVE_NO_MAGICLINKS);
    if (fd < 0) {
        worse(usage, DENIED);
        return;
    }
    enter(fd, usage);
    read_all(bounds, usage);
    while (depth > 0) leave();
}

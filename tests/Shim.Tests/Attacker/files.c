// Attacks through the file system: PID 1's /proc entries and the run directory.
#include "attacker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void try_open(const char *file, int flags)
{
    char path[64], name[64];
    snprintf(path, sizeof path, "/proc/1/%s", file);
    snprintf(name, sizeof name, "%s%s", flags == O_RDONLY ? "read-" : "write-", file);
    int fd = open(path, flags);
    char byte;
    // Some can be opened by any process and refuse to be used.
    long result = fd < 0 ? -1 : flags == O_RDONLY ? read(fd, &byte, 1) : write(fd, "1", 1);
    told(name, result);
}

void attack_proc_files(void)
{
    static const char *const readable[] = { "mem", "environ", "maps", "smaps", "auxv", "io", "fd/0", "fd/1", "stack",
        "syscall", "pagemap", "personality", "task/1/mem", "task/1/environ" };
    static const char *const writable[] = { "mem", "oom_score_adj", "coredump_filter", "timerslack_ns", "comm",
        "clear_refs", "autogroup", "fd/1", "task/1/comm", "uid_map", "setgroups", "timens_offsets" };
    for (unsigned i = 0; i < sizeof readable / sizeof readable[0]; i++) try_open(readable[i], O_RDONLY);
    for (unsigned i = 0; i < sizeof writable / sizeof writable[0]; i++) try_open(writable[i], O_WRONLY);
    char target[256];
    told("link-exe", readlink("/proc/1/exe", target, sizeof target));
    told("link-cwd", readlink("/proc/1/cwd", target, sizeof target));
    told("link-root", readlink("/proc/1/root", target, sizeof target));
    told("list-fd", opendir("/proc/1/fd") ? 0 : -1);
    told("list-fdinfo", opendir("/proc/1/fdinfo") ? 0 : -1);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? -1 : fd;
}

static int bind_at(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address);
}

void attack_run_directory(void)
{
    const char *s = "/run/stromboli/shim.sock";
    told("list", opendir("/run/stromboli") ? 0 : -1);
    told("unlink", unlink(s));
    told("rename", rename(s, "/run/stromboli/old.sock"));
    told("rename-over", rename("/tmp", "/run/stromboli"));
    told("create", open("/run/stromboli/x", O_CREAT | O_WRONLY, 0666));
    told("symlink", symlink("/tmp/x", "/run/stromboli/x.sock"));
    told("link", link(s, "/tmp/shim.sock"));
    told("mkdir", mkdir("/run/stromboli/d", 0777));
    told("chmod", chmod(s, 0));
    told("chown", chown(s, getuid(), getgid()));
    told("bind", bind_at("/run/stromboli/mine.sock"));
    told("rebind", bind_at(s));
    told("mount-over", mount("tmpfs", "/run/stromboli", "tmpfs", 0, NULL));
    told("remount", mount(NULL, "/run/stromboli", NULL, MS_REMOUNT | MS_BIND, NULL));
    told("umount", umount2("/run/stromboli", MNT_DETACH));
    int fd = connect_to(s);
    told("connect", fd);
    char byte;
    // The bridge checks the pid and closes the connection.
    told("heard", fd < 0 ? -1 : read(fd, &byte, 1));
}

// Sends its stdout to the process that listens at shim.sock, so that the pipe still has a writer when the agent is dead.
void hand_over_stdout(void)
{
    int fd = connect_to("/run/stromboli/shim.sock");
    int out = STDOUT_FILENO;
    char space[CMSG_SPACE(sizeof out)] = "", byte = 'x';
    struct iovec data = { &byte, 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space };
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    *c = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof out) };
    memcpy(CMSG_DATA(c), &out, sizeof out);
    told("handed-over", sendmsg(fd, &message, 0));
}

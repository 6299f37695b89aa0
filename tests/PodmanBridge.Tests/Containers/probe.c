// Tries what an agent might try, one call after the other, and prints NAME=ERRNO (0 for success) or NAME=signal N. It is linked
// statically, so that it runs in any image.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void report(const char *name, long result) {
    printf("%s=%d\n", name, result < 0 ? errno : 0);
    fflush(stdout);
}

#define TRY(name, call) report(name, (call))

static void try_in_child(const char *name, void (*call)(void)) {
    pid_t child = fork();
    if (child == 0) {
        call();
        _exit(errno);
    }
    int status;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) printf("%s=signal %d\n", name, WTERMSIG(status));
    else printf("%s=%d\n", name, WEXITSTATUS(status));
    fflush(stdout);
}

#ifdef __x86_64__
// Calls getpid through the i386 entry.
static void call_i386(void) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");
    errno = result < 0 ? (int)-result : 0;
}

static void call_x32(void) {
    errno = 0;
    syscall(0x40000000L + 39);
}
#endif

static void *nothing(void *argument) { return argument; }

int main(void) {
    char handle[256] = {0};
    setvbuf(stdout, NULL, _IOLBF, 0);
    TRY("unshare-user", syscall(SYS_unshare, CLONE_NEWUSER));
    TRY("unshare-net", syscall(SYS_unshare, CLONE_NEWNET));
    TRY("clone-user", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
    TRY("clone-pid", syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
    TRY("clone3", syscall(SYS_clone3, handle, 64));
    TRY("setns", syscall(SYS_setns, 0, 0));
    TRY("mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, 0));
    TRY("umount", syscall(SYS_umount2, "/tmp", 2));
    TRY("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
    TRY("open-tree", syscall(SYS_open_tree, AT_FDCWD, "/", 1));
    TRY("pivot-root", syscall(SYS_pivot_root, "/", "/"));
    TRY("chroot", syscall(SYS_chroot, "/"));
    TRY("keyctl", syscall(SYS_keyctl, 0, -3, 0));
    TRY("add-key", syscall(SYS_add_key, "user", "a", "b", 1, -3));
    TRY("request-key", syscall(SYS_request_key, "user", "a", 0, -3));
    TRY("ptrace", syscall(SYS_ptrace, 0, 0, 0, 0));
    TRY("process-vm-readv", syscall(SYS_process_vm_readv, getpid(), 0, 0, 0, 0, 0));
    TRY("process-vm-writev", syscall(SYS_process_vm_writev, getpid(), 0, 0, 0, 0, 0));
    TRY("pidfd-getfd", syscall(SYS_pidfd_getfd, 0, 0, 0));
    TRY("kcmp", syscall(SYS_kcmp, 1, 1, 0, 0, 0));
    TRY("bpf", syscall(SYS_bpf, 0, handle, 64));
    TRY("perf-event-open", syscall(SYS_perf_event_open, handle, 0, -1, -1, 0));
    TRY("userfaultfd", syscall(SYS_userfaultfd, 0));
    TRY("io-uring-setup", syscall(425, 8, handle));
    TRY("io-uring-enter", syscall(426, 0, 0, 0, 0, 0, 0));
    TRY("name-to-handle-at", syscall(SYS_name_to_handle_at, AT_FDCWD, "/", handle, handle, 0));
    TRY("open-by-handle-at", syscall(SYS_open_by_handle_at, AT_FDCWD, handle, 0));
    TRY("fanotify-init", syscall(SYS_fanotify_init, 0x200, 0));
    TRY("kexec-load", syscall(SYS_kexec_load, 0, 0, 0, 0));
    TRY("init-module", syscall(SYS_init_module, handle, 0, ""));
    TRY("reboot", syscall(SYS_reboot, 0, 0, 0, 0));
    TRY("swapon", syscall(SYS_swapon, "/tmp/x", 0));
    TRY("quotactl", syscall(SYS_quotactl, 0, "", 0, 0));
    TRY("syslog", syscall(SYS_syslog, 3, handle, 100));
    TRY("acct", syscall(SYS_acct, 0));
    TRY("settimeofday", syscall(SYS_settimeofday, 0, 0));
    TRY("personality-no-randomize", syscall(SYS_personality, 0x0040000));
    TRY("personality-query", syscall(SYS_personality, 0xffffffff));
    TRY("unknown", syscall(9999));
    TRY("socket-unix", socket(AF_UNIX, SOCK_STREAM, 0));
    TRY("socket-inet", socket(AF_INET, SOCK_STREAM, 0));
    TRY("socket-inet6", socket(AF_INET6, SOCK_DGRAM, 0));
    TRY("socket-route", socket(AF_NETLINK, SOCK_RAW, 0));
    TRY("socket-netfilter", socket(AF_NETLINK, SOCK_RAW, 12));
    TRY("socket-audit", socket(AF_NETLINK, SOCK_RAW, 9));
    TRY("socket-generic", socket(AF_NETLINK, SOCK_RAW, 16));
    TRY("socket-vsock", socket(40, SOCK_STREAM, 0));
    TRY("socket-vsock-high-bits", syscall(SYS_socket, 0x100000028L, SOCK_STREAM, 0));
    TRY("socket-route-high-bits", syscall(SYS_socket, 16, SOCK_RAW, 0x10000000cL));
    TRY("socket-alg", socket(38, SOCK_SEQPACKET, 0));
    TRY("socket-packet", socket(17, SOCK_RAW, 0));
    TRY("socket-xdp", socket(44, SOCK_RAW, 0));
    TRY("socket-key", socket(15, SOCK_RAW, 2));
    TRY("socket-bluetooth", socket(31, SOCK_RAW, 1));
    TRY("socket-can", socket(29, SOCK_RAW, 1));
    TRY("socket-tipc", socket(30, SOCK_STREAM, 0));
    TRY("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)handle));
    TRY("socketpair-inet", socketpair(AF_INET, SOCK_STREAM, 0, (int *)handle));
    TRY("socketpair-vsock", socketpair(40, SOCK_STREAM, 0, (int *)handle));
    TRY("socketpair-tipc", socketpair(30, SOCK_STREAM, 0, (int *)handle));
    TRY("socketpair-vsock-high-bits", syscall(SYS_socketpair, 0x100000028L, SOCK_STREAM, 0, handle));
    unsigned long context = 0;
    TRY("io-setup", syscall(SYS_io_setup, 1, &context));
    TRY("io-submit", syscall(SYS_io_submit, context, 0, handle));
    TRY("mq-open", syscall(SYS_mq_open, "x", O_CREAT | O_RDWR, 0600, 0));
    TRY("memfd", memfd_create("x", 0));
    TRY("memfd-huge", memfd_create("x", MFD_HUGETLB));
    TRY("shmget", syscall(SYS_shmget, 0, 4096, 0600));
    TRY("shmget-huge", syscall(SYS_shmget, 0, 2 << 20, 04000 | 0600));
    TRY("mmap-huge", mmap(0, 2 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0) == MAP_FAILED ? -1 : 0);
    TRY("mmap-exec", mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
    pthread_t thread;
    errno = pthread_create(&thread, 0, nothing, 0);
    report("thread", errno ? -1 : 0);
#ifdef __x86_64__
    try_in_child("i386", call_i386);
    try_in_child("x32", call_x32);
#endif
    return 0;
}

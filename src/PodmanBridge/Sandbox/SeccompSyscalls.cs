namespace Stromboli.PodmanBridge.Sandbox;

/// <summary>
/// The system calls of the profile, by what they are for. A name that an architecture or libseccomp does not know is skipped by the runtime,
/// so one list serves x86_64 and aarch64. What draws on a number that the machine or the engine's user has only once, and that no limit of the run bounds, is on neither
/// list: kernel AIO, POSIX message queues and io_uring. docs/design/containers.md has the reasons, also for what is allowed.
/// </summary>
internal static class SeccompSyscalls
{
    /// <summary>What a glibc, Node, Bun, git or Python process needs, whatever the arguments.</summary>
    public static readonly IReadOnlyList<string> Allowed =
    [
        // Processes and their attributes.
        "fork", "vfork", "execve", "execveat", "exit", "exit_group", "wait4", "waitid", "getpid", "getppid", "gettid", "getpgid", "getpgrp", "setpgid",
        "getsid", "setsid", "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getgroups", "setuid", "setgid", "setreuid", "setregid",
        "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups", "capget", "capset", "prctl", "arch_prctl", "getrlimit", "setrlimit", "prlimit64",
        "getrusage", "getpriority", "setpriority", "ioprio_get", "ioprio_set", "times", "umask", "uname", "sysinfo", "getcpu", "rseq", "set_tid_address",
        "set_robust_list", "get_robust_list", "restart_syscall", "pidfd_open", "pidfd_send_signal", "landlock_create_ruleset", "landlock_add_rule",
        "landlock_restrict_self",
        // Scheduling.
        "sched_yield", "sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_setparam", "sched_getscheduler", "sched_setscheduler",
        "sched_getattr", "sched_setattr", "sched_get_priority_max", "sched_get_priority_min", "sched_rr_get_interval",
        // Signals.
        "kill", "tkill", "tgkill", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait",
        "rt_sigqueueinfo", "rt_tgsigqueueinfo", "sigaltstack", "signalfd", "signalfd4", "pause", "alarm",
        // Time, as far as it is read or waited for.
        "time", "gettimeofday", "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "getitimer", "setitimer", "timer_create",
        "timer_settime", "timer_gettime", "timer_getoverrun", "timer_delete", "timerfd_create", "timerfd_settime", "timerfd_gettime",
        // Memory.
        "brk", "munmap", "mprotect", "mremap", "msync", "madvise", "mincore", "mlock", "mlock2", "munlock", "mlockall", "munlockall",
        "membarrier", "get_mempolicy", "set_mempolicy", "mbind", "pkey_alloc", "pkey_free", "pkey_mprotect", "mseal",
        // Files.
        "open", "openat", "openat2", "creat", "close", "close_range", "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev",
        "preadv2", "pwritev2", "lseek", "sendfile", "copy_file_range", "splice", "tee", "readahead", "fadvise64", "fallocate", "truncate", "ftruncate",
        "fsync", "fdatasync", "sync", "syncfs", "sync_file_range", "stat", "lstat", "fstat", "newfstatat", "statx", "statfs", "fstatfs", "access",
        "faccessat", "faccessat2", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat", "utime", "utimes", "futimesat",
        "utimensat", "link", "linkat", "symlink", "symlinkat", "readlink", "readlinkat", "rename", "renameat", "renameat2", "unlink", "unlinkat",
        "mkdir", "mkdirat", "rmdir", "mknod", "mknodat", "getdents", "getdents64", "getcwd", "chdir", "fchdir", "dup", "dup2", "dup3", "fcntl", "flock",
        "ioctl", "getxattr", "lgetxattr", "fgetxattr", "setxattr", "lsetxattr", "fsetxattr", "listxattr", "llistxattr", "flistxattr", "removexattr",
        "lremovexattr", "fremovexattr", "inotify_init", "inotify_init1", "inotify_add_watch", "inotify_rm_watch",
        // Waiting.
        "pipe", "pipe2", "poll", "ppoll", "select", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
        "epoll_pwait2", "eventfd", "eventfd2", "futex",
        // Sockets, once they are made.
        "bind", "listen", "accept", "accept4", "connect", "shutdown", "getsockname", "getpeername", "getsockopt", "setsockopt", "sendto",
        "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg",
        // System V IPC; the container has an IPC namespace of its own.
        "shmat", "shmdt", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget", "msgsnd", "msgrcv", "msgctl", "getrandom",
    ];

    /// <summary>
    /// What is refused with EPERM, the error that programs know for it. Everything that stands nowhere gets ENOSYS, so that a C library newer than
    /// this list falls back to older calls.
    /// </summary>
    public static readonly IReadOnlyList<string> Refused =
    [
        // Namespaces and mounts.
        "unshare", "setns", "chroot", "pivot_root", "mount", "umount2", "mount_setattr", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount",
        "fspick", "sethostname", "setdomainname",
        // Other processes' memory and descriptors.
        "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "pidfd_getfd", "kcmp", "migrate_pages", "move_pages",
        // Kernel interfaces with a history of holes.
        "add_key", "request_key", "keyctl", "bpf", "perf_event_open", "userfaultfd", "vmsplice", "modify_ldt", "fanotify_init", "fanotify_mark",
        // Files by handle, which reach beyond the mounts.
        "open_by_handle_at", "name_to_handle_at", "lookup_dcookie",
        // The machine.
        "reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "swapon", "swapoff", "quotactl", "quotactl_fd",
        "acct", "syslog", "iopl", "ioperm", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "vhangup", "nfsservctl", "ustat", "uselib",
        "sysfs",
    ];
}

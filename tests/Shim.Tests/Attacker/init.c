// Every system call with which a process of the same uid can attack PID 1.
#include "attacker.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SIOCSPGRP
#define SIOCSPGRP 0x8902
#endif
#ifndef FIOSETOWN
#define FIOSETOWN 0x8901
#endif
#define RUBBISH_ABOVE 0xdeadbeef00000000UL

// The struct of sched_setattr(2). Its header conflicts with sched.h.
struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

static void signals(void)
{
    siginfo_t info = { .si_signo = SIGTERM, .si_code = SI_QUEUE };
    told("kill", kill(1, SIGKILL));
    told("kill-0", kill(1, 0));
    told("kill-term", kill(1, SIGTERM));
    told("kill-64-bit", syscall(SYS_kill, RUBBISH_ABOVE | 1, SIGKILL));
    told("tkill", syscall(SYS_tkill, 1, SIGKILL));
    told("tgkill", syscall(SYS_tgkill, 1, 1, SIGTERM));
    told("tgkill-thread", syscall(SYS_tgkill, getpid(), 1, SIGTERM));
    told("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, 1, SIGTERM, &info));
    told("rt_tgsigqueueinfo", syscall(SYS_rt_tgsigqueueinfo, 1, 1, SIGTERM, &info));
    told("pidfd_open", syscall(SYS_pidfd_open, 1, 0));
    int proc = open("/proc/1", O_RDONLY | O_DIRECTORY);
    told("pidfd_send_signal", syscall(SYS_pidfd_send_signal, proc, SIGTERM, NULL, 0));
    told("pidfd_getfd", syscall(SYS_pidfd_getfd, proc, 1, 0));
    told("setpgid-into", setpgid(0, 1));
    told("setpgid-it", setpgid(1, 0));
}

static void signals_by_owner(void)
{
    struct f_owner_ex owner = { .type = F_OWNER_PID, .pid = 1 };
    int pid = 1, fds[2], pair[2];
    if (pipe(fds) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) return;
    told("F_SETOWN", fcntl(fds[0], F_SETOWN, 1));
    told("F_SETOWN-group", fcntl(fds[0], F_SETOWN, -1));
    told("F_SETOWN-64-bit", syscall(SYS_fcntl, fds[0], F_SETOWN, RUBBISH_ABOVE | 1));
    told("F_SETOWN_EX", fcntl(fds[0], F_SETOWN_EX, &owner));
    told("FIOSETOWN", ioctl(pair[0], FIOSETOWN, &pid));
    told("SIOCSPGRP", ioctl(pair[0], SIOCSPGRP, &pid));
}

static void scheduling(void)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    struct sched_param param = { 0 };
    struct attributes attr = { .size = sizeof attr, .policy = SCHED_IDLE };
    told("sched_setaffinity", syscall(SYS_sched_setaffinity, 1, sizeof one, &one));
    told("sched_setscheduler", syscall(SYS_sched_setscheduler, 1, SCHED_IDLE, &param));
    told("sched_setparam", syscall(SYS_sched_setparam, 1, &param));
    told("sched_setattr", syscall(SYS_sched_setattr, 1, &attr, 0));
    told("setpriority", setpriority(PRIO_PROCESS, 1, 19));
    told("setpriority-group", setpriority(PRIO_PGRP, 1, 19));
    told("setpriority-user", setpriority(PRIO_USER, 0, 19));
    told("setpriority-uid", setpriority(PRIO_USER, getuid(), 19));
    told("ioprio_set", syscall(SYS_ioprio_set, 1, 1, 3 << 13));
    told("ioprio_set-group", syscall(SYS_ioprio_set, 2, 1, 3 << 13));
    told("ioprio_set-user", syscall(SYS_ioprio_set, 3, getuid(), 3 << 13));
    told("core-scheduling", prctl(PR_SCHED_CORE, PR_SCHED_CORE_SHARE_TO, 1, 0, 0));
}

static void memory_and_limits(void)
{
    struct rlimit none = { 0, 0 };
    char byte = 0;
    struct iovec here = { &byte, 1 }, there = { (void *)0x400000, 1 };
    unsigned long nodes = 1;
    told("prlimit64", syscall(SYS_prlimit64, 1, RLIMIT_NOFILE, &none, NULL));
    told("prlimit64-cpu", syscall(SYS_prlimit64, 1, RLIMIT_CPU, &none, NULL));
    told("prlimit64-64-bit", syscall(SYS_prlimit64, RUBBISH_ABOVE | 1, RLIMIT_NOFILE, &none, NULL));
    told("migrate_pages", syscall(SYS_migrate_pages, 1, 1, &nodes, &nodes));
    told("move_pages", syscall(SYS_move_pages, 1, 0, NULL, NULL, NULL, 0));
    told("ptrace-attach", ptrace(PTRACE_ATTACH, 1, NULL, NULL));
    told("ptrace-seize", ptrace(PTRACE_SEIZE, 1, NULL, NULL));
    told("process_vm_readv", process_vm_readv(1, &here, 1, &there, 1, 0));
    told("process_vm_writev", process_vm_writev(1, &here, 1, &there, 1, 0));
    told("process_madvise", syscall(440, -1, &here, 1, 21, 0));
    told("process_mrelease", syscall(448, -1, 0));
    told("kcmp", syscall(SYS_kcmp, getpid(), 1, 0, 1, 1));
}

void attack_init_process(void)
{
    signals();
    signals_by_owner();
    scheduling();
    memory_and_limits();
}

void use_own_rights(void)
{
    cpu_set_t all;
    struct rlimit files;
    int fds[2];
    if (pipe(fds) < 0) return;
    sched_getaffinity(0, sizeof all, &all);
    getrlimit(RLIMIT_NOFILE, &files);
    pid_t child = fork();
    if (child == 0) pause();
    told("kill", kill(child, SIGKILL));
    waitpid(child, NULL, 0);
    told("kill-everybody-else", kill(-1, 0));
    told("kill-own-group", kill(0, 0));
    told("F_SETOWN", fcntl(fds[0], F_SETOWN, getpid()));
    // Sets the priority that it has: the tests themselves may run with a low one.
    told("setpriority", setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0)));
    told("setrlimit", setrlimit(RLIMIT_NOFILE, &files));
    told("sched_setaffinity", sched_setaffinity(0, sizeof all, &all));
    told("pidfd_open", syscall(SYS_pidfd_open, getpid(), 0));
}

static void in_child(const char *name, void (*call)(void))
{
    pid_t child = fork();
    if (child == 0) {
        call();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) printf("%s: SIG%s\n", name, sigabbrev_np(WTERMSIG(status)));
    else printf("%s: exit %d\n", name, WEXITSTATUS(status));
    fflush(stdout);
}

#if defined(__x86_64__)
static void int80_kill(void)
{
    // 37 is kill in the 32-bit table; as a native number it is alarm.
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(37), "b"(1), "c"(SIGKILL) : "memory");
}

static void x32_kill(void)
{
    told("x32-kill", syscall(0x40000000 | SYS_kill, 1, SIGKILL));
}
#endif

void attack_foreign_calls(void)
{
#if defined(__x86_64__)
    in_child("int80", int80_kill);
    in_child("x32", x32_kill);
#endif
}

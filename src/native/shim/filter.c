#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Shim and agent have the same uid, so the kernel would let the agent signal, starve or re-limit PID 1. Capabilities
// and the container's profile do not help there; this does. What needs ptrace rights (memory, environment, open files)
// is refused because the shim is not dumpable.

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter knows x86_64 and aarch64"
#endif

// The kernel that the shim runs on may be newer than these headers. The numbers are the same on both architectures.
#ifndef __NR_process_madvise
#define __NR_process_madvise 440
#endif
#ifndef __NR_process_mrelease
#define __NR_process_mrelease 448
#endif

enum {
    // ioctl requests that name the receiver of SIGIO, behind a pointer (asm-generic/sockios.h).
    IOCTL_FIOSETOWN = 0x8901,
    IOCTL_SIOCSPGRP = 0x8902,
    WHICH_PRIO_USER = 2,
    WHICH_IOPRIO_USER = 3,
    // x32 system calls are native ones with this bit.
    X32_BIT = 0x40000000,
};

static const uint32_t GROUP_OF_PID_1 = UINT32_MAX;

// Refuses a call when all its conditions hold. Compares the low 32 bits of arguments, since the kernel reads no more of a pid or a request.
// A filter that compared 64 bits could be passed with garbage in the upper half.
struct rule {
    uint32_t call, error;
    struct {
        bool set;
        uint32_t argument, value;
    } when[2];
};

#define ALWAYS(name, error) { __NR_##name, error, { { false, 0, 0 }, { false, 0, 0 } } }
#define IF(name, a, v) { __NR_##name, EPERM, { { true, a, v }, { false, 0, 0 } } }
#define IF_BOTH(name, a, v, b, w) { __NR_##name, EPERM, { { true, a, v }, { true, b, w } } }

// kill(-1) needs no rule: the kernel leaves PID 1 out, and kill(0) means the agent's own group.
static const struct rule RULES[] = {
    IF(kill, 0, 1),
    IF(tkill, 0, 1),
    IF(tgkill, 0, 1),
    IF(tgkill, 1, 1),
    IF(rt_sigqueueinfo, 0, 1),
    IF(rt_tgsigqueueinfo, 0, 1),
    IF(rt_tgsigqueueinfo, 1, 1),
    // This call takes an open /proc/1 as well as a pidfd. ENOSYS makes callers fall back to kill.
    ALWAYS(pidfd_send_signal, ENOSYS),
    IF(pidfd_open, 0, 1),
    ALWAYS(pidfd_getfd, EPERM),
    ALWAYS(process_madvise, EPERM),
    ALWAYS(process_mrelease, EPERM),
    // These send SIGIO, or the signal that F_SETSIG names, to the process that F_SETOWN names: another way to kill. The last three hold the
    // pid in memory, where a filter cannot look.
    IF_BOTH(fcntl, 1, F_SETOWN, 2, 1),
    IF_BOTH(fcntl, 1, F_SETOWN, 2, GROUP_OF_PID_1),
    IF(fcntl, 1, F_SETOWN_EX),
    IF(ioctl, 1, IOCTL_FIOSETOWN),
    IF(ioctl, 1, IOCTL_SIOCSPGRP),
    IF(prlimit64, 0, 1),
    IF(sched_setaffinity, 0, 1),
    IF(sched_setscheduler, 0, 1),
    IF(sched_setparam, 0, 1),
    IF(sched_setattr, 0, 1),
    // For a process or a group, 1 means PID 1 or its group. For a user, PID 1 is always among the targets.
    IF(setpriority, 1, 1),
    IF(setpriority, 0, WHICH_PRIO_USER),
    IF(ioprio_set, 1, 1),
    IF(ioprio_set, 0, WHICH_IOPRIO_USER),
    IF(migrate_pages, 0, 1),
    IF(move_pages, 0, 1),
    IF(ptrace, 1, 1),
    IF(process_vm_readv, 0, 1),
    IF(process_vm_writev, 0, 1),
};

enum { RULE_COUNT = sizeof RULES / sizeof RULES[0], PROGRAM_MAX = 8 + RULE_COUNT * 7 };

struct bpf {
    struct sock_filter code[PROGRAM_MAX];
    uint16_t length;
};

static void emit(struct bpf *p, uint16_t code, uint32_t k, uint8_t if_true, uint8_t if_false)
{
    p->code[p->length++] = (struct sock_filter){ .code = code, .k = k, .jt = if_true, .jf = if_false };
}

static void load(struct bpf *p, size_t offset)
{
    emit(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void emit_rule(struct bpf *p, const struct rule *r)
{
    unsigned conditions = (r->when[0].set ? 1U : 0U) + (r->when[1].set ? 1U : 0U);
    // The number of instructions between a failed test and the next rule.
    unsigned rest = conditions * 2 + 1;
    load(p, offsetof(struct seccomp_data, nr));
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, r->call, 0, (uint8_t)rest);
    for (unsigned i = 0; i < conditions; i++) {
        rest -= 2;
        load(p, offsetof(struct seccomp_data, args) + r->when[i].argument * sizeof(uint64_t));
        emit(p, BPF_JMP | BPF_JEQ | BPF_K, r->when[i].value, 0, (uint8_t)rest);
    }
    emit(p, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | r->error, 0, 0);
}

static void build(struct bpf *p)
{
    p->length = 0;
    load(p, offsetof(struct seccomp_data, arch));
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCHITECTURE, 1, 0);
    // The rules know native system call numbers only.
    emit(p, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
    load(p, offsetof(struct seccomp_data, nr));
    emit(p, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1);
    emit(p, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM, 0, 0);
    for (size_t i = 0; i < RULE_COUNT; i++) emit_rule(p, &RULES[i]);
    emit(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

int filter_install(void)
{
    static struct bpf bpf;
    build(&bpf);
    struct sock_fprog fprog = { .len = bpf.length, .filter = bpf.code };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &fprog, 0, 0);
}

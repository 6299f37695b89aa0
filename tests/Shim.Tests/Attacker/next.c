// A process that a hook left running attacks the next child of PID 1 before exec. Until exec the child is a copy of the shim.
#include "attacker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>

#define SHIM "/run/shim"

enum { PIDS_AHEAD = 64, STEPS = 400, WAITS = 100000, ATTACKS = 10 };

static const char *const NAMES[ATTACKS] = { "exe", "mem-read", "mem-write", "environ", "maps", "fd", "fdinfo", "cwd", "vm-read", "seize" };
static int errors[ATTACKS];

static long open_file(int pid, const char *file, int flags)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    int fd = open(path, flags);
    if (fd >= 0) close(fd);
    return fd;
}

// The name of the program that the process runs; an errno when it cannot be read.
static int program_of(int pid, char name[256])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    ssize_t n = readlink(path, name, 255);
    name[n < 0 ? 0 : n] = 0;
    return n < 0 ? errno : 0;
}

// Before exec it either hides its program or shows the shim's.
static bool is_still_the_shim(int pid)
{
    char name[256];
    int error = program_of(pid, name);
    return error == EACCES || (error == 0 && strcmp(name, SHIM) == 0);
}

// Our own processes are skipped: /proc shows a process of our uid as soon as it has a pid.
static int await_child(void)
{
    int first = getpid() + 1;
    for (;;)
        for (int pid = first; pid < first + PIDS_AHEAD; pid++)
            if (kill(pid, 0) == 0) return pid;
}

static char state_of(int pid)
{
    char path[64], text[256] = "", *end;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY);
    if (fd < 0) return 'X';
    if (read(fd, text, sizeof text - 1) < 0) text[0] = 0;
    close(fd);
    end = strrchr(text, ')');
    return end ? end[2] : 'X';
}

static void stop(int pid)
{
    kill(pid, SIGSTOP);
    for (int i = 0; i < WAITS && !strchr("TtZX", state_of(pid)); i++) sched_yield();
}

static void note(int attack, long result)
{
    // An attack that succeeded once stays marked as successful.
    if (result >= 0) errors[attack] = -1;
    else if (errors[attack] >= 0) errors[attack] = errno;
}

static void attack(int pid)
{
    char byte, name[256];
    struct iovec here = { &byte, 1 }, there = { (void *)0x10000, 1 };
    int error = program_of(pid, name);
    errno = error;
    note(0, error ? -1 : 0);
    note(1, open_file(pid, "mem", O_RDONLY));
    note(2, open_file(pid, "mem", O_RDWR));
    note(3, open_file(pid, "environ", O_RDONLY));
    note(4, open_file(pid, "maps", O_RDONLY));
    note(5, open_file(pid, "fd", O_RDONLY | O_DIRECTORY));
    note(6, open_file(pid, "fdinfo", O_RDONLY | O_DIRECTORY));
    note(7, open_file(pid, "cwd", O_RDONLY | O_DIRECTORY));
    // The address is not mapped: EFAULT shows access as well as a byte would.
    long read = process_vm_readv(pid, &here, 1, &there, 1, 0);
    note(8, read < 0 && errno == EFAULT ? 0 : read);
    note(9, ptrace(PTRACE_SEIZE, pid, NULL, NULL));
}

// Lets the child run for a moment, again and again, each time a little longer. Tries every attack whenever it is stopped.
static int step_through(int pid)
{
    int steps = 0;
    for (; steps < STEPS && is_still_the_shim(pid) && errors[9] >= 0; steps++) {
        attack(pid);
        kill(pid, SIGCONT);
        for (int i = 0; i < steps / 4; i++) sched_yield();
        stop(pid);
    }
    return steps;
}

void attack_next_child(void)
{
    int ready[2];
    char byte;
    if (pipe(ready) < 0) return;
    if (fork() != 0) {
        // The hook ends once the process that it leaves running waits.
        close(ready[1]);
        if (read(ready[0], &byte, 1) == 1) return;
    }
    close(ready[0]);
    if (write(ready[1], "x", 1) != 1) return;
    int pid = await_child();
    stop(pid);
    printf("stands: %c\n", state_of(pid));
    printf("steps: %d\n", step_through(pid));
    for (int i = 0; i < ATTACKS; i++) {
        errno = errors[i];
        told(NAMES[i], errors[i] < 0 ? 0 : -1);
    }
    kill(pid, SIGCONT);
    close(open("/opt/workspace/attacked", O_CREAT | O_WRONLY, 0666));
}

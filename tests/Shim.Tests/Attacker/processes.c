// Process trees that resist their end, and what they leave behind.
#include "attacker.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void say(const char *word)
{
    puts(word);
    fflush(stdout);
}

void stubborn_tree(int depth)
{
    for (int s = 1; s < NSIG; s++) signal(s, SIG_IGN);
    // Each in a session of its own, so that they share no process group.
    for (int i = 0; i < depth; i++) {
        setsid();
        if (fork() != 0) {
            if (i == 0) say("ready");
            for (;;) pause();
        }
    }
    for (;;) pause();
}

void orphans(int count)
{
    for (int i = 0; i < count; i++) {
        pid_t middle = fork();
        if (middle == 0) {
            if (fork() == 0) _exit(7);
            _exit(0);
        }
        waitpid(middle, NULL, 0);
    }
    say("done");
    for (;;) pause();
}

// Makes children of PID 1 by CLONE_PARENT, some with an exit signal of their own.
void siblings(int count)
{
    for (int i = 0; i < count; i++) {
        unsigned long flags = CLONE_PARENT | (i % 2 ? SIGUSR1 : 0);
        if (syscall(SYS_clone, flags, NULL, NULL, NULL, NULL) == 0) _exit(i & 0x7f);
    }
    say("done");
    for (;;) pause();
}

void fork_bomb(int seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    for (;;) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec >= until.tv_sec) break;
        // The test sets RLIMIT_NPROC, which bounds this. Each child spawns orphans for PID 1 until the kernel refuses.
        if (fork() == 0) {
            if (fork() == 0) _exit(0);
            _exit(0);
        }
        while (waitpid(-1, NULL, WNOHANG) > 0) continue;
    }
    say("done");
}

void stopped_tree(void)
{
    if (fork() == 0) {
        raise(SIGSTOP);
        _exit(0);
    }
    say("ready");
    raise(SIGSTOP);
    for (;;) pause();
}

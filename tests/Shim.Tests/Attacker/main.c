#include "attacker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void told(const char *name, long result)
{
    printf("%s: %s\n", name, result >= 0 ? "ok" : strerrorname_np(errno));
    fflush(stdout);
}

static long long number(char **argv, int i)
{
    return argv[i] ? atoll(argv[i]) : 0;
}

// Not an attack: the last step before the shim. It records when exec was called.
static void launch(const char *program)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    FILE *f = fopen("/opt/workspace/.started-at", "w");
    if (!f) return;
    fprintf(f, "%lld", now.tv_sec * 1000000000LL + now.tv_nsec);
    fclose(f);
    char *none[] = { NULL };
    char *argv[] = { (char *)program, NULL };
    execve(program, argv, none);
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    const char *c = argv[1];
    if (!strcmp(c, "launch")) launch(argv[2]);
    else if (!strcmp(c, "init")) attack_init_process();
    else if (!strcmp(c, "proc")) attack_proc_files();
    else if (!strcmp(c, "run-directory")) attack_run_directory();
    else if (!strcmp(c, "foreign-calls")) attack_foreign_calls();
    else if (!strcmp(c, "hand-over")) hand_over_stdout();
    else if (!strcmp(c, "own-rights")) use_own_rights();
    else if (!strcmp(c, "next-child")) attack_next_child();
    else if (!strcmp(c, "stubborn-tree")) stubborn_tree((int)number(argv, 2));
    else if (!strcmp(c, "orphans")) orphans((int)number(argv, 2));
    else if (!strcmp(c, "siblings")) siblings((int)number(argv, 2));
    else if (!strcmp(c, "fork-bomb")) fork_bomb((int)number(argv, 2));
    else if (!strcmp(c, "stopped-tree")) stopped_tree();
    else if (!strcmp(c, "flood")) flood(number(argv, 2));
    else if (!strcmp(c, "long-line")) long_line(number(argv, 2));
    else if (!strcmp(c, "both-streams")) both_streams((int)number(argv, 2));
    else if (!strcmp(c, "relay-echo")) relay_echo((int)number(argv, 2), (long)number(argv, 3));
    else if (!strcmp(c, "relay-many")) relay_many((int)number(argv, 2), (int)number(argv, 3));
    else if (!strcmp(c, "relay-half-close")) relay_half_close((int)number(argv, 2));
    else return 2;
    return 0;
}

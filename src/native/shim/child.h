// What runs in the child between fork and exec.
#ifndef SHIM_CHILD_H
#define SHIM_CHILD_H

#include <stdint.h>

// What to run. Both lists end with NULL. A first argument without a slash is looked up in the PATH of `envp`.
struct child_command {
    char *const *argv, *const *envp;
    const char *workdir;
    // 0 for no limit.
    uint64_t pids;
};

// Sent by the child when it could not start the program.
struct child_report {
    int32_t step, error;
};

const char *child_step_name(int step);
// `fds` become stdin, stdout and stderr. Not dumpable, as the shim is not, until exec.
_Noreturn void child_run(const struct child_command *command, const int fds[3], int report_fd);

#endif

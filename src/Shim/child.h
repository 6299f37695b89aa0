// What runs in the child between fork and exec.
#ifndef SHIM_CHILD_H
#define SHIM_CHILD_H

#include "go.h"

#include <stdint.h>

// Sent by the child when it could not become the agent.
struct child_report {
    int32_t step, error;
};

const char *child_step_name(int step);
// `fds` become stdin, stdout and stderr.
_Noreturn void child_run(const struct go *go, const int fds[3], int report_fd);

#endif

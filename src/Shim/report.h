// What the shim has to say, on stdout and to the bridge: that the agent started, and how all ended, which is the last
// thing that it says before it leaves.
#ifndef SHIM_REPORT_H
#define SHIM_REPORT_H

#include <stdbool.h>
#include <sys/types.h>

void report_started(pid_t pid);
// The agent could not be started. Leaves with 125 when that is told.
void report_failed(const char *step, int error, const char *message);
// The agent is over and nobody is left: reads its pipes dry, tells all, leaves with its code. `status` is waitpid(2)'s.
void report_ended(int status, const char *by);

// Sends the last frame again, if there was one.
void report_again(void);
// The last record as JSON, or NULL.
const char *report_last(void);
// Whether the last record is the final one.
bool report_is_final(void);

#endif

// What the shim reports, on stdout and to the bridge: what the hooks did, that the agent started, and how it all ended. That report is the
// last thing before the shim exits.
#ifndef SHIM_REPORT_H
#define SHIM_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

void report_hook_started(const char *name, pid_t pid);
// `status` is waitpid(2)'s.
void report_hook_ended(const char *name, int status, const char *by, uint64_t ms);
void report_started(pid_t pid);
// The agent, or the hook of that name, could not be started, and no process is left. Exits with 125 once that is reported.
void report_failed(const char *step, int error, const char *message, const char *hook);
// The agent, or the hook of that name, has ended, and no process is left. Empties the pipes, reports the end, exits with its code.
void report_ended(int status, const char *by, const char *hook);

// Sends the last frame again, if there was one.
void report_again(void);
// The last record as JSON, or NULL.
const char *report_last(void);
// Whether the agent ever ran.
bool report_has_started(void);
// Whether the last record is the final one.
bool report_is_final(void);

#endif

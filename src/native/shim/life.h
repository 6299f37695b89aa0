// The life of a shim: waits for Go, runs the agent, stops everything, reports the end, exits.
#ifndef SHIM_LIFE_H
#define SHIM_LIFE_H

#include <sys/types.h>

void life_begin(void);
// From outside the container: SIGTERM or SIGINT.
void life_stop_by_signal(void);
// A child of ours has ended; `status` is waitpid(2)'s.
void life_reaped(pid_t pid, int status);
// No child is left.
void life_alone(void);

#endif

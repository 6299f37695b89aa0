// The one life of a shim: waits for Go, runs the agent, sees to its end, tells of it, leaves.
#ifndef SHIM_LIFE_H
#define SHIM_LIFE_H

#include <sys/types.h>

void life_begin(void);
// From outside the container: SIGTERM or SIGINT.
void life_stop_by_signal(void);
// Something that was our child is over; `status` as waitpid(2) tells it.
void life_reaped(pid_t pid, int status);
// No child is left.
void life_alone(void);

#endif
